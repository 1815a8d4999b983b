//! Stories of making: a bicycle of three levels, from the customer's order to its margin.

use checks::{Shop, on_both};
use serde_json::{Value as Json, json};

/// A bicycle: frame from tubes on the bench, wheels from rims and spokes, put together on two work centers.
struct Workshop {
    bicycle: i64,
    wheel: i64,
    hub: i64,
    spoke: i64,
    frame: i64,
    wheels_at: i64,
}

fn id_of(json: &Json, pointer: &str) -> i64 {
    json.pointer(pointer).and_then(Json::as_i64).unwrap_or_else(|| panic!("{pointer} in {json}"))
}

/// Bicycle ← 2 wheels (← hub ← 2 bearings; 36 spokes) + frame. Bearings, spokes and frames are bought.
fn workshop(shop: &Shop) -> Workshop {
    let hours: Vec<Json> = ["monday", "tuesday", "wednesday", "thursday", "friday"]
        .iter()
        .map(|d| json!({"weekday": d, "starts_at": "06:00", "ends_at": "14:00"}))
        .collect();
    let week = shop.create("WorkCalendar", json!({"code": "ONE", "name": "One shift", "shifts": hours}));
    let center = |code: &str, cost: &str| {
        shop.create(
            "WorkCenter",
            json!({"code": code, "name": code, "calendar_id": week, "hourly_cost": cost}),
        )
    };
    let (wheels_at, bench) = (center("wheels", "30.00"), center("bench", "24.00"));
    let bicycle = shop.product("bicycle", "600.00", "0");
    let (wheel, hub) = (shop.product("wheel", "0", "0"), shop.product("hub", "0", "0"));
    let (bearing, spoke) = (shop.product("bearing", "0", "3.00"), shop.product("spoke", "0", "0.20"));
    let frame = shop.product("frame", "0", "120.00");
    let bill = |product: i64, parts: Json, operations: Json| {
        shop.create("Bill", json!({"product_id": product, "components": parts, "operations": operations}))
    };
    bill(
        hub,
        json!([{"product_id": bearing, "quantity": 2}]),
        json!([{"name": "Press", "work_center_id": bench, "setup_minutes": 5, "run_minutes": 2}]),
    );
    bill(
        wheel,
        json!([{"product_id": hub, "quantity": 1}, {"product_id": spoke, "quantity": 36}]),
        json!([{"name": "Lace", "work_center_id": wheels_at, "run_minutes": 20}]),
    );
    bill(
        bicycle,
        json!([{"product_id": wheel, "quantity": 2}, {"product_id": frame, "quantity": 1}]),
        json!([
            {"name": "Mount", "work_center_id": bench, "setup_minutes": 10, "run_minutes": 30},
            {"name": "Adjust", "work_center_id": wheels_at, "run_minutes": 10},
        ]),
    );
    shop.stock(bearing, 100, "3.00");
    shop.stock(spoke, 1000, "0.20");
    shop.stock(frame, 10, "120.00");
    Workshop { bicycle, wheel, hub, spoke, frame, wheels_at }
}

fn order(shop: &Shop, product: i64, quantity: i64) -> i64 {
    shop.create("WorkOrder", json!({"product_id": product, "quantity": quantity, "due_on": "2026-03-10"}))
}

fn operation(shop: &Shop, order: i64, n: usize) -> i64 {
    id_of(&shop.record("WorkOrder", order), &format!("/operations/{n}/id"))
}

fn component(shop: &Shop, order: i64, n: usize) -> i64 {
    id_of(&shop.record("WorkOrder", order), &format!("/components/{n}/id"))
}

fn report(shop: &Shop, order: i64, n: usize, good: i64) {
    let body = json!({"operation_id": operation(shop, order, n), "good": good});
    shop.run("WorkOrder", "report", order, body);
}

fn stands(shop: &Shop, entity: &str, id: i64, place: &str) {
    let cases = shop.ask("Case", "of", None, json!({"entity": entity, "id": id}));
    let text = |name: &str| {
        cases.pointer(&format!("/value/0/{name}")).and_then(Json::as_str).unwrap_or("nowhere").to_owned()
    };
    assert_eq!(format!("{} at {}", text("state"), text("step")), place, "{cases:#}");
}

/// How the demand of a document's line is covered: kind and quantity.
fn pegs(shop: &Shop, document: i64) -> Vec<String> {
    let rows = shop.kernel.store.read(|tx| -> kernel::Result<_> {
        Ok(tx.query(
            "SELECT kind, CAST(SUM(quantity) AS BIGINT) FROM peg WHERE document_id = ? GROUP BY kind ORDER BY kind",
            &[document.into()],
        )?)
    });
    let rows = rows.unwrap_or_else(|e| panic!("{e}"));
    rows.iter().map(|r| format!("{} {}", r.text(0), numbers::Decimal6(r.int(1)))).collect()
}

#[test]
fn a_bicycle_is_made_to_order() {
    on_both(|shop| {
        let w = workshop(shop);
        let customer = shop.customer("Ana d.o.o.");
        let sold = shop.order(customer, &[(2, w.bicycle, "600.00")]);
        stands(shop, "SalesOrder", sold, "running at Goods");
        let bicycles = order(shop, w.bicycle, 2);
        let (wheels, hubs) = (order(shop, w.wheel, 4), order(shop, w.hub, 4));
        shop.run("WorkOrder", "firm", bicycles, json!({}));
        assert_eq!(pegs(shop, sold), ["supply 2"], "the customer waits for this order");
        let released = shop.run("WorkOrder", "release", bicycles, json!({})).result;
        assert_eq!(released.pointer("/short/0/quantity").and_then(Json::as_f64), Some(4.0), "{released}");
        assert_eq!(shop.field("WorkOrder", bicycles, "short_lines"), "1");
        stands(shop, "WorkOrder", bicycles, "running at Make");
        shop.run("WorkOrder", "release", wheels, json!({}));
        shop.run("WorkOrder", "release", hubs, json!({}));
        assert_eq!(pegs(shop, bicycles), ["stock 2", "supply 4"], "wheels come from their order");
        shop.holds();

        // Hubs: material is taken when they are completed. 8 bearings at 3.00; 5 + 4 × 2 minutes at 24.00 an hour: 5.20.
        report(shop, hubs, 0, 4);
        shop.run("WorkOrder", "complete", hubs, json!({}));
        shop.books("work_in_progress 0.00 | absorbed_labour -5.20");
        assert_eq!(shop.field("WorkOrder", hubs, "state"), "completed");
        assert_eq!(pegs(shop, wheels), ["stock 148"], "hubs go to the wheels");
        stands(shop, "WorkOrder", hubs, "running at Close");
        shop.run("WorkOrder", "close", hubs, json!({}));
        stands(shop, "WorkOrder", hubs, "ended at Whole");

        // Wheels: 4 hubs for 29.20, 144 spokes for 28.80, 80 minutes at 30.00 an hour: 98.00 for four.
        shop.run("WorkOrder", "issue", wheels, json!({}));
        shop.books("work_in_progress 58.00");
        assert_eq!(shop.field("WorkOrder", wheels, "state"), "released");
        shop.run("WorkOrder", "start", wheels, json!({"operation_id": operation(shop, wheels, 0)}));
        report(shop, wheels, 0, 4);
        shop.run("WorkOrder", "complete", wheels, json!({"quantity": 3}));
        // Three quarters of 98.00 are 73.50; a quarter is still work in progress.
        shop.books("work_in_progress 24.50");
        assert_eq!(shop.field("WorkOrder", wheels, "state"), "started");
        stands(shop, "WorkOrder", wheels, "running at Make");
        shop.holds();
        shop.run("WorkOrder", "complete", wheels, json!({}));
        shop.run("WorkOrder", "close", wheels, json!({}));
        assert_eq!(pegs(shop, bicycles), ["stock 6"]);

        // Bicycles: 98.00 of wheels, 240.00 of frames, 70 minutes at 24.00 and 20 at 30.00: 376.00 for two.
        report(shop, bicycles, 0, 2);
        let early = json!({"quantity": 1});
        shop.refuses("WorkOrder", "complete", bicycles, early, "production.not_reported");
        report(shop, bicycles, 1, 2);
        let made = shop.run("WorkOrder", "complete", bicycles, json!({})).result;
        assert_eq!(made.get("cost").and_then(Json::as_f64), Some(376.0));
        assert_eq!(pegs(shop, sold), ["stock 2"], "the customer holds them now");
        stands(shop, "SalesOrder", sold, "running at Ship");
        shop.run("WorkOrder", "close", bicycles, json!({}));
        shop.books("work_in_progress 0.00 | usage_variance 0.00 | efficiency_variance 0.00");
        shop.ship(sold, 2);
        // The margin is that of what they have really cost.
        shop.books("revenue -1200.00 | cost_of_goods 376.00");
        assert_eq!(shop.on_hand(w.wheel), "0");
        assert_eq!(shop.on_hand(w.frame), "8");
    });
}

#[test]
fn scrap_has_a_reason_and_the_good_ones_carry_it() {
    on_both(|shop| {
        let w = workshop(shop);
        let hubs = order(shop, w.hub, 10);
        shop.run("WorkOrder", "release", hubs, json!({}));
        shop.run("WorkOrder", "issue", hubs, json!({}));
        let press = operation(shop, hubs, 0);
        let scrap = json!({"operation_id": press, "good": 7, "scrapped": 2, "minutes": 25});
        shop.refuses("WorkOrder", "report", hubs, scrap, "production.scrap_reason");
        let scrap =
            json!({"operation_id": press, "good": 7, "scrapped": 2, "minutes": 25, "reason": "Cracked"});
        shop.run("WorkOrder", "report", hubs, scrap);
        let cards = shop.ids(&format!("SELECT id FROM job_card WHERE work_order_id = {hubs}"));
        assert_eq!(shop.field("JobCard", cards[0], "reason"), "Cracked");
        // 60.00 of material, 25 minutes at 24.00 an hour: 70.00; nine of ten pieces have gone through.
        shop.books("work_in_progress 70.00");
        let made = shop.run("WorkOrder", "complete", hubs, json!({})).result;
        assert_eq!(
            made.get("cost").and_then(Json::as_f64),
            Some(64.0),
            "54.00 of material and 10.00 of work"
        );
        let rest = json!({"operation_id": press, "scrapped": 1, "minutes": 0, "reason": "Cracked"});
        shop.run("WorkOrder", "report", hubs, rest);
        assert_eq!(shop.field("WorkOrder", hubs, "state"), "completed");
        stands(shop, "WorkOrder", hubs, "running at Close");
        // The material of the last piece, which became nothing.
        shop.run("WorkOrder", "close", hubs, json!({}));
        shop.books("work_in_progress 0.00 | usage_variance 6.00 | efficiency_variance 0.00");
        assert_eq!(shop.on_hand(w.hub), "7");
    });
}

#[test]
fn more_and_less_is_used_than_planned() {
    on_both(|shop| {
        let w = workshop(shop);
        shop.stock(w.hub, 2, "10.00");
        let wheels = order(shop, w.wheel, 2);
        shop.run("WorkOrder", "release", wheels, json!({}));
        let spokes = component(shop, wheels, 1);
        let more = json!({"lines": [{"line_id": spokes, "quantity": 75}]});
        shop.refuses("WorkOrder", "issue", wheels, more, "production.reason_wanted");
        let more = json!({"lines": [{"line_id": spokes, "quantity": 75}], "reason": "Three broke"});
        shop.run("WorkOrder", "issue", wheels, more);
        let line = shop.record("WorkOrder", wheels);
        assert_eq!(line.pointer("/components/1/reason").and_then(Json::as_str), Some("Three broke"));
        shop.books("work_in_progress 15.00");
        let back = json!({"lines": [{"line_id": spokes, "quantity": -80}]});
        shop.refuses("WorkOrder", "issue", wheels, back, "production.more_than_issued");
        let back =
            json!({"lines": [{"line_id": spokes, "quantity": -5, "is_all": true}], "reason": "Thinner rim"});
        shop.run("WorkOrder", "issue", wheels, back);
        shop.books("work_in_progress 14.00");
        shop.refuses("WorkOrder", "cancel", wheels, json!({}), "production.issued_already");
        report(shop, wheels, 0, 2);
        shop.run("WorkOrder", "complete", wheels, json!({}));
        // 70 spokes and no more, two hubs, 40 minutes.
        shop.books("work_in_progress 0.00 | absorbed_labour -20.00");
        assert_eq!(shop.on_hand(w.spoke), "930");
        shop.holds();
        // A job card that comes late, when the goods are gone from the order already.
        let late = json!({"operation_id": operation(shop, wheels, 0), "minutes": 6});
        shop.run("WorkOrder", "report", wheels, late);
        shop.books("work_in_progress 3.00");
        shop.run("WorkOrder", "close", wheels, json!({}));
        shop.books("work_in_progress 0.00 | efficiency_variance 3.00 | absorbed_labour -23.00");
    });
}

#[test]
fn a_cancelled_order_gives_its_pegs_back() {
    on_both(|shop| {
        let w = workshop(shop);
        let sold = shop.order(shop.customer("Ana d.o.o."), &[(1, w.bicycle, "600.00")]);
        let (first, second) = (order(shop, w.bicycle, 10), order(shop, w.bicycle, 1));
        shop.run("WorkOrder", "release", first, json!({}));
        assert_eq!(pegs(shop, sold), ["supply 1"]);
        assert_eq!(pegs(shop, first), ["short 20", "stock 10"]);
        shop.run("WorkOrder", "release", second, json!({}));
        assert_eq!(pegs(shop, second), ["short 3"], "the first has all the frames");
        shop.run("WorkOrder", "cancel", first, json!({}));
        assert!(pegs(shop, first).is_empty());
        assert_eq!(pegs(shop, sold), ["short 1"]);
        stands(shop, "WorkOrder", first, "ended at Gone");
        shop.run("WorkOrder", "reserve", second, json!({}));
        assert_eq!(pegs(shop, second), ["short 2", "stock 1"], "the frames are free for the second");
        shop.run("WorkOrder", "cancel", second, json!({}));
        let third = order(shop, w.bicycle, 1);
        shop.run("WorkOrder", "firm", third, json!({}));
        assert_eq!(pegs(shop, sold), ["supply 1"]);
        shop.run("WorkOrder", "reschedule", third, json!({"quantity": 3, "due_on": "2026-04-01"}));
        let parts = shop.record("WorkOrder", third);
        // Two of the three are promised to nobody: who calls now is told when they come.
        let line = shop.ask("SalesOrder", "line", None, json!({"product_id": w.bicycle, "quantity": 2}));
        assert_eq!(
            (line["by"].as_str(), line["available_on"].as_str()),
            (Some("supply"), Some("2026-04-01"))
        );
        assert_eq!(parts.pointer("/components/0/quantity").and_then(Json::as_f64), Some(6.0));
        shop.run("WorkOrder", "release", third, json!({}));
        assert_eq!(pegs(shop, third), ["short 6", "stock 3"], "frames are free again");
        // Given up half-way: what is in it is a variance, and the customer is short again.
        shop.run(
            "WorkOrder",
            "issue",
            third,
            json!({"lines": [{"line_id": component(shop, third, 1), "quantity": 1}]}),
        );
        shop.run("WorkOrder", "start", third, json!({}));
        shop.run("WorkOrder", "close", third, json!({}));
        shop.books("work_in_progress 0.00 | usage_variance 120.00");
        assert_eq!(pegs(shop, sold), ["short 1"]);
    });
}

#[test]
fn bills_know_their_loops_their_cost_and_their_users() {
    on_both(|shop| {
        let w = workshop(shop);
        let looped = json!({"product_id": w.spoke, "components": [{"product_id": w.bicycle, "quantity": 1}]});
        match shop.try_run("Bill", "create", None, &looped) {
            Err(kernel::Error::Refused(refusal)) => {
                assert_eq!(refusal.code, "production.loop");
                let items = refusal.args.iter().find(|(k, _)| *k == "items").map(|(_, v)| v.as_str());
                assert_eq!(items, Some("spoke → bicycle → wheel → spoke"));
            }
            other => panic!("{other:?}"),
        }
        let batch = json!({"product_id": w.spoke, "batch": 0, "components": []});
        shop.refuses("Bill", "create", 0, batch, "production.batch");

        let cost = shop.ask("Product", "cost_roll_up", Some(w.bicycle), json!({"quantity": 2}));
        let number = |json: &Json, at: &str| json.pointer(at).and_then(Json::as_f64);
        // As the order above has cost: 24.00 + 28.80 + 240.00 and 5.20 + 40.00 + 38.00.
        assert_eq!(number(&cost, "/material"), Some(292.8), "{cost:#}");
        assert_eq!(number(&cost, "/labour"), Some(83.2));
        assert_eq!(number(&cost, "/unit"), Some(188.0));
        assert_eq!(number(&cost, "/lines/1/level"), Some(1.0), "wheels stand below the bicycle");

        let used = shop.ask("Product", "where_used", Some(w.spoke), json!({}));
        let level = |n: usize| {
            let at = |f: &str| used.pointer(&format!("/value/{n}/{f}")).cloned().unwrap_or_default();
            format!("{} {} {}", at("level"), at("code"), at("quantity"))
        };
        assert_eq!([level(0), level(1)], ["1 \"wheel\" 36.0", "2 \"bicycle\" 72.0"]);
    });
}

#[test]
fn a_machine_breaks_and_runs_again() {
    on_both(|shop| {
        let w = workshop(shop);
        let stop = json!({"work_center_id": w.wheels_at, "kind": "breakdown", "starts_at": "2026-03-02T07:00:00Z", "reason": "Belt"});
        let down = shop.create("Downtime", stop);
        assert_eq!(shop.field("WorkCenter", w.wheels_at, "is_down"), "true");
        shop.run("Downtime", "end", down, json!({}));
        assert_eq!(shop.field("WorkCenter", w.wheels_at, "is_down"), "false");
        shop.refuses("Downtime", "end", down, json!({}), "equipment.ended");
        let luka = shop.create("Party", json!({"kind": "person", "name": "Luka Jereb", "is_employee": true}));
        let week = shop.ids("SELECT id FROM work_calendar")[0];
        let hired =
            shop.create("Employee", json!({"party_id": luka, "calendar_id": week, "hourly_cost": 19}));
        assert_eq!(shop.field("Employee", hired, "name"), "Luka Jereb");
        let away =
            json!({"employee_id": hired, "kind": "sick", "from_on": "2026-03-05", "to_on": "2026-03-04"});
        shop.refuses("Absence", "create", 0, away, "people.ends_before");
        let many = json!({"capacity": 1_000_000});
        shop.refuses("WorkCenter", "update", w.wheels_at, many, "equipment.capacity");
        let itself = json!({"parent_id": w.wheels_at});
        shop.refuses("WorkCenter", "update", w.wheels_at, itself, "equipment.part_of_itself");
        let night = json!({"code": "N", "name": "Night", "shifts": [{"weekday": "monday", "starts_at": "22:00", "ends_at": "06:00"}]});
        shop.refuses("WorkCalendar", "create", 0, night, "people.ends_before");
    });
}

#[test]
fn a_lot_is_followed_from_the_supplier_to_the_customer() {
    on_both(|shop| {
        let w = workshop(shop);
        let rim = shop.product("rim", "0", "0");
        let rims = json!({"product_id": rim, "components": [{"product_id": w.hub, "quantity": 1}]});
        shop.create("Bill", rims);
        let supplier = shop.supplier("Pesta d.o.o.");
        let waiting = order(shop, rim, 5);
        shop.run("WorkOrder", "release", waiting, json!({}));
        assert_eq!(pegs(shop, waiting), ["short 5"]);
        let lines = json!([{"product_id": w.hub, "quantity": 5, "unit_price": "8.00"}]);
        let bought = shop.create("PurchaseOrder", json!({"supplier_id": supplier, "lines": lines}));
        shop.run("PurchaseOrder", "confirm", bought, json!({}));
        let line = shop.line("PurchaseOrder", bought, 0);
        let came = |lot: &str, quantity: i64, blocked: bool| {
            let lines = json!([{"line_id": line, "quantity": quantity, "lot": lot, "blocked": blocked}]);
            shop.run("PurchaseOrder", "receive", bought, json!({"lines": lines}));
        };
        came("H1", 3, true);
        assert_eq!(pegs(shop, waiting), ["short 5"], "what is on hold helps nobody");
        shop.books("received_not_invoiced -24.00");
        let held = shop.ids("SELECT id FROM inspection")[0];
        shop.run("Inspection", "pass", held, json!({"quantity": 2}));
        assert_eq!(pegs(shop, waiting), ["short 3", "stock 2"]);
        shop.refuses("Inspection", "pass", held, json!({"quantity": 2}), "stock.waits");
        shop.run("Inspection", "reject", held, json!({"reason": "Rust"}));
        assert_eq!(shop.field("Inspection", held, "state"), "done");
        let receipt = shop.ids("SELECT MIN(id) FROM receipt")[0];
        shop.refuses(
            "Receipt",
            "reverse",
            receipt,
            json!({"on": shop.today().to_string()}),
            "stock.inspected_already",
        );
        came("H2", 2, false);
        shop.holds();

        // Four are made: of both lots, the older first.
        shop.run("WorkOrder", "complete", waiting, json!({"quantity": 4, "lot": "R1"}));
        let from = shop.ask("Product", "made_from", Some(rim), json!({"lot": "R1"}));
        let row = |json: &Json, n: usize| {
            let at = |f: &str| json.pointer(&format!("/value/{n}/{f}")).cloned().unwrap_or_default();
            format!("{} {} {} {} {}", at("level"), at("code"), at("lot"), at("quantity"), at("supplier"))
        };
        let found: Vec<String> = (0..4).map(|n| row(&from, n)).collect();
        assert_eq!(
            found,
            [
                "1 \"hub\" \"H1\" 2.0 null",
                "1 \"hub\" \"H2\" 2.0 null",
                "2 null \"H1\" 3.0 \"Pesta d.o.o.\"",
                "2 null \"H2\" 2.0 \"Pesta d.o.o.\"",
            ],
            "{from:#}"
        );
        let sold = shop.order(shop.customer("Ana d.o.o."), &[(1, rim, "50.00")]);
        let delivery = shop.draft(sold);
        let draft = json!({"lines": [{"id": shop.line("Delivery", delivery, 0), "lot": "R1"}]});
        shop.run("Delivery", "update", delivery, draft);
        shop.ship(sold, 1);
        let into = shop.ask("Product", "went_into", Some(w.hub), json!({"lot": "H1"}));
        assert_eq!(into.pointer("/value/0/lot").and_then(Json::as_str), Some("R1"), "{into:#}");
        assert_eq!(into.pointer("/value/1/customer").and_then(Json::as_str), Some("Ana d.o.o."));
    });
}
