//! Kits: what is sold as one and stocked as its parts.

use crate::{Product, ProductKind};
use kernel::{Choice, Context, Entity, Error, Ref, Refusal, Result, Value, refuse};
use numbers::{Decimal6, Rational};
use std::collections::{BTreeMap, HashMap};
use store::Tx;

/// A part of a kit, which may be a kit itself.
#[derive(Clone, Debug, Entity)]
#[entity(line_of = "Product", title = "product_id", list = "product_id,quantity", index = "product_id")]
pub struct KitPart {
    pub id: i64,
    pub product: Ref<Product>,
    /// For one kit, in the part's stock unit.
    #[field(quantity, default = "1000000")]
    pub quantity: Decimal6,
}

/// What kits come apart into, over all levels: goods, each once. A product that is no kit is its own only part.
#[derive(Clone, Debug, Default)]
pub struct Kits {
    parts: HashMap<i64, Vec<(i64, Rational)>>,
}

/// One kit's direct parts.
type Contents = HashMap<i64, Vec<(i64, Rational)>>;

impl Kits {
    /// The kits among some products, with the kits in them.
    ///
    /// # Errors
    /// The database's.
    pub fn of<'p>(products: impl IntoIterator<Item = &'p Product>, tx: &mut Tx) -> Result<Self> {
        let kits = products.into_iter().filter(|p| p.kind == ProductKind::Kit).map(|p| p.id).collect();
        Self::among(kits, tx)
    }

    /// The same by their ids; none of them need be one.
    ///
    /// # Errors
    /// The database's.
    pub fn among(products: Vec<i64>, tx: &mut Tx) -> Result<Self> {
        let contents = below(products, tx)?;
        let parts = contents.keys().map(|kit| Ok((*kit, apart(*kit, &contents)?)));
        Ok(Self { parts: parts.collect::<Result<_>>()? })
    }

    /// All of them.
    ///
    /// # Errors
    /// The database's.
    pub fn all(tx: &mut Tx) -> Result<Self> {
        let rows = tx.query("SELECT DISTINCT parent_id FROM kit_part", &[])?;
        Self::among(rows.iter().map(|r| r.int(0)).collect(), tx)
    }

    /// All that they come apart into.
    pub fn all_goods(&self) -> impl Iterator<Item = i64> {
        self.parts.values().flatten().map(|(part, _)| *part)
    }

    /// Whether a product is a kit.
    #[must_use]
    pub fn has(&self, product: i64) -> bool {
        self.parts.contains_key(&product)
    }

    /// The kits that a product goes into, with how much of it one takes.
    pub fn with(&self, part: i64) -> impl Iterator<Item = (i64, &Rational)> {
        self.parts.iter().filter_map(move |(kit, parts)| {
            parts.iter().find(|(product, _)| *product == part).map(|(_, per)| (*kit, per))
        })
    }

    /// What a quantity of a product is in goods, all in stock units.
    ///
    /// # Errors
    /// Quantities beyond all measure.
    pub fn goods(&self, product: Ref<Product>, quantity: Decimal6) -> Result<Vec<(Ref<Product>, Decimal6)>> {
        let Some(parts) = self.parts.get(&product.id()) else { return Ok(vec![(product, quantity)]) };
        let all = Rational::from(quantity);
        parts.iter().map(|(part, per)| Ok((Ref::new(*part), (per * &all).round(6)?))).collect()
    }

    /// How many whole ones of a product can be put together of what there is of its goods.
    ///
    /// # Errors
    /// Quantities beyond all measure.
    pub fn whole(&self, product: i64, there: impl Fn(i64) -> Decimal6) -> Result<Decimal6> {
        let Some(parts) = self.parts.get(&product) else { return Ok(there(product)) };
        let mut least: Option<Rational> = None;
        for (part, per) in parts {
            let enough = Rational::from(there(*part).max(Decimal6::ZERO)).over(per)?;
            least = Some(least.map_or(enough.clone(), |least| least.at_most(&enough)));
        }
        let least = least.unwrap_or_default();
        // Down to whole ones: a part of a kit is not delivered.
        let up = least.ceil()?;
        let down = if Rational::from(up) > least { up - 1 } else { up };
        Ok(Decimal6::from_whole(down)?)
    }
}

/// The contents of kits, level by level.
fn below(products: Vec<i64>, tx: &mut Tx) -> Result<Contents> {
    let mut contents = Contents::new();
    let mut level = products;
    while !level.is_empty() {
        level.sort_unstable();
        level.dedup();
        let mut next = Vec::new();
        for chunk in level.chunks(500) {
            let sql = format!(
                "SELECT k.parent_id, k.product_id, k.quantity, p.kind FROM kit_part k JOIN product p ON p.id = k.product_id
                 WHERE k.parent_id {} ORDER BY k.id",
                kernel::rows::among(chunk.len())
            );
            let params: Vec<Value> = chunk.iter().copied().map(Value::Int).collect();
            for r in tx.query(&sql, &params)? {
                let per = Rational::from(Decimal6(r.int(2)));
                contents.entry(r.int(0)).or_default().push((r.int(1), per));
                if ProductKind::of(r.text(3)) == Some(ProductKind::Kit) {
                    next.push(r.int(1));
                }
            }
        }
        next.retain(|kit| !contents.contains_key(kit));
        level = next;
    }
    Ok(contents)
}

/// The goods of one kit, in the order of their ids: whoever locks them does it in that order.
fn apart(kit: i64, contents: &Contents) -> Result<Vec<(i64, Rational)>> {
    let mut goods: BTreeMap<i64, Rational> = BTreeMap::new();
    let mut open = vec![(kit, Rational::ONE, 0_usize)];
    while let Some((product, quantity, depth)) = open.pop() {
        // Kits in a loop are refused when they are written.
        if depth > contents.len() {
            return Err(Error::corrupt("a kit contains itself"));
        }
        match contents.get(&product) {
            Some(parts) => {
                open.extend(parts.iter().map(|(part, per)| (*part, per * &quantity, depth + 1)));
            }
            None => *goods.entry(product).or_default() += &quantity,
        }
    }
    Ok(goods.into_iter().collect())
}

impl Product {
    /// A product with contents is a kit, and none without: it is never stocked, made or bought itself.
    pub(crate) fn pack(&mut self, before: Option<&Self>, cx: &mut Context) -> Result<()> {
        let was = before.is_some_and(|b| b.kind == ProductKind::Kit);
        let of = |p: &Self| p.contents.iter().map(|l| (l.product, l.quantity)).collect::<Vec<_>>();
        if before.map_or(self.contents.is_empty(), |b| of(self) == of(b)) {
            // Nothing of it was said; the kind follows.
            return match (self.contents.is_empty(), self.kind) {
                (true, ProductKind::Kit) => Err(refuse("catalog.kit_empty").field("contents").into()),
                (true, _) => Ok(()),
                (false, _) => {
                    self.kind = ProductKind::Kit;
                    Ok(())
                }
            };
        }
        if was && self.is_waited_for(cx)? {
            return Err(refuse("catalog.kit_waited_for").field("contents").arg("product", &self.name).into());
        }
        if self.contents.is_empty() {
            self.kind = if self.kind == ProductKind::Kit { ProductKind::Goods } else { self.kind };
            return Ok(());
        }
        (self.kind, self.is_bought) = (ProductKind::Kit, false);
        let mut faults = Vec::new();
        for (i, line) in self.contents.iter().enumerate() {
            if line.quantity.0 <= 0 {
                faults.push(refuse("catalog.kit_quantity").field(format!("contents/{i}/quantity")));
            }
            let part = cx.read(line.product)?;
            if !matches!(part.kind, ProductKind::Goods | ProductKind::Kit) && line.product.id() != self.id {
                faults.push(refuse("catalog.kit_of_goods").field(format!("contents/{i}/product_id")));
            }
        }
        Refusal::all(faults)?;
        self.kit_in_no_loop(cx)?;
        if before.is_some() && !was && self.is_handled(cx)? {
            return Err(refuse("catalog.kit_handled").field("contents").arg("product", &self.name).into());
        }
        Ok(())
    }

    /// What a kit contains does not contain it.
    fn kit_in_no_loop(&self, cx: &mut Context) -> Result<()> {
        let mut open: Vec<Vec<i64>> = self.contents.iter().map(|l| vec![l.product.id()]).collect();
        while let Some(path) = open.pop() {
            let at = path.last().copied().unwrap_or_default();
            if at == self.id {
                let mut names = vec![self.name.clone()];
                for product in &path {
                    names.push(if *product == self.id {
                        self.name.clone()
                    } else {
                        cx.read(Ref::<Self>::new(*product))?.name
                    });
                }
                return Err(refuse("catalog.kit_loop")
                    .field("contents")
                    .arg("items", names.join(" → "))
                    .into());
            }
            for part in cx.tx.query("SELECT product_id FROM kit_part WHERE parent_id = ?", &[at.into()])? {
                open.push([path.as_slice(), &[part.int(0)]].concat());
            }
        }
        Ok(())
    }

    /// Whether it was stocked, is made by a bill, or is on order.
    fn is_handled(&self, cx: &mut Context) -> Result<bool> {
        let sql = "SELECT 1 FROM stock_move WHERE product_id = ?
            UNION ALL SELECT 1 FROM bill WHERE product_id = ? AND archived = 0
            UNION ALL SELECT 1 FROM bill_line l JOIN bill b ON b.id = l.parent_id WHERE l.product_id = ? AND b.archived = 0
            UNION ALL SELECT 1 FROM purchase_order_line l JOIN purchase_order o ON o.id = l.parent_id
                WHERE l.product_id = ? AND o.state IN ('draft', 'confirmed')
            UNION ALL SELECT 1 FROM peg WHERE product_id = ? LIMIT 1";
        Ok(cx.tx.first(sql, &vec![self.id.into(); 5])?.is_some())
    }

    /// Whether an order that is confirmed waits for it, or for a kit that it is in: its pegs are on the parts.
    fn is_waited_for(&self, cx: &mut Context) -> Result<bool> {
        let (mut open, mut seen) = (vec![self.id], Vec::new());
        while let Some(kit) = open.pop() {
            let sql = "SELECT 1 FROM peg p JOIN sales_order_line l ON l.id = p.demand_id WHERE l.product_id = ? LIMIT 1";
            if cx.tx.first(sql, &[kit.into()])?.is_some() {
                return Ok(true);
            }
            seen.push(kit);
            let above = cx.tx.query("SELECT parent_id FROM kit_part WHERE product_id = ?", &[kit.into()])?;
            open.extend(above.iter().map(|r| r.int(0)).filter(|kit| !seen.contains(kit)));
        }
        Ok(false)
    }
}
