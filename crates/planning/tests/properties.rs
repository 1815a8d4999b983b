//! Random models against what is obvious: an oracle that is slow, simple, and knows nothing of how the plan was made.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test stops at what should not happen")]

mod random;

use numbers::Rational;
use planning::lots::{self, Rule};
use planning::message::Message;
use planning::model::{Model, Operation, Seconds};
use planning::net::{self, Demand, Links, Record, Supply};
use planning::plan::{Options, Plan, plan};
use planning::promise::{Request, Resident};
use planning::shop::Shop;
use proptest::prelude::*;
use random::{Dice, families, model, without_families};
use std::collections::{BTreeMap, BTreeSet};

fn finite(model: &Model) -> Plan {
    plan(model, &Options { passes: 3, ..Options::default() }).expect("a plan")
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
    let lot_ref = |item: usize, n: usize| net::LotRef {
        item: u32::try_from(item).expect("few"),
        n: u32::try_from(n).expect("few"),
    };
    for (parent, one) in model.items.iter().enumerate() {
        for (n, lot) in plan.records[parent].lots.iter().enumerate() {
            let method = &one.methods[lot.method as usize];
            let components = method.components.iter().filter(|c| c.item == item);
            let mut need: Rational = components.map(|c| &c.per * &lot.qty).sum();
            let of = lot_ref(parent, n);
            for instead in plan.records[item].instead.iter().filter(|instead| instead.lot == of) {
                need -= &instead.of;
            }
            let components: BTreeSet<usize> = method.components.iter().map(|c| c.item).collect();
            for component in components {
                let here = |i: &&net::Instead| i.lot == of && i.item as usize == item;
                let instead = plan.records[component].instead.iter().filter(here);
                need += &instead.map(|i| i.qty.clone()).sum::<Rational>();
            }
            if !need.is_zero() {
                needs.push((Demand::Lot(of), need));
            }
        }
    }
    needs
}

/// What takes another's place is named, is as much as it must be, and no more than lies there.
fn substitutes_hold(model: &Model, plan: &Plan) {
    let mut taken = vec![Rational::ZERO; model.items.len()];
    for (item, record) in plan.records.iter().enumerate() {
        for instead in &record.instead {
            let lot = &plan.records[instead.lot.item as usize].lots[instead.lot.n as usize];
            let method = &model.items[instead.lot.item as usize].methods[lot.method as usize];
            let named = method.components.iter().filter(|c| c.item == item).flat_map(|c| &c.substitutes);
            let mut fitting = named.filter(|s| s.item == instead.item as usize);
            assert!(fitting.any(|s| &instead.of * &s.ratio == instead.qty));
            taken[instead.item as usize] += &instead.qty;
        }
    }
    for (item, taken) in model.items.iter().zip(&taken) {
        assert!(*taken <= item.on_hand, "{} of {} in others' places", taken, item.on_hand);
    }
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
                Supply::Beside(of) => {
                    let lot = &plan.records[of.item as usize].lots[of.n as usize];
                    let method = &model.items[of.item as usize].methods[lot.method as usize];
                    let outputs = method.outputs.iter().filter(|o| o.item == item);
                    (lot.end, outputs.map(|o| &o.per * &lot.qty).sum())
                }
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
            let (rule, method) = (&model.items[item].lot, &model.items[item].methods[lot.method as usize]);
            if lot.method == 0 && model.items[item].methods.len() > 1 {
                assert!(
                    method.at_most.as_ref().is_none_or(|most| lot.qty <= *most),
                    "a lot too large for its way"
                );
            }
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

/// Whether a resource works then.
fn open(model: &Model, resource: usize, second: Seconds) -> bool {
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
}

/// Counted minute by minute: no resource does more at a time than it can, or works while it is closed; operations follow
/// one another and last as long as they must.
fn capacity_holds(model: &Model, plan: &Plan) {
    let open = |resource: usize, second: Seconds| open(model, resource, second);
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
    let first_unit = |resource: usize| model.resources[..resource].iter().map(|r| r.capacity).sum::<u32>();
    let resource_of =
        |unit: u32| (0..model.resources.len()).rev().find(|r| first_unit(*r) <= unit).expect("a unit");
    for (item, record) in plan.records.iter().enumerate() {
        for lot in &record.lots {
            let method = &model.items[item].methods[lot.method as usize];
            // What each operation holds, and the minutes in which all of it works.
            let held = |step: &net::Step, operation: &Operation| -> Vec<usize> {
                let mut held = vec![step.resource as usize];
                for (any, unit) in operation.with.iter().zip(step.with) {
                    // What takes no time holds nothing.
                    held.push(if unit == net::NONE { any[0] } else { resource_of(unit) });
                    assert!(any.contains(held.last().expect("one")));
                }
                held
            };
            let worked = |held: &[usize], from: Seconds, to: Seconds| -> Seconds {
                let minutes = (from..to).step_by(60);
                minutes.filter(|second| held.iter().all(|r| open(*r, *second))).count() as Seconds * 60
            };
            let run = |operation: &Operation, qty: &Rational| -> Seconds {
                (&operation.run * qty).ceil().expect("it fits")
            };
            let mut last: Option<(&net::Step, &Operation)> = None;
            for (step, operation) in lot.steps.iter().zip(&method.operations) {
                assert!(operation.resources.contains(&(step.resource as usize)));
                match last {
                    None => assert!(step.start >= lot.start + operation.queue),
                    Some((before, earlier)) => {
                        let (way, batch) = (earlier.transport + operation.queue, earlier.transfer.as_ref());
                        match batch.filter(|batch| **batch < lot.qty) {
                            None => assert!(step.start >= before.end + way, "{} waits", model.items[item].id),
                            Some(batch) => {
                                let done = worked(&held(before, earlier), before.start, step.start - way);
                                assert!(
                                    done >= before.setup + run(earlier, batch),
                                    "{} overlaps too much",
                                    model.items[item].id
                                );
                                let left =
                                    worked(&held(step, operation), before.end + earlier.transport, step.end);
                                let tail = run(operation, batch);
                                assert!(left >= tail, "{}: {left} of {tail} left", model.items[item].id);
                            }
                        }
                    }
                }
                last = Some((step, operation));
                let held = held(step, operation);
                let wanted = step.setup + run(operation, &lot.qty);
                assert!(plan.finite || step.setup == operation.setup);
                assert_eq!(
                    worked(&held, step.start, step.end),
                    wanted,
                    "{} {:?}",
                    model.items[item].id,
                    step
                );
                for (resource, second) in
                    held.iter().flat_map(|r| (step.start..step.end).step_by(60).map(move |s| (*r, s)))
                {
                    if plan.finite && wanted > 0 && open(resource, second) {
                        let count = busy.entry((resource, second)).or_default();
                        *count += 1;
                        assert!(*count <= model.resources[resource].capacity, "{resource} at {second}");
                    }
                }
            }
            assert!(last.is_none_or(|(step, operation)| step.end + operation.transport <= lot.end));
            assert!(!plan.finite || lot.start >= 0, "{} starts at {}", model.items[item].id, lot.start);
            assert!(
                !plan.finite || lot.end >= model.items[item].fence,
                "{} within the fence",
                model.items[item].id
            );
        }
    }
}

/// What runs on a unit: from when to when, the set-up that it has, its own, and what it leaves the unit set up for.
struct Held {
    from: Seconds,
    to: Seconds,
    setup: Seconds,
    own: Seconds,
    family: Option<u32>,
}

/// Unit by unit, what ran before decides how much set-up is needed at least.
fn setups_hold(model: &Model, plan: &Plan) {
    let mut units: Vec<(usize, Vec<Held>)> = Vec::new();
    let mut first = Vec::new();
    for (n, resource) in model.resources.iter().enumerate() {
        first.push(units.len());
        units.extend((0..resource.capacity).map(|_| (n, Vec::new())));
    }
    for taken in &model.taken {
        // On the first unit that is free all the while; what is more than there is lies nowhere. It is not placed anew,
        // and has whatever set-up it needs.
        let minutes = || (taken.from..taken.to).step_by(60).filter(|at| open(model, taken.resource, *at));
        let free = |on: &[Held]| minutes().all(|at| on.iter().all(|held| at < held.from || held.to <= at));
        let here = &mut units[first[taken.resource]..][..model.resources[taken.resource].capacity as usize];
        if let Some((_, on)) = here.iter_mut().find(|(_, on)| free(on)).filter(|_| minutes().next().is_some())
        {
            let (from, to) = (taken.from, taken.to);
            on.push(Held { from, to, setup: Seconds::MAX, own: 0, family: taken.family });
        }
    }
    for (item, record) in plan.records.iter().enumerate() {
        for lot in &record.lots {
            let operations = &model.items[item].methods[lot.method as usize].operations;
            for (step, operation) in lot.steps.iter().zip(operations) {
                let run = (&operation.run * &lot.qty).ceil().expect("it fits");
                if step.setup + run == 0 {
                    continue;
                }
                let (from, to, setup, own) = (step.start, step.end, step.setup, operation.setup);
                let family = operation.family.filter(|_| run > 0);
                units[step.unit as usize].1.push(Held { from, to, setup, own, family });
                for unit in step.with.iter().filter(|unit| **unit != net::NONE) {
                    units[*unit as usize].1.push(Held { from, to, setup: 0, own: 0, family: None });
                }
            }
        }
    }
    for (resource, mut on) in units {
        on.sort_by_key(|held| held.from);
        for n in 0..on.len() {
            let before = n.checked_sub(1).map(|before| &on[before]);
            let (held, changeovers) = (&on[n], &model.resources[resource].changeovers);
            let needed = match (before.and_then(|before| before.family), held.family) {
                (Some(from), Some(to)) => {
                    match changeovers.iter().rev().find(|c| (c.from, c.to) == (from, to)) {
                        Some(changeover) => changeover.seconds,
                        None if from == to => 0,
                        None => held.own,
                    }
                }
                _ => held.own,
            };
            assert!(held.setup >= needed, "{resource} at {}: {} of {needed}", held.from, held.setup);
        }
    }
}

/// Until when a supply is usable, but for what is on hand.
fn usable_until(model: &Model, plan: &Plan, item: usize, supply: Supply) -> Seconds {
    let there = match supply {
        Supply::OnHand => return Seconds::MAX,
        Supply::Receipt(n) => model.receipts[n as usize].at,
        Supply::Lot(n) => plan.records[item].lots[n as usize].end,
        Supply::Beside(of) => plan.records[of.item as usize].lots[of.n as usize].end,
    };
    model.items[item].shelf_days.map_or(Seconds::MAX, |days| there + i64::from(days) * 86_400)
}

/// What expires: nothing is given after it has, or it is said; what is given and what expires make up what there is; and
/// where times are as netted, what expires first is given first, and no lot is larger than its needs in that time ask.
fn shelves_hold(model: &Model, plan: &Plan) {
    let mut said: Vec<(usize, Supply, Rational, Seconds, Option<Demand>)> = Vec::new();
    for message in &plan.messages {
        if let Message::Expires { item, supply, qty, at, meant_for } = message {
            said.push((*item as usize, *supply, qty.clone(), *at, *meant_for));
        }
    }
    for (n, item) in model.items.iter().enumerate() {
        let record = &plan.records[n];
        let unused: Vec<_> = said.iter().filter(|s| s.0 == n && s.4.is_none()).collect();
        if item.shelf_days.is_none() && item.expiring.is_empty() {
            assert!(unused.is_empty() && record.usable_until.is_empty());
            continue;
        }
        let pegged = |supply: Supply| -> Rational {
            record.pegs.iter().filter(|peg| peg.supply == supply).map(|peg| peg.qty.clone()).sum()
        };
        let lost = |supply: Supply| -> Rational {
            unused.iter().filter(|s| s.1 == supply).map(|s| s.2.clone()).sum()
        };
        for (peg, netted) in record.pegs.iter().zip(&record.usable_until) {
            let until = usable_until(model, plan, n, peg.supply).min(*netted);
            let stale = taken_at(model, plan, peg.demand) >= until;
            assert!(!stale || plan.finite, "{}: {peg:?} is taken after {until}", item.id);
            let named = said.iter().any(|s| (s.0, s.1, s.4) == (n, peg.supply, Some(peg.demand)));
            assert!(
                !stale || named || usable_until(model, plan, n, peg.supply) > *netted,
                "{}: {peg:?}",
                item.id
            );
        }
        // All that is on hand and keeps for so long at least serves all that is taken so late.
        for (_, until) in item.expiring.iter().filter(|_| !plan.finite) {
            let later: Rational =
                item.expiring.iter().filter(|(_, u)| u > until).map(|(q, _)| q.clone()).sum();
            let taken = record
                .pegs
                .iter()
                .filter(|p| p.supply == Supply::OnHand && taken_at(model, plan, p.demand) >= *until);
            assert!(taken.map(|peg| peg.qty.clone()).sum::<Rational>() <= &later + &item.keeps());
        }
        let expiring: Rational = item.expiring.iter().map(|(qty, _)| qty.clone()).sum();
        let (given, gone) = (pegged(Supply::OnHand), lost(Supply::OnHand));
        assert!(gone <= expiring && &given + &gone <= item.on_hand);
        // Whatever is left of what expires is named.
        assert!(&gone + &given >= expiring, "{}: {given} given and {gone} gone of {expiring}", item.id);
        let supplies = record
            .lots
            .iter()
            .enumerate()
            .map(|(n, lot)| (Supply::Lot(u32::try_from(n).expect("few")), lot.qty.clone()));
        let receipts = model.receipts.iter().enumerate().filter(|(_, r)| r.item == n);
        let receipts =
            receipts.map(|(n, r)| (Supply::Receipt(u32::try_from(n).expect("few")), r.qty.clone()));
        for (supply, qty) in supplies.chain(receipts).filter(|_| item.shelf_days.is_some()) {
            assert_eq!(&pegged(supply) + &lost(supply), qty, "{} {supply:?}", item.id);
            let at = usable_until(model, plan, n, supply);
            assert!(unused.iter().filter(|s| s.1 == supply).all(|s| s.3 == at));
        }
        if plan.finite {
            continue;
        }
        for (_, supply, _, at, _) in &unused {
            let shelf = item.shelf_days.map_or(0, |days| i64::from(days) * 86_400);
            let there = match supply {
                Supply::OnHand => Seconds::MIN,
                // A lot is made when what is there does not do, and counts as there after its safety time.
                Supply::Lot(_) => at - shelf + 1 + (i64::from(item.safety_days) * 86_400).min(shelf - 86_400),
                Supply::Receipt(_) | Supply::Beside(_) => at - shelf,
            };
            for (peg, until) in record.pegs.iter().zip(&record.usable_until) {
                let taken = taken_at(model, plan, peg.demand);
                assert!(
                    taken < there || *at <= taken || until <= at,
                    "{}: {peg:?} before {supply:?} to {at}",
                    item.id
                );
            }
        }
        for (n, lot) in record.lots.iter().enumerate().filter(|_| !item.safety_stock.is_positive()) {
            let used = pegged(Supply::Lot(u32::try_from(n).expect("few")));
            let asked = used.at_least(&item.lot.minimum).up_to_multiple(&item.lot.multiple);
            assert!(item.shelf_days.is_none() || lot.qty == asked, "{}: {} for {used}", item.id, lot.qty);
        }
    }
}

fn lateness(model: &Model, plan: &Plan) -> i64 {
    let late = model.orders.iter().zip(&plan.done).filter(|(order, done)| **done > order.due);
    late.map(|(order, done)| (6 - i64::from(order.priority)) * (7 * 86_400 + done - order.due)).sum()
}

proptest! {
    // More with CELOTA_SEEDS=…
    #![proptest_config(ProptestConfig::with_cases(std::env::var("CELOTA_SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(60)))]

    #[test]
    fn unlimited_plans_hold(seed in any::<u64>()) {
        let model = model(&mut Dice(seed));
        let plan = unlimited(&model);
        pegs_hold(&model, &plan);
        substitutes_hold(&model, &plan);
        shares_hold(&model, &plan);
        capacity_holds(&model, &plan);
        shelves_hold(&model, &plan);
    }

    #[test]
    fn finite_plans_hold(seed in any::<u64>()) {
        let model = model(&mut Dice(seed));
        let plan = finite(&model);
        pegs_hold(&model, &plan);
        substitutes_hold(&model, &plan);
        shares_hold(&model, &plan);
        capacity_holds(&model, &plan);
        setups_hold(&model, &plan);
        shelves_hold(&model, &plan);
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
                    model.items[n].expiring.clear();
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

    /// Families only ever save time: with the same lots no plan is later for them, and set-ups take no longer.
    #[test]
    fn families_do_no_harm(seed in any::<u64>()) {
        let mut dice = Dice(seed);
        let mut model = without_families(&mut dice);
        let without = finite(&model);
        families(&mut dice, &mut model);
        model.resources.iter_mut().for_each(|resource| resource.changeovers.clear());
        let with = finite(&model);
        prop_assert!(lateness(&model, &with) <= lateness(&model, &without));
        let setups = |plan: &Plan| -> Seconds {
            plan.records.iter().flat_map(|r| &r.lots).flat_map(|lot| &lot.steps).map(|step| step.setup).sum()
        };
        prop_assert!(setups(&with) <= setups(&without));
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
        // Its operations and those of the plan together keep within capacity; those of one that is asked for after it
        // also without it, should it lapse, and both beside one another.
        let (_, hold) = resident.reserve(&request);
        let (after, _) = resident.reserve(&request);
        resident.release(hold);
        for promises in [vec![&first], vec![&after], vec![&first, &after]] {
            let mut with = plan.clone();
            for lot in promises.into_iter().flat_map(|promise| &promise.lots) {
                let steps = lot.placed.iter().map(|p| net::Step { resource: p.resource, unit: p.lane, with: p.with, setup: p.setup, start: p.start, end: p.end });
                with.records[lot.item].lots.push(net::Lot { qty: lot.qty.clone(), method: lot.method, start: lot.start, end: lot.end, steps: steps.collect() });
            }
            capacity_holds(&model, &with);
            setups_hold(&model, &with);
        }
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

/// A model on which what comes last was worked on by somebody who has less time than whom one reckons with.
#[test]
fn what_comes_last_is_worked_on_by_whoever_does_it() {
    let model = without_families(&mut Dice(16_938_055_971_221_735_709));
    capacity_holds(&model, &finite(&model));
}

/// A model on which making something that brings a component of its own takes no time at all.
#[test]
fn no_lot_takes_what_it_brings() {
    let model = model(&mut Dice(16_782_151_492_217_650_068));
    let plan = finite(&model);
    pegs_hold(&model, &plan);
    for (item, record) in plan.records.iter().enumerate() {
        let own = |peg: &net::Peg| matches!((peg.supply, peg.demand), (Supply::Beside(of), Demand::Lot(to)) if of == to);
        assert!(!record.pegs.iter().any(own), "{}", model.items[item].id);
    }
}

/// A model on which a tool is taken twice, the one before the other has ended.
#[test]
fn what_is_taken_twice_over_is_taken() {
    let model = model(&mut Dice(15_928_660_531_394_478_901));
    capacity_holds(&model, &finite(&model));
}
