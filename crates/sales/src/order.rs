//! What an order is.

mod amend;
mod confirm;
mod deliver;
mod settle;

use crate::DELIVERED;
use crate::desk::{Availability, Stand};
use access::{Company, User};
use catalog::{
    Kits, Product, ProductKind, TaxCode, TaxRates, Unit, Wanted, kits_by_parts, prices_of, products_and_parts,
};
use kernel::{Choice, Context, Entity, Life, Origin, Ref, Refusal, Result, life, refuse};
use numbers::{Date, Decimal6, Money, line_net, vat};
use parties::Party;
use std::collections::HashMap;
use stock::Warehouse;

/// A customer's promise to buy, and ours to deliver; before that, an offer.
#[derive(Clone, Debug, Entity)]
#[entity(
    search = "number,your_reference",
    list = "number,state,customer_id,ordered_on,promised_on,net,to_deliver,to_invoice,to_pay",
    number = "SO{year}-{n:05}",
    owner = "customer.responsible",
    unique = "company_id,number",
    index = "customer_id,ordered_on;state,ordered_on;ordered_on;source_key;opportunity_id;reserved,valid_until"
)]
pub struct SalesOrder {
    pub id: i64,
    pub company: Ref<Company>,
    #[field(readonly)]
    pub number: Option<String>,
    pub customer: Ref<Party>,
    /// Who owes, where it is not the customer.
    pub payer: Option<Ref<Party>>,
    pub contact: Option<Ref<Party>>,
    #[field(readonly)]
    pub state: SalesOrderState,
    pub ordered_on: Option<Date>,
    /// A quote holds until then.
    pub valid_until: Option<Date>,
    pub requested_on: Option<Date>,
    /// The quote holds what it offers until then.
    #[field(readonly)]
    pub reserved: bool,
    /// When everything will be there, by stock and supply.
    #[field(readonly)]
    pub promised_on: Option<Date>,
    /// From where it is shipped; the firm's first where empty.
    pub warehouse: Option<Ref<Warehouse>>,
    #[field(default = "EUR")]
    pub currency: String,
    pub your_reference: Option<String>,
    pub responsible: Option<Ref<User>>,
    pub opportunity: Option<Origin>,
    #[field(long)]
    pub note: Option<String>,
    #[field(readonly)]
    pub net: Money,
    #[field(readonly)]
    pub tax: Money,
    #[field(readonly)]
    pub gross: Money,
    /// What the goods cost us, by today's average.
    #[field(readonly)]
    pub cost: Money,
    /// From before the start: shown and counted, outside stock and books.
    #[field(readonly)]
    pub history: bool,
    #[field(readonly)]
    pub source_key: Option<String>,
    #[lines]
    pub lines: Vec<SalesOrderLine>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum SalesOrderState {
    Draft,
    Quoted,
    Confirmed,
    Closed,
    Cancelled,
}

pub const LIFE: Life = life![
    draft: quote => quoted, confirm => confirmed, cancel => cancelled, edit => draft, send => draft;
    quoted: quote => quoted, confirm => confirmed, cancel => cancelled, edit => quoted, send => quoted,
        reserve => quoted, release_reservation => quoted;
    confirmed: reserve => confirmed, deliver => confirmed, sign_act => confirmed, amend => confirmed, accept_excess => confirmed,
        waive => confirmed, take_back => confirmed, invoice => confirmed, send => confirmed, engineer => confirmed, close => closed, cancel => cancelled;
    closed: take_back => confirmed, invoice => closed, send => closed;
    cancelled: invoice => cancelled];

#[derive(Clone, Debug, Entity)]
#[entity(
    line_of = "SalesOrder",
    title = "text",
    list = "product_id,text,quantity,unit_id,unit_price,discount_percent,net,promised_on,delivered",
    index = "product_id"
)]
pub struct SalesOrderLine {
    pub id: i64,
    #[field(readonly)]
    pub position: i64,
    /// None for a line of text.
    pub product: Option<Ref<Product>>,
    pub text: String,
    #[field(quantity, default = "1000000")]
    pub quantity: Decimal6,
    pub unit: Option<Ref<Unit>>,
    /// The list's price where empty.
    pub unit_price: Option<Decimal6>,
    pub discount_percent: Decimal6,
    #[field(readonly)]
    pub net: Money,
    pub tax_code: Option<Ref<TaxCode>>,
    #[field(readonly)]
    pub cost: Money,
    #[field(readonly)]
    pub promised_on: Option<Date>,
    /// Given up by agreement: not delivered any more.
    #[field(quantity, readonly)]
    pub waived: Decimal6,
    #[field(readonly)]
    pub source_key: Option<String>,
}

/// A part of a kit is not delivered, and so not ordered.
pub(crate) fn whole_kits(product: &Product, stock_quantity: Decimal6) -> Option<Refusal> {
    let whole = product.kind != ProductKind::Kit || stock_quantity.0 % Decimal6::SCALE == 0;
    (!whole).then(|| refuse("sales.whole_kits").arg("product", &product.name))
}

impl SalesOrder {
    /// Whether it was confirmed: before that nothing is held, delivered or invoiced for it.
    pub(crate) fn binds(&self) -> bool {
        !matches!(self.state, SalesOrderState::Draft | SalesOrderState::Quoted)
    }

    pub(crate) fn prepare(&mut self, before: Option<&Self>, cx: &mut Context) -> Result<()> {
        if self.history || before.is_some_and(Self::binds) {
            return Ok(());
        }
        if let Some(before) = before.filter(|b| self.asks_the_same(b))
            && self.stays_where(before, cx)?
        {
            return Ok(());
        }
        if before.is_none() {
            let customer = cx.head(self.customer)?;
            if customer.merged_into.is_some() || customer.archived {
                return Err(refuse("sales.archived_customer")
                    .field("customer_id")
                    .arg("party", customer.name)
                    .into());
            }
            self.responsible = self.responsible.or(customer.responsible);
        }
        if let Some(warehouse) = self.warehouse {
            stock::first_location(Some(warehouse), cx)?;
        }
        let today = cx.today();
        self.ordered_on.get_or_insert(today);
        let (known, kits) = products_and_parts(self.lines.iter().filter_map(|l| l.product), cx)?;
        self.fill(&known, kits, cx)?;
        self.price_lines()?;
        self.total(cx)
    }

    /// Whether everything is as before that prices, costs and dates follow from.
    fn asks_the_same(&self, before: &Self) -> bool {
        let of_line = |l: &SalesOrderLine| {
            let asked = (l.id, l.product, l.text.clone(), l.quantity, l.unit);
            (asked, l.unit_price, l.discount_percent, l.tax_code)
        };
        let of = |o: &Self| (o.customer, o.ordered_on, o.currency.clone());
        of(self) == of(before)
            && self.lines.len() == before.lines.len()
            && self.lines.iter().zip(&before.lines).all(|(a, b)| of_line(a) == of_line(b))
    }

    /// Whether it is shipped from the same warehouse as before: the usual one, by its name or by none.
    fn stays_where(&self, before: &Self, cx: &mut Context) -> Result<bool> {
        if self.warehouse == before.warehouse {
            return Ok(true);
        }
        let usual = stock::usual(cx)?.map(|(warehouse, _)| warehouse);
        Ok(self.warehouse.or(usual) == before.warehouse.or(usual))
    }

    /// Prices, texts, costs and dates that nobody typed; one statement each, however many lines.
    fn fill(&mut self, known: &HashMap<i64, Product>, kits: Kits, cx: &mut Context) -> Result<()> {
        let rates = TaxRates::read(cx)?;
        let usual = rates.usual();
        let tax_rate = usual.and_then(|u| rates.of(u)).unwrap_or_default();
        let on = self.ordered_on.unwrap_or_else(|| cx.today());
        let wanted: Vec<Wanted> = self
            .lines
            .iter()
            .filter_map(|l| {
                let product = known.get(&l.product?.id())?;
                Some(Wanted { product, tax_rate, quantity: l.quantity })
            })
            .collect();
        let mut prices = prices_of(&wanted, &self.currency, on, cx.tx)?.into_iter();
        let unpriced = kits_by_parts(&wanted, known, &kits, (&self.currency, on), cx.tx)?;
        let (day, stand) = (on.max(cx.today()), self.stand(cx));
        let mut available = Availability::read(known, kits, day, stand, &[self.id], cx.tx)?;
        for (line, position) in self.lines.iter_mut().zip(1..) {
            line.position = position;
            let Some(product) = line.product.and_then(|p| known.get(&p.id())) else { continue };
            let quoted = prices.next().map(|quoted| quoted.net);
            let quoted = unpriced.get(&product.id).copied().or(quoted);
            if line.text.is_empty() {
                line.text.clone_from(&product.name);
            }
            line.tax_code = line.tax_code.or(product.tax_code).or(usual);
            let stock_quantity = product.in_stock_unit(line.unit, line.quantity)?;
            if let Some(fault) = whole_kits(product, stock_quantity) {
                return Err(fault.field(format!("lines/{}/quantity", position - 1)).into());
            }
            if line.unit_price.is_none() {
                let of_stock_unit = quoted.unwrap_or(product.list_price);
                let in_one = product.in_stock_unit(line.unit, Decimal6::ONE)?;
                line.unit_price = Some(of_stock_unit.times(in_one)?);
            }
            let cost = available.cost(product)?;
            line.cost = Money::from_decimal(cost.times(stock_quantity)?)?;
            line.promised_on = available.take(product, stock_quantity, self.requested_on, cx.tx)?.on;
        }
        self.promise_whole();
        Ok(())
    }

    /// Of whose stock it asks.
    pub(crate) fn stand(&self, cx: &Context) -> Stand {
        Stand { company: cx.actor.company, warehouse: self.warehouse.map(Ref::id) }
    }

    /// The day on which all of it is there, where that is known of each line.
    pub(crate) fn promise_whole(&mut self) {
        let all = self.lines.iter().filter(|l| l.product.is_some());
        self.promised_on = all
            .map(|l| l.promised_on)
            .try_fold(None, |latest: Option<Date>, on| on.map(|o| Some(latest.map_or(o, |l| l.max(o)))))
            .flatten();
    }

    fn price_lines(&mut self) -> Result<()> {
        let mut faults = Vec::new();
        for (i, line) in self.lines.iter_mut().enumerate() {
            if line.product.is_some() && line.quantity.0 <= 0 {
                faults.push(refuse("sales.quantity").field(format!("lines/{i}/quantity")));
            }
            match line_net(line.quantity, line.unit_price.unwrap_or_default(), line.discount_percent) {
                Ok(net) => line.net = net,
                Err(e) => faults.push(
                    refuse("kernel.number").field(format!("lines/{i}/discount_percent")).arg("what", e),
                ),
            }
        }
        Refusal::all(faults)
    }

    pub(crate) fn total(&mut self, cx: &mut Context) -> Result<()> {
        self.net = Money::sum(self.lines.iter().map(|l| l.net))?;
        self.cost = Money::sum(self.lines.iter().map(|l| l.cost))?;
        let mut bases: Vec<(i64, Money)> = Vec::new();
        for line in &self.lines {
            let Some(code) = line.tax_code else { continue };
            match bases.iter_mut().find(|(c, _)| *c == code.id()) {
                Some((_, base)) => *base = base.plus(line.net)?,
                None => bases.push((code.id(), line.net)),
            }
        }
        self.tax = Money(0);
        let rates = TaxRates::read(cx)?;
        for (code, base) in bases {
            self.tax = self.tax.plus(vat(base, rates.of(Ref::new(code)).unwrap_or_default())?)?;
        }
        self.gross = self.net.plus(self.tax)?;
        Ok(())
    }

    /// What of each line is still to be delivered, in its unit.
    pub(crate) fn open(&self, cx: &mut Context) -> Result<HashMap<i64, Decimal6>> {
        let delivered = self.delivered(cx)?;
        let mut open = HashMap::new();
        for line in self.lines.iter().filter(|l| l.product.is_some()) {
            let left = line
                .quantity
                .minus(line.waived)?
                .minus(delivered.get(&line.id).copied().unwrap_or_default())?;
            open.insert(line.id, left.max(Decimal6(0)));
        }
        Ok(open)
    }

    pub(crate) fn delivered(&self, cx: &mut Context) -> Result<HashMap<i64, Decimal6>> {
        if !self.binds() {
            return Ok(HashMap::new());
        }
        let rows = cx.tx.query(
            &format!(
                "SELECT l.id, {} FROM sales_order_line l WHERE l.parent_id = ?",
                DELIVERED.replace("{t}", "l")
            ),
            &[self.id.into()],
        )?;
        Ok(rows.iter().map(|r| (r.int(0), Decimal6(r.int(1)))).collect())
    }
}
