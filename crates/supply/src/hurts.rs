//! What hurts: whom it hits when something comes later, stands, or is not usable, with everything else as it is; and
//! what would help.

use crate::board::moving::whom;
use crate::board::pass::outcome;
use crate::desk::{binds, money};
use crate::kept::{Kept, kept, options};
use crate::machines::{Is, Job, Machines, needs, receipt_of};
use catalog::Kits;
use kernel::{Input, Reader, Ref, Refusal, Result, refuse};
use numbers::{Decimal6, Money, Rational};
use planning::model::{DAY, Fault, Model, Order, Seconds, Taken};
use planning::scenario::impact::{exposed, hurts};
use planning::scenario::{Change, apply};
use planning::shop::Shop;
use serde_json::{Value as Json, json};
use std::collections::{HashMap, HashSet};

#[derive(Debug, Input)]
pub struct Asked {
    /// `PurchaseOrder`, `WorkOrder`, `TransferOrder`, `WorkCenter`, `Employee`, `Downtime`, `Absence`, `Product`, `Inspection`, or a
    /// `SalesOrder` that is not confirmed.
    pub about: String,
    pub id: i64,
    /// By how many days it comes later, or how long it stands or is away from now on. What is recorded has its own end.
    pub days: Option<i64>,
    /// Of a product: how much of what is on hand is not usable; all of it where empty.
    #[field(quantity)]
    pub quantity: Option<Decimal6>,
}

/// Remedies that are tried out.
const REMEDIES: usize = 3;

/// Whom it hits, what is dearest first, and what would help.
pub(crate) fn what(input: Asked, reader: &mut Reader) -> Result<Json> {
    needs(reader)?;
    let description = reader.registry.entity(&input.about)?;
    reader.visible(&description, input.id)?;
    let kept = kept(reader)?;
    let machines = kept.machines(reader)?;
    let now = kept.records.moment(reader.now.as_microsecond()).max(0);
    let days = input.days.unwrap_or(7).clamp(0, 3660) * DAY;
    let found = match input.about.as_str() {
        "PurchaseOrder" | "WorkOrder" | "TransferOrder" => (None, late(&kept, &input.about, input.id, days)),
        "WorkCenter" | "Employee" => {
            let down = |resource| Change::ResourceDown { resource, from: now, to: now + days };
            let resource = kept.records.resource(&input.about, input.id);
            (None, resource.into_iter().flat_map(|one| standing(&kept, one)).map(down).collect())
        }
        "SalesOrder" => return rush(&kept, input.id, reader),
        "Downtime" => stands(&kept, input.id, now, reader)?,
        "Absence" => away(&kept, input.id, now, reader)?,
        "Inspection" => held(&kept, input.id, reader)?,
        "Product" => {
            let item = kept.records.place(input.id);
            let item = item.ok_or_else(|| refuse("supply.not_planned").field("id"))?;
            let on_hand = &kept.records.model.items[item].on_hand;
            let qty =
                input.quantity.map_or_else(|| on_hand.clone(), |qty| Rational::from(qty).at_most(on_hand));
            (None, vec![Change::StockLost { item, qty }])
        }
        _ => return Err(refuse("supply.hurts_what").field("about").into()),
    };
    let (base, changes) = found;
    let base = base.as_ref().unwrap_or(&kept);
    if changes.is_empty() {
        // Nothing of it is still to come, or it is over: nobody waits for it.
        return Ok(
            json!({"late": [], "sooner": 0, "at_stake": money(Money(0)), "reached": 0, "options": []}),
        );
    }
    let hit = hit(base, machines, &changes, now)?;
    answer(base, &changes, hit)
}

/// What an order still brings, so much later.
pub(crate) fn late(kept: &Kept, entity: &str, id: i64, by: Seconds) -> Vec<Change> {
    let supplies = kept.records.supplies.iter().enumerate();
    let mine = supplies.filter(|(_, s)| s.document_entity == entity && s.document == id);
    mine.map(|(receipt, _)| Change::ReceiptLate { receipt, by }).collect()
}

/// A plan to compare with, and what is otherwise than there.
type Compared = (Option<Kept>, Vec<Change>);

/// A downtime that is recorded is in the plan already: it is compared with the plan as it would be without it.
fn stands(kept: &Kept, id: i64, now: Seconds, reader: &mut Reader) -> Result<Compared> {
    let sql = "SELECT work_center_id, starts_at FROM downtime WHERE id = ?";
    let Some(row) = reader.tx.first(sql, &[id.into()])? else { return Ok((None, Vec::new())) };
    let resource = kept.records.resource("WorkCenter", row.int(0));
    without(kept, resource, kept.records.moment(row.int(1)), now)
}

/// The same of somebody who is away.
fn away(kept: &Kept, id: i64, now: Seconds, reader: &mut Reader) -> Result<Compared> {
    let sql = "SELECT employee_id, from_on FROM absence WHERE id = ?";
    let Some(row) = reader.tx.first(sql, &[id.into()])? else { return Ok((None, Vec::new())) };
    let resource = kept.records.resource("Employee", row.int(0));
    without(kept, resource, (row.int(1) - kept.records.model.start.days()) * DAY, now)
}

/// What stands with a resource: the parts of a work center with it; a person alone.
fn standing(kept: &Kept, resource: usize) -> Vec<usize> {
    kept.records.stand.get(resource).cloned().unwrap_or_else(|| vec![resource])
}

/// The plan as it would be if a resource did not stand from then on, and that it does.
fn without(kept: &Kept, resource: Option<usize>, from: Seconds, now: Seconds) -> Result<Compared> {
    let (mut model, mut changes) = (kept.records.model.clone(), Vec::new());
    for resource in resource.into_iter().flat_map(|one| standing(kept, one)) {
        let down = &mut model.resources[resource].down;
        if let Some(n) = down.iter().position(|(start, end)| *start == from && *end > now) {
            let (from, to) = down.remove(n);
            changes.push(Change::ResourceDown { resource, from, to });
        }
    }
    if changes.is_empty() {
        return Ok((None, changes));
    }
    Ok((Some(kept.instead(model)?), changes))
}

/// What is on hold is not in the plan: it is compared with the plan as it would be if all of it had been good.
fn held(kept: &Kept, id: i64, reader: &mut Reader) -> Result<Compared> {
    let sql = "SELECT i.product_id, i.quantity - i.passed - i.returned - i.reworked - i.scrapped, l.parent_id FROM inspection i
               LEFT JOIN location l ON l.id = i.location_id WHERE i.id = ?";
    let Some(row) = reader.tx.first(sql, &[id.into()])? else { return Ok((None, Vec::new())) };
    let (item, qty) =
        (kept.records.place_in(row.int(0), row.get(2).as_int()), Rational::from(Decimal6(row.int(1))));
    let Some(item) = item.filter(|_| qty.is_positive()) else { return Ok((None, Vec::new())) };
    let mut model = kept.records.model.clone();
    model.items[item].on_hand += &qty;
    Ok((Some(kept.instead(model)?), vec![Change::StockLost { item, qty }]))
}

/// An order that is not confirmed, before all others: whom it makes late, and when it would be there itself.
fn rush(kept: &Kept, id: i64, reader: &mut Reader) -> Result<Json> {
    let rows = reader.tx.query(
        "SELECT l.id, l.product_id, l.quantity, o.requested_on, o.warehouse_id FROM sales_order_line l JOIN sales_order o ON o.id = l.parent_id
         WHERE o.id = ? AND o.state IN ('draft', 'quoted') ORDER BY l.id",
        &[id.into()],
    )?;
    let start = kept.records.model.start.days();
    let (mut changes, mut own) = (Vec::new(), Vec::new());
    let kits = Kits::among(rows.iter().filter_map(|r| r.get(1).as_int()).collect(), reader.tx)?;
    let mut wanted = Vec::new();
    for r in rows.iter().filter(|r| r.get(1).as_int().is_some()) {
        wanted.extend(kits.goods(Ref::new(r.int(1)), Decimal6(r.int(2)))?.into_iter().map(|part| (r, part)));
    }
    for (r, (product, qty)) in wanted {
        let Some(item) = kept.records.place_in(product.id(), r.get(4).as_int()) else { continue };
        if qty.0 > 0 {
            let due = r.get(3).as_int().map_or(0, |day| (day - start) * DAY).max(0);
            let id = format!("{} {item}", r.int(0));
            let to = Order { id, item, qty: Rational::from(qty), due, priority: 1 };
            // A quote that holds something, or is likely, has its place in the plan already.
            let there = kept.records.demands.iter().zip(&kept.records.model.orders);
            let same = |place: usize| kept.records.products[place].id == kept.records.products[item].id;
            match there.clone().position(|(d, o)| d.line == r.int(0) && same(o.item)) {
                Some(order) => {
                    own.push(order);
                    changes.push(Change::OrderChanged { order, to });
                }
                None => changes.push(Change::OrderAdded(to)),
            }
        }
    }
    let changed = kept.instead(apply(&kept.records.model, &changes).map_err(fault)?)?;
    let mut answer = whom(kept, &changed.records.model, &changed.plan.done)?;
    if let Some(rows) = answer["late"].as_array_mut() {
        rows.retain(|row| row["id"] != id);
    }
    let late: f64 =
        answer["late"].as_array().into_iter().flatten().filter_map(|row| row["net"].as_f64()).sum();
    let added = kept.records.demands.len()..changed.plan.done.len();
    let there = own.into_iter().chain(added).map(|n| changed.plan.done[n]).max();
    answer["on"] = there.map(|at| changed.comes_on(at)).transpose()?.map(|d| d.to_string()).into();
    answer["at_stake"] = late.into();
    answer["reached"] = 0.into();
    answer["options"] = json!([]);
    Ok(answer)
}

fn fault(fault: Fault) -> Refusal {
    refuse("supply.model").arg("what", fault)
}

/// The orders that come later, with all pegs as they are. Work orders on a machine that stands wait for its end.
fn hit(base: &Kept, machines: &Machines, changes: &[Change], now: Seconds) -> Result<Json> {
    if let [Change::StockLost { .. }] = changes {
        // What lay there is got anew: nothing is as it was pegged.
        let changed = base.instead(apply(&base.records.model, changes).map_err(fault)?)?;
        return whom(base, &changed.records.model, &changed.plan.done);
    }
    let mut model = apply(&base.records.model, changes).map_err(fault)?;
    for change in changes {
        if let Change::ResourceDown { resource, from, to } = change {
            push(base, machines, *resource, (*from).max(now), *to, &mut model)?;
        }
    }
    let outcome = outcome(base, &Shop::new(&model).map_err(fault)?, None);
    whom(base, &model, &outcome.done)
}

/// Operations of work orders that lie in a downtime begin again behind it, and what follows them in their orders after
/// that; whatever else holds a machine stays.
fn push(
    base: &Kept,
    machines: &Machines,
    resource: usize,
    from: Seconds,
    to: Seconds,
    model: &mut Model,
) -> Result<()> {
    let with_down = model.clone();
    let shop = Shop::new(&with_down).map_err(fault)?;
    let whole = base.shop();
    let mut orders: Vec<i64> = Vec::new();
    for job in machines.ordered.iter().filter(|job| job.resource == resource) {
        let inside = job.times.is_some_and(|(a, b)| a < to && b > from);
        if let (true, Is::Ordered(o)) = (inside, &job.is)
            && !orders.contains(&o.order)
        {
            orders.push(o.order);
        }
    }
    // One after the other, where the machine does one at a time.
    let single = base.records.model.resources[resource].capacity == 1;
    let mut free = Seconds::MIN;
    for order in orders {
        let of = |job: &&Job| matches!(&job.is, Is::Ordered(o) if o.order == order);
        let mut ready = Seconds::MIN;
        let mut ends = None;
        for job in machines.ordered.iter().filter(of) {
            let Some((a, b)) = job.times else { continue };
            let standing = job.resource == resource && a < to && b > from;
            let (mut start, mut end) = (a, b);
            if standing || a < ready {
                // The clock of the machine knows when it stands: the work that is left is done when it runs again.
                let clock = shop.clock(job.resource);
                let work = whole.clock(job.resource).worked(b) - whole.clock(job.resource).worked(a);
                let behind = if standing && single { free } else { Seconds::MIN };
                let begin = clock.worked(a.max(ready).max(behind));
                (start, end) = (clock.start_of(begin).max(a), clock.end_of(begin + work));
                free = if standing { free.max(end) } else { free };
                let was = |t: &Taken| (t.resource, t.from, t.to) == (job.resource, a.max(0), b);
                if let Some(n) = model.taken.iter().position(was) {
                    let family = model.taken[n].family;
                    model.taken[n] = Taken { resource: job.resource, from: start.max(0), to: end, family };
                }
            }
            ready = ready.max(end);
            ends = Some((start, end));
        }
        if let (Some(n), Some((_, end))) = (receipt_of(base, order), ends) {
            let day = (end - 1).max(0).div_euclid(DAY) * DAY;
            let receipt = &mut model.receipts[n as usize];
            receipt.at = receipt.at.max(day);
        }
    }
    Ok(())
}

fn answer(base: &Kept, changes: &[Change], mut hit: Json) -> Result<Json> {
    let model = &base.records.model;
    let nets: HashMap<&str, i64> =
        model.orders.iter().map(|o| o.id.as_str()).zip(base.records.demands.iter().map(|d| d.net)).collect();
    let value = |order: &Order| nets.get(order.id.as_str()).map_or(0.0, |net| *net as f64);
    let rows = hit["late"].as_array().cloned().unwrap_or_default();
    // A customer's line counts once, however many own orders on the way to it are late.
    let net = |row: &Json| row["net"].as_f64().unwrap_or(0.0);
    let mut seen = HashSet::new();
    let mut own = rows.iter().filter(|row| !row["party"].is_null()).collect::<Vec<_>>();
    own.retain(|row| seen.insert(row["line_id"].as_i64()));
    let late: f64 = own.into_iter().map(net).sum();
    let mut reached: Vec<usize> = changes.iter().flat_map(|c| exposed(model, &base.plan, c)).collect();
    reached.sort_unstable();
    reached.dedup();
    let mut found = Vec::new();
    if let ([change], false) = (changes, rows.is_empty()) {
        let tried = hurts(model, &base.plan, change, value, &options(), REMEDIES).map_err(fault)?;
        let gained = &tried.difference.late_gained;
        let left: f64 = gained.iter().map(|n| value(&tried.model.orders[*n])).sum::<f64>() / 100.0;
        if left < late {
            found.push(json!({"kind": "replan", "saves": late - left}));
        }
        for remedy in tried.remedies.iter().filter(|remedy| remedy.saves > 0.0) {
            let mut row = binds(base, remedy.binds);
            row["saves"] = (remedy.saves / 100.0).into();
            found.push(row);
        }
    }
    hit["at_stake"] = late.into();
    hit["reached"] = reached.len().into();
    hit["options"] = found.into();
    Ok(hit)
}
