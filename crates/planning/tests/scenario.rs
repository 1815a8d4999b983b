//! What if, and what hurts: a small shop by hand, and random models against what must be true.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at what should not happen"
)]

mod random;

use numbers::Rational;
use planning::explain::{Binds, Reason};
use planning::model::{DAY, Model, Order, Seconds, Taken};
use planning::net::{LotRef, Supply};
use planning::plan::{Options, Plan, plan};
use planning::promise::{Request, Resident};
use planning::scenario::impact::{exposed, hurts};
use planning::scenario::{Both, Change, apply, compare, stock_days};
use proptest::prelude::*;
use random::{Dice, model};

const HOUR: Seconds = 3600;

/// A pump of one casting, ten hours of work for ten; castings come on the fourth day. Valves are on the shelf.
fn shop() -> Model {
    let text = r#"{"format": "planning-model/1", "start": "2027-01-04",
        "calendars": [{"id": "always", "week": [[0,0,1440],[1,0,1440],[2,0,1440],[3,0,1440],[4,0,1440],[5,0,1440],[6,0,1440]], "closed": []}],
        "resources": [{"id": "press", "capacity": 1, "calendar": "always"}],
        "items": [{"id": "pump", "kind": "make", "cost": 100}, {"id": "casting", "kind": "buy", "lead_days": 30, "cost": 20},
                  {"id": "valve", "kind": "buy", "lead_days": 12, "on_hand": 8, "cost": 5}],
        "boms": [{"item": "pump", "components": [{"item": "casting", "qty": 1}]}],
        "routings": [{"item": "pump", "operations": [{"seq": 10, "resource": "press", "setup": 0, "run": 60}]}],
        "supplies": [{"id": "PO1", "item": "casting", "qty": 10, "date": "2027-01-07"}],
        "orders": [{"id": "SO1", "item": "pump", "qty": 10, "due": "2027-01-10", "priority": 1},
                   {"id": "SO2", "item": "valve", "qty": 5, "due": "2027-01-08", "priority": 1}]}"#;
    planning::format::read(text).expect("a model")
}

fn options() -> Options {
    Options { passes: 8, ..Options::default() }
}

fn planned(model: &Model) -> Plan {
    plan(model, &options()).expect("a plan")
}

/// Pumps are worth 900, valves 50.
fn value(order: &Order) -> f64 {
    if order.item == 0 { 900.0 } else { 50.0 }
}

/// Of the first day only what is left of it: what would have been behind the last shift, after the hour that it is now.
#[test]
fn overtime_today_opens_no_hour_that_is_over() {
    let mut model = shop();
    for day in 0..7 {
        model.calendars[0].week[day] = if day < 5 { vec![(360, 840)] } else { Vec::new() };
    }
    let today = model.start;
    // What the hours over have left of today stands as an exception; a holiday has nothing from the start.
    let open = |left: Vec<(u32, u32)>, hour: i64, hours: i64| {
        let mut model = model.clone();
        model.calendars[0].exceptions.push((today, left));
        let (seconds, over) = (hours * 3_600, hour * 3_600);
        let overtime = Change::Overtime { resource: 0, first: 0, last: 1, seconds, over };
        let changed = apply(&model, &[overtime]).expect("a model");
        let calendar = &changed.calendars[changed.resources[0].calendar];
        let tomorrow: u32 =
            calendar.shifts(today.plus_days(1).expect("a day")).iter().map(|(a, b)| b - a).sum();
        assert_eq!(i64::from(tomorrow), 480 + hours * 60, "tomorrow is whole");
        let mut shifts = calendar.shifts(today).to_vec();
        shifts.sort_unstable();
        shifts
    };
    assert_eq!(open(vec![(600, 840)], 10, 2), [(600, 840), (840, 960)], "at ten, behind the shift");
    assert_eq!(open(vec![(600, 840)], 10, 12), [(600, 840), (840, 1440)], "and nothing before ten");
    assert_eq!(open(Vec::new(), 15, 2), [(900, 960)], "at three in the afternoon an hour is left of two");
    assert_eq!(open(Vec::new(), 17, 2), [], "at five nothing is");
}

/// Behind the last shift, then before the first; on a closed day from the week's first hour; others keep their calendar.
#[test]
fn overtime_makes_the_days_of_one_resource_longer() {
    let mut model = shop();
    for day in 0..7 {
        model.calendars[0].week[day] = if day < 5 { vec![(360, 840)] } else { Vec::new() };
    }
    let hours = |day: i64, seconds: Seconds| {
        let overtime = Change::Overtime { resource: 0, first: day, last: day, seconds, over: 0 };
        let changed = apply(&model, &[overtime]).expect("a model");
        let calendar = &changed.calendars[changed.resources[0].calendar];
        assert_eq!(changed.calendars.len(), model.calendars.len() + 1);
        let date = model.start.plus_days(day).expect("a day");
        let shifts = calendar.shifts(date).to_vec();
        let next = date.plus_days(1).expect("a day");
        assert_eq!(calendar.shifts(next), model.calendars[model.resources[0].calendar].shifts(next));
        shifts.iter().map(|(from, to)| to - from).sum::<u32>()
    };
    let open = |day: i64| {
        let date = model.start.plus_days(day).expect("a day");
        let calendar = &model.calendars[model.resources[0].calendar];
        calendar.shifts(date).iter().map(|(from, to)| to - from).sum::<u32>()
    };
    for day in 0..7 {
        assert_eq!(hours(day, 2 * 3_600), open(day) + 120, "day {day}");
        assert_eq!(hours(day, 30 * 3_600), 1_440, "a day has no more, day {day}");
    }
}

#[test]
fn a_supplier_slips_a_week() {
    let model = shop();
    let before = planned(&model);
    assert_eq!(before.done, [6 * DAY, 4 * DAY]);
    let slip = Change::ReceiptLate { receipt: 0, by: 7 * DAY };
    assert_eq!(exposed(&model, &before, &slip), [0]);
    let hurt = hurts(&model, &before, &slip, value, &options(), 3).expect("a plan");
    let [hit] = hurt.hits.as_slice() else { panic!("{:?}", hurt.hits) };
    assert_eq!(
        (hit.order, hit.before, hit.after, hit.late_by),
        (0, Some(6 * DAY), 10 * DAY + 10 * HOUR, 4 * DAY + 10 * HOUR)
    );
    assert!(hit.exposed && hit.because.iter().any(|reason| reason.binds == Binds::Receipt(0)));
    assert_eq!(hurt.difference.at_stake, Both { before: 0.0, after: 900.0 });
    assert!(hurt.difference.at_stake.before.is_sign_positive(), "nothing is not shown as −0");
    assert_eq!(
        (hurt.difference.late_gained.as_slice(), hurt.difference.late_lost.is_empty()),
        ([0].as_slice(), true)
    );
    // Four days and ten hours sooner, and all is well.
    let remedy = hurt.remedies.iter().find(|remedy| remedy.binds == Binds::Receipt(0)).expect("a remedy");
    assert!(
        matches!(remedy.change, Change::ReceiptLate { receipt: 0, by } if by == -4 * DAY - 10 * HOUR),
        "{remedy:?}"
    );
    assert_eq!((remedy.dates.as_slice(), remedy.saves), ([6 * DAY].as_slice(), 900.0));
    // Ten castings of 20 lay from day 3 to the begin on day 6 less ten hours, 3 valves of 5 to the end, 5 to day 4.
    let until = 10 * DAY + 10 * HOUR;
    let valves = 5.0 * (5.0 * 4.0 + 3.0 * (10.0 + 10.0 / 24.0));
    let castings = 200.0 * (3.0 - 10.0 / 24.0);
    assert!((stock_days(&model, &before, until) - valves - castings).abs() < 1e-6);
}

#[test]
fn a_machine_breaks_down() {
    let model = shop();
    let before = planned(&model);
    // While there is another time for it, nobody is hit, though the plan had the pumps on it then.
    let short = Change::ResourceDown { resource: 0, from: 5 * DAY, to: 8 * DAY };
    assert_eq!(exposed(&model, &before, &short), [0]);
    assert!(hurts(&model, &before, &short, value, &options(), 3).expect("a plan").hits.is_empty());
    let long = Change::ResourceDown { resource: 0, from: 3 * DAY, to: 8 * DAY };
    let hurt = hurts(&model, &before, &long, value, &options(), 3).expect("a plan");
    assert_eq!(
        hurt.hits.iter().map(|hit| (hit.order, hit.after)).collect::<Vec<_>>(),
        [(0, 8 * DAY + 10 * HOUR)]
    );
    // It says that the machine stands, for how long, and that the order were in time if it worked.
    let because = &hurt.hits[0].because;
    assert_eq!(because[0], Reason { binds: Binds::Down(0), since: 3 * DAY, wait: 5 * DAY });
    let remedy = &hurt.remedies[0];
    assert!(matches!(remedy.change, Change::ResourceUp { resource: 0, .. }), "{remedy:?}");
    assert_eq!((remedy.dates.as_slice(), remedy.saves), ([6 * DAY].as_slice(), 900.0));
}

#[test]
fn a_promise_behind_an_overhaul_says_so() {
    let mut model = apply(&shop(), &[Change::OrderWithdrawn { order: 0 }]).expect("a model");
    model.resources[0].down.push((3 * DAY, 8 * DAY));
    // Two hours of the fourth day are taken already.
    model.taken.push(Taken { resource: 0, from: 8 * DAY, to: 8 * DAY + 2 * HOUR, family: None });
    let mut resident = Resident::new(model.clone(), &planned(&model)).expect("a plan");
    let promise = resident.promise(&Request { item: 0, qty: Rational::from(10), due: 0 });
    assert_eq!(promise.at, Some(8 * DAY + 12 * HOUR));
    let binds: Vec<Binds> = promise.because.iter().map(|reason| reason.binds).collect();
    assert_eq!(binds, [Binds::Down(0), Binds::Receipt(0), Binds::Resource(0)]);
    assert!(promise.sooner.contains(&(Binds::Down(0), 3 * DAY + 10 * HOUR)), "{:?}", promise.sooner);
}

#[test]
fn a_lot_is_rejected() {
    let model = shop();
    let before = planned(&model);
    let lost = |qty| Change::StockLost { item: 2, qty: Rational::from(qty) };
    assert!(exposed(&model, &before, &lost(3)).is_empty(), "three of eight are free");
    assert_eq!(exposed(&model, &before, &lost(4)), [1]);
    assert!(hurts(&model, &before, &lost(3), value, &options(), 3).expect("a plan").hits.is_empty());
    let hurt = hurts(&model, &before, &lost(4), value, &options(), 3).expect("a plan");
    assert_eq!(
        hurt.hits.iter().map(|hit| (hit.order, hit.after, hit.value)).collect::<Vec<_>>(),
        [(1, 12 * DAY, 50.0)]
    );
    let remedy = &hurt.remedies[0];
    assert!(matches!(remedy.change, Change::LeadTime { item: 2, days: 4 }), "{remedy:?}");
    assert_eq!(remedy.dates, [4 * DAY]);
    // Of two orders the later one loses what is lost.
    let mut two = model.clone();
    two.orders.push(Order {
        id: "SO3".into(),
        qty: Rational::from(3),
        due: 9 * DAY,
        ..model.orders[1].clone()
    });
    assert_eq!(exposed(&two, &planned(&two), &lost(1)), [2]);
    assert_eq!(exposed(&two, &planned(&two), &lost(4)), [1, 2]);
    assert!(apply(&model, &[lost(9)]).is_err() && apply(&model, &[lost(-1)]).is_err());
}

/// Two orders for one press: the money that is late comes first.
#[test]
fn a_big_order_pushes_others() {
    let mut model = shop();
    model.items[1].on_hand = Rational::from(200);
    let before = planned(&model);
    let big =
        Order { id: "SO3".into(), item: 0, qty: Rational::from(140), due: 5 * DAY + 20 * HOUR, priority: 1 };
    let hurt = hurts(&model, &before, &Change::OrderAdded(big), value, &options(), 1).expect("a plan");
    assert_eq!(hurt.difference.added, [2]);
    // 150 hours on a press that has 144 until day 6: one of both is late, and with a second press none.
    assert_eq!(hurt.difference.late_gained.len(), 1);
    let remedy = &hurt.remedies[0];
    assert!(matches!(remedy.change, Change::Capacity { resource: 0, capacity: 2 }), "{remedy:?}");
    assert_eq!(remedy.saves, 900.0);
    assert_eq!(hurt.difference.load, [Both { before: 10 * HOUR, after: 150 * HOUR }]);
}

#[test]
fn changes_that_cannot_be_say_why() {
    let model = shop();
    let order = model.orders[0].clone();
    for change in [
        Change::ResourceDown { resource: 7, from: 0, to: 1 },
        Change::ResourceDown { resource: 0, from: 1, to: 1 },
        Change::ReceiptMoved { receipt: 7, at: 0 },
        Change::ReceiptShort { receipt: 0, qty: Rational::from(11) },
        Change::LeadTime { item: 9, days: 1 },
        Change::OrderChanged { order: 2, to: order },
        Change::OrderWithdrawn { order: 2 },
        Change::Demand { item: 0, factor: Rational::from(-1) },
        Change::Demand { item: 3, factor: Rational::ONE },
    ] {
        assert!(apply(&model, std::slice::from_ref(&change)).is_err(), "{change:?}");
    }
    let for_ever = Change::ResourceDown { resource: 0, from: 4 * DAY, to: Seconds::MAX };
    let hurt = hurts(&model, &planned(&model), &for_ever, value, &options(), 0).expect("a plan");
    assert!(hurt.hits.is_empty(), "there are ten hours before");
    // A resource that can do nothing is refused where the model is planned.
    let shut = apply(&model, &[Change::Capacity { resource: 0, capacity: 0 }]).expect("a model");
    assert!(plan(&shut, &options()).is_err());
    // Places are those of the model as it was, whatever is withdrawn or added before.
    let both = [Change::OrderWithdrawn { order: 0 }, Change::Demand { item: 2, factor: Rational::from(3) }];
    let changed = apply(&model, &both).expect("a model");
    assert_eq!(
        changed.orders.iter().map(|o| (o.id.as_str(), o.qty.clone())).collect::<Vec<_>>(),
        [("SO2", Rational::from(15))]
    );
}

fn late(model: &Model, plan: &Plan) -> Vec<String> {
    let orders = model.orders.iter().zip(&plan.done);
    orders.filter(|(order, done)| **done > order.due).map(|(order, _)| order.id.clone()).collect()
}

/// The same by adding up what comes in and goes out, in order of time.
fn stock_by_events(model: &Model, plan: &Plan, until: Seconds) -> f64 {
    let mut events: Vec<(Seconds, f64)> = Vec::new();
    for (n, item) in model.items.iter().enumerate() {
        let mut event = |at: Seconds, qty: f64| events.push((at.clamp(0, until), qty * item.cost));
        event(0, item.on_hand.to_f64());
        model.receipts.iter().filter(|r| r.item == n).for_each(|r| event(r.at, r.qty.to_f64()));
        plan.records[n].lots.iter().for_each(|lot| event(lot.end, lot.qty.to_f64()));
        model
            .orders
            .iter()
            .zip(&plan.done)
            .filter(|(o, _)| o.item == n)
            .for_each(|(o, done)| event(*done, -o.qty.to_f64()));
        for (parent, record) in model.items.iter().zip(&plan.records) {
            for lot in &record.lots {
                let method = &parent.methods[lot.method as usize];
                for component in method.components.iter().filter(|c| c.item == n) {
                    event(lot.start, -(&component.per * &lot.qty).to_f64());
                }
                for output in method.outputs.iter().filter(|o| o.item == n) {
                    event(lot.end, (&output.per * &lot.qty).to_f64());
                }
            }
        }
        for (of, record) in plan.records.iter().enumerate() {
            for instead in &record.instead {
                let start = plan.records[instead.lot.item as usize].lots[instead.lot.n as usize].start;
                if of == n {
                    event(start, instead.of.to_f64());
                }
                if instead.item as usize == n {
                    event(start, -instead.qty.to_f64());
                }
            }
        }
    }
    events.push((until, 0.0));
    events.sort_by_key(|(at, _)| *at);
    let (mut value, mut sum, mut last) = (0.0, 0.0, 0);
    for (at, change) in events {
        sum += value * (at - last) as f64 / 86_400.0;
        (value, last) = (value + change, at);
    }
    sum
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(std::env::var("CELOTA_SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(40)))]

    /// What changes nothing makes no difference and hits nobody.
    #[test]
    fn no_change_no_difference(seed in any::<u64>(), which in 0usize..6) {
        let model = model(&mut Dice(seed));
        let before = planned(&model);
        let nothing = match which {
            0 => Change::ReceiptLate { receipt: 1, by: 0 },
            1 => Change::StockLost { item: 3, qty: Rational::ZERO },
            2 => Change::ReceiptShort { receipt: 0, qty: Rational::ZERO },
            3 => Change::Demand { item: 0, factor: Rational::ONE },
            4 => Change::OrderChanged { order: 0, to: model.orders[0].clone() },
            _ => Change::Capacity { resource: 2, capacity: model.resources[2].capacity },
        };
        let hurt = hurts(&model, &before, &nothing, value, &options(), 2).expect("a plan");
        prop_assert!(hurt.difference.is_none(), "{:?}", hurt.difference);
        prop_assert!(hurt.hits.is_empty() && hurt.remedies.is_empty());
    }

    /// Differences as counted plainly, and the other way round the opposite.
    #[test]
    fn differences_hold(seed in any::<u64>(), which in 0usize..5) {
        let mut dice = Dice(seed);
        let model = model(&mut dice);
        let before = planned(&model);
        let from = dice.between(0, 20) * DAY;
        let order = dice.below(model.orders.len());
        let change = match which {
            0 => Change::ResourceDown { resource: dice.below(3), from, to: from + dice.between(1, 200) * HOUR },
            1 => Change::ReceiptLate { receipt: dice.below(4), by: dice.between(1, 30) * DAY },
            2 => Change::Demand { item: model.orders[order].item, factor: Rational::from(2) },
            3 => Change::OrderAdded(Order { id: "new".into(), ..model.orders[order].clone() }),
            _ => Change::OrderWithdrawn { order },
        };
        let changed = apply(&model, std::slice::from_ref(&change)).expect("a model");
        let hurt = hurts(&model, &before, &change, value, &options(), 1).expect("a plan");
        let found = &hurt.difference;
        let (was, is) = (late(&model, &before), late(&changed, &hurt.plan));
        let gained: Vec<String> = found.late_gained.iter().map(|n| changed.orders[*n].id.clone()).collect();
        let lost: Vec<String> = found.late_lost.iter().map(|n| model.orders[*n].id.clone()).collect();
        prop_assert_eq!(gained, is.iter().filter(|id| !was.contains(id)).cloned().collect::<Vec<_>>());
        prop_assert_eq!(lost, was.iter().filter(|id| !is.contains(id)).cloned().collect::<Vec<_>>());
        let back = compare(&changed, &hurt.plan, &model, &before, value);
        prop_assert_eq!((&back.late_gained, &back.late_lost, &back.added), (&found.late_lost, &found.late_gained, &found.withdrawn));
        prop_assert_eq!((back.stock.before, back.at_stake.after), (found.stock.after, found.at_stake.before));
        for moved in &found.moved {
            prop_assert_eq!(&model.orders[moved.before].id, &changed.orders[moved.after].id);
            prop_assert_eq!((before.done[moved.before], hurt.plan.done[moved.after]), (moved.from, moved.to));
        }
        let until = (60 + dice.between(0, 400)) * DAY;
        let (found_stock, expected) = (stock_days(&changed, &hurt.plan, until), stock_by_events(&changed, &hurt.plan, until));
        prop_assert!((found_stock - expected).abs() < 1e-6 * expected.abs().max(1.0), "{} for {}", found_stock, expected);
        // A remedy helps: dates and money as its own plan has them.
        for remedy in &hurt.remedies {
            let helped = apply(&changed, std::slice::from_ref(&remedy.change)).expect("a model");
            let plan = planned(&helped);
            let worth = |late: &[String]| helped.orders.iter().filter(|o| late.contains(&o.id)).map(value).sum::<f64>();
            prop_assert_eq!(remedy.saves, worth(&is) - worth(&late(&helped, &plan)));
            prop_assert!(hurt.hits.iter().zip(&remedy.dates).all(|(hit, date)| plan.done[hit.order] == *date));
            prop_assert!(remedy.saves > 0.0 || hurt.hits.iter().zip(&remedy.dates).any(|(hit, date)| *date < hit.after));
        }
        // Every order that is late only now is hit, and what is late comes first, of that what is worth most.
        prop_assert!(found.late_gained.iter().all(|n| hurt.hits.iter().any(|hit| hit.order == *n && hit.late_by > 0)));
        prop_assert!(hurt.hits.is_sorted_by_key(|hit| (hit.late_by == 0, -hit.value)));
        prop_assert!(hurt.hits.iter().all(|hit| (hit.late_by > 0) != hit.because.is_empty()));
        match change {
            // What is withdrawn is not late, and no longer there.
            Change::OrderWithdrawn { order } => {
                prop_assert_eq!(found.withdrawn.as_slice(), [order]);
                prop_assert!(!is.contains(&model.orders[order].id));
            }
            // Nobody who takes of a late receipt has anything before it comes.
            Change::ReceiptLate { receipt, .. } => {
                let n = u32::try_from(receipt).expect("few");
                for share in hurt.plan.pegging.of_receipt(&changed, n) {
                    prop_assert!(hurt.plan.done[share.order as usize] >= changed.receipts[receipt].at);
                }
            }
            // Nothing works while its machine is down, but what began before or ends after pauses.
            Change::ResourceDown { resource, from, to } => {
                let steps = hurt.plan.records.iter().flat_map(|r| &r.lots).flat_map(|l| &l.steps);
                let mut on = steps.filter(|s| s.resource as usize == resource);
                prop_assert!(on.all(|s| s.start == s.end || !(from <= s.start && s.end <= to)));
            }
            _ => {}
        }
    }

    /// Who is exposed to a receipt, up from the order: an order takes of a receipt if its own item's pegs lead there.
    #[test]
    fn exposure_by_walking_up(seed in any::<u64>()) {
        let mut dice = Dice(seed);
        let model = model(&mut dice);
        let plan = planned(&model);
        let receipt = dice.below(model.receipts.len());
        let n = u32::try_from(receipt).expect("few");
        // Everything that lots take, directly or further down, whatever the share: at least those that are exposed.
        let mut wanted: Vec<LotRef> = Vec::new();
        let mut orders: Vec<usize> = Vec::new();
        let mut visit = |demand: planning::net::Demand, lots: &mut Vec<LotRef>| match demand {
            planning::net::Demand::Order(order) => orders.push(order as usize),
            planning::net::Demand::Lot(lot) => lots.push(lot),
        };
        for peg in &plan.records[model.receipts[receipt].item].pegs {
            if peg.supply == Supply::Receipt(n) { visit(peg.demand, &mut wanted) }
        }
        while let Some(lot) = wanted.pop() {
            for peg in &plan.records[lot.item as usize].pegs {
                if peg.supply == Supply::Lot(lot.n) { visit(peg.demand, &mut wanted) }
            }
        }
        let found = exposed(&model, &plan, &Change::ReceiptLate { receipt, by: DAY });
        prop_assert!(found.iter().all(|order| orders.contains(order)), "{:?} of {:?}", found, orders);
        // Where only one can be meant, it is.
        orders.sort_unstable();
        orders.dedup();
        prop_assert!(orders.len() != 1 || found == orders || found.is_empty());
    }
}
