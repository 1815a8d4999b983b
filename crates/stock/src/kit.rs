//! Deliveries of kits: a line with one price, and its parts that leave and come back.

use crate::{Condition, DeliveryLine};
use catalog::{Kits, Product, ProductKind};
use kernel::{Context, Entity, Origin, Ref, Result, refuse};
use numbers::{Decimal6, Factor, Money, allocate};
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

/// What has left for a delivered kit, lot by lot, and what of it has come back, with whole kits or as a part.
#[derive(Clone, Debug)]
pub struct LeftOf {
    quantity: Decimal6,
    moved: Vec<Moved>,
}

#[derive(Clone, Debug)]
struct Moved {
    product: i64,
    lot: String,
    out: Decimal6,
    value: i64,
    back: Decimal6,
}

/// What the customer has of a delivered kit.
///
/// # Errors
/// The database's.
pub fn left_of(line: Ref<DeliveryLine>, cx: &mut Context) -> Result<LeftOf> {
    let own = cx.tx.first("SELECT quantity FROM delivery_line WHERE id = ?", &[line.into()])?;
    // The last that went comes back first.
    let rows = cx.tx.query(
        "SELECT m.product_id, m.lot, CAST(SUM(CASE WHEN m.line_id = ? THEN -m.quantity ELSE 0 END) AS BIGINT),
            CAST(SUM(CASE WHEN m.line_id = ? THEN -COALESCE(v.amount, 0) ELSE 0 END) AS BIGINT),
            CAST(SUM(CASE WHEN m.line_id = ? THEN 0 ELSE m.quantity END) AS BIGINT)
         FROM stock_move m
         LEFT JOIN (SELECT stock_move_id, SUM(amount) AS amount FROM value_entry GROUP BY stock_move_id) v ON v.stock_move_id = m.id
         WHERE m.line_id = ? OR m.line_id IN (SELECT id FROM delivery_line WHERE returns_id = ? OR part_of_id = ?)
         GROUP BY m.product_id, m.lot ORDER BY m.product_id, MIN(m.id) DESC",
        &[line.into(), line.into(), line.into(), line.into(), line.into(), line.into()],
    )?;
    let moved = |r: &store::Row| Moved {
        product: r.int(0),
        lot: r.text(1).into(),
        out: Decimal6(r.int(2)),
        value: r.int(3),
        back: Decimal6(r.int(4)),
    };
    let quantity = Decimal6(own.map_or(0, |r| r.int(0)));
    Ok(LeftOf { quantity, moved: rows.iter().map(moved).collect() })
}

impl LeftOf {
    fn sum(&self, product: i64, of: impl Fn(&Moved) -> Decimal6) -> Result<Decimal6> {
        Ok(Decimal6::sum(self.moved.iter().filter(|m| m.product == product).map(of))?)
    }

    fn products(&self) -> Vec<i64> {
        let mut products: Vec<i64> = self.moved.iter().map(|m| m.product).collect();
        products.dedup();
        products
    }

    /// How much of one part he has.
    ///
    /// # Errors
    /// When the sums are beyond all measure.
    pub fn part(&self, product: Ref<Product>) -> Result<Decimal6> {
        let product = product.id();
        Ok(self.sum(product, |m| m.out)?.minus(self.sum(product, |m| m.back)?)?)
    }

    /// How many whole ones he has.
    ///
    /// # Errors
    /// When the sums are beyond all measure.
    pub fn whole(&self) -> Result<Decimal6> {
        let mut least = self.quantity;
        for product in self.products() {
            let (out, left) = (self.sum(product, |m| m.out)?, self.part(Ref::new(product))?);
            if out.0 > 0 {
                let whole = Factor::new(self.quantity.0, out.0)?.apply(left, 6)?;
                least = least.min(Decimal6(whole.0 - whole.0.rem_euclid(Decimal6::SCALE)));
            }
        }
        Ok(least)
    }

    /// So much of a part by its lots, the last that went first, at `value` together.
    fn by_lot(&self, product: i64, quantity: Decimal6, value: Money) -> Result<Vec<Back>> {
        let (mut left, mut parts) = (quantity, Vec::new());
        for m in self.moved.iter().filter(|m| m.product == product) {
            let taken = left.min(m.out.minus(m.back)?);
            if taken.0 > 0 {
                left = left.minus(taken)?;
                parts.push((m.lot.clone(), taken));
            }
        }
        if left.0 > 0 {
            return Err(refuse("stock.part_is_back").field("quantity").into());
        }
        let weights: Vec<i64> = parts.iter().map(|(_, quantity)| quantity.0).collect();
        let parts = parts.into_iter().zip(allocate(value, &weights)?);
        Ok(parts
            .map(|((lot, quantity), value)| Back { product: Ref::new(product), lot, quantity, value })
            .collect())
    }

    /// What each part has cost of what the line has.
    fn costs(&self, cost: Money) -> Result<Vec<(i64, Money)>> {
        let products = self.products();
        let value = |p: &i64| self.moved.iter().filter(|m| m.product == *p).map(|m| m.value).sum();
        let weights: Vec<i64> = products.iter().map(value).collect();
        if weights.iter().all(|weight| *weight == 0) {
            return Ok(products.into_iter().map(|product| (product, Money(0))).collect());
        }
        Ok(products.into_iter().zip(allocate(cost, &weights)?).collect())
    }

    /// One part comes back by itself, at what it had cost of what the line has: all pieces together no cent more.
    pub(crate) fn part_back(
        &self,
        (product, quantity): (Ref<Product>, Decimal6),
        cost: Money,
    ) -> Result<Vec<Back>> {
        let product = product.id();
        let own = self.costs(cost)?.into_iter().find(|(id, _)| *id == product).map_or(Money(0), |c| c.1);
        let (out, back) = (self.sum(product, |m| m.out)?, self.sum(product, |m| m.back)?);
        let until = |quantity: Decimal6| -> Result<Money> {
            Ok(Money::from_decimal(Factor::new(quantity.0, out.0.max(1))?.apply(own.to_decimal()?, 2)?)?)
        };
        let value = until(back.plus(quantity)?)?.minus(until(back)?)?;
        self.by_lot(product, quantity, value)
    }
}

/// What so many of a delivered kit are in parts, by what has left for the line then: whatever the kit contains today.
/// They share `cost`, what the line had cost for as many, as they had cost themselves.
///
/// # Errors
/// `stock.part_is_back`.
pub(crate) fn back(
    line: &DeliveryLine,
    quantity: Decimal6,
    cost: Money,
    cx: &mut Context,
) -> Result<Vec<Back>> {
    let left = left_of(Ref::new(line.id), cx)?;
    let of_line = Factor::new(quantity.0, line.quantity.0)?;
    let mut out = Vec::new();
    for (product, cost) in left.costs(cost)? {
        let quantity = of_line.apply(left.sum(product, |m| m.out)?, 6)?;
        out.extend(left.by_lot(product, quantity, cost)?);
    }
    Ok(out)
}
