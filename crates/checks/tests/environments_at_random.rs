//! Orders for what is made to order come, change and go, work orders are accepted, called off and done, in any order: after
//! each of it the bench proposes for each line what neither lies there for it nor is made for it, and `celota check` holds.

use checks::{Dice, Shop, Workshop, on_both, rows, text};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

const SEEDS: u64 = 3;
const STEPS: usize = 24;

/// Pairs of a number and a sum, in whole pieces.
fn sums(shop: &Shop, sql: &str) -> BTreeMap<i64, i64> {
    let of = |rows: Vec<i64>| rows.chunks(2).map(|pair| (pair[0], pair[1] / 1_000_000)).collect();
    of(shop.ids(&format!("SELECT CASE n WHEN 0 THEN k ELSE v END FROM ({sql}) s CROSS JOIN (SELECT 0 AS n UNION ALL SELECT 1 AS n) b ORDER BY k, n")))
}

fn one_of(shop: &Shop, dice: &mut Dice, sql: &str) -> Option<i64> {
    dice.one_of(&shop.ids(sql)).copied()
}

/// Whatever is refused is refused; nothing else goes wrong.
fn tries(shop: &Shop, entity: &str, command: &str, id: i64, body: &Json) {
    match shop.try_run(entity, command, Some(id), body) {
        Ok(_) | Err(kernel::Error::Refused(_)) => {}
        Err(error) => panic!("{entity}.{command}: {error}"),
    }
}

fn act(shop: &Shop, w: &Workshop, dice: &mut Dice) {
    let order = "SELECT id FROM sales_order WHERE state = 'confirmed' ORDER BY id";
    let open = format!(
        "SELECT id FROM work_order WHERE product_id = {} AND state IN ('firm', 'released', 'started') ORDER BY id",
        w.table
    );
    match dice.throw(8) {
        0..=2 => {
            shop.sell("Ana d.o.o.", w.table, dice.throw(5) + 1, dice.throw(40) + 3);
        }
        3 => {
            let Some(order) = one_of(shop, dice, order) else { return };
            let line = json!({"line_id": shop.line("SalesOrder", order, 0), "quantity": dice.throw(8) + 1});
            tries(shop, "SalesOrder", "amend", order, &json!({"lines": [line]}));
        }
        4 => {
            if let Some(order) = one_of(shop, dice, order) {
                tries(shop, "SalesOrder", "cancel", order, &json!({}));
            }
        }
        5 => drop(shop.accept(&shop.plan())),
        6 => {
            if let Some(work) = one_of(shop, dice, &open) {
                tries(shop, "WorkOrder", "cancel", work, &json!({}));
            }
        }
        _ => {
            let Some(work) = one_of(shop, dice, &open) else { return };
            let to_make = shop
                .ids(&format!("SELECT (quantity - completed) / 1000000 FROM work_order WHERE id = {work}"))
                [0];
            let done = dice.throw(u64::try_from(to_make).unwrap_or(1).max(1)) + 1;
            let operation =
                shop.ids(&format!("SELECT id FROM work_order_operation WHERE parent_id = {work}"))[0];
            tries(shop, "WorkOrder", "release", work, &json!({}));
            tries(shop, "WorkOrder", "report", work, &json!({"operation_id": operation, "good": done}));
            tries(shop, "WorkOrder", "complete", work, &json!({"quantity": done}));
        }
    }
}

/// Added up from the pegs and work orders, which the plan does not go by.
fn is_right(shop: &Shop, w: &Workshop) {
    let table = w.table;
    let waits = sums(
        shop,
        &format!(
            "SELECT demand_id AS k, CAST(SUM(quantity) AS BIGINT) AS v FROM peg WHERE product_id = {table} AND kind <> 'stock' GROUP BY demand_id"
        ),
    );
    let made = sums(
        shop,
        &format!(
            "SELECT order_line_id AS k, CAST(SUM(quantity - completed) AS BIGINT) AS v FROM work_order WHERE product_id = {table} AND state IN ('firm', 'released', 'started') GROUP BY order_line_id"
        ),
    );
    let free = shop.ids(&format!("SELECT CAST(COALESCE(SUM(usable - pegged), 0) AS BIGINT) FROM product_stock WHERE product_id = {table}"))[0] / 1_000_000;
    let missing: BTreeMap<i64, i64> = waits
        .iter()
        .map(|(line, waits)| (*line, (waits - made.get(line).copied().unwrap_or(0)).max(0)))
        .collect();
    let mut proposed: BTreeMap<i64, i64> = BTreeMap::new();
    for row in rows(&shop.plan()).iter().filter(|r| text(r, "/kind") == "make" && text(r, "/code") == "table")
    {
        let line = row["order_line_id"].as_i64().unwrap_or_else(|| panic!("a table for nobody: {row:#}"));
        *proposed.entry(line).or_default() += row["quantity"].as_f64().unwrap_or(0.0) as i64;
    }
    for (line, quantity) in &proposed {
        assert!(missing.get(line).is_some_and(|m| quantity <= m), "{line}: {quantity} of {missing:?}");
    }
    let (all, missing) = (proposed.values().sum::<i64>(), missing.values().sum::<i64>());
    assert_eq!(all, (missing - free.min(missing)), "{missing} missing, {free} free");
}

#[test]
fn each_line_is_proposed_what_is_missing_for_it() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        shop.stock(w.top, 500, "40.00");
        shop.stock(w.screw, 5_000, "0.10");
        shop.run("Product", "update", w.table, json!({"environment": "make_to_order"}));
        for seed in 0..SEEDS {
            let mut dice = Dice(seed);
            for _ in 0..STEPS {
                act(shop, &w, &mut dice);
                is_right(shop, &w);
                shop.holds();
            }
        }
    });
}
