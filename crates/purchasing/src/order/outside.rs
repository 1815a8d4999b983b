//! Work that is bought: what a line receives is an operation of a work order done, at the price of the line.

use super::PurchaseOrder;
use kernel::json::to_json;
use kernel::rows::among;
use kernel::{Call, Context, Entity, Kind, Origin, Ref, Refusal, Result, Value, refuse};
use numbers::{Date, Decimal6, Money};
use production::WorkOrder;
use serde_json::json;
use std::collections::HashMap;
use stock::Arriving;

/// An operation that somebody else has done to so many.
pub(super) struct Done {
    operation: i64,
    quantity: Decimal6,
    cost: Money,
}

/// The work order and the service of each of some operations.
fn operations(ids: &[i64], cx: &mut Context) -> Result<HashMap<i64, (i64, Option<i64>)>> {
    let mut out = HashMap::new();
    for chunk in ids.chunks(500) {
        let sql = format!(
            "SELECT id, parent_id, outside_id FROM work_order_operation WHERE id {}",
            among(chunk.len())
        );
        let params: Vec<Value> = chunk.iter().copied().map(Value::Int).collect();
        let rows = cx.tx.query(&sql, &params)?;
        out.extend(rows.iter().map(|r| (r.int(0), (r.int(1), r.get(2).as_int()))));
    }
    Ok(out)
}

/// Each line that names an operation buys the service that this operation is.
pub(super) fn fitting(order: &PurchaseOrder, cx: &mut Context) -> Result<()> {
    let named: Vec<i64> = order.lines.iter().filter_map(|l| l.operation).map(Ref::id).collect();
    let known = operations(&named, cx)?;
    let mut faults = Vec::new();
    for (i, line) in order.lines.iter().enumerate() {
        let Some(operation) = line.operation else { continue };
        let service = known.get(&operation.id()).and_then(|(_, service)| *service);
        if service != Some(line.product.id()) {
            faults.push(refuse("purchasing.other_work").field(format!("lines/{i}/operation_id")));
        }
    }
    Refusal::all(faults)
}

/// The work orders whose operations are bought.
pub(super) fn work_orders(order: &PurchaseOrder, cx: &mut Context) -> Result<Vec<Origin>> {
    let named: Vec<i64> = order.lines.iter().filter_map(|l| l.operation).map(Ref::id).collect();
    let known = operations(&named, cx)?;
    let mut orders: Vec<i64> = known.into_values().map(|(order, _)| order).collect();
    orders.sort_unstable();
    orders.dedup();
    Ok(orders.into_iter().map(|id| Origin::new(WorkOrder::NAME, id)).collect())
}

/// What of an arrival is work on an operation.
pub(super) fn of(order: &PurchaseOrder, arriving: &[Arriving]) -> Vec<Done> {
    let operation = |one: &Arriving| order.lines.iter().find(|l| l.id == one.order_line.id)?.operation;
    let done = arriving.iter().filter_map(|one| {
        Some(Done { operation: operation(one)?.id(), quantity: one.stock_quantity, cost: one.net })
    });
    done.collect()
}

/// Tells the work orders, in the same transaction: pieces and cost are there, or neither.
pub(super) fn done(all: &[Done], on: Date, cx: &mut Context) -> Result<()> {
    let known = operations(&all.iter().map(|one| one.operation).collect::<Vec<_>>(), cx)?;
    for one in all {
        let order = known.get(&one.operation).map(|(order, _)| *order);
        let body = json!({"operation_id": one.operation, "on": on.to_string(),
            "quantity": to_json(Kind::Quantity, &Value::Int(one.quantity.0)), "cost": to_json(Kind::Money, &Value::Int(one.cost.0))});
        cx.call(&Call {
            entity: WorkOrder::NAME.into(),
            command: "outside_done".into(),
            id: order,
            body: body.as_object().cloned().unwrap_or_default(),
            ..Call::default()
        })?;
    }
    Ok(())
}
