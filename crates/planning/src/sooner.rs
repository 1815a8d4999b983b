//! Whether anything new could be there sooner than what is on order.
//!
//! MRP takes what is on order before it plans anything new (APICS Dictionary: *rescheduling assumption*). Where dates must
//! be true that holds as far as nothing new could be sooner; and when that could be is not a matter of an item's own
//! lead time alone, but of all that it is made of and that must be got first.
//!
//! So the new lot is netted on its own, down its bill, as if everything that lies there or comes were for it, and its usual
//! machines free: it can be there if nothing of it would have to start before today. Whatever else wants the same makes it
//! later, so that nothing waits for a receipt that would be served sooner by a new lot.

use crate::links::Links;
use crate::model::Seconds;
use crate::net::{backward, lot_for};
use crate::shop::Shop;
use numbers::Rational;
use std::collections::BTreeMap;

/// A new lot with everything below it that it needs.
struct New<'s, 'm> {
    shop: &'s Shop<'m>,
    links: &'s Links,
    /// What is needed of each item and when, by the item's place in the order of the low-level codes.
    needs: BTreeMap<u32, BTreeMap<Seconds, Rational>>,
}

/// Whether so much of an item could be there before an instant, beside so much that is planned of it already.
pub(crate) fn than(
    shop: &Shop<'_>,
    links: &Links,
    item: u32,
    (qty, planned): (&Rational, &Rational),
    before: Seconds,
) -> bool {
    let mut new = New { shop, links, needs: BTreeMap::new() };
    if new.lot(item, before - 1, qty, planned).is_none() {
        return false;
    }
    while let Some((place, needs)) = new.needs.pop_first() {
        let item = shop.order()[place as usize];
        // When what comes beside something else is there, is known only when that is netted.
        if !links.comes_beside(item) && !new.meet(item, needs) {
            return false;
        }
    }
    true
}

impl New<'_, '_> {
    /// Meets needs from what lies there and comes, the rest by new lots; false where they would be too late.
    fn meet(&mut self, item: u32, needs: BTreeMap<Seconds, Rational>) -> bool {
        let receipts = self.links.receipts(item).iter().map(|n| &self.shop.model.receipts[*n as usize]);
        let mut receipts = receipts.peekable();
        let mut available = self.shop.item(item).on_hand.clone();
        for (at, qty) in needs {
            while let Some(receipt) = receipts.next_if(|receipt| receipt.at <= at) {
                available += &receipt.qty;
            }
            available -= &qty;
            if available.is_negative() {
                let Some(made) = self.lot(item, at, &-&available, &Rational::ZERO) else { return false };
                available += &made;
            }
        }
        true
    }

    /// A lot for so much that is there by then, whose components are needed: how much it makes, if it need not start
    /// before today. What is made beside it takes components as well.
    fn lot(&mut self, item: u32, by: Seconds, qty: &Rational, beside: &Rational) -> Option<Rational> {
        let one = self.shop.item(item);
        let lot = backward(self.shop, item, lot_for(&one.lot, qty), by);
        let method = self.shop.way(item, &lot)?;
        if lot.start < 0 || by < one.fence {
            return None;
        }
        // Of a largest size there are more, side by side.
        let made = lot.qty.at_least(qty);
        for component in &method.components {
            let mut need = &component.per * &(&made + beside);
            for other in &component.substitutes {
                need -= &self.shop.model.items[other.item].on_hand.over(&other.ratio).unwrap_or_default();
            }
            if need.is_positive() {
                let place = self.links.place(component.item as u32);
                *self.needs.entry(place).or_default().entry(lot.start).or_default() += &need;
            }
        }
        Some(made)
    }
}
