//! Which lots go: what expires first (FEFO), then the oldest; nothing that has expired.

use super::Lot;
use crate::level::Levels;
use crate::warehouse::warehouse_of;
use crate::{Delivery, Location};
use catalog::Product;
use kernel::json::to_json;
use kernel::{Context, Kind, Reader, Ref, Refusal, Result, Value, refuse};
use numbers::{Date, Decimal6, Rational};
use serde_json::{Value as Json, json};
use std::collections::{HashMap, VecDeque};
use store::Tx;

/// What there is to pick: good goods of the firm at a place that may be used on a day, in the order in which they go.
/// What expires last, or never, goes last; what came without a lot before lots that keep as long.
const PICKED: &str =
    "SELECT b.product_id, b.lot, b.on_hand, l.expires_on, l.potency_percent FROM stock_balance b
    LEFT JOIN lot l ON l.company_id = b.company_id AND l.product_id = b.product_id AND l.lot = b.lot
    WHERE b.company_id = ? AND b.location_id = ? AND b.owner_id = 0 AND b.condition = 'good' AND b.on_hand > 0
    AND (l.expires_on IS NULL OR l.expires_on >= ?) AND l.hold_reason IS NULL";
const IN_ORDER: &str =
    "ORDER BY b.product_id, CASE WHEN l.expires_on IS NULL THEN 1 ELSE 0 END, l.expires_on,
    CASE WHEN b.lot = '' THEN 0 ELSE 1 END, b.id";

/// Lots and quantities by product, the next to go first.
pub(crate) struct Lots(HashMap<i64, VecDeque<There>>);

struct There {
    lot: String,
    quantity: Decimal6,
    /// What one of it is worth at standard potency.
    potency: Rational,
}

impl Lots {
    /// Of products whose levels are locked; of those that never had a lot there is nothing to choose.
    pub fn read(
        products: impl Iterator<Item = Ref<Product>>,
        (location, on): (Ref<Location>, Date),
        levels: &Levels,
        cx: &mut Context,
    ) -> Result<Self> {
        let products = levels.with_lots(products, warehouse_of(location, cx)?);
        Self::there(products, (location, on), cx.actor.company, cx.tx)
    }

    fn there(
        products: impl IntoIterator<Item = Ref<Product>>,
        (location, on): (Ref<Location>, Date),
        company: i64,
        tx: &mut Tx,
    ) -> Result<Self> {
        let mut products: Vec<Value> = products.into_iter().map(Value::from).collect();
        products.sort();
        products.dedup();
        let mut lots: HashMap<i64, VecDeque<There>> = HashMap::new();
        for chunk in products.chunks(500) {
            let sql = format!("{PICKED} AND b.product_id {} {IN_ORDER}", kernel::rows::among(chunk.len()));
            let fixed = [company.into(), location.into(), on.days().into()];
            let params: Vec<Value> = fixed.into_iter().chain(chunk.iter().cloned()).collect();
            for r in tx.query(&sql, &params)? {
                let potency = potency(r.get(4).as_int().map(Decimal6))?;
                let there = There { lot: r.text(1).to_owned(), quantity: Decimal6(r.int(2)), potency };
                lots.entry(r.int(0)).or_default().push_back(there);
            }
        }
        Ok(Self(lots))
    }

    /// A lot that somebody has chosen is not given to others.
    pub fn set_aside(&mut self, product: Ref<Product>, lot: &str, quantity: Decimal6) -> Result<()> {
        let lots = self.0.entry(product.id()).or_default();
        if let Some(there) = lots.iter_mut().find(|there| there.lot == lot) {
            there.quantity = there.quantity.minus(quantity)?.max(Decimal6(0));
        }
        Ok(())
    }

    pub fn take(&mut self, product: Ref<Product>, quantity: Decimal6) -> Result<Vec<(String, Decimal6)>> {
        let (mut left, mut parts) = (quantity, Vec::new());
        let lots = self.0.entry(product.id()).or_default();
        while let Some(next) = lots.front_mut().filter(|_| left.0 > 0) {
            let taken = left.min(next.quantity);
            (left, next.quantity) = (left.minus(taken)?, next.quantity.minus(taken)?);
            if taken.0 > 0 {
                parts.push((next.lot.clone(), taken));
            }
            if next.quantity.0 == 0 {
                lots.pop_front();
            }
        }
        if left.0 > 0 {
            // More than there is: the move says what is missing.
            parts.push((String::new(), left));
        }
        Ok(parts)
    }

    /// As [`Self::take`], so much at standard potency: of a weaker lot more goes, rounded up to what the unit counts.
    pub fn take_standard(
        &mut self,
        product: Ref<Product>,
        standard: Decimal6,
        cx: &mut Context,
    ) -> Result<Vec<(String, Decimal6)>> {
        let unit = cx.read(product)?.unit;
        let step = step(cx.read(unit)?.decimals)?;
        self.standard(product, standard, &step)
    }

    fn standard(
        &mut self,
        product: Ref<Product>,
        standard: Decimal6,
        step: &Rational,
    ) -> Result<Vec<(String, Decimal6)>> {
        let (mut left, mut parts) = (Rational::from(standard), Vec::new());
        let lots = self.0.entry(product.id()).or_default();
        while let Some(next) = lots.front_mut().filter(|_| left.is_positive()) {
            let worth = &Rational::from(next.quantity) * &next.potency;
            let taken = if worth <= left {
                next.quantity
            } else {
                left.over(&next.potency)?.up_to_multiple(step).round(6)?.min(next.quantity)
            };
            left = if worth <= left { &left - &worth } else { Rational::ZERO };
            next.quantity = next.quantity.minus(taken)?;
            if taken.0 > 0 {
                parts.push((next.lot.clone(), taken));
            }
            if next.quantity.0 == 0 {
                lots.pop_front();
            }
        }
        if left.is_positive() {
            parts.push((String::new(), left.up_to_multiple(step).round(6)?));
        }
        Ok(parts)
    }
}

/// Something that is to be taken from a place.
#[derive(Clone, Copy, Debug)]
pub struct Wanting {
    pub product: Ref<Product>,
    pub quantity: Decimal6,
    /// The decimals of its unit, where the quantity is counted at standard potency.
    pub by_potency: Option<i64>,
}

/// Which lots would go for each on a day, and how much of them; without a lot what has none, or is not there.
///
/// # Errors
/// The database's.
pub fn would_go(
    wanting: &[Wanting],
    of: (Ref<Location>, Date),
    company: i64,
    tx: &mut Tx,
) -> Result<Vec<Vec<(String, Decimal6)>>> {
    let mut lots = Lots::there(wanting.iter().map(|one| one.product), of, company, tx)?;
    let parts = wanting.iter().map(|one| match one.by_potency {
        Some(decimals) => lots.standard(one.product, one.quantity, &step(decimals)?),
        None => lots.take(one.product, one.quantity),
    });
    parts.collect()
}

/// What one of a lot is worth at standard potency.
fn potency(percent: Option<Decimal6>) -> Result<Rational> {
    let hundred = Rational::from(100);
    Ok(percent.map_or(Ok(Rational::ONE), |percent| Rational::from(percent).over(&hundred))?)
}

fn step(decimals: i64) -> Result<Rational> {
    let decimals = u32::try_from(decimals.clamp(0, 6)).unwrap_or(6);
    Ok(Rational::new(10i64.pow(6 - decimals), Decimal6::SCALE)?)
}

/// How much of a chosen lot does for so much at standard potency.
pub(crate) fn of_lot(
    product: Ref<Product>,
    lot: &str,
    standard: Decimal6,
    cx: &mut Context,
) -> Result<Decimal6> {
    let key = [cx.actor.company.into(), product.into(), lot.into()];
    let known = cx.find::<Lot>("company_id = ? AND product_id = ? AND lot = ?", &key)?.into_iter().next();
    let unit = cx.read(product)?.unit;
    let step = step(cx.read(unit)?.decimals)?;
    let exact = Rational::from(standard).over(&potency(known.and_then(|l| l.potency_percent))?)?;
    Ok(exact.up_to_multiple(&step).round(6)?)
}

/// Why a lot that somebody has chosen must not be used on a day.
///
/// # Errors
/// The database's.
pub fn lot_fault(
    product: Ref<Product>,
    lot: &str,
    (on, field): (Date, &str),
    cx: &mut Context,
) -> Result<Option<Refusal>> {
    if lot.is_empty() {
        return Ok(None);
    }
    let key = [cx.actor.company.into(), product.into(), lot.into()];
    let known = cx.find::<Lot>("company_id = ? AND product_id = ? AND lot = ?", &key)?.into_iter().next();
    let Some(known) = known else { return Ok(None) };
    if let Some(day) = known.expires_on.filter(|day| *day < on) {
        return Ok(Some(refuse("stock.lot_expired").field(field).arg("lot", lot).arg("day", day)));
    }
    Ok(known.hold_reason.map(|_| refuse("stock.lot_held").field(field).arg("lot", lot)))
}

/// Which lots a draft delivery would take today, line by line.
pub(crate) fn picks(delivery: i64, (): (), reader: &mut Reader) -> Result<Json> {
    reader.needs(&[("StockBalance", &["lot", "on_hand"]), ("Lot", &["lot", "expires_on"])])?;
    let description = reader.registry.entity(<Delivery as kernel::Entity>::NAME)?;
    reader.visible(&description, delivery)?;
    let lines = reader.tx.query(
        "SELECT l.id, l.product_id, l.stock_quantity, l.lot, d.location_id FROM delivery_line l
         JOIN delivery d ON d.id = l.parent_id WHERE d.id = ? AND d.direction = 'out' ORDER BY l.position, l.id",
        &[delivery.into()],
    )?;
    let (company, today) = (reader.actor.company, reader.today().days());
    let mut value = Vec::new();
    let mut taken: HashMap<(i64, String), i64> = HashMap::new();
    for line in &lines {
        let mut left = line.int(2);
        let location = line.get(4).as_int().unwrap_or_default();
        let there = reader.tx.query(
            &format!("{PICKED} AND b.product_id = ? {IN_ORDER}"),
            &[company.into(), location.into(), today.into(), line.int(1).into()],
        )?;
        for r in there.iter().filter(|r| line.text(3).is_empty() || r.text(1) == line.text(3)) {
            let used = taken.entry((line.int(1), r.text(1).to_owned())).or_default();
            let quantity = (r.int(2) - *used).min(left);
            if quantity <= 0 {
                continue;
            }
            *used += quantity;
            left -= quantity;
            value.push(json!({
                "line_id": line.int(0), "lot": r.text(1), "quantity": to_json(Kind::Quantity, &Value::Int(quantity)),
                "expires_on": to_json(Kind::Date, r.get(3)),
            }));
        }
    }
    Ok(json!({"value": value}))
}
