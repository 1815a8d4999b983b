//! What a work order takes out of stock and brings into it. The caller posts the values in the same command.

use crate::level::Levels;
use crate::movement::{MoveKind, Moving, Paper, apply};
use crate::{Location, peg};
use catalog::Product;
use kernel::{Context, Origin, Ref, Result, refuse};
use numbers::{Date, Decimal6, Money};

/// What goes into a work order for one of its lines.
#[derive(Clone, Debug)]
pub struct Issuing {
    pub line: Origin,
    pub product: Ref<Product>,
    /// Below zero for what comes back.
    pub quantity: Decimal6,
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
    let mut moving = Vec::with_capacity(lines.len());
    for l in lines {
        moving.push(Moving {
            value: l.value.map(Money::negated).transpose()?,
            line: Some(l.line.clone()),
            ..Moving::new(l.product, location, l.quantity.negated()?)
        });
    }
    let paper = Paper { on, kind: MoveKind::Issue, document: order.clone() };
    let moved = apply(&paper, &moving, &mut levels, cx)?;
    for back in lines.iter().filter(|l| l.quantity.0 < 0) {
        peg::arrived(&mut levels, back.product, None, back.quantity.negated()?, cx)?;
    }
    levels.write(cx)?;
    // What stayed behind where nothing is left goes with the last piece.
    moved.iter().map(|m| Ok(m.value.minus(m.left_over)?.negated()?)).collect()
}

/// Brings what a work order has made into stock at `value`; who waits for that order holds it from now on, then whoever
/// is short. Answers the documents that were helped.
///
/// # Errors
/// `stock.in_future`, `ledger.locked`.
pub fn produce(
    order: &Origin,
    on: Date,
    location: Ref<Location>,
    (product, quantity, value): (Ref<Product>, Decimal6, Money),
    cx: &mut Context,
) -> Result<Vec<Origin>> {
    not_in_future(on, cx)?;
    let mut levels = Levels::lock([product], cx)?;
    let moving =
        Moving { value: Some(value), line: Some(order.clone()), ..Moving::new(product, location, quantity) };
    let paper = Paper { on, kind: MoveKind::Production, document: order.clone() };
    apply(&paper, &[moving], &mut levels, cx)?;
    let helped = peg::arrived(&mut levels, product, Some(order), quantity, cx)?;
    levels.write(cx)?;
    Ok(helped)
}

fn not_in_future(on: Date, cx: &Context) -> Result<()> {
    if on > cx.today() {
        return Err(refuse("stock.in_future").field("on").into());
    }
    Ok(())
}
