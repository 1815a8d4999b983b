//! Order to cash: create, confirm, ship with its invoice, pay with the close; by several clients at once, each with
//! its own order. The floor makes the same rows by prepared statements written by hand, with the reads that nobody
//! can do without, and the same commits.

use crate::firm::{Firm, changed, ints, order};
use crate::replay::{Taken, count_up};
use crate::report::{Better, Report};
use kernel::Result;
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};
use store::{Tx, Value};

const CLIENTS: usize = 8;
/// Seconds of one turn; turns of both are taken alternately, so that neither has the quieter machine.
const TURN: u64 = 4;
const TURNS: usize = 3;

/// What one chain wrote, command by command, and with whom.
struct Pattern {
    steps: Vec<Taken>,
    customer: i64,
    products: Vec<i64>,
    company: i64,
    warehouse: i64,
    order: i64,
    delivery: i64,
    invoice: i64,
}

pub fn run(firm: &Firm, report: &mut Report) {
    let products = firm.products(500);
    let customers = firm.customers(50);
    let pattern = Arc::new(pattern(firm, customers[0], &products));
    let (mut own, mut floor) = (0.0, 0.0);
    let next = AtomicUsize::new(0);
    let by_commands = || {
        let at = next.fetch_add(1, SeqCst);
        chain(firm, customers[at % customers.len()], &products, at, |_| {});
    };
    let by_hand = || by_hand(firm, &pattern, &products, next.fetch_add(1, SeqCst));
    // A firm has a past: what was planned for empty tables is no measure for either.
    clients(by_commands);
    clients(by_hand);
    firm.analyse();
    for _ in 0..TURNS {
        own += clients(by_commands);
        floor += clients(by_hand);
    }
    let turns = f64::from(u32::try_from(TURNS).unwrap_or(1));
    let goal = if firm.database == "sqlite" { 0.5 } else { 0.7 };
    report.ratio(firm.name("chain"), "chains/s", (own / turns, floor / turns), goal, Better::Higher);
}

/// Chains a second of all clients together.
fn clients(work: impl Fn() + Sync) -> f64 {
    let (start, done) = (Instant::now(), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                while start.elapsed() < Duration::from_secs(TURN) {
                    work();
                    done.fetch_add(1, SeqCst);
                }
            });
        }
    });
    #[expect(clippy::cast_precision_loss, reason = "a count of chains")]
    let chains = done.load(SeqCst) as f64;
    chains / start.elapsed().as_secs_f64()
}

/// The chain by commands; answers order, delivery and invoice.
pub fn chain(
    firm: &Firm,
    customer: i64,
    products: &[i64],
    at: usize,
    mut step: impl FnMut(usize),
) -> (i64, i64, i64) {
    let key = |what: &str| Some(format!("{what}-{at}"));
    let order = firm.call("SalesOrder", "create", None, &order(customer, products, at), key("create")).id;
    step(0);
    let confirmed = firm.call("SalesOrder", "confirm", Some(order), &json!({}), key("confirm"));
    let delivery = changed(&confirmed, "Delivery");
    step(1);
    let shipped = firm.call("Delivery", "ship", Some(delivery), &json!({}), key("ship"));
    let invoice = changed(&shipped, "Invoice");
    step(2);
    let pay = json!({"party_id": customer, "direction": "in", "amount": "122.00", "invoices": [{"invoice_id": invoice}]});
    firm.call("Payment", "pay", None, &pay, key("pay"));
    step(3);
    (order, delivery, invoice)
}

fn pattern(firm: &Firm, customer: i64, products: &[i64]) -> Pattern {
    let mark =
        |firm: &Firm| firm.kernel.store.write(|tx| -> Result<i64> { Ok(tx.next_id()?) }).expect("an id");
    // The first chain reads what is read once in a process.
    chain(firm, customer, products, 2_000_000_000, |_| {});
    let mut marks = vec![mark(firm)];
    let mut steps = Vec::new();
    let (order, delivery, invoice) = chain(firm, customer, products, 2_000_000_001, |_| {
        let from = marks.last().copied().unwrap_or_default();
        steps.push(firm.kernel.store.read(|tx| Taken::since(from, tx)).expect("what was written"));
        marks.push(mark(firm));
    });
    let products: Vec<i64> = firm.ids(&format!(
        "SELECT product_id FROM sales_order_line WHERE parent_id = {order} ORDER BY product_id"
    ));
    let company = firm.actor.company;
    let warehouse = firm.ids(&format!("SELECT MIN(id) FROM warehouse WHERE company_id = {company}"))[0];
    Pattern { steps, customer, products, company, warehouse, order, delivery, invoice }
}

/// The same by hand. Other products each time, as the commands have.
fn by_hand(firm: &Firm, pattern: &Arc<Pattern>, products: &[i64], at: usize) {
    let mut ids: HashMap<i64, i64> = HashMap::new();
    for (n, product) in pattern.products.iter().enumerate() {
        ids.insert(*product, products[(at * 7 + n) % products.len()]);
    }
    for step in 0..4 {
        let (pattern, mut known) = (Arc::clone(pattern), ids.clone());
        ids = firm
            .kernel
            .store
            .write(move |tx| -> Result<_> {
                let Some(taken) = pattern.steps.get(step) else { return Ok(HashMap::new()) };
                tx.query(
                    "SELECT request, reply FROM idempotency WHERE key = ? AND user_id = ?",
                    &[Value::text(format!("{at}-{step}")), 1.into()],
                )?;
                taken.renew(&mut known, tx)?;
                match step {
                    0 => create(&pattern, &known, tx)?,
                    1 => confirm(&pattern, &known, tx)?,
                    2 => ship(&pattern, &known, tx)?,
                    _ => pay(&pattern, &known, tx)?,
                }
                taken.write(&known, &format!("-{at}"), tx)?;
                Ok(std::mem::take(&mut known))
            })
            .expect("the floor writes");
    }
}

fn now(id: i64, ids: &HashMap<i64, i64>) -> Value {
    Value::Int(ids.get(&id).copied().unwrap_or(id))
}

fn five(pattern: &Pattern, ids: &HashMap<i64, i64>) -> Vec<Value> {
    let mut five: Vec<Value> = pattern.products.iter().map(|p| now(*p, ids)).collect();
    five.sort();
    five
}

/// Of the company, in its warehouse.
fn there(pattern: &Pattern, products: &[Value]) -> Vec<Value> {
    ints(&[pattern.company, pattern.warehouse]).into_iter().chain(products.iter().cloned()).collect()
}

const AMONG: &str = "(?,?,?,?,?)";

fn create(p: &Pattern, ids: &HashMap<i64, i64>, tx: &mut Tx) -> Result<()> {
    let five = five(p, ids);
    tx.query(
        "SELECT id, name, merged_into_id, archived, responsible_id FROM party WHERE id = ?",
        &[p.customer.into()],
    )?;
    tx.query(
        &format!("SELECT p.id, p.name, p.kind, p.unit_id, p.tax_code_id, p.list_price, p.standard_cost, s.on_hand, s.usable - s.pegged, s.value
            FROM product p LEFT JOIN product_stock s ON s.product_id = p.id AND s.company_id = ? AND s.warehouse_id = ? WHERE p.id IN {AMONG}"),
        &there(p, &five),
    )?;
    tx.query(
        &format!(
            "SELECT parent_id, unit_id, numerator, denominator FROM conversion WHERE parent_id IN {AMONG}"
        ),
        &five,
    )?;
    tx.query("SELECT id, category, rate FROM tax_code", &[])?;
    let dated: Vec<Value> = ["EUR".into(), 20_000.into(), 20_000.into()].into_iter().chain(five).collect();
    tx.query(
        &format!("SELECT p.product_id, p.from_quantity, p.price, l.basis FROM price p JOIN price_list l ON l.id = p.parent_id
            WHERE l.currency = ? AND l.archived = 0 AND (p.valid_from IS NULL OR p.valid_from <= ?)
              AND (p.valid_to IS NULL OR p.valid_to >= ?) AND p.product_id IN {AMONG} ORDER BY p.from_quantity DESC"),
        &dated,
    )?;
    count_up(&["floor/SO"], 1, tx)
}

fn stock(p: &Pattern, five: &[Value], tx: &mut Tx) -> Result<()> {
    let lock = tx.for_update();
    tx.query(
        &format!("SELECT product_id, id, on_hand, usable, pegged, value FROM product_stock WHERE company_id = ? AND warehouse_id = ? AND product_id IN {AMONG} ORDER BY id{lock}"),
        &there(p, five),
    )?;
    Ok(())
}

/// Sums of five products change: what is on hand, what of it is held, what it is worth.
fn sums(p: &Pattern, five: &[Value], (on_hand, pegged, value): (i64, i64, i64), tx: &mut Tx) -> Result<()> {
    let mut rows = Vec::with_capacity(five.len());
    for product in five {
        let mut row = ints(&[tx.next_id()?, 1, p.company]);
        row.push(product.clone());
        row.extend(ints(&[p.warehouse, on_hand, on_hand, pegged, value, 0]));
        rows.push(row);
    }
    tx.insert_or(
        "product_stock",
        &[
            "id",
            "version",
            "company_id",
            "product_id",
            "warehouse_id",
            "on_hand",
            "usable",
            "pegged",
            "value",
            "has_lots",
        ],
        &rows,
        "ON CONFLICT (company_id, product_id, warehouse_id) DO UPDATE SET on_hand = product_stock.on_hand + excluded.on_hand,
         usable = product_stock.usable + excluded.usable, pegged = product_stock.pegged + excluded.pegged, value = product_stock.value + excluded.value",
    )?;
    Ok(())
}

fn confirm(p: &Pattern, ids: &HashMap<i64, i64>, tx: &mut Tx) -> Result<()> {
    let (five, lock, order) = (five(p, ids), tx.for_update(), now(p.order, ids));
    tx.query(&format!("SELECT * FROM sales_order WHERE id = ?{lock}"), std::slice::from_ref(&order))?;
    tx.query(
        "SELECT l.*, d.kind, d.unit_id, COALESCE((SELECT CAST(SUM(x.quantity) AS BIGINT) FROM delivery_line x JOIN delivery v ON v.id = x.parent_id
            WHERE x.order_line_id = l.id AND v.state = 'shipped'), 0)
         FROM sales_order_line l JOIN product d ON d.id = l.product_id WHERE l.parent_id = ? ORDER BY l.position",
        std::slice::from_ref(&order),
    )?;
    tx.query("SELECT c.name, c.credit_limit, c.over_delivery_percent, a.* FROM party c LEFT JOIN address a ON a.parent_id = c.id WHERE c.id = ?", &[p.customer.into()])?;
    stock(p, &five, tx)?;
    let lines = lines(p, 0, "sales_order_line", ids);
    tx.query(&format!("SELECT * FROM peg WHERE demand_id IN {AMONG}{lock}"), &lines)?;
    tx.query(
        &format!("SELECT * FROM delivery WHERE order_id = ? AND state = 'draft'{lock}"),
        std::slice::from_ref(&order),
    )?;
    tx.query("SELECT l.id FROM location l JOIN warehouse w ON w.id = l.parent_id WHERE w.company_id = ? AND w.archived = 0 ORDER BY w.id, l.id LIMIT 1", &[p.company.into()])?;
    tx.query(
        &format!("SELECT * FROM case_ WHERE about_id = ? AND state IN ('running', 'stopped'){lock}"),
        std::slice::from_ref(&order),
    )?;
    sums(p, &five, (0, 2_000_000, 0), tx)?;
    tx.execute(
        "UPDATE sales_order SET state = 'confirmed', version = version + 1 WHERE id = ? AND version = 1",
        &[order],
    )?;
    count_up(&["floor/DN"], 1, tx)
}

/// Ids of lines that a step wrote.
fn lines(p: &Pattern, step: usize, table: &str, ids: &HashMap<i64, i64>) -> Vec<Value> {
    let rows = p.steps.get(step).and_then(|s| s.table(table)).map_or(&[][..], |t| &t.rows);
    rows.iter().filter_map(|r| r.first()?.as_int()).map(|id| now(id, ids)).collect()
}

fn ship(p: &Pattern, ids: &HashMap<i64, i64>, tx: &mut Tx) -> Result<()> {
    let (five, lock, order, delivery) =
        (five(p, ids), tx.for_update(), now(p.order, ids), now(p.delivery, ids));
    let case = lines(p, 1, "case_", ids);
    tx.query(&format!("SELECT * FROM delivery WHERE id = ?{lock}"), std::slice::from_ref(&delivery))?;
    tx.query("SELECT l.*, d.kind FROM delivery_line l JOIN product d ON d.id = l.product_id WHERE l.parent_id = ? ORDER BY l.position", std::slice::from_ref(&delivery))?;
    stock(p, &five, tx)?;
    let order_lines = lines(p, 0, "sales_order_line", ids);
    tx.query(&format!("SELECT * FROM peg WHERE demand_id IN {AMONG}{lock}"), &order_lines)?;
    tx.query("SELECT kind, until_day FROM lock WHERE company_id = ?", &[p.company.into()])?;
    let later: Vec<Value> = ints(&[p.company, 30_000]).into_iter().chain(five.iter().cloned()).collect();
    tx.query(&format!("SELECT product_id, moved_on, CAST(SUM(quantity) AS BIGINT) FROM stock_move WHERE company_id = ? AND moved_on > ? AND product_id IN {AMONG} GROUP BY product_id, moved_on"), &later)?;
    tx.query("SELECT role, id FROM account WHERE company_id = ? AND role IS NOT NULL", &[p.company.into()])?;
    tx.query(
        &format!("SELECT * FROM case_ WHERE about_id = ? AND state IN ('running', 'stopped'){lock}"),
        std::slice::from_ref(&order),
    )?;
    tx.query(&format!("SELECT * FROM sales_order WHERE id = ?{lock}"), std::slice::from_ref(&order))?;
    tx.query(
        "SELECT c.*, a.* FROM party c LEFT JOIN address a ON a.parent_id = c.id WHERE c.id = ?",
        &[p.customer.into()],
    )?;
    tx.query(
        "SELECT l.* FROM delivery d JOIN delivery_line l ON l.parent_id = d.id WHERE d.order_id = ? AND d.state = 'shipped' AND l.quantity <>
            COALESCE((SELECT CAST(SUM(n.quantity) AS BIGINT) FROM invoice_line n WHERE n.delivery_line_id = l.id), 0)",
        std::slice::from_ref(&order),
    )?;
    tx.query("SELECT id, category, rate FROM tax_code", &[])?;
    tx.query("SELECT * FROM company WHERE id = ?", &[p.company.into()])?;
    let pegs = lines(p, 1, "peg", ids);
    tx.execute(&format!("DELETE FROM peg WHERE id IN {AMONG}"), &pegs)?;
    balances(p, &five, tx)?;
    sums(p, &five, (-2_000_000, -2_000_000, -800), tx)?;
    let delivered = lines(p, 1, "delivery_line", ids);
    let params: Vec<Value> =
        delivered.iter().flat_map(|l| [l.clone(), 800.into()]).chain(delivered.iter().cloned()).collect();
    let whens = "WHEN ? THEN ? ".repeat(delivered.len());
    tx.execute(
        &format!("UPDATE delivery_line SET cost = CASE id {whens}ELSE cost END WHERE id IN {AMONG}"),
        &params,
    )?;
    tx.execute("UPDATE delivery SET state = 'shipped', shipped_on = ?, version = version + 1 WHERE id = ? AND version = 1", &[20_000.into(), delivery])?;
    tx.execute("UPDATE case_ SET step = 'Paid', step_name = 'Paid', rests = 2, task_id = NULL, version = version + 1 WHERE id = ? AND version = 1", &case)?;
    let task = lines(p, 1, "task", ids);
    tx.execute("UPDATE task SET state = 'done', closed_at = 1, closed_by_id = 1, version = version + 1 WHERE id = ? AND version = 1", &task)?;
    count_up(&["floor/GL", "floor/Invoice"], 2, tx)
}

fn balances(p: &Pattern, five: &[Value], tx: &mut Tx) -> Result<()> {
    let place = p
        .steps
        .get(2)
        .and_then(|s| s.table("stock_move"))
        .and_then(|t| Some((t.columns.iter().position(|c| c == "location_id")?, t)));
    let place = place.and_then(|(at, t)| t.rows.first()?.get(at).cloned()).unwrap_or_default();
    let mut rows = Vec::with_capacity(five.len());
    for product in five {
        let mut row = ints(&[tx.next_id()?, 1, p.company]);
        row.extend([product.clone(), place.clone(), "".into(), 0.into(), "good".into(), (-2_000_000).into()]);
        rows.push(row);
    }
    tx.insert_or(
        "stock_balance",
        &["id", "version", "company_id", "product_id", "location_id", "lot", "owner_id", "condition", "on_hand"],
        &rows,
        "ON CONFLICT (company_id, product_id, location_id, lot, owner_id, condition) DO UPDATE SET on_hand = stock_balance.on_hand + excluded.on_hand
         RETURNING product_id, on_hand",
    )?;
    Ok(())
}

fn pay(p: &Pattern, ids: &HashMap<i64, i64>, tx: &mut Tx) -> Result<()> {
    let (lock, order, invoice) = (tx.for_update(), now(p.order, ids), now(p.invoice, ids));
    tx.query("SELECT role, id FROM account WHERE company_id = ? AND role IS NOT NULL", &[p.company.into()])?;
    tx.query("SELECT kind, until_day FROM lock WHERE company_id = ?", &[p.company.into()])?;
    tx.query(&format!("SELECT * FROM invoice WHERE id = ?{lock}"), std::slice::from_ref(&invoice))?;
    tx.query("SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM allocation WHERE invoice_id = ? OR credit_id = ?", &[invoice.clone(), invoice])?;
    tx.query(
        &format!("SELECT * FROM case_ WHERE about_id = ? AND state IN ('running', 'stopped'){lock}"),
        std::slice::from_ref(&order),
    )?;
    tx.query(
        "SELECT o.*, (SELECT COUNT(*) FROM sales_order_line l WHERE l.parent_id = o.id AND l.quantity > COALESCE((SELECT SUM(d.quantity) FROM delivery_line d WHERE d.order_line_id = l.id), 0)),
            (SELECT COUNT(*) FROM invoice i WHERE i.order_id = o.id AND i.gross > COALESCE((SELECT SUM(a.amount) FROM allocation a WHERE a.invoice_id = i.id), 0))
         FROM sales_order o WHERE o.id = ?",
        std::slice::from_ref(&order),
    )?;
    tx.execute(
        "UPDATE sales_order SET state = 'closed', version = version + 1 WHERE id = ? AND version = 2",
        &[order],
    )?;
    tx.execute("UPDATE case_ SET state = 'ended', step = 'End', step_name = 'End', ended_at = 1, version = version + 1 WHERE id = ? AND version = 2", &lines(p, 1, "case_", ids))?;
    count_up(&["floor/GL", "floor/Payment"], 1, tx)
}
