//! Lists and search in a million rows.

use crate::firm::Firm;
use crate::report::{Better, Report};
use crate::{fill, p95, scaled};
use kernel::Result;
use kernel::filter;
use kernel::read::Ask;
use store::Value;

const TIMES: usize = 200;
const ROWS: usize = 50;
/// What the list of orders shows.
const SHOWN: [&str; 7] = ["number", "state", "customer_id", "ordered_on", "promised_on", "net", "gross"];

fn ask(day: i64) -> Ask {
    let on = numbers::Date::from_days(day).expect("a day");
    Ask {
        filter: Some(filter::parse(&format!("state eq 'closed' and ordered_on le {on}")).expect("a filter")),
        order: vec![(vec!["ordered_on".into()], true)],
        top: Some(ROWS),
        select: SHOWN.iter().map(ToString::to_string).collect(),
        ..Ask::default()
    }
}

/// A page, by the kernel: p95 in milliseconds.
fn page(firm: &Firm, today: i64) -> f64 {
    let description = firm.kernel.registry.entity("SalesOrder").expect("orders");
    p95(TIMES, |n| {
        let ask = ask(day(today, n));
        let page = firm.kernel.read(&firm.actor, |r| r.list(&description, &ask)).expect("a page");
        assert!(!page.rows.is_empty(), "an empty page");
    })
}

fn day(today: i64, n: usize) -> i64 {
    today - i64::try_from(n * 11 % 2_000).unwrap_or_default()
}

fn raw(firm: &Firm, today: i64) -> f64 {
    let sql = format!(
        "SELECT id, version, {} FROM sales_order WHERE state = ? AND ordered_on <= ? ORDER BY ordered_on DESC NULLS LAST, id DESC LIMIT 51",
        SHOWN.join(",")
    );
    p95(TIMES, |n| {
        let params = ["closed".into(), Value::Int(day(today, n))];
        let rows = firm.kernel.store.read(|tx| -> Result<_> { Ok(tx.query(&sql, &params)?) }).expect("rows");
        assert!(!rows.is_empty(), "no rows");
    })
}

pub fn list(firm: &Firm, report: &mut Report) {
    let (small, large, today) = (scaled(1_000_000) / 100, scaled(1_000_000), fill::today(firm));
    fill::orders(firm, 1, small);
    firm.analyse();
    page(firm, today);
    let before = page(firm, today);
    fill::orders(firm, small + 1, large);
    firm.analyse();
    page(firm, today);
    raw(firm, today);
    let (own, floor) = (page(firm, today), raw(firm, today));
    report.ratio(firm.name("list"), "ms p95", (own, floor), 3.0, Better::Lower);
    report.ratio(firm.name("list.growth"), "ms p95", (own, before), 1.5, Better::Lower);
    let description = firm.kernel.registry.entity("SalesOrder").expect("orders");
    let own = p95(10, |n| {
        let ask = ask(day(today, n));
        let count = firm.kernel.read(&firm.actor, |r| r.count(&description, &ask)).expect("a count");
        assert!(count > 0, "nothing counted");
    });
    let sql = "SELECT COUNT(*) FROM sales_order WHERE state = ? AND ordered_on <= ?";
    let floor = p95(10, |n| {
        let params = ["closed".into(), Value::Int(day(today, n))];
        firm.kernel.store.read(|tx| -> Result<_> { Ok(tx.first(sql, &params)?) }).expect("a count");
    });
    report.ratio(firm.name("list.count"), "ms p95", (own, floor), 2.0, Better::Lower);
}

/// What people type: the beginning of a name, something from its middle, two words, a number.
pub fn typed(n: usize) -> String {
    let (first, second) = (fill::word(n * 37 % 1_000), fill::word(n * 101 % 1_000));
    let part = |from: usize, letters: usize| first.chars().skip(from).take(letters).collect::<String>();
    match n % 6 {
        0 => part(0, 3),
        1 => part(1, 3),
        2 => part(0, 5),
        3 => first,
        4 => format!("{first} {}", second.chars().take(4).collect::<String>()),
        _ => format!("F{}", 1_000 + n),
    }
}

pub fn search(firm: &Firm, report: &mut Report) {
    fill::parties(firm, scaled(1_000_000));
    firm.analyse();
    let search = |n: usize| {
        firm.kernel.read(&firm.actor, |r| r.search(&typed(n), &[], 20)).expect("hits");
    };
    p95(30, search);
    report.value(firm.name("search"), "ms p95", p95(TIMES, search), 20.0, Better::Lower);
    if std::env::var_os("BENCH_SLOWEST").is_some() {
        for n in 0..12 {
            println!("{:>20} {:.1} ms", typed(n), p95(5, |_| search(n)));
        }
    }
}
