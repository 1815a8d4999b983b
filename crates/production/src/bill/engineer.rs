//! A bill for one line of an order: begun as the standard one, drawn, and released to be made by.

use super::{Bill, BillKind};
use crate::recipe::Recipes;
use catalog::Product;
use kernel::{Context, Entity, Origin, Ref, Result, refuse};
use numbers::{Decimal6, Rational};

/// A line of an order for which a bill is drawn.
#[derive(Clone, Debug)]
pub struct Engineered {
    pub order: Origin,
    pub line: Origin,
    pub product: Ref<Product>,
    /// In the product's stock unit: the standard bill for so many is the one to begin with.
    pub quantity: Decimal6,
    /// Nothing is taken over from the standard.
    pub empty: bool,
}

/// The bill of an order line, and whether it was begun just now. There is one at most.
///
/// # Errors
/// The database's, and no right to create bills.
pub fn engineer(wanted: &Engineered, cx: &mut Context) -> Result<(i64, bool)> {
    let company = cx.actor.company;
    let sql = "SELECT id FROM bill WHERE company_id = ? AND order_line_id = ? AND product_id = ?";
    let of = [company.into(), wanted.line.id.into(), wanted.product.into()];
    if let Some(row) = cx.tx.first(sql, &of)? {
        return Ok((row.int(0), false));
    }
    let description = cx.registry.entity(Bill::NAME)?;
    cx.may_run(&description, "create")?;
    let recipes = Recipes::of(&[wanted.product.id()], company, cx.tx)?;
    let standard = recipes.nearest_bill(wanted.product.id(), cx.today(), &Rational::from(wanted.quantity));
    let standard = standard.map(|bill| cx.read(Ref::<Bill>::new(bill))).transpose()?;
    let mut bill = match standard.filter(|bill| bill.kind == BillKind::Make && !wanted.empty) {
        Some(standard) => standard.copy(cx)?,
        None => Bill::blank(wanted.product, cx)?,
    };
    // Its own days and lots are those of the order.
    (bill.valid_from, bill.valid_to, bill.lot_from, bill.lot_to) = (None, None, None, None);
    (bill.order, bill.order_line) = (Some(wanted.order.clone()), Some(wanted.line.clone()));
    cx.insert(&mut bill)?;
    Ok((bill.id, true))
}

impl Bill {
    fn blank(product: Ref<Product>, cx: &mut Context) -> Result<Self> {
        let bill = Self {
            id: 0,
            company: Ref::new(cx.actor.company),
            product,
            revision: 0,
            kind: BillKind::Make,
            batch: Decimal6::ONE,
            valid_from: None,
            valid_to: None,
            lot_from: None,
            lot_to: None,
            archived: false,
            order: None,
            order_line: None,
            released_on: None,
            components: Vec::new(),
            operations: Vec::new(),
            outputs: Vec::new(),
            substitutes: Vec::new(),
        };
        bill.copy(cx)
    }

    /// From now on its order is made by it.
    pub(crate) fn release(&mut self, (): (), cx: &mut Context) -> Result<()> {
        if self.order_line.is_none() {
            return Err(refuse("production.standard_bill").into());
        }
        if self.released_on.is_some() {
            return Err(refuse("production.released_already").into());
        }
        if self.components.is_empty() && self.operations.is_empty() {
            return Err(refuse("production.empty_bill").field("components").into());
        }
        self.released_on = Some(cx.today());
        let about = self.order.clone().into_iter().collect();
        cx.emit("production.Engineered", Origin::of(self), about)
    }
}
