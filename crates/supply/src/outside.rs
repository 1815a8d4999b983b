//! Work of a work order that others do, ordered from them.

use crate::short::{Wanted, place};
use kernel::{Context, Ref, Result, refuse};
use numbers::Decimal6;
use production::WorkOrder;
use serde_json::Value as Json;
use std::collections::HashMap;

/// Orders, from whoever offers it best, what nobody was asked to do yet: one purchase order a supplier, confirmed.
pub(crate) fn buy_outside(order: &mut WorkOrder, (): (), cx: &mut Context) -> Result<Json> {
    let ordered = ordered(order, cx)?;
    let mut wanted = Vec::new();
    for operation in &order.operations {
        let Some(service) = operation.outside else { continue };
        let asked = ordered.get(&operation.id).copied().unwrap_or_default();
        let quantity = operation.quantity.minus(operation.good)?.minus(operation.scrapped)?.minus(asked)?;
        if quantity.0 > 0 {
            wanted.push(Wanted {
                product: service,
                quantity,
                supplier: None,
                warehouse: stock::home(cx)?,
                exact: true,
                due: None,
                demands: Vec::new(),
                operation: Some(Ref::new(operation.id)),
            });
        }
    }
    if wanted.is_empty() {
        return Err(refuse("supply.nothing_outside").into());
    }
    place(&wanted, cx)
}

/// What is still to come of each operation's work, in pieces.
fn ordered(order: &WorkOrder, cx: &mut Context) -> Result<HashMap<i64, Decimal6>> {
    let services: Vec<i64> = order.operations.iter().filter_map(|o| o.outside).map(Ref::id).collect();
    let mut out = HashMap::new();
    if services.is_empty() {
        return Ok(out);
    }
    for line in purchasing::open_lines(Some(&services), cx.actor.company, cx.tx)? {
        if let Some(operation) = line.operation {
            let sum: &mut Decimal6 = out.entry(operation).or_default();
            *sum = sum.plus(line.quantity)?;
        }
    }
    Ok(out)
}
