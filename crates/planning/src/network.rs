//! What waits for what: a netted plan without its quantities, which is all that scheduling reads.

use crate::model::{Method, Operation, Seconds};
use crate::net::{Demand, LotRef, Record, Supply};
use crate::shop::{Shop, work};

/// Tasks and what they wait for. A task's number is higher than that of everything that waits for it.
pub struct Network<'m> {
    /// All tasks.
    pub tasks: Vec<Task<'m>>,
    /// Tasks that each task waits for.
    pub sources: Lists,
    /// Tasks that each order waits for.
    pub order_sources: Lists,
    /// When the receipts that an order takes are there.
    pub order_floor: Vec<Seconds>,
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
            let Some(method) = shop.method(*item) else { continue };
            for (n, lot) in records[*item as usize].lots.iter().enumerate() {
                let of = LotRef { item: *item, n: n as u32 };
                let last = tasks.len() as u32;
                if method.lead_days > 0 || method.operations.is_empty() {
                    tasks.push(Task {
                        lot: of,
                        step: None,
                        doing: Doing::Wait(method),
                        floor: 0,
                        wish: lot.end,
                    });
                }
                for (step, (operation, placed)) in method.operations.iter().zip(&lot.steps).enumerate().rev()
                {
                    let doing = Doing::Work(operation, work(operation, &lot.qty));
                    tasks.push(Task { lot: of, step: Some(step as u32), doing, floor: 0, wish: placed.end });
                }
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
        let sources = Lists::of(tasks.len(), &sources);
        let order_sources = Lists::of(order_floor.len(), &order_sources);
        Self { tasks, sources, order_sources, order_floor }
    }
}
