//! Where a product is used, over all levels of bills and kits.

use crate::bill::{HUNDRED, exact_need};
use crate::roll_up::{shown, there};
use crate::serials::Range;
use kernel::{Reader, Result};
use numbers::{Decimal6, Rational};
use serde_json::{Value as Json, json};

/// Every product that this one goes into, over all levels, with how much of it one of them takes.
pub(crate) fn where_used(product: i64, (): (), reader: &mut Reader) -> Result<Json> {
    reader.needs(&[
        ("Bill", &["product_id", "revision", "batch"]),
        ("BillLine", &["quantity", "scrap_percent", "from_serial", "until_serial"]),
        ("KitPart", &["product_id", "quantity"]),
        ("Product", &["code", "name"]),
    ])?;
    there(product, reader)?;
    Ok(json!({"value": used_in(product, reader)?}))
}

/// The users of a product with their level, the nearest first.
pub(crate) fn used_in(product: i64, reader: &mut Reader) -> Result<Vec<Json>> {
    let mut value = Vec::new();
    let mut level = vec![(vec![product], Rational::ONE)];
    while !level.is_empty() {
        let mut next = Vec::new();
        for (path, quantity) in level {
            for used in uses(*path.last().unwrap_or(&product), reader)? {
                let own = exact_need(&Rational::ONE, used.batch, used.quantity, used.scrap_percent)?;
                let need = &quantity * &own.over(&used.good)?;
                value.push(json!({
                    "level": path.len(), "bill_id": used.bill, "revision": used.revision, "product_id": used.product,
                    "code": used.code, "product": used.name, "quantity": shown(&need)?,
                    "from_serial": used.serials.0, "until_serial": used.serials.1,
                }));
                if !path.contains(&used.product) {
                    next.push(([path.as_slice(), &[used.product]].concat(), need));
                }
            }
            for kit in kits_with(*path.last().unwrap_or(&product), reader)? {
                let need = &quantity * &Rational::from(kit.quantity);
                value.push(json!({
                    "level": path.len(), "bill_id": null, "revision": null, "product_id": kit.product,
                    "code": kit.code, "product": kit.name, "quantity": shown(&need)?,
                }));
                next.push(([path.as_slice(), &[kit.product]].concat(), need));
            }
        }
        level = next;
    }
    Ok(value)
}

/// A kit that a product is sold in.
struct KitUse {
    product: i64,
    code: String,
    name: String,
    quantity: Decimal6,
}

/// The kits that contain a product, which are in no loop.
fn kits_with(part: i64, reader: &mut Reader) -> Result<Vec<KitUse>> {
    let rows = reader.tx.query(
        "SELECT d.id, d.code, d.name, k.quantity FROM kit_part k JOIN product d ON d.id = k.parent_id
         WHERE k.product_id = ? AND d.archived = 0 ORDER BY d.code, k.id",
        &[part.into()],
    )?;
    let used = |r: &store::Row| KitUse {
        product: r.int(0),
        code: r.text(1).into(),
        name: r.text(2).into(),
        quantity: Decimal6(r.int(3)),
    };
    Ok(rows.iter().map(used).collect())
}

struct Use {
    bill: i64,
    revision: i64,
    batch: Decimal6,
    product: i64,
    code: String,
    name: String,
    quantity: Decimal6,
    serials: Range,
    scrap_percent: Decimal6,
    /// The operation that takes it.
    position: i64,
    /// The part that is good after that operation and all that follow.
    good: Rational,
}

/// The valid bills that name a component.
fn uses(component: i64, reader: &mut Reader) -> Result<Vec<Use>> {
    let (company, today) = (reader.actor.company, reader.today().days());
    let rows = reader.tx.query(
        "SELECT b.id, b.revision, b.batch, d.id, d.code, d.name, l.quantity, l.scrap_percent, COALESCE(l.operation, 0), l.from_serial, l.until_serial
         FROM bill_line l JOIN bill b ON b.id = l.parent_id JOIN product d ON d.id = b.product_id
         WHERE l.product_id = ? AND b.company_id = ? AND b.archived = 0 AND b.kind <> 'disassembly' AND b.order_line_id IS NULL
         AND (l.valid_to IS NULL OR l.valid_to >= ?)
         AND (b.valid_from IS NULL OR b.valid_from <= ?) AND (b.valid_to IS NULL OR b.valid_to >= ?)
         ORDER BY d.code, b.revision, l.position",
        &[component.into(), company.into(), today.into(), today.into(), today.into()],
    )?;
    let mut uses: Vec<Use> = rows
        .iter()
        .map(|r| Use {
            bill: r.int(0),
            revision: r.int(1),
            batch: Decimal6(r.int(2)),
            product: r.int(3),
            code: r.text(4).to_owned(),
            name: r.text(5).to_owned(),
            quantity: Decimal6(r.int(6)),
            serials: (r.get(9).as_int(), r.get(10).as_int()),
            scrap_percent: Decimal6(r.int(7)),
            position: r.int(8),
            good: Rational::ONE,
        })
        .collect();
    let rows = reader.tx.query(
        "SELECT o.parent_id, o.position, o.yield_percent FROM bill_operation o JOIN bill_line l ON l.parent_id = o.parent_id
         WHERE l.product_id = ? AND o.yield_percent <> 100000000 GROUP BY o.id, o.parent_id, o.position, o.yield_percent",
        &[component.into()],
    )?;
    for r in &rows {
        let kept = Rational::from(Decimal6(r.int(2))).over(&Rational::from(HUNDRED))?;
        for used in uses.iter_mut().filter(|u| u.bill == r.int(0) && u.position <= r.int(1)) {
            used.good = &used.good * &kept;
        }
    }
    Ok(uses)
}
