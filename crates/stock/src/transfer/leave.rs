//! Goods leave one warehouse for another.

use super::{TransferLine, TransferOrder};
use crate::level::Levels;
use crate::lot::{Lots, lot_fault};
use crate::movement::{Condition, MoveKind, Moving, Paper, apply};
use crate::{Location, peg};
use kernel::{Context, Input, Origin, Ref, Refusal, Result, refuse};
use numbers::{Date, Decimal6};
use serde_json::{Value as Json, json};

#[derive(Debug, Input)]
pub struct Ship {
    pub shipped_on: Option<Date>,
    /// Where they have lain; the first place where empty.
    pub location: Option<Ref<Location>>,
    /// What really goes; without lines, everything on the order.
    #[lines]
    pub lines: Vec<ShipLine>,
}

#[derive(Debug, Input)]
pub struct ShipLine {
    pub line: Ref<TransferLine>,
    #[field(quantity)]
    pub quantity: Decimal6,
}

impl TransferOrder {
    /// The goods leave; what was not sent is not expected any more.
    pub(crate) fn ship(&mut self, input: Ship, cx: &mut Context) -> Result<Json> {
        let on = input.shipped_on.unwrap_or_else(|| cx.today());
        if on > cx.today() {
            return Err(refuse("stock.in_future").field("shipped_on").into());
        }
        self.take_quantities(&input.lines)?;
        let from = Self::place(input.location, self.from_warehouse, cx)?;
        let to = Self::place(None, self.to_warehouse, cx)?;
        let leaving: Vec<_> =
            self.lines.iter().map(|l| (Some(Origin::of(l)), l.product, l.shipped)).collect();
        let less = self.lines.iter().any(|l| l.shipped < l.quantity);
        let ends = [self.from_warehouse, self.to_warehouse];
        let keys = leaving.iter().flat_map(|(_, product, _)| ends.map(|end| (*product, end)));
        let mut levels = Levels::lock_all(keys, cx)?;
        self.choose_lots((from, on), &levels, cx)?;
        peg::used(&mut levels, &leaving, cx)?;
        self.carry(on, from, to, &mut levels, cx)?;
        levels.write(cx)?;
        peg::release(&leaving.into_iter().filter_map(|(line, ..)| line).collect::<Vec<_>>(), cx)?;
        if less {
            peg::supply_lost(&[self.id], cx)?;
            self.expect(|line| Ok(line.shipped), cx)?;
        }
        for (product, shipped) in self.lines.iter().map(|l| (l.product, l.shipped)) {
            self.tell("stock.leaves", product, shipped, cx)?;
        }
        (self.shipped_on, self.arrives_at) = (Some(on), Some(to));
        self.arrives_on = self.arrives_on.map(|day| day.max(on));
        cx.emit("stock.TransferShipped", Origin::of(self), vec![])?;
        Ok(json!({"number": self.number, "lines": self.lines.len()}))
    }

    fn take_quantities(&mut self, given: &[ShipLine]) -> Result<()> {
        let mut faults = Vec::new();
        for (i, one) in given.iter().enumerate() {
            if !self.lines.iter().any(|l| l.id == one.line.id()) {
                faults.push(refuse("stock.not_on_paper").field(format!("lines/{i}/line_id")));
            }
            if one.quantity.0 < 0 || given.iter().take(i).any(|other| other.line == one.line) {
                faults.push(refuse("stock.quantity").field(format!("lines/{i}/quantity")));
            }
        }
        Refusal::all(std::mem::take(&mut faults))?;
        for line in &mut self.lines {
            let named = given.iter().find(|g| g.line.id() == line.id).map(|g| g.quantity);
            line.shipped = named.unwrap_or(if given.is_empty() { line.quantity } else { Decimal6::ZERO });
            if line.shipped > line.quantity {
                faults
                    .push(refuse("stock.more_than_ordered").field("quantity").arg("ordered", line.quantity));
            }
        }
        Refusal::all(faults)?;
        if self.lines.iter().all(|l| l.shipped.0 == 0) {
            return Err(refuse("stock.nothing_to_ship").field("lines").into());
        }
        Ok(())
    }

    /// A line whose lot nobody has named goes as the lots that expire first, each on a line of its own.
    fn choose_lots(
        &mut self,
        (from, on): (Ref<Location>, Date),
        levels: &Levels,
        cx: &mut Context,
    ) -> Result<()> {
        let (named, open): (Vec<_>, Vec<_>) =
            self.lines.iter().filter(|l| l.shipped.0 > 0).partition(|l| !l.lot.is_empty());
        let mut lots = Lots::read(open.into_iter().map(|l| l.product), (from, on), levels, cx)?;
        for line in named {
            Refusal::all(lot_fault(line.product, &line.lot, (on, "lot"), cx)?.into_iter().collect())?;
            lots.set_aside(line.product, &line.lot, line.shipped)?;
        }
        let mut more = Vec::new();
        for line in self.lines.iter_mut().filter(|l| l.lot.is_empty() && l.shipped.0 > 0) {
            let mut parts = lots.take(line.product, line.shipped)?.into_iter();
            let Some((lot, quantity)) = parts.next() else { continue };
            let whole = std::mem::replace(&mut line.shipped, quantity);
            line.lot = lot;
            let rest = whole.minus(quantity)?;
            line.quantity = line.quantity.minus(rest)?;
            for (lot, quantity) in parts {
                more.push(TransferLine {
                    id: cx.next_id()?,
                    lot,
                    quantity,
                    shipped: quantity,
                    ..line.clone()
                });
            }
        }
        self.lines.extend(more);
        for (line, position) in self.lines.iter_mut().zip(1..) {
            line.position = position;
        }
        Ok(())
    }

    /// Out of one pool and into the other, at the average of the one that they leave.
    fn carry(
        &self,
        on: Date,
        from: Ref<Location>,
        to: Ref<Location>,
        levels: &mut Levels,
        cx: &mut Context,
    ) -> Result<()> {
        let going: Vec<&TransferLine> = self.lines.iter().filter(|l| l.shipped.0 > 0).collect();
        let moving = |line: &TransferLine, location, condition, quantity| Moving {
            lot: line.lot.clone(),
            condition,
            line: Some(Origin::of(line)),
            ..Moving::new(line.product, location, quantity)
        };
        let mut out = Vec::with_capacity(going.len());
        for line in &going {
            out.push(moving(line, from, Condition::Good, line.shipped.negated()?));
        }
        let paper = Paper { on, kind: MoveKind::Transfer, document: Origin::of(self) };
        let left = apply(&paper, &out, levels, cx)?;
        let mut into = Vec::with_capacity(going.len());
        for (line, left) in going.into_iter().zip(left) {
            // What stayed behind where nothing is left goes with the last piece.
            let value = Some(left.value.minus(left.left_over)?.negated()?);
            into.push(Moving { value, ..moving(line, to, Condition::Transit, line.shipped) });
        }
        apply(&paper, &into, levels, cx).map(drop)
    }
}
