//! What the engine costs in statements, beside the same commands where no diagram is in force.

mod shop;

use serde_json::json;
use shop::{Shop, call};

fn statements(shop: &Shop) -> u64 {
    shop.kernel.store.write(|tx| Ok::<_, store::Error>(tx.statements())).unwrap()
}

/// Statements of confirm, ship and pay.
fn chain(shop: &Shop, ship: bool) -> [u64; 3] {
    let order = || {
        let body =
            json!({"customer": "Ana", "ordered": 5, "on_hand": 5, "unit_price": 10, "tax_number": "SI1"});
        shop.run("SalesOrder", "create", None, body).id
    };
    let id = order();
    // The second one finds everything in memory.
    shop.run("SalesOrder", "confirm", Some(id), json!({}));
    let id = order();
    let start = statements(shop);
    shop.run("SalesOrder", "confirm", Some(id), json!({}));
    let confirmed = statements(shop);
    if !ship {
        shop.run("SalesOrder", "reserve", Some(id), json!({}));
    }
    let draft = shop.rows(&format!("SELECT id FROM delivery WHERE order_id = {id}"))[0].int(0);
    let before = statements(shop);
    shop.run("Delivery", "ship", Some(draft), json!({"quantity": 5}));
    let shipped = statements(shop);
    shop.run("SalesOrder", "pay", Some(id), json!({"amount": 50}));
    let paid = statements(shop);
    // The question itself runs two: the writer's savepoint and its release.
    [confirmed - start, shipped - before, paid - shipped]
}

#[test]
fn the_engine_costs_a_few_statements() {
    let plain = chain(&Shop::on_sqlite(), false);
    let driven = chain(&Shop::on_sqlite().ship(), true);
    let cost: Vec<u64> = driven.iter().zip(plain).map(|(d, p)| d - p).collect();
    eprintln!("plain {plain:?}, with cases {driven:?}, more {cost:?}");
    assert!(cost.iter().sum::<u64>() <= 40, "{cost:?}");
}

#[test]
fn an_event_that_nobody_awaits_costs_nothing() {
    let shop = Shop::on_sqlite();
    let id = shop.run("Opportunity", "call_in", None, json!({"who": "Ana"})).result["id"].as_i64();
    shop.run("Opportunity", "qualify", id, json!({}));
    let before = statements(&shop);
    shop.run("Opportunity", "propose", id, json!({}));
    let without = statements(&shop) - before;
    let shop = Shop::on_sqlite().with("order-to-cash", shop::ORDER_TO_CASH);
    let id = shop.run("Opportunity", "call_in", None, json!({"who": "Ana"})).result["id"].as_i64();
    shop.run("Opportunity", "qualify", id, json!({}));
    let before = statements(&shop);
    shop.run("Opportunity", "propose", id, json!({}));
    assert_eq!(statements(&shop) - before, without);
}

#[test]
fn many_orders_are_confirmed_together() {
    let shop = Shop::on_sqlite().ship();
    let ids: Vec<i64> = (0..500)
        .map(|_| {
            let body = json!({"customer": "Ana", "ordered": 5, "on_hand": 0, "unit_price": 10});
            shop.run("SalesOrder", "create", None, body).id
        })
        .collect();
    let before = statements(&shop);
    let results =
        shop.kernel.run_many(&shop.actor, &call("SalesOrder", "confirm", None, json!({})), &ids).unwrap();
    assert!(results.iter().all(|(_, r)| r.is_ok()));
    let each = (statements(&shop) - before) / 500;
    assert_eq!(shop.rows("SELECT id FROM case_ WHERE step = 'Goods'").len(), 500);
    eprintln!("{each} each");
    assert!(each <= 9, "{each} statements for each order");
}
