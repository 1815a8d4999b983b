//! Why an order is late: what it waited for, on which machine or for which material, since when and how long.

use crate::model::Seconds;
use crate::net::{Demand, Record, Supply};
use crate::network::{Doing, Network};
use crate::schedule::{Placed, Schedule};
use crate::shop::Shop;

/// Something that an order waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What binds.
    pub binds: Binds,
    /// Since when it is waited for.
    pub since: Seconds,
    /// How long: working time of a resource, else time on the clock.
    pub wait: Seconds,
}

/// What can make an order late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binds {
    /// A resource that others hold.
    Resource(u32),
    /// A resource that stands: maintenance, a breakdown, somebody's absence.
    Down(u32),
    /// A confirmed receipt that comes when it comes.
    Receipt(u32),
    /// An item's lead time from today.
    LeadTime(u32),
    /// The working time of an item's own operations from today.
    Making(u32),
    /// An item's planning time fence.
    Fence(u32),
}

/// The reasons of every late order, the longest wait first; `schedule` has every task as early as it can be.
pub fn reasons(
    shop: &Shop<'_>,
    network: &Network<'_>,
    records: &[Record],
    schedule: &Schedule,
) -> Vec<Vec<Reason>> {
    let orders = shop.model.orders.iter().zip(&schedule.done).enumerate();
    orders
        .map(
            |(order, (wanted, done))| {
                if *done <= wanted.due {
                    Vec::new()
                } else {
                    of_order(shop, network, records, schedule, order)
                }
            },
        )
        .collect()
}

fn of_order(
    shop: &Shop<'_>,
    network: &Network<'_>,
    records: &[Record],
    schedule: &Schedule,
    order: usize,
) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = Vec::new();
    let end = |task: &&u32| network.there(**task, &schedule.placed);
    let mut at = network.order_sources.get(order).iter().max_by_key(end).map(|task| *task as usize);
    if at.is_none_or(|task| network.there(task as u32, &schedule.placed) < network.order_floor[order]) {
        let item = shop.model.orders[order].item;
        let demand = |d| d == Demand::Order(order as u32);
        reasons.extend(late_receipt(shop, &records[item], demand, network.order_floor[order]));
        return reasons;
    }
    while let Some(task) = at {
        let placed = schedule.placed[task];
        let sources = network.sources(task);
        let source = sources.iter().max_by_key(end).map(|source| *source as usize);
        let there = source.map_or(0, |source| network.there(source as u32, &schedule.placed));
        let floor = network.tasks[task].floor;
        let (ready, _) = network.ready(shop, task, &schedule.placed);
        let lot = network.tasks[task].lot;
        match network.tasks[task].doing {
            Doing::Wait(_) if source.is_none() && floor == 0 => {
                add(&mut reasons, Reason { binds: Binds::LeadTime(lot.item), since: 0, wait: placed.end });
            }
            Doing::Wait(_) => {}
            Doing::Work(operation, work) => {
                let clock = shop.clock(placed.resource as usize);
                let wait = clock.worked(placed.start) - clock.worked(ready);
                let standing = standing(shop, placed, ready);
                let stood = !standing.is_empty();
                standing.into_iter().for_each(|reason| add(&mut reasons, reason));
                if wait > 0 {
                    add(&mut reasons, Reason { binds: Binds::Resource(placed.resource), since: ready, wait });
                } else if !stood && source.is_none() && floor == 0 {
                    let wait = work - operation.setup + placed.setup;
                    add(&mut reasons, Reason { binds: Binds::Making(lot.item), since: 0, wait });
                }
            }
        }
        if floor > there && floor == shop.item(lot.item).fence {
            add(&mut reasons, Reason { binds: Binds::Fence(lot.item), since: 0, wait: floor });
            break;
        }
        if floor > there {
            let method = shop.way(lot.item, &records[lot.item as usize].lots[lot.n as usize]);
            for component in method.iter().flat_map(|m| &m.components) {
                let record = &records[component.item];
                let instead = record.instead.iter().filter(|instead| instead.lot == lot);
                let taken = std::iter::once(record).chain(instead.map(|i| &records[i.item as usize]));
                let demand = |d| d == Demand::Lot(lot);
                taken
                    .filter_map(|record| late_receipt(shop, record, demand, floor))
                    .for_each(|reason| add(&mut reasons, reason));
            }
            break;
        }
        at = source;
    }
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.wait));
    reasons
}

/// What stands of that which a task holds, from when it was ready until it has ended.
pub(crate) fn standing(shop: &Shop<'_>, placed: Placed, ready: Seconds) -> Vec<Reason> {
    let held = shop.held(&placed).map(|resource| {
        let wait = shop.stands(resource, ready, placed.end);
        Reason { binds: Binds::Down(resource as u32), since: ready, wait }
    });
    held.filter(|reason| reason.wait > 0).collect()
}

/// The receipt that a demand takes and that comes just then.
fn late_receipt(
    shop: &Shop<'_>,
    record: &Record,
    demand: impl Fn(Demand) -> bool,
    at: Seconds,
) -> Option<Reason> {
    record.pegs.iter().filter(|peg| demand(peg.demand)).find_map(|peg| match peg.supply {
        Supply::Receipt(n) if shop.model.receipts[n as usize].at == at => {
            Some(Reason { binds: Binds::Receipt(n), since: 0, wait: at })
        }
        _ => None,
    })
}

/// One line for each thing that binds, however often it does.
fn add(reasons: &mut Vec<Reason>, reason: Reason) {
    match reasons.iter_mut().find(|r| r.binds == reason.binds) {
        Some(known) => {
            known.since = known.since.min(reason.since);
            known.wait += reason.wait;
        }
        None => reasons.push(reason),
    }
}
