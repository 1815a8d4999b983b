//! Credit notes: taking an invoice back, in part or whole.

use super::delivered::INVOICED;
use super::{Invoice, InvoiceKind, InvoiceLine, InvoiceState};
use crate::allocation;
use catalog::{Product, TaxCode, Unit};
use kernel::{Context, Input, Origin, Ref, Refusal, Result, refuse};
use numbers::{Date, Decimal6, Money};
use serde_json::{Value as Json, json};

#[derive(Debug, Input)]
pub struct Credit {
    pub reason: String,
    pub invoice_on: Option<Date>,
    /// What is credited, at which price; without lines, everything.
    #[lines]
    pub lines: Vec<CreditLine>,
}

#[derive(Debug, Input)]
pub struct CreditLine {
    pub line: Ref<InvoiceLine>,
    #[field(quantity)]
    pub quantity: Option<Decimal6>,
    /// What is given back on each; the full price where empty.
    pub unit_price: Option<Decimal6>,
}

#[derive(Debug, Input)]
pub struct Reason {
    pub reason: String,
    pub invoice_on: Option<Date>,
}

impl Invoice {
    /// Gives the customer something back: the goods stay with him, revenue gets smaller.
    pub(crate) fn credit(&mut self, input: Credit, cx: &mut Context) -> Result<Json> {
        self.require_invoice()?;
        let mut note = self.note(&input.reason, input.invoice_on, cx);
        let mut faults = Vec::new();
        for (i, given) in input.lines.iter().enumerate() {
            let Some(line) = self.lines.iter().find(|l| l.id == given.line.id()) else {
                faults.push(refuse("invoicing.not_on_invoice").field(format!("lines/{i}/line_id")));
                continue;
            };
            let quantity = given.quantity.unwrap_or(line.quantity);
            if quantity.0 <= 0 || quantity > line.quantity {
                faults.push(refuse("invoicing.more_than_invoiced").field(format!("lines/{i}/quantity")));
            }
            let unit_price = given.unit_price.unwrap_or(line.unit_price);
            note.lines.push(InvoiceLine { id: 0, quantity, unit_price, delivery_line: None, ..line.clone() });
        }
        if input.lines.is_empty() {
            note.lines =
                self.lines.iter().map(|l| InvoiceLine { id: 0, delivery_line: None, ..l.clone() }).collect();
        }
        Refusal::all(faults)?;
        self.issue(note, cx)
    }

    /// The invoice was a mistake: a credit note takes back all of it, and what it charged is to be invoiced anew.
    pub(crate) fn reverse(&mut self, input: Reason, cx: &mut Context) -> Result<Json> {
        self.require_invoice()?;
        let mut note = self.note(&input.reason, input.invoice_on, cx);
        note.lines = self.lines.iter().map(|l| InvoiceLine { id: 0, ..l.clone() }).collect();
        self.issue(note, cx)
    }

    pub(super) fn require_invoice(&self) -> Result<()> {
        if self.kind == InvoiceKind::Invoice { Ok(()) } else { Err(refuse("invoicing.only_invoices").into()) }
    }

    pub(super) fn note(&self, reason: &str, on: Option<Date>, cx: &Context) -> Self {
        Self {
            kind: InvoiceKind::CreditNote,
            payer: self.payer,
            order: self.order.clone(),
            invoice_on: on.or_else(|| Some(cx.today())),
            supply_on: self.supply_on,
            currency: self.currency.clone(),
            your_reference: self.your_reference.clone(),
            credits: Some(Ref::new(self.id)),
            text: Some(reason.to_owned()),
            ..Self::blank(self.customer, cx)
        }
    }

    /// Posts a credit note for this invoice and settles what is open of it. Together, credit notes never exceed it.
    pub(super) fn issue(&self, mut note: Self, cx: &mut Context) -> Result<Json> {
        note.id = cx.next_id()?;
        note.prepare(None, cx)?;
        let before = cx.tx.first(
            "SELECT CAST(COALESCE(SUM(gross), 0) AS BIGINT) FROM invoice WHERE credits_id = ? AND state = 'posted'",
            &[self.id.into()],
        )?;
        let before = Money(before.map_or(0, |r| r.int(0)));
        if before.plus(note.gross)? > self.gross {
            let left = self.gross.minus(before)?;
            return Err(refuse("invoicing.credited_already").field("lines").arg("left", left).into());
        }
        note.book(cx)?;
        note.state = InvoiceState::Posted;
        cx.insert(&mut note)?;
        settle(&note, self.id, cx)?;
        Ok(json!({"credit_note_id": note.id}))
    }
}

/// A credit note settles what is open of the invoice that it corrects, and says so.
pub(super) fn settle(note: &Invoice, invoice: i64, cx: &mut Context) -> Result<()> {
    let credited = cx.read(Ref::<Invoice>::new(invoice))?;
    allocation::by_credit(note, &credited, cx)?;
    cx.emit("invoicing.Credited", Origin::of(&credited), note.order.clone().into_iter().collect())
}

/// What an already invoiced quantity costs more (or less) after a change of price: a further invoice, or a credit
/// note that cites the one it lowers. What has come back and is credited is not charged again, and of invoices that
/// were taken back and written anew only the last counts.
///
/// # Errors
/// What an invoice refuses.
pub fn charge_difference(change: &PriceChange, order: &Origin, cx: &mut Context) -> Result<Vec<i64>> {
    let difference = change.now.of_one()?.minus(change.before.of_one()?)?;
    if difference.0 == 0 {
        return Ok(Vec::new());
    }
    let mut made = Vec::new();
    for (invoice, quantity) in charged(change.order_line, cx)? {
        let old = cx.read(Ref::<Invoice>::new(invoice))?;
        let line = InvoiceLine {
            id: 0,
            position: 1,
            product: Some(change.product),
            text: change.text.clone(),
            quantity,
            unit: change.unit,
            unit_price: Decimal6(difference.0.abs()),
            discount_percent: Decimal6(0),
            net: Money(0),
            tax_code: change.tax_code,
            delivery_line: None,
        };
        if difference.0 < 0 {
            let mut note = old.note(&change.text, None, cx);
            note.lines = vec![line];
            let issued = old.issue(note, cx)?;
            made.extend(issued.get("credit_note_id").and_then(Json::as_i64));
        } else {
            let mut more = Invoice {
                id: cx.next_id()?,
                payer: old.payer,
                order: Some(order.clone()),
                supply_on: old.supply_on,
                currency: old.currency.clone(),
                lines: vec![line],
                ..Invoice::blank(old.customer, cx)
            };
            more.prepare(None, cx)?;
            more.book(cx)?;
            more.state = InvoiceState::Posted;
            cx.insert(&mut more)?;
            made.push(more.id);
        }
    }
    Ok(made)
}

/// Invoices that charge what was delivered for an order line and has not come back, each with its quantity.
fn charged(order_line: i64, cx: &mut Context) -> Result<Vec<(i64, Decimal6)>> {
    let of = |line: &str| INVOICED.replace("l.id", line);
    let sql = format!(
        "SELECT (SELECT MAX(v.id) FROM invoice_line n JOIN invoice v ON v.id = n.parent_id
                 WHERE n.delivery_line_id = l.id AND v.state = 'posted' AND v.kind = 'invoice'),
            {} + COALESCE((SELECT CAST(SUM({}) AS BIGINT) FROM delivery_line b WHERE b.returns_id = l.id), 0)
         FROM delivery_line l WHERE l.order_line_id = ? AND l.quantity > 0 ORDER BY l.id",
        of("l.id"),
        of("b.id")
    );
    let rows = cx.tx.query(&sql, &[order_line.into()])?;
    Ok(rows.iter().filter(|r| r.int(1) > 0).map(|r| (r.int(0), Decimal6(r.int(1)))).collect())
}

/// A new price of an order line.
#[derive(Clone, Debug)]
pub struct PriceChange {
    pub order_line: i64,
    pub product: Ref<Product>,
    pub text: String,
    pub unit: Option<Ref<Unit>>,
    pub before: Price,
    pub now: Price,
    pub tax_code: Option<Ref<TaxCode>>,
}

/// The price of one, before and after its discount.
#[derive(Clone, Copy, Debug)]
pub struct Price {
    pub unit_price: Decimal6,
    pub discount_percent: Decimal6,
}

impl Price {
    fn of_one(self) -> Result<Decimal6> {
        let discount = self.unit_price.times(self.discount_percent)?.over(Decimal6(100_000_000))?;
        Ok(self.unit_price.minus(discount)?)
    }
}
