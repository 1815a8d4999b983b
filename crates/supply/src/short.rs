//! What nothing is known to bring, and the orders that will bring it.

use crate::fetch::get;
use crate::warehouses::Warehouses;
use catalog::Product;
use kernel::json::to_json;
use kernel::{Context, Entity, Error, Input, Kind, Origin, Reader, Ref, Refusal, Result, Value, refuse};
use numbers::{Date, Decimal6, Money};
use parties::Party;
use production::WorkOrderOperation;
use purchasing::{Offer, PurchaseOrder, best_offers};
use sales::SalesOrder;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, HashMap};
use stock::{Expected, Warehouse};

/// What is short over all orders: by product and warehouse, with who waits, since when it is needed, and the best offer.
pub(crate) fn short((): (), reader: &mut Reader) -> Result<Json> {
    reader.needs(&[
        ("SalesOrder", &["number", "customer_id"]),
        ("Peg", &["quantity", "due"]),
        ("Party", &["name"]),
        ("Product", &["code", "name"]),
        ("SupplierPrice", &["price", "minimum", "lead_time_days", "supplier_id"]),
    ])?;
    let (company, today) = (reader.actor.company, reader.today());
    let rows = reader.tx.query(
        "SELECT p.product_id, d.code, d.name, CAST(SUM(p.quantity) AS BIGINT), MIN(p.due), COUNT(DISTINCT p.document_id), p.warehouse_id
         FROM peg p JOIN product d ON d.id = p.product_id WHERE p.company_id = ? AND p.kind = 'short'
         GROUP BY p.product_id, d.code, d.name, p.warehouse_id ORDER BY MIN(p.due), d.name, p.warehouse_id",
        &[company.into()],
    )?;
    let warehouses = Warehouses::read(company, reader.tx)?;
    if warehouses.several() {
        reader.needs(&[("Warehouse", &["name"])])?;
    }
    let products: Vec<i64> = rows.iter().map(|r| r.int(0)).collect();
    let offers = best_offers(&products, None, today, company, reader.tx)?;
    let waiting = waiting(company, reader)?;
    let decimal = |n: i64| to_json(Kind::Decimal, &Value::Int(n));
    let mut value = Vec::with_capacity(rows.len());
    for r in &rows {
        // What is fetched from another warehouse is not bought here.
        let from = warehouses.source(r.int(6));
        let offer = offers.get(&r.int(0)).filter(|_| from.is_none());
        let quantity = offer.map_or(Decimal6(r.int(3)), |o| o.minimum.max(Decimal6(r.int(3))));
        let comes = offer.map(|o| today.plus_days(o.lead_time_days)).transpose()?;
        value.push(json!({
            "product_id": r.int(0), "code": r.text(1), "product": r.text(2), "short": decimal(r.int(3)),
            "needed_on": to_json(Kind::Date, r.get(4)), "orders": r.int(5), "waiting": waiting.get(&(r.int(0), r.int(6))),
            "warehouse_id": r.int(6), "warehouse": warehouses.name(r.int(6)),
            "from_warehouse_id": from, "from_warehouse": from.and_then(|from| warehouses.name(from)),
            "supplier_id": offer.map(|o| o.supplier.id()), "supplier": offer.map(|o| o.supplier_name.clone()),
            "price": offer.map(|o| decimal(o.price.0)), "buy": decimal(quantity.0),
            "amount": offer.map(|o| amount(o, quantity)).transpose()?,
            "lead_time_days": offer.map(|o| o.lead_time_days), "comes_on": comes.map(|d| d.to_string()),
            "late": comes.is_some_and(|d| r.get(4).as_int().is_some_and(|due| d.days() > due)),
        }));
    }
    Ok(json!({"value": value}))
}

fn amount(offer: &Offer, quantity: Decimal6) -> Result<Json> {
    let net = Money::from_decimal(offer.price.times(quantity)?)?;
    Ok(to_json(Kind::Money, &Value::Int(net.0)))
}

/// Who waits for each product in each warehouse.
fn waiting(company: i64, reader: &mut Reader) -> Result<HashMap<(i64, i64), Vec<Json>>> {
    let rows = reader.tx.query(
        "SELECT p.product_id, o.id, o.number, c.name, p.quantity, p.due, p.warehouse_id FROM peg p
         JOIN sales_order o ON o.id = p.document_id JOIN party c ON c.id = o.customer_id
         WHERE p.company_id = ? AND p.kind = 'short' ORDER BY p.due, p.id LIMIT 2000",
        &[company.into()],
    )?;
    let mut out: HashMap<(i64, i64), Vec<Json>> = HashMap::new();
    for r in &rows {
        out.entry((r.int(0), r.int(6))).or_default().push(json!({
            "order_id": r.int(1), "number": r.text(2), "customer": r.text(3),
            "quantity": to_json(Kind::Quantity, r.get(4)), "due": to_json(Kind::Date, r.get(5)),
        }));
    }
    Ok(out)
}

#[derive(Debug, Input)]
pub struct Buy {
    #[lines]
    pub lines: Vec<BuyLine>,
}

#[derive(Debug, Input)]
pub struct BuyLine {
    pub product: Ref<Product>,
    /// What is short, or the supplier's minimum, where empty.
    #[field(quantity)]
    pub quantity: Option<Decimal6>,
    /// The best offer's where empty, or the warehouse that supplies this one.
    pub supplier: Option<Ref<Party>>,
    /// Where it is short; the firm's first where empty.
    pub warehouse: Option<Ref<Warehouse>>,
}

/// Orders products, confirmed and pegged to who waits: at the best offers, one purchase order a supplier; where another
/// warehouse supplies the one in which they are short, and no supplier is named, from there.
pub(crate) fn buy(input: Buy, cx: &mut Context) -> Result<Json> {
    let products: Vec<i64> = input.lines.iter().map(|l| l.product.id()).collect();
    let demands =
        short_pegs(&format!("product_id {}", kernel::rows::among(products.len().max(1))), &products, cx)?;
    let mut wanted = Vec::new();
    for line in &input.lines {
        let warehouse = line.warehouse.map_or_else(|| stock::home(cx), Ok)?;
        let of_product: Vec<&ShortPeg> =
            demands.iter().filter(|d| d.is_of(line.product, warehouse)).collect();
        let short = Decimal6::sum(of_product.iter().map(|d| d.quantity))?;
        wanted.push(Wanted {
            product: line.product,
            quantity: line.quantity.unwrap_or(short),
            supplier: line.supplier,
            warehouse,
            exact: line.quantity.is_some(),
            due: None,
            demands: of_product.iter().map(|d| d.line).collect(),
            operation: None,
        });
    }
    get(wanted, cx)
}

/// Buys what this order waits for, or fetches it from the warehouse that supplies the one from which it is shipped.
pub(crate) fn buy_short(order: &mut SalesOrder, (): (), cx: &mut Context) -> Result<Json> {
    let demands = short_pegs("document_id = ?", &[order.id], cx)?;
    if demands.is_empty() {
        return Err(refuse("supply.nothing_short").into());
    }
    let mut by_product: BTreeMap<(i64, i64), Wanted> = BTreeMap::new();
    for demand in &demands {
        let key = (demand.product, demand.warehouse);
        let wanted = by_product.entry(key).or_insert_with(|| Wanted {
            product: Ref::new(demand.product),
            quantity: Decimal6(0),
            supplier: None,
            warehouse: Ref::new(demand.warehouse),
            exact: false,
            due: None,
            demands: Vec::new(),
            operation: None,
        });
        wanted.quantity = wanted.quantity.plus(demand.quantity)?;
        wanted.demands.push(demand.line);
    }
    get(by_product.into_values().collect(), cx)
}

pub(crate) struct ShortPeg {
    pub line: i64,
    pub product: i64,
    pub warehouse: i64,
    pub quantity: Decimal6,
}

impl ShortPeg {
    pub fn is_of(&self, product: Ref<Product>, warehouse: Ref<Warehouse>) -> bool {
        (self.product, self.warehouse) == (product.id(), warehouse.id())
    }
}

pub(crate) fn short_pegs(condition: &str, ids: &[i64], cx: &mut Context) -> Result<Vec<ShortPeg>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT demand_id, product_id, quantity, warehouse_id FROM peg WHERE company_id = ? AND kind = 'short' AND {condition} ORDER BY due, id"
    );
    let params: Vec<Value> =
        std::iter::once(cx.actor.company).chain(ids.iter().copied()).map(Value::Int).collect();
    let rows = cx.tx.query(&sql, &params)?;
    Ok(rows
        .iter()
        .map(|r| ShortPeg {
            line: r.int(0),
            product: r.int(1),
            warehouse: r.int(3),
            quantity: Decimal6(r.int(2)),
        })
        .collect())
}

#[derive(Clone)]
pub(crate) struct Wanted {
    pub product: Ref<Product>,
    pub quantity: Decimal6,
    pub supplier: Option<Ref<Party>>,
    /// Where it is to come.
    pub warehouse: Ref<Warehouse>,
    /// The quantity was typed: the supplier's minimum does not raise it.
    pub exact: bool,
    /// When it is to come; by the supplier's lead time where empty.
    pub due: Option<Date>,
    pub demands: Vec<i64>,
    /// The operation that is bought, where it is work.
    pub operation: Option<Ref<WorkOrderOperation>>,
}

/// One purchase order a supplier and warehouse, written by the commands that a person would use.
pub(crate) fn place(wanted: &[Wanted], cx: &mut Context) -> Result<Json> {
    let today = cx.today();
    let ids: Vec<i64> = wanted.iter().map(|w| w.product.id()).collect();
    let offers = best_offers(&ids, None, today, cx.actor.company, cx.tx)?;
    let mut orders: BTreeMap<(i64, i64), Vec<(&Wanted, Decimal6)>> = BTreeMap::new();
    let mut faults = Vec::new();
    for (i, one) in wanted.iter().enumerate() {
        let offer = offers.get(&one.product.id());
        let Some(supplier) = one.supplier.or(offer.map(|o| o.supplier)) else {
            let name = cx.read(one.product)?.name;
            faults
                .push(refuse("supply.no_offer").field(format!("lines/{i}/supplier_id")).arg("product", name));
            continue;
        };
        let minimum = offer.filter(|_| !one.exact).map_or(Decimal6(0), |o| o.minimum);
        let quantity = one.quantity.max(minimum);
        if quantity.0 <= 0 {
            faults.push(refuse("supply.quantity").field(format!("lines/{i}/quantity")));
        }
        orders.entry((supplier.id(), one.warehouse.id())).or_default().push((one, quantity));
    }
    Refusal::all(faults)?;
    let mut made = Vec::with_capacity(orders.len());
    for ((supplier, warehouse), lines) in orders {
        made.push(order((supplier, warehouse), &lines, today, cx)?);
    }
    Ok(json!({"purchase_order_ids": made}))
}

fn order(
    (supplier, warehouse): (i64, i64),
    lines: &[(&Wanted, Decimal6)],
    today: Date,
    cx: &mut Context,
) -> Result<i64> {
    // What names none comes to the first.
    let home = stock::home(cx)?.id();
    let warehouse = Some(warehouse).filter(|id| *id != home);
    let decimal = |d: Decimal6| to_json(Kind::Decimal, &Value::Int(d.0));
    let body = json!({
        "supplier_id": supplier, "ordered_on": today.to_string(), "warehouse_id": warehouse,
        "lines": lines.iter().map(|(w, q)| json!({"product_id": w.product.id(), "quantity": decimal(*q), "expected_on": w.due.map(|d| d.to_string()),
            "operation_id": w.operation.map(|o| o.id())})).collect::<Vec<_>>(),
    });
    let mut call = kernel::Call {
        entity: PurchaseOrder::NAME.into(),
        command: "create".into(),
        body: body.as_object().cloned().unwrap_or_default(),
        ..kernel::Call::default()
    };
    let (id, _) = cx.call(&call)?;
    call = kernel::Call { command: "confirm".into(), id: Some(id), body: serde_json::Map::new(), ..call };
    cx.call(&call)?;
    let order = cx.read(Ref::<PurchaseOrder>::new(id))?;
    let mut promised = Vec::with_capacity(lines.len());
    for ((wanted, quantity), line) in lines.iter().zip(&order.lines) {
        if line.product != wanted.product {
            return Err(Error::corrupt("a purchase order has other lines than were asked for"));
        }
        let (product, warehouse) = (wanted.product, Some(wanted.warehouse));
        let coming = Expected { product, warehouse, supply: Origin::of(line), quantity: *quantity };
        promised.push((coming, wanted.demands.clone()));
    }
    stock::promise(&promised, cx)?;
    cx.effect(
        "supply.bought",
        vec![
            ("amount", order.net.to_string()),
            ("date", order.expected_on.map(|d| d.to_string()).unwrap_or_default()),
        ],
    );
    Ok(id)
}
