//! Material requirements planning: from what is wanted to what must be bought and made, item by item in the order of
//! the low-level codes, each lot pegged to what it is for.
//!
//! An item's record is a function of its own data and of its parents' lots alone. So a change replans the items that
//! hang on it and nothing else, and gives what a full run gives.
//!
//! Terms and logic: J. Orlicky, Material Requirements Planning (1975), chapters 4 to 6; APICS Dictionary.

use crate::lots;
use crate::model::{DAY, LotPolicy, LotRule, Method, Seconds};
use crate::shop::{Shop, work};
use numbers::Rational;

/// What an item has, gets and gives: the classic time-phased record, to the quantity and the second.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// Planned orders, by the time they are there.
    pub lots: Vec<Lot>,
    /// What serves what, each supply first come first served.
    pub pegs: Vec<Peg>,
}

/// A planned order: a proposal to buy, make or move so much.
#[derive(Clone, Debug, PartialEq)]
pub struct Lot {
    /// How much.
    pub qty: Rational,
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
    /// When it holds a unit of the resource.
    pub start: Seconds,
    /// When it lets it go.
    pub end: Seconds,
}

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

/// A gross requirement.
#[derive(Clone, Debug)]
pub struct Requirement {
    /// When it is needed.
    pub at: Seconds,
    /// How much.
    pub qty: Rational,
    /// For what.
    pub demand: Demand,
}

/// Who asks for an item: kept beside the records, so that a record can be made at any time.
#[derive(Debug)]
pub struct Links {
    parents: Vec<Vec<(u32, Rational)>>,
    orders: Vec<Vec<u32>>,
    receipts: Vec<Vec<u32>>,
}

impl Links {
    /// Reads who asks for what from a model.
    pub fn new(shop: &Shop<'_>) -> Self {
        let model = shop.model;
        let count = model.items.len();
        let mut links = Self {
            parents: vec![Vec::new(); count],
            orders: vec![Vec::new(); count],
            receipts: vec![Vec::new(); count],
        };
        for parent in 0..count as u32 {
            for component in shop.method(parent).iter().flat_map(|m| &m.components) {
                // A component listed twice is one requirement.
                match links.parents[component.item].last_mut() {
                    Some((last, per)) if *last == parent => *per += &component.per,
                    _ => links.parents[component.item].push((parent, component.per.clone())),
                }
            }
        }
        for (n, order) in model.orders.iter().enumerate() {
            links.orders[order.item].push(n as u32);
        }
        for (n, receipt) in model.receipts.iter().enumerate() {
            links.receipts[receipt.item].push(n as u32);
        }
        for orders in &mut links.orders {
            orders.sort_by_key(|n| (model.orders[*n as usize].due, model.orders[*n as usize].priority));
        }
        for receipts in &mut links.receipts {
            receipts.sort_by_key(|n| model.receipts[*n as usize].at);
        }
        links
    }

    /// All that is needed of an item, first what is needed first.
    pub fn gross(&self, shop: &Shop<'_>, item: u32, records: &[Record]) -> Vec<Requirement> {
        let mut gross: Vec<Requirement> = Vec::new();
        for n in &self.orders[item as usize] {
            let order = &shop.model.orders[*n as usize];
            gross.push(Requirement { at: order.due, qty: order.qty.clone(), demand: Demand::Order(*n) });
        }
        for (parent, per) in &self.parents[item as usize] {
            for (n, lot) in records[*parent as usize].lots.iter().enumerate() {
                let demand = Demand::Lot(LotRef { item: *parent, n: n as u32 });
                gross.push(Requirement { at: lot.start, qty: per * &lot.qty, demand });
            }
        }
        // Stable, and so the same in every run; the lists are sorted runs already, which the sort makes use of.
        gross.sort_by_key(|r| r.at);
        gross
    }
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
    let mut due = vec![false; records.len()];
    changed.iter().for_each(|item| due[*item] = true);
    let mut touched = Vec::new();
    for item in shop.order() {
        if !due[*item as usize] {
            continue;
        }
        touched.push(*item);
        let new = record(shop, links, *item, records, finite);
        let old = std::mem::replace(&mut records[*item as usize], new);
        let needs = |lots: &[Lot]| lots.iter().map(|lot| (lot.start, lot.qty.clone())).collect::<Vec<_>>();
        if changed.contains(&(*item as usize)) || needs(&old.lots) != needs(&records[*item as usize].lots) {
            for component in shop.method(*item).iter().flat_map(|m| &m.components) {
                due[component.item] = true;
            }
        }
    }
    touched
}

/// Nets one item: what is wanted against what there is, puts the rest into lots, and pegs both.
/// With `finite`, a need that is earlier than any new lot could be takes a receipt that comes before that lot.
pub fn record(shop: &Shop<'_>, links: &Links, item: u32, records: &[Record], finite: bool) -> Record {
    let gross = links.gross(shop, item, records);
    let one = shop.item(item);
    if gross.is_empty() && !one.safety_stock.is_positive() {
        return Record::default();
    }
    let method = shop.method(item);
    let floor = match method {
        Some(method) if finite => shop.after_lead(method, 0),
        _ => Seconds::MIN,
    };
    let receipts: Vec<(Seconds, u32)> = links.receipts[item as usize]
        .iter()
        .map(|n| (shop.model.receipts[*n as usize].at, *n))
        .map(|(at, n)| (if at <= floor { Seconds::MIN } else { at }, n))
        .collect();
    let early = i64::from(one.safety_days) * DAY;
    let mut lots: Vec<Lot> = Vec::new();
    if let Some(method) = method {
        let net = net(shop, item, &gross, &receipts, floor);
        for (at, qty) in size(&one.lot, net) {
            lots.push(backward(shop, method, qty, at - early));
        }
    }
    let pegs = peg(shop, item, &gross, &receipts, &lots, early);
    Record { lots, pegs }
}

/// The net requirements: what would take the projected stock below the safety stock.
fn net(
    shop: &Shop<'_>,
    item: u32,
    gross: &[Requirement],
    receipts: &[(Seconds, u32)],
    floor: Seconds,
) -> Vec<(Seconds, Rational)> {
    let one = shop.item(item);
    let safety = &one.safety_stock;
    let mut available = one.on_hand.clone();
    let mut coming = receipts.iter().peekable();
    let mut net: Vec<(Seconds, Rational)> = Vec::new();
    // A stock that is too low already is filled as soon as it can be.
    let mut filled = safety.is_positive().then_some(floor.max(0));
    for requirement in gross {
        if let Some(at) = filled.take_if(|at| *at <= requirement.at) {
            take(&mut coming, shop, &mut available, at);
            missing(&mut net, at, &mut available, safety);
        }
        take(&mut coming, shop, &mut available, requirement.at);
        available -= &requirement.qty;
        missing(&mut net, requirement.at, &mut available, safety);
    }
    if let Some(at) = filled {
        take(&mut coming, shop, &mut available, at);
        missing(&mut net, at, &mut available, safety);
    }
    net
}

/// Adds the receipts that are there by then.
fn take(
    coming: &mut std::iter::Peekable<std::slice::Iter<'_, (Seconds, u32)>>,
    shop: &Shop<'_>,
    available: &mut Rational,
    at: Seconds,
) {
    while let Some((_, n)) = coming.next_if(|(then, _)| *then <= at) {
        *available += &shop.model.receipts[*n as usize].qty;
    }
}

fn missing(net: &mut Vec<(Seconds, Rational)>, at: Seconds, available: &mut Rational, safety: &Rational) {
    if *available < *safety {
        let short = safety - available;
        match net.last_mut() {
            Some((then, qty)) if *then == at => *qty += &short,
            _ => net.push((at, short)),
        }
        available.clone_from(safety);
    }
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
            let lot = match &rule.policy {
                LotPolicy::Fixed(fixed) if fixed.is_positive() => fixed.clone(),
                _ => {
                    let most = rule.maximum.as_ref();
                    let wanted = most.map_or_else(|| need.clone(), |most| need.at_most(most));
                    wanted.at_least(&rule.minimum).up_to_multiple(&rule.multiple)
                }
            };
            need -= &lot;
            lots.push((at, lot));
        }
        left = -&need;
    }
    lots
}

/// Needs of whole periods put together by a cost rule; each lot is there when its first need is.
fn by_cost(
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

/// A lot that is there at `end`: its operations one before another, as late as their calendars allow.
pub fn backward(shop: &Shop<'_>, method: &Method, qty: Rational, end: Seconds) -> Lot {
    let mut at = shop.before_lead(method, end);
    let mut steps: Box<[Step]> =
        vec![Step { resource: 0, unit: 0, start: 0, end: 0 }; method.operations.len()].into();
    for (step, operation) in steps.iter_mut().zip(&method.operations).rev() {
        let resource = operation.resources.first().copied().unwrap_or(0);
        let clock = shop.clock(resource);
        let worked = clock.worked(at);
        let end = clock.end_of(worked).min(at);
        at = clock.start_of(worked - work(operation, &qty)).min(end);
        *step = Step { resource: resource as u32, unit: 0, start: at, end };
    }
    Lot { qty, start: at, end, steps }
}

/// First come, first served: by the time it is there, each supply serves the needs by the time they are.
fn peg(
    shop: &Shop<'_>,
    item: u32,
    gross: &[Requirement],
    receipts: &[(Seconds, u32)],
    lots: &[Lot],
    early: Seconds,
) -> Vec<Peg> {
    let mut supplies: Vec<(Seconds, Supply, &Rational)> = Vec::with_capacity(1 + receipts.len() + lots.len());
    let one = shop.item(item);
    if one.on_hand.is_positive() {
        supplies.push((Seconds::MIN, Supply::OnHand, &one.on_hand));
    }
    supplies.extend(
        receipts.iter().map(|(at, n)| (*at, Supply::Receipt(*n), &shop.model.receipts[*n as usize].qty)),
    );
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
