//! What is made goes into stock, at what it has cost.

use super::fill::decimals_of;
use super::issue::Going;
use super::{WorkOrder, WorkOrderLine, WorkOrderOperation, WorkOrderOutput, WorkOrderState};
use crate::bill::{HUNDRED, up_to};
use crate::serials;
use catalog::{Product, products};
use kernel::{Context, Input, Origin, Ref, Refusal, Result, refuse};
use ledger::{AccountRole, Draft, post};
use numbers::{Date, Decimal6, Money, Rational, allocate};
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use stock::{Made, default_location};

#[derive(Debug, Input)]
pub struct Complete {
    /// All that can be where empty.
    #[field(quantity)]
    pub quantity: Option<Decimal6>,
    /// Numbered where it is empty and the product is tracked.
    pub lot: Option<String>,
    /// By the product's shelf life where empty.
    pub expires_on: Option<Date>,
    /// Today where empty.
    pub on: Option<Date>,
    /// What really came besides; what the bill says of those that are not named.
    #[lines]
    pub outputs: Vec<CompletedOutput>,
}

#[derive(Debug, Input)]
pub struct CompletedOutput {
    pub output: Ref<WorkOrderOutput>,
    #[field(quantity)]
    pub quantity: Decimal6,
    pub lot: Option<String>,
    pub expires_on: Option<Date>,
}

/// So much of an output comes.
struct Besides {
    id: i64,
    quantity: Decimal6,
    lot: String,
    expires_on: Option<Date>,
}

impl WorkOrder {
    /// Puts what is made into stock; components that nobody issued are taken now, and who waits for it is served.
    pub(crate) fn complete(&mut self, input: Complete, cx: &mut Context) -> Result<Json> {
        let on = input.on.unwrap_or_else(|| cx.today());
        let ready = self.ready()?;
        let quantity = input.quantity.unwrap_or(ready);
        if quantity.0 <= 0 {
            return Err(refuse("production.nothing_to_complete").field("quantity").into());
        }
        let waits = self.operations.last().map_or(Ok(Decimal6::ZERO), WorkOrderOperation::waits)?;
        if quantity > ready && quantity <= ready.plus(waits)? {
            return Err(refuse("production.not_inspected").field("quantity").arg("waits", waits).into());
        }
        if quantity > ready {
            return Err(refuse("production.not_reported").field("quantity").arg("ready", ready).into());
        }
        self.completed = self.completed.plus(quantity)?;
        let outputs = self.given_outputs(&input.outputs, cx)?;
        let mut draft = self.draft(on, None);
        let going = self.unissued(cx)?;
        self.consume(&going, on, &mut draft, cx)?;
        let (material, labour) = self.cost_of_completed()?;
        let lot = self.own_lot(input.lot, cx)?;
        let made = self.valued(quantity, (lot, input.expires_on), outputs, material.plus(labour)?, cx)?;
        let value = Money::sum(made.iter().map(|m| m.value))?;
        self.give(value, (material, labour), &mut draft, cx)?;
        let order = Origin::of(self);
        let location = match self.location {
            Some(location) => location,
            None => default_location(cx)?,
        };
        let own = Money::sum(made.iter().filter(|m| m.line == order).map(|m| m.value))?;
        let own = if made.iter().any(|m| m.line == order) { own } else { value };
        let helped = stock::produce(&order, on, location, made, cx)?;
        let entry = post(draft, cx)?;
        self.begun(cx)?;
        self.perhaps_completed(cx)?;
        cx.emit("production.Completed", order, helped)?;
        let cost = kernel::json::to_json(kernel::Kind::Money, &kernel::Value::Int(own.0));
        Ok(json!({"entry_id": entry, "cost": cost, "completed": self.state == WorkOrderState::Completed}))
    }

    /// What can be completed: what the last operation has found good; where there is none, what is left to make.
    fn ready(&self) -> Result<Decimal6> {
        match self.operations.last() {
            Some(last) => Ok(last.through().minus(self.completed)?),
            None => self.left(),
        }
    }

    /// What has gone through an operation and all after it: good ones in stock, and what was lost there or later. What was
    /// lost before never came to it.
    fn pieces_through(&self, at: usize) -> Result<Decimal6> {
        let before = Decimal6::sum(self.operations.iter().take(at).map(|o| o.scrapped))?;
        Ok(self.completed.plus(self.scrapped)?.minus(before)?)
    }

    /// The part of what an operation begins that has gone through; the first one's where it has no position.
    pub(super) fn through(&self, position: Option<i64>) -> Result<Rational> {
        let named = position.and_then(|p| self.operations.iter().position(|o| o.position == p));
        let at = named.unwrap_or(0);
        let begun = match self.operations.get(at).filter(|_| at > 0) {
            Some(operation) => operation.quantity,
            None => self.begun_quantity()?,
        };
        let through = Rational::from(self.pieces_through(at)?);
        Ok(through.over(&Rational::from(begun))?.at_most(&Rational::ONE))
    }

    /// The part of a line that what has gone through has taken: where it goes by serial numbers, the lowest come first.
    pub(super) fn taken(&self, line: &WorkOrderLine) -> Result<Rational> {
        let range = (line.from_serial, line.until_serial);
        serials::taken(self.first_serial, self.quantity, range, self.through(line.operation)?)
    }

    /// What comes besides with what is completed now: as reported, else as the bill says.
    fn given_outputs(&self, given: &[CompletedOutput], cx: &mut Context) -> Result<Vec<Besides>> {
        let (mut out, mut faults) = (Vec::with_capacity(self.outputs.len()), Vec::new());
        for (i, one) in given.iter().enumerate() {
            let known = self.outputs.iter().any(|o| o.id == one.output.id());
            let twice = given.iter().take(i).any(|other| other.output == one.output);
            if !known || twice {
                faults.push(refuse("production.no_output").field(format!("outputs/{i}/output_id")));
            }
            if one.quantity.0 < 0 {
                faults.push(refuse("production.below_zero").field(format!("outputs/{i}/quantity")));
            }
        }
        Refusal::all(faults)?;
        let part =
            Rational::from(self.completed).over(&Rational::from(self.quantity))?.at_most(&Rational::ONE);
        let decimals = decimals_of(self.outputs.iter().map(|o| o.product.id()), cx)?;
        for output in &self.outputs {
            if let Some(one) = given.iter().find(|g| g.output.id() == output.id) {
                let (lot, expires_on) = (one.lot.clone().unwrap_or_default(), one.expires_on);
                out.push(Besides { id: output.id, quantity: one.quantity, lot, expires_on });
                continue;
            }
            let decimals =
                decimals.get(&output.product.id()).and_then(|d| u32::try_from(*d).ok()).unwrap_or(6);
            let target = (&part * &Rational::from(output.quantity)).round(decimals.min(6))?;
            let quantity = target.minus(output.completed)?.max(Decimal6::ZERO);
            out.push(Besides { id: output.id, quantity, lot: String::new(), expires_on: None });
        }
        Ok(out)
    }

    /// What is made with its value: the outputs carry their shares of `cost`, the product the rest, or its standard.
    fn valued(
        &mut self,
        quantity: Decimal6,
        (lot, expires_on): (Option<String>, Option<Date>),
        outputs: Vec<Besides>,
        cost: Money,
        cx: &mut Context,
    ) -> Result<Vec<Made>> {
        let known = products(self.outputs.iter().map(|o| o.product).chain([self.product]), cx)?;
        let shares = self.shares(&outputs, cost, &known)?;
        let mut made = Vec::with_capacity(outputs.len() + 1);
        let mut rest = cost;
        for (Besides { id, quantity, lot, expires_on }, share) in outputs.into_iter().zip(shares) {
            let Some(output) = self.outputs.iter_mut().find(|o| o.id == id) else { continue };
            if quantity.0 == 0 {
                continue;
            }
            rest = rest.minus(share)?;
            output.completed = output.completed.plus(quantity)?;
            output.value = output.value.plus(share)?;
            made.push(Made {
                line: Origin::of(output),
                product: output.product,
                quantity,
                value: share,
                lot,
                expires_on,
            });
        }
        if !self.takes_apart {
            let value = match known.get(&self.product.id()).and_then(Product::fixed_cost) {
                Some(standard) => Money::from_decimal(quantity.times(standard)?)?,
                None => rest.max(Money(0)),
            };
            let (line, product, lot) = (Origin::of(self), self.product, lot.unwrap_or_default());
            made.splice(0..0, self.numbered(Made { line, product, quantity, value, lot, expires_on })?);
        } else if made.is_empty() {
            return Err(refuse("production.no_parts").field("outputs").into());
        }
        Ok(made)
    }

    /// Each unit by itself, with its number as its lot, where units are numbered and no lot was typed.
    fn numbered(&self, all: Made) -> Result<Vec<Made>> {
        let Some(first) = self.first_serial.filter(|_| all.lot.is_empty()) else { return Ok(vec![all]) };
        if all.quantity.0 % Decimal6::SCALE != 0 {
            return Err(refuse("production.whole_serials").field("quantity").into());
        }
        let units = all.quantity.0 / Decimal6::SCALE;
        // They have been counted already.
        let before = self.completed.minus(all.quantity)?.0 / Decimal6::SCALE;
        let even = vec![1; usize::try_from(units).unwrap_or(0)];
        let values = allocate(all.value, &even)?;
        let numbers = first.saturating_add(before)..;
        Ok(numbers
            .zip(values)
            .map(|(n, value)| Made { quantity: Decimal6::ONE, value, lot: n.to_string(), ..all.clone() })
            .collect())
    }

    /// The share of each output, in their order. What one has missed while nothing of it came, it catches up with.
    fn shares(&self, outputs: &[Besides], cost: Money, known: &HashMap<i64, Product>) -> Result<Vec<Money>> {
        if self.takes_apart {
            return self.shares_of_parts(outputs, cost, known);
        }
        let inputs = self.components.iter().map(|l| l.value).chain(self.operations.iter().map(|o| o.cost));
        let so_far = Rational::from(Money::sum(inputs)?.minus(self.wip)?.plus(cost)?.to_decimal()?);
        let (mut shares, mut left) = (Vec::with_capacity(outputs.len()), cost.max(Money(0)));
        for Besides { id, quantity, .. } in outputs {
            let output = self.outputs.iter().find(|o| o.id == *id).filter(|_| quantity.0 > 0);
            let share = match output {
                None => Money(0),
                Some(output) if fixed(output.product, known).is_some() => {
                    worth(*quantity, output.product, known)?
                }
                Some(output) => {
                    let part = Rational::from(output.cost_share_percent).over(&Rational::from(HUNDRED))?;
                    let all = Money::from_decimal((&so_far * &part).round(2)?)?;
                    all.minus(output.value)?.max(Money(0)).min(left)
                }
            };
            left = left.minus(share)?;
            shares.push(share);
        }
        Ok(shares)
    }

    /// What is valued at its standard is worth that; the others share the rest in proportion to what they would cost as
    /// standard, by number where that is nothing.
    fn shares_of_parts(
        &self,
        outputs: &[Besides],
        cost: Money,
        known: &HashMap<i64, Product>,
    ) -> Result<Vec<Money>> {
        let product = |id: i64| self.outputs.iter().find(|o| o.id == id).map(|o| o.product);
        let mut shares = vec![Money(0); outputs.len()];
        let (mut left, mut weights, mut numbers) = (cost, Vec::new(), Vec::new());
        for (Besides { id, quantity, .. }, share) in outputs.iter().zip(&mut shares) {
            let Some(product) = product(*id) else { continue };
            let value = worth(*quantity, product, known)?;
            let is_fixed = fixed(product, known).is_some();
            if is_fixed {
                *share = value;
                left = left.minus(value)?;
            }
            weights.push(if is_fixed { 0 } else { value.0.max(0) });
            numbers.push(if is_fixed { 0 } else { quantity.0 });
        }
        if outputs.iter().all(|o| o.quantity.0 == 0) {
            return Err(refuse("production.no_parts").field("outputs").into());
        }
        let weights = if weights.iter().all(|w| *w == 0) { numbers } else { weights };
        if weights.iter().any(|w| *w > 0) {
            let parts = allocate(left.max(Money(0)), &weights)?;
            for (share, part) in shares.iter_mut().zip(parts) {
                *share = share.plus(part)?;
            }
        }
        Ok(shares)
    }

    /// Gives `value` out of the work, from material and hours as they were in what is completed.
    fn give(
        &mut self,
        value: Money,
        (material, labour): (Money, Money),
        draft: &mut Draft,
        cx: &mut Context,
    ) -> Result<()> {
        let all = material.plus(labour)?;
        let of_labour = if all == value {
            labour
        } else if all.0 == 0 {
            Money(0)
        } else {
            let part = Rational::from(labour.to_decimal()?).over(&Rational::from(all.to_decimal()?))?;
            Money::from_decimal((&part * &Rational::from(value.to_decimal()?)).round(2)?)?
        };
        self.wip_labour = self.wip_labour.minus(of_labour)?;
        self.wip_material = self.wip_material.minus(value.minus(of_labour)?)?;
        draft.add(AccountRole::Stock, value, None, None, cx)?;
        self.weigh(value.negated()?, draft, cx)
    }

    /// What should have been issued for what has gone through, and was not.
    fn unissued(&mut self, cx: &mut Context) -> Result<Vec<Going>> {
        let mut going = Vec::new();
        let decimals = decimals_of(self.components.iter().map(|l| l.product.id()), cx)?;
        for line in self.components.iter().filter(|l| !l.settled) {
            let decimals = decimals.get(&line.product.id()).copied().unwrap_or(6);
            let target = &self.taken(line)? * &Rational::from(line.quantity);
            let target = up_to(&target, decimals)?.min(line.quantity);
            let missing = target.minus(line.issued)?;
            if missing.0 > 0 {
                going.push(Going { line: line.id, quantity: missing, lot: None });
            }
        }
        self.take_substitutes(going, cx)
    }

    /// Material and hours that what has gone through has cost and no product carries yet; everything with the last piece.
    fn cost_of_completed(&self) -> Result<(Money, Money)> {
        if self.left()?.0 == 0 {
            return Ok((self.wip_material, self.wip_labour));
        }
        let (mut material, mut taken) = (Rational::ZERO, Money(0));
        for line in self.components.iter().filter(|l| l.issued.0 > 0) {
            let through = self.taken(line)?;
            let target = if line.settled {
                &through * &Rational::from(line.issued)
            } else {
                &through * &Rational::from(line.quantity)
            };
            let share = target.over(&Rational::from(line.issued))?.at_most(&Rational::ONE);
            material += &(&share * &Rational::from(line.value.to_decimal()?));
            taken = taken.plus(line.value)?;
        }
        let (mut labour, mut worked) = (Rational::ZERO, Money(0));
        for (at, operation) in self.operations.iter().enumerate() {
            let pieces = Rational::from(self.pieces_through(at)?);
            let reported = operation.good.plus(operation.scrapped)?;
            if reported.0 > 0 {
                let share = pieces.over(&Rational::from(reported))?.at_most(&Rational::ONE);
                labour += &(&share * &Rational::from(operation.cost.to_decimal()?));
            }
            worked = worked.plus(operation.cost)?;
        }
        let part = |exact: &Rational, all: Money, left: Money| -> Result<Money> {
            let given = all.minus(left)?;
            let now = Money::from_decimal(exact.round(2)?)?.minus(given)?;
            Ok(now.max(Money(0)).min(left.max(Money(0))))
        };
        Ok((part(&material, taken, self.wip_material)?, part(&labour, worked, self.wip_labour)?))
    }
}

/// The cost at which a product is valued by decision.
fn fixed(product: Ref<Product>, known: &HashMap<i64, Product>) -> Option<Decimal6> {
    known.get(&product.id()).and_then(Product::fixed_cost)
}

/// What a quantity would cost as standard.
fn worth(quantity: Decimal6, product: Ref<Product>, known: &HashMap<i64, Product>) -> Result<Money> {
    let standard = known.get(&product.id()).map_or(Decimal6::ZERO, |p| p.standard_cost);
    Ok(Money::from_decimal(quantity.times(standard)?)?)
}
