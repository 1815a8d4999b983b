//! Anything in any order on the real modules: after each command the case stands where the order's own figures say.

use checks::{Dice, Shop, on_both};
use serde_json::{Value as Json, json};

fn figure(record: &Json, name: &str) -> f64 {
    record.get(name).and_then(Json::as_f64).unwrap_or_default()
}

/// Where an order with these figures belongs, told without the diagram.
fn belongs(order: &Json) -> &'static str {
    let owed = figure(order, "to_pay") != 0.0 || figure(order, "to_invoice") != 0.0;
    match order.get("state").and_then(Json::as_str) {
        Some("closed" | "cancelled") if !owed => "ended",
        _ if figure(order, "to_deliver") > 0.0 && figure(order, "draft_delivery") == 0.0 => "Goods",
        _ if figure(order, "to_deliver") > 0.0 => "Ship",
        _ if figure(order, "excess") > 0.0 => "Settle",
        _ if owed => "Payment",
        _ => "ended",
    }
}

fn act(shop: &Shop, order: i64, customer: i64, product: i64, dice: &mut Dice) -> String {
    let n = dice.throw(4) + 1;
    let line = shop.line("SalesOrder", order, 0);
    let draft = shop
        .ids(&format!("SELECT id FROM delivery WHERE order_id = {order} AND state = 'draft'"))
        .first()
        .copied();
    let part = json!({"line_id": line, "quantity": n});
    let (entity, command, id, body) = match dice.throw(12) {
        0 | 1 => {
            let count = shop.create("StockCount", json!({"kind": "count"}));
            shop.run("StockCount", "fill", count, json!({}));
            let mut lines = shop.record("StockCount", count)["lines"].as_array().cloned().unwrap_or_default();
            let known =
                lines.iter_mut().find(|l| l["product_id"] == json!(product) && l["condition"] == "good");
            match known {
                Some(l) => l["counted"] = json!(l["expected"].as_f64().unwrap_or_default() + n as f64),
                None => lines.push(json!({"product_id": product, "counted": n, "unit_cost": "4.00"})),
            }
            drop(shop.try_run("StockCount", "update", Some(count), &json!({"lines": lines})));
            ("StockCount", "post", Some(count), json!({}))
        }
        2..=4 => {
            let Some(draft) = draft else { return "nothing to ship".into() };
            let line = shop.line("Delivery", draft, 0);
            ("Delivery", "ship", Some(draft), json!({"lines": [{"line_id": line, "quantity": n}]}))
        }
        5 | 6 => {
            let open = shop.ids(&format!(
                "SELECT id FROM invoice WHERE order_id = {order} AND kind = 'invoice' AND state = 'posted'"
            ));
            let due = open.into_iter().find(|i| figure(&shop.record("Invoice", *i), "open") > 0.0);
            let Some(invoice) = due else { return "nothing to pay".into() };
            let whole = figure(&shop.record("Invoice", invoice), "open");
            let amount = if n > 1 { whole } else { 1.0 };
            let body = json!({"party_id": customer, "direction": "in", "method": "bank", "amount": amount,
                              "invoices": [{"invoice_id": invoice, "amount": amount}]});
            ("Payment", "pay", None, body)
        }
        7 => (
            "SalesOrder",
            "amend",
            Some(order),
            json!({"lines": [{"line_id": line, "quantity": n + 2, "unit_price": n * 3}]}),
        ),
        8 => ("SalesOrder", "waive", Some(order), json!({})),
        9 => (
            "SalesOrder",
            "take_back",
            Some(order),
            json!({"reason": "bent", "lines": [{"line_id": line, "quantity": 1}]}),
        ),
        10 => ("SalesOrder", "accept_excess", Some(order), json!({})),
        _ if n == 1 => ("SalesOrder", "cancel", Some(order), json!({})),
        _ => ("SalesOrder", "deliver", Some(order), json!({"lines": [part]})),
    };
    match shop.try_run(entity, command, id, &body) {
        Ok(_) => format!("{command} {body}"),
        Err(error) => format!("{command} {body} refused: {error}"),
    }
}

#[test]
fn the_case_stands_where_the_figures_say() {
    on_both(|shop| {
        for seed in 0..12_u64 {
            let mut dice = Dice(seed);
            let product = shop.product(&format!("P{seed}"), "10.00", "4.00");
            let customer = shop.customer(&format!("Customer {seed}"));
            shop.stock(product, dice.throw(4) + 1, "4.00");
            let order = shop.order(customer, &[(dice.throw(5) + 1, product, "10.00")]);
            let mut told = Vec::new();
            for _ in 0..15 {
                let case =
                    shop.ask("Case", "of", None, json!({"entity": "SalesOrder", "id": order}))["value"][0]
                        .clone();
                if case["state"] == "ended" {
                    break;
                }
                told.push(act(shop, order, customer, product, &mut dice));
                let case =
                    shop.ask("Case", "of", None, json!({"entity": "SalesOrder", "id": order}))["value"][0]
                        .clone();
                let record = shop.record("SalesOrder", order);
                let wanted = belongs(&record);
                let stands = if case["state"] == "ended" {
                    "ended"
                } else {
                    case["step"].as_str().unwrap_or_default()
                };
                assert!(
                    case["state"] != "stopped" && stands == wanted,
                    "seed {seed}: {stands}, not {wanted}, after {told:#?}\n{record:#}\n{:#}",
                    case["stopped"]
                );
            }
            shop.holds();
        }
    });
}
