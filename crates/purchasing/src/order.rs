//! What a purchase order is, and its verbs.

mod outside;

use crate::RECEIVED;
use crate::offer::best_offers;
use access::Company;
use catalog::{Product, ProductKind, TaxCode, TaxRates, Unit, products};
use invoicing::{Entered, enter_supplier_invoice};
use kernel::{
    Choice, Context, Entity, Error, Input, Life, Origin, Ref, Refusal, Result, Value, life, refuse,
};
use numbers::{Date, Decimal6, Money, line_net, vat};
use parties::Party;
use production::WorkOrderOperation;
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use stock::{Arrival, Arriving, Location, Warehouse};

/// An order to a supplier.
#[derive(Clone, Debug, Entity)]
#[entity(
    search = "number,their_reference",
    list = "number,state,supplier_id,ordered_on,expected_on,net,to_receive",
    number = "PO{year}-{n:05}",
    unique = "company_id,number",
    index = "supplier_id;state,expected_on;source_key"
)]
pub struct PurchaseOrder {
    pub id: i64,
    pub company: Ref<Company>,
    #[field(readonly)]
    pub number: Option<String>,
    pub supplier: Ref<Party>,
    #[field(readonly)]
    pub state: PurchaseOrderState,
    pub ordered_on: Option<Date>,
    pub expected_on: Option<Date>,
    /// Where it is to come; the firm's first where empty.
    pub warehouse: Option<Ref<Warehouse>>,
    #[field(default = "EUR")]
    pub currency: String,
    pub their_reference: Option<String>,
    #[field(long)]
    pub note: Option<String>,
    #[field(readonly)]
    pub net: Money,
    #[field(readonly)]
    pub tax: Money,
    #[field(readonly)]
    pub gross: Money,
    /// From before the start: shown and counted, outside stock and books.
    #[field(readonly)]
    pub history: bool,
    #[field(readonly)]
    pub source_key: Option<String>,
    #[lines]
    pub lines: Vec<PurchaseOrderLine>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum PurchaseOrderState {
    Draft,
    Confirmed,
    Closed,
    Cancelled,
}

pub const LIFE: Life = life![draft: confirm => confirmed, cancel => cancelled, edit => draft, send => draft;
    confirmed: receive => confirmed, invoice => confirmed, waive => confirmed, send => confirmed, reschedule => confirmed, close => closed, cancel => cancelled;
    closed: invoice => closed, send => closed];

#[derive(Clone, Debug, Entity)]
#[entity(
    line_of = "PurchaseOrder",
    title = "text",
    list = "product_id,quantity,unit_id,unit_price,net,expected_on,received",
    index = "product_id"
)]
pub struct PurchaseOrderLine {
    pub id: i64,
    #[field(readonly)]
    pub position: i64,
    pub product: Ref<Product>,
    pub text: String,
    #[field(quantity, default = "1000000")]
    pub quantity: Decimal6,
    /// The product's stock unit where empty.
    pub unit: Option<Ref<Unit>>,
    /// The supplier's price where empty.
    pub unit_price: Option<Decimal6>,
    #[field(readonly)]
    pub net: Money,
    pub tax_code: Option<Ref<TaxCode>>,
    pub expected_on: Option<Date>,
    /// The work order's operation that is done by it, where work is bought.
    pub operation: Option<Ref<WorkOrderOperation>>,
    /// The rest is not expected any more.
    #[field(readonly)]
    pub waived: bool,
    /// What went back and is not to come again.
    #[field(quantity, readonly)]
    pub given_up: Decimal6,
    #[field(readonly)]
    pub source_key: Option<String>,
}

impl PurchaseOrder {
    pub(crate) fn prepare(&mut self, before: Option<&Self>, cx: &mut Context) -> Result<()> {
        if self.history || before.is_some_and(|b| b.state != PurchaseOrderState::Draft) {
            return Ok(());
        }
        if let Some(warehouse) = self.warehouse {
            stock::first_location(Some(warehouse), cx)?;
        }
        let known = products(self.lines.iter().map(|l| l.product), cx)?;
        self.fill(&known, cx)?;
        let mut faults = Vec::new();
        for (i, line) in self.lines.iter_mut().enumerate() {
            if let Some(kit) = known.get(&line.product.id()).filter(|p| p.kind == ProductKind::Kit) {
                let fault = refuse("purchasing.is_kit").arg("product", &kit.name);
                faults.push(fault.field(format!("lines/{i}/product_id")));
            }
            if line.quantity.0 <= 0 {
                faults.push(refuse("purchasing.quantity").field(format!("lines/{i}/quantity")));
            }
            match line_net(line.quantity, line.unit_price.unwrap_or_default(), Decimal6(0)) {
                Ok(net) => line.net = net,
                Err(e) => {
                    faults.push(refuse("kernel.number").field(format!("lines/{i}/quantity")).arg("what", e))
                }
            }
        }
        Refusal::all(faults)?;
        outside::fitting(self, cx)?;
        self.total(cx)
    }

    /// Prices, texts and dates that nobody typed.
    fn fill(&mut self, known: &HashMap<i64, Product>, cx: &mut Context) -> Result<()> {
        let today = cx.today();
        let ordered_on = *self.ordered_on.get_or_insert(today);
        let ids: Vec<i64> = known.keys().copied().collect();
        let offers = best_offers(&ids, Some(self.supplier), ordered_on, cx.actor.company, cx.tx)?;
        for (line, position) in self.lines.iter_mut().zip(1..) {
            line.position = position;
            let Some(product) = known.get(&line.product.id()) else { continue };
            let offer = offers.get(&product.id);
            if line.text.is_empty() {
                line.text.clone_from(&product.name);
            }
            line.tax_code = line.tax_code.or(product.tax_code);
            if line.unit_price.is_none() {
                let of_stock_unit = offer.map_or(product.standard_cost, |o| o.price);
                let in_one = product.in_stock_unit(line.unit, Decimal6::ONE)?;
                line.unit_price = Some(of_stock_unit.times(in_one)?);
            }
            if line.expected_on.is_none() {
                let days = offer.map_or(0, |o| o.lead_time_days);
                line.expected_on = Some(ordered_on.plus_days(days)?);
            }
        }
        self.expected_on = self.expected_on.or_else(|| self.lines.iter().filter_map(|l| l.expected_on).max());
        Ok(())
    }

    fn total(&mut self, cx: &mut Context) -> Result<()> {
        self.net = Money::sum(self.lines.iter().map(|l| l.net))?;
        let mut by_code: HashMap<i64, Money> = HashMap::new();
        for line in &self.lines {
            if let Some(code) = line.tax_code {
                let sum = by_code.entry(code.id()).or_default();
                *sum = sum.plus(line.net)?;
            }
        }
        self.tax = Money(0);
        let rates = TaxRates::read(cx)?;
        for (code, base) in by_code {
            self.tax = self.tax.plus(vat(base, rates.of(Ref::new(code)).unwrap_or_default())?)?;
        }
        self.gross = self.net.plus(self.tax)?;
        Ok(())
    }

    /// Binds us to the supplier.
    pub(crate) fn confirm(&mut self, (): (), cx: &mut Context) -> Result<Json> {
        if self.lines.is_empty() {
            return Err(refuse("purchasing.no_lines").field("lines").into());
        }
        // From here on it stays the same, whichever is the usual one later.
        if self.warehouse.is_none() {
            self.warehouse = stock::usual(cx)?.map(|(warehouse, _)| warehouse);
        }
        let for_whom = outside::work_orders(self, cx)?;
        cx.emit("purchasing.Confirmed", Origin::of(self), for_whom)?;
        Ok(json!({"id": self.id}))
    }

    /// The supplier comes on another day: what is still open of the order, or of the lines that are named.
    pub(crate) fn reschedule(&mut self, input: Reschedule, cx: &mut Context) -> Result<()> {
        if input.expected_on < cx.today() {
            return Err(refuse("purchasing.in_the_past").field("expected_on").into());
        }
        for (i, named) in input.lines.iter().enumerate() {
            if !self.lines.iter().any(|line| line.id == named.line.id()) {
                return Err(refuse("purchasing.no_such_line").field(format!("lines/{i}/line_id")).into());
            }
        }
        let open = self.open(cx)?;
        for line in &mut self.lines {
            let named = input.lines.is_empty() || input.lines.iter().any(|named| named.line.id() == line.id);
            if named && open.get(&line.id).is_some_and(|quantity| quantity.0 > 0) {
                line.expected_on = Some(input.expected_on);
            }
        }
        self.expected_on = self.lines.iter().filter_map(|line| line.expected_on).max();
        cx.emit("purchasing.Rescheduled", Origin::of(self), vec![])
    }

    /// What of each line is still to come, in its unit.
    pub(crate) fn open(&self, cx: &mut Context) -> Result<HashMap<i64, Decimal6>> {
        let received = RECEIVED.replace("{t}", "l");
        let rows = cx.tx.query(
            &format!("SELECT l.id, l.quantity - l.given_up - {received} FROM purchase_order_line l WHERE l.parent_id = ? AND l.waived = 0"),
            &[self.id.into()],
        )?;
        Ok(rows.iter().map(|r| (r.int(0), Decimal6(r.int(1).max(0)))).collect())
    }

    /// Goods or services have come; without lines, all that is open. A line may be named once for each lot.
    pub(crate) fn receive(&mut self, input: Receive, cx: &mut Context) -> Result<Json> {
        let open = self.open(cx)?;
        let known = products(self.lines.iter().map(|l| l.product), cx)?;
        let mut lines = Vec::new();
        for (at, line) in self.lines.iter().enumerate() {
            let product = known
                .get(&line.product.id())
                .ok_or_else(|| Error::corrupt("an order line has no product"))?;
            if input.lines.is_empty() {
                let all = open.get(&line.id).copied().filter(|q| q.0 > 0);
                let all =
                    all.map(|q| arriving(line, product, q, None, (input.blocked, format!("lines/{at}/"))));
                lines.extend(all.transpose()?);
            }
            for (i, given) in input.lines.iter().enumerate().filter(|(_, g)| g.line.id() == line.id) {
                if given.quantity.0 < 0 {
                    return Err(refuse("purchasing.quantity").field(format!("lines/{i}/quantity")).into());
                }
                if given.quantity.0 > 0 {
                    let on_hold = given.blocked.or(input.blocked);
                    let from = (on_hold, format!("lines/{i}/"));
                    lines.push(arriving(line, product, given.quantity, Some(given), from)?);
                }
            }
        }
        if lines.is_empty() {
            return Err(refuse("purchasing.nothing_to_receive").field("lines").into());
        }
        let arrival = Arrival {
            supplier: self.supplier,
            on: input.received_on.unwrap_or_else(|| cx.today()),
            supplier_note: input.supplier_note.unwrap_or_default(),
            order: Origin::of(self),
            warehouse: self.warehouse,
            location: input.location,
            lines,
        };
        let (on, done) = (arrival.on, outside::of(self, &arrival.lines));
        let receipt = stock::receive(arrival, cx)?;
        outside::done(&done, on, cx)?;
        cx.emit("purchasing.Received", Origin::of(self), vec![Origin::of(&receipt)])?;
        Ok(json!({"receipt_id": receipt.id}))
    }

    /// Enters the supplier's invoice for what has come and is not invoiced; prices that differ are given by line.
    pub(crate) fn invoice(&mut self, input: Invoiced, cx: &mut Context) -> Result<Json> {
        let entered = Entered {
            order: Origin::of(self),
            supplier: self.supplier,
            supplier_number: input.supplier_number,
            invoice_on: input.invoice_on,
            stated_total: input.total,
            prices: input.lines.iter().map(|l| (l.line.id(), l.unit_price)).collect(),
        };
        let id = enter_supplier_invoice(entered, cx)?;
        cx.emit("purchasing.Invoiced", Origin::of(self), vec![])?;
        Ok(json!({"supplier_invoice_id": id}))
    }

    /// The rest does not come any more; who waits for it is short again.
    pub(crate) fn waive(&mut self, (): (), cx: &mut Context) -> Result<()> {
        let open = self.open(cx)?;
        for line in &mut self.lines {
            line.waived = open.get(&line.id).is_some_and(|q| q.0 > 0);
        }
        self.disappoint(cx)?;
        cx.emit("purchasing.Waived", Origin::of(self), vec![])
    }

    fn disappoint(&self, cx: &mut Context) -> Result<()> {
        let lines: Vec<i64> = self.lines.iter().map(|l| l.id).collect();
        stock::supply_lost(&lines, cx)
    }

    /// Everything has come and is invoiced.
    pub(crate) fn close(&mut self, (): (), cx: &mut Context) -> Result<()> {
        if self.open(cx)?.values().any(|q| q.0 > 0) {
            return Err(refuse("purchasing.not_received").into());
        }
        cx.emit("purchasing.Closed", Origin::of(self), vec![])
    }

    /// Nothing has come, and nothing will.
    pub(crate) fn cancel(&mut self, (): (), cx: &mut Context) -> Result<()> {
        let come = cx.tx.first(
            "SELECT id FROM receipt WHERE order_id = ? AND state = 'received' LIMIT 1",
            &[self.id.into()],
        )?;
        if come.is_some() {
            return Err(refuse("purchasing.received_already").into());
        }
        self.disappoint(cx)?;
        cx.emit("purchasing.Cancelled", Origin::of(self), vec![])
    }

    /// Mails the order to the supplier.
    pub(crate) fn send(&mut self, (): (), cx: &mut Context) -> Result<Json> {
        let supplier = cx.read(self.supplier)?;
        let to = supplier.email.filter(|e| !e.is_empty());
        let to = to.ok_or_else(|| {
            Error::from(refuse("purchasing.no_email").field("email").arg("party", &supplier.name))
        })?;
        let language = supplier.language.unwrap_or_else(|| cx.actor.language.clone());
        let number = self.number.clone().unwrap_or_default();
        let company = cx.read(self.company)?.name;
        let text = |key: &str| {
            let args = [("number", number.as_str()), ("company", company.as_str())];
            cx.registry.texts.filled(&language, &format!("purchasing.mails.order.{key}"), &args)
        };
        let (subject, body) = (text("subject"), text("text"));
        let attachment = json!({"name": format!("{number}.pdf"), "entity": "PurchaseOrder", "id": self.id, "paper": "purchase_order"});
        cx.later(
            "mail",
            json!({"to": to, "subject": subject, "text": body, "attachments": [attachment]}),
            0,
        )?;
        Ok(json!({"to": to}))
    }
}

/// What arrives of an order line, on hold or not, with the place where it was typed.
fn arriving(
    line: &PurchaseOrderLine,
    product: &Product,
    quantity: Decimal6,
    given: Option<&ReceiveLine>,
    (blocked, at): (Option<bool>, String),
) -> Result<Arriving> {
    let unit_price = line.unit_price.unwrap_or_default();
    Ok(Arriving {
        order_line: Origin::of(line),
        product: line.product,
        text: line.text.clone(),
        is_goods: product.kind == ProductKind::Goods,
        quantity,
        stock_quantity: product.in_stock_unit(line.unit, quantity)?,
        unit_price,
        net: line_net(quantity, unit_price, Decimal6(0))?,
        lot: given.and_then(|g| g.lot.clone()).unwrap_or_default(),
        expires_on: given.and_then(|g| g.expires_on),
        supplier_lot: given.and_then(|g| g.supplier_lot.clone()),
        potency_percent: given.and_then(|g| g.potency_percent),
        blocked: blocked.unwrap_or_default(),
        at,
    })
}

#[derive(Debug, Input)]
pub struct Reschedule {
    pub expected_on: Date,
    /// All that is open where empty.
    #[lines]
    pub lines: Vec<RescheduledLine>,
}

#[derive(Debug, Input)]
pub struct RescheduledLine {
    pub line: Ref<PurchaseOrderLine>,
}

#[derive(Debug, Input)]
pub struct Receive {
    pub received_on: Option<Date>,
    /// The number of the supplier's delivery note.
    pub supplier_note: Option<String>,
    pub location: Option<Ref<Location>>,
    /// On hold until it is inspected.
    pub blocked: Option<bool>,
    #[lines]
    pub lines: Vec<ReceiveLine>,
}

#[derive(Debug, Input)]
pub struct ReceiveLine {
    pub line: Ref<PurchaseOrderLine>,
    #[field(quantity)]
    pub quantity: Decimal6,
    pub lot: Option<String>,
    /// By the product's shelf life where empty.
    pub expires_on: Option<Date>,
    /// The supplier's own number of the lot.
    pub supplier_lot: Option<String>,
    /// How much of it works, of what a full one would; 100 where empty.
    pub potency_percent: Option<Decimal6>,
    /// As all the others where empty.
    pub blocked: Option<bool>,
}

#[derive(Debug, Input)]
pub struct Invoiced {
    pub supplier_number: String,
    pub invoice_on: Option<Date>,
    /// The total on the paper; when given, it must be met.
    pub total: Option<Money>,
    #[lines]
    pub lines: Vec<InvoicedLine>,
}

#[derive(Debug, Input)]
pub struct InvoicedLine {
    pub line: Ref<PurchaseOrderLine>,
    pub unit_price: Decimal6,
}

/// What of a confirmed order's line is still to come.
#[derive(Clone, Debug)]
pub struct OpenLine {
    pub order: i64,
    pub line: i64,
    pub number: String,
    pub supplier: i64,
    pub supplier_name: String,
    pub product: i64,
    /// Where it is to come; the firm's first where empty.
    pub warehouse: Option<i64>,
    /// In the product's stock unit.
    pub quantity: Decimal6,
    pub expected_on: Date,
    /// The operation that it does.
    pub operation: Option<i64>,
}

/// All that a company's suppliers are to bring, first what comes first; of some products only where they are given.
///
/// # Errors
/// The database's.
pub fn open_lines(products: Option<&[i64]>, company: i64, tx: &mut store::Tx) -> Result<Vec<OpenLine>> {
    let received = RECEIVED.replace("{t}", "l");
    let mut out = Vec::new();
    for (named, ids) in kernel::rows::named_or_all("l.product_id", products) {
        let sql = format!(
            "SELECT o.id, l.id, o.number, o.supplier_id, p.name, l.product_id, COALESCE(l.expected_on, o.expected_on),
                    (l.quantity - l.given_up - {received}) * COALESCE(c.numerator, 1) / COALESCE(c.denominator, 1), l.operation_id, o.warehouse_id
             FROM purchase_order_line l JOIN purchase_order o ON o.id = l.parent_id JOIN party p ON p.id = o.supplier_id
             LEFT JOIN conversion c ON c.parent_id = l.product_id AND c.unit_id = l.unit_id
             WHERE o.company_id = ? AND o.state = 'confirmed' AND l.waived = 0 AND {named} ORDER BY 7, l.id"
        );
        let params: Vec<Value> = std::iter::once(company.into()).chain(ids).collect();
        for r in tx.query(&sql, &params)?.iter().filter(|r| r.int(7) > 0) {
            out.push(OpenLine {
                order: r.int(0),
                line: r.int(1),
                number: r.get(2).as_text().unwrap_or_default().to_owned(),
                supplier: r.int(3),
                supplier_name: r.text(4).to_owned(),
                product: r.int(5),
                warehouse: r.get(9).as_int(),
                expected_on: Date::from_days(r.int(6))?,
                quantity: Decimal6(r.int(7)),
                operation: r.get(8).as_int(),
            });
        }
    }
    Ok(out)
}
