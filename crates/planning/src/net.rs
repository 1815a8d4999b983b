//! Material requirements planning: from what is wanted to what must be bought and made, item by item in the order of
//! the low-level codes, each lot pegged to what it is for.
//!
//! An item's record is a function of its own data and of its parents' lots, and, where something of it is on order, of what
//! there is of what it is made of. So a change replans the items that hang on it and nothing else, and gives what a full
//! run gives.
//!
//! Terms and logic: J. Orlicky, Material Requirements Planning (1975), chapters 4 to 6; APICS Dictionary.

use crate::handover::Overlap;
use crate::links::Coming;
pub use crate::links::{Links, Requirement};
use crate::lots;
use crate::model::{DAY, LotPolicy, LotRule, Operation, Seconds};
use crate::projected::net;
use crate::shelf;
use crate::shop::{Shop, WITH, work};
use numbers::Rational;
use std::collections::HashMap;

/// What an item has, gets and gives: the classic time-phased record, to the quantity and the second.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// Planned orders, by the time they are there.
    pub lots: Vec<Lot>,
    /// What serves what, each supply first come first served.
    pub pegs: Vec<Peg>,
    /// What takes another item because this one is not there.
    pub instead: Vec<Instead>,
    /// For each peg until when what it takes is usable, as netted; only where something of the item perishes.
    pub usable_until: Vec<Seconds>,
    /// What nothing takes before it expires.
    pub expires: Vec<Expires>,
}

/// So much of a supply that no need takes in time.
#[derive(Clone, Debug, PartialEq)]
pub struct Expires {
    /// Of what.
    pub supply: Supply,
    /// How much.
    pub qty: Rational,
    /// When it is not usable any more, as netted.
    pub at: Seconds,
}

/// A lot's need of an item, or part of it, that another item serves in its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Instead {
    /// For which lot.
    pub lot: LotRef,
    /// Which item is taken.
    pub item: u32,
    /// How much of it.
    pub qty: Rational,
    /// How much of this item it does for.
    pub of: Rational,
}

/// A planned order: a proposal to buy, make or move so much.
#[derive(Clone, Debug, PartialEq)]
pub struct Lot {
    /// How much.
    pub qty: Rational,
    /// Which of its item's methods makes it.
    pub method: u32,
    /// When it must be begun: its components are taken then.
    pub start: Seconds,
    /// When it is there.
    pub end: Seconds,
    /// Its operations, in the order of the routing.
    pub steps: Box<[Step]>,
}

/// An operation of a lot with its place in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which resource does it.
    pub resource: u32,
    /// Which of all units, counted resource by resource; only finite plans choose one.
    pub unit: u32,
    /// The units of what it holds beside that, or [`NONE`].
    pub with: [u32; WITH],
    /// How much of its working time is set-up.
    pub setup: Seconds,
    /// When it holds a unit of the resource.
    pub start: Seconds,
    /// When it lets it go.
    pub end: Seconds,
}

/// No unit.
pub const NONE: u32 = u32::MAX;

/// So much of a supply of this record is for one demand.
#[derive(Clone, Debug, PartialEq)]
pub struct Peg {
    /// From what.
    pub supply: Supply,
    /// For what.
    pub demand: Demand,
    /// How much.
    pub qty: Rational,
}

/// A source of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Supply {
    /// What lies there.
    OnHand,
    /// One of the model's receipts.
    Receipt(u32),
    /// A lot of the same record, by its place.
    Lot(u32),
    /// A lot of another item that brings this one beside it.
    Beside(LotRef),
}

/// What needs an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    /// One of the model's orders.
    Order(u32),
    /// A lot of an item that it goes into.
    Lot(LotRef),
}

/// A lot, by its item and its place in that item's record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LotRef {
    /// The item.
    pub item: u32,
    /// The place in the record.
    pub n: u32,
}

/// Nets all items, parents before components.
pub fn all(shop: &Shop<'_>, links: &Links, finite: bool) -> Vec<Record> {
    let mut records = vec![Record::default(); shop.model.items.len()];
    for item in shop.order() {
        records[*item as usize] = record(shop, links, *item, &records, finite);
    }
    records
}

/// Net change: nets the changed items again, and whatever hangs on what has changed with them; says which items that
/// were. The records must be of [`all`] or of this function, before any scheduling, for a model with the same items.
pub fn change(
    shop: &Shop<'_>,
    links: &Links,
    records: &mut [Record],
    changed: &[usize],
    finite: bool,
) -> Vec<u32> {
    if !links.replaces.is_empty() {
        // What may be taken in another's place is known only when all is known that takes it.
        records.iter_mut().for_each(|record| *record = Record::default());
        shop.order().iter().for_each(|n| records[*n as usize] = record(shop, links, *n, records, finite));
        return shop.order().to_vec();
    }
    let mut due = vec![false; records.len()];
    changed.iter().for_each(|item| due[*item] = true);
    if finite {
        links.waiting(changed).into_iter().for_each(|item| due[item] = true);
    }
    let mut touched = Vec::new();
    for item in shop.order() {
        if !due[*item as usize] {
            continue;
        }
        touched.push(*item);
        let new = record(shop, links, *item, records, finite);
        let old = std::mem::replace(&mut records[*item as usize], new);
        let needs = |lots: &[Lot]| {
            lots.iter().map(|lot| (lot.start, lot.end, lot.method, lot.qty.clone())).collect::<Vec<_>>()
        };
        if changed.contains(&(*item as usize)) || needs(&old.lots) != needs(&records[*item as usize].lots) {
            for method in &shop.item(*item).methods {
                method.components.iter().for_each(|component| due[component.item] = true);
                method.outputs.iter().for_each(|output| due[output.item] = true);
            }
        }
    }
    touched
}

/// Nets one item: what is wanted against what there is, puts the rest into lots, and pegs both.
/// With `finite`, a need that is earlier than any new lot could be takes a receipt that comes before that lot: the item's
/// own lead time says so at once, and `sooner` where what it is made of must come first.
pub fn record(shop: &Shop<'_>, links: &Links, item: u32, records: &[Record], finite: bool) -> Record {
    let mut gross = links.gross(shop, item, records);
    let one = shop.item(item);
    if gross.is_empty() && !one.safety_stock.is_positive() && !one.perishes() {
        return Record::default();
    }
    let floor = match shop.method(item) {
        Some(method) if finite => shop.after_lead(method, 0).max(one.fence),
        _ => Seconds::MIN,
    };
    let mut coming = links.coming(shop, item, records, floor);
    let instead = if links.replaces.is_empty() {
        Vec::new()
    } else {
        substitute(shop, links, item, records, &mut gross, &coming)
    };
    if one.perishes() {
        return Record {
            instead,
            ..shelf::record(shop, item, &gross, &coming, records, floor, finite.then_some(links))
        };
    }
    let early = i64::from(one.safety_days) * DAY;
    let mut lots: Vec<Lot> = Vec::new();
    if !one.methods.is_empty() {
        let net = net(shop, finite.then_some(links), item, &gross, &mut coming, floor);
        for (at, qty) in size(&one.lot, net) {
            lots.push(backward(shop, item, qty, at - early));
        }
    }
    let pegs = peg(shop, item, &gross, &coming, &lots, early);
    Record { lots, pegs, instead, ..Record::default() }
}

/// Lots whose bill names a substitute take what is there of it, as far as the item itself is not there in time: what is
/// on hand and what nothing else takes. Their requirements become so much smaller.
fn substitute(
    shop: &Shop<'_>,
    links: &Links,
    item: u32,
    records: &[Record],
    gross: &mut Vec<Requirement>,
    coming: &[Coming],
) -> Vec<Instead> {
    let named = |lot: LotRef| {
        let method = shop.way(lot.item, &records[lot.item as usize].lots[lot.n as usize]);
        let components = method.into_iter().flat_map(|method| &method.components);
        let substitutes = components.filter(|c| c.item == item as usize).flat_map(|c| &c.substitutes);
        substitutes
            .filter(|other| links.replaces.get(&(other.item as u32)).is_some_and(|of| of.contains(&item)))
    };
    let mut available = shop.item(item).on_hand.clone();
    let mut coming = coming.iter().peekable();
    let mut free: HashMap<usize, Rational> = HashMap::new();
    let mut instead = Vec::new();
    for requirement in gross.iter_mut() {
        while let Some(next) = coming.next_if(|next| next.at <= requirement.at) {
            available += &next.qty;
        }
        let mut short = &requirement.qty - &available.at_least(&Rational::ZERO);
        if let (Demand::Lot(lot), true) = (requirement.demand, short.is_positive()) {
            for other in named(lot) {
                let free = free.entry(other.item).or_insert_with(|| {
                    let taken = links.gross(shop, other.item as u32, records).into_iter().map(|r| r.qty);
                    &shop.model.items[other.item].on_hand - &taken.sum::<Rational>()
                });
                let usable = shop.model.items[other.item].usable_at(requirement.at).at_most(free);
                let Ok(does_for) = usable.at_least(&Rational::ZERO).over(&other.ratio) else { continue };
                let of = does_for.at_most(&short);
                if of.is_positive() {
                    let qty = &of * &other.ratio;
                    *free -= &qty;
                    short -= &of;
                    requirement.qty -= &of;
                    instead.push(Instead { lot, item: other.item as u32, qty, of });
                }
            }
        }
        available -= &requirement.qty;
    }
    gross.retain(|requirement| requirement.qty.is_positive());
    instead
}

/// Net requirements to lots: put together by the item's policy, rounded by its minimum, multiple and maximum; what a
/// lot has too much serves the next.
fn size(rule: &LotRule, net: Vec<(Seconds, Rational)>) -> Vec<(Seconds, Rational)> {
    let grouped = match &rule.policy {
        LotPolicy::LotForLot | LotPolicy::Fixed(_) => net,
        LotPolicy::PeriodOrderQuantity { days } => {
            let length = i64::from((*days).max(1)) * DAY;
            let mut groups: Vec<(Seconds, Rational)> = Vec::new();
            for (at, qty) in net {
                match groups.last_mut() {
                    Some((first, sum)) if at < *first + length => *sum += &qty,
                    _ => groups.push((at, qty)),
                }
            }
            groups
        }
        LotPolicy::Cost { rule, setup, holding, days } => by_cost(net, *rule, *setup, *holding, *days),
    };
    let mut lots = Vec::new();
    let mut left = Rational::ZERO;
    for (at, qty) in grouped {
        if left >= qty {
            left -= &qty;
            continue;
        }
        let mut need = &qty - &left;
        while need.is_positive() {
            let lot = lot_for(rule, &need);
            need -= &lot;
            lots.push((at, lot));
        }
        left = -&need;
    }
    lots
}

/// How much is made at once for a need.
pub(crate) fn lot_for(rule: &LotRule, need: &Rational) -> Rational {
    match &rule.policy {
        LotPolicy::Fixed(fixed) if fixed.is_positive() => fixed.clone(),
        _ => {
            let most = rule.maximum.as_ref();
            let wanted = most.map_or_else(|| need.clone(), |most| need.at_most(most));
            wanted.at_least(&rule.minimum).up_to_multiple(&rule.multiple)
        }
    }
}

/// Needs of whole periods put together by a cost rule; each lot is there when its first need is.
pub(crate) fn by_cost(
    net: Vec<(Seconds, Rational)>,
    rule: lots::Rule,
    setup: f64,
    holding: f64,
    days: u32,
) -> Vec<(Seconds, Rational)> {
    let Some(first) = net.first().map(|(at, _)| at.div_euclid(DAY)) else { return net };
    let length = i64::from(days.max(1));
    let period = |at: Seconds| usize::try_from((at.div_euclid(DAY) - first) / length).unwrap_or(0);
    let count = net.last().map_or(0, |(at, _)| period(*at) + 1);
    let mut demand = vec![0.0; count];
    for (at, qty) in &net {
        demand[period(*at)] += qty.to_f64();
    }
    let mut groups: Vec<(Seconds, Rational)> = Vec::new();
    let mut needs = net.into_iter().peekable();
    for (start, periods) in lots::cover(rule, &demand, setup, holding) {
        let mut group: Option<(Seconds, Rational)> = None;
        while let Some((at, qty)) = needs.next_if(|(at, _)| period(*at) < start + periods) {
            match &mut group {
                Some((_, sum)) => *sum += &qty,
                None => group = Some((at, qty)),
            }
        }
        groups.extend(group);
    }
    groups
}

/// A lot that is there at `end`, by the method that fits it: its operations one before another, as late as their
/// calendars allow.
pub fn backward(shop: &Shop<'_>, item: u32, qty: Rational, end: Seconds) -> Lot {
    let chosen = shop.choose(item, &qty, end);
    let Some(method) = shop.item(item).methods.get(chosen as usize) else {
        return Lot { qty, method: chosen, start: end, end, steps: Box::default() };
    };
    let mut at = shop.before_lead(method, end);
    let none = Step { resource: 0, unit: 0, with: [NONE; WITH], setup: 0, start: 0, end: 0 };
    let mut steps: Box<[Step]> = vec![none; method.operations.len()].into();
    let mut next: Option<(&Operation, Step)> = None;
    for (step, operation) in steps.iter_mut().zip(&method.operations).rev() {
        let clock = shop.usual_clock(operation);
        let needed = work(operation, &qty);
        let until = match next {
            Some((after, placed)) => {
                let by = placed.start - after.queue - operation.transport;
                let overlap = Overlap::of(operation, after, &qty);
                overlap.map_or(by, |overlap| overlap.latest(shop, (operation, after), by, placed.end))
            }
            None => at - operation.transport,
        };
        let worked = clock.worked(until);
        let end = clock.end_of(worked).min(until);
        let start = clock.start_of(worked - needed).min(end);
        let resource = operation.resources.first().copied().unwrap_or(0) as u32;
        *step = Step { resource, unit: 0, with: [NONE; WITH], setup: operation.setup, start, end };
        at = start - operation.queue;
        next = Some((operation, *step));
    }
    Lot { qty, method: chosen, start: at, end, steps }
}

/// First come, first served: by the time it is there, each supply serves the needs by the time they are.
fn peg(
    shop: &Shop<'_>,
    item: u32,
    gross: &[Requirement],
    coming: &[Coming],
    lots: &[Lot],
    early: Seconds,
) -> Vec<Peg> {
    let mut supplies: Vec<(Seconds, Supply, &Rational)> = Vec::with_capacity(1 + coming.len() + lots.len());
    let one = shop.item(item);
    if one.on_hand.is_positive() {
        supplies.push((Seconds::MIN, Supply::OnHand, &one.on_hand));
    }
    supplies.extend(coming.iter().map(|coming| (coming.at, coming.supply, &coming.qty)));
    supplies
        .extend(lots.iter().enumerate().map(|(n, lot)| (lot.end + early, Supply::Lot(n as u32), &lot.qty)));
    supplies.sort_by_key(|(at, ..)| *at);
    let mut pegs = Vec::with_capacity(gross.len() + supplies.len());
    let mut supplies = supplies.into_iter();
    let mut current = supplies.next().map(|(_, supply, qty)| (supply, qty.clone()));
    for requirement in gross {
        let mut need = requirement.qty.clone();
        while need.is_positive() {
            let Some((supply, left)) = &mut current else { break };
            let qty = left.at_most(&need);
            need -= &qty;
            *left -= &qty;
            let used_up = left.is_zero();
            if qty.is_positive() {
                pegs.push(Peg { supply: *supply, demand: requirement.demand, qty });
            }
            if used_up {
                current = supplies.next().map(|(_, supply, qty)| (supply, qty.clone()));
            }
        }
    }
    pegs
}
