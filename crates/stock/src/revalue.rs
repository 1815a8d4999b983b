//! Another standard cost: what is in stock is worth it from now on.

use crate::level::Levels;
use crate::movement::{StockMove, ValueEntry, ValueKind};
use catalog::Product;
use kernel::{Context, Input, Origin, Ref, Result, Value, refuse};
use ledger::{AccountRole, Draft, EntryKind, LockKind, post, require_open};
use numbers::{Decimal6, Money};
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
    let mut levels = Levels::lock([own], cx)?;
    let level = levels.of(own)?;
    let value = Money::from_decimal(level.on_hand.times(input.standard_cost)?)?;
    let difference = value.minus(level.value)?;
    level.value = value;
    levels.write(cx)?;
    if difference.0 != 0 {
        record(own, difference, cx)?;
    }
    let text = input.reason.filter(|r| !r.trim().is_empty()).unwrap_or_default();
    let mut draft = Draft::new(on, EntryKind::Stock, &text, Some(Origin::of(product)));
    draft.add(AccountRole::Stock, difference, None, None, cx)?;
    draft.add(AccountRole::PriceDifference, difference.negated()?, None, None, cx)?;
    let difference = kernel::json::to_json(kernel::Kind::Money, &Value::Int(difference.0));
    Ok(json!({"entry_id": post(draft, cx)?, "difference": difference}))
}

/// A value belongs to a move: the newest one.
fn record(product: Ref<Product>, amount: Money, cx: &mut Context) -> Result<()> {
    let newest = cx.tx.first(
        "SELECT MAX(id) FROM stock_move WHERE company_id = ? AND product_id = ?",
        &[cx.actor.company.into(), product.into()],
    )?;
    let Some(newest) = newest.and_then(|r| r.get(0).as_int()) else { return Ok(()) };
    let mut entry = ValueEntry {
        id: 0,
        company: Ref::new(cx.actor.company),
        product,
        stock_move: Ref::<StockMove>::new(newest),
        amount,
        kind: ValueKind::Revaluation,
        posted_on: cx.today(),
        recorded_at: cx.now(),
    };
    cx.insert(&mut entry).map(|_| ())
}
