//! A quote may hold goods until it lapses: softly, in what is promised to others and in the plan, without taking
//! anything off the shelf. It holds what its lines say for as long as it is a quote and valid.

use crate::desk::Stand;
use crate::order::SalesOrder;
use crate::promise::promise;
use catalog::Kits;
use kernel::{Context, Entity, Ref, Result, Value, refuse};
use numbers::{Date, Decimal6, Factor, Money};
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use stock::{HOME, KeptFree};
use store::Tx;

/// Orders `o` that hold softly, of a company on a day.
const HOLDING: &str = "o.company_id = ? AND o.state = 'quoted' AND o.reserved = 1 AND o.valid_until >= ?";

/// A line that holds softly; of a kit, each of its parts.
#[derive(Clone, Debug)]
pub struct Reserved {
    pub order: i64,
    pub line: i64,
    pub product: i64,
    /// From where it is to be shipped.
    pub warehouse: i64,
    /// In the product's stock unit.
    pub quantity: Decimal6,
    /// When it is wanted, else when it was promised.
    pub due: Option<Date>,
    pub promised_on: Option<Date>,
    pub number: String,
    pub customer: (i64, String),
    /// What the line is worth, in minor units.
    pub net: i64,
}

/// The lines of quotes that hold something today.
///
/// # Errors
/// The database's.
pub fn reserved(company: i64, today: Date, tx: &mut Tx) -> Result<Vec<Reserved>> {
    let rows = tx.query(
        &format!(
            "SELECT o.id, l.id, l.product_id, l.quantity, c.numerator, c.denominator, o.requested_on, l.promised_on,
                    o.number, y.id, y.name, l.net, p.kind, COALESCE(o.warehouse_id, {HOME})
             FROM sales_order o JOIN sales_order_line l ON l.parent_id = o.id JOIN product p ON p.id = l.product_id
             JOIN party y ON y.id = o.customer_id
             LEFT JOIN conversion c ON c.parent_id = p.id AND c.unit_id = l.unit_id AND l.unit_id <> p.unit_id
             WHERE {HOLDING} AND p.kind IN ('goods', 'kit') ORDER BY l.id"
        ),
        &[company.into(), company.into(), today.days().into()],
    )?;
    let date = |value: &Value| value.as_int().map(Date::from_days).transpose();
    let of_kits = rows.iter().filter(|r| r.text(12) == "kit").map(|r| r.int(2)).collect();
    let kits = Kits::among(of_kits, tx)?;
    let mut out = Vec::with_capacity(rows.len());
    for r in &rows {
        let promised_on = date(r.get(7))?;
        let quantity = in_stock_unit(Decimal6(r.int(3)), r.get(4).as_int().zip(r.get(5).as_int()))?;
        for (product, quantity) in kits.goods(Ref::new(r.int(2)), quantity)? {
            out.push(Reserved {
                order: r.int(0),
                line: r.int(1),
                product: product.id(),
                warehouse: r.int(13),
                quantity,
                due: date(r.get(6))?.or(promised_on),
                promised_on,
                number: r.get(8).as_text().unwrap_or_default().into(),
                customer: (r.int(9), r.text(10).into()),
                net: r.int(11),
            });
        }
    }
    Ok(out)
}

fn in_stock_unit(quantity: Decimal6, factor: Option<(i64, i64)>) -> Result<Decimal6> {
    match factor {
        None => Ok(quantity),
        Some((numerator, denominator)) => Ok(Factor::new(numerator, denominator)?.apply(quantity, 6)?),
    }
}

/// How much of each product quotes hold in each warehouse, those left out that ask themselves.
pub(crate) fn held(today: Date, company: i64, but: &[i64], tx: &mut Tx) -> Result<KeptFree> {
    let mut held = KeptFree::new();
    for one in reserved(company, today, tx)?.into_iter().filter(|r| !but.contains(&r.order)) {
        let sum = held.entry((one.product, one.warehouse)).or_default();
        *sum = sum.plus(one.quantity)?;
    }
    Ok(held)
}

/// What there is of a product.
pub(crate) struct There {
    pub product: i64,
    pub on_hand: Decimal6,
    pub free: Decimal6,
    pub value: Money,
    /// Lots may lie there, some of which expire.
    pub has_lots: bool,
}

/// What there is of some products in a warehouse, and what quotes hold there of all; in one statement, for every draft
/// asks it.
pub(crate) fn there(
    products: &[i64],
    today: Date,
    Stand { company, warehouse }: Stand,
    but: &[i64],
    tx: &mut Tx,
) -> Result<(Vec<There>, HashMap<i64, Decimal6>)> {
    let (mut out, mut held) = (Vec::with_capacity(products.len()), HashMap::<i64, Decimal6>::new());
    let (own, of) = warehouse.map_or((HOME, company), |id| ("CAST(? AS BIGINT)", id));
    let mut asks = true;
    for chunk in products.chunks(500) {
        let mut sql = format!(
            "SELECT 0, product_id, on_hand, usable - pegged, value, CASE has_lots WHEN 1 THEN 'lots' ELSE '' END FROM product_stock
             WHERE company_id = ? AND warehouse_id = {own} AND product_id {}",
            kernel::rows::among(chunk.len())
        );
        let mut params: Vec<Value> =
            [company, of].into_iter().chain(chunk.iter().copied()).map(Value::Int).collect();
        if std::mem::take(&mut asks) {
            sql += &format!(
                " UNION ALL SELECT o.id, l.product_id, l.quantity, c.numerator, c.denominator, p.kind
                 FROM sales_order o JOIN sales_order_line l ON l.parent_id = o.id JOIN product p ON p.id = l.product_id
                 LEFT JOIN conversion c ON c.parent_id = p.id AND c.unit_id = l.unit_id AND l.unit_id <> p.unit_id
                 WHERE {HOLDING} AND p.kind IN ('goods', 'kit') AND COALESCE(o.warehouse_id, {HOME}) = {own}"
            );
            params.extend([company.into(), today.days().into(), company.into(), of.into()]);
        }
        for r in tx.query(&sql, &params)? {
            let (order, product, quantity) = (r.int(0), r.int(1), Decimal6(r.int(2)));
            let pair = r.get(3).as_int().zip(r.get(4).as_int());
            if order > 0 && !but.contains(&order) {
                let quantity = in_stock_unit(quantity, pair)?;
                // Few quotes hold kits: those that do are looked up by themselves.
                let of_kit = (r.text(5) == "kit").then_some(product).into_iter().collect();
                for (part, quantity) in Kits::among(of_kit, tx)?.goods(Ref::new(product), quantity)? {
                    let sum: &mut Decimal6 = held.entry(part.id()).or_default();
                    *sum = sum.plus(quantity)?;
                }
            } else if let (0, Some((free, value))) = (order, pair) {
                let (free, value, has_lots) = (Decimal6(free), Money(value), r.text(5) == "lots");
                out.push(There { product, on_hand: quantity, free, value, has_lots });
            }
        }
    }
    Ok((out, held))
}

impl SalesOrder {
    /// The quote holds what it offers until it lapses.
    pub(crate) fn hold_softly(&mut self, cx: &mut Context) -> Result<Json> {
        self.require_lines()?;
        let Some(until) = self.valid_until.filter(|until| *until >= cx.today()) else {
            return Err(refuse("sales.lapsed").field("valid_until").into());
        };
        if !self.reserved {
            promise(&mut [self], cx)?;
            self.reserved = true;
            cx.undo_by(Self::NAME, self.id, "release_reservation", json!({}));
        }
        let promised = self.promised_on.map(|d| d.to_string());
        let date = promised.clone().unwrap_or_else(|| "?".to_owned());
        cx.effect("sales.held", vec![("until", until.to_string()), ("date", date)]);
        Ok(json!({"promised_on": promised, "until": until.to_string()}))
    }

    /// What the quote held is there for others.
    pub(crate) fn release_reservation(&mut self, (): (), cx: &mut Context) -> Result<()> {
        if !self.reserved {
            return Err(refuse("sales.not_reserved").into());
        }
        self.reserved = false;
        cx.undo_by(Self::NAME, self.id, "reserve", json!({}));
        Ok(())
    }
}
