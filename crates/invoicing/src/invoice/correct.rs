//! The invoice named the wrong customer.

use super::{Invoice, InvoiceLine, InvoiceState};
use crate::allocation;
use kernel::{Context, Input, Origin, Ref, Result, Value, refuse};
use ledger::{AccountRole, Draft, EntryKind, post};
use numbers::Money;
use parties::Party;
use serde_json::{Value as Json, json};

#[derive(Debug, Input)]
pub struct Correct {
    pub customer: Ref<Party>,
    pub reason: Option<String>,
}

impl Invoice {
    /// Takes the invoice back by a credit note and writes it anew to somebody else, with the same day of supply;
    /// payments follow, and so does the profit.
    pub(crate) fn correct_customer(&mut self, input: Correct, cx: &mut Context) -> Result<Json> {
        self.require_invoice()?;
        if input.customer == self.customer {
            return Err(refuse("invoicing.same_customer").field("customer_id").into());
        }
        let payments = allocation::release_payments(self, None, cx)?;
        let mut note = self.note(input.reason.as_deref().unwrap_or_default(), None, cx);
        note.lines = self.lines.iter().map(|l| InvoiceLine { id: 0, ..l.clone() }).collect();
        let credited = self.issue(note, cx)?;
        let mut anew = Self {
            id: cx.next_id()?,
            order: self.order.clone(),
            supply_on: self.supply_on,
            currency: self.currency.clone(),
            your_reference: self.your_reference.clone(),
            lines: self.lines.iter().map(|l| InvoiceLine { id: 0, ..l.clone() }).collect(),
            ..Self::blank(input.customer, cx)
        };
        anew.prepare(None, cx)?;
        anew.book(cx)?;
        anew.state = InvoiceState::Posted;
        cx.insert(&mut anew)?;
        for (payment, amount) in payments {
            let open = allocation::open_of(anew.id, cx)?;
            allocation::by_payment(&payment, &anew, amount, open, cx)?;
        }
        self.move_profit(input.customer, cx)?;
        Ok(json!({"credit_note_id": credited.get("credit_note_id"), "invoice_id": anew.id}))
    }

    /// Revenue and cost of the delivered lines were the other's.
    fn move_profit(&self, to: Ref<Party>, cx: &mut Context) -> Result<()> {
        let ids: Vec<Value> = self.lines.iter().filter_map(|l| l.delivery_line).map(Into::into).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let sql = format!(
            "SELECT CAST(SUM(net) AS BIGINT), CAST(SUM(cost) AS BIGINT) FROM delivery_line WHERE id {}",
            kernel::rows::among(ids.len())
        );
        let row = cx.tx.first(&sql, &ids)?.unwrap_or_default();
        let (net, cost) = (Money(row.int(0)), Money(row.int(1)));
        let mut draft = Draft::new(cx.today(), EntryKind::Invoice, &self.number, Some(Origin::of(self)));
        for (customer, sign) in [(self.customer, 1), (to, -1)] {
            draft.add(AccountRole::Revenue, Money(net.0 * sign), None, Some(customer), cx)?;
            draft.add(AccountRole::CostOfGoods, Money(-cost.0 * sign), None, Some(customer), cx)?;
        }
        post(draft, cx).map(|_| ())
    }
}
