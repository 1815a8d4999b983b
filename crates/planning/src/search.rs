//! Local search on small plans: what makes an order late is undone pair by pair, each time by letting the one that
//! waits for a machine go before the one that holds it, and accepting now and then what is not better (after P. J. M. van
//! Laarhoven, E. H. L. Aarts and J. K. Lenstra, Job shop scheduling by simulated annealing, Operations Research 40
//! (1992)).

use crate::improve::Score;
use crate::network::{Doing, Network};
use crate::schedule::{Floor, Schedule};
use crate::shop::Shop;

/// How often it is heated up again; with the warmth below found on the instances la01 to la05 of Lawrence (1984).
const HEATS: usize = 8;

/// A list in which a forward pass places the tasks, and what comes of it.
struct State {
    order: Vec<u32>,
    schedule: Schedule,
    cost: i64,
}

/// Improves a schedule, every task as early as it can be, by so many trials; never gives a worse one.
pub fn anneal<'m>(
    shop: &Shop<'m>,
    network: &Network<'m>,
    floor: &mut Floor<'_, 'm>,
    schedule: Schedule,
    trials: usize,
) -> Schedule {
    // Where nothing is made, nobody waits for anybody's machine.
    if shop.model.resources.is_empty() {
        return schedule;
    }
    let cost = |schedule: &Schedule| Score::of(shop, &schedule.done).cost();
    let mut best = (cost(&schedule), schedule.clone());
    let mut now = State { order: schedule.by_start(network), cost: best.0, schedule };
    let mut next = State { order: now.order.clone(), cost: now.cost, schedule: now.schedule.clone() };
    let mut chance = Chance(1);
    let mut before = Vec::new();
    let heat = trials / HEATS + 1;
    for trial in 0..trials {
        if trial % heat == 0 {
            now.cost = best.0;
            now.schedule.clone_from(&best.1);
            now.order = now.schedule.by_start(network);
        }
        let Some(late) = pick_late(shop, &now.schedule, &mut chance) else { break };
        let pairs = binding_pairs(shop, network, &now, late, &mut before);
        if pairs.is_empty() {
            continue;
        }
        let (holder, waiter) = pairs[chance.below(pairs.len())];
        next.order.clone_from(&now.order);
        if !swap(network, &mut next.order, holder, waiter) {
            continue;
        }
        floor.forward(network, &next.order, &mut next.schedule);
        next.cost = cost(&next.schedule);
        // From three in a thousand of the cost down to nothing, and then again from the best.
        let warmth = 0.003 * best.0 as f64 * (1.0 - (trial % heat) as f64 / heat as f64);
        let worse = (next.cost - now.cost) as f64;
        if worse <= 0.0 || chance.unit() < (-worse / warmth.max(1.0)).exp() {
            next.order = next.schedule.by_start(network);
            std::mem::swap(&mut now, &mut next);
            if now.cost < best.0 {
                best = (now.cost, now.schedule.clone());
            }
        }
    }
    best.1
}

fn pick_late(shop: &Shop<'_>, schedule: &Schedule, chance: &mut Chance) -> Option<usize> {
    let orders = shop.model.orders.iter().zip(&schedule.done).enumerate();
    let late: Vec<usize> = orders.filter(|(_, (order, done))| **done > order.due).map(|(n, _)| n).collect();
    (!late.is_empty()).then(|| late[chance.below(late.len())])
}

/// Along the critical path of an order, the pairs of which one holds the unit that the other waits for.
fn binding_pairs(
    shop: &Shop<'_>,
    network: &Network<'_>,
    state: &State,
    order: usize,
    before: &mut Vec<Option<u32>>,
) -> Vec<(u32, u32)> {
    let placed = &state.schedule.placed;
    before.clear();
    before.resize(placed.len(), None);
    let mut last_on: Vec<Option<u32>> = Vec::new();
    for task in &state.order {
        if matches!(network.tasks[*task as usize].doing, Doing::Work(..)) {
            let lane = placed[*task as usize].lane as usize;
            last_on.resize(last_on.len().max(lane + 1), None);
            before[*task as usize] = last_on[lane].replace(*task);
        }
    }
    let end = |task: &&u32| network.there(**task, placed);
    let mut pairs = Vec::new();
    let mut at = network.order_sources.get(order).iter().max_by_key(end).copied();
    while let Some(task) = at {
        let source = network.sources(task as usize).iter().max_by_key(end).copied();
        let (ready, _) = network.ready(shop, task as usize, placed);
        // A lead time holds no resource, and its model may have none.
        let waits = match network.tasks[task as usize].doing {
            Doing::Work(..) => {
                let clock = shop.clock(placed[task as usize].resource as usize);
                clock.worked(placed[task as usize].start) > clock.worked(ready)
            }
            Doing::Wait(_) => false,
        };
        at = match before[task as usize] {
            Some(holder) if waits => {
                pairs.push((holder, task));
                Some(holder)
            }
            _ => source,
        };
    }
    pairs
}

/// Puts the one that waits before the one that holds, or the holder behind the waiter, where nothing that must come
/// between them forbids it.
fn swap(network: &Network<'_>, order: &mut [u32], holder: u32, waiter: u32) -> bool {
    let place = |task: u32| order.iter().position(|t| *t == task);
    let (Some(first), Some(second)) = (place(holder), place(waiter)) else { return false };
    if first >= second {
        return false;
    }
    let between = &order[first..second];
    if network.sources(waiter as usize).iter().all(|source| !between.contains(source)) {
        order[first..=second].rotate_right(1);
        return true;
    }
    let after = &order[first + 1..=second];
    if after.iter().all(|task| !network.sources(*task as usize).contains(&holder)) {
        order[first..=second].rotate_left(1);
        return true;
    }
    false
}

/// Chance that is the same on every machine (splitmix64, S. Vigna).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}
