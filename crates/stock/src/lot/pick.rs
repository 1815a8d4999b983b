//! Which lots go: what expires first (FEFO), then the oldest; nothing that has expired.

use super::Lot;
use crate::{Delivery, Location};
use catalog::Product;
use kernel::json::to_json;
use kernel::{Context, Kind, Reader, Ref, Refusal, Result, Value, refuse};
use numbers::{Date, Decimal6};
use serde_json::{Value as Json, json};
use std::collections::{HashMap, VecDeque};

/// What there is to pick: good goods of the firm at a place that may be used on a day, in the order in which they go.
/// What expires last, or never, goes last; what came without a lot before lots that keep as long.
const PICKED: &str = "SELECT b.product_id, b.lot, b.on_hand, l.expires_on FROM stock_balance b
    LEFT JOIN lot l ON l.company_id = b.company_id AND l.product_id = b.product_id AND l.lot = b.lot
    WHERE b.company_id = ? AND b.location_id = ? AND b.owner_id = 0 AND b.condition = 'good' AND b.on_hand > 0
    AND (l.expires_on IS NULL OR l.expires_on >= ?) AND l.hold_reason IS NULL";
const IN_ORDER: &str =
    "ORDER BY b.product_id, CASE WHEN l.expires_on IS NULL THEN 1 ELSE 0 END, l.expires_on,
    CASE WHEN b.lot = '' THEN 0 ELSE 1 END, b.id";

/// Lots and quantities by product, the next to go first.
pub(crate) struct Lots(HashMap<i64, VecDeque<(String, Decimal6)>>);

impl Lots {
    pub fn read(
        products: impl Iterator<Item = Ref<Product>>,
        location: Ref<Location>,
        on: Date,
        cx: &mut Context,
    ) -> Result<Self> {
        let mut products: Vec<Value> = products.map(Value::from).collect();
        products.sort();
        products.dedup();
        let mut lots: HashMap<i64, VecDeque<(String, Decimal6)>> = HashMap::new();
        for chunk in products.chunks(500) {
            let sql = format!("{PICKED} AND b.product_id {} {IN_ORDER}", kernel::rows::among(chunk.len()));
            let fixed = [cx.actor.company.into(), location.into(), on.days().into()];
            let params: Vec<Value> = fixed.into_iter().chain(chunk.iter().cloned()).collect();
            for r in cx.tx.query(&sql, &params)? {
                lots.entry(r.int(0)).or_default().push_back((r.text(1).to_owned(), Decimal6(r.int(2))));
            }
        }
        Ok(Self(lots))
    }

    /// A lot that somebody has chosen is not given to others.
    pub fn set_aside(&mut self, product: Ref<Product>, lot: &str, quantity: Decimal6) -> Result<()> {
        let lots = self.0.entry(product.id()).or_default();
        if let Some((_, there)) = lots.iter_mut().find(|(name, _)| name == lot) {
            *there = there.minus(quantity)?.max(Decimal6(0));
        }
        Ok(())
    }

    pub fn take(&mut self, product: Ref<Product>, quantity: Decimal6) -> Result<Vec<(String, Decimal6)>> {
        let (mut left, mut parts) = (quantity, Vec::new());
        let lots = self.0.entry(product.id()).or_default();
        while let Some((lot, there)) = lots.front_mut().filter(|_| left.0 > 0) {
            let taken = left.min(*there);
            (left, *there) = (left.minus(taken)?, there.minus(taken)?);
            if taken.0 > 0 {
                parts.push((lot.clone(), taken));
            }
            if there.0 == 0 {
                lots.pop_front();
            }
        }
        if left.0 > 0 {
            // More than there is: the move says what is missing.
            parts.push((String::new(), left));
        }
        Ok(parts)
    }
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
