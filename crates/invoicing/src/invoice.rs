//! What an invoice is.

mod correct;
mod credit;
mod delivered;
mod post;

pub use credit::{Price, PriceChange, charge_difference};
pub use delivered::{Terms, invoice_delivered, invoiced_lines};
pub use post::missing;

use crate::totals;
use access::Company;
use catalog::{Product, TaxCode, Unit};
use kernel::json::to_json;
use kernel::{
    Choice, Context, Entity, Input, Kind, Life, Origin, Reader, Ref, Refusal, Result, Value, life, refuse,
};
use numbers::{Date, Decimal6, Money, line_net};
use parties::Party;
use serde_json::{Value as Json, json};
use stock::DeliveryLine;

/// An invoice or a credit note. Credit notes carry positive amounts (EN 16931, type 381).
#[derive(Clone, Debug, Entity)]
#[entity(
    search = "number,customer_name,your_reference",
    list = "number,kind,state,customer_id,invoice_on,due_on,gross,open",
    number = "",
    owner = "customer.responsible",
    index = "customer_id;payer_id;order_id;credits_id;company_id,invoice_on"
)]
pub struct Invoice {
    pub id: i64,
    pub company: Ref<Company>,
    /// Legal, without gap, given when it is posted.
    #[field(readonly)]
    pub number: String,
    pub kind: InvoiceKind,
    #[field(readonly)]
    pub state: InvoiceState,
    pub customer: Ref<Party>,
    /// Who owes; the customer unless somebody else pays.
    pub payer: Option<Ref<Party>>,
    #[field(readonly)]
    pub order: Option<Origin>,
    pub invoice_on: Option<Date>,
    /// Day of supply (ZDDV-1, art. 82).
    pub supply_on: Option<Date>,
    pub due_on: Option<Date>,
    #[field(default = "EUR")]
    pub currency: String,
    pub your_reference: Option<String>,
    /// The invoice that a credit note corrects (EN 16931 BT-25).
    #[field(readonly)]
    pub credits: Option<Ref<Invoice>>,
    /// The buyer as on that day.
    #[field(readonly)]
    pub customer_name: String,
    #[field(readonly, personal, long)]
    pub customer_address: String,
    #[field(readonly)]
    pub customer_vat_id: Option<String>,
    #[field(long)]
    pub text: Option<String>,
    #[field(readonly)]
    pub net: Money,
    #[field(readonly)]
    pub tax: Money,
    #[field(readonly)]
    pub gross: Money,
    #[field(readonly)]
    pub retain_until: Option<Date>,
    #[lines]
    pub lines: Vec<InvoiceLine>,
    #[lines]
    pub taxes: Vec<InvoiceTax>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum InvoiceKind {
    Invoice,
    CreditNote,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum InvoiceState {
    Draft,
    Posted,
}

pub const LIFE: Life = life![draft: post => posted, edit => draft;
    posted: credit => posted, reverse => posted, correct_customer => posted, send => posted, write_off => posted];

#[derive(Clone, Debug, Entity)]
#[entity(
    line_of = "Invoice",
    title = "text",
    list = "product_id,text,quantity,unit_price,net",
    index = "delivery_line_id"
)]
pub struct InvoiceLine {
    pub id: i64,
    #[field(readonly)]
    pub position: i64,
    pub product: Option<Ref<Product>>,
    pub text: String,
    #[field(quantity, default = "1000000")]
    pub quantity: Decimal6,
    pub unit: Option<Ref<Unit>>,
    pub unit_price: Decimal6,
    pub discount_percent: Decimal6,
    #[field(readonly)]
    pub net: Money,
    pub tax_code: Option<Ref<TaxCode>>,
    /// What was delivered and is charged by this line.
    #[field(readonly)]
    pub delivery_line: Option<Ref<DeliveryLine>>,
}

/// One row of the VAT breakdown (EN 16931 BG-23).
#[derive(Clone, Debug, Entity)]
#[entity(set = "InvoiceTaxes", line_of = "Invoice", title = "tax_code_id")]
pub struct InvoiceTax {
    pub id: i64,
    pub tax_code: Ref<TaxCode>,
    pub base: Money,
    pub tax: Money,
}

impl Invoice {
    /// Totals, and defaults of what a person left out.
    pub(crate) fn prepare(&mut self, before: Option<&Self>, cx: &mut Context) -> Result<()> {
        if before.is_some_and(|b| b.state == InvoiceState::Posted) {
            return Ok(());
        }
        let mut faults = Vec::new();
        for (i, line) in self.lines.iter_mut().enumerate() {
            line.position = i64::try_from(i).unwrap_or(i64::MAX - 1) + 1;
            if line.text.trim().is_empty() && line.product.is_none() {
                faults.push(refuse("kernel.required").field(format!("lines/{i}/text")));
            }
            match line_net(line.quantity, line.unit_price, line.discount_percent) {
                Ok(net) => line.net = net,
                Err(e) => {
                    faults.push(refuse("kernel.number").field(format!("lines/{i}/quantity")).arg("what", e))
                }
            }
        }
        Refusal::all(faults)?;
        for line in &mut self.lines {
            let product = line.product.filter(|_| line.text.is_empty() || line.tax_code.is_none());
            let product = product.map(|p| cx.read(p)).transpose()?;
            if let Some(product) = &product
                && line.text.is_empty()
            {
                line.text.clone_from(&product.name);
            }
            if line.tax_code.is_none() {
                line.tax_code = Some(totals::usual_code(product.and_then(|p| p.tax_code), cx)?);
            }
        }
        self.total(cx)
    }

    fn total(&mut self, cx: &mut Context) -> Result<()> {
        let lines: Vec<_> = self.lines.iter().map(|l| (l.tax_code, l.net)).collect();
        let rows = totals::breakdown(&lines, cx)?;
        (self.net, self.tax, self.gross) = totals::sums(&rows)?;
        self.taxes = rows
            .iter()
            .map(|r| InvoiceTax { id: 0, tax_code: r.category, base: r.base, tax: r.tax })
            .collect();
        Ok(())
    }

    /// 1 for an invoice, −1 for a credit note.
    pub(crate) fn sign(&self) -> i64 {
        if self.kind == InvoiceKind::CreditNote { -1 } else { 1 }
    }

    pub(crate) fn owed_by(&self) -> Ref<Party> {
        self.payer.unwrap_or(self.customer)
    }
}

#[derive(Debug, Input)]
pub struct Whose {
    pub party: Option<Ref<Party>>,
}

/// What is not settled, the longest due first.
pub(crate) fn open_items(input: Whose, reader: &mut Reader) -> Result<Json> {
    let shown = ["number", "kind", "customer_id", "payer_id", "invoice_on", "due_on", "gross", "open"];
    let forbidden = |what: &str| kernel::Error::from(refuse("kernel.forbidden").arg("what", what));
    let rule = reader.rule(Invoice::NAME, &shown, "i")?.ok_or_else(|| forbidden(Invoice::NAME))?;
    // Who owes is named where this person may see the name.
    let named = reader.rule(Party::NAME, &["name"], "p")?.unwrap_or_else(|| ("1 = 0".into(), Vec::new()));
    let (rule, mut params) = rule;
    let party = input.party.map(Ref::id);
    params.extend([Value::from(party.unwrap_or(0)), party.unwrap_or(0).into(), party.unwrap_or(0).into()]);
    params.extend(named.1);
    let paid = crate::PAID.replace("{t}", "i");
    let sql = format!(
        "SELECT o.id, o.number, o.kind, o.customer_id, p.name, o.invoice_on, o.due_on, o.gross, o.open FROM (
            SELECT i.id, i.number, i.kind, i.customer_id, i.payer_id, i.invoice_on, i.due_on, i.gross,
                CASE i.kind WHEN 'credit_note' THEN -1 ELSE 1 END * (i.gross - ({paid})) AS open
            FROM invoice i WHERE i.state = 'posted' AND {rule}
              AND (? = 0 OR i.customer_id = ? OR i.payer_id = ?)) o
         LEFT JOIN party p ON p.id = COALESCE(o.payer_id, o.customer_id) AND {} WHERE o.open <> 0 ORDER BY o.due_on, o.id LIMIT 1000",
        named.0
    );
    let today = reader.today();
    let money = |n: i64| to_json(Kind::Money, &Value::Int(n));
    let rows = reader.tx.query(&sql, &params)?;
    let mut value = Vec::with_capacity(rows.len());
    for r in &rows {
        let overdue = r.get(6).as_int().map_or(0, |due| (today.days() - due).max(0));
        value.push(json!({
            "id": r.int(0), "number": r.text(1), "kind": r.text(2), "customer_id": r.int(3), "party": r.text(4),
            "invoice_on": to_json(Kind::Date, r.get(5)), "due_on": to_json(Kind::Date, r.get(6)),
            "gross": money(r.int(7)), "open": money(r.int(8)), "overdue_days": if r.int(8) > 0 { overdue } else { 0 },
        }));
    }
    let open: i64 = rows.iter().map(|r| r.int(8)).sum();
    Ok(json!({"value": value, "open": money(open)}))
}
