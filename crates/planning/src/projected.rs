//! Projected stock: what there would be of an item without new lots of it, and what must be new.

use crate::links::{Coming, Links, Requirement};
use crate::model::Seconds;
use crate::net::Supply;
use crate::shop::Shop;
use crate::sooner;
use numbers::Rational;

/// An item's stock on the way through time.
struct Projected<'s, 'm> {
    shop: &'s Shop<'m>,
    links: Option<&'s Links>,
    item: u32,
    available: Rational,
    /// What comes, by the time it is there, and how much of that is there already.
    coming: &'s mut [Coming],
    there: usize,
    /// What must be new, by when it is needed; where capacity counts, all of it.
    net: Vec<(Seconds, Rational)>,
    new: Rational,
}

/// The net requirements: what would take the projected stock below the safety stock. With links, where capacity counts, what
/// is on order and sooner than anything new could be counts as there when it is needed.
pub(crate) fn net(
    shop: &Shop<'_>,
    links: Option<&Links>,
    item: u32,
    gross: &[Requirement],
    coming: &mut [Coming],
    floor: Seconds,
) -> Vec<(Seconds, Rational)> {
    let one = shop.item(item);
    let (available, net, new) = (one.on_hand.clone(), Vec::new(), Rational::ZERO);
    let mut stock = Projected { shop, links, item, available, coming, there: 0, net, new };
    // A stock that is too low already is filled as soon as it can be.
    let mut filled = one.safety_stock.is_positive().then_some(floor.max(0));
    // What is needed at the same time is one lot.
    for same in gross.chunk_by(|one, next| one.at == next.at) {
        let Some(Requirement { at, .. }) = same.first() else { continue };
        if let Some(at) = filled.take_if(|filled| *filled <= *at) {
            stock.take(at, &[]);
        }
        stock.take(*at, same);
    }
    if let Some(at) = filled {
        stock.take(at, &[]);
    }
    stock.net
}

impl Projected<'_, '_> {
    /// Takes what is needed then, and fills what is missing.
    fn take(&mut self, at: Seconds, needs: &[Requirement]) {
        while let Some(next) = self.coming.get(self.there).filter(|next| next.at <= at) {
            self.available += &next.qty;
            self.there += 1;
        }
        needs.iter().for_each(|need| self.available -= &need.qty);
        let safety = &self.shop.item(self.item).safety_stock;
        while self.available < *safety {
            let short = safety - &self.available;
            if let Some(receipt) = self.waits(&short) {
                // What is behind it stays in the order of time.
                self.coming[self.there..=receipt].rotate_right(1);
                self.coming[self.there].at = at;
                self.available += &self.coming[self.there].qty;
                self.there += 1;
                continue;
            }
            if self.links.is_some() {
                self.new += &short;
            }
            match self.net.last_mut() {
                Some((then, qty)) if *then == at => *qty += &short,
                _ => self.net.push((at, short)),
            }
            self.available.clone_from(safety);
        }
    }

    /// The next receipt, if nothing new could be there before it.
    fn waits(&self, short: &Rational) -> Option<usize> {
        let links = self.links?;
        let is_receipt = |coming: &Coming| matches!(coming.supply, Supply::Receipt(_));
        let receipt = self.there + self.coming[self.there..].iter().position(is_receipt)?;
        let at = self.coming[receipt].at;
        (!sooner::than(self.shop, links, self.item, (short, &self.new), at)).then_some(receipt)
    }
}
