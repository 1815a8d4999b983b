//! A bill typed line by line: what is not there yet is made on the way, all of it or nothing.

use super::{Bill, BillLine, BillOperation};
use crate::recipe::Recipes;
use catalog::Product;
use equipment::WorkCenter;
use kernel::json::to_json;
use kernel::{Call, Context, Entity, Error, Input, Kind, Ref, Refusal, Result, Value, refuse};
use numbers::{Decimal6, Rational};
use serde_json::{Map, Value as Json, json};

/// Lines for the end of a bill. With none of them it is only found, or begun.
#[derive(Debug, Input)]
pub struct Enter {
    /// What is made.
    pub product: Option<Ref<Product>>,
    /// What it is called, where it is not there yet.
    pub name: Option<String>,
    /// The revision that is written on; where empty, the one by which the product is made today.
    pub bill: Option<Ref<Bill>>,
    #[lines]
    pub components: Vec<NewPart>,
    #[lines]
    pub operations: Vec<NewWork>,
}

#[derive(Debug, Input)]
pub struct NewPart {
    pub product: Option<Ref<Product>>,
    /// What it is called, where it is not there yet.
    pub name: Option<String>,
    /// For one batch; one where empty.
    #[field(quantity)]
    pub quantity: Option<Decimal6>,
    pub scrap_percent: Option<Decimal6>,
}

#[derive(Debug, Input)]
pub struct NewWork {
    /// As the work center is called where empty.
    pub name: Option<String>,
    pub work_center: Ref<WorkCenter>,
    pub setup_minutes: Option<Decimal6>,
    /// For one unit.
    pub run_minutes: Option<Decimal6>,
}

/// Writes lines onto the bill of a product. Product, bill and components that are not there yet are made in the same
/// transaction, with the rights that making each of them takes.
pub(crate) fn enter(input: Enter, cx: &mut Context) -> Result<Json> {
    Refusal::all(empty_figures(&input))?;
    let mut made = Vec::new();
    let product = match (input.product, name_of(input.name.as_deref())) {
        (Some(product), _) => product,
        (None, Some(name)) => known_or_new(name, Role::Made, "name", &mut made, cx)?,
        (None, None) => return Err(refuse("production.which_product").field("product_id").into()),
    };
    let bill = written_on(product, input.bill, cx)?;
    let mut components = Vec::with_capacity(input.components.len());
    for (i, part) in input.components.iter().enumerate() {
        let at = format!("components/{i}/product_id");
        let component = match (part.product, name_of(part.name.as_deref())) {
            (Some(component), _) => component,
            (None, Some(name)) => known_or_new(name, Role::Taken, &at, &mut made, cx)?,
            (None, None) => return Err(refuse("production.which_product").field(at).into()),
        };
        components.push(json!({
            "product_id": component.id(), "quantity": figure(part.quantity.unwrap_or(Decimal6::ONE)),
            "scrap_percent": figure(part.scrap_percent.unwrap_or_default()),
        }));
    }
    let mut operations = Vec::with_capacity(input.operations.len());
    for (i, work) in input.operations.iter().enumerate() {
        operations.push(operation(i, work, cx)?);
    }
    let is_new = bill.is_none();
    let id = match bill {
        Some(bill) => append(bill, &components, &operations, cx)?,
        None => begin(product, &components, &operations, cx)?,
    };
    let now = cx.read(Ref::<Bill>::new(id))?;
    let parts: Vec<&BillLine> = now.components.iter().skip(now.components.len() - components.len()).collect();
    let works: Vec<&BillOperation> =
        now.operations.iter().skip(now.operations.len() - operations.len()).collect();
    let lines: Vec<i64> = parts.iter().map(|l| l.id).chain(works.iter().map(|o| o.id)).collect();
    if !made.is_empty() {
        let lines: Vec<Json> = lines.iter().map(|id| json!({"line": id})).collect();
        let products: Vec<Json> = made.iter().map(|p| json!({"product_id": p.id()})).collect();
        let back = json!({"bill_id": id, "is_new": is_new, "lines": lines, "products": products});
        cx.undo_by(Bill::NAME, id, "take_back", back);
    }
    let taken: Vec<i64> = parts.iter().map(|l| l.product.id()).collect();
    Ok(
        json!({"id": id, "bill_id": id, "product_id": product.id(), "is_new": is_new, "line_ids": lines, "component_ids": taken}),
    )
}

/// What a new product is for.
#[derive(Clone, Copy, PartialEq)]
enum Role {
    Made,
    Taken,
}

fn name_of(typed: Option<&str>) -> Option<&str> {
    typed.map(str::trim).filter(|name| !name.is_empty())
}

fn figure(value: Decimal6) -> Json {
    to_json(Kind::Decimal, &Value::Int(value.0))
}

/// What nobody means: nothing of a component, an operation that takes no time.
fn empty_figures(input: &Enter) -> Vec<Refusal> {
    let mut faults = Vec::new();
    for (i, part) in input.components.iter().enumerate() {
        if part.quantity.is_some_and(|q| q.0 <= 0) {
            faults.push(refuse("production.quantity").field(format!("components/{i}/quantity")));
        }
    }
    for (i, work) in input.operations.iter().enumerate() {
        let minutes = [work.setup_minutes, work.run_minutes].map(Option::unwrap_or_default);
        if minutes == [Decimal6::ZERO; 2] {
            faults.push(refuse("production.no_minutes").field(format!("operations/{i}/run_minutes")));
        }
    }
    faults
}

/// A product that is called so, or a new one of that name.
fn known_or_new(
    name: &str,
    role: Role,
    at: &str,
    made: &mut Vec<Ref<Product>>,
    cx: &mut Context,
) -> Result<Ref<Product>> {
    let sql = "SELECT id FROM product WHERE (LOWER(name) = LOWER(?) OR LOWER(code) = LOWER(?)) AND archived = 0 ORDER BY id LIMIT 1";
    if let Some(row) = cx.tx.first(sql, &[name.into(), name.into()])? {
        return Ok(Ref::new(row.int(0)));
    }
    let unit = cx
        .tx
        .first("SELECT id FROM unit ORDER BY CASE code WHEN 'C62' THEN 0 ELSE 1 END, id LIMIT 1", &[])?;
    let body = json!({
        "code": free_code(name, cx)?, "name": name, "unit_id": unit.map(|r| r.int(0)), "is_bought": role == Role::Taken,
        "is_sold": role == Role::Made,
    });
    let (id, _) = call(Product::NAME, "create", None, body, cx).map_err(|e| placed(e, |_| at.to_owned()))?;
    made.push(Ref::new(id));
    Ok(Ref::new(id))
}

/// `wheel set` → `WHEEL-SET`, or `WHEEL-SET-2` where that is taken.
fn free_code(name: &str, cx: &mut Context) -> Result<String> {
    let words: Vec<String> = name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_uppercase)
        .collect();
    let code: String = words.join("-").chars().take(30).collect();
    let code = if code.is_empty() { "P".to_owned() } else { code };
    let taken = |code: &str, cx: &mut Context| -> Result<bool> {
        Ok(cx.tx.first("SELECT id FROM product WHERE code = ?", &[code.into()])?.is_some())
    };
    let (mut n, mut free) = (1, code.clone());
    while taken(&free, cx)? {
        n += 1;
        free = format!("{code}-{n}");
    }
    Ok(free)
}

/// The bill that lines go onto, where there is one.
fn written_on(product: Ref<Product>, bill: Option<Ref<Bill>>, cx: &mut Context) -> Result<Option<i64>> {
    let Some(bill) = bill else {
        let recipes = Recipes::of(&[product.id()], cx.actor.company, cx.tx)?;
        return Ok(recipes.nearest_bill(product.id(), cx.today(), &Rational::ONE));
    };
    let sql = "SELECT id FROM bill WHERE id = ? AND product_id = ? AND company_id = ?";
    match cx.tx.first(sql, &[bill.into(), product.into(), cx.actor.company.into()])? {
        Some(_) => Ok(Some(bill.id())),
        None => Err(refuse("production.other_bill").field("bill_id").into()),
    }
}

fn operation(i: usize, work: &NewWork, cx: &mut Context) -> Result<Json> {
    let sql = "SELECT name FROM work_center WHERE id = ? AND archived = 0 AND company_id = ?";
    let center = cx.tx.first(sql, &[work.work_center.into(), cx.actor.company.into()])?;
    let Some(center) = center else {
        let at = format!("operations/{i}/work_center_id");
        return Err(refuse("production.no_work_center").field(at).into());
    };
    let name = name_of(work.name.as_deref()).unwrap_or_else(|| center.text(0)).to_owned();
    Ok(json!({
        "name": name, "work_center_id": work.work_center.id(), "setup_minutes": figure(work.setup_minutes.unwrap_or_default()),
        "run_minutes": figure(work.run_minutes.unwrap_or_default()),
    }))
}

/// Its first bill, or another revision where none is valid any more.
fn begin(product: Ref<Product>, components: &[Json], operations: &[Json], cx: &mut Context) -> Result<i64> {
    let highest = cx.tx.first(
        "SELECT MAX(revision) FROM bill WHERE company_id = ? AND product_id = ?",
        &[cx.actor.company.into(), product.into()],
    )?;
    let revision = highest.and_then(|r| r.get(0).as_int()).unwrap_or(0) + 1;
    let body = json!({
        "product_id": product.id(), "revision": revision, "components": components, "operations": operations,
    });
    Ok(call(Bill::NAME, "create", None, body, cx)?.0)
}

/// Behind the lines that it has.
fn append(bill: i64, components: &[Json], operations: &[Json], cx: &mut Context) -> Result<i64> {
    if components.is_empty() && operations.is_empty() {
        return Ok(bill);
    }
    let held = cx.hold::<Bill>(bill)?;
    let parts = held.components.iter().map(|l| json!({"id": l.id})).chain(components.iter().cloned());
    let works = held.operations.iter().map(|o| json!({"id": o.id})).chain(operations.iter().cloned());
    let body = json!({"components": parts.collect::<Vec<_>>(), "operations": works.collect::<Vec<_>>()});
    let before = [("components/", held.components.len()), ("operations/", held.operations.len())];
    let moved = |field: &str| before.iter().find_map(|(lines, n)| counted_from(field, lines, *n));
    let done = call(Bill::NAME, "update", Some(bill), body, cx);
    Ok(done.map_err(|e| placed(e, |field| moved(field).unwrap_or_else(|| field.to_owned())))?.0)
}

/// `components/7/quantity` is `components/0/quantity` of what was typed, where seven lines were there before.
fn counted_from(field: &str, lines: &str, before: usize) -> Option<String> {
    let (n, rest) = field.strip_prefix(lines)?.split_once('/')?;
    Some(format!("{lines}{}/{rest}", n.parse::<usize>().ok()?.checked_sub(before)?))
}

/// A refusal whose fields are told where the caller knows them.
fn placed(error: Error, at: impl Fn(&str) -> String) -> Error {
    let Error::Refused(mut refusal) = error else { return error };
    refusal.field = refusal.field.as_deref().map(&at);
    for more in &mut refusal.more {
        more.field = more.field.as_deref().map(&at);
    }
    Error::Refused(refusal)
}

fn call(entity: &str, command: &str, id: Option<i64>, body: Json, cx: &mut Context) -> Result<(i64, Json)> {
    let body = body.as_object().cloned().unwrap_or_else(Map::new);
    let call = Call { entity: entity.into(), command: command.into(), id, body, ..Call::default() };
    cx.call(&call)
}

/// What [`enter`] has made.
#[derive(Debug, Input)]
pub struct TakeBack {
    pub bill: Ref<Bill>,
    /// The bill itself goes.
    pub is_new: Option<bool>,
    #[lines]
    pub lines: Vec<Taken>,
    /// Products that go, as far as nothing else names them.
    #[lines]
    pub products: Vec<Gone>,
}

#[derive(Debug, Input)]
pub struct Taken {
    /// Of a component or an operation.
    pub line: i64,
}

#[derive(Debug, Input)]
pub struct Gone {
    pub product: Ref<Product>,
}

/// Takes back what was typed: lines, the bill where it began with them, and products that nobody else names since.
pub(crate) fn take_back(input: TakeBack, cx: &mut Context) -> Result<()> {
    let bill = input.bill.id();
    let sql = "SELECT id FROM bill WHERE id = ? AND company_id = ?";
    if cx.tx.first(sql, &[bill.into(), cx.actor.company.into()])?.is_none() {
        return Err(refuse("kernel.no_such_record").field("bill_id").into());
    }
    if input.is_new == Some(true) {
        call(Bill::NAME, "delete", Some(bill), json!({}), cx)?;
    } else if !input.lines.is_empty() {
        let held = cx.hold::<Bill>(bill)?;
        let stays = |id: i64| !input.lines.iter().any(|l| l.line == id);
        let ids = |ids: Vec<i64>| -> Vec<Json> {
            ids.into_iter().filter(|id| stays(*id)).map(|id| json!({"id": id})).collect()
        };
        let body = json!({
            "components": ids(held.components.iter().map(|l| l.id).collect()),
            "operations": ids(held.operations.iter().map(|o| o.id).collect()),
        });
        call(Bill::NAME, "update", Some(bill), body, cx)?;
    }
    for gone in &input.products {
        let deleted =
            cx.attempt(|cx| call(Product::NAME, "delete", Some(gone.product.id()), json!({}), cx).map(drop));
        match deleted {
            Ok(()) | Err(Error::Refused(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::counted_from;

    #[test]
    fn a_fault_names_the_line_that_was_typed() {
        assert_eq!(
            counted_from("components/7/quantity", "components/", 7).as_deref(),
            Some("components/0/quantity")
        );
        assert_eq!(counted_from("components/6/quantity", "components/", 7), None);
        assert_eq!(counted_from("components", "components/", 7), None);
        assert_eq!(counted_from("operations/0/run_minutes", "components/", 0), None);
    }
}
