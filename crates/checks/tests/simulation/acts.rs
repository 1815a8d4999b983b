//! What happens in the firm, each act told to the program and to the model.

use super::model::{Bill, Line, Model, Order, Place, Receipt, gross};
use checks::{Dice, Shop};
use kernel::Error;
use numbers::Date;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

const MILLION: i64 = 1_000_000;

pub struct World<'a> {
    shop: &'a Shop,
    seed: u64,
    dice: Dice,
    model: Model,
    products: Vec<i64>,
    customers: Vec<i64>,
    supplier: i64,
    locations: Vec<i64>,
    purchases: Vec<(i64, i64, i64, i64)>,
    payments: Vec<(i64, i64, i64)>,
    told: Vec<String>,
}

/// What became of an act: done, or refused with a code.
type Done = Result<Json, String>;

fn euro(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

impl<'a> World<'a> {
    pub fn new(shop: &'a Shop, seed: u64) -> Self {
        let products = (0..3).map(|n| shop.product(&format!("S{seed}-{n}"), "10.00", "4.00")).collect();
        let customers = (0..2).map(|n| shop.customer(&format!("Customer {seed}-{n}"))).collect();
        let supplier = shop.supplier(&format!("Supplier {seed}"));
        let shelf = shop.ids("SELECT id FROM location ORDER BY id");
        let locations = if shelf.len() > 1 { shelf } else { second_location(shop) };
        let lock = |kind: &str| {
            shop.ids(&format!("SELECT until_day FROM lock WHERE kind = '{kind}'"))
                .first()
                .copied()
                .unwrap_or_default()
        };
        let model = Model { stock_lock: lock("stock"), ledger_lock: lock("ledger"), ..Model::default() };
        shop.wait(1);
        let dice = Dice(seed);
        Self {
            shop,
            seed,
            dice,
            model,
            products,
            customers,
            supplier,
            locations,
            purchases: vec![],
            payments: vec![],
            told: vec![],
        }
    }

    fn fail(&self, what: &str) -> ! {
        let last = self.told.len().saturating_sub(25);
        panic!(
            "seed {}: {what}\nlast steps: {:#?}\nCELOTA_SEED={} tells it again",
            self.seed,
            &self.told[last..],
            self.seed
        )
    }

    fn today(&self) -> i64 {
        self.shop.today().days()
    }

    /// Today, or now and then a day before.
    fn some_day(&mut self) -> i64 {
        self.today() - if self.dice.throw(4) == 0 { self.dice.throw(5) } else { 0 }
    }

    fn date(&self, day: i64) -> String {
        Date::from_days(day).map(|d| d.to_string()).unwrap_or_default()
    }

    fn half_euros(&mut self, most: u64) -> i64 {
        (self.dice.throw(most) + 1) * 50
    }

    fn good(&self, product: i64) -> Place {
        (product, self.locations[0], "good")
    }

    /// Runs a command. Where the model says that it cannot be, it must be refused; otherwise only with these codes.
    fn run(
        &mut self,
        (entity, command): (&str, &str),
        id: Option<i64>,
        body: &Json,
        impossible: bool,
        may_refuse: &[&str],
    ) -> Done {
        let done = match self.shop.try_run(entity, command, id, body) {
            Ok(reply) => Ok(if reply.result.is_object() { reply.result } else { json!({"id": reply.id}) }),
            Err(Error::Refused(refusal)) => Err(refusal.code.to_owned()),
            Err(error) => self.fail(&format!("{entity}.{command} {id:?} {body}: {error}")),
        };
        self.told
            .push(format!("day {}: {entity}.{command} {id:?} {body} -> {done:?}", self.date(self.today())));
        match &done {
            Ok(_) if impossible => self.fail("the model says that this cannot be"),
            Err(code) if !impossible && !may_refuse.contains(&code.as_str()) => {
                self.fail("refused without a reason")
            }
            _ => {}
        }
        done
    }

    pub fn step(&mut self) {
        match self.dice.throw(28) {
            0..=3 => self.sell(),
            4..=6 => self.ship(),
            7 => self.over_the_counter(),
            8 | 9 => self.come_back(),
            10 | 11 => self.amend(),
            12 => self.give_up("waive", Line::open, |l| l.waived += l.open()),
            13 => self.give_up("accept_excess", |l| l.excess, Line::accept),
            14 | 15 => self.buy(),
            16 | 17 => self.receive(),
            18 => self.bill(),
            19 => self.reverse_receipt(),
            20 => self.reverse_bill(),
            21 | 22 => self.paid(),
            23 => self.pay(),
            24 => self.reverse_payment(),
            25 => {
                if self.dice.throw(2) == 0 {
                    self.credit()
                } else {
                    self.reverse_invoice()
                }
            }
            26 => match self.dice.throw(3) {
                0 => self.scrap(),
                1 => self.transfer(),
                _ => self.count(),
            },
            _ => {
                if self.dice.throw(3) == 0 {
                    self.lock()
                } else {
                    self.shop.wait(1 + self.dice.throw(3))
                }
            }
        }
        self.agree();
    }

    fn agree(&self) {
        let places: BTreeMap<Place, i64> = self.stock();
        if places != self.model.stock() {
            self.fail(&format!("stock is {places:?}, the model says {:?}", self.model.stock()));
        }
        let books = self.books();
        let wanted: BTreeMap<(String, i64), i64> = self
            .model
            .books()
            .into_iter()
            .map(|((role, p), n)| ((role.to_owned(), if p == 0 { self.supplier } else { p }), n))
            .collect();
        if books != wanted {
            self.fail(&format!("the books say {books:?}, the model {wanted:?}"));
        }
        let stopped = self.shop.ids("SELECT COUNT(*) FROM case_ WHERE state = 'stopped'");
        if stopped != [0] {
            self.fail("a case has stopped");
        }
    }

    fn stock(&self) -> BTreeMap<Place, i64> {
        let mut all = BTreeMap::new();
        for condition in ["good", "returned"] {
            let sql = format!(
                "SELECT {{}} FROM stock_balance WHERE condition = '{condition}' AND on_hand <> 0 ORDER BY id"
            );
            let column = |name: &str| self.shop.ids(&sql.replace("{}", name));
            for ((product, location), n) in
                column("product_id").into_iter().zip(column("location_id")).zip(column("on_hand"))
            {
                if self.products.contains(&product) {
                    all.insert((product, location, condition), n / MILLION);
                }
            }
        }
        all
    }

    fn books(&self) -> BTreeMap<(String, i64), i64> {
        let mut all = BTreeMap::new();
        let parties: Vec<i64> = self.customers.iter().copied().chain([self.supplier]).collect();
        for party in parties {
            for (role, whose) in [
                ("receivable", "party_id"),
                ("delivered_not_invoiced", "party_id"),
                ("revenue", "customer_id"),
                ("payable", "party_id"),
                ("received_not_invoiced", "party_id"),
            ] {
                let sum = self.shop.ids(&format!(
                    "SELECT CAST(COALESCE(SUM(l.amount), 0) AS BIGINT) FROM entry_line l JOIN account a ON a.id = l.account_id
                     WHERE a.role = '{role}' AND l.{whose} = {party}"
                ));
                if sum != [0] {
                    all.insert((role.to_owned(), party), sum[0]);
                }
            }
        }
        all
    }

    /// What must be the same on both databases, ids aside.
    pub fn figures(&self) -> Vec<i64> {
        let value =
            |p: &i64| self.shop.ids(&format!("SELECT value FROM product_stock WHERE product_id = {p}"));
        self.stock()
            .into_values()
            .chain(self.books().into_values())
            .chain(self.products.iter().flat_map(value))
            .collect()
    }

    /// An order in one of these states, by its place in the model.
    fn some_order(&mut self, states: &str) -> Option<usize> {
        let open: Vec<usize> = (0..self.model.orders.len())
            .filter(|i| {
                self.shop
                    .ids(&format!(
                        "SELECT id FROM sales_order WHERE id = {} AND state IN ({states})",
                        self.model.orders[*i].id
                    ))
                    .len()
                    == 1
            })
            .collect();
        self.dice.one_of(&open).copied()
    }

    fn sell(&mut self) {
        let customer = *self.dice.one_of(&self.customers).unwrap_or(&0);
        let mut lines: Vec<(i64, i64, i64)> = Vec::new();
        for product in self.products.clone() {
            if lines.is_empty() || self.dice.throw(3) == 0 {
                lines.push((product, self.dice.throw(6) + 1, self.half_euros(40)));
            }
        }
        if self.dice.throw(2) == 0 {
            lines.reverse();
        }
        let body: Vec<Json> = lines
            .iter()
            .map(|(p, q, c)| json!({"product_id": p, "quantity": q, "unit_price": euro(*c)}))
            .collect();
        let Ok(made) = self.run(
            ("SalesOrder", "create"),
            None,
            &json!({"customer_id": customer, "lines": body}),
            false,
            &[],
        ) else {
            return;
        };
        let id = made["id"].as_i64().unwrap_or_default();
        drop(self.run(("SalesOrder", "confirm"), Some(id), &json!({}), false, &[]));
        let lines = lines
            .into_iter()
            .enumerate()
            .map(|(n, (product, quantity, price))| Line {
                id: self.shop.line("SalesOrder", id, n),
                product,
                quantity,
                waived: 0,
                price,
                kept: 0,
                excess: 0,
            })
            .collect();
        self.model.orders.push(Order { id, customer, lines, credited: 0 });
    }

    /// Whether goods may leave on this day, by stock and locks.
    fn cannot(&self, day: i64, moves: &[(Place, i64)]) -> bool {
        day <= self.model.stock_lock.max(self.model.ledger_lock) || self.model.lacks(day, moves)
    }

    fn ship(&mut self) {
        let Some(at) = self.some_order("'confirmed'") else { return };
        let order = self.model.orders[at].id;
        let Some(draft) = self
            .shop
            .ids(&format!("SELECT id FROM delivery WHERE order_id = {order} AND state = 'draft'"))
            .first()
            .copied()
        else {
            return;
        };
        let mut given = Vec::new();
        let mut parts = Vec::new();
        for line in self.shop.record("Delivery", draft)["lines"].as_array().cloned().unwrap_or_default() {
            let planned = line["quantity"].as_f64().unwrap_or_default() as i64;
            let quantity = if self.dice.throw(3) == 0 { self.dice.throw(7) } else { planned };
            given.push(json!({"line_id": line["id"], "quantity": quantity}));
            parts.push((line["order_line_id"].as_i64().unwrap_or_default(), quantity));
        }
        let day = self.some_day();
        self.leave(
            at,
            ("Delivery", "ship"),
            draft,
            &parts,
            json!({"shipped_on": self.date(day), "lines": given}),
            day,
        );
    }

    fn over_the_counter(&mut self) {
        let Some(at) = self.some_order("'confirmed'") else { return };
        let lines = self.model.orders[at].lines.clone();
        let Some(line) = self.dice.one_of(&lines) else { return };
        let (quantity, day) = (self.dice.throw(5) + 1, self.some_day());
        let body =
            json!({"shipped_on": self.date(day), "lines": [{"line_id": line.id, "quantity": quantity}]});
        self.leave(
            at,
            ("SalesOrder", "deliver"),
            self.model.orders[at].id,
            &[(line.id, quantity)],
            body,
            day,
        );
    }

    fn leave(&mut self, at: usize, what: (&str, &str), id: i64, parts: &[(i64, i64)], body: Json, day: i64) {
        let lines = &self.model.orders[at].lines;
        let product = |line: i64| lines.iter().find(|l| l.id == line).map_or(0, |l| l.product);
        let moves: Vec<(Place, i64)> =
            parts.iter().filter(|p| p.1 > 0).map(|(l, n)| (self.good(product(*l)), -n)).collect();
        let impossible = moves.is_empty() || self.cannot(day, &moves);
        // What is promised to others does not go to this customer.
        if self.run(what, Some(id), &body, impossible, &["stock.not_enough"]).is_ok() {
            self.model.go(day, &moves);
            for line in &mut self.model.orders[at].lines {
                let quantity = parts.iter().filter(|p| p.0 == line.id).map(|p| p.1).sum();
                line.deliver(quantity);
            }
        }
    }

    fn come_back(&mut self) {
        let Some(at) = self.some_order("'confirmed', 'closed'") else { return };
        let lines = self.model.orders[at].lines.clone();
        let Some(line) = self.dice.one_of(&lines) else { return };
        let (quantity, day) = (self.dice.throw(4) + 1, self.some_day());
        let body = json!({"reason": "bent", "returned_on": self.date(day), "lines": [{"line_id": line.id, "quantity": quantity}]});
        let place = (line.product, self.locations[0], "returned");
        let impossible = quantity > line.delivered() || self.cannot(day, &[]);
        if self
            .run(("SalesOrder", "take_back"), Some(self.model.orders[at].id), &body, impossible, &[])
            .is_ok()
        {
            self.model.go(day, &[(place, quantity)]);
            self.model.orders[at]
                .lines
                .iter_mut()
                .filter(|l| l.id == line.id)
                .for_each(|l| l.come_back(quantity));
        }
    }

    fn amend(&mut self) {
        let Some(at) = self.some_order("'confirmed'") else { return };
        let lines = self.model.orders[at].lines.clone();
        let Some(line) = self.dice.one_of(&lines) else { return };
        let price = if self.dice.throw(3) > 0 { Some(self.half_euros(40)) } else { None };
        let quantity =
            if price.is_none() || self.dice.throw(3) == 0 { Some(self.dice.throw(9) + 1) } else { None };
        let body =
            json!({"lines": [{"line_id": line.id, "quantity": quantity, "unit_price": price.map(euro)}]});
        let impossible = quantity.is_some_and(|q| q < line.delivered() + line.waived);
        // A lower price cannot give back more than the invoice still is, after other credit notes.
        if self
            .run(
                ("SalesOrder", "amend"),
                Some(self.model.orders[at].id),
                &body,
                impossible,
                &["invoicing.credited_already"],
            )
            .is_ok()
        {
            for line in self.model.orders[at].lines.iter_mut().filter(|l| l.id == line.id) {
                line.quantity = quantity.unwrap_or(line.quantity);
                line.price = price.unwrap_or(line.price);
            }
        }
    }

    fn give_up(&mut self, command: &str, what: fn(&Line) -> i64, change: fn(&mut Line)) {
        let Some(at) = self.some_order("'confirmed'") else { return };
        let order = &self.model.orders[at];
        let impossible = order.lines.iter().all(|l| what(l) == 0);
        if self.run(("SalesOrder", command), Some(order.id), &json!({}), impossible, &[]).is_ok() {
            self.model.orders[at].lines.iter_mut().filter(|l| what(l) > 0).for_each(change);
        }
    }

    fn buy(&mut self) {
        let product = *self.dice.one_of(&self.products).unwrap_or(&0);
        let (quantity, price) = (self.dice.throw(8) + 1, self.half_euros(20));
        let body = json!({"supplier_id": self.supplier, "lines": [{"product_id": product, "quantity": quantity, "unit_price": euro(price)}]});
        let Ok(made) = self.run(("PurchaseOrder", "create"), None, &body, false, &[]) else { return };
        let id = made["id"].as_i64().unwrap_or_default();
        drop(self.run(("PurchaseOrder", "confirm"), Some(id), &json!({}), false, &[]));
        self.purchases.push((id, self.shop.line("PurchaseOrder", id, 0), product, price));
    }

    fn receive(&mut self) {
        let Some((id, line, product, price)) = self.dice.one_of(&self.purchases).copied() else { return };
        let (quantity, day) = (self.dice.throw(8) + 1, self.some_day());
        let body = json!({"received_on": self.date(day), "lines": [{"line_id": line, "quantity": quantity}]});
        let impossible = self.cannot(day, &[]);
        let Ok(done) =
            self.run(("PurchaseOrder", "receive"), Some(id), &body, impossible, &["kernel.illegal_step"])
        else {
            return;
        };
        self.model.go(day, &[(self.good(product), quantity)]);
        let receipt = done["receipt_id"].as_i64().unwrap_or_default();
        self.model.receipts.push(Receipt {
            id: receipt,
            purchase: id,
            product,
            quantity,
            price,
            reversed: false,
            invoice: None,
        });
    }

    fn bill(&mut self) {
        let Some((id, line, ..)) = self.dice.one_of(&self.purchases).copied() else { return };
        let price = self.half_euros(20);
        let number = format!("R-{}", self.told.len());
        let body =
            json!({"supplier_number": number, "lines": [{"line_id": line, "unit_price": euro(price)}]});
        let due = |r: &&mut Receipt| r.purchase == id && !r.reversed && r.invoice.is_none();
        let quantity: i64 = self.model.receipts.iter_mut().filter(due).map(|r| r.quantity).sum();
        let Ok(done) = self.run(("PurchaseOrder", "invoice"), Some(id), &body, quantity == 0, &[]) else {
            return;
        };
        let bill = done["supplier_invoice_id"].as_i64().unwrap_or_default();
        self.model.receipts.iter_mut().filter(due).for_each(|r| r.invoice = Some(bill));
        self.model.bills.push(Bill { id: bill, gross: gross(quantity * price), paid: 0, reversed: false });
    }

    fn reverse_receipt(&mut self) {
        let receipts = self.model.receipts.clone();
        let Some(receipt) = self.dice.one_of(&receipts) else { return };
        let day = self.today();
        let moves = [(self.good(receipt.product), -receipt.quantity)];
        let impossible = receipt.reversed || receipt.invoice.is_some() || self.cannot(day, &moves);
        if self
            .run(
                ("Receipt", "reverse"),
                Some(receipt.id),
                &json!({}),
                impossible,
                &["stock.worth_too_little"],
            )
            .is_ok()
        {
            self.model.go(day, &moves);
            self.model.receipts.iter_mut().filter(|r| r.id == receipt.id).for_each(|r| r.reversed = true);
        }
    }

    fn reverse_bill(&mut self) {
        let bills = self.model.bills.clone();
        let Some(bill) = self.dice.one_of(&bills) else { return };
        let impossible = bill.reversed || bill.paid > 0;
        if self.run(("SupplierInvoice", "reverse"), Some(bill.id), &json!({}), impossible, &[]).is_ok() {
            self.model.bills.iter_mut().filter(|b| b.id == bill.id).for_each(|b| b.reversed = true);
            self.model
                .receipts
                .iter_mut()
                .filter(|r| r.invoice == Some(bill.id))
                .for_each(|r| r.invoice = None);
        }
    }

    /// An invoice of one of the model's orders: id, place of the order, and what is open in cents.
    fn some_invoice(&mut self) -> Option<(i64, usize, i64)> {
        let mut all = Vec::new();
        for (at, order) in self.model.orders.iter().enumerate() {
            let sql = format!(
                "SELECT id FROM invoice WHERE order_id = {} AND kind = 'invoice' AND state = 'posted' ORDER BY id",
                order.id
            );
            all.extend(self.shop.ids(&sql).into_iter().map(|id| (id, at)));
        }
        let (id, at) = self.dice.one_of(&all).copied()?;
        let open = (self.shop.record("Invoice", id)["open"].as_f64()? * 100.0).round() as i64;
        Some((id, at, open))
    }

    fn paid(&mut self) {
        let day = self.some_day();
        let invoice = self.some_invoice();
        let (customer, amount, invoices, open) = match invoice {
            Some((id, at, open)) => {
                let amount = if self.dice.throw(3) > 0 { open } else { self.half_euros(60) };
                (
                    self.model.orders[at].customer,
                    amount,
                    json!([{"invoice_id": id, "amount": euro(amount)}]),
                    open,
                )
            }
            None => (self.customers[0], self.half_euros(60), json!([]), i64::MAX),
        };
        let body = json!({"party_id": customer, "direction": "in", "method": "bank", "paid_on": self.date(day), "amount": euro(amount), "invoices": invoices});
        let impossible = amount <= 0 || amount > open || day <= self.model.ledger_lock;
        if let Ok(done) = self.run(("Payment", "pay"), None, &body, impossible, &[]) {
            *self.model.cash.entry(customer).or_default() += amount;
            self.payments.push((done["id"].as_i64().unwrap_or_default(), customer, amount));
        }
    }

    fn pay(&mut self) {
        let bills = self.model.bills.clone();
        let Some(bill) = self.dice.one_of(&bills) else { return };
        let open = if bill.reversed { 0 } else { bill.gross - bill.paid };
        let amount = if self.dice.throw(2) == 0 { self.half_euros(40) } else { open };
        let body = json!({"party_id": self.supplier, "direction": "out", "amount": euro(amount),
                          "invoices": [{"supplier_invoice_id": bill.id, "amount": euro(amount)}]});
        if self.run(("Payment", "pay"), None, &body, amount <= 0 || amount > open, &[]).is_ok() {
            self.model.bills.iter_mut().filter(|b| b.id == bill.id).for_each(|b| b.paid += amount);
        }
    }

    fn reverse_payment(&mut self) {
        let Some((id, customer, amount)) = self.dice.one_of(&self.payments).copied() else { return };
        let again = self.shop.field("Payment", id, "state") == "reversed";
        if self.run(("Payment", "reverse"), Some(id), &json!({"reason": "came back"}), again, &[]).is_ok() {
            *self.model.cash.entry(customer).or_default() -= amount;
        }
    }

    fn credit(&mut self) {
        let Some((id, at, _)) = self.some_invoice() else { return };
        let line = self.shop.line("Invoice", id, 0);
        let body =
            json!({"reason": "sorry", "lines": [{"line_id": line, "quantity": 1, "unit_price": "0.50"}]});
        let may = ["invoicing.credited_already", "invoicing.more_than_invoiced"];
        if self.run(("Invoice", "credit"), Some(id), &body, false, &may).is_ok() {
            self.model.orders[at].credited += 50;
        }
    }

    /// What a reversed invoice charged is invoiced anew; a difference in price is given back for good.
    fn reverse_invoice(&mut self) {
        let Some((id, at, _)) = self.some_invoice() else { return };
        let lines = self.shop.record("Invoice", id)["lines"].as_array().cloned().unwrap_or_default();
        let lost: f64 =
            lines.iter().filter(|l| l["delivery_line_id"].is_null()).filter_map(|l| l["net"].as_f64()).sum();
        if self
            .run(
                ("Invoice", "reverse"),
                Some(id),
                &json!({"reason": "mistake"}),
                false,
                &["invoicing.credited_already"],
            )
            .is_ok()
        {
            self.model.orders[at].credited += (lost * 100.0).round() as i64;
            let order = self.model.orders[at].id;
            drop(self.run(("SalesOrder", "invoice"), Some(order), &json!({"now": true}), false, &[]));
        }
    }

    fn scrap(&mut self) {
        let product = *self.dice.one_of(&self.products).unwrap_or(&0);
        let condition = if self.dice.throw(2) == 0 { "good" } else { "returned" };
        let (quantity, day) = (self.dice.throw(3) + 1, self.some_day());
        let moves = [((product, self.locations[0], condition), -quantity)];
        let body = json!({"product_id": product, "quantity": quantity, "condition": condition, "moved_on": self.date(day), "reason": "fire"});
        let impossible = self.cannot(day, &moves);
        if self.run(("StockMove", "scrap"), None, &body, impossible, &[]).is_ok() {
            self.model.go(day, &moves);
        }
    }

    fn transfer(&mut self) {
        let product = *self.dice.one_of(&self.products).unwrap_or(&0);
        let (from, to) = match self.dice.throw(3) {
            0 => ((0, "good"), (1, "good")),
            1 => ((1, "good"), (0, "good")),
            _ => ((0, "returned"), (0, "good")),
        };
        let (quantity, day) = (self.dice.throw(3) + 1, self.some_day());
        let body = json!({"product_id": product, "quantity": quantity, "moved_on": self.date(day),
            "from_location_id": self.locations[from.0], "from_condition": from.1, "to_location_id": self.locations[to.0], "to_condition": to.1});
        let moves = [
            ((product, self.locations[from.0], from.1), -quantity),
            ((product, self.locations[to.0], to.1), quantity),
        ];
        let impossible = day <= self.model.stock_lock || self.model.lacks(day, &moves);
        if self.run(("StockMove", "transfer"), None, &body, impossible, &[]).is_ok() {
            self.model.go(day, &moves);
        }
    }

    fn count(&mut self) {
        let product = *self.dice.one_of(&self.products).unwrap_or(&0);
        let (counted, day) = (self.dice.throw(9), self.today());
        let body = json!({"kind": "count", "lines": [{"product_id": product, "counted": counted}]});
        let Ok(made) = self.run(("StockCount", "create"), None, &body, false, &[]) else { return };
        let place = self.good(product);
        let difference = counted - self.model.on_hand(place);
        if self
            .run(
                ("StockCount", "post"),
                made["id"].as_i64(),
                &json!({}),
                self.cannot(day, &[(place, difference)]),
                &[],
            )
            .is_ok()
        {
            self.model.go(day, &[(place, difference)]);
        }
    }

    fn lock(&mut self) {
        let kind = if self.dice.throw(2) == 0 { "stock" } else { "ledger" };
        let day = self.today() - 1 - self.dice.throw(4);
        let known = self.shop.ids(&format!("SELECT id FROM lock WHERE kind = '{kind}'")).first().copied();
        let (command, body) = match known {
            Some(_) => ("update", json!({"until_day": self.date(day)})),
            None => ("create", json!({"kind": kind, "until_day": self.date(day)})),
        };
        if self.run(("Lock", command), known, &body, false, &[]).is_ok() {
            *(if kind == "stock" { &mut self.model.stock_lock } else { &mut self.model.ledger_lock }) = day;
        }
    }
}

fn second_location(shop: &Shop) -> Vec<i64> {
    let warehouse = shop.ids("SELECT id FROM warehouse").first().copied().unwrap_or_default();
    let mut lines = shop.record("Warehouse", warehouse)["locations"].as_array().cloned().unwrap_or_default();
    lines.push(json!({"code": "B", "name": "B"}));
    shop.run("Warehouse", "update", warehouse, json!({"locations": lines}));
    shop.ids("SELECT id FROM location ORDER BY id")
}
