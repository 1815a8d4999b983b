//! Planning, on models of the neutral format, beside the plainest pass that still is a plan. Left out where the models'
//! maker is not beside the repository.

use crate::report::{Better, Report};
use crate::{p95, seconds};
use numbers::Rational;
use planning::model::{DAY, Model, Seconds};
use planning::net::{self, Demand, Links};
use planning::plan::{Options, Plan, plan};
use planning::promise::{Request, Resident};
use planning::shop::Shop;
use std::path::Path;
use std::process::Command;

#[path = "../../planning/tests/plain/mod.rs"]
mod plain;

pub fn run(report: &mut Report) {
    let maker = Path::new("../shared/planning/model.py");
    if !maker.exists() {
        return println!("left out: planning, whose models are made by ../shared/planning/model.py");
    }
    let tight = |orders| made(maker, orders, false);
    let large = tight(2_500);
    mrp(&large, report);
    let finite: [(&str, Model, [f64; 3]); 4] = [
        ("250.tight", tight(250), [2.0, 1.04, 50.0]),
        ("500.tight", tight(500), [30.0, 10.0, 400.0]),
        ("2500.relaxed", made(maker, 2_500, true), [3.0, 15.4, 2_000.0]),
        ("2500.tight", large.clone(), [102.0, 50.0, 5_000.0]),
    ];
    for (name, model, [late, stock, ms]) in finite {
        let mut best = None;
        let taken = (0..3)
            .map(|_| seconds(|| best = plan(&model, &Options::default()).ok()))
            .fold(f64::INFINITY, f64::min);
        let Some(made) = best else { continue };
        let (plain, floor) = timed(|| plain::plain(&model, plain::AS_EARLY_AS_IT_LIKES));
        let count =
            |done: &[Seconds]| model.orders.iter().zip(done).filter(|(o, d)| **d > o.due).count() as f64;
        report.value(format!("plan.{name}.late"), "orders", count(&made.done), late, Better::Lower);
        report.value(
            format!("plan.{name}.stock"),
            "10⁹ value × days",
            stock_of(&model, &made),
            stock,
            Better::Lower,
        );
        report.value(format!("plan.{name}.time"), "ms", taken * 1e3, ms, Better::Lower);
        println!(
            "{name}: the plainest pass is late with {} orders, holds {:.1}, sets up for {} hours, takes {:.0} ms",
            count(&plain.done),
            plain.stock_days(&model, plain.end()) / 1e9,
            plain.setup / 3600,
            floor * 1e3
        );
    }
    growth(maker, report);
    at_hand(&large, report);
}

fn made(maker: &Path, orders: usize, relaxed: bool) -> Model {
    let mut command = Command::new("python3");
    command.arg(maker).args(["model", "--orders", &orders.to_string(), "--seed", "1"]);
    let output = command.args(relaxed.then_some("--relaxed")).output().expect("Python runs");
    planning::format::read(&String::from_utf8_lossy(&output.stdout)).expect("a model")
}

fn timed<T>(work: impl Fn() -> T) -> (T, f64) {
    let mut result = None;
    let run = |_| {
        // Giving the last plan back is not a part of making the next.
        result = None;
        seconds(|| result = Some(work()))
    };
    let best = (0..5).map(run).fold(f64::INFINITY, f64::min);
    (result.expect("it ran"), best)
}

/// Netting with pegs and messages, against the plainest explosion without them.
fn mrp(model: &Model, report: &mut Report) {
    let options = Options { finite: false, ..Options::default() };
    let (made, taken) = timed(|| plan(model, &options).expect("a plan"));
    let (lots, floor) = timed(|| plain_mrp(model));
    let planned = made.records.iter().map(|r| r.lots.len()).sum::<usize>();
    println!("without capacity: {planned} planned orders, the plainest pass has {lots}");
    report.ratio("plan.mrp".into(), "ms", (taken * 1e3, floor * 1e3), 6.0, Better::Lower);
    report.value("plan.mrp.time".into(), "ms", taken * 1e3, 100.0, Better::Lower);
    let bytes: usize = made
        .records
        .iter()
        .map(|r| {
            let lots: usize = r.lots.iter().map(|l| size_of::<net::Lot>() + size_of_val(&*l.steps)).sum();
            lots + r.pegs.capacity() * size_of::<net::Peg>()
        })
        .sum();
    let shares: usize = (0..model.items.len()).map(|i| size_of_val(made.pegging.of_item(i))).sum();
    report.value(
        "plan.mrp.memory".into(),
        "bytes a planned order",
        (bytes + shares) as f64 / planned as f64,
        500.0,
        Better::Lower,
    );
}

/// Time for each operation where there are ten thousand, and where there are a million: netted, and with two passes on
/// real machines.
fn growth(maker: &Path, report: &mut Report) {
    let per_operation = |orders| {
        let model = made(maker, orders, false);
        let options = |finite| Options { finite, passes: 2, ..Options::default() };
        let (netted, taken) = timed(|| plan(&model, &options(false)).expect("a plan"));
        let operations: usize = netted.records.iter().flat_map(|r| &r.lots).map(|l| l.steps.len()).sum();
        let placed = timed(|| plan(&model, &options(true)).expect("a plan")).1;
        println!("{operations} operations: {:.0} ms netted, {:.0} ms on machines", taken * 1e3, placed * 1e3);
        (taken * 1e9 / operations as f64, placed * 1e9 / operations as f64)
    };
    let small = per_operation(350);
    let large = per_operation(crate::scaled(34_500).unsigned_abs() as usize);
    report.ratio("plan.mrp.growth".into(), "ns an operation", (large.0, small.0), 1.2, Better::Lower);
    report.ratio("plan.finite.growth".into(), "ns an operation", (large.1, small.1), 1.2, Better::Lower);
}

/// A changed order, and a promise, from a plan that is kept.
fn at_hand(model: &Model, report: &mut Report) {
    let mut model = model.clone();
    let mut records = {
        let shop = Shop::new(&model).expect("a shop");
        net::all(&shop, &Links::new(&shop), false)
    };
    let change = p95(60, |n| {
        let order = n * 41 % model.orders.len();
        model.orders[order].due += DAY;
        let item = model.orders[order].item;
        let shop = Shop::new(&model).expect("a shop");
        net::change(&shop, &Links::new(&shop), &mut records, &[item], false);
    });
    report.value("plan.change".into(), "ms p95", change, 50.0, Better::Lower);
    let made = plan(&model, &Options { passes: 4, ..Options::default() }).expect("a plan");
    let mut resident = Resident::new(model.clone(), &made).expect("a resident");
    let promise = p95(200, |n| {
        let order = &model.orders[n * 37 % model.orders.len()];
        resident.promise(&Request { item: order.item, qty: Rational::from(20), due: order.due });
    });
    report.value("plan.promise".into(), "ms p95", promise, 100.0, Better::Lower);
}

/// What lies there over time, by value: as the neutral format's own judge counts it.
fn stock_of(model: &Model, plan: &Plan) -> f64 {
    let mut total = 0.0;
    for (item, record) in plan.records.iter().enumerate() {
        let mut moves: Vec<(Seconds, f64)> = record.lots.iter().map(|l| (l.end, l.qty.to_f64())).collect();
        moves.extend(model.receipts.iter().filter(|r| r.item == item).map(|r| (r.at, r.qty.to_f64())));
        for peg in &record.pegs {
            let at = match peg.demand {
                Demand::Order(n) => plan.done[n as usize],
                Demand::Lot(lot) => plan.records[lot.item as usize].lots[lot.n as usize].start,
            };
            moves.push((at, -peg.qty.to_f64()));
        }
        moves.sort_by_key(|(at, _)| *at);
        let (mut stock, mut then) = (model.items[item].on_hand.to_f64(), 0);
        for (at, qty) in moves {
            total += stock * (at - then).max(0) as f64 / DAY as f64 * model.items[item].cost;
            then = at.max(then);
            stock += qty;
        }
    }
    total / 1e9
}

/// The plainest explosion: each order takes what is left over, or makes a lot, floating point and no pegs.
fn plain_mrp(model: &Model) -> usize {
    let shop = Shop::new(model).expect("a shop");
    let mut left: Vec<f64> = model.items.iter().map(|i| i.on_hand.to_f64()).collect();
    model.receipts.iter().for_each(|r| left[r.item] += r.qty.to_f64());
    let sizes: Vec<(f64, f64)> =
        model.items.iter().map(|i| (i.lot.minimum.to_f64(), i.lot.multiple.to_f64().max(1e-6))).collect();
    let mut lots = Vec::new();
    let mut todo = Vec::new();
    for order in by_due(model) {
        todo.push((order.item, order.qty.to_f64(), order.due));
        while let Some((item, need, at)) = todo.pop() {
            let taken = left[item].min(need);
            left[item] -= taken;
            if need <= taken {
                continue;
            }
            let qty = ((need - taken).max(sizes[item].0) / sizes[item].1).ceil() * sizes[item].1;
            left[item] += qty - (need - taken);
            let Some(method) = model.items[item].methods.first() else { continue };
            let mut start = at - i64::from(method.lead_days) * DAY;
            for operation in method.operations.iter().rev() {
                let clock = shop.clock(operation.resources[0]);
                let work = operation.setup + (operation.run.to_f64() * qty).ceil() as Seconds;
                start = clock.start_of(clock.worked(start) - work);
            }
            lots.push((item, qty, start, at));
            todo.extend(method.components.iter().map(|c| (c.item, c.per.to_f64() * qty, start)));
        }
    }
    lots.len()
}

fn by_due(model: &Model) -> Vec<&planning::model::Order> {
    let mut orders: Vec<_> = model.orders.iter().collect();
    orders.sort_by_key(|o| o.due);
    orders
}
