//! Quoting, confirming, reserving, and giving up.

use super::SalesOrder;
use crate::promise::{promise, promise_all};
use crate::reservation::held;
use catalog::{Kits, Product, ProductKind, products};
use kernel::{Context, Error, Held, Input, Origin, Result, refuse};
use numbers::{Date, Decimal6, Money};
use parties::AddressKind;
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use stock::{Demand, KeptFree, Plan, PlannedLine};

/// What is held for each line, by product.
type HeldOfLines = HashMap<(i64, i64), Decimal6>;

#[derive(Debug, Input)]
pub struct Quote {
    pub valid_until: Option<Date>,
    /// Mails the quote at once.
    pub send: Option<bool>,
}

#[derive(Debug, Input)]
pub struct Send {
    /// `quote`, `order_confirmation` or `pro_forma`; what fits the state where empty.
    pub paper: Option<String>,
    pub to: Option<String>,
}

impl SalesOrder {
    /// Offers it to the customer.
    pub(crate) fn quote(&mut self, input: Quote, cx: &mut Context) -> Result<Json> {
        self.require_lines()?;
        let default = cx.today().plus_days(30)?;
        self.valid_until = input.valid_until.or(self.valid_until).or(Some(default));
        promise(&mut [self], cx)?;
        if input.send == Some(true) {
            self.send(Send { paper: Some("quote".into()), to: None }, cx)?;
        }
        cx.emit("sales.Quoted", Origin::of(self), self.opportunity.clone().into_iter().collect())?;
        Ok(json!({"id": self.id}))
    }

    pub(crate) fn require_lines(&self) -> Result<()> {
        if self.lines.iter().any(|l| l.product.is_some()) {
            Ok(())
        } else {
            Err(refuse("sales.no_lines").field("lines").into())
        }
    }

    /// Binds both sides: prices are fixed from here on, and what is on hand is held for the customer, in the order in
    /// which they are given.
    pub(crate) fn confirm(orders: &mut [Held<Self>], (): (), cx: &mut Context) -> Result<Vec<Json>> {
        for order in orders.iter() {
            order.require_lines()?;
            order.require_credit(cx)?;
        }
        // From here on it stays the same, whichever is the usual one later.
        for order in orders.iter_mut().filter(|o| o.warehouse.is_none()) {
            order.warehouse = stock::usual(cx)?.map(|(warehouse, _)| warehouse);
        }
        let kept = promise_all(orders, cx)?;
        let covered = Self::peg_all(&orders.iter().map(|o| &**o).collect::<Vec<_>>(), &kept, cx)?;
        orders.iter_mut().for_each(|o| o.reserved = false);
        let mut answers = Vec::with_capacity(orders.len());
        for (order, covered) in orders.iter().zip(covered) {
            let promised = order.promised_on.map(|d| d.to_string());
            let date = promised.clone().unwrap_or_else(|| "?".to_owned());
            cx.effect(if covered { "sales.all_on_hand" } else { "sales.some_short" }, vec![("date", date)]);
            let about = order.opportunity.clone().into_iter().collect();
            cx.emit("sales.Confirmed", Origin::of(&**order), about)?;
            answers.push(json!({"promised_on": promised, "all_on_hand": covered}));
        }
        Ok(answers)
    }

    /// What the customer owes, what is delivered and not invoiced, and this order stay within the limit.
    fn require_credit(&self, cx: &mut Context) -> Result<()> {
        let customer = cx.head(self.customer)?;
        let Some(limit) = customer.credit_limit else { return Ok(()) };
        let row = cx.tx.first(
            "SELECT CAST(COALESCE(SUM(l.amount), 0) AS BIGINT) FROM entry_line l JOIN account a ON a.id = l.account_id
             WHERE l.party_id = ? AND a.company_id = ? AND a.role IN ('receivable', 'delivered_not_invoiced')",
            &[self.customer.into(), self.company.into()],
        )?;
        let owed = Money(row.map_or(0, |r| r.int(0)));
        if owed.plus(self.gross)? > limit {
            return Err(refuse("sales.credit_limit")
                .field("customer_id")
                .arg("limit", limit)
                .arg("owed", owed)
                .arg("order", self.gross)
                .into());
        }
        Ok(())
    }

    /// Brings the reservation and the draft delivery up to what is there; a quote begins to hold what it offers.
    pub(crate) fn reserve(&mut self, (): (), cx: &mut Context) -> Result<Json> {
        if !self.binds() {
            return self.hold_softly(cx);
        }
        let covered = self.peg(cx)?;
        Ok(json!({"all_on_hand": covered}))
    }

    /// Pegs what is open and plans the delivery of what is on hand; answers whether that is everything.
    pub(crate) fn peg(&mut self, cx: &mut Context) -> Result<bool> {
        let kept = held(cx.today(), cx.actor.company, &[self.id], cx.tx)?;
        Ok(Self::peg_all(&[self], &kept, cx)?.first().copied().unwrap_or_default())
    }

    /// As [`Self::peg`] for many, those first in line that are given first; what quotes hold is left to them.
    fn peg_all(orders: &[&Self], kept: &KeptFree, cx: &mut Context) -> Result<Vec<bool>> {
        let mut demands = Vec::new();
        let mut opened = Vec::with_capacity(orders.len());
        for order in orders {
            let open = order.open(cx)?;
            let known = products(order.lines.iter().filter_map(|l| l.product), cx)?;
            let kits = Kits::of(known.values(), cx.tx)?;
            let from = demands.len();
            demands.extend(order.demands(&open, &known, &kits, cx)?);
            opened.push((open, known, kits, from..demands.len()));
        }
        let first = orders.iter().all(|o| !o.binds());
        let pegged = stock::reserve_beside(&demands, kept, first, cx)?;
        let (mut covered, mut fresh) = (Vec::with_capacity(orders.len()), Vec::new());
        for (order, (open, known, kits, own)) in orders.iter().zip(opened) {
            let own =
                demands.get(own.clone()).unwrap_or_default().iter().zip(pegged.get(own).unwrap_or_default());
            covered.push(own.clone().all(|(d, p)| p.stock == d.quantity));
            let held: HeldOfLines = own.map(|(d, p)| ((d.line.id, d.product.id()), p.stock)).collect();
            let plan = order.plan(&open, &held, (&known, &kits), cx)?;
            if order.binds() {
                stock::plan(plan, cx)?;
            } else {
                fresh.push(plan);
            }
        }
        stock::plan_first(fresh, cx)?;
        Ok(covered)
    }

    /// What is needed of goods for what is open.
    fn demands(
        &self,
        open: &HashMap<i64, Decimal6>,
        known: &HashMap<i64, Product>,
        kits: &Kits,
        cx: &mut Context,
    ) -> Result<Vec<Demand>> {
        let due = self.requested_on.or(self.promised_on).unwrap_or_else(|| cx.today());
        let goods: Vec<usize> = (0..self.lines.len()).filter(|i| self.is_goods(*i, known)).collect();
        let mut demands = Vec::with_capacity(goods.len());
        for line in goods.iter().filter_map(|i| self.lines.get(*i)) {
            let Some(product) = line.product.and_then(|p| known.get(&p.id())) else { continue };
            let quantity = open.get(&line.id).copied().unwrap_or_default();
            let quantity = product.in_stock_unit(line.unit, quantity)?;
            let warehouse = self.warehouse;
            // A kit waits for each of its parts.
            for (product, quantity) in kits.goods(kernel::Ref::new(product.id), quantity)? {
                let (line, document) = (Origin::of(line), Origin::of(self));
                demands.push(Demand { line, document, product, warehouse, quantity, due });
            }
        }
        Ok(demands)
    }

    fn is_goods(&self, at: usize, known: &HashMap<i64, Product>) -> bool {
        let product = self.lines.get(at).and_then(|l| l.product).and_then(|p| known.get(&p.id()));
        product.is_some_and(|p| matches!(p.kind, ProductKind::Goods | ProductKind::Kit))
    }

    /// The delivery of what is held, in the units of the lines.
    fn plan(
        &self,
        open: &HashMap<i64, Decimal6>,
        held: &HeldOfLines,
        (known, kits): (&HashMap<i64, Product>, &Kits),
        cx: &mut Context,
    ) -> Result<Plan> {
        let mut quantities = HashMap::new();
        for line in &self.lines {
            let Some(product) = line.product.and_then(|p| known.get(&p.id())) else { continue };
            // Of a kit, the whole ones that what is held makes.
            let of_part = |part: i64| held.get(&(line.id, part)).copied().unwrap_or_default();
            let stock_quantity = kits.whole(product.id, of_part)?;
            if stock_quantity.0 > 0 {
                quantities.insert(line.id, product.in_unit(line.unit, stock_quantity)?);
            }
        }
        self.plan_of(&quantities, open, known, cx)
    }

    /// A delivery of these quantities.
    pub(super) fn plan_of(
        &self,
        quantities: &HashMap<i64, Decimal6>,
        open: &HashMap<i64, Decimal6>,
        known: &HashMap<i64, Product>,
        cx: &mut Context,
    ) -> Result<Plan> {
        let customer = cx.read_with(self.customer, &["addresses"])?;
        let mut lines = Vec::with_capacity(quantities.len());
        for line in &self.lines {
            let Some(quantity) = quantities.get(&line.id).copied().filter(|q| q.0 > 0) else { continue };
            let product = line.product.and_then(|p| known.get(&p.id()));
            let product = product.ok_or_else(|| Error::corrupt("an order line has no product"))?;
            let open = open.get(&line.id).copied().unwrap_or_default();
            let tolerance =
                line.quantity.times(customer.over_delivery_percent)?.over(Decimal6(100_000_000))?;
            lines.push(PlannedLine {
                order_line: Origin::of(line),
                product: kernel::Ref::new(product.id),
                text: line.text.clone(),
                quantity,
                unit: line.unit,
                stock_quantity: product.in_stock_unit(line.unit, quantity)?,
                wanted: open.plus(tolerance)?,
                unit_price: line.unit_price.unwrap_or_default(),
                discount_percent: line.discount_percent,
                tax_code: line.tax_code,
            });
        }
        let today = cx.today();
        let address = customer
            .address(AddressKind::Delivery, today)
            .map(parties::Address::on_paper)
            .unwrap_or_default();
        let contact = self.contact.map(|c| cx.head(c)).transpose()?.map_or_else(String::new, |c| c.name);
        Ok(Plan {
            order: Origin::of(self),
            customer: self.customer,
            warehouse: self.warehouse,
            planned_on: self.requested_on.or(self.promised_on).unwrap_or(today).max(today),
            address,
            contact,
            lines,
        })
    }

    /// Nothing was delivered, and nothing will be.
    pub(crate) fn cancel(&mut self, (): (), cx: &mut Context) -> Result<()> {
        if self.delivered(cx)?.values().any(|q| q.0 != 0) {
            return Err(refuse("sales.delivered_already").into());
        }
        self.let_go(cx)?;
        self.reserved = false;
        cx.emit("sales.Cancelled", Origin::of(self), self.opportunity.clone().into_iter().collect())
    }

    /// Frees what is held for the order, and its draft delivery.
    pub(super) fn let_go(&self, cx: &mut Context) -> Result<()> {
        let lines: Vec<Origin> = self.lines.iter().map(Origin::of).collect();
        stock::release(&lines, cx)?;
        let plan = self.plan_of(&HashMap::new(), &HashMap::new(), &HashMap::new(), cx)?;
        stock::plan(plan, cx)
    }

    /// Mails a paper to the customer.
    pub(crate) fn send(&mut self, input: Send, cx: &mut Context) -> Result<Json> {
        let customer = cx.read(self.customer)?;
        let to = input.to.or(customer.email).filter(|e| !e.is_empty());
        let to = to.ok_or_else(|| {
            Error::from(refuse("sales.no_email").field("email").arg("party", &customer.name))
        })?;
        let binding = !matches!(self.state, super::SalesOrderState::Draft | super::SalesOrderState::Quoted);
        let fits = if binding { "order_confirmation" } else { "quote" };
        let paper = input.paper.unwrap_or_else(|| fits.to_owned());
        let known = ["quote", "order_confirmation", "pro_forma"];
        if !known.contains(&paper.as_str()) {
            return Err(refuse("kernel.not_a_choice")
                .field("paper")
                .arg("value", &paper)
                .arg("choices", known.join(", "))
                .into());
        }
        let language = customer.language.unwrap_or_else(|| cx.actor.language.clone());
        let company = cx.read(self.company)?.name;
        let number = self.number.clone().unwrap_or_default();
        let args = [("number", number.as_str()), ("company", company.as_str())];
        let text =
            |key: &str| cx.registry.texts.filled(&language, &format!("sales.mails.{paper}.{key}"), &args);
        let attachment =
            json!({"name": format!("{number}.pdf"), "entity": "SalesOrder", "id": self.id, "paper": paper});
        let mail =
            json!({"to": to, "subject": text("subject"), "text": text("text"), "attachments": [attachment]});
        cx.later("mail", mail, 0)?;
        Ok(json!({"to": to}))
    }
}
