//! Stories of the shop floor's figures: standard cost and its variances, what others do, what is done again, how well a
//! machine is used.

use checks::{Shop, on_both};
use serde_json::{Value as Json, json};

fn bench(shop: &Shop, hourly: &str, standard: &str) -> i64 {
    let hours: Vec<Json> = ["monday", "tuesday", "wednesday", "thursday", "friday"]
        .iter()
        .map(|d| json!({"weekday": d, "starts_at": "06:00", "ends_at": "14:00"}))
        .collect();
    let week = shop.create("WorkCalendar", json!({"code": "ONE", "name": "One shift", "shifts": hours}));
    let body = json!({"code": "bench", "name": "Bench", "calendar_id": week, "hourly_cost": hourly, "standard_hourly_cost": standard});
    shop.create("WorkCenter", body)
}

fn released(shop: &Shop, product: i64, quantity: i64) -> i64 {
    let body = json!({"product_id": product, "quantity": quantity, "due_on": "2026-03-10"});
    let order = shop.create("WorkOrder", body);
    shop.run("WorkOrder", "release", order, json!({}));
    order
}

fn number(json: &Json, at: &str) -> f64 {
    json.pointer(at).and_then(Json::as_f64).unwrap_or_else(|| panic!("{at} in {json:#}"))
}

fn part_of(shop: &Shop, order: i64, at: &str) -> i64 {
    let record = shop.record("WorkOrder", order);
    record.pointer(at).and_then(Json::as_i64).unwrap_or_else(|| panic!("{at} in {record:#}"))
}

/// Reports on the n-th operation.
fn report(shop: &Shop, order: i64, n: usize, mut body: Json) -> Json {
    body["operation_id"] = part_of(shop, order, &format!("/operations/{n}/id")).into();
    body
}

#[test]
fn each_variance_has_its_cause_and_its_account() {
    on_both(|shop| {
        let bench = bench(shop, "42.00", "40.00");
        let (gear, steel) = (shop.product("gear", "0", "14.34"), shop.product("steel", "0", "5.00"));
        shop.run("Product", "update", gear, json!({"costing": "standard", "costing_lot": 60}));
        shop.create("Bill", json!({"product_id": gear, "components": [{"product_id": steel, "quantity": 2}],
            "operations": [{"name": "Mill", "work_center_id": bench, "setup_minutes": 30, "run_minutes": 6}]}));
        // 2 kg at 5.00, and 30 + 360 minutes at 40.00 for sixty.
        let cost = shop.ask("Product", "cost_roll_up", Some(gear), json!({}));
        assert_eq!((number(&cost, "/quantity"), number(&cost, "/unit")), (60.0, 14.333_333));
        shop.stock(steel, 200, "5.20");
        let gears = released(shop, gear, 50);
        let line = part_of(shop, gears, "/components/0/id");
        let more = json!({"lines": [{"line_id": line, "quantity": 104}], "reason": "Two bars bent"});
        shop.run("WorkOrder", "issue", gears, more);
        let said = json!({"good": 48, "scrapped": 2, "minutes": 345, "reason": "Cracked"});
        shop.run("WorkOrder", "report", gears, report(shop, gears, 0, said));
        shop.books("work_in_progress 782.30");
        let made = shop.run("WorkOrder", "complete", gears, json!({"quantity": 20})).result;
        assert_eq!(made["cost"].as_f64(), Some(286.8), "20 at their standard");
        shop.holds();
        shop.run("WorkOrder", "complete", gears, json!({}));
        shop.books("work_in_progress 93.98");
        let closed = shop.run("WorkOrder", "close", gears, json!({})).result;
        // 540.80 - 104 × 5.00; 4 × 5.00; 241.50 - 345 × 40 / 60; 15 minutes; 30 × 12 / 60 of the set-up; two pieces at
        // 14.00; 48 × (14.3333 - 14.34).
        shop.books(
            "work_in_progress 0.00 | production_price_variance 20.80 | usage_variance 20.00 | rate_variance 11.50 \
             | efficiency_variance 10.00 | lot_variance 4.00 | yield_variance 28.00 | method_variance -0.32",
        );
        let named =
            ["price", "usage", "rate", "efficiency", "lot", "yield", "method"].map(|n| closed[n].as_f64());
        assert_eq!(named, [20.8, 20.0, 11.5, 10.0, 4.0, 28.0, -0.32].map(Some));
        assert_eq!(shop.field("WorkOrder", gears, "yield_variance"), "28.0");
        let value = shop.ids(&format!("SELECT value FROM product_stock WHERE product_id = {gear}"));
        assert_eq!(value, [68_832], "48 at 14.34");
    });
}

#[test]
fn others_do_a_part_of_it() {
    on_both(|shop| {
        let bench = bench(shop, "30.00", "30.00");
        let (bracket, plate) = (shop.product("bracket", "0", "0"), shop.product("plate", "0", "4.00"));
        let anodising = shop.product("anodising", "0", "1.50");
        let outside = |service: i64| {
            json!({"product_id": bracket, "components": [{"product_id": plate, "quantity": 1}], "operations": [
                {"name": "Cut", "work_center_id": bench, "run_minutes": 2},
                {"name": "Anodise", "work_center_id": bench, "outside_id": service}]})
        };
        shop.refuses("Bill", "create", 0, outside(plate), "production.not_a_service");
        shop.run("Product", "update", anodising, json!({"kind": "service"}));
        shop.create("Bill", outside(anodising));
        shop.stock(plate, 10, "4.00");
        let cost = shop.ask("Product", "cost_roll_up", Some(bracket), json!({"quantity": 10}));
        assert_eq!((number(&cost, "/outside"), number(&cost, "/total")), (15.0, 65.0));
        let brackets = released(shop, bracket, 10);
        shop.run("WorkOrder", "issue", brackets, json!({}));
        let inside = report(shop, brackets, 0, json!({"quantity": 10, "cost": 1}));
        shop.refuses("WorkOrder", "outside_done", brackets, inside, "production.done_inside");
        shop.run("WorkOrder", "report", brackets, report(shop, brackets, 0, json!({"good": 10})));
        let own = report(shop, brackets, 1, json!({"good": 10}));
        shop.refuses("WorkOrder", "report", brackets, own, "production.done_outside");
        // The material is in the work while it is away; four come back first.
        shop.books("work_in_progress 50.00 | stock 0.00");
        let came =
            |quantity: i64, cost: i64| report(shop, brackets, 1, json!({"quantity": quantity, "cost": cost}));
        shop.run("WorkOrder", "outside_done", brackets, came(4, 6));
        let more = came(7, 9);
        shop.refuses("WorkOrder", "outside_done", brackets, more, "production.more_than_came");
        shop.run("WorkOrder", "complete", brackets, json!({}));
        shop.run("WorkOrder", "outside_done", brackets, came(6, 9));
        shop.run("WorkOrder", "complete", brackets, json!({}));
        let value = shop.ids(&format!("SELECT value FROM product_stock WHERE product_id = {bracket}"));
        assert_eq!(value, [6_500], "40.00 of plates, 10.00 of work, 15.00 of anodising");
        // The invoice is two euros higher, when all has gone.
        shop.run("WorkOrder", "outside_done", brackets, came(0, 2));
        shop.run("WorkOrder", "close", brackets, json!({}));
        shop.books("work_in_progress 0.00 | efficiency_variance 2.00 | absorbed_labour -27.00");
    });
}

#[test]
fn what_others_do_is_ordered_and_its_receipt_is_the_report() {
    on_both(|shop| {
        let bench = bench(shop, "30.00", "30.00");
        let (bracket, plate) = (shop.product("bracket", "0", "0"), shop.product("plate", "0", "4.00"));
        let (anodising, painting) =
            (shop.product("anodising", "0", "1.50"), shop.product("painting", "0", "2.00"));
        for service in [anodising, painting] {
            shop.run("Product", "update", service, json!({"kind": "service"}));
        }
        shop.create(
            "Bill",
            json!({"product_id": bracket, "components": [{"product_id": plate, "quantity": 1}],
            "operations": [{"name": "Cut", "work_center_id": bench, "run_minutes": 2},
                {"name": "Anodise", "work_center_id": bench, "outside_id": anodising}]}),
        );
        let baths = shop.supplier("Baths d.o.o.");
        shop.offer(baths, anodising, "1.60", 4);
        shop.stock(plate, 10, "4.00");
        let brackets = released(shop, bracket, 10);
        let answer = shop.run("WorkOrder", "buy_outside", brackets, json!({})).result;
        let purchase = number(&answer, "/purchase_order_ids/0") as i64;
        shop.refuses("WorkOrder", "buy_outside", brackets, json!({}), "supply.nothing_outside");
        assert_eq!(shop.field("PurchaseOrder", purchase, "net"), "16.0", "ten at 1.60, confirmed");
        let operation = part_of(shop, brackets, "/operations/1/id");
        let line = shop.record("PurchaseOrder", purchase);
        assert_eq!(line.pointer("/lines/0/operation_id").and_then(Json::as_i64), Some(operation));
        let wrong = json!({"supplier_id": baths, "lines": [{"product_id": painting, "quantity": 1, "operation_id": operation}]});
        shop.refuses("PurchaseOrder", "create", 0, wrong, "purchasing.other_work");
        shop.run("WorkOrder", "issue", brackets, json!({}));
        shop.run("WorkOrder", "report", brackets, report(shop, brackets, 0, json!({"good": 3})));
        // No more comes back than has gone out; and nothing is left half-way.
        shop.refuses("PurchaseOrder", "receive", purchase, json!({}), "production.more_than_came");
        assert_eq!(shop.field("PurchaseOrder", purchase, "to_receive"), "10.0");
        shop.run("WorkOrder", "report", brackets, report(shop, brackets, 0, json!({"good": 7})));
        let line = part_of_purchase(shop, purchase);
        let some = json!({"lines": [{"line_id": line, "quantity": 4}]});
        shop.run("PurchaseOrder", "receive", purchase, some);
        // Ten plates, twenty minutes, and four of the ten at 1.60.
        shop.books("work_in_progress 56.40");
        shop.run("PurchaseOrder", "receive", purchase, json!({}));
        shop.run("WorkOrder", "complete", brackets, json!({}));
        assert_eq!(shop.field("WorkOrder", brackets, "completed"), "10.0");
        let value = shop.ids(&format!("SELECT value FROM product_stock WHERE product_id = {bracket}"));
        assert_eq!(value, [6_600], "40.00 of plates, 10.00 of work, 16.00 of anodising");
        shop.refuses("WorkOrder", "buy_outside", brackets, json!({}), "supply.nothing_outside");
        shop.run("PurchaseOrder", "invoice", purchase, json!({"supplier_number": "B-7"}));
        shop.run("WorkOrder", "close", brackets, json!({}));
        shop.books("work_in_progress 0.00");
        shop.holds();
    });
}

fn part_of_purchase(shop: &Shop, purchase: i64) -> i64 {
    let order = shop.record("PurchaseOrder", purchase);
    order.pointer("/lines/0/id").and_then(Json::as_i64).unwrap_or_else(|| panic!("a line in {order:#}"))
}

#[test]
fn what_is_not_good_enough_is_done_again() {
    on_both(|shop| {
        let bench = bench(shop, "30.00", "30.00");
        let vase = shop.product("vase", "0", "0");
        let operations = json!([
            {"name": "Throw", "work_center_id": bench, "run_minutes": 4},
            {"name": "Glaze", "work_center_id": bench, "run_minutes": 2}]);
        shop.create("Bill", json!({"product_id": vase, "operations": operations}));
        let vases = released(shop, vase, 10);
        // One of the bench's wheels did it; another bench could not have.
        let wheel = |code: &str, parent: Option<i64>| {
            let week = shop.ids("SELECT id FROM work_calendar")[0];
            let body = json!({"code": code, "name": code, "calendar_id": week, "hourly_cost": 30, "parent_id": parent});
            shop.create("WorkCenter", body)
        };
        let (first, other) = (wheel("first", Some(bench)), wheel("other", None));
        let elsewhere = report(shop, vases, 0, json!({"good": 1, "work_center_id": other}));
        shop.refuses("WorkOrder", "report", vases, elsewhere, "production.other_center");
        let again = json!({"good": 6, "scrapped": 1, "rework": 3, "work_center_id": first});
        shop.refuses(
            "WorkOrder",
            "report",
            vases,
            report(shop, vases, 0, again.clone()),
            "production.scrap_reason",
        );
        let mut again = again;
        again["reason"] = "Lopsided".into();
        shop.run("WorkOrder", "report", vases, report(shop, vases, 0, again));
        shop.books("work_in_progress 20.00");
        assert_eq!(shop.ids(&format!("SELECT COUNT(*) FROM job_card WHERE work_center_id = {first}")), [1]);
        let many = report(shop, vases, 1, json!({"good": 7}));
        shop.refuses("WorkOrder", "report", vases, many, "production.more_than_came");
        shop.run("WorkOrder", "report", vases, report(shop, vases, 1, json!({"good": 6})));
        shop.run("WorkOrder", "complete", vases, json!({}));
        assert_eq!(shop.field("WorkOrder", vases, "state"), "started");
        let four = report(shop, vases, 0, json!({"good": 4, "again": true}));
        shop.refuses("WorkOrder", "report", vases, four, "production.more_than_again");
        let said = json!({"good": 2, "scrapped": 1, "again": true, "reason": "Cracked"});
        shop.run("WorkOrder", "report", vases, report(shop, vases, 0, said));
        let record = shop.record("WorkOrder", vases);
        // Ten were begun: eight good, two scrap, nothing left to do again.
        let thrown = ["good", "scrapped", "rework"].map(|n| number(&record, &format!("/operations/0/{n}")));
        assert_eq!(thrown, [8.0, 2.0, 0.0]);
        assert_eq!(record.pointer("/operations/0/state").and_then(Json::as_str), Some("done"));
        shop.run("WorkOrder", "report", vases, report(shop, vases, 1, json!({"good": 2})));
        shop.run("WorkOrder", "complete", vases, json!({}));
        assert_eq!(shop.field("WorkOrder", vases, "state"), "completed");
        // 13 times four minutes and 8 times two, all in the good ones.
        let value = shop.ids(&format!("SELECT value FROM product_stock WHERE product_id = {vase}"));
        assert_eq!(value, [3_400]);
        shop.run("WorkOrder", "close", vases, json!({}));
    });
}

#[test]
fn a_machine_is_used_so_well() {
    on_both(|shop| {
        let bench = bench(shop, "30.00", "30.00");
        let pin = shop.product("pin", "0", "0");
        let operations = json!([{"name": "Turn", "work_center_id": bench, "run_minutes": 5}]);
        shop.create("Bill", json!({"product_id": pin, "operations": operations}));
        let stands = |kind: &str, from: &str, to: &str, reason: &str| {
            let body = json!({"work_center_id": bench, "kind": kind, "starts_at": from, "ends_at": to, "reason": reason});
            shop.create("Downtime", body);
        };
        // Monday and Tuesday are open from 6 to 14. Half an hour of the power cut lies in the maintenance.
        stands("breakdown", "2026-03-02T09:00:00Z", "2026-03-02T10:30:00Z", "Belt");
        stands("maintenance", "2026-03-03T06:00:00Z", "2026-03-03T08:00:00Z", "Oil");
        stands("breakdown", "2026-03-03T07:30:00Z", "2026-03-03T09:00:00Z", "Power");
        stands("breakdown", "2026-03-03T13:30:00Z", "2026-03-03T18:00:00Z", "Belt");
        shop.wait(2);
        let pins = released(shop, pin, 200);
        let said = json!({"good": 100, "scrapped": 6, "rework": 4, "reason": "Bent", "on": "2026-03-03"});
        shop.run("WorkOrder", "report", pins, report(shop, pins, 0, said));
        let again = json!({"good": 4, "again": true, "on": "2026-03-03"});
        shop.run("WorkOrder", "report", pins, report(shop, pins, 0, again));
        let days = json!({"from_on": "2026-03-02", "to_on": "2026-03-03"});
        let oee = shop.ask("WorkCenter", "oee", Some(bench), days);
        let figure = |name: &str| number(&oee, &format!("/{name}"));
        // 960 - 120 of maintenance; without 90 + 30 of the belt and 60 of the power.
        assert_eq!((figure("planned_minutes"), figure("run_minutes")), (840.0, 660.0), "{oee:#}");
        // 110 pieces at 5 minutes; 660 / 840, 550 / 660, 100 / 110, and 500 / 840 in all.
        let factors = ["availability", "performance", "quality", "oee"].map(figure);
        assert_eq!(factors, [78.6, 83.3, 90.9, 59.5]);
        let reason = |n: usize| {
            let at = |f: &str| oee.pointer(&format!("/reasons/{n}/{f}")).cloned().unwrap_or_default();
            format!("{} {} {}", at("reason"), at("minutes"), at("percent"))
        };
        assert_eq!([reason(0), reason(1)], ["\"Belt\" 120.0 14.3", "\"Power\" 60.0 7.1"]);
    });
}

#[test]
fn what_is_bought_at_another_price_than_the_standard() {
    on_both(|shop| {
        let steel = shop.product("steel", "0", "5.00");
        shop.refuses("Product", "revalue", steel, json!({"standard_cost": 6}), "stock.not_standard");
        shop.run("Product", "update", steel, json!({"costing": "standard"}));
        let supplier = shop.supplier("Jeklo d.o.o.");
        let lines = json!([{"product_id": steel, "quantity": 10, "unit_price": "5.20"}]);
        let bought = shop.create("PurchaseOrder", json!({"supplier_id": supplier, "lines": lines}));
        shop.run("PurchaseOrder", "confirm", bought, json!({}));
        shop.run("PurchaseOrder", "receive", bought, json!({}));
        shop.books("stock 50.00 | received_not_invoiced -52.00 | price_difference 2.00");
        let line = shop.line("PurchaseOrder", bought, 0);
        let invoice = json!({"supplier_number": "7", "invoice_on": shop.today().to_string(), "lines": [{"line_id": line, "unit_price": "5.50"}]});
        shop.run("PurchaseOrder", "invoice", bought, invoice);
        shop.books("stock 50.00 | received_not_invoiced 0.00 | price_difference 5.00");
        let said = shop
            .run("Product", "revalue", steel, json!({"standard_cost": "5.40", "reason": "New year"}))
            .result;
        assert_eq!(number(&said, "/difference"), 4.0);
        shop.books("stock 54.00 | price_difference 1.00");
        assert_eq!(shop.field("Product", steel, "standard_cost"), "5.4");
    });
}
