//! What is in stock becomes worth another amount: by a new standard cost, or by what its supplier has invoiced.

use crate::level::Levels;
use crate::movement::{StockMove, ValueEntry, ValueKind, share_of};
use crate::warehouse::{Warehouse, home, warehouse_of};
use catalog::Product;
use kernel::{Context, Input, Origin, Ref, Result, Value, refuse};
use ledger::{AccountRole, Draft, EntryKind, LockKind, first_open_day, post, require_open};
use numbers::{Date, Decimal6, Money};
use serde_json::{Value as Json, json};

#[derive(Debug, Input)]
pub struct Revalue {
    pub standard_cost: Decimal6,
    pub reason: Option<String>,
}

/// Sets the standard cost and brings the stock to it; the difference is one of prices.
pub(crate) fn revalue(product: &mut Product, input: Revalue, cx: &mut Context) -> Result<Json> {
    if input.standard_cost.0 < 0 {
        return Err(refuse("catalog.below_zero").field("standard_cost").into());
    }
    if product.fixed_cost().is_none() {
        return Err(refuse("stock.not_standard").field("standard_cost").arg("product", &product.name).into());
    }
    let on = cx.today();
    require_open(LockKind::Stock, on, cx)?;
    product.standard_cost = input.standard_cost;
    let own = Ref::<Product>::new(product.id);
    let first = home(cx)?;
    let mut levels = Levels::lock_product(own, first, cx)?;
    let mut difference = Money(0);
    let mut changed = Vec::new();
    for warehouse in levels.warehouses() {
        let level = levels.of((own, warehouse))?;
        let value = Money::from_decimal(level.on_hand.times(input.standard_cost)?)?;
        let change = value.minus(level.value)?;
        level.value = value;
        difference = difference.plus(change)?;
        if change.0 != 0 {
            changed.push((warehouse, change));
        }
    }
    levels.write(cx)?;
    for (warehouse, change) in changed {
        record(own, warehouse, change, cx)?;
    }
    let text = input.reason.filter(|r| !r.trim().is_empty()).unwrap_or_default();
    let mut draft = Draft::new(on, EntryKind::Stock, &text, Some(Origin::of(product)));
    draft.add(AccountRole::Stock, difference, None, None, cx)?;
    draft.add(AccountRole::PriceDifference, difference.negated()?, None, None, cx)?;
    let difference = kernel::json::to_json(kernel::Kind::Money, &Value::Int(difference.0));
    Ok(json!({"entry_id": post(draft, cx)?, "difference": difference}))
}

/// A value belongs to a move: the newest one.
fn record(product: Ref<Product>, warehouse: Ref<Warehouse>, amount: Money, cx: &mut Context) -> Result<()> {
    let newest = cx.tx.first(
        "SELECT MAX(id) FROM stock_move WHERE company_id = ? AND product_id = ?",
        &[cx.actor.company.into(), product.into()],
    )?;
    let Some(newest) = newest.and_then(|r| r.get(0).as_int()) else { return Ok(()) };
    let mut entry = ValueEntry {
        id: 0,
        company: Ref::new(cx.actor.company),
        product,
        warehouse,
        stock_move: Ref::<StockMove>::new(newest),
        amount,
        kind: ValueKind::Revaluation,
        posted_on: cx.today(),
        recorded_at: cx.now(),
    };
    cx.insert(&mut entry).map(|_| ())
}

/// A supplier's invoice says that what came by `stock_move` cost `difference` more (or less) than thought: the share
/// that is still there changes the stock's value, the rest is cost already. What has been taken to other warehouses
/// carries its share there. Answers the stock's share and the rest; posts nothing. Stock that is valued at its standard
/// has no share.
///
/// # Errors
/// The database's.
pub fn value_difference(
    stock_move: Ref<StockMove>,
    difference: Money,
    kind: ValueKind,
    on: Date,
    cx: &mut Context,
) -> Result<(Money, Money)> {
    let origin = cx.read(stock_move)?;
    if cx.read(origin.product)?.fixed_cost().is_some() {
        return Ok((Money(0), difference));
    }
    let first = warehouse_of(origin.location, cx)?;
    let mut levels = Levels::lock_product(origin.product, first, cx)?;
    let mut warehouses = levels.warehouses();
    // Where it came first: what is still there is most likely of it.
    warehouses.sort_by_key(|warehouse| *warehouse != first);
    let (mut left, mut in_stock, mut shares) = (origin.quantity, Money(0), Vec::new());
    for warehouse in warehouses {
        let level = levels.of((origin.product, warehouse))?;
        let there = level.on_hand.min(left);
        if there.0 <= 0 {
            continue;
        }
        left = left.minus(there)?;
        // What is there cannot be worth less than nothing.
        let share = share_of(there, origin.quantity, difference)?.max(level.value.negated()?);
        level.value = level.value.plus(share)?;
        in_stock = in_stock.plus(share)?;
        if share.0 != 0 {
            shares.push((warehouse, share));
        }
    }
    levels.write(cx)?;
    if shares.is_empty() {
        return Ok((in_stock, difference));
    }
    let posted_on = first_open_day(LockKind::Stock, on, cx)?;
    let entry = |(warehouse, amount)| ValueEntry {
        id: 0,
        company: origin.company,
        product: origin.product,
        warehouse,
        stock_move,
        amount,
        kind,
        posted_on,
        recorded_at: cx.now(),
    };
    let mut entries: Vec<ValueEntry> = shares.into_iter().map(entry).collect();
    cx.insert_all(&mut entries)?;
    Ok((in_stock, difference.minus(in_stock)?))
}
