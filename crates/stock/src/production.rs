//! What a work order, or the upkeep of a machine, takes out of stock and a work order brings into it. The caller posts the values in the same command.

use crate::level::Levels;
use crate::movement::{MoveKind, Moving, Paper, apply};
use crate::{Location, peg};
use catalog::Product;
use kernel::{Context, Origin, Ref, Result, Value, refuse};
use numbers::{Date, Decimal6, Money};
use std::collections::{HashMap, VecDeque};

/// What goes into a work order for one of its lines, or is used up by something else that does not sell it.
#[derive(Clone, Debug)]
pub struct Issuing {
    pub line: Origin,
    pub product: Ref<Product>,
    /// Below zero for what comes back.
    pub quantity: Decimal6,
    /// The oldest lots at the place where empty; where it comes back, the lot that was taken last.
    pub lot: Option<String>,
    /// What it is worth where it comes back, with the sign of the quantity; the average where it goes.
    pub value: Option<Money>,
}

/// Takes goods out for a work order at their average cost, those held for its lines first. Answers what each line
/// has cost, below zero for what came back.
///
/// # Errors
/// `stock.not_enough`, `stock.in_future`, `ledger.locked`.
pub fn issue(
    order: &Origin,
    on: Date,
    location: Ref<Location>,
    lines: &[Issuing],
    cx: &mut Context,
) -> Result<Vec<Money>> {
    not_in_future(on, cx)?;
    let mut levels = Levels::lock(lines.iter().map(|l| l.product), cx)?;
    let going: Vec<_> = lines
        .iter()
        .filter(|l| l.quantity.0 > 0)
        .map(|l| (Some(l.line.clone()), l.product, l.quantity))
        .collect();
    peg::used(&mut levels, &going, cx)?;
    let (moving, of) = by_lot(lines, location, cx)?;
    let paper = Paper { on, kind: MoveKind::Issue, document: order.clone() };
    let moved = apply(&paper, &moving, &mut levels, cx)?;
    for back in lines.iter().filter(|l| l.quantity.0 < 0) {
        peg::arrived(&mut levels, back.product, None, back.quantity.negated()?, cx)?;
    }
    levels.write(cx)?;
    let mut costs = vec![Money(0); lines.len()];
    for (moved, line) in moved.iter().zip(of) {
        // What stayed behind where nothing is left goes with the last piece.
        let cost = moved.value.minus(moved.left_over)?.negated()?;
        if let Some(sum) = costs.get_mut(line) {
            *sum = sum.plus(cost)?;
        }
    }
    Ok(costs)
}

/// What moves lot by lot, and of which line each move is.
fn by_lot(lines: &[Issuing], location: Ref<Location>, cx: &mut Context) -> Result<(Vec<Moving>, Vec<usize>)> {
    let (mut moving, mut of) = (Vec::with_capacity(lines.len()), Vec::with_capacity(lines.len()));
    let mut lots = Lots::read(lines, location, cx)?;
    for (at, line) in lines.iter().enumerate() {
        let parts = match &line.lot {
            Some(lot) => vec![(lot.clone(), line.quantity)],
            None if line.quantity.0 < 0 => vec![(last_lot(&line.line, cx)?, line.quantity)],
            None => lots.take(line.product, line.quantity)?,
        };
        for (lot, quantity) in parts {
            moving.push(Moving {
                lot,
                value: line.value.map(Money::negated).transpose()?,
                line: Some(line.line.clone()),
                ..Moving::new(line.product, location, quantity.negated()?)
            });
            of.push(at);
        }
    }
    Ok((moving, of))
}

/// Good goods of the firm at a place by product: lot and quantity, what came without a lot first, then the oldest.
struct Lots(HashMap<i64, VecDeque<(String, Decimal6)>>);

impl Lots {
    fn read(lines: &[Issuing], location: Ref<Location>, cx: &mut Context) -> Result<Self> {
        let mut products: Vec<Value> =
            lines.iter().filter(|l| l.quantity.0 > 0 && l.lot.is_none()).map(|l| l.product.into()).collect();
        products.sort();
        products.dedup();
        let mut lots: HashMap<i64, VecDeque<(String, Decimal6)>> = HashMap::new();
        for chunk in products.chunks(500) {
            let sql = format!(
                "SELECT product_id, lot, on_hand FROM stock_balance WHERE company_id = ? AND location_id = ?
                 AND owner_id = 0 AND condition = 'good' AND on_hand > 0 AND product_id {}
                 ORDER BY product_id, CASE WHEN lot = '' THEN 0 ELSE 1 END, id",
                kernel::rows::among(chunk.len())
            );
            let params: Vec<Value> =
                [cx.actor.company.into(), location.into()].into_iter().chain(chunk.iter().cloned()).collect();
            for r in cx.tx.query(&sql, &params)? {
                lots.entry(r.int(0)).or_default().push_back((r.text(1).to_owned(), Decimal6(r.int(2))));
            }
        }
        Ok(Self(lots))
    }

    fn take(&mut self, product: Ref<Product>, quantity: Decimal6) -> Result<Vec<(String, Decimal6)>> {
        let (mut left, mut parts) = (quantity, Vec::new());
        let lots = self.0.entry(product.id()).or_default();
        while let Some((lot, there)) = lots.front_mut().filter(|_| left.0 > 0) {
            let taken = left.min(*there);
            (left, *there) = (left.minus(taken)?, there.minus(taken)?);
            parts.push((lot.clone(), taken));
            if there.0 == 0 {
                lots.pop_front();
            }
        }
        if left.0 > 0 {
            // More than there is: the move says what is missing.
            parts.push((String::new(), left));
        }
        Ok(parts)
    }
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
    /// Empty where the product has no lots.
    pub lot: String,
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
    let mut levels = Levels::lock(made.iter().map(|m| m.product), cx)?;
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
        helped.extend(peg::arrived(&mut levels, product, Some(order), quantity, cx)?);
    }
    levels.write(cx)?;
    helped.sort();
    helped.dedup();
    Ok(helped)
}

fn not_in_future(on: Date, cx: &Context) -> Result<()> {
    if on > cx.today() {
        return Err(refuse("stock.in_future").field("on").into());
    }
    Ok(())
}
