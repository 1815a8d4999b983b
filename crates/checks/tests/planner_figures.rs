//! What a planner reads and changes: other figures than the plan proposes, and what of a product can still be promised.

use checks::{Shop, Workshop, on_both, rows, text};
use serde_json::{Value as Json, json};

/// The fields that a command finds fault with.
fn faulty(shop: &Shop, line: &Json) -> Vec<String> {
    match shop.try_run("Product", "accept", None, &json!({"lines": [line]})) {
        Err(kernel::Error::Refused(refusal)) => {
            let all = std::iter::once(&*refusal).chain(&refusal.more);
            all.map(|one| format!("{} {}", one.code, one.field.as_deref().unwrap_or_default())).collect()
        }
        Err(error) => panic!("{error}"),
        Ok(_) => Vec::new(),
    }
}

#[test]
fn a_proposal_is_accepted_with_other_figures() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        let other = shop.supplier("Express d.o.o.");
        shop.offer(other, w.board, "15.00", 1);
        shop.sell("Ana d.o.o.", w.table, 4, 30);
        let plan = rows(&shop.plan());
        let proposed = |code: &str| plan.iter().find(|r| r["code"] == code).cloned().unwrap_or_default();
        for (code, make) in [("board", false), ("top", true)] {
            let row = proposed(code);
            let line = |quantity: i64, due: String| json!({"product_id": row["product_id"], "quantity": quantity, "make": make, "due_on": due});
            assert_eq!(faulty(shop, &line(0, shop.day(9))), ["supply.quantity lines/0/quantity"], "{code}");
            assert_eq!(faulty(shop, &line(5, shop.day(-1))), ["supply.day_past lines/0/due_on"], "{code}");
            assert_eq!(
                faulty(shop, &line(0, shop.day(-1))),
                ["supply.quantity lines/0/quantity", "supply.day_past lines/0/due_on"],
                "both faults of {code} are said at once"
            );
        }
        let board = json!({"product_id": w.board, "quantity": 20, "make": false, "due_on": shop.day(9), "supplier_id": other});
        let top = json!({"product_id": w.top, "quantity": 6, "make": true, "start_on": shop.day(12), "due_on": shop.day(14)});
        shop.call("Product", "accept", json!({"lines": [board]}));
        shop.call("Product", "accept", json!({"lines": [top]}));
        let order = shop.ids("SELECT MAX(id) FROM purchase_order")[0];
        let bought = shop.record("PurchaseOrder", order);
        assert_eq!(bought["supplier_id"], json!(other));
        assert_eq!(
            (
                bought.pointer("/lines/0/quantity").and_then(Json::as_f64),
                text(&bought, "/lines/0/expected_on")
            ),
            (Some(20.0), shop.day(9).as_str())
        );
        let work = shop.record("WorkOrder", shop.ids("SELECT MAX(id) FROM work_order")[0]);
        assert_eq!((work["quantity"].as_f64(), text(&work, "/due_on")), (Some(6.0), shop.day(14).as_str()));
        shop.holds();
    });
}

/// So many of a product sold for a day, at 400.00 each.
fn sold(shop: &Shop, product: i64, orders: &[(i64, i64)]) {
    for (day, quantity) in orders {
        shop.sell("Ana d.o.o.", product, *quantity, *day);
    }
}

fn bought(shop: &Shop, supplier: i64, product: i64, receipts: &[(i64, i64)]) {
    for (day, quantity) in receipts {
        let lines = json!([{"product_id": product, "quantity": quantity, "unit_price": "4.00", "expected_on": shop.day(*day)}]);
        let order = shop.create("PurchaseOrder", json!({"supplier_id": supplier, "lines": lines}));
        shop.run("PurchaseOrder", "confirm", order, json!({}));
    }
}

/// What can be promised now and in each column, whose days are counted from today.
fn promisable(shop: &Shop, product: i64) -> (Option<f64>, Vec<(String, Option<f64>)>) {
    let record = shop.ask("Product", "record", None, json!({"product_id": product, "bucket_days": 7}));
    let columns = rows(&record);
    let of = columns.iter().map(|c| (text(c, "/from").to_owned(), c["available"].as_f64()));
    (record["available_now"].as_f64(), of.collect())
}

#[test]
fn what_can_be_promised_is_what_orders_leave_of_each_receipt() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        let supplier = shop.supplier("Pumps d.o.o.");
        let pump = shop.product("pump", "400.00", "4.00");
        shop.offer(supplier, pump, "4.00", 5);
        shop.stock(pump, 10, "4.00");
        bought(shop, supplier, pump, &[(8, 20), (22, 20), (29, 20)]);
        sold(shop, pump, &[(3, 5), (10, 5), (24, 30), (31, 25)]);
        // By hand: 10 - 5 = 5; 20 - 5 = 15; 20 - 30 = -10; 20 - 25 = -5. The last takes 5 of the 15, the one before it
        // the other 10: both are covered, and 5 are left of what is on hand.
        let (now, columns) = promisable(shop, pump);
        let weeks = |weeks: &[(i64, Option<f64>)]| -> Vec<(String, Option<f64>)> {
            weeks.iter().map(|(week, left)| (shop.day(week * 7), *left)).collect()
        };
        assert_eq!(columns, weeks(&[(0, Some(5.0)), (1, Some(0.0)), (3, Some(0.0)), (4, Some(0.0))]));
        assert_eq!(now, None, "the first week is there");

        // Who is late takes what comes for them, later than they want it: it is free for nobody else.
        let valve = shop.product("valve", "400.00", "4.00");
        shop.offer(supplier, valve, "4.00", 10);
        sold(shop, valve, &[(3, 2)]);
        let (now, columns) = promisable(shop, valve);
        let left: Vec<f64> = now.into_iter().chain(columns.iter().filter_map(|(_, left)| *left)).collect();
        assert_eq!(left, [0.0, 0.0], "now, and of what comes in ten days: {columns:?}");

        // Tables take 32 of 100 screws, which are not on the master schedule; only the 10 that a customer has ordered count.
        shop.stock(w.screw, 100, "0.10");
        sold(shop, w.table, &[(30, 4)]);
        sold(shop, w.screw, &[(10, 10)]);
        let (now, columns) = promisable(shop, w.screw);
        assert_eq!(now, Some(90.0), "they are there before the first week in which anything happens");
        assert!(columns.iter().all(|(_, left)| left.is_none()), "nothing of it is received: {columns:?}");
        // Nobody orders tops: they are for tables, and what is promised is tables.
        let (now, columns) = promisable(shop, w.top);
        assert!(
            now.is_none() && !columns.is_empty() && columns.iter().all(|(_, left)| left.is_none()),
            "{columns:?}"
        );
        shop.holds();
    });
}

#[test]
fn what_lies_in_the_past_is_past_due() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        shop.stock(w.screw, 100, "0.10");
        // Boards come in five days: for the fourth day they should have been ordered; for the thirtieth there is time.
        shop.sell("Ana d.o.o.", w.table, 1, 4);
        shop.sell("Bor d.o.o.", w.table, 2, 30);
        let past_due = |plan: &Json| -> Vec<String> {
            let past = rows(plan).into_iter().filter(|r| r["past_due"] == json!(true));
            past.map(|r| format!("{} {} {}", text(&r, "/kind"), text(&r, "/code"), r["quantity"])).collect()
        };
        let plan = shop.plan();
        assert_eq!(past_due(&plan), ["buy board 3.0"], "{plan:#}");
        assert_eq!(plan.pointer("/late/0/past_due"), Some(&json!(false)), "late, and due in four days");
        // Six days later it is Ana's day that is over, and whatever makes her table is past due.
        shop.wait(6);
        let plan = shop.plan();
        assert_eq!(past_due(&plan), ["make table 1.0", "make top 1.0", "buy board 3.0"], "{plan:#}");
        let ana = plan["late"][0].clone();
        assert_eq!((&ana["past_due"], text(&ana, "/due_on")), (&json!(true), shop.day(-2).as_str()));
        assert!(ana["days"].as_i64() > Some(6), "counted from the day on which she wanted it: {ana:#}");
        // What a supplier has not brought in time is past due as well, until it is there.
        let accepted = shop.accept(&plan);
        let order = accepted["purchase_order_ids"][0].as_i64().unwrap_or_else(|| panic!("{accepted}"));
        let overdue = |plan: &Json| {
            rows(plan)
                .into_iter()
                .filter(|r| r["kind"] == "past_due" && r["document"]["id"] == order)
                .collect::<Vec<_>>()
        };
        assert_eq!(overdue(&shop.plan()), Vec::<Json>::new());
        shop.wait(10);
        let plan = shop.plan();
        let found = overdue(&plan);
        assert!(!found.is_empty() && found[0]["orders"][0]["party"] == "Ana d.o.o.", "{plan:#}");
        assert!(text(&found[0], "/due_on") < shop.day(0).as_str(), "as it was agreed: {found:#?}");
        shop.run("PurchaseOrder", "reschedule", order, json!({"expected_on": shop.day(2)}));
        assert_eq!(overdue(&shop.plan()), Vec::<Json>::new(), "it has a day again");
        shop.holds();
    });
}
