//! Reservation is pegging: each open quantity of a demand is held from stock, expected from a supply, or short.
//! The pegs of a demand add up to the demand.

mod coming;

pub use coming::{Expected, MadeFor, expect, expect_for, promise};

use crate::level::{Key, Levels};
use crate::warehouse::{Warehouse, home};
use access::Company;
use catalog::Product;
use kernel::{Choice, Context, Entity, Held, Origin, Ref, Result, Value};
use numbers::{Date, Decimal6};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Where a quantity that somebody needs will come from.
#[derive(Clone, Debug, Entity)]
#[entity(
    list = "due,kind,product_id,quantity,document_id",
    title = "kind",
    index = "demand_id;supply_id;company_id,product_id,due"
)]
pub struct Peg {
    pub id: i64,
    pub company: Ref<Company>,
    pub product: Ref<Product>,
    /// Where it is needed.
    pub warehouse: Ref<Warehouse>,
    /// The line that needs it.
    pub demand: Origin,
    /// The document of that line, whose case is told of changes.
    pub document: Origin,
    pub due: Date,
    pub kind: PegKind,
    /// The line that will bring it.
    pub supply: Option<Origin>,
    /// In the product's stock unit.
    #[field(quantity)]
    pub quantity: Decimal6,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum PegKind {
    /// Held firmly: on hand and promised.
    Stock,
    /// On its way.
    Supply,
    /// Nothing is known to bring it.
    Short,
}

/// What a line needs.
#[derive(Clone, Debug)]
pub struct Demand {
    pub line: Origin,
    pub document: Origin,
    pub product: Ref<Product>,
    /// Where it is needed; in the firm's first warehouse where empty.
    pub warehouse: Option<Ref<Warehouse>>,
    /// Still to be delivered, in the product's stock unit.
    pub quantity: Decimal6,
    pub due: Date,
}

/// How a demand is covered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pegged {
    pub stock: Decimal6,
    pub supply: Decimal6,
    pub short: Decimal6,
}

/// Pegs by the line that they are for and the product: a line with a kit waits for each of its parts.
type OfLines = BTreeMap<(i64, i64), Vec<Held<Peg>>>;

fn held_pegs(lines: impl Iterator<Item = i64>, cx: &mut Context) -> Result<OfLines> {
    let mut out = OfLines::new();
    let lines: BTreeSet<i64> = lines.collect();
    let lines: Vec<Value> = lines.into_iter().map(Value::Int).collect();
    for chunk in lines.chunks(500) {
        let condition = format!("demand_id {}", kernel::rows::among(chunk.len()));
        for peg in cx.hold_all::<Peg>(&condition, chunk)? {
            out.entry((peg.demand.id, peg.product.id())).or_default().push(peg);
        }
    }
    Ok(out)
}

/// Brings the pegs of these demands up to date: what is free on hand is held, what is on its way stays expected,
/// the rest is short. Less than before gives up what is short first, then what is expected, then what is held.
///
/// `first` for lines that have no pegs yet, so that none are looked for.
///
/// # Errors
/// The database's.
pub fn reserve(demands: &[Demand], first: bool, cx: &mut Context) -> Result<Vec<Pegged>> {
    reserve_beside(demands, &HashMap::new(), first, cx)
}

/// What is kept for others of what is free, by product and warehouse.
pub type KeptFree = HashMap<(i64, i64), Decimal6>;

/// As [`reserve`], where of some products so much of what is free is kept for others.
///
/// # Errors
/// The database's.
pub fn reserve_beside(
    demands: &[Demand],
    kept: &KeptFree,
    first: bool,
    cx: &mut Context,
) -> Result<Vec<Pegged>> {
    if demands.is_empty() {
        return Ok(Vec::new());
    }
    let mut keys: Vec<Key> = Vec::with_capacity(demands.len());
    for demand in demands {
        let warehouse = demand.warehouse.map_or_else(|| home(cx), Ok)?;
        keys.push((demand.product, warehouse));
    }
    let mut levels = Levels::lock_all(keys.iter().copied(), cx)?;
    let mut known = if first { BTreeMap::new() } else { held_pegs(demands.iter().map(|d| d.line.id), cx)? };
    let mut changes = Changes::default();
    let mut out = Vec::with_capacity(demands.len());
    for (demand, key) in demands.iter().zip(keys) {
        let pegs = known.remove(&(demand.line.id, demand.product.id())).unwrap_or_default();
        let (pegs, elsewhere) = pegs.into_iter().partition(|peg| peg.warehouse == key.1);
        give_up(elsewhere, &mut levels, &mut changes, cx)?;
        let kept = kept.get(&(key.0.id(), key.1.id())).copied().unwrap_or_default();
        out.push(cover(demand, key, kept, pegs, &mut levels, &mut changes)?);
    }
    changes.write(cx)?;
    levels.write(cx)?;
    Ok(out)
}

/// What was pegged for a demand in another warehouse than it is wanted in now.
fn give_up(pegs: Vec<Held<Peg>>, levels: &mut Levels, changes: &mut Changes, cx: &mut Context) -> Result<()> {
    for peg in pegs {
        if peg.kind == PegKind::Stock {
            levels.lock_more([peg.key()], cx)?;
            let level = levels.of(peg.key())?;
            level.pegged = level.pegged.minus(peg.quantity)?;
        }
        changes.set(peg, Decimal6(0));
    }
    Ok(())
}

/// Changes of pegs, written together.
#[derive(Default)]
struct Changes {
    changed: Vec<Held<Peg>>,
    gone: Vec<Held<Peg>>,
    fresh: Vec<Peg>,
}

impl Changes {
    fn set(&mut self, mut peg: Held<Peg>, quantity: Decimal6) {
        if quantity.0 == 0 {
            self.gone.push(peg);
        } else if peg.quantity != quantity {
            peg.quantity = quantity;
            self.changed.push(peg);
        }
    }

    fn add(
        &mut self,
        demand: &Demand,
        warehouse: Ref<Warehouse>,
        kind: PegKind,
        supply: Option<Origin>,
        quantity: Decimal6,
    ) {
        if quantity.0 > 0 {
            self.fresh.push(Peg {
                id: 0,
                // Known to the writer only.
                company: Ref::new(0),
                product: demand.product,
                warehouse,
                demand: demand.line.clone(),
                document: demand.document.clone(),
                due: demand.due,
                kind,
                supply,
                quantity,
            });
        }
    }

    fn write(mut self, cx: &mut Context) -> Result<()> {
        let company = cx.actor.company;
        self.fresh.iter_mut().for_each(|p| p.company = Ref::new(company));
        cx.delete_all(self.gone)?;
        self.changed.into_iter().try_for_each(|peg| cx.save(peg))?;
        cx.insert_all(&mut self.fresh)
    }
}

fn cover(
    demand: &Demand,
    key: Key,
    kept: Decimal6,
    pegs: Vec<Held<Peg>>,
    levels: &mut Levels,
    changes: &mut Changes,
) -> Result<Pegged> {
    let mut left = demand.quantity.max(Decimal6(0));
    let mut covered = Pegged::default();
    let (mut stock, mut supply, mut short) = (None, Vec::new(), Vec::new());
    for peg in pegs {
        match peg.kind {
            PegKind::Stock => stock = Some(peg),
            PegKind::Supply => supply.push(peg),
            PegKind::Short => short.push(peg),
        }
    }
    // Held first, then expected; what is not covered so far is taken from what is free.
    let level = levels.of(key)?;
    let held = stock.as_ref().map_or(Decimal6(0), |p| p.quantity).min(left);
    level.pegged = level.pegged.minus(stock.as_ref().map_or(Decimal6(0), |p| p.quantity))?.plus(held)?;
    left = left.minus(held)?;
    for peg in supply {
        let quantity = peg.quantity.min(left);
        left = left.minus(quantity)?;
        covered.supply = covered.supply.plus(quantity)?;
        changes.set(peg, quantity);
    }
    let more = level.free()?.minus(kept)?.max(Decimal6(0)).min(left);
    level.pegged = level.pegged.plus(more)?;
    left = left.minus(more)?;
    covered.stock = held.plus(more)?;
    match stock {
        Some(peg) => changes.set(peg, covered.stock),
        None => changes.add(demand, key.1, PegKind::Stock, None, covered.stock),
    }
    covered.short = left;
    let mut short = short.into_iter();
    match short.next() {
        Some(peg) => changes.set(peg, left),
        None => changes.add(demand, key.1, PegKind::Short, None, left),
    }
    short.for_each(|peg| changes.set(peg, Decimal6(0)));
    Ok(covered)
}

/// Gives up what was pegged for these lines.
///
/// # Errors
/// The database's.
pub fn release(lines: &[Origin], cx: &mut Context) -> Result<()> {
    let known = held_pegs(lines.iter().map(|l| l.id), cx)?;
    let pegs: Vec<Held<Peg>> = known.into_values().flatten().collect();
    let held = |p: &&Held<Peg>| p.kind == PegKind::Stock;
    let mut levels = Levels::lock_all(pegs.iter().filter(held).map(|p| p.key()), cx)?;
    for peg in pegs.iter().filter(held) {
        let level = levels.of(peg.key())?;
        level.pegged = level.pegged.minus(peg.quantity)?;
    }
    cx.delete_all(pegs)?;
    levels.write(cx)
}

fn demand_of(peg: &Peg, quantity: Decimal6) -> Demand {
    Demand {
        line: peg.demand.clone(),
        document: peg.document.clone(),
        product: peg.product,
        warehouse: Some(peg.warehouse),
        quantity,
        due: peg.due,
    }
}

impl Peg {
    fn key(&self) -> Key {
        (self.product, self.warehouse)
    }
}

/// Goods of a supply line are here: who waits for them there holds them from now on, then whoever is short, the earliest
/// due first. Answers the documents that were helped.
pub(crate) fn arrived(
    levels: &mut Levels,
    (product, warehouse): Key,
    supply: Option<&Origin>,
    quantity: Decimal6,
    cx: &mut Context,
) -> Result<Vec<Origin>> {
    let all = cx.hold_all::<Peg>(
        "company_id = ? AND product_id = ? AND warehouse_id = ?",
        &[cx.actor.company.into(), product.into(), warehouse.into()],
    )?;
    let (held, mut waiting): (Vec<_>, Vec<_>) = all.into_iter().partition(|p| p.kind == PegKind::Stock);
    waiting.retain(|p| p.kind == PegKind::Short || p.supply.as_ref() == supply);
    waiting.sort_by_key(|p| (p.kind != PegKind::Supply, p.due, p.id));
    let mut held: BTreeMap<i64, Held<Peg>> = held.into_iter().map(|p| (p.demand.id, p)).collect();
    let mut more: BTreeMap<i64, (Demand, Decimal6)> = BTreeMap::new();
    let mut changes = Changes::default();
    let key = (product, warehouse);
    let mut left = quantity.min(levels.of(key)?.free()?);
    for peg in waiting {
        let taken = peg.quantity.min(left);
        if taken.0 <= 0 {
            break;
        }
        left = left.minus(taken)?;
        let level = levels.of(key)?;
        level.pegged = level.pegged.plus(taken)?;
        let demand = more.entry(peg.demand.id).or_insert_with(|| (demand_of(&peg, taken), Decimal6(0)));
        demand.1 = demand.1.plus(taken)?;
        let rest = peg.quantity.minus(taken)?;
        changes.set(peg, rest);
    }
    let mut helped = Vec::with_capacity(more.len());
    for (line, (demand, quantity)) in more {
        match held.remove(&line) {
            Some(peg) => {
                let quantity = peg.quantity.plus(quantity)?;
                changes.set(peg, quantity);
            }
            None => changes.add(&demand, warehouse, PegKind::Stock, None, quantity),
        }
        helped.push(demand.document);
    }
    changes.write(cx)?;
    helped.sort();
    helped.dedup();
    Ok(helped)
}

/// Goods leave for these lines: what was held for them is used up, and no more than that is taken from others.
pub(crate) fn used(
    levels: &mut Levels,
    leaving: &[(Option<Origin>, Ref<Product>, Decimal6)],
    cx: &mut Context,
) -> Result<()> {
    let mut known = held_pegs(leaving.iter().filter_map(|(l, ..)| l.as_ref().map(|l| l.id)), cx)?;
    // What was held in another warehouse is free there again.
    let held = known.values().flatten().filter(|peg| peg.kind == PegKind::Stock);
    levels.lock_more(held.map(|peg| peg.key()).collect::<Vec<_>>(), cx)?;
    let mut changes = Changes::default();
    for (line, product, quantity) in leaving {
        let mut left = *quantity;
        let mut pegs = line.as_ref().and_then(|l| known.remove(&(l.id, product.id()))).unwrap_or_default();
        pegs.sort_by_key(|p| (p.kind != PegKind::Stock, p.kind != PegKind::Short, p.id));
        for peg in pegs {
            let taken = peg.quantity.min(left);
            left = left.minus(taken)?;
            if peg.kind == PegKind::Stock {
                let level = levels.of(peg.key())?;
                level.pegged = level.pegged.minus(taken)?;
            }
            let rest = peg.quantity.minus(taken)?;
            changes.set(peg, rest);
        }
    }
    changes.write(cx)
}

/// After a loss, more may be promised than there is: the least urgent promises become short again, and their cases
/// are told.
pub(crate) fn free_least_urgent(levels: &mut Levels, key: Key, cx: &mut Context) -> Result<()> {
    let (product, warehouse) = key;
    let mut missing = Decimal6(-levels.of(key)?.free()?.0);
    if missing.0 <= 0 {
        return Ok(());
    }
    let mut pegs = cx.hold_all::<Peg>(
        "company_id = ? AND product_id = ? AND warehouse_id = ? AND kind = 'stock'",
        &[cx.actor.company.into(), product.into(), warehouse.into()],
    )?;
    pegs.sort_by_key(|p| std::cmp::Reverse((p.due, p.id)));
    let mut changes = Changes::default();
    for peg in pegs {
        let taken = peg.quantity.min(missing);
        if taken.0 <= 0 {
            break;
        }
        missing = missing.minus(taken)?;
        let level = levels.of(key)?;
        level.pegged = level.pegged.minus(taken)?;
        cx.emit("stock.Unpegged", peg.demand.clone(), vec![peg.document.clone()])?;
        changes.add(&demand_of(&peg, taken), warehouse, PegKind::Short, None, taken);
        let rest = peg.quantity.minus(taken)?;
        changes.set(peg, rest);
    }
    changes.write(cx)
}

/// What is pegged for these demand lines is wanted on another day.
pub(crate) fn wanted_on(lines: impl Iterator<Item = i64>, due: Date, cx: &mut Context) -> Result<()> {
    for mut peg in held_pegs(lines, cx)?.into_values().flatten() {
        peg.due = due;
        cx.save(peg)?;
    }
    Ok(())
}

/// A supply will not come: who waits for these supply lines is short again, and told.
///
/// # Errors
/// The database's.
pub fn supply_lost(supply_lines: &[i64], cx: &mut Context) -> Result<()> {
    let ids: Vec<Value> = supply_lines.iter().map(|l| Value::Int(*l)).collect();
    for chunk in ids.chunks(500) {
        let pegs = cx.hold_all::<Peg>(&format!("supply_id {}", kernel::rows::among(chunk.len())), chunk)?;
        for mut peg in pegs {
            peg.kind = PegKind::Short;
            peg.supply = None;
            cx.emit("stock.Unpegged", peg.demand.clone(), vec![peg.document.clone()])?;
            cx.save(peg)?;
        }
    }
    Ok(())
}
