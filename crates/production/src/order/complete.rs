//! What is made goes into stock, at what it has cost.

use super::issue::Going;
use super::{WorkOrder, WorkOrderState};
use crate::bill::up_to;
use catalog::products;
use kernel::{Context, Input, Origin, Result, refuse};
use ledger::{AccountRole, post};
use numbers::{Date, Decimal6, Money, Rational};
use serde_json::{Value as Json, json};
use stock::{Made, default_location};

#[derive(Debug, Input)]
pub struct Complete {
    /// All that can be where empty.
    #[field(quantity)]
    pub quantity: Option<Decimal6>,
    pub lot: Option<String>,
    /// Today where empty.
    pub on: Option<Date>,
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
        if quantity > ready {
            return Err(refuse("production.not_reported").field("quantity").arg("ready", ready).into());
        }
        let mut draft = self.draft(on, None);
        self.completed = self.completed.plus(quantity)?;
        let going = self.unissued(cx)?;
        self.consume(&going, on, &mut draft, cx)?;
        let (material, labour) = self.cost_of_completed()?;
        let value = material.plus(labour)?;
        self.wip_material = self.wip_material.minus(material)?;
        self.wip_labour = self.wip_labour.minus(labour)?;
        self.weigh(value.negated()?, &mut draft, cx)?;
        draft.add(AccountRole::Stock, value, None, None, cx)?;
        let order = Origin::of(self);
        let location = match self.location {
            Some(location) => location,
            None => default_location(cx)?,
        };
        let lot = input.lot.unwrap_or_default();
        let made = Made { product: self.product, quantity, value, lot };
        let helped = stock::produce(&order, on, location, made, cx)?;
        let entry = post(draft, cx)?;
        self.begun(cx)?;
        self.perhaps_completed(cx)?;
        cx.emit("production.Completed", order, helped)?;
        let cost = kernel::json::to_json(kernel::Kind::Money, &kernel::Value::Int(value.0));
        Ok(json!({"entry_id": entry, "cost": cost, "completed": self.state == WorkOrderState::Completed}))
    }

    /// What can be completed: what the last operation has found good; where there is none, what is left to make.
    fn ready(&self) -> Result<Decimal6> {
        match self.operations.last() {
            Some(last) => Ok(last.good.minus(self.completed)?),
            None => self.to_make(),
        }
    }

    /// The part of the order that has gone through: good or scrap.
    fn through(&self) -> Result<Rational> {
        let through = self.completed.plus(self.scrapped)?;
        Ok(Rational::from(through).over(&Rational::from(self.quantity))?.at_most(&Rational::ONE))
    }

    /// What should have been issued for what has gone through, and was not.
    fn unissued(&self, cx: &mut Context) -> Result<Vec<Going>> {
        let (through, mut going) = (self.through()?, Vec::new());
        let known = products(self.components.iter().map(|l| l.product), cx)?;
        for line in self.components.iter().filter(|l| !l.settled) {
            let unit = known.get(&line.product.id()).map(|p| p.unit);
            let decimals = unit.map(|u| cx.read(u)).transpose()?.map_or(6, |u| u.decimals);
            let target = up_to(&(&through * &Rational::from(line.quantity)), decimals)?.min(line.quantity);
            let missing = target.minus(line.issued)?;
            if missing.0 > 0 {
                going.push(Going { line: line.id, quantity: missing, lot: None });
            }
        }
        Ok(going)
    }

    /// Material and hours that what has gone through has cost and no product carries yet; everything with the last piece.
    fn cost_of_completed(&self) -> Result<(Money, Money)> {
        if self.to_make()?.0 == 0 {
            return Ok((self.wip_material, self.wip_labour));
        }
        let through = self.through()?;
        let (mut material, mut taken) = (Rational::ZERO, Money(0));
        for line in self.components.iter().filter(|l| l.issued.0 > 0) {
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
        let pieces = Rational::from(self.completed.plus(self.scrapped)?);
        for operation in &self.operations {
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
