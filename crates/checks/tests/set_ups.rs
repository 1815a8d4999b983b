//! What runs alike runs on: a paint booth with three products in two colours.

use checks::{Shop, on_both};
use serde_json::{Value as Json, json};

/// Minutes that each operation on the board takes, first what begins first, by its product.
fn on_the_booth(shop: &Shop) -> Vec<(String, i64)> {
    let board = shop.ask("Product", "board", None, json!({"days": 60}));
    let operations = board["operations"].as_array().cloned().unwrap_or_default();
    let seconds = |o: &Json, at: &str| o[at].as_i64().unwrap_or_else(|| panic!("{at} in {o:#}"));
    let mut all: Vec<(i64, String, i64)> = operations
        .iter()
        .map(|o| {
            let (from, to) = (seconds(o, "from"), seconds(o, "to"));
            (from, o["product"].as_str().unwrap_or_default().to_owned(), (to - from) / 60)
        })
        .collect();
    all.sort();
    all.into_iter().map(|(_, product, minutes)| (product, minutes)).collect()
}

#[test]
fn one_colour_after_the_other_needs_no_second_set_up() {
    on_both(|shop| {
        let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
        let hours: Vec<Json> =
            days.iter().map(|d| json!({"weekday": d, "starts_at": "00:00", "ends_at": "24:00"})).collect();
        let week = shop.create("WorkCalendar", json!({"code": "ALL", "name": "Always", "shifts": hours}));
        let booth = json!({"code": "booth", "name": "Booth", "calendar_id": week, "hourly_cost": "30.00",
            "changeovers": [{"from_family": "red", "to_family": "blue", "minutes": 15}, {"from_family": "blue", "to_family": "red", "minutes": 90}]});
        let twice = json!([{"from_family": "red", "to_family": "blue", "minutes": 15}, {"from_family": "red", "to_family": " blue ", "minutes": 5}]);
        let mut wrong = booth.clone();
        wrong["changeovers"] = twice;
        shop.refuses("WorkCenter", "create", 0, wrong, "equipment.changeover_twice");
        let booth = shop.create("WorkCenter", booth);
        let primer = shop.product("primer", "0", "1.00");
        shop.stock(primer, 100, "1.00");
        let customer = shop.customer("Ana d.o.o.");
        let on = shop.today().plus_days(20).map(|d| d.to_string()).unwrap_or_default();
        for (name, family) in [("red door", "red"), ("blue door", "blue"), ("red frame", "red")] {
            let product = shop.product(name, "100.00", "0");
            let step = json!({"name": "Paint", "work_center_id": booth, "setup_minutes": 60, "run_minutes": 10, "setup_family": family});
            shop.create("Bill", json!({"product_id": product, "components": [{"product_id": primer, "quantity": 1}], "operations": [step]}));
            let line = json!({"product_id": product, "quantity": 6, "unit_price": "100.00"});
            let order = shop
                .create("SalesOrder", json!({"customer_id": customer, "requested_on": on, "lines": [line]}));
            shop.run("SalesOrder", "confirm", order, json!({}));
        }
        // Sixty minutes of painting each. The first set-up in full, the same colour without one, blue after red in a quarter.
        let minutes: Vec<i64> = on_the_booth(shop).iter().map(|(_, minutes)| *minutes).collect();
        assert_eq!(minutes, [120, 60, 75], "{:?}", on_the_booth(shop));
        let last = on_the_booth(shop).pop().map(|(product, _)| product);
        assert_eq!(last.as_deref(), Some("blue door"));
        shop.holds();
    });
}
