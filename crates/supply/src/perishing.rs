//! What does not keep for ever: shelf lives, and the lots that expire.

use crate::desk::{decimal, exact, money, served, stocked};
use crate::kept::Kept;
use crate::model::Records;
use kernel::{Result, Value};
use numbers::{Decimal6, Money, Rational};
use planning::message::Message;
use planning::model::Seconds;
use planning::net::{Demand, Supply};
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use store::Tx;

/// Tells the model how long each item keeps, and until when what is on hand of it is usable where it lies. A shelf life counts from the
/// instant at which something is there, so it ends a part of a day before the date of expiry: never too late.
pub(crate) fn keep(records: &mut Records, company: i64, tx: &mut Tx) -> Result<()> {
    let rows = tx.query(
        "SELECT id, shelf_life_days FROM product WHERE shelf_life_days IS NOT NULL AND kind = 'goods'",
        &[],
    )?;
    let shelf: HashMap<i64, i64> = rows.iter().map(|r| (r.int(0), r.int(1))).collect();
    for (product, item) in records.products.iter().zip(&mut records.model.items) {
        let days = shelf.get(&product.id).and_then(|days| u32::try_from(*days).ok());
        item.shelf_days = days.filter(|days| *days > 0);
    }
    let rows = tx.query(
        "SELECT b.product_id, l.expires_on, CAST(SUM(b.on_hand) AS BIGINT),
                CASE WHEN EXISTS (SELECT 1 FROM bill_line n JOIN bill p ON p.id = n.parent_id
                    WHERE n.product_id = b.product_id AND n.by_potency = 1 AND p.archived = 0 AND p.company_id = l.company_id)
                THEN l.potency_percent END AS potency, p.parent_id
         FROM lot l JOIN stock_balance b
            ON b.company_id = l.company_id AND b.product_id = l.product_id AND b.lot = l.lot
         JOIN location p ON p.id = b.location_id
         WHERE l.company_id = ? AND (l.expires_on IS NOT NULL OR l.potency_percent IS NOT NULL)
            AND b.condition = 'good' AND b.owner_id = 0 AND b.on_hand > 0
         GROUP BY b.product_id, p.parent_id, l.company_id, l.expires_on, l.potency_percent
         ORDER BY b.product_id, p.parent_id, l.expires_on",
        &[Value::Int(company)],
    )?;
    let hundred = Rational::from(100);
    for r in &rows {
        let Some(place) = records.place_in(r.int(0), r.get(4).as_int()) else { continue };
        // It is usable to the end of its last day.
        let until = r.get(1).as_int().map(|day| records.at(day + 1));
        let item = &mut records.model.items[place];
        let mut qty = Rational::from(Decimal6(r.int(2))).at_most(&item.keeps());
        if let Some(percent) = r.get(3).as_int() {
            // What is taken by what works in it counts by that.
            let worth = &qty * &Rational::from(Decimal6(percent)).over(&hundred)?;
            item.on_hand = &(&item.on_hand - &qty) + &worth;
            qty = worth;
        }
        match until {
            None => {}
            // Nobody has blocked it yet.
            Some(until) if until <= 0 => item.on_hand = (&item.on_hand - &qty).at_least(&Rational::ZERO),
            Some(until) => item.expiring.push((qty, until)),
        }
    }
    Ok(())
}

/// What expires before it is used, with what it is worth; what was to be served by it.
pub(crate) fn expires(kept: &Kept, message: &Message) -> Result<Option<(i64, Json)>> {
    let Message::Expires { item, supply, qty, at, meant_for } = message else { return Ok(None) };
    let item = *item as usize;
    let product = &kept.records.products[item];
    let quantity = stocked(qty)?;
    let worth = worth(kept, item, quantity);
    let orders: Vec<u32> = match meant_for {
        Some(Demand::Order(order)) => vec![*order],
        Some(Demand::Lot(lot)) => kept.plan.pegging.of_lot(*lot).iter().map(|share| share.order).collect(),
        None => Vec::new(),
    };
    let (stake, orders) = served(kept, &orders)?;
    let document = match supply {
        Supply::Receipt(n) => {
            let one = &kept.records.supplies[*n as usize];
            Some(json!({"entity": one.document_entity, "id": one.document, "number": one.number}))
        }
        _ => None,
    };
    let planned = matches!(supply, Supply::Lot(_) | Supply::Beside(_));
    let row = json!({
        "kind": "expires", "product_id": product.id, "code": product.code, "product": product.name,
        "quantity": decimal(quantity), "due_on": last_day(kept, *at)?, "document": document, "planned": planned,
        "amount": money(worth), "orders": orders, "at_stake": money(Money(stake)),
    });
    Ok(Some((stake.saturating_add(worth.0), row)))
}

/// What it is worth by the item's cost, in cents.
fn worth(kept: &Kept, item: usize, quantity: Decimal6) -> Money {
    let cents = kept.records.model.items[item].cost * quantity.0 as f64 / 1e6 * 100.0;
    Money(cents.round() as i64)
}

/// The last day on which what is usable until then may be used.
fn last_day(kept: &Kept, until: Seconds) -> Result<String> {
    Ok(kept.day(until - 1)?.to_string())
}

/// What of an item expires on which day, as the plan has it on hand.
pub(crate) fn on_hand(kept: &Kept, item: usize) -> Result<Vec<Json>> {
    let parts = kept.records.model.items[item].expiring.iter();
    parts
        .map(|(qty, until)| Ok(json!({"quantity": exact(qty), "expires_on": last_day(kept, *until)?})))
        .collect()
}
