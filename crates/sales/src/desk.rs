//! What the order desk shows while a line is typed: price, margin, stock, and a date that is true.

use crate::order::{SalesOrder, SalesOrderState};
use crate::reservation::there;
use catalog::{Kits, Product, ProductKind, Wanted, kits_by_parts, prices_of, products_and_parts};
use kernel::json::to_json;
use kernel::{Context, Entity, Input, Kind, Reader, Ref, Refusal, Result, Value};
use numbers::{Date, Decimal6, Money, line_net};
use parties::AddressKind;
use purchasing::{Offer, best_offers, open_lines};
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use stock::{HOME, Keeping, Warehouse, Within, transfers_coming};

/// When a quantity can leave, and by what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// None where nothing is there, nothing comes and nobody offers it.
    pub on: Option<Date>,
    pub by: By,
}

/// From the nearest to the farthest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    Service,
    Stock,
    /// Ordered already, and promised to nobody.
    Supply,
    /// To be bought now.
    Offer,
    Nothing,
}

impl Found {
    /// Both of them: the later day, by what is harder to come by.
    fn and(self, other: Self) -> Self {
        Self { on: self.on.zip(other.on).map(|(a, b)| a.max(b)), by: self.by.max(other.by) }
    }
}

impl By {
    const fn word(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Stock => "stock",
            Self::Supply => "supply",
            Self::Offer => "offer",
            Self::Nothing => "nothing",
        }
    }
}

/// Of whose stock one asks: a company's warehouse, its first where empty.
#[derive(Clone, Copy, Debug)]
pub struct Stand {
    pub company: i64,
    pub warehouse: Option<i64>,
}

/// What is there and what comes, for some products; lines that are looked at one after the other share it.
pub struct Availability {
    today: Date,
    stand: Stand,
    products: Vec<i64>,
    kits: Kits,
    /// What one of each costs where nothing of it is there.
    standard: HashMap<i64, Decimal6>,
    costs: HashMap<i64, Decimal6>,
    free: HashMap<i64, Decimal6>,
    /// What quotes hold softly, of all products.
    pub(crate) held: HashMap<i64, Decimal6>,
    /// Products of which lots may lie there, and in which warehouse and until when: read when one of them is asked for.
    lots: Vec<i64>,
    keeping: Option<(i64, Keeping)>,
    /// Read when something is not on hand.
    coming: Option<Coming>,
}

struct Coming {
    supply: HashMap<i64, Vec<(Date, Decimal6)>>,
    offers: HashMap<i64, Offer>,
}

impl Availability {
    /// Of some products, with the parts of the kits among them. `own` are the orders that ask: what they hold is theirs.
    pub(crate) fn read(
        known: &HashMap<i64, Product>,
        kits: Kits,
        today: Date,
        stand: Stand,
        own: &[i64],
        tx: &mut store::Tx,
    ) -> Result<Self> {
        let products: Vec<i64> = known.keys().copied().collect();
        let (levels, held) = there(&products, today, stand, own, tx)?;
        let mut out = Self {
            today,
            stand,
            products,
            kits,
            standard: known.values().map(|p| (p.id, p.standard_cost)).collect(),
            costs: HashMap::new(),
            free: HashMap::new(),
            held,
            lots: Vec::new(),
            keeping: None,
            coming: None,
        };
        for level in levels {
            if level.has_lots {
                out.lots.push(level.product);
            }
            let held = out.held.get(&level.product).copied().unwrap_or_default();
            out.free.insert(level.product, level.free.minus(held)?);
            if level.on_hand.0 > 0 {
                out.costs.insert(level.product, level.value.to_decimal()?.over(level.on_hand)?);
            }
        }
        Ok(out)
    }

    /// What one of the product costs us: the average of what is there; a kit, what its parts do.
    pub(crate) fn cost(&self, product: &Product) -> Result<Decimal6> {
        let of =
            |id: i64| self.costs.get(&id).or_else(|| self.standard.get(&id)).copied().unwrap_or_default();
        let mut sum = Decimal6::ZERO;
        for (part, per) in self.kits.goods(Ref::new(product.id), Decimal6::ONE)? {
            sum = sum.plus(of(part.id()).times(per)?)?;
        }
        Ok(sum)
    }

    /// How many are free; of a kit, how many whole ones.
    fn free_of(&self, product: i64) -> Result<Decimal6> {
        let free = |id: i64| self.free.get(&id).copied().unwrap_or_default();
        self.kits.whole(product, free)
    }
}

impl Coming {
    fn read(products: &[i64], today: Date, stand: Stand, tx: &mut store::Tx) -> Result<Self> {
        let company = stand.company;
        let mut supply: HashMap<i64, Vec<(Date, Decimal6)>> = HashMap::new();
        let sql = format!(
            "SELECT w.id, w.supplied_from_id, {HOME} FROM warehouse w WHERE w.id = COALESCE(CAST(? AS BIGINT), {HOME})"
        );
        let row = tx.first(&sql, &[company.into(), stand.warehouse.into(), company.into()])?;
        let (warehouse, first) = row.as_ref().map_or((0, None), |r| (r.int(0), r.get(2).as_int()));
        let fetches = row.is_some_and(|r| r.get(1).as_int().is_some());
        let here = |to: Option<i64>| to.or(first) == Some(warehouse);
        let bought = open_lines(Some(products), company, tx)?;
        let bought = bought.iter().filter(|l| here(l.warehouse));
        let mut coming: Vec<_> = bought.map(|l| (l.product, l.expected_on, l.quantity)).collect();
        let made = production::expected_supply(products, company, tx)?;
        coming.extend(made.into_iter().filter(|m| here(m.warehouse)).map(|m| (m.product, m.on, m.quantity)));
        let moved = transfers_coming(Some(products), company, tx)?;
        let moved = moved.iter().filter(|t| t.to_warehouse == warehouse);
        coming.extend(moved.map(|t| (t.product, t.arrives_on, t.quantity)));
        coming.sort_by_key(|(_, on, _)| *on);
        for (product, on, quantity) in coming {
            supply.entry(product).or_default().push((on.max(today), quantity));
        }
        for (product, taken) in promised(products, company, warehouse, tx)? {
            // The earliest supplies are promised first.
            let mut taken = taken;
            for (_, quantity) in supply.entry(product).or_default() {
                let part = (*quantity).min(taken);
                *quantity = quantity.minus(part)?;
                taken = taken.minus(part)?;
            }
        }
        // What a warehouse fetches from another is not bought to it: the plan says when it is there.
        let offers = if fetches { HashMap::new() } else { best_offers(products, None, today, company, tx)? };
        Ok(Self { supply, offers })
    }
}

impl Availability {
    /// Takes a quantity (in stock units) and says when all of it can leave; on the day on which it is wanted, what has
    /// expired by then is not there.
    ///
    /// # Errors
    /// When the sums are beyond all measure.
    pub fn take(
        &mut self,
        product: &Product,
        quantity: Decimal6,
        wanted_on: Option<Date>,
        tx: &mut store::Tx,
    ) -> Result<Found> {
        let due = wanted_on.unwrap_or(self.today).max(self.today);
        if !matches!(product.kind, ProductKind::Goods | ProductKind::Kit) {
            return Ok(Found { on: Some(self.today), by: By::Service });
        }
        // A kit leaves when the last of its parts is there.
        let mut found: Option<Found> = None;
        for (part, quantity) in self.kits.goods(Ref::new(product.id), quantity)? {
            let one = self.take_goods(part.id(), quantity, due, tx)?;
            found = Some(found.map_or(one, |before| before.and(one)));
        }
        Ok(found.unwrap_or(Found { on: Some(self.today), by: By::Stock }))
    }

    /// How much of what is free will have expired on a day.
    fn lost(&mut self, product: i64, due: Date, tx: &mut store::Tx) -> Result<Decimal6> {
        if !self.lots.contains(&product) {
            return Ok(Decimal6::ZERO);
        }
        let (warehouse, keeping) = match &mut self.keeping {
            Some(known) => known,
            None => {
                let Stand { company, warehouse } = self.stand;
                let home = format!("SELECT COALESCE(CAST(? AS BIGINT), {HOME})");
                let row = tx.first(&home, &[warehouse.into(), company.into()])?;
                let warehouse = row.and_then(|r| r.get(0).as_int()).unwrap_or_default();
                self.keeping.insert((warehouse, Keeping::read(company, &self.lots, None, tx)?))
            }
        };
        keeping.lost(product, *warehouse, due)
    }

    fn take_goods(
        &mut self,
        product: i64,
        quantity: Decimal6,
        due: Date,
        tx: &mut store::Tx,
    ) -> Result<Found> {
        let lost = self.lost(product, due, tx)?;
        let free = self.free.entry(product).or_default();
        let from_stock = free.minus(lost)?.max(Decimal6(0)).min(quantity);
        *free = free.minus(from_stock)?;
        if let Some((warehouse, keeping)) = &mut self.keeping {
            keeping.hold(product, *warehouse, due, from_stock)?;
        }
        let mut left = quantity.minus(from_stock)?;
        let mut found = Found { on: Some(self.today), by: By::Stock };
        if left.0 <= 0 {
            return Ok(found);
        }
        let coming = match &mut self.coming {
            Some(coming) => coming,
            None => self.coming.insert(Coming::read(&self.products, self.today, self.stand, tx)?),
        };
        for (on, coming) in coming.supply.get_mut(&product).into_iter().flatten() {
            let part = (*coming).min(left);
            if part.0 > 0 {
                *coming = coming.minus(part)?;
                left = left.minus(part)?;
                found = Found { on: Some(*on), by: By::Supply };
            }
        }
        if left.0 <= 0 {
            return Ok(found);
        }
        match coming.offers.get(&product) {
            Some(offer) => Ok(Found { on: Some(self.today.plus_days(offer.lead_time_days)?), by: By::Offer }),
            None => Ok(Found { on: None, by: By::Nothing }),
        }
    }
}

/// What of the coming supply is expected by somebody, beside what is made for one order line alone.
fn promised(
    products: &[i64],
    company: i64,
    warehouse: i64,
    tx: &mut store::Tx,
) -> Result<Vec<(i64, Decimal6)>> {
    let mut out = Vec::new();
    for chunk in products.chunks(500) {
        let sql = format!(
            "SELECT product_id, CAST(SUM(quantity) AS BIGINT) FROM peg WHERE company_id = ? AND warehouse_id = ? AND kind = 'supply' AND product_id {}
             AND NOT EXISTS (SELECT 1 FROM work_order w WHERE w.id = peg.supply_id AND w.order_line_id IS NOT NULL) GROUP BY product_id",
            kernel::rows::among(chunk.len())
        );
        let params: Vec<Value> =
            [company, warehouse].into_iter().chain(chunk.iter().copied()).map(Value::Int).collect();
        out.extend(tx.query(&sql, &params)?.iter().map(|r| (r.int(0), Decimal6(r.int(1)))));
    }
    Ok(out)
}

#[derive(Debug, Input)]
pub struct LineAsked {
    pub product: Ref<Product>,
    #[field(quantity)]
    pub quantity: Option<Decimal6>,
    pub discount_percent: Option<Decimal6>,
    pub unit_price: Option<Decimal6>,
    /// From where it would be shipped; the firm's first where empty.
    pub warehouse: Option<Ref<Warehouse>>,
    /// As soon as it can be where empty.
    pub wanted_on: Option<Date>,
}

/// What a line would be: nothing is written.
pub(crate) fn line(input: LineAsked, reader: &mut Reader) -> Result<Json> {
    let (company, today) = (reader.actor.company, reader.today());
    let description = reader.registry.entity(Product::NAME)?;
    reader.visible(&description, input.product.id())?;
    let quantity = input.quantity.unwrap_or(Decimal6::ONE);
    let (registry, actor, now) = (reader.registry, reader.actor.clone(), reader.now);
    let mut cx = Context::new(reader.tx, registry, actor, now);
    let product = cx.read(input.product)?;
    let (known, kits) = products_and_parts([input.product], &mut cx)?;
    let currency = reader.tx.first("SELECT currency FROM company WHERE id = ?", &[company.into()])?;
    let currency = currency.map_or_else(|| "EUR".to_owned(), |r| r.text(0).to_owned());
    let rate = match product.tax_code {
        Some(code) => {
            reader.tx.first("SELECT rate FROM tax_code WHERE id = ?", &[code.into()])?.map_or(0, |r| r.int(0))
        }
        None => 0,
    };
    let wanted = [Wanted { product: &product, tax_rate: Decimal6(rate), quantity }];
    let by_parts = kits_by_parts(&wanted, &known, &kits, (&currency, today), reader.tx)?;
    let listed =
        prices_of(&wanted, &currency, today, reader.tx)?.first().map_or(product.list_price, |q| q.net);
    let listed = by_parts.get(&product.id).copied().unwrap_or(listed);
    let price = input.unit_price.unwrap_or(listed);
    let net = line_net(quantity, price, input.discount_percent.unwrap_or_default())?;
    let stand = Stand { company, warehouse: input.warehouse.map(Ref::id) };
    let mut available = Availability::read(&known, kits, today, stand, &[], reader.tx)?;
    let cost = available.cost(&product)?;
    let margin = net.minus(Money::from_decimal(cost.times(quantity)?)?)?;
    let free = available.free_of(product.id)?;
    let found = available.take(&product, quantity, input.wanted_on, reader.tx)?;
    // What a line earns tells what the goods cost.
    let cost_told = reader.tells(Product::NAME, &["standard_cost"])?
        && reader.tells(SalesOrder::NAME, &["cost", "margin"])?
        && reader.tells("ProductStock", &["on_hand", "value"])?;
    let price_told = reader.actor.rights.sees_field(&description, "list_price");
    let free_told = reader.tells("ProductStock", &["free"])?;
    let shown = |field: &str, value: Json| {
        if reader.actor.rights.sees_field(&description, field) { value } else { Json::Null }
    };
    let decimal = |d: Decimal6| to_json(Kind::Decimal, &Value::Int(d.0));
    let others = if free_told && reader.tells("Warehouse", &["name"])? {
        stock::elsewhere(reader.tx, company, stand.warehouse, product.id)?
    } else {
        Vec::new()
    };
    let others: Vec<Json> = others
        .iter()
        .map(|(id, name, free)| json!({"warehouse_id": id, "warehouse": name, "free": decimal(*free)}))
        .collect();
    let reason =
        reader.registry.texts.get(&reader.actor.language, &format!("sales.available.{}", found.by.word()));
    let money = |m: Money| to_json(Kind::Money, &Value::Int(m.0));
    Ok(json!({
        "product_id": product.id, "code": shown("code", json!(product.code)), "name": shown("name", json!(product.name)),
        "unit_id": shown("unit_id", json!(product.unit.id())),
        "tax_code_id": shown("tax_code_id", json!(product.tax_code.map(Ref::id))),
        "unit_price": price_told.then(|| decimal(price)), "net": price_told.then(|| money(net)),
        "margin": cost_told.then(|| money(margin)),
        "margin_percent": if net.0 == 0 || !cost_told { Json::Null } else { json!((margin.0 * 1000 / net.0) as f64 / 10.0) },
        "free": free_told.then(|| decimal(free)), "available_on": found.on.map(|d| d.to_string()), "by": found.by.word(), "reason": reason,
        "elsewhere": others,
    }))
}

/// What is still missing for each later step, in words, before it hurts.
pub(crate) fn readiness(id: i64, (): (), reader: &mut Reader) -> Result<Json> {
    let (registry, actor, now) = (reader.registry, reader.actor.clone(), reader.now);
    let (texts, language) = (&registry.texts, actor.language.clone());
    let mut cx = Context::new(reader.tx, registry, actor, now);
    let order = cx.read(Ref::<SalesOrder>::new(id))?;
    let customer = cx.read(order.customer)?;
    let company = cx.read(order.company)?;
    let today = cx.today();
    let mut order_lacks = Vec::new();
    if !order.lines.iter().any(|l| l.product.is_some()) {
        order_lacks.push(kernel::refuse("sales.no_lines"));
    }
    let mut delivery_lacks = Vec::new();
    if customer.address(AddressKind::Delivery, today).is_none() {
        delivery_lacks.push(kernel::refuse("sales.no_delivery_address").arg("party", &customer.name));
    }
    let confirmed = order.state == SalesOrderState::Confirmed;
    let short =
        cx.tx.first("SELECT COUNT(*) FROM peg WHERE document_id = ? AND kind <> 'stock'", &[id.into()])?;
    let short = short.map_or(0, |r| r.int(0));
    if confirmed && short > 0 {
        delivery_lacks.push(kernel::refuse("sales.lines_not_there").arg("count", short));
    }
    let said = |lacks: &[Refusal]| {
        let missing: Vec<String> = lacks.iter().map(|r| r.message(texts, &language)).collect();
        json!({"ok": missing.is_empty(), "missing": missing})
    };
    Ok(json!({
        "quote": said(&order_lacks), "order": said(&order_lacks), "delivery": said(&delivery_lacks),
        "invoice": said(&invoicing::missing(&customer, &company, today)),
    }))
}

/// What of a confirmed order is not on hand, with the best offer for each.
pub(crate) fn shortages(id: i64, (): (), reader: &mut Reader) -> Result<Json> {
    let (company, today) = (reader.actor.company, reader.today());
    reader.needs(&[(Product::NAME, &["code", "name"]), ("Peg", &["product_id", "quantity", "kind"])])?;
    // Offers are told to who sees offers, and the supplier by name to who sees the supplier.
    let offers_told = reader.tells("SupplierPrice", &["price", "supplier_id", "lead_time_days"])?;
    let names_told = reader.tells("Party", &["name"])?;
    let free_told = reader.tells("ProductStock", &["free"])?;
    let rows = reader.tx.query(
        "SELECT p.demand_id, p.product_id, d.code, d.name, p.quantity, p.kind, p.supply_id, l.quantity
         FROM peg p JOIN product d ON d.id = p.product_id JOIN sales_order_line l ON l.id = p.demand_id
         WHERE p.document_id = ? AND p.kind <> 'stock' ORDER BY l.position, p.id",
        &[id.into()],
    )?;
    let products: Vec<i64> = rows.iter().map(|r| r.int(1)).collect();
    let offers =
        if offers_told { best_offers(&products, None, today, company, reader.tx)? } else { HashMap::new() };
    let sql = "SELECT warehouse_id FROM sales_order WHERE id = ?";
    let warehouse = reader.tx.first(sql, &[id.into()])?.and_then(|r| r.get(0).as_int());
    // What is fetched from another warehouse is not bought to this one.
    let sql = format!(
        "SELECT s.id, s.name FROM warehouse w JOIN warehouse s ON s.id = w.supplied_from_id AND s.archived = 0
         WHERE w.id = COALESCE(CAST(? AS BIGINT), {HOME})"
    );
    let source = reader.tx.first(&sql, &[warehouse.into(), company.into()])?;
    let source = source.map(|r| (r.int(0), r.text(1).to_owned()));
    let source_told = reader.tells("Warehouse", &["name"])?;
    let free = stock::free_of(reader.tx, company, Within::Warehouse(warehouse), &products)?;
    let decimal = |n: i64| to_json(Kind::Decimal, &Value::Int(n));
    let mut value = Vec::with_capacity(rows.len());
    for r in &rows {
        let offer = offers.get(&r.int(1)).filter(|_| source.is_none());
        let amount = offer.map(|o| Money::from_decimal(o.price.times(Decimal6(r.int(4)))?)).transpose()?;
        value.push(json!({
            "line_id": r.int(0), "product_id": r.int(1), "code": r.text(2), "product": r.text(3), "short": decimal(r.int(4)),
            "from_warehouse_id": source.as_ref().map(|s| s.0),
            "from_warehouse": source.as_ref().filter(|_| source_told).map(|s| s.1.as_str()),
            "ordered": r.text(5) == "supply", "quantity": decimal(r.int(7)),
            "free": free_told.then(|| decimal(free.get(&r.int(1)).map_or(0, |f| f.0))),
            "supplier_id": offer.map(|o| o.supplier.id()), "supplier": offer.filter(|_| names_told).map(|o| o.supplier_name.clone()),
            "price": offer.map(|o| decimal(o.price.0)), "amount": amount.map(|a| to_json(Kind::Money, &Value::Int(a.0))),
            "lead_time_days": offer.map(|o| o.lead_time_days),
            "date": offer.map(|o| today.plus_days(o.lead_time_days).map(|d| d.to_string())).transpose()?,
        }));
    }
    Ok(json!({"value": value}))
}
