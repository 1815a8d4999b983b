//! What is expected: forecasts from what was ordered, what people know better, what orders use up, what is offered, and
//! what of it the plan makes.

use checks::{Shop, Workshop, on_both, rows, text};
use serde_json::{Value as Json, json};

/// A product that is bought in five days and planned by a forecast. So many were ordered and shipped in each of the
/// months that go by, the last of which is over; none is left.
fn sold(shop: &Shop, code: &str, months: &[i64]) -> i64 {
    let product = shop.product(code, "10.00", "4.00");
    shop.run("Product", "update", product, json!({"planned_by": "forecast"}));
    shop.offer(shop.supplier("Timber d.o.o."), product, "4.00", 5);
    shop.stock(product, months.iter().sum(), "4.00");
    product
}

/// Months go by, in which so many of each product are ordered and shipped.
fn go_by(shop: &Shop, sold: &[(i64, &[i64])]) {
    let customer = shop.customer("Ana d.o.o.");
    for n in 0..sold.iter().map(|(_, months)| months.len()).max().unwrap_or(0) {
        for (product, months) in sold {
            if months[n] > 0 {
                let order = shop.order(customer, &[(months[n], *product, "10.00")]);
                shop.ship(order, months[n]);
            }
        }
        let next = shop.today().first_of_month().plus_months(1).expect("a month");
        shop.wait(next.days() - shop.today().days());
    }
}

fn sheet(shop: &Shop) -> Json {
    shop.ask("Forecast", "sheet", None, json!({}))
}

fn row(shop: &Shop, product: i64) -> Json {
    let sheet = sheet(shop);
    let found = rows(&sheet).into_iter().find(|r| r["product_id"] == json!(product));
    found.unwrap_or_else(|| panic!("{product} is not on the sheet: {sheet:#}"))
}

/// A figure of a row, month by month.
fn months(row: &Json, name: &str) -> Vec<f64> {
    let cells = row["cells"].as_array().cloned().unwrap_or_default();
    cells.iter().map(|cell| cell[name].as_f64().unwrap_or(0.0)).collect()
}

fn forecast_of(shop: &Shop, product: i64) -> i64 {
    row(shop, product).pointer("/made/forecast_id").and_then(Json::as_i64).expect("a forecast")
}

/// How much of a product the plan wants made and bought in all.
fn proposed(shop: &Shop, code: &str) -> f64 {
    let lots = rows(&shop.plan()).into_iter().filter(|r| r["code"] == code);
    lots.map(|r| r["quantity"].as_f64().unwrap_or(0.0)).sum()
}

fn undo(shop: &Shop, reply: &kernel::Reply) {
    let token = reply.undo.as_deref().and_then(|token| token.parse().ok()).expect("it can be undone");
    shop.kernel.undo(&shop.actor, token).expect("undone");
}

#[test]
fn what_was_ordered_says_what_will_be_and_orders_use_it_up() {
    on_both(|shop| {
        let chair = sold(shop, "chair", &[20; 8]);
        shop.refuses(
            "Forecast",
            "make",
            0,
            json!({"product_id": shop.product("idle", "1", "1")}),
            "supply.no_forecast",
        );
        go_by(shop, &[(chair, &[20; 8])]);
        assert_eq!(proposed(shop, "chair"), 0.0, "nothing is ordered, and nothing expected yet");
        let made = shop.call("Forecast", "make", json!({}));
        assert_eq!(made, json!({"made": 1, "without_history": 0}));
        let row = row(shop, chair);
        assert_eq!(months(&row, "forecast"), [20.0; 12]);
        assert_eq!(
            (months(&row, "last_year")[4..].to_vec(), row["last_year"].as_f64()),
            (vec![20.0; 8], Some(160.0))
        );
        assert_eq!(row.pointer("/made/deviation").and_then(Json::as_f64), Some(0.0), "it was never wrong");
        assert_eq!(proposed(shop, "chair"), 240.0, "a year of twenty");
        // An order makes a part of it true.
        shop.sell("Bor d.o.o.", chair, 15, 3);
        let now = self::row(shop, chair);
        assert_eq!(months(&now, "left")[..2], [5.0, 20.0]);
        assert_eq!(months(&now, "ordered")[..2], [15.0, 0.0]);
        assert_eq!(proposed(shop, "chair"), 240.0);
        // More than was expected takes from the month after.
        shop.sell("Cene d.o.o.", chair, 15, 3);
        assert_eq!(months(&self::row(shop, chair), "left")[..3], [0.0, 10.0, 20.0]);
        assert_eq!(proposed(shop, "chair"), 240.0);
        // The grid shows both.
        let record = shop.ask("Product", "record", None, json!({"product_id": chair, "bucket_days": 366}));
        let figure = |name: &str| record["value"][0][name].as_f64();
        assert_eq!(
            (figure("gross"), figure("ordered"), figure("forecast")),
            (Some(240.0), Some(30.0), Some(210.0))
        );
        // Nobody is late who is nobody.
        assert_eq!(shop.plan()["late"].as_array().map(Vec::len), Some(2), "only who has ordered");
        shop.run("Product", "update", chair, json!({"planned_by": "orders"}));
        assert_eq!(proposed(shop, "chair"), 30.0, "for what is ordered alone");
    });
}

#[test]
fn what_people_know_better_counts_and_says_why() {
    on_both(|shop| {
        let (chair, stool) = (sold(shop, "chair", &[20; 6]), sold(shop, "stool", &[10; 6]));
        let group = shop.create("ProductGroup", json!({"code": "SEATS", "name": "Seats"}));
        for product in [chair, stool] {
            shop.run("Product", "update", product, json!({"group_id": group}));
        }
        go_by(shop, &[(chair, &[20; 6]), (stool, &[10; 6])]);
        shop.call("Forecast", "make", json!({}));
        let third = shop.today().plus_months(2).map(|d| d.to_string()).unwrap_or_default();
        let fair = |quantity: i64| json!({"month": third, "quantity": quantity, "reason": "Furniture fair"});
        let of_chair = forecast_of(shop, chair);
        shop.refuses(
            "Forecast",
            "adjust",
            of_chair,
            json!({"month": third, "quantity": 50}),
            "supply.reason",
        );
        let reply = shop.run("Forecast", "adjust", of_chair, fair(50));
        let now = row(shop, chair);
        assert_eq!((months(&now, "forecast")[2], months(&now, "statistical")[2]), (50.0, 20.0));
        assert_eq!(text(&now, "/cells/2/reason"), "Furniture fair");
        assert_eq!((proposed(shop, "chair"), proposed(shop, "stool")), (270.0, 120.0));
        // Of the group more is expected: what is set below it stays.
        let sheet = sheet(shop);
        assert_eq!(sheet["groups"][0]["name"], "Seats");
        assert_eq!(sheet["groups"][0]["last_year"].as_f64(), Some(180.0));
        let seats = sheet.pointer("/groups/0/made/forecast_id").and_then(Json::as_i64).expect("a forecast");
        shop.run("Forecast", "adjust", seats, fair(75));
        assert_eq!(
            (months(&row(shop, chair), "forecast")[2], months(&row(shop, stool), "forecast")[2]),
            (50.0, 25.0)
        );
        shop.refuses("Forecast", "adjust", of_chair, fair(80), "supply.set_below");
        // Taken back, all is divided by what each has sold.
        undo(shop, &reply);
        assert_eq!(
            (months(&row(shop, chair), "forecast")[2], months(&row(shop, stool), "forecast")[2]),
            (50.0, 25.0)
        );
        assert_eq!(row(shop, chair).pointer("/cells/2/adjusted"), Some(&Json::Null));
        // A forecast made anew keeps what people have set.
        shop.call("Forecast", "make", json!({}));
        assert_eq!(months(&row(shop, stool), "forecast")[1..4], [10.0, 25.0, 10.0]);
        shop.refuses(
            "Forecast",
            "adjust",
            seats,
            json!({"month": shop.day(900), "quantity": 1, "reason": "?"}),
            "supply.no_month",
        );
        shop.refuses("Forecast", "adjust", seats, fair(-1), "supply.below_zero");
    });
}

#[test]
fn what_is_made_for_nobody_yet_is_there_to_be_promised() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        shop.stock(w.screw, 10_000, "0.10");
        shop.stock(w.board, 1_000, "12.00");
        shop.stock(w.table, 60, "100.00");
        shop.run("Product", "update", w.table, json!({"planned_by": "forecast"}));
        go_by(shop, &[(w.table, &[20; 3])]);
        let alone = shop.promise(w.table, 5);
        shop.call("Forecast", "make", json!({}));
        assert_eq!(proposed(shop, "table"), 240.0);
        assert_eq!(shop.promise(w.table, 5), alone, "nobody waits for what nobody has ordered");
        let order = shop.draft_order("Bor d.o.o.", w.table, 5, None);
        let reply = shop.run("SalesOrder", "confirm", order, json!({}));
        assert_eq!(text(&reply.result, "/promised_on"), alone);
        assert_eq!(shop.plan()["late"], json!([]), "the forecast makes no order late");
        assert_eq!(proposed(shop, "table"), 240.0, "it was expected");
    });
}

#[test]
fn a_service_level_sets_the_safety_stock() {
    on_both(|shop| {
        let sales = [20, 26, 15, 24, 12, 30, 18, 22, 14, 28, 19, 25];
        let chair = sold(shop, "chair", &sales);
        go_by(shop, &[(chair, &sales)]);
        shop.call("Forecast", "make", json!({}));
        shop.refuses("Forecast", "set_safety_stock", 0, json!({}), "supply.no_service_level");
        shop.refuses(
            "Product",
            "update",
            chair,
            json!({"service_level_percent": 100}),
            "catalog.service_level",
        );
        shop.run("Product", "update", chair, json!({"service_level_percent": 95}));
        let reply = shop.try_run("Forecast", "set_safety_stock", None, &json!({})).expect("it is set");
        // 1.6449 deviations of a month's error, over the five days that chairs take to come.
        let month = shop
            .record("Forecast", forecast_of(shop, chair))
            .pointer("/months/0/deviation")
            .and_then(Json::as_f64);
        let over = month.unwrap_or(0.0) * (5.0 / (365.25 / 12.0_f64)).sqrt();
        let wanted = (1.644_853_627 * over).ceil();
        assert!(wanted >= 2.0, "{wanted}");
        let changed = &reply.result["changed"][0];
        assert_eq!((changed["before"].as_f64(), changed["after"].as_f64()), (Some(0.0), Some(wanted)));
        assert!(reply.effects[0].contains(&format!("0 → {wanted}")), "{:?}", reply.effects);
        assert_eq!(shop.field("Product", chair, "safety_stock"), format!("{wanted:.1}"));
        undo(shop, &reply);
        assert_eq!(shop.field("Product", chair, "safety_stock"), "0.0");
    });
}

#[test]
fn forecasts_are_made_anew_when_a_month_begins() {
    on_both(|shop| {
        let chair = sold(shop, "chair", &[20; 8]);
        go_by(shop, &[(chair, &[20; 6])]);
        let made_on = || {
            let made = shop.ids("SELECT made_on FROM forecast ORDER BY id");
            made.into_iter().map(|day| numbers::Date::from_days(day).expect("a day")).collect::<Vec<_>>()
        };
        let look = || celota::modules::now_and_then(&shop.kernel).expect("looked after");
        look();
        assert_eq!(made_on(), [shop.today()], "the first one, as chairs were ordered");
        let third = shop.today().plus_months(2).expect("a month").to_string();
        let fair = json!({"month": third, "quantity": 50, "reason": "Furniture fair"});
        shop.run("Forecast", "adjust", forecast_of(shop, chair), fair);
        let first = shop.today();
        shop.wait(5);
        look();
        assert_eq!(made_on(), [first], "once a month");
        go_by(shop, &[(chair, &[20])]);
        look();
        assert_eq!(made_on(), [shop.today()]);
        let row = row(shop, chair);
        assert_eq!(months(&row, "forecast")[..2], [20.0, 50.0], "what people have set stays: {row:#}");
    });
}

#[test]
fn what_came_back_was_not_wanted() {
    on_both(|shop| {
        let chair = sold(shop, "chair", &[30; 6]);
        let customer = shop.customer("Ana d.o.o.");
        for _ in 0..6 {
            let order = shop.order(customer, &[(30, chair, "10.00")]);
            shop.ship(order, 30);
            let back = json!({"reason": "scratched", "lines": [{"line_id": shop.line("SalesOrder", order, 0), "quantity": 10}]});
            shop.run("SalesOrder", "take_back", order, back);
            let next = shop.today().first_of_month().plus_months(1).expect("a month");
            shop.wait(next.days() - shop.today().days());
        }
        shop.call("Forecast", "make", json!({}));
        assert_eq!(months(&row(shop, chair), "forecast"), [20.0; 12]);
    });
}
