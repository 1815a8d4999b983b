//! Published examples, to the unit. Those that lie outside the repository are skipped where they are absent.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test stops at what should not happen")]

mod shared;

use numbers::{Date, Rational};
use planning::lots::{self, Rule};
use planning::model::{Component, DAY, Item, LotRule, Method, Model, Order, Receipt};
use planning::plan::{Options, plan};
use serde_json::Value as Json;
use std::collections::BTreeMap;

fn number(value: &Json) -> f64 {
    value.as_f64().expect("a number")
}

fn whole(value: &Json) -> Rational {
    Rational::from(value.as_i64().expect("a whole number"))
}

/// What is received in each period when a rule's lots cover the demand.
fn received(rule: Rule, demand: &[f64], setup: f64, holding: f64) -> Vec<f64> {
    let mut plan = vec![0.0; demand.len()];
    for (start, periods) in lots::cover(rule, demand, setup, holding) {
        plan[start] = demand[start..start + periods].iter().sum();
    }
    plan
}

#[test]
fn lot_sizes_as_published() {
    let Some(cases) = shared::json("data/planning/lot_sizing.json") else { return };
    for case in cases.as_array().expect("a list") {
        let demand: Vec<f64> = case["demand"].as_array().expect("a list").iter().map(number).collect();
        let (setup, holding, expected) =
            (number(&case["setup"]), number(&case["holding"]), &case["expected"]);
        let cost_of = |rule| lots::cost(&received(rule, &demand, setup, holding), &demand, setup, holding);
        assert_eq!(cost_of(Rule::WagnerWhitin), number(&expected["optimal_cost"]), "{}", case["name"]);
        for (rule, name) in [(Rule::SilverMeal, "silver_meal"), (Rule::LeastUnitCost, "least_unit_cost")] {
            let plan: Vec<f64> =
                expected[name]["plan"].as_array().expect("a list").iter().map(number).collect();
            assert_eq!(received(rule, &demand, setup, holding), plan, "{} {name}", case["name"]);
            assert_eq!(cost_of(rule), number(&expected[name]["cost"]), "{} {name}", case["name"]);
        }
        assert_eq!(lots::cost(&demand, &demand, setup, holding), number(&expected["lot_for_lot"]["cost"]));
    }
}

/// Weeks count from 1, and what is wanted in a week is wanted at its start.
const WEEK: i64 = 7 * DAY;

fn model_of(case: &Json) -> (Model, Vec<String>) {
    let names: Vec<String> = case["items"].as_object().expect("items").keys().cloned().collect();
    let place = |name: &str| names.iter().position(|n| n == name).expect("an item");
    let components = |name: &str| {
        let lines = case["bom"][name].as_array().cloned().unwrap_or_default();
        lines
            .iter()
            .map(|line| Component {
                item: place(line[0].as_str().expect("a name")),
                per: whole(&line[1]),
                ..Component::default()
            })
            .collect()
    };
    let items = names.iter().map(|name| {
        let one = &case["items"][name];
        Item {
            id: name.clone(),
            on_hand: one.get("on_hand").map_or(Rational::ZERO, whole),
            lot: LotRule { multiple: one.get("lot").map_or(Rational::ZERO, whole), ..LotRule::default() },
            methods: vec![Method {
                components: components(name),
                lead_days: 7 * u32::try_from(one["lead_time"].as_u64().expect("weeks")).expect("few"),
                ..Method::default()
            }],
            ..Item::default()
        }
    });
    let mut receipts = Vec::new();
    for name in &names {
        for (week, qty) in case["items"][name]["scheduled_receipts"].as_object().into_iter().flatten() {
            let at = (week.parse::<i64>().expect("a week") - 1) * WEEK;
            receipts.push(Receipt { id: format!("{name}{week}"), item: place(name), qty: whole(qty), at });
        }
    }
    let mut orders = Vec::new();
    for (name, weeks) in case["demand"].as_object().expect("demand") {
        for (week, qty) in weeks.as_object().expect("weeks") {
            let due = (week.parse::<i64>().expect("a week") - 1) * WEEK;
            orders.push(Order {
                id: format!("{name}{week}"),
                item: place(name),
                qty: whole(qty),
                due,
                priority: 1,
            });
        }
    }
    let model = Model {
        start: Date::new(2027, 1, 4).expect("a date"),
        calendars: Vec::new(),
        resources: Vec::new(),
        items: items.collect(),
        receipts,
        taken: Vec::new(),
        orders,
    };
    (model, names)
}

/// What an exercise writes for an item: quantity by week.
fn by_week(at: impl Iterator<Item = (i64, Rational)>) -> BTreeMap<String, Rational> {
    let mut weeks: BTreeMap<String, Rational> = BTreeMap::new();
    for (at, qty) in at {
        *weeks.entry((at.div_euclid(WEEK) + 1).to_string()).or_default() += &qty;
    }
    weeks
}

#[test]
fn records_as_published() {
    let Some(cases) = shared::json("data/planning/mrp_worked.json") else { return };
    for case in cases.as_array().expect("a list") {
        let (model, names) = model_of(case);
        let made = plan(&model, &Options { finite: false, ..Options::default() }).expect("a plan");
        // Nothing holds a machine here: with capacity, too, each order comes when its lead times allow.
        let finite = plan(&model, &Options::default()).expect("a plan");
        assert!(
            finite
                .done
                .iter()
                .zip(&finite.late_because)
                .zip(&model.orders)
                .all(|((d, b), o)| (*d > o.due) != b.is_empty())
        );
        let shop = planning::shop::Shop::new(&model).expect("a shop");
        let links = planning::net::Links::new(&shop);
        for (n, name) in names.iter().enumerate() {
            let expected = &case["expected"][name];
            let record = &made.records[n];
            let table = |key: &str| -> BTreeMap<String, Rational> {
                expected[key]
                    .as_object()
                    .expect(key)
                    .iter()
                    .map(|(week, qty)| (week.clone(), whole(qty)))
                    .collect()
            };
            let item = u32::try_from(n).expect("few");
            let gross = links.gross(&shop, item, &made.records);
            assert_eq!(
                by_week(gross.iter().map(|r| (r.at, r.qty.clone()))),
                table("gross_requirements"),
                "{name}"
            );
            let lots = &record.lots;
            assert_eq!(
                by_week(lots.iter().map(|l| (l.end, l.qty.clone()))),
                table("planned_order_receipts"),
                "{name}"
            );
            assert_eq!(
                by_week(lots.iter().map(|l| (l.start, l.qty.clone()))),
                table("planned_order_releases"),
                "{name}"
            );
            let wanted: Rational = gross.into_iter().map(|r| r.qty).sum();
            let there: Rational = lots.iter().map(|l| l.qty.clone()).sum();
            let coming: Rational = model.receipts.iter().filter(|r| r.item == n).map(|r| r.qty.clone()).sum();
            let left = &(&(&model.items[n].on_hand + &there) + &coming) - &wanted;
            assert_eq!(left, whole(&expected["projected_on_hand_end"]), "{name}");
        }
    }
}
