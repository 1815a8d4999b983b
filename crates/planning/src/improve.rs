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

/// A plan of more tasks takes longer than a page may: its starts are tried beside each other, whether all are needed or not.
/// A smaller one leaves the other cores to others. It is the size that decides, so that the plan is the same on any machine.
const LARGE: usize = 100_000;

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
    let wished = || from_wishes(shop, network, &due, passes);
    let by_hand = |passes, limit| by_hand(shop, network, &due, passes, limit);
    let (best, other) = if network.tasks.len() > LARGE {
        // One pass each: so many take as long as the search from the wishes does at least.
        rayon::join(wished, || by_hand(1, i64::MAX))
    } else {
        let best = wished();
        // What is so much worse is not made good again.
        let other = if best.0.late > 0 { by_hand(passes.min(8), 3 * best.0.cost()) } else { None };
        (best, other)
    };
    let (_, schedule) = match other {
        Some(other) if other.0.cost() < best.0.cost() => other,
        _ => best,
    };
    // What a small plan saves on passes is spent on single moves.
    let trials =
        if network.tasks.len() > SMALL { 0 } else { passes * TRIALS_PER_PASS / network.tasks.len().max(1) };
    let schedule = search::anneal(shop, network, &mut Floor::blind(shop), schedule, trials);
    if shop.sequences() { campaign::improve(shop, network, options, trials, schedule) } else { schedule }
}

/// From where each task would be without limits of capacity; what comes late is pulled forward the next time.
fn from_wishes<'m>(
    shop: &Shop<'m>,
    network: &Network<'m>,
    due: &[Seconds],
    passes: usize,
) -> (Score, Schedule) {
    let mut floor = Floor::blind(shop);
    let mut now = Schedule::wished(network, due);
    let mut targets = due.to_vec();
    let mut left = passes.max(2);
    let mut best: Option<(Score, Schedule)> = None;
    let mut pull = 0.5;
    loop {
        floor.backward(network, &now.by_end(network), &targets, &mut now);
        floor.forward(network, &now.by_start(network), &mut now);
        left -= 2;
        let score = justify(shop, network, &mut floor, &mut now, due, &mut left);
        let last = left < 2;
        match &best {
            Some((kept, _)) if kept.cost() <= score.cost() && last => break,
            Some((kept, schedule)) if kept.cost() <= score.cost() => {
                pull *= 0.6;
                now.clone_from(schedule);
                targets.copy_from_slice(due);
            }
            _ if last || score.late == 0 => return (score, now),
            _ => best = Some((score, now.clone())),
        }
        for ((target, order), done) in targets.iter_mut().zip(&shop.model.orders).zip(&now.done) {
            let late = (done - order.due).max(0) as f64;
            *target -= (late * pull * weight(order.priority) as f64 / 3.0) as Seconds;
        }
    }
    best.unwrap_or_else(|| (Score::of(shop, &now.done), now))
}

/// The better one of two more starts: what is due first first, with all that it waits for, and the bottleneck first; none
/// where both cost more than the limit. Seldom better than the search from the wishes, but no plan should be worse than what
/// anybody would have done by hand.
fn by_hand<'m>(
    shop: &Shop<'m>,
    network: &Network<'m>,
    due: &[Seconds],
    passes: usize,
    limit: i64,
) -> Option<(Score, Schedule)> {
    let mut floor = Floor::blind(shop);
    let mut now = Schedule::wished(network, due);
    let plainly = by_due(shop, network);
    let drum = bottleneck_first(shop, network, &mut floor, &plainly, &mut now);
    let mut best: Option<(Score, Schedule)> = None;
    for order in [plainly, drum] {
        floor.forward(network, &order, &mut now);
        if Score::of(shop, &now.done).cost() > limit {
            continue;
        }
        let score = justify(shop, network, &mut floor, &mut now, due, &mut passes.saturating_sub(1));
        if best.as_ref().is_none_or(|(best, _)| score.cost() < best.cost()) {
            best = Some((score, now.clone()));
        }
    }
    best
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
