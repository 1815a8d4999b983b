//! Invoices what was delivered and is not invoiced yet. It looks at what is, so a repeated or late call does no harm.

use super::{Invoice, InvoiceKind, InvoiceLine, InvoiceState};
use catalog::{Product, TaxCode, Unit};
use kernel::{Context, Origin, Ref, Result};
use numbers::{Date, Decimal6, Money};
use parties::Party;
use std::collections::BTreeMap;
use stock::DeliveryLine;

/// What the order says about its invoices.
#[derive(Clone, Debug)]
pub struct Terms {
    pub order: Origin,
    pub customer: Ref<Party>,
    pub payer: Option<Ref<Party>>,
    pub currency: String,
    pub your_reference: Option<String>,
}

struct Open {
    line: Ref<DeliveryLine>,
    product: Ref<Product>,
    text: String,
    quantity: Decimal6,
    unit: Option<Ref<Unit>>,
    unit_price: Decimal6,
    discount_percent: Decimal6,
    net: Money,
    tax_code: Option<Ref<TaxCode>>,
    shipped_on: i64,
    customer: Ref<Party>,
    /// For what came back: the posted invoice that charged it.
    credits: Option<i64>,
}

/// Quantity of a delivery line that is on posted invoices: credit notes take away.
pub(super) const INVOICED: &str = "COALESCE((SELECT CAST(SUM(CASE v.kind WHEN 'credit_note' THEN -n.quantity ELSE n.quantity END) AS BIGINT)
    FROM invoice_line n JOIN invoice v ON v.id = n.parent_id
    WHERE n.delivery_line_id = l.id AND v.state = 'posted'), 0)";

fn open_lines(order: &Origin, cx: &mut Context) -> Result<Vec<Open>> {
    let rows = cx.tx.query(
        &format!(
            "SELECT l.id, l.product_id, l.text, l.quantity, l.unit_id, l.unit_price, l.discount_percent, l.net, l.tax_code_id, d.shipped_on, d.customer_id,
                (SELECT MAX(v.id) FROM invoice_line n JOIN invoice v ON v.id = n.parent_id
                 WHERE n.delivery_line_id = COALESCE(l.returns_id, l.part_of_id) AND v.state = 'posted' AND v.kind = 'invoice')
             FROM delivery d JOIN delivery_line l ON l.parent_id = d.id
             WHERE d.order_id = ? AND d.state = 'shipped' AND l.excess = 0 AND l.quantity <> {INVOICED}
                AND (l.part_of_id IS NULL OR l.net <> 0)
                AND NOT EXISTS (SELECT 1 FROM delivery_line o WHERE o.id = l.returns_id AND o.excess = 1)
             ORDER BY d.id, l.position, l.id"
        ),
        &[order.id.into()],
    )?;
    Ok(rows
        .iter()
        .map(|r| Open {
            line: Ref::new(r.int(0)),
            product: Ref::new(r.int(1)),
            text: r.text(2).to_owned(),
            quantity: Decimal6(r.int(3)),
            unit: r.get(4).as_int().map(Ref::new),
            unit_price: Decimal6(r.int(5)),
            discount_percent: Decimal6(r.int(6)),
            net: Money(r.int(7)),
            tax_code: r.get(8).as_int().map(Ref::new),
            shipped_on: r.int(9),
            customer: Ref::new(r.int(10)),
            credits: r.get(11).as_int(),
        })
        .collect())
}

/// Delivery lines of an order line that are on posted invoices.
///
/// # Errors
/// The database's.
pub fn invoiced_lines(order_line: &Origin, cx: &mut Context) -> Result<Vec<i64>> {
    let sql = format!("SELECT l.id FROM delivery_line l WHERE l.order_line_id = ? AND {INVOICED} <> 0");
    Ok(cx.tx.query(&sql, &[order_line.id.into()])?.iter().map(|r| r.int(0)).collect())
}

/// Makes and posts what is due for an order: an invoice for what went out, a credit note for what came back of
/// something already invoiced. Answers the documents made; none where everything is invoiced.
///
/// # Errors
/// What the law requires of an invoice and is missing.
pub fn invoice_delivered(terms: &Terms, cx: &mut Context) -> Result<Vec<i64>> {
    let mut papers: BTreeMap<Option<i64>, Vec<Open>> = BTreeMap::new();
    for line in open_lines(&terms.order, cx)? {
        papers.entry(line.credits).or_default().push(line);
    }
    let mut made = Vec::with_capacity(papers.len());
    for (credits, lines) in papers {
        let mut invoice = paper(terms, credits, &lines, cx)?;
        invoice.id = cx.next_id()?;
        invoice.prepare(None, cx)?;
        let delivered = lines.iter().map(|l| (l.line.id(), l.customer)).collect();
        invoice.book_delivered(&delivered, cx)?;
        invoice.state = InvoiceState::Posted;
        cx.insert(&mut invoice)?;
        if let Some(credits) = credits {
            super::credit::settle(&invoice, credits, cx)?;
        }
        made.push(invoice.id);
    }
    Ok(made)
}

fn paper(terms: &Terms, credits: Option<i64>, lines: &[Open], cx: &mut Context) -> Result<Invoice> {
    let sign = if credits.is_some() { -1 } else { 1 };
    let supplied = lines.iter().map(|l| l.shipped_on).max().unwrap_or_default();
    let lines = lines
        .iter()
        .map(|l| InvoiceLine {
            id: 0,
            position: 0,
            product: Some(l.product),
            text: l.text.clone(),
            quantity: Decimal6(l.quantity.0 * sign),
            unit: l.unit,
            unit_price: l.unit_price,
            discount_percent: l.discount_percent,
            net: Money(l.net.0 * sign),
            tax_code: l.tax_code,
            delivery_line: Some(l.line),
        })
        .collect();
    Ok(Invoice {
        kind: if credits.is_some() { InvoiceKind::CreditNote } else { InvoiceKind::Invoice },
        payer: terms.payer,
        order: Some(terms.order.clone()),
        supply_on: Some(Date::from_days(supplied)?),
        currency: terms.currency.clone(),
        your_reference: terms.your_reference.clone(),
        credits: credits.map(Ref::new),
        lines,
        ..Invoice::blank(terms.customer, cx)
    })
}

impl Invoice {
    /// An empty invoice of today.
    pub(crate) fn blank(customer: Ref<Party>, cx: &Context) -> Self {
        Self {
            id: 0,
            company: Ref::new(cx.actor.company),
            number: String::new(),
            kind: InvoiceKind::Invoice,
            state: InvoiceState::Draft,
            customer,
            payer: None,
            order: None,
            invoice_on: Some(cx.today()),
            supply_on: None,
            due_on: None,
            currency: "EUR".into(),
            your_reference: None,
            credits: None,
            customer_name: String::new(),
            customer_address: String::new(),
            customer_vat_id: None,
            text: None,
            net: Money(0),
            tax: Money(0),
            gross: Money(0),
            retain_until: None,
            lines: Vec::new(),
            taxes: Vec::new(),
        }
    }
}
