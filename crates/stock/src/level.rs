//! How much there is: kept sums of moves and pegs. The row of a product in a warehouse guards it: whoever moves or
//! promises the product there locks that row first.

use crate::warehouse::{HOME, Warehouse};
use crate::{Location, movement::Condition, peg};
use access::Company;
use catalog::Product;
use kernel::{Context, Entity, Error, Ref, Result, Value, refuse};
use numbers::{Decimal6, Money};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What a company has of a product in a warehouse, over all its places.
#[derive(Clone, Debug, Entity)]
#[entity(
    set = "ProductStocks",
    list = "product_id,warehouse_id,on_hand,usable,pegged,free,value",
    unique = "company_id,product_id,warehouse_id",
    index = "warehouse_id"
)]
pub struct ProductStock {
    pub id: i64,
    pub company: Ref<Company>,
    pub product: Ref<Product>,
    pub warehouse: Ref<Warehouse>,
    /// The firm's own goods in every condition, those on their way here too.
    #[field(quantity)]
    pub on_hand: Decimal6,
    /// Of it, what is in good condition.
    #[field(quantity)]
    pub usable: Decimal6,
    /// Of that, what is held for somebody.
    #[field(quantity)]
    pub pegged: Decimal6,
    pub value: Money,
    /// Whether anything of a named lot has ever lain here: only then are lots looked for.
    pub has_lots: bool,
}

/// How much of one kind lies at one place. The key: company, product, location, lot, owner, condition.
#[derive(Clone, Debug, Entity)]
#[entity(
    list = "product_id,location_id,lot,condition,on_hand",
    unique = "company_id,product_id,location_id,lot,owner_id,condition"
)]
pub struct StockBalance {
    pub id: i64,
    pub company: Ref<Company>,
    pub product: Ref<Product>,
    pub location: Ref<Location>,
    /// Empty where the product has no lots.
    pub lot: String,
    /// The party whose goods they are; 0 for the firm's own (a key has no NULL, which is never equal to itself).
    pub owner_id: i64,
    pub condition: Condition,
    #[field(quantity)]
    pub on_hand: Decimal6,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Level {
    id: i64,
    pub on_hand: Decimal6,
    pub usable: Decimal6,
    pub pegged: Decimal6,
    pub value: Money,
    pub has_lots: bool,
}

impl Level {
    pub fn free(&self) -> Result<Decimal6> {
        Ok(self.usable.minus(self.pegged)?)
    }
}

/// A product in a warehouse.
pub(crate) type Key = (Ref<Product>, Ref<Warehouse>);

/// The locked rows of some products.
pub(crate) struct Levels {
    now: BTreeMap<(i64, i64), Level>,
    before: BTreeMap<(i64, i64), Level>,
}

impl Levels {
    /// Of some products in one warehouse.
    pub fn lock(
        products: impl IntoIterator<Item = Ref<Product>>,
        warehouse: Ref<Warehouse>,
        cx: &mut Context,
    ) -> Result<Self> {
        Self::lock_all(products.into_iter().map(|product| (product, warehouse)), cx)
    }

    pub fn lock_all(keys: impl IntoIterator<Item = Key>, cx: &mut Context) -> Result<Self> {
        let mut levels = Self { now: BTreeMap::new(), before: BTreeMap::new() };
        levels.lock_more(keys, cx)?;
        Ok(levels)
    }

    /// Locks those that are not locked yet.
    pub fn lock_more(&mut self, keys: impl IntoIterator<Item = Key>, cx: &mut Context) -> Result<()> {
        let ids = keys.into_iter().map(|(product, warehouse)| (product.id(), warehouse.id()));
        let keys: BTreeSet<(i64, i64)> = ids.filter(|key| !self.now.contains_key(key)).collect();
        if keys.is_empty() {
            return Ok(());
        }
        let mut now = read(&keys, cx)?;
        let fresh: BTreeSet<(i64, i64)> = keys.into_iter().filter(|key| !now.contains_key(key)).collect();
        if !fresh.is_empty() {
            create(&fresh, cx)?;
            now.extend(read(&fresh, cx)?);
        }
        self.before.extend(now.iter().map(|(key, level)| (*key, *level)));
        self.now.extend(now);
        Ok(())
    }

    /// Of a product in every warehouse that has known it, and in this one.
    pub fn lock_product(product: Ref<Product>, warehouse: Ref<Warehouse>, cx: &mut Context) -> Result<Self> {
        let now = rows_of("product_id = ?", &[product.id()], cx)?;
        let mut levels = Self { before: now.clone(), now };
        levels.lock_more([(product, warehouse)], cx)?;
        Ok(levels)
    }

    /// The warehouses whose rows are locked.
    pub fn warehouses(&self) -> Vec<Ref<Warehouse>> {
        self.now.keys().map(|(_, warehouse)| Ref::new(*warehouse)).collect()
    }

    pub fn of(&mut self, (product, warehouse): Key) -> Result<&mut Level> {
        let level = self.now.get_mut(&(product.id(), warehouse.id()));
        level.ok_or_else(|| Error::corrupt("a product is moved without its lock"))
    }

    /// Of these products in a warehouse, those of which lots may lie there.
    pub fn with_lots(
        &self,
        products: impl Iterator<Item = Ref<Product>>,
        warehouse: Ref<Warehouse>,
    ) -> Vec<Ref<Product>> {
        let has = |p: &Ref<Product>| self.now.get(&(p.id(), warehouse.id())).is_some_and(|l| l.has_lots);
        products.filter(has).collect()
    }

    /// Where less is usable now, and what is left may not keep as long as it is promised.
    fn poorer(&self) -> Vec<Key> {
        let less = |(key, level): &(&(i64, i64), &Level)| {
            level.has_lots && self.before.get(key).is_some_and(|before| before.usable > level.usable)
        };
        self.now.iter().filter(less).map(|(key, _)| (Ref::new(key.0), Ref::new(key.1))).collect()
    }

    /// Writes what has changed. What is promised must be there, on its day.
    pub fn write(mut self, cx: &mut Context) -> Result<()> {
        let poorer = self.poorer();
        peg::free_what_expires(&mut self, &poorer, cx)?;
        let company = cx.actor.company;
        let mut rows: Vec<Vec<Value>> = Vec::new();
        for (key, level) in &self.now {
            if self.before.get(key) == Some(level) {
                continue;
            }
            if level.pegged > level.usable || level.usable.0 < 0 {
                return Err(not_enough(Ref::new(key.0), level.free()?, cx));
            }
            rows.push(vec![
                level.id.into(),
                1.into(),
                company.into(),
                key.0.into(),
                key.1.into(),
                level.on_hand.0.into(),
                level.usable.0.into(),
                level.pegged.0.into(),
                level.value.0.into(),
                Value::Int(level.has_lots.into()),
            ]);
        }
        cx.tx.insert_or(
            "product_stock",
            &COLUMNS,
            &rows,
            "ON CONFLICT (company_id, product_id, warehouse_id) DO UPDATE SET on_hand = excluded.on_hand, usable = excluded.usable,
             pegged = excluded.pegged, value = excluded.value, has_lots = excluded.has_lots",
        )?;
        Ok(())
    }
}

const COLUMNS: [&str; 10] = [
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
];

pub(crate) fn not_enough(product: Ref<Product>, free: Decimal6, cx: &mut Context) -> Error {
    let name = cx.read(product).map(|p| p.name).unwrap_or_default();
    refuse("stock.not_enough").field("quantity").arg("product", name).arg("missing", Decimal6(-free.0)).into()
}

/// The rows of some products, warehouse by warehouse.
fn read(keys: &BTreeSet<(i64, i64)>, cx: &mut Context) -> Result<BTreeMap<(i64, i64), Level>> {
    let mut out = BTreeMap::new();
    let mut of: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    keys.iter().for_each(|(product, warehouse)| of.entry(*warehouse).or_default().push(*product));
    for (warehouse, products) in of {
        for chunk in products.chunks(500) {
            let condition = format!("warehouse_id = ? AND product_id {}", kernel::rows::among(chunk.len()));
            let params: Vec<i64> = std::iter::once(warehouse).chain(chunk.iter().copied()).collect();
            out.extend(rows_of(&condition, &params, cx)?);
        }
    }
    Ok(out)
}

fn rows_of(condition: &str, params: &[i64], cx: &mut Context) -> Result<BTreeMap<(i64, i64), Level>> {
    let sql = format!(
        "SELECT product_id, warehouse_id, id, on_hand, usable, pegged, value, has_lots FROM product_stock
         WHERE company_id = ? AND {condition} ORDER BY id{}",
        cx.tx.for_update()
    );
    let params: Vec<Value> =
        std::iter::once(cx.actor.company).chain(params.iter().copied()).map(Value::Int).collect();
    let rows = cx.tx.query(&sql, &params)?;
    let level = |r: &store::Row| Level {
        id: r.int(2),
        on_hand: Decimal6(r.int(3)),
        usable: Decimal6(r.int(4)),
        pegged: Decimal6(r.int(5)),
        value: Money(r.int(6)),
        has_lots: r.int(7) == 1,
    };
    Ok(rows.iter().map(|r| ((r.int(0), r.int(1)), level(r))).collect())
}

/// Rows for products never moved before; another node may have been quicker.
fn create(keys: &BTreeSet<(i64, i64)>, cx: &mut Context) -> Result<()> {
    let company = cx.actor.company;
    let mut rows = Vec::with_capacity(keys.len());
    for (product, warehouse) in keys {
        let id = cx.next_id()?;
        let zeros = std::iter::repeat_n(Value::Int(0), 5);
        rows.push([id, 1, company, *product, *warehouse].map(Value::Int).into_iter().chain(zeros).collect());
    }
    let nothing = "ON CONFLICT (company_id, product_id, warehouse_id) DO NOTHING";
    cx.tx.insert_or("product_stock", &COLUMNS, &rows, nothing)?;
    Ok(())
}

/// Which warehouses are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Within {
    /// All of them together.
    Firm,
    /// This one; the firm's first where empty.
    Warehouse(Option<i64>),
}

/// How much of these products is usable and promised to nobody; read without a lock, for showing.
///
/// # Errors
/// The database's.
pub fn free_of(
    tx: &mut store::Tx,
    company: i64,
    within: Within,
    products: &[i64],
) -> Result<HashMap<i64, Decimal6>> {
    let mut out = HashMap::with_capacity(products.len());
    for chunk in products.chunks(500) {
        let (one, own) = match within {
            Within::Firm => (String::new(), None),
            Within::Warehouse(None) => (format!(" AND warehouse_id = {HOME}"), Some(company)),
            Within::Warehouse(Some(id)) => (" AND warehouse_id = ?".to_owned(), Some(id)),
        };
        let sql = format!(
            "SELECT product_id, CAST(SUM(usable - pegged) AS BIGINT) FROM product_stock WHERE company_id = ?{one}
             AND product_id {} GROUP BY product_id",
            kernel::rows::among(chunk.len())
        );
        let params: Vec<Value> =
            [company].into_iter().chain(own).chain(chunk.iter().copied()).map(Value::Int).collect();
        out.extend(tx.query(&sql, &params)?.iter().map(|r| (r.int(0), Decimal6(r.int(1)))));
    }
    Ok(out)
}

/// What other warehouses have free of a product, by their names.
///
/// # Errors
/// The database's.
pub fn elsewhere(
    tx: &mut store::Tx,
    company: i64,
    but: Option<i64>,
    product: i64,
) -> Result<Vec<(i64, String, Decimal6)>> {
    let (own, of) = but.map_or((HOME, company), |id| ("?", id));
    let sql = format!(
        "SELECT s.warehouse_id, w.name, s.usable - s.pegged FROM product_stock s JOIN warehouse w ON w.id = s.warehouse_id
         WHERE s.company_id = ? AND s.product_id = ? AND s.usable > s.pegged AND s.warehouse_id <> {own} ORDER BY w.id"
    );
    let rows = tx.query(&sql, &[company.into(), product.into(), of.into()])?;
    Ok(rows.iter().map(|r| (r.int(0), r.text(1).to_owned(), Decimal6(r.int(2)))).collect())
}
