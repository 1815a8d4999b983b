//! Campaigns: where a unit that goes on with the same family needs no set-up, what is alike is put together as far as the
//! due dates allow.
//!
//! It begins with a schedule that was made as if every set-up were in full. That is one of the candidates where it gives
//! each operation enough, so that families make no plan worse. Then what a resource does within a window of time is put
//! into the order of the smallest changeovers, for several windows, and the forward pass says what comes of it. A wider window saves
//! more set-ups and fills the shelves.

use crate::improve::{Score, justify, on_time_or};
use crate::model::{DAY, Seconds};
use crate::network::{Doing, Network};
use crate::plan::Options;
use crate::schedule::{Floor, Schedule};
use crate::search;
use crate::sequence::setups;
use crate::shop::Shop;

/// Costs that differ by less than one part in so many are near a tie: then the shorter set-ups win.
const NEAR: i64 = 200;

struct Best {
    cost: i64,
    setup: Seconds,
    schedule: Schedule,
    /// What it must not cost more than: that without families.
    limit: i64,
}

impl Best {
    fn consider(&mut self, cost: i64, setup: Seconds, schedule: &Schedule) {
        let near = (cost - self.cost).abs() <= self.cost / NEAR && cost <= self.limit;
        if if near { (setup, cost) < (self.setup, self.cost) } else { cost < self.cost } {
            (self.cost, self.setup) = (cost, setup);
            self.schedule.clone_from(schedule);
        }
    }
}

/// The best schedule with the set-ups that the sequences really need; of the same lateness the one with the shortest.
pub fn improve<'m>(
    shop: &Shop<'m>,
    network: &Network<'m>,
    options: &Options,
    trials: usize,
    blind: Schedule,
) -> Schedule {
    let due: Vec<Seconds> = shop.model.orders.iter().map(|o| o.due).collect();
    let cost = |schedule: &Schedule| Score::of(shop, &schedule.done).cost();
    let mut floor = Floor::new(shop);
    floor.fill(network, &blind);
    let enough = floor.enough();
    let mut now = blind.clone();
    floor.forward(network, &blind.by_start(network), &mut now);
    let mut left = options.passes.max(2);
    let start = if enough { &blind } else { &now };
    let mut best = Best {
        cost: cost(start),
        setup: setups(network, start),
        schedule: start.clone(),
        limit: if enough { cost(&blind) } else { Seconds::MAX },
    };
    best.consider(cost(&now), setups(network, &now), &now);
    for window in (0..4).map(|n| (i64::from(options.campaign_days) * DAY) >> (2 * n)) {
        if left < 2 || window == 0 {
            break;
        }
        now.clone_from(&best.schedule);
        let targets = on_time_or(&now.done, &due);
        floor.backward(network, &now.by_end(network), &targets, &mut now);
        floor.forward(network, &together(shop, network, &now, window).0, &mut now);
        left = left.saturating_sub(2);
        best.consider(cost(&now), setups(network, &now), &now);
        if cost(&now) > 0 {
            justify(shop, network, &mut floor, &mut now, &due, &mut left.min(5));
            left = left.saturating_sub(5);
            best.consider(cost(&now), setups(network, &now), &now);
        }
    }
    search::anneal(shop, network, &mut floor, best.schedule, trials)
}

/// Where all is as early as it can be, set-ups are saved by filling the shelves, and moving things later in place cannot
/// pass by what comes next. So they are put into the order in which they are wanted, and begin so much before that, and
/// no more, that no order comes later.
pub fn just_in_time<'m>(
    shop: &Shop<'m>,
    network: &Network<'m>,
    options: &Options,
    early: Schedule,
) -> Schedule {
    let due: Vec<Seconds> = shop.model.orders.iter().map(|o| o.due).collect();
    let (by, window) = (on_time_or(&early.done, &due), i64::from(options.campaign_days) * DAY);
    let in_time = |now: &Schedule| now.done.iter().zip(&by).all(|(done, by)| done <= by);
    let mut floor = Floor::new(shop);
    let mut now = early.clone();
    // Wanted is what a plan with every set-up in full would have, as late as that allows; where it brings something too
    // late, the same sequence from the back.
    let mut wanted = early.clone();
    let mut blind = Floor::blind(shop);
    blind.forward(network, &early.by_start(network), &mut wanted);
    let targets = on_time_or(&wanted.done, &due);
    blind.delay(network, &targets, &mut wanted);
    if !in_time(&wanted) {
        floor.backward(network, &wanted.by_end(network), &by, &mut wanted);
    }
    for (window, margin) in MARGINS.map(|(part, days)| (window / part, days * DAY)) {
        let (order, keys) = together(shop, network, &wanted, window);
        let begin: Vec<Seconds> =
            keys.iter().zip(&wanted.placed).map(|(key, placed)| *key.min(&placed.start) - margin).collect();
        floor.pass(network, &order, &mut now, |floor, task, from, last| {
            floor.early_until(network.tasks[task].doing, from.max(begin[task]), last)
        });
        if in_time(&now) {
            return now;
        }
    }
    early
}

/// Which part of the window, the most first, and days in which something is begun before it is wanted.
const MARGINS: [(i64, i64); 6] =
    [(7, 14), (14, 7), (Seconds::MAX, 0), (Seconds::MAX, 1), (Seconds::MAX, 3), (Seconds::MAX, 7)];

/// The tasks by their starts, but what a resource does within a window in the order of the smallest changeovers.
fn together(
    shop: &Shop<'_>,
    network: &Network<'_>,
    schedule: &Schedule,
    window: Seconds,
) -> (Vec<u32>, Vec<Seconds>) {
    let mut keys: Vec<Seconds> = schedule.placed.iter().map(|placed| placed.start).collect();
    let mut on: Vec<Vec<u32>> = vec![Vec::new(); shop.model.resources.len()];
    for (n, task) in network.tasks.iter().enumerate() {
        let resource = schedule.placed[n].resource as usize;
        if matches!(task.doing, Doing::Work(_, 1..)) && shop.sequenced(resource) {
            on[resource].push(n as u32);
        }
    }
    let mut ahead = vec![false; keys.len()];
    for (resource, mut rest) in on.into_iter().enumerate() {
        rest.sort_by_key(|task| keys[*task as usize]);
        let mut last = left_by(shop, resource, rest.first().map(|task| keys[*task as usize]));
        let mut sequence = Vec::with_capacity(rest.len());
        while !rest.is_empty() {
            let task = rest.remove(nearest(shop, network, resource, &rest, &keys, window, last));
            let Doing::Work(operation, _) = network.tasks[task as usize].doing else { continue };
            last = operation.family;
            sequence.push(task as usize);
        }
        // Nothing is put off: what stands before something that is wanted sooner is moved ahead with it.
        let mut next = Seconds::MAX;
        for task in sequence.into_iter().rev() {
            next = keys[task].min(next - 1);
            ahead[task] = next < keys[task];
            keys[task] = next;
        }
    }
    // What is moved ahead wants what it waits for sooner; what is put off keeps waiting what waits for it.
    for task in network.sources_first.iter().rev().map(|task| *task as usize) {
        for source in network.sources(task).iter().map(|source| *source as usize) {
            if ahead[task] && keys[source] > keys[task] {
                (keys[source], ahead[source]) = (keys[task], true);
            }
        }
    }
    for task in network.sources_first.iter().map(|task| *task as usize) {
        let sources = network.sources(task).iter().map(|source| keys[*source as usize]);
        keys[task] = sources.fold(keys[task], Seconds::max);
    }
    let mut order = network.sources_first.clone();
    order.sort_by_key(|task| keys[*task as usize]);
    (order, keys)
}

/// What the last of what is taken before then leaves a resource set up for.
fn left_by(shop: &Shop<'_>, resource: usize, before: Option<Seconds>) -> Option<u32> {
    let taken =
        shop.model.taken.iter().filter(|taken| taken.resource == resource && Some(taken.from) < before);
    taken.max_by_key(|taken| taken.from)?.family
}

/// The place of the task with the smallest set-up among those that are due within a window from the first one's time.
fn nearest(
    shop: &Shop<'_>,
    network: &Network<'_>,
    resource: usize,
    rest: &[u32],
    keys: &[Seconds],
    window: Seconds,
    last: Option<u32>,
) -> usize {
    let first = rest.first().map_or(0, |task| keys[*task as usize]);
    let within = rest.iter().take_while(|task| keys[**task as usize] <= first + window);
    let setup = |task: &u32| match network.tasks[*task as usize].doing {
        Doing::Work(operation, _) => shop.changeover(resource, last, operation.family, operation.setup),
        Doing::Wait(_) => 0,
    };
    within.enumerate().min_by_key(|(_, task)| setup(task)).map_or(0, |(place, _)| place)
}
