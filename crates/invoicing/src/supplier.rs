//! Suppliers' invoices, held against the order and the receipt (three-way match). What they cost more or less than
//! the receipt said goes to stock, as far as the goods are still there, and to cost for the rest. What is below zero in
//! all is a supplier's credit note.

mod landed;

pub use landed::{LandedBy, LandedCost, Landing};

use crate::{SUPPLIER_PAID, allocation, totals};
use access::Company;
use catalog::{Product, TaxCode};
use kernel::{
    Choice, Context, Entity, Input, Kind, Life, Module, Origin, Ref, Refusal, Result, Value, life, refuse,
};
use ledger::{Account, AccountRole, Direction, Draft, EntryKind, Taxed, post, record_tax};
use numbers::{Date, Decimal6, Money, line_net};
use parties::Party;
use serde_json::{Value as Json, json};
use stock::{Receipt, ReceiptLine, ValueKind, value_difference};

#[derive(Clone, Debug, Entity)]
#[entity(
    search = "number,supplier_number",
    list = "number,state,supplier_id,supplier_number,invoice_on,due_on,gross,open",
    number = "PI{year}-{n:05}",
    unique = "company_id,number",
    index = "supplier_id,supplier_number;order_id"
)]
pub struct SupplierInvoice {
    pub id: i64,
    pub company: Ref<Company>,
    #[field(readonly)]
    pub number: Option<String>,
    #[field(readonly)]
    pub state: SupplierInvoiceState,
    pub supplier: Ref<Party>,
    /// The number that the supplier gave it.
    pub supplier_number: String,
    #[field(readonly)]
    pub order: Option<Origin>,
    pub invoice_on: Option<Date>,
    pub received_on: Option<Date>,
    pub supply_on: Option<Date>,
    pub due_on: Option<Date>,
    /// What the supplier wants to read on the payment.
    pub reference: Option<String>,
    /// The total on the paper; when given, the lines must come to it.
    pub stated_total: Option<Money>,
    #[field(readonly)]
    pub net: Money,
    #[field(readonly)]
    pub tax: Money,
    #[field(readonly)]
    pub gross: Money,
    #[lines]
    pub lines: Vec<SupplierInvoiceLine>,
    /// The receipts whose goods have cost so much more, by the lines that are landed costs.
    #[lines]
    pub landings: Vec<Landing>,
    /// What each received line has got of them.
    #[lines]
    pub landed: Vec<LandedCost>,
    #[lines]
    pub taxes: Vec<SupplierInvoiceTax>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum SupplierInvoiceState {
    Draft,
    Posted,
    Reversed,
}

pub const LIFE: Life =
    life![draft: post => posted, edit => draft; posted: reverse => reversed, settle => posted];

#[derive(Clone, Debug, Entity)]
#[entity(
    line_of = "SupplierInvoice",
    title = "text",
    list = "product_id,text,quantity,unit_price,net,landed_by,expected",
    index = "receipt_line_id"
)]
pub struct SupplierInvoiceLine {
    pub id: i64,
    pub receipt_line: Option<Ref<ReceiptLine>>,
    pub product: Option<Ref<Product>>,
    pub text: String,
    #[field(quantity, default = "1000000")]
    pub quantity: Decimal6,
    pub unit_price: Decimal6,
    #[field(readonly)]
    pub net: Money,
    /// What it should cost by the order, of the quantity received.
    #[field(readonly)]
    pub expected: Money,
    pub tax_code: Option<Ref<TaxCode>>,
    /// Where a line without receipt is booked: rent, electricity.
    pub account: Option<Ref<Account>>,
    /// It is a cost of goods that came (freight, customs, insurance), shared out over them so.
    pub landed_by: Option<LandedBy>,
}

#[derive(Clone, Debug, Entity)]
#[entity(set = "SupplierInvoiceTaxes", line_of = "SupplierInvoice", title = "tax_code_id")]
pub struct SupplierInvoiceTax {
    pub id: i64,
    pub tax_code: Ref<TaxCode>,
    pub base: Money,
    pub tax: Money,
}

/// Suppliers' invoices in the module's list.
pub(crate) fn add(module: Module) -> Module {
    let open = format!("CASE WHEN {{t}}.state <> 'posted' THEN 0 ELSE {{t}}.gross - ({SUPPLIER_PAID}) END");
    module
        .entity::<SupplierInvoice>()
        .life(LIFE)
        .computed("paid", Kind::Money, SUPPLIER_PAID)
        .computed("open", Kind::Money, &open)
        .prepare::<SupplierInvoice>(SupplierInvoice::prepare)
        .set_command::<SupplierInvoice, _, _>("propose", propose)
        .command::<SupplierInvoice, _, _>("post", SupplierInvoice::post)
        .is_final()
        .command::<SupplierInvoice, _, _>("reverse", SupplierInvoice::reverse)
        .is_final()
        .command::<SupplierInvoice, _, _>("settle", allocation::settle)
        .entity::<SupplierInvoiceLine>()
        .computed("difference", Kind::Money, "{t}.net - {t}.expected")
        .entity::<Landing>()
        .closed::<LandedCost>()
        .closed::<SupplierInvoiceTax>()
        .command::<Receipt, _, _>("reverse", reverse_receipt)
        .is_final()
}

/// A received line that no posted invoice names yet.
struct Received {
    line: ReceiptLine,
    received_on: Date,
}

impl SupplierInvoice {
    pub(crate) fn prepare(&mut self, before: Option<&Self>, cx: &mut Context) -> Result<()> {
        if before.is_some_and(|b| b.state != SupplierInvoiceState::Draft) {
            return Ok(());
        }
        let mut faults = Vec::new();
        if self.supplier_number.trim().is_empty() {
            faults.push(refuse("kernel.required").field("supplier_number"));
        }
        for (i, line) in self.lines.iter_mut().enumerate() {
            match line_net(line.quantity, line.unit_price, Decimal6(0)) {
                Ok(net) => line.net = net,
                Err(e) => {
                    faults.push(refuse("kernel.number").field(format!("lines/{i}/quantity")).arg("what", e))
                }
            }
            if line.landed_by.is_some() && (line.receipt_line.is_some() || line.account.is_some()) {
                faults.push(refuse("invoicing.landed_only").field(format!("lines/{i}/landed_by")));
            }
            if line.receipt_line.is_none() && line.account.is_none() && line.landed_by.is_none() {
                faults.push(refuse("invoicing.receipt_or_account").field(format!("lines/{i}/account_id")));
            }
        }
        Refusal::all(faults)?;
        for line in self.lines.iter_mut().filter(|l| l.tax_code.is_none()) {
            let product = line.product.map(|p| cx.read(p)).transpose()?;
            line.tax_code = Some(totals::usual_code(product.and_then(|p| p.tax_code), cx)?);
        }
        let lines: Vec<_> = self.lines.iter().map(|l| (l.tax_code, l.net)).collect();
        let rows = totals::breakdown(&lines, cx)?;
        (self.net, self.tax, self.gross) = totals::sums(&rows)?;
        self.taxes = rows
            .iter()
            .map(|r| SupplierInvoiceTax { id: 0, tax_code: r.category, base: r.base, tax: r.tax })
            .collect();
        Ok(())
    }

    /// Posts the invoice: the interim account is cleared line by line, the difference finds its place.
    pub(crate) fn post(&mut self, (): (), cx: &mut Context) -> Result<Json> {
        self.book(cx)?;
        Ok(json!({"id": self.id}))
    }

    fn book(&mut self, cx: &mut Context) -> Result<()> {
        self.require_complete(cx)?;
        let on = cx.today();
        let invoice_on = self.invoice_on.unwrap_or(on);
        self.invoice_on = Some(invoice_on);
        self.received_on = self.received_on.or(Some(on));
        if self.due_on.is_none() {
            let days = cx.read(self.supplier)?.payment_days;
            self.due_on = Some(invoice_on.plus_days(days)?);
        }
        let mut draft =
            Draft::new(on, EntryKind::SupplierInvoice, &self.supplier_number, Some(Origin::of(self)));
        for line in &mut self.lines {
            book_line(line, self.supplier, on, &mut draft, cx)?;
        }
        self.land(on, &mut draft, cx)?;
        draft.add(AccountRole::VatInput, self.tax, None, None, cx)?;
        draft.add(AccountRole::Payable, self.gross.negated()?, Some(self.supplier), None, cx)?;
        post(draft, cx)?;
        self.tax_records(1, on, cx)?;
        if self.gross.0 < 0 {
            allocation::by_supplier_credit(self, cx)?;
        }
        cx.emit("invoicing.SupplierPosted", Origin::of(self), self.order.clone().into_iter().collect())
    }

    fn require_complete(&self, cx: &mut Context) -> Result<()> {
        if self.lines.is_empty() {
            return Err(refuse("invoicing.no_lines").field("lines").into());
        }
        if let Some(stated) = self.stated_total.filter(|s| *s != self.gross) {
            return Err(refuse("invoicing.total_differs")
                .field("stated_total")
                .arg("stated", stated)
                .arg("lines", self.gross)
                .into());
        }
        let twice = cx.tx.first(
            "SELECT number FROM supplier_invoice WHERE supplier_id = ? AND supplier_number = ? AND state = 'posted' AND id <> ?",
            &[self.supplier.into(), self.supplier_number.as_str().into(), self.id.into()],
        )?;
        match twice {
            Some(row) => Err(refuse("invoicing.entered_twice")
                .field("supplier_number")
                .arg("number", row.text(0))
                .into()),
            None => Ok(()),
        }
    }

    fn tax_records(&self, sign: i64, on: Date, cx: &mut Context) -> Result<()> {
        let party = cx.read(self.supplier)?;
        let invoice_on = self.invoice_on.unwrap_or(on);
        let taxed = Taxed {
            document: Origin::of(self),
            direction: Direction::Input,
            party: Some(self.supplier),
            vat_id: party.vat_id,
            document_on: invoice_on,
            supplied_on: self.supply_on.unwrap_or(invoice_on),
            received_on: self.received_on,
            posted_on: on,
            rows: self
                .taxes
                .iter()
                .map(|t| (t.tax_code, Money(t.base.0 * sign), Money(t.tax.0 * sign)))
                .collect(),
        };
        record_tax(&taxed, cx)
    }

    /// Takes the invoice back: what was received is to be invoiced again.
    pub(crate) fn reverse(&mut self, (): (), cx: &mut Context) -> Result<Json> {
        allocation::let_go(self.id, cx)?;
        if allocation::open_of_supplier(self.id, cx)? != self.gross {
            return Err(refuse("invoicing.paid_already").into());
        }
        let on = cx.today();
        let mut draft = Draft::new(on, EntryKind::Reversal, &self.supplier_number, Some(Origin::of(self)));
        for line in &mut self.lines {
            line.net = line.net.negated()?;
            line.expected = line.expected.negated()?;
            book_line(line, self.supplier, on, &mut draft, cx)?;
            line.net = line.net.negated()?;
            line.expected = line.expected.negated()?;
        }
        self.take_off(on, &mut draft, cx)?;
        draft.add(AccountRole::VatInput, self.tax.negated()?, None, None, cx)?;
        draft.add(AccountRole::Payable, self.gross, Some(self.supplier), None, cx)?;
        post(draft, cx)?;
        self.tax_records(-1, on, cx)?;
        cx.emit("invoicing.SupplierReversed", Origin::of(self), self.order.clone().into_iter().collect())?;
        Ok(json!({}))
    }
}

fn book_line(
    line: &SupplierInvoiceLine,
    supplier: Ref<Party>,
    on: Date,
    draft: &mut Draft,
    cx: &mut Context,
) -> Result<()> {
    if line.landed_by.is_some() {
        // Shared out over the goods that came.
        return Ok(());
    }
    let Some(receipt_line) = line.receipt_line else {
        return match line.account {
            Some(account) => draft.on_account(account, line.net, None, None),
            None => draft.add(AccountRole::PurchasedServices, line.net, None, None, cx),
        };
    };
    draft.add(AccountRole::ReceivedNotInvoiced, line.expected, Some(supplier), None, cx)?;
    let difference = line.net.minus(line.expected)?;
    if difference.0 == 0 {
        return Ok(());
    }
    let received = cx.find::<ReceiptLine>("id = ?", &[receipt_line.into()])?.into_iter().next();
    let Some(stock_move) = received.and_then(|r| r.stock_move) else {
        return draft.add(AccountRole::PurchasedServices, difference, None, None, cx);
    };
    let (in_stock, in_cost) = value_difference(stock_move, difference, ValueKind::InvoiceDifference, on, cx)?;
    draft.add(AccountRole::Stock, in_stock, None, None, cx)?;
    draft.add(AccountRole::PriceDifference, in_cost, None, None, cx)
}

/// What was received and no invoice names, by order or receipt.
fn received(condition: &str, id: i64, cx: &mut Context) -> Result<Vec<Received>> {
    let rows = cx.tx.query(
        &format!(
            "SELECT l.id, r.received_on FROM receipt r JOIN receipt_line l ON l.parent_id = r.id
             WHERE r.state = 'received' AND {condition} = ? AND NOT EXISTS (
                SELECT 1 FROM supplier_invoice_line n JOIN supplier_invoice v ON v.id = n.parent_id
                WHERE n.receipt_line_id = l.id AND v.state = 'posted') ORDER BY l.id"
        ),
        &[id.into()],
    )?;
    let ids: Vec<Value> = rows.iter().map(|r| r.get(0).clone()).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let lines = cx.find::<ReceiptLine>(&format!("id {}", kernel::rows::among(ids.len())), &ids)?;
    rows.iter()
        .zip(lines)
        .map(|(r, line)| Ok(Received { line, received_on: Date::from_days(r.int(1))? }))
        .collect()
}

fn lines_of(received: &[Received]) -> Vec<SupplierInvoiceLine> {
    received
        .iter()
        .map(|r| SupplierInvoiceLine {
            id: 0,
            receipt_line: Some(Ref::new(r.line.id)),
            product: Some(r.line.product),
            text: r.line.text.clone(),
            quantity: r.line.quantity,
            unit_price: r.line.unit_price,
            net: r.line.net,
            expected: r.line.net,
            tax_code: None,
            account: None,
            landed_by: None,
        })
        .collect()
}

fn blank(supplier: Ref<Party>, supplier_number: String, cx: &Context) -> SupplierInvoice {
    SupplierInvoice {
        id: 0,
        company: Ref::new(cx.actor.company),
        number: None,
        state: SupplierInvoiceState::Draft,
        supplier,
        supplier_number,
        order: None,
        invoice_on: None,
        received_on: Some(cx.today()),
        supply_on: None,
        due_on: None,
        reference: None,
        stated_total: None,
        net: Money(0),
        tax: Money(0),
        gross: Money(0),
        lines: Vec::new(),
        landings: Vec::new(),
        landed: Vec::new(),
        taxes: Vec::new(),
    }
}

#[derive(Debug, Input)]
pub struct Propose {
    pub receipt: Ref<Receipt>,
    pub supplier_number: String,
}

/// Begins a supplier's invoice with what a receipt brought and nobody has invoiced yet.
fn propose(input: Propose, cx: &mut Context) -> Result<Json> {
    let receipt = cx.read(input.receipt)?;
    let open = received("r.id", receipt.id, cx)?;
    if open.is_empty() {
        return Err(refuse("invoicing.nothing_received").field("receipt_id").into());
    }
    let mut invoice = blank(receipt.supplier, input.supplier_number, cx);
    invoice.order = receipt.order;
    invoice.supply_on = Some(receipt.received_on);
    invoice.lines = lines_of(&open);
    cx.insert(&mut invoice)?;
    Ok(json!({"id": invoice.id}))
}

/// What a supplier's invoice for an order says, where it differs from the receipt.
#[derive(Clone, Debug)]
pub struct Entered {
    pub order: Origin,
    pub supplier: Ref<Party>,
    pub supplier_number: String,
    pub invoice_on: Option<Date>,
    pub stated_total: Option<Money>,
    /// Order line and its price on the invoice.
    pub prices: Vec<(i64, Decimal6)>,
}

/// Enters and posts the supplier's invoice for all that an order has brought so far.
///
/// # Errors
/// `invoicing.nothing_received`, `invoicing.total_differs`, `invoicing.entered_twice`.
pub fn enter_supplier_invoice(entered: Entered, cx: &mut Context) -> Result<i64> {
    let open = received("r.order_id", entered.order.id, cx)?;
    if open.is_empty() {
        return Err(refuse("invoicing.nothing_received").into());
    }
    let mut invoice = blank(entered.supplier, entered.supplier_number, cx);
    invoice.supply_on = open.iter().map(|r| r.received_on).max();
    invoice.lines = lines_of(&open);
    for (line, received) in invoice.lines.iter_mut().zip(&open) {
        let of = received.line.order_line.as_ref().map_or(0, |o| o.id);
        if let Some((_, price)) = entered.prices.iter().find(|(id, _)| *id == of) {
            line.unit_price = *price;
        }
    }
    invoice.order = Some(entered.order);
    invoice.invoice_on = entered.invoice_on;
    invoice.stated_total = entered.stated_total;
    invoice.id = cx.next_id()?;
    invoice.prepare(None, cx)?;
    invoice.book(cx)?;
    invoice.state = SupplierInvoiceState::Posted;
    cx.insert(&mut invoice)?;
    Ok(invoice.id)
}

#[derive(Debug, Input)]
pub struct ReverseReceipt {
    pub on: Option<Date>,
}

/// Takes a receipt back, unless the supplier's invoice for it is posted.
fn reverse_receipt(receipt: &mut Receipt, input: ReverseReceipt, cx: &mut Context) -> Result<Json> {
    if received("r.id", receipt.id, cx)?.len() < receipt.lines.len() {
        return Err(refuse("invoicing.receipt_invoiced").into());
    }
    let on = input.on.unwrap_or_else(|| cx.today());
    receipt.reverse(on, cx)?;
    Ok(json!({}))
}
