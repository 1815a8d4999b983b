//! The goods leave.

use super::{Delivery, DeliveryLine, DeliveryState, Direction, Plan};
use crate::kit::{Part, is_moved, parts_of};
use crate::level::Levels;
use crate::lot::{Lots, lot_fault};
use crate::movement::{Condition, MoveKind, Moving, Paper, apply};
use crate::{Location, first_location, peg, warehouse::warehouse_of};
use catalog::{Product, ProductKind};
use kernel::{Context, Error, Input, Origin, Ref, Refusal, Result, Value, refuse};
use ledger::{AccountRole, Draft, EntryKind, post};
use numbers::{Date, Decimal6, Factor, Money};
use serde_json::{Value as Json, json};
use std::collections::{HashMap, VecDeque};

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
    /// What expires first where empty; a line may be named once for each lot.
    pub lot: Option<String>,
}

impl Delivery {
    /// The goods leave: stock, cost and revenue are booked; what was not sent stays open on the order.
    pub(crate) fn ship(&mut self, input: Ship, cx: &mut Context) -> Result<Json> {
        let on = day(input.shipped_on, cx)?;
        take_quantities(&mut self.lines, &input.lines)?;
        let chosen = chosen(&self.lines, &input.lines, on, cx)?;
        self.lines.retain(|l| l.quantity.0 != 0);
        if self.lines.is_empty() {
            return Err(refuse("stock.nothing_to_ship").field("lines").into());
        }
        leave(self, on, chosen, cx)?;
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
    let on = day(on, cx)?;
    leave(&mut delivery, on, HashMap::new(), cx)?;
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
        let quantity = Decimal6::sum(given.iter().filter(|g| g.line.id() == line.id).map(|g| g.quantity))?;
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

/// Lots that somebody has chosen, with their quantities in stock units, by line.
type Chosen = HashMap<i64, VecDeque<(String, Decimal6)>>;

fn chosen(lines: &[DeliveryLine], given: &[ShipLine], on: Date, cx: &mut Context) -> Result<Chosen> {
    let (mut chosen, mut faults) = (Chosen::new(), Vec::new());
    for (i, one) in given.iter().enumerate() {
        let Some(lot) = one.lot.as_ref().map(|l| l.trim()).filter(|l| !l.is_empty()) else { continue };
        let Some(line) = lines.iter().find(|l| l.id == one.line.id()) else { continue };
        faults.extend(lot_fault(line.product, lot, (on, &format!("lines/{i}/lot")), cx)?);
        let quantity = in_proportion(line, one.quantity)?;
        chosen.entry(line.id).or_default().push_back((lot.to_owned(), quantity));
    }
    for (i, line) in lines.iter().enumerate() {
        // What was written on the paper holds where nothing else is said now.
        if line.lot.is_empty() || chosen.contains_key(&line.id) || line.condition != Condition::Good {
            continue;
        }
        faults.extend(lot_fault(line.product, &line.lot, (on, &format!("lines/{i}/lot")), cx)?);
        chosen.entry(line.id).or_default().push_back((line.lot.clone(), line.stock_quantity));
    }
    Refusal::all(faults)?;
    Ok(chosen)
}

fn day(on: Option<Date>, cx: &Context) -> Result<Date> {
    let on = on.unwrap_or_else(|| cx.today());
    if on > cx.today() {
        return Err(refuse("stock.in_future").field("shipped_on").into());
    }
    Ok(on)
}

fn leave(delivery: &mut Delivery, on: Date, mut chosen: Chosen, cx: &mut Context) -> Result<()> {
    delivery.shipped_on = Some(on);
    let split = split_excess(delivery, cx)?;
    let kinds = kinds_of(&delivery.lines, cx)?;
    let goods = |l: &DeliveryLine| is_moved(l, &kinds);
    let document = Origin::of(delivery);
    let location = match delivery.location {
        Some(location) => location,
        None => first_location(None, cx)?,
    };
    let mut leaving: Vec<&mut DeliveryLine> = delivery.lines.iter_mut().filter(|l| goods(l)).collect();
    // A kit leaves as its parts, all of them: only whole kits do, so its revenue is that of what is delivered and there is
    // nothing of the price to allocate to a part (IFRS 15.22: one performance obligation).
    let parts = parts_of(leaving.iter().map(|l| &**l), &kinds, cx)?;
    let mut levels = Levels::lock(parts.iter().map(|p| p.product), warehouse_of(location, cx)?, cx)?;
    let used: Vec<_> = parts.iter().map(|p| (p.order_line.clone(), p.product, p.quantity)).collect();
    peg::used(&mut levels, &used, cx)?;
    let (moving, of) = by_lot(&parts, &split, &mut chosen, (location, on), &levels, cx)?;
    let moved =
        apply(&Paper { on, kind: MoveKind::Delivery, document: document.clone() }, &moving, &mut levels, cx)?;
    levels.write(cx)?;
    for line in &mut leaving {
        (line.cost, line.lots) = (Money(0), String::new());
    }
    let mut leaving: HashMap<i64, &mut DeliveryLine> = leaving.into_iter().map(|l| (l.id, l)).collect();
    for ((moved, going), line) in moved.iter().zip(&moving).zip(of) {
        let Some(line) = leaving.get_mut(&line) else { continue };
        // What stayed behind where nothing is left goes with the last piece.
        line.cost = line.cost.plus(moved.value.minus(moved.left_over)?.negated()?)?;
        name_lot(line, &going.lot, going.quantity.negated()?);
    }
    book(delivery, on, cx)?;
    cx.emit("stock.Shipped", document, delivery.order.clone().into_iter().collect())
}

/// What moves lot by lot, and of which line each move is. What was split off a line goes on with the line's own lots.
fn by_lot(
    leaving: &[Part],
    split: &HashMap<i64, i64>,
    chosen: &mut Chosen,
    (location, on): (Ref<Location>, Date),
    levels: &Levels,
    cx: &mut Context,
) -> Result<(Vec<Moving>, Vec<i64>)> {
    let (mut moving, mut of) = (Vec::with_capacity(leaving.len()), Vec::with_capacity(leaving.len()));
    let mut lots = Lots::read(leaving.iter().map(|l| l.product), (location, on), levels, cx)?;
    // A lot is one of a product: the parts of a kit have their own.
    for part in leaving.iter().filter(|part| !part.of_kit) {
        for (lot, quantity) in chosen.get(&part.line.id).into_iter().flatten() {
            lots.set_aside(part.product, lot, *quantity)?;
        }
    }
    for part in leaving {
        let mut parts = Vec::new();
        let mut left = part.quantity;
        if part.condition != Condition::Good {
            parts.push((part.lot.clone(), left));
            left = Decimal6(0);
        }
        let own = chosen.get_mut(split.get(&part.line.id).unwrap_or(&part.line.id));
        if let Some(own) = own.filter(|_| !part.of_kit) {
            while let Some((lot, there)) = own.front_mut().filter(|_| left.0 > 0) {
                let taken = left.min(*there);
                (left, *there) = (left.minus(taken)?, there.minus(taken)?);
                parts.push((lot.clone(), taken));
                if there.0 == 0 {
                    own.pop_front();
                }
            }
        }
        if left.0 > 0 {
            parts.extend(lots.take(part.product, left)?);
        }
        for (lot, quantity) in parts {
            moving.push(Moving {
                lot,
                condition: part.condition,
                line: Some(part.line.clone()),
                ..Moving::new(part.product, location, quantity.negated()?)
            });
            of.push(part.line.id);
        }
    }
    Ok((moving, of))
}

/// Adds a lot to those that the line names on its paper.
pub(super) fn name_lot(line: &mut DeliveryLine, lot: &str, quantity: Decimal6) {
    if lot.is_empty() {
        return;
    }
    let before = if line.lots.is_empty() { "" } else { ", " };
    line.lots.push_str(&format!("{before}{lot} × {quantity}"));
}

/// More than the order wants goes on a line of its own, which is not invoiced until somebody accepts it. Answers each
/// such line with the one that it was split off.
fn split_excess(delivery: &mut Delivery, cx: &mut Context) -> Result<HashMap<i64, i64>> {
    let (mut excess, mut split) = (Vec::new(), HashMap::new());
    for line in delivery.lines.iter_mut().filter(|l| l.order_line.is_some() && l.quantity > l.wanted) {
        let more = line.quantity.minus(line.wanted)?;
        let stock_quantity = in_proportion(line, more)?;
        line.stock_quantity = line.stock_quantity.minus(stock_quantity)?;
        line.quantity = line.wanted;
        line.net = numbers::line_net(line.quantity, line.unit_price, line.discount_percent)?;
        let net = numbers::line_net(more, line.unit_price, line.discount_percent)?;
        let id = cx.next_id()?;
        split.insert(id, line.id);
        excess.push(DeliveryLine { id, quantity: more, stock_quantity, net, excess: true, ..line.clone() });
    }
    delivery.lines.extend(excess);
    delivery.lines.retain(|l| l.quantity.0 != 0);
    Ok(split)
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
