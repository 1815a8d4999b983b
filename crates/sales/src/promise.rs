//! The dates that a customer is told: by stock, by what is on its way, and for the rest by the plan, as the order desk
//! shows them while lines are typed.

use crate::desk::{Availability, By, Stand};
use crate::order::SalesOrder;
use catalog::{Product, products_and_parts};
use kernel::json::input_from_json;
use kernel::{Actor, Context, Entity, Error, Held, InputValues, Reader, Ref, Refusal, Result};
use numbers::{Date, Decimal6};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use stock::KeptFree;

/// A line that neither stock nor what is on its way covers.
struct Wanted {
    place: (usize, usize),
    id: i64,
    product: i64,
    quantity: Decimal6,
    wanted_on: Option<Date>,
    warehouse: Option<i64>,
}

/// Gives the lines of some orders the dates that are true now, those first in line that are given first. Tells what
/// other quotes hold of each product in each warehouse.
pub(crate) fn promise(orders: &mut [&mut SalesOrder], cx: &mut Context) -> Result<KeptFree> {
    let lines = orders.iter().flat_map(|o| &o.lines).filter_map(|l| l.product);
    let (known, kits) = products_and_parts(lines, cx)?;
    let own: Vec<i64> = orders.iter().map(|o| o.id).collect();
    // Each warehouse has its own goods; the first one by its own name or by none is one and the same.
    let named = orders.iter().any(|order| order.warehouse.is_some());
    let first = if named { Some(stock::home(cx)?) } else { None };
    let mut stands: BTreeMap<Option<i64>, Availability> = BTreeMap::new();
    let mut wanted = Vec::new();
    for (o, order) in orders.iter_mut().enumerate() {
        let warehouse = order.warehouse.or(first).map(Ref::id);
        let stand = Stand { company: cx.actor.company, warehouse };
        let available = match stands.entry(warehouse) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => {
                let kits = kits.clone();
                free.insert(Availability::read(&known, kits, cx.today(), stand, &own, cx.tx)?)
            }
        };
        for (l, line) in order.lines.iter_mut().enumerate() {
            let Some(product) = line.product.and_then(|p| known.get(&p.id())) else { continue };
            let quantity = product.in_stock_unit(line.unit, line.quantity)?;
            let found = available.take(product, quantity, order.requested_on, cx.tx)?;
            line.promised_on = found.on;
            if matches!(found.by, By::Offer | By::Nothing) {
                let (product, wanted_on, id) = (product.id, order.requested_on, line.id);
                let warehouse = order.warehouse.map(Ref::id);
                wanted.push(Wanted { place: (o, l), id, product, quantity, wanted_on, warehouse });
            }
        }
    }
    for (one, on) in wanted.iter().zip(planned(&wanted, cx)?) {
        let line = orders.get_mut(one.place.0).and_then(|o| o.lines.get_mut(one.place.1));
        if let (Some(line), Some(on)) = (line, on) {
            line.promised_on = Some(on);
        }
    }
    orders.iter_mut().for_each(|order| order.promise_whole());
    let mut kept = KeptFree::new();
    for (warehouse, available) in stands {
        if available.held.is_empty() {
            continue;
        }
        let warehouse = warehouse.map_or_else(|| stock::home(cx).map(Ref::id), Ok)?;
        kept.extend(available.held.into_iter().map(|(product, held)| ((product, warehouse), held)));
    }
    Ok(kept)
}

/// The dates of a slice of orders.
pub(crate) fn promise_all(orders: &mut [Held<SalesOrder>], cx: &mut Context) -> Result<KeptFree> {
    promise(&mut orders.iter_mut().map(|order| &mut **order).collect::<Vec<_>>(), cx)
}

/// What the plan says of each, by the query that the order desk asks. No dates where there is no plan, or where its
/// records do not fit together: an order is not refused for a bill that goes round in a circle.
fn planned(wanted: &[Wanted], cx: &mut Context) -> Result<Vec<Option<Date>>> {
    let registry = cx.registry;
    let Some(query) = registry.query(Product::NAME, "promises").filter(|_| !wanted.is_empty()) else {
        return Ok(vec![None; wanted.len()]);
    };
    let said = |w: &Wanted| {
        let on = w.wanted_on.map(|on| on.to_string()).unwrap_or_default();
        let warehouse = w.warehouse.map(|id| id.to_string()).unwrap_or_default();
        format!("{}~{}~{on}~{}~{warehouse}", w.product, w.quantity, w.id)
    };
    let lines = wanted.iter().map(said).collect::<Vec<_>>().join("!");
    let asked = json!({"lines": lines}).as_object().cloned().unwrap_or_default();
    let input = input_from_json(&query.input, &asked, "").or_else(|faults| {
        Refusal::all(faults)?;
        Ok::<_, Error>(InputValues::default())
    })?;
    // Who confirms is told the date, whoever may look into the plan.
    let (actor, now) = (Actor::program(cx.actor.company), cx.now());
    let answer = query.ask(&mut Reader { tx: cx.tx, registry, actor: &actor, now }, None, input);
    let answer = match answer {
        Err(Error::Refused(_)) => return Ok(vec![None; wanted.len()]),
        other => other?,
    };
    let date = |n: usize| {
        let on = answer.pointer(&format!("/value/{n}/on")).and_then(Json::as_str);
        Ok(on.map(str::parse).transpose()?)
    };
    (0..wanted.len()).map(date).collect()
}
