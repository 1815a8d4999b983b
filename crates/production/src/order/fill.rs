//! An order by its bill.

use super::{OperationState, WorkOrder, WorkOrderLine, WorkOrderOperation, WorkOrderOutput};
use crate::bill::up_to;
use crate::recipe::{Need, Output, Recipe, Recipes, Step};
use catalog::products;
use kernel::{Context, Ref, Result, refuse};
use numbers::{Date, Decimal6, Money, Rational};
use std::collections::HashMap;

impl WorkOrder {
    /// Components, operations and outputs by the recipe; each quantity is rounded once.
    pub(super) fn fill(&mut self, on: Date, cx: &mut Context) -> Result<()> {
        let recipe = self.recipe(on, cx)?;
        let decimals = decimals_of(recipe.stocked(), cx)?;
        self.fill_by(&recipe, &decimals)
    }

    /// The same by a recipe that is known, with the decimals of its products' units.
    pub(super) fn fill_by(&mut self, recipe: &Recipe, decimals: &HashMap<i64, i64>) -> Result<()> {
        self.first_serial = self.first_serial.or(recipe.first_serial);
        self.bill = Some(Ref::new(recipe.bill));
        self.takes_apart = recipe.kind == crate::BillKind::Disassembly;
        let of = |product: i64| decimals.get(&product).copied().unwrap_or(6);
        let own = of(self.product.id());
        self.planned_scrap = up_to(&recipe.begun, own)?.minus(self.quantity)?.max(Decimal6::ZERO);
        let position = |at: usize| i64::try_from(at).ok().and_then(|at| at.checked_add(1)?.checked_mul(10));
        self.components.clear();
        for need in &recipe.components {
            self.components.push(need.line(need.step.and_then(position), of(need.product))?);
        }
        self.operations.clear();
        for step in &recipe.steps {
            self.operations.push(step.operation(own)?);
        }
        self.outputs.clear();
        for output in &recipe.outputs {
            self.outputs.push(output.line(of(output.product))?);
        }
        Ok(())
    }

    /// The recipe of the order's bill, or of the one that is valid on the day for the quantity.
    pub(super) fn recipe(&self, on: Date, cx: &mut Context) -> Result<Recipe> {
        let recipes = Recipes::of(&[self.product.id()], self.company.id(), cx.tx)?;
        let quantity = Rational::from(self.quantity);
        let of = (self.product.id(), self.bill.map(Ref::id));
        let found = recipes.numbered(of, on, &quantity, self.first_serial)?;
        if self.bill.is_some() {
            // Bills of other products and companies are not among these.
            let found = found.filter(|r| r.product == self.product.id());
            return found.ok_or_else(|| refuse("production.other_bill").field("bill_id").into());
        }
        if let Some(found) = found {
            return Ok(found);
        }
        let name = cx.read(self.product)?.name;
        Err(refuse("production.no_bill").field("bill_id").arg("product", name).into())
    }
}

impl Recipe {
    /// What it makes, takes and gives.
    pub(super) fn stocked(&self) -> impl Iterator<Item = i64> {
        let taken = self.components.iter().map(|need| need.product);
        let given = self.outputs.iter().map(|output| output.product);
        std::iter::once(self.product).chain(taken).chain(given)
    }
}

impl WorkOrder {
    /// Units that are numbered are whole ones, and no other order has their numbers.
    pub(super) fn may_be_numbered(&self, cx: &mut Context) -> Result<()> {
        let Some(first) = self.first_serial else { return Ok(()) };
        if first < 1 {
            return Err(refuse("production.serial_range").field("first_serial").into());
        }
        if self.quantity.0 % Decimal6::SCALE != 0 {
            return Err(refuse("production.whole_serials").field("quantity").into());
        }
        let end = first.saturating_add(self.quantity.0 / Decimal6::SCALE);
        let row = cx.tx.first(
            "SELECT number FROM work_order WHERE company_id = ? AND product_id = ? AND id <> ? AND state <> 'cancelled'
             AND first_serial < ? AND first_serial + quantity / 1000000 > ? ORDER BY id LIMIT 1",
            &[self.company.into(), self.product.into(), self.id.into(), end.into(), first.into()],
        )?;
        let Some(row) = row else { return Ok(()) };
        let other = row.get(0).as_text().unwrap_or_default();
        Err(refuse("production.serial_taken").field("first_serial").arg("order", other).into())
    }
}

impl Need {
    fn line(&self, operation: Option<i64>, decimals: i64) -> Result<WorkOrderLine> {
        Ok(WorkOrderLine {
            id: 0,
            position: 0,
            product: Ref::new(self.product),
            quantity: up_to(&self.quantity, decimals)?,
            by_potency: self.by_potency,
            issued: Decimal6(0),
            taken: Decimal6(0),
            value: Money(0),
            settled: false,
            reason: String::new(),
            operation,
            replaces: None,
            from_serial: self.serials.0,
            until_serial: self.serials.1,
        })
    }
}

impl Step {
    fn operation(&self, decimals: i64) -> Result<WorkOrderOperation> {
        Ok(WorkOrderOperation {
            id: 0,
            position: 0,
            name: self.name.clone(),
            work_center: Ref::new(self.work_center),
            setup_minutes: self.setup_minutes,
            run_minutes: self.run_minutes.round(6)?,
            quantity: up_to(&self.pieces, decimals)?,
            queue_minutes: self.queue_minutes,
            move_minutes: self.move_minutes,
            transfer_quantity: self.transfer_quantity.as_ref().map(|q| q.round(6)).transpose()?,
            skill: self.skill.map(Ref::new),
            tool: self.tool.map(Ref::new),
            setup_family: self.setup_family.clone(),
            inspect: self.inspect,
            passed: Decimal6(0),
            outside: self.outside.map(Ref::new),
            starts_at: None,
            ends_at: None,
            state: OperationState::Waiting,
            good: Decimal6(0),
            scrapped: Decimal6(0),
            rework: Decimal6(0),
            minutes: Decimal6(0),
            cost: Money(0),
        })
    }
}

impl Output {
    fn line(&self, decimals: i64) -> Result<WorkOrderOutput> {
        let decimals = u32::try_from(decimals.clamp(0, 6)).unwrap_or(6);
        Ok(WorkOrderOutput {
            id: 0,
            position: 0,
            product: Ref::new(self.product),
            quantity: self.quantity.round(decimals)?,
            cost_share_percent: self.cost_share_percent,
            completed: Decimal6(0),
            value: Money(0),
        })
    }
}

/// The decimals that the units of products are counted in.
pub(super) fn decimals_of(ids: impl Iterator<Item = i64>, cx: &mut Context) -> Result<HashMap<i64, i64>> {
    let mut out = HashMap::new();
    for (id, product) in products(ids.map(Ref::new), cx)? {
        out.insert(id, cx.read(product.unit)?.decimals);
    }
    Ok(out)
}
