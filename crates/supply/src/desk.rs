//! The planner's bench: what to buy and make now, what to do about what is on order, who is late and why.

use crate::available::Available;
use crate::demand::{Demand, Wants, worth};
use crate::engineering::{drawing, to_engineer};
use crate::kept::{Kept, kept};
use crate::perishing::{expires, on_hand};
use crate::to_order::Role;
use catalog::Product;
use kernel::json::to_json;
use kernel::{Choice, Entity, Input, Kind, Reader, Ref, Result, Value, refuse};
use numbers::{Decimal6, Money, Rational, line_net};
use planning::explain::{Binds, Reason};
use planning::message::Message;
use planning::model::{DAY, Kind as Way, Seconds};
use planning::net::{self, LotRef, Supply};
use production::WorkOrder;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use stock::Warehouse;

#[derive(Debug, Input)]
pub struct Bench {
    /// How far ahead what is to be placed is shown; two weeks where empty.
    pub days: Option<i64>,
    /// Only proposals that this work order waits for.
    pub work_order: Option<Ref<WorkOrder>>,
}

/// Everything that wants a decision, what is dearest first.
pub(crate) fn plan(input: Bench, reader: &mut Reader) -> Result<Json> {
    reader.needs(&[
        ("Peg", &["quantity", "due"]),
        ("SalesOrder", &["number", "customer_id", "net"]),
        ("PurchaseOrder", &["number", "supplier_id"]),
        ("Maintenance", &["name"]),
    ])?;
    let kept = kept(reader)?;
    let until = input.days.unwrap_or(14).clamp(0, 3660) * DAY;
    let past_due: BTreeSet<LotRef> = kept.plan.messages.iter().filter_map(past_due).collect();
    let mut rows = Vec::new();
    for (item, record) in kept.plan.records.iter().enumerate() {
        let product = &kept.records.products[item];
        // What is offered and would be made to order is made when it is ordered.
        if !product.is_stocked() || product.line().is_some_and(|line| !line.is_ordered) {
            continue;
        }
        for (n, lot) in record.lots.iter().enumerate() {
            let of = LotRef { item: item as u32, n: n as u32 };
            let starts = drawing(&kept, of).map_or(lot.start, |drawing| drawing.start);
            if starts < until && input.work_order.is_none_or(|order| waits_for(&kept, order, of)) {
                let mut row = proposal(&kept, of, lot)?;
                row.1["past_due"] = past_due.contains(&of).into();
                rows.push(row);
            }
        }
    }
    for message in kept.plan.messages.iter().filter(|_| input.work_order.is_none()) {
        rows.extend(about_receipt(&kept, message)?);
    }
    if input.work_order.is_none() {
        rows.extend(overdue(&kept)?);
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.0));
    let late = late_orders(&kept)?;
    let value: Vec<Json> = rows.into_iter().map(|(_, row)| row).collect();
    Ok(
        json!({"value": value, "late": late, "products": kept.records.products.len(), "orders": kept.records.demands.len()}),
    )
}

/// Whether a work order takes something of a planned lot, or of what is made of it.
fn waits_for(kept: &Kept, order: Ref<WorkOrder>, lot: LotRef) -> bool {
    let of_order =
        |demand: &Demand| demand.document_entity == WorkOrder::NAME && demand.document == order.id();
    kept.plan.pegging.of_lot(lot).iter().any(|share| of_order(&kept.records.demands[share.order as usize]))
}

/// A row of the bench with what is at stake, in minor units.
type Row = (i64, Json);

fn proposal(kept: &Kept, of: LotRef, lot: &net::Lot) -> Result<Row> {
    let item = of.item as usize;
    let product = &kept.records.products[item];
    let way = kept.records.model.items[item].methods.first().map(|m| m.kind);
    let from = kept.fetched_from(item);
    let offer = kept.records.offers.get(&product.id).filter(|_| from.is_none());
    let quantity = stocked(&lot.qty)?;
    // What is too much for any figure has none: it keeps nobody from seeing the others.
    let amount = offer.and_then(|o| line_net(quantity, o.price, Decimal6(0)).ok());
    let orders: Vec<u32> = kept.plan.pegging.of_lot(of).iter().map(|share| share.order).collect();
    let (stake, orders) = served(kept, &orders)?;
    let line = product.line();
    if let Some(line) = line.filter(|line| line.waits_for_bill) {
        return Ok((stake, to_engineer(kept, (of, lot), line, (stake, orders))?));
    }
    let (starts, due) = kept.days_of(item, lot)?;
    let row = json!({
        "kind": match way {
            Some(Way::Make) => "make",
            Some(Way::Transfer) => "transfer",
            _ => "buy",
        },
        "warehouse_id": product.warehouse, "warehouse": product.place, "from_warehouse_id": from.map(|f| f.0), "from_warehouse": from.map(|f| f.1),
        "product_id": product.id, "code": product.code, "product": product.name,
        "quantity": decimal(quantity), "start_on": starts.to_string(), "due_on": due.to_string(),
        "supplier_id": offer.map(|o| o.supplier.id()), "supplier": offer.map(|o| o.supplier_name.clone()),
        "bill_id": kept.records.bill_of(item), "order_line_id": line.map(|line| line.line), "amount": amount.map(money),
        "orders": orders, "at_stake": money(Money(stake)),
    });
    Ok((stake, row))
}

/// A planned order that should have been released already.
fn past_due(message: &Message) -> Option<LotRef> {
    if let Message::PastDue(lot) = message { Some(*lot) } else { None }
}

/// What is on order, should be there and is not: the plan has it come today, which somebody has to make true.
fn overdue(kept: &Kept) -> Result<Vec<Row>> {
    let today = kept.records.model.start;
    // What nobody needs is to be cancelled, which is said already.
    let cancelled =
        |message: &Message| if let Message::Cancel { receipt } = message { Some(*receipt) } else { None };
    let cancelled: BTreeSet<u32> = kept.plan.messages.iter().filter_map(cancelled).collect();
    let late = kept.records.supplies.iter().zip(0u32..).filter(|(supply, _)| supply.due_on < today);
    let needed = late.map(|(_, n)| n).filter(|n| !cancelled.contains(n));
    needed.map(|n| on_order(kept, "past_due", n, (None, None), &[])).collect()
}

/// What should be done about something that is on order.
fn about_receipt(kept: &Kept, message: &Message) -> Result<Option<Row>> {
    let (kind, receipt, to, by) = match message {
        // Shown as proposals.
        Message::Release(_) | Message::PastDue(_) => return Ok(None),
        Message::Expires { .. } => return expires(kept, message),
        Message::Expedite { receipt, to, .. } => ("expedite", *receipt, Some(*to), None),
        Message::Defer { receipt, to } => ("defer", *receipt, Some(*to), None),
        Message::Decrease { receipt, by } => ("decrease", *receipt, None, Some(stocked(by)?)),
        Message::Increase { receipt, by, .. } => ("increase", *receipt, None, Some(stocked(by)?)),
        Message::Cancel { receipt } => ("cancel", *receipt, None, None),
    };
    let instead: &[LotRef] = match message {
        // Whoever waits for the order that would not be needed.
        Message::Expedite { instead: Some(lot), .. } | Message::Increase { instead: lot, .. } => {
            std::slice::from_ref(lot)
        }
        _ => &[],
    };
    on_order(kept, kind, receipt, (to, by), instead).map(Some)
}

/// A row about something on order: to which instant, by how much, and instead of what.
fn on_order(
    kept: &Kept,
    kind: &str,
    receipt: u32,
    (to, by): (Option<Seconds>, Option<Decimal6>),
    instead: &[LotRef],
) -> Result<Row> {
    let model = &kept.records.model;
    let one = &model.receipts[receipt as usize];
    let supply = &kept.records.supplies[receipt as usize];
    let product = &kept.records.products[one.item];
    let mut orders: Vec<u32> =
        kept.plan.pegging.of_receipt(model, receipt).map(|share| share.order).collect();
    orders.extend(instead.iter().flat_map(|lot| kept.plan.pegging.of_lot(*lot)).map(|share| share.order));
    let (stake, orders) = served(kept, &orders)?;
    let row = json!({
        "kind": kind, "product_id": product.id, "code": product.code, "product": product.name,
        "warehouse_id": product.warehouse, "warehouse": product.place,
        "quantity": decimal(stocked(&one.qty)?), "due_on": supply.due_on.to_string(),
        "to": to.map(|at| kept.day(at)).transpose()?.map(|d| d.to_string()), "by": by.map(decimal),
        "document": {"entity": supply.document_entity, "id": supply.document, "number": supply.number},
        "supplier_id": supply.party.as_ref().map(|p| p.0), "supplier": supply.party.as_ref().map(|p| p.1.clone()),
        "orders": orders, "at_stake": money(Money(stake)),
    });
    Ok((stake, row))
}

/// The customers' orders at the end of some demands, once each, with what their lines are worth in all. What an own
/// work order takes is for those that wait for the work order.
pub(crate) fn served(kept: &Kept, orders: &[u32]) -> Result<(i64, Vec<Json>)> {
    let (behind, mut out, mut seen) = (behind(kept, orders), Vec::new(), BTreeSet::new());
    for n in &behind {
        let demand = &kept.records.demands[*n];
        if seen.insert(demand.line) {
            out.push(order(kept, *n, demand)?);
        }
    }
    Ok((worth(&kept.records.demands, &behind), out))
}

/// The demands of customers at the end of some demands, by their places.
pub(crate) fn behind(kept: &Kept, orders: &[u32]) -> BTreeSet<usize> {
    let mut todo = orders.to_vec();
    let mut seen = BTreeSet::new();
    while let Some(n) = todo.pop() {
        if !seen.insert(n) {
            continue;
        }
        let demand = &kept.records.demands[n as usize];
        if demand.party.is_none()
            && let Some(receipt) = kept.records.receipt_of(demand)
        {
            todo.extend(kept.plan.pegging.of_receipt(&kept.records.model, receipt).map(|share| share.order));
        }
    }
    // A work order is only on the way to somebody, unless nobody waits for it.
    let for_somebody = |n: &usize| kept.records.demands[*n].party.is_some();
    seen.into_iter().map(|n| n as usize).filter(for_somebody).collect()
}

pub(crate) fn order(kept: &Kept, n: usize, demand: &Demand) -> Result<Json> {
    let (due, done) = (kept.records.model.orders[n].due, kept.plan.done[n]);
    Ok(json!({
        "entity": demand.document_entity, "id": demand.document, "number": demand.number, "line_id": demand.line,
        "party_id": demand.party.as_ref().map(|p| p.0), "party": demand.party.as_ref().map(|p| p.1.clone()),
        "due_on": demand.due_on.to_string(), "past_due": demand.due_on < kept.records.model.start, "comes_on": kept.comes_on(done)?.to_string(), "net": money(Money(demand.net)),
        "promised_on": demand.promised.map(|d| d.to_string()), "late": done > due, "never": kept.records.is_never(done), "quote": demand.wants == Wants::Quote || demand.wants == Wants::Likely, "forecast": demand.wants == Wants::Forecast,
    }))
}

/// Orders that will not be in time, what is dearest first, with what they wait for.
fn late_orders(kept: &Kept) -> Result<Vec<Json>> {
    let mut late: Vec<(i64, Json)> = Vec::new();
    for (n, demand) in kept.records.demands.iter().enumerate() {
        let (due, done) = (kept.records.model.orders[n].due, kept.plan.done[n]);
        if done <= due || demand.wants == Wants::Forecast {
            continue;
        }
        let mut row = order(kept, n, demand)?;
        if let Some(row) = row.as_object_mut() {
            let product = &kept.records.products[kept.records.model.orders[n].item];
            row.insert("product_id".into(), product.id.into());
            row.insert("product".into(), product.label().into());
            let due = kept.records.at(demand.due_on.days());
            row.insert("days".into(), ((done - due + DAY - 1) / DAY).into());
            row.insert("because".into(), because(kept, &kept.plan.late_because[n])?);
        }
        late.push((demand.net, row));
    }
    late.sort_by_key(|(net, row)| (std::cmp::Reverse(*net), std::cmp::Reverse(row["days"].as_i64())));
    // A kit is as late as the last of its parts.
    let mut seen = BTreeSet::new();
    late.retain(|(_, row)| seen.insert(row["line_id"].as_i64()));
    Ok(late.into_iter().map(|(_, row)| row).collect())
}

pub(crate) fn because(kept: &Kept, reasons: &[Reason]) -> Result<Json> {
    // What took minutes is no reason beside what took days.
    let worth_telling = reasons.iter().enumerate().filter(|(n, reason)| *n == 0 || reason.wait >= 3600);
    let rows = worth_telling.map(|(_, reason)| {
        let mut row = binds(kept, reason.binds);
        if let Some(row) = row.as_object_mut() {
            row.insert("since".into(), kept.day(reason.since)?.to_string().into());
            row.insert("hours".into(), (reason.wait / 3600).into());
        }
        Ok(row)
    });
    Ok(Json::Array(rows.collect::<Result<_>>()?))
}

pub(crate) fn binds(kept: &Kept, binds: Binds) -> Json {
    let id = |n: u32| kept.records.products[n as usize].id;
    let name = |n: u32| kept.records.products[n as usize].label();
    match binds {
        Binds::Resource(n) => {
            json!({"kind": "resource", "name": kept.records.model.resources[n as usize].id})
        }
        Binds::Down(n) if kept.records.never_works(n as usize).is_some() => {
            json!({"kind": "no_shifts", "name": kept.records.never_works(n as usize)})
        }
        Binds::Down(n) => json!({"kind": "down", "name": kept.records.model.resources[n as usize].id}),
        Binds::Receipt(n) => {
            let supply = &kept.records.supplies[n as usize];
            json!({"kind": "material", "name": supply.number, "document": {"entity": supply.document_entity, "id": supply.document, "number": supply.number}})
        }
        Binds::LeadTime(n) => {
            let is_drawn = kept.records.products[n as usize].role == Role::Engineering;
            let kind = if is_drawn { "engineering" } else { "lead_time" };
            json!({"kind": kind, "name": name(n), "product_id": id(n)})
        }
        Binds::Fence(n) => json!({"kind": "fence", "name": name(n), "product_id": id(n)}),
        Binds::Making(n) => json!({"kind": "making", "name": name(n), "product_id": id(n)}),
    }
}

#[derive(Debug, Input)]
pub struct OfProduct {
    pub product: Ref<Product>,
    /// The firm's first where empty.
    pub warehouse: Option<Ref<Warehouse>>,
    /// Days in a column; a week where empty.
    pub bucket_days: Option<i64>,
}

/// The classic time-phased record of a product: gross requirements, scheduled receipts, projected on hand, planned
/// receipts and releases, what is available to promise, with the pegs of each supply.
pub(crate) fn record(input: OfProduct, reader: &mut Reader) -> Result<Json> {
    let description = reader.registry.entity("Product")?;
    reader.visible(&description, input.product.id())?;
    reader.needs(&[
        ("Peg", &["quantity", "due"]),
        ("ProductStock", &["free"]),
        ("Maintenance", &["name"]),
    ])?;
    let kept = kept(reader)?;
    let item = kept.records.place_in(input.product.id(), input.warehouse.map(Ref::id));
    let item = item.ok_or_else(|| refuse("supply.not_planned").field("product_id"))?;
    let items = kept.records.items_of(input.product.id(), input.warehouse.map(Ref::id));
    let length = input.bucket_days.unwrap_or(7).clamp(1, 366) * DAY;
    let model = &kept.records.model;
    let shop = kept.shop();
    let links = net::Links::new(&shop);
    let mut columns: BTreeMap<i64, [Rational; 5]> = BTreeMap::new();
    let mut add = |at: Seconds, row: usize, qty: &Rational| {
        columns.entry(at.max(0).div_euclid(length)).or_default()[row] += qty;
    };
    for item in &items {
        links.gross(&shop, *item as u32, &kept.plan.records).iter().for_each(|r| add(r.at, 0, &r.qty));
    }
    let expected = kept.records.demands.iter().zip(&model.orders);
    let expected =
        expected.filter(|(demand, order)| demand.wants == Wants::Forecast && items.contains(&order.item));
    expected.for_each(|(_, order)| add(order.due, 4, &order.qty));
    model.receipts.iter().filter(|r| items.contains(&r.item)).for_each(|r| add(r.at, 1, &r.qty));
    for lot in items.iter().flat_map(|item| &kept.plan.records[*item].lots) {
        add(lot.end, 2, &lot.qty);
        add(lot.start, 3, &lot.qty);
    }
    let available = Available::of(&kept, &items, length);
    let promised = |column: i64| available.in_column(column).map(exact);
    // What is on hand stands in the first column, or beside all of them where nothing happens in that one.
    let now = if columns.contains_key(&0) { None } else { promised(0) };
    let mut left = model.items[item].on_hand.clone();
    let mut value = Vec::with_capacity(columns.len());
    for (column, [wanted, coming, planned, released, forecast]) in &columns {
        left = &(&(&left + coming) + planned) - wanted;
        value.push(json!({
            "from": kept.day(column * length)?.to_string(), "gross": exact(wanted), "ordered": exact(&(wanted - forecast)), "forecast": exact(forecast), "scheduled": exact(coming),
            "on_hand": exact(&left), "planned": exact(planned), "released": exact(released), "available": promised(*column),
        }));
    }
    Ok(
        json!({"on_hand": exact(&model.items[item].on_hand), "available_now": now, "expiring": on_hand(&kept, item)?, "safety_stock": exact(&model.items[item].safety_stock),
        "warehouses": kept.records.of_product(input.product.id()),
        "environment": kept.records.products[item].environment.word(), "value": value,
        "supplies": items.iter().map(|item| supplies(&kept, *item)).collect::<Result<Vec<_>>>()?.concat()}),
    )
}

/// Each supply of an item with what it serves: the customers at the end of all pegs.
fn supplies(kept: &Kept, item: usize) -> Result<Vec<Json>> {
    let mut of: Vec<(Supply, Vec<Json>)> = Vec::new();
    for share in kept.plan.pegging.of_item(item) {
        let demand = &kept.records.demands[share.order as usize];
        let mut row = order(kept, share.order as usize, demand)?;
        if let Some(row) = row.as_object_mut() {
            row.insert("quantity".into(), exact(&share.qty));
        }
        match of.last_mut() {
            Some((supply, rows)) if *supply == share.supply => rows.push(row),
            _ => of.push((share.supply, vec![row])),
        }
    }
    of.into_iter()
        .map(|(supply, orders)| {
            Ok(match supply {
                Supply::OnHand => json!({"kind": "on_hand", "orders": orders}),
                Supply::Receipt(n) => {
                    let (receipt, supply) = (&kept.records.model.receipts[n as usize], &kept.records.supplies[n as usize]);
                    json!({"kind": "receipt", "quantity": exact(&receipt.qty), "on": kept.day(receipt.at)?.to_string(),
                        "document": {"entity": supply.document_entity, "id": supply.document, "number": supply.number}, "orders": orders})
                }
                Supply::Beside(of) => {
                    let lot = &kept.plan.records[of.item as usize].lots[of.n as usize];
                    json!({"kind": "planned", "quantity": exact(&kept.beside(item, of)), "start_on": kept.day(lot.start)?.to_string(),
                        "on": kept.ends_on(of.item as usize, lot.end)?.to_string(), "orders": orders})
                }
                Supply::Lot(n) => {
                    let lot = &kept.plan.records[item].lots[n as usize];
                    json!({"kind": "planned", "quantity": exact(&lot.qty), "start_on": kept.day(lot.start)?.to_string(),
                        "on": kept.ends_on(item, lot.end)?.to_string(), "orders": orders})
                }
            })
        })
        .collect()
}

/// A quantity as it is stocked: rounded up once to the sixth decimal.
pub(crate) fn stocked(qty: &Rational) -> Result<Decimal6> {
    let million = Rational::from(Decimal6::SCALE);
    Ok(Decimal6((qty * &million).ceil()?))
}

pub(crate) fn exact(qty: &Rational) -> Json {
    qty.round(6).map_or(Json::Null, decimal)
}

pub(crate) fn decimal(quantity: Decimal6) -> Json {
    to_json(Kind::Quantity, &Value::Int(quantity.0))
}

/// A quantity that may be empty.
pub(crate) fn quantity(quantity: Option<Decimal6>) -> Json {
    quantity.map_or(Json::Null, decimal)
}

pub(crate) fn money(amount: Money) -> Json {
    to_json(Kind::Money, &Value::Int(amount.0))
}
