//! What a product is made of, and how.

use access::Company;
use catalog::{Product, ProductKind, products};
use equipment::WorkCenter;
use kernel::{Context, Entity, Error, Ref, Refusal, Result, Value, refuse};
use numbers::{Date, Decimal6, Rational};
use std::collections::HashMap;

/// A recipe: what goes into one batch, and the operations that it goes through.
#[derive(Clone, Debug, Entity)]
#[entity(
    list = "product_id,revision,batch,valid_from,valid_to",
    title = "name",
    unique = "company_id,product_id,revision"
)]
pub struct Bill {
    pub id: i64,
    pub company: Ref<Company>,
    pub product: Ref<Product>,
    /// The highest valid one is what is made.
    #[field(default = "1")]
    pub revision: i64,
    /// What one batch gives.
    #[field(quantity, default = "1000000")]
    pub batch: Decimal6,
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
    pub archived: bool,
    #[lines]
    pub components: Vec<BillLine>,
    #[lines]
    pub operations: Vec<BillOperation>,
}

#[derive(Clone, Debug, Entity)]
#[entity(
    line_of = "Bill",
    title = "product_id",
    list = "product_id,quantity,scrap_percent",
    index = "product_id"
)]
pub struct BillLine {
    pub id: i64,
    pub position: i64,
    pub product: Ref<Product>,
    /// For one batch.
    #[field(quantity)]
    pub quantity: Decimal6,
    /// What of it is lost on the way.
    pub scrap_percent: Decimal6,
}

#[derive(Clone, Debug, Entity)]
#[entity(
    line_of = "Bill",
    title = "name",
    list = "position,name,work_center_id,setup_minutes,run_minutes",
    index = "work_center_id"
)]
pub struct BillOperation {
    pub id: i64,
    pub position: i64,
    pub name: String,
    pub work_center: Ref<WorkCenter>,
    pub setup_minutes: Decimal6,
    /// For one unit.
    pub run_minutes: Decimal6,
}

pub(crate) const HUNDRED: Decimal6 = Decimal6(100 * Decimal6::SCALE);

/// What `quantity` of a product takes of a component, exactly: scrap is lost before it is used.
///
/// # Errors
/// A batch of nothing, or scrap of everything.
pub fn exact_need(
    quantity: &Rational,
    batch: Decimal6,
    for_batch: Decimal6,
    scrap_percent: Decimal6,
) -> Result<Rational> {
    let batches = quantity.over(&Rational::from(batch))?;
    let used = &batches * &Rational::from(for_batch);
    let kept = Rational::from(HUNDRED.minus(scrap_percent)?).over(&Rational::from(HUNDRED))?;
    Ok(used.over(&kept)?)
}

/// Rounded up once, to what the unit can be counted in.
pub(crate) fn up_to(exact: &Rational, decimals: i64) -> Result<Decimal6> {
    let decimals = u32::try_from(decimals.clamp(0, 6)).unwrap_or(6);
    let step = Rational::new(10i64.pow(6 - decimals), Decimal6::SCALE)?;
    Ok(exact.up_to_multiple(&step).round(6)?)
}

impl Bill {
    pub(crate) fn prepare(&mut self, _: Option<&Self>, cx: &mut Context) -> Result<()> {
        let mut faults = Vec::new();
        if self.batch.0 <= 0 {
            faults.push(refuse("production.batch").field("batch"));
        }
        if matches!((self.valid_from, self.valid_to), (Some(from), Some(to)) if to < from) {
            faults.push(refuse("production.ends_before").field("valid_to"));
        }
        let known = products(self.components.iter().map(|c| c.product).chain([self.product]), cx)?;
        let goods = |p: Ref<Product>| known.get(&p.id()).is_none_or(|p| p.kind == ProductKind::Goods);
        if !goods(self.product) {
            faults.push(refuse("production.not_goods").field("product_id"));
        }
        for (i, (line, position)) in self.components.iter_mut().zip((10..).step_by(10)).enumerate() {
            line.position = position;
            if line.quantity.0 <= 0 {
                faults.push(refuse("production.quantity").field(format!("components/{i}/quantity")));
            }
            if line.scrap_percent.0 < 0 || line.scrap_percent >= HUNDRED {
                faults
                    .push(refuse("production.scrap_percent").field(format!("components/{i}/scrap_percent")));
            }
            if !goods(line.product) {
                faults.push(refuse("production.not_goods").field(format!("components/{i}/product_id")));
            }
        }
        for (i, (operation, position)) in self.operations.iter_mut().zip((10..).step_by(10)).enumerate() {
            operation.position = position;
            for (name, minutes) in
                [("setup_minutes", operation.setup_minutes), ("run_minutes", operation.run_minutes)]
            {
                if minutes.0 < 0 {
                    faults.push(refuse("production.minutes").field(format!("operations/{i}/{name}")));
                }
            }
        }
        Refusal::all(faults)?;
        if self.archived { Ok(()) } else { self.no_loop(cx) }
    }

    /// Nothing may be made of itself, over whatever levels. A loop that this bill would close goes through its product.
    fn no_loop(&self, cx: &mut Context) -> Result<()> {
        let mut above: HashMap<i64, i64> = HashMap::new();
        let mut level: Vec<i64> = self.components.iter().map(|c| c.product.id()).collect();
        for component in &level {
            above.insert(*component, self.product.id());
        }
        while !level.is_empty() {
            if above.contains_key(&self.product.id()) {
                return Err(self.loop_named(&above, cx));
            }
            let mut next = Vec::new();
            for (product, component) in parts_of(&level, self, cx)? {
                if let std::collections::hash_map::Entry::Vacant(free) = above.entry(component) {
                    free.insert(product);
                    next.push(component);
                }
            }
            level = next;
        }
        Ok(())
    }

    /// `wheel → hub → wheel`
    fn loop_named(&self, above: &HashMap<i64, i64>, cx: &mut Context) -> Error {
        let mut path = vec![self.product];
        let mut at = self.product.id();
        while let Some(parent) = above.get(&at).filter(|_| path.len() <= above.len() + 1) {
            path.push(Ref::new(*parent));
            at = *parent;
            if at == self.product.id() {
                break;
            }
        }
        path.reverse();
        let names: Vec<String> =
            path.into_iter().map(|p| cx.read(p).map(|p| p.name).unwrap_or_default()).collect();
        refuse("production.loop").field("components").arg("items", names.join(" → ")).into()
    }
}

/// Pairs of product and component of the company's other bills.
fn parts_of(products: &[i64], bill: &Bill, cx: &mut Context) -> Result<Vec<(i64, i64)>> {
    let mut out = Vec::new();
    for chunk in products.chunks(500) {
        let sql = format!(
            "SELECT b.product_id, l.product_id FROM bill b JOIN bill_line l ON l.parent_id = b.id
             WHERE b.company_id = ? AND b.archived = 0 AND b.id <> ? AND b.product_id {} ORDER BY l.id",
            kernel::rows::among(chunk.len())
        );
        let params: Vec<Value> =
            [bill.company.id(), bill.id].into_iter().chain(chunk.iter().copied()).map(Value::Int).collect();
        out.extend(cx.tx.query(&sql, &params)?.iter().map(|r| (r.int(0), r.int(1))));
    }
    Ok(out)
}

/// The bills by which these products are made on a day: the highest revision that is valid then.
///
/// # Errors
/// The database's.
pub fn valid_bills(
    products: &[i64],
    company: i64,
    on: Date,
    tx: &mut store::Tx,
) -> Result<HashMap<i64, Ref<Bill>>> {
    let mut out = HashMap::new();
    for chunk in products.chunks(500) {
        let sql = format!(
            "SELECT product_id, id FROM bill WHERE company_id = ? AND archived = 0
             AND (valid_from IS NULL OR valid_from <= ?) AND (valid_to IS NULL OR valid_to >= ?)
             AND product_id {} ORDER BY revision",
            kernel::rows::among(chunk.len())
        );
        let params: Vec<Value> = [company, on.days(), on.days()]
            .into_iter()
            .chain(chunk.iter().copied())
            .map(Value::Int)
            .collect();
        // The highest revision comes last and stays.
        out.extend(tx.query(&sql, &params)?.iter().map(|r| (r.int(0), Ref::new(r.int(1)))));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::{exact_need, up_to};
    use numbers::{Decimal6, Rational};

    fn need(quantity: &str, batch: &str, of: &str, scrap: &str, decimals: i64) -> String {
        let number = |t: &str| t.parse::<Decimal6>().unwrap_or_default();
        let exact = exact_need(&Rational::from(number(quantity)), number(batch), number(of), number(scrap));
        exact.and_then(|e| up_to(&e, decimals)).map_or_else(|e| e.to_string(), |d| d.to_string())
    }

    #[test]
    fn a_component_is_rounded_up_once() {
        assert_eq!(need("1", "1", "362.15", "0", 2), "362.15");
        assert_eq!(need("1000000", "1000", "8.5525", "0", 1), "8552.5");
        assert_eq!(need("970", "453.592292", "453.592292", "0", 0), "970");
        assert_eq!(need("3", "7", "1", "0", 3), "0.429");
        assert_eq!(need("10", "1", "1", "5", 0), "11");
        assert_eq!(need("10", "1", "2", "0", 0), "20");
        assert_eq!(need("19", "1", "1", "5", 0), "20");
    }
}
