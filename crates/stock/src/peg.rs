//! Reservation is pegging: each open quantity of a demand is held from stock, expected from a supply, or short.
//! The pegs of a demand add up to the demand.

mod coming;
mod keeping;

pub use coming::{Expected, MadeFor, expect, expect_for, promise};
pub use keeping::Keeping;
pub(crate) use keeping::{another_date, dates_known, free_least_urgent, free_what_expires};

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
    let today = cx.today();
    let last = demands.iter().map(|d| d.due).max().unwrap_or(today).max(today);
    let mut keeping = Keeping::of(keys.iter().copied(), Some(last), &levels, cx)?;
    let mut changes = Changes::default();
    let mut out = Vec::with_capacity(demands.len());
    for (demand, key) in demands.iter().zip(keys) {
        let pegs = known.remove(&(demand.line.id, demand.product.id())).unwrap_or_default();
        let (pegs, elsewhere) = pegs.into_iter().partition(|peg| peg.warehouse == key.1);
        give_up(elsewhere, &mut levels, &mut changes, cx)?;
        let kept = kept.get(&(key.0.id(), key.1.id())).copied().unwrap_or_default();
        let mut there = There { levels: &mut levels, keeping: &mut keeping, kept, today };
        out.push(cover(demand, key, pegs, &mut there, &mut changes)?);
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
    fn set(&mut self, peg: Held<Peg>, quantity: Decimal6) {
        self.set_for(peg.due, peg, quantity);
    }

    fn set_for(&mut self, due: Date, mut peg: Held<Peg>, quantity: Decimal6) {
        if quantity.0 == 0 {
            self.gone.push(peg);
        } else if peg.quantity != quantity || peg.due != due {
            (peg.quantity, peg.due) = (quantity, due);
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

/// What there is of a product, and how much of it is kept for others.
struct There<'a> {
    levels: &'a mut Levels,
    keeping: &'a mut Keeping,
    kept: Decimal6,
    today: Date,
}

impl There<'_> {
    /// So much more is held for a day; less where it is below zero.
    fn hold(&mut self, key: Key, due: Date, quantity: Decimal6) -> Result<()> {
        let level = self.levels.of(key)?;
        level.pegged = level.pegged.plus(quantity)?;
        self.keeping.hold(key.0.id(), key.1.id(), due, quantity)
    }

    /// What is free and may still be used on a day.
    fn free(&mut self, key: Key, due: Date) -> Result<Decimal6> {
        // What is overdue goes today at the earliest.
        let lost = self.keeping.lost(key.0.id(), key.1.id(), due.max(self.today))?;
        Ok(self.levels.of(key)?.free()?.minus(lost)?.max(Decimal6(0)))
    }
}

fn cover(
    demand: &Demand,
    key: Key,
    pegs: Vec<Held<Peg>>,
    there: &mut There,
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
    if let Some(peg) = &stock {
        there.hold(key, peg.due, peg.quantity.negated()?)?;
    }
    let free = there.free(key, demand.due)?;
    let held = stock.as_ref().map_or(Decimal6(0), |p| p.quantity).min(left).min(free);
    left = left.minus(held)?;
    for peg in supply {
        let quantity = peg.quantity.min(left);
        left = left.minus(quantity)?;
        covered.supply = covered.supply.plus(quantity)?;
        changes.set_for(demand.due, peg, quantity);
    }
    let more = free.minus(held)?.minus(there.kept)?.max(Decimal6(0)).min(left);
    left = left.minus(more)?;
    covered.stock = held.plus(more)?;
    there.hold(key, demand.due, covered.stock)?;
    match stock {
        Some(peg) => changes.set_for(demand.due, peg, covered.stock),
        None => changes.add(demand, key.1, PegKind::Stock, None, covered.stock),
    }
    covered.short = left;
    let mut short = short.into_iter();
    match short.next() {
        Some(peg) => changes.set_for(demand.due, peg, left),
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
    let today = cx.today();
    let last = waiting.iter().map(|p| p.due).max().unwrap_or(today).max(today);
    let mut keeping = Keeping::of(std::iter::once(key), Some(last), levels, cx)?;
    let mut there = There { levels, keeping: &mut keeping, kept: Decimal6(0), today };
    let mut left = quantity.min(there.levels.of(key)?.free()?);
    // Those who expected it, then whoever is short.
    let (expecting, short): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|p| p.kind == PegKind::Supply);
    let mut in_vain = Vec::new();
    for peg in expecting {
        let taken = give(&peg, key, &mut left, &mut there, &mut more)?;
        in_vain.push((peg.quantity.minus(taken)?, peg));
    }
    // What has come for them and will have expired on their day is expected no more.
    let mut spoiled = if keeping.is_empty() { Decimal6(0) } else { left };
    for (rest, peg) in in_vain.into_iter().rev() {
        let lost = rest.min(spoiled);
        if lost.0 > 0 {
            spoiled = spoiled.minus(lost)?;
            cx.emit("stock.Unpegged", peg.demand.clone(), vec![peg.document.clone()])?;
            changes.add(&demand_of(&peg, lost), warehouse, PegKind::Short, None, lost);
        }
        changes.set(peg, rest.minus(lost)?);
    }
    let mut there = There { levels, keeping: &mut keeping, kept: Decimal6(0), today };
    for peg in short {
        let rest = peg.quantity.minus(give(&peg, key, &mut left, &mut there, &mut more)?)?;
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

/// Gives what is left of what has come to somebody who waits, as far as it is usable when they want it.
fn give(
    peg: &Peg,
    key: Key,
    left: &mut Decimal6,
    there: &mut There,
    more: &mut BTreeMap<i64, (Demand, Decimal6)>,
) -> Result<Decimal6> {
    let taken = peg.quantity.min(*left).min(there.free(key, peg.due)?);
    if taken.0 <= 0 {
        return Ok(Decimal6(0));
    }
    *left = left.minus(taken)?;
    there.hold(key, peg.due, taken)?;
    let demand = more.entry(peg.demand.id).or_insert_with(|| (demand_of(peg, taken), Decimal6(0)));
    demand.1 = demand.1.plus(taken)?;
    Ok(taken)
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

/// What is pegged for these demand lines is wanted on another day; what will not keep until then is short again.
pub(crate) fn wanted_on(lines: impl Iterator<Item = i64>, due: Date, cx: &mut Context) -> Result<()> {
    let mut keys = BTreeSet::new();
    for mut peg in held_pegs(lines, cx)?.into_values().flatten() {
        keys.insert((peg.product.id(), peg.warehouse.id()));
        peg.due = due;
        cx.save(peg)?;
    }
    let keys: Vec<Key> = keys.into_iter().map(|(p, w)| (Ref::new(p), Ref::new(w))).collect();
    let mut levels = Levels::lock_all(keys.iter().copied(), cx)?;
    free_what_expires(&mut levels, &keys, cx)?;
    levels.write(cx)
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
