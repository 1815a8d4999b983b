//! Random models against what is obvious: an oracle that is slow, simple, and knows nothing of how the plan was made.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test stops at what should not happen")]

mod random;

use numbers::Rational;
use planning::lots::{self, Rule};
use planning::model::{Model, Seconds};
use planning::net::{self, Demand, Links, Record, Supply};
use planning::plan::{Options, Plan, plan};
use planning::promise::{Request, Resident};
use planning::shop::Shop;
use proptest::prelude::*;
use random::{Dice, model};
use std::collections::BTreeMap;

fn finite(model: &Model) -> Plan {
    plan(model, &Options { passes: 12, ..Options::default() }).expect("a plan")
}

fn unlimited(model: &Model) -> Plan {
    plan(model, &Options { finite: false, ..Options::default() }).expect("a plan")
}

/// When a demand takes what it needs.
fn taken_at(model: &Model, plan: &Plan, demand: Demand) -> Seconds {
    match demand {
        Demand::Order(n) => {
            plan.done[n as usize].max(if plan.finite { 0 } else { model.orders[n as usize].due })
        }
        Demand::Lot(lot) => plan.records[lot.item as usize].lots[lot.n as usize].start,
    }
}

/// What an item's demands are, by their own definition.
fn needs(model: &Model, plan: &Plan, item: usize) -> Vec<(Demand, Rational)> {
    let mut needs = Vec::new();
    for (n, order) in model.orders.iter().enumerate().filter(|(_, o)| o.item == item) {
        needs.push((Demand::Order(u32::try_from(n).expect("few")), order.qty.clone()));
    }
    for (parent, one) in model.items.iter().enumerate() {
        let components = one.methods.iter().flat_map(|m| &m.components).filter(|c| c.item == item);
        let per: Rational = components.map(|c| c.per.clone()).sum();
        if per.is_zero() {
            continue;
        }
        for (n, lot) in plan.records[parent].lots.iter().enumerate() {
            let lot_ref =
                net::LotRef { item: u32::try_from(parent).expect("few"), n: u32::try_from(n).expect("few") };
            needs.push((Demand::Lot(lot_ref), &per * &lot.qty));
        }
    }
    needs
}

/// Pegs to a requirement make up the requirement, pegs of a supply at most the supply; no supply is taken before it is
/// there; lots are of allowed sizes.
fn pegs_hold(model: &Model, plan: &Plan) {
    for (item, record) in plan.records.iter().enumerate() {
        for (demand, qty) in needs(model, plan, item) {
            let pegged: Rational =
                record.pegs.iter().filter(|p| p.demand == demand).map(|p| p.qty.clone()).sum();
            assert_eq!(pegged, qty, "{} {demand:?}", model.items[item].id);
        }
        let supplies = |supply: Supply| -> (Seconds, Rational) {
            match supply {
                Supply::OnHand => (Seconds::MIN, model.items[item].on_hand.clone()),
                Supply::Receipt(n) => (model.receipts[n as usize].at, model.receipts[n as usize].qty.clone()),
                Supply::Lot(n) => (record.lots[n as usize].end, record.lots[n as usize].qty.clone()),
                Supply::Beside(_) => unreachable!("yet"),
            }
        };
        for peg in &record.pegs {
            let (there, qty) = supplies(peg.supply);
            let given: Rational =
                record.pegs.iter().filter(|p| p.supply == peg.supply).map(|p| p.qty.clone()).sum();
            assert!(given <= qty, "{}: {:?} gives {given} of {qty}", model.items[item].id, peg.supply);
            let taken = taken_at(model, plan, peg.demand);
            assert!(
                there <= taken,
                "{}: {:?} is there at {there}, taken at {taken}",
                model.items[item].id,
                peg.supply
            );
        }
        for lot in &record.lots {
            let rule = &model.items[item].lot;
            assert!(lot.qty >= rule.minimum && lot.qty.up_to_multiple(&rule.multiple) == lot.qty);
        }
    }
}

/// What reaches an order through all levels is what it asked for, and no share is more than its supply.
fn shares_hold(model: &Model, plan: &Plan) {
    let mut served: BTreeMap<u32, Rational> = BTreeMap::new();
    for item in 0..model.items.len() {
        let mut of: BTreeMap<String, Rational> = BTreeMap::new();
        for share in plan.pegging.of_item(item) {
            *of.entry(format!("{:?}", share.supply)).or_default() += &share.qty;
            if model.orders[share.order as usize].item == item {
                *served.entry(share.order).or_default() += &share.qty;
            }
        }
        for (n, lot) in plan.records[item].lots.iter().enumerate() {
            let shared = of.get(&format!("{:?}", Supply::Lot(u32::try_from(n).expect("few"))));
            assert!(shared.is_none_or(|shared| *shared <= lot.qty));
        }
    }
    for (n, order) in model.orders.iter().enumerate() {
        // Sold items of these models are no components, so that nothing else counts here.
        assert_eq!(served.get(&u32::try_from(n).expect("few")), Some(&order.qty));
    }
}

/// Counted minute by minute: no resource does more at a time than it can, or works while it is closed; operations follow
/// one another and last as long as they must.
fn capacity_holds(model: &Model, plan: &Plan) {
    let open = |resource: usize, second: Seconds| {
        let one = &model.resources[resource];
        let calendar = &model.calendars[one.calendar];
        let day = second.div_euclid(86_400);
        let date = model.start.plus_days(day).expect("a date");
        // 2027-01-04, on which the models start, is a Monday.
        let weekday = usize::try_from(day.rem_euclid(7)).expect("a weekday");
        let exception = calendar.exceptions.iter().find(|(d, _)| *d == date).map(|(_, shifts)| shifts);
        let minute = u32::try_from(second.rem_euclid(86_400) / 60).expect("a minute");
        exception.unwrap_or(&calendar.week[weekday]).iter().any(|(from, to)| *from <= minute && minute < *to)
            && !one.down.iter().any(|(from, to)| *from <= second && second < *to)
    };
    let mut busy: BTreeMap<(usize, Seconds), u32> = BTreeMap::new();
    if plan.finite {
        // What is taken may be more than there is; then nothing else may be there.
        for taken in &model.taken {
            for minute in (taken.from..taken.to).step_by(60) {
                let count = busy.entry((taken.resource, minute)).or_default();
                *count = (*count + 1).min(model.resources[taken.resource].capacity);
            }
        }
    }
    for (item, record) in plan.records.iter().enumerate() {
        for lot in &record.lots {
            let method = &model.items[item].methods[0];
            let mut last = lot.start;
            for (step, operation) in lot.steps.iter().zip(&method.operations) {
                let resource = step.resource as usize;
                assert!(operation.resources.contains(&resource));
                assert!(step.start >= last && step.end <= lot.end);
                last = step.end;
                let minutes = (step.start..step.end).step_by(60).filter(|second| open(resource, *second));
                let mut worked = 0;
                for minute in minutes {
                    worked += 60;
                    if plan.finite {
                        let count = busy.entry((resource, minute)).or_default();
                        *count += 1;
                        assert!(*count <= model.resources[resource].capacity, "{resource} at {minute}");
                    }
                }
                let wanted = operation.setup + (&operation.run * &lot.qty).ceil().expect("it fits");
                assert_eq!(worked, wanted, "{} {:?}", model.items[item].id, step);
            }
            assert!(!plan.finite || lot.start >= 0, "{} starts at {}", model.items[item].id, lot.start);
        }
    }
}

proptest! {
    // More with CELOTA_SEEDS=…
    #![proptest_config(ProptestConfig::with_cases(std::env::var("CELOTA_SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(60)))]

    #[test]
    fn unlimited_plans_hold(seed in any::<u64>()) {
        let model = model(&mut Dice(seed));
        let plan = unlimited(&model);
        pegs_hold(&model, &plan);
        shares_hold(&model, &plan);
        capacity_holds(&model, &plan);
    }

    #[test]
    fn finite_plans_hold(seed in any::<u64>()) {
        let model = model(&mut Dice(seed));
        let plan = finite(&model);
        pegs_hold(&model, &plan);
        shares_hold(&model, &plan);
        capacity_holds(&model, &plan);
        for ((order, done), because) in model.orders.iter().zip(&plan.done).zip(&plan.late_because) {
            prop_assert_eq!(*done > order.due, !because.is_empty(), "{} {} {:?}", order.id, done, because);
        }
        prop_assert_eq!(plan.records, finite(&model).records, "the same model, the same plan");
    }

    /// Whatever changes, the items that hang on it are netted again as a full run nets them.
    #[test]
    fn net_change_is_a_full_run(seed in any::<u64>(), finite in any::<bool>()) {
        let mut dice = Dice(seed);
        let mut model = model(&mut dice);
        let mut records: Vec<Record> = {
            let shop = Shop::new(&model).expect("a shop");
            net::all(&shop, &Links::new(&shop), finite)
        };
        for _ in 0..5 {
            let mut changed = Vec::new();
            match dice.below(3) {
                0 => {
                    let n = dice.below(model.orders.len());
                    model.orders[n].qty = Rational::from(dice.between(0, 60));
                    model.orders[n].due = dice.between(5, 60) * 86_400;
                    changed.push(model.orders[n].item);
                }
                1 => {
                    let n = dice.below(model.items.len());
                    model.items[n].on_hand = Rational::from(dice.between(0, 90));
                    changed.push(n);
                }
                _ => {
                    let n = dice.below(model.receipts.len());
                    model.receipts[n].at += dice.between(0, 10) * 86_400;
                    changed.push(model.receipts[n].item);
                }
            }
            let shop = Shop::new(&model).expect("a shop");
            let links = Links::new(&shop);
            net::change(&shop, &links, &mut records, &changed, finite);
            prop_assert_eq!(&records, &net::all(&shop, &links, finite));
        }
    }

    /// A promise can be kept: planned among the others with its own lots, nothing is taken twice, and what is not
    /// reserved leaves nothing behind.
    #[test]
    fn promises_hold(seed in any::<u64>()) {
        let mut dice = Dice(seed);
        let model = model(&mut dice);
        let plan = finite(&model);
        let mut resident = Resident::new(model.clone(), &plan).expect("a resident");
        let request = Request {
            item: model.orders[0].item,
            qty: Rational::from(dice.between(1, 40)),
            due: dice.between(1, 40) * 86_400,
        };
        let first = resident.promise(&request);
        prop_assert_eq!(&first, &resident.promise(&request), "asking changes nothing");
        let at = first.at.expect("all can be got");
        prop_assert!(at >= request.due);
        prop_assert_eq!(at > request.due, !first.because.is_empty());
        prop_assert!(first.sooner.iter().all(|(_, sooner)| *sooner < at && *sooner >= request.due));
        let (_, hold) = resident.reserve(&request);
        let second = resident.promise(&request);
        prop_assert!(second.at >= first.at, "what is held is not promised again");
        resident.release(hold);
        prop_assert_eq!(&first, &resident.promise(&request));
        // Its operations and those of the plan together keep within capacity.
        let mut with = plan.clone();
        for lot in &first.lots {
            let steps = lot.placed.iter().map(|p| net::Step { resource: p.resource, unit: p.lane, with: p.with, start: p.start, end: p.end });
            with.records[lot.item].lots.push(net::Lot { qty: lot.qty.clone(), method: 0, start: lot.start, end: lot.end, steps: steps.collect() });
        }
        capacity_holds(&model, &with);
    }

    /// Every way to cut the periods into lots, tried one by one.
    #[test]
    fn wagner_and_whitin_find_the_cheapest(demand in prop::collection::vec(0u8..40, 1..11), setup in 0u8..120, holding in 1u8..5) {
        let demand: Vec<f64> = demand.into_iter().map(f64::from).collect();
        let (setup, holding) = (f64::from(setup), f64::from(holding));
        let mut found = vec![0.0; demand.len()];
        for (start, periods) in lots::cover(Rule::WagnerWhitin, &demand, setup, holding) {
            found[start] = demand[start..start + periods].iter().sum();
        }
        let mut cheapest = f64::INFINITY;
        for cuts in 0u32..1 << (demand.len() - 1) {
            let (mut plan, mut at) = (vec![0.0; demand.len()], 0);
            for (n, wanted) in demand.iter().enumerate() {
                if n > 0 && cuts >> (n - 1) & 1 == 1 {
                    at = n;
                }
                plan[at] += wanted;
            }
            cheapest = cheapest.min(lots::cost(&plan, &demand, setup, holding));
        }
        prop_assert_eq!(lots::cost(&found, &demand, setup, holding), cheapest);
    }
}
