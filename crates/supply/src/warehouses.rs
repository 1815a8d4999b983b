//! The same product in another warehouse is another item: fetched from the warehouse that supplies it, else bought or made
//! there. What a firm with one warehouse plans is its first warehouse alone.

use crate::model::{Product, Records, method};
use kernel::{Result, Value};
use numbers::Rational;
use planning::model::{Component, Item, Kind, LotRule};
use production::Recipes;
use serde_json::{Value as Json, json};
use std::collections::{BTreeSet, HashMap};
use store::Tx;

/// A warehouse as the plan knows it.
#[derive(Clone, Debug)]
pub(crate) struct Warehouse {
    pub id: i64,
    pub name: String,
    pub supplied_from: Option<i64>,
    transfer_days: u32,
}

/// A firm's warehouses, the first one first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Warehouses {
    all: Vec<Warehouse>,
    home: i64,
}

impl Warehouses {
    pub fn read(company: i64, tx: &mut Tx) -> Result<Self> {
        let sql = format!(
            "SELECT w.id, w.name, w.supplied_from_id, w.transfer_days, {} FROM warehouse w
             WHERE w.company_id = ? AND w.archived = 0 ORDER BY w.is_default DESC, w.id",
            stock::HOME
        );
        let rows = tx.query(&sql, &[company.into(), company.into()])?;
        let warehouse = |r: &store::Row| Warehouse {
            id: r.int(0),
            name: r.text(1).into(),
            supplied_from: r.get(2).as_int(),
            transfer_days: u32::try_from(r.int(3)).unwrap_or(0),
        };
        let home = rows.first().and_then(|r| r.get(4).as_int()).unwrap_or(0);
        Ok(Self { all: rows.iter().map(warehouse).collect(), home })
    }

    /// The first one, where what names no warehouse is.
    pub fn home(&self) -> i64 {
        self.home
    }

    pub fn several(&self) -> bool {
        self.all.len() > 1
    }

    fn one(&self, id: i64) -> Option<&Warehouse> {
        self.all.iter().find(|warehouse| warehouse.id == id)
    }

    /// What one is called, where there are several.
    pub fn name(&self, id: i64) -> Option<&str> {
        self.one(id).filter(|_| self.several()).map(|warehouse| warehouse.name.as_str())
    }

    /// From where a warehouse fetches what is wanted there; nothing of one that is archived.
    pub fn source(&self, id: i64) -> Option<i64> {
        self.one(id)?.supplied_from.filter(|from| self.one(*from).is_some())
    }
}

/// Products by warehouse.
type Pairs = BTreeSet<(i64, i64)>;

/// What there is of a product somewhere: usable, on hand, and what it is worth.
type There = HashMap<(i64, i64), (i64, i64, i64)>;

impl Records {
    /// The items of all other warehouses: what is there, wanted or coming, what is sold, and what that is fetched from or
    /// made of.
    pub fn other_warehouses(&mut self, recipes: &Recipes, company: i64, tx: &mut Tx) -> Result<()> {
        if !self.warehouses.several() {
            return Ok(());
        }
        let there = there(company, tx)?;
        let mut wanted = touched(company, tx)?;
        wanted.extend(there.keys().copied());
        let sold =
            tx.query("SELECT id FROM product WHERE is_sold = 1 AND archived = 0 AND kind = 'goods'", &[])?;
        for warehouse in &self.warehouses.all {
            wanted.extend(sold.iter().map(|r| (warehouse.id, r.int(0))));
        }
        // The first warehouse may itself be supplied from another.
        wanted.extend(self.products.iter().map(|product| (self.warehouses.home(), product.id)));
        let wanted = self.with_their_parts(wanted, recipes)?;
        for (warehouse, product) in wanted {
            if let (Some(first), None) = (self.place(product), self.place_in(product, Some(warehouse))) {
                self.add_item(first, warehouse, there.get(&(warehouse, product)).copied());
            }
        }
        Ok(())
    }

    /// What a warehouse fetches is an item where it comes from; what it makes takes its components there.
    fn with_their_parts(&self, wanted: Pairs, recipes: &Recipes) -> Result<Pairs> {
        let mut todo: Vec<(i64, i64)> = wanted.iter().copied().collect();
        let mut all = wanted;
        while let Some((warehouse, product)) = todo.pop() {
            if self.place(product).is_none() {
                continue;
            }
            let mut parts = Vec::new();
            if let Some(source) = self.warehouses.source(warehouse) {
                parts.push((source, product));
            } else {
                for way in recipes.ways(product, self.model.start)? {
                    let Some(recipe) = recipes.by_bill(way.bill, way.from, &Rational::ONE)? else { continue };
                    for need in &recipe.components {
                        parts.push((warehouse, need.product));
                        parts.extend(need.substitutes.iter().map(|s| (warehouse, s.product)));
                    }
                    parts.extend(recipe.outputs.iter().map(|output| (warehouse, output.product)));
                }
            }
            todo.extend(parts.into_iter().filter(|part| all.insert(*part)));
        }
        all.retain(|(warehouse, _)| *warehouse != self.warehouses.home());
        Ok(all)
    }

    /// As the item of the first warehouse, without its safety stock. Lot rules count where something is bought or made.
    fn add_item(&mut self, first: usize, warehouse: i64, there: Option<(i64, i64, i64)>) {
        let Some(name) = self.warehouses.name(warehouse).map(ToOwned::to_owned) else { return };
        let (usable, on_hand, value) = there.unwrap_or_default();
        let (item, product) = (&self.model.items[first], &self.products[first]);
        let millionths = |n: i64| Rational::from(numbers::Decimal6(n.max(0)));
        let cost = if on_hand > 0 { value as f64 / 100.0 / (on_hand as f64 / 1e6) } else { item.cost };
        let fetched = LotRule { multiple: product.step.clone(), ..LotRule::default() };
        let (lot, safety_days, fence) = match self.warehouses.source(warehouse) {
            Some(_) => (fetched, 0, 0),
            None => (item.lot.clone(), item.safety_days, item.fence),
        };
        let item = Item {
            id: format!("{} {name}", item.id),
            on_hand: millionths(usable),
            safety_days,
            fence,
            lot,
            cost,
            ..Item::default()
        };
        let product = Product { warehouse, place: Some(name), ..product.clone() };
        self.places.insert((product.id, warehouse), self.products.len());
        self.products.push(product);
        self.model.items.push(item);
    }

    /// A warehouse that is supplied from another fetches everything from there, in the firm's working days.
    pub fn fetched(&mut self) {
        let calendar = self.model.calendars.iter().position(|c| c.week.iter().any(|day| !day.is_empty()));
        for place in 0..self.products.len() {
            let product = &self.products[place];
            let Some(source) = self.warehouses.source(product.warehouse) else { continue };
            let Some(from) = self.place_in(product.id, Some(source)) else { continue };
            let days = self.warehouses.one(product.warehouse).map_or(0, |warehouse| warehouse.transfer_days);
            let mut way = method(Kind::Transfer, days);
            way.lead_calendar = calendar;
            way.components = vec![Component { item: from, per: Rational::ONE, substitutes: Vec::new() }];
            self.model.items[place].methods = vec![way];
        }
    }

    /// The warehouses in which a product is planned, where the firm has several.
    pub fn of_product(&self, product: i64) -> Vec<Json> {
        let own = self.products.iter().filter(|one| one.id == product && one.place.is_some());
        own.map(|one| json!({"warehouse_id": one.warehouse, "warehouse": one.place})).collect()
    }

    /// What transfer orders are to bring: to where they go, wherever it comes from.
    pub fn transferred(&mut self, company: i64, tx: &mut Tx) -> Result<()> {
        for coming in stock::transfers_coming(None, company, tx)? {
            let Some(item) = self.place_in(coming.product, Some(coming.to_warehouse)) else { continue };
            let at = self.at(coming.arrives_on.days()).max(0);
            self.transfers.insert(coming.line, u32::try_from(self.supplies.len()).unwrap_or(u32::MAX));
            let supply = crate::model::Supply {
                document_entity: "TransferOrder",
                document: coming.order,
                line: coming.line,
                number: coming.number,
                party: None,
                due_on: coming.arrives_on,
            };
            self.receipt(item, coming.quantity, at, supply);
        }
        Ok(())
    }
}

/// What lies in each warehouse.
fn there(company: i64, tx: &mut Tx) -> Result<There> {
    let sql = "SELECT warehouse_id, product_id, usable, on_hand, value FROM product_stock WHERE company_id = ? AND on_hand <> 0";
    let rows = tx.query(sql, &[company.into()])?;
    Ok(rows.iter().map(|r| ((r.int(0), r.int(1)), (r.int(2), r.int(3), r.int(4)))).collect())
}

/// Where something is wanted or coming.
fn touched(company: i64, tx: &mut Tx) -> Result<Pairs> {
    let rows = tx.query(
        "SELECT warehouse_id, product_id FROM peg WHERE company_id = ?
         UNION SELECT o.warehouse_id, l.product_id FROM purchase_order_line l JOIN purchase_order o ON o.id = l.parent_id
         WHERE o.company_id = ? AND o.state = 'confirmed' AND o.warehouse_id IS NOT NULL
         UNION SELECT o.to_warehouse_id, l.product_id FROM transfer_line l JOIN transfer_order o ON o.id = l.parent_id
         WHERE o.company_id = ? AND o.state IN ('confirmed', 'shipped')
         UNION SELECT o.warehouse_id, l.product_id FROM sales_order_line l JOIN sales_order o ON o.id = l.parent_id
         WHERE o.company_id = ? AND o.state = 'quoted' AND o.warehouse_id IS NOT NULL AND l.product_id IS NOT NULL
         UNION SELECT p.parent_id, w.product_id FROM work_order w JOIN location p ON p.id = w.location_id
         WHERE w.company_id = ? AND w.state IN ('firm', 'released', 'started')
         UNION SELECT p.parent_id, l.product_id FROM work_order_line l JOIN work_order w ON w.id = l.parent_id
         JOIN location p ON p.id = w.location_id WHERE w.company_id = ? AND w.state = 'firm'
         UNION SELECT p.parent_id, l.product_id FROM work_order_output l JOIN work_order w ON w.id = l.parent_id
         JOIN location p ON p.id = w.location_id WHERE w.company_id = ? AND w.state IN ('firm', 'released', 'started')",
        &vec![Value::Int(company); 7],
    )?;
    Ok(rows.iter().map(|r| (r.int(0), r.int(1))).collect())
}

/// Places of products by warehouse.
pub(crate) type Places = HashMap<(i64, i64), usize>;
