//! Goods come back, and prices that change after the goods have left.

use super::ship::{book, in_proportion, kinds_of, name_lot, product_name};
use super::{Delivery, DeliveryLine, DeliveryState, Direction};
use crate::default_location;
use crate::kit::{self, Back, is_moved, whole};
use crate::level::Levels;
use crate::movement::{Condition, MoveKind, Moving, Paper, apply};
use crate::warehouse::warehouse_of;
use catalog::{Product, ProductKind};
use kernel::{Context, Entity, Origin, Ref, Result, Value, refuse};
use ledger::{AccountRole, Draft, EntryKind, post};
use numbers::{Date, Decimal6, Factor, Money, allocate, line_net};
use std::collections::HashMap;

/// What comes back of one delivered line, in the unit of the line.
#[derive(Clone, Debug)]
pub struct Returning {
    pub line: Ref<DeliveryLine>,
    pub quantity: Decimal6,
    /// What is given back for one.
    pub unit_price: Decimal6,
    pub discount_percent: Decimal6,
    /// Of a kit, the part that comes back by itself; the quantity is in its stock unit.
    pub part: Option<Ref<Product>>,
}

/// Takes goods back at what they had cost; they wait in condition *returned* until somebody has looked at them.
/// Revenue and cost are taken back the same day.
///
/// # Errors
/// `stock.more_than_delivered`.
pub fn take_back(
    delivery: Ref<Delivery>,
    returning: &[Returning],
    on: Date,
    note: &str,
    cx: &mut Context,
) -> Result<i64> {
    let source = cx.hold::<Delivery>(delivery.id())?;
    if source.state != DeliveryState::Shipped {
        return Err(refuse("stock.not_shipped").into());
    }
    let mut back = Delivery {
        id: cx.next_id()?,
        number: None,
        direction: Direction::Back,
        state: DeliveryState::Shipped,
        planned_on: None,
        shipped_on: Some(on),
        note: Some(note.to_owned()),
        lines: Vec::new(),
        ..(*source).clone()
    };
    let before = returned_before(&source.lines, cx)?;
    for one in returning {
        let line = source.lines.iter().find(|l| l.id == one.line.id());
        let line = line.ok_or_else(|| refuse("stock.not_on_paper").field("line_id"))?;
        let position = i64::try_from(back.lines.len()).unwrap_or(i64::MAX - 1) + 1;
        if let Some(part) = one.part {
            let mut line = part_back(line, part, one, cx)?;
            line.position = position;
            back.lines.push(line);
            continue;
        }
        let already = before.iter().filter(|b| b.0 == line.id).map(|b| b.1).sum::<i64>();
        if one.quantity.0 <= 0 || one.quantity.0 - already > line.quantity.0 {
            let name = product_name(line.product, cx);
            return Err(refuse("stock.more_than_delivered").field("quantity").arg("product", name).into());
        }
        back.lines.push(DeliveryLine {
            id: cx.next_id()?,
            position,
            quantity: one.quantity.negated()?,
            stock_quantity: in_proportion(line, one.quantity)?.negated()?,
            condition: Condition::Returned,
            unit_price: one.unit_price,
            discount_percent: one.discount_percent,
            net: line_net(one.quantity, one.unit_price, one.discount_percent)?.negated()?,
            cost: share(line.cost, one.quantity, line.quantity)?.negated()?,
            excess: false,
            returns: Some(one.line),
            ..line.clone()
        });
    }
    move_in(&source, &mut back, on, cx)?;
    cx.insert(&mut back)?;
    book(&back, on, cx)?;
    cx.emit("stock.Returned", Origin::of(&back), back.order.clone().into_iter().collect())?;
    Ok(back.id)
}

/// A part of a delivered kit as a line of its own, which is no line of the order: the kit stays delivered. What is given
/// back for it is agreed with the customer, at most what the kit was sold for.
fn part_back(
    line: &DeliveryLine,
    part: Ref<Product>,
    one: &Returning,
    cx: &mut Context,
) -> Result<DeliveryLine> {
    if one.quantity.0 <= 0 || one.quantity > kit::left_of(one.line, cx)?.part(part)? {
        let name = product_name(part, cx);
        return Err(refuse("stock.more_than_delivered").field("quantity").arg("product", name).into());
    }
    let net = line_net(one.quantity, one.unit_price, one.discount_percent)?;
    let given = cx.tx.first(
        "SELECT CAST(COALESCE(SUM(-net), 0) AS BIGINT) FROM delivery_line WHERE returns_id = ? OR part_of_id = ?",
        &[one.line.into(), one.line.into()],
    )?;
    let left = line.net.minus(Money(given.map_or(0, |r| r.int(0))))?;
    if net > left || one.unit_price.0 < 0 {
        return Err(refuse("stock.more_than_sold_for").field("unit_price").arg("left", left).into());
    }
    let product = cx.read(part)?;
    Ok(DeliveryLine {
        id: cx.next_id()?,
        product: part,
        text: product.name,
        quantity: one.quantity.negated()?,
        unit: Some(product.unit),
        stock_quantity: one.quantity.negated()?,
        wanted: Decimal6(0),
        lot: String::new(),
        condition: Condition::Returned,
        unit_price: one.unit_price,
        discount_percent: one.discount_percent,
        net: net.negated()?,
        // What it had cost, known when its lots are.
        cost: Money(0),
        order_line: None,
        excess: false,
        returns: None,
        part_of: Some(one.line),
        ..line.clone()
    })
}

fn share(cost: Money, part: Decimal6, whole: Decimal6) -> Result<Money> {
    Ok(Money::from_decimal(Factor::new(part.0, whole.0)?.apply(cost.to_decimal()?, 2)?)?)
}

/// Line and quantity (below zero) of what came back earlier.
fn returned_before(lines: &[DeliveryLine], cx: &mut Context) -> Result<Vec<(i64, i64)>> {
    let ids: Vec<Value> = lines.iter().map(|l| l.id.into()).collect();
    let sql = format!(
        "SELECT returns_id, quantity FROM delivery_line WHERE returns_id {}",
        kernel::rows::among(ids.len())
    );
    // What came back is below zero; taken from what may come back it must count above it.
    Ok(cx.tx.query(&sql, &ids)?.iter().map(|r| (r.int(0), r.int(1))).collect())
}

fn move_in(source: &Delivery, back: &mut Delivery, on: Date, cx: &mut Context) -> Result<()> {
    let kinds = kinds_of(&back.lines, cx)?;
    let location = match back.location {
        Some(location) => location,
        None => default_location(cx)?,
    };
    let document = Origin::of(back);
    let mut moving = Vec::new();
    for line in back.lines.iter_mut().filter(|l| is_moved(l, &kinds)) {
        let coming = coming(source, line, &kinds, cx)?;
        if line.part_of.is_some() {
            line.cost = Money::sum(coming.iter().map(|part| part.value))?.negated()?;
        }
        line.lots = String::new();
        for part in coming {
            name_lot(line, &part.lot, part.quantity);
            moving.push(Moving {
                lot: part.lot,
                condition: Condition::Returned,
                value: Some(part.value),
                line: Some(Origin::new(DeliveryLine::NAME, line.id)),
                ..Moving::new(part.product, location, part.quantity)
            });
        }
    }
    let mut levels = Levels::lock(moving.iter().map(|m| m.product), warehouse_of(location, cx)?, cx)?;
    apply(&Paper { on, kind: MoveKind::Return, document }, &moving, &mut levels, cx)?;
    levels.write(cx)
}

/// What a line brings back: itself, lot by lot, or the parts of a kit.
fn coming(
    source: &Delivery,
    line: &DeliveryLine,
    kinds: &HashMap<i64, ProductKind>,
    cx: &mut Context,
) -> Result<Vec<Back>> {
    let (quantity, value) = (line.stock_quantity.negated()?, line.cost.negated()?);
    if let Some(kit) = line.part_of {
        let cost = source.lines.iter().find(|l| l.id == kit.id()).map_or(Money(0), |l| l.cost);
        return kit::left_of(kit, cx)?.part_back((line.product, quantity), cost);
    }
    let out = source.lines.iter().find(|l| line.returns.is_some_and(|r| r.id() == l.id));
    if let (Some(ProductKind::Kit), Some(out)) = (kinds.get(&line.product.id()), out) {
        whole(quantity, line.product, cx)?;
        return kit::back(out, line.quantity.negated()?, value, cx);
    }
    let lots = lots_back(line, quantity, cx)?;
    let weights: Vec<i64> = lots.iter().map(|(_, quantity)| quantity.0).collect();
    let parts = lots.into_iter().zip(allocate(value, &weights)?);
    Ok(parts.map(|((lot, quantity), value)| Back { product: line.product, lot, quantity, value }).collect())
}

/// The lots that a quantity comes back of: those that went by the line, less what came back of them before, the last
/// that went first.
fn lots_back(back: &DeliveryLine, quantity: Decimal6, cx: &mut Context) -> Result<Vec<(String, Decimal6)>> {
    let source = back.returns.map_or(0, Ref::id);
    let rows = cx.tx.query(
        "SELECT lot, CAST(SUM(-quantity) AS BIGINT) FROM stock_move
         WHERE (line_id = ? AND kind = 'delivery')
            OR (kind = 'return' AND line_id IN (SELECT id FROM delivery_line WHERE returns_id = ?))
         GROUP BY lot ORDER BY MAX(id) DESC",
        &[source.into(), source.into()],
    )?;
    let (mut left, mut parts) = (quantity, Vec::new());
    for row in &rows {
        let taken = left.min(Decimal6(row.int(1)));
        if taken.0 > 0 {
            left = left.minus(taken)?;
            parts.push((row.text(0).to_owned(), taken));
        }
    }
    if left.0 > 0 {
        parts.push((back.lot.clone(), left));
    }
    Ok(parts)
}

/// What was delivered for an order line and not invoiced gets another price; the difference is booked today.
/// `invoiced` says which delivery lines are on an invoice already.
///
/// # Errors
/// `ledger.locked`.
pub fn reprice(
    order_line: &Origin,
    unit_price: Decimal6,
    discount_percent: Decimal6,
    invoiced: &[i64],
    cx: &mut Context,
) -> Result<()> {
    let rows = cx.tx.query(
        "SELECT DISTINCT parent_id FROM delivery_line WHERE order_line_id = ?",
        &[order_line.id.into()],
    )?;
    for row in rows {
        let mut delivery = cx.hold::<Delivery>(row.int(0))?;
        let mut difference = Money(0);
        for line in &mut delivery.lines {
            if line.order_line.as_ref() != Some(order_line) || invoiced.contains(&line.id) {
                continue;
            }
            let magnitude = line_net(Decimal6(line.quantity.0.abs()), unit_price, discount_percent)?;
            let net = if line.quantity.0 < 0 { magnitude.negated()? } else { magnitude };
            difference = difference.plus(net.minus(line.net)?)?;
            (line.unit_price, line.discount_percent, line.net) = (unit_price, discount_percent, net);
        }
        if delivery.state == DeliveryState::Shipped {
            let text = delivery.number.clone().unwrap_or_default();
            let today = cx.today();
            let mut draft =
                Draft::new(today, EntryKind::Delivery, &text, Some(Origin::of::<Delivery>(&delivery)));
            let customer = Some(delivery.customer);
            draft.add(AccountRole::DeliveredNotInvoiced, difference, customer, None, cx)?;
            draft.add(AccountRole::Revenue, difference.negated()?, None, customer, cx)?;
            post(draft, cx)?;
        }
        cx.save(delivery)?;
    }
    Ok(())
}

/// What was delivered too much for an order is accepted: it may be invoiced. Answers order line and quantity.
///
/// # Errors
/// The database's.
pub fn accept_excess(order: &Origin, cx: &mut Context) -> Result<Vec<(i64, Decimal6)>> {
    let mut accepted = Vec::new();
    let rows = cx.tx.query(
        "SELECT DISTINCT d.id FROM delivery d JOIN delivery_line l ON l.parent_id = d.id
         WHERE d.order_id = ? AND d.state = 'shipped' AND l.excess = 1 ORDER BY d.id",
        &[order.id.into()],
    )?;
    for row in rows {
        let mut delivery = cx.hold::<Delivery>(row.int(0))?;
        let returned = returned_before(&delivery.lines, cx)?;
        for line in delivery.lines.iter_mut().filter(|l| l.excess) {
            let back = returned.iter().filter(|r| r.0 == line.id).map(|r| r.1).sum::<i64>();
            let kept = Decimal6(line.quantity.0 + back);
            if kept.0 > 0 {
                line.excess = false;
                accepted.push((line.order_line.as_ref().map_or(0, |o| o.id), kept));
            }
        }
        cx.save(delivery)?;
    }
    Ok(accepted)
}
