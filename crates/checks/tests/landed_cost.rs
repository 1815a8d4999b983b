//! Stories of what a supplier's invoice adds to the goods: freight, customs, insurance.

use checks::{Shop, on_both};
use serde_json::{Value as Json, json};

/// Goods that came at a price, and the receipt that brought them.
fn came(shop: &Shop, product: i64, quantity: i64, price: &str) -> i64 {
    let maker = shop.supplier("Maker d.o.o.");
    let lines = json!([{"product_id": product, "quantity": quantity, "unit_price": price}]);
    let order = shop.create("PurchaseOrder", json!({"supplier_id": maker, "lines": lines}));
    shop.run("PurchaseOrder", "confirm", order, json!({}));
    let reply = shop.run("PurchaseOrder", "receive", order, json!({})).result;
    reply["receipt_id"].as_i64().expect("a receipt")
}

#[test]
fn freight_is_a_cost_of_the_goods() {
    on_both(|shop| {
        let (a, b) = (shop.product("A", "20.00", "8.00"), shop.product("B", "50.00", "24.00"));
        let fixed = shop.product("S", "20.00", "10.00");
        shop.run("Product", "update", fixed, json!({"costing": "standard"}));
        let (first, second) = (came(shop, a, 10, "8.00"), came(shop, b, 5, "24.00"));
        let third = came(shop, fixed, 10, "10.00");
        let sold = shop.order(shop.customer("Ana d.o.o."), &[(5, a, "20.00")]);
        shop.ship(sold, 5);
        shop.books("stock 260.00 | cost_of_goods 40.00");
        let carrier = shop.supplier("Carrier d.o.o.");
        let freight = |price: &str, by: &str, receipts: &[i64]| {
            let landings: Vec<Json> = receipts.iter().map(|r| json!({"receipt_id": r})).collect();
            let lines = json!([{"text": "Freight", "quantity": 1, "unit_price": price, "landed_by": by}]);
            json!({"supplier_id": carrier, "supplier_number": format!("F-{price}-{by}"), "lines": lines, "landings": landings})
        };
        // 100.00 by value: 80.00 to 120.00. Of A half is sold, so half of its 40.00 is cost.
        let invoice = shop.create("SupplierInvoice", freight("100.00", "value", &[first, second]));
        shop.run("SupplierInvoice", "post", invoice, json!({}));
        shop.books("stock 340.00 | cost_of_goods 60.00 | payable -122.00");
        let shares: Vec<f64> = shop.record("SupplierInvoice", invoice)["landed"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|l| l["amount"].as_f64())
            .collect();
        assert_eq!(shares, [40.0, 60.0]);
        shop.holds();
        // By quantity, to the cent: 10 and 5 pieces of 0.10 are 0.07 and 0.03; of the former 0.04 are in stock.
        let cents = shop.create("SupplierInvoice", freight("0.10", "quantity", &[first, second]));
        shop.run("SupplierInvoice", "post", cents, json!({}));
        shop.books("stock 340.07 | cost_of_goods 60.03");
        // What is valued at its standard stays there.
        let standard = shop.create("SupplierInvoice", freight("30.00", "value", &[third]));
        shop.run("SupplierInvoice", "post", standard, json!({}));
        shop.books("stock 340.07 | price_difference 30.00");
        // All of A is sold, and the first invoice was a mistake: what is still there is worth less, the rest is cost.
        let rest = shop.order(shop.customer("Bor d.o.o."), &[(5, a, "20.00")]);
        shop.ship(rest, 5);
        shop.books("stock 280.03 | cost_of_goods 120.07");
        shop.run("SupplierInvoice", "reverse", invoice, json!({}));
        shop.books("stock 220.03 | cost_of_goods 80.07");
        shop.holds();
        // What makes no sense is refused, with its place.
        let nothing = shop.create("SupplierInvoice", freight("7.00", "value", &[]));
        assert_eq!(
            shop.field_refused("SupplierInvoice", "post", nothing, &json!({})),
            "invoicing.nothing_to_land_on landings"
        );
        let mut both = freight("8.00", "value", &[first]);
        both["lines"][0]["account_id"] = shop.ids("SELECT MIN(id) FROM account")[0].into();
        shop.refuses("SupplierInvoice", "create", 0, both, "invoicing.landed_only");
        shop.run("Receipt", "reverse", third, json!({}));
        let gone = shop.create("SupplierInvoice", freight("9.00", "value", &[third]));
        let told = shop.field_refused("SupplierInvoice", "post", gone, &json!({}));
        assert_eq!(told, "invoicing.nothing_to_land_on landings/0/receipt_id");
    });
}

#[test]
fn what_is_no_cost_of_goods_says_nothing_of_them() {
    on_both(|shop| {
        let rent = shop.create("Account", json!({"code": "4190", "name": "Rent", "kind": "expense"}));
        assert_eq!(shop.field("Account", rent, "role"), "", "an account of no role");
        let lines = json!([{"text": "Rent", "unit_price": "100.00", "account_id": rent}]);
        let supplier = shop.supplier("Hall d.o.o.");
        let invoice = shop.create(
            "SupplierInvoice",
            json!({"supplier_id": supplier, "supplier_number": "N-1", "lines": lines}),
        );
        shop.run("SupplierInvoice", "post", invoice, json!({}));
        shop.books("payable -122.00 | stock 0.00");
    });
}
