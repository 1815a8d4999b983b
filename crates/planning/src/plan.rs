//! A plan: netted, scheduled where capacity counts, and explained.

use crate::explain::{Reason, reasons};
use crate::improve;
use crate::message::{Message, Tolerance, first_needed, messages, past_due};
use crate::model::{Fault, Model, Seconds};
use crate::net::{self, Links, Record, Step};
use crate::network::Network;
use crate::pegging::Pegging;
use crate::schedule::Schedule;
use crate::shop::Shop;

/// How to plan.
#[derive(Clone, Debug)]
pub struct Options {
    /// Capacity counts, and nothing starts in the past. Without, every order is on time, if need be by lots that
    /// should have started already.
    pub finite: bool,
    /// How many passes over the whole plan may be spent on making it better: the same number gives the same plan on
    /// any machine, which a time limit would not.
    pub passes: usize,
    /// What is of the same family is put together where it is wanted within so many days of one another.
    pub campaign_days: u32,
    /// When to send messages.
    pub tolerance: Tolerance,
}

impl Default for Options {
    fn default() -> Self {
        Self { finite: true, passes: 40, campaign_days: 7, tolerance: Tolerance::default() }
    }
}

/// What to buy and make, when, and for whom.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Capacity counted.
    pub finite: bool,
    /// Each item's planned orders and pegs, in the order of the model's items.
    pub records: Vec<Record>,
    /// Whom each supply serves.
    pub pegging: Pegging,
    /// When each order of the model is there in full.
    pub done: Vec<Seconds>,
    /// Why each order that is late is late.
    pub late_because: Vec<Vec<Reason>>,
    /// What should be done.
    pub messages: Vec<Message>,
}

/// Plans a model.
pub fn plan(model: &Model, options: &Options) -> Result<Plan, Fault> {
    Ok(planned(&Shop::new(model)?, options))
}

/// Plans a model that is made ready.
pub fn planned(shop: &Shop<'_>, options: &Options) -> Plan {
    let model = shop.model;
    let mut records = net::all(shop, &Links::new(shop), options.finite);
    let (past_due, needed) = (past_due(model, &records), first_needed(model, &records));
    let (done, late_because) = if options.finite {
        schedule(shop, &mut records, options)
    } else {
        (model.orders.iter().map(|o| o.due).collect(), vec![Vec::new(); model.orders.len()])
    };
    let pegging = Pegging::new(shop.order(), &records);
    let messages = messages(model, &records, &past_due, &needed, (&done, &late_because), options.tolerance);
    Plan { finite: options.finite, records, pegging, done, late_because, messages }
}

fn schedule(shop: &Shop<'_>, records: &mut [Record], options: &Options) -> (Vec<Seconds>, Vec<Vec<Reason>>) {
    let network = Network::new(shop, records);
    let early = improve::schedule(shop, &network, options);
    let mut late_because = reasons(shop, &network, records, &early);
    let schedule = improve::delayed(shop, &network, options, early);
    for ((order, done), because) in shop.model.orders.iter().zip(&schedule.done).zip(&mut late_because) {
        // With other set-ups it may come in time after all.
        if *done <= order.due {
            because.clear();
        }
    }
    write(shop, &network, &schedule, records);
    (schedule.done, late_because)
}

/// Puts the times of a schedule into the records.
fn write(shop: &Shop<'_>, network: &Network<'_>, schedule: &Schedule, records: &mut [Record]) {
    for (task, placed) in network.tasks.iter().zip(&schedule.placed) {
        let lot = &mut records[task.lot.item as usize].lots[task.lot.n as usize];
        let last = lot.steps.len().wrapping_sub(1);
        match task.step.map(|n| n as usize) {
            None => (lot.start, lot.end) = (placed.start, placed.end),
            Some(n) => {
                lot.steps[n] = Step {
                    resource: placed.resource,
                    unit: placed.lane,
                    with: placed.with,
                    setup: placed.setup,
                    start: placed.start,
                    end: placed.end,
                };
                // A lot's tasks come last first: the first operation has the last word on the start.
                lot.start = placed.start - task.doing.before();
                if n == last && shop.way(task.lot.item, lot).is_none_or(|m| m.lead_days == 0) {
                    lot.end = placed.end + task.doing.after();
                }
            }
        }
    }
}
