//! From every supply to the customers it serves, and back, exactly.
//!
//! What a lot makes is thought of as a line, laid out for its demands first come first served; what it takes is the
//! same line times the bill's quantity. So a component's share for an order is a stretch of that line: no fraction
//! arises that the bills do not have, and the shares of a supply and its excess make up the supply.

use crate::model::Model;
use crate::net::{Demand, LotRef, Peg, Record, Supply};
use numbers::Rational;

/// So much of a supply is, at the end of all, for one order; in the unit of the supply's own item.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    /// Of what.
    pub supply: Supply,
    /// One of the model's orders.
    pub order: u32,
    /// How much.
    pub qty: Rational,
}

/// Whom each supply serves.
#[derive(Clone, Debug, Default)]
pub struct Pegging {
    shares: Vec<Vec<Share>>,
    /// Where each lot's shares begin in its item's list, and where the last ends.
    starts: Vec<Vec<u32>>,
}

impl Pegging {
    /// Follows all pegs up to the orders; `order` is that of the low-level codes.
    pub fn new(order: &[u32], records: &[Record]) -> Self {
        let mut pegging =
            Self { shares: vec![Vec::new(); records.len()], starts: vec![Vec::new(); records.len()] };
        for item in order {
            let record = &records[*item as usize];
            let mut shares: Vec<Share> = Vec::with_capacity(record.pegs.len());
            for demand in record.pegs.chunk_by(|a, b| a.demand == b.demand) {
                match demand.first().map(|peg| peg.demand) {
                    Some(Demand::Order(order)) => {
                        demand.iter().for_each(|peg| add(&mut shares, peg.supply, order, peg.qty.clone()));
                    }
                    Some(Demand::Lot(lot)) => pegging.hand_down(records, lot, demand, &mut shares),
                    None => {}
                }
            }
            // Receipts may serve between lots: each supply's shares are moved together. Nearly all are so already.
            shares.sort_by_key(|share| match share.supply {
                Supply::OnHand => (0, 0, 0),
                Supply::Receipt(n) => (1, n, 0),
                Supply::Beside(lot) => (2, lot.item, lot.n),
                Supply::Lot(n) => (3, n, 0),
            });
            let mut starts = vec![0u32; record.lots.len() + 1];
            for share in &shares {
                match share.supply {
                    Supply::Lot(n) => starts[n as usize + 1] += 1,
                    _ => starts[0] += 1,
                }
            }
            for n in 0..record.lots.len() {
                starts[n + 1] += starts[n];
            }
            pegging.shares[*item as usize] = shares;
            pegging.starts[*item as usize] = starts;
        }
        pegging
    }

    /// The orders that a lot serves, and with how much.
    pub fn of_lot(&self, lot: LotRef) -> &[Share] {
        let starts = &self.starts[lot.item as usize];
        &self.shares[lot.item as usize][starts[lot.n as usize] as usize..starts[lot.n as usize + 1] as usize]
    }

    /// All shares of an item's supplies.
    pub fn of_item(&self, item: usize) -> &[Share] {
        &self.shares[item]
    }

    /// The orders that a receipt serves.
    pub fn of_receipt<'a>(&'a self, model: &Model, receipt: u32) -> impl Iterator<Item = &'a Share> {
        let item = model.receipts[receipt as usize].item;
        self.shares[item].iter().filter(move |share| share.supply == Supply::Receipt(receipt))
    }

    /// A lot's need of a component, stretch by stretch, goes to the orders that the lot itself serves.
    fn hand_down(&self, records: &[Record], lot: LotRef, pegs: &[Peg], shares: &mut Vec<Share>) {
        let need: Rational = pegs.iter().fold(Rational::ZERO, |sum, peg| &sum + &peg.qty);
        let made = &records[lot.item as usize].lots[lot.n as usize].qty;
        let Ok(per) = need.over(made) else { return };
        let mut served = self.of_lot(lot).iter().map(|share| (share.order, &share.qty * &per));
        let mut current = served.next();
        for peg in pegs {
            let mut left = peg.qty.clone();
            while let Some((order, qty)) = &mut current {
                let part = left.at_most(qty);
                left -= &part;
                *qty -= &part;
                let used_up = qty.is_zero();
                add(shares, peg.supply, *order, part);
                if used_up {
                    current = served.next();
                }
                if left.is_zero() {
                    break;
                }
            }
        }
    }
}

fn add(shares: &mut Vec<Share>, supply: Supply, order: u32, qty: Rational) {
    match shares.last_mut() {
        Some(last) if last.supply == supply && last.order == order => last.qty += &qty,
        _ if qty.is_positive() => shares.push(Share { supply, order, qty }),
        _ => {}
    }
}
