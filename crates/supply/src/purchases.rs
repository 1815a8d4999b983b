//! The long-term purchase plan: what is to be bought from each supplier month by month, ordered already or only planned.

use crate::desk::{decimal, money, stocked};
use crate::kept::{Kept, kept};
use crate::machines::needs;
use kernel::{Input, Reader, Result};
use numbers::{Date, Decimal6, Money, line_net};
use planning::model::DAY;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, HashMap};

#[derive(Debug, Input)]
pub struct Asked {
    /// A year where empty.
    pub months: Option<i64>,
}

/// Quantity and price of something in one month.
#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    planned: Decimal6,
    ordered: Decimal6,
    /// In minor units.
    planned_amount: i64,
    ordered_amount: i64,
}

type Cells = BTreeMap<usize, Cell>;

/// By supplier, then by product.
type Bought = BTreeMap<Option<i64>, BTreeMap<i64, Cells>>;

/// What comes in each month, by supplier and product; what is dearest first.
pub(crate) fn purchases(input: Asked, reader: &mut Reader) -> Result<Json> {
    needs(reader)?;
    reader.needs(&[("SupplierPrice", &["price", "supplier_id"])])?;
    let kept = kept(reader)?;
    let count = usize::try_from(input.months.unwrap_or(12).clamp(1, 60)).unwrap_or(12);
    let model = &kept.records.model;
    let today = model.start.civil();
    let first = i32::from(today.year()) * 12 + i32::from(today.month()) - 1;
    let month = |on: Date| {
        let on = on.civil();
        let n = i32::from(on.year()) * 12 + i32::from(on.month()) - 1 - first;
        usize::try_from(n).ok().filter(|n| *n < count)
    };
    let mut names: HashMap<i64, String> = HashMap::new();
    let mut bought = Bought::new();
    planned(&kept, &month, &mut names, &mut bought)?;
    ordered(&kept, &month, &prices(reader)?, &mut names, &mut bought)?;
    let mut suppliers = told_suppliers(&kept, &bought, &names, count);
    suppliers.sort_by_key(|(total, _)| std::cmp::Reverse(*total));
    let months: Vec<String> = (0..count as i32)
        .map(|n| format!("{:04}-{:02}", (first + n).div_euclid(12), (first + n).rem_euclid(12) + 1))
        .collect();
    Ok(json!({"months": months, "value": suppliers.into_iter().map(|(_, row)| row).collect::<Vec<_>>()}))
}

/// Which month a day is in, counted from this one; nothing outside of those that are asked for.
type Month<'a> = &'a dyn Fn(Date) -> Option<usize>;

/// So much at most in one cell: what is more nobody means, and the sums over all cells stay figures.
const MOST: i64 = i64::MAX / 100_000;

/// What so much more at a price comes to, in minor units.
fn added(amount: i64, price: Decimal6, quantity: Decimal6) -> i64 {
    let more = line_net(quantity, price, Decimal6(0)).map_or(MOST, |net| net.0);
    amount.saturating_add(more).min(MOST)
}

/// What the plan would buy.
fn planned(
    kept: &Kept,
    month: Month<'_>,
    names: &mut HashMap<i64, String>,
    bought: &mut Bought,
) -> Result<()> {
    for (item, record) in kept.plan.records.iter().enumerate() {
        let product = &kept.records.products[item];
        let buys = kept.buys(item) && product.is_stocked();
        let Some(offer) = kept.records.offers.get(&product.id).filter(|_| buys) else { continue };
        names.insert(offer.supplier.id(), offer.supplier_name.clone());
        for lot in &record.lots {
            let Some(month) = month(kept.ends_on(item, lot.end.max(0))?) else { continue };
            let quantity = stocked(&lot.qty)?;
            let of_supplier = bought.entry(Some(offer.supplier.id())).or_default();
            let cell = of_supplier.entry(product.id).or_default().entry(month).or_default();
            cell.planned = cell.planned.plus(quantity)?;
            cell.planned_amount = added(cell.planned_amount, offer.price, quantity);
        }
    }
    Ok(())
}

/// What suppliers have promised.
fn ordered(
    kept: &Kept,
    month: Month<'_>,
    prices: &HashMap<i64, Decimal6>,
    names: &mut HashMap<i64, String>,
    bought: &mut Bought,
) -> Result<()> {
    let model = &kept.records.model;
    for (receipt, supply) in model.receipts.iter().zip(&kept.records.supplies) {
        if supply.document_entity != "PurchaseOrder" {
            continue;
        }
        let on = kept.day(receipt.at.div_euclid(DAY) * DAY)?;
        let Some(month) = month(on) else { continue };
        let product = kept.records.products[receipt.item].id;
        if let Some((id, name)) = &supply.party {
            names.insert(*id, name.clone());
        }
        let of_supplier = bought.entry(supply.party.as_ref().map(|p| p.0)).or_default();
        let cell = of_supplier.entry(product).or_default().entry(month).or_default();
        let quantity = stocked(&receipt.qty)?;
        cell.ordered = cell.ordered.plus(quantity)?;
        let price = prices.get(&supply.line).copied().unwrap_or(Decimal6(0));
        cell.ordered_amount = added(cell.ordered_amount, price, quantity);
    }
    Ok(())
}

/// Suppliers with their products, each with its months and what they come to.
fn told_suppliers(
    kept: &Kept,
    bought: &Bought,
    names: &HashMap<i64, String>,
    count: usize,
) -> Vec<(i64, Json)> {
    let mut suppliers: Vec<(i64, Json)> = Vec::with_capacity(bought.len());
    for (supplier, products) in bought {
        let mut rows: Vec<(i64, Json)> = Vec::with_capacity(products.len());
        let mut sums = vec![Cell::default(); count];
        for (product, cells) in products {
            let total: i64 = cells.values().map(|c| c.planned_amount + c.ordered_amount).sum();
            for (month, cell) in cells {
                sums[*month].planned_amount += cell.planned_amount;
                sums[*month].ordered_amount += cell.ordered_amount;
            }
            let known = kept.records.place(*product).map(|place| &kept.records.products[place]);
            let cells: Vec<Json> =
                (0..count).map(|month| told(&cells.get(&month).copied().unwrap_or_default())).collect();
            rows.push((
                total,
                json!({"product_id": product, "code": known.map(|p| p.code.as_str()),
                "product": known.map(|p| p.name.as_str()), "total": money(Money(total)), "cells": cells}),
            ));
        }
        rows.sort_by_key(|(total, _)| std::cmp::Reverse(*total));
        let total: i64 = rows.iter().map(|(total, _)| total).sum();
        suppliers.push((
            total,
            json!({"supplier_id": supplier, "supplier": supplier.and_then(|id| names.get(&id)),
            "total": money(Money(total)), "cells": sums.iter().map(told).collect::<Vec<_>>(),
            "products": rows.into_iter().map(|(_, row)| row).collect::<Vec<_>>()}),
        ));
    }
    suppliers
}

fn told(cell: &Cell) -> Json {
    json!({"planned": decimal(cell.planned), "ordered": decimal(cell.ordered),
        "planned_amount": money(Money(cell.planned_amount)), "ordered_amount": money(Money(cell.ordered_amount))})
}

/// What was agreed for each line that is to come.
fn prices(reader: &mut Reader) -> Result<HashMap<i64, Decimal6>> {
    let rows = reader.tx.query(
        "SELECT l.id, l.unit_price FROM purchase_order_line l JOIN purchase_order o ON o.id = l.parent_id
         WHERE o.company_id = ? AND o.state = 'confirmed' AND l.waived = 0",
        &[reader.actor.company.into()],
    )?;
    Ok(rows.iter().map(|r| (r.int(0), Decimal6(r.get(1).as_int().unwrap_or(0)))).collect())
}
