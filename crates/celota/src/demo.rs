//! The demo company: master data, and half a year as a dated script of commands (`demo/`). Told with the same
//! commands that people use, each on its day, so it is as true as any firm's data.

mod script;
mod statement;

use crate::cli::call;
use crate::first_hour;
use jiff::Timestamp;
use kernel::{Actor, Error, Kernel, Reply, Result};
use numbers::Date;
use script::{Act, Line};
use serde_json::{Map, Value as Json, json};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::SeqCst};

const FIRM: &str = include_str!("../../../demo/firm.json");
const SCRIPT: &str = include_str!("../../../demo/half_a_year.txt");
/// People come to work at eight.
const HOUR: i64 = 8 * 3_600_000_000;
const DAY: i64 = 86_400_000_000;

/// Fills an empty database with the demo company; its last day is today.
///
/// # Errors
/// What a command refuses, with the line of the script.
pub fn play(kernel: &Kernel) -> Result<()> {
    let today = (kernel.clock)().to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    let today = Date::from(today);
    let mut lines = script::read(SCRIPT).map_err(|at| Error::corrupt(&format!("demo script, line {at}")))?;
    lines.sort_by_key(|l| l.day);
    let first = lines.first().map_or(0, |l| l.day) - 1;
    let mut firm = Firm::open(kernel, today, first)?;
    for line in lines.into_iter().filter(|l| l.day <= 0) {
        firm.turn_to(line.day)?;
        firm.act(&line).map_err(|e| Error::corrupt(&format!("demo script, line {}: {e}", line.at)))?;
    }
    // What half a year says of the next one.
    firm.run("cilka", "Forecast", "make", None, &json!({}))?;
    ledger::fold(&firm.kernel).map(drop)
}

/// The firm on one of its days.
struct Firm {
    kernel: Kernel,
    clock: Arc<AtomicI64>,
    today: Date,
    company: i64,
    /// Ids by the names that the script gives.
    names: HashMap<String, i64>,
}

impl Firm {
    fn open(kernel: &Kernel, today: Date, first: i64) -> Result<Self> {
        let clock = Arc::new(AtomicI64::new(0));
        let own = Arc::clone(&clock);
        let fallback = Arc::clone(&kernel.clock);
        let mut kernel = kernel.clone();
        kernel.clock =
            Arc::new(move || Timestamp::from_microsecond(own.load(SeqCst)).unwrap_or_else(|_| fallback()));
        let mut firm = Self { kernel, clock, today, company: 0, names: HashMap::new() };
        firm.turn_to(first)?;
        let input: Json =
            serde_json::from_str(FIRM).map_err(|e| Error::corrupt(&format!("demo/firm.json: {e}")))?;
        let user = first_hour::set_up(&firm.kernel, &input)?;
        firm.names.insert("ana".into(), user);
        firm.company = firm.one("SELECT MIN(id) FROM company")?.unwrap_or_default();
        let program = firm.actor("");
        for person in input.get("users").and_then(Json::as_array).into_iter().flatten() {
            let text = |name: &str| person.get(name).and_then(Json::as_str).unwrap_or_default();
            let id = first_hour::add_user(&firm.kernel, &program, text("login"), text("name"), text("role"))?;
            first_hour::set_password(&firm.kernel, &program, id, "demo-mizarstvo")?;
            firm.names.insert(text("login").into(), id);
        }
        for step in input.get("steps").and_then(Json::as_array).into_iter().flatten() {
            firm.step(step)?;
        }
        Ok(firm)
    }

    fn turn_to(&mut self, day: i64) -> Result<()> {
        let date = self.date(day)?;
        self.clock.store(date.days() * DAY + HOUR, SeqCst);
        Ok(())
    }

    fn date(&self, day: i64) -> Result<Date> {
        Ok(self.today.plus_days(day)?)
    }

    fn actor(&self, login: &str) -> Actor {
        let user = self.names.get(login).copied().unwrap_or_default();
        Actor { user, name: login.to_owned(), ..Actor::program(self.company) }
    }

    fn run(&self, who: &str, entity: &str, command: &str, id: Option<i64>, body: &Json) -> Result<Reply> {
        self.kernel.run(&self.actor(who), &call(entity, command, id, body))
    }

    fn ids(&self, sql: &str) -> Result<Vec<i64>> {
        let sql = sql.to_owned();
        self.kernel.store.read(move |tx| Ok(tx.query(&sql, &[])?.iter().map(|r| r.int(0)).collect()))
    }

    fn one(&self, sql: &str) -> Result<Option<i64>> {
        Ok(self.ids(sql)?.first().copied())
    }

    fn named(&self, name: &str) -> Result<i64> {
        self.names.get(name).copied().ok_or_else(|| Error::corrupt(&format!("nobody is called {name}")))
    }

    /// One step of the master data: create, update or run, with names in the place of ids.
    fn step(&mut self, step: &Json) -> Result<()> {
        let text = |name: &str| step.get(name).and_then(Json::as_str);
        let body = self.filled(step.get("with").unwrap_or(&Json::Null))?;
        let entity = text("entity").unwrap_or_default();
        let reply = match (text("update"), text("run")) {
            (Some(of), _) => self.run("ana", entity, "update", Some(self.reference(of)?), &body)?,
            (None, Some(command)) => {
                let id = self.reference(text("of").unwrap_or_default())?;
                self.run("ana", entity, command, Some(id), &body)?
            }
            (None, None) => self.run("ana", entity, "create", None, &body)?,
        };
        if let Some(key) = text("key") {
            self.names.insert(key.to_owned(), reply.id);
        }
        Ok(())
    }

    /// `@name` is an id, `@unit:C62` and `@tax:S22` are found by code, `+6` in a day's field is six days from today.
    fn filled(&self, json: &Json) -> Result<Json> {
        Ok(match json {
            Json::Object(map) => {
                let mut out = Map::new();
                for (key, value) in map {
                    let day =
                        value.as_str().filter(|_| key.ends_with("_on")).and_then(|t| t.strip_prefix('+'));
                    let value = match day.and_then(|d| d.parse().ok()) {
                        Some(day) => json!(self.date(day)?.to_string()),
                        None => self.filled(value)?,
                    };
                    out.insert(key.clone(), value);
                }
                Json::Object(out)
            }
            Json::Array(items) => Json::Array(items.iter().map(|i| self.filled(i)).collect::<Result<_>>()?),
            Json::String(text) if text.starts_with('@') => json!(self.reference(text)?),
            other => other.clone(),
        })
    }

    fn reference(&self, text: &str) -> Result<i64> {
        let name = text.trim_start_matches('@');
        let by_code = |table: &str, code: &str| {
            self.one(&format!("SELECT id FROM {table} WHERE code = '{code}'"))?
                .ok_or_else(|| Error::corrupt(&format!("no {table} {code}")))
        };
        match name.split_once(':') {
            Some(("unit", code)) => by_code("unit", code),
            Some(("tax", code)) => by_code("tax_code", code),
            _ => self.named(name),
        }
    }

    fn act(&mut self, line: &Line) -> Result<()> {
        match &line.act {
            Act::Quote { name, customer, lines } => {
                let lines: Vec<Json> = lines.iter().map(|l| self.ordered(l)).collect::<Result<_>>()?;
                let body = json!({"customer_id": self.named(customer)?, "lines": lines});
                let order = self.run("borut", "SalesOrder", "create", None, &body)?.id;
                self.names.insert(name.clone(), order);
                self.run("borut", "SalesOrder", "quote", Some(order), &json!({})).map(drop)
            }
            Act::Confirm { order } => {
                self.run("borut", "SalesOrder", "confirm", Some(self.named(order)?), &json!({})).map(drop)
            }
            Act::Ship { order, parts } => self.ship(self.named(order)?, parts),
            Act::Back { order, parts } => {
                let body = json!({"reason": "Damaged", "lines": self.parts("SalesOrder", self.named(order)?, parts, "quantity")?});
                self.run("damjan", "SalesOrder", "take_back", Some(self.named(order)?), &body).map(drop)
            }
            Act::PayOrder { order } => self.paid(self.named(order)?),
            Act::Buy { name, supplier, lines } => {
                let lines: Vec<Json> = lines.iter().map(|l| self.ordered(l)).collect::<Result<_>>()?;
                let body = json!({"supplier_id": self.named(supplier)?, "lines": lines});
                let order = self.run("cilka", "PurchaseOrder", "create", None, &body)?.id;
                self.names.insert(name.clone(), order);
                self.run("cilka", "PurchaseOrder", "confirm", Some(order), &json!({})).map(drop)
            }
            Act::Receive { order, parts } => {
                let order = self.named(order)?;
                let body = json!({"lines": self.parts("PurchaseOrder", order, parts, "quantity")?});
                self.run("damjan", "PurchaseOrder", "receive", Some(order), &body).map(drop)
            }
            Act::Bill { order, number, prices } => {
                let order = self.named(order)?;
                let body = json!({"supplier_number": number, "lines": self.parts("PurchaseOrder", order, prices, "unit_price")?});
                self.run("eva", "PurchaseOrder", "invoice", Some(order), &body).map(drop)
            }
            Act::PaySupplier { order } => self.pay_supplier(self.named(order)?),
            Act::Make { name, product, quantity, days } => {
                self.make(name, product, quantity, (line.day, *days))
            }
            Act::Floor { order, verb, words } => self.floor(self.named(order)?, verb, words),
            Act::Call { name, who, company, phone, what, amount } => {
                let body =
                    json!({"who": who, "company": company, "phone": phone, "what": what, "amount": amount});
                let reply = self.run("borut", "Opportunity", "call_in", None, &body)?;
                self.names.insert(name.clone(), reply.id);
                Ok(())
            }
            Act::Move { name, command, reason } => {
                let body = reason.as_ref().map_or_else(|| json!({}), |r| json!({"reason": r}));
                self.run("borut", "Opportunity", command, Some(self.named(name)?), &body).map(drop)
            }
            Act::Note { party, text } => {
                let body = json!({"about_entity": "Party", "about_id": self.named(party)?, "text": text});
                self.run("borut", "Note", "create", None, &body).map(drop)
            }
            Act::Task { party, text } => {
                let body = json!({"about_entity": "Party", "about_id": self.named(party)?, "kind": "call", "subject": text,
                    "due_on": self.date(1)?.to_string(), "responsible_id": self.named("borut")?});
                self.run("borut", "Activity", "create", None, &body).map(drop)
            }
            Act::Cost { account, amount, text } => self.cost(account, amount, text),
            Act::Bank { payments, fee } => {
                let xml = statement::write(self, payments, fee.as_deref(), self.date(line.day)?)?;
                self.run("eva", "BankStatement", "import_camt", None, &json!({"content": xml})).map(drop)
            }
        }
    }

    fn ordered(&self, line: &script::Ordered) -> Result<Json> {
        Ok(
            json!({"product_id": self.named(&line.product)?, "quantity": line.quantity, "unit_price": line.price}),
        )
    }

    /// Lines of a document by the names of their products.
    fn parts(&self, entity: &str, id: i64, parts: &[(String, String)], field: &str) -> Result<Vec<Json>> {
        let table = format!("{}_line", kernel::snake(entity));
        parts
            .iter()
            .map(|(product, value)| {
                let product = self.named(product)?;
                let line = self.one(&format!(
                    "SELECT id FROM {table} WHERE parent_id = {id} AND product_id = {product}"
                ))?;
                Ok(json!({"line_id": line, field: value}))
            })
            .collect()
    }

    /// Ships the draft delivery; nothing where the goods are not there yet. Products not named go in full.
    fn ship(&self, order: i64, parts: &[(String, String)]) -> Result<()> {
        let sql = format!("SELECT id FROM delivery WHERE order_id = {order} AND state = 'draft'");
        let Some(delivery) = self.one(&sql)? else { return Ok(()) };
        let mut lines = Vec::new();
        if !parts.is_empty() {
            lines = self.parts("Delivery", delivery, parts, "quantity")?;
            let named: Vec<i64> =
                lines.iter().filter_map(|l| l.get("line_id").and_then(Json::as_i64)).collect();
            let all = self.kernel.store.read(|tx| -> Result<_> {
                Ok(tx.query(
                    "SELECT id, quantity FROM delivery_line WHERE parent_id = ?",
                    &[delivery.into()],
                )?)
            })?;
            for row in all.iter().filter(|r| !named.contains(&r.int(0))) {
                lines.push(
                    json!({"line_id": row.int(0), "quantity": numbers::Decimal6(row.int(1)).to_string()}),
                );
            }
        }
        self.run("damjan", "Delivery", "ship", Some(delivery), &json!({"lines": lines})).map(drop)
    }

    /// A work order, from its first day for so many days.
    fn make(&mut self, name: &str, product: &str, quantity: &str, (day, days): (i64, i64)) -> Result<()> {
        let body = json!({"product_id": self.named(product)?, "quantity": quantity,
            "starts_on": self.date(day)?.to_string(), "due_on": self.date(day + days)?.to_string()});
        let order = self.run("franc", "WorkOrder", "create", None, &body)?.id;
        self.names.insert(name.to_owned(), order);
        Ok(())
    }

    /// Something happens on the shop floor; `work` is reported for one operation after the other, scrap for the first.
    fn floor(&self, order: i64, verb: &str, words: &str) -> Result<()> {
        if verb != "work" {
            return self.run("franc", "WorkOrder", verb, Some(order), &json!({})).map(drop);
        }
        let mut words = words.splitn(3, ' ');
        let good = words.next().unwrap_or_default();
        let mut scrap = words.next().map(|scrapped| (scrapped, words.next().unwrap_or_default()));
        let sql = format!("SELECT id FROM work_order_operation WHERE parent_id = {order} ORDER BY position");
        for operation in self.ids(&sql)? {
            let mut body = json!({"operation_id": operation, "good": good});
            if let (Some((scrapped, reason)), Some(body)) = (scrap.take(), body.as_object_mut()) {
                body.insert("scrapped".into(), json!(scrapped));
                body.insert("reason".into(), json!(reason));
            }
            self.run("franc", "WorkOrder", "report", Some(order), &body)?;
        }
        Ok(())
    }

    /// The customer pays what is open of the order's invoices.
    fn paid(&self, order: i64) -> Result<()> {
        for invoice in self.ids(&format!(
            "SELECT id FROM invoice WHERE order_id = {order} AND kind = 'invoice' ORDER BY id"
        ))? {
            let record = self.kernel.read(&self.actor("eva"), |r| r.record("Invoice", invoice, vec![]))?;
            let open = record.get("open").and_then(Json::as_f64).unwrap_or_default();
            if open <= 0.0 {
                continue;
            }
            let body = json!({"party_id": record.get("customer_id"), "direction": "in", "amount": open,
                "text": record.get("reference"), "invoices": [{"invoice_id": invoice}]});
            self.run("eva", "Payment", "pay", None, &body)?;
        }
        Ok(())
    }

    fn pay_supplier(&self, order: i64) -> Result<()> {
        for invoice in
            self.ids(&format!("SELECT id FROM supplier_invoice WHERE order_id = {order} ORDER BY id"))?
        {
            let record =
                self.kernel.read(&self.actor("eva"), |r| r.record("SupplierInvoice", invoice, vec![]))?;
            let body = json!({"party_id": record.get("supplier_id"), "direction": "out", "amount": record.get("open"),
                "text": record.get("supplier_number"), "invoices": [{"supplier_invoice_id": invoice}]});
            self.run("eva", "Payment", "pay", None, &body)?;
        }
        Ok(())
    }

    fn cost(&self, account: &str, amount: &str, text: &str) -> Result<()> {
        let find = |code: &str| self.one(&format!("SELECT id FROM account WHERE code = '{code}'"));
        let body = json!({"text": text, "lines": [
            {"account_id": find(account)?, "debit": amount}, {"account_id": find("110")?, "credit": amount}]});
        self.run("eva", "Entry", "post_journal", None, &body).map(drop)
    }
}
