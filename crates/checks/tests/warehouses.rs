//! Two warehouses: what is where, what goes from one to the other, and what the plan makes of it.
#![expect(clippy::expect_used, reason = "tests stop at what should not happen")]

use checks::{Shop, on_both};

use serde_json::json;

/// The firm's first warehouse and a second one, supplied from it in two working days.
struct Two {
    first: i64,
    second: i64,
    /// The first location of the second one.
    shelf: i64,
}

impl Two {
    fn open(shop: &Shop) -> Self {
        let first = shop.ids("SELECT MIN(id) FROM warehouse")[0];
        let body = json!({"code": "W2", "name": "Maribor", "supplied_from_id": first, "transfer_days": 2,
            "locations": [{"code": "A", "name": "Regal"}]});
        let second = shop.create("Warehouse", body);
        let shelf = shop.ids(&format!("SELECT MIN(id) FROM location WHERE parent_id = {second}"))[0];
        Self { first, second, shelf }
    }

    /// An order that is shipped from the second one, confirmed.
    fn order(&self, shop: &Shop, customer: i64, (quantity, product): (i64, i64), due: Option<String>) -> i64 {
        let body = json!({"customer_id": customer, "warehouse_id": self.second, "requested_on": due,
            "lines": [{"product_id": product, "quantity": quantity, "unit_price": "10.00"}]});
        let order = shop.create("SalesOrder", body);
        shop.run("SalesOrder", "confirm", order, json!({}));
        order
    }
}

/// What a warehouse has of a product: on hand, usable, held, and what it is worth.
fn stock(shop: &Shop, product: i64, warehouse: i64) -> String {
    let of = |column: &str| {
        let sql = format!(
            "SELECT {column} FROM product_stock WHERE product_id = {product} AND warehouse_id = {warehouse}"
        );
        shop.ids(&sql).first().copied().unwrap_or(0)
    };
    let whole = |column| of(column) / 1_000_000;
    format!(
        "{}, {} usable, {} held, {} cents",
        whole("on_hand"),
        whole("usable"),
        whole("pegged"),
        of("value")
    )
}

fn day(shop: &Shop, days: i64) -> String {
    shop.today().plus_days(days).map(|d| d.to_string()).unwrap_or_default()
}

#[test]
fn goods_on_their_way_stay_the_firms() {
    on_both(|shop| {
        let two = Two::open(shop);
        let bolt = shop.product("bolt", "10.00", "4.00");
        shop.stock(bolt, 10, "4.00");
        let ana = shop.customer("Ana d.o.o.");
        let order = two.order(shop, ana, (6, bolt), None);
        assert_eq!(
            stock(shop, bolt, two.first),
            "10, 10 usable, 0 held, 4000 cents",
            "nothing of it is Maribor's"
        );
        assert_eq!(shop.ids("SELECT quantity FROM peg WHERE kind = 'short'"), [6_000_000]);

        let body = json!({"from_warehouse_id": two.first, "to_warehouse_id": two.second,
            "lines": [{"product_id": bolt, "quantity": 7}]});
        let transfer = shop.create("TransferOrder", body);
        assert_eq!(
            shop.field("TransferOrder", transfer, "arrives_on"),
            day(shop, 2),
            "Monday and two working days"
        );
        shop.run("TransferOrder", "confirm", transfer, json!({}));
        assert_eq!(stock(shop, bolt, two.first), "10, 10 usable, 7 held, 4000 cents");
        assert_eq!(
            shop.ids("SELECT quantity FROM peg WHERE kind = 'supply'"),
            [6_000_000],
            "Ana expects them"
        );

        shop.run("TransferOrder", "ship", transfer, json!({}));
        assert_eq!(stock(shop, bolt, two.first), "3, 3 usable, 0 held, 1200 cents");
        assert_eq!(
            stock(shop, bolt, two.second),
            "7, 0 usable, 0 held, 2800 cents",
            "on their way, and worth what they were"
        );
        shop.books("stock 40.00 | opening -40.00 | count_difference 0.00");
        shop.holds();
        let scrap = json!({"product_id": bolt, "quantity": 1, "location_id": two.shelf, "condition": "transit", "reason": "?"});
        shop.refuses("StockMove", "scrap", 0, scrap, "stock.in_transit");
        shop.refuses("TransferOrder", "cancel", transfer, json!({}), "kernel.illegal_step");

        // One piece is lost on the way; a reason is wanted.
        let line = shop.line("TransferOrder", transfer, 0);
        let lines = json!([{"line_id": line, "quantity": 6, "lost": 1}]);
        shop.refuses("TransferOrder", "receive", transfer, json!({"lines": lines}), "kernel.required");
        shop.wait(2);
        let body = json!({"lines": lines, "reason": "The box was open"});
        shop.run("TransferOrder", "receive", transfer, body);
        assert_eq!(shop.field("TransferOrder", transfer, "state"), "received");
        assert_eq!(stock(shop, bolt, two.second), "6, 6 usable, 6 held, 2400 cents", "Ana holds them");
        shop.books("stock 36.00 | opening -40.00 | count_difference 4.00");
        shop.holds();

        shop.run("SalesOrder", "reserve", order, json!({}));
        let delivery = shop.draft(order);
        assert_eq!(shop.field("Delivery", delivery, "location_id"), two.shelf.to_string());
        shop.run("Delivery", "ship", delivery, json!({}));
        assert_eq!(stock(shop, bolt, two.second), "0, 0 usable, 0 held, 0 cents");
        shop.books("stock 12.00 | cost_of_goods 24.00");
    });
}
