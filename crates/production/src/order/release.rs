//! From a plan to work that may begin.

use super::WorkOrder;
use kernel::{Context, Error, Kind, Origin, Result, Value};
use numbers::Date;
use serde_json::{Value as Json, json};
use stock::{Demand, default_location};

impl WorkOrder {
    /// Work may begin: what is there of its components is held for it, the rest is short and said so.
    pub(crate) fn release(&mut self, (): (), cx: &mut Context) -> Result<Json> {
        self.settle(cx)?;
        self.expect_supply(self.quantity, cx)?;
        let short = self.hold_components(cx)?;
        cx.emit("production.Released", Origin::of(self), vec![])?;
        Ok(json!({"short": short}))
    }

    /// Holds what has become free since, for what is still required.
    pub(crate) fn reserve(&mut self, (): (), cx: &mut Context) -> Result<Json> {
        Ok(json!({"short": self.hold_components(cx)?}))
    }

    /// Answers what is short.
    fn hold_components(&self, cx: &mut Context) -> Result<Vec<Json>> {
        let demands = self.demands(cx)?;
        let pegged = stock::reserve(&demands, false, cx)?;
        let mut short = Vec::new();
        for (demand, covered) in demands.iter().zip(&pegged) {
            if covered.short.0 > 0 {
                let name = cx.read(demand.product)?.name;
                let quantity = kernel::json::to_json(Kind::Quantity, &Value::Int(covered.short.0));
                let args = vec![("product", name.clone()), ("quantity", covered.short.to_string())];
                cx.effect("production.short", args);
                short.push(json!({"product_id": demand.product.id(), "product": name, "quantity": quantity}));
            }
        }
        Ok(short)
    }

    /// What its components still want from stock.
    pub(super) fn demands(&self, cx: &mut Context) -> Result<Vec<Demand>> {
        let warehouse = self.warehouse(cx)?;
        let document = Origin::of(self);
        let due = self.starts_on.ok_or_else(|| Error::corrupt("a work order has no first day"))?;
        let mut demands = Vec::with_capacity(self.components.len());
        for line in &self.components {
            let (line_of, document, product, quantity) =
                (Origin::of(line), document.clone(), line.product, line.open()?);
            demands.push(Demand { line: line_of, document, product, warehouse, quantity, due });
        }
        self.at_their_potency(&mut demands, due, cx)?;
        Ok(demands)
    }

    /// Of a component that is counted at standard potency so much is held as would go of the lots that lie there.
    fn at_their_potency(&self, demands: &mut [Demand], due: Date, cx: &mut Context) -> Result<()> {
        let by_potency = |d: &&mut Demand| self.components.iter().any(|l| l.by_potency && l.id == d.line.id);
        let mut counted: Vec<&mut Demand> = demands.iter_mut().filter(by_potency).collect();
        if counted.is_empty() {
            return Ok(());
        }
        let location = self.location.map_or_else(|| default_location(cx), Ok)?;
        let wanted: Vec<_> = counted.iter().map(|d| (d.product, d.quantity)).collect();
        let going = stock::of_standard(&wanted, location, due.max(cx.today()), cx)?;
        counted.iter_mut().zip(going).for_each(|(demand, quantity)| demand.quantity = quantity);
        Ok(())
    }
}
