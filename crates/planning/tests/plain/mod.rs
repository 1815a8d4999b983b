//! The plainest finite plan: orders by due date, each takes what is left or makes its lots, and each operation goes into
//! the first gap as soon as its material is there. It is what the real plan is held against, here and in the benchmarks.

use numbers::Rational;
use planning::lane::Lane;
use planning::model::{DAY, Model, Seconds};
use planning::shop::{Shop, work};

/// What comes of it.
pub struct Plain {
    /// When each order is there.
    pub done: Vec<Seconds>,
    /// What comes into stock and goes out of it: when, of which item, how much.
    pub moves: Vec<(Seconds, usize, Rational)>,
    /// Working seconds of all set-ups.
    pub setup: Seconds,
}

impl Plain {
    /// What lies in stock until an instant, in value × days.
    pub fn stock_days(&self, model: &Model, until: Seconds) -> f64 {
        let lying = |(at, item, qty): &(Seconds, usize, Rational)| {
            qty.to_f64() * (until - at) as f64 / DAY as f64 * model.items[*item].cost
        };
        self.moves.iter().map(lying).sum()
    }

    /// When the last of all happens.
    pub fn end(&self) -> Seconds {
        self.moves.iter().map(|(at, ..)| *at).max().unwrap_or(0)
    }
}

/// Days before its due date in which an order may be made, where that does not matter.
pub const AS_EARLY_AS_IT_LIKES: i64 = 10_000;

struct Pass<'m> {
    shop: Shop<'m>,
    lanes: Vec<Vec<Lane>>,
    left: Vec<Vec<(Seconds, Rational)>>,
    /// Nothing for the order in hand begins before.
    not_before: Seconds,
    moves: Vec<(Seconds, usize, Rational)>,
    setup: Seconds,
}

/// Plans a model with one method for each item; nothing is made more than so many days before its order is due.
pub fn plain(model: &Model, early_days: i64) -> Plain {
    let mut left: Vec<Vec<(Seconds, Rational)>> =
        model.items.iter().map(|i| vec![(0, i.on_hand.clone())]).collect();
    let mut moves: Vec<(Seconds, usize, Rational)> =
        model.items.iter().enumerate().map(|(n, item)| (0, n, item.on_hand.clone())).collect();
    for receipt in &model.receipts {
        left[receipt.item].push((receipt.at, receipt.qty.clone()));
        moves.push((receipt.at, receipt.item, receipt.qty.clone()));
    }
    let lanes = model.resources.iter().map(|r| vec![Lane::default(); r.capacity as usize]).collect();
    let shop = Shop::new(model).expect("a shop");
    let mut pass = Pass { shop, lanes, left, not_before: 0, moves, setup: 0 };
    let mut done = vec![0; model.orders.len()];
    let mut by_due: Vec<usize> = (0..done.len()).collect();
    by_due.sort_by_key(|n| model.orders[*n].due);
    for n in by_due {
        let order = &model.orders[n];
        pass.not_before = (order.due - early_days * DAY).max(0);
        done[n] = pass.get(order.item, &order.qty);
        pass.moves.push((done[n].max(order.due), order.item, -&order.qty));
    }
    Plain { done, moves: pass.moves, setup: pass.setup }
}

impl Pass<'_> {
    /// When so much of an item is there.
    fn get(&mut self, item: usize, qty: &Rational) -> Seconds {
        let (mut need, mut end) = (qty.clone(), 0);
        for (at, left) in &mut self.left[item] {
            let part = left.at_most(&need);
            if part.is_positive() {
                end = end.max(*at);
                need -= &part;
                *left -= &part;
            }
        }
        self.left[item].retain(|(_, left)| left.is_positive());
        if !need.is_positive() {
            return end;
        }
        let rule = &self.shop.model.items[item].lot;
        let lot = need.at_least(&rule.minimum).up_to_multiple(&rule.multiple);
        let Some(method) = self.shop.method(item as u32) else { return end };
        let mut at = self.not_before;
        for component in &method.components {
            at = at.max(self.get(component.item, &(&component.per * &lot)));
        }
        let mut start = None;
        for operation in &method.operations {
            let (resource, work) = (operation.resources[0], work(operation, &lot));
            let clock = self.shop.clock(resource);
            let from = clock.worked(at);
            let lanes = &mut self.lanes[resource];
            let Some(lane) = lanes.iter_mut().min_by_key(|lane| lane.earliest(from, work)) else { continue };
            let begin = lane.earliest(from, work);
            lane.take(begin, begin + work);
            start.get_or_insert(clock.start_of(begin).max(at));
            at = clock.end_of(begin + work);
            self.setup += operation.setup;
        }
        let start = start.unwrap_or(at);
        for component in &method.components {
            self.moves.push((start, component.item, -&(&component.per * &lot)));
        }
        at = self.shop.after_lead(method, at);
        self.moves.push((at, item, lot.clone()));
        self.left[item].push((at, &lot - &need));
        end.max(at)
    }
}
