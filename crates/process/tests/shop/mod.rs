//! A shop as small as the diagrams need it: orders, deliveries, purchases and chances, with the commands, events and
//! figures of the real modules, on every database at hand.
#![allow(dead_code, reason = "each story uses its part")]

pub mod draw;
mod trade;

use jiff::Timestamp;
use kernel::{Actor, Call, Kernel, Reply, Result};
use serde_json::{Value as Json, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::SeqCst};
use store::{Place, Schema, Store};

pub const ORDER_TO_CASH: &str = include_str!("../../../../processes/order-to-cash.bpmn");
pub const LEAD_TO_ORDER: &str = include_str!("../../../../processes/lead-to-order.bpmn");
pub const PROCURE_TO_PAY: &str = include_str!("../../../../processes/procure-to-pay.bpmn");

pub struct Shop {
    pub kernel: Kernel,
    pub actor: Actor,
    clock: Arc<AtomicI64>,
    folder: Option<std::path::PathBuf>,
    /// The server and the database on it that is gone when the story is told.
    server: Option<(Store, String)>,
}

/// 2026-11-24 08:00 UTC
const MORNING: i64 = 1_795_507_200_000_000;
static NEXT: AtomicU64 = AtomicU64::new(0);

/// Tells a story on each database.
pub fn everywhere(story: impl Fn(Shop)) {
    story(Shop::on_sqlite());
    match std::env::var("CELOTA_TEST_POSTGRES") {
        Ok(url) => story(Shop::on_postgres(&url)),
        Err(_) => eprintln!("PostgreSQL is skipped: CELOTA_TEST_POSTGRES names no server"),
    }
}

impl Shop {
    pub fn on_sqlite() -> Self {
        let name = format!("celota-process-{}-{}", std::process::id(), NEXT.fetch_add(1, SeqCst));
        let folder = std::env::temp_dir().join(name);
        let mut shop = Self::open(&Place::Folder(folder.clone()));
        shop.folder = Some(folder);
        shop
    }

    pub fn on_postgres(url: &str) -> Self {
        let name = format!("celota_process_{}_{}", std::process::id(), NEXT.fetch_add(1, SeqCst));
        let server = Store::open(&Place::Server(url.to_owned())).unwrap();
        server.read(|tx| tx.batch(&format!("DROP DATABASE IF EXISTS {name}; "))).unwrap();
        server.read(|tx| tx.batch(&format!("CREATE DATABASE {name}"))).unwrap();
        let (base, _) = url.rsplit_once('/').unwrap();
        let mut shop = Self::open(&Place::Server(format!("{base}/{name}")));
        shop.server = Some((server, name));
        shop
    }

    fn open(place: &Place) -> Self {
        let modules = vec![access::module(), process::module(), trade::module()];
        let registry = Arc::new(kernel::Registry::new(modules, Some(process::follow)).unwrap());
        let store = Store::open(place).unwrap();
        let wanted = store.read(Schema::read).unwrap().diff(&registry.schema());
        store.migrate(&wanted.join(";\n"), |_, _| Ok(()), "").unwrap();
        kernel::search::prepare(&store).unwrap();
        let mut kernel = Kernel::new(store, registry);
        let clock = Arc::new(AtomicI64::new(MORNING));
        let hand = Arc::clone(&clock);
        kernel.clock = Arc::new(move || Timestamp::from_microsecond(hand.load(SeqCst)).unwrap());
        let company = kernel
            .run(&Actor::program(0), &call("Company", "create", None, json!({"name": "Modrolist"})))
            .unwrap()
            .id;
        let shop = Self { kernel, actor: Actor::program(company), clock, folder: None, server: None };
        for code in ["administrator", "sales", "buyer", "warehouse", "accountant"] {
            shop.run(
                "Role",
                "create",
                None,
                json!({"code": code, "name": code, "everything": code == "administrator"}),
            );
        }
        shop
    }

    /// A shop with the three diagrams in force.
    pub fn ship(self) -> Self {
        self.kernel
            .work(&self.actor, "ship", |cx| {
                process::ship(
                    &[
                        ("order-to-cash", ORDER_TO_CASH),
                        ("lead-to-order", LEAD_TO_ORDER),
                        ("procure-to-pay", PROCURE_TO_PAY),
                    ],
                    cx,
                )
            })
            .unwrap();
        self
    }

    /// A shop where this diagram is in force.
    pub fn with(self, code: &str, xml: &str) -> Self {
        let id = self.draft(code, xml);
        self.run("Diagram", "publish", Some(id), json!({}));
        self
    }

    pub fn draft(&self, code: &str, xml: &str) -> i64 {
        self.run("Diagram", "create", None, json!({"code": code, "name": "", "xml": xml})).id
    }

    pub fn try_run(&self, entity: &str, command: &str, id: Option<i64>, body: Json) -> Result<Reply> {
        self.kernel.run(&self.actor, &call(entity, command, id, body))
    }

    #[track_caller]
    pub fn run(&self, entity: &str, command: &str, id: Option<i64>, body: Json) -> Reply {
        match self.try_run(entity, command, id, body) {
            Ok(reply) => reply,
            Err(error) => panic!("{entity}.{command}: {error} {:?}", error.refusal().map(|r| &r.more)),
        }
    }

    #[track_caller]
    pub fn refuses(&self, entity: &str, command: &str, id: Option<i64>, body: Json, code: &str) {
        match self.try_run(entity, command, id, body) {
            Ok(_) => panic!("{entity}.{command} should have been refused with {code}"),
            Err(error) => assert_eq!(error.refusal().map(|r| r.code), Some(code), "{error}"),
        }
    }

    /// A confirmed order of `ordered` pieces at 10.00, with so many on hand for it.
    pub fn order(&self, ordered: i64, on_hand: i64) -> Order<'_> {
        let body = json!({"customer": "Ana d.o.o.", "ordered": ordered, "on_hand": on_hand, "unit_price": 10, "tax_number": "SI1"});
        let id = self.run("SalesOrder", "create", None, body).id;
        self.run("SalesOrder", "confirm", Some(id), json!({}));
        Order { shop: self, id }
    }

    pub fn record(&self, entity: &str, id: i64) -> Json {
        self.kernel.read(&self.actor, |r| r.record(entity, id, vec![])).unwrap()
    }

    pub fn ask(&self, entity: &str, query: &str, id: Option<i64>, body: Json) -> Json {
        let asked = self.kernel.registry.query(entity, query).unwrap();
        let input = kernel::json::input_from_json(&asked.input, body.as_object().unwrap(), "").unwrap();
        self.kernel.read(&self.actor, |r| asked.ask(r, id, input)).unwrap()
    }

    pub fn rows(&self, sql: &str) -> Vec<store::Row> {
        self.kernel.store.read(|tx| tx.query(sql, &[])).unwrap()
    }

    /// The latest case about a record, as its page shows it.
    pub fn case(&self, entity: &str, id: i64) -> Json {
        self.ask("Case", "of", None, json!({"entity": entity, "id": id}))["value"][0].clone()
    }

    pub fn stands(&self, entity: &str, id: i64) -> String {
        let case = self.case(entity, id);
        let text = |name: &str| case[name].as_str().unwrap_or("nowhere").to_owned();
        format!("{} at {}", text("state"), text("step"))
    }

    pub fn later(&self, days: i64) {
        self.clock.fetch_add(days * 86_400_000_000, SeqCst);
        self.jobs();
    }

    /// Does the jobs that are due.
    pub fn jobs(&self) {
        while let Some(job) = self.kernel.next_job().unwrap() {
            let ended = process::work(&self.kernel, &job).expect("only the engine has jobs here");
            self.kernel.job_ended(&job, ended.err().map(|e| e.to_string())).unwrap();
        }
    }

    /// What must always be true.
    pub fn checked(&self) {
        let registry = Arc::clone(&self.kernel.registry);
        let breaches = self.kernel.store.read(|tx| registry.breaches(tx)).unwrap();
        let wrong: Vec<_> = breaches.into_iter().filter(|(_, b)| !b.is_empty()).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
        // An open task belongs to an open case that points at it, and the other way round.
        let stray = self.rows(
            "SELECT t.id FROM task t LEFT JOIN case_ c ON c.id = t.case_id AND c.task_id = t.id AND c.state IN ('running', 'stopped')
             WHERE t.state = 'open' AND c.id IS NULL",
        );
        assert!(stray.is_empty(), "tasks of no case: {stray:?}");
        let wishes = self.rows("SELECT id FROM case_ WHERE wish IS NOT NULL");
        assert!(wishes.is_empty(), "wishes left over: {wishes:?}");
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.checked();
        }
        if let Some((server, name)) = &self.server {
            drop(server.read(|tx| tx.batch(&format!("DROP DATABASE {name} WITH (FORCE)"))));
        }
        if let Some(folder) = &self.folder {
            drop(std::fs::remove_dir_all(folder));
        }
    }
}

pub struct Order<'s> {
    pub shop: &'s Shop,
    pub id: i64,
}

impl Order<'_> {
    #[track_caller]
    pub fn run(&self, command: &str, body: Json) -> Reply {
        self.shop.run("SalesOrder", command, Some(self.id), body)
    }

    /// The warehouse ships the draft delivery, so many pieces of it.
    #[track_caller]
    pub fn ship(&self, quantity: i64) {
        let sql = format!("SELECT id FROM delivery WHERE order_id = {} AND state = 'draft'", self.id);
        let draft = self.shop.rows(&sql).first().expect("nothing to ship").int(0);
        self.shop.run("Delivery", "ship", Some(draft), json!({"quantity": quantity}));
    }

    #[track_caller]
    pub fn stands(&self, where_: &str) {
        assert_eq!(self.shop.stands("SalesOrder", self.id), where_);
    }

    pub fn figure(&self, name: &str) -> Json {
        self.shop.record("SalesOrder", self.id)[name].clone()
    }
}

pub fn call(entity: &str, command: &str, id: Option<i64>, body: Json) -> Call {
    Call {
        entity: entity.into(),
        command: command.into(),
        id,
        body: body.as_object().cloned().unwrap(),
        ..Call::default()
    }
}
