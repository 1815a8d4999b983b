//! What hurts: whom one change hits, how much money that is, and what would help.

use crate::explain::{Binds, Reason};
use crate::model::{DAY, Fault, Model, Order, Seconds};
use crate::net::{LotRef, Supply};
use crate::plan::{Options, Plan, plan};
use crate::scenario::{Change, Difference, Moved, apply, compare};
use numbers::Rational;
use std::collections::BTreeMap;

/// The orders that a change reaches, as the plan pegs them, without planning anew: those that take of a receipt or of
/// the stock that is missing, whose lots are on the resource while it is down, or that are changed themselves.
pub fn exposed(model: &Model, plan: &Plan, change: &Change) -> Vec<usize> {
    let mut orders: Vec<usize> = match change {
        Change::ResourceDown { resource, from, to } => on_resource(plan, *resource, *from, *to),
        Change::Capacity { resource, .. }
        | Change::ResourceUp { resource, .. }
        | Change::Overtime { resource, .. } => on_resource(plan, *resource, Seconds::MIN, Seconds::MAX),
        Change::ReceiptMoved { receipt, .. }
        | Change::ReceiptLate { receipt, .. }
        | Change::ReceiptShort { receipt, .. } => {
            let known = (*receipt < model.receipts.len()).then_some(*receipt as u32);
            known
                .into_iter()
                .flat_map(|n| plan.pegging.of_receipt(model, n))
                .map(|share| share.order as usize)
                .collect()
        }
        Change::StockLost { item, qty } if *item < model.items.len() => from_stock(model, plan, *item, qty),
        Change::LeadTime { item, .. } if *item < model.items.len() => {
            let lots =
                plan.pegging.of_item(*item).iter().filter(|share| matches!(share.supply, Supply::Lot(_)));
            lots.map(|share| share.order as usize).collect()
        }
        Change::Demand { item, .. } => {
            (0..model.orders.len()).filter(|n| model.orders[*n].item == *item).collect()
        }
        Change::OrderChanged { order, .. } | Change::OrderWithdrawn { order } => vec![*order],
        Change::StockLost { .. } | Change::LeadTime { .. } | Change::OrderAdded(_) => Vec::new(),
    };
    orders.sort_unstable();
    orders.dedup();
    orders
}

fn on_resource(plan: &Plan, resource: usize, from: Seconds, to: Seconds) -> Vec<usize> {
    let mut orders = Vec::new();
    for (item, record) in plan.records.iter().enumerate() {
        for (n, lot) in record.lots.iter().enumerate() {
            if lot
                .steps
                .iter()
                .any(|step| step.resource as usize == resource && step.start < to && from < step.end)
            {
                let shares = plan.pegging.of_lot(LotRef { item: item as u32, n: n as u32 });
                orders.extend(shares.iter().map(|share| share.order as usize));
            }
        }
    }
    orders
}

/// Stock serves first come first served, so that what is lost is first what nobody takes, then what is taken last.
fn from_stock(model: &Model, plan: &Plan, item: usize, lost: &Rational) -> Vec<usize> {
    let served: Vec<_> =
        plan.pegging.of_item(item).iter().filter(|share| share.supply == Supply::OnHand).collect();
    let taken: Rational = served.iter().map(|share| share.qty.clone()).sum();
    let mut left = lost - &(&model.items[item].on_hand - &taken).at_least(&Rational::ZERO);
    let mut orders = Vec::new();
    for share in served.iter().rev() {
        if !left.is_positive() {
            break;
        }
        left -= &share.qty;
        orders.push(share.order as usize);
    }
    orders
}

/// An order that comes later because of a change, or is late only now.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// Its place in the changed model.
    pub order: usize,
    /// When it was to be there; none where it is new.
    pub before: Option<Seconds>,
    /// When it will be.
    pub after: Seconds,
    /// How much after it is due; zero where it still comes in time.
    pub late_by: Seconds,
    /// What it is worth.
    pub value: f64,
    /// The change reaches it (see [`exposed`]), or it waits now for what has changed; otherwise it gives way to others.
    pub exposed: bool,
    /// What it waits for now, the longest wait first; nothing where it comes in time.
    pub because: Vec<Reason>,
}

/// Something that would help, tried out.
#[derive(Clone, Debug)]
pub struct Remedy {
    /// What binds.
    pub binds: Binds,
    /// What to do about it, in places of the changed model: one more unit of a resource (a second shift, another machine,
    /// a subcontractor), a receipt or a lead time shorter by as much as the latest order that waits for it is late.
    pub change: Change,
    /// With it the date of each hit, in their order.
    pub dates: Vec<Seconds>,
    /// How much less money is late with it.
    pub saves: f64,
}

/// What one change does.
#[derive(Clone, Debug)]
pub struct Hurts {
    /// The changed model.
    pub model: Model,
    /// Its plan.
    pub plan: Plan,
    /// How it differs from the plan as it was.
    pub difference: Difference,
    /// The orders that are hit: what is late first, of that what is worth most, then what waits longest.
    pub hits: Vec<Hit>,
    /// What was tried and helps, what saves most first: it saves money, or costs none and brings an order sooner.
    pub remedies: Vec<Remedy>,
}

/// Whom a change hits, in a finite plan (one without limits is never late). Plans the changed model, and besides it at most so many remedies for what binds most.
pub fn hurts(
    model: &Model,
    plan_before: &Plan,
    change: &Change,
    value: impl Fn(&Order) -> f64,
    options: &Options,
    remedies: usize,
) -> Result<Hurts, Fault> {
    let changed = apply(model, std::slice::from_ref(change))?;
    let after = plan(&changed, options)?;
    let difference = compare(model, plan_before, &changed, &after, &value);
    let reached = exposed(model, plan_before, change);
    let was: BTreeMap<usize, Moved> = difference.moved.iter().map(|moved| (moved.after, *moved)).collect();
    // An order that is due earlier may be late only now at the date that it had.
    let later = difference.moved.iter().filter(|moved| moved.to > moved.from).map(|moved| moved.after);
    let mut places: Vec<usize> = later.chain(difference.late_gained.iter().copied()).collect();
    places.sort_unstable();
    places.dedup();
    let hit = |order: usize| {
        let one = &changed.orders[order];
        let new = difference.added.binary_search(&order).is_ok();
        let before =
            if new { None } else { Some(was.get(&order).map_or(after.done[order], |moved| moved.from)) };
        // One that is hit without moving is the one that was changed, and keeps its place.
        let place = was.get(&order).map_or(order, |moved| moved.before);
        Hit {
            order,
            before,
            after: after.done[order],
            late_by: (after.done[order] - one.due).max(0),
            value: value(one),
            exposed: new
                || reached.binary_search(&place).is_ok()
                || after.late_because[order].iter().any(|reason| concerns(change, reason.binds)),
            because: after.late_because[order].clone(),
        }
    };
    let mut hits: Vec<Hit> = places.into_iter().map(hit).collect();
    let wait = |hit: &Hit| hit.before.map_or(hit.late_by, |before| hit.after - before);
    hits.sort_by(|a, b| {
        (b.late_by > 0).cmp(&(a.late_by > 0)).then(b.value.total_cmp(&a.value)).then(wait(b).cmp(&wait(a)))
    });
    let mut tried = Vec::new();
    for (binds, change) in reliefs(&changed, &hits).into_iter().take(remedies) {
        let helped = apply(&changed, std::slice::from_ref(&change))?;
        let made = plan(&helped, options)?;
        let saves =
            difference.at_stake.after - compare(&changed, &after, &helped, &made, &value).at_stake.after;
        let dates: Vec<Seconds> = hits.iter().map(|hit| made.done[hit.order]).collect();
        let sooner = hits.iter().zip(&dates).any(|(hit, date)| *date < hit.after);
        if saves > 0.0 || saves == 0.0 && sooner {
            tried.push(Remedy { binds, change, dates, saves });
        }
    }
    tried.sort_by(|a, b| b.saves.total_cmp(&a.saves));
    Ok(Hurts { model: changed, plan: after, difference, hits, remedies: tried })
}

/// What binds is what a change is about.
fn concerns(change: &Change, binds: Binds) -> bool {
    match (change, binds) {
        (
            Change::ResourceDown { resource: place, .. }
            | Change::ResourceUp { resource: place, .. }
            | Change::Capacity { resource: place, .. },
            Binds::Resource(n) | Binds::Down(n),
        )
        | (
            Change::ReceiptMoved { receipt: place, .. }
            | Change::ReceiptLate { receipt: place, .. }
            | Change::ReceiptShort { receipt: place, .. },
            Binds::Receipt(n),
        )
        | (
            Change::StockLost { item: place, .. } | Change::LeadTime { item: place, .. },
            Binds::LeadTime(n) | Binds::Making(n) | Binds::Fence(n),
        ) => *place == n as usize,
        _ => false,
    }
}

/// What would lift that which binds the orders that are hit, what they wait for longest first.
fn reliefs(model: &Model, hits: &[Hit]) -> Vec<(Binds, Change)> {
    // What binds, how long in all, and how late the latest order is that waits for it.
    let mut binding: Vec<(Binds, Seconds, Seconds)> = Vec::new();
    for (hit, reason) in hits.iter().flat_map(|hit| hit.because.iter().map(move |reason| (hit, reason))) {
        match binding.iter_mut().find(|(binds, ..)| *binds == reason.binds) {
            Some((_, wait, late)) => {
                (*wait, *late) = (wait.saturating_add(reason.wait), hit.late_by.max(*late))
            }
            None => binding.push((reason.binds, reason.wait, hit.late_by)),
        }
    }
    binding.sort_by_key(|(_, wait, _)| std::cmp::Reverse(*wait));
    let relief = |(binds, _, late): (Binds, Seconds, Seconds)| {
        let change = match binds {
            Binds::Resource(resource) => {
                let resource = resource as usize;
                Change::Capacity { resource, capacity: model.resources[resource].capacity.saturating_add(1) }
            }
            Binds::Down(resource) => {
                Change::ResourceUp { resource: resource as usize, from: 0, to: Seconds::MAX }
            }
            Binds::Receipt(receipt) => Change::ReceiptLate { receipt: receipt as usize, by: -late },
            Binds::LeadTime(item) => {
                let days = model.items[item as usize].methods.first()?.lead_days;
                let shorter = u32::try_from((late + DAY - 1) / DAY).unwrap_or(u32::MAX);
                Change::LeadTime { item: item as usize, days: days.saturating_sub(shorter) }
            }
            // Its own operations, one after another, on machines that wait for it: no single change is plain.
            Binds::Making(_) | Binds::Fence(_) => return None,
        };
        Some((binds, change))
    };
    binding.into_iter().filter_map(relief).collect()
}
