//! How much is bought at once, and how long before it is needed: each technique of the field, chosen by the firm.

use checks::{Shop, on_both, rows, text};
use serde_json::json;

/// A part with a supplier, wanted by three customers: 10 in two weeks, 20 a week later, 5 in another week.
fn wanted(shop: &Shop) -> i64 {
    // 52.142857 a piece, of which 100 % a year is 1.00 a week.
    let part = shop.product("gear", "90.00", "52.142857");
    let supplier = shop.supplier("Zobnik d.o.o.");
    shop.offer(supplier, part, "52.142857", 3);
    for (quantity, days) in [(10, 15), (20, 22), (5, 29)] {
        shop.sell("Ana d.o.o.", part, quantity, days);
    }
    part
}

/// What is to be bought of it, in the order of the days.
fn lots(shop: &Shop) -> Vec<i64> {
    let mut lots: Vec<(String, i64)> = rows(&shop.plan())
        .iter()
        .filter(|row| text(row, "/code") == "gear" && text(row, "/kind") == "buy")
        .map(|row| (text(row, "/due_on").to_owned(), row["quantity"].as_f64().unwrap_or(0.0) as i64))
        .collect();
    lots.sort();
    lots.into_iter().map(|(_, quantity)| quantity).collect()
}

#[test]
fn each_technique_puts_needs_together_in_its_way() {
    on_both(|shop| {
        let part = wanted(shop);
        let sized = |figures: serde_json::Value| {
            shop.run("Product", "update", part, figures);
            lots(shop)
        };
        assert_eq!(lots(shop), [10, 20, 5], "lot for lot");
        let fixed = json!({"lot_sizing": "fixed_order_quantity", "lot_quantity": 25});
        assert_eq!(sized(fixed), [25, 25]);
        let period = json!({"lot_sizing": "period_order_quantity", "lot_days": 14});
        assert_eq!(sized(period).iter().sum::<i64>(), 35, "all of two weeks at once");
        assert_eq!(lots(shop).len(), 2);
        // Weeks with 10, 20 and 5, a lot 15.00, a piece 1.00 a week. By hand: all in one 15 + 20 + 10 = 45; 10 and 25:
        // 15 + 15 + 5 = 35; 30 and 5: 15 + 20 + 15 = 50; each by itself 45.
        let costs = json!({"lot_sizing": "wagner_whitin", "lot_days": 7, "ordering_cost": "15.00",
            "holding_cost_percent": "100"});
        assert_eq!(sized(costs), [10, 25], "the cheapest of all");
        // A week 15 : 1, two 35 : 2 are dearer; then 15 : 1, 20 : 2.
        assert_eq!(sized(json!({"lot_sizing": "silver_meal"})), [10, 25]);
        // A piece 15 : 10 = 1.50, then 35 : 30 = 1.17, then 45 : 35 = 1.29.
        assert_eq!(sized(json!({"lot_sizing": "least_unit_cost"})), [30, 5]);
        // √(2 × 11.67 × 15 : 1) = 18.7: the first week is nearer to it than two, the second than both.
        assert_eq!(sized(json!({"lot_sizing": "economic_order_quantity"})), [10, 20, 5]);
        // At 150.00 a lot, stock is cheap.
        assert_eq!(sized(json!({"lot_sizing": "wagner_whitin", "ordering_cost": "150.00"})), [35]);
        assert_eq!(sized(json!({"lot_maximum": 12})).iter().max(), Some(&12), "the truck takes no more");
        assert_eq!(lots(shop).iter().sum::<i64>(), 35);
    });
}

#[test]
fn safety_time_brings_it_sooner_and_the_fence_keeps_off() {
    on_both(|shop| {
        let part = wanted(shop);
        let due = || {
            let all = rows(&shop.plan());
            let of_it = all.iter().filter(|row| text(row, "/code") == "gear" && text(row, "/kind") == "buy");
            of_it.map(|row| text(row, "/due_on").to_owned()).min().unwrap_or_default()
        };
        let before = due();
        shop.run("Product", "update", part, json!({"safety_days": 5}));
        assert!(due() < before, "five days before {before}: {}", due());
        shop.run("Product", "update", part, json!({"safety_days": null, "planning_fence_days": 40}));
        assert!(due() >= shop.day(40), "nothing new within the fence: {}", due());
        assert!(shop.promise(part, 1) >= shop.day(40), "and nothing is promised of it");
        shop.run("Product", "update", part, json!({"planning_fence_days": null}));
        assert_eq!(due(), before);
    });
}

#[test]
fn each_technique_needs_its_figures() {
    on_both(|shop| {
        let part = shop.product("gear", "90.00", "50.00");
        let refuses = |figures, code| shop.refuses("Product", "update", part, figures, code);
        refuses(json!({"lot_sizing": "fixed_order_quantity"}), "catalog.lot_quantity");
        refuses(json!({"lot_sizing": "period_order_quantity"}), "catalog.lot_days");
        refuses(json!({"lot_sizing": "silver_meal", "ordering_cost": 10}), "catalog.lot_costs");
        refuses(json!({"lot_minimum": 10, "lot_maximum": 5}), "catalog.lot_maximum");
        refuses(json!({"lot_days": 0}), "catalog.days");
        refuses(json!({"safety_days": -1}), "catalog.days");
        refuses(json!({"planning_fence_days": 1_000_000}), "catalog.days");
        refuses(json!({"ordering_cost": -1}), "catalog.below_zero");
        let to_order = json!({"environment": "make_to_order", "lot_sizing": "wagner_whitin", "ordering_cost": 1,
            "holding_cost_percent": 1});
        refuses(to_order, "catalog.nothing_for_stock");
    });
}
