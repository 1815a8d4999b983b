//! What if: changes put together from sentences, planned beside the real plan, and both compared.

use crate::desk::{money, order};
use crate::hurts::late;
use crate::kept::{Kept, kept};
use crate::machines::{Machines, needs, wall};
use kernel::{Input, Reader, Result, refuse};
use numbers::{Date, Decimal6, Money, Rational};
use planning::model::{DAY, Model, Order, Seconds};
use planning::scenario::{Change, Difference, apply, compare};
use serde_json::{Value as Json, json};
use std::collections::HashMap;

#[derive(Debug, Input)]
pub struct Asked {
    /// Sentences with `!` between them, the parts of each with `~`: `down~work center~from~to` (days), `shift~work
    /// center` (one more unit of it), `overtime~work center~from~to~hours` (each of these days), `order~product~quantity~day`, `late~purchase order~days`, `transfer~transfer order~days`
    /// (it comes so much later), `first~sales order`, `bigger~sales order~times`.
    #[field(long)]
    pub changes: String,
}

/// Sentences of one scenario: more of them nobody compares.
const MOST: usize = 20;

/// Days of overtime at once: a year.
const LONGEST: i64 = 366;

/// The plan beside the real one: dates, who is late, load, stock and money.
pub(crate) fn scenario(input: Asked, reader: &mut Reader) -> Result<Json> {
    needs(reader)?;
    let kept = kept(reader)?;
    let machines = kept.machines(reader)?;
    let mut changes = Vec::new();
    for sentence in input.changes.split('!').filter(|s| !s.is_empty()).take(MOST) {
        let parts: Vec<&str> = sentence.split('~').collect();
        let more = change(&kept, machines, &parts, &changes, reader)?;
        changes.extend(more);
    }
    let wrong = |e| refuse("supply.model").arg("what", e);
    let changed = kept.instead(apply(&kept.records.model, &changes).map_err(wrong)?)?;
    let nets: HashMap<&str, i64> = kept
        .records
        .model
        .orders
        .iter()
        .map(|o| o.id.as_str())
        .zip(kept.records.demands.iter().map(|d| d.net))
        .collect();
    let value = |order: &Order| nets.get(order.id.as_str()).map_or(0.0, |net| *net as f64 / 100.0);
    let model = &kept.records.model;
    let difference = compare(model, &kept.plan, &changed.records.model, &changed.plan, value);
    answer(&kept, &changed, machines, &difference)
}

/// One sentence as changes of the model, beside those that were said before it.
fn change(
    kept: &Kept,
    machines: &Machines,
    said: &[&str],
    before: &[Change],
    reader: &mut Reader,
) -> Result<Vec<Change>> {
    let model = &kept.records.model;
    let unclear = || refuse("supply.scenario").field("changes");
    let part = |n: usize| said.get(n).copied().unwrap_or_default();
    let id: i64 = part(1).parse().map_err(|_| unclear())?;
    let day = |n: usize| -> Result<Seconds> {
        let on: Date = part(n).parse().map_err(|_| unclear())?;
        Ok((on.days() - model.start.days()) * DAY)
    };
    let number = |n: usize| -> Result<Rational> {
        let number: Decimal6 = part(n).parse().map_err(|_| unclear())?;
        if number.0 > 0 { Ok(Rational::from(number)) } else { Err(unclear().into()) }
    };
    let resource = || machines.centers.iter().position(|c| c.id == id).ok_or_else(unclear);
    Ok(match part(0) {
        "down" => vec![Change::ResourceDown { resource: resource()?, from: day(2)?, to: day(3)? + DAY }],
        "shift" => {
            let resource = resource()?;
            let now = before.iter().rev().find_map(|change| match change {
                Change::Capacity { resource: of, capacity } if *of == resource => Some(*capacity),
                _ => None,
            });
            let capacity = now.unwrap_or(model.resources[resource].capacity).saturating_add(1);
            vec![Change::Capacity { resource, capacity }]
        }
        "overtime" => {
            let (first, last) = (day(2)? / DAY, day(3)? / DAY);
            if last - first > LONGEST {
                return Err(unclear().into());
            }
            let seconds = (&number(4)? * &Rational::from(3_600)).ceil()?;
            vec![Change::Overtime { resource: resource()?, first, last, seconds, over: kept.over() }]
        }
        "order" => {
            let item = kept.records.place(id).ok_or_else(unclear)?;
            let due = day(3)?.max(0);
            vec![Change::OrderAdded(Order { id: "new".into(), item, qty: number(2)?, due, priority: 3 })]
        }
        kind @ ("late" | "transfer") => {
            let days: i64 = part(2).parse().map_err(|_| unclear())?;
            let entity = if kind == "late" { "PurchaseOrder" } else { "TransferOrder" };
            let description = reader.registry.entity(entity)?;
            reader.visible(&description, id)?;
            late(kept, entity, id, days.clamp(-3660, 3660) * DAY)
        }
        kind @ ("first" | "bigger") => {
            let description = reader.registry.entity("SalesOrder")?;
            reader.visible(&description, id)?;
            let times = if kind == "bigger" { number(2)? } else { Rational::ONE };
            let demands = kept.records.demands.iter().enumerate();
            let mine = demands.filter(|(_, d)| d.document_entity == "SalesOrder" && d.document == id);
            mine.map(|(order, _)| {
                let mut to = as_said(before, order).unwrap_or(&model.orders[order]).clone();
                to.qty = &to.qty * &times;
                to.priority = if kind == "first" { 1 } else { to.priority };
                Change::OrderChanged { order, to }
            })
            .collect()
        }
        _ => return Err(unclear().into()),
    })
}

/// What an order has become by what was said before.
fn as_said(before: &[Change], order: usize) -> Option<&Order> {
    before.iter().rev().find_map(|change| match change {
        Change::OrderChanged { order: of, to } if *of == order => Some(to),
        _ => None,
    })
}

/// Whole customers' lines that are late.
fn late_count(kept: &Kept, model: &Model, done: &[Seconds]) -> usize {
    let late = |n: &usize| done[*n] > model.orders[*n].due && kept.records.demands[*n].party.is_some();
    (0..kept.records.demands.len()).filter(late).count()
}

fn answer(kept: &Kept, changed: &Kept, machines: &Machines, difference: &Difference) -> Result<Json> {
    let mut orders: Vec<(i64, Json)> = Vec::new();
    for moved in &difference.moved {
        let demand = &kept.records.demands[moved.before];
        let due = changed.records.model.orders[moved.after].due;
        let (was, will) = (kept.comes_on(moved.from)?, kept.comes_on(moved.to)?);
        if was == will && (moved.from > due) == (moved.to > due) {
            continue;
        }
        let mut row = order(kept, moved.before, demand)?;
        let product = &kept.records.products[kept.records.model.orders[moved.before].item];
        row["product"] = product.name.as_str().into();
        row["product_id"] = product.id.into();
        row["was_on"] = was.to_string().into();
        row["comes_on"] = will.to_string().into();
        row["was_late"] = (moved.from > kept.records.model.orders[moved.before].due).into();
        row["late"] = (moved.to > due).into();
        row["because"] = crate::desk::because(changed, &changed.plan.late_because[moved.after])?;
        // What becomes late first, then what is dearest.
        let rank = if moved.to > due && moved.to > moved.from { i64::MAX / 2 } else { 0 };
        orders.push((rank.saturating_add(demand.net), row));
    }
    orders.sort_by_key(|(rank, _)| std::cmp::Reverse(*rank));
    let added = difference.added.iter().map(|n| {
        let order = &changed.records.model.orders[*n];
        let product = &kept.records.products[order.item];
        Ok(json!({"product_id": product.id, "product": product.name, "due_on": kept.day(order.due)?.to_string(),
            "comes_on": kept.comes_on(changed.plan.done[*n])?.to_string(), "late": changed.plan.done[*n] > order.due,
            "because": crate::desk::because(changed, &changed.plan.late_because[*n])?}))
    });
    let load =
        difference.load.iter().enumerate().filter(|(_, load)| load.before != load.after).map(|(n, load)| {
            let hours = |seconds: Seconds| (seconds as f64 / 360.0).round() / 10.0;
            json!({"work_center_id": machines.centers[n].id, "name": machines.centers[n].name,
            "before": hours(load.before), "after": hours(load.after)})
        });
    let both = |before: Json, after: Json| json!({"before": before, "after": after});
    let cents = |amount: f64| money(Money((amount * 100.0).round() as i64));
    let last = |plan: &planning::plan::Plan| plan.done.iter().copied().max().unwrap_or(0);
    let horizon = (last(&kept.plan).max(last(&changed.plan)) as f64 / DAY as f64).max(1.0);
    Ok(json!({
        "late": both(late_count(kept, &kept.records.model, &kept.plan.done).into(),
            late_count(kept, &changed.records.model, &changed.plan.done).into()),
        "at_stake": both(cents(difference.at_stake.before), cents(difference.at_stake.after)),
        "stock": both(cents(difference.stock.before / horizon), cents(difference.stock.after / horizon)),
        "orders": orders.into_iter().map(|(_, row)| row).collect::<Vec<_>>(),
        "added": added.collect::<Result<Vec<_>>>()?,
        "load": load.collect::<Vec<_>>(), "same": difference.is_none(),
        "until": wall(kept, last(&changed.plan)),
    }))
}
