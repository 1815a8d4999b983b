//! The master schedule: what is made of the items that are sold, what of it can still be promised, and whether there is
//! capacity for it.
//!
//! All lists are by period, from the first one on; a list that is shorter than another is nothing from there on. Terms
//! and rules are those of the APICS Dictionary and of T. E. Vollmann, W. L. Berry and D. C. Whybark, Manufacturing
//! Planning and Control Systems (chapters on master production scheduling and capacity planning).

use crate::model::{Fault, Seconds};
use crate::net::backward;
use crate::plan::Plan;
use crate::shop::{Shop, work};
use numbers::Rational;
use std::collections::BTreeMap;

/// What an item's stock comes to at the end of each period: before the *demand time fence* (so many periods) orders
/// alone are counted, after it the larger of forecast and orders.
pub fn projected_available(
    on_hand: &Rational,
    receipts: &[Rational],
    forecast: &[Rational],
    orders: &[Rational],
    fence: usize,
) -> Vec<Rational> {
    let count = receipts.len().max(forecast.len()).max(orders.len());
    let mut stock = on_hand.clone();
    (0..count)
        .map(|period| {
            stock += &at(receipts, period);
            stock -= &wanted(forecast, orders, fence, period);
            stock.clone()
        })
        .collect()
}

/// The master schedule of one item: so many whole lots in each period that the stock at its end is not below the safety
/// stock. A lot of nothing schedules what is missing.
pub fn master_schedule(
    on_hand: &Rational,
    forecast: &[Rational],
    orders: &[Rational],
    fence: usize,
    lot: &Rational,
    safety: &Rational,
) -> Vec<Rational> {
    let mut stock = on_hand.clone();
    (0..forecast.len().max(orders.len()))
        .map(|period| {
            stock -= &wanted(forecast, orders, fence, period);
            let short = safety - &stock;
            let made = if short.is_positive() { short.up_to_multiple(lot) } else { Rational::ZERO };
            stock += &made;
            made
        })
        .collect()
}

fn at(list: &[Rational], period: usize) -> Rational {
    list.get(period).cloned().unwrap_or_default()
}

fn wanted(forecast: &[Rational], orders: &[Rational], fence: usize, period: usize) -> Rational {
    let ordered = at(orders, period);
    if period < fence { ordered } else { ordered.at_least(&at(forecast, period)) }
}

/// What can be promised.
#[derive(Clone, Debug, PartialEq)]
pub struct Available {
    /// *Discrete*: of what is received in a period (in the first one with what is on hand), what is not promised until
    /// the next receipt. Below zero only where more is promised than there will have been by then.
    pub discrete: Vec<Rational>,
    /// *Cumulative*: what can be promised for a period, out of all receipts until then. It counts what earlier receipts
    /// have left and what later orders will take.
    pub cumulative: Vec<Rational>,
}

/// Available to promise. Orders that a receipt does not cover take, from the nearest backward, what earlier ones have
/// left, so that it is not promised twice; what they find nowhere stands where it is missing, below zero.
pub fn available_to_promise(on_hand: &Rational, receipts: &[Rational], orders: &[Rational]) -> Available {
    let count = receipts.len().max(orders.len());
    let mut discrete = vec![Rational::ZERO; count];
    let mut supply = 0;
    for period in 0..count {
        if period == 0 {
            discrete[0] += on_hand;
        }
        let received = at(receipts, period);
        if received.is_positive() {
            supply = period;
        }
        discrete[supply] += &received;
        discrete[supply] -= &at(orders, period);
    }
    for period in (1..count).rev() {
        for earlier in (0..period).rev() {
            let short = -&discrete[period];
            if !short.is_positive() {
                break;
            }
            let part = short.at_most(&discrete[earlier].at_least(&Rational::ZERO));
            discrete[earlier] -= &part;
            discrete[period] += &part;
        }
    }
    let mut sum = Rational::ZERO;
    let cumulative = discrete
        .iter()
        .map(|left| {
            sum += left;
            sum.clone()
        })
        .collect();
    Available { discrete, cumulative }
}

/// A line of a *bill of resources*: what one unit on the master schedule takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Need {
    /// Of which resource; one of the model's where the bill is [`bill_of_resources`].
    pub resource: usize,
    /// How many periods before the one in which it is there (*lead-time offset*).
    pub before: usize,
    /// How much for one, in any unit of time.
    pub per: Rational,
}

/// What a master schedule takes of the resources.
#[derive(Clone, Debug, PartialEq)]
pub struct RoughCut {
    /// For each resource the load of each period, in the unit of the bills.
    pub load: Vec<Vec<Rational>>,
    /// For each resource what should have been done before the first period.
    pub past: Vec<Rational>,
}

/// *Rough-cut capacity* by bills of resources (with offsets: *resource profiles*): for each item its bill, and what the
/// master schedule makes of it by period. Lines of resources beyond so many are not counted.
pub fn rough_cut(items: &[(&[Need], &[Rational])], resources: usize) -> RoughCut {
    let periods = items.iter().map(|(_, schedule)| schedule.len()).max().unwrap_or(0);
    let mut result = RoughCut {
        load: vec![vec![Rational::ZERO; periods]; resources],
        past: vec![Rational::ZERO; resources],
    };
    for (bill, schedule) in items {
        for need in bill.iter().filter(|need| need.resource < resources) {
            for (period, qty) in schedule.iter().enumerate() {
                let load = qty * &need.per;
                match period.checked_sub(need.before) {
                    Some(period) => result.load[need.resource][period] += &load,
                    None => result.past[need.resource] += &load,
                }
            }
        }
    }
    result
}

/// An item's bill of resources over all levels, in seconds for one: what a lot of it takes that is there at `due`, its
/// components made for it just in time, set-ups included, without limits of capacity and without any stock. Offsets are
/// in periods of a length in seconds, counted from the period that ends at `due`.
pub fn bill_of_resources(
    shop: &Shop<'_>,
    item: usize,
    lot: &Rational,
    due: Seconds,
    length: Seconds,
) -> Result<Vec<Need>, Fault> {
    let wrong = |what: &str| Fault::Figure { at: "a bill of resources".into(), what: what.into() };
    if item >= shop.model.items.len() {
        return Err(Fault::Unknown { at: "a bill of resources".into(), name: format!("item {item}") });
    }
    if !lot.is_positive() || length <= 0 {
        return Err(wrong("a lot or a period of nothing"));
    }
    let mut wanted: Vec<BTreeMap<Seconds, Rational>> = vec![BTreeMap::new(); shop.model.items.len()];
    wanted[item].insert(due, lot.clone());
    let mut needs: BTreeMap<(usize, usize), Rational> = BTreeMap::new();
    for part in shop.order() {
        for (end, qty) in std::mem::take(&mut wanted[*part as usize]) {
            let made = backward(shop, *part, qty, end);
            let Some(method) = shop.way(*part, &made) else { continue };
            for (operation, step) in method.operations.iter().zip(&made.steps) {
                // What ends with a period belongs to it.
                let before = usize::try_from((due - step.end) / length).unwrap_or(0);
                let line = needs.entry((step.resource as usize, before)).or_default();
                *line += &Rational::from(work(operation, &made.qty))
                    .over(lot)
                    .map_err(|_| wrong("a lot of nothing"))?;
            }
            for component in &method.components {
                *wanted[component.item].entry(made.start).or_default() += &(&component.per * &made.qty);
            }
        }
    }
    Ok(needs.into_iter().map(|((resource, before), per)| Need { resource, before, per }).collect())
}

/// What is on a resource in one period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Working seconds that planned lots hold, over all of its units.
    pub planned: Seconds,
    /// The same of confirmed work orders.
    pub taken: Seconds,
    /// Working seconds that it is open, over all of its units.
    pub open: Seconds,
}

impl Load {
    /// What is held, of what is open: above 1 is too much, which only a plan without limits has. None where it is shut.
    pub fn utilisation(&self) -> Option<f64> {
        (self.open > 0).then(|| (self.planned + self.taken) as f64 / self.open as f64)
    }
}

/// The *load profile* of a plan: for each resource, in the order of the model, what is on it between each bound and the
/// next. `bounds` are in ascending order, of which equal ones make an empty period; what lies outside is not counted.
pub fn load_profile(shop: &Shop<'_>, plan: &Plan, bounds: &[Seconds]) -> Vec<Vec<Load>> {
    let mut profile: Vec<Vec<Load>> = Vec::with_capacity(shop.model.resources.len());
    for (n, resource) in shop.model.resources.iter().enumerate() {
        let clock = shop.clock(n);
        let open = |pair: &[Seconds]| {
            (clock.worked(pair[1]) - clock.worked(pair[0])).max(0) * i64::from(resource.capacity)
        };
        profile.push(bounds.windows(2).map(|pair| Load { planned: 0, taken: 0, open: open(pair) }).collect());
    }
    let each = |resource: usize, from: Seconds, to: Seconds, add: &mut dyn FnMut(usize, Seconds)| {
        let clock = shop.clock(resource);
        let first = bounds.partition_point(|bound| *bound <= from).saturating_sub(1);
        for (period, pair) in bounds.windows(2).enumerate().skip(first).take_while(|(_, pair)| pair[0] < to) {
            let (from, to) = (from.max(pair[0]), to.min(pair[1]));
            if from < to {
                add(period, clock.worked(to) - clock.worked(from));
            }
        }
    };
    for step in plan.records.iter().flat_map(|record| &record.lots).flat_map(|lot| &lot.steps) {
        let loads = &mut profile[step.resource as usize];
        each(step.resource as usize, step.start, step.end, &mut |period, held| loads[period].planned += held);
    }
    for taken in &shop.model.taken {
        let loads = &mut profile[taken.resource];
        each(taken.resource, taken.from, taken.to, &mut |period, held| loads[period].taken += held);
    }
    profile
}
