//! The one list of what Celota consists of, in the order in which each may use those before it.

use catalog::Unit;
use kernel::job::Job;
use kernel::{Actor, Call, Context, Entity, Kernel, Module, Ref, Registry, Result};
use numbers::Date;
use serde_json::Value as Json;
use stock::{Location, Lot, Warehouse};

/// The chain, as diagrams that run.
const PROCESSES: [(&str, &str); 4] = [
    ("lead-to-order", include_str!("../../../processes/lead-to-order.bpmn")),
    ("order-to-cash", include_str!("../../../processes/order-to-cash.bpmn")),
    ("plan-to-produce", include_str!("../../../processes/plan-to-produce.bpmn")),
    ("procure-to-pay", include_str!("../../../processes/procure-to-pay.bpmn")),
];

/// All modules.
#[must_use]
pub fn all() -> Vec<Module> {
    vec![
        access::module(),
        process::module(),
        files::module(),
        parties::module(),
        catalog::module(),
        ledger::module(),
        stock::module(),
        invoicing::module(),
        people::module(),
        equipment::module(),
        production::module(),
        purchasing::module(),
        sales::module(),
        crm::module(),
        supply::module(),
        crate::import::module(),
    ]
}

/// # Errors
/// When a module's list or catalogue is faulty.
pub fn registry() -> Result<Registry> {
    Registry::new(all(), Some(process::follow))
}

/// What a new company needs before its first document: accounts, tax codes, units, a warehouse.
///
/// # Errors
/// What a module refuses.
pub fn ground(kernel: &Kernel, actor: &Actor, input: &Json) -> Result<()> {
    let language = input.pointer("/user/language").and_then(Json::as_str).unwrap_or("en").to_owned();
    kernel.work(actor, "set_up", move |cx| {
        ledger::chart(&language, cx)?;
        if cx.tx.first("SELECT id FROM tax_code LIMIT 1", &[])?.is_none() {
            ledger::tax_codes(cx)?;
            units(&language, cx)?;
        }
        let (warehouse, shelf) =
            if language == "sl" { ("Glavno skladišče", "Polica") } else { ("Main warehouse", "Shelf") };
        let mut main = Warehouse {
            id: 0,
            company: Ref::new(cx.actor.company),
            code: "W1".into(),
            name: warehouse.into(),
            is_default: false,
            supplied_from: None,
            transfer_days: 0,
            archived: false,
            locations: vec![Location { id: 0, code: "A".into(), name: shelf.into() }],
        };
        cx.insert(&mut main)?;
        process::ship(&PROCESSES, cx)
    })
}

/// Brings the diagrams that come with the program up to date, after an upgrade; a firm's edited copy stays in force.
///
/// # Errors
/// What keeps a diagram from running.
pub fn ship(kernel: &Kernel) -> Result<()> {
    kernel.work(&Actor::program(0), "ship", |cx| process::ship(&PROCESSES, cx))
}

/// Does a job of a module's own kind; `None` when no module knows the kind.
pub fn job(kernel: &Kernel, job: &Job) -> Option<Result<()>> {
    process::work(kernel, job)
}

/// Units by UN/ECE Recommendation 20.
fn units(language: &str, cx: &mut Context) -> Result<()> {
    let rows = [
        ("C62", "piece", "kos", 0),
        ("KGM", "kg", "kg", 3),
        ("MTR", "m", "m", 3),
        ("MTK", "m²", "m²", 3),
        ("LTR", "l", "l", 3),
        ("HUR", "hour", "ura", 2),
        ("SET", "set", "komplet", 0),
        ("BX", "box", "škatla", 0),
    ];
    let mut units: Vec<Unit> = rows
        .into_iter()
        .map(|(code, en, sl, decimals)| Unit {
            id: 0,
            code: code.into(),
            name: if language == "sl" { sl } else { en }.into(),
            decimals,
        })
        .collect();
    cx.insert_all(&mut units)
}

/// What each day brings by itself: lots that have expired are blocked.
///
/// # Errors
/// The database's, and what the commands refuse.
pub fn daily(kernel: &Kernel, today: Date) -> Result<()> {
    for company in kernel.store.read(|tx| stock::expired(today, tx))? {
        let call = Call { entity: Lot::NAME.into(), command: "expire".into(), ..Call::default() };
        kernel.run(&Actor::program(company), &call)?;
    }
    Ok(())
}

/// What is looked after now and then: the ledger's kept sums, and what a month that begins asks for.
///
/// # Errors
/// The database's.
pub fn now_and_then(kernel: &Kernel) -> Result<()> {
    ledger::fold(kernel)?;
    supply::monthly(kernel)
}
