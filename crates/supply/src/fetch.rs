//! What is short in a warehouse that another one supplies is fetched from there, as the plan would: what lies there at
//! once, the rest when it has come there.

use crate::accept::{create, run};
use crate::short::{Wanted, place};
use crate::warehouses::Warehouses;
use kernel::json::to_json;
use kernel::{Context, Entity, Error, Kind, Origin, Ref, Result, Value};
use numbers::{Date, Decimal6};
use purchasing::{Offer, best_offers};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, HashMap};
use stock::{Expected, TransferOrder, Warehouse, Within, arrival, free_of};

/// Orders what is wanted: from the warehouse that supplies the one where it is wanted, else from suppliers. Where a
/// supplier was named it comes from there.
pub(crate) fn get(wanted: Vec<Wanted>, cx: &mut Context) -> Result<Json> {
    let warehouses = Warehouses::read(cx.actor.company, cx.tx)?;
    let source = |one: &Wanted| warehouses.source(one.warehouse.id()).filter(|_| one.supplier.is_none());
    let (mut todo, mut buy, mut fetched) = (wanted, Vec::new(), Vec::new());
    // Each round is one warehouse further back; nobody supplies another in a circle.
    while !todo.is_empty() {
        let (fetch, own): (Vec<_>, Vec<_>) = todo.into_iter().partition(|one| source(one).is_some());
        buy.extend(own);
        todo = Vec::new();
        for (journey, pieces) in journeys(fetch, &warehouses, cx)? {
            let (id, missing) = transfer(journey, &pieces, cx)?;
            fetched.push(id);
            todo.extend(missing);
        }
    }
    let mut result = place(&buy, cx)?;
    if let Some(result) = result.as_object_mut() {
        result.insert("transfer_order_ids".into(), fetched.into());
    }
    Ok(result)
}

/// From where, to where, and when it leaves.
type Journey = (i64, i64, Date);

/// What goes on a journey for what is wanted, and whether it is still to come to where it leaves.
struct Piece {
    wanted: Wanted,
    missing: bool,
}

/// What goes together: what is free there at once, what is not when it has come.
fn journeys(
    wanted: Vec<Wanted>,
    warehouses: &Warehouses,
    cx: &mut Context,
) -> Result<BTreeMap<Journey, Vec<Piece>>> {
    let products: Vec<i64> = wanted.iter().map(|one| one.product.id()).collect();
    let mut there = There {
        offers: best_offers(&products, None, cx.today(), cx.actor.company, cx.tx)?,
        free: HashMap::new(),
        products,
    };
    let mut out: BTreeMap<Journey, Vec<Piece>> = BTreeMap::new();
    for one in wanted {
        let (product, to) = (one.product.id(), one.warehouse.id());
        let Some(from) = warehouses.source(to) else { continue };
        let free = there.free(product, from, cx)?;
        let now = (*free).max(Decimal6(0)).min(one.quantity);
        *free = free.minus(now)?;
        let rest = one.quantity.minus(now)?;
        if now.0 > 0 || rest.0 <= 0 {
            let piece = Piece {
                wanted: Wanted { quantity: now, demands: one.demands.clone(), ..one },
                missing: false,
            };
            out.entry((from, to, cx.today())).or_default().push(piece);
        }
        if rest.0 > 0 {
            let leaves = there.comes_on(product, from, rest, warehouses, cx)?;
            let piece = Piece { wanted: Wanted { quantity: rest, ..one }, missing: true };
            out.entry((from, to, leaves)).or_default().push(piece);
        }
    }
    Ok(out)
}

/// What warehouses have of some products, and who offers them.
struct There {
    products: Vec<i64>,
    offers: HashMap<i64, Offer>,
    free: HashMap<i64, HashMap<i64, Decimal6>>,
}

impl There {
    fn free(&mut self, product: i64, warehouse: i64, cx: &mut Context) -> Result<&mut Decimal6> {
        let of = match self.free.entry(warehouse) {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(new) => {
                let within = Within::Warehouse(Some(warehouse));
                new.insert(free_of(cx.tx, cx.actor.company, within, &self.products)?)
            }
        };
        Ok(of.entry(product).or_default())
    }

    /// When what a warehouse has not got can be there: fetched from the next one, or bought.
    fn comes_on(
        &mut self,
        product: i64,
        warehouse: i64,
        quantity: Decimal6,
        warehouses: &Warehouses,
        cx: &mut Context,
    ) -> Result<Date> {
        let today = cx.today();
        let Some(from) = warehouses.source(warehouse) else {
            let days = self.offers.get(&product).map_or(0, |offer| offer.lead_time_days);
            return Ok(today.plus_days(days)?);
        };
        let is_there = *self.free(product, from, cx)? >= quantity;
        let leaves = if is_there { today } else { self.comes_on(product, from, quantity, warehouses, cx)? };
        arrival((Ref::new(from), Ref::new(warehouse)), leaves, cx)
    }
}

/// A confirmed transfer order, expected by those it is for before anybody else; and what is to come to where it leaves.
fn transfer((from, to, leaves): Journey, pieces: &[Piece], cx: &mut Context) -> Result<(i64, Vec<Wanted>)> {
    let goods = |p: &Piece| {
        let quantity = to_json(Kind::Quantity, &Value::Int(p.wanted.quantity.0));
        json!({"product_id": p.wanted.product.id(), "quantity": quantity})
    };
    let body = json!({
        "from_warehouse_id": from, "to_warehouse_id": to, "ships_on": leaves.to_string(),
        "lines": pieces.iter().map(goods).collect::<Vec<_>>(),
    });
    let id = create(TransferOrder::NAME, body, cx)?;
    let order = cx.read(Ref::<TransferOrder>::new(id))?;
    let supply = Origin::new(TransferOrder::NAME, id);
    let promised: Vec<_> = pieces
        .iter()
        .map(|p| {
            let Wanted { product, quantity, .. } = p.wanted;
            let coming =
                Expected { product, warehouse: Some(Ref::new(to)), supply: supply.clone(), quantity };
            (coming, p.wanted.demands.clone())
        })
        .collect();
    stock::promise(&promised, cx)?;
    run(cx, TransferOrder::NAME, "confirm", id, json!({}))?;
    let name = cx.head(Ref::<Warehouse>::new(from))?.name;
    let arrives = order.arrives_on.map(|day| day.to_string()).unwrap_or_default();
    cx.effect("supply.fetched", vec![("warehouse", name), ("date", arrives)]);
    let mut missing = Vec::new();
    for (piece, line) in pieces.iter().zip(&order.lines) {
        if line.product != piece.wanted.product {
            return Err(Error::corrupt("a transfer order has other lines than were asked for"));
        }
        if piece.missing {
            let demands = vec![line.id];
            missing.push(Wanted { warehouse: Ref::new(from), demands, ..piece.wanted });
        }
    }
    Ok((id, missing))
}
