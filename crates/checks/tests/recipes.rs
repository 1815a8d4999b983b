//! Stories of recipes: what is taken, what comes besides, what goes instead, what changes from a day on.

use checks::{Shop, on_both};
use serde_json::{Value as Json, json};

struct Floor {
    bench: i64,
}

fn floor(shop: &Shop) -> Floor {
    let hours: Vec<Json> = ["monday", "tuesday", "wednesday", "thursday", "friday"]
        .iter()
        .map(|d| json!({"weekday": d, "starts_at": "06:00", "ends_at": "14:00"}))
        .collect();
    let week = shop.create("WorkCalendar", json!({"code": "ONE", "name": "One shift", "shifts": hours}));
    let bench = json!({"code": "bench", "name": "Bench", "calendar_id": week, "hourly_cost": 30});
    Floor { bench: shop.create("WorkCenter", bench) }
}

fn order(shop: &Shop, product: i64, quantity: i64) -> i64 {
    let body = json!({"product_id": product, "quantity": quantity, "due_on": "2026-03-10"});
    shop.create("WorkOrder", body)
}

fn number(json: &Json, at: &str) -> f64 {
    json.pointer(at).and_then(Json::as_f64).unwrap_or_else(|| panic!("{at} in {json:#}"))
}

fn id(json: &Json, at: &str) -> i64 {
    json.pointer(at).and_then(Json::as_i64).unwrap_or_else(|| panic!("{at} in {json:#}"))
}

fn report(shop: &Shop, order: i64, body: Json) {
    let operation = id(&shop.record("WorkOrder", order), "/operations/0/id");
    let mut body = body;
    body["operation_id"] = operation.into();
    shop.run("WorkOrder", "report", order, body);
}

/// What an order takes: product and quantity.
fn takes(shop: &Shop, order: i64) -> Vec<(i64, f64)> {
    let record = shop.record("WorkOrder", order);
    let lines = record["components"].as_array().cloned().unwrap_or_default();
    lines.iter().map(|l| (id(l, "/product_id"), number(l, "/quantity"))).collect()
}

#[test]
fn a_phantom_kit_is_blown_through_and_losses_are_begun() {
    on_both(|shop| {
        let f = floor(shop);
        let (table, kit) = (shop.product("table", "0", "0"), shop.product("kit", "0", "0"));
        let (screw, top) = (shop.product("screw", "0", "0.10"), shop.product("top", "0", "20.00"));
        let wrong = json!({"product_id": kit, "kind": "phantom", "lot_from": 5, "lot_to": 2,
            "components": [{"product_id": screw, "quantity": 8, "operation": 20}],
            "operations": [{"name": "Pack", "work_center_id": f.bench, "tool_id": f.bench, "yield_percent": 0}]});
        shop.refuses("Bill", "create", 0, wrong, "production.lots");
        shop.create("Bill", json!({"product_id": kit, "kind": "phantom", "batch": 10,
            "components": [{"product_id": screw, "quantity": 85, "scrap_percent": 15}],
            "operations": [{"name": "Pack", "work_center_id": f.bench, "setup_minutes": 4, "run_minutes": 0.5}]}));
        shop.create("Bill", json!({"product_id": table,
            "components": [{"product_id": kit, "quantity": 2}, {"product_id": top, "quantity": 1, "operation": 20}],
            "operations": [
                {"name": "Drill", "work_center_id": f.bench, "run_minutes": 6, "yield_percent": 90},
                {"name": "Mount", "work_center_id": f.bench, "run_minutes": 12, "yield_percent": 80}]}));
        // 100 are begun for 72 good ones; 90 come to the second operation and take a top.
        let tables = order(shop, table, 72);
        assert_eq!(takes(shop, tables), [(screw, 2000.0), (top, 90.0)]);
        assert_eq!(shop.field("WorkOrder", tables, "planned_scrap"), "28.0");
        let record = shop.record("WorkOrder", tables);
        let steps: Vec<String> = (0..3)
            .map(|n| {
                let at =
                    |f: &str| record.pointer(&format!("/operations/{n}/{f}")).cloned().unwrap_or_default();
                format!("{} {} {}", at("name"), at("quantity"), at("run_minutes"))
            })
            .collect();
        assert_eq!(steps, ["\"Pack\" 100.0 1.0", "\"Drill\" 100.0 6.0", "\"Mount\" 90.0 12.0"]);
        // By the other way round: 10 screws for each kit, of which 2 are begun for 0.72 of a table.
        let used = shop.ask("Product", "where_used", Some(screw), json!({}));
        assert_eq!(
            (number(&used, "/value/0/quantity"), number(&used, "/value/1/quantity")),
            (10.0, 27.777_778)
        );
        // An operation that is put in between takes no tops.
        let bill = shop.ids(&format!("SELECT id FROM bill WHERE product_id = {table}"))[0];
        let kept = shop.record("Bill", bill);
        let operations = json!([{"id": id(&kept, "/operations/0/id")}, {"name": "Sand", "work_center_id": f.bench},
            {"id": id(&kept, "/operations/1/id")}]);
        shop.run("Bill", "update", bill, json!({"operations": operations}));
        assert_eq!(id(&shop.record("Bill", bill), "/components/1/operation"), 30);
        // 72 are expected of it, whatever of the planned 28 is scrap so far.
        shop.run("WorkOrder", "release", tables, json!({}));
        report(shop, tables, json!({"good": 80, "scrapped": 20, "reason": "Split"}));
        assert_eq!(shop.field("WorkOrder", tables, "to_make"), "72.0");
        report(shop, tables, json!({"scrapped": 10, "reason": "Split"}));
        assert_eq!(shop.field("WorkOrder", tables, "to_make"), "70.0");
        // By its bill one costs 200 / 7.2 screws … : 2000 × 0.10 and 90 × 20.00; 4 + 100 + 600 + 1080 minutes at 30.00.
        let cost = shop.ask("Product", "cost_roll_up", Some(table), json!({"quantity": 72}));
        assert_eq!((number(&cost, "/material"), number(&cost, "/labour")), (2000.0, 892.0), "{cost:#}");
    });
}

#[test]
fn whey_comes_with_the_cheese() {
    on_both(|shop| {
        let f = floor(shop);
        let (cheese, whey) = (shop.product("cheese", "0", "0"), shop.product("whey", "0", "0"));
        let milk = shop.product("milk", "0", "0.50");
        let outputs = |share: i64| json!([{"product_id": whey, "quantity": 85, "cost_share_percent": share}]);
        let body = |share: i64| {
            json!({"product_id": cheese, "batch": 10, "outputs": outputs(share),
                "components": [{"product_id": milk, "quantity": 100}],
                "operations": [{"name": "Curdle", "work_center_id": f.bench, "run_minutes": 4}]})
        };
        shop.refuses("Bill", "create", 0, body(101), "production.cost_shares");
        shop.create("Bill", body(5));
        shop.stock(milk, 1000, "0.50");
        let waits = shop.order(shop.customer("Ana d.o.o."), &[(100, whey, "1.00")]);
        let made = order(shop, cheese, 20);
        shop.run("WorkOrder", "firm", made, json!({}));
        shop.run("WorkOrder", "reschedule", made, json!({"quantity": 10}));
        let expected =
            shop.ids(&format!("SELECT quantity FROM peg WHERE document_id = {waits} AND kind = 'supply'"));
        assert_eq!(expected, [85_000_000], "half the cheese, half the whey");
        shop.run("WorkOrder", "reschedule", made, json!({"quantity": 20}));
        shop.run("WorkOrder", "release", made, json!({}));
        let peg =
            shop.ids(&format!("SELECT quantity FROM peg WHERE document_id = {waits} AND kind = 'supply'"));
        assert_eq!(peg.iter().sum::<i64>(), 100_000_000, "the customer expects the whey from here");
        report(shop, made, json!({"good": 12}));
        // 60.00 of milk and 24.00 of work; 5 % of it goes with 102 of whey.
        shop.run("WorkOrder", "complete", made, json!({}));
        shop.holds();
        let record = shop.record("WorkOrder", made);
        assert_eq!(
            (number(&record, "/outputs/0/completed"), number(&record, "/outputs/0/value")),
            (102.0, 4.2)
        );
        assert_eq!(shop.on_hand(whey), "102");
        // The rest gives less whey than the bill says; it carries its share all the same: 5 % of 140.00 in all.
        report(shop, made, json!({"good": 8}));
        let whey_line = id(&record, "/outputs/0/id");
        let less = json!({"outputs": [{"output_id": whey_line, "quantity": 60, "lot": "W2"}]});
        let twice = json!({"outputs": [{"output_id": whey_line, "quantity": 1}, {"output_id": whey_line, "quantity": 1}]});
        shop.refuses("WorkOrder", "complete", made, twice, "production.no_output");
        shop.run("WorkOrder", "complete", made, less);
        let record = shop.record("WorkOrder", made);
        assert_eq!(
            (number(&record, "/outputs/0/completed"), number(&record, "/outputs/0/value")),
            (162.0, 7.0)
        );
        let value =
            |product: i64| shop.ids(&format!("SELECT value FROM product_stock WHERE product_id = {product}"));
        assert_eq!((value(cheese), value(whey)), (vec![13_300], vec![700]));
        let from = shop.ask("Product", "made_from", Some(whey), json!({"lot": "W2"}));
        assert_eq!(from.pointer("/value/0/code").and_then(Json::as_str), Some("milk"), "{from:#}");
        shop.run("WorkOrder", "close", made, json!({}));
        shop.books("work_in_progress 0.00 | usage_variance 0.00");
    });
}

#[test]
fn an_old_machine_comes_apart() {
    on_both(|shop| {
        let f = floor(shop);
        let machine = shop.product("machine", "0", "90.00");
        let (motor, scrap) = (shop.product("motor", "0", "40.00"), shop.product("iron", "0", "0.20"));
        shop.stock(machine, 2, "90.00");
        let apart = shop.create(
            "Bill",
            json!({"product_id": machine, "kind": "disassembly",
            "components": [{"product_id": motor, "quantity": 1}, {"product_id": scrap, "quantity": 50}],
            "operations": [{"name": "Take apart", "work_center_id": f.bench, "run_minutes": 20}]}),
        );
        shop.refuses(
            "WorkOrder",
            "create",
            0,
            json!({"product_id": machine, "quantity": 2}),
            "production.no_bill",
        );
        let work = shop.create("WorkOrder", json!({"product_id": machine, "bill_id": apart, "quantity": 2}));
        assert_eq!(takes(shop, work), [(machine, 2.0)]);
        shop.run("WorkOrder", "release", work, json!({}));
        report(shop, work, json!({"good": 2}));
        shop.run("WorkOrder", "complete", work, json!({}));
        // 180.00 of machines and 20.00 of work, by standard cost: 80 of 100 to the motors, 20 to the iron.
        let value =
            |product: i64| shop.ids(&format!("SELECT value FROM product_stock WHERE product_id = {product}"));
        assert_eq!((value(motor), value(scrap)), (vec![16_000], vec![4_000]));
        assert_eq!(
            (shop.on_hand(machine), shop.on_hand(motor), shop.on_hand(scrap)),
            ("0".into(), "2".into(), "100".into())
        );
        shop.run("WorkOrder", "close", work, json!({}));
        shop.books("work_in_progress 0.00");
    });
}

#[test]
fn what_is_short_is_replaced() {
    on_both(|shop| {
        let f = floor(shop);
        let (lamp, bulb) = (shop.product("lamp", "0", "0"), shop.product("bulb", "0", "2.00"));
        let (led, pair, glass) = (
            shop.product("led", "0", "3.00"),
            shop.product("halves", "0", "1.00"),
            shop.product("glass", "0", "1.00"),
        );
        let substitute = |of: i64, with: i64, ratio: i64, priority: i64| json!({"product_id": of, "substitute_id": with, "ratio": ratio, "priority": priority});
        let body = |substitutes: Json| {
            json!({"product_id": lamp, "components": [{"product_id": bulb, "quantity": 1}], "substitutes": substitutes,
                "operations": [{"name": "Screw in", "work_center_id": f.bench, "run_minutes": 1}]})
        };
        shop.refuses(
            "Bill",
            "create",
            0,
            body(json!([substitute(led, glass, 1, 1)])),
            "production.no_component",
        );
        shop.create("Bill", body(json!([substitute(bulb, pair, 2, 2), substitute(bulb, led, 1, 1)])));
        shop.stock(bulb, 4, "2.00");
        shop.stock(led, 3, "3.00");
        shop.stock(pair, 100, "1.00");
        shop.stock(glass, 100, "1.00");
        let lamps = order(shop, lamp, 10);
        shop.run("WorkOrder", "release", lamps, json!({}));
        let line = id(&shop.record("WorkOrder", lamps), "/components/0/id");
        let issue = |product: i64, quantity: i64| json!({"lines": [{"line_id": line, "product_id": product, "quantity": quantity}]});
        shop.refuses("WorkOrder", "issue", lamps, issue(glass, 1), "production.no_substitute");
        // Two halves in the place of one bulb, by hand.
        shop.run("WorkOrder", "issue", lamps, issue(pair, 2));
        assert_eq!(takes(shop, lamps), [(bulb, 9.0), (pair, 2.0)]);
        shop.holds();
        report(shop, lamps, json!({"good": 10}));
        shop.run("WorkOrder", "complete", lamps, json!({}));
        // Four bulbs are there; then the three of the first choice, then two halves for each of the other two.
        assert_eq!(takes(shop, lamps), [(bulb, 4.0), (pair, 6.0), (led, 3.0)]);
        assert_eq!(
            (shop.on_hand(bulb), shop.on_hand(led), shop.on_hand(pair)),
            ("0".into(), "0".into(), "94".into())
        );
        // 8.00 + 9.00 + 6.00 and 10 minutes at 30.00.
        let value = shop.ids(&format!("SELECT value FROM product_stock WHERE product_id = {lamp}"));
        assert_eq!(value, [2_800]);
        shop.run("WorkOrder", "close", lamps, json!({}));
        shop.books("work_in_progress 0.00 | usage_variance 0.00");
    });
}

#[test]
fn a_drawing_changes_from_a_day_on() {
    on_both(|shop| {
        let (car, door) = (shop.product("car", "0", "0"), shop.product("door", "0", "0"));
        let (handle, knob, hinge) = (
            shop.product("handle", "0", "1.00"),
            shop.product("knob", "0", "1.00"),
            shop.product("hinge", "0", "1.00"),
        );
        shop.create("Bill", json!({"product_id": car, "components": [{"product_id": door, "quantity": 4}]}));
        let parts = json!([{"product_id": handle, "quantity": 1}, {"product_id": hinge, "quantity": 2}]);
        let old = shop.create("Bill", json!({"product_id": door, "components": parts}));
        shop.stock(handle, 70, "1.00");
        let made = order(shop, door, 30);
        shop.run("WorkOrder", "release", made, json!({}));
        let nothing = json!({"valid_from": "2026-04-01", "changes": [{"product_id": knob}]});
        shop.refuses("Bill", "revise", old, nothing, "production.nothing_changed");
        let change = json!({"valid_from": "2026-04-01", "changes": [
            {"product_id": handle, "replacement_id": knob}, {"product_id": hinge, "quantity": 3}]});
        let said = shop.run("Bill", "revise", old, change.clone()).result;
        let new = id(&said, "/bill_id");
        assert_eq!(id(&said, "/revision"), 2);
        assert_eq!(said.pointer("/used_in/0/code").and_then(Json::as_str), Some("car"), "{said:#}");
        assert_eq!(id(&said, "/open_orders/0/id"), made);
        // 70 handles, of which the open order holds 30: 40 would be left.
        assert_eq!((id(&said, "/run_out/0/product_id"), number(&said, "/run_out/0/free")), (handle, 40.0));
        assert_eq!(shop.field("Bill", old, "valid_to"), "2026-03-31");
        shop.refuses("Bill", "revise", old, json!({"valid_from": "2026-05-01"}), "production.not_valid_then");
        let later =
            shop.create("WorkOrder", json!({"product_id": door, "quantity": 1, "starts_on": "2026-04-01"}));
        assert_eq!(takes(shop, later), [(knob, 1.0), (hinge, 3.0)]);
        assert_eq!(takes(shop, order(shop, door, 1)), [(handle, 1.0), (hinge, 2.0)]);
        let impact = shop.ask("Bill", "impact", Some(new), json!({}));
        assert_eq!(number(&impact, "/run_out/0/on_hand"), 70.0);
    });
}

#[test]
fn what_is_lost_early_takes_nothing_later() {
    on_both(|shop| {
        let f = floor(shop);
        let (cup, clay, handle) = (
            shop.product("cup", "0", "0"),
            shop.product("clay", "0", "0.50"),
            shop.product("handle", "0", "0.20"),
        );
        shop.create("Bill", json!({"product_id": cup,
            "components": [{"product_id": clay, "quantity": 1}, {"product_id": handle, "quantity": 1, "operation": 20}],
            "operations": [
                {"name": "Turn", "work_center_id": f.bench, "run_minutes": 2, "yield_percent": 90},
                {"name": "Attach", "work_center_id": f.bench, "run_minutes": 1, "yield_percent": 80}]}));
        shop.stock(clay, 200, "0.50");
        shop.stock(handle, 200, "0.20");
        let cups = order(shop, cup, 72);
        shop.run("WorkOrder", "release", cups, json!({}));
        let said = |n: usize, good: i64, scrapped: i64| {
            let operation = id(&shop.record("WorkOrder", cups), &format!("/operations/{n}/id"));
            let body =
                json!({"operation_id": operation, "good": good, "scrapped": scrapped, "reason": "Cracked"});
            shop.run("WorkOrder", "report", cups, body);
        };
        // 100 are turned and 20 of them lost; 80 handles are attached, 10 cups break at it.
        said(0, 80, 20);
        said(1, 35, 5);
        shop.run("WorkOrder", "complete", cups, json!({}));
        // Sixty have gone through the first, forty through both.
        assert_eq!((shop.on_hand(clay), shop.on_hand(handle)), ("140".into(), "160".into()));
        said(1, 35, 5);
        shop.run("WorkOrder", "complete", cups, json!({}));
        assert_eq!((shop.on_hand(clay), shop.on_hand(handle)), ("100".into(), "120".into()));
        assert_eq!(shop.field("WorkOrder", cups, "state"), "completed");
        // 50.00 of clay, 16.00 of handles, 200 and 80 minutes at 30.00 an hour.
        let value = shop.ids(&format!("SELECT value FROM product_stock WHERE product_id = {cup}"));
        assert_eq!(value, [20_600]);
        shop.run("WorkOrder", "close", cups, json!({}));
        shop.books("work_in_progress 0.00 | usage_variance 0.00");
    });
}
