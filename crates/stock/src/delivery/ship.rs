//! The goods leave.

use super::{Delivery, DeliveryLine, DeliveryState, Direction, Plan};
use crate::kit::{is_moved, parts_of};
use crate::level::Levels;
use crate::movement::{MoveKind, Moving, Paper, apply};
use crate::{default_location, peg};
use catalog::{Product, ProductKind};
use kernel::{Context, Error, Input, Origin, Ref, Refusal, Result, Value, refuse};
use ledger::{AccountRole, Draft, EntryKind, post};
use numbers::{Date, Decimal6, Factor, Money};
use serde_json::{Value as Json, json};
use std::collections::HashMap;

#[derive(Debug, Input)]
pub struct Ship {
    pub shipped_on: Option<Date>,
    /// What really goes; without lines, everything on the paper.
    #[lines]
    pub lines: Vec<ShipLine>,
}

#[derive(Debug, Input)]
pub struct ShipLine {
    pub line: Ref<DeliveryLine>,
    #[field(quantity)]
    pub quantity: Decimal6,
}

impl Delivery {
    /// The goods leave: stock, cost and revenue are booked; what was not sent stays open on the order.
    pub(crate) fn ship(&mut self, input: Ship, cx: &mut Context) -> Result<Json> {
        take_quantities(&mut self.lines, &input.lines)?;
        self.lines.retain(|l| l.quantity.0 != 0);
        if self.lines.is_empty() {
            return Err(refuse("stock.nothing_to_ship").field("lines").into());
        }
        leave(self, input.shipped_on, cx)?;
        Ok(json!({"number": self.number, "lines": self.lines.len()}))
    }
}

/// Ships without a draft before it: over the counter, or a service by its signed act.
///
/// # Errors
/// What shipping refuses.
pub fn ship_now(plan: Plan, direction: Direction, on: Option<Date>, cx: &mut Context) -> Result<i64> {
    let mut delivery = plan.paper(direction, cx)?;
    delivery.state = DeliveryState::Shipped;
    for line in &mut delivery.lines {
        line.id = cx.next_id()?;
    }
    delivery.id = cx.next_id()?;
    leave(&mut delivery, on, cx)?;
    cx.insert(&mut delivery)?;
    Ok(delivery.id)
}

fn take_quantities(lines: &mut [DeliveryLine], given: &[ShipLine]) -> Result<()> {
    if given.is_empty() {
        return Ok(());
    }
    let mut faults = Vec::new();
    for (i, one) in given.iter().enumerate() {
        if !lines.iter().any(|l| l.id == one.line.id()) {
            faults.push(refuse("stock.not_on_paper").field(format!("lines/{i}/line_id")));
        }
        if one.quantity.0 < 0 {
            faults.push(refuse("stock.quantity").field(format!("lines/{i}/quantity")));
        }
    }
    Refusal::all(faults)?;
    for line in lines {
        let quantity = given.iter().find(|g| g.line.id() == line.id).map_or(Decimal6(0), |g| g.quantity);
        if quantity != line.quantity {
            line.stock_quantity = in_proportion(line, quantity)?;
            line.quantity = quantity;
            line.net = numbers::line_net(quantity, line.unit_price, line.discount_percent)?;
        }
    }
    Ok(())
}

/// The stock quantity that goes with another quantity of the same line.
pub(super) fn in_proportion(line: &DeliveryLine, quantity: Decimal6) -> Result<Decimal6> {
    if line.quantity == line.stock_quantity || line.quantity.0 == 0 {
        return Ok(quantity);
    }
    Ok(Factor::new(line.stock_quantity.0, line.quantity.0)?.apply(quantity, 6)?)
}

fn leave(delivery: &mut Delivery, on: Option<Date>, cx: &mut Context) -> Result<()> {
    let on = on.unwrap_or_else(|| cx.today());
    if on > cx.today() {
        return Err(refuse("stock.in_future").field("shipped_on").into());
    }
    delivery.shipped_on = Some(on);
    split_excess(delivery, cx)?;
    let kinds = kinds_of(&delivery.lines, cx)?;
    let goods = |l: &DeliveryLine| is_moved(l, &kinds);
    let document = Origin::of(delivery);
    let location = match delivery.location {
        Some(location) => location,
        None => default_location(cx)?,
    };
    let leaving: Vec<&mut DeliveryLine> = delivery.lines.iter_mut().filter(|l| goods(l)).collect();
    // A kit leaves as its parts, all of them: only whole kits do, so its revenue is that of what is delivered and there is
    // nothing of the price to allocate to a part (IFRS 15.22: one performance obligation).
    let parts = parts_of(leaving.iter().map(|l| &**l), &kinds, cx)?;
    let mut levels = Levels::lock(parts.iter().map(|p| p.product), cx)?;
    let used: Vec<_> = parts.iter().map(|p| (p.order_line.clone(), p.product, p.quantity)).collect();
    peg::used(&mut levels, &used, cx)?;
    let moving = parts
        .iter()
        .map(|p| {
            Ok(Moving {
                lot: p.lot.clone(),
                condition: p.condition,
                line: Some(p.line.clone()),
                ..Moving::new(p.product, location, p.quantity.negated()?)
            })
        })
        .collect::<Result<Vec<_>>>()?;
    let moved =
        apply(&Paper { on, kind: MoveKind::Delivery, document: document.clone() }, &moving, &mut levels, cx)?;
    levels.write(cx)?;
    let mut costs: HashMap<i64, Money> = HashMap::new();
    for (part, moved) in parts.iter().zip(&moved) {
        // What stayed behind where nothing is left goes with the last piece.
        let cost = costs.entry(part.line.id).or_default();
        *cost = cost.minus(moved.value.minus(moved.left_over)?)?;
    }
    for line in leaving {
        line.cost = costs.get(&line.id).copied().unwrap_or_default();
    }
    book(delivery, on, cx)?;
    cx.emit("stock.Shipped", document, delivery.order.clone().into_iter().collect())
}

/// More than the order wants goes on a line of its own, which is not invoiced until somebody accepts it.
fn split_excess(delivery: &mut Delivery, cx: &mut Context) -> Result<()> {
    let mut excess = Vec::new();
    for line in delivery.lines.iter_mut().filter(|l| l.order_line.is_some() && l.quantity > l.wanted) {
        let more = line.quantity.minus(line.wanted)?;
        let stock_quantity = in_proportion(line, more)?;
        line.stock_quantity = line.stock_quantity.minus(stock_quantity)?;
        line.quantity = line.wanted;
        line.net = numbers::line_net(line.quantity, line.unit_price, line.discount_percent)?;
        let net = numbers::line_net(more, line.unit_price, line.discount_percent)?;
        excess.push(DeliveryLine {
            id: cx.next_id()?,
            quantity: more,
            stock_quantity,
            net,
            excess: true,
            ..line.clone()
        });
    }
    delivery.lines.extend(excess);
    delivery.lines.retain(|l| l.quantity.0 != 0);
    Ok(())
}

/// Revenue against *delivered, not invoiced*, and the goods' cost, the same day.
pub(super) fn book(delivery: &Delivery, on: Date, cx: &mut Context) -> Result<()> {
    let text = delivery.number.clone().unwrap_or_default();
    let mut draft = Draft::new(on, EntryKind::Delivery, &text, Some(Origin::of(delivery)));
    let customer = Some(delivery.customer);
    for line in &delivery.lines {
        draft.add(AccountRole::DeliveredNotInvoiced, line.net, customer, None, cx)?;
        draft.add(AccountRole::Revenue, line.net.negated()?, None, customer, cx)?;
        draft.add(AccountRole::CostOfGoods, line.cost, None, customer, cx)?;
        draft.add(AccountRole::Stock, line.cost.negated()?, None, None, cx)?;
    }
    post(draft, cx).map(|_| ())
}

pub(super) fn kinds_of(lines: &[DeliveryLine], cx: &mut Context) -> Result<HashMap<i64, ProductKind>> {
    let mut products: Vec<Value> = lines.iter().map(|l| l.product.into()).collect();
    products.sort();
    products.dedup();
    let mut kinds = HashMap::new();
    for chunk in products.chunks(500) {
        let sql = format!("SELECT id, kind FROM product WHERE id {}", kernel::rows::among(chunk.len()));
        for row in cx.tx.query(&sql, chunk)? {
            let kind = kernel::Choice::of(row.text(1))
                .ok_or_else(|| Error::corrupt("an unknown kind of product"))?;
            kinds.insert(row.int(0), kind);
        }
    }
    Ok(kinds)
}

/// The product of a line, for its name in a refusal.
pub(super) fn product_name(product: Ref<Product>, cx: &mut Context) -> String {
    cx.read(product).map(|p| p.name).unwrap_or_default()
}
