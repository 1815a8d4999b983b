//! The factory of a real firm: its figures, what its bikes are made of, and the plan of all of it, each worked out here
//! once more by the plainest way.

use crate::house::House;
use kernel::{Actor, Call};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Control figures of what is made, counted and paid, with the question that answers each here.
pub const FIGURES: &[(&str, &str)] = &[
    ("rows.Location", "SELECT COUNT(*) FROM location l JOIN warehouse w ON w.id = l.parent_id WHERE w.code = 'FACTORY'"),
    ("rows.Shift", "SELECT COUNT(*) FROM work_calendar WHERE code IN ('Day', 'Evening', 'Night')"),
    ("rows.Employee", "SELECT COUNT(*) FROM employee e JOIN party p ON p.id = e.party_id WHERE p.is_employee = 1"),
    ("Employee.distinct.JobTitle", "SELECT COUNT(DISTINCT p.job_title_id) FROM employee e JOIN party p ON p.id = e.party_id"),
    (
        "rows.BillOfMaterials",
        "SELECT COUNT(*) FROM (SELECT quantity FROM bill_line UNION ALL SELECT x_alone FROM product WHERE x_alone IS NOT NULL
         UNION ALL SELECT x_alone_before FROM product WHERE x_alone_before IS NOT NULL) b",
    ),
    (
        "BillOfMaterials.sum.PerAssemblyQty",
        "SELECT SUM(b.quantity) FROM (SELECT quantity FROM bill_line UNION ALL SELECT x_alone FROM product
         UNION ALL SELECT x_alone_before FROM product) b",
    ),
    (
        "BillOfMaterials.current.rows",
        "SELECT COUNT(*) FROM (SELECT quantity FROM bill_line WHERE valid_to IS NULL UNION ALL SELECT x_alone FROM product WHERE x_alone IS NOT NULL) b",
    ),
    (
        "BillOfMaterials.current.sum.PerAssemblyQty",
        "SELECT SUM(b.quantity) FROM (SELECT quantity FROM bill_line WHERE valid_to IS NULL UNION ALL SELECT x_alone FROM product) b",
    ),
    ("BillOfMaterials.assemblies", "SELECT COUNT(DISTINCT b.product_id) FROM bill b JOIN bill_line l ON l.parent_id = b.id WHERE l.valid_to IS NULL"),
    ("rows.WorkOrder", "SELECT COUNT(*) FROM work_order WHERE history = 1 AND state = 'closed'"),
    ("WorkOrder.sum.OrderQty", "SELECT SUM(quantity) FROM work_order"),
    ("WorkOrder.sum.StockedQty", "SELECT SUM(completed) FROM work_order"),
    ("WorkOrder.sum.ScrappedQty", "SELECT SUM(scrapped) FROM work_order"),
    ("WorkOrder.late.count", "SELECT COUNT(*) FROM work_order WHERE x_ended_on > due_on"),
    ("rows.WorkOrderRouting", "SELECT COUNT(*) FROM work_order_operation"),
    ("WorkOrderRouting.sum.ActualResourceHrs", "SELECT SUM(minutes / 60) FROM work_order_operation"),
    ("WorkOrderRouting.sum.PlannedCost", "SELECT SUM(x_planned_cost) FROM work_order_operation"),
    ("WorkOrderRouting.sum.ActualCost", "SELECT SUM(cost * 10000) FROM work_order_operation"),
    ("rows.ProductInventory", "SELECT COUNT(*) FROM count_line"),
    ("ProductInventory.sum.Quantity", "SELECT SUM(on_hand) FROM product_stock"),
];

/// Hours by work center.
pub fn hours() -> impl Iterator<Item = (String, String)> {
    [10, 20, 30, 40, 45, 50, 60].into_iter().map(|location| {
        let question = format!(
            "SELECT SUM(minutes / 60) FROM work_order_operation o JOIN work_center w ON w.id = o.work_center_id WHERE w.code = 'WC{location}'"
        );
        (format!("WorkOrderRouting.location.{location}.sum.ActualResourceHrs"), question)
    })
}

/// What figures do not say: what was ordered was stocked or scrapped, hours cost their rate, and each product is
/// made by the same steps as its bill has.
pub fn holds_together(house: &House) {
    let none = |question: &str| assert_eq!(house.rows(question), Vec::<String>::new(), "{question}");
    none("SELECT number FROM work_order WHERE quantity <> completed + scrapped");
    none(
        "SELECT o.id FROM work_order_operation o JOIN work_center w ON w.id = o.work_center_id
          WHERE o.cost * 600000 <> o.minutes / 1000000 * w.hourly_cost",
    );
    none("SELECT o.id FROM work_order_operation o JOIN work_order w ON w.id = o.parent_id JOIN bill b ON b.product_id = w.product_id
          WHERE NOT EXISTS (SELECT 1 FROM bill_operation s WHERE s.parent_id = b.id AND s.work_center_id = o.work_center_id AND s.setup_minutes = o.minutes)");
    assert_eq!(house.rows("SELECT COUNT(*) FROM bill_operation"), ["213"]);
    assert_eq!(
        house.rows(
            "SELECT COUNT(DISTINCT product_id) FROM bill b JOIN bill_operation o ON o.parent_id = b.id"
        ),
        ["149"]
    );
    // 290 latest rates; with the former ones, 337.1877, they are the 5,611.7821 of the source.
    assert_eq!(house.figure("SELECT SUM(hourly_cost) FROM employee"), "5274594400");
    assert_eq!(house.rows("SELECT COUNT(*) FROM employee_skill"), ["178"]);
    assert_eq!(
        house.rows(
            "SELECT code, capacity, efficiency_percent / 1000000, hourly_cost FROM work_center ORDER BY code"
        ),
        [
            "WC10|4|100|22500000",
            "WC20|5|90|25000000",
            "WC30|5|100|14500000",
            "WC40|5|100|15750000",
            "WC45|4|83|18000000",
            "WC50|5|100|12250000",
            "WC60|5|100|12250000",
        ]
    );
    // 20,092,679.1712 at the source; each line in cents.
    assert_eq!(house.figure("SELECT SUM(value) FROM product_stock"), "2009267915");
    assert_eq!(
        house.figure("SELECT SUM(l.amount) FROM entry_line l JOIN account a ON a.id = l.account_id WHERE a.role = 'stock'"),
        "2009267915"
    );
    assert_eq!(
        house.figure("SELECT SUM(l.counted / 1000000 * l.unit_cost) FROM count_line l"),
        "20092679171200"
    );
}

struct Part {
    product: i64,
    quantity: i64,
}

/// The firm's bills as they are today, by product.
struct Bills {
    codes: HashMap<i64, String>,
    parts: HashMap<i64, Vec<Part>>,
}

impl Bills {
    fn read(house: &House) -> Self {
        let number = |cell: Option<&str>| cell.and_then(|c| c.parse::<i64>().ok()).unwrap_or_default();
        let mut bills = Self { codes: HashMap::new(), parts: HashMap::new() };
        for row in house.rows("SELECT id, code FROM product") {
            let (id, code) = row.split_once('|').expect("two cells");
            bills.codes.insert(number(Some(id)), code.to_owned());
        }
        for row in house.rows("SELECT b.product_id, l.product_id, l.quantity FROM bill b JOIN bill_line l ON l.parent_id = b.id WHERE l.valid_to IS NULL") {
            let cells: Vec<&str> = row.split('|').collect();
            let part = Part { product: number(cells.get(1).copied()), quantity: number(cells.get(2).copied()) / 1_000_000 };
            bills.parts.entry(number(cells.first().copied())).or_default().push(part);
        }
        bills
    }

    fn id(&self, code: &str) -> i64 {
        self.codes.iter().find(|(_, c)| *c == code).map(|(id, _)| *id).expect("a product")
    }

    /// Every row below a product: level, part, pieces.
    fn explode(&self, product: i64, pieces: i64, level: usize, out: &mut Vec<(usize, i64, i64)>) {
        for part in self.parts.get(&product).into_iter().flatten() {
            out.push((level, part.product, pieces * part.quantity));
            self.explode(part.product, pieces * part.quantity, level + 1, out);
        }
    }
}

fn ask(house: &House, name: &str, id: Option<i64>, body: Json) -> Json {
    let query = house.kernel.registry.query("Product", name).expect("a query");
    let input = kernel::json::input_from_json(&query.input, body.as_object().expect("an object"), "")
        .expect("fitting");
    house
        .kernel
        .read(&Actor::program(house.company), |r| query.ask(r, id, input))
        .unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn list(json: &Json) -> &[Json] {
    json.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// A quantity of the API in whole pieces.
fn pieces(json: &Json) -> i64 {
    json.as_f64().or_else(|| json.as_str().and_then(|t| t.parse().ok())).map_or(0, |n: f64| n.round() as i64)
}

/// What three products are made of, as published, by an explosion of this test and by the product's own readings.
pub fn explosions(house: &House, published: &HashMap<&str, &str>) {
    let bills = Bills::read(house);
    for code in ["BK-R93R-62", "BK-M82B-38", "FR-R92B-58"] {
        let figure = |what: &str| {
            published.get(format!("explosion.{code}.{what}").as_str()).and_then(|v| v.parse::<i64>().ok())
        };
        let product = bills.id(code);
        let mut own = Vec::new();
        bills.explode(product, 1, 1, &mut own);
        let shown = ask(house, "cost_roll_up", Some(product), json!({}));
        let rolled: Vec<(usize, i64, i64)> = list(&shown["lines"])
            .iter()
            .skip(1)
            .map(|l| (pieces(&l["level"]) as usize, pieces(&l["product_id"]), pieces(&l["quantity"])))
            .collect();
        for (who, rows) in [("by hand", &own), ("cost_roll_up", &rolled)] {
            let bought: Vec<_> = rows.iter().filter(|(_, p, _)| !bills.parts.contains_key(p)).collect();
            let kinds =
                |rows: &[&(usize, i64, i64)]| rows.iter().map(|r| r.1).collect::<BTreeSet<_>>().len() as i64;
            let found = [
                ("rows", rows.len() as i64),
                ("distinct_components", kinds(&rows.iter().collect::<Vec<_>>())),
                ("purchased_parts_kinds", kinds(&bought)),
                ("purchased_parts_quantity", bought.iter().map(|r| r.2).sum()),
                ("depth", rows.iter().map(|r| r.0 as i64).max().unwrap_or_default()),
            ];
            for (what, here) in found {
                assert_eq!(Some(here), figure(what), "{code} {what} {who}");
            }
        }
        // And up again, from every part.
        let mut by_part: BTreeMap<i64, i64> = BTreeMap::new();
        own.iter().for_each(|(_, part, n)| *by_part.entry(*part).or_default() += n);
        for (part, wanted) in by_part {
            let used = ask(house, "where_used", Some(part), json!({}));
            let here: i64 = list(&used["value"])
                .iter()
                .filter(|r| r["code"] == code)
                .map(|r| pieces(&r["quantity"]))
                .sum();
            assert_eq!(here, wanted, "{} in {code}", bills.codes[&part]);
        }
    }
}

fn run(house: &House, entity: &str, command: &str, id: Option<i64>, body: Json) -> i64 {
    let body = body.as_object().cloned().unwrap_or_default();
    let call = Call { entity: entity.into(), command: command.into(), id, body, ..Call::default() };
    house
        .kernel
        .run(&Actor::program(house.company), &call)
        .unwrap_or_else(|e| panic!("{entity}.{command}: {e}"))
        .id
}

/// A store orders bikes of every kind; what the plan then wants made and bought is what this test nets and explodes
/// over the whole firm by itself.
pub fn the_whole_firm_is_planned(house: &House) {
    let bills = Bills::read(house);
    let number = |row: &String| row.parse::<i64>().expect("a number");
    let store = house
        .rows("SELECT id FROM party WHERE is_customer = 1 AND kind = 'organisation' ORDER BY id LIMIT 1");
    let bikes = house.rows("SELECT id FROM product WHERE code LIKE 'BK-%' ORDER BY id");
    assert_eq!(bikes.len(), 97);
    let today = numbers::Date::from_days(number(&house.rows("SELECT MAX(counted_on) FROM stock_count")[0]))
        .expect("a date");
    let wanted_on = today.plus_days(90).expect("a date").to_string();
    let mut wanted: BTreeMap<i64, i64> = BTreeMap::new();
    for (n, some) in bikes.chunks(10).enumerate() {
        let quantity = 250 + 25 * n as i64;
        let lines: Vec<Json> = some
            .iter()
            .map(|bike| json!({"product_id": number(bike), "quantity": quantity, "unit_price": "1000.00"}))
            .collect();
        some.iter().for_each(|bike| *wanted.entry(number(bike)).or_default() += quantity);
        let order = run(
            house,
            "SalesOrder",
            "create",
            None,
            json!({"customer_id": number(&store[0]), "requested_on": wanted_on, "lines": lines}),
        );
        run(house, "SalesOrder", "confirm", Some(order), json!({}));
    }
    let begun = std::time::Instant::now();
    let plan = ask(house, "plan", None, json!({"days": 3660}));
    println!(
        "the whole firm: {} products, {} orders, {} proposals in {:?}",
        plan["products"],
        plan["orders"],
        list(&plan["value"]).len(),
        begun.elapsed()
    );
    let mut proposed: BTreeMap<i64, i64> = BTreeMap::new();
    for row in list(&plan["value"]).iter().filter(|r| r["kind"] == "make" || r["kind"] == "buy") {
        *proposed.entry(pieces(&row["product_id"])).or_default() += pieces(&row["quantity"]);
        let made = bills.parts.contains_key(&pieces(&row["product_id"]));
        assert_eq!(row["kind"] == "make", made, "{row}");
        assert!(made || row["supplier_id"].is_number(), "{row}");
    }
    netted(house, &bills, &wanted, &proposed);
    // What serves an order is what was ordered, and nothing serves more than it is.
    for bike in bikes.iter().step_by(8).map(number) {
        let record = ask(house, "record", None, json!({"product_id": bike}));
        let of = |supply: &Json| list(&supply["orders"]).iter().map(|o| pieces(&o["quantity"])).sum::<i64>();
        let served: i64 = list(&record["supplies"]).iter().map(of).sum();
        assert_eq!(served, wanted[&bike], "{record:#}");
        for supply in list(&record["supplies"]).iter().filter(|s| s["kind"] == "planned") {
            assert!(of(supply) <= pieces(&supply["quantity"]), "{supply}");
        }
    }
    assert_eq!(house.breaches(), Vec::<String>::new());
}

/// Nets and explodes level by level: what is wanted and the safety stock, less what is there, is to be made or bought.
fn netted(house: &House, bills: &Bills, wanted: &BTreeMap<i64, i64>, proposed: &BTreeMap<i64, i64>) {
    let per_product = |sql: &str| -> HashMap<i64, i64> {
        let pair = |row: &String| {
            let (id, n) = row.split_once('|')?;
            Some((id.parse().ok()?, n.parse::<i64>().ok()? / 1_000_000))
        };
        house.rows(sql).iter().filter_map(pair).collect()
    };
    let there =
        per_product("SELECT product_id, CAST(SUM(usable) AS BIGINT) FROM product_stock GROUP BY product_id");
    let safety = per_product("SELECT id, safety_stock FROM product");
    let minimum = per_product("SELECT product_id, MIN(minimum) FROM supplier_price GROUP BY product_id");
    let mut level: HashMap<i64, usize> = bills.codes.keys().map(|p| (*p, 0)).collect();
    for product in bills.parts.keys() {
        let mut rows = Vec::new();
        bills.explode(*product, 1, 1, &mut rows);
        rows.iter().for_each(|(l, p, _)| {
            let known = level.entry(*p).or_default();
            *known = (*known).max(*l);
        });
    }
    let mut products: Vec<i64> = level.keys().copied().collect();
    products.sort_by_key(|p| (level[p], *p));
    let mut gross: HashMap<i64, i64> = wanted.iter().map(|(p, n)| (*p, *n)).collect();
    let mut wrong = Vec::new();
    let (mut made, mut bought) = (0, 0);
    for product in products {
        let at = |map: &HashMap<i64, i64>| map.get(&product).copied().unwrap_or_default();
        let net = (at(&gross) + at(&safety) - at(&there)).max(0);
        let here = proposed.get(&product).copied().unwrap_or_default();
        let parts = bills.parts.get(&product);
        let gettable = parts.is_some() || minimum.contains_key(&product);
        // What is made is made as needed; what is bought may be more, for the least that its supplier delivers.
        let right = if !gettable {
            here == 0
        } else if parts.is_some() {
            here == net
        } else {
            here >= net && (net > 0) == (here > 0)
        };
        if !right {
            wrong.push(format!("{}: net {net}, proposed {here}", bills.codes[&product]));
        }
        if here > 0 {
            *(if parts.is_some() { &mut made } else { &mut bought }) += 1;
        }
        for part in parts.into_iter().flatten() {
            *gross.entry(part.product).or_default() += here * part.quantity;
        }
    }
    println!("{made} made and {bought} bought products are proposed");
    assert_eq!(wrong, Vec::<String>::new());
    assert!(made > 100 && bought > 100, "{made} made, {bought} bought");
}
