//! What becomes of goods that were rejected: back to the supplier, or written off. (What is made good again begins in
//! production.)

use super::Inspection;
use crate::level::Levels;
use crate::movement::{
    Condition, MoveKind, Moved, Moving, Paper, Place, apply, positive, post_difference, shift,
};
use crate::receipt::book;
use crate::{Location, Receipt, ReceiptKind, ReceiptLine, ReceiptState, peg, warehouse::warehouse_of};
use kernel::{Context, Error, Input, Origin, Ref, Result, refuse};
use ledger::{AccountRole, Draft, EntryKind, post};
use numbers::{Date, Decimal6, Factor, Money};
use serde_json::{Value as Json, json};

#[derive(Debug, Input)]
pub struct Scrap {
    /// All that was rejected and is still here where empty; where nothing was, all that waits.
    #[field(quantity)]
    pub quantity: Option<Decimal6>,
    /// Needed where it was not rejected before.
    pub reason: Option<String>,
}

impl Inspection {
    /// How much of what was rejected is meant. More than that is rejected now, for a reason. The caller adds it to what
    /// it has become.
    ///
    /// # Errors
    /// `stock.waits`, and `kernel.required` where a reason is wanted.
    pub fn settle(
        &mut self,
        given: Option<Decimal6>,
        reason: Option<String>,
        cx: &mut Context,
    ) -> Result<Decimal6> {
        let settled = Decimal6::sum([self.returned, self.reworked, self.scrapped])?;
        let here = self.rejected.minus(settled)?;
        let waits = self.quantity.minus(self.passed)?.minus(self.rejected)?;
        let quantity = given.unwrap_or(if here.0 > 0 { here } else { waits });
        if quantity.0 <= 0 || quantity > here.plus(waits)? {
            return Err(refuse("stock.waits").field("quantity").arg("waits", here.plus(waits)?).into());
        }
        let more = quantity.minus(here)?;
        if more.0 > 0 {
            self.turn_down(Some(more), reason.unwrap_or_default(), cx)?;
        }
        Ok(quantity)
    }
}

/// It is worth nothing any more.
pub(crate) fn scrap(inspection: &mut Inspection, input: Scrap, cx: &mut Context) -> Result<Json> {
    let quantity = inspection.settle(input.quantity, input.reason, cx)?;
    inspection.scrapped = inspection.scrapped.plus(quantity)?;
    let on = cx.today();
    let warehouse = warehouse_of(inspection.location, cx)?;
    let mut levels = Levels::lock([inspection.product], warehouse, cx)?;
    let moving = inspection.leaving(quantity, None)?;
    let paper = Paper { on, kind: MoveKind::Scrap, document: Origin::of(inspection) };
    let moved = apply(&paper, &[moving], &mut levels, cx)?;
    levels.write(cx)?;
    let mut draft = Draft::new(on, EntryKind::Stock, &inspection.reason, Some(Origin::of(inspection)));
    post_difference(&mut draft, &moved, cx)?;
    Ok(json!({"entry_id": post(draft, cx)?}))
}

impl Inspection {
    fn leaving(&self, quantity: Decimal6, value: Option<Money>) -> Result<Moving> {
        Ok(Moving {
            lot: self.lot.clone(),
            condition: Condition::Blocked,
            value,
            line: Some(Origin::of(self)),
            ..Moving::new(self.product, self.location, quantity.negated()?)
        })
    }
}

/// How rejected goods go back.
#[derive(Clone, Debug)]
pub struct Back {
    /// In the product's stock unit.
    pub quantity: Decimal6,
    pub on: Date,
    /// Scrapped here, and claimed all the same.
    pub is_claim: bool,
}

/// Rejected goods leave at the price at which they came, against *received, not invoiced*: what is not invoiced yet is
/// owed no more, what is invoiced is a claim there until the supplier's credit note is entered.
///
/// # Errors
/// `stock.in_future`, `stock.not_enough`, `ledger.locked`.
pub fn send_back(inspection: &Inspection, back: &Back, cx: &mut Context) -> Result<Receipt> {
    if back.on > cx.today() {
        return Err(refuse("stock.in_future").field("on").into());
    }
    let source = cx.read(inspection.receipt)?;
    let line = source.lines.iter().find(|l| Some(l.id) == inspection.receipt_line.map(Ref::id));
    let line = line.ok_or_else(|| Error::from(refuse("stock.not_on_paper").field("receipt_id")))?;
    let key = (line.product, warehouse_of(inspection.location, cx)?);
    let mut levels = Levels::lock_all([key], cx)?;
    let own = share(line, back.quantity, cx)?;
    // Taken out at its own price, it must leave the rest of the pool no less than nothing.
    let value = own.value.max(levels.of(key)?.value.negated()?).min(Money(0));
    let kind = if back.is_claim { ReceiptKind::Claim } else { ReceiptKind::Return };
    let mut paper = Receipt {
        id: cx.next_id()?,
        number: None,
        kind,
        state: ReceiptState::Received,
        received_on: back.on,
        supplier_note: inspection.reason.clone(),
        location: inspection.location,
        lines: vec![ReceiptLine { value, ..own }],
        ..source.clone()
    };
    let document = Origin::of(&paper);
    let kind = if back.is_claim { MoveKind::Scrap } else { MoveKind::SentBack };
    let of_line = paper.lines.first().map(Origin::of);
    let moving = Moving { line: of_line, ..inspection.leaving(back.quantity, Some(value))? };
    let moved = apply(&Paper { on: back.on, kind, document: document.clone() }, &[moving], &mut levels, cx)?;
    levels.write(cx)?;
    if let (Some(line), Some(moved)) = (paper.lines.first_mut(), moved.first()) {
        line.stock_move = Some(Ref::new(moved.id));
    }
    cx.insert(&mut paper)?;
    book(&paper, back.on, false, cx)?;
    left_over(&moved, back.on, &document, cx)?;
    let about = paper.order.clone().into_iter().chain([Origin::of(&source)]).collect();
    cx.emit("stock.SentBack", document, about)?;
    Ok(paper)
}

/// Where nothing is left of the product, the value that stayed behind is a difference of prices.
fn left_over(moved: &[Moved], on: Date, document: &Origin, cx: &mut Context) -> Result<()> {
    let mut draft = Draft::new(on, EntryKind::Stock, "", Some(document.clone()));
    for left_over in moved.iter().map(|m| m.left_over) {
        draft.add(AccountRole::PriceDifference, left_over, None, None, cx)?;
        draft.add(AccountRole::Stock, left_over.negated()?, None, None, cx)?;
    }
    post(draft, cx).map(|_| ())
}

/// The part of a received line that goes back, below zero; the last piece takes what the others have left.
fn share(line: &ReceiptLine, quantity: Decimal6, cx: &mut Context) -> Result<ReceiptLine> {
    let before = cx.tx.first(
        "SELECT CAST(COALESCE(SUM(stock_quantity), 0) AS BIGINT), CAST(COALESCE(SUM(quantity), 0) AS BIGINT),
                CAST(COALESCE(SUM(net), 0) AS BIGINT) FROM receipt_line WHERE returns_id = ?",
        &[line.id.into()],
    )?;
    let before = before.map_or([0; 3], |r| [r.int(0), r.int(1), r.int(2)]);
    // What went back before is below zero.
    let left = line.stock_quantity.plus(Decimal6(before[0]))?;
    let of = Factor::new(quantity.0, left.0)?;
    let part = |whole: i64, before: i64| Ok::<_, Error>(of.apply(Decimal6(whole + before), 6)?.0);
    let part_of =
        |amount: Money, before: Money| Ok::<_, Error>(of.apply(amount.plus(before)?.to_decimal()?, 2)?);
    let net = Money::from_decimal(part_of(line.net, Money(before[2]))?)?;
    let value = Factor::new(quantity.0, line.stock_quantity.0)?.apply(line.value.to_decimal()?, 2)?;
    Ok(ReceiptLine {
        id: cx.next_id()?,
        quantity: Decimal6(part(line.quantity.0, before[1])?).negated()?,
        stock_quantity: quantity.negated()?,
        net: net.negated()?,
        value: Money::from_decimal(value)?.negated()?,
        blocked: true,
        returns: Some(Ref::new(line.id)),
        stock_move: None,
        ..line.clone()
    })
}

#[derive(Debug, Input)]
pub struct HoldGoods {
    pub line: Ref<ReceiptLine>,
    /// In the product's stock unit.
    #[field(quantity)]
    pub quantity: Decimal6,
    pub reason: String,
    /// Where they lie; where they arrived where empty.
    pub location: Option<Ref<Location>>,
}

/// Goods that came turn out to be bad: they are on hold from now on, and whoever counted on them is told.
pub(crate) fn hold(receipt: &mut Receipt, input: HoldGoods, cx: &mut Context) -> Result<Json> {
    positive(input.quantity)?;
    if input.reason.trim().is_empty() {
        return Err(refuse("kernel.required").field("reason").into());
    }
    let line = receipt.lines.iter().find(|l| l.id == input.line.id() && l.stock_move.is_some());
    let line = line.filter(|_| receipt.kind == ReceiptKind::Receipt);
    let line = line.ok_or_else(|| Error::from(refuse("stock.not_on_paper").field("line_id")))?;
    let held = cx.tx.first(
        "SELECT CAST(COALESCE(SUM(quantity - passed), 0) AS BIGINT) FROM inspection WHERE receipt_line_id = ?",
        &[line.id.into()],
    )?;
    let left = line.stock_quantity.minus(Decimal6(held.map_or(0, |r| r.int(0))))?;
    if input.quantity > left {
        return Err(refuse("stock.came_fewer").field("quantity").arg("left", left).into());
    }
    let location = input.location.unwrap_or(receipt.location);
    let mut inspection = Inspection {
        id: cx.next_id()?,
        location,
        quantity: input.quantity,
        reason: input.reason,
        ..Inspection::waiting(receipt, line)
    };
    let key = (line.product, warehouse_of(location, cx)?);
    let mut levels = Levels::lock_all([key], cx)?;
    let place = |condition| Place { location, condition };
    let goods = (line.product, line.lot.as_str(), input.quantity);
    let from = (place(Condition::Good), place(Condition::Blocked));
    shift(goods, from.0, from.1, (cx.today(), Origin::of(&inspection)), &mut levels, cx)?;
    peg::free_least_urgent(&mut levels, key, cx)?;
    levels.write(cx)?;
    cx.insert(&mut inspection)?;
    Ok(json!({"inspection_id": inspection.id}))
}
