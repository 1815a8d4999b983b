//! Exception messages: what a planner should do about what is already ordered, and what wants to be released.
//!
//! The messages and their names are those of the field (APICS Dictionary: *action message*, *exception report*).

use crate::explain::{Binds, Reason};
use crate::model::{DAY, Model, Seconds};
use crate::net::{Demand, Expires, LotRef, Record, Supply};
use numbers::Rational;

/// What should be done, and about what.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// A planned order's start has come: place it.
    Release(LotRef),
    /// A planned order should have started before today, whatever capacity there is: back from when it is needed, its own
    /// times and its safety time do not fit. A finite plan, which starts nothing in the past, says so of the same orders.
    PastDue(LotRef),
    /// A receipt is needed before it comes.
    Expedite {
        /// Which receipt.
        receipt: u32,
        /// When it is needed.
        to: Seconds,
        /// The planned order that would not be needed then.
        instead: Option<LotRef>,
    },
    /// A receipt comes before anything needs it.
    Defer {
        /// Which receipt.
        receipt: u32,
        /// When it is needed.
        to: Seconds,
    },
    /// More comes than is needed.
    Decrease {
        /// Which receipt.
        receipt: u32,
        /// By how much.
        by: Rational,
    },
    /// A little after a receipt more is needed: it could bring that as well.
    Increase {
        /// Which receipt.
        receipt: u32,
        /// By how much.
        by: Rational,
        /// The planned order that would not be needed then.
        instead: LotRef,
    },
    /// A receipt is needed by nobody.
    Cancel {
        /// Which receipt.
        receipt: u32,
    },
    /// What is there, or will be, expires before anything takes it.
    Expires {
        /// Of which item.
        item: u32,
        /// Of what.
        supply: Supply,
        /// How much.
        qty: Rational,
        /// When.
        at: Seconds,
        /// What it was meant for, which comes too late for it as the machines allow; nothing where nobody needs it.
        meant_for: Option<Demand>,
    },
}

/// How near a date must be to what is needed, and how soon a start is today's work.
#[derive(Clone, Copy, Debug)]
pub struct Tolerance {
    /// A receipt may be so much too early without a message, and what is needed so soon after it could come with it.
    pub early: Seconds,
    /// A planned order is released when it starts within this time.
    pub release: Seconds,
}

impl Default for Tolerance {
    fn default() -> Self {
        Self { early: 3 * DAY, release: DAY }
    }
}

/// Planned orders, as netted and before any are scheduled, that should have started before the model does; in the order of
/// the records.
pub fn past_due(model: &Model, records: &[Record]) -> Vec<LotRef> {
    let mut past = Vec::new();
    for (item, record) in records.iter().enumerate() {
        let safety = i64::from(model.items[item].safety_days) * DAY;
        let lots = record.lots.iter().enumerate().filter(|(_, lot)| lot.start + safety < 0);
        past.extend(lots.map(|(n, _)| LotRef { item: item as u32, n: n as u32 }));
    }
    past
}

/// When planned orders first need each receipt, as netted and before any are scheduled: one that waits for a receipt would
/// have needed it then.
pub fn first_needed(model: &Model, records: &[Record]) -> Vec<Option<Seconds>> {
    let mut needed: Vec<Option<Seconds>> = vec![None; model.receipts.len()];
    for peg in records.iter().flat_map(|record| &record.pegs) {
        if let (Supply::Receipt(n), Demand::Lot(lot)) = (peg.supply, peg.demand) {
            let at = records[lot.item as usize].lots[lot.n as usize].start;
            let first = &mut needed[n as usize];
            *first = Some(first.map_or(at, |first| first.min(at)));
        }
    }
    needed
}

/// All messages of a plan; `past` is what [`past_due`] has found, `needed` what [`first_needed`] has, `done` when each order
/// is there, and `late_because` why it is late.
pub fn messages(
    model: &Model,
    records: &[Record],
    past: &[LotRef],
    needed: &[Option<Seconds>],
    (done, late_because): (&[Seconds], &[Vec<Reason>]),
    tolerance: Tolerance,
) -> Vec<Message> {
    let mut messages = Vec::new();
    // A planned order that waits for a receipt starts when that comes. Where this makes somebody late, it is needed sooner.
    let (before, mut needed) = (needed, vec![None; model.receipts.len()]);
    for reason in late_because.iter().flatten() {
        if let Binds::Receipt(n) = reason.binds {
            needed[n as usize] = before[n as usize];
        }
    }
    let mut used: Vec<Rational> = vec![Rational::ZERO; model.receipts.len()];
    for peg in records.iter().flat_map(|r| &r.pegs) {
        if let Supply::Receipt(n) = peg.supply {
            let at = match peg.demand {
                Demand::Order(order) => model.orders[order as usize].due.min(done[order as usize]),
                Demand::Lot(lot) => records[lot.item as usize].lots[lot.n as usize].start,
            };
            let first = &mut needed[n as usize];
            *first = Some(first.map_or(at, |f| f.min(at)));
            used[n as usize] += &peg.qty;
        }
    }
    let next = next_receipts(model);
    for (n, receipt) in model.receipts.iter().enumerate() {
        let receipt_n = n as u32;
        // A lot planned before the receipt comes would not be needed if the receipt came then.
        let lots = &records[receipt.item].lots;
        let first = lots.iter().position(|lot| lot.end < receipt.at);
        let before = first.map(|n| (lots[n].end.max(0), LotRef { item: receipt.item as u32, n: n as u32 }));
        match (needed[n], before) {
            (Some(at), _) if at < receipt.at => {
                messages.push(Message::Expedite { receipt: receipt_n, to: at.max(0), instead: None })
            }
            (_, Some((to, lot))) => {
                messages.push(Message::Expedite { receipt: receipt_n, to, instead: Some(lot) });
            }
            (None, None) => messages.push(Message::Cancel { receipt: receipt_n }),
            (Some(at), None) => {
                if at > receipt.at + tolerance.early {
                    messages.push(Message::Defer { receipt: receipt_n, to: at });
                }
                let by = &receipt.qty - &used[n];
                // What a safety stock keeps is not too much.
                let by = &by - &model.items[receipt.item].safety_stock;
                if by.is_positive() {
                    messages.push(Message::Decrease { receipt: receipt_n, by });
                }
                // Of two receipts before a planned order the later one could bring it.
                let until = next[n].min(receipt.at + tolerance.early);
                let first = lots.iter().position(|lot| receipt.at <= lot.end && lot.end < until);
                messages.extend(first.map(|n| Message::Increase {
                    receipt: receipt_n,
                    by: lots[n].qty.clone(),
                    instead: LotRef { item: receipt.item as u32, n: n as u32 },
                }));
            }
        }
    }
    for (item, record) in records.iter().enumerate().filter(|(item, _)| model.items[*item].perishes()) {
        expiring(model, records, done, (item, record), &mut messages);
    }
    releases(records, past, tolerance, &mut messages);
    messages
}

/// What wants to be placed: what is past due, and what starts soon.
fn releases(records: &[Record], past: &[LotRef], tolerance: Tolerance, messages: &mut Vec<Message>) {
    let mut past = past.iter().copied().peekable();
    for (item, record) in records.iter().enumerate() {
        for (n, lot) in record.lots.iter().enumerate() {
            let lot_ref = LotRef { item: item as u32, n: n as u32 };
            if past.next_if_eq(&lot_ref).is_some() {
                messages.push(Message::PastDue(lot_ref));
            } else if lot.start < tolerance.release {
                messages.push(Message::Release(lot_ref));
            }
        }
    }
}

/// When the next receipt of the same item comes after each.
fn next_receipts(model: &Model) -> Vec<Seconds> {
    let mut order: Vec<usize> = (0..model.receipts.len()).collect();
    order.sort_by_key(|n| (model.receipts[*n].item, model.receipts[*n].at));
    let mut next = vec![Seconds::MAX; order.len()];
    for pair in order.windows(2) {
        let [one, other] = [pair[0], pair[1]];
        if model.receipts[one].item == model.receipts[other].item {
            next[one] = model.receipts[other].at;
        }
    }
    next
}

/// What expires of an item: what nothing needs, and what is needed only when it is too old, because what needs it comes
/// later, or what brings it sooner, than was reckoned with when it was netted.
fn expiring(
    model: &Model,
    records: &[Record],
    done: &[Seconds],
    (item, record): (usize, &Record),
    messages: &mut Vec<Message>,
) {
    let one = &model.items[item];
    let until = |supply: Supply, netted: Seconds| match supply {
        Supply::Lot(n) => one.usable_until(record.lots[n as usize].end),
        Supply::Beside(lot) => one.usable_until(records[lot.item as usize].lots[lot.n as usize].end),
        Supply::OnHand | Supply::Receipt(_) => netted,
    };
    let item = item as u32;
    for Expires { supply, qty, at } in &record.expires {
        let (supply, qty, at) = (*supply, qty.clone(), until(*supply, *at));
        messages.push(Message::Expires { item, supply, qty, at, meant_for: None });
    }
    for (peg, netted) in record.pegs.iter().zip(&record.usable_until) {
        let (supply, qty, at) = (peg.supply, peg.qty.clone(), until(peg.supply, *netted));
        let taken = match peg.demand {
            Demand::Order(order) => done[order as usize],
            Demand::Lot(lot) => records[lot.item as usize].lots[lot.n as usize].start,
        };
        if taken >= at {
            messages.push(Message::Expires { item, supply, qty, at, meant_for: Some(peg.demand) });
        }
    }
}
