//! A receipt that comes a little late is taken where a new lot would come later still: that is not only a matter of the
//! item's own lead time, but of everything that the new lot is made of.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test stops at what should not happen")]

mod random;

use numbers::Rational;
use planning::explain::Binds;
use planning::message::Message;
use planning::model::{
    Component, DAY, Item, LotRule, Method, Model, Operation, Order, Output, Receipt, Seconds, Substitute,
};
use planning::net::{self, Links, Record};
use planning::plan::{Options, Plan, plan};
use planning::promise::{Request, Resident};
use planning::shop::Shop;
use proptest::prelude::*;
use random::Dice;

/// A table takes two legs, which take twenty days to come; `legs` are on hand. Of tables 10 are on order, for the sixth
/// day; making one takes a minute. Ten days after the start is the 14th.
fn tables(legs: u32, more: &str, orders: &[(u32, u32)]) -> Model {
    let orders: Vec<String> = orders
        .iter()
        .enumerate()
        .map(|(n, (day, qty))| {
            let due = day + 4;
            format!(r#"{{"id": "SO{n}", "item": "table", "qty": {qty}, "due": "2027-01-{due:02}", "priority": 3}}"#)
        })
        .collect();
    let text = format!(
        r#"{{"format": "planning-model/1", "start": "2027-01-04",
            "calendars": [{{"id": "always", "week": [[0,0,1440],[1,0,1440],[2,0,1440],[3,0,1440],[4,0,1440],[5,0,1440],[6,0,1440]]}}],
            "resources": [{{"id": "bench", "capacity": 1, "calendar": "always"}}],
            "items": [{{"id": "table", "kind": "make" {more}}},
                      {{"id": "leg", "kind": "buy", "lead_days": 20, "on_hand": {legs}}}],
            "boms": [{{"item": "table", "components": [{{"item": "leg", "qty": 2}}]}}],
            "routings": [{{"item": "table", "operations": [{{"seq": 10, "resource": "bench", "setup": 0, "run": 1}}]}}],
            "supplies": [{{"id": "WO1", "item": "table", "qty": 10, "date": "2027-01-10"}}],
            "orders": [{}]}}"#,
        orders.join(",")
    );
    planning::format::read(&text).expect("a model")
}

fn planned(model: &Model) -> Plan {
    plan(model, &Options::default()).expect("a plan")
}

fn lots(plan: &Plan, item: usize) -> Vec<Rational> {
    plan.records[item].lots.iter().map(|lot| lot.qty.clone()).collect()
}

fn day_of(done: &[Seconds]) -> Vec<i64> {
    done.iter().map(|at| (at + DAY - 1).div_euclid(DAY)).collect()
}

#[test]
fn a_day_late_is_not_twenty() {
    let model = tables(0, "", &[(5, 10)]);
    let made = planned(&model);
    assert_eq!(made.done, [6 * DAY], "as soon as what is on order");
    assert!(
        lots(&made, 0).is_empty() && lots(&made, 1).is_empty(),
        "nothing new is needed: {:?}",
        made.records
    );
    assert_eq!(made.messages, [Message::Expedite { receipt: 0, to: 5 * DAY, instead: None }]);
    assert_eq!(made.pegging.of_receipt(&model, 0).map(|share| share.order).collect::<Vec<_>>(), [0]);
    assert_eq!(
        made.late_because[0].iter().map(|reason| reason.binds).collect::<Vec<_>>(),
        [Binds::Receipt(0)]
    );
}

#[test]
fn only_what_the_receipt_does_not_bring_is_new() {
    // The second order is of the same day; three of it are not on order.
    let made = planned(&tables(0, "", &[(5, 8), (5, 5)]));
    assert_eq!(day_of(&made.done), [6, 21]);
    assert_eq!((lots(&made, 0), lots(&made, 1)), (vec![Rational::from(3)], vec![Rational::from(6)]));
    // What is wanted so late that a new lot will do leaves the receipt to whom it helps.
    let made = planned(&tables(0, "", &[(5, 10), (25, 4)]));
    assert_eq!(day_of(&made.done), [6, 25]);
    assert_eq!(lots(&made, 0), [Rational::from(4)]);
}

#[test]
fn what_there_is_of_components_makes_the_new_lot_sooner() {
    // Legs for all, for too few, and for the first of two orders.
    let made = planned(&tables(20, "", &[(5, 10)]));
    assert_eq!((day_of(&made.done), lots(&made, 0)), (vec![5], vec![Rational::from(10)]));
    let made = planned(&tables(19, "", &[(5, 10)]));
    assert_eq!((day_of(&made.done), lots(&made, 0)), (vec![6], vec![]));
    let made = planned(&tables(12, "", &[(4, 6), (5, 6)]));
    assert_eq!((day_of(&made.done), lots(&made, 0)), (vec![4, 6], vec![Rational::from(6)]));
    // Legs that are on order come in time, or as late as the tables do.
    for (day, done) in [(4, 5), (7, 6)] {
        let mut model = tables(0, "", &[(5, 10)]);
        let receipt = Receipt { id: "PO1".into(), item: 1, qty: Rational::from(20), at: day * DAY };
        model.receipts.push(receipt);
        assert_eq!(day_of(&planned(&model).done), [done], "legs on day {day}");
    }
}

#[test]
fn what_takes_long_counts_on_every_level() {
    // The legs are turned from wood, which takes two days to come; turning takes ten hours for one.
    let mut model = tables(0, "", &[(5, 10)]);
    let turn = Operation { resources: vec![0], run: Rational::from(36_000), ..Operation::default() };
    let wood = Item {
        id: "wood".into(),
        methods: vec![Method { lead_days: 2, ..Method::default() }],
        ..Item::default()
    };
    let component = Component { item: 2, per: Rational::ONE, ..Component::default() };
    model.items.push(wood);
    model.items[1].methods =
        vec![Method { operations: vec![turn], components: vec![component], ..Method::default() }];
    let made = planned(&model);
    assert_eq!((day_of(&made.done), lots(&made, 0)), (vec![6], vec![]), "20 legs take nine days");
    // Seven of them, and for the others there is time.
    model.items[1].on_hand = Rational::from(13);
    let made = planned(&model);
    assert_eq!((day_of(&made.done), lots(&made, 1)), (vec![5], vec![Rational::from(7)]));
    // A person plans what comes within a fence, and what is there in another's place does for it.
    model.items[1].fence = 6 * DAY;
    assert_eq!(day_of(&planned(&model).done), [6]);
    let other = Item { id: "old leg".into(), on_hand: Rational::from(14), ..Item::default() };
    model.items.push(other);
    let ratio = Rational::from(2);
    model.items[0].methods[0].components[0].substitutes = vec![Substitute { item: 3, ratio }];
    assert_eq!(day_of(&planned(&model).done), [5]);
    // What comes beside something else comes nobody knows when: it is not waited for.
    model.items[0].methods[0].components[0].substitutes.clear();
    let per = Rational::ONE;
    let cut = Method { outputs: vec![Output { item: 1, per }], ..Method::default() };
    model.items.push(Item { id: "door".into(), methods: vec![cut], ..Item::default() });
    assert_eq!(lots(&planned(&model), 0), [Rational::from(10)]);
}

/// What is late may be a component of what is wanted: the lot that takes it waits, and what that component is made of, which
/// takes long as well, is not got for it.
#[test]
fn a_late_component_is_waited_for_as_well() {
    let mut model = tables(0, "", &[(5, 10)]);
    model.receipts = vec![Receipt { id: "WO2".into(), item: 1, qty: Rational::from(20), at: 6 * DAY }];
    let wood = Method { lead_days: 20, ..Method::default() };
    model.items.push(Item { id: "wood".into(), methods: vec![wood], ..Item::default() });
    let component = Component { item: 2, per: Rational::ONE, ..Component::default() };
    model.items[1].methods = vec![Method { components: vec![component], ..Method::default() }];
    let made = planned(&model);
    assert_eq!(made.done, [6 * DAY + 600], "ten minutes after the legs");
    assert_eq!((lots(&made, 0), lots(&made, 1)), (vec![Rational::from(10)], vec![]));
    assert_eq!(
        made.late_because[0].iter().map(|reason| reason.binds).collect::<Vec<_>>(),
        [Binds::Receipt(0)]
    );
    // Ten minutes before the table is wanted.
    assert_eq!(made.messages, [Message::Expedite { receipt: 0, to: 5 * DAY - 600, instead: None }]);
}

#[test]
fn a_safety_stock_is_not_made_anew_before_what_is_on_order() {
    let mut model = tables(0, "", &[]);
    model.items[0].safety_stock = Rational::from(4);
    assert!(planned(&model).records.iter().all(|record| record.lots.is_empty()));
    // Nor does that of legs keep a table waiting that they could be made into.
    let mut model = tables(20, "", &[(5, 10)]);
    model.items[1].safety_stock = Rational::from(20);
    let made = planned(&model);
    assert_eq!((day_of(&made.done), lots(&made, 0)), (vec![5], vec![Rational::from(10)]));
}

#[test]
fn what_does_not_keep_waits_as_well() {
    let keeps = r#", "shelf_days": 10"#;
    let made = planned(&tables(0, keeps, &[(5, 10)]));
    assert_eq!((day_of(&made.done), lots(&made, 0)), (vec![6], vec![]));
    assert_eq!(made.messages, [Message::Expedite { receipt: 0, to: 5 * DAY, instead: None }]);
    let made = planned(&tables(20, keeps, &[(5, 10)]));
    assert_eq!((day_of(&made.done), lots(&made, 0)), (vec![5], vec![Rational::from(10)]));
    let made = planned(&tables(12, keeps, &[(4, 6), (5, 6)]));
    assert_eq!((day_of(&made.done), lots(&made, 0)), (vec![4, 6], vec![Rational::from(6)]));
}

/// What the desk says beforehand is what the plan says of the order.
#[test]
fn a_promise_takes_it_too() {
    let asked = |model: &Model, qty: i64| {
        let plan = planned(model);
        let mut resident = Resident::new(model.clone(), &plan).expect("a resident");
        let promise = resident.promise(&Request { item: 0, qty: Rational::from(qty), due: 5 * DAY });
        promise.at.expect("it can be got")
    };
    assert_eq!(day_of(&[asked(&tables(0, "", &[]), 10), asked(&tables(0, "", &[]), 11)]), [6, 21]);
    // Three of them are Ana's.
    let model = tables(0, "", &[(5, 3)]);
    assert_eq!(day_of(&[asked(&model, 7), asked(&model, 8)]), [6, 21]);
    assert_eq!(day_of(&planned(&tables(0, "", &[(5, 3), (5, 7)])).done), [6, 6]);
}

/// Small models in which what is sold and made in between is on order; every need is a lot, and nothing takes another's
/// place, so that what must be new can be told one need after another.
fn model(dice: &mut Dice) -> Model {
    let mut model = random::without_families(dice);
    for item in &mut model.items {
        item.lot = LotRule::default();
        item.safety_stock = Rational::ZERO;
        for method in &mut item.methods {
            method.outputs.clear();
            method.components.iter_mut().for_each(|component| component.substitutes.clear());
        }
    }
    model.receipts = (0..8)
        .map(|n| Receipt {
            id: format!("WO{n}"),
            item: dice.below(if n < 6 { 8 } else { 12 }),
            qty: Rational::from(dice.between(1, 40)),
            at: dice.between(1, 25) * DAY,
        })
        .collect();
    model.orders.iter_mut().for_each(|order| order.due = dice.between(1, 20) * DAY);
    model
}

/// Whether so much could be there before an instant: nothing of a plan without limits for it alone starts in the past.
fn could_be(model: &Model, item: usize, (qty, planned): (&Rational, &Rational), before: Seconds) -> bool {
    let order = |item: usize, qty: &Rational, due| Order {
        id: String::new(),
        item,
        qty: qty.clone(),
        due,
        priority: 1,
    };
    let mut alone = model.clone();
    alone.orders = vec![order(item, qty, before - 1)];
    alone.receipts.retain(|receipt| receipt.item != item);
    alone.items[item].on_hand = Rational::ZERO;
    let unlimited =
        |model: &Model| plan(model, &Options { finite: false, ..Options::default() }).expect("a plan");
    let lot = unlimited(&alone).records[item].lots[0].clone();
    // What is planned already takes its components first.
    for component in &model.items[item].methods[lot.method as usize].components {
        alone.orders.push(order(component.item, &(&component.per * planned), lot.start));
    }
    let plan = unlimited(&alone);
    let in_time = |(one, record): (&Item, &Record)| {
        record.lots.iter().all(|lot| lot.start >= 0 && lot.end >= one.fence)
    };
    alone.items.iter().zip(&plan.records).all(in_time)
}

/// What must be new of an item, need by need, as slowly as it can be told.
fn new(model: &Model, item: usize, needs: Vec<(Seconds, Rational)>) -> Vec<(Seconds, Rational)> {
    let mut there = model.items[item].on_hand.clone();
    let mut receipts: Vec<&Receipt> = model.receipts.iter().filter(|receipt| receipt.item == item).collect();
    receipts.sort_by_key(|receipt| receipt.at);
    let mut lots: Vec<(Seconds, Rational)> = Vec::new();
    for (at, qty) in needs {
        there -= &qty;
        while let Some(next) = receipts.first().copied() {
            let planned: Rational = lots.iter().map(|(_, qty)| qty.clone()).sum();
            let waits = || there.is_negative() && !could_be(model, item, (&-&there, &planned), next.at);
            if next.at > at && !waits() {
                break;
            }
            there += &next.qty;
            receipts.remove(0);
        }
        if there.is_negative() {
            lots.push((at, -&there));
            there = Rational::ZERO;
        }
    }
    lots
}

fn netted(model: &Model) -> Vec<Record> {
    let shop = Shop::new(model).expect("a shop");
    net::all(&shop, &Links::new(&shop), true)
}

proptest! {
    // More with CELOTA_SEEDS=…
    #![proptest_config(ProptestConfig::with_cases(std::env::var("CELOTA_SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(60)))]

    #[test]
    fn nothing_is_new_that_comes_sooner_as_it_is(seed in any::<u64>()) {
        let model = model(&mut Dice(seed));
        let records = netted(&model);
        let shop = Shop::new(&model).expect("a shop");
        let links = Links::new(&shop);
        for (item, record) in records.iter().enumerate() {
            let mut needs: Vec<(Seconds, Rational)> = Vec::new();
            for need in links.gross(&shop, u32::try_from(item).expect("few"), &records) {
                match needs.last_mut() {
                    Some((at, qty)) if *at == need.at => *qty += &need.qty,
                    _ => needs.push((need.at, need.qty)),
                }
            }
            let lots: Vec<(Seconds, Rational)> = record.lots.iter().map(|lot| (lot.end, lot.qty.clone())).collect();
            prop_assert_eq!(lots, new(&model, item, needs), "{}", model.items[item].id);
        }
    }

    /// What there is of a component decides whether what it goes into is waited for: net change sees that.
    #[test]
    fn net_change_is_a_full_run(seed in any::<u64>()) {
        let mut dice = Dice(seed);
        let mut model = model(&mut dice);
        let mut records = netted(&model);
        for _ in 0..8 {
            let changed = if dice.below(2) == 0 {
                let item = 4 + dice.below(8);
                model.items[item].on_hand = Rational::from([0, 500, dice.between(1, 90)][dice.below(3)]);
                item
            } else {
                let receipt = dice.below(model.receipts.len());
                model.receipts[receipt].at = dice.between(1, 25) * DAY;
                model.receipts[receipt].item
            };
            let shop = Shop::new(&model).expect("a shop");
            net::change(&shop, &Links::new(&shop), &mut records, &[changed], true);
            prop_assert_eq!(&records, &netted(&model));
        }
    }
}
