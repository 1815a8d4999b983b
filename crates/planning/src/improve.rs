//! From a feasible schedule to a good one: justification until nothing moves, then again with the late orders pulled
//! forward, each time by how late they were (after D. E. Joslin and D. P. Clements, Squeaky wheel optimization, JAIR 10
//! (1999)). The best one found is kept, so a round never makes it worse.

use crate::campaign;
use crate::drum::bottleneck_first;
use crate::model::Seconds;
use crate::network::Network;
use crate::plan::Options;
use crate::schedule::{Floor, Schedule, sorted};
use crate::search;
use crate::shop::Shop;

/// Plans of more tasks are not searched move by move: there a pass costs too much for what one move wins.
const SMALL: usize = 2_000;

/// Placed tasks that a small plan may cost for each pass of a large one.
const TRIALS_PER_PASS: usize = 150_000;

/// How bad a schedule is: late orders first, by priority, then how late they are.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Score {
    /// Each late order by its weight: 5 for priority 1, 1 for priority 5.
    pub late: i64,
    /// Seconds late by the same weight.
    pub lateness: i64,
}

impl Score {
    /// Judges when orders are done.
    pub fn of(shop: &Shop<'_>, done: &[Seconds]) -> Self {
        let mut score = Self { late: 0, lateness: 0 };
        for (order, done) in shop.model.orders.iter().zip(done).filter(|(o, done)| **done > o.due) {
            score.late += weight(order.priority);
            score.lateness += weight(order.priority) * (done - order.due);
        }
        score
    }

    /// One late order weighs as much as a week that an order of its weight is late.
    pub fn cost(self) -> i64 {
        self.late * 7 * crate::model::DAY + self.lateness
    }
}

fn weight(priority: u8) -> i64 {
    6 - i64::from(priority.clamp(1, 5))
}

/// The best schedule of so many passes, each task as early as it can be.
pub fn schedule<'m>(shop: &Shop<'m>, network: &Network<'m>, options: &Options) -> Schedule {
    let passes = options.passes;
    let due: Vec<Seconds> = shop.model.orders.iter().map(|o| o.due).collect();
    let mut floor = Floor::blind(shop);
    let mut now = Schedule::wished(network, &due);
    let mut targets = due.clone();
    let mut left = passes.max(2);
    let mut best: Option<(Score, Schedule)> = None;
    let mut pull = 0.5;
    while left > 1 {
        floor.backward(network, &now.by_end(network), &targets, &mut now);
        floor.forward(network, &now.by_start(network), &mut now);
        left -= 2;
        let score = justify(shop, network, &mut floor, &mut now, &due, &mut left);
        let better = best.as_ref().is_none_or(|(b, _)| score.cost() < b.cost());
        if better {
            best = Some((score, now.clone()));
        } else {
            pull *= 0.6;
        }
        let Some((score, kept)) = &best else { break };
        if score.late == 0 {
            break;
        }
        if !better {
            now.clone_from(kept);
        }
        for ((target, order), done) in targets.iter_mut().zip(&shop.model.orders).zip(&now.done) {
            let late = (done - order.due).max(0) as f64;
            *target = if better { *target } else { order.due }
                - (late * pull * weight(order.priority) as f64 / 3.0) as Seconds;
        }
    }
    let schedule = match best {
        Some(best) if best.0.late > 0 => {
            // Two more starts: what is due first first, with all that it waits for, and the bottleneck first. Seldom
            // better, but no plan should be worse than what anybody would have done by hand.
            let plainly = by_due(shop, network);
            let drum = bottleneck_first(shop, network, &mut floor, &plainly, &mut now);
            let mut started = |best, order: &[u32]| {
                start(shop, network, &mut floor, (&due, order, passes.min(8)), &mut now, best)
            };
            let best = started(best, &plainly);
            started(best, &drum).1
        }
        Some((_, kept)) => kept,
        None => now,
    };
    // What a small plan saves on passes is spent on single moves.
    let trials =
        if network.tasks.len() > SMALL { 0 } else { passes * TRIALS_PER_PASS / network.tasks.len().max(1) };
    let schedule = search::anneal(shop, network, &mut floor, schedule, trials);
    if shop.sequences() { campaign::improve(shop, network, options, trials, schedule) } else { schedule }
}

/// The better one of the best so far and what comes of another start.
fn start<'m>(
    shop: &Shop<'m>,
    network: &Network<'m>,
    floor: &mut Floor<'_, 'm>,
    (due, order, mut left): (&[Seconds], &[u32], usize),
    now: &mut Schedule,
    (score, kept): (Score, Schedule),
) -> (Score, Schedule) {
    floor.forward(network, order, now);
    left = left.saturating_sub(1);
    // What is so much worse is not made good again.
    if Score::of(shop, &now.done).cost() > 3 * score.cost() {
        return (score, kept);
    }
    let made = justify(shop, network, floor, now, due, &mut left);
    if made.cost() < score.cost() { (made, now.clone()) } else { (score, kept) }
}

/// All tasks, those of the order that is due first first, each after what it waits for; what nobody waits for comes last.
fn by_due(shop: &Shop<'_>, network: &Network<'_>) -> Vec<u32> {
    let mut orders: Vec<usize> = (0..shop.model.orders.len()).collect();
    orders.sort_by_key(|n| (shop.model.orders[*n].due, shop.model.orders[*n].priority));
    let mut first = vec![u32::MAX; network.tasks.len()];
    for (place, order) in (0..).zip(orders) {
        for source in network.order_sources.get(order).iter().map(|source| *source as usize) {
            first[source] = first[source].min(place);
        }
    }
    for task in network.sources_first.iter().rev().map(|task| *task as usize) {
        for source in network.sources(task).iter().map(|source| *source as usize) {
            first[source] = first[source].min(first[task]);
        }
    }
    sorted(&network.sources_first, |task| first[task])
}

/// The same with each task as late as its customers allow: the goods of an order that is on time are there when it is
/// due, and no order comes later.
pub fn delayed<'m>(
    shop: &Shop<'m>,
    network: &Network<'m>,
    options: &Options,
    mut schedule: Schedule,
) -> Schedule {
    if shop.sequences() {
        schedule = campaign::just_in_time(shop, network, options, schedule);
    }
    let due: Vec<Seconds> = shop.model.orders.iter().map(|o| o.due).collect();
    let targets = on_time_or(&schedule.done, &due);
    Floor::new(shop).delay(network, &targets, &mut schedule);
    schedule
}

/// From a pass forward, backward and forward again until that wins nothing.
pub(crate) fn justify<'m>(
    shop: &Shop<'m>,
    network: &Network<'m>,
    floor: &mut Floor<'_, 'm>,
    now: &mut Schedule,
    due: &[Seconds],
    left: &mut usize,
) -> Score {
    let mut score = Score::of(shop, &now.done);
    let mut before = Schedule::default();
    while *left > 2 && score.late > 0 {
        let targets = on_time_or(&now.done, due);
        before.clone_from(now);
        floor.backward(network, &now.by_end(network), &targets, now);
        floor.forward(network, &now.by_start(network), now);
        *left -= 2;
        let next = Score::of(shop, &now.done);
        if next.cost() >= score.cost() {
            // On more than one unit a pass forward may bring something later.
            if next.cost() > score.cost() {
                *now = before;
            }
            break;
        }
        score = next;
    }
    score
}

pub(crate) fn on_time_or(done: &[Seconds], due: &[Seconds]) -> Vec<Seconds> {
    done.iter().zip(due).map(|(done, due)| *done.max(due)).collect()
}
