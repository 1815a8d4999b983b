//! Rough-cut capacity: whether what is ordered and expected fits at all, before anything is planned.

use checks::{Shop, Workshop, on_both, rows, text};
use serde_json::{Value as Json, json};

fn by_month(shop: &Shop, work_center: i64) -> Vec<Json> {
    let cut = shop.ask("Product", "rough_cut", None, json!({"bucket_months": 1, "count": 12}));
    let row = rows(&cut).into_iter().find(|r| r["work_center_id"] == json!(work_center));
    row.and_then(|r| r["buckets"].as_array().cloned()).unwrap_or_else(|| panic!("{cut:#}"))
}

fn sum(buckets: &[Json], what: &str) -> f64 {
    let all: f64 = buckets.iter().filter_map(|b| b[what].as_f64()).sum();
    (all * 100.0).round() / 100.0
}

fn inside(shop: &Shop, work_center: i64, bucket: &Json) -> Vec<Json> {
    let bar = json!({"work_center_id": work_center, "from": bucket["from"], "days": bucket["days"]});
    rows(&shop.ask("Product", "rough_cut_items", None, bar))
}

#[test]
fn orders_need_their_hours_whatever_lies_there_of_their_parts() {
    on_both(|shop| {
        let w = Workshop::that_trims(shop);
        let ana = shop.sell("Ana d.o.o.", w.table, 4, 30);
        let of = |center: i64| by_month(shop, center);
        // Four tables: an hour each on the bench; at the saw four tops (half an hour and a quarter each), and an hour of trimming.
        let tables = [4.0, 2.5];
        assert_eq!([sum(&of(w.bench), "orders"), sum(&of(w.saw), "orders")], tables);
        assert_eq!(sum(&of(w.saw), "forecast") + sum(&of(w.saw), "past_due"), 0.0);
        // Whatever lies there or is begun of the tops: the rough cut does not net parts.
        shop.stock(w.top, 10, "1.00");
        let tops = json!({"product_id": w.table, "quantity": 4, "make": true, "due_on": shop.day(29)});
        let made = shop.call("Product", "accept", json!({"lines": [tops]}));
        assert_eq!(
            [sum(&of(w.bench), "orders"), sum(&of(w.saw), "orders")],
            tables,
            "not twice either: {made}"
        );
        // A bar opens to the end item and whom it is for.
        let bars = of(w.saw);
        let mut full = bars.iter().filter(|b| b["orders"].as_f64() > Some(0.0));
        let found = inside(shop, w.saw, full.next().unwrap_or(&Json::Null));
        assert_eq!((text(&found[0], "/code"), found.len()), ("table", 1));
        assert_eq!(
            (text(&found[0], "/rows/0/party"), &found[0]["rows"][0]["id"]),
            ("Ana d.o.o.", &json!(ana))
        );
        let hours: f64 =
            bars.iter().flat_map(|b| inside(shop, w.saw, b)).filter_map(|i| i["hours"].as_f64()).sum();
        assert!((hours - 2.5).abs() < 0.02, "{hours}");
        // What lies there of the tables themselves need not be made.
        shop.stock(w.table, 3, "1.00");
        assert_eq!(sum(&of(w.bench), "orders"), 1.0);
        // Who wants five today takes those three; the other two should have been made already, and stand in the first bar.
        shop.sell("Bor d.o.o.", w.table, 5, 0);
        let bars = of(w.bench);
        assert_eq!((sum(&bars[..1], "past_due"), sum(&bars[1..], "past_due")), (2.0, 0.0), "{bars:#?}");
        shop.holds();
    });
}

#[test]
fn a_forecast_that_does_not_fit_is_seen_before_it_is_planned() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        shop.forecast_from_sales(w.table, 10);
        let bars = by_month(shop, w.bench);
        let said =
            |bars: &[Json]| bars.iter().map(|b| b["forecast"].as_f64().unwrap_or(0.0)).collect::<Vec<_>>();
        // Ten tables a month, of which some weeks begin a little earlier, and those of the first day are late already.
        let months = said(&bars);
        assert!(months[1..11].iter().all(|hours| (hours - 10.0).abs() <= 3.0), "{months:?}");
        assert!((months.iter().sum::<f64>() + sum(&bars, "past_due") - 120.0).abs() < 0.1, "{months:?}");
        assert_eq!(
            months.iter().zip(&bars).filter(|(h, b)| **h > b["capacity"].as_f64().unwrap_or(0.0)).count(),
            0
        );
        // A fair in the fifth month: four hundred tables do not fit one shift; a finite plan would only be late.
        let fifth = shop.today().plus_months(4).map(|d| d.to_string()).unwrap_or_default();
        let forecast = shop.ids("SELECT id FROM forecast")[0];
        shop.run("Forecast", "adjust", forecast, json!({"month": fifth, "quantity": 400, "reason": "Fair"}));
        let bars = by_month(shop, w.bench);
        let over: Vec<usize> = bars
            .iter()
            .enumerate()
            .filter(|(_, b)| b["forecast"].as_f64() > b["capacity"].as_f64())
            .map(|(n, _)| n)
            .collect();
        assert_eq!(over, [4], "{bars:#?}");
        let load = shop.ask("Product", "load", None, json!({"bucket_days": 7, "count": 60}));
        let most = |r: &Json| r["planned"].as_f64() <= r["capacity"].as_f64();
        assert!(
            rows(&load).iter().flat_map(|r| rows_of(r)).all(|b| most(&b)),
            "the detailed load never says so"
        );
        let found = inside(shop, w.bench, &bars[4]);
        assert_eq!((text(&found[0], "/code"), &found[0]["rows"][0]["forecast"]), ("table", &json!(true)));
        assert!(found[0]["hours"].as_f64() > Some(300.0), "{found:#?}");
        // By quarters it may fit: what is early helps.
        let quarters = shop.ask("Product", "rough_cut", None, json!({"bucket_months": 3, "count": 4}));
        let quarter =
            rows(&quarters).into_iter().find(|r| r["work_center_id"] == json!(w.bench)).unwrap_or_default();
        let fits = |b: &Json| b["forecast"].as_f64() < b["capacity"].as_f64();
        assert!(rows_of(&quarter).iter().all(fits), "{quarter:#}");
        shop.holds();
    });
}

fn rows_of(center: &Json) -> Vec<Json> {
    center["buckets"].as_array().cloned().unwrap_or_default()
}
