//! What a work order, or the upkeep of a machine, takes out of stock and a work order brings into it. The caller posts the values in the same command.

use crate::level::Levels;
use crate::lot::{Coming, Lots, lot_fault, lots_of, of_lot, register};
use crate::movement::{Condition, MoveKind, Moving, Paper, apply};
use crate::{Location, peg, warehouse::warehouse_of};
use catalog::{Product, products};
use kernel::{Context, Origin, Ref, Refusal, Result, refuse};
use numbers::{Date, Decimal6, Money, allocate};

/// What goes into a work order for one of its lines, or is used up by something else that does not sell it.
#[derive(Clone, Debug)]
pub struct Issuing {
    pub line: Origin,
    pub product: Ref<Product>,
    /// Below zero for what comes back.
    pub quantity: Decimal6,
    /// The lots at the place that expire first where empty; where it comes back, the lot that was taken last.
    pub lot: Option<String>,
    /// The quantity is at standard potency: more goes of a weaker lot.
    pub by_potency: bool,
    /// Good, or what is on hold and made good again.
    pub condition: Condition,
    /// What it is worth where it comes back, with the sign of the quantity; the average where it goes.
    pub value: Option<Money>,
}

/// What has gone for a line: its cost, and how much of it in stock units.
#[derive(Clone, Copy, Debug, Default)]
pub struct Issued {
    pub cost: Money,
    pub quantity: Decimal6,
}

/// Takes goods out for a work order at their average cost, those held for its lines first. Answers what each line
/// has cost and how much really went, both below zero for what came back.
///
/// # Errors
/// `stock.not_enough`, `stock.in_future`, `ledger.locked`.
pub fn issue(
    order: &Origin,
    on: Date,
    location: Ref<Location>,
    lines: &[Issuing],
    cx: &mut Context,
) -> Result<Vec<Issued>> {
    not_in_future(on, cx)?;
    let warehouse = warehouse_of(location, cx)?;
    let mut levels = Levels::lock(lines.iter().map(|l| l.product), warehouse, cx)?;
    let (moving, of) = by_lot(lines, (location, on), &levels, cx)?;
    // What really goes of a line that is counted by potency is what was held for it.
    let mut going = Vec::with_capacity(lines.len());
    for (at, line) in lines.iter().enumerate() {
        if line.quantity.0 > 0 && line.condition == Condition::Good {
            let own = moving.iter().zip(&of).filter(|(_, of)| **of == at).map(|(m, _)| m.quantity);
            going.push((Some(line.line.clone()), line.product, Decimal6::sum(own)?.negated()?));
        }
    }
    peg::used(&mut levels, &going, cx)?;
    let paper = Paper { on, kind: MoveKind::Issue, document: order.clone() };
    let moved = apply(&paper, &moving, &mut levels, cx)?;
    for back in lines.iter().filter(|l| l.quantity.0 < 0 && l.condition == Condition::Good) {
        peg::arrived(&mut levels, (back.product, warehouse), None, back.quantity.negated()?, cx)?;
    }
    levels.write(cx)?;
    let mut issued = vec![Issued::default(); lines.len()];
    for ((moved, going), line) in moved.iter().zip(&moving).zip(of) {
        if let Some(sum) = issued.get_mut(line) {
            // What stayed behind where nothing is left goes with the last piece.
            sum.cost = sum.cost.minus(moved.value.minus(moved.left_over)?)?;
            sum.quantity = sum.quantity.minus(going.quantity)?;
        }
    }
    Ok(issued)
}

/// How much of what lies at a place would go on a day for so much of each product at standard potency: what expires first
/// first, and at standard what is not there.
///
/// # Errors
/// The database's.
pub fn of_standard(
    wanted: &[(Ref<Product>, Decimal6)],
    location: Ref<Location>,
    on: Date,
    cx: &mut Context,
) -> Result<Vec<Decimal6>> {
    let products = || wanted.iter().map(|(product, _)| *product);
    let levels = Levels::lock(products(), warehouse_of(location, cx)?, cx)?;
    let mut lots = Lots::read(products(), (location, on), &levels, cx)?;
    let mut out = Vec::with_capacity(wanted.len());
    for (product, standard) in wanted {
        let parts = lots.take_standard(*product, *standard, cx)?;
        out.push(Decimal6::sum(parts.into_iter().map(|(_, quantity)| quantity))?);
    }
    Ok(out)
}

/// What moves lot by lot, and of which line each move is.
fn by_lot(
    lines: &[Issuing],
    (location, on): (Ref<Location>, Date),
    levels: &Levels,
    cx: &mut Context,
) -> Result<(Vec<Moving>, Vec<usize>)> {
    let (mut moving, mut of) = (Vec::with_capacity(lines.len()), Vec::with_capacity(lines.len()));
    let going = || lines.iter().filter(|l| l.quantity.0 > 0);
    let open = going().filter(|l| l.lot.is_none()).map(|l| l.product);
    let mut lots = Lots::read(open, (location, on), levels, cx)?;
    let mut chosen = Vec::with_capacity(lines.len());
    for line in lines {
        let mut quantity = line.quantity;
        if let Some(lot) = line.lot.as_ref().filter(|_| line.quantity.0 > 0) {
            if line.condition == Condition::Good {
                Refusal::all(lot_fault(line.product, lot, (on, "lot"), cx)?.into_iter().collect())?;
            }
            if line.by_potency {
                quantity = of_lot(line.product, lot, line.quantity, cx)?;
            }
            lots.set_aside(line.product, lot, quantity)?;
        }
        chosen.push(quantity);
    }
    for (at, (line, quantity)) in lines.iter().zip(chosen).enumerate() {
        let parts = match &line.lot {
            Some(lot) => vec![(lot.clone(), quantity)],
            None if quantity.0 < 0 => vec![(last_lot(&line.line, cx)?, quantity)],
            None if line.by_potency => lots.take_standard(line.product, quantity, cx)?,
            None => lots.take(line.product, quantity)?,
        };
        for (lot, quantity) in parts {
            moving.push(Moving {
                lot,
                condition: line.condition,
                value: line.value.map(Money::negated).transpose()?,
                line: Some(line.line.clone()),
                ..Moving::new(line.product, location, quantity.negated()?)
            });
            of.push(at);
        }
    }
    Ok((moving, of))
}

/// The lot that a line has taken last.
fn last_lot(line: &Origin, cx: &mut Context) -> Result<String> {
    let row = cx.tx.first(
        "SELECT lot FROM stock_move WHERE line_id = ? AND kind = 'issue' AND quantity < 0 ORDER BY id DESC LIMIT 1",
        &[line.id.into()],
    )?;
    Ok(row.map(|r| r.text(0).to_owned()).unwrap_or_default())
}

/// What a work order has made.
#[derive(Clone, Debug)]
pub struct Made {
    /// The order itself for its product, the line of an output.
    pub line: Origin,
    pub product: Ref<Product>,
    pub quantity: Decimal6,
    pub value: Money,
    /// Numbered where it is empty and the product is tracked.
    pub lot: String,
    /// By the product's shelf life where empty.
    pub expires_on: Option<Date>,
}

/// Brings what a work order has made into stock at its value; who waits for that order holds it from now on, then whoever
/// is short. Answers the documents that were helped.
///
/// # Errors
/// `stock.in_future`, `ledger.locked`.
pub fn produce(
    order: &Origin,
    on: Date,
    location: Ref<Location>,
    made: Vec<Made>,
    cx: &mut Context,
) -> Result<Vec<Origin>> {
    not_in_future(on, cx)?;
    let warehouse = warehouse_of(location, cx)?;
    let made = in_lots(made, on, cx)?;
    let mut levels = Levels::lock(made.iter().map(|m| m.product), warehouse, cx)?;
    // Units that are numbered come by the piece, and serve who waits together.
    let mut came: Vec<(Ref<Product>, Decimal6)> = Vec::new();
    for one in &made {
        match came.iter_mut().find(|(product, _)| *product == one.product) {
            Some((_, sum)) => *sum = sum.plus(one.quantity)?,
            None => came.push((one.product, one.quantity)),
        }
    }
    let moving: Vec<Moving> = made
        .into_iter()
        .map(|m| Moving {
            lot: m.lot,
            value: Some(m.value),
            line: Some(m.line),
            ..Moving::new(m.product, location, m.quantity)
        })
        .collect();
    let paper = Paper { on, kind: MoveKind::Production, document: order.clone() };
    apply(&paper, &moving, &mut levels, cx)?;
    let mut helped = Vec::new();
    for (product, quantity) in came {
        helped.extend(peg::arrived(&mut levels, (product, warehouse), Some(order), quantity, cx)?);
    }
    levels.write(cx)?;
    helped.sort();
    helped.dedup();
    Ok(helped)
}

/// What was made, lot by lot, each with its share of the value; the lots are written down.
fn in_lots(made: Vec<Made>, on: Date, cx: &mut Context) -> Result<Vec<Made>> {
    let known = products(made.iter().map(|m| m.product), cx)?;
    let (mut out, mut coming) = (Vec::with_capacity(made.len()), Vec::new());
    for one in made {
        let Some(product) = known.get(&one.product.id()) else { continue };
        let lots = lots_of(product, &one.lot, one.quantity, (on, ""), cx)?;
        let weights: Vec<i64> = lots.iter().map(|(_, quantity)| quantity.0).collect();
        for ((lot, quantity), value) in lots.into_iter().zip(allocate(one.value, &weights)?) {
            coming.push(Coming {
                product: one.product,
                lot: lot.clone(),
                expires_on: one.expires_on,
                supplier_lot: None,
                potency_percent: None,
                blocked: false,
                at: String::new(),
            });
            out.push(Made { lot, quantity, value, line: one.line.clone(), ..one });
        }
    }
    let dated = register(&coming, on, true, cx)?;
    peg::dates_known(&dated, cx)?;
    Ok(out)
}

fn not_in_future(on: Date, cx: &Context) -> Result<()> {
    if on > cx.today() {
        return Err(refuse("stock.in_future").field("on").into());
    }
    Ok(())
}
