//! The plan with everything as it is pegged and in its order, but for one thing: what that pushes, and nothing else. A
//! plan that is made anew may find a way around; this says what happens if nobody does anything.

use crate::kept::Kept;
use planning::model::{Operation, Seconds};
use planning::net::LotRef;
use planning::network::{Doing, Network};
use planning::schedule::{Floor, Placed, Schedule};
use planning::shop::Shop;
use std::collections::BTreeSet;

/// An operation of a planned lot that a person holds at a place.
pub(crate) struct Fixed {
    pub lot: LotRef,
    pub step: usize,
    pub at: Seconds,
    /// With the machine that it is on there, and working seconds on it.
    pub operation: Operation,
    pub work: Seconds,
}

/// An operation of a lot that lies elsewhere.
pub(crate) struct Pushed {
    pub lot: LotRef,
    pub step: usize,
    pub placed: Placed,
}

pub(crate) struct Outcome {
    /// When each of the model's orders is there.
    pub done: Vec<Seconds>,
    pub pushed: Vec<Pushed>,
    /// Where the operations of the lot lie that a person holds; none where they stay.
    pub own: Vec<Option<Placed>>,
}

/// Sets everything forth in the order in which it is, once as it is and once with the change, and compares.
pub(crate) fn outcome(kept: &Kept, after: &Shop<'_>, fixed: Option<&Fixed>) -> Outcome {
    let was = match kept.set_forth.get() {
        Some(was) => was,
        None => {
            let before = kept.shop();
            let made = set_forth(kept, &before, &mut Network::new(&before, &kept.plan.records), None);
            kept.set_forth.get_or_init(|| made)
        }
    };
    let mut network = Network::new(after, &kept.plan.records);
    let will = set_forth(kept, after, &mut network, fixed);
    let mut out = Outcome { done: will.done, pushed: Vec::new(), own: Vec::new() };
    let own = fixed.map(|f| f.lot);
    for (n, task) in network.tasks.iter().enumerate() {
        let Some(step) = task.step else { continue };
        let placed = will.placed[n];
        let moved = (was.placed[n].start, was.placed[n].resource) != (placed.start, placed.resource);
        if own == Some(task.lot) {
            let held = fixed.is_some_and(|fixed| fixed.step == step as usize);
            out.own.push(Some(placed).filter(|_| moved || held));
        } else if moved {
            out.pushed.push(Pushed { lot: task.lot, step: step as usize, placed });
        }
    }
    // A lot's tasks come last first.
    out.own.reverse();
    for (will, (n, was)) in out.done.iter_mut().zip(was.done.iter().enumerate()) {
        // What was so before has not been done by the change.
        if *will <= (*was).max(kept.records.model.orders[n].due) {
            *will = (*will).min(kept.plan.done[n]);
        }
    }
    out
}

fn set_forth<'m>(
    kept: &Kept,
    shop: &Shop<'m>,
    network: &mut Network<'m>,
    fixed: Option<&'m Fixed>,
) -> Schedule {
    let now = as_planned(kept, shop, network);
    let mut order = now.by_start(network);
    if let Some(fixed) = fixed
        && let Some(task) = network
            .tasks
            .iter()
            .position(|t| t.lot == fixed.lot && t.step.is_some_and(|step| step as usize == fixed.step))
    {
        network.tasks[task].floor = network.tasks[task].floor.max(fixed.at);
        network.tasks[task].doing = Doing::Work(&fixed.operation, fixed.work);
        // It takes its place first, behind what it waits for.
        let first = waited_for(network, task);
        let (before, after): (Vec<u32>, Vec<u32>) = order.into_iter().partition(|task| first.contains(task));
        order = before.into_iter().chain(after).collect();
    }
    let mut schedule = Schedule { placed: now.placed, done: now.done };
    let mut floor = Floor::new(shop);
    floor.forward(network, &order, &mut schedule);
    // As late as the customers allow, as plans are shown; what a person holds is not moved by that.
    let targets: Vec<Seconds> =
        schedule.done.iter().zip(&shop.model.orders).map(|(done, order)| *done.max(&order.due)).collect();
    let mut late = schedule.clone();
    floor.delay(network, &targets, &mut late);
    if let Some(fixed) = fixed {
        for (n, task) in network.tasks.iter().enumerate().filter(|(_, task)| task.lot == fixed.lot) {
            let step = task.step.map(|step| step as usize);
            if step == Some(fixed.step) {
                late.placed[n] = schedule.placed[n];
            }
        }
    }
    late.done = schedule.done;
    late
}

/// Every task where the plan has it.
fn as_planned(kept: &Kept, shop: &Shop<'_>, network: &Network<'_>) -> Schedule {
    let place = |task: &planning::network::Task<'_>| {
        let lot = &kept.plan.records[task.lot.item as usize].lots[task.lot.n as usize];
        match task.step.and_then(|step| lot.steps.get(step as usize)) {
            Some(step) => Placed {
                start: step.start,
                end: step.end,
                resource: step.resource,
                lane: step.unit,
                with: step.with,
                setup: step.setup,
            },
            None => {
                let start = lot.steps.last().map_or(lot.start, |last| last.end);
                Placed { start, end: lot.end, ..Placed::default() }
            }
        }
    };
    Schedule {
        placed: network.tasks.iter().map(place).collect(),
        done: shop.model.orders.iter().map(|order| order.due).collect(),
    }
}

/// A task, and all that it waits for.
fn waited_for(network: &Network<'_>, task: usize) -> BTreeSet<u32> {
    let mut todo = vec![task as u32];
    let mut seen = BTreeSet::new();
    while let Some(task) = todo.pop() {
        if seen.insert(task) {
            todo.extend(network.sources(task as usize));
        }
    }
    seen
}
