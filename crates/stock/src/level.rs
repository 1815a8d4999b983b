//! How much there is: kept sums of moves and pegs. A product's row guards it: whoever moves or promises the product
//! locks that row first.

use crate::{Location, movement::Condition};
use access::Company;
use catalog::Product;
use kernel::{Context, Entity, Error, Ref, Result, Value, refuse};
use numbers::{Decimal6, Money};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What a company has of a product, over all places.
#[derive(Clone, Debug, Entity)]
#[entity(
    set = "ProductStocks",
    list = "product_id,on_hand,usable,pegged,free,value",
    unique = "company_id,product_id"
)]
pub struct ProductStock {
    pub id: i64,
    pub company: Ref<Company>,
    pub product: Ref<Product>,
    /// The firm's own goods in every condition.
    #[field(quantity)]
    pub on_hand: Decimal6,
    /// Of it, what is in good condition.
    #[field(quantity)]
    pub usable: Decimal6,
    /// Of that, what is held for somebody.
    #[field(quantity)]
    pub pegged: Decimal6,
    pub value: Money,
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
}

impl Level {
    pub fn free(&self) -> Result<Decimal6> {
        Ok(self.usable.minus(self.pegged)?)
    }
}

/// The locked rows of some products.
pub(crate) struct Levels {
    now: BTreeMap<i64, Level>,
    before: BTreeMap<i64, Level>,
}

impl Levels {
    pub fn lock(products: impl IntoIterator<Item = Ref<Product>>, cx: &mut Context) -> Result<Self> {
        let products: BTreeSet<i64> = products.into_iter().map(Ref::id).collect();
        let mut now = read(&products, cx)?;
        let fresh: Vec<i64> = products.into_iter().filter(|p| !now.contains_key(p)).collect();
        if !fresh.is_empty() {
            create(&fresh, cx)?;
            now.extend(read(&fresh.into_iter().collect(), cx)?);
        }
        Ok(Self { before: now.clone(), now })
    }

    pub fn of(&mut self, product: Ref<Product>) -> Result<&mut Level> {
        self.now.get_mut(&product.id()).ok_or_else(|| Error::corrupt("a product is moved without its lock"))
    }

    /// Writes what has changed. What is promised must be there.
    pub fn write(self, cx: &mut Context) -> Result<()> {
        let company = cx.actor.company;
        let mut rows: Vec<Vec<Value>> = Vec::new();
        for (product, level) in &self.now {
            if self.before.get(product) == Some(level) {
                continue;
            }
            if level.pegged > level.usable || level.usable.0 < 0 {
                return Err(not_enough(Ref::new(*product), level.free()?, cx));
            }
            rows.push(vec![
                level.id.into(),
                1.into(),
                company.into(),
                (*product).into(),
                level.on_hand.0.into(),
                level.usable.0.into(),
                level.pegged.0.into(),
                level.value.0.into(),
            ]);
        }
        cx.tx.insert_or(
            "product_stock",
            &COLUMNS,
            &rows,
            "ON CONFLICT (company_id, product_id) DO UPDATE SET on_hand = excluded.on_hand, usable = excluded.usable,
             pegged = excluded.pegged, value = excluded.value",
        )?;
        Ok(())
    }
}

const COLUMNS: [&str; 8] =
    ["id", "version", "company_id", "product_id", "on_hand", "usable", "pegged", "value"];

pub(crate) fn not_enough(product: Ref<Product>, free: Decimal6, cx: &mut Context) -> Error {
    let name = cx.read(product).map(|p| p.name).unwrap_or_default();
    refuse("stock.not_enough").field("quantity").arg("product", name).arg("missing", Decimal6(-free.0)).into()
}

fn read(products: &BTreeSet<i64>, cx: &mut Context) -> Result<BTreeMap<i64, Level>> {
    let mut out = BTreeMap::new();
    let all: Vec<i64> = products.iter().copied().collect();
    for chunk in all.chunks(500) {
        let sql = format!(
            "SELECT product_id, id, on_hand, usable, pegged, value FROM product_stock
             WHERE company_id = ? AND product_id {} ORDER BY id{}",
            kernel::rows::among(chunk.len()),
            cx.tx.for_update()
        );
        let params: Vec<Value> =
            std::iter::once(cx.actor.company.into()).chain(chunk.iter().map(|p| Value::Int(*p))).collect();
        for r in cx.tx.query(&sql, &params)? {
            let level = Level {
                id: r.int(1),
                on_hand: Decimal6(r.int(2)),
                usable: Decimal6(r.int(3)),
                pegged: Decimal6(r.int(4)),
                value: Money(r.int(5)),
            };
            out.insert(r.int(0), level);
        }
    }
    Ok(out)
}

/// Rows for products never moved before; another node may have been quicker.
fn create(products: &[i64], cx: &mut Context) -> Result<()> {
    let company = cx.actor.company;
    let mut rows = Vec::with_capacity(products.len());
    for product in products {
        let id = cx.next_id()?;
        let zeros = std::iter::repeat_n(Value::Int(0), 4);
        rows.push([id, 1, company, *product].map(Value::Int).into_iter().chain(zeros).collect());
    }
    cx.tx.insert_or("product_stock", &COLUMNS, &rows, "ON CONFLICT (company_id, product_id) DO NOTHING")?;
    Ok(())
}

/// What a company has of a product.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    pub product: i64,
    pub on_hand: Decimal6,
    /// Usable and promised to nobody.
    pub free: Decimal6,
    pub value: Money,
}

/// How much there is of these products; read without a lock, for showing.
///
/// # Errors
/// The database's.
pub fn levels_of(tx: &mut store::Tx, company: i64, products: &[i64]) -> Result<Vec<Shown>> {
    let mut out = Vec::with_capacity(products.len());
    for chunk in products.chunks(500) {
        let sql = format!(
            "SELECT product_id, on_hand, usable - pegged, value FROM product_stock WHERE company_id = ? AND product_id {}",
            kernel::rows::among(chunk.len())
        );
        let params: Vec<Value> =
            std::iter::once(company.into()).chain(chunk.iter().map(|p| Value::Int(*p))).collect();
        out.extend(tx.query(&sql, &params)?.iter().map(|r| Shown {
            product: r.int(0),
            on_hand: Decimal6(r.int(1)),
            free: Decimal6(r.int(2)),
            value: Money(r.int(3)),
        }));
    }
    Ok(out)
}

/// As [`levels_of`], what is free only.
///
/// # Errors
/// The database's.
pub fn free_of(tx: &mut store::Tx, company: i64, products: &[i64]) -> Result<HashMap<i64, Decimal6>> {
    Ok(levels_of(tx, company, products)?.into_iter().map(|l| (l.product, l.free)).collect())
}
