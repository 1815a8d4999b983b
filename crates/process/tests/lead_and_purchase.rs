//! From a telephone call to an order, and from a purchase order to a paid supplier.

mod shop;

use serde_json::json;
use shop::{Shop, everywhere};

fn called_in(shop: &Shop) -> i64 {
    shop.run("Opportunity", "call_in", None, json!({"who": "Ana"})).id
}

fn task(shop: &Shop) -> (String, Option<i64>) {
    let task = shop.ask("Task", "inbox", None, json!({}))["tasks"][0].clone();
    (task["name"].as_str().unwrap_or_default().to_owned(), task["id"].as_i64())
}

#[test]
fn qualified_quoted_followed_up_and_won() {
    everywhere(|shop| {
        let shop = shop.ship();
        let id = called_in(&shop);
        assert_eq!(task(&shop).0, "Qualify");
        shop.run("Task", "complete", task(&shop).1, json!({}));
        assert_eq!(task(&shop).0, "Write the quote");
        shop.run("Opportunity", "propose", Some(id), json!({}));
        assert_eq!(shop.stands("Opportunity", id), "running at Answer");
        shop.later(14);
        assert_eq!(task(&shop).0, "Follow up");
        shop.run("Task", "complete", task(&shop).1, json!({}));
        assert_eq!(shop.stands("Opportunity", id), "running at Answer");
        shop.later(13);
        assert_eq!(shop.stands("Opportunity", id), "running at Answer");
        shop.run("Opportunity", "win", Some(id), json!({}));
        assert_eq!(shop.stands("Opportunity", id), "ended at WonByHand");
        shop.later(100);
    });
}

#[test]
fn the_confirmed_order_wins_it() {
    everywhere(|shop| {
        let shop = shop.ship();
        for days in [0, 15] {
            let id = called_in(&shop);
            shop.run("Opportunity", "propose", Some(id), json!({}));
            shop.later(days);
            let body =
                json!({"customer": "Ana", "ordered": 1, "chance_entity": "Opportunity", "chance_id": id});
            let order = shop.run("SalesOrder", "create", None, body).id;
            shop.run("SalesOrder", "confirm", Some(order), json!({}));
            assert_eq!(shop.stands("Opportunity", id), "ended at Won");
            assert_eq!(shop.record("Opportunity", id)["stage"], json!("won"));
            assert_eq!(shop.stands("SalesOrder", order), "running at Goods");
        }
    });
}

#[test]
fn lost_at_any_time_and_opened_again() {
    everywhere(|shop| {
        let shop = shop.ship();
        let id = called_in(&shop);
        shop.run("Opportunity", "lose", Some(id), json!({}));
        assert_eq!(shop.stands("Opportunity", id), "ended at QualifyEnd");
        shop.run("Opportunity", "reopen", Some(id), json!({}));
        assert_eq!(shop.stands("Opportunity", id), "running at Quote");
        shop.run("Opportunity", "propose", Some(id), json!({}));
        assert_eq!(shop.stands("Opportunity", id), "running at Answer");
        shop.run("Opportunity", "lose", Some(id), json!({}));
        assert_eq!(shop.stands("Opportunity", id), "ended at Lost");
        let other = called_in(&shop);
        shop.run("Opportunity", "qualify", Some(other), json!({}));
        shop.run("Opportunity", "win", Some(other), json!({}));
        assert_eq!(shop.stands("Opportunity", other), "ended at QuoteEnd");
        let third = called_in(&shop);
        shop.run("Opportunity", "propose", Some(third), json!({}));
        shop.later(15);
        shop.run("Opportunity", "win", Some(third), json!({}));
        assert_eq!(shop.stands("Opportunity", third), "ended at FollowUpEnd");
    });
}

fn bought(shop: &Shop, ordered: i64) -> i64 {
    let id = shop.run("PurchaseOrder", "create", None, json!({"ordered": ordered})).id;
    shop.run("PurchaseOrder", "confirm", Some(id), json!({}));
    id
}

#[test]
fn received_in_parts_invoiced_in_parts_and_paid() {
    everywhere(|shop| {
        let shop = shop.ship();
        let id = bought(&shop, 10);
        let stands = |place: &str| assert_eq!(shop.stands("PurchaseOrder", id), place);
        stands("running at Receive");
        shop.run("PurchaseOrder", "receive", Some(id), json!({"quantity": 4}));
        stands("running at Receive");
        shop.run("PurchaseOrder", "invoice", Some(id), json!({"quantity": 4}));
        stands("running at Receive");
        shop.run("Task", "complete", task(&shop).1, json!({"input": {"quantity": 6}}));
        stands("running at Enter");
        shop.run("PurchaseOrder", "invoice", Some(id), json!({"quantity": 5}));
        stands("running at Enter");
        shop.run("PurchaseOrder", "invoice", Some(id), json!({"quantity": 1}));
        stands("running at Payment");
        shop.run("PurchaseOrder", "pay", Some(id), json!({"quantity": 4}));
        stands("running at Payment");
        shop.run("PurchaseOrder", "pay", Some(id), json!({"quantity": 6}));
        stands("ended at Whole");
        assert_eq!(shop.record("PurchaseOrder", id)["state"], json!("closed"));
    });
}

#[test]
fn a_purchase_that_is_cancelled() {
    everywhere(|shop| {
        let shop = shop.ship();
        let id = bought(&shop, 10);
        shop.run("PurchaseOrder", "cancel", Some(id), json!({}));
        assert_eq!(shop.stands("PurchaseOrder", id), "ended at Gone");
    });
}
