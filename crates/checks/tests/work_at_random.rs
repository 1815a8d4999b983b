//! Anything in any order on the shop floor: after each command what a work order took up is in what it gave, in progress or
//! a variance, and no piece is lost. `celota check` is the judge; it adds up records that the commands do not read.

use checks::{Dice, Shop, on_both};
use serde_json::{Value as Json, json};

struct Firm {
    products: Vec<i64>,
    apart: i64,
}

/// A product at real cost with a by-product and a substitute, one at standard with losses, a phantom and
/// parts by serial number, and one that is taken apart.
fn firm(shop: &Shop) -> Firm {
    let week = shop.create("WorkCalendar", json!({"code": "ONE", "name": "One shift"}));
    let bench = json!({"code": "bench", "name": "Bench", "calendar_id": week, "hourly_cost": "31.70", "standard_hourly_cost": 30});
    let bench = shop.create("WorkCenter", bench);
    let part = |code: &str, cost: &str| shop.product(code, "0", cost);
    let (milk, water, cheese, whey) =
        (part("milk", "0.53"), part("water", "0.01"), part("cheese", "0"), part("whey", "0.02"));
    let (gear, kit, steel, bolt) =
        (part("gear", "14.34"), part("kit", "0"), part("steel", "5.07"), part("bolt", "0.11"));
    shop.run("Product", "update", gear, json!({"costing": "standard", "costing_lot": 30}));
    shop.run("Product", "update", bolt, json!({"costing": "standard"}));
    let bill = |body: Json| shop.create("Bill", body);
    bill(
        json!({"product_id": cheese, "batch": 7, "components": [{"product_id": milk, "quantity": 10, "scrap_percent": 3}],
        "outputs": [{"product_id": whey, "quantity": 8, "cost_share_percent": "7.5"}, {"product_id": bolt, "quantity": 1}],
        "substitutes": [{"product_id": milk, "substitute_id": water, "ratio": "1.5"}],
        "operations": [{"name": "Curdle", "work_center_id": bench, "setup_minutes": 7, "run_minutes": "1.3"}]}),
    );
    bill(json!({"product_id": kit, "kind": "phantom", "components": [{"product_id": bolt, "quantity": 3}]}));
    bill(json!({"product_id": gear,
        "components": [{"product_id": steel, "quantity": 2, "until_serial": 14}, {"product_id": steel, "quantity": 3, "from_serial": 15},
            {"product_id": kit, "quantity": 1, "operation": 20, "from_serial": 4}],
        "operations": [
            {"name": "Mill", "work_center_id": bench, "setup_minutes": 20, "run_minutes": 4, "yield_percent": 90},
            {"name": "Bore", "work_center_id": bench, "run_minutes": 3}]}));
    let apart = bill(json!({"product_id": gear, "revision": 2, "kind": "disassembly",
        "components": [{"product_id": steel, "quantity": 2, "scrap_percent": 20}, {"product_id": bolt, "quantity": 3}],
        "operations": [{"name": "Take apart", "work_center_id": bench, "run_minutes": 2}]}));
    for (product, quantity, cost) in [
        (milk, 60, "0.55"),
        (water, 300, "0.01"),
        (steel, 150, "5.31"),
        (bolt, 300, "0.11"),
        (gear, 9, "14.34"),
    ] {
        shop.stock(product, quantity, cost);
    }
    Firm { products: vec![cheese, gear], apart }
}

fn order(shop: &Shop, firm: &Firm, dice: &mut Dice) -> i64 {
    let product = *dice.one_of(&firm.products).expect("a product");
    let mut body = json!({"product_id": product, "quantity": dice.throw(12) + 1, "due_on": "2026-03-10"});
    if dice.throw(4) == 0 {
        body = json!({"product_id": firm.products[1], "bill_id": firm.apart, "quantity": dice.throw(3) + 1});
    }
    let order = shop.create("WorkOrder", body);
    shop.run("WorkOrder", "release", order, json!({}));
    order
}

/// A command with whatever figures; what is refused has done nothing.
fn act(shop: &Shop, order: i64, dice: &mut Dice) -> String {
    let record = shop.record("WorkOrder", order);
    let all = |lines: &str| record[lines].as_array().cloned().unwrap_or_default();
    let some = |lines: &str, dice: &mut Dice| dice.one_of(&all(lines)).and_then(|l| l["id"].as_i64());
    let quantity = |dice: &mut Dice| dice.throw(6) as f64 / [1.0, 2.0][usize::from(dice.throw(4) == 0)];
    let (command, body) = match dice.throw(11) {
        0..=4 => {
            let mut body = json!({"operation_id": some("operations", dice), "good": quantity(dice), "reason": "So it is"});
            match dice.throw(6) {
                0 => body["scrapped"] = dice.throw(3).into(),
                1 => body["rework"] = dice.throw(3).into(),
                2 => body["again"] = true.into(),
                3 => body["minutes"] = dice.throw(50).into(),
                _ => {}
            }
            ("report", body)
        }
        5 | 6 => {
            let mut body = json!({});
            if dice.throw(3) > 0 {
                body["quantity"] = quantity(dice).into();
            }
            if let (0, Some(output)) = (dice.throw(3), some("outputs", dice)) {
                body["outputs"] = json!([{"output_id": output, "quantity": quantity(dice)}]);
            }
            ("complete", body)
        }
        7 => ("issue", json!({})),
        8 => {
            let line = json!({"line_id": some("components", dice), "quantity": quantity(dice) - 2.0, "is_all": dice.throw(4) == 0});
            ("issue", json!({"lines": [line], "reason": "So it is"}))
        }
        9 if dice.throw(3) == 0 => ("close", json!({})),
        9 => ("reserve", json!({})),
        _ if dice.throw(4) == 0 => ("cancel", json!({})),
        _ => ("start", json!({"operation_id": some("operations", dice)})),
    };
    match shop.try_run("WorkOrder", command, Some(order), &body) {
        Ok(_) => format!("{command} {body}"),
        Err(kernel::Error::Refused(refusal)) => format!("{command} {body}: {}", refusal.code),
        Err(other) => panic!("{command} {body}: {other}"),
    }
}

#[test]
fn nothing_is_lost_whatever_is_done() {
    for seed in 1..=4 {
        on_both(|shop| {
            println!("seed {seed}");
            let (firm, mut dice) = (firm(shop), Dice(seed));
            let mut orders: Vec<i64> = (0..3).map(|_| order(shop, &firm, &mut dice)).collect();
            let mut done = 0;
            for step in 0..120 {
                let chosen = *dice.one_of(&orders).expect("an order");
                let what = act(shop, chosen, &mut dice);
                println!("{step} #{chosen} {what}");
                done += i32::from(!what.contains(": production.") && !what.contains(": stock."));
                shop.holds();
                if matches!(shop.field("WorkOrder", chosen, "state").as_str(), "closed" | "cancelled") {
                    orders.retain(|o| *o != chosen);
                    orders.push(order(shop, &firm, &mut dice));
                }
            }
            assert!(done > 30, "only {done} were carried out");
            for order in orders {
                drop(shop.try_run("WorkOrder", "close", Some(order), &json!({})));
            }
        });
    }
}
