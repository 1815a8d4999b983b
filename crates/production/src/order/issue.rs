//! Material goes into the work.

use super::{WorkOrder, WorkOrderLine, WorkOrderState};
use catalog::Product;
use kernel::{Context, Input, Origin, Ref, Refusal, Result, refuse};
use ledger::{Draft, post};
use numbers::{Date, Decimal6, Factor, Money};
use serde_json::{Value as Json, json};
use stock::{Condition, Issuing, default_location, lot_fault};

#[derive(Debug, Input)]
pub struct Issue {
    /// Today where empty.
    pub on: Option<Date>,
    /// Needed where more or less is used than planned.
    pub reason: Option<String>,
    /// What really goes; without lines, all that is still required.
    #[lines]
    pub lines: Vec<IssueLine>,
}

#[derive(Debug, Input)]
pub struct IssueLine {
    pub line: Ref<WorkOrderLine>,
    /// The substitute that goes in the place of the component, which the bill names; the component where empty.
    pub product: Option<Ref<Product>>,
    /// Below zero for what comes back.
    #[field(quantity)]
    pub quantity: Decimal6,
    /// What expires first where empty.
    pub lot: Option<String>,
    /// No more of it will be used.
    pub is_all: Option<bool>,
}

/// So much of a line goes.
pub(super) struct Going {
    pub line: i64,
    pub quantity: Decimal6,
    pub lot: Option<String>,
}

impl WorkOrder {
    /// Goods leave stock at average cost into the work.
    pub(crate) fn issue(&mut self, mut input: Issue, cx: &mut Context) -> Result<Json> {
        let on = input.on.unwrap_or_else(|| cx.today());
        let replaced = self.substitute(&mut input.lines, cx)?;
        let reason = input.reason.filter(|r| !r.trim().is_empty());
        let going = if input.lines.is_empty() {
            let open = self.all_open()?;
            self.take_substitutes(open, cx)?
        } else {
            self.usable(&input.lines, on, cx)?;
            self.given(&input.lines, reason.as_deref())?
        };
        if going.is_empty() && !input.lines.iter().any(|l| l.is_all == Some(true)) {
            return Err(refuse("production.nothing_to_issue").field("lines").into());
        }
        let mut draft = self.draft(on, reason.as_deref());
        self.consume(&going, on, &mut draft, cx)?;
        for given in input.lines.iter().filter(|l| l.is_all == Some(true)) {
            if let Some(line) = self.components.iter_mut().find(|l| l.id == given.line.id()) {
                line.settled = line.issued < line.quantity;
            }
        }
        if let Some(reason) = reason {
            for line in self.components.iter_mut().filter(|l| input.lines.iter().any(|g| g.line.id() == l.id))
            {
                line.reason.clone_from(&reason);
            }
        }
        let by_potency = |g: &Going| self.components.iter().any(|l| l.id == g.line && l.by_potency);
        let changed = replaced
            || going.iter().any(by_potency)
            || input.lines.iter().any(|l| l.is_all == Some(true) || l.quantity.0 < 0);
        if changed && self.state != WorkOrderState::Completed {
            stock::reserve(&self.demands(cx)?, false, cx)?;
        }
        let entry = post(draft, cx)?;
        Ok(json!({"entry_id": entry, "lines": going.len()}))
    }

    /// A lot that somebody has chosen may be used on that day.
    fn usable(&self, lines: &[IssueLine], on: Date, cx: &mut Context) -> Result<()> {
        let mut faults = Vec::new();
        for (i, given) in lines.iter().enumerate().filter(|(_, g)| g.quantity.0 > 0) {
            let line = self.components.iter().find(|l| l.id == given.line.id());
            if let (Some(line), Some(lot)) = (line, &given.lot) {
                faults.extend(lot_fault(line.product, lot, (on, &format!("lines/{i}/lot")), cx)?);
            }
        }
        Refusal::all(faults)
    }

    pub(super) fn all_open(&self) -> Result<Vec<Going>> {
        let mut going = Vec::new();
        for line in &self.components {
            let open = line.open()?;
            if open.0 > 0 {
                going.push(Going { line: line.id, quantity: open, lot: None });
            }
        }
        Ok(going)
    }

    /// What was asked for by line, with every fault.
    fn given(&self, lines: &[IssueLine], reason: Option<&str>) -> Result<Vec<Going>> {
        let (mut going, mut faults) = (Vec::new(), Vec::new());
        for (i, given) in lines.iter().enumerate() {
            let at = |name: &str| format!("lines/{i}/{name}");
            let Some(line) = self.components.iter().find(|l| l.id == given.line.id()) else {
                faults.push(refuse("production.no_line").field(at("line_id")));
                continue;
            };
            if going.iter().any(|g: &Going| g.line == line.id) {
                faults.push(refuse("production.line_twice").field(at("line_id")));
            }
            let after = line.issued.plus(given.quantity)?;
            if after.0 < 0 {
                faults.push(
                    refuse("production.more_than_issued").field(at("quantity")).arg("issued", line.issued),
                );
            }
            let over = given.quantity.0 > 0 && after > line.quantity;
            let under = given.is_all == Some(true) && after < line.quantity;
            if (over || under) && reason.is_none() {
                faults.push(refuse("production.reason_wanted").field("reason").arg("planned", line.quantity));
            }
            if given.quantity.0 != 0 {
                let lot = given.lot.clone().filter(|l| !l.is_empty());
                going.push(Going { line: line.id, quantity: given.quantity, lot });
            }
        }
        Refusal::all(faults)?;
        Ok(going)
    }

    /// Takes so much of each line, and what it costs, into the work.
    pub(super) fn consume(
        &mut self,
        going: &[Going],
        on: Date,
        draft: &mut Draft,
        cx: &mut Context,
    ) -> Result<()> {
        if going.is_empty() {
            return Ok(());
        }
        let (mut issuing, mut counted) = (Vec::with_capacity(going.len()), Vec::with_capacity(going.len()));
        for Going { line, quantity, lot } in going {
            let Some(line) = self.components.iter().find(|l| l.id == *line) else { continue };
            let value = if quantity.0 < 0 { Some(line.share(*quantity)?) } else { None };
            // What comes back is so much of what has really gone.
            let back = line.by_potency && quantity.0 < 0;
            let moving = if back { line.really(*quantity)? } else { *quantity };
            counted.push(*quantity);
            issuing.push(Issuing {
                line: Origin::of(line),
                product: line.product,
                quantity: moving,
                by_potency: line.by_potency,
                lot: lot.clone(),
                condition: if self.takes_from_hold(line) { Condition::Blocked } else { Condition::Good },
                value,
            });
        }
        let location = match self.location {
            Some(location) => location,
            None => default_location(cx)?,
        };
        let issued = stock::issue(&Origin::of(self), on, location, &issuing, cx)?;
        for ((one, asked), issued) in issuing.iter().zip(counted).zip(issued) {
            if let Some(line) = self.components.iter_mut().find(|l| l.id == one.line.id) {
                line.issued = line.issued.plus(asked)?;
                line.value = line.value.plus(issued.cost)?;
                if line.by_potency {
                    line.taken = line.taken.plus(issued.quantity)?;
                }
            }
            self.take_material(issued.cost, draft, cx)?;
        }
        Ok(())
    }
}

impl WorkOrderLine {
    /// What really went for `quantity` at standard potency.
    fn really(&self, quantity: Decimal6) -> Result<Decimal6> {
        Ok(Factor::new(quantity.0, self.issued.0)?.apply(self.taken, 6)?)
    }

    /// What `quantity` of what was issued has cost.
    fn share(&self, quantity: Decimal6) -> Result<Money> {
        let share = Factor::new(quantity.0, self.issued.0)?;
        Ok(Money::from_decimal(share.apply(self.value.to_decimal()?, 2)?)?)
    }
}
