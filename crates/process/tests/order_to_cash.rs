//! An order from its confirmation to the money, told as the firm would tell it.

mod shop;

use serde_json::json;
use shop::{Shop, everywhere};

#[test]
fn shipped_invoiced_and_paid_at_once() {
    everywhere(|shop| {
        let shop = shop.ship();
        let order = shop.order(5, 5);
        order.stands("running at Ship");
        order.ship(5);
        assert_eq!(order.figure("invoiced"), json!(50));
        order.stands("running at Payment");
        order.run("pay", json!({"amount": 50}));
        order.stands("ended at Whole");
        assert_eq!(order.figure("state"), json!("closed"));
    });
}

#[test]
fn partial_everything() {
    everywhere(|shop| {
        let shop = shop.ship();
        let order = shop.order(10, 3);
        order.ship(2);
        assert_eq!(order.figure("invoiced"), json!(20));
        order.stands("running at Ship");
        order.ship(1);
        order.stands("running at Goods");
        order.run("pay", json!({"amount": 5}));
        order.stands("running at Goods");
        order.run("receive", json!({"quantity": 4}));
        order.stands("running at Ship");
        order.ship(4);
        order.stands("running at Goods");
        order.run("waive", json!({}));
        order.stands("running at Payment");
        assert_eq!(order.figure("invoiced"), json!(70));
        order.run("pay", json!({"amount": 45}));
        order.stands("running at Payment");
        order.run("pay", json!({"amount": 20}));
        order.stands("ended at Whole");
    });
}

#[test]
fn price_changed_after_confirmation() {
    everywhere(|shop| {
        let shop = shop.ship();
        let order = shop.order(4, 4);
        order.ship(2);
        order.run("amend", json!({"unit_price": 12}));
        assert_eq!(order.figure("invoiced"), json!(24), "what is invoiced gets a debit note");
        order.stands("running at Ship");
        order.ship(2);
        order.run("amend", json!({"unit_price": 9}));
        assert_eq!(order.figure("invoiced"), json!(36));
        order.run("pay", json!({"amount": 36}));
        order.stands("ended at Whole");
    });
}

#[test]
fn more_shipped_than_ordered() {
    everywhere(|shop| {
        let shop = shop.ship();
        let order = shop.order(4, 6);
        order.ship(5);
        order.stands("running at Settle");
        assert_eq!(order.figure("invoiced"), json!(40));
        order.run("accept_excess", json!({}));
        assert_eq!(order.figure("invoiced"), json!(50));
        order.run("pay", json!({"amount": 50}));
        order.stands("ended at Whole");
        let order = shop.order(4, 6);
        order.ship(6);
        order.run("take_back", json!({"quantity": 2}));
        order.stands("running at Payment");
        order.run("pay", json!({"amount": 40}));
        order.stands("ended at Whole");
    });
}

#[test]
fn returned_after_the_invoice() {
    everywhere(|shop| {
        let shop = shop.ship();
        let order = shop.order(4, 4);
        order.ship(4);
        order.run("take_back", json!({"quantity": 1}));
        assert_eq!(order.figure("invoiced"), json!(30), "a credit note for what came back");
        order.stands("running at Payment");
        order.run("pay", json!({"amount": 30}));
        order.stands("ended at Whole");
    });
}

#[test]
fn returned_when_all_was_over() {
    everywhere(|shop| {
        let shop = shop.ship();
        let order = shop.order(2, 2);
        order.ship(2);
        order.run("pay", json!({"amount": 20}));
        order.stands("ended at Whole");
        order.run("take_back", json!({"quantity": 1}));
        assert_eq!(order.figure("invoiced"), json!(10));
        order.stands("running at Payment");
        order.run("pay", json!({"amount": -10}));
        order.stands("ended at Whole");
        assert_eq!(shop.rows("SELECT id FROM case_").len(), 2);
    });
}

#[test]
fn wrong_customer_on_the_invoice() {
    everywhere(|shop| {
        let shop = shop.ship();
        let order = shop.order(2, 2);
        order.ship(2);
        order.run("pay", json!({"amount": 15}));
        order.run("correct", json!({}));
        order.stands("running at Payment");
        assert_eq!((order.figure("invoiced"), order.figure("paid")), (json!(20), json!(15)));
        order.run("pay", json!({"amount": 5}));
        order.stands("ended at Whole");
    });
}

#[test]
fn a_payment_split_over_two_orders_moves_both_cases() {
    everywhere(|shop| {
        let shop = shop.ship();
        let (one, two) = (shop.order(1, 1), shop.order(2, 2));
        one.ship(1);
        two.ship(2);
        shop.run("SalesOrder", "pay_all", None, json!({}));
        one.stands("ended at Whole");
        two.stands("ended at Whole");
    });
}

#[test]
fn an_order_shipped_without_its_draft_is_invoiced_too() {
    everywhere(|shop| {
        let shop = shop.ship();
        let order = shop.order(3, 0);
        order.stands("running at Goods");
        order.run("deliver", json!({"quantity": 2}));
        assert_eq!(order.figure("invoiced"), json!(20));
        order.stands("running at Goods");
        order.run("deliver", json!({"quantity": 1}));
        order.stands("running at Payment");
    });
}

#[test]
fn a_refused_invoice_stops_the_case_and_loses_nothing() {
    everywhere(|shop| {
        let shop = shop.ship();
        let order = shop.order(3, 3);
        shop.run("SalesOrder", "update", Some(order.id), json!({"tax_number": null}));
        order.ship(3);
        assert_eq!(order.figure("delivered"), json!(3), "the goods are shipped and stay shipped");
        order.stands("stopped at Invoice");
        let inbox = shop.ask("Task", "inbox", None, json!({}));
        assert_eq!(inbox["stopped"][0]["stopped"]["message"], json!("Ana d.o.o. has no tax number."));
        assert_eq!(inbox["stopped"][0]["stopped"]["advice"], json!("Enter it."));
        let task = &inbox["tasks"][0];
        assert_eq!(
            (&task["kind"], &task["role"], &task["name"]),
            (&json!("mend"), &json!("accountant"), &json!("Invoice what was delivered"))
        );
        let case = shop.case("SalesOrder", order.id)["id"].as_i64();
        shop.run("Case", "retry", case, json!({}));
        order.stands("stopped at Invoice");
        shop.run("SalesOrder", "update", Some(order.id), json!({"tax_number": "SI1"}));
        shop.run("Task", "complete", task["id"].as_i64(), json!({}));
        order.stands("running at Payment");
        assert_eq!(order.figure("invoiced"), json!(30));
        shop.refuses("Case", "retry", case, json!({}), "process.not_stopped");
        assert_eq!(shop.rows("SELECT id FROM task WHERE state = 'open'").len(), 0);
    });
}

#[test]
fn what_stopped_goes_on_by_itself_when_something_happens_to_the_record() {
    everywhere(|shop| {
        let shop = shop.ship();
        let order = shop.order(3, 3);
        shop.run("SalesOrder", "update", Some(order.id), json!({"tax_number": null}));
        order.ship(1);
        order.stands("stopped at Invoice");
        shop.run("SalesOrder", "update", Some(order.id), json!({"tax_number": "SI1"}));
        order.run("amend", json!({"ordered": 2}));
        order.stands("running at Ship");
    });
}

#[test]
fn skipped_and_done_by_hand() {
    everywhere(|shop| {
        let shop = shop.ship();
        let order = shop.order(3, 3);
        shop.run("SalesOrder", "update", Some(order.id), json!({"tax_number": null}));
        order.ship(3);
        let case = shop.case("SalesOrder", order.id)["id"].as_i64();
        shop.refuses("Case", "skip", case, json!({"element": "Reserve"}), "process.moved_on");
        shop.run("Case", "skip", case, json!({"element": "Invoice"}));
        order.stands("running at Payment");
        let told = shop.case("SalesOrder", order.id)["history"].clone();
        let skipped = told.as_array().unwrap().iter().find(|s| s["state"] == "skipped").unwrap();
        assert_eq!(skipped["element"], json!("Invoice"));
        shop.run("Case", "done_by_hand", case, json!({}));
        order.stands("running at Payment");
        shop.run("Case", "cancel", case, json!({}));
        order.stands("cancelled at Payment");
        shop.refuses("Case", "skip", case, json!({}), "process.case_over");
    });
}

#[test]
fn cancelled_and_closed_by_hand() {
    everywhere(|shop| {
        let shop = shop.ship();
        let order = shop.order(3, 3);
        order.run("cancel", json!({}));
        order.stands("ended at Gone");
        let order = shop.order(3, 0);
        order.stands("running at Goods");
        order.run("cancel", json!({}));
        order.stands("ended at Gone");
        let order = shop.order(1, 1);
        order.ship(1);
        order.run("close", json!({}));
        order.stands("running at Payment");
        order.run("pay", json!({"amount": 10}));
        order.stands("ended at Gone");
    });
}

#[test]
fn a_task_is_done_by_its_command_or_by_the_event_whoever_did_it() {
    everywhere(|shop| {
        let shop = shop.ship();
        let order = shop.order(3, 3);
        let task = shop.ask("Task", "inbox", None, json!({}))["tasks"][0].clone();
        assert_eq!(
            (&task["entity"], &task["command"], &task["role"]),
            (&json!("Delivery"), &json!("ship"), &json!("warehouse"))
        );
        shop.run("Task", "take", task["id"].as_i64(), json!({}));
        shop.run("Task", "complete", task["id"].as_i64(), json!({"input": {"quantity": 3}}));
        order.stands("running at Payment");
        shop.refuses("Task", "complete", task["id"].as_i64(), json!({}), "process.task_closed");
    });
}

#[test]
fn late_payment_is_reminded_of_week_by_week() {
    everywhere(|shop| {
        let shop = shop.ship();
        let order = shop.order(1, 1);
        order.ship(1);
        shop.later(30);
        order.stands("running at Payment");
        shop.later(1);
        order.stands("running at Remind");
        let task = shop.ask("Task", "inbox", None, json!({}))["tasks"][0]["id"].as_i64();
        shop.run("Task", "complete", task, json!({}));
        order.stands("running at Payment");
        shop.later(6);
        order.stands("running at Payment");
        shop.later(2);
        order.stands("running at Remind");
        order.run("pay", json!({"amount": 10}));
        order.stands("ended at Whole");
        shop.later(60);
        order.stands("ended at Whole");
    });
}

#[test]
fn goods_that_nobody_announces_are_looked_for_every_day() {
    everywhere(|shop| {
        let shop = shop.ship();
        let order = shop.order(1, 0);
        order.stands("running at Goods");
        shop.run("SalesOrder", "update", Some(order.id), json!({"on_hand": 1}));
        shop.later(1);
        order.stands("running at Ship");
    });
}

#[test]
fn the_case_tells_who_and_why() {
    let shop = Shop::on_sqlite().ship();
    let order = shop.order(1, 1);
    order.ship(1);
    let case = shop.case("SalesOrder", order.id);
    let told: Vec<String> = case["history"]
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .map(|s| {
            format!(
                "{} {} ({})",
                s["element"].as_str().unwrap(),
                s["state"].as_str().unwrap(),
                s["event"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "Confirmed done (sales.Confirmed)",
            "Ready done (sales.Confirmed)",
            "Ship waiting (sales.Confirmed)",
            "Ship done (stock.Shipped)",
            "Invoice done (stock.Shipped)",
            "More done (stock.Shipped)",
            "Delivered done (stock.Shipped)",
            "Surplus done (stock.Shipped)",
            "Paid done (stock.Shipped)",
            "Payment waiting (stock.Shipped)",
        ]
    );
    assert_eq!(case["tokens"], json!(["Payment"]));
    assert!(case["xml"].as_str().unwrap().contains("bpmndi:BPMNShape"));
    // What the steps wrote, the audit lays at the case's door.
    let by_case = shop.rows("SELECT command FROM audit WHERE case_id IS NOT NULL ORDER BY id");
    let commands: Vec<&str> = by_case.iter().map(|r| r.text(0)).collect();
    assert_eq!(commands, ["SalesOrder.invoice"]);
}
