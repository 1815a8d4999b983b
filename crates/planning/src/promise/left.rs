//! What a plan leaves over: what promises can be made from.

use crate::explain::Binds;
use crate::model::{Item, Model, Seconds};
use crate::net::{Lot, LotRef, Supply};
use crate::plan::Plan;
use numbers::Rational;

/// What a supply has left over.
#[derive(Clone, Debug)]
pub(super) struct Free {
    pub at: Seconds,
    pub qty: Rational,
    /// What brings it; nothing where it lies there already.
    pub by: Option<Binds>,
    /// Until when it is usable.
    pub until: Seconds,
}

/// What each supply of a plan has left when all its pegs are served; safety stock stays.
pub(super) fn left_over(model: &Model, plan: &Plan) -> Vec<Vec<Free>> {
    let mut free = Vec::with_capacity(model.items.len());
    // What is left of each receipt, and which receipts an item has.
    let mut left: Vec<Rational> = model.receipts.iter().map(|receipt| receipt.qty.clone()).collect();
    let mut receipts: Vec<Vec<usize>> = vec![Vec::new(); model.items.len()];
    for (n, receipt) in model.receipts.iter().enumerate() {
        receipts[receipt.item].push(n);
    }
    let brings = |item: &Item| item.methods.iter().any(|method| !method.outputs.is_empty());
    let bringers: Vec<usize> = (0..model.items.len()).filter(|n| brings(&model.items[*n])).collect();
    for (n, (item, record)) in model.items.iter().zip(&plan.records).enumerate() {
        let mut on_hand = item.on_hand.clone();
        let lot = |lot: &Lot| Free {
            at: lot.end,
            qty: lot.qty.clone(),
            by: Some(Binds::Making(n as u32)),
            until: item.usable_until(lot.end),
        };
        let mut lots: Vec<Free> = record.lots.iter().map(lot).collect();
        let mut beside = besides(model, plan, &bringers, n);
        for peg in &record.pegs {
            match peg.supply {
                Supply::OnHand => on_hand -= &peg.qty,
                Supply::Lot(lot) => lots[lot as usize].qty -= &peg.qty,
                Supply::Receipt(receipt) => left[receipt as usize] -= &peg.qty,
                Supply::Beside(of) => {
                    beside
                        .iter_mut()
                        .filter(|(lot, _)| *lot == of)
                        .for_each(|(_, free)| free.qty -= &peg.qty);
                }
            }
        }
        let mut all = Vec::new();
        for part in record.expires.iter().filter(|part| part.supply == Supply::OnHand) {
            on_hand -= &part.qty;
            all.push(Free { at: 0, qty: part.qty.clone(), by: None, until: part.at });
        }
        all.push(Free { at: 0, qty: on_hand, by: None, until: Seconds::MAX });
        all.extend(receipts[n].iter().map(|receipt| Free {
            at: model.receipts[*receipt].at.max(0),
            qty: left[*receipt].clone(),
            by: Some(Binds::Receipt(*receipt as u32)),
            until: item.usable_until(model.receipts[*receipt].at),
        }));
        all.append(&mut lots);
        all.extend(beside.into_iter().map(|(_, free)| free));
        all.sort_by_key(|free| free.at);
        // The last to come are kept as safety stock: what comes first can be promised.
        let mut keep = item.safety_stock.clone();
        for free in all.iter_mut().rev() {
            let kept = free.qty.at_most(&keep);
            free.qty -= &kept;
            keep -= &kept;
        }
        all.retain(|free| free.qty.is_positive());
        free.push(all);
    }
    free
}

/// What lots of other items bring of one beside them.
fn besides(model: &Model, plan: &Plan, bringers: &[usize], item: usize) -> Vec<(LotRef, Free)> {
    let mut all = Vec::new();
    for of in bringers.iter().copied() {
        for (n, lot) in plan.records[of].lots.iter().enumerate() {
            let outputs =
                model.items[of].methods.get(lot.method as usize).map(|method| method.outputs.as_slice());
            for output in outputs.unwrap_or_default().iter().filter(|output| output.item == item) {
                let by = Some(Binds::Making(of as u32));
                let until = model.items[item].usable_until(lot.end);
                let free = Free { at: lot.end, qty: &output.per * &lot.qty, by, until };
                all.push((LotRef { item: of as u32, n: n as u32 }, free));
            }
        }
    }
    all
}

/// When free supplies cover a need, if they ever do.
pub(super) fn covered_at(free: &[Free], need: &Rational, wanted: Seconds) -> Option<Seconds> {
    let mut rest = need.clone();
    for free in free.iter().filter(|free| wanted < free.until) {
        rest -= &free.qty;
        if !rest.is_positive() {
            return Some(free.at);
        }
    }
    None
}
