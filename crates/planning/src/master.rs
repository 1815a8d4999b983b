//! The master schedule: what is made of the items that are sold, what of it can still be promised, and whether there is
//! capacity for it.
//!
//! All lists are by period, from the first one on; a list that is shorter than another is nothing from there on. Terms
//! and rules are those of the APICS Dictionary and of T. E. Vollmann, W. L. Berry and D. C. Whybark, Manufacturing
//! Planning and Control Systems (chapters on master production scheduling and capacity planning).

use crate::model::{DAY, Fault, Item, LotPolicy, LotRule, Seconds};
use crate::net::{backward, lot_for};
use crate::plan::Plan;
use crate::shop::{Shop, work};
use numbers::{NumberError, Rational};
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
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Need {
    /// Of which resource; one of the model's where the bill is a [`Profile`]'s.
    pub resource: usize,
    /// How many periods before the one in which it is there (*lead-time offset*).
    pub before: i64,
    /// How much for one, in any unit of time.
    pub per: f64,
}

/// So much on the master schedule.
#[derive(Clone, Copy, Debug)]
pub struct Made<'b> {
    /// What one of it takes.
    pub bill: &'b [Need],
    /// When it is there.
    pub period: i64,
    /// How much of it.
    pub qty: f64,
}

impl<'b> Made<'b> {
    /// What it takes: of which resource, in which period, how much.
    pub fn takes(self) -> impl Iterator<Item = (usize, i64, f64)> + 'b {
        self.bill.iter().map(move |need| (need.resource, self.period - need.before, self.qty * need.per))
    }
}

/// What a master schedule takes of the resources, in the unit of the bills.
#[derive(Clone, Debug, PartialEq)]
pub struct RoughCut {
    /// For each resource the load between each bound and the next.
    pub load: Vec<Vec<f64>>,
    /// For each resource what should have been done before the first bound.
    pub past: Vec<f64>,
}

/// *Rough-cut capacity* by bills of resources (with offsets: *resource profiles*): what the master schedule takes between
/// ascending bounds, the last of which is the end. Lines of resources beyond so many are not counted.
pub fn rough_cut<'b>(
    schedule: impl IntoIterator<Item = Made<'b>>,
    bounds: &[i64],
    resources: usize,
) -> RoughCut {
    let buckets = bounds.len().saturating_sub(1);
    let mut cut = RoughCut { load: vec![vec![0.0; buckets]; resources], past: vec![0.0; resources] };
    for (resource, period, load) in schedule.into_iter().flat_map(Made::takes) {
        if resource >= resources {
            continue;
        }
        match bounds.partition_point(|bound| *bound <= period).checked_sub(1) {
            None => cut.past[resource] += load,
            Some(bucket) if bucket < buckets => cut.load[resource][bucket] += load,
            Some(_) => {}
        }
    }
    cut
}

/// What is made of an item at once by its rule, as a mean over its master schedule: set-ups are shared out by it.
pub fn standard_lot(rule: &LotRule, schedule: &[(Seconds, Rational)]) -> Result<Rational, NumberError> {
    let length = match rule.policy {
        LotPolicy::PeriodOrderQuantity { days } | LotPolicy::Cost { days, .. } => {
            i64::from(days.max(1)) * DAY
        }
        LotPolicy::LotForLot | LotPolicy::Fixed(_) => 0,
    };
    let (mut lots, mut until) = (0, Seconds::MIN);
    for (at, _) in schedule {
        if *at >= until {
            lots += 1;
            until = at + length;
        }
    }
    let total: Rational = schedule.iter().map(|(_, qty)| qty.clone()).sum();
    Ok(lot_for(rule, &total.over(&Rational::from(lots.max(1)))?))
}

/// A *resource profile*: an item's bill of resources over all levels, set off by lead time, in seconds for one.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// What one takes, with offsets in periods counted from the one that ends when it is there.
    pub bill: Vec<Need>,
    /// For what is there from then on, and before then, all parts are made in these ways.
    pub holds: std::ops::Range<Seconds>,
}

/// Over so long the hours of resources are compared that share their work.
const SHARED: Seconds = 90 * DAY;

/// Makes resource profiles of one model.
#[derive(Debug)]
pub struct Profiles<'s, 'm> {
    shop: &'s Shop<'m>,
    /// The place of each item in the order of low-level codes.
    rank: Vec<u32>,
    /// What each resource works in [`SHARED`], over all of its units.
    hours: Vec<f64>,
}

impl<'s, 'm> Profiles<'s, 'm> {
    /// For a model made ready.
    pub fn new(shop: &'s Shop<'m>) -> Self {
        let mut rank = vec![0; shop.model.items.len()];
        shop.order().iter().zip(0..).for_each(|(item, place)| rank[*item as usize] = place);
        let hours = shop.model.resources.iter().enumerate().map(|(n, resource)| {
            let clock = shop.clock(n);
            (clock.worked(SHARED) - clock.worked(0)) as f64 * f64::from(resource.capacity)
        });
        Self { shop, rank, hours: hours.collect() }
    }

    /// What a lot of an item takes that is there at `due`, its components made for it just in time, without limits of
    /// capacity and without any stock. Set-ups are shared out by the lots that rules make of each part; resources that
    /// may do one another's work share it by their hours. Periods are of a length in seconds.
    pub fn of(&self, item: usize, lot: &Rational, due: Seconds, length: Seconds) -> Result<Profile, Fault> {
        let (shop, at) = (self.shop, || "a bill of resources".to_owned());
        if item >= shop.model.items.len() {
            return Err(Fault::Unknown { at: at(), name: format!("item {item}") });
        }
        if !lot.is_positive() || length <= 0 {
            return Err(Fault::Figure { at: at(), what: "a lot or a period of nothing".into() });
        }
        let mut holds = Seconds::MIN..Seconds::MAX;
        let mut needs: BTreeMap<(usize, i64), f64> = BTreeMap::new();
        let mut wanted = BTreeMap::from([((self.rank[item], due), lot.clone())]);
        while let Some(((rank, end), qty)) = wanted.pop_first() {
            let part = shop.order()[rank as usize];
            let one = shop.item(part);
            narrow(&mut holds, one, (due, end));
            let made = backward(shop, part, lot_for(&one.lot, &qty), end);
            let Some(method) = shop.way(part, &made) else { continue };
            let of_lot = qty.to_f64() / made.qty.to_f64() / lot.to_f64();
            for (operation, step) in method.operations.iter().zip(&made.steps) {
                let takes = work(operation, &made.qty) as f64 * of_lot;
                // What ends with a period belongs to it.
                let before = (due - step.end) / length;
                let all: f64 = operation.resources.iter().map(|resource| self.hours[*resource]).sum();
                for resource in operation.resources.iter().filter(|_| takes > 0.0) {
                    // Where none of them works, it is too much for any.
                    let equal = 1.0 / operation.resources.len() as f64;
                    let share = if all > 0.0 { self.hours[*resource] / all } else { equal };
                    if share > 0.0 {
                        *needs.entry((*resource, before)).or_default() += takes * share;
                    }
                }
            }
            for component in &method.components {
                let wants = &component.per * &qty;
                if wants.is_positive() {
                    *wanted.entry((self.rank[component.item], made.start)).or_default() += &wants;
                }
            }
        }
        let bill = needs.into_iter().map(|((resource, before), per)| Need { resource, before, per });
        Ok(Profile { bill: bill.collect(), holds })
    }
}

/// Where a way begins or ends to count for a part that is there at `end`, another profile holds for what is there so much
/// earlier or later than `due`.
fn narrow(holds: &mut std::ops::Range<Seconds>, part: &Item, (due, end): (Seconds, Seconds)) {
    for at in part.methods.iter().flat_map(|method| [method.from, method.until]).flatten() {
        let of_whole = at.saturating_add(due - end);
        if at <= end {
            holds.start = holds.start.max(of_whole);
        } else {
            holds.end = holds.end.min(of_whole);
        }
    }
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
