//! The benchmarks: each figure beside a floor that was measured in the same run, on the same data, through the same
//! connection. `make bench` runs them on both databases; `BENCH_SCALE=0.01` makes all tables smaller, and
//! `BENCH_ONLY=list,search` leaves others out.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark prints, and stops at what should not happen"
)]

mod bulk;
mod chain;
mod factory;
mod fill;
mod firm;
mod list;
mod planning;
mod replay;
mod report;
mod start;
mod trial;

use firm::Firm;
use report::Report;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    if let [_, flag, place, port] = args.as_slice()
        && flag == "--child"
    {
        return start::child(place, port);
    }
    let mut report = Report::default();
    let only = std::env::var("BENCH_ONLY").ok();
    if only.as_ref().is_none_or(|only| only.split(',').any(|name| name == "plan")) {
        planning::run(&mut report);
    }
    if only.as_deref() == Some("plan") {
        return report.write();
    }
    let mut firms = vec![Firm::folder()];
    match std::env::var("CELOTA_TEST_POSTGRES") {
        Ok(url) => firms.push(Firm::server(&url)),
        Err(_) => println!("left out on PostgreSQL: CELOTA_TEST_POSTGRES names no server"),
    }
    for firm in firms {
        let wanted =
            |name: &str| std::env::var("BENCH_ONLY").map_or(true, |o| o.split(',').any(|w| w == name));
        if wanted("chain") {
            chain::run(&firm, &mut report);
        }
        if wanted("bulk") {
            bulk::confirm(&firm, &mut report);
        }
        if wanted("import") {
            bulk::import(&firm, &mut report);
        }
        if wanted("factory") {
            factory::run(&firm, &mut report);
        }
        if wanted("list") {
            list::list(&firm, &mut report);
        }
        if wanted("search") {
            list::search(&firm, &mut report);
        }
        if wanted("trial") {
            trial::run(&firm, &mut report);
        }
        if wanted("start") || wanted("memory") {
            start::run(firm, &mut report);
        }
    }
    report.write();
}

/// How large tables are, against the sizes that the goals speak of.
fn scaled(n: i64) -> i64 {
    let scale: f64 = std::env::var("BENCH_SCALE").ok().and_then(|s| s.parse().ok()).unwrap_or(1.0);
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "sizes of a benchmark")]
    let size = (n as f64 * scale) as i64;
    size.max(20)
}

/// Seconds that some work took.
fn seconds(work: impl FnOnce()) -> f64 {
    let start = std::time::Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

/// The 95th percentile, in milliseconds, of so many runs.
fn p95(times: usize, mut work: impl FnMut(usize)) -> f64 {
    let mut taken: Vec<f64> = (0..times).map(|i| seconds(|| work(i)) * 1e3).collect();
    taken.sort_by(f64::total_cmp);
    taken.get((times * 95 / 100).min(times.saturating_sub(1))).copied().unwrap_or_default()
}
