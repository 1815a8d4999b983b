//! Many at once: an import with all rules, and one command on ten thousand records.

use crate::chain;
use crate::firm::{Firm, order};
use crate::replay::{Taken, count_up};
use crate::report::{Better, Report};
use crate::{scaled, seconds};
use kernel::{Call, Result};
use serde_json::Value as Json;
use std::collections::HashMap;
use std::fmt::Write;
use std::path::Path;

/// Records of one transaction of the API's bulk commands and of the import.
const CHUNK: usize = 500;

fn mark(firm: &Firm) -> i64 {
    firm.kernel.store.write(|tx| -> Result<i64> { Ok(tx.next_id()?) }).expect("an id")
}

/// So many draft orders.
fn drafts(firm: &Firm, customers: &[i64], products: &[i64], count: usize) -> Vec<i64> {
    let bodies = (0..count).map(|n| order(customers[n % customers.len()], products, n)).collect();
    created(firm, "SalesOrder", bodies)
}

/// So many new records.
pub fn created(firm: &Firm, entity: &'static str, bodies: Vec<Json>) -> Vec<i64> {
    let mut ids = Vec::with_capacity(bodies.len());
    for chunk in bodies.chunks(CHUNK) {
        let chunk = chunk.to_vec();
        let made = firm.kernel.work(&firm.actor, entity, move |cx| {
            let mut ids = Vec::with_capacity(chunk.len());
            for body in &chunk {
                let body = body.as_object().cloned().unwrap_or_default();
                let call = Call { entity: entity.into(), command: "create".into(), body, ..Call::default() };
                ids.push(cx.call(&call)?.0);
            }
            Ok(ids)
        });
        ids.extend(made.expect("new records"));
    }
    ids
}

/// Confirms a chunk as the API does it.
pub fn confirmed(firm: &Firm, chunk: &[i64]) {
    let call = Call { entity: "SalesOrder".into(), command: "confirm".into(), ..Call::default() };
    let results = firm.kernel.run_many(&firm.actor, &call, chunk).expect("a chunk");
    assert!(results.iter().all(|(_, r)| r.is_ok()), "an order was refused");
}

/// Confirms orders as the API does it; the floor writes the same rows in bulk.
pub fn confirm(firm: &Firm, report: &mut Report) {
    let products = firm.products(200);
    let customers = firm.customers(20);
    chain::chain(firm, customers[0], &products, 2_000_000_002, |_| {});
    let count = usize::try_from(scaled(10_000)).unwrap_or(20);
    // A firm has a past: what was planned for empty tables is no measure for either.
    confirmed(firm, &drafts(firm, &customers, &products, CHUNK));
    firm.analyse();
    let ids = drafts(firm, &customers, &products, count);
    let mut own = 0.0;
    let mut taken: Vec<(Vec<i64>, Taken)> = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        let from = mark(firm);
        own += seconds(|| confirmed(firm, chunk));
        taken.push((chunk.to_vec(), firm.kernel.store.read(|tx| Taken::since(from, tx)).expect("rows")));
    }
    let rows: usize = taken.iter().map(|(_, t)| t.count()).sum();
    println!("bulk: {count} orders made {rows} rows");
    let floor = seconds(|| {
        for (n, (chunk, taken)) in taken.into_iter().enumerate() {
            firm.write(move |tx| {
                let mut ids = HashMap::new();
                taken.renew(&mut ids, tx)?;
                let params: Vec<_> = chunk.iter().map(|id| (*id).into()).collect();
                let among = kernel::rows::among(params.len());
                tx.execute(
                    &format!(
                        "UPDATE sales_order SET state = 'confirmed', version = version + 1 WHERE id {among}"
                    ),
                    &params,
                )?;
                count_up(&["floor/DN"], 500, tx)?;
                taken.write(&ids, &format!("-b{n}"), tx)
            });
        }
    });
    let per_second = |s: f64| f64::from(u32::try_from(count).unwrap_or(1)) / s;
    report.ratio(firm.name("bulk"), "orders/s", (per_second(own), per_second(floor)), 0.25, Better::Higher);
}

/// Imports a list of customers; the floor inserts the rows that it made.
pub fn import(firm: &Firm, report: &mut Report) {
    let count = scaled(100_000);
    let mut csv = String::from("number,name,kind,is_customer,email,phone,tax_number,payment_days\n");
    for n in 0..count {
        let _ = writeln!(
            csv,
            "I{n},Imported customer {n} d.o.o.,organisation,true,office{n}@example.com,+386 1 {n:07},12345679,30"
        );
    }
    let files = [("Parties.csv".to_owned(), csv.into_bytes())];
    let from = mark(firm);
    let own = seconds(|| {
        let import = celota::import::Import::of(&files, Path::new("target"), None, &firm.kernel.registry)
            .expect("a list of ours");
        let done = import.apply(&firm.kernel, &firm.actor, &mut |_, _| Ok(())).expect("an import");
        assert!(done.is_whole(), "{}", done.text());
    });
    let taken = firm.kernel.store.read(|tx| Taken::since(from, tx)).expect("rows");
    let rows = taken.count();
    println!("import: {count} customers made {rows} rows");
    let chunks = taken.chunked(1_000);
    let floor = seconds(|| {
        for chunk in chunks {
            firm.write(move |tx| {
                let mut ids = HashMap::new();
                chunk.renew(&mut ids, tx)?;
                chunk.write(&ids, "-f", tx)
            });
        }
    });
    let per_second = |s: f64| f64::from(u32::try_from(count).unwrap_or(1)) / s;
    report.ratio(
        firm.name("import"),
        "customers/s",
        (per_second(own), per_second(floor)),
        0.25,
        Better::Higher,
    );
}
