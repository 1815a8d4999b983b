//! Where a lot comes from and where it went: both ways through work orders, from the supplier to the customer.

use catalog::Product;
use kernel::json::to_json;
use kernel::{Entity, Input, Kind, Reader, Result, Value, refuse};
use serde_json::{Value as Json, json};
use std::collections::HashSet;

#[derive(Debug, Input)]
pub struct Lot {
    pub lot: String,
}

/// What a lot was made of, over all levels, and who has brought it.
pub(crate) fn made_from(product: i64, input: Lot, reader: &mut Reader) -> Result<Json> {
    walk(product, input.lot, ("production", "issue"), reader, |product, lot, reader| {
        let sql = "SELECT g.id, g.number, p.id, p.name, m.moved_on, CAST(SUM(m.quantity) AS BIGINT) FROM stock_move m
            JOIN receipt g ON g.id = m.document_id JOIN party p ON p.id = g.supplier_id
            WHERE m.company_id = ? AND m.product_id = ? AND m.lot = ? AND m.kind = 'receipt'
            GROUP BY g.id, g.number, p.id, p.name, m.moved_on ORDER BY g.id";
        papers("receipt", "supplier", sql, product, lot, reader)
    })
}

/// What a lot went into, over all levels, and who has got it.
pub(crate) fn went_into(product: i64, input: Lot, reader: &mut Reader) -> Result<Json> {
    walk(product, input.lot, ("issue", "production"), reader, |product, lot, reader| {
        let sql = "SELECT g.id, g.number, p.id, p.name, m.moved_on, CAST(-SUM(m.quantity) AS BIGINT) FROM stock_move m
            JOIN delivery g ON g.id = m.document_id JOIN party p ON p.id = g.customer_id
            WHERE m.company_id = ? AND m.product_id = ? AND m.lot = ? AND m.kind = 'delivery'
            GROUP BY g.id, g.number, p.id, p.name, m.moved_on ORDER BY g.id";
        papers("delivery", "customer", sql, product, lot, reader)
    })
}

/// From lot to lot through the work orders that have a move of the first kind of it, to their moves of the second.
fn walk(
    product: i64,
    lot: String,
    (of, to): (&str, &str),
    reader: &mut Reader,
    ends: impl Fn(i64, &str, &mut Reader) -> Result<Vec<Json>>,
) -> Result<Json> {
    reader.needs(&[
        ("StockMove", &["product_id", "lot", "quantity", "document_id"]),
        ("WorkOrder", &["number"]),
        ("Receipt", &["number", "supplier_id"]),
        ("Delivery", &["number", "customer_id"]),
        ("Party", &["name"]),
        ("Product", &["code", "name"]),
    ])?;
    if lot.trim().is_empty() {
        return Err(refuse("kernel.required").field("lot").into());
    }
    let description = reader.registry.entity(Product::NAME)?;
    reader.visible(&description, product)?;
    let company = reader.actor.company;
    let (mut value, mut seen) = (Vec::new(), HashSet::from([(product, lot.clone())]));
    let mut level = vec![(product, lot)];
    for depth in 1.. {
        let mut next = Vec::new();
        for (product, lot) in &level {
            for mut row in ends(*product, lot, reader)? {
                if let Some(row) = row.as_object_mut() {
                    row.insert("level".into(), depth.into());
                }
                value.push(row);
            }
            let rows = reader.tx.query(
                "SELECT w.id, w.number, m.product_id, d.code, d.name, m.lot, CAST(SUM(m.quantity) AS BIGINT)
                 FROM stock_move m JOIN work_order w ON w.id = m.document_id JOIN product d ON d.id = m.product_id
                 WHERE m.kind = ? AND m.document_id IN (
                    SELECT document_id FROM stock_move WHERE company_id = ? AND product_id = ? AND lot = ? AND kind = ?)
                 GROUP BY w.id, w.number, m.product_id, d.code, d.name, m.lot ORDER BY w.id, d.code, m.lot",
                &[to.into(), company.into(), (*product).into(), lot.as_str().into(), of.into()],
            )?;
            for r in rows.iter().filter(|r| r.int(6) != 0) {
                let quantity = to_json(Kind::Quantity, &Value::Int(r.int(6).abs()));
                value.push(json!({
                    "level": depth, "work_order_id": r.int(0), "number": r.get(1).as_text(), "product_id": r.int(2),
                    "code": r.text(3), "product": r.text(4), "lot": r.text(5), "quantity": quantity,
                }));
                let found = (r.int(2), r.text(5).to_owned());
                if !found.1.is_empty() && seen.insert(found.clone()) {
                    next.push(found);
                }
            }
        }
        if next.is_empty() {
            break;
        }
        level = next;
    }
    Ok(json!({"value": value}))
}

/// Papers by which a lot has come or gone.
fn papers(
    paper: &str,
    party: &str,
    sql: &str,
    product: i64,
    lot: &str,
    reader: &mut Reader,
) -> Result<Vec<Json>> {
    let company = reader.actor.company;
    let rows = reader.tx.query(sql, &[company.into(), product.into(), lot.into()])?;
    Ok(rows
        .iter()
        .map(|r| {
            json!({
                format!("{paper}_id"): r.int(0), "number": r.get(1).as_text(), format!("{party}_id"): r.int(2),
                party: r.text(3), "on": to_json(Kind::Date, r.get(4)), "product_id": product, "lot": lot,
                "quantity": to_json(Kind::Quantity, r.get(5)),
            })
        })
        .collect())
}
