//! Goods arrive from another warehouse, all of them or not.

use super::{TransferLine, TransferOrder, TransferState};
use crate::level::Levels;
use crate::movement::{Condition, MoveKind, Moving, Paper, Place, apply, halves, post_difference};
use crate::{Location, peg};
use kernel::{Context, Error, Input, Origin, Ref, Refusal, Result, refuse};
use ledger::{Draft, EntryKind, post};
use numbers::{Date, Decimal6};
use serde_json::{Value as Json, json};

#[derive(Debug, Input)]
pub struct Receive {
    pub received_on: Option<Date>,
    /// Where they are put; the first place where empty.
    pub location: Option<Ref<Location>>,
    /// Why something did not come.
    pub reason: Option<String>,
    /// What has come; without lines, everything that is on its way.
    #[lines]
    pub lines: Vec<ReceiveLine>,
}

#[derive(Debug, Input)]
pub struct ReceiveLine {
    pub line: Ref<TransferLine>,
    #[field(quantity)]
    pub quantity: Decimal6,
    /// What did not come and will not; the rest stays on its way.
    #[field(quantity)]
    pub lost: Option<Decimal6>,
}

/// What has become of a line: its place among the lines, what came and what was lost.
type Part = (usize, Decimal6, Decimal6);

impl TransferOrder {
    /// The goods are there: who waits for them holds them. What was lost is a loss of the stock, with its reason.
    pub(crate) fn receive(&mut self, input: Receive, cx: &mut Context) -> Result<Json> {
        let on = input.received_on.unwrap_or_else(|| cx.today());
        if on > cx.today() {
            return Err(refuse("stock.in_future").field("received_on").into());
        }
        let reason = input.reason.map(|r| r.trim().to_owned()).unwrap_or_default();
        let parts = self.parts(&input.lines, &reason)?;
        let to = Self::place(input.location, self.to_warehouse, cx)?;
        let products = parts.iter().filter_map(|(at, ..)| self.lines.get(*at)).map(|l| l.product);
        let mut levels = Levels::lock(products.collect::<Vec<_>>(), self.to_warehouse, cx)?;
        let entry = self.put(&parts, &reason, (on, to), &mut levels, cx)?;
        let mut about = Vec::new();
        for (at, came, _) in &parts {
            let Some(line) = self.lines.get(*at).filter(|_| came.0 > 0) else { continue };
            let key = (line.product, self.to_warehouse);
            about.extend(peg::arrived(&mut levels, key, Some(&Origin::of(self)), *came, cx)?);
        }
        levels.write(cx)?;
        let mut lost_any = false;
        for (at, came, lost) in parts {
            if let Some(product) = self.lines.get(at).map(|line| line.product) {
                self.tell("stock.arrives", product, came, cx)?;
                self.tell("stock.is_lost", product, lost, cx)?;
            }
            let Some(line) = self.lines.get_mut(at) else { continue };
            line.received = line.received.plus(came)?;
            line.lost = line.lost.plus(lost)?;
            if lost.0 > 0 {
                lost_any = true;
                line.reason.clone_from(&reason);
            }
        }
        if lost_any {
            peg::supply_lost(&[self.id], cx)?;
            self.expect(TransferLine::under_way, cx)?;
        }
        let mut open = Decimal6::ZERO;
        for line in &self.lines {
            open = open.plus(line.under_way()?)?;
        }
        if open.0 == 0 {
            (self.state, self.received_on) = (TransferState::Received, Some(on));
        }
        about.sort();
        about.dedup();
        cx.emit("stock.TransferReceived", Origin::of(self), about)?;
        Ok(json!({"entry_id": entry, "received": open.0 == 0}))
    }

    /// What was said of each line, with every fault.
    fn parts(&self, given: &[ReceiveLine], reason: &str) -> Result<Vec<Part>> {
        let mut parts = Vec::new();
        if given.is_empty() {
            for (at, line) in self.lines.iter().enumerate() {
                let open = line.under_way()?;
                if open.0 > 0 {
                    parts.push((at, open, Decimal6::ZERO));
                }
            }
            return Ok(parts);
        }
        let mut faults = Vec::new();
        for (i, one) in given.iter().enumerate() {
            let field = |name: &str| format!("lines/{i}/{name}");
            let Some(at) = self.lines.iter().position(|l| l.id == one.line.id()) else {
                faults.push(refuse("stock.not_on_paper").field(field("line_id")));
                continue;
            };
            let lost = one.lost.unwrap_or_default();
            let open = self.lines.get(at).map(TransferLine::under_way).transpose()?.unwrap_or_default();
            if one.quantity.0 < 0 || lost.0 < 0 || parts.iter().any(|(known, ..)| *known == at) {
                faults.push(refuse("stock.quantity").field(field("quantity")));
            } else if one.quantity.plus(lost)? > open {
                faults.push(refuse("stock.more_than_under_way").field(field("quantity")).arg("open", open));
            }
            if lost.0 > 0 && reason.is_empty() {
                faults.push(refuse("kernel.required").field("reason"));
            }
            parts.push((at, one.quantity, lost));
        }
        Refusal::all(faults)?;
        parts.retain(|(_, came, lost)| came.0 > 0 || lost.0 > 0);
        if parts.is_empty() {
            return Err(refuse("stock.nothing_to_receive").field("lines").into());
        }
        Ok(parts)
    }

    /// What came is good from now on, at what it is worth; what was lost leaves the stock at its average.
    fn put(
        &self,
        parts: &[Part],
        reason: &str,
        (on, to): (Date, Ref<Location>),
        levels: &mut Levels,
        cx: &mut Context,
    ) -> Result<Option<i64>> {
        let under_way = self.arrives_at.ok_or_else(|| Error::corrupt("a transfer has left for no place"))?;
        let from = Place { location: under_way, condition: Condition::Transit };
        let to = Place { location: to, condition: Condition::Good };
        let (mut came, mut gone) = (Vec::new(), Vec::new());
        for (at, quantity, lost) in parts {
            let Some(line) = self.lines.get(*at) else { continue };
            let own = Some(Origin::of(line));
            if quantity.0 > 0 {
                let both = halves((line.product, &line.lot, *quantity), from, to, levels, cx)?;
                came.extend(both.map(|half| Moving { line: own.clone(), ..half }));
            }
            if lost.0 > 0 {
                gone.push(Moving {
                    lot: line.lot.clone(),
                    condition: Condition::Transit,
                    line: own,
                    ..Moving::new(line.product, under_way, lost.negated()?)
                });
            }
        }
        let document = Origin::of(self);
        let paper = |kind| Paper { on, kind, document: document.clone() };
        if !came.is_empty() {
            apply(&paper(MoveKind::Transfer), &came, levels, cx)?;
        }
        if gone.is_empty() {
            return Ok(None);
        }
        let moved = apply(&paper(MoveKind::Scrap), &gone, levels, cx)?;
        let mut draft = Draft::new(on, EntryKind::Stock, reason, Some(document.clone()));
        post_difference(&mut draft, &moved, cx)?;
        post(draft, cx)
    }
}
