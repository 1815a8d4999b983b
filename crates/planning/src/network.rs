//! What waits for what: a netted plan without its quantities, which is all that scheduling reads.

use crate::handover::{Last, Overlap};
use crate::model::{Method, Operation, Seconds};
use crate::net::{Demand, Lot, LotRef, Record, Supply};
use crate::schedule::Placed;
use crate::shop::{Shop, work};

/// Tasks and what they wait for.
pub struct Network<'m> {
    /// All tasks.
    pub tasks: Vec<Task<'m>>,
    /// Tasks that each task waits for.
    pub sources: Lists,
    /// Tasks that each order waits for.
    pub order_sources: Lists,
    /// When the receipts that an order takes are there.
    pub order_floor: Vec<Seconds>,
    /// All tasks, each after what it waits for.
    pub sources_first: Vec<u32>,
    /// Some operations begin before what they wait for has ended.
    pub overlaps: bool,
}

/// An operation of a lot, or the lead time of a lot that is bought or moved.
pub struct Task<'m> {
    /// Whose it is.
    pub lot: LotRef,
    /// Which of the lot's operations; none for a lead time.
    pub step: Option<u32>,
    /// What it does.
    pub doing: Doing<'m>,
    /// Not before this: the start, and the receipts that the lot takes.
    pub floor: Seconds,
    /// The queue before it.
    pub before: Seconds,
    /// The way from it to what waits for it.
    pub after: Seconds,
    /// How the operation before it in its lot, which is the next task, overlaps with it.
    pub overlap: Option<Overlap>,
    /// When it would end without limits of capacity.
    pub wish: Seconds,
}

/// What a task takes.
#[derive(Clone, Copy)]
pub enum Doing<'m> {
    /// So much working time of a resource.
    Work(&'m Operation, Seconds),
    /// The lead time of a method.
    Wait(&'m Method),
}

/// Lists of numbers, end to end.
pub struct Lists {
    starts: Vec<u32>,
    values: Vec<u32>,
}

impl Lists {
    /// From pairs of a list and a value in it.
    pub fn of(count: usize, pairs: &[(u32, u32)]) -> Self {
        let mut starts = vec![0u32; count + 1];
        for (of, _) in pairs {
            starts[*of as usize + 1] += 1;
        }
        for n in 0..count {
            starts[n + 1] += starts[n];
        }
        let mut next = starts.clone();
        let mut values = vec![0; pairs.len()];
        for (of, value) in pairs {
            values[next[*of as usize] as usize] = *value;
            next[*of as usize] += 1;
        }
        Self { starts, values }
    }

    /// One list.
    pub fn get(&self, of: usize) -> &[u32] {
        &self.values[self.starts[of] as usize..self.starts[of + 1] as usize]
    }
}

impl<'m> Network<'m> {
    /// Reads the network out of netted records.
    pub fn new(shop: &Shop<'m>, records: &[Record]) -> Self {
        let mut tasks: Vec<Task<'m>> = Vec::new();
        let mut sources: Vec<(u32, u32)> = Vec::new();
        // The first and the last task of each lot, lots of an item side by side.
        let mut offset = vec![0usize; records.len()];
        let mut ends: Vec<(u32, u32)> = Vec::new();
        for item in shop.order() {
            offset[*item as usize] = ends.len();
            for (n, lot) in records[*item as usize].lots.iter().enumerate() {
                let of = LotRef { item: *item, n: n as u32 };
                let Some(method) = shop.way(*item, lot) else { continue };
                let last = tasks.len() as u32;
                add(&mut tasks, of, lot, method, shop.item(*item).fence);
                let first = tasks.len() as u32 - 1;
                sources.extend((last..first).map(|task| (task, task + 1)));
                ends.push((first, last));
            }
        }
        let mut order_floor = vec![0; shop.model.orders.len()];
        let mut order_sources = Vec::new();
        for (item, record) in records.iter().enumerate() {
            for peg in &record.pegs {
                let consumer = match peg.demand {
                    Demand::Lot(lot) => Ok(ends[offset[lot.item as usize] + lot.n as usize].0),
                    Demand::Order(order) => Err(order),
                };
                match (peg.supply, consumer) {
                    (Supply::Lot(n), Ok(task)) => sources.push((task, ends[offset[item] + n as usize].1)),
                    (Supply::Lot(n), Err(order)) => {
                        order_sources.push((order, ends[offset[item] + n as usize].1))
                    }
                    (Supply::Beside(lot), consumer) => {
                        let source = ends[offset[lot.item as usize] + lot.n as usize].1;
                        match consumer {
                            Ok(task) => sources.push((task, source)),
                            Err(order) => order_sources.push((order, source)),
                        }
                    }
                    (Supply::Receipt(n), consumer) => {
                        let floor = match consumer {
                            Ok(task) => &mut tasks[task as usize].floor,
                            Err(order) => &mut order_floor[order as usize],
                        };
                        *floor = shop.model.receipts[n as usize].at.max(*floor);
                    }
                    (Supply::OnHand, _) => {}
                }
            }
        }
        let sources_first = sources_first(tasks.len(), &sources);
        let sources = Lists::of(tasks.len(), &sources);
        let order_sources = Lists::of(order_floor.len(), &order_sources);
        let overlaps = tasks.iter().any(|task| task.overlap.is_some());
        Self { tasks, sources, order_sources, order_floor, sources_first, overlaps }
    }

    /// When what a task makes is where it is needed.
    pub fn there(&self, task: u32, placed: &[Placed]) -> Seconds {
        placed[task as usize].end + self.tasks[task as usize].after
    }

    /// When a task can begin, and what comes to it last.
    pub fn ready(&self, shop: &Shop<'_>, task: usize, placed: &[Placed]) -> (Seconds, Option<Last>) {
        self.ready_when(shop, task, placed, |source| self.there(source, placed))
    }

    /// The same where it is known when each source is there: a pass keeps that side by side.
    pub(crate) fn ready_when(
        &self,
        shop: &Shop<'_>,
        task: usize,
        placed: &[Placed],
        there: impl Fn(u32) -> Seconds,
    ) -> (Seconds, Option<Last>) {
        let one = &self.tasks[task];
        let (mut from, mut last) = (one.floor, None);
        for source in self.sources.get(task) {
            let all = there(*source);
            match (one.overlap, one.doing) {
                (Some(overlap), Doing::Work(..)) if *source as usize == task + 1 => {
                    let (before, after) = (&placed[*source as usize], self.tasks[*source as usize].after);
                    let clock = shop.clock_of(before);
                    from = from.max(overlap.through(clock, before) + after);
                    last = Some(overlap.last(all));
                }
                _ => from = from.max(all),
            }
        }
        (from + one.before, last)
    }

    /// Whether what overlaps with a task can still do so: how late that lets it be is reckoned on its usual resources.
    pub fn goes_on(&self, shop: &Shop<'_>, task: usize, placed: &[Placed]) -> bool {
        if !self.overlaps {
            return true;
        }
        let next = task.checked_sub(1).filter(|next| self.tasks[*next].lot == self.tasks[task].lot);
        next.into_iter().chain([task]).filter(|task| self.tasks[*task].overlap.is_some()).all(|task| {
            let (from, last) = self.ready(shop, task, placed);
            let end = last.map(|last| last.not_before(shop.clock_of(&placed[task])));
            from <= placed[task].start && end.is_none_or(|end| end <= placed[task].end)
        })
    }

    /// By when what a source of a task makes must be there if the task lies where it is.
    pub fn limit(&self, shop: &Shop<'_>, task: usize, source: u32, placed: Placed) -> Seconds {
        let one = &self.tasks[task];
        let by = placed.start - one.before;
        // Only what comes next in its own lot overlaps.
        let Some(overlap) = one.overlap.filter(|_| source as usize == task + 1) else { return by };
        let other = &self.tasks[source as usize];
        match (one.doing, other.doing) {
            (Doing::Work(after, _), Doing::Work(before, _)) => {
                overlap.latest(shop, (before, after), by - other.after, placed.end) + other.after
            }
            _ => by,
        }
    }
}

/// All tasks in an order in which sources come first. Lots are numbered in the order of the low-level codes, so that is
/// the order backwards, unless somebody takes what comes beside something that is numbered before.
fn sources_first(count: usize, sources: &[(u32, u32)]) -> Vec<u32> {
    if sources.iter().all(|(task, source)| source > task) {
        return (0..count as u32).rev().collect();
    }
    let backwards: Vec<(u32, u32)> = sources.iter().map(|(task, source)| (*source, *task)).collect();
    let takers = Lists::of(count, &backwards);
    let mut waits = vec![0u32; count];
    sources.iter().for_each(|(task, _)| waits[*task as usize] += 1);
    let mut free: Vec<u32> = (0..count as u32).filter(|task| waits[*task as usize] == 0).collect();
    let mut order = Vec::with_capacity(count);
    while let Some(source) = free.pop() {
        order.push(source);
        for task in takers.get(source as usize) {
            waits[*task as usize] -= 1;
            if waits[*task as usize] == 0 {
                free.push(*task);
            }
        }
    }
    order
}

/// The tasks of a lot, the last first.
fn add<'m>(tasks: &mut Vec<Task<'m>>, of: LotRef, lot: &Lot, method: &'m Method, fence: Seconds) {
    let none = Task {
        lot: of,
        step: None,
        doing: Doing::Wait(method),
        floor: fence,
        wish: lot.end,
        before: 0,
        after: 0,
        overlap: None,
    };
    let waits = method.lead_days > 0 || method.operations.is_empty();
    let floor = if waits { 0 } else { fence };
    if waits {
        tasks.push(none);
    }
    for (step, (operation, placed)) in method.operations.iter().zip(&lot.steps).enumerate().rev() {
        let previous = step.checked_sub(1).and_then(|n| method.operations.get(n));
        tasks.push(Task {
            lot: of,
            step: Some(step as u32),
            doing: Doing::Work(operation, work(operation, &lot.qty)),
            floor,
            wish: placed.end,
            before: operation.queue,
            after: operation.transport,
            overlap: previous.and_then(|previous| Overlap::of(previous, operation, &lot.qty)),
        });
    }
}
