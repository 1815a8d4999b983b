//! Lots that come: from suppliers, from the workshop, from a count.

use super::{Lot, is_potency};
use catalog::{Product, TrackedBy, products};
use kernel::{Context, Held, Ref, Refusal, Result, Value, refuse};
use numbers::{Date, Decimal6};
use std::collections::BTreeMap;

/// A typed quantity is at most so many pieces with numbers of their own.
const MOST_PIECES: i64 = 1000;

/// A lot that comes.
#[derive(Clone, Debug)]
pub(crate) struct Coming {
    pub product: Ref<Product>,
    /// Empty where the product has no lots.
    pub lot: String,
    /// By the product's shelf life where empty.
    pub expires_on: Option<Date>,
    pub supplier_lot: Option<String>,
    pub potency_percent: Option<Decimal6>,
    /// It comes on hold, and may be past its date.
    pub blocked: bool,
    /// Before the names of its fields in a refusal.
    pub at: String,
}

/// The lots of a quantity that comes: as typed, numbered where the product is tracked and nothing was typed, piece by
/// piece where each has its own number.
pub(crate) fn lots_of(
    product: &Product,
    typed: &str,
    quantity: Decimal6,
    (on, at): (Date, &str),
    cx: &mut Context,
) -> Result<Vec<(String, Decimal6)>> {
    let typed = typed.trim().to_owned();
    if quantity.0 <= 0 || product.tracked_by == TrackedBy::Nothing {
        return Ok(vec![(typed, quantity)]);
    }
    if product.tracked_by == TrackedBy::Lot {
        let lot = if typed.is_empty() { numbered(on, cx)? } else { typed };
        return Ok(vec![(lot, quantity)]);
    }
    let fault = |code| refuse(code).field(format!("{at}quantity")).arg("product", &product.name);
    let pieces = quantity.0 / Decimal6::ONE.0;
    if quantity.0 % Decimal6::ONE.0 != 0 || (!typed.is_empty() && pieces != 1) {
        return Err(fault("stock.serial_one").into());
    }
    if pieces > MOST_PIECES {
        return Err(fault("stock.serial_many").arg("most", MOST_PIECES).into());
    }
    if !typed.is_empty() {
        return Ok(vec![(typed, quantity)]);
    }
    (0..pieces).map(|_| Ok((numbered(on, cx)?, Decimal6::ONE))).collect()
}

/// A number that no other lot has: the day, and an id.
fn numbered(on: Date, cx: &mut Context) -> Result<String> {
    let day: String = on.to_string().chars().skip(2).filter(|c| *c != '-').collect();
    Ok(format!("{day}-{}", cx.next_id()?))
}

/// Lots that are known are looked at, others are written down. Answers the products of lots that have got a date: what
/// is promised of them is to be looked at anew.
pub(crate) fn register(
    coming: &[Coming],
    on: Date,
    made: bool,
    cx: &mut Context,
) -> Result<Vec<Ref<Product>>> {
    let named: Vec<&Coming> = coming.iter().filter(|c| !c.lot.is_empty()).collect();
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let of = products(named.iter().map(|c| c.product), cx)?;
    let mut known = known(&named, cx)?;
    let mut fresh: BTreeMap<(i64, &str), Lot> = BTreeMap::new();
    let (mut faults, mut dated) = (Vec::new(), Vec::new());
    for one in named {
        let Some(product) = of.get(&one.product.id()) else { continue };
        let key = (one.product.id(), one.lot.as_str());
        let twice = product.tracked_by == TrackedBy::Serial
            && (fresh.contains_key(&key)
                || (known.contains_key(&(key.0, key.1.to_owned())) && is_here(one, cx)?));
        if twice {
            faults.push(refuse("stock.serial_twice").field(format!("{}lot", one.at)).arg("lot", &one.lot));
        }
        let shelf_life = product.shelf_life_days.map(|days| on.plus_days(days)).transpose()?;
        let lot = match known.get_mut(&(key.0, key.1.to_owned())) {
            Some(held) => &mut **held,
            None => fresh.entry(key).or_insert_with(|| Lot {
                id: 0,
                company: Ref::new(cx.actor.company),
                product: one.product,
                lot: one.lot.clone(),
                made_on: made.then_some(on),
                received_on: (!made).then_some(on),
                expires_on: one.expires_on.or(shelf_life),
                supplier_lot: None,
                potency_percent: None,
                hold_reason: None,
            }),
        };
        let undated = lot.id > 0 && lot.expires_on.is_none();
        faults.extend(agree(lot, one, on));
        if undated && lot.expires_on.is_some() {
            dated.push(one.product);
        }
    }
    Refusal::all(faults)?;
    let mut fresh: Vec<Lot> = fresh.into_values().collect();
    cx.insert_all(&mut fresh)?;
    known.into_values().try_for_each(|held| cx.save(held))?;
    Ok(dated)
}

/// Lots that were counted and are not written down get their records: of goods from before lots were records. Nothing is
/// known of them but their names.
pub(crate) fn remember(counted: &[(Ref<Product>, &str)], cx: &mut Context) -> Result<()> {
    let coming = |(product, lot): &(Ref<Product>, &str)| Coming {
        product: *product,
        lot: (*lot).to_owned(),
        expires_on: None,
        supplier_lot: None,
        potency_percent: None,
        blocked: false,
        at: String::new(),
    };
    let counted: Vec<Coming> = counted.iter().map(coming).collect();
    let written = known(&counted.iter().collect::<Vec<_>>(), cx)?;
    let mut fresh: BTreeMap<(i64, String), Lot> = BTreeMap::new();
    for one in counted {
        let key = (one.product.id(), one.lot);
        if written.contains_key(&key) {
            continue;
        }
        let lot = Lot {
            id: 0,
            company: Ref::new(cx.actor.company),
            product: one.product,
            lot: key.1.clone(),
            made_on: None,
            received_on: None,
            expires_on: None,
            supplier_lot: None,
            potency_percent: None,
            hold_reason: None,
        };
        fresh.insert(key, lot);
    }
    let mut fresh: Vec<Lot> = fresh.into_values().collect();
    cx.insert_all(&mut fresh)
}

/// Brings a lot up to what is said of it, or says what does not go together.
fn agree(lot: &mut Lot, one: &Coming, on: Date) -> Option<Refusal> {
    let fault = |code, field: &str| refuse(code).field(format!("{}{field}", one.at)).arg("lot", &one.lot);
    if let Some(typed) = one.expires_on {
        match lot.expires_on {
            Some(known) if known != typed => {
                return Some(fault("stock.lot_other_expiry", "expires_on").arg("day", known));
            }
            _ => lot.expires_on = Some(typed),
        }
    }
    if let Some(day) = lot.expires_on.filter(|day| *day < on && !one.blocked) {
        return Some(fault("stock.lot_expired", "expires_on").arg("day", day));
    }
    if lot.hold_reason.is_some() && !one.blocked {
        return Some(fault("stock.lot_held", "lot"));
    }
    if one.potency_percent.is_some_and(|p| !is_potency(p)) {
        return Some(fault("stock.potency", "potency_percent"));
    }
    lot.potency_percent = one.potency_percent.or(lot.potency_percent);
    let number = one.supplier_lot.as_ref().filter(|n| !n.trim().is_empty());
    if lot.supplier_lot.is_none() {
        lot.supplier_lot = number.cloned();
    }
    None
}

fn known(named: &[&Coming], cx: &mut Context) -> Result<BTreeMap<(i64, String), Held<Lot>>> {
    let mut out = BTreeMap::new();
    let wanted: std::collections::BTreeSet<(i64, &str)> =
        named.iter().map(|c| (c.product.id(), c.lot.as_str())).collect();
    let wanted: Vec<(i64, &str)> = wanted.into_iter().collect();
    for chunk in wanted.chunks(200) {
        let condition = vec!["(product_id = ? AND lot = ?)"; chunk.len()].join(" OR ");
        let mut params: Vec<Value> = vec![cx.actor.company.into()];
        for (product, lot) in chunk {
            params.extend([Value::Int(*product), Value::text(*lot)]);
        }
        for held in cx.hold_all::<Lot>(&format!("company_id = ? AND ({condition})"), &params)? {
            out.insert((held.product.id(), held.lot.clone()), held);
        }
    }
    Ok(out)
}

/// Whether something of the lot is in the house.
fn is_here(one: &Coming, cx: &mut Context) -> Result<bool> {
    let row = cx.tx.first(
        "SELECT 1 FROM stock_balance WHERE company_id = ? AND product_id = ? AND lot = ? AND on_hand > 0 LIMIT 1",
        &[cx.actor.company.into(), one.product.into(), one.lot.as_str().into()],
    )?;
    Ok(row.is_some())
}
