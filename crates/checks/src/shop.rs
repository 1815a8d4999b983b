//! A small firm, ready to trade, on either database.

use celota::{database, first_hour};
use jiff::Timestamp;
use kernel::{Actor, Call, Error, Kernel, Reply, Result};
use numbers::{Date, Decimal6, Money};
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering::SeqCst};
use store::Place;

/// Tells a story on SQLite, and on PostgreSQL where `CELOTA_TEST_POSTGRES` names a server.
pub fn on_both(story: impl Fn(&Shop)) {
    let shop = Shop::open(Base::folder());
    story(&shop);
    shop.close();
    match std::env::var("CELOTA_TEST_POSTGRES") {
        Ok(url) => {
            let shop = Shop::open(Base::server(&url));
            story(&shop);
            shop.close();
        }
        Err(_) => println!("skipped on PostgreSQL: CELOTA_TEST_POSTGRES names no server"),
    }
}

/// As [`on_both`], on an empty database.
pub fn on_both_empty(test: impl Fn(&Kernel)) {
    let mut bases = vec![Base::folder()];
    bases.extend(std::env::var("CELOTA_TEST_POSTGRES").ok().map(|url| Base::server(&url)));
    for base in bases {
        let kernel = database::open(&base.place()).expect("a database");
        test(&kernel);
        drop(kernel);
        base.remove();
    }
}

/// A database of its own, gone when the story is told.
enum Base {
    Folder(PathBuf),
    Server { admin: String, name: String },
}

static COUNTER: AtomicU32 = AtomicU32::new(0);

fn own_name() -> String {
    format!("celota_{}_{}", std::process::id(), COUNTER.fetch_add(1, SeqCst))
}

impl Base {
    fn folder() -> Self {
        let folder = std::env::temp_dir().join(own_name());
        // A test that was killed left its own, and process ids come again.
        let _ = std::fs::remove_dir_all(&folder);
        Self::Folder(folder)
    }

    fn server(admin: &str) -> Self {
        let name = own_name();
        let mut client = postgres::Client::connect(admin, postgres::NoTls).expect("the test server answers");
        client
            .batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            .expect("nothing of another test");
        client
            .batch_execute(&format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
            .expect("a database of its own");
        Self::Server { admin: admin.to_owned(), name }
    }

    fn place(&self) -> Place {
        match self {
            Self::Folder(folder) => Place::Folder(folder.clone()),
            Self::Server { admin, name } => {
                let (server, _) = admin.rsplit_once('/').expect("a URL with a database");
                Place::Server(format!("{server}/{name}"))
            }
        }
    }

    fn remove(&self) {
        match self {
            Self::Folder(folder) => drop(std::fs::remove_dir_all(folder)),
            Self::Server { admin, name } => {
                if let Ok(mut client) = postgres::Client::connect(admin, postgres::NoTls) {
                    drop(client.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")));
                }
            }
        }
    }
}

/// The firm: accounts, taxes, a warehouse, and a clock that stands until it is moved.
pub struct Shop {
    pub kernel: Kernel,
    pub actor: Actor,
    clock: Arc<AtomicI64>,
    base: Base,
}

/// The first day of every story.
const FIRST_DAY: &str = "2026-03-02T08:00:00Z";
/// Valid by its check digit (module 11).
const TAX_NUMBER: &str = "12345679";

impl Shop {
    fn open(base: Base) -> Self {
        let clock = Arc::new(AtomicI64::new(FIRST_DAY.parse::<Timestamp>().expect("a day").as_microsecond()));
        let mut kernel = database::open(&base.place()).expect("a database");
        let own = Arc::clone(&clock);
        kernel.clock = Arc::new(move || Timestamp::from_microsecond(own.load(SeqCst)).expect("a time"));
        let input = json!({
            "company": {"name": "Mizarstvo Kranjc d.o.o.", "tax_number": TAX_NUMBER, "vat_id": format!("SI{TAX_NUMBER}"),
                        "street": "Glavna ulica 1", "postal_code": "4000", "town": "Kranj"},
            "bank": {"iban": "SI56020170014356205"},
            "user": {"login": "ana", "name": "Ana Kranjc", "password": "correct-horse"},
        });
        let user = first_hour::set_up(&kernel, &input).expect("a firm");
        let company = kernel
            .store
            .read(|tx| -> Result<_> {
                Ok(tx.first("SELECT MIN(id) FROM company", &[])?.map_or(0, |r| r.int(0)))
            })
            .expect("a company");
        let actor = Actor { user, name: "Ana".into(), ..Actor::program(company) };
        Self { kernel, actor, clock, base }
    }

    /// Leaving the shop: everything that must always be true is.
    fn close(self) {
        self.holds();
        let base = self.base;
        drop(self.kernel);
        base.remove();
    }

    /// Everything that must always be true is true now.
    pub fn holds(&self) {
        let registry = Arc::clone(&self.kernel.registry);
        let found = self.kernel.store.read(|tx| registry.breaches(tx)).expect("checks run");
        for (name, breaches) in found {
            assert!(breaches.is_empty(), "{name}: {breaches:?}");
        }
    }

    /// Days go by.
    pub fn wait(&self, days: i64) {
        self.clock.fetch_add(days * 86_400_000_000, SeqCst);
    }

    pub fn wait_hours(&self, hours: i64) {
        self.clock.fetch_add(hours * 3_600_000_000, SeqCst);
    }

    pub fn today(&self) -> Date {
        let now = Timestamp::from_microsecond(self.clock.load(SeqCst)).expect("a time");
        now.to_zoned_datetime(jiff::tz::TimeZone::system()).date().into()
    }

    /// Runs a command as it would come over the API.
    ///
    /// # Errors
    /// Its refusal.
    pub fn try_run(&self, entity: &str, command: &str, id: Option<i64>, body: &Json) -> Result<Reply> {
        let call = Call {
            entity: entity.into(),
            command: command.into(),
            id,
            body: body.as_object().cloned().unwrap_or_default(),
            ..Call::default()
        };
        self.kernel.run(&self.actor, &call)
    }

    pub fn run(&self, entity: &str, command: &str, id: i64, body: Json) -> Reply {
        self.try_run(entity, command, Some(id), &body).unwrap_or_else(|e| panic!("{entity}.{command}: {e}"))
    }

    pub fn create(&self, entity: &str, body: Json) -> i64 {
        self.try_run(entity, "create", None, &body).unwrap_or_else(|e| panic!("create {entity}: {e}")).id
    }

    /// A command on the whole set.
    pub fn call(&self, entity: &str, command: &str, body: Json) -> Json {
        self.try_run(entity, command, None, &body)
            .unwrap_or_else(|e| panic!("{entity}.{command}: {e}"))
            .result
    }

    /// The command is refused with this code.
    pub fn refuses(&self, entity: &str, command: &str, id: i64, body: Json, code: &str) {
        match self.try_run(entity, command, (id > 0).then_some(id), &body) {
            Err(Error::Refused(refusal)) => assert_eq!(refusal.code, code, "{refusal}"),
            Err(error) => panic!("{entity}.{command} failed: {error}"),
            Ok(_) => panic!("{entity}.{command} was not refused"),
        }
    }

    /// A record as the API shows it, its lines too.
    pub fn record(&self, entity: &str, id: i64) -> Json {
        let description = self.kernel.registry.entity(entity).expect("an entity");
        let expand = description
            .lines
            .iter()
            .map(|l| kernel::read::Expand { name: l.name.clone(), ..kernel::read::Expand::default() })
            .collect();
        self.kernel
            .read(&self.actor, |r| r.record(entity, id, expand))
            .unwrap_or_else(|e| panic!("{entity} {id}: {e}"))
    }

    /// One field of a record, as text.
    pub fn field(&self, entity: &str, id: i64, name: &str) -> String {
        match self.record(entity, id).get(name) {
            None | Some(Json::Null) => String::new(),
            Some(Json::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        }
    }

    /// What a query answers.
    pub fn ask(&self, entity: &str, name: &str, id: Option<i64>, body: Json) -> Json {
        let query = self.kernel.registry.query(entity, name).expect("a query");
        let body = body.as_object().cloned().unwrap_or_default();
        let input = kernel::json::input_from_json(&query.input, &body, "").expect("fitting input");
        self.kernel
            .read(&self.actor, |r| query.ask(r, id, input))
            .unwrap_or_else(|e| panic!("{entity}.{name}: {e}"))
    }

    /// Ids by a condition over the columns of a table.
    pub fn ids(&self, sql: &str) -> Vec<i64> {
        self.kernel
            .store
            .read(|tx| -> Result<_> { Ok(tx.query(sql, &[])?.iter().map(|r| r.int(0)).collect()) })
            .expect("a statement")
    }

    /// Lots of a product with what lies there: `L1 good 5`.
    pub fn lies(&self, product: i64) -> Vec<String> {
        let rows = self.kernel.store.read(|tx| -> kernel::Result<_> {
            Ok(tx.query(
                "SELECT lot, condition, on_hand FROM stock_balance WHERE product_id = ? AND on_hand <> 0 ORDER BY lot, condition",
                &[product.into()],
            )?)
        });
        let rows = rows.unwrap_or_else(|e| panic!("{e}"));
        rows.iter().map(|r| format!("{} {} {}", r.text(0), r.text(1), numbers::Decimal6(r.int(2)))).collect()
    }

    /// What is promised and expected of a document: `short 2`.
    pub fn pegged(&self, order: i64) -> Vec<String> {
        let rows = self.kernel.store.read(|tx| -> kernel::Result<_> {
            Ok(tx.query(
                "SELECT kind, quantity FROM peg WHERE document_id = ? ORDER BY kind",
                &[order.into()],
            )?)
        });
        let rows = rows.unwrap_or_else(|e| panic!("{e}"));
        rows.iter().map(|r| format!("{} {}", r.text(0), numbers::Decimal6(r.int(1)))).collect()
    }

    /// What is refused, and at which field: `stock.lot_held lot`.
    pub fn field_refused(&self, entity: &str, command: &str, id: i64, body: &Json) -> String {
        let error = self.try_run(entity, command, Some(id), body).expect_err("a refusal");
        let refusal = error.refusal().unwrap_or_else(|| panic!("{error}"));
        format!("{} {}", refusal.code, refusal.field.clone().unwrap_or_default())
    }

    /// Sells so much of a product at the beginning of each of six months, from stock, and forecasts from that.
    pub fn forecast_from_sales(&self, product: i64, each: i64) {
        self.run("Product", "update", product, json!({"planned_by": "forecast"}));
        self.stock(product, 6 * each, "1.00");
        let customer = self.customer("Ana d.o.o.");
        for _ in 0..6 {
            let order = self.order(customer, &[(each, product, "400.00")]);
            self.ship(order, each);
            let next = self.today().first_of_month().plus_months(1).expect("a month");
            self.wait(next.days() - self.today().days());
        }
        self.call("Forecast", "make", json!({}));
    }

    pub fn customer(&self, name: &str) -> i64 {
        self.create(
            "Party",
            json!({"name": name, "is_customer": true, "tax_number": TAX_NUMBER, "email": "office@example.com",
                   "addresses": [{"kind": "office", "street": "Cesta", "house_number": "5", "postal_code": "1000", "town": "Ljubljana"}]}),
        )
    }

    pub fn supplier(&self, name: &str) -> i64 {
        self.create("Party", json!({"name": name, "is_supplier": true, "email": "sales@example.com"}))
    }

    pub fn product(&self, code: &str, price: &str, cost: &str) -> i64 {
        let unit = self.ids("SELECT id FROM unit WHERE code = 'C62'");
        let tax = self.ids("SELECT id FROM tax_code WHERE code = 'S22'");
        self.create(
            "Product",
            json!({"code": code, "name": code, "unit_id": unit.first(), "tax_code_id": tax.first(), "list_price": price,
                   "standard_cost": cost, "is_bought": true, "is_sold": true}),
        )
    }

    /// Puts goods on the shelf as opening stock.
    pub fn stock(&self, product: i64, quantity: i64, cost: &str) {
        let count = self.create(
            "StockCount",
            json!({"kind": "opening", "lines": [{"product_id": product, "counted": quantity, "unit_cost": cost}]}),
        );
        self.run("StockCount", "post", count, json!({}));
    }

    pub fn offer(&self, supplier: i64, product: i64, price: &str, days: i64) {
        self.create(
            "SupplierPrice",
            json!({"supplier_id": supplier, "product_id": product, "price": price, "lead_time_days": days}),
        );
    }

    /// An order with lines of (quantity, product, price), confirmed.
    pub fn order(&self, customer: i64, lines: &[(i64, i64, &str)]) -> i64 {
        let lines: Vec<Json> = lines
            .iter()
            .map(|(q, p, price)| json!({"product_id": p, "quantity": q, "unit_price": price}))
            .collect();
        let order = self.create("SalesOrder", json!({"customer_id": customer, "lines": lines}));
        self.run("SalesOrder", "confirm", order, json!({}));
        order
    }

    /// The id of the n-th line of a document.
    pub fn line(&self, entity: &str, id: i64, n: usize) -> i64 {
        let record = self.record(entity, id);
        record.pointer(&format!("/lines/{n}/id")).and_then(Json::as_i64).expect("a line")
    }

    /// The draft delivery of an order.
    pub fn draft(&self, order: i64) -> i64 {
        let sql = format!("SELECT id FROM delivery WHERE order_id = {order} AND state = 'draft'");
        *self.ids(&sql).first().expect("a draft delivery")
    }

    /// Ships so much of the first line of an order's draft delivery.
    pub fn ship(&self, order: i64, quantity: i64) -> i64 {
        let delivery = self.draft(order);
        let line = self.line("Delivery", delivery, 0);
        self.run("Delivery", "ship", delivery, json!({"lines": [{"line_id": line, "quantity": quantity}]}));
        delivery
    }

    /// Invoices of an order, oldest first.
    pub fn invoices(&self, order: i64) -> Vec<i64> {
        self.ids(&format!("SELECT id FROM invoice WHERE order_id = {order} ORDER BY id"))
    }

    /// Balances of accounts by role: `"receivable 36.60 | revenue -30.00"`. Accounts not named may hold anything.
    pub fn books(&self, expected: &str) {
        let rows = self
            .kernel
            .store
            .read(|tx| -> Result<_> {
                Ok(tx.query(
                    "SELECT a.role, CAST(SUM(l.amount) AS BIGINT) FROM entry_line l JOIN account a ON a.id = l.account_id
                     WHERE a.role IS NOT NULL GROUP BY a.role",
                    &[],
                )?)
            })
            .expect("balances");
        let balances: HashMap<String, Money> =
            rows.iter().map(|r| (r.text(0).to_owned(), Money(r.int(1)))).collect();
        let found: Vec<String> = expected
            .split('|')
            .map(|part| {
                let role = part.split_whitespace().next().unwrap_or_default();
                format!("{role} {}", balances.get(role).copied().unwrap_or(Money(0)))
            })
            .collect();
        let wanted: Vec<&str> = expected.split('|').map(str::trim).collect();
        assert_eq!(found, wanted);
    }

    /// What is on hand of a product, in every condition.
    pub fn on_hand(&self, product: i64) -> String {
        let rows = self.ids(&format!(
            "SELECT CAST(COALESCE(SUM(on_hand), 0) AS BIGINT) FROM product_stock WHERE product_id = {product}"
        ));
        Decimal6(rows.first().copied().unwrap_or(0)).to_string()
    }
}
