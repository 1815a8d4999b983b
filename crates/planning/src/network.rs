//! What waits for what: a netted plan without its quantities, which is all that scheduling reads.

use crate::handover::{Last, Overlap};
use crate::model::{Method, Operation, Seconds};
use crate::net::{Demand, Lot, LotRef, NONE, Record, Supply};
use crate::schedule::Placed;
use crate::shop::{Shop, work};

/// Tasks and what they wait for.
pub struct Network<'m> {
    /// All tasks.
    pub tasks: Vec<Task<'m>>,
    /// Where a task waits for more than one, the tasks that it waits for.
    sources: Vec<u32>,
    /// Tasks that each order waits for.
    pub order_sources: Lists,
    /// When the receipts that an order takes are there.
    pub order_floor: Vec<Seconds>,
    /// All tasks, each after what it waits for.
    pub sources_first: Vec<u32>,
    /// When each task would end without limits of capacity.
    pub wishes: Vec<Seconds>,
    /// Handovers between operations of which the second begins before the first has ended.
    pub overlaps: Vec<Overlap>,
}

/// An operation of a lot, or the lead time of a lot that is bought or moved.
///
/// A pass meets the tasks in the order of time, each far from the one before: so one takes one line of the memory.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub struct Task<'m> {
    /// Whose it is.
    pub lot: LotRef,
    /// Which of the lot's operations; none for a lead time.
    pub step: Option<u32>,
    /// What it does.
    pub doing: Doing<'m>,
    /// Not before this: the start, and the receipts that the lot takes.
    pub floor: Seconds,
    /// Where it is said how the operation before it in its lot, which is the next task, overlaps with it, or [`NONE`].
    pub overlap: u32,
    sources: Row,
}

/// What a task takes.
#[derive(Clone, Copy)]
pub enum Doing<'m> {
    /// So much working time of a resource.
    Work(&'m Operation, Seconds),
    /// The lead time of a method.
    Wait(&'m Method),
}

impl<'m> Doing<'m> {
    /// The queue before it.
    pub fn before(self) -> Seconds {
        match self {
            Self::Work(operation, _) => operation.queue,
            Self::Wait(_) => 0,
        }
    }

    /// The way from it to what waits for it.
    pub fn after(self) -> Seconds {
        match self {
            Self::Work(operation, _) => operation.transport,
            Self::Wait(_) => 0,
        }
    }

    /// When it begins that ends by then, if it has its usual resources for itself.
    pub fn alone(self, shop: &Shop<'_>, until: Seconds) -> Seconds {
        match self {
            Self::Work(_, 0) => until,
            Self::Work(operation, work) => {
                let clock = shop.usual_clock(operation);
                clock.start_of(clock.worked(until) - work)
            }
            Self::Wait(method) => shop.before_lead(method, until),
        }
    }
}

/// Lists of numbers, end to end.
pub struct Lists {
    rows: Vec<Row>,
    values: Vec<u32>,
}

/// A list: how many numbers it has, and where they start; of one the number itself.
#[derive(Clone, Copy, Default)]
struct Row(u32, u32);

impl Row {
    fn of<'l>(&'l self, values: &'l [u32]) -> &'l [u32] {
        match self {
            Self(1, value) => std::slice::from_ref(value),
            Self(count, start) => &values[*start as usize..][..*count as usize],
        }
    }
}

impl Lists {
    /// From pairs of a list and a value in it.
    pub fn of(count: usize, pairs: &[(u32, u32)]) -> Self {
        let mut rows = vec![Row::default(); count];
        for (of, value) in pairs {
            let row = &mut rows[*of as usize];
            *row = Row(row.0 + 1, *value);
        }
        let mut total = 0;
        for row in rows.iter_mut().filter(|row| row.0 > 1) {
            total += row.0;
            row.1 = total;
        }
        let mut values = vec![0; total as usize];
        // From the back, each list from its end, so that at last all starts are where they belong.
        for (of, value) in pairs.iter().rev() {
            let row = &mut rows[*of as usize];
            if row.0 > 1 {
                row.1 -= 1;
                values[row.1 as usize] = *value;
            }
        }
        Self { rows, values }
    }

    /// One list.
    pub fn get(&self, of: usize) -> &[u32] {
        self.rows[of].of(&self.values)
    }
}

impl<'m> Network<'m> {
    /// Reads the network out of netted records.
    pub fn new(shop: &Shop<'m>, records: &[Record]) -> Self {
        let mut tasks: Vec<Task<'m>> = Vec::new();
        let (mut wishes, mut overlaps) = (Vec::new(), Vec::new());
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
                add((&mut tasks, &mut wishes, &mut overlaps), of, lot, method, shop.item(*item).fence);
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
        let Lists { rows, values: sources } = Lists::of(tasks.len(), &sources);
        tasks.iter_mut().zip(rows).for_each(|(task, row)| task.sources = row);
        let order_sources = Lists::of(order_floor.len(), &order_sources);
        Self { tasks, sources, order_sources, order_floor, sources_first, wishes, overlaps }
    }

    /// Tasks that a task waits for.
    pub fn sources(&self, task: usize) -> &[u32] {
        self.tasks[task].sources.of(&self.sources)
    }

    /// When what a task makes is where it is needed.
    pub fn there(&self, task: u32, placed: &[Placed]) -> Seconds {
        placed[task as usize].end + self.tasks[task as usize].doing.after()
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
        for source in self.sources(task) {
            let all = there(*source);
            match self.overlaps.get(one.overlap as usize) {
                Some(overlap) if *source as usize == task + 1 => {
                    let (before, after) =
                        (&placed[*source as usize], self.tasks[*source as usize].doing.after());
                    let clock = shop.clock_of(before);
                    from = from.max(overlap.through(clock, before) + after);
                    last = Some(overlap.last(all));
                }
                _ => from = from.max(all),
            }
        }
        (from + one.doing.before(), last)
    }

    /// Whether what overlaps with a task can still do so: how late that lets it be is reckoned on its usual resources.
    pub fn goes_on(&self, shop: &Shop<'_>, task: usize, placed: &[Placed]) -> bool {
        if self.overlaps.is_empty() {
            return true;
        }
        let next = task.checked_sub(1).filter(|next| self.tasks[*next].lot == self.tasks[task].lot);
        next.into_iter().chain([task]).filter(|task| self.tasks[*task].overlap != NONE).all(|task| {
            let (from, last) = self.ready(shop, task, placed);
            let end = last.map(|last| last.not_before(shop.clock_of(&placed[task])));
            from <= placed[task].start && end.is_none_or(|end| end <= placed[task].end)
        })
    }

    /// By when what a source of a task makes must be there if the task lies where it is.
    pub fn limit(&self, shop: &Shop<'_>, task: usize, source: u32, placed: Placed) -> Seconds {
        let one = &self.tasks[task];
        let by = placed.start - one.doing.before();
        // Only what comes next in its own lot overlaps.
        let overlap = self.overlaps.get(one.overlap as usize).filter(|_| source as usize == task + 1);
        let Some(overlap) = overlap else { return by };
        let other = &self.tasks[source as usize];
        match (one.doing, other.doing) {
            (Doing::Work(after, _), Doing::Work(before, _)) => {
                overlap.latest(shop, (before, after), by - before.transport, placed.end) + before.transport
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

/// The tasks of a lot, the last first, with when each would end and how it overlaps.
fn add<'m>(
    (tasks, wishes, overlaps): (&mut Vec<Task<'m>>, &mut Vec<Seconds>, &mut Vec<Overlap>),
    of: LotRef,
    lot: &Lot,
    method: &'m Method,
    fence: Seconds,
) {
    let waits = method.lead_days > 0 || method.operations.is_empty();
    let floor = if waits { 0 } else { fence };
    if waits {
        tasks.push(Task {
            lot: of,
            step: None,
            doing: Doing::Wait(method),
            floor: fence,
            overlap: NONE,
            sources: Row::default(),
        });
        wishes.push(lot.end);
    }
    for (step, (operation, placed)) in method.operations.iter().zip(&lot.steps).enumerate().rev() {
        let previous = step.checked_sub(1).and_then(|n| method.operations.get(n));
        let overlap = previous.and_then(|previous| Overlap::of(previous, operation, &lot.qty));
        tasks.push(Task {
            lot: of,
            step: Some(step as u32),
            doing: Doing::Work(operation, work(operation, &lot.qty)),
            floor,
            overlap: if overlap.is_some() { overlaps.len() as u32 } else { NONE },
            sources: Row::default(),
        });
        overlaps.extend(overlap);
        wishes.push(placed.end);
    }
}
