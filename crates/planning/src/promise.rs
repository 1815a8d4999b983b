//! Capable to promise: the earliest true date of something that is asked for, beside everything that is planned
//! already, what it takes, and what would make it sooner.
//!
//! What a new lot has too much is not counted on again: the date holds without it.
//!
//! A [`Resident`] is kept between questions, so that an answer costs what the question needs and not what the plan is
//! large. Nothing that is planned moves: a promise takes what is free.

mod left;

use crate::explain::{Binds, Reason, standing};
use crate::handover::Overlap;
use crate::lane::Lane;
use crate::model::{Fault, Kind, Method, Model, Operation, Seconds};
use crate::net::Step;
use crate::network::Doing;
use crate::plan::Plan;
use crate::schedule::{Floor, Placed, stretches};
use crate::shop::{Layout, Shop, work};
use left::{Free, covered_at, left_over};
use numbers::Rational;
use std::sync::Arc;

/// Something that a customer asks for.
#[derive(Clone, Debug)]
pub struct Request {
    /// What.
    pub item: usize,
    /// How much.
    pub qty: Rational,
    /// When it is wanted.
    pub due: Seconds,
}

/// What can be promised.
#[derive(Clone, Debug, PartialEq)]
pub struct Promise {
    /// When all of it is there, not before it is wanted. None where an item can neither be made nor bought.
    pub at: Option<Seconds>,
    /// What must be made and bought for it, beside what is free already; what it is made into comes last.
    pub lots: Vec<New>,
    /// What it waits for, the longest wait first; empty when it is there in time.
    pub because: Vec<Reason>,
    /// For each of these what its date would be if it did not bind.
    pub sooner: Vec<(Binds, Seconds)>,
}

/// A lot that a promise needs.
#[derive(Clone, Debug, PartialEq)]
pub struct New {
    /// Of which item.
    pub item: usize,
    /// How much.
    pub qty: Rational,
    /// Which of its item's methods makes it.
    pub method: u32,
    /// When it must be begun.
    pub start: Seconds,
    /// When it is there.
    pub end: Seconds,
    /// Where its operations are done.
    pub placed: Vec<Placed>,
}

/// A plan kept at hand to promise from.
#[derive(Clone, Debug)]
pub struct Resident {
    model: Model,
    layout: Arc<Layout>,
    lanes: Vec<Lane>,
    free: Vec<Vec<Free>>,
}

/// What a soft reservation holds until it is let go.
#[derive(Clone, Debug)]
pub struct Hold(Vec<Taken>);

#[derive(Clone, Debug)]
enum Taken {
    Free(usize, usize, Rational),
    Lane(usize, Seconds, Seconds),
}

impl Resident {
    /// Keeps a model with its plan.
    pub fn new(model: Model, plan: &Plan) -> Result<Self, Fault> {
        let layout = Shop::new(&model)?.layout;
        Ok(Self::laid_out(model, layout, plan))
    }

    /// The same where the model is made ready already.
    pub fn laid_out(model: Model, layout: Arc<Layout>, plan: &Plan) -> Self {
        let shop = Shop { model: &model, layout };
        let mut floor = Floor::new(&shop);
        for (item, record) in plan.records.iter().enumerate() {
            for lot in &record.lots {
                let Some(method) = shop.way(item as u32, lot) else { continue };
                for (step, operation) in lot.steps.iter().zip(&method.operations) {
                    let Step { resource, unit: lane, with, setup, start, end } = *step;
                    let placed = Placed { start, end, resource, lane, with, setup };
                    floor.put(Doing::Work(operation, work(operation, &lot.qty)), placed);
                }
            }
        }
        let lanes = std::mem::take(&mut floor.lanes);
        let free = left_over(&model, plan);
        let layout = Arc::clone(&shop.layout);
        Self { model, layout, lanes, free }
    }

    /// The model that is kept.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// What can be promised; holds nothing.
    pub fn promise(&mut self, request: &Request) -> Promise {
        let (mut promise, hold) = self.reserve(request);
        self.release(hold);
        for reason in promise.because.iter().take(3) {
            let (at, hold) = self.earliest(request, Some(reason.binds));
            self.release(hold);
            if let Some(end) = at.end.map(|end| end.max(request.due)).filter(|end| Some(*end) < promise.at) {
                promise.sooner.push((reason.binds, end));
            }
        }
        promise
    }

    /// Promises, and holds what the promise needs until it is let go (a quote that may lapse).
    pub fn reserve(&mut self, request: &Request) -> (Promise, Hold) {
        let (made, hold) = self.earliest(request, None);
        let at = made.end.map(|end| end.max(request.due));
        let late = made.end.is_some_and(|end| end > request.due);
        let because = if late { made.reasons() } else { Vec::new() };
        (Promise { at, lots: made.lots, because, sooner: Vec::new() }, hold)
    }

    /// Lets go what a reservation held.
    pub fn release(&mut self, hold: Hold) {
        for taken in hold.0.into_iter().rev() {
            match taken {
                Taken::Free(item, n, qty) => self.free[item][n].qty += &qty,
                Taken::Lane(lane, begin, end) => self.lanes[lane].free(begin, end),
            }
        }
    }

    fn earliest(&mut self, request: &Request, lifted: Option<Binds>) -> (Search, Hold) {
        let shop = Shop { model: &self.model, layout: Arc::clone(&self.layout) };
        let mut search = Search { lifted, ..Search::default() };
        let mut floor = Floor::with(&shop, std::mem::take(&mut self.lanes));
        floor.firm = false;
        // What is taken at first may have expired when the last of it is there.
        let mut wanted = request.due;
        let there = loop {
            let there = search.supply(&shop, &mut floor, &mut self.free, request.item, &request.qty, wanted);
            let Some(stale) = there.filter(|there| there.until <= there.at.max(wanted)) else { break there };
            search.undo((0, 0), &mut floor, &mut self.free);
            wanted = stale.at.max(wanted);
        };
        (search.end, search.last) = (there.map(|there| there.at), there.and_then(|there| there.last));
        self.lanes = std::mem::take(&mut floor.lanes);
        let hold = Hold(std::mem::take(&mut search.taken));
        (search, hold)
    }
}

/// One search for an earliest date.
#[derive(Default)]
struct Search {
    lifted: Option<Binds>,
    taken: Vec<Taken>,
    lots: Vec<New>,
    /// For each lot what its critical path waited for, by the lot's place.
    waits: Vec<Vec<Reason>>,
    /// What the end of all waits for.
    last: Option<Cause>,
    end: Option<Seconds>,
}

/// What something waits for last.
#[derive(Clone, Copy)]
enum Cause {
    /// One of the search's new lots.
    Lot(usize),
    /// Something that is planned already.
    Planned(Binds, Seconds),
}

/// When something is there, what it waits for, and until when all that was free of it is usable.
#[derive(Clone, Copy)]
struct There {
    at: Seconds,
    last: Option<Cause>,
    until: Seconds,
}

impl Search {
    /// Takes what is free now, and for the rest the sooner of a new lot and what will be free; nothing that is not usable
    /// at the time at which it is wanted, as far as that is known.
    fn supply(
        &mut self,
        shop: &Shop<'_>,
        floor: &mut Floor<'_, '_>,
        free: &mut [Vec<Free>],
        item: usize,
        qty: &Rational,
        wanted: Seconds,
    ) -> Option<There> {
        let mut rest = qty.clone();
        let now = self.take(&mut free[item], item, &mut rest, (0, wanted));
        if rest.is_zero() {
            return Some(There { at: 0, last: None, ..now });
        }
        let before = (self.taken.len(), self.lots.len());
        let made = self.make(shop, floor, free, item, &rest);
        let wait = covered_at(&free[item], &rest, wanted);
        match (made, wait) {
            (Some(there), Some(wait)) if wait <= there.at => self.undo(before, floor, free),
            (None, Some(_)) => self.undo(before, floor, free),
            (Some(there), _) => return Some(There { until: now.until, ..there }),
            (None, None) => return None,
        }
        let later = self.take(&mut free[item], item, &mut rest, (Seconds::MAX, wanted));
        Some(There { until: now.until.min(later.until), ..later })
    }

    /// Takes free supplies that are there by then, first what is there first; gives the last of them.
    fn take(
        &mut self,
        free: &mut [Free],
        item: usize,
        rest: &mut Rational,
        (by, wanted): (Seconds, Seconds),
    ) -> There {
        let mut there = There { at: 0, last: None, until: Seconds::MAX };
        for (n, free) in free.iter_mut().enumerate().filter(|(_, free)| wanted < free.until) {
            if rest.is_zero() || free.at > by {
                break;
            }
            let part = free.qty.at_most(rest);
            if part.is_positive() {
                free.qty -= &part;
                *rest -= &part;
                let last = free.by.map(|by| Cause::Planned(by, free.at));
                there = There { at: free.at, last, until: there.until.min(free.until) };
                self.taken.push(Taken::Free(item, n, part));
            }
        }
        there
    }

    fn make(
        &mut self,
        shop: &Shop<'_>,
        floor: &mut Floor<'_, '_>,
        free: &mut [Vec<Free>],
        item: usize,
        need: &Rational,
    ) -> Option<There> {
        let rule = &shop.model.items[item].lot;
        let qty = need.at_least(&rule.minimum).up_to_multiple(&rule.multiple);
        let chosen = shop.choose(item as u32, &qty, 0);
        let method = shop.model.items[item].methods.get(chosen as usize)?;
        let before = (self.taken.len(), self.lots.len());
        let mut wanted = 0;
        loop {
            let (mut ready, mut critical, mut usable) = (0, None, Seconds::MAX);
            for component in &method.components {
                let need = &component.per * &qty;
                let there = self.supply(shop, floor, free, component.item, &need, wanted)?;
                usable = usable.min(there.until);
                if there.at > ready {
                    (ready, critical) = (there.at, there.last);
                }
            }
            let mut waits = self.waits_of(critical);
            let fence = shop.model.items[item].fence;
            if fence > ready && self.lifted != Some(Binds::Fence(item as u32)) {
                ready = fence;
                waits = vec![Reason { binds: Binds::Fence(item as u32), since: 0, wait: fence }];
            }
            let (placed, end) = self.place(shop, floor, method, item, &qty, ready, &mut waits);
            let queue = method.operations.first().map_or(0, |first| first.queue);
            let start = placed.first().map_or(ready, |first| first.start - queue);
            if usable <= start {
                // What it takes has expired by then: without that.
                self.undo(before, floor, free);
                wanted = start;
                continue;
            }
            self.lots.push(New { item, qty, method: chosen, start, end, placed });
            self.waits.push(waits);
            let last = Some(Cause::Lot(self.lots.len() - 1));
            return Some(There { at: end, last, until: Seconds::MAX });
        }
    }

    fn place(
        &mut self,
        shop: &Shop<'_>,
        floor: &mut Floor<'_, '_>,
        method: &Method,
        item: usize,
        qty: &Rational,
        ready: Seconds,
        waits: &mut Vec<Reason>,
    ) -> (Vec<Placed>, Seconds) {
        let mut at = ready;
        let mut placed: Vec<Placed> = Vec::with_capacity(method.operations.len());
        let mut before: Option<&Operation> = None;
        for operation in &method.operations {
            let work = work(operation, qty);
            let overlap = before.and_then(|before| Some((Overlap::of(before, operation, qty)?, before)));
            let last = placed.last().copied();
            let (from, comes_last) = match (overlap, last) {
                (Some((overlap, before)), Some(last)) => {
                    let through = overlap.through(shop.clock_of(&last), &last);
                    (through + before.transport, Some(overlap.last(at)))
                }
                _ => (at, None),
            };
            let from = from + operation.queue;
            let lifted = operation.resources.iter().any(|r| self.lifted == Some(Binds::Resource(*r as u32)));
            let clock = shop.usual_clock(operation);
            let step = if lifted {
                let begin = clock.worked(from);
                let end = clock.end_of(begin + work);
                let end = comes_last.map_or(end, |last| last.not_before(clock).max(end));
                Placed { start: clock.start_of(begin), end, setup: operation.setup, ..Placed::default() }
            } else if let Some(placed) = self.unbroken(shop, floor, operation, work, from) {
                placed
            } else {
                let step = floor.early_until(Doing::Work(operation, work), from, comes_last);
                let held = stretches(shop, Doing::Work(operation, work), step);
                self.taken.extend(held.map(|(unit, begin, end)| Taken::Lane(unit, begin, end)));
                let clock = shop.clock_of(&step);
                let wait = clock.worked(step.start) - clock.worked(from);
                if wait > 0 {
                    waits.push(Reason { binds: Binds::Resource(step.resource), since: from, wait });
                }
                waits.extend(standing(shop, step, from));
                step
            };
            at = step.end + operation.transport;
            placed.push(step);
            before = Some(operation);
        }
        if ready == 0 && at > 0 && waits.is_empty() {
            waits.push(Reason { binds: Binds::Making(item as u32), since: 0, wait: at });
        }
        let lead_lifted = self.lifted == Some(Binds::LeadTime(item as u32));
        let end = if lead_lifted { at } else { shop.after_lead(method, at) };
        if method.kind != Kind::Make && end > at {
            waits.push(Reason { binds: Binds::LeadTime(item as u32), since: at, wait: end - at });
        }
        (placed, end)
    }

    /// Where an operation would be done if the machine never stood that is lifted, behind what is on it by now.
    fn unbroken(
        &self,
        shop: &Shop<'_>,
        floor: &Floor<'_, '_>,
        operation: &Operation,
        work: Seconds,
        from: Seconds,
    ) -> Option<Placed> {
        let Some(Binds::Down(resource)) = self.lifted else { return None };
        if !operation.resources.contains(&(resource as usize)) || !operation.with.is_empty() {
            return None;
        }
        let (own, clock) = (shop.clock(resource as usize), shop.unbroken_clock(resource as usize));
        let free_from = |lane: &Lane| lane.on(own, clock).earliest(clock.worked(from), work);
        let begin = shop.units(resource as usize).map(|unit| free_from(&floor.lanes[unit])).min()?;
        Some(Placed {
            start: clock.start_of(begin),
            end: clock.end_of(begin + work),
            resource,
            setup: operation.setup,
            ..Placed::default()
        })
    }

    /// Takes back everything since a point of the search.
    fn undo(&mut self, (taken, lots): (usize, usize), floor: &mut Floor<'_, '_>, free: &mut [Vec<Free>]) {
        for taken in self.taken.drain(taken..).rev() {
            match taken {
                Taken::Free(item, n, qty) => free[item][n].qty += &qty,
                Taken::Lane(lane, begin, end) => floor.lanes[lane].free(begin, end),
            }
        }
        self.lots.truncate(lots);
        self.waits.truncate(lots);
    }

    fn waits_of(&self, cause: Option<Cause>) -> Vec<Reason> {
        match cause {
            Some(Cause::Lot(lot)) => self.waits.get(lot).cloned().unwrap_or_default(),
            Some(Cause::Planned(binds, at)) => vec![Reason { binds, since: 0, wait: at }],
            None => Vec::new(),
        }
    }

    fn reasons(&self) -> Vec<Reason> {
        let mut reasons: Vec<Reason> = Vec::new();
        for wait in self.waits_of(self.last) {
            match reasons.iter_mut().find(|r| r.binds == wait.binds) {
                Some(known) => {
                    known.since = known.since.min(wait.since);
                    known.wait += wait.wait;
                }
                None => reasons.push(wait),
            }
        }
        reasons.sort_by_key(|reason| std::cmp::Reverse(reason.wait));
        reasons
    }
}
