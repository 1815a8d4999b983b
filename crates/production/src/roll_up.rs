//! Readings over all levels of bills: what a product costs by them, and where it is used.

use crate::bill::{exact_need, valid_bills};
use catalog::Product;
use kernel::json::to_json;
use kernel::{Entity, Error, Input, Kind, Reader, Result, Value, refuse};
use numbers::{Date, Decimal6, Rational};
use serde_json::{Value as Json, json};
use std::collections::HashMap;

#[derive(Debug, Input)]
pub struct Lot {
    /// Over which set-up is spread; 1 where empty.
    #[field(quantity)]
    pub quantity: Option<Decimal6>,
    /// The day whose bills are taken; today where empty.
    pub on: Option<Date>,
}

/// What a quantity of a product costs by its bills: material at standard cost, hours at the work centers' rates; by
/// level, exact until each figure is shown.
pub(crate) fn cost_roll_up(product: i64, input: Lot, reader: &mut Reader) -> Result<Json> {
    reader.needs(&[
        ("Bill", &["product_id", "batch"]),
        ("BillLine", &["quantity", "scrap_percent"]),
        ("BillOperation", &["setup_minutes", "run_minutes"]),
        ("Product", &["code", "name", "standard_cost"]),
        ("WorkCenter", &["hourly_cost"]),
    ])?;
    there(product, reader)?;
    let quantity = Rational::from(input.quantity.unwrap_or(Decimal6::ONE));
    if !quantity.is_positive() {
        return Err(refuse("production.quantity").field("quantity").into());
    }
    let on = input.on.unwrap_or_else(|| reader.today());
    let bills = Bills::read(product, on, reader)?;
    let mut lines = Vec::new();
    let cost = bills.cost(product, &quantity, &mut Vec::new(), &mut lines)?;
    let total = &cost.material + &cost.labour;
    Ok(json!({
        "quantity": shown(&quantity)?, "material": shown(&cost.material)?, "labour": shown(&cost.labour)?,
        "total": shown(&total)?, "unit": shown(&total.over(&quantity)?)?, "lines": lines,
    }))
}

/// Refuses what is no product.
fn there(product: i64, reader: &mut Reader) -> Result<()> {
    let description = reader.registry.entity(Product::NAME)?;
    match reader.tx.first("SELECT id FROM product WHERE id = ?", &[product.into()])? {
        Some(_) => reader.visible(&description, product),
        None => Err(refuse("kernel.not_found").arg("entity", Product::NAME).arg("id", product).into()),
    }
}

fn shown(exact: &Rational) -> Result<Json> {
    Ok(to_json(Kind::Decimal, &Value::Int(exact.round(6)?.0)))
}

struct Cost {
    material: Rational,
    labour: Rational,
}

struct Line {
    product: i64,
    quantity: Decimal6,
    scrap_percent: Decimal6,
}

struct Operation {
    setup_minutes: Decimal6,
    run_minutes: Decimal6,
    hourly_cost: Decimal6,
}

#[derive(Default)]
struct Recipe {
    batch: Decimal6,
    lines: Vec<Line>,
    operations: Vec<Operation>,
}

/// Everything below a product, read level by level.
#[derive(Default)]
struct Bills {
    recipes: HashMap<i64, Recipe>,
    /// Code, name, standard cost.
    products: HashMap<i64, (String, String, Decimal6)>,
}

impl Bills {
    fn read(product: i64, on: Date, reader: &mut Reader) -> Result<Self> {
        let mut all = Self::default();
        let mut level = vec![product];
        while !level.is_empty() {
            all.read_products(&level, reader)?;
            let bills = valid_bills(&level, reader.actor.company, on, reader.tx)?;
            let by_bill: HashMap<i64, i64> = bills.iter().map(|(p, b)| (b.id(), *p)).collect();
            level = all.read_recipes(&by_bill, reader)?;
        }
        Ok(all)
    }

    fn read_products(&mut self, ids: &[i64], reader: &mut Reader) -> Result<()> {
        for chunk in ids.chunks(500) {
            let among = kernel::rows::among(chunk.len());
            let sql = format!("SELECT id, code, name, standard_cost FROM product WHERE id {among}");
            let params: Vec<Value> = chunk.iter().map(|p| Value::Int(*p)).collect();
            for r in reader.tx.query(&sql, &params)? {
                let known = (r.text(1).to_owned(), r.text(2).to_owned(), Decimal6(r.int(3)));
                self.products.insert(r.int(0), known);
            }
        }
        Ok(())
    }

    /// Reads the recipes of one level, by bill and product. Answers the products of the next.
    fn read_recipes(&mut self, by_bill: &HashMap<i64, i64>, reader: &mut Reader) -> Result<Vec<i64>> {
        let mut ids: Vec<Value> = by_bill.keys().map(|b| Value::Int(*b)).collect();
        ids.sort();
        for chunk in ids.chunks(500) {
            let among = kernel::rows::among(chunk.len());
            for r in reader.tx.query(&format!("SELECT id, batch FROM bill WHERE id {among}"), chunk)? {
                let recipe = Recipe { batch: Decimal6(r.int(1)), ..Recipe::default() };
                self.recipes.insert(by_bill.get(&r.int(0)).copied().unwrap_or_default(), recipe);
            }
            let lines = format!(
                "SELECT parent_id, product_id, quantity, scrap_percent FROM bill_line WHERE parent_id {among} ORDER BY parent_id, position"
            );
            for r in reader.tx.query(&lines, chunk)? {
                if let Some(recipe) = by_bill.get(&r.int(0)).and_then(|p| self.recipes.get_mut(p)) {
                    let (quantity, scrap_percent) = (Decimal6(r.int(2)), Decimal6(r.int(3)));
                    recipe.lines.push(Line { product: r.int(1), quantity, scrap_percent });
                }
            }
            let operations = format!(
                "SELECT o.parent_id, o.setup_minutes, o.run_minutes, w.hourly_cost FROM bill_operation o
                 JOIN work_center w ON w.id = o.work_center_id WHERE o.parent_id {among} ORDER BY o.parent_id, o.position"
            );
            for r in reader.tx.query(&operations, chunk)? {
                if let Some(recipe) = by_bill.get(&r.int(0)).and_then(|p| self.recipes.get_mut(p)) {
                    recipe.operations.push(Operation {
                        setup_minutes: Decimal6(r.int(1)),
                        run_minutes: Decimal6(r.int(2)),
                        hourly_cost: Decimal6(r.int(3)),
                    });
                }
            }
        }
        let below = by_bill.values().filter_map(|p| self.recipes.get(p)).flat_map(|r| &r.lines);
        let mut next: Vec<i64> =
            below.map(|l| l.product).filter(|p| !self.products.contains_key(p)).collect();
        next.sort_unstable();
        next.dedup();
        Ok(next)
    }

    fn cost(
        &self,
        product: i64,
        quantity: &Rational,
        path: &mut Vec<i64>,
        out: &mut Vec<Json>,
    ) -> Result<Cost> {
        let unknown = || Error::corrupt("a bill names a product that is not there");
        let (code, name, standard) = self.products.get(&product).ok_or_else(unknown)?;
        if path.contains(&product) {
            return Err(refuse("production.loop").arg("items", name).into());
        }
        let (at, level) = (out.len(), path.len());
        out.push(Json::Null);
        let mut cost = Cost { material: Rational::ZERO, labour: Rational::ZERO };
        match self.recipes.get(&product) {
            None => cost.material = quantity * &Rational::from(*standard),
            Some(recipe) => {
                path.push(product);
                for line in &recipe.lines {
                    let need = exact_need(quantity, recipe.batch, line.quantity, line.scrap_percent)?;
                    let part = self.cost(line.product, &need, path, out)?;
                    cost.material += &part.material;
                    cost.labour += &part.labour;
                }
                path.pop();
                for operation in &recipe.operations {
                    cost.labour += &operation.cost(quantity)?;
                }
            }
        }
        let total = &cost.material + &cost.labour;
        let row = json!({
            "level": level, "product_id": product, "code": code, "product": name,
            "is_made": self.recipes.contains_key(&product), "quantity": shown(quantity)?,
            "material": shown(&cost.material)?, "labour": shown(&cost.labour)?, "total": shown(&total)?,
            "unit": shown(&total.over(quantity)?)?,
        });
        if let Some(place) = out.get_mut(at) {
            *place = row;
        }
        Ok(cost)
    }
}

impl Operation {
    fn cost(&self, quantity: &Rational) -> Result<Rational> {
        let minutes = &Rational::from(self.setup_minutes) + &(quantity * &Rational::from(self.run_minutes));
        Ok((&minutes * &Rational::from(self.hourly_cost)).over(&Rational::from(60))?)
    }
}

/// Every product that this one goes into, over all levels, with how much of it one of them takes.
pub(crate) fn where_used(product: i64, (): (), reader: &mut Reader) -> Result<Json> {
    reader.needs(&[
        ("Bill", &["product_id", "revision", "batch"]),
        ("BillLine", &["quantity", "scrap_percent"]),
        ("Product", &["code", "name"]),
    ])?;
    there(product, reader)?;
    let mut value = Vec::new();
    let mut level = vec![(vec![product], Rational::ONE)];
    while !level.is_empty() {
        let mut next = Vec::new();
        for (path, quantity) in level {
            for used in uses(*path.last().unwrap_or(&product), reader)? {
                let need =
                    &quantity * &exact_need(&Rational::ONE, used.batch, used.quantity, used.scrap_percent)?;
                value.push(json!({
                    "level": path.len(), "bill_id": used.bill, "revision": used.revision, "product_id": used.product,
                    "code": used.code, "product": used.name, "quantity": shown(&need)?,
                }));
                if !path.contains(&used.product) {
                    next.push(([path.as_slice(), &[used.product]].concat(), need));
                }
            }
        }
        level = next;
    }
    Ok(json!({"value": value}))
}

struct Use {
    bill: i64,
    revision: i64,
    batch: Decimal6,
    product: i64,
    code: String,
    name: String,
    quantity: Decimal6,
    scrap_percent: Decimal6,
}

/// The valid bills that name a component.
fn uses(component: i64, reader: &mut Reader) -> Result<Vec<Use>> {
    let (company, today) = (reader.actor.company, reader.today().days());
    let rows = reader.tx.query(
        "SELECT b.id, b.revision, b.batch, d.id, d.code, d.name, l.quantity, l.scrap_percent
         FROM bill_line l JOIN bill b ON b.id = l.parent_id JOIN product d ON d.id = b.product_id
         WHERE l.product_id = ? AND b.company_id = ? AND b.archived = 0
         AND (b.valid_from IS NULL OR b.valid_from <= ?) AND (b.valid_to IS NULL OR b.valid_to >= ?)
         ORDER BY d.code, b.revision, l.position",
        &[component.into(), company.into(), today.into(), today.into()],
    )?;
    Ok(rows
        .iter()
        .map(|r| Use {
            bill: r.int(0),
            revision: r.int(1),
            batch: Decimal6(r.int(2)),
            product: r.int(3),
            code: r.text(4).to_owned(),
            name: r.text(5).to_owned(),
            quantity: Decimal6(r.int(6)),
            scrap_percent: Decimal6(r.int(7)),
        })
        .collect())
}
