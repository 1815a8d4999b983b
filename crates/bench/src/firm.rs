//! A firm on a database of its own, set up as the first hour does it.

use celota::{database, first_hour};
use kernel::{Actor, Call, Kernel, Reply, Result};
use serde_json::{Value as Json, json};
use std::path::PathBuf;
use store::{Place, Tx, Value};

pub struct Firm {
    /// `sqlite` or `postgres`, as the names of the figures end.
    pub database: &'static str,
    pub kernel: Kernel,
    pub actor: Actor,
    pub place: Place,
}

impl Firm {
    pub fn folder() -> Self {
        let folder = PathBuf::from("target/bench-data");
        drop(std::fs::remove_dir_all(&folder));
        Self::open("sqlite", Place::Folder(folder))
    }

    pub fn server(admin: &str) -> Self {
        let mut client = postgres::Client::connect(admin, postgres::NoTls).expect("the server answers");
        client
            .batch_execute("DROP DATABASE IF EXISTS celota_bench WITH (FORCE)")
            .expect("an old database goes");
        client
            .batch_execute("CREATE DATABASE celota_bench TEMPLATE template0 ENCODING 'UTF8'")
            .expect("a database of its own");
        let (server, _) = admin.rsplit_once('/').expect("an address with a database");
        Self::open("postgres", Place::Server(format!("{server}/celota_bench")))
    }

    fn open(database: &'static str, place: Place) -> Self {
        let kernel = database::open(&place).expect("a database");
        let input = json!({
            "company": {"name": "Mizarstvo Kranjc d.o.o.", "tax_number": "12345679", "vat_id": "SI12345679",
                        "street": "Glavna ulica 1", "postal_code": "4000", "town": "Kranj"},
            "bank": {"iban": "SI56020170014356205"},
            "user": {"login": "ana", "name": "Ana Kranjc", "password": "correct-horse"},
        });
        let user = first_hour::set_up(&kernel, &input).expect("a firm");
        let company = number(&kernel, "SELECT MIN(id) FROM company");
        let actor = Actor { user, name: "Ana".into(), ..Actor::program(company) };
        Self { database, kernel, actor, place }
    }

    pub fn name(&self, figure: &str) -> String {
        format!("{figure}.{}", self.database)
    }

    pub fn call(
        &self,
        entity: &str,
        command: &str,
        id: Option<i64>,
        body: &Json,
        key: Option<String>,
    ) -> Reply {
        let call = Call {
            entity: entity.into(),
            command: command.into(),
            id,
            body: body.as_object().cloned().unwrap_or_default(),
            key,
            ..Call::default()
        };
        self.kernel.run(&self.actor, &call).unwrap_or_else(|e| {
            println!("{entity}.{command}: {e}");
            std::process::exit(1)
        })
    }

    pub fn create(&self, entity: &str, body: &Json) -> i64 {
        self.call(entity, "create", None, body, None).id
    }

    pub fn number(&self, sql: &str) -> i64 {
        number(&self.kernel, sql)
    }

    pub fn ids(&self, sql: &str) -> Vec<i64> {
        let rows = self.kernel.store.read(|tx| -> Result<_> { Ok(tx.query(sql, &[])?) });
        rows.expect("ids").iter().map(|r| r.int(0)).collect()
    }

    /// Statements in one transaction, by the store's own connection.
    pub fn write(&self, work: impl FnMut(&mut Tx) -> Result<()> + Send + 'static) {
        self.kernel.store.write(work).expect("a transaction of the floor");
    }

    pub fn batch(&self, sql: &str) {
        let sql = sql.to_owned();
        self.write(move |tx| Ok(tx.batch(&sql)?));
    }

    /// The databases learn what is in the tables, as they do by themselves in time.
    pub fn analyse(&self) {
        self.batch("ANALYZE");
    }

    /// Products with plenty in stock, on which the chains work.
    pub fn products(&self, count: usize) -> Vec<i64> {
        let unit = self.number("SELECT id FROM unit WHERE code = 'C62'");
        let tax = self.number("SELECT id FROM tax_code WHERE code = 'S22'");
        let first = self.number("SELECT COUNT(*) FROM product");
        let ids: Vec<i64> = (0..count)
            .map(|n| {
                let code = format!("P{}", first + i64::try_from(n).unwrap_or_default());
                let body = json!({"code": code, "name": format!("Chair {code}"), "unit_id": unit, "tax_code_id": tax,
                    "list_price": "10.00", "standard_cost": "4.00", "is_bought": true, "is_sold": true});
                self.create("Product", &body)
            })
            .collect();
        let lines: Vec<Json> =
            ids.iter().map(|p| json!({"product_id": p, "counted": 1_000_000, "unit_cost": "4.00"})).collect();
        let count = self.create("StockCount", &json!({"kind": "opening", "lines": lines}));
        self.call("StockCount", "post", Some(count), &json!({}), None);
        ids
    }

    pub fn customers(&self, count: usize) -> Vec<i64> {
        (0..count)
            .map(|n| {
                let body = json!({"name": format!("Customer {n} d.o.o."), "is_customer": true, "tax_number": "12345679",
                    "email": "office@example.com",
                    "addresses": [{"kind": "office", "street": "Cesta", "house_number": "5", "postal_code": "1000", "town": "Ljubljana"}]});
                self.create("Party", &body)
            })
            .collect()
    }
}

/// Five lines of two pieces, each of another product.
pub fn order(customer: i64, products: &[i64], at: usize) -> Json {
    let lines: Vec<Json> = (0..5)
        .filter_map(|n| products.get((at * 7 + n) % products.len()))
        .map(|p| json!({"product_id": p, "quantity": 2, "unit_price": "10.00"}))
        .collect();
    json!({"customer_id": customer, "lines": lines})
}

fn number(kernel: &Kernel, sql: &str) -> i64 {
    let row = kernel.store.read(|tx| -> Result<_> { Ok(tx.first(sql, &[])?) }).expect("a number");
    row.map_or(0, |r| r.get(0).as_int().unwrap_or_default())
}

/// What a command changed of one entity, by its reply.
pub fn changed(reply: &Reply, entity: &str) -> i64 {
    reply.changed.iter().find(|c| c.entity == entity).map(|c| c.id).expect("the command made one")
}

pub fn ints(values: &[i64]) -> Vec<Value> {
    values.iter().map(|v| Value::Int(*v)).collect()
}
