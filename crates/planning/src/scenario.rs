//! What if: a model with something changed, planned beside the real one, and both compared; [`impact`] says whom a change
//! hits and what would help.
//!
//! A plan is made by a search, and a better one may be found where less is possible. So an order that a change cannot
//! touch may still come a little earlier or later in the other plan: [`impact::exposed`] says which ones it reaches.

pub mod impact;

use crate::model::{DAY, Fault, Item, Model, Order, Seconds};
use crate::net::{Demand, Supply};
use crate::plan::Plan;
use crate::shop::run;
use numbers::Rational;
use std::collections::{BTreeMap, VecDeque};

/// Something that is, or may be, other than the model says. Places are those in the model's lists.
#[derive(Clone, Debug)]
pub enum Change {
    /// A resource does no work from one instant to another: a breakdown, a sick operator.
    ResourceDown {
        /// Which resource.
        resource: usize,
        /// From when.
        from: Seconds,
        /// Until when.
        to: Seconds,
    },
    /// A resource does not stand from one instant to another: what is planned for then is put off, somebody comes.
    ResourceUp {
        /// Which resource.
        resource: usize,
        /// From when.
        from: Seconds,
        /// Until when.
        to: Seconds,
    },
    /// A resource does so many operations at a time.
    Capacity {
        /// Which resource.
        resource: usize,
        /// Operations at a time, 1 or more.
        capacity: u32,
    },
    /// A resource works so much longer on each day of a span: behind its last shift as far as the day goes, what is left
    /// of that before its first; on a day on which it is closed, from the hour at which its week begins.
    Overtime {
        /// Which resource.
        resource: usize,
        /// The first day, counted from the model's start.
        first: i64,
        /// The last day.
        last: i64,
        /// How much longer, in seconds; whole minutes count.
        seconds: Seconds,
        /// So much of the model's first day is over: the hours that are left of it may be worked, no others.
        over: Seconds,
    },
    /// A receipt comes at another time.
    ReceiptMoved {
        /// Which receipt.
        receipt: usize,
        /// When it comes.
        at: Seconds,
    },
    /// A receipt comes later (earlier, where below zero) than it should.
    ReceiptLate {
        /// Which receipt.
        receipt: usize,
        /// By how much.
        by: Seconds,
    },
    /// Part of a receipt, or all of it, does not come or is rejected.
    ReceiptShort {
        /// Which receipt.
        receipt: usize,
        /// How much is missing.
        qty: Rational,
    },
    /// Part of what is on hand is not usable: a rejected lot, a loss.
    StockLost {
        /// Which item.
        item: usize,
        /// How much.
        qty: Rational,
    },
    /// The preferred way to get an item takes another lead time.
    LeadTime {
        /// Which item.
        item: usize,
        /// Days.
        days: u32,
    },
    /// One more order.
    OrderAdded(Order),
    /// An order becomes another.
    OrderChanged {
        /// Which order.
        order: usize,
        /// What it is now.
        to: Order,
    },
    /// An order is no more.
    OrderWithdrawn {
        /// Which order.
        order: usize,
    },
    /// All orders of an item are multiplied.
    Demand {
        /// Which item.
        item: usize,
        /// By how much.
        factor: Rational,
    },
}

/// Two centuries: further away a time is as good as never, and could not be reckoned with.
const FAR: Seconds = 200 * 366 * DAY;

/// The model with changes. Places in all changes are those of the model as it was; added orders come last.
pub fn apply(model: &Model, changes: &[Change]) -> Result<Model, Fault> {
    let mut changed = model.clone();
    let mut withdrawn: Vec<usize> = Vec::new();
    for change in changes {
        one(&mut changed, change, model.orders.len(), &mut withdrawn)?;
    }
    let mut place = 0..;
    changed.orders.retain(|_| place.next().is_none_or(|place| !withdrawn.contains(&place)));
    Ok(changed)
}

fn one(model: &mut Model, change: &Change, orders: usize, withdrawn: &mut Vec<usize>) -> Result<(), Fault> {
    let figure = |at: &str, what: &str| Fault::Figure { at: at.into(), what: what.into() };
    match change {
        Change::ResourceDown { resource, from, to } => {
            let one = place(&mut model.resources, "resource", *resource)?;
            if from >= to {
                return Err(figure(&one.id, "it is down until before it is"));
            }
            one.down.push(((*from).max(-FAR), (*to).min(FAR)));
        }
        Change::ResourceUp { resource, from, to } => {
            let one = place(&mut model.resources, "resource", *resource)?;
            one.down = crate::clock::without(&one.down, *from, *to);
        }
        Change::Capacity { resource, capacity } => {
            let one = place(&mut model.resources, "resource", *resource)?;
            one.capacity = *capacity;
        }
        Change::Overtime { resource, first, last, seconds, over } => {
            overtime(model, *resource, (*first, *last), *seconds, *over)?;
        }
        Change::ReceiptMoved { receipt, at } => {
            place(&mut model.receipts, "receipt", *receipt)?.at = *at;
        }
        Change::ReceiptLate { receipt, by } => {
            let one = place(&mut model.receipts, "receipt", *receipt)?;
            one.at = one.at.saturating_add(*by);
        }
        Change::ReceiptShort { receipt, qty } => {
            let one = place(&mut model.receipts, "receipt", *receipt)?;
            lose(&mut one.qty, qty).ok_or_else(|| figure(&one.id, "more is missing than is to come"))?;
        }
        Change::StockLost { item, qty } => {
            let one = place(&mut model.items, "item", *item)?;
            lose(&mut one.on_hand, qty).ok_or_else(|| figure(&one.id, "more is lost than is on hand"))?;
            keep_longest_least(one);
        }
        Change::LeadTime { item, days } => {
            let one = place(&mut model.items, "item", *item)?;
            let method =
                one.methods.first_mut().ok_or_else(|| figure(&one.id, "there is no way to get it"))?;
            method.lead_days = *days;
        }
        Change::OrderAdded(order) => model.orders.push(order.clone()),
        Change::OrderChanged { order, to } if *order < orders => model.orders[*order].clone_from(to),
        Change::OrderWithdrawn { order } if *order < orders => withdrawn.push(*order),
        Change::OrderChanged { order, .. } | Change::OrderWithdrawn { order } => {
            return Err(unknown("order", *order));
        }
        Change::Demand { item, factor } => {
            place(&mut model.items, "item", *item)?;
            if factor.is_negative() {
                return Err(figure("a change", "a factor below zero"));
            }
            for order in model.orders.iter_mut().filter(|order| order.item == *item) {
                order.qty = &order.qty * factor;
            }
        }
    }
    Ok(())
}

/// Gives a resource a calendar of its own with longer days: others have the same and go home.
fn overtime(
    model: &mut Model,
    resource: usize,
    (first, last): (i64, i64),
    seconds: Seconds,
    over: Seconds,
) -> Result<(), Fault> {
    let one = place(&mut model.resources, "resource", resource)?;
    let never = |what: &str| Fault::Figure { at: one.id.clone(), what: what.into() };
    if first > last || seconds < 0 || last > FAR / DAY || first < -FAR / DAY {
        return Err(never("overtime on no day, or of less than nothing"));
    }
    let mut calendar = place(&mut model.calendars, "calendar", one.calendar)?.clone();
    let in_minutes = |seconds: Seconds| u32::try_from((seconds / 60).min(DAY / 60)).unwrap_or(0);
    for day in first..=last {
        let date = model.start.plus_days(day).map_err(|_| never("a day beyond all calendars"))?;
        let over = if day == 0 { in_minutes(over) } else { 0 };
        calendar.work_longer(date, in_minutes(seconds), over);
    }
    one.calendar = model.calendars.len();
    model.calendars.push(calendar);
    Ok(())
}

fn unknown(what: &str, n: usize) -> Fault {
    Fault::Unknown { at: "a change".into(), name: format!("{what} {n}") }
}

fn place<'l, T>(list: &'l mut [T], what: &str, n: usize) -> Result<&'l mut T, Fault> {
    list.get_mut(n).ok_or_else(|| unknown(what, n))
}

/// Nobody says which part was lost: what keeps longest is counted on least.
fn keep_longest_least(item: &mut Item) {
    item.expiring.sort_by_key(|(_, until)| *until);
    while item.keeps().is_negative() {
        let over = -&item.keeps();
        let Some((last, _)) = item.expiring.last_mut().filter(|(last, _)| over < *last) else {
            item.expiring.pop();
            continue;
        };
        *last -= &over;
    }
}

/// Takes a part off; none where that is more than there is, or less than nothing.
fn lose(of: &mut Rational, part: &Rational) -> Option<()> {
    if part.is_negative() || part > of {
        return None;
    }
    *of -= part;
    Some(())
}

/// The same figure in both plans.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Both<T> {
    /// In the plan as it was.
    pub before: T,
    /// In the plan of the changed model.
    pub after: T,
}

/// An order whose date is another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Its place in the model as it was.
    pub before: usize,
    /// Its place in the changed model.
    pub after: usize,
    /// When it was to be there.
    pub from: Seconds,
    /// When it will be.
    pub to: Seconds,
}

/// How two plans differ. Orders are the same where they have the same number (of several with the same, in their order).
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Orders of both models whose date is another, in the order of the changed model.
    pub moved: Vec<Moved>,
    /// Orders that only the changed model has, by their places there.
    pub added: Vec<usize>,
    /// Orders that only the model as it was has, by their places there.
    pub withdrawn: Vec<usize>,
    /// Orders that are late only now (or are new, and late), by their places in the changed model.
    pub late_gained: Vec<usize>,
    /// Orders that were late and are not, or are no more, by their places in the model as it was.
    pub late_lost: Vec<usize>,
    /// Working seconds that planned lots hold of each resource.
    pub load: Vec<Both<Seconds>>,
    /// What lies in stock, in value × days, from the start to the last thing that happens in either plan. What is in work
    /// is not in stock.
    pub stock: Both<f64>,
    /// Value of the orders that are late.
    pub at_stake: Both<f64>,
}

impl Difference {
    /// Both plans say the same.
    pub fn is_none(&self) -> bool {
        let lists = [&self.added, &self.withdrawn, &self.late_gained, &self.late_lost];
        self.moved.is_empty()
            && lists.iter().all(|list| list.is_empty())
            && self.load.iter().all(|load| load.before == load.after)
            && self.stock.before == self.stock.after
            && self.at_stake.before == self.at_stake.after
    }
}

/// Compares a plan of a model with one of the changed model; `value` is what an order is worth, in any money.
pub fn compare(
    model: &Model,
    plan: &Plan,
    changed: &Model,
    changed_plan: &Plan,
    value: impl Fn(&Order) -> f64,
) -> Difference {
    let mut places: BTreeMap<&str, VecDeque<usize>> = BTreeMap::new();
    for (place, order) in model.orders.iter().enumerate() {
        places.entry(&order.id).or_default().push_back(place);
    }
    let (mut moved, mut added, mut late_gained, mut late_lost) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (after, order) in changed.orders.iter().enumerate() {
        let late = changed_plan.done[after] > order.due;
        let before = places.get_mut(order.id.as_str()).and_then(VecDeque::pop_front);
        let was_late = before.is_some_and(|before| plan.done[before] > model.orders[before].due);
        match before {
            None => added.push(after),
            Some(before) => {
                let (from, to) = (plan.done[before], changed_plan.done[after]);
                if from != to {
                    moved.push(Moved { before, after, from, to });
                }
                if was_late && !late {
                    late_lost.push(before);
                }
            }
        }
        if late && !was_late {
            late_gained.push(after);
        }
    }
    let mut withdrawn: Vec<usize> = places.into_values().flatten().collect();
    withdrawn.sort_unstable();
    late_lost.extend(withdrawn.iter().filter(|place| plan.done[**place] > model.orders[**place].due));
    late_lost.sort_unstable();
    let (load, changed_load) = (loads(model, plan), loads(changed, changed_plan));
    let until = last(plan).max(last(changed_plan));
    let at_stake = |model: &Model, plan: &Plan| {
        let late = model.orders.iter().zip(&plan.done).filter(|(order, done)| **done > order.due);
        // Not `sum`, which makes a negative zero of nothing.
        late.fold(0.0, |sum, (order, _)| sum + value(order))
    };
    Difference {
        moved,
        added,
        withdrawn,
        late_gained,
        late_lost,
        load: load.into_iter().zip(changed_load).map(|(before, after)| Both { before, after }).collect(),
        stock: Both {
            before: stock_days(model, plan, until),
            after: stock_days(changed, changed_plan, until),
        },
        at_stake: Both { before: at_stake(model, plan), after: at_stake(changed, changed_plan) },
    }
}

/// Working seconds that planned lots hold of each resource.
fn loads(model: &Model, plan: &Plan) -> Vec<Seconds> {
    let mut loads = vec![0; model.resources.len()];
    for (item, record) in model.items.iter().zip(&plan.records) {
        for lot in &record.lots {
            let Some(method) = item.methods.get(lot.method as usize) else { continue };
            for (step, operation) in lot.steps.iter().zip(&method.operations) {
                loads[step.resource as usize] += step.setup + run(operation, &lot.qty);
            }
        }
    }
    loads
}

/// The last thing that happens in a plan.
fn last(plan: &Plan) -> Seconds {
    let lots = plan.records.iter().flat_map(|record| &record.lots).map(|lot| lot.end);
    plan.done.iter().copied().chain(lots).max().unwrap_or(0)
}

/// What lies in stock from the start until an instant, in value × days: every supply from when it is there, less what is
/// taken of it from then on.
pub fn stock_days(model: &Model, plan: &Plan, until: Seconds) -> f64 {
    let lying =
        |qty: &Rational, from: Seconds| qty.to_f64() * (until - from.max(0)).max(0) as f64 / DAY as f64;
    let cost = |item: usize| model.items.get(item).map_or(0.0, |item| item.cost);
    let mut total: f64 = model.receipts.iter().map(|one| lying(&one.qty, one.at) * cost(one.item)).sum();
    for (item, record) in model.items.iter().zip(&plan.records) {
        let mut value_days = lying(&item.on_hand, 0);
        value_days += record.lots.iter().map(|lot| lying(&lot.qty, lot.end)).sum::<f64>();
        for lot in &record.lots {
            let outputs =
                item.methods.get(lot.method as usize).into_iter().flat_map(|method| &method.outputs);
            total += outputs.map(|o| lying(&(&o.per * &lot.qty), lot.end) * cost(o.item)).sum::<f64>();
        }
        for peg in &record.pegs {
            let there = match peg.supply {
                Supply::Beside(lot) => plan.records[lot.item as usize].lots[lot.n as usize].end,
                Supply::OnHand => 0,
                Supply::Receipt(receipt) => model.receipts[receipt as usize].at,
                Supply::Lot(lot) => record.lots[lot as usize].end,
            };
            let taken = match peg.demand {
                Demand::Order(order) => plan.done[order as usize],
                Demand::Lot(lot) => plan.records[lot.item as usize].lots[lot.n as usize].start,
            };
            value_days -= lying(&peg.qty, taken.max(there));
        }
        total += value_days * item.cost;
    }
    total
}
