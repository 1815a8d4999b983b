//! Proposals that a planner agrees to become orders.

use crate::desk::stocked;
use crate::kept::{Kept, kept};
use crate::short::{Wanted, place, short_pegs};
use catalog::Product;
use equipment::WorkCenter;
use jiff::Timestamp;
use kernel::{Context, Entity, Input, Reader, Ref, Result, refuse};
use numbers::{Date, Decimal6};
use parties::Party;
use planning::model::{DAY, Seconds};
use production::{Planned, Times, WorkOrder, order_firmly};
use serde_json::{Value as Json, json};
use std::collections::HashMap;

#[derive(Debug, Input)]
pub struct Accept {
    #[lines]
    pub lines: Vec<Proposal>,
}

/// A planned order that a planner agrees to, perhaps with other figures.
#[derive(Debug, Input)]
pub struct Proposal {
    pub product: Ref<Product>,
    #[field(quantity)]
    pub quantity: Decimal6,
    pub make: bool,
    pub start_on: Option<Date>,
    pub due_on: Option<Date>,
    pub supplier: Option<Ref<Party>>,
    /// Times and machines that a person has given to operations of what is made, in the order of the routing; the
    /// plan's where empty.
    #[lines]
    pub operations: Vec<Placed>,
}

#[derive(Debug, Input)]
pub struct Placed {
    /// Which of the operations, counted from zero.
    pub step: i64,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub work_center: Option<Ref<WorkCenter>>,
}

/// Accepted proposals become orders: to suppliers, confirmed, and to the own shop floor, firm; each pegged to who waits.
pub(crate) fn accept(input: Accept, cx: &mut Context) -> Result<Json> {
    let (make, buy): (Vec<&Proposal>, Vec<&Proposal>) = input.lines.iter().partition(|line| line.make);
    let products: Vec<i64> = buy.iter().map(|l| l.product.id()).collect();
    let among = format!("product_id {}", kernel::rows::among(products.len().max(1)));
    let mut demands: HashMap<i64, Vec<i64>> = HashMap::new();
    for peg in short_pegs(&among, &products, cx)? {
        demands.entry(peg.product).or_default().push(peg.line);
    }
    let wanted = buy.iter().map(|line| Wanted {
        product: line.product,
        quantity: line.quantity,
        supplier: line.supplier,
        exact: true,
        due: line.due_on,
        demands: demands.get(&line.product.id()).cloned().unwrap_or_default(),
        operation: None,
    });
    // The plan as it is before anything of it is ordered: times of operations are taken from it.
    let plan = if make.is_empty() {
        None
    } else {
        let (registry, actor, now) = (cx.registry, cx.actor.clone(), cx.now());
        Some(kept(&mut Reader { tx: cx.tx, registry, actor: &actor, now })?)
    };
    let mut result = place(&wanted.collect::<Vec<_>>(), cx)?;
    let mut planned = Vec::with_capacity(make.len());
    for line in make {
        let mut operations = plan.as_ref().map_or_else(|| Ok(Vec::new()), |plan| times(line, plan))?;
        operations.extend(given(line)?);
        planned.push(Planned {
            product: line.product.id(),
            quantity: line.quantity,
            starts_on: line.start_on,
            due_on: line.due_on,
            operations,
        });
    }
    let work_orders = order_firmly(&planned, cx)?;
    // One that was put onto the board by hand is taken off it again.
    if let ([one], []) = (work_orders.as_slice(), buy.as_slice()) {
        cx.undo_by(WorkOrder::NAME, *one, "cancel", json!({}));
    }
    if let Some(result) = result.as_object_mut() {
        result.insert("work_order_ids".into(), work_orders.into());
    }
    Ok(result)
}

/// When the operations are done by the plan, where the proposal is one of its lots.
fn times(line: &Proposal, plan: &Kept) -> Result<Vec<(usize, Times)>> {
    let Some(item) = plan.records.place(line.product.id()) else { return Ok(Vec::new()) };
    let start = plan.records.model.start;
    for lot in &plan.plan.records[item].lots {
        let same = stocked(&lot.qty)? == line.quantity
            && line.start_on == Some(plan.day(lot.start)?)
            && line.due_on == Some(plan.ends_on(item, lot.end)?);
        if same {
            let times = lot.steps.iter().enumerate().map(|(n, step)| {
                let center = plan.records.centers.get(step.resource as usize);
                let work_center = center.map(|center| Ref::new(*center));
                let (starts_at, ends_at) = (instant(start, step.start)?, instant(start, step.end)?);
                Ok((n, Times { work_center, starts_at, ends_at }))
            });
            return times.collect();
        }
    }
    Ok(Vec::new())
}

/// The times that a person has given.
fn given(line: &Proposal) -> Result<Vec<(usize, Times)>> {
    let times = |placed: &Placed| {
        let step = usize::try_from(placed.step).map_err(|_| refuse("supply.plan_changed"))?;
        let Placed { work_center, starts_at, ends_at, .. } = *placed;
        Ok((step, Times { work_center, starts_at, ends_at }))
    };
    line.operations.iter().map(times).collect()
}

/// An instant of the plan, whose times are local.
fn instant(start: Date, at: Seconds) -> Result<Timestamp> {
    let day = start.plus_days(at.div_euclid(DAY))?.civil();
    let of_day = jiff::SignedDuration::from_secs(at.rem_euclid(DAY));
    let local = day.to_datetime(jiff::civil::Time::midnight()).saturating_add(of_day);
    let zone = jiff::tz::TimeZone::system();
    Ok(zone.to_timestamp(local).map_err(|_| numbers::NumberError::Overflow)?)
}

/// The same as the wire has it.
pub(crate) fn moment(start: Date, at: Seconds) -> Result<String> {
    Ok(instant(start, at)?.to_string())
}
