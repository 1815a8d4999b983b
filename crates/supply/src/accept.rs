//! Proposals that a planner agrees to become orders.

use crate::desk::stocked;
use crate::kept::{Kept, kept};
use crate::short::{Wanted, place, short_pegs};
use catalog::Product;
use equipment::WorkCenter;
use jiff::Timestamp;
use kernel::json::to_json;
use kernel::{Call, Context, Entity, Input, Kind, Origin, Reader, Ref, Refusal, Result, Value, refuse};
use numbers::{Date, Decimal6};
use parties::Party;
use planning::model::{DAY, Seconds};
use production::{OrderLine, Planned, Times, WorkOrder, order_firmly};
use purchasing::PurchaseOrder;
use sales::{SalesOrder, SalesOrderLine};
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, HashMap};
use stock::{TransferOrder, Warehouse};

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
    /// Where it is wanted; in the firm's first warehouse where empty.
    pub warehouse: Option<Ref<Warehouse>>,
    /// The warehouse from which it is fetched, where it is neither made nor bought.
    pub from_warehouse: Option<Ref<Warehouse>>,
    pub start_on: Option<Date>,
    pub due_on: Option<Date>,
    pub supplier: Option<Ref<Party>>,
    /// The line of a customer's order that it is made for, and nobody else.
    pub order_line: Option<Ref<SalesOrderLine>>,
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

/// Accepted proposals become orders: to suppliers and to other warehouses, confirmed, and to the own shop floor, firm; each
/// pegged to who waits.
pub(crate) fn accept(input: Accept, cx: &mut Context) -> Result<Json> {
    sound(&input.lines, cx)?;
    let (fetch, own): (Vec<&Proposal>, Vec<&Proposal>) =
        input.lines.iter().partition(|line| line.from_warehouse.is_some());
    let (make, buy): (Vec<&Proposal>, Vec<&Proposal>) = own.into_iter().partition(|line| line.make);
    let home = stock::home(cx)?;
    let products: Vec<i64> = buy.iter().map(|l| l.product.id()).collect();
    let among = format!("product_id {}", kernel::rows::among(products.len().max(1)));
    let mut demands: HashMap<(i64, i64), Vec<i64>> = HashMap::new();
    for peg in short_pegs(&among, &products, cx)? {
        demands.entry((peg.product, peg.warehouse)).or_default().push(peg.line);
    }
    let wanted = buy.iter().map(|line| Wanted {
        product: line.product,
        quantity: line.quantity,
        supplier: line.supplier,
        warehouse: line.warehouse.unwrap_or(home),
        exact: true,
        due: line.due_on,
        demands: demands
            .get(&(line.product.id(), line.warehouse.unwrap_or(home).id()))
            .cloned()
            .unwrap_or_default(),
        operation: None,
    });
    // The plan as it is before anything of it is ordered: times of operations are taken from it.
    let (registry, actor, now) = (cx.registry, cx.actor.clone(), cx.now());
    let plan = kept(&mut Reader { tx: cx.tx, registry, actor: &actor, now })?;
    still_planned(&input.lines, &plan)?;
    let mut result = place(&wanted.collect::<Vec<_>>(), cx)?;
    let lines: Vec<Ref<SalesOrderLine>> = make.iter().filter_map(|line| line.order_line).collect();
    let ordered = ordered(&lines, cx)?;
    let mut planned = Vec::with_capacity(make.len());
    for line in make {
        let mut operations = times(line, &plan)?;
        operations.extend(given(line)?);
        // What names no place is made in the first warehouse.
        let elsewhere = line.warehouse.filter(|warehouse| *warehouse != home);
        planned.push(Planned {
            product: line.product.id(),
            quantity: line.quantity,
            location: elsewhere.map(|warehouse| stock::first_location(Some(warehouse), cx)).transpose()?,
            starts_on: line.start_on,
            due_on: line.due_on,
            made_for: line.order_line.and_then(|line| ordered.get(&line.id()).cloned()),
            operations,
        });
    }
    let work_orders = order_firmly(&planned, cx)?;
    let transfers = fetched(&fetch, home, cx)?;
    let as_lines = |ids: &[i64]| ids.iter().map(|id| json!({"order_id": id})).collect::<Vec<_>>();
    let bought: Vec<i64> =
        result["purchase_order_ids"].as_array().into_iter().flatten().filter_map(Json::as_i64).collect();
    let back = json!({"purchases": as_lines(&bought), "work": as_lines(&work_orders), "transfers": as_lines(&transfers)});
    cx.undo_by(Product::NAME, 0, "withdraw", back);
    if let Some(result) = result.as_object_mut() {
        result.insert("transfer_order_ids".into(), transfers.into());
        result.insert("work_order_ids".into(), work_orders.into());
    }
    Ok(result)
}

/// Orders that are withdrawn: what was accepted, by its kind.
#[derive(Debug, Input)]
pub struct Withdraw {
    #[lines]
    pub purchases: Vec<Purchase>,
    #[lines]
    pub work: Vec<Work>,
    #[lines]
    pub transfers: Vec<Journey>,
}

#[derive(Debug, Input)]
pub struct Purchase {
    pub order: Ref<PurchaseOrder>,
}

#[derive(Debug, Input)]
pub struct Work {
    pub order: Ref<WorkOrder>,
}

#[derive(Debug, Input)]
pub struct Journey {
    pub order: Ref<TransferOrder>,
}

/// Takes back that proposals were accepted: their orders are cancelled, all of them or, where one has gone on, none.
pub(crate) fn withdraw(input: Withdraw, cx: &mut Context) -> Result<()> {
    let purchases = input.purchases.iter().map(|one| (PurchaseOrder::NAME, one.order.id()));
    let work = input.work.iter().map(|one| (WorkOrder::NAME, one.order.id()));
    let transfers = input.transfers.iter().map(|one| (TransferOrder::NAME, one.order.id()));
    for (entity, id) in purchases.chain(work).chain(transfers) {
        run(cx, entity, "cancel", id, json!({}))?;
    }
    Ok(())
}

/// Figures that a person may have changed: each fault is said at its field.
fn sound(lines: &[Proposal], cx: &Context) -> Result<()> {
    let today = cx.today();
    let mut faults = Vec::new();
    for (n, line) in lines.iter().enumerate() {
        if line.quantity.0 <= 0 {
            faults.push(refuse("supply.quantity").field(format!("lines/{n}/quantity")));
        }
        if line.due_on.is_some_and(|due| due < today) {
            faults.push(refuse("supply.day_past").field(format!("lines/{n}/due_on")));
        }
    }
    Refusal::all(faults)
}

/// What somebody else has agreed to in the meantime is not ordered twice: of a product of which the plan proposes nothing any more,
/// nothing is left to agree to.
fn still_planned(lines: &[Proposal], plan: &Kept) -> Result<()> {
    let gone = lines.iter().enumerate().filter(|(_, line)| {
        // What is made to order is planned for its line, not for anybody.
        let items = plan.records.items_of(line.product.id(), line.warehouse.map(Ref::id));
        !items.is_empty() && items.iter().all(|item| plan.plan.records[*item].lots.is_empty())
    });
    Refusal::all(
        gone.map(|(n, _)| refuse("supply.plan_changed").field(format!("lines/{n}/product_id"))).collect(),
    )
}

/// One confirmed transfer order for all that goes the same way on the same days.
fn fetched(lines: &[&Proposal], home: Ref<Warehouse>, cx: &mut Context) -> Result<Vec<i64>> {
    let mut journeys: BTreeMap<_, Vec<&Proposal>> = BTreeMap::new();
    for line in lines {
        let Some(from) = line.from_warehouse else { continue };
        let to = line.warehouse.unwrap_or(home);
        journeys.entry((from.id(), to.id(), line.start_on, line.due_on)).or_default().push(line);
    }
    let mut made = Vec::with_capacity(journeys.len());
    for ((from, to, leaves, arrives), lines) in journeys {
        let today = cx.today();
        let goods = |l: &&Proposal| json!({"product_id": l.product.id(), "quantity": to_json(Kind::Quantity, &Value::Int(l.quantity.0))});
        let body = json!({
            "from_warehouse_id": from, "to_warehouse_id": to, "ships_on": leaves.map(|d| d.max(today).to_string()),
            "arrives_on": arrives.map(|d| d.max(today).to_string()), "lines": lines.iter().map(goods).collect::<Vec<_>>(),
        });
        let id = create(TransferOrder::NAME, body, cx)?;
        run(cx, TransferOrder::NAME, "confirm", id, json!({}))?;
        made.push(id);
    }
    Ok(made)
}

pub(crate) fn create(entity: &str, body: Json, cx: &mut Context) -> Result<i64> {
    let call = Call {
        entity: entity.into(),
        command: "create".into(),
        body: body.as_object().cloned().unwrap_or_default(),
        ..Call::default()
    };
    Ok(cx.call(&call)?.0)
}

pub(crate) fn run(cx: &mut Context, entity: &str, command: &str, id: i64, body: Json) -> Result<()> {
    let body = body.as_object().cloned().unwrap_or_else(Map::new);
    let call = Call { entity: entity.into(), command: command.into(), id: Some(id), body, ..Call::default() };
    cx.call(&call).map(drop)
}

/// Lines that customers have ordered, each with its order, by their ids.
fn ordered(lines: &[Ref<SalesOrderLine>], cx: &mut Context) -> Result<HashMap<i64, OrderLine>> {
    let origin = |entity: &str, id: i64| Origin { entity: entity.into(), id };
    let mut out = HashMap::new();
    for chunk in lines.chunks(500) {
        let sql = format!(
            "SELECT l.id, o.id FROM sales_order_line l JOIN sales_order o ON o.id = l.parent_id
             WHERE o.company_id = ? AND o.state = 'confirmed' AND l.id {}",
            kernel::rows::among(chunk.len())
        );
        let ids = chunk.iter().map(|line| Value::Int(line.id()));
        let params: Vec<Value> = std::iter::once(cx.actor.company.into()).chain(ids).collect();
        out.extend(cx.tx.query(&sql, &params)?.iter().map(|r| {
            let of = (origin(SalesOrder::NAME, r.int(1)), origin(SalesOrderLine::NAME, r.int(0)));
            (r.int(0), OrderLine { order: of.0, line: of.1 })
        }));
    }
    if lines.iter().any(|line| !out.contains_key(&line.id())) {
        return Err(refuse("supply.not_ordered").field("order_line_id").into());
    }
    Ok(out)
}

/// When the operations are done by the plan, where the proposal is one of its lots.
fn times(line: &Proposal, plan: &Kept) -> Result<Vec<(usize, Times)>> {
    let own = line.order_line.map(Ref::id);
    let Some(item) = plan.records.place_for(line.product.id(), line.warehouse.map(Ref::id), own) else {
        return Ok(Vec::new());
    };
    let start = plan.records.model.start;
    for lot in &plan.plan.records[item].lots {
        let (starts, due) = plan.days_of(item, lot)?;
        let same =
            stocked(&lot.qty)? == line.quantity && (line.start_on, line.due_on) == (Some(starts), Some(due));
        if same {
            let times = lot.steps.iter().enumerate().map(|(n, step)| {
                let center = plan.records.centers.get(step.resource as usize);
                let work_center = center.map(|center| Ref::new(*center));
                let (starts_at, ends_at) = (instant(start, step.start)?, instant(start, step.end)?);
                Ok((n, Times { work_center, starts_at, ends_at, by_hand: false }))
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
        Ok((step, Times { work_center, starts_at, ends_at, by_hand: true }))
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
