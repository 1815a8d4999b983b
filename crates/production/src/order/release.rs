//! From a plan to work that may begin.

use super::WorkOrder;
use kernel::{Context, Kind, Origin, Result, Value};
use serde_json::{Value as Json, json};

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
}
