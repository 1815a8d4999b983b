//! The chain moves by itself: the shipped diagrams over the real modules.

use checks::{Shop, on_both};
use serde_json::{Value as Json, json};

fn case(shop: &Shop, entity: &str, id: i64) -> Json {
    let cases = shop.ask("Case", "of", None, json!({"entity": entity, "id": id}));
    cases.pointer("/value/0").cloned().unwrap_or_default()
}

/// Where the latest case about a record stands.
fn stands(shop: &Shop, entity: &str, id: i64, place: &str) {
    let case = case(shop, entity, id);
    let text = |name: &str| case.get(name).and_then(Json::as_str).unwrap_or("nowhere").to_owned();
    assert_eq!(
        format!("{} at {}", text("state"), text("step")),
        place,
        "{:#}",
        case.get("stopped").unwrap_or(&Json::Null)
    );
}

fn pay(shop: &Shop, customer: i64, invoice: i64) {
    let amount = shop.field("Invoice", invoice, "open");
    let body = json!({"party_id": customer, "direction": "in", "method": "bank", "amount": amount,
                      "invoices": [{"invoice_id": invoice, "amount": amount}]});
    shop.call("Payment", "pay", body);
}

#[test]
fn an_order_goes_from_confirmation_to_the_money() {
    on_both(|shop| {
        let bolt = shop.product("bolt", "10.00", "4.00");
        shop.stock(bolt, 3, "4.00");
        let customer = shop.customer("Ana d.o.o.");
        let order = shop.order(customer, &[(5, bolt, "10.00")]);
        stands(shop, "SalesOrder", order, "running at Ship");
        shop.ship(order, 3);
        stands(shop, "SalesOrder", order, "running at Goods");
        assert_eq!(shop.invoices(order).len(), 1);
        shop.books("receivable 36.60 | revenue -30.00 | vat_output -6.60 | delivered_not_invoiced 0.00");

        let steel = shop.supplier("Jeklo d.o.o.");
        shop.offer(steel, bolt, "4.50", 3);
        let bought = shop.run("SalesOrder", "buy_short", order, json!({}));
        let purchase =
            bought.result.pointer("/purchase_order_ids/0").and_then(Json::as_i64).unwrap_or_default();
        stands(shop, "PurchaseOrder", purchase, "running at Receive");
        shop.wait(3);
        shop.run("PurchaseOrder", "receive", purchase, json!({}));
        stands(shop, "PurchaseOrder", purchase, "running at Enter");
        stands(shop, "SalesOrder", order, "running at Ship");
        shop.run("PurchaseOrder", "invoice", purchase, json!({"supplier_number": "R-17", "total": "10.98"}));
        stands(shop, "PurchaseOrder", purchase, "running at Payment");
        shop.ship(order, 2);
        stands(shop, "SalesOrder", order, "running at Payment");
        for invoice in shop.invoices(order) {
            pay(shop, customer, invoice);
        }
        stands(shop, "SalesOrder", order, "ended at Whole");
        assert_eq!(shop.field("SalesOrder", order, "state"), "closed");
        let owed = shop.ids(&format!("SELECT id FROM supplier_invoice WHERE order_id = {purchase}"));
        let owed = owed.first().copied().unwrap_or_default();
        let body = json!({"party_id": steel, "direction": "out", "method": "bank", "amount": "10.98",
                          "invoices": [{"supplier_invoice_id": owed, "amount": "10.98"}]});
        shop.call("Payment", "pay", body);
        stands(shop, "PurchaseOrder", purchase, "ended at Whole");
    });
}

#[test]
fn a_call_becomes_an_order() {
    on_both(|shop| {
        let bolt = shop.product("bolt", "10.00", "4.00");
        let made = shop.call(
            "Opportunity",
            "call_in",
            json!({"who": "Ana Novak", "company": "Novak d.o.o.", "what": "bolts", "amount": "500.00"}),
        );
        let chance = made.get("id").and_then(Json::as_i64).unwrap_or_default();
        stands(shop, "Opportunity", chance, "running at Qualify");
        shop.run("Opportunity", "qualify", chance, json!({}));
        let quote = shop.run("Opportunity", "propose", chance, json!({})).result;
        stands(shop, "Opportunity", chance, "running at Answer");
        let order = quote.get("order_id").and_then(Json::as_i64).unwrap_or_default();
        shop.run(
            "SalesOrder",
            "update",
            order,
            json!({"lines": [{"product_id": bolt, "quantity": 50, "unit_price": "10.00"}]}),
        );
        shop.run("SalesOrder", "quote", order, json!({}));
        shop.run("SalesOrder", "confirm", order, json!({}));
        stands(shop, "Opportunity", chance, "ended at Won");
        assert_eq!(shop.field("Opportunity", chance, "stage"), "won");
        stands(shop, "SalesOrder", order, "running at Goods");
        shop.run("SalesOrder", "cancel", order, json!({}));
        stands(shop, "SalesOrder", order, "ended at Gone");
    });
}

#[test]
fn a_refused_invoice_stops_the_case_and_nothing_else() {
    on_both(|shop| {
        let bolt = shop.product("bolt", "10.00", "4.00");
        shop.stock(bolt, 3, "4.00");
        let customer = shop.customer("Ana d.o.o.");
        shop.run("Party", "update", customer, json!({"tax_number": null, "vat_id": null}));
        let order = shop.order(customer, &[(3, bolt, "10.00")]);
        shop.ship(order, 3);
        shop.books("delivered_not_invoiced 30.00 | revenue -30.00 | receivable 0.00");
        stands(shop, "SalesOrder", order, "stopped at Invoice");
        let stopped = case(shop, "SalesOrder", order);
        let code = stopped.pointer("/stopped/code").and_then(Json::as_str);
        assert_eq!(code, Some("invoicing.no_tax_number"));
        shop.run("Party", "update", customer, json!({"tax_number": "12345679"}));
        let id = stopped.get("id").and_then(Json::as_i64).unwrap_or_default();
        shop.run("Case", "retry", id, json!({}));
        stands(shop, "SalesOrder", order, "running at Payment");
        shop.books("delivered_not_invoiced 0.00 | receivable 36.60");
    });
}

#[test]
fn returned_repriced_and_too_much() {
    on_both(|shop| {
        let bolt = shop.product("bolt", "10.00", "4.00");
        shop.stock(bolt, 20, "4.00");
        let customer = shop.customer("Ana d.o.o.");
        let order = shop.order(customer, &[(10, bolt, "10.00")]);
        shop.ship(order, 4);
        let line = shop.line("SalesOrder", order, 0);
        shop.run("SalesOrder", "amend", order, json!({"lines": [{"line_id": line, "unit_price": "9.00"}]}));
        stands(shop, "SalesOrder", order, "running at Ship");
        shop.ship(order, 6);
        stands(shop, "SalesOrder", order, "running at Payment");
        shop.run(
            "SalesOrder",
            "take_back",
            order,
            json!({"reason": "scratched", "lines": [{"line_id": line, "quantity": 1}]}),
        );
        stands(shop, "SalesOrder", order, "running at Payment");
        shop.books("revenue -81.00 | delivered_not_invoiced 0.00");

        let other = shop.order(customer, &[(4, bolt, "10.00")]);
        shop.ship(other, 5);
        stands(shop, "SalesOrder", other, "running at Settle");
        shop.run("SalesOrder", "accept_excess", other, json!({}));
        stands(shop, "SalesOrder", other, "running at Payment");
        shop.books("revenue -131.00 | delivered_not_invoiced 0.00");
    });
}

#[test]
fn the_invoice_went_to_the_wrong_customer() {
    on_both(|shop| {
        let bolt = shop.product("bolt", "10.00", "4.00");
        shop.stock(bolt, 3, "4.00");
        let (ana, bine) = (shop.customer("Ana d.o.o."), shop.customer("Bine d.o.o."));
        let order = shop.order(ana, &[(3, bolt, "10.00")]);
        shop.ship(order, 3);
        let wrong = shop.invoices(order).first().copied().unwrap_or_default();
        shop.run("Invoice", "correct_customer", wrong, json!({"customer_id": bine}));
        stands(shop, "SalesOrder", order, "running at Payment");
        let open = shop.ids(&format!(
            "SELECT id FROM invoice WHERE order_id = {order} AND customer_id = {bine} AND kind = 'invoice'"
        ));
        pay(shop, bine, open.first().copied().unwrap_or_default());
        stands(shop, "SalesOrder", order, "ended at Whole");
    });
}

#[test]
fn work_of_others_is_ordered_before_it_is_made() {
    on_both(|shop| {
        let w = checks::Workshop::open(shop);
        let (bracket, bath) = (shop.product("bracket", "0", "0"), shop.product("bath", "0", "1.50"));
        shop.run("Product", "update", bath, json!({"kind": "service"}));
        let operations = json!([{"name": "Cut", "work_center_id": w.saw, "run_minutes": 2},
            {"name": "Bath", "work_center_id": w.bench, "outside_id": bath}]);
        let parts = json!([{"product_id": w.screw, "quantity": 1}]);
        shop.create("Bill", json!({"product_id": bracket, "components": parts, "operations": operations}));
        let baths = shop.supplier("Baths d.o.o.");
        shop.stock(w.screw, 100, "0.10");
        let released = || {
            let order = shop
                .create("WorkOrder", json!({"product_id": bracket, "quantity": 10, "due_on": shop.day(9)}));
            shop.run("WorkOrder", "release", order, json!({}));
            stands(shop, "WorkOrder", order, "running at OrderWork");
            order
        };
        let order = released();
        shop.refuses("WorkOrder", "buy_outside", order, json!({}), "supply.no_offer");
        stands(shop, "WorkOrder", order, "running at OrderWork");
        shop.offer(baths, bath, "1.60", 4);
        let bought = shop.run("WorkOrder", "buy_outside", order, json!({})).result;
        stands(shop, "WorkOrder", order, "running at Make");
        let purchase = bought.pointer("/purchase_order_ids/0").and_then(Json::as_i64).unwrap_or_default();
        stands(shop, "PurchaseOrder", purchase, "running at Receive");
        let record = shop.record("WorkOrder", order);
        let cut = json!({"operation_id": record.pointer("/operations/0/id"), "good": 10});
        shop.run("WorkOrder", "report", order, cut);
        shop.run("PurchaseOrder", "receive", purchase, json!({}));
        shop.run("WorkOrder", "complete", order, json!({}));
        stands(shop, "WorkOrder", order, "running at Close");
        shop.run("WorkOrder", "close", order, json!({}));
        stands(shop, "WorkOrder", order, "ended at Whole");
        // Ordered by hand it is ordered as well; given up, nobody orders it.
        let second = released();
        let operation = shop.record("WorkOrder", second).pointer("/operations/1/id").and_then(Json::as_i64);
        let lines = json!([{"product_id": bath, "quantity": 10, "operation_id": operation}]);
        let by_hand = shop.create("PurchaseOrder", json!({"supplier_id": baths, "lines": lines}));
        shop.run("PurchaseOrder", "confirm", by_hand, json!({}));
        stands(shop, "WorkOrder", second, "running at Make");
        let third = released();
        shop.run("WorkOrder", "cancel", third, json!({}));
        stands(shop, "WorkOrder", third, "ended at GoneBefore");
    });
}
