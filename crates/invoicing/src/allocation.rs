//! What settles what: payments, credit notes and write-offs against invoices.

use crate::invoice::{Invoice, InvoiceKind};
use crate::payment::Payment;
use crate::supplier::SupplierInvoice;
use access::Company;
use kernel::{Choice, Context, Entity, Input, Origin, Ref, Result, refuse};
use ledger::{AccountRole, Draft, EntryKind, post};
use numbers::{Date, Money};
use serde_json::{Value as Json, json};

/// So much of a difference may be written off without asking anybody, in minor units.
const SMALL: i64 = 1_000;

/// An amount of one invoice that is settled.
#[derive(Clone, Debug, Entity)]
#[entity(
    list = "allocated_on,kind,invoice_id,supplier_invoice_id,payment_id,amount",
    title = "kind",
    index = "invoice_id;credit_id;supplier_invoice_id;supplier_credit_id;payment_id"
)]
pub struct Allocation {
    pub id: i64,
    pub company: Ref<Company>,
    pub kind: AllocationKind,
    pub payment: Option<Ref<Payment>>,
    /// The credit note that settles the invoice.
    pub credit: Option<Ref<Invoice>>,
    pub invoice: Option<Ref<Invoice>>,
    pub supplier_invoice: Option<Ref<SupplierInvoice>>,
    /// The supplier's credit note that settles his invoice.
    pub supplier_credit: Option<Ref<SupplierInvoice>>,
    pub amount: Money,
    pub allocated_on: Date,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum AllocationKind {
    Payment,
    Credit,
    WriteOff,
}

impl Allocation {
    fn new(kind: AllocationKind, amount: Money, cx: &Context) -> Self {
        Self {
            id: 0,
            company: Ref::new(cx.actor.company),
            kind,
            payment: None,
            credit: None,
            invoice: None,
            supplier_invoice: None,
            supplier_credit: None,
            amount,
            allocated_on: cx.today(),
        }
    }
}

/// What of an invoice or credit note is not settled yet, above zero for both. Locks the document: two who settle the
/// same one wait for each other.
pub(crate) fn open_of(invoice: i64, cx: &mut Context) -> Result<Money> {
    let gross = cx.locked_head(Ref::<Invoice>::new(invoice))?.gross;
    let settled = cx.tx.first(
        "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM allocation WHERE invoice_id = ? OR credit_id = ?",
        &[invoice.into(), invoice.into()],
    )?;
    Ok(gross.minus(Money(settled.map_or(0, |r| r.int(0))))?)
}

/// As [`open_of`], for what we owe; below zero for what a supplier's credit note gives back.
pub(crate) fn open_of_supplier(invoice: i64, cx: &mut Context) -> Result<Money> {
    let gross = cx.locked_head(Ref::<SupplierInvoice>::new(invoice))?.gross;
    let settled = cx.tx.first(
        "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM allocation WHERE supplier_invoice_id = ? OR supplier_credit_id = ?",
        &[invoice.into(), invoice.into()],
    )?;
    let settled = settled.map_or(0, |r| r.int(0));
    Ok(gross.minus(Money(if gross.0 < 0 { -settled } else { settled }))?)
}

/// A supplier's credit note settles what is open of his invoices for the same order, the oldest first. What is left of
/// it is paid back, or stands against the next one.
pub(crate) fn by_supplier_credit(note: &SupplierInvoice, cx: &mut Context) -> Result<()> {
    let Some(order) = &note.order else { return Ok(()) };
    let rows = cx.tx.query(
        "SELECT id FROM supplier_invoice WHERE order_id = ? AND supplier_id = ? AND state = 'posted' AND gross > 0 ORDER BY id",
        &[order.id.into(), note.supplier.into()],
    )?;
    let mut left = note.gross.negated()?;
    for row in rows {
        left = left.minus(offset(note, row.int(0), left, cx)?)?;
    }
    Ok(())
}

/// So much of an invoice as is open, and is left of the credit note. Answers how much.
fn offset(note: &SupplierInvoice, invoice: i64, left: Money, cx: &mut Context) -> Result<Money> {
    let open = open_of_supplier(invoice, cx)?;
    let amount = open.min(left);
    if amount.0 <= 0 {
        return Ok(Money(0));
    }
    let mut allocation = Allocation {
        supplier_invoice: Some(Ref::new(invoice)),
        supplier_credit: Some(Ref::new(note.id)),
        ..Allocation::new(AllocationKind::Credit, amount, cx)
    };
    cx.insert(&mut allocation)?;
    if amount == open {
        let of = Origin::new(SupplierInvoice::NAME, invoice);
        cx.emit("invoicing.SupplierPaid", of, note.order.clone().into_iter().collect())?;
    }
    Ok(amount)
}

#[derive(Debug, Input)]
pub struct Settle {
    pub invoice: Ref<SupplierInvoice>,
    /// All that is open of both where empty.
    pub amount: Option<Money>,
}

/// What is left of a supplier's credit note settles another invoice of his.
pub(crate) fn settle(note: &mut SupplierInvoice, input: Settle, cx: &mut Context) -> Result<Json> {
    let invoice = cx.locked_head(input.invoice)?;
    let (left, open) = (open_of_supplier(note.id, cx)?.negated()?, open_of_supplier(invoice.id, cx)?);
    let fits = (invoice.supplier, invoice.company) == (note.supplier, note.company);
    let amount = input.amount.unwrap_or_else(|| left.min(open));
    if !fits || amount.0 <= 0 || amount > left || amount > open {
        let number = invoice.number.unwrap_or_default();
        return Err(refuse("invoicing.more_than_open")
            .field("amount")
            .arg("number", number)
            .arg("open", open.min(left))
            .into());
    }
    offset(note, invoice.id, amount, cx)?;
    Ok(json!({"amount": amount.to_string()}))
}

/// An invoice or credit note that is taken back settles nothing, and is settled by none.
pub(crate) fn let_go(invoice: i64, cx: &mut Context) -> Result<()> {
    let held = cx.hold_all::<Allocation>(
        "kind = 'credit' AND (supplier_credit_id = ? OR (supplier_invoice_id = ? AND supplier_credit_id IS NOT NULL))",
        &[invoice.into(), invoice.into()],
    )?;
    cx.delete_all(held)
}

/// A credit note settles what is open of the invoice it corrects.
pub(crate) fn by_credit(note: &Invoice, invoice: &Invoice, cx: &mut Context) -> Result<()> {
    let open = open_of(invoice.id, cx)?;
    let amount = open.min(open_of(note.id, cx)?);
    if amount.0 <= 0 {
        return Ok(());
    }
    let mut allocation = Allocation {
        credit: Some(Ref::new(note.id)),
        invoice: Some(Ref::new(invoice.id)),
        ..Allocation::new(AllocationKind::Credit, amount, cx)
    };
    cx.insert(&mut allocation)?;
    say_if_settled(invoice, amount == open, cx)
}

/// A payment settles an amount of what is open of an invoice, or of a credit note that is paid out. Who pays for somebody else has
/// the claim moved to him in the books.
pub(crate) fn by_payment(
    payment: &Payment,
    invoice: &Invoice,
    amount: Money,
    open: Money,
    cx: &mut Context,
) -> Result<()> {
    if amount.0 <= 0 || amount > open {
        return Err(refuse("invoicing.more_than_open")
            .field("amount")
            .arg("number", &invoice.number)
            .arg("open", open)
            .into());
    }
    let mut allocation = Allocation {
        payment: Some(Ref::new(payment.id)),
        invoice: Some(Ref::new(invoice.id)),
        ..Allocation::new(AllocationKind::Payment, amount, cx)
    };
    cx.insert(&mut allocation)?;
    third_party(payment, invoice, amount, cx)?;
    say_if_settled(invoice, amount == open, cx)
}

/// Somebody else paid: his payment stands on his account, the claim on the payer's.
fn third_party(payment: &Payment, invoice: &Invoice, amount: Money, cx: &mut Context) -> Result<()> {
    if payment.party == invoice.owed_by() {
        return Ok(());
    }
    let amount = Money(amount.0 * invoice.sign());
    let mut draft = Draft::new(cx.today(), EntryKind::Payment, &invoice.number, Some(Origin::of(payment)));
    draft.add(AccountRole::Receivable, amount, Some(payment.party), None, cx)?;
    draft.add(AccountRole::Receivable, amount.negated()?, Some(invoice.owed_by()), None, cx)?;
    post(draft, cx).map(|_| ())
}

pub(crate) fn by_payment_to_supplier(
    payment: &Payment,
    invoice: &SupplierInvoice,
    amount: Money,
    open: Money,
    cx: &mut Context,
) -> Result<()> {
    if amount.0 <= 0 || amount > open {
        let number = invoice.number.as_deref().unwrap_or_default();
        return Err(refuse("invoicing.more_than_open")
            .field("amount")
            .arg("number", number)
            .arg("open", open)
            .into());
    }
    let mut allocation = Allocation {
        payment: Some(Ref::new(payment.id)),
        supplier_invoice: Some(Ref::new(invoice.id)),
        ..Allocation::new(AllocationKind::Payment, amount, cx)
    };
    cx.insert(&mut allocation)?;
    if amount == open {
        cx.emit("invoicing.SupplierPaid", Origin::of(invoice), invoice.order.clone().into_iter().collect())?;
    }
    Ok(())
}

fn say_if_settled(invoice: &Invoice, settled: bool, cx: &mut Context) -> Result<()> {
    if settled && invoice.kind == InvoiceKind::Invoice {
        cx.emit("invoicing.Paid", Origin::of(invoice), invoice.order.clone().into_iter().collect())?;
    }
    Ok(())
}

/// Frees an invoice of its payments; answers them with their amounts.
pub(crate) fn release_payments(
    invoice: &Invoice,
    only: Option<i64>,
    cx: &mut Context,
) -> Result<Vec<(Payment, Money)>> {
    let held = cx.hold_all::<Allocation>(
        "invoice_id = ? AND payment_id IS NOT NULL AND (? = 0 OR payment_id = ?)",
        &[invoice.id.into(), only.unwrap_or(0).into(), only.unwrap_or(0).into()],
    )?;
    let was_settled = !held.is_empty() && open_of(invoice.id, cx)?.0 == 0;
    let mut released = Vec::with_capacity(held.len());
    for allocation in &held {
        let Some(payment) = allocation.payment else { continue };
        let payment = cx.read(payment)?;
        third_party(&payment, invoice, allocation.amount.negated()?, cx)?;
        released.push((payment, allocation.amount));
    }
    cx.delete_all(held)?;
    if was_settled {
        cx.emit("invoicing.Unpaid", Origin::of(invoice), invoice.order.clone().into_iter().collect())?;
    }
    Ok(released)
}

#[derive(Debug, Input)]
pub struct WriteOff {
    pub amount: Option<Money>,
    pub reason: String,
}

/// Gives up what is left of an invoice; small differences, or a debt that is lost. It costs the customer's profit.
pub(crate) fn write_off(invoice: &mut Invoice, input: WriteOff, cx: &mut Context) -> Result<Json> {
    let open = open_of(invoice.id, cx)?;
    let amount = input.amount.unwrap_or(open);
    if invoice.kind != InvoiceKind::Invoice || amount.0 <= 0 || amount > open {
        return Err(refuse("invoicing.more_than_open")
            .field("amount")
            .arg("number", &invoice.number)
            .arg("open", open)
            .into());
    }
    give_up(invoice, amount, amount == open, &input.reason, cx)?;
    Ok(json!({"amount": amount.to_string()}))
}

/// Whether a difference is small enough to be dropped with a payment.
pub(crate) fn is_small(amount: Money) -> bool {
    amount.0.abs() <= SMALL
}

pub(crate) fn give_up(
    invoice: &Invoice,
    amount: Money,
    settles: bool,
    reason: &str,
    cx: &mut Context,
) -> Result<()> {
    let mut allocation = Allocation {
        invoice: Some(Ref::new(invoice.id)),
        ..Allocation::new(AllocationKind::WriteOff, amount, cx)
    };
    cx.insert(&mut allocation)?;
    let mut draft = Draft::new(cx.today(), EntryKind::Payment, reason, Some(Origin::of(invoice)));
    draft.add(AccountRole::SmallDifference, amount, None, Some(invoice.customer), cx)?;
    draft.add(AccountRole::Receivable, amount.negated()?, Some(invoice.owed_by()), None, cx)?;
    post(draft, cx)?;
    say_if_settled(invoice, settles, cx)
}
