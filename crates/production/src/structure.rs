//! A product as a tree of its bills: what stands on them, and what each line comes to.

use crate::bill::{BillKind, HUNDRED};
use crate::recipe::{Node, Own, Part, Recipes, What, Work};
use crate::roll_up::{Cost, shown, there};
use kernel::json::to_json;
use kernel::{Choice, Input, Kind, Reader, Ref, Result, Value, refuse, rows::among};
use numbers::{Date, Decimal6, Rational};
use serde_json::{Map, Value as Json, json};
use std::collections::HashMap;

#[derive(Debug, Input)]
pub struct Asked {
    /// The revision of the product; the one that counts where empty.
    pub bill: Option<Ref<crate::Bill>>,
    /// For how many it is reckoned; the lot of the product's standard cost where empty.
    #[field(quantity)]
    pub quantity: Option<Decimal6>,
    /// The day whose bills are taken; today where empty.
    pub on: Option<Date>,
}

/// Everything below a product in one answer, each component before its own: what is written on the bills, how much of
/// it one product takes, what it costs over all levels, and in how many products it is used.
///
/// Costs are those of `cost_roll_up`, and are left out for who does not see what they are made of.
pub(crate) fn structure(product: i64, input: Asked, reader: &mut Reader) -> Result<Json> {
    reader.needs(&[
        ("Bill", &["product_id", "revision", "kind", "batch", "valid_from", "valid_to"]),
        ("BillLine", &["product_id", "quantity", "scrap_percent", "from_serial", "until_serial"]),
        ("BillOperation", &["name", "work_center_id", "setup_minutes", "run_minutes", "yield_percent"]),
        ("Product", &["code", "name", "unit_id"]),
        ("WorkCenter", &["name"]),
    ])?;
    there(product, reader)?;
    let on = input.on.unwrap_or_else(|| reader.today());
    let company = reader.actor.company;
    let recipes = Recipes::below(&[product], company, reader.tx)?;
    let bill = input.bill.map(|bill| of_product(product, bill, reader)).transpose()?;
    let lot = reader.tx.first("SELECT costing_lot FROM product WHERE id = ?", &[product.into()])?;
    let lot = lot.map(|r| Decimal6(r.int(0))).filter(|lot| lot.0 > 0).unwrap_or(Decimal6::ONE);
    let quantity = Rational::from(input.quantity.unwrap_or(lot));
    if !quantity.is_positive() {
        return Err(refuse("production.quantity").field("quantity").into());
    }
    let nodes = recipes.structure(product, bill, on, &quantity)?;
    let names = Names::read(&nodes, reader)?;
    let costs = names.priced.then(|| costs(&nodes, &names)).transpose()?;
    let mut value = Vec::with_capacity(nodes.len());
    let mut minutes = Rational::ZERO;
    for (at, node) in nodes.iter().enumerate() {
        let mut row = names.row(node, &quantity)?;
        if let What::Operation(work) = &node.what {
            minutes += &work.minutes();
        }
        let cost = costs.as_ref().and_then(|c| c.get(at)).map(Cost::total);
        row.insert("cost".into(), per_one(cost.as_ref(), &quantity)?);
        value.push(Json::Object(row));
    }
    let top = costs.as_ref().and_then(|c| c.first());
    let figure = |part: Option<&Rational>| per_one(part, &quantity);
    Ok(json!({
        "quantity": shown(&quantity)?, "minutes": shown(&minutes.over(&quantity)?)?,
        "cost": figure(top.map(Cost::total).as_ref())?, "material": figure(top.map(|c| &c.material))?,
        "labour": figure(top.map(|c| &c.labour))?, "outside": figure(top.map(|c| &c.outside))?, "value": value,
    }))
}

/// Refuses a bill of something else.
fn of_product(product: i64, bill: Ref<crate::Bill>, reader: &mut Reader) -> Result<i64> {
    let sql = "SELECT id FROM bill WHERE id = ? AND product_id = ? AND company_id = ?";
    match reader.tx.first(sql, &[bill.into(), product.into(), reader.actor.company.into()])? {
        Some(_) => Ok(bill.id()),
        None => Err(refuse("production.other_bill").field("bill_id").into()),
    }
}

fn per_one(all: Option<&Rational>, quantity: &Rational) -> Result<Json> {
    all.map_or(Ok(Json::Null), |all| shown(&all.over(quantity)?))
}

/// What each node costs for the whole quantity. Parts come behind what they go into, so all of them are reckoned when
/// their turn comes from behind.
fn costs(nodes: &[Node], names: &Names) -> Result<Vec<Cost>> {
    let mut out = Vec::with_capacity(nodes.len());
    // What has been added up at each level since its last owner.
    let mut open: Vec<Cost> = Vec::new();
    for node in nodes.iter().rev() {
        open.resize(open.len().max(node.level + 2), Cost::default());
        let parts = open.get_mut(node.level + 1).map(std::mem::take).unwrap_or_default();
        let cost = match &node.what {
            What::Operation(work) => names.cost_of_work(work)?,
            What::Component(Part { own: Some(own), .. }) => parts
                .times(&Rational::from(HUNDRED.minus(own.shares_percent)?).over(&Rational::from(HUNDRED))?),
            What::Component(part) => Cost {
                material: &part.need * &Rational::from(names.standard_of(part.product)),
                ..Cost::default()
            },
        };
        if let Some(level) = open.get_mut(node.level) {
            level.add(&cost);
        }
        out.push(cost);
    }
    out.reverse();
    Ok(out)
}

struct Named {
    code: String,
    name: String,
    unit: String,
    standard: Decimal6,
    /// How many products take it.
    used_in: i64,
}

/// What the nodes are called and cost by themselves.
struct Names {
    products: HashMap<i64, Named>,
    /// Name, and what an hour costs.
    centers: HashMap<i64, (String, Decimal6)>,
    /// Whether this person sees what costs are made of.
    priced: bool,
}

impl Names {
    fn read(nodes: &[Node], reader: &mut Reader) -> Result<Self> {
        let priced = reader.tells("Product", &["standard_cost"])?
            && reader.tells("WorkCenter", &["hourly_cost", "standard_hourly_cost"])?;
        let mut names = Self { products: HashMap::new(), centers: HashMap::new(), priced };
        let (mut products, mut centers) = (Vec::new(), Vec::new());
        for node in nodes {
            match &node.what {
                What::Component(part) => {
                    products.push(part.product);
                    products.extend(&part.substitutes);
                }
                What::Operation(work) => {
                    centers.push(work.work_center);
                    products.extend(work.outside);
                }
            }
        }
        for ids in [&mut products, &mut centers] {
            ids.sort_unstable();
            ids.dedup();
        }
        for chunk in products.chunks(500) {
            names.read_products(chunk, reader)?;
        }
        for chunk in centers.chunks(500) {
            let sql = format!(
                "SELECT id, name, COALESCE(standard_hourly_cost, hourly_cost) FROM work_center WHERE id {}",
                among(chunk.len())
            );
            let params: Vec<Value> = chunk.iter().map(|c| Value::Int(*c)).collect();
            let rows = reader.tx.query(&sql, &params)?;
            names.centers.extend(rows.iter().map(|r| (r.int(0), (r.text(1).to_owned(), Decimal6(r.int(2))))));
        }
        Ok(names)
    }

    fn read_products(&mut self, ids: &[i64], reader: &mut Reader) -> Result<()> {
        let among = among(ids.len());
        let params: Vec<Value> = ids.iter().map(|p| Value::Int(*p)).collect();
        let sql = format!(
            "SELECT p.id, p.code, p.name, u.name, p.standard_cost FROM product p JOIN unit u ON u.id = p.unit_id WHERE p.id {among}"
        );
        for r in reader.tx.query(&sql, &params)? {
            let named = Named {
                code: r.text(1).to_owned(),
                name: r.text(2).to_owned(),
                unit: r.text(3).to_owned(),
                standard: Decimal6(r.int(4)),
                used_in: 0,
            };
            self.products.insert(r.int(0), named);
        }
        let sql = format!(
            "SELECT l.product_id, COUNT(DISTINCT b.product_id) FROM bill_line l JOIN bill b ON b.id = l.parent_id
             WHERE l.product_id {among} AND b.company_id = ? AND b.archived = 0 AND b.order_line_id IS NULL AND b.kind <> ?
             AND (b.valid_to IS NULL OR b.valid_to >= ?) GROUP BY l.product_id"
        );
        let (company, today) = (reader.actor.company, reader.today().days());
        let more: [Value; 3] = [company.into(), BillKind::Disassembly.word().into(), today.into()];
        for r in reader.tx.query(&sql, &[params.as_slice(), more.as_slice()].concat())? {
            if let Some(named) = self.products.get_mut(&r.int(0)) {
                named.used_in = r.int(1);
            }
        }
        Ok(())
    }

    fn standard_of(&self, product: i64) -> Decimal6 {
        self.products.get(&product).map_or(Decimal6::ZERO, |p| p.standard)
    }

    fn cost_of_work(&self, work: &Work) -> Result<Cost> {
        if let Some(service) = work.outside {
            let outside = &work.through * &Rational::from(self.standard_of(service));
            return Ok(Cost { outside, ..Cost::default() });
        }
        let rate = self.centers.get(&work.work_center).map_or(Decimal6::ZERO, |c| c.1);
        let labour = (&work.minutes() * &Rational::from(rate)).over(&Rational::from(60))?;
        Ok(Cost { labour, ..Cost::default() })
    }

    fn name_of(&self, product: i64) -> Json {
        self.products.get(&product).map_or(Json::Null, |p| p.name.as_str().into())
    }

    fn row(&self, node: &Node, quantity: &Rational) -> Result<Map<String, Json>> {
        let mut row = match &node.what {
            What::Component(part) => self.component(part, quantity)?,
            What::Operation(work) => self.operation(work, quantity)?,
        };
        let frame =
            json!({"level": node.level, "bill_id": node.on.0, "line_id": node.on.1, "counts": node.counts});
        row.extend(frame.as_object().cloned().unwrap_or_default());
        Ok(row)
    }

    fn component(&self, part: &Part, quantity: &Rational) -> Result<Map<String, Json>> {
        let named = self.products.get(&part.product);
        let day = |day: Option<Date>| day.map(|d| d.to_string());
        let substitutes: Vec<Json> = part.substitutes.iter().map(|s| self.name_of(*s)).collect();
        let row = json!({
            "kind": "component", "product_id": part.product, "code": named.map(|n| &n.code), "product": named.map(|n| &n.name),
            "unit": named.map(|n| &n.unit), "used_in": named.map(|n| n.used_in), "quantity": decimal(part.quantity),
            "each": shown(&part.need.over(quantity)?)?, "scrap_percent": decimal(part.scrap_percent),
            "operation": part.operation, "valid_from": day(part.dates.0), "valid_to": day(part.dates.1),
            "from_serial": part.serials.0, "until_serial": part.serials.1,
            "substitutes": substitutes, "own": part.own.as_ref().map(own),
        });
        Ok(row.as_object().cloned().unwrap_or_default())
    }

    fn operation(&self, work: &Work, quantity: &Rational) -> Result<Map<String, Json>> {
        let row = json!({
            "kind": "operation", "position": work.position, "name": work.name, "work_center_id": work.work_center,
            "work_center": self.centers.get(&work.work_center).map(|c| &c.0), "setup_minutes": decimal(work.setup_minutes),
            "run_minutes": decimal(work.run_minutes), "yield_percent": decimal(work.yield_percent),
            "outside": work.outside.map(|service| self.name_of(service)), "minutes": shown(&work.minutes().over(quantity)?)?,
        });
        Ok(row.as_object().cloned().unwrap_or_default())
    }
}

fn own(own: &Own) -> Json {
    json!({
        "bill_id": own.bill, "revision": own.revision, "version": own.version, "kind": own.kind.word(),
        "batch": decimal(own.batch),
    })
}

fn decimal(value: Decimal6) -> Json {
    to_json(Kind::Decimal, &Value::Int(value.0))
}
