//! What is held for a day must be usable on it: a lot that expires before is as good as not there.
//!
//! Goods may go to whoever wants them until their last day, so lots and days nest: all that is held can be kept exactly
//! where, for every day, what is held for later days is no more than what is usable after it (Hall's theorem).

use super::{Changes, Peg, PegKind, demand_of};
use crate::level::{Key, Levels};
use catalog::Product;
use kernel::{Context, Ref, Result, Value};
use numbers::{Date, Decimal6};
use std::collections::{BTreeMap, HashMap};
use store::Tx;

/// What expires of some products, and what is held of them, warehouse by warehouse.
#[derive(Clone, Debug, Default)]
pub struct Keeping(HashMap<(i64, i64), Shelf>);

/// A product in a warehouse: how much may be used until which day at the latest, and how much is held for which day.
#[derive(Clone, Debug, Default)]
struct Shelf {
    expiring: BTreeMap<Date, Decimal6>,
    held: BTreeMap<Date, Decimal6>,
}

impl Shelf {
    /// What expires up to a day, less what is held for days until it.
    fn lost(&self, last: Date) -> Result<Decimal6> {
        let gone = Decimal6::sum(self.expiring.range(..=last).map(|(_, quantity)| *quantity))?;
        Ok(gone.minus(Decimal6::sum(self.held.range(..=last).map(|(_, quantity)| *quantity))?)?)
    }
}

impl Keeping {
    /// Of some products of a company; what expires from a day on is not asked for, where one is named.
    ///
    /// # Errors
    /// The database's.
    pub fn read(company: i64, products: &[i64], until: Option<Date>, tx: &mut Tx) -> Result<Self> {
        Self::read_with(company, products, until, (0, None), tx)
    }

    /// As [`Self::read`], where a lot is getting another date.
    fn read_with(
        company: i64,
        products: &[i64],
        until: Option<Date>,
        (lot, other): (i64, Option<Date>),
        tx: &mut Tx,
    ) -> Result<Self> {
        let other = other.map(Date::days);
        let mut shelves: HashMap<(i64, i64), Shelf> = HashMap::new();
        let until = until.map_or(i64::from(i32::MAX), Date::days);
        for chunk in products.chunks(500) {
            let among = kernel::rows::among(chunk.len());
            let mut params: Vec<Value> = vec![lot.into(), other.into(), company.into()];
            params.extend(chunk.iter().copied().map(Value::Int));
            params.push(until.into());
            let rows = tx.query(
                &format!(
                    "SELECT product_id, warehouse_id, last, CAST(SUM(on_hand) AS BIGINT) FROM (
                        SELECT b.product_id, p.parent_id AS warehouse_id, b.on_hand,
                            CASE WHEN l.id = ? THEN CAST(? AS BIGINT) ELSE l.expires_on END AS last FROM stock_balance b
                        JOIN lot l ON l.company_id = b.company_id AND l.product_id = b.product_id AND l.lot = b.lot
                        JOIN location p ON p.id = b.location_id
                        WHERE b.company_id = ? AND b.product_id {among} AND b.owner_id = 0 AND b.condition = 'good' AND b.on_hand > 0) t
                     WHERE last < ? GROUP BY product_id, warehouse_id, last"
                ),
                &params,
            )?;
            for r in &rows {
                let shelf = shelves.entry((r.int(0), r.int(1))).or_default();
                shelf.expiring.insert(Date::from_days(r.int(2))?, Decimal6(r.int(3)));
            }
        }
        let mut expiring: Vec<i64> = shelves.keys().map(|key| key.0).collect();
        expiring.sort_unstable();
        expiring.dedup();
        for chunk in expiring.chunks(500) {
            let among = kernel::rows::among(chunk.len());
            let sql = format!(
                "SELECT product_id, warehouse_id, due, CAST(SUM(quantity) AS BIGINT) FROM peg
                 WHERE company_id = ? AND kind = 'stock' AND product_id {among} GROUP BY product_id, warehouse_id, due"
            );
            let params = std::iter::once(company).chain(chunk.iter().copied()).map(Value::Int);
            for r in tx.query(&sql, &params.collect::<Vec<_>>())? {
                if let Some(shelf) = shelves.get_mut(&(r.int(0), r.int(1))) {
                    shelf.held.insert(Date::from_days(r.int(2))?, Decimal6(r.int(3)));
                }
            }
        }
        Ok(Self(shelves))
    }

    /// Of products whose levels are locked, as far as lots may lie there.
    pub(super) fn of(
        keys: impl Iterator<Item = Key>,
        until: Option<Date>,
        levels: &Levels,
        cx: &mut Context,
    ) -> Result<Self> {
        let mut products: Vec<i64> = Vec::new();
        for (product, warehouse) in keys {
            products.extend(levels.with_lots(std::iter::once(product), warehouse).into_iter().map(Ref::id));
        }
        products.sort_unstable();
        products.dedup();
        Self::read(cx.actor.company, &products, until, cx.tx)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How much of what is free will have expired on a day.
    ///
    /// # Errors
    /// When the sums are beyond all measure.
    pub fn lost(&self, product: i64, warehouse: i64, due: Date) -> Result<Decimal6> {
        let Some(shelf) = self.0.get(&(product, warehouse)) else { return Ok(Decimal6::ZERO) };
        let mut most = Decimal6::ZERO;
        for last in shelf.expiring.range(..due).map(|(last, _)| *last) {
            most = most.max(shelf.lost(last)?);
        }
        Ok(most)
    }

    /// So much more is held for a day, less where it is below zero.
    ///
    /// # Errors
    /// When the sums are beyond all measure.
    pub fn hold(&mut self, product: i64, warehouse: i64, due: Date, quantity: Decimal6) -> Result<()> {
        if let Some(shelf) = self.0.get_mut(&(product, warehouse)) {
            let held = shelf.held.entry(due).or_default();
            *held = held.plus(quantity)?;
        }
        Ok(())
    }
}

/// After a loss, more may be promised than there is: the least urgent promises become short again, and their cases
/// are told.
pub(crate) fn free_least_urgent(levels: &mut Levels, key: Key, cx: &mut Context) -> Result<()> {
    let missing = levels.of(key)?.free()?.negated()?;
    if missing.0 <= 0 {
        return Ok(());
    }
    free(levels, key, &[(None, missing)], cx)
}

/// What will have expired when it is wanted is held for nobody: the least urgent promises become short again.
pub(crate) fn free_what_expires(levels: &mut Levels, keys: &[Key], cx: &mut Context) -> Result<()> {
    if keys.is_empty() {
        return Ok(());
    }
    let keeping = Keeping::of(keys.iter().copied(), None, levels, cx)?;
    free_beyond(levels, keys, &keeping, cx)
}

fn free_beyond(levels: &mut Levels, keys: &[Key], keeping: &Keeping, cx: &mut Context) -> Result<()> {
    for key in keys {
        let Some(shelf) = keeping.0.get(&(key.0.id(), key.1.id())) else { continue };
        let free_now = levels.of(*key)?.free()?;
        let mut beyond = Vec::new();
        for last in shelf.expiring.keys() {
            let missing = shelf.lost(*last)?.minus(free_now)?;
            if missing.0 > 0 {
                beyond.push((Some(*last), missing));
            }
        }
        free(levels, *key, &beyond, cx)?;
    }
    Ok(())
}

/// The date of a lot becomes another: promises of its product are looked at anew, in every warehouse.
pub(crate) fn another_date(
    product: Ref<Product>,
    lot: i64,
    expires_on: Option<Date>,
    cx: &mut Context,
) -> Result<()> {
    let mut levels = Levels::lock_product(product, crate::warehouse::home(cx)?, cx)?;
    let keys: Vec<Key> = levels.warehouses().into_iter().map(|w| (product, w)).collect();
    let keeping = Keeping::read_with(cx.actor.company, &[product.id()], None, (lot, expires_on), cx.tx)?;
    free_beyond(&mut levels, &keys, &keeping, cx)?;
    levels.write(cx)
}

/// Lots of these products have got a date that they did not have.
pub(crate) fn dates_known(products: &[Ref<Product>], cx: &mut Context) -> Result<()> {
    products.iter().try_for_each(|product| another_date(*product, 0, None, cx))
}

/// Takes from the least urgent of those that are due after a day (of all, where none is named) what is held too much.
fn free(levels: &mut Levels, key: Key, beyond: &[(Option<Date>, Decimal6)], cx: &mut Context) -> Result<()> {
    if beyond.is_empty() {
        return Ok(());
    }
    let mut pegs = cx.hold_all::<Peg>(
        "company_id = ? AND product_id = ? AND warehouse_id = ? AND kind = 'stock'",
        &[cx.actor.company.into(), key.0.into(), key.1.into()],
    )?;
    pegs.sort_by_key(|p| std::cmp::Reverse((p.due, p.id)));
    // The last in line are the last for every day: what is taken for one counts for all.
    let mut taken_before = Decimal6::ZERO;
    let mut changes = Changes::default();
    for peg in pegs {
        let due = |after: &Option<Date>| after.is_none_or(|day| peg.due > day);
        let missing =
            beyond.iter().filter(|(after, _)| due(after)).map(|(_, m)| *m).max().unwrap_or_default();
        let taken = peg.quantity.min(missing.minus(taken_before)?);
        if taken.0 <= 0 {
            continue;
        }
        taken_before = taken_before.plus(taken)?;
        let level = levels.of(key)?;
        level.pegged = level.pegged.minus(taken)?;
        cx.emit("stock.Unpegged", peg.demand.clone(), vec![peg.document.clone()])?;
        changes.add(&demand_of(&peg, taken), key.1, PegKind::Short, None, taken);
        let rest = peg.quantity.minus(taken)?;
        changes.set(peg, rest);
    }
    changes.write(cx)
}
