//! A factory in the product: what the planner's and the salesman's pages cost on a plan of a hundred thousand operations,
//! and what it takes to order what a thousand products of three levels need.

use crate::bulk::{confirmed, created};
use crate::firm::Firm;
use crate::report::{Better, Report};
use crate::{p95, scaled, seconds};
use serde_json::{Value as Json, json};

/// Parts of each product, and parts of each of these.
const PARTS: usize = 4;
const PIECES: usize = 3;
/// Operations that one product takes over all its levels.
const OPERATIONS: i64 = 4 + 4 * 3 + 12 * 3;

/// What is made, each from its parts down to a material that is bought.
struct Factory {
    products: Vec<i64>,
    centers: Vec<i64>,
    customers: Vec<i64>,
}

pub fn run(firm: &Firm, report: &mut Report) {
    let factory = Factory::build(firm);
    let orders = usize::try_from(scaled(100_000) / OPERATIONS + 1).unwrap_or(1);
    factory.sell(firm, orders);
    firm.analyse();
    let plan = || ask(firm, "plan", &json!({"days": 30}));
    let first = seconds(|| drop(plan()));
    let today = crate::fill::today(firm);
    let from = |day: i64| numbers::Date::from_days(today + day).expect("a day").to_string();
    // The board shows up to three months at once.
    let boards: Vec<Json> =
        [0, 90].map(|day| ask(firm, "board", &json!({"from": from(day), "days": 90}))).into();
    let on = |board: &Json| board["operations"].as_array().cloned().unwrap_or_default();
    let all: Vec<Json> = boards.iter().flat_map(on).collect();
    let operations = all.len();
    println!("factory: {orders} order lines, {operations} operations; read and planned in {first:.2} s");
    let page = |report: &mut Report, name: &str, goal: f64, ask: &dyn Fn(usize)| {
        report.value(firm.name(&format!("factory.{name}")), "ms p95", p95(20, ask), goal, Better::Lower);
    };
    let product = |n: usize| factory.products[n * 7 % factory.products.len()];
    page(report, "promise", 100.0, &|n| {
        drop(ask(firm, "promise", &json!({"product_id": product(n), "quantity": 1})))
    });
    page(report, "bench", 200.0, &|_| drop(plan()));
    page(report, "load", 200.0, &|_| drop(ask(firm, "load", &json!({}))));
    page(report, "rough_cut", 200.0, &|_| drop(ask(firm, "rough_cut", &json!({"bucket_months": 1}))));
    page(report, "board", 200.0, &|_| drop(ask(firm, "board", &json!({}))));
    page(report, "record", 200.0, &|n| drop(ask(firm, "record", &json!({"product_id": product(n)}))));
    page(report, "pegging", 200.0, &|n| drop(ask(firm, "pegging", &json!({"product_id": product(n)}))));
    page(report, "purchases", 200.0, &|_| drop(ask(firm, "purchases", &json!({}))));
    let planned: Vec<&Json> = all.iter().filter(|o| o["lot"].is_i64()).collect();
    let moves: Vec<Json> = planned.iter().step_by(planned.len() / 20 + 1).map(|o| moved(o)).collect();
    page(report, "moved", 100.0, &|n| drop(ask(firm, "moved", &moves[n % moves.len()])));
    // Somebody writes something: the next question still has its true answer in time, whether the plan is made from that
    // or not.
    let first = |entity: &str, id: i64, body: &dyn Fn(usize) -> Json| {
        p95(10, |n| {
            firm.call(entity, "update", Some(id), &body(n), None);
            drop(ask(firm, "promise", &json!({"product_id": product(n), "quantity": 1})));
        })
    };
    let name = |n: usize| json!({"name": format!("Customer of day {n}")});
    let written = first("Party", factory.customers[0], &name);
    report.value(firm.name("factory.promise.written"), "ms p95", written, 100.0, Better::Lower);
    let stock = |n: usize| json!({"safety_stock": n % 2 + 1});
    let changed = first("Product", factory.products[0], &stock);
    report.value(firm.name("factory.promise.changed"), "ms p95", changed, 100.0, Better::Lower);
    supplied(firm, &factory, report);
}

/// As a person may drag it: two hours later, on the same machine.
fn moved(operation: &Json) -> Json {
    let at = operation["from"].as_i64().map(|at| at + 7_200);
    json!({"product_id": operation["product_id"], "lot": operation["lot"], "step": operation["step"],
        "was": operation["from"], "at": at})
}

/// A thousand products on three levels (sold and made, made, bought), one order line for each that is sold: what they
/// need becomes orders, to suppliers confirmed, to the own shop floor firm, pegged and audited, by one command.
fn supplied(firm: &Firm, factory: &Factory, report: &mut Report) {
    let third = usize::try_from(scaled(1_000) / 3).unwrap_or(7);
    let [tops, parts, material] = ["ST", "SA", "SR"].map(|level| made(firm, level, third));
    offered(firm, &material);
    let bill = |(product, part): (&i64, &i64)| {
        json!({"product_id": product, "components": [{"product_id": part, "quantity": 2}],
            "operations": [{"name": "Make", "work_center_id": factory.centers[0], "setup_minutes": 5, "run_minutes": 5}]})
    };
    created(firm, "Bill", parts.iter().zip(&material).map(bill).collect());
    created(firm, "Bill", tops.iter().zip(&parts).map(bill).collect());
    let sold = Factory { products: tops.clone(), centers: Vec::new(), customers: factory.customers.clone() };
    sold.sell(firm, third);
    let plan = ask(firm, "plan", &json!({"days": 400}));
    let ours: std::collections::HashSet<i64> = tops.iter().chain(&parts).chain(&material).copied().collect();
    let proposals = plan["value"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|p| p["product_id"].as_i64().is_some_and(|id| ours.contains(&id)));
    let lines: Vec<Json> = proposals
        .map(|p| {
            json!({"product_id": p["product_id"], "quantity": p["quantity"], "make": p["kind"] == "make",
                "start_on": p["start_on"], "due_on": p["due_on"], "supplier_id": p["supplier_id"]})
        })
        .collect();
    assert_eq!(lines.len(), 3 * third, "each of them is short");
    let body = json!({"lines": lines});
    let taken = seconds(|| drop(firm.call("Product", "accept", None, &body, None)));
    report.value(firm.name("factory.supplied"), "s", taken, 0.1, Better::Lower);
}

/// So many new products of a level.
fn made(firm: &Firm, level: &str, count: usize) -> Vec<i64> {
    let unit = firm.number("SELECT id FROM unit WHERE code = 'C62'");
    let product = |n: usize| {
        let code = format!("{level}{n}");
        json!({"code": code, "name": format!("Part {code}"), "unit_id": unit, "list_price": "500.00", "standard_cost": "10.00"})
    };
    created(firm, "Product", (0..count).map(product).collect())
}

/// A supplier who brings all of them in five days.
fn offered(firm: &Firm, products: &[i64]) {
    let supplier = firm.create("Party", &json!({"name": "Steel d.o.o.", "is_supplier": true}));
    let offer = |p| json!({"supplier_id": supplier, "product_id": p, "price": "5.00", "lead_time_days": 5});
    created(firm, "SupplierPrice", products.iter().map(offer).collect());
}

fn ask(firm: &Firm, name: &str, body: &Json) -> Json {
    let query = firm.kernel.registry.query("Product", name).expect("a query");
    let body = body.as_object().cloned().unwrap_or_default();
    let input = kernel::json::input_from_json(&query.input, &body, "").expect("input");
    firm.kernel.read(&firm.actor, |r| query.ask(r, None, input)).expect("an answer")
}

impl Factory {
    fn build(firm: &Firm) -> Self {
        let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
        let shifts: Vec<Json> =
            days.iter().map(|d| json!({"weekday": d, "starts_at": "06:00", "ends_at": "22:00"})).collect();
        let week =
            firm.create("WorkCalendar", &json!({"code": "TWO", "name": "Two shifts", "shifts": shifts}));
        let centers: Vec<i64> = (0..60)
            .map(|n| {
                let code = format!("M{n}");
                firm.create(
                    "WorkCenter",
                    &json!({"code": code, "name": code, "calendar_id": week, "hourly_cost": "30.00"}),
                )
            })
            .collect();
        let tops = usize::try_from(scaled(250)).unwrap_or(20);
        let products = made(firm, "T", tops);
        let parts = made(firm, "A", tops * PARTS);
        let pieces = made(firm, "B", tops * PARTS * PIECES);
        let material = made(firm, "R", 50);
        offered(firm, &material);
        let steps = |from: usize, count: usize| -> Vec<Json> {
            let step = |n: usize| json!({"name": format!("Step {n}"), "work_center_id": centers[(from * 7 + n * 13) % centers.len()], "setup_minutes": 5, "run_minutes": 5});
            (0..count).map(step).collect()
        };
        let of = |below: &[i64], each: usize, n: usize| -> Vec<Json> {
            (0..each)
                .map(|k| json!({"product_id": below[(n * each + k) % below.len()], "quantity": 1}))
                .collect()
        };
        let bills = |products: &[i64], below: &[i64], each: usize, count: usize| {
            let bill = |(n, p): (usize, &i64)| json!({"product_id": p, "components": of(below, each, n), "operations": steps(n, count)});
            created(firm, "Bill", products.iter().enumerate().map(bill).collect());
        };
        bills(&pieces, &material, 1, 3);
        bills(&parts, &pieces, PIECES, 3);
        bills(&products, &parts, PARTS, 4);
        Self { products, centers, customers: firm.customers(20) }
    }

    /// Confirmed orders of one line each, over a hundred days, no two of one product on the same.
    fn sell(&self, firm: &Firm, count: usize) {
        let today = crate::fill::today(firm);
        let order = |n: usize| {
            let day = today + 20 + i64::try_from(n % 97).unwrap_or_default();
            let on = numbers::Date::from_days(day).expect("a day").to_string();
            let line = json!({"product_id": self.products[n % self.products.len()], "quantity": 1, "unit_price": "500.00"});
            json!({"customer_id": self.customers[n % self.customers.len()], "requested_on": on, "lines": [line]})
        };
        let orders = created(firm, "SalesOrder", (0..count).map(order).collect());
        orders.chunks(500).for_each(|chunk| confirmed(firm, chunk));
        println!("factory: {} work centers", self.centers.len());
    }
}
