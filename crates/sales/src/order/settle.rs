//! Invoicing what was delivered, and closing.

use super::SalesOrder;
use crate::{DELIVERED, TO_PAY, UNINVOICED};
use invoicing::{Terms, invoice_delivered};
use kernel::{Context, Input, Origin, Result, refuse};
use parties::Billing;
use serde_json::{Value as Json, json};

#[derive(Debug, Input)]
pub struct Bill {
    /// At once, whatever was agreed about when invoices are written.
    pub now: Option<bool>,
}

impl SalesOrder {
    /// Invoices what was delivered and is not invoiced; nothing where everything is. A customer who is billed by
    /// order or monthly waits for it.
    pub(crate) fn invoice(&mut self, input: Bill, cx: &mut Context) -> Result<Json> {
        if input.now != Some(true) && !self.is_time(cx)? {
            return Ok(json!({"invoice_ids": []}));
        }
        let terms = Terms {
            order: Origin::of(self),
            customer: self.customer,
            payer: self.payer,
            currency: self.currency.clone(),
            your_reference: self.your_reference.clone(),
        };
        let made = invoice_delivered(&terms, cx)?;
        Ok(json!({"invoice_ids": made}))
    }

    fn is_time(&self, cx: &mut Context) -> Result<bool> {
        Ok(match cx.head(self.customer)?.billing {
            Billing::ByDelivery => true,
            Billing::ByOrder => self.open(cx)?.values().all(|q| q.0 == 0),
            // What was delivered in an earlier month is due (ZDDV-1, art. 33: in the month of supply at the latest).
            Billing::Monthly => {
                let month = cx.today().first_of_month();
                let sql = format!("SELECT MIN(v.shipped_on) {}", UNINVOICED.replace("{t}.id", "?"));
                let row = cx.tx.first(&sql, &[self.id.into()])?;
                row.and_then(|r| r.get(0).as_int()).is_some_and(|day| day < month.days())
            }
        })
    }

    /// Everything is delivered and invoiced.
    pub(crate) fn close(&mut self, (): (), cx: &mut Context) -> Result<()> {
        let delivered = DELIVERED.replace("{t}", "l");
        let sql = format!(
            "SELECT (SELECT COUNT(*) FROM sales_order_line l
                WHERE l.parent_id = o.id AND l.product_id IS NOT NULL AND l.quantity - l.waived > {delivered}),
                (SELECT COUNT(*) {}), ({}) FROM sales_order o WHERE o.id = ?",
            UNINVOICED.replace("{t}", "o"),
            TO_PAY.replace("{t}", "o"),
        );
        let left = cx.tx.first(&sql, &[self.id.into()])?.unwrap_or_default();
        let lacks = ["sales.not_delivered", "sales.not_invoiced", "sales.not_paid"];
        if let Some(lack) = lacks.into_iter().enumerate().find_map(|(i, l)| (left.int(i) != 0).then_some(l)) {
            return Err(refuse(lack).into());
        }
        cx.emit("sales.Closed", Origin::of(self), self.opportunity.clone().into_iter().collect())
    }
}
