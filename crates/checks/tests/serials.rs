//! Stories of effectivity by serial number: which of the machines that are made get which motor.

use checks::{Shop, on_both, rows, text};
use serde_json::{Value as Json, json};

/// A machine of a frame and a motor: the old one up to number 12, the new one from 13 on.
struct Machine {
    machine: i64,
    old: i64,
    new: i64,
    bill: i64,
}

impl Machine {
    fn new(shop: &Shop) -> Self {
        let machine = shop.product("machine", "900.00", "0");
        let (frame, old, new) = (
            shop.product("frame", "0", "50.00"),
            shop.product("old", "0", "10.00"),
            shop.product("new", "0", "12.00"),
        );
        let parts = json!([{"product_id": frame, "quantity": 1}, {"product_id": old, "quantity": 2, "until_serial": 12},
            {"product_id": new, "quantity": 1, "from_serial": 13}]);
        let bill = shop.create("Bill", json!({"product_id": machine, "components": parts}));
        for product in [frame, old, new] {
            shop.stock(product, 100, &shop.field("Product", product, "standard_cost"));
        }
        Self { machine, old, new, bill }
    }

    fn order(&self, shop: &Shop, quantity: i64, first: Option<i64>) -> i64 {
        let body = json!({"product_id": self.machine, "quantity": quantity, "first_serial": first});
        shop.create("WorkOrder", body)
    }
}

/// `frame 10, old 10 ..12` and so on, in the order of the pick list.
fn picked(shop: &Shop, order: i64) -> String {
    let said = |line: &Json| {
        let product = shop.field("Product", line["product_id"].as_i64().unwrap_or(0), "code");
        let end = |n: &Json| n.as_i64().map_or(String::new(), |n| n.to_string());
        let (from, until) = (end(&line["from_serial"]), end(&line["until_serial"]));
        let range =
            if from.is_empty() && until.is_empty() { String::new() } else { format!(" {from}..{until}") };
        format!("{product} {} of {}{range}", line["issued"], line["quantity"])
    };
    let record = shop.record("WorkOrder", order);
    let lines = record["components"].as_array().cloned().unwrap_or_default();
    lines.iter().map(said).collect::<Vec<_>>().join(", ")
}

fn lots(shop: &Shop, product: i64) -> Vec<(String, i64)> {
    let sql = format!("SELECT id FROM stock_balance WHERE product_id = {product} AND on_hand <> 0");
    let said = |id: i64| {
        let balance = shop.record("StockBalance", id);
        (text(&balance, "/lot").to_owned(), balance["on_hand"].as_f64().unwrap_or(0.0) as i64)
    };
    let mut lots: Vec<(String, i64)> = shop.ids(&sql).into_iter().map(said).collect();
    lots.sort_by_key(|(lot, _)| lot.parse::<i64>().unwrap_or(0));
    lots
}

#[test]
fn each_unit_gets_what_its_number_says() {
    on_both(|shop| {
        let m = Machine::new(shop);
        let ten = m.order(shop, 10, Some(8));
        assert_eq!(picked(shop, ten), "frame 0.0 of 10.0, old 0.0 of 10.0 ..12, new 0.0 of 5.0 13..");
        // Another quantity, other lines.
        shop.run("WorkOrder", "update", ten, json!({"quantity": 5}));
        assert_eq!(picked(shop, ten), "frame 0.0 of 5.0, old 0.0 of 10.0 ..12");
        shop.run("WorkOrder", "update", ten, json!({"quantity": 10}));
        shop.refuses(
            "WorkOrder",
            "create",
            0,
            json!({"product_id": m.machine, "quantity": 3, "first_serial": 6}),
            "production.serial_taken",
        );
        shop.refuses(
            "WorkOrder",
            "create",
            0,
            json!({"product_id": m.machine, "quantity": "1.5"}),
            "production.whole_serials",
        );
        shop.refuses(
            "WorkOrder",
            "create",
            0,
            json!({"product_id": m.machine, "quantity": 1, "first_serial": 0}),
            "production.serial_range",
        );
        let next = m.order(shop, 2, None);
        assert_eq!(shop.field("WorkOrder", next, "first_serial"), "18");
        assert_eq!(picked(shop, next), "frame 0.0 of 2.0, new 0.0 of 2.0 13..");
        shop.run("WorkOrder", "cancel", next, json!({}));
        let again = m.order(shop, 1, None);
        assert_eq!(shop.field("WorkOrder", again, "first_serial"), "18", "what was given up has no numbers");

        // The lowest numbers are made first, with the old motor, and are lots of their own.
        shop.run("WorkOrder", "release", ten, json!({}));
        shop.run("WorkOrder", "complete", ten, json!({"quantity": 4}));
        assert_eq!(picked(shop, ten), "frame 4.0 of 10.0, old 8.0 of 10.0 ..12, new 0.0 of 5.0 13..");
        let one = |n: i64| (n.to_string(), 1);
        assert_eq!(lots(shop, m.machine), (8..12).map(one).collect::<Vec<_>>());
        shop.books("work_in_progress 0.00");
        shop.run("WorkOrder", "complete", ten, json!({}));
        assert_eq!(picked(shop, ten), "frame 10.0 of 10.0, old 10.0 of 10.0 ..12, new 5.0 of 5.0 13..");
        assert_eq!(lots(shop, m.machine).len(), 10);
        shop.run("WorkOrder", "close", ten, json!({}));
        shop.holds();

        // What a unit was made from is known by its number.
        let made = shop.ask("Product", "made_from", Some(m.machine), json!({"lot": "9"}));
        assert!(!rows(&made).is_empty(), "{made:#}");
        let order = shop.order(shop.customer("Ana d.o.o."), &[(1, m.machine, "900.00")]);
        let delivery = shop.draft(order);
        let line = shop.line("Delivery", delivery, 0);
        shop.run("Delivery", "update", delivery, json!({"lines": [{"id": line, "lot": "9"}]}));
        shop.run("Delivery", "ship", delivery, json!({}));
        assert!(!lots(shop, m.machine).contains(&one(9)));
    });
}

#[test]
fn a_range_is_said_wherever_the_bill_is_and_dates_hold_besides() {
    on_both(|shop| {
        let m = Machine::new(shop);
        let wrong = json!({"components": [{"product_id": m.old, "quantity": 1, "from_serial": 9, "until_serial": 8}]});
        shop.refuses("Bill", "update", m.bill, wrong, "production.serial_range");
        let structure = || rows(&shop.ask("Product", "structure", Some(m.machine), json!({"quantity": 1})));
        let said = |rows: &[Json]| {
            let said = |r: &Json| {
                format!("{} {} {}..{}", text(r, "/code"), r["counts"], r["from_serial"], r["until_serial"])
            };
            rows.iter().map(said).collect::<Vec<_>>()
        };
        assert_eq!(
            said(&structure())[2..],
            ["old true null..12", "new false 13..null"],
            "the next is number 1"
        );
        let cost = |quantity: i64| {
            let cost = shop.ask("Product", "cost_roll_up", Some(m.machine), json!({"quantity": quantity}));
            (cost["total"].as_f64(), cost["first_serial"].as_i64())
        };
        assert_eq!(cost(1), (Some(70.0), Some(1)));
        let used = rows(&shop.ask("Product", "where_used", Some(m.old), json!({})));
        assert_eq!((used[0]["until_serial"].as_i64(), used[0]["from_serial"].as_i64()), (Some(12), None));
        // The plan takes what the next unit takes.
        let order = shop.sell("Ana d.o.o.", m.machine, 1, 30);
        let needs = || {
            let pegging = shop.ask("Product", "pegging", None, json!({"product_id": m.machine}));
            let down = pegging.pointer("/value/0/down").and_then(Json::as_array).cloned().unwrap_or_default();
            down.iter().map(|r| text(r, "/code").to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(needs(), ["frame", "old"]);
        let ten = m.order(shop, 10, Some(8));
        assert_eq!(needs(), ["frame", "new"], "number 18 comes next");
        assert_eq!(cost(1), (Some(62.0), Some(18)));
        assert_eq!(said(&structure())[2..], ["old false null..12", "new true 13..null"]);
        shop.run("WorkOrder", "cancel", ten, json!({}));
        shop.run("SalesOrder", "cancel", order, json!({}));
        // A range and a date: both must hold.
        let components = shop.record("Bill", m.bill)["components"].as_array().cloned().unwrap_or_default();
        let mut lines: Vec<Json> = components.iter().map(|l| json!({"id": l["id"]})).collect();
        lines[1]["valid_from"] = json!(shop.day(10));
        shop.run("Bill", "update", m.bill, json!({"components": lines}));
        let on = |day: i64| {
            let body = json!({"product_id": m.machine, "quantity": 2, "first_serial": 1, "starts_on": shop.day(day)});
            let order = shop.create("WorkOrder", body);
            let picked = picked(shop, order);
            shop.run("WorkOrder", "delete", order, json!({}));
            picked
        };
        assert_eq!(on(9), "frame 0.0 of 2.0");
        assert_eq!(on(10), "frame 0.0 of 2.0, old 0.0 of 4.0 ..12");
    });
}

#[test]
fn a_phantom_goes_by_the_numbers_of_what_it_goes_into() {
    on_both(|shop| {
        let m = Machine::new(shop);
        let (drive, belt) = (shop.product("drive", "0", "0"), shop.product("belt", "0", "1.00"));
        let parts = json!([{"product_id": belt, "quantity": 3, "from_serial": 4}, {"product_id": m.old, "quantity": 1, "until_serial": 5}]);
        shop.create("Bill", json!({"product_id": drive, "kind": "phantom", "components": parts}));
        let parts = json!([{"product_id": drive, "quantity": 1, "until_serial": 6}, {"product_id": m.new, "quantity": 1}]);
        let press = shop.product("press", "0", "0");
        shop.create("Bill", json!({"product_id": press, "components": parts}));
        let order = shop.create("WorkOrder", json!({"product_id": press, "quantity": 8}));
        // Numbers 1 to 8: belts for 4 to 6, the old motor for 1 to 5.
        assert_eq!(picked(shop, order), "belt 0.0 of 9.0 4..6, old 0.0 of 5.0 ..5, new 0.0 of 8.0");
    });
}
