//! An engineering change: another revision from a day on.

use super::{Bill, BillLine};
use crate::where_used::used_in;
use catalog::Product;
use kernel::json::to_json;
use kernel::{Context, Input, Kind, Reader, Ref, Refusal, Result, Value, refuse};
use numbers::{Date, Decimal6};
use serde_json::{Value as Json, json};

#[derive(Debug, Input)]
pub struct Revise {
    /// The first day of the new revision.
    pub valid_from: Date,
    /// What is different; more can be changed in the new revision.
    #[lines]
    pub changes: Vec<Change>,
}

#[derive(Debug, Input)]
pub struct Change {
    /// A component, or what becomes one.
    pub product: Ref<Product>,
    /// What goes in its place.
    pub replacement: Option<Ref<Product>>,
    /// For one batch: as it is where empty, 0 for a component that falls out.
    #[field(quantity)]
    pub quantity: Option<Decimal6>,
}

impl Bill {
    /// Makes the next revision, valid from a day, and ends this one the day before. Says what the change touches.
    pub(crate) fn revise(&mut self, input: Revise, cx: &mut Context) -> Result<Json> {
        let from = input.valid_from;
        if self.order_line.is_some() {
            return Err(refuse("production.bill_of_order").into());
        }
        if self.valid_from.is_some_and(|own| own >= from) || self.valid_to.is_some_and(|end| end < from) {
            return Err(refuse("production.not_valid_then").field("valid_from").arg("day", from).into());
        }
        let mut next = self.copy(cx)?;
        next.valid_from = Some(from);
        next.change(&input.changes)?;
        self.valid_to = Some(from.plus_days(-1)?);
        cx.insert(&mut next)?;
        let (registry, actor, now) = (cx.registry, cx.actor.clone(), cx.now());
        let mut reader = Reader { tx: cx.tx, registry, actor: &actor, now };
        let mut reply = touched(self.id, self.product.id(), &next.parts(), &self.parts(), &mut reader)?;
        say(&reply, cx);
        if let Some(reply) = reply.as_object_mut() {
            reply.insert("bill_id".into(), next.id.into());
            reply.insert("revision".into(), next.revision.into());
        }
        Ok(reply)
    }

    /// As it is, as the highest revision.
    pub(super) fn copy(&self, cx: &mut Context) -> Result<Self> {
        let highest = cx.tx.first(
            "SELECT MAX(revision) FROM bill WHERE company_id = ? AND product_id = ?",
            &[self.company.into(), self.product.into()],
        )?;
        let mut next = self.clone();
        next.id = 0;
        next.revision = highest.map_or(self.revision, |r| r.int(0)).max(self.revision) + 1;
        next.components.iter_mut().for_each(|l| l.id = 0);
        next.operations.iter_mut().for_each(|l| l.id = 0);
        next.outputs.iter_mut().for_each(|l| l.id = 0);
        next.substitutes.iter_mut().for_each(|l| l.id = 0);
        Ok(next)
    }

    fn change(&mut self, changes: &[Change]) -> Result<()> {
        let mut faults = Vec::new();
        for (i, change) in changes.iter().enumerate() {
            let at = |name: &str| format!("changes/{i}/{name}");
            let known = self.components.iter().any(|l| l.product == change.product);
            match (known, change.replacement, change.quantity) {
                (_, _, Some(quantity)) if quantity.0 < 0 => {
                    faults.push(refuse("production.quantity").field(at("quantity")));
                }
                (_, None, None) | (false, Some(_), _) => {
                    faults.push(refuse("production.nothing_changed").field(at("quantity")));
                }
                (true, _, Some(Decimal6::ZERO)) => {
                    self.components.retain(|l| l.product != change.product);
                    self.substitutes.retain(|s| s.product != change.product);
                }
                (true, replacement, quantity) => {
                    for line in self.components.iter_mut().filter(|l| l.product == change.product) {
                        line.product = replacement.unwrap_or(line.product);
                        line.quantity = quantity.unwrap_or(line.quantity);
                    }
                    if replacement.is_some() {
                        self.substitutes.retain(|s| s.product != change.product);
                    }
                }
                (false, None, Some(quantity)) => self.components.push(BillLine {
                    id: 0,
                    position: 0,
                    product: change.product,
                    quantity,
                    by_potency: false,
                    scrap_percent: Decimal6::ZERO,
                    operation: None,
                    valid_from: None,
                    valid_to: None,
                    from_serial: None,
                    until_serial: None,
                }),
            }
        }
        Refusal::all(faults)
    }

    fn parts(&self) -> Vec<i64> {
        self.components.iter().map(|l| l.product.id()).collect()
    }
}

/// In words, for the dry run.
fn say(touched: &Json, cx: &mut Context) {
    let text = |row: &Json, name: &str| match row.get(name) {
        Some(Json::String(text)) => text.clone(),
        Some(Json::Null) | None => String::new(),
        Some(other) => other.to_string().trim_end_matches(".0").to_owned(),
    };
    for (list, effect, names) in [
        ("used_in", "production.used_in", ["product", "quantity"]),
        ("open_orders", "production.made_by_old", ["number", "quantity"]),
        ("run_out", "production.runs_out", ["product", "on_hand"]),
    ] {
        for row in touched.get(list).and_then(Json::as_array).into_iter().flatten() {
            cx.effect(effect, names.map(|name| (name, text(row, name))).to_vec());
        }
    }
}

/// What a revision changes against the one before it: where its product is used, which open orders are still made by
/// the old one, and what is left of components that fall out.
pub(crate) fn impact(bill: i64, (): (), reader: &mut Reader) -> Result<Json> {
    reader.needs(&[
        ("Bill", &["product_id", "revision", "batch"]),
        ("BillLine", &["product_id", "quantity", "scrap_percent"]),
        ("Product", &["code", "name"]),
        ("ProductStock", &["on_hand", "free"]),
        ("WorkOrder", &["number", "state", "quantity", "starts_on", "bill_id"]),
    ])?;
    let before = reader.tx.first(
        "SELECT b.product_id, o.id FROM bill b LEFT JOIN bill o ON o.company_id = b.company_id AND o.product_id = b.product_id
            AND o.archived = 0 AND o.order_line_id IS NULL AND o.revision < b.revision WHERE b.id = ? ORDER BY o.revision DESC LIMIT 1",
        &[bill.into()],
    )?;
    let Some(before) = before else {
        return Err(refuse("kernel.not_found").arg("entity", "Bill").arg("id", bill).into());
    };
    let old = before.get(1).as_int().unwrap_or(0);
    let (new_parts, old_parts) = (parts_of(bill, reader)?, parts_of(old, reader)?);
    touched(old, before.int(0), &new_parts, &old_parts, reader)
}

fn parts_of(bill: i64, reader: &mut Reader) -> Result<Vec<i64>> {
    let rows = reader
        .tx
        .query("SELECT product_id FROM bill_line WHERE parent_id = ? ORDER BY position", &[bill.into()])?;
    Ok(rows.iter().map(|r| r.int(0)).collect())
}

fn touched(
    old: i64,
    product: i64,
    new_parts: &[i64],
    old_parts: &[i64],
    reader: &mut Reader,
) -> Result<Json> {
    let orders = reader.tx.query(
        "SELECT id, number, state, quantity, starts_on FROM work_order
         WHERE bill_id = ? AND state IN ('planned','firm','released','started') ORDER BY starts_on, id",
        &[old.into()],
    )?;
    let orders: Vec<Json> = orders
        .iter()
        .map(|r| {
            json!({
                "id": r.int(0), "number": r.get(1).as_text(), "state": r.text(2),
                "quantity": to_json(Kind::Quantity, r.get(3)), "starts_on": to_json(Kind::Date, r.get(4)),
            })
        })
        .collect();
    let mut out = Vec::new();
    for part in old_parts.iter().filter(|p| !new_parts.contains(p)) {
        out.push(left_of(*part, old, reader)?);
    }
    Ok(json!({"used_in": used_in(product, reader)?, "open_orders": orders, "run_out": out}))
}

/// What there is of a component that falls out, and how many other valid bills take it.
fn left_of(part: i64, old: i64, reader: &mut Reader) -> Result<Json> {
    let (company, today) = (reader.actor.company, reader.today().days());
    let row = reader.tx.first(
        "SELECT d.code, d.name, CAST(COALESCE(SUM(s.on_hand), 0) AS BIGINT), CAST(COALESCE(SUM(s.usable - s.pegged), 0) AS BIGINT),
            (SELECT COUNT(DISTINCT b.product_id) FROM bill b JOIN bill_line l ON l.parent_id = b.id WHERE l.product_id = d.id
                AND b.company_id = ? AND b.id <> ? AND b.archived = 0 AND b.order_line_id IS NULL AND (b.valid_to IS NULL OR b.valid_to >= ?))
         FROM product d LEFT JOIN product_stock s ON s.product_id = d.id AND s.company_id = ? WHERE d.id = ?
         GROUP BY d.id, d.code, d.name",
        &[company.into(), old.into(), today.into(), company.into(), part.into()],
    )?;
    let quantity =
        |at: usize| row.as_ref().map_or(Json::Null, |r| to_json(Kind::Quantity, &Value::Int(r.int(at))));
    Ok(json!({
        "product_id": part, "code": row.as_ref().map(|r| r.text(0)), "product": row.as_ref().map(|r| r.text(1)),
        "on_hand": quantity(2), "free": quantity(3), "also_used_by": row.as_ref().map(|r| r.int(4)),
    }))
}
