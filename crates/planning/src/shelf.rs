//! Netting of what does not keep for ever: what expires first is given first (FEFO), nothing is given after it has
//! expired, and no lot is made for needs that lie beyond its shelf life.
//!
//! What is there at a time depends on what was taken before it, so that needs are met one after another here, each lot
//! made when the first need finds too little. The rules are those of [`net`](crate::net) otherwise.

use crate::links::{Coming, Links, Requirement};
use crate::model::{DAY, LotPolicy, Seconds};
use crate::net::{Expires, Lot, Peg, Record, Supply, backward, by_cost, lot_for};
use crate::projected::net;
use crate::shop::Shop;
use crate::sooner;
use numbers::Rational;

/// Part of what there is or will be.
#[derive(Clone)]
struct Batch {
    supply: Supply,
    at: Seconds,
    until: Seconds,
    left: Rational,
}

/// What there is, what expires first first.
#[derive(Clone)]
struct Stock {
    batches: Vec<Batch>,
    /// Nothing is taken before.
    today: Seconds,
}

impl Batch {
    fn serves(&self, at: Seconds, today: Seconds) -> bool {
        self.at <= at && at.max(today) < self.until
    }
}

impl Stock {
    fn add(&mut self, batch: Batch) {
        let place = self.batches.partition_point(|other| (other.until, other.at) <= (batch.until, batch.at));
        self.batches.insert(place, batch);
    }

    /// Takes what is usable then; what is missing stays in `need`.
    fn take(&mut self, at: Seconds, need: &mut Rational, mut given: impl FnMut(&Batch, Rational)) {
        for batch in self.batches.iter_mut().filter(|batch| batch.serves(at, self.today)) {
            if need.is_zero() {
                break;
            }
            let part = batch.left.at_most(need);
            if part.is_positive() {
                batch.left -= &part;
                *need -= &part;
                given(batch, part);
            }
        }
    }

    /// How much is usable then.
    fn usable(&self, at: Seconds) -> Rational {
        let usable = self.batches.iter().filter(|batch| batch.serves(at, self.today));
        usable.fold(Rational::ZERO, |sum, batch| &sum + &batch.left)
    }

    /// What is missing then of a need and of what should stay after it.
    fn missing(&mut self, at: Seconds, need: &Rational, safety: &Rational) -> (Rational, Rational) {
        let mut short = need.clone();
        self.take(at, &mut short, |_, _| {});
        (short, (safety - &self.usable(at)).at_least(&Rational::ZERO))
    }
}

/// One item's netting.
struct Netting<'s, 'm> {
    shop: &'s Shop<'m>,
    item: u32,
    /// No new lot is there before.
    floor: Seconds,
    /// Where capacity counts.
    links: Option<&'s Links>,
    /// How much is new.
    new: Rational,
    stock: Stock,
    record: Record,
    /// Where each lot of a cost rule ends to cover what is needed.
    groups: Vec<Seconds>,
}

/// The record of an item of which something perishes; with links where capacity counts.
pub(crate) fn record(
    shop: &Shop<'_>,
    item: u32,
    gross: &[Requirement],
    coming: &[Coming],
    records: &[Record],
    floor: Seconds,
    links: Option<&Links>,
) -> Record {
    let one = shop.item(item);
    let groups = match &one.lot.policy {
        LotPolicy::Cost { rule, setup, holding, days } => {
            let needs = net(shop, links, item, gross, &mut coming.to_vec(), floor);
            by_cost(needs, *rule, *setup, *holding, *days).into_iter().map(|(at, _)| at).collect()
        }
        _ => Vec::new(),
    };
    // What is needed in the past is taken today at the soonest, where capacity counts.
    let stock = all_that_comes(shop, item, coming, records, if links.is_some() { 0 } else { Seconds::MIN });
    let (record, new) = (Record::default(), Rational::ZERO);
    let mut netting = Netting { shop, item, floor, links, new, stock, record, groups };
    // A stock that is too low already is filled as soon as it can be.
    let mut filled = one.safety_stock.is_positive().then_some(floor.max(0));
    for (n, requirement) in gross.iter().enumerate() {
        if let Some(at) = filled.take_if(|at| *at <= requirement.at) {
            netting.fill(at, &gross[n..]);
        }
        netting.meet(requirement, &gross[n + 1..]);
    }
    if let Some(at) = filled {
        netting.fill(at, &[]);
    }
    let left = netting.stock.batches.into_iter().filter(|batch| batch.left.is_positive());
    let expires = left.filter(|batch| batch.until < Seconds::MAX);
    netting.record.expires =
        expires.map(|b| Expires { supply: b.supply, qty: b.left, at: b.until }).collect();
    netting.record
}

fn all_that_comes(
    shop: &Shop<'_>,
    item: u32,
    coming: &[Coming],
    records: &[Record],
    today: Seconds,
) -> Stock {
    let one = shop.item(item);
    let mut stock = Stock { batches: Vec::new(), today };
    let on_hand = |until, left| Batch { supply: Supply::OnHand, at: Seconds::MIN, until, left };
    for (qty, until) in &one.expiring {
        stock.add(on_hand(*until, qty.clone()));
    }
    stock.add(on_hand(Seconds::MAX, one.keeps()));
    for Coming { at, supply, qty } in coming {
        let there = match supply {
            Supply::Receipt(n) => shop.model.receipts[*n as usize].at,
            Supply::Beside(lot) => records[lot.item as usize].lots[lot.n as usize].end,
            Supply::OnHand | Supply::Lot(_) => *at,
        };
        stock.add(Batch { supply: *supply, at: *at, until: one.usable_until(there), left: qty.clone() });
    }
    stock
}

impl Netting<'_, '_> {
    /// Fills the safety stock.
    fn fill(&mut self, at: Seconds, later: &[Requirement]) {
        let missing = self.stock.missing(at, &Rational::ZERO, &self.shop.item(self.item).safety_stock);
        self.make(at, missing, later);
    }

    /// Gives a need what it takes, and makes what is missing.
    fn meet(&mut self, requirement: &Requirement, later: &[Requirement]) {
        let at = requirement.at;
        let mut need = requirement.qty.clone();
        self.give(at, requirement, &mut need);
        self.wait(requirement, &mut need);
        let safety = &self.shop.item(self.item).safety_stock;
        let missing = self.stock.missing(at, &need, safety);
        self.make(requirement.at, missing, later);
        self.give(at, requirement, &mut need);
    }

    /// Gives a need what comes later, as long as nothing new could be there before it: by what is on order where
    /// something new can be made, else by whatever comes first.
    fn wait(&mut self, requirement: &Requirement, need: &mut Rational) {
        let none = self.shop.item(self.item).methods.is_empty();
        while need.is_positive() {
            let comes = |b: &&Batch| none || matches!(b.supply, Supply::Receipt(_));
            let later = self.stock.batches.iter().filter(comes);
            let later = later.filter(|b| {
                b.left.is_positive() && requirement.at < b.at && b.serves(b.at, self.stock.today)
            });
            let Some(next) = later.map(|batch| batch.at).min() else { return };
            let sooner = |links| sooner::than(self.shop, links, self.item, (need, &self.new), next);
            if !none && self.links.is_none_or(sooner) {
                return;
            }
            self.give(next, requirement, need);
        }
    }

    fn give(&mut self, at: Seconds, requirement: &Requirement, need: &mut Rational) {
        let record = &mut self.record;
        self.stock.take(at, need, |batch, qty| {
            record.pegs.push(Peg { supply: batch.supply, demand: requirement.demand, qty });
            record.usable_until.push(batch.until);
        });
    }

    /// Makes lots for what is missing, and for what will be as far as the lot rule looks ahead and the lots keep.
    fn make(&mut self, at: Seconds, (short, safety): (Rational, Rational), later: &[Requirement]) {
        let one = self.shop.item(self.item);
        let mut need = &short + &safety;
        if !need.is_positive() || one.methods.is_empty() {
            return;
        }
        let shelf = one.shelf_days.map_or(Seconds::MAX, |days| i64::from(days) * DAY);
        // What is there before it is needed must still be usable then.
        let early = (i64::from(one.safety_days) * DAY).min(shelf.saturating_sub(DAY));
        let until = one.usable_until((at - early).max(self.floor));
        self.stock.batches.retain(|batch| batch.left.is_positive());
        need += &self.ahead(at, until, safety, later);
        while need.is_positive() {
            let qty = lot_for(&one.lot, &need);
            need -= &qty;
            self.new += &qty;
            let lot: Lot = backward(self.shop, self.item, qty.clone(), at - early);
            let supply = Supply::Lot(self.record.lots.len() as u32);
            self.record.lots.push(lot);
            self.stock.add(Batch { supply, at, until, left: qty });
        }
    }

    /// What will be missing, beside what a lot for now brings for a safety stock.
    fn ahead(&self, at: Seconds, until: Seconds, safety: Rational, later: &[Requirement]) -> Rational {
        let rule = &self.shop.item(self.item).lot;
        let end = match &rule.policy {
            LotPolicy::LotForLot | LotPolicy::Fixed(_) => at,
            LotPolicy::PeriodOrderQuantity { days } => at + i64::from((*days).max(1)) * DAY,
            LotPolicy::Cost { .. } => {
                self.groups.iter().copied().find(|group| *group > at).unwrap_or(Seconds::MAX)
            }
        };
        let mut stock = self.stock.clone();
        stock.add(Batch { supply: Supply::OnHand, at, until, left: safety });
        let mut need = Rational::ZERO;
        for next in later.iter().take_while(|next| next.at <= at || next.at < end && next.at < until) {
            let time = next.at;
            let (short, low) = stock.missing(time, &next.qty, &self.shop.item(self.item).safety_stock);
            need += &(&short + &low);
            stock.add(Batch { supply: Supply::OnHand, at, until, left: low });
        }
        need
    }
}
