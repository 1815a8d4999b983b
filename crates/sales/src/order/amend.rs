//! Changes after both sides are bound.

use super::{SalesOrder, SalesOrderLine, whole_kits};
use catalog::products;
use invoicing::{Price, PriceChange, charge_difference, invoiced_lines};
use kernel::{Context, Input, Origin, Ref, Refusal, Result, refuse};
use numbers::{Decimal6, Money, line_net};
use serde_json::{Value as Json, json};

#[derive(Debug, Input)]
pub struct Amend {
    pub reason: Option<String>,
    #[lines]
    pub lines: Vec<Change>,
}

/// What changes of a line; what is empty stays.
#[derive(Debug, Input)]
pub struct Change {
    pub line: Ref<SalesOrderLine>,
    #[field(quantity)]
    pub quantity: Option<Decimal6>,
    pub unit_price: Option<Decimal6>,
    pub discount_percent: Option<Decimal6>,
}

impl SalesOrder {
    /// Changes quantities and prices of a confirmed order: what is not invoiced gets the new price, what is invoiced
    /// a credit note or a further invoice.
    pub(crate) fn amend(&mut self, input: Amend, cx: &mut Context) -> Result<Json> {
        let delivered = self.delivered(cx)?;
        let known = products(self.lines.iter().filter_map(|l| l.product), cx)?;
        let mut made = Vec::new();
        let mut faults = Vec::new();
        for (i, change) in input.lines.iter().enumerate() {
            let Some(line) = self.lines.iter_mut().find(|l| l.id == change.line.id()) else {
                faults.push(refuse("sales.not_on_order").field(format!("lines/{i}/line_id")));
                continue;
            };
            let least = delivered.get(&line.id).copied().unwrap_or_default().plus(line.waived)?;
            let quantity = change.quantity.unwrap_or(line.quantity);
            if change.quantity.is_some() && (quantity < least || quantity.0 <= 0) {
                faults.push(
                    refuse("sales.less_than_delivered")
                        .field(format!("lines/{i}/quantity"))
                        .arg("delivered", least),
                );
                continue;
            }
            let product = line.product.and_then(|p| known.get(&p.id()));
            if let Some(product) = product.filter(|_| change.quantity.is_some())
                && let Some(fault) = whole_kits(product, product.in_stock_unit(line.unit, quantity)?)
            {
                faults.push(fault.field(format!("lines/{i}/quantity")));
                continue;
            }
            let (old_price, old_discount) = (line.unit_price, line.discount_percent);
            let before = line.quantity;
            line.quantity = quantity;
            line.unit_price = change.unit_price.or(old_price);
            line.discount_percent = change.discount_percent.unwrap_or(old_discount);
            line.net = line_net(quantity, line.unit_price.unwrap_or_default(), line.discount_percent)?;
            line.cost = Money::from_decimal(line.cost.to_decimal()?.times(quantity)?.over(before)?)?;
            if line.unit_price != old_price || line.discount_percent != old_discount {
                let line = line.clone();
                let before =
                    Price { unit_price: old_price.unwrap_or_default(), discount_percent: old_discount };
                made.extend(self.reprice(&line, before, cx)?);
            }
        }
        Refusal::all(faults)?;
        self.total(cx)?;
        self.peg(cx)?;
        cx.emit("sales.Amended", Origin::of(self), vec![])?;
        Ok(json!({"invoice_ids": made, "reason": input.reason}))
    }

    fn reprice(&self, line: &SalesOrderLine, before: Price, cx: &mut Context) -> Result<Vec<i64>> {
        let Some(product) = line.product else { return Ok(Vec::new()) };
        let origin = Origin::of(line);
        let invoiced = invoiced_lines(&origin, cx)?;
        stock::reprice(&origin, line.unit_price.unwrap_or_default(), line.discount_percent, &invoiced, cx)?;
        let change = PriceChange {
            order_line: line.id,
            product,
            text: line.text.clone(),
            unit: line.unit,
            before,
            now: Price {
                unit_price: line.unit_price.unwrap_or_default(),
                discount_percent: line.discount_percent,
            },
            tax_code: line.tax_code,
        };
        charge_difference(&change, &Origin::of(self), cx)
    }

    /// The customer keeps what came too much: the order grows by it, and it is invoiced.
    pub(crate) fn accept_excess(&mut self, (): (), cx: &mut Context) -> Result<()> {
        let accepted = stock::accept_excess(&Origin::of(self), cx)?;
        if accepted.is_empty() {
            return Err(refuse("sales.no_excess").into());
        }
        let delivered = self.delivered(cx)?;
        for (order_line, _) in accepted {
            if let Some(line) = self.lines.iter_mut().find(|l| l.id == order_line) {
                let before = line.quantity;
                // An order that was raised meanwhile covers it already.
                let least = delivered.get(&line.id).copied().unwrap_or_default().plus(line.waived)?;
                line.quantity = line.quantity.max(least);
                line.net =
                    line_net(line.quantity, line.unit_price.unwrap_or_default(), line.discount_percent)?;
                line.cost = Money::from_decimal(line.cost.to_decimal()?.times(line.quantity)?.over(before)?)?;
            }
        }
        self.total(cx)?;
        cx.emit("sales.Amended", Origin::of(self), vec![])
    }

    /// The customer does without the rest.
    pub(crate) fn waive(&mut self, (): (), cx: &mut Context) -> Result<Json> {
        let open = self.open(cx)?;
        if open.values().all(|q| q.0 == 0) {
            return Err(refuse("sales.nothing_open").field("lines").into());
        }
        for line in &mut self.lines {
            line.waived = line.waived.plus(open.get(&line.id).copied().unwrap_or_default())?;
        }
        self.let_go(cx)?;
        cx.emit("sales.Waived", Origin::of(self), vec![])?;
        Ok(json!({"lines": open.values().filter(|q| q.0 > 0).count()}))
    }
}
