//! Lots: what was made or received together, with its date of expiry, and what may be used of it. A serial number is
//! a lot of one piece.

mod come;
mod pick;

pub(crate) use come::{Coming, lots_of, register, remember};
pub(crate) use pick::{Lots, of_lot};
pub use pick::{Wanting, lot_fault, would_go};

use crate::level::{Key, Levels};
use crate::movement::{Condition, Place, shift};
use crate::warehouse::{Warehouse, warehouse_of};
use crate::{Delivery, Location, peg};
use access::Company;
use catalog::Product;
use kernel::{Context, Entity, Input, Kind, Module, Origin, Ref, Result, refuse};
use numbers::{Date, Decimal6};
use serde_json::{Value as Json, json};

/// What was made or received together.
#[derive(Clone, Debug, Entity)]
#[entity(
    search = "lot,supplier_lot",
    list = "lot,product_id,expires_on,on_hand,good,received_on,made_on,hold_reason",
    title = "lot",
    unique = "company_id,product_id,lot",
    index = "company_id,expires_on;product_id"
)]
pub struct Lot {
    pub id: i64,
    pub company: Ref<Company>,
    pub product: Ref<Product>,
    pub lot: String,
    pub made_on: Option<Date>,
    pub received_on: Option<Date>,
    /// The last day on which it may be used; it keeps for ever where empty.
    pub expires_on: Option<Date>,
    /// The number that the supplier gave it.
    pub supplier_lot: Option<String>,
    /// How much of it works, of what a full one would; 100 where empty.
    pub potency_percent: Option<Decimal6>,
    /// Why it must not be used.
    #[field(long)]
    pub hold_reason: Option<String>,
}

/// Lots in the module's list.
pub(crate) fn add(module: Module) -> Module {
    module
        .closed::<Lot>()
        .computed("on_hand", Kind::Quantity, ON_HAND)
        .computed("good", Kind::Quantity, GOOD)
        .command::<Lot, _, _>("amend", Lot::amend)
        .command::<Lot, _, _>("hold", Lot::hold)
        .command::<Lot, _, _>("free", Lot::free)
        .set_command::<Lot, _, _>("expire", expire)
        .query::<Delivery, _>("picks", pick::picks)
        .events(&["stock.Expired", "stock.LotHeld"])
}

/// What of the lot `{t}` lies anywhere.
const ON_HAND: &str = "COALESCE((SELECT CAST(SUM(b.on_hand) AS BIGINT) FROM stock_balance b
    WHERE b.company_id = {t}.company_id AND b.product_id = {t}.product_id AND b.lot = {t}.lot), 0)";
/// What of it is good.
const GOOD: &str = "COALESCE((SELECT CAST(SUM(b.on_hand) AS BIGINT) FROM stock_balance b
    WHERE b.company_id = {t}.company_id AND b.product_id = {t}.product_id AND b.lot = {t}.lot AND b.condition = 'good'), 0)";

#[derive(Debug, Input)]
pub struct Amend {
    /// As it was where empty.
    pub expires_on: Option<Date>,
    pub supplier_lot: Option<String>,
    pub potency_percent: Option<Decimal6>,
}

#[derive(Debug, Input)]
pub struct Hold {
    pub reason: String,
}

/// More than nothing, and at most ten times what a full one is.
fn is_potency(percent: Decimal6) -> bool {
    percent.0 > 0 && percent.0 <= 1_000_000_000
}

/// A part of a lot at a place.
struct Part {
    lot: i64,
    product: Ref<Product>,
    location: Ref<Location>,
    warehouse: Ref<Warehouse>,
    name: String,
    quantity: Decimal6,
}

impl Part {
    fn key(&self) -> Key {
        (self.product, self.warehouse)
    }
}

impl Lot {
    /// Another date of expiry, after a test or because the first was wrong.
    pub(crate) fn amend(&mut self, input: Amend, cx: &mut Context) -> Result<()> {
        if input.potency_percent.is_some_and(|p| !is_potency(p)) {
            return Err(refuse("stock.potency").field("potency_percent").into());
        }
        let before = self.expires_on;
        self.expires_on = input.expires_on.or(before);
        self.supplier_lot = input.supplier_lot.or_else(|| self.supplier_lot.take());
        self.potency_percent = input.potency_percent.or(self.potency_percent);
        if self.expires_on.is_some_and(|on| on < cx.today()) {
            let parts = parts("l.id = ? AND b.condition = 'good'", self.id, cx)?;
            return withdraw(&parts, "stock.Expired", cx);
        }
        if self.expires_on != before {
            peg::another_date(self.product, self.id, self.expires_on, cx)?;
        }
        Ok(())
    }

    /// Nobody uses it from now on: all that is good of it is blocked, and whoever counted on it is told.
    pub(crate) fn hold(&mut self, input: Hold, cx: &mut Context) -> Result<()> {
        if input.reason.trim().is_empty() {
            return Err(refuse("kernel.required").field("reason").into());
        }
        self.hold_reason = Some(input.reason);
        let parts = parts("l.id = ? AND b.condition = 'good'", self.id, cx)?;
        withdraw(&parts, "stock.LotHeld", cx)
    }

    /// It may be used again, but for what waits for its inspection or was rejected there.
    pub(crate) fn free(&mut self, (): (), cx: &mut Context) -> Result<()> {
        self.hold_reason = None;
        if let Some(on) = self.expires_on.filter(|on| *on < cx.today()) {
            return Err(refuse("stock.lot_expired").arg("lot", &self.lot).arg("day", on).into());
        }
        let document = Origin::of(self);
        let parts = parts("l.id = ? AND b.condition = 'blocked'", self.id, cx)?;
        let mut levels = Levels::lock_all(parts.iter().map(Part::key), cx)?;
        let mut helped = Vec::new();
        for part in parts {
            let kept = cx.tx.first(
                "SELECT CAST(COALESCE(SUM(quantity - passed - returned - reworked - scrapped), 0) AS BIGINT) FROM inspection
                 WHERE company_id = ? AND product_id = ? AND location_id = ? AND lot = ?",
                &[self.company.into(), self.product.into(), part.location.into(), self.lot.as_str().into()],
            )?;
            let quantity = part.quantity.minus(Decimal6(kept.map_or(0, |r| r.int(0))))?;
            if quantity.0 <= 0 {
                continue;
            }
            let place = |condition| Place { location: part.location, condition };
            let goods = (part.product, part.name.as_str(), quantity);
            let (from, to) = (place(Condition::Blocked), place(Condition::Good));
            shift(goods, from, to, (cx.today(), document.clone()), &mut levels, cx)?;
            helped.extend(peg::arrived(&mut levels, part.key(), None, quantity, cx)?);
        }
        levels.write(cx)?;
        helped.sort();
        helped.dedup();
        cx.emit("stock.Freed", document, helped)
    }
}

/// Blocks what has expired, everywhere; its value stays until it is scrapped. Runs each day by itself.
fn expire((): (), cx: &mut Context) -> Result<Json> {
    let today = cx.today().days();
    let company = cx.actor.company;
    let condition = format!("b.condition = 'good' AND l.expires_on < {today} AND l.company_id = ?");
    let parts = parts(&condition, company, cx)?;
    withdraw(&parts, "stock.Expired", cx)?;
    Ok(json!({"parts": parts.len()}))
}

/// Companies with something good that has expired.
///
/// # Errors
/// The database's.
pub fn expired(today: Date, tx: &mut store::Tx) -> Result<Vec<i64>> {
    let rows = tx.query(
        "SELECT DISTINCT l.company_id FROM lot l JOIN stock_balance b
            ON b.company_id = l.company_id AND b.product_id = l.product_id AND b.lot = l.lot
         WHERE l.expires_on < ? AND b.condition = 'good' AND b.on_hand > 0 AND b.owner_id = 0 ORDER BY l.company_id",
        &[today.days().into()],
    )?;
    Ok(rows.iter().map(|r| r.int(0)).collect())
}

fn parts(condition: &str, of: i64, cx: &mut Context) -> Result<Vec<Part>> {
    let rows = cx.tx.query(
        &format!(
            "SELECT l.id, b.product_id, b.location_id, b.lot, b.on_hand FROM lot l JOIN stock_balance b
                ON b.company_id = l.company_id AND b.product_id = l.product_id AND b.lot = l.lot
             WHERE b.on_hand > 0 AND b.owner_id = 0 AND {condition} ORDER BY b.product_id, b.id"
        ),
        &[of.into()],
    )?;
    let part = |r: &store::Row| {
        let location = Ref::new(r.int(2));
        Ok(Part {
            lot: r.int(0),
            product: Ref::new(r.int(1)),
            location,
            warehouse: warehouse_of(location, cx)?,
            name: r.text(3).to_owned(),
            quantity: Decimal6(r.int(4)),
        })
    };
    rows.iter().map(part).collect()
}

/// Blocks parts of lots; who counted on them is short again, the least urgent first, and told.
fn withdraw(parts: &[Part], event: &'static str, cx: &mut Context) -> Result<()> {
    let mut levels = Levels::lock_all(parts.iter().map(Part::key), cx)?;
    for part in parts {
        let place = |condition| Place { location: part.location, condition };
        let goods = (part.product, part.name.as_str(), part.quantity);
        let (from, to) = (place(Condition::Good), place(Condition::Blocked));
        let document = Origin::new(Lot::NAME, part.lot);
        shift(goods, from, to, (cx.today(), document), &mut levels, cx)?;
    }
    for part in parts {
        peg::free_least_urgent(&mut levels, part.key(), cx)?;
    }
    levels.write(cx)?;
    let mut lots: Vec<i64> = parts.iter().map(|p| p.lot).collect();
    lots.dedup();
    lots.into_iter().try_for_each(|lot| cx.emit(event, Origin::new(Lot::NAME, lot), vec![]))
}
