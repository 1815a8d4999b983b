//! What of a product can still be promised: the discrete *available-to-promise* of the APICS Dictionary, on the columns
//! of its time-phased record.

use crate::demand::Wants;
use crate::kept::Kept;
use numbers::Rational;
use planning::master::available_to_promise;
use planning::model::Seconds;
use std::collections::{BTreeMap, BTreeSet};

/// What can be promised out of what is on hand and out of each receipt, by column. Nothing is said of a column in which
/// nothing comes; of the first one always, as what is on hand stands there.
#[derive(Default)]
pub(crate) struct Available {
    of: BTreeMap<i64, Rational>,
}

impl Available {
    /// By columns so many seconds long. Receipts are what is on order and what is planned: the master schedule; what
    /// customers have ordered, and quotes that hold it, takes of them, neither the forecast nor what own work takes. A
    /// product that no customer wants is none of the master schedule: nothing is said of it.
    pub fn of(kept: &Kept, items: &[usize], length: Seconds) -> Self {
        let model = &kept.records.model;
        let mut columns: BTreeMap<i64, [Rational; 2]> = BTreeMap::new();
        let mut add = |at: Seconds, row: usize, qty: &Rational| {
            columns.entry(at.max(0).div_euclid(length)).or_default()[row] += qty;
        };
        let mut is_sold = false;
        let demands = kept.records.demands.iter().zip(&model.orders).zip(&kept.plan.done);
        for ((demand, order), done) in demands {
            let wanted =
                items.contains(&order.item) && (demand.party.is_some() || demand.wants == Wants::Forecast);
            is_sold |= wanted;
            if wanted && matches!(demand.wants, Wants::Order | Wants::Quote) {
                // Who is late takes what comes for them then: at their own day nothing is there, and what comes later
                // would look free.
                add(order.due.max(*done), 1, &order.qty);
            }
        }
        if !is_sold {
            return Self::default();
        }
        model.receipts.iter().filter(|r| items.contains(&r.item)).for_each(|r| add(r.at, 0, &r.qty));
        let lots = items.iter().flat_map(|item| &kept.plan.records[*item].lots);
        lots.for_each(|lot| add(lot.end, 0, &lot.qty));
        columns.entry(0).or_default();
        let received: Vec<Rational> = columns.values().map(|[received, _]| received.clone()).collect();
        let ordered: Vec<Rational> = columns.values().map(|[_, ordered]| ordered.clone()).collect();
        let on_hand = items.iter().map(|item| model.items[*item].on_hand.clone()).sum();
        let left = available_to_promise(&on_hand, &received, &ordered).discrete;
        let comes: BTreeSet<i64> = columns
            .iter()
            .filter(|(column, [received, _])| **column == 0 || received.is_positive())
            .map(|(c, _)| *c)
            .collect();
        Self { of: columns.keys().copied().zip(left).filter(|(column, _)| comes.contains(column)).collect() }
    }

    pub fn in_column(&self, column: i64) -> Option<&Rational> {
        self.of.get(&column)
    }
}
