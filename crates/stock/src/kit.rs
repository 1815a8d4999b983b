//! Deliveries of kits: a line with one price, and its parts that leave and come back.

use crate::{Condition, DeliveryLine};
use catalog::{Kits, Product, ProductKind};
use kernel::{Context, Entity, Origin, Ref, Result, refuse};
use numbers::{Decimal6, Factor, Money};
use std::collections::HashMap;

/// What a line of a delivery moves of one product: itself, or a part of the kit that it is.
pub(crate) struct Part {
    pub line: Origin,
    pub order_line: Option<Origin>,
    pub product: Ref<Product>,
    pub quantity: Decimal6,
    /// What somebody has written on the paper; nothing for the parts of a kit, which have lots of their own.
    pub lot: String,
    pub condition: Condition,
    pub of_kit: bool,
}

/// Whether a line moves anything: goods, or a kit of them.
pub(crate) fn is_moved(line: &DeliveryLine, kinds: &HashMap<i64, ProductKind>) -> bool {
    matches!(kinds.get(&line.product.id()), Some(ProductKind::Goods | ProductKind::Kit))
}

/// What lines move, product by product.
///
/// # Errors
/// `stock.whole_kits`.
pub(crate) fn parts_of<'l>(
    lines: impl Iterator<Item = &'l DeliveryLine>,
    kinds: &HashMap<i64, ProductKind>,
    cx: &mut Context,
) -> Result<Vec<Part>> {
    let is_kit = |id: &i64| kinds.get(id) == Some(&ProductKind::Kit);
    let kits = Kits::among(kinds.keys().copied().filter(is_kit).collect(), cx.tx)?;
    let mut parts = Vec::new();
    for line in lines {
        let kit = kits.has(line.product.id());
        if kit {
            whole(line.stock_quantity, line.product, cx)?;
        }
        for (product, quantity) in kits.goods(line.product, line.stock_quantity)? {
            parts.push(Part {
                line: Origin::new(DeliveryLine::NAME, line.id),
                order_line: line.order_line.clone(),
                product,
                quantity,
                lot: if kit { String::new() } else { line.lot.clone() },
                condition: line.condition,
                of_kit: kit,
            });
        }
    }
    Ok(parts)
}

/// A part of a kit is neither delivered nor taken back without the rest.
pub(crate) fn whole(quantity: Decimal6, product: Ref<Product>, cx: &mut Context) -> Result<()> {
    if quantity.0 % Decimal6::SCALE == 0 {
        return Ok(());
    }
    let name = cx.read(product)?.name;
    Err(refuse("stock.whole_kits").field("quantity").arg("product", name).into())
}

/// What comes back of one product.
pub(crate) struct Back {
    pub product: Ref<Product>,
    pub lot: String,
    pub quantity: Decimal6,
    pub value: Money,
}

/// What so many of a delivered kit are in parts, by what has left for the line then: whatever the kit contains today.
/// They share `cost`, what the line had cost for as many, as they had cost themselves.
///
/// # Errors
/// The database's.
pub(crate) fn back(
    line: &DeliveryLine,
    quantity: Decimal6,
    cost: Money,
    cx: &mut Context,
) -> Result<Vec<Back>> {
    let rows = cx.tx.query(
        "SELECT m.product_id, m.lot, CAST(-SUM(m.quantity) AS BIGINT), CAST(-COALESCE(SUM(v.amount), 0) AS BIGINT) FROM stock_move m
         LEFT JOIN (SELECT stock_move_id, SUM(amount) AS amount FROM value_entry GROUP BY stock_move_id) v ON v.stock_move_id = m.id
         WHERE m.line_id = ? GROUP BY m.product_id, m.lot ORDER BY m.product_id, m.lot",
        &[line.id.into()],
    )?;
    let of_line = Factor::new(quantity.0, line.quantity.0)?;
    let worth: i64 = rows.iter().map(|r| r.int(3)).sum();
    let mut left = cost;
    let mut out = Vec::with_capacity(rows.len());
    for (n, r) in rows.iter().enumerate() {
        let value = if n + 1 == rows.len() {
            left
        } else if worth == 0 {
            Money(0)
        } else {
            Money::from_decimal(Factor::new(r.int(3), worth)?.apply(cost.to_decimal()?, 2)?)?
        };
        left = left.minus(value)?;
        out.push(Back {
            product: Ref::new(r.int(0)),
            lot: r.text(1).into(),
            quantity: of_line.apply(Decimal6(r.int(2)), 6)?,
            value,
        });
    }
    Ok(out)
}
