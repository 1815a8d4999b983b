//! Moves carry quantity; value entries carry what it is worth.

use crate::level::{Levels, not_enough};
use crate::lot::lot_fault;
use crate::warehouse::{Warehouse, warehouse_of};
use crate::{Location, default_location, peg};
use access::Company;
use catalog::Product;
use jiff::Timestamp;
use kernel::{Choice, Context, Entity, Error, Input, Origin, Ref, Refusal, Result, Value, refuse};
use ledger::{AccountRole, Draft, EntryKind, LockKind, post, require_open};
use numbers::{Date, Decimal6, Money};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// One quantity into (above zero) or out of one place.
#[derive(Clone, Debug, Entity)]
#[entity(
    list = "moved_on,kind,product_id,quantity,location_id,lot,condition",
    title = "kind",
    index = "company_id,product_id,moved_on;line_id;document_id"
)]
pub struct StockMove {
    pub id: i64,
    pub company: Ref<Company>,
    pub product: Ref<Product>,
    pub location: Ref<Location>,
    pub lot: String,
    /// 0 for the firm's own goods.
    pub owner_id: i64,
    pub condition: Condition,
    #[field(quantity)]
    pub quantity: Decimal6,
    pub moved_on: Date,
    pub kind: MoveKind,
    pub document: Origin,
    pub line: Option<Origin>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Choice)]
pub enum Condition {
    Good,
    Returned,
    Blocked,
    /// On its way to the warehouse in which its location lies, by a transfer order.
    Transit,
}

impl Condition {
    /// What is on its way is moved by its transfer order alone.
    pub(crate) fn by_hand(self, field: &str) -> Result<Self> {
        if self == Self::Transit {
            return Err(refuse("stock.in_transit").field(field).into());
        }
        Ok(self)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum MoveKind {
    Receipt,
    Delivery,
    Return,
    Count,
    Opening,
    Transfer,
    Scrap,
    Reversal,
    /// Into a work order, or used up by the upkeep of a machine.
    Issue,
    /// Out of a work order.
    Production,
    /// Back to the supplier.
    SentBack,
}

/// A part of a move's value. Append-only: a better figure is another entry.
#[derive(Clone, Debug, Entity)]
#[entity(
    set = "ValueEntries",
    list = "posted_on,kind,product_id,amount",
    title = "kind",
    index = "stock_move_id;company_id,product_id,posted_on"
)]
pub struct ValueEntry {
    pub id: i64,
    pub company: Ref<Company>,
    pub product: Ref<Product>,
    /// Whose pool it changes.
    pub warehouse: Ref<Warehouse>,
    pub stock_move: Ref<StockMove>,
    pub amount: Money,
    pub kind: ValueKind,
    pub posted_on: Date,
    pub recorded_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum ValueKind {
    /// The first figure: order price, or average on the way out.
    Estimate,
    InvoiceDifference,
    LandedCost,
    Revaluation,
    Rounding,
}

/// What a paper moves.
#[derive(Clone, Debug)]
pub(crate) struct Moving {
    pub product: Ref<Product>,
    pub location: Ref<Location>,
    pub lot: String,
    pub condition: Condition,
    pub quantity: Decimal6,
    /// What it is worth, with the sign of the quantity; `None` for the average.
    pub value: Option<Money>,
    pub line: Option<Origin>,
}

impl Moving {
    pub fn new(product: Ref<Product>, location: Ref<Location>, quantity: Decimal6) -> Self {
        Self {
            product,
            location,
            lot: String::new(),
            condition: Condition::Good,
            quantity,
            value: None,
            line: None,
        }
    }
}

/// What has moved: its id, and its value with the sign of the quantity. `left_over` is value that stayed behind
/// where nothing is left of the product; it has been written off and must be posted.
pub(crate) struct Moved {
    pub id: i64,
    pub warehouse: Ref<Warehouse>,
    pub value: Money,
    pub left_over: Money,
}

/// What the moves of one paper have in common.
pub(crate) struct Paper {
    pub on: Date,
    pub kind: MoveKind,
    pub document: Origin,
}

/// Moves stock: quantities, balances, values. The caller posts the values in the same command.
pub(crate) fn apply(
    paper: &Paper,
    moving: &[Moving],
    levels: &mut Levels,
    cx: &mut Context,
) -> Result<Vec<Moved>> {
    require_open(LockKind::Stock, paper.on, cx)?;
    let mut moves: Vec<StockMove> = moving
        .iter()
        .map(|m| StockMove {
            id: 0,
            company: Ref::new(cx.actor.company),
            product: m.product,
            location: m.location,
            lot: m.lot.clone(),
            owner_id: 0,
            condition: m.condition,
            quantity: m.quantity,
            moved_on: paper.on,
            kind: paper.kind,
            document: paper.document.clone(),
            line: m.line.clone(),
        })
        .collect();
    cx.insert_all(&mut moves)?;
    let mut moved = Vec::with_capacity(moving.len());
    for (stock_move, m) in moves.iter().zip(moving) {
        let warehouse = warehouse_of(m.location, cx)?;
        let (value, left_over) = revalue(m, warehouse, levels, cx)?;
        moved.push(Moved { id: stock_move.id, warehouse, value, left_over });
    }
    balances(&moves, cx)?;
    never_below_zero(paper.on, &moves, cx)?;
    record_values(paper.on, &moves, &moved, cx)?;
    Ok(moved)
}

/// Brings the guard up to date and finds the value of one move.
fn revalue(
    m: &Moving,
    warehouse: Ref<Warehouse>,
    levels: &mut Levels,
    cx: &mut Context,
) -> Result<(Money, Money)> {
    let level = levels.of((m.product, warehouse))?;
    let value = match m.value {
        Some(value) => value,
        None if level.on_hand.0 > 0 => share_of(m.quantity, level.on_hand, level.value)?,
        None => {
            let cost = cx.read(m.product)?.standard_cost;
            Money::from_decimal(m.quantity.times(cost)?)?
        }
    };
    let level = levels.of((m.product, warehouse))?;
    level.has_lots |= !m.lot.is_empty();
    level.on_hand = level.on_hand.plus(m.quantity)?;
    level.value = level.value.plus(value)?;
    if m.condition == Condition::Good {
        level.usable = level.usable.plus(m.quantity)?;
    }
    if level.on_hand.0 < 0 {
        let missing = level.on_hand;
        return Err(not_enough(m.product, missing, cx));
    }
    let left_over = if level.on_hand.0 == 0 { std::mem::take(&mut level.value) } else { Money(0) };
    Ok((value, left_over))
}

/// The share of `value` that `quantity` has in `on_hand`, with the sign of the quantity.
pub(crate) fn share_of(quantity: Decimal6, on_hand: Decimal6, value: Money) -> Result<Money> {
    let exact = i128::from(value.0) * i128::from(quantity.0);
    let half = i128::from(on_hand.0) / 2;
    // Half a cent is rounded away from zero, as everywhere.
    let rounded = (exact.abs() + half) / i128::from(on_hand.0) * exact.signum();
    i64::try_from(rounded).map(Money).map_err(|_| Error::from(numbers::NumberError::Overflow))
}

fn balances(moves: &[StockMove], cx: &mut Context) -> Result<()> {
    // One row a key: a statement must not meet the same row twice.
    let mut sums: BTreeMap<(i64, i64, &str, i64, Condition), i64> = BTreeMap::new();
    for m in moves {
        let key = (m.product.id(), m.location.id(), m.lot.as_str(), m.owner_id, m.condition);
        *sums.entry(key).or_default() += m.quantity.0;
    }
    let mut rows = Vec::with_capacity(sums.len());
    for ((product, location, lot, owner, condition), quantity) in sums {
        rows.push(vec![
            cx.next_id()?.into(),
            1.into(),
            cx.actor.company.into(),
            product.into(),
            location.into(),
            lot.into(),
            owner.into(),
            condition.word().into(),
            quantity.into(),
        ]);
    }
    let after = cx.tx.insert_or(
        "stock_balance",
        &[
            "id",
            "version",
            "company_id",
            "product_id",
            "location_id",
            "lot",
            "owner_id",
            "condition",
            "on_hand",
        ],
        &rows,
        "ON CONFLICT (company_id, product_id, location_id, lot, owner_id, condition)
         DO UPDATE SET on_hand = stock_balance.on_hand + excluded.on_hand RETURNING product_id, on_hand",
    )?;
    match after.iter().find(|r| r.int(1) < 0) {
        Some(row) => Err(not_enough(Ref::new(row.int(0)), Decimal6(row.int(1)), cx)),
        None => Ok(()),
    }
}

/// A move on a past day must leave enough for every move after it.
fn never_below_zero(on: Date, moves: &[StockMove], cx: &mut Context) -> Result<()> {
    let mut products: Vec<i64> = moves.iter().filter(|m| m.quantity.0 < 0).map(|m| m.product.id()).collect();
    products.sort_unstable();
    products.dedup();
    for chunk in products.chunks(500) {
        let among = kernel::rows::among(chunk.len());
        let params: Vec<Value> =
            [cx.actor.company, on.days()].into_iter().chain(chunk.iter().copied()).map(Value::Int).collect();
        let later = cx.tx.query(
            &format!(
                "SELECT m.product_id, m.location_id, m.lot, m.condition, m.moved_on, b.on_hand, CAST(SUM(m.quantity) AS BIGINT)
                 FROM stock_move m JOIN stock_balance b ON b.company_id = m.company_id AND b.product_id = m.product_id
                  AND b.location_id = m.location_id AND b.lot = m.lot AND b.owner_id = m.owner_id AND b.condition = m.condition
                 WHERE m.company_id = ? AND m.moved_on > ? AND m.product_id {among}
                 GROUP BY m.product_id, m.location_id, m.lot, m.condition, m.moved_on, b.on_hand
                 ORDER BY m.product_id, m.location_id, m.lot, m.condition, m.moved_on DESC"
            ),
            &params,
        )?;
        let mut key: Vec<Value> = Vec::new();
        let mut left = 0;
        for row in &later {
            let own: Vec<Value> = row.0.iter().take(4).cloned().collect();
            if own != key {
                (key, left) = (own, row.int(5));
            }
            left -= row.int(6);
            if left < 0 {
                let day = Date::from_days(row.int(4))?.plus_days(-1)?;
                let name = cx.read(Ref::<Product>::new(row.int(0)))?.name;
                return Err(refuse("stock.not_enough_then")
                    .field("quantity")
                    .arg("product", name)
                    .arg("day", day)
                    .into());
            }
        }
    }
    Ok(())
}

fn record_values(on: Date, moves: &[StockMove], moved: &[Moved], cx: &mut Context) -> Result<()> {
    let mut entries = Vec::with_capacity(moves.len());
    for (m, done) in moves.iter().zip(moved) {
        let parts = [(ValueKind::Estimate, done.value), (ValueKind::Rounding, done.left_over.negated()?)];
        for (kind, amount) in parts.into_iter().filter(|(_, a)| a.0 != 0) {
            entries.push(ValueEntry {
                id: 0,
                company: m.company,
                product: m.product,
                warehouse: done.warehouse,
                stock_move: Ref::new(m.id),
                amount,
                kind,
                posted_on: on,
                recorded_at: cx.now(),
            });
        }
    }
    cx.insert_all(&mut entries)
}

#[derive(Debug, Input)]
pub struct Transfer {
    pub product: Ref<Product>,
    #[field(quantity)]
    pub quantity: Decimal6,
    pub from_location: Ref<Location>,
    pub to_location: Ref<Location>,
    pub moved_on: Option<Date>,
    pub lot: Option<String>,
    pub from_condition: Option<Condition>,
    pub to_condition: Option<Condition>,
}

/// Takes goods to another place, of another warehouse too, or finds them to be in another condition.
pub(crate) fn transfer(input: Transfer, cx: &mut Context) -> Result<Json> {
    positive(input.quantity)?;
    let on = input.moved_on.unwrap_or_else(|| cx.today());
    let (lot, document) = (input.lot.unwrap_or_default(), Origin::new("Product", input.product.id()));
    let condition = |given: Option<Condition>, field| given.unwrap_or(Condition::Good).by_hand(field);
    let from_condition = condition(input.from_condition, "from_condition")?;
    let to_condition = condition(input.to_condition, "to_condition")?;
    if from_condition != Condition::Good && to_condition == Condition::Good {
        let fault = lot_fault(input.product, &lot, (on, "lot"), cx)?;
        Refusal::all(fault.into_iter().collect())?;
    }
    let from = Place { location: input.from_location, condition: from_condition };
    let to = Place { location: input.to_location, condition: to_condition };
    let warehouses = (warehouse_of(from.location, cx)?, warehouse_of(to.location, cx)?);
    let keys = [(input.product, warehouses.0), (input.product, warehouses.1)];
    let mut levels = Levels::lock_all(keys, cx)?;
    let goods = (input.product, lot.as_str(), input.quantity);
    let moved = shift(goods, from, to, (on, document), &mut levels, cx)?;
    let becomes_good = from.condition != Condition::Good || warehouses.0 != warehouses.1;
    let mut helped = Vec::new();
    if to.condition == Condition::Good && becomes_good {
        helped = peg::arrived(&mut levels, keys[1], None, input.quantity, cx)?;
    }
    if from.condition == Condition::Good {
        peg::free_least_urgent(&mut levels, keys[0], cx)?;
    }
    levels.write(cx)?;
    if let (Some(first), false) = (moved.first(), helped.is_empty()) {
        cx.emit("stock.Freed", Origin::new("StockMove", first.id), helped)?;
    }
    Ok(json!({"move_ids": moved.iter().map(|m| m.id).collect::<Vec<_>>()}))
}

/// Where goods lie, and how they are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub location: Ref<Location>,
    pub condition: Condition,
}

/// Takes goods (product, lot and quantity) from one place to another, at one value: that of the place that they leave.
/// A pool keeps what it had even where everything moves, and another gets what this one gives: never a profit.
pub(crate) fn shift(
    goods: (Ref<Product>, &str, Decimal6),
    from: Place,
    to: Place,
    (on, document): (Date, Origin),
    levels: &mut Levels,
    cx: &mut Context,
) -> Result<Vec<Moved>> {
    let [into, out] = halves(goods, from, to, levels, cx)?;
    // In before out: a pool that is never empty in between loses no value to rounding.
    apply(&Paper { on, kind: MoveKind::Transfer, document }, &[into, out], levels, cx)
}

/// What comes and what goes when goods are taken from one place to another.
pub(crate) fn halves(
    (product, lot, quantity): (Ref<Product>, &str, Decimal6),
    from: Place,
    to: Place,
    levels: &mut Levels,
    cx: &mut Context,
) -> Result<[Moving; 2]> {
    let level = levels.of((product, warehouse_of(from.location, cx)?))?;
    let value = if level.on_hand.0 > 0 { share_of(quantity, level.on_hand, level.value)? } else { Money(0) };
    let half = |place: Place, quantity: Decimal6, value: Money| Moving {
        lot: lot.to_owned(),
        condition: place.condition,
        value: Some(value),
        ..Moving::new(product, place.location, quantity)
    };
    Ok([half(to, quantity, value), half(from, quantity.negated()?, value.negated()?)])
}

#[derive(Debug, Input)]
pub struct Scrap {
    pub product: Ref<Product>,
    #[field(quantity)]
    pub quantity: Decimal6,
    pub location: Option<Ref<Location>>,
    pub moved_on: Option<Date>,
    pub lot: Option<String>,
    pub condition: Option<Condition>,
    pub reason: String,
}

/// Writes goods off.
pub(crate) fn scrap(input: Scrap, cx: &mut Context) -> Result<Json> {
    positive(input.quantity)?;
    let on = input.moved_on.unwrap_or_else(|| cx.today());
    let location = input.location.map_or_else(|| default_location(cx), Ok)?;
    let warehouse = warehouse_of(location, cx)?;
    let mut levels = Levels::lock([input.product], warehouse, cx)?;
    let document = Origin::new("Product", input.product.id());
    let moving = Moving {
        lot: input.lot.unwrap_or_default(),
        condition: input.condition.unwrap_or(Condition::Good).by_hand("condition")?,
        ..Moving::new(input.product, location, input.quantity.negated()?)
    };
    let paper = Paper { on, kind: MoveKind::Scrap, document: document.clone() };
    let moved = apply(&paper, &[moving], &mut levels, cx)?;
    peg::free_least_urgent(&mut levels, (input.product, warehouse), cx)?;
    levels.write(cx)?;
    let mut draft = Draft::new(on, EntryKind::Stock, &input.reason, Some(document));
    post_difference(&mut draft, &moved, cx)?;
    Ok(json!({"entry_id": post(draft, cx)?}))
}

/// Stock against count differences: what was found, lost or written off.
pub(crate) fn post_difference(draft: &mut Draft, moved: &[Moved], cx: &mut Context) -> Result<()> {
    for m in moved {
        let change = m.value.minus(m.left_over)?;
        draft.add(AccountRole::Stock, change, None, None, cx)?;
        draft.add(AccountRole::CountDifference, change.negated()?, None, None, cx)?;
    }
    Ok(())
}

pub(crate) fn positive(quantity: Decimal6) -> Result<()> {
    if quantity.0 > 0 { Ok(()) } else { Err(refuse("stock.quantity").field("quantity").into()) }
}
