//! Another component than planned, where the bill allows it.

use super::fill::decimals_of;
use super::issue::{Going, IssueLine};
use super::{WorkOrder, WorkOrderLine};
use crate::bill::up_to;
use crate::recipe::Substitute;
use kernel::{Context, Ref, Refusal, Result, Value, refuse};
use numbers::{Decimal6, Money, Rational};
use std::collections::HashMap;
use stock::Within;

/// By the component that may be replaced, the first choice first.
type Allowed = HashMap<i64, Vec<Substitute>>;

impl WorkOrder {
    /// Lines that name another product go as lines of their own, and the component's wants so much less. Answers
    /// whether there were any.
    pub(super) fn substitute(&mut self, lines: &mut [IssueLine], cx: &mut Context) -> Result<bool> {
        if !lines.iter().any(|given| self.names_another(given)) {
            return Ok(false);
        }
        let (allowed, mut faults) = (self.allowed(cx)?, Vec::new());
        for (i, given) in lines.iter_mut().enumerate() {
            if !self.names_another(given) {
                continue;
            }
            let at = |name: &str| format!("lines/{i}/{name}");
            let (Some(product), line) = (given.product, given.line.id()) else { continue };
            let component = self.components.iter().find(|l| l.id == line).map_or(0, |l| l.product.id());
            let choices = allowed.get(&component).into_iter().flatten();
            let Some(choice) = choices.into_iter().find(|s| s.product == product.id()) else {
                let name = cx.read(product)?.name;
                faults.push(refuse("production.no_substitute").field(at("product_id")).arg("product", name));
                continue;
            };
            if given.quantity.0 <= 0 {
                faults.push(refuse("production.quantity").field(at("quantity")));
                continue;
            }
            let taken = self.instead(line, choice, given.quantity, cx)?;
            (given.line, given.product) = (Ref::new(taken), None);
        }
        Refusal::all(faults)?;
        Ok(true)
    }

    fn names_another(&self, given: &IssueLine) -> bool {
        let line = self.components.iter().find(|l| l.id == given.line.id());
        line.is_some_and(|line| given.product.is_some_and(|product| product != line.product))
    }

    /// What is short of a component goes as its substitutes, by their priority, as far as they are there.
    pub(super) fn take_substitutes(&mut self, going: Vec<Going>, cx: &mut Context) -> Result<Vec<Going>> {
        let lines: Vec<i64> = going.iter().map(|g| g.line).collect();
        let products = self.components.iter().filter(|l| lines.contains(&l.id)).map(|l| l.product.id());
        let products = products.collect();
        let place = (self.company.id(), Within::Warehouse(self.warehouse(cx)?.map(Ref::id)));
        let mut there = there(products, &lines, place, cx)?;
        let mut short = Vec::new();
        for one in &going {
            let component = self.components.iter().find(|l| l.id == one.line).map_or(0, |l| l.product.id());
            let left = there.entry(component).or_default();
            let taken = one.quantity.min(*left).max(Decimal6::ZERO);
            *left = left.minus(taken)?;
            short.push((component, one.quantity.minus(taken)?));
        }
        if short.iter().all(|(_, missing)| missing.0 == 0) {
            return Ok(going);
        }
        let allowed = self.allowed(cx)?;
        if allowed.is_empty() {
            return Ok(going);
        }
        let substitutes: Vec<i64> = allowed.values().flatten().map(|s| s.product).collect();
        let decimals = decimals_of(substitutes.iter().copied(), cx)?;
        let mut free = self::there(substitutes, &[], place, cx)?;
        let mut out = Vec::with_capacity(going.len());
        let mut replaced = false;
        for (mut one, (component, mut missing)) in going.into_iter().zip(short) {
            for choice in allowed.get(&component).into_iter().flatten() {
                let decimals = decimals.get(&choice.product).copied().unwrap_or(6);
                let wanted = up_to(&(&Rational::from(missing) * &choice.ratio), decimals)?;
                let left = free.entry(choice.product).or_default();
                let quantity = wanted.min(*left).max(Decimal6::ZERO);
                if quantity.0 == 0 {
                    continue;
                }
                *left = left.minus(quantity)?;
                let covered = Rational::from(quantity).over(&choice.ratio)?.round(6)?.min(missing);
                missing = missing.minus(covered)?;
                one.quantity = one.quantity.minus(covered)?;
                let line = self.instead(one.line, choice, quantity, cx)?;
                out.push(Going { line, quantity, lot: None });
                replaced = true;
            }
            if one.quantity.0 > 0 {
                out.push(one);
            }
        }
        if replaced {
            stock::reserve(&self.demands(cx)?, false, cx)?;
        }
        Ok(out)
    }

    /// Adds `quantity` of a substitute to the line that stands for a component; that one wants so much less. Answers
    /// the line.
    fn instead(
        &mut self,
        line: i64,
        choice: &Substitute,
        quantity: Decimal6,
        cx: &mut Context,
    ) -> Result<i64> {
        let covered = Rational::from(quantity).over(&choice.ratio)?.round(6)?;
        let Some(component) = self.components.iter_mut().find(|l| l.id == line) else { return Ok(line) };
        component.quantity = component.quantity.minus(covered)?.max(component.issued).max(Decimal6::ZERO);
        let (position, operation) = (component.position, component.operation);
        let (from_serial, until_serial) = (component.from_serial, component.until_serial);
        let replaces = Some(Ref::new(line));
        let product = Ref::new(choice.product);
        let same = |l: &&mut WorkOrderLine| l.replaces == replaces && l.product == product;
        if let Some(known) = self.components.iter_mut().find(same) {
            known.quantity = known.quantity.plus(quantity)?;
            return Ok(known.id);
        }
        let id = cx.next_id()?;
        self.components.push(WorkOrderLine {
            id,
            position,
            product,
            quantity,
            by_potency: false,
            issued: Decimal6::ZERO,
            taken: Decimal6::ZERO,
            value: Money(0),
            settled: false,
            reason: String::new(),
            operation,
            replaces,
            from_serial,
            until_serial,
        });
        Ok(id)
    }

    /// What the recipe allows instead of its components.
    fn allowed(&self, cx: &mut Context) -> Result<Allowed> {
        let mut out = Allowed::new();
        if self.bill.is_none() {
            return Ok(out);
        }
        let on = self.starts_on.unwrap_or_else(|| cx.today());
        for need in self.recipe(on, cx)?.components {
            if !need.substitutes.is_empty() {
                out.entry(need.product).or_insert(need.substitutes);
            }
        }
        Ok(out)
    }
}

/// What is free of these products, and what is held for these lines.
fn there(
    products: Vec<i64>,
    lines: &[i64],
    (company, within): (i64, Within),
    cx: &mut Context,
) -> Result<HashMap<i64, Decimal6>> {
    let mut out = stock::free_of(cx.tx, company, within, &products)?;
    for chunk in lines.chunks(500) {
        let sql = format!(
            "SELECT product_id, CAST(SUM(quantity) AS BIGINT) FROM peg WHERE kind = 'stock' AND demand_id {} GROUP BY product_id",
            kernel::rows::among(chunk.len())
        );
        let params: Vec<Value> = chunk.iter().map(|l| Value::Int(*l)).collect();
        for r in cx.tx.query(&sql, &params)? {
            let free = out.entry(r.int(0)).or_default();
            *free = free.plus(Decimal6(r.int(1)))?;
        }
    }
    Ok(out)
}
