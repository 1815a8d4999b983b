//! What is engineered to order, from the order to the bill that it is made by.

use crate::desk::{decimal, money, stocked};
use crate::kept::Kept;
use crate::to_order::{Line, Role};
use catalog::{Environment, Product, products_and_parts};
use kernel::json::to_json;
use kernel::{Context, Entity, Error, Input, Kind, Origin, Reader, Ref, Result, refuse};
use numbers::{Decimal6, Money};
use planning::net::{self, Demand, LotRef, Supply};
use production::{Bill, Engineered, WorkOrder};
use sales::{SalesOrder, SalesOrderLine};
use serde_json::{Value as Json, json};
use std::collections::HashMap;

#[derive(Debug, Input)]
pub struct Engineer {
    /// The first one that is engineered to order where empty.
    pub line: Option<Ref<SalesOrderLine>>,
    /// Which part of it, where it is a kit.
    pub product: Option<Ref<Product>>,
    /// The bill begins with nothing; as the standard one where empty.
    pub empty: Option<bool>,
}

/// Begins the bill that a line of the order is made by, as the standard one is today, or finds it.
pub(crate) fn engineer(order: &mut SalesOrder, input: Engineer, cx: &mut Context) -> Result<Json> {
    let (line, product, quantity) = engineered(order, &input, cx)?;
    let empty = input.empty == Some(true);
    let wanted = Engineered { order: Origin::of(order), line, product, quantity, empty };
    let (bill, is_new) = production::engineer(&wanted, cx)?;
    if is_new {
        cx.undo_by(Bill::NAME, bill, "delete", json!({}));
    }
    Ok(json!({"bill_id": bill, "is_new": is_new}))
}

/// The line that is meant, and so much of which product is drawn for it.
fn engineered(
    order: &SalesOrder,
    input: &Engineer,
    cx: &mut Context,
) -> Result<(Origin, Ref<Product>, Decimal6)> {
    let meant = |line: &&SalesOrderLine| input.line.is_none_or(|of| of.id() == line.id);
    for line in order.lines.iter().filter(meant) {
        let Some(sold) = line.product else { continue };
        let (known, kits) = products_and_parts([sold], cx)?;
        let Some(one) = known.get(&sold.id()) else { continue };
        let quantity = one.in_stock_unit(line.unit, line.quantity)?;
        let drawn = |product: &Ref<Product>| {
            let known = known.get(&product.id());
            known.is_some_and(|p| p.environment == Environment::EngineerToOrder)
                && input.product.is_none_or(|of| of == *product)
        };
        if let Some((product, quantity)) =
            kits.goods(sold, quantity)?.into_iter().find(|(product, _)| drawn(product))
        {
            return Ok((Origin::of(line), product, quantity));
        }
    }
    Err(Error::from(refuse("supply.not_engineered").field("line_id")))
}

/// The drawing that a lot waits for, itself or before its parts are bought.
pub(crate) fn drawing(kept: &Kept, mut of: LotRef) -> Option<&net::Lot> {
    let (records, plan) = (&kept.records, &kept.plan.records);
    loop {
        let lot = &plan[of.item as usize].lots[of.n as usize];
        let way = records.model.items[of.item as usize].methods.get(lot.method as usize)?;
        let next = way.components.iter().find(|c| !records.products[c.item].is_stocked())?.item;
        let peg = plan[next].pegs.iter().find(|peg| peg.demand == Demand::Lot(of))?;
        let Supply::Lot(n) = peg.supply else { return None };
        if records.products[next].role == Role::Engineering {
            return plan[next].lots.get(n as usize);
        }
        of = LotRef { item: next as u32, n };
    }
}

/// The exception that a line cannot be made yet: its bill is not released, from when on that binds, and until when it has
/// to be.
pub(crate) fn to_engineer(
    kept: &Kept,
    (of, lot): (LotRef, &net::Lot),
    line: &Line,
    (stake, orders): (i64, Vec<Json>),
) -> Result<Json> {
    let product = &kept.records.products[of.item as usize];
    let (start, end) = drawing(kept, of).map_or((lot.start, lot.start), |drawn| (drawn.start, drawn.end));
    Ok(json!({
        "kind": "engineer", "product_id": product.id, "code": product.code, "product": product.name,
        "warehouse_id": product.warehouse, "warehouse": product.place, "quantity": decimal(stocked(&lot.qty)?),
        "start_on": kept.day(start)?.to_string(), "due_on": kept.day(end)?.to_string(),
        "document": {"entity": SalesOrder::NAME, "id": line.order, "number": line.number},
        "order_line_id": line.line, "position": line.position, "bill_id": line.bill,
        "orders": orders, "at_stake": money(Money(stake)),
    }))
}

/// The lines of an order that are made for it alone: how, by which bill, and the work orders that make them.
pub(crate) fn made_for(order: i64, (): (), reader: &mut Reader) -> Result<Json> {
    if !reader.tells(Product::NAME, &["name", "environment"])? {
        return Ok(json!({"value": []}));
    }
    // Who sells may not look into the shop.
    let bills_told = reader.tells(Bill::NAME, &["revision", "released_on"])?;
    let orders = if reader.tells(WorkOrder::NAME, &["number", "state", "quantity", "due_on"])? {
        reader.tx.query(
            "SELECT w.id, w.number, w.state, w.quantity, w.due_on, w.order_line_id, w.product_id FROM work_order w
             JOIN sales_order_line l ON l.id = w.order_line_id WHERE l.parent_id = ? ORDER BY w.id",
            &[order.into()],
        )?
    } else {
        Vec::new()
    };
    let mut made: HashMap<(i64, i64), Vec<Json>> = HashMap::new();
    for r in &orders {
        made.entry((r.int(5), r.int(6))).or_default().push(json!({
            "id": r.int(0), "number": r.get(1).as_text(), "state": r.text(2),
            "quantity": to_json(Kind::Quantity, r.get(3)), "due_on": to_json(Kind::Date, r.get(4)),
        }));
    }
    let rows = reader.tx.query(
        "SELECT l.id, l.position, p.id, p.name, p.environment, b.id, b.revision, b.released_on
         FROM sales_order_line l JOIN product p ON p.id = l.product_id
            OR p.id IN (SELECT k.product_id FROM kit_part k WHERE k.parent_id = l.product_id)
         LEFT JOIN bill b ON b.order_line_id = l.id AND b.product_id = p.id AND b.archived = 0
         WHERE l.parent_id = ? AND p.environment <> 'make_to_stock' ORDER BY l.position, p.id",
        &[order.into()],
    )?;
    let value = rows.iter().map(|r| {
        json!({
            "line_id": r.int(0), "position": r.int(1), "product_id": r.int(2), "product": r.text(3),
            "environment": r.text(4), "bill_id": r.get(5).as_int().filter(|_| bills_told),
            "revision": r.get(6).as_int().filter(|_| bills_told), "released_on": bills_told.then(|| to_json(Kind::Date, r.get(7))),
            "work_orders": made.remove(&(r.int(0), r.int(2))).unwrap_or_default(),
        })
    });
    Ok(json!({"value": value.collect::<Vec<_>>()}))
}
