//! What a product costs by its bills, over all levels.

use crate::bill::HUNDRED;
use crate::recipe::{Recipe, Recipes, Step};
use catalog::Product;
use kernel::json::to_json;
use kernel::{Entity, Error, Input, Kind, Reader, Result, Value, refuse};
use numbers::{Date, Decimal6, Rational};
use serde_json::{Value as Json, json};
use std::collections::HashMap;

#[derive(Debug, Input)]
pub struct Lot {
    /// Over which set-up is spread; the lot of the product's standard cost where empty.
    #[field(quantity)]
    pub quantity: Option<Decimal6>,
    /// The day whose bills are taken; today where empty.
    pub on: Option<Date>,
}

/// What a quantity of a product costs by its bills: material and bought services at standard cost, hours at the work
/// centers' standard rates; by level, exact until each figure is shown. What comes besides carries its share.
pub(crate) fn cost_roll_up(product: i64, input: Lot, reader: &mut Reader) -> Result<Json> {
    reader.needs(&[
        ("Bill", &["product_id", "batch"]),
        ("BillLine", &["quantity", "scrap_percent"]),
        ("BillOperation", &["setup_minutes", "run_minutes", "yield_percent", "outside_id"]),
        ("BillOutput", &["cost_share_percent"]),
        ("Product", &["code", "name", "standard_cost", "costing_lot"]),
        ("WorkCenter", &["hourly_cost", "standard_hourly_cost"]),
    ])?;
    there(product, reader)?;
    let on = input.on.unwrap_or_else(|| reader.today());
    let recipes = Recipes::below(&[product], reader.actor.company, reader.tx)?;
    let costs = Costs::read(product, &recipes, on, reader)?;
    let lot = costs.products.get(&product).map(|p| p.lot).filter(|lot| lot.0 > 0).unwrap_or(Decimal6::ONE);
    let quantity = Rational::from(input.quantity.unwrap_or(lot));
    if !quantity.is_positive() {
        return Err(refuse("production.quantity").field("quantity").into());
    }
    let mut lines = Vec::new();
    let first = recipes.recipe_near(product, on, &quantity)?.and_then(|recipe| recipe.first_serial);
    let cost = costs.of(product, &quantity, &mut Vec::new(), &mut lines)?;
    let total = cost.total();
    Ok(json!({
        "quantity": shown(&quantity)?, "material": shown(&cost.material)?, "labour": shown(&cost.labour)?,
        "outside": shown(&cost.outside)?, "total": shown(&total)?, "unit": shown(&total.over(&quantity)?)?,
        "first_serial": first, "lines": lines,
    }))
}

/// Refuses what is no product.
pub(crate) fn there(product: i64, reader: &mut Reader) -> Result<()> {
    let description = reader.registry.entity(Product::NAME)?;
    match reader.tx.first("SELECT id FROM product WHERE id = ?", &[product.into()])? {
        Some(_) => reader.visible(&description, product),
        None => Err(refuse("kernel.not_found").arg("entity", Product::NAME).arg("id", product).into()),
    }
}

pub(crate) fn shown(exact: &Rational) -> Result<Json> {
    Ok(to_json(Kind::Decimal, &Value::Int(exact.round(6)?.0)))
}

/// What something costs, by what it pays for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cost {
    pub material: Rational,
    pub labour: Rational,
    pub outside: Rational,
}

impl Cost {
    pub fn total(&self) -> Rational {
        &(&self.material + &self.labour) + &self.outside
    }

    pub fn add(&mut self, other: &Self) {
        self.material += &other.material;
        self.labour += &other.labour;
        self.outside += &other.outside;
    }

    pub fn times(&self, part: &Rational) -> Self {
        Self { material: &self.material * part, labour: &self.labour * part, outside: &self.outside * part }
    }
}

struct Priced {
    code: String,
    name: String,
    standard: Decimal6,
    lot: Decimal6,
}

/// Bills with what their parts cost.
struct Costs<'a> {
    recipes: &'a Recipes,
    on: Date,
    products: HashMap<i64, Priced>,
    /// Of an hour at a work center.
    rates: HashMap<i64, Decimal6>,
}

impl<'a> Costs<'a> {
    fn read(product: i64, recipes: &'a Recipes, on: Date, reader: &mut Reader) -> Result<Self> {
        let mut products = HashMap::new();
        let (mut named, centers) = recipes.named();
        // It may have no bill.
        if !named.contains(&product) {
            named.push(product);
        }
        for chunk in named.chunks(500) {
            let among = kernel::rows::among(chunk.len());
            let sql =
                format!("SELECT id, code, name, standard_cost, costing_lot FROM product WHERE id {among}");
            let params: Vec<Value> = chunk.iter().map(|p| Value::Int(*p)).collect();
            for r in reader.tx.query(&sql, &params)? {
                let (code, name) = (r.text(1).to_owned(), r.text(2).to_owned());
                products.insert(
                    r.int(0),
                    Priced { code, name, standard: Decimal6(r.int(3)), lot: Decimal6(r.int(4)) },
                );
            }
        }
        let mut rates = HashMap::new();
        for chunk in centers.chunks(500) {
            let among = kernel::rows::among(chunk.len());
            let sql = format!(
                "SELECT id, COALESCE(standard_hourly_cost, hourly_cost) FROM work_center WHERE id {among}"
            );
            let params: Vec<Value> = chunk.iter().map(|c| Value::Int(*c)).collect();
            rates.extend(reader.tx.query(&sql, &params)?.iter().map(|r| (r.int(0), Decimal6(r.int(1)))));
        }
        Ok(Self { recipes, on, products, rates })
    }

    fn of(
        &self,
        product: i64,
        quantity: &Rational,
        path: &mut Vec<i64>,
        out: &mut Vec<Json>,
    ) -> Result<Cost> {
        let unknown = || Error::corrupt("a bill names a product that is not there");
        let priced = self.products.get(&product).ok_or_else(unknown)?;
        if path.contains(&product) {
            return Err(refuse("production.loop").arg("items", &priced.name).into());
        }
        let (at, level) = (out.len(), path.len());
        out.push(Json::Null);
        let recipe = self.recipes.recipe_near(product, self.on, quantity)?;
        let cost = match &recipe {
            None => Cost { material: quantity * &Rational::from(priced.standard), ..Cost::default() },
            Some(recipe) => {
                path.push(product);
                let cost = self.made(recipe, path, out)?;
                path.pop();
                cost
            }
        };
        let total = cost.total();
        let row = json!({
            "level": level, "product_id": product, "code": priced.code, "product": priced.name,
            "is_made": recipe.is_some(), "quantity": shown(quantity)?, "material": shown(&cost.material)?,
            "labour": shown(&cost.labour)?, "outside": shown(&cost.outside)?, "total": shown(&total)?,
            "unit": shown(&total.over(quantity)?)?,
        });
        if let Some(place) = out.get_mut(at) {
            *place = row;
        }
        Ok(cost)
    }

    /// What a recipe costs, less what the outputs carry.
    fn made(&self, recipe: &Recipe, path: &mut Vec<i64>, out: &mut Vec<Json>) -> Result<Cost> {
        let mut cost = Cost::default();
        for need in &recipe.components {
            cost.add(&self.of(need.product, &need.quantity, path, out)?);
        }
        for step in &recipe.steps {
            match step.outside {
                Some(service) => cost.outside += &self.bought(step, service),
                None => cost.labour += &self.worked(step)?,
            }
        }
        let shares = Decimal6::sum(recipe.outputs.iter().map(|o| o.cost_share_percent))?;
        let part = Rational::from(HUNDRED.minus(shares)?).over(&Rational::from(HUNDRED))?;
        Ok(cost.times(&part))
    }

    fn bought(&self, step: &Step, service: i64) -> Rational {
        let standard = self.products.get(&service).map_or(Decimal6::ZERO, |p| p.standard);
        &(&step.pieces * &step.units) * &Rational::from(standard)
    }

    fn worked(&self, step: &Step) -> Result<Rational> {
        let rate = self.rates.get(&step.work_center).copied().unwrap_or_default();
        Ok((&step.minutes() * &Rational::from(rate)).over(&Rational::from(60))?)
    }
}
