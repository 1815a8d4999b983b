//! Set-ups that depend on what ran before, on a paint booth that a reader can follow, and on factories of some size.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test stops at what should not happen")]

mod random;

use numbers::Rational;
use planning::master::load_profile;
use planning::model::{DAY, Model, Seconds, Taken};
use planning::plan::{Options, Plan, plan};
use planning::promise::{Request, Resident};
use planning::scenario::{Change, apply, compare, stock_days};
use planning::shop::Shop;
use random::Dice;
use random::factory::{TIGHT, factory};

const MINUTE: Seconds = 60;
const HOUR: Seconds = 3600;

/// One booth, 06:00 to 14:00. Ten kinds of panels take an hour to paint, after an hour of cleaning and filling. From white
/// to red and from red to black it takes half of that, from black to white two hours. All are due on Wednesday: 20 hours
/// with all set-ups in full, on two days of 8.
fn booth() -> Model {
    let colours = ["white", "black", "red", "white", "black", "white", "red", "black", "white", "white"];
    let each = |line: &dyn Fn(usize, &str) -> String| -> String {
        let lines: Vec<String> = colours.iter().enumerate().map(|(n, colour)| line(n, colour)).collect();
        lines.join(",")
    };
    let text = format!(
        r#"{{"format": "planning-model/1", "start": "2027-01-04",
            "calendars": [{{"id": "shift", "week": [[0,360,840],[1,360,840],[2,360,840],[3,360,840],[4,360,840]]}}],
            "resources": [{{"id": "booth", "capacity": 1, "calendar": "shift", "changeovers": [
                {{"from": "white", "to": "red", "minutes": 30}}, {{"from": "red", "to": "black", "minutes": 30}},
                {{"from": "black", "to": "white", "minutes": 120}}]}}],
            "items": [{}], "routings": [{}], "orders": [{}]}}"#,
        each(&|n, colour| format!(r#"{{"id": "{colour} panel {n}", "kind": "make"}}"#)),
        each(&|n, colour| format!(
            r#"{{"item": "{colour} panel {n}", "operations": [
                {{"seq": 10, "resource": "booth", "setup": 60, "run": 6, "family": "{colour}"}}]}}"#
        )),
        each(&|n, colour| format!(
            r#"{{"id": "SO{n}", "item": "{colour} panel {n}", "qty": 10, "due": "2027-01-06", "priority": 3}}"#
        ))
    );
    planning::format::read(&text).expect("a model")
}

fn planned(model: &Model) -> Plan {
    plan(model, &Options::default()).expect("a plan")
}

fn plainly(model: &Model) -> Model {
    let mut model = model.clone();
    for operation in model.items.iter_mut().flat_map(|i| &mut i.methods).flat_map(|m| &mut m.operations) {
        operation.family = None;
    }
    model
}

fn late(model: &Model, plan: &Plan) -> usize {
    model.orders.iter().zip(&plan.done).filter(|(order, done)| **done > order.due).count()
}

/// What the booth does, in its order: the colour's first letter, and minutes of set-up.
fn on_booth(model: &Model, plan: &Plan) -> Vec<(char, Seconds)> {
    let mut steps: Vec<(Seconds, char, Seconds)> = Vec::new();
    for (item, record) in model.items.iter().zip(&plan.records) {
        let colour = item.id.chars().next().expect("a name");
        steps.extend(record.lots.iter().flat_map(|l| &l.steps).map(|s| (s.start, colour, s.setup / MINUTE)));
    }
    steps.sort_unstable();
    steps.into_iter().map(|(_, colour, setup)| (colour, setup)).collect()
}

fn setups(plan: &Plan) -> Seconds {
    plan.records.iter().flat_map(|r| &r.lots).flat_map(|lot| &lot.steps).map(|step| step.setup).sum()
}

#[test]
fn a_paint_booth_changes_its_colour_twice() {
    let model = booth();
    let without = planned(&plainly(&model));
    assert_eq!((late(&model, &without), setups(&without)), (2, 10 * HOUR));
    let with = planned(&model);
    let sequence = on_booth(&model, &with);
    let colours: String = sequence.iter().map(|(colour, _)| *colour).collect();
    assert_eq!(colours, "wwwwwrrbbb");
    let minutes: Vec<Seconds> = sequence.iter().map(|(_, minutes)| *minutes).collect();
    assert_eq!(minutes, [60, 0, 0, 0, 0, 30, 0, 30, 0, 0]);
    assert_eq!(late(&model, &with), 0);
    // Two hours of set-up and ten of work, against 16 that are open.
    let shop = Shop::new(&model).expect("a shop");
    let load = load_profile(&shop, &with, &[0, 2 * DAY]);
    assert_eq!((load[0][0].planned, load[0][0].open), (12 * HOUR, 16 * HOUR));
    let difference = compare(&plainly(&model), &without, &model, &with, |_| 1.0);
    assert_eq!((difference.load[0].before, difference.load[0].after), (20 * HOUR, 12 * HOUR));
    let text = planning::format::write(&model, &with).expect("a text");
    assert!(text.contains(r#""setup_minutes":30.0"#) && text.contains(r#""setup_minutes":0.0"#));
}

/// What is taken leaves the booth black: then it begins with black, and what is made after it still has its set-up.
#[test]
fn what_is_taken_leaves_a_colour() {
    let mut model = booth();
    let (from, to) = (6 * HOUR, 7 * HOUR);
    let black = 0;
    model.taken.push(Taken { resource: 0, from, to, family: Some(black) });
    let with = planned(&model);
    assert_eq!(on_booth(&model, &with)[0], ('b', 0));
    assert_eq!(late(&model, &with), 0);
}

/// What is asked for fits where what follows keeps enough set-up; while the booth is down there is less time.
#[test]
fn promises_and_scenarios_reckon_with_colours() {
    let model = booth();
    let with = planned(&model);
    let mut resident = Resident::new(model.clone(), &with).expect("a resident");
    let mut ask = |item| resident.promise(&Request { item, qty: Rational::from(10), due: 0 });
    // On Monday it is free until 10:00, when it begins with white. White fits in before that. Black does not: from black
    // to white takes longer than what white has. After the last black panel it goes on at once.
    let (white, black) = (ask(0), ask(1));
    assert_eq!((white.at, white.lots[0].placed[0].setup), (Some(8 * HOUR), HOUR));
    assert_eq!((black.at, black.lots[0].placed[0].setup), (Some(2 * DAY + 7 * HOUR), 0));
    let down = Change::ResourceDown { resource: 0, from: 6 * HOUR, to: 11 * HOUR };
    let changed = apply(&model, &[down]).expect("a model");
    let then = planned(&changed);
    assert_eq!((late(&changed, &then) > 0, setups(&then)), (true, 2 * HOUR));
    assert!(
        changed
            .orders
            .iter()
            .zip(&then.done)
            .zip(&then.late_because)
            .all(|((o, d), b)| (*d > o.due) != b.is_empty())
    );
}

#[test]
fn what_cannot_be_says_why() {
    let text = |changeover: &str| {
        format!(
            r#"{{"format": "planning-model/1", "start": "2027-01-04", "calendars": [{{"id": "shift", "week": [[0,360,840]]}}],
                "resources": [{{"id": "booth", "capacity": 1, "calendar": "shift", "changeovers": [{changeover}]}}],
                "items": [{{"id": "panel", "kind": "make"}}],
                "routings": [{{"item": "panel", "operations": [
                    {{"seq": 10, "resource": "booth", "setup": 60, "run": 6, "family": "white"}}]}}]}}"#
        )
    };
    let fault = planning::format::read(&text(r#"{"from": "white", "to": "green", "minutes": 5}"#));
    assert_eq!(fault.expect_err("no green").to_string(), "booth names green, which is not in the model");
    let model =
        planning::format::read(&text(r#"{"from": "white", "to": "white", "minutes": -5}"#)).expect("a model");
    let fault = plan(&model, &Options::default()).expect_err("less than no time");
    assert_eq!(fault.to_string(), "booth: a changeover of less than no time");
}

/// Five families: a third of the hours of set-up is saved, what is late is not later, and the shelves stay nearly as they
/// are.
#[test]
fn factories_set_up_less() {
    for (seed, orders) in [(1, 60), (2, 120), (3, 250)] {
        let mut model = factory(&mut Dice(seed), orders, TIGHT);
        let without = planned(&model);
        for (n, item) in model.items.iter_mut().enumerate() {
            item.methods[0].operations.iter_mut().for_each(|o| o.family = Some(n as u32 % 5));
        }
        let with = planned(&model);
        let lying = |plan: &Plan| stock_days(&model, plan, 500 * DAY);
        // Where much is late everything is as early as it can be.
        let shelves = if late(&model, &with) * 10 < orders { 1.3 } else { 2.5 };
        assert!(
            lying(&with) <= shelves * lying(&without),
            "seed {seed}: {} {}",
            lying(&with),
            lying(&without)
        );
        let lateness = |plan: &Plan| -> i64 {
            let late = model.orders.iter().zip(&plan.done).filter(|(order, done)| **done > order.due);
            late.map(|(order, done)| (6 - i64::from(order.priority)) * (7 * DAY + done - order.due)).sum()
        };
        assert!(lateness(&with) <= lateness(&without), "seed {seed}");
        let (less, full) = (setups(&with), setups(&without));
        assert!(less * 3 <= full * 2, "seed {seed}: {less} of {full}");
    }
}
