//! What is offered counts by how likely it is: likely enough, in full; else as what can be expected of it, within the
//! forecast.

use checks::{Shop, Workshop, on_both, rows, text};
use serde_json::{Value as Json, json};

/// An opportunity that is so likely, with a quote for so many, wanted in so many days; the opportunity and the quote.
fn offer(shop: &Shop, product: i64, quantity: i64, percent: i64, in_days: i64) -> (i64, i64) {
    let firm = shop.customer("Cene d.o.o.");
    let body = json!({"title": "Furniture", "party_id": firm, "probability": percent, "expected_on": shop.day(in_days)});
    let opportunity = shop.create("Opportunity", body);
    (opportunity, quoted(shop, opportunity, product, quantity))
}

fn quoted(shop: &Shop, opportunity: i64, product: i64, quantity: i64) -> i64 {
    let percent = shop.record("Opportunity", opportunity)["probability"].clone();
    let made = shop.run("Opportunity", "propose", opportunity, json!({}));
    let quote = made.result["order_id"].as_i64().unwrap_or_default();
    shop.run(
        "SalesOrder",
        "update",
        quote,
        json!({"lines": [{"product_id": product, "quantity": quantity}]}),
    );
    shop.run("SalesOrder", "quote", quote, json!({}));
    shop.run("Opportunity", "update", opportunity, json!({"probability": percent}));
    quote
}

fn proposed(shop: &Shop, code: &str) -> f64 {
    let lots = rows(&shop.plan()).into_iter().filter(|r| r["code"] == code);
    lots.map(|r| r["quantity"].as_f64().unwrap_or(0.0)).sum()
}

/// A figure of a product on the demand page, all months together.
fn figure(shop: &Shop, product: i64, name: &str) -> f64 {
    let sheet = shop.ask("Forecast", "sheet", None, json!({}));
    let row = rows(&sheet).into_iter().find(|r| r["product_id"] == json!(product)).unwrap_or(Json::Null);
    let cells = row["cells"].as_array().cloned().unwrap_or_default();
    cells.iter().filter_map(|cell| cell[name].as_f64()).sum()
}

#[test]
fn a_likely_offer_is_planned_and_an_unlikely_one_is_not() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        let (maybe, _) = offer(shop, w.table, 4, 60, 30);
        assert_eq!(proposed(shop, "table"), 0.0, "half an order is never delivered");
        assert_eq!((figure(shop, w.table, "likely"), figure(shop, w.table, "expected")), (0.0, 2.4));
        shop.run("Opportunity", "update", maybe, json!({"probability": 80}));
        assert_eq!(proposed(shop, "table"), 4.0);
        assert_eq!((figure(shop, w.table, "likely"), figure(shop, w.table, "expected")), (4.0, 0.0));
        let plan = shop.plan();
        let make = rows(&plan).into_iter().find(|r| r["code"] == "table").expect("a proposal");
        assert_eq!(
            (text(&make, "/orders/0/party"), &make["orders"][0]["quote"]),
            ("Cene d.o.o.", &json!(true))
        );
        // A firm that is harder to convince.
        let rule = shop.create("DemandRule", json!({"certain_percent": 90}));
        assert_eq!(proposed(shop, "table"), 0.0);
        shop.run("DemandRule", "update", rule, json!({"certain_percent": 70}));
        assert_eq!(proposed(shop, "table"), 4.0);
        shop.refuses("DemandRule", "update", rule, json!({"certain_percent": 101}), "supply.percent");
        shop.refuses("DemandRule", "update", rule, json!({"backward_months": 13}), "supply.window");
        // The next quote is instead of the first, and what is lost is not planned any more.
        quoted(shop, maybe, w.table, 6);
        assert_eq!(proposed(shop, "table"), 6.0);
        shop.run("Opportunity", "lose", maybe, json!({"reason": "Price"}));
        assert_eq!((proposed(shop, "table"), figure(shop, w.table, "likely")), (0.0, 0.0));
    });
}

#[test]
fn an_offer_that_is_ordered_or_held_counts_once() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        let (_, quote) = offer(shop, w.table, 4, 90, 30);
        assert_eq!(proposed(shop, "table"), 4.0);
        shop.run("SalesOrder", "reserve", quote, json!({}));
        assert_eq!(proposed(shop, "table"), 4.0, "it is held, and not offered besides");
        shop.run("SalesOrder", "confirm", quote, json!({}));
        assert_eq!(proposed(shop, "table"), 4.0);
        offer(shop, w.top, 5, 90, 60);
        assert_eq!(proposed(shop, "top"), 9.0, "four for the tables");
        shop.wait(31);

        assert_eq!(proposed(shop, "top"), 4.0, "the quote has lapsed");
    });
}

/// What is offered makes the forecast true, as orders do: it is not expected twice.
#[test]
fn an_offer_is_within_the_forecast() {
    on_both(|shop| {
        let chair = shop.product("chair", "10.00", "4.00");
        shop.run("Product", "update", chair, json!({"planned_by": "forecast"}));
        shop.offer(shop.supplier("Timber d.o.o."), chair, "4.00", 5);
        shop.call("Forecast", "make", json!({}));
        let sheet = shop.ask("Forecast", "sheet", None, json!({}));
        let forecast = sheet.pointer("/value/0/made/forecast_id").and_then(Json::as_i64).expect("a forecast");
        assert_eq!(sheet.pointer("/value/0/made/method"), Some(&Json::Null), "nothing was ever ordered");
        let next = shop.today().first_of_month().plus_months(1).map(|d| d.to_string()).unwrap_or_default();
        shop.run("Forecast", "adjust", forecast, json!({"month": next, "quantity": 20, "reason": "New"}));
        assert_eq!(proposed(shop, "chair"), 20.0);
        // Half of sixteen is expected: of the twenty, twelve are left for others.
        let (one, _) = offer(shop, chair, 16, 50, 35);
        assert_eq!((figure(shop, chair, "expected"), figure(shop, chair, "left")), (8.0, 12.0));
        assert_eq!(proposed(shop, "chair"), 20.0);
        shop.run("Opportunity", "update", one, json!({"probability": 95}));
        assert_eq!((figure(shop, chair, "likely"), figure(shop, chair, "left")), (16.0, 4.0));
        assert_eq!(proposed(shop, "chair"), 20.0);
        offer(shop, chair, 10, 95, 35);
        assert_eq!((figure(shop, chair, "left"), proposed(shop, "chair")), (0.0, 26.0));
    });
}
