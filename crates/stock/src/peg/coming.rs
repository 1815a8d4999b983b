//! What is short is expected from what is known to come.

use super::{Changes, Peg, PegKind, demand_of, held_pegs};
use crate::level::Key;
use crate::warehouse::{Warehouse, home};
use catalog::Product;
use kernel::{Context, Held, Origin, Ref, Result, Value};
use numbers::Decimal6;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A quantity of a product that a supply line, or an order, will bring.
#[derive(Clone, Debug)]
pub struct Expected {
    pub product: Ref<Product>,
    /// Where it comes to; the firm's first where empty.
    pub warehouse: Option<Ref<Warehouse>>,
    pub supply: Origin,
    pub quantity: Decimal6,
}

/// What is short for these demand lines is expected from a supply line from now on, up to its quantity.
///
/// # Errors
/// The database's.
pub fn promise(promised: &[(Expected, Vec<i64>)], cx: &mut Context) -> Result<()> {
    let demands: BTreeSet<i64> = promised.iter().flat_map(|(_, demands)| demands.iter().copied()).collect();
    let mut short: BTreeMap<(i64, i64), Vec<Waiting>> = BTreeMap::new();
    for (demand, pegs) in held_pegs(demands.into_iter(), cx)? {
        let pegs = pegs.into_iter().filter(|p| p.kind == PegKind::Short);
        short.insert(demand, pegs.map(Waiting::of).collect());
    }
    let mut changes = Changes::default();
    for (coming, demands) in promised {
        let mut left = coming.quantity;
        for demand in demands {
            for one in short.get_mut(&(*demand, coming.product.id())).into_iter().flatten() {
                one.expects(&coming.supply, &mut left, &mut changes)?;
            }
        }
    }
    short.into_values().flatten().for_each(|one| changes.set(one.peg, one.left));
    changes.write(cx)
}

/// Supplies are known: whoever is short of their products where they come expects it from there, the earliest due first, as
/// far as it is not promised already.
///
/// # Errors
/// The database's.
pub fn expect(coming: &[Expected], cx: &mut Context) -> Result<()> {
    expect_for(coming, &MadeFor::new(), cx)
}

/// What is made for one demand line and nobody else, by supply and product.
pub type MadeFor = HashMap<(i64, i64), Origin>;

/// As [`expect`], where some of the supplies are made for one demand line: only that one expects them.
///
/// # Errors
/// The database's.
pub fn expect_for(coming: &[Expected], made_for: &MadeFor, cx: &mut Context) -> Result<()> {
    let mut products: Vec<i64> = coming.iter().map(|one| one.product.id()).collect();
    products.sort_unstable();
    products.dedup();
    let mut promised: HashMap<(Origin, Key), Decimal6> = HashMap::new();
    let mut short: HashMap<Key, Vec<Waiting>> = HashMap::new();
    for chunk in products.chunks(500) {
        let condition =
            format!("company_id = ? AND kind <> 'stock' AND product_id {}", kernel::rows::among(chunk.len()));
        let params = std::iter::once(cx.actor.company).chain(chunk.iter().copied()).map(Value::Int);
        for peg in cx.hold_all::<Peg>(&condition, &params.collect::<Vec<_>>())? {
            match &peg.supply {
                Some(supply) => {
                    let sum = promised.entry((supply.clone(), peg.key())).or_default();
                    *sum = sum.plus(peg.quantity)?;
                }
                None => short.entry(peg.key()).or_default().push(Waiting::of(peg)),
            }
        }
    }
    short.values_mut().for_each(|waiting| waiting.sort_by_key(|one| (one.peg.due, one.peg.id)));
    let mut changes = Changes::default();
    for one in coming {
        let key = (one.product, one.warehouse.map_or_else(|| home(cx), Ok)?);
        let before = promised.get(&(one.supply.clone(), key)).copied().unwrap_or_default();
        let mut left = one.quantity.minus(before)?;
        let only = made_for.get(&(one.supply.id, one.product.id()));
        let own = |waiting: &&mut Waiting| only.is_none_or(|line| *line == waiting.peg.demand);
        for waiting in short.get_mut(&key).into_iter().flatten().filter(own) {
            waiting.expects(&one.supply, &mut left, &mut changes)?;
        }
    }
    short.into_values().flatten().for_each(|one| changes.set(one.peg, one.left));
    changes.write(cx)
}

/// What is short, and how much of it still is.
struct Waiting {
    peg: Held<Peg>,
    left: Decimal6,
}

impl Waiting {
    fn of(peg: Held<Peg>) -> Self {
        Self { left: peg.quantity, peg }
    }

    /// A part of it is expected from a supply.
    fn expects(&mut self, supply: &Origin, coming: &mut Decimal6, changes: &mut Changes) -> Result<()> {
        let taken = self.left.min(*coming);
        if taken.0 > 0 {
            (self.left, *coming) = (self.left.minus(taken)?, coming.minus(taken)?);
            let demand = demand_of(&self.peg, taken);
            changes.add(&demand, self.peg.warehouse, PegKind::Supply, Some(supply.clone()), taken);
        }
        Ok(())
    }
}
