//! What is asked for and what is paid: invoices and credit notes, suppliers' invoices, payments and the bank.
//!
//! *Paid* is never set: it follows from allocations, which tie payments, credit notes and write-offs to invoices.
//! A posted document is never edited; it is credited or reversed by another with a number of its own.

mod allocation;
mod bank;
mod invariants;
mod invoice;
mod payment;
mod supplier;
mod totals;

pub use allocation::{Allocation, AllocationKind};
pub use bank::{BankLine, BankStatement};
pub use invoice::{
    Invoice, InvoiceKind, InvoiceLine, InvoiceState, InvoiceTax, Price, PriceChange, Terms,
    charge_difference, invoice_delivered, invoiced_lines, missing,
};
pub use payment::{Payment, PaymentSide};
pub use supplier::{Entered, SupplierInvoice, SupplierInvoiceLine, enter_supplier_invoice};

use kernel::{Kind, Module};

/// What of an invoice is settled: payments, credit notes and write-offs; for a credit note, what it has settled.
const PAID: &str =
    "COALESCE((SELECT CAST(SUM(a.amount) AS BIGINT) FROM allocation a WHERE a.invoice_id = {t}.id), 0)
    + COALESCE((SELECT CAST(SUM(a.amount) AS BIGINT) FROM allocation a WHERE a.credit_id = {t}.id), 0)";
/// The same of what suppliers want; below zero for what they give back.
pub const SUPPLIER_PAID: &str = "(CASE WHEN {t}.gross < 0 THEN -1 ELSE 1 END)
    * (COALESCE((SELECT CAST(SUM(a.amount) AS BIGINT) FROM allocation a WHERE a.supplier_invoice_id = {t}.id), 0)
     + COALESCE((SELECT CAST(SUM(a.amount) AS BIGINT) FROM allocation a WHERE a.supplier_credit_id = {t}.id), 0))";

/// The module's list.
#[must_use]
pub fn module() -> Module {
    let open = format!(
        "CASE WHEN {{t}}.state <> 'posted' THEN 0
              WHEN {{t}}.kind = 'credit_note' THEN -({{t}}.gross - ({PAID})) ELSE {{t}}.gross - ({PAID}) END"
    );
    let module = Module::new("invoicing", include_str!("../locale/en.json"), include_str!("../locale/sl.json"))
        .entity::<Invoice>()
        .life(invoice::LIFE)
        .computed("paid", Kind::Money, PAID)
        .computed("open", Kind::Money, &open)
        .computed(
            "reference",
            Kind::Text,
            "CASE WHEN {t}.number <> '' AND {t}.kind = 'invoice' THEN 'SI00 ' || {t}.number END",
        )
        .prepare::<Invoice>(Invoice::prepare)
        .command::<Invoice, _, _>("post", Invoice::post)
        .is_final()
        .command::<Invoice, _, _>("credit", Invoice::credit)
        .is_final()
        .command::<Invoice, _, _>("reverse", Invoice::reverse)
        .is_final()
        .command::<Invoice, _, _>("correct_customer", Invoice::correct_customer)
        .is_final()
        .command::<Invoice, _, _>("send", Invoice::send)
        .command::<Invoice, _, _>("write_off", allocation::write_off)
        .is_final()
        .set_query::<Invoice, _>("open_items", invoice::open_items)
        .entity::<InvoiceLine>()
        .closed::<InvoiceTax>()
        .closed::<Payment>()
        .life(payment::LIFE)
        .computed(
            "unallocated",
            Kind::Money,
            "CASE WHEN {t}.state = 'posted' THEN {t}.amount - COALESCE((SELECT CAST(SUM(a.amount) AS BIGINT) FROM allocation a WHERE a.payment_id = {t}.id), 0) ELSE 0 END",
        )
        .set_command::<Payment, _, _>("pay", payment::pay)
        .is_final()
        .command::<Payment, _, _>("allocate", Payment::allocate)
        .command::<Payment, _, _>("release", Payment::release)
        .command::<Payment, _, _>("reverse", Payment::reverse)
        .is_final()
        .closed::<Allocation>()
        .closed::<BankStatement>()
        .set_command::<BankStatement, _, _>("import_camt", bank::import_camt)
        .computed(
            "unmatched",
            Kind::Integer,
            "SELECT COUNT(*) FROM bank_line l WHERE l.statement_id = {t}.id AND l.state = 'open'",
        )
        .closed::<BankLine>()
        .life(bank::LIFE)
        .query::<BankLine, _>("proposals", bank::proposals)
        .command::<BankLine, _, _>("match", BankLine::match_to)
        .is_final()
        .command::<BankLine, _, _>("post_to_account", BankLine::post_to_account)
        .is_final()
        .command::<BankLine, _, _>("unmatch", BankLine::unmatch)
        .is_final()
        .events(&[
            "invoicing.Posted",
            "invoicing.Credited",
            "invoicing.Paid",
            "invoicing.Unpaid",
            "invoicing.SupplierPosted",
            "invoicing.SupplierReversed",
            "invoicing.SupplierPaid",
            "invoicing.Matched",
        ])
        .area("finance", &["Invoice", "SupplierInvoice", "Payment", "BankStatement", "BankLine"]);
    invariants::add(supplier::add(module))
}
