//! What work orders will bring.

use kernel::{Result, Value};
use numbers::{Date, Decimal6};

/// What is expected of an order: scrap that was planned is begun besides, so only more than that is missing.
const TO_COME: &str =
    "quantity - completed - CASE WHEN scrapped > planned_scrap THEN scrapped - planned_scrap ELSE 0 END";

/// What a work order will bring.
#[derive(Clone, Copy, Debug)]
pub struct Making {
    pub product: i64,
    /// The firm's first where empty.
    pub warehouse: Option<i64>,
    pub on: Date,
    pub quantity: Decimal6,
}

/// When what work orders still make will come, beside what is made for one order line alone.
///
/// # Errors
/// The database's.
pub fn expected_supply(products: &[i64], company: i64, tx: &mut store::Tx) -> Result<Vec<Making>> {
    let mut out = Vec::new();
    for chunk in products.chunks(500) {
        let sql = format!(
            "SELECT s.product_id, s.due_on, s.quantity, p.parent_id FROM (
                SELECT id, product_id, due_on, {TO_COME} AS quantity, location_id FROM work_order
                WHERE company_id = ? AND takes_apart = 0 AND order_line_id IS NULL AND state IN ('firm','released','started') AND product_id {among}
                UNION ALL
                SELECT w.id, o.product_id, w.due_on, o.quantity - o.completed AS quantity, w.location_id FROM work_order_output o
                JOIN work_order w ON w.id = o.parent_id
                WHERE w.company_id = ? AND w.state IN ('firm','released','started') AND o.product_id {among}) s
             LEFT JOIN location p ON p.id = s.location_id ORDER BY s.due_on, s.id",
            among = kernel::rows::among(chunk.len())
        );
        let once: Vec<i64> = std::iter::once(company).chain(chunk.iter().copied()).collect();
        let params: Vec<Value> = once.iter().chain(&once).copied().map(Value::Int).collect();
        for r in tx.query(&sql, &params)?.iter().filter(|r| r.int(2) > 0) {
            let (on, warehouse) = (Date::from_days(r.int(1))?, r.get(3).as_int());
            out.push(Making { product: r.int(0), warehouse, on, quantity: Decimal6(r.int(2)) });
        }
    }
    Ok(out)
}
