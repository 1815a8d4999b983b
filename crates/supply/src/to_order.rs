//! What is made to order: the same product for another order line is another item, which is made for that line alone and
//! promised to nobody else. What is engineered has its own bill there, or waits until that is drawn.

use crate::demand::{Demand, Wants};
use crate::model::{Product, Records, method};
use crate::ways::Shop;
use catalog::Environment;
use kernel::Result;
use numbers::{Date, Decimal6, Rational};
use planning::model::{Component, DAY, Item, Kind, LotRule, Order, Seconds};
use production::Recipes;
use std::collections::{BTreeMap, HashMap, HashSet};
use store::Tx;

/// For whom an item of the model is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Role {
    /// For anybody.
    Stocked,
    /// For a line of a customer's order, of which it is known.
    Line(Line),
    /// Nothing that is stocked: the drawing of what is engineered.
    Engineering,
    /// Nothing that is stocked: what can be bought only when it is drawn, as long as the longest of it takes.
    AfterEngineering,
}

impl Role {
    /// What an item is beside a product that lies there or comes; nothing of most.
    pub fn word(&self) -> Option<&'static str> {
        match self {
            Self::Stocked | Self::Line(_) => None,
            Self::Engineering => Some("engineering"),
            Self::AfterEngineering => Some("after_engineering"),
        }
    }
}

/// A line of a customer's order that has an item of its own.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Line {
    pub line: i64,
    pub order: i64,
    pub number: String,
    /// Which line of the order.
    pub position: i64,
    /// Ordered; else a quote.
    pub is_ordered: bool,
    /// The bill that was drawn for it.
    pub bill: Option<i64>,
    /// It is made by the standard until its own bill is released.
    pub waits_for_bill: bool,
}

impl Product {
    /// The order line that it is for alone.
    pub fn line(&self) -> Option<&Line> {
        if let Role::Line(line) = &self.role { Some(line) } else { None }
    }

    /// Whether it is something that can be made, bought or fetched.
    pub fn is_stocked(&self) -> bool {
        matches!(self.role, Role::Stocked | Role::Line(_))
    }
}

impl Records {
    /// Gives each order line for something that is made to order an item of its own.
    pub fn split_by_order(
        &mut self,
        recipes: &Recipes,
        shop: &mut Shop,
        company: i64,
        tx: &mut Tx,
    ) -> Result<()> {
        let items: Vec<usize> = (0..self.products.len()).filter(|n| self.is_made_to_order(*n)).collect();
        if items.is_empty() {
            return Ok(());
        }
        items.iter().for_each(|item| self.model.items[*item].lot.minimum = Rational::ZERO);
        let (mut own, held) = (self.made_for(company, tx)?, held(company, tx)?);
        let mut spare = self.spare(&items, &own, &held);
        let positions = positions(company, tx)?;
        self.engineered(&items);
        let ordered = |n: &usize| {
            let demand = &self.demands[*n];
            demand.document_entity == "SalesOrder" && demand.wants != Wants::Forecast
        };
        let mut lines: Vec<usize> = (0..self.demands.len()).filter(ordered).collect();
        lines.sort_by_key(|n| self.model.orders[*n].due);
        for n in lines {
            let item = self.model.orders[n].item;
            let Some(spare) = spare.get_mut(&item) else { continue };
            let receipts = own.remove(&self.waits(n)).unwrap_or_default();
            let qty = self.model.orders[n].qty.clone();
            let coming: Rational = receipts.iter().map(|r| self.model.receipts[*r].qty.clone()).sum();
            // What it holds is its own; then it takes what is free.
            let missing = (&qty - &coming).at_least(&Rational::ZERO);
            let there = held.get(&self.waits(n)).map_or(Rational::ZERO, |held| held.at_most(&missing));
            let free = (&missing - &there).at_most(spare);
            *spare -= &free;
            let there = &there + &free;
            if there == qty {
                continue;
            }
            let position = positions.get(&self.demands[n].line).copied().unwrap_or(0);
            let line = self.add_line(item, n, position, recipes, shop)?;
            receipts.iter().for_each(|r| self.model.receipts[*r].item = line);
            self.move_demand(n, line, &there);
        }
        own.into_iter().for_each(|((line, _), receipts)| self.needed_by_nobody(line, &receipts));
        Ok(())
    }

    /// What is made for a line that does not wait for it any more is for nobody else before it is there.
    fn needed_by_nobody(&mut self, line: i64, receipts: &[usize]) {
        for receipt in receipts {
            let item = self.model.receipts[*receipt].item;
            let mut own = self.own_item(item, &format!("{line} {receipt}"));
            own.methods.clear();
            let of = Line { line, ..Line::default() };
            self.products.push(Product { role: Role::Line(of), ..self.products[item].clone() });
            self.model.receipts[*receipt].item = self.model.items.len();
            self.model.items.push(own);
        }
    }

    /// An item as another is, of which nothing is there yet.
    fn own_item(&self, item: usize, whose: &str) -> Item {
        let one = &self.model.items[item];
        Item {
            id: format!("{} {whose}", one.id),
            on_hand: Rational::ZERO,
            expiring: Vec::new(),
            safety_stock: Rational::ZERO,
            ..one.clone()
        }
    }

    /// Whether it is made for orders only; what is drawn for each of them needs no standard bill.
    fn is_made_to_order(&self, item: usize) -> bool {
        let environment = self.products[item].environment;
        match self.model.items[item].methods.first() {
            Some(way) => environment.is_to_order() && way.kind == Kind::Make,
            None => environment == Environment::EngineerToOrder,
        }
    }

    /// A demand by its line and product.
    fn waits(&self, n: usize) -> (i64, i64) {
        (self.demands[n].line, self.products[self.model.orders[n].item].id)
    }

    /// What nobody has taken yet of what is there and comes for anybody, of each of these items.
    fn spare(&self, items: &[usize], own: &MadeFor, held: &Held) -> HashMap<usize, Rational> {
        let on_hand = |item: &usize| (*item, self.model.items[*item].on_hand.clone());
        let mut spare: HashMap<usize, Rational> = items.iter().map(on_hand).collect();
        for n in 0..self.demands.len() {
            let item = self.model.orders[n].item;
            if let (Some(spare), Some(held)) = (spare.get_mut(&item), held.get(&self.waits(n))) {
                *spare = (&*spare - held).at_least(&Rational::ZERO);
            }
        }
        let for_somebody: HashSet<usize> = own.values().flatten().copied().collect();
        for (n, receipt) in self.model.receipts.iter().enumerate() {
            let for_anybody = !for_somebody.contains(&n);
            if let Some(spare) = spare.get_mut(&receipt.item).filter(|_| for_anybody) {
                *spare += &receipt.qty;
            }
        }
        spare
    }

    /// The rest of a demand that is not there for anybody is the line's own.
    fn move_demand(&mut self, n: usize, own: usize, there: &Rational) {
        if there.is_zero() {
            self.model.orders[n].item = own;
            return;
        }
        let order = &mut self.model.orders[n];
        let rest = Order { item: own, qty: &order.qty - there, ..order.clone() };
        order.qty = there.clone();
        self.model.orders.push(rest);
        // Its worth counts once: by the line.
        let demand: Demand = self.demands[n].clone();
        self.demands.push(demand);
    }

    fn add_line(
        &mut self,
        item: usize,
        demand: usize,
        position: i64,
        recipes: &Recipes,
        shop: &mut Shop,
    ) -> Result<usize> {
        let (demand, product) = (&self.demands[demand], self.products[item].clone());
        let engineered = product.environment == Environment::EngineerToOrder;
        let drawn = recipes.of_order(product.id, demand.line).filter(|_| engineered);
        let released = drawn.filter(|(_, released)| *released).map(|(bill, _)| bill);
        let line = Line {
            line: demand.line,
            order: demand.document,
            number: demand.number.clone(),
            position,
            is_ordered: demand.wants == Wants::Order,
            bill: drawn.map(|(bill, _)| bill),
            waits_for_bill: engineered && released.is_none(),
        };
        let mut own = self.own_item(item, &line.line.to_string());
        if let Some(bill) = released {
            let ways = recipes.ways_of_bill(bill, self.model.start)?;
            own.methods = self.methods_of(shop, recipes, &ways, product.warehouse)?;
        }
        self.products.push(Product { role: Role::Line(line), ..product });
        self.model.items.push(own);
        Ok(self.model.items.len() - 1)
    }

    /// What work orders make for one order line each.
    fn made_for(&self, company: i64, tx: &mut Tx) -> Result<MadeFor> {
        let rows = tx.query(
            "SELECT id, order_line_id, product_id FROM work_order WHERE company_id = ? AND order_line_id IS NOT NULL
             AND state IN ('firm', 'released', 'started') ORDER BY id",
            &[company.into()],
        )?;
        let mut own = MadeFor::new();
        for r in &rows {
            if let Some(receipt) = self.work_orders.get(&r.int(0)) {
                own.entry((r.int(1), r.int(2))).or_default().push(*receipt as usize);
            }
        }
        Ok(own)
    }

    /// Whatever makes what is engineered waits until it is drawn, and until what is bought by the drawing could be there:
    /// which parts that are is not known before, so the standard's longest lead time of what does not lie there stands
    /// for it.
    fn engineered(&mut self, items: &[usize]) {
        let drawn = |n: &&usize| self.products[**n].environment == Environment::EngineerToOrder;
        let mut items: Vec<usize> = items.iter().filter(drawn).copied().collect();
        for item in &items {
            let ways = &mut self.model.items[*item].methods;
            if ways.is_empty() {
                // Nobody knows what it takes before it is drawn.
                ways.push(method(Kind::Make, 0));
            }
        }
        items.retain(|n| self.products[*n].engineering_days > 0);
        if items.is_empty() {
            return;
        }
        let mut taken: HashMap<usize, Rational> = HashMap::new();
        for order in &self.model.orders {
            *taken.entry(order.item).or_default() += &order.qty;
        }
        let calendar = self.model.calendars.iter().position(|c| c.week.iter().any(|day| !day.is_empty()));
        for item in items {
            let product = self.products[item].clone();
            let mut drawing = method(Kind::Buy, product.engineering_days);
            drawing.lead_calendar = calendar;
            let drawn = Product { role: Role::Engineering, ..product.clone() };
            let mut last = self.add_wait(drawn, drawing, &format!("{} drawing", product.code));
            let mut known = HashMap::new();
            let parts = self.parts_of(item).into_iter();
            let longest = parts.map(|part| self.longest_lead(part, &taken, &mut known)).max();
            if let Some((days @ 1.., part)) = longest {
                let mut bought = method(Kind::Buy, days);
                bought.components =
                    vec![Component { item: last, per: Rational::ONE, substitutes: Vec::new() }];
                let parts = Product { role: Role::AfterEngineering, ..self.products[part].clone() };
                last = self.add_wait(parts, bought, &format!("{} parts", product.code));
            }
            for way in &mut self.model.items[item].methods {
                way.components.push(Component { item: last, per: Rational::ONE, substitutes: Vec::new() });
            }
        }
    }

    fn add_wait(&mut self, product: Product, way: planning::model::Method, what: &str) -> usize {
        let id = format!("{what} {}", product.warehouse);
        self.model.items.push(Item { id, lot: LotRule::default(), methods: vec![way], ..Item::default() });
        self.products.push(product);
        self.model.items.len() - 1
    }

    fn parts_of(&self, item: usize) -> Vec<usize> {
        let ways = self.model.items[item].methods.first();
        ways.into_iter().flat_map(|way| &way.components).map(|component| component.item).collect()
    }

    /// What takes longest to buy of what an item is made of and does not lie there, over all levels: its days, and which
    /// item that is.
    fn longest_lead(
        &self,
        item: usize,
        taken: &HashMap<usize, Rational>,
        known: &mut HashMap<usize, (u32, usize)>,
    ) -> (u32, usize) {
        if let Some(lead) = known.get(&item) {
            return *lead;
        }
        // A bill that goes round in a circle is refused when the plan is made.
        known.insert(item, (0, item));
        let one = &self.model.items[item];
        let lies_there = one.on_hand > taken.get(&item).cloned().unwrap_or_default();
        let lead = match one.methods.first().filter(|_| !lies_there) {
            Some(way) if way.kind == Kind::Make => {
                let parts = self.parts_of(item).into_iter();
                parts.map(|part| self.longest_lead(part, taken, known)).max().unwrap_or((0, item))
            }
            way => (way.map_or(0, |way| way.lead_days), item),
        };
        known.insert(item, lead);
        lead
    }

    /// What so much of an item takes of its components, by the way in which it would be made on a day.
    pub fn one_level(&self, item: usize, day: Date, qty: &Rational) -> Vec<(usize, Rational)> {
        let at: Seconds = (day.days() - self.model.start.days()) * DAY;
        let mut ways = self.model.items[item].methods.iter();
        let way = ways.find(|way| {
            way.from.is_none_or(|from| from <= at)
                && way.until.is_none_or(|until| at < until)
                && way.at_least.as_ref().is_none_or(|least| least <= qty)
                && way.at_most.as_ref().is_none_or(|most| qty <= most)
        });
        let mut parts: Vec<(usize, Rational)> = Vec::new();
        for component in way.into_iter().flat_map(|way| &way.components) {
            let more = &component.per * qty;
            match parts.iter_mut().find(|(part, _)| *part == component.item) {
                Some((_, sum)) => *sum += &more,
                None => parts.push((component.item, more)),
            }
        }
        parts
    }
}

/// Receipts that are made for one line, by that line and their product.
type MadeFor = BTreeMap<(i64, i64), Vec<usize>>;

/// What is held of what is made to order, by line and product.
type Held = HashMap<(i64, i64), Rational>;

fn held(company: i64, tx: &mut Tx) -> Result<Held> {
    let rows = tx.query(
        "SELECT g.demand_id, g.product_id, CAST(SUM(g.quantity) AS BIGINT) FROM peg g JOIN product p ON p.id = g.product_id
         WHERE g.company_id = ? AND g.kind = 'stock' AND p.environment <> 'make_to_stock' GROUP BY g.demand_id, g.product_id",
        &[company.into()],
    )?;
    Ok(rows.iter().map(|r| ((r.int(0), r.int(1)), Rational::from(Decimal6(r.int(2))))).collect())
}

/// Which line of its order each line is that somebody waits for, or is offered.
fn positions(company: i64, tx: &mut Tx) -> Result<HashMap<i64, i64>> {
    let rows = tx.query(
        "SELECT l.id, l.position FROM sales_order_line l JOIN sales_order o ON o.id = l.parent_id
         WHERE o.company_id = ? AND o.state IN ('quoted', 'confirmed')",
        &[company.into()],
    )?;
    Ok(rows.iter().map(|r| (r.int(0), r.int(1))).collect())
}
