//! Published job shops: how far the plan is from the best that is known. Skipped where the instances are absent.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test stops at what should not happen"
)]

mod shared;

use numbers::{Date, Rational};
use planning::model::{Calendar, Component, Item, Method, Model, Operation, Order, Resource};
use planning::plan::{Options, plan};

/// Each job is an item with its routing; one item takes all of them, so that its order is done when the last job is.
fn model(text: &str) -> Model {
    let numbers: Vec<usize> = text.split_whitespace().map(|n| n.parse().expect("a number")).collect();
    let (jobs, machines) = (numbers[0], numbers[1]);
    let item = |id: String, components: Vec<Component>, operations: Vec<Operation>| Item {
        id,
        methods: vec![Method { components, operations, ..Method::default() }],
        ..Item::default()
    };
    let mut items: Vec<Item> = numbers[2..]
        .chunks(2 * machines)
        .enumerate()
        .map(|(n, steps)| {
            let operations = steps.chunks(2).zip(1..).map(|(step, seq)| Operation {
                seq,
                resources: vec![step[0]],
                setup: i64::try_from(step[1]).expect("short") * 60,
                ..Operation::default()
            });
            item(format!("job {n}"), Vec::new(), operations.collect())
        })
        .collect();
    let all =
        (0..jobs).map(|job| Component { item: job, per: Rational::ONE, ..Component::default() }).collect();
    items.push(item("all".into(), all, Vec::new()));
    let mut week: [Vec<(u32, u32)>; 7] = Default::default();
    week.iter_mut().for_each(|day| day.push((0, 1440)));
    Model {
        start: Date::new(2027, 1, 4).expect("a date"),
        calendars: vec![Calendar { id: "always".into(), week, exceptions: Vec::new() }],
        resources: (0..machines)
            .map(|n| Resource { id: format!("M{n}"), capacity: 1, ..Resource::default() })
            .collect(),
        orders: vec![Order { id: "all".into(), item: jobs, qty: Rational::ONE, due: 0, priority: 1 }],
        items,
        receipts: Vec::new(),
        taken: Vec::new(),
    }
}

#[test]
fn job_shops_near_the_best_known() {
    let Some(folder) = shared::path("data/planning/jobshop") else { return };
    let table = std::fs::read_to_string(folder.join("best_known.csv")).expect("the table");
    for line in table.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let best: i64 = fields[3].parse().expect("a number");
        let text = std::fs::read_to_string(folder.join(format!("{}.txt", fields[0]))).expect("the instance");
        let made = plan(&model(&text), &Options::default()).expect("a plan");
        let makespan = made.done[0] / 60;
        let over = (makespan - best) as f64 / best as f64 * 100.0;
        println!("{}: {makespan}, best known {best}, {over:.1} % over", fields[0]);
        assert!(makespan >= best && over <= 3.0, "{}: {makespan}", fields[0]);
    }
}
