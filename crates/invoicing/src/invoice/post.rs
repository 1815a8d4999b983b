//! An invoice becomes binding: number, receivable, VAT.

use super::{Invoice, InvoiceLine};
use access::Company;
use kernel::{Choice, Context, Error, Origin, Ref, Refusal, Result, Value, refuse};
use ledger::{AccountRole, Direction, Draft, EntryKind, Taxed, post, record_tax};
use numbers::{Date, Money};
use parties::{AddressKind, Party, PartyKind};
use serde_json::{Value as Json, json};
use std::collections::HashMap;

/// Invoices are kept ten years after the year they belong to (ZDDV-1, art. 86).
const KEPT_YEARS: i16 = 11;

impl Invoice {
    /// Posts the invoice: from here on it stands, and is corrected by a credit note only.
    pub(crate) fn post(&mut self, (): (), cx: &mut Context) -> Result<Json> {
        self.book(cx)?;
        Ok(
            json!({"id": self.id, "gross": kernel::json::to_json(kernel::Kind::Money, &Value::Int(self.gross.0))}),
        )
    }

    /// Everything that posting does, for one that is being made as well. The id must be known.
    pub(crate) fn book(&mut self, cx: &mut Context) -> Result<()> {
        let delivered = delivered_to(&self.lines, cx)?;
        self.book_delivered(&delivered, cx)
    }

    /// As [`Self::book`], where it is known whose delivery each line charges.
    pub(crate) fn book_delivered(
        &mut self,
        delivered: &HashMap<i64, Ref<Party>>,
        cx: &mut Context,
    ) -> Result<()> {
        if self.lines.is_empty() {
            return Err(refuse("invoicing.no_lines").field("lines").into());
        }
        let on = self.invoice_on.unwrap_or_else(|| cx.today());
        self.invoice_on = Some(on);
        self.supply_on = self.supply_on.or(Some(on));
        self.retain_until = Some(Date::new(on.year() + KEPT_YEARS, 1, 1)?);
        self.address(cx)?;
        self.post_entry(on, delivered, cx)?;
        self.post_tax(on, cx)?;
        self.take_number(on, cx)?;
        cx.emit("invoicing.Posted", Origin::of(self), self.order.clone().into_iter().collect())
    }

    /// Series: company × premise × device × year; there is one premise and device until cash is taken.
    fn take_number(&self, on: Date, cx: &mut Context) -> Result<()> {
        let series = format!("Invoice/{}/1/1/{}", self.company.id(), on.year());
        cx.number::<Self>(self.id, series, "{year}-{n:05}", on.year())
    }

    /// Takes over the buyer as he is today, and refuses what the law requires and is missing (ZDDV-1, art. 82).
    fn address(&mut self, cx: &mut Context) -> Result<()> {
        let on = self.invoice_on.unwrap_or_else(|| cx.today());
        let customer = cx.read_with(self.customer, &["addresses"])?;
        let company = cx.read(self.company)?;
        Refusal::all(missing(&customer, &company, on))?;
        let address = customer.address(AddressKind::Billing, on);
        self.customer_name.clone_from(&customer.name);
        self.customer_vat_id = customer.vat_id.clone().or(customer.tax_number.clone());
        self.customer_address = address.map_or_else(String::new, parties::Address::on_paper);
        if self.due_on.is_none() {
            self.due_on = Some(on.plus_days(customer.payment_days)?);
        }
        if self.currency != company.currency {
            return Err(refuse("invoicing.currency")
                .field("currency")
                .arg("currency", &company.currency)
                .into());
        }
        Ok(())
    }

    fn post_entry(&self, on: Date, delivered: &HashMap<i64, Ref<Party>>, cx: &mut Context) -> Result<()> {
        let signed = |m: Money| Money(m.0 * self.sign());
        let kind = EntryKind::Invoice;
        let mut draft = Draft::new(on, kind, &self.customer_name, Some(Origin::of(self)));
        draft.add(AccountRole::Receivable, signed(self.gross), Some(self.owed_by()), None, cx)?;
        for line in &self.lines {
            let net = signed(line.net).negated()?;
            match line.delivery_line.and_then(|l| delivered.get(&l.id())) {
                Some(to) => draft.add(AccountRole::DeliveredNotInvoiced, net, Some(*to), None, cx)?,
                None => draft.add(AccountRole::Revenue, net, None, Some(self.customer), cx)?,
            }
        }
        draft.add(AccountRole::VatOutput, signed(self.tax).negated()?, None, None, cx)?;
        post(draft, cx).map(|_| ())
    }

    fn post_tax(&self, on: Date, cx: &mut Context) -> Result<()> {
        let signed = |m: Money| Money(m.0 * self.sign());
        let taxed = Taxed {
            document: Origin::of(self),
            direction: Direction::Output,
            party: Some(self.customer),
            vat_id: self.customer_vat_id.clone(),
            document_on: on,
            supplied_on: self.supply_on.unwrap_or(on),
            received_on: None,
            posted_on: on,
            rows: self.taxes.iter().map(|t| (t.tax_code, signed(t.base), signed(t.tax))).collect(),
        };
        record_tax(&taxed, cx)
    }

    /// Mails the paper to the customer.
    pub(crate) fn send(&mut self, (): (), cx: &mut Context) -> Result<Json> {
        let customer = cx.read(self.customer)?;
        let to = customer.email.filter(|e| !e.is_empty());
        let to = to.ok_or_else(|| {
            Error::from(refuse("invoicing.no_email").field("email").arg("party", &customer.name))
        })?;
        let language = customer.language.unwrap_or_else(|| cx.actor.language.clone());
        let company = cx.read(self.company)?.name;
        let args = [("number", self.number.as_str()), ("company", company.as_str())];
        let text = |key: &str| {
            cx.registry.texts.filled(&language, &format!("invoicing.mails.{}.{key}", self.kind.word()), &args)
        };
        let (subject, body) = (text("subject"), text("text"));
        let attachment = json!({"name": format!("{}.pdf", self.number), "entity": "Invoice", "id": self.id, "paper": "invoice"});
        cx.later(
            "mail",
            json!({"to": to, "subject": subject, "text": body, "attachments": [attachment]}),
            0,
        )?;
        Ok(json!({"to": to}))
    }
}

/// What an invoice to this customer still lacks, by field (ZDDV-1, art. 82).
#[must_use]
pub fn missing(customer: &Party, company: &Company, on: Date) -> Vec<Refusal> {
    let mut faults = Vec::new();
    if customer.address(AddressKind::Billing, on).is_none() {
        faults.push(refuse("invoicing.no_address").field("addresses").arg("party", &customer.name));
    }
    let known = customer.tax_number.is_some() || customer.vat_id.is_some();
    if customer.kind == PartyKind::Organisation && !known {
        faults.push(refuse("invoicing.no_tax_number").field("tax_number").arg("party", &customer.name));
    }
    if company.tax_number.is_none() && company.vat_id.is_none() {
        faults.push(refuse("invoicing.own_tax_number").field("company_id"));
    }
    faults
}

/// Whose delivery each line charges.
fn delivered_to(lines: &[InvoiceLine], cx: &mut Context) -> Result<HashMap<i64, Ref<Party>>> {
    let ids: Vec<Value> = lines.iter().filter_map(|l| l.delivery_line).map(Into::into).collect();
    let mut out = HashMap::new();
    for chunk in ids.chunks(500) {
        let sql = format!(
            "SELECT l.id, d.customer_id FROM delivery_line l JOIN delivery d ON d.id = l.parent_id WHERE l.id {}",
            kernel::rows::among(chunk.len())
        );
        out.extend(cx.tx.query(&sql, chunk)?.iter().map(|r| (r.int(0), Ref::new(r.int(1)))));
    }
    Ok(out)
}
