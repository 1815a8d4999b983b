//! A quote holds what it offers until it lapses, and whoever asks meanwhile is told a date that leaves it alone.

use checks::{Shop, Workshop, on_both, text};
use serde_json::{Value as Json, json};

/// A quote for so many, valid for ten days.
fn quote(shop: &Shop, customer: &str, product: i64, quantity: i64) -> i64 {
    let quote = shop.draft_order(customer, product, quantity, None);
    shop.run("SalesOrder", "quote", quote, json!({"valid_until": shop.day(10)}));
    quote
}

/// The orders and quotes that a product's supplies serve: their numbers' ids, and whether they are quotes.
fn served(shop: &Shop, product: i64) -> Vec<(i64, bool)> {
    let record = shop.ask("Product", "record", None, json!({"product_id": product}));
    let supplies = record["supplies"].as_array().cloned().unwrap_or_default();
    let orders = supplies.iter().flat_map(|s| s["orders"].as_array().cloned().unwrap_or_default());
    let mut all: Vec<(i64, bool)> =
        orders.map(|o| (o["id"].as_i64().unwrap_or_default(), o["quote"] == json!(true))).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// What the desk says of so much: by what, and when.
fn desk(shop: &Shop, product: i64, quantity: i64) -> (String, Json) {
    let asked = json!({"product_id": product, "quantity": quantity});
    let line = shop.ask("SalesOrder", "line", None, asked);
    (text(&line, "/by").to_owned(), line["available_on"].clone())
}

#[test]
fn a_quote_holds_machines_and_material_until_it_lapses() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        shop.stock(w.screw, 1000, "0.10");
        let before = shop.promise(w.table, 40);
        let quote = quote(shop, "Ana d.o.o.", w.table, 40);
        assert_eq!(shop.promise(w.table, 40), before, "a quote by itself holds nothing");
        let reply = shop.run("SalesOrder", "reserve", quote, json!({}));
        assert_eq!(reply.result["promised_on"], json!(before));
        assert!(reply.undo.is_some());
        let behind = shop.promise(w.table, 40);
        assert!(behind > before, "others wait behind it: {behind}");
        assert_eq!(served(shop, w.table), [(quote, true)], "in the plan it is a quote");
        // Released and reserved anew.
        let reply = shop.run("SalesOrder", "release_reservation", quote, json!({}));
        assert!(reply.undo.is_some());
        assert_eq!((shop.promise(w.table, 40), served(shop, w.table)), (before.clone(), vec![]));
        shop.refuses("SalesOrder", "release_reservation", quote, json!({}), "sales.not_reserved");
        shop.run("SalesOrder", "reserve", quote, json!({}));
        // The other order gets its later date, and Ana's quote keeps its own.
        let bor = shop.draft_order("Bor d.o.o.", w.table, 40, None);
        let reply = shop.run("SalesOrder", "confirm", bor, json!({}));
        assert_eq!(reply.result["promised_on"], json!(behind));
        assert_eq!(served(shop, w.table), [(quote, true), (bor, false)]);
        let reply = shop.run("SalesOrder", "confirm", quote, json!({}));
        assert_eq!(reply.result["promised_on"], json!(before), "ordered, it is what was held");
        assert_eq!(served(shop, w.table), [(quote, false), (bor, false)]);
        assert_eq!(shop.plan()["late"], json!([]));
    });
}

#[test]
fn what_a_quote_holds_of_the_shelf_is_not_promised_twice() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        shop.stock(w.board, 10, "12.00");
        let ana = quote(shop, "Ana d.o.o.", w.board, 8);
        shop.run("SalesOrder", "reserve", ana, json!({}));
        assert_eq!(desk(shop, w.board, 2), ("stock".to_owned(), json!(shop.day(0))));
        assert_eq!(desk(shop, w.board, 3).0, "offer", "eight of ten are held");
        let bor = shop.draft_order("Bor d.o.o.", w.board, 5, None);
        let reply = shop.run("SalesOrder", "confirm", bor, json!({}));
        assert_eq!(reply.result, json!({"promised_on": shop.day(5), "all_on_hand": false}));
        let held =
            shop.ids(&format!("SELECT quantity FROM peg WHERE document_id = {bor} AND kind = 'stock'"));
        assert_eq!(held, [2_000_000], "two are his, three are to come");
        let reply = shop.run("SalesOrder", "confirm", ana, json!({}));
        assert_eq!(reply.result, json!({"promised_on": shop.day(0), "all_on_hand": true}));
        assert_eq!(shop.field("SalesOrder", ana, "reserved"), "false");
    });
}

#[test]
fn a_reservation_ends_with_its_quote() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        shop.stock(w.board, 10, "12.00");
        let is_there = |shop: &Shop| desk(shop, w.board, 10).0 == "stock";
        // It lapses.
        let lapsing = quote(shop, "Ana d.o.o.", w.board, 8);
        shop.run("SalesOrder", "reserve", lapsing, json!({}));
        shop.wait(10);
        assert!(!is_there(shop), "on its last day it still holds");
        shop.wait(1);
        assert!(is_there(shop));
        assert_eq!(served(shop, w.board), []);
        shop.refuses("SalesOrder", "reserve", lapsing, json!({}), "sales.lapsed");
        // It is given up.
        let given_up = quote(shop, "Bor d.o.o.", w.board, 8);
        shop.run("SalesOrder", "reserve", given_up, json!({}));
        assert!(!is_there(shop));
        shop.run("SalesOrder", "cancel", given_up, json!({}));
        assert!(is_there(shop));
        // Its opportunity is lost.
        let called = shop.call("Opportunity", "call_in", json!({"company": "Cene d.o.o.", "what": "Boards"}));
        let lead = called["id"].as_i64().unwrap_or_default();
        let made = shop.run("Opportunity", "propose", lead, json!({}));
        let offered = made.result["order_id"].as_i64().unwrap_or_default();
        shop.run("SalesOrder", "update", offered, json!({"lines": [{"product_id": w.board, "quantity": 8}]}));
        shop.refuses("SalesOrder", "reserve", offered, json!({}), "kernel.illegal_step");
        shop.run("SalesOrder", "quote", offered, json!({}));
        shop.run("SalesOrder", "reserve", offered, json!({}));
        assert!(!is_there(shop));
        shop.run("Opportunity", "lose", lead, json!({"reason": "Price"}));
        assert!(is_there(shop));
        assert_eq!(shop.field("SalesOrder", offered, "reserved"), "false");
        // All of it is written down.
        let told = shop.ids("SELECT id FROM audit WHERE entity = 'SalesOrder' AND command LIKE '%.reserve'");
        assert_eq!(told.len(), 3, "each reservation with who made it");
    });
}
