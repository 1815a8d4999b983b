//! What does not keep for ever, on a dairy that a reader can follow.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test stops at what should not happen")]

use numbers::Rational;
use planning::message::Message;
use planning::model::{DAY, LotPolicy, Model, Seconds, Taken};
use planning::net::Supply;
use planning::plan::{Options, Plan, plan};
use planning::promise::{Request, Resident};
use planning::scenario::{Change, apply};

/// Yoghurt keeps for ten days. Of 30 pots on hand 10 are usable until the 6th, 20 until the 12th of January. It is filled
/// in lots of at least 50, a minute each, from milk that is bought a day before and keeps for five days.
fn dairy(orders: &[(u32, u32)]) -> Model {
    let orders: Vec<String> = orders
        .iter()
        .enumerate()
        .map(|(n, (day, qty))| {
            format!(
                r#"{{"id": "SO{n}", "item": "yoghurt", "qty": {qty}, "due": "2027-01-{day:02}", "priority": 3}}"#
            )
        })
        .collect();
    let text = format!(
        r#"{{"format": "planning-model/1", "start": "2027-01-04",
            "calendars": [{{"id": "always", "week": [[0,0,1440],[1,0,1440],[2,0,1440],[3,0,1440],[4,0,1440],[5,0,1440],[6,0,1440]]}}],
            "resources": [{{"id": "filler", "capacity": 1, "calendar": "always"}}],
            "items": [{{"id": "yoghurt", "kind": "make", "min": 50, "on_hand": 30, "shelf_days": 10,
                        "expiring": [{{"qty": 20, "date": "2027-01-12"}}, {{"qty": 10, "date": "2027-01-06"}}]}},
                      {{"id": "milk", "kind": "buy", "lead_days": 1, "shelf_days": 5}}],
            "boms": [{{"item": "yoghurt", "components": [{{"item": "milk", "qty": "1/4"}}]}}],
            "routings": [{{"item": "yoghurt", "operations": [{{"seq": 10, "resource": "filler", "setup": 0, "run": 1}}]}}],
            "orders": [{}]}}"#,
        orders.join(",")
    );
    planning::format::read(&text).expect("a model")
}

fn planned(model: &Model) -> Plan {
    plan(model, &Options::default()).expect("a plan")
}

fn lots(plan: &Plan) -> Vec<(i64, Rational)> {
    plan.records[0].lots.iter().map(|lot| (lot.end / DAY, lot.qty.clone())).collect()
}

fn expires(plan: &Plan) -> Vec<(Supply, Rational, Seconds)> {
    let said = plan.messages.iter().filter_map(|message| match message {
        Message::Expires { supply, qty, at, meant_for: None, .. } => Some((*supply, qty.clone(), at / DAY)),
        _ => None,
    });
    said.collect()
}

#[test]
fn what_expires_first_goes_first() {
    // On the 5th the ten that expire first and two more; on the 7th eight of what is left, on the 14th there is none.
    let model = dairy(&[(5, 12), (7, 8), (14, 60), (30, 10)]);
    let made = planned(&model);
    // What is left of the 60 does not keep until the 30th: that is made anew, and both have too much.
    assert_eq!(lots(&made), [(10, Rational::from(60)), (26, Rational::from(50))]);
    assert_eq!(
        expires(&made),
        [(Supply::OnHand, Rational::from(10), 8), (Supply::Lot(1), Rational::from(40), 36)]
    );
    assert!(model.orders.iter().zip(&made.done).all(|(order, done)| *done == order.due));
    let text = planning::format::write(&model, &made).expect("a text");
    assert!(
        text.contains(
            r#""kind":"expires","supply":"on hand","item":"yoghurt","to":"2027-01-12T00:00:00","by":"10""#
        ),
        "{text}"
    );
}

/// A fortnight's needs together are one lot, unless it does not keep for so long.
#[test]
fn no_lot_is_made_for_what_lies_beyond_its_shelf_life() {
    let mut model = dairy(&[(20, 50), (25, 50), (30, 50)]);
    model.items[0].lot.policy = LotPolicy::PeriodOrderQuantity { days: 14 };
    assert_eq!(lots(&planned(&model)), [(16, Rational::from(100)), (26, Rational::from(50))]);
    model.items[0].shelf_days = None;
    assert_eq!(lots(&planned(&model)), [(16, Rational::from(150))]);
}

/// What is asked for on a day is not promised from what has expired by then; what is lost is what keeps longest.
#[test]
fn promises_keep_fresh() {
    let mut model = dairy(&[]);
    let free = |model: &Model, day: i64, qty: i64| {
        let mut resident = Resident::new(model.clone(), &planned(model)).expect("a resident");
        let promise = resident.promise(&Request { item: 0, qty: Rational::from(qty), due: day * DAY });
        (promise.at.expect("it can be made") / DAY, promise.lots.len())
    };
    assert_eq!(free(&model, 1, 30), (1, 0));
    assert_eq!(free(&model, 3, 20), (3, 0));
    // Ten of thirty have expired: at least fifty are made, of milk that is bought.
    assert_eq!(free(&model, 3, 30), (3, 2));
    // Milk that is there keeps for a day, and on the next it is too late for it: the filler is taken until then.
    let mut busy = model.clone();
    busy.items[1].on_hand = Rational::from(100);
    busy.items[1].expiring.push((Rational::from(100), DAY));
    assert_eq!(free(&busy, 3, 80), (3, 1));
    busy.taken.push(Taken { resource: 0, from: 0, to: 2 * DAY, family: None });
    assert_eq!(free(&busy, 3, 80), (3, 2));
    model = apply(&model, &[Change::StockLost { item: 0, qty: Rational::from(25) }]).expect("a model");
    assert_eq!(model.items[0].expiring, [(Rational::from(5), 2 * DAY)]);
    assert_eq!(free(&model, 1, 5), (1, 0));
}

#[test]
fn what_cannot_be_says_why() {
    let mut model = dairy(&[(20, 50)]);
    model.items[0].expiring.push((Rational::ONE, DAY));
    let fault = plan(&model, &Options::default()).expect_err("more expires than there is");
    assert_eq!(fault.to_string(), "yoghurt: more expires than is on hand");
    model.items[0].expiring.clear();
    model.items[0].shelf_days = Some(0);
    assert!(plan(&model, &Options::default()).is_err());
}
