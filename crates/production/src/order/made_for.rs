//! A work order that is made for one line of an order, and for nobody else.

use super::WorkOrder;
use crate::recipe::{Recipe, Recipes};
use catalog::{Environment, Product};
use kernel::{Context, Error, Origin, Ref, Result, refuse};
use numbers::{Date, Rational};
use stock::MadeFor;

/// A line of an order, with that order.
#[derive(Clone, Debug)]
pub struct OrderLine {
    pub order: Origin,
    pub line: Origin,
}

impl WorkOrder {
    /// What is made by the bill of an order line is made for that line, once the bill is released.
    pub(super) fn follow_bill(&mut self, cx: &mut Context) -> Result<()> {
        let Some(bill) = self.bill else { return Ok(()) };
        let bill = cx.head(bill)?;
        if bill.order_line.is_none() {
            return Ok(());
        }
        if bill.released_on.is_none() {
            let name = cx.read(self.product)?.name;
            return Err(refuse("production.not_released").field("bill_id").arg("product", name).into());
        }
        (self.order, self.order_line) = (bill.order, bill.order_line);
        Ok(())
    }

    /// Whose its product is.
    pub(super) fn made_for(&self) -> MadeFor {
        let line = self.order_line.clone();
        line.map(|line| ((self.id, self.product.id()), line)).into_iter().collect()
    }
}

impl Recipes {
    /// What an order for `quantity` takes: for the line of a customer's order, by the bill that was drawn for it.
    pub(super) fn for_order(
        &self,
        (product, line): (Ref<Product>, Option<&OrderLine>),
        on: Date,
        quantity: &Rational,
        first: Option<i64>,
        cx: &mut Context,
    ) -> Result<Recipe> {
        let known = cx.read(product)?;
        let own = line.and_then(|of| self.of_order(product.id(), of.line.id));
        let engineered = line.is_some() && known.environment == Environment::EngineerToOrder;
        let no = |code: &'static str, field: &str| {
            Error::from(refuse(code).field(field).arg("product", &known.name))
        };
        let bill = match own {
            Some((bill, true)) => Some(bill),
            _ if engineered => return Err(no("production.not_released", "bill_id")),
            _ => None,
        };
        let way = self.numbered((product.id(), bill), on, quantity, first)?;
        way.ok_or_else(|| no("production.no_bill", "product_id"))
    }
}
