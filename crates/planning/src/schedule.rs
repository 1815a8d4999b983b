//! Finite scheduling of material and capacity together: every task of a netted plan gets a time at which what it waits
//! for is there and its resources are free.
//!
//! One pass places all tasks, either forward (each as early as it can be) or backward (each as late as what waits for
//! it allows). On units of one the backward pass in the order of the ends moves no task earlier, and the forward pass
//! in the order of the starts none later: so the two alternate, and each keeps what the other won (double
//! justification: V. Valls, F. Ballestín and S. Quintanilla, Justification and RCPSP: a technique that pays, EJOR 165
//! (2005)).

use crate::clock::Clock;
use crate::handover::Last;
use crate::lane::Lane;
use crate::model::{Operation, Seconds, Taken};
use crate::net::NONE;
use crate::network::{Doing, Network};
use crate::shop::{Shop, WITH};
use crate::together::Way;
use std::cmp::Reverse;

/// So many tasks are read before they are placed.
pub(crate) const AHEAD: usize = 16;

/// Times for all tasks of a network.
#[derive(Default)]
pub struct Schedule {
    /// When and where each task is done.
    pub placed: Vec<Placed>,
    /// When each order is there in full.
    pub done: Vec<Seconds>,
}

/// A task's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Its begin.
    pub start: Seconds,
    /// Its end.
    pub end: Seconds,
    /// The resource that does it.
    pub resource: u32,
    /// The unit of the resource, counted over all resources.
    pub lane: u32,
    /// The units of what it holds beside that, or [`NONE`].
    pub with: [u32; WITH],
    /// How much of its working time is set-up.
    pub setup: Seconds,
}

impl Default for Placed {
    fn default() -> Self {
        Self { start: 0, end: 0, resource: 0, lane: 0, with: [NONE; WITH], setup: 0 }
    }
}

impl Clone for Schedule {
    fn clone(&self) -> Self {
        Self { placed: self.placed.clone(), done: self.done.clone() }
    }

    /// Keeps the memory that it has: a large plan is remembered at every second pass.
    fn clone_from(&mut self, other: &Self) {
        self.placed.clone_from(&other.placed);
        self.done.clone_from(&other.done);
    }
}

impl Schedule {
    /// Every task where it would be without limits of capacity.
    pub fn wished(network: &Network<'_>, due: &[Seconds]) -> Self {
        let placed = |wish| Placed { start: wish, end: wish, ..Placed::default() };
        Self { placed: network.wishes.iter().map(|wish| placed(*wish)).collect(), done: due.to_vec() }
    }

    /// The tasks in the order of their starts, sources before what waits for them.
    pub fn by_start(&self, network: &Network<'_>) -> Vec<u32> {
        let order = &network.sources_first;
        let mut starts: Vec<Seconds> = self.placed.iter().map(|placed| placed.start).collect();
        if !network.overlaps.is_empty() {
            // What overlaps may have come to lie before what it waits for, where that is done elsewhere than usual.
            for task in order.iter().map(|task| *task as usize) {
                let sources = network.sources(task).iter().map(|source| starts[*source as usize]);
                starts[task] = sources.fold(starts[task], Seconds::max);
            }
        }
        sorted(order, |task| starts[task])
    }

    /// The tasks in the order of their ends, last first, sources after what waits for them.
    pub fn by_end(&self, network: &Network<'_>) -> Vec<u32> {
        let order: Vec<u32> = network.sources_first.iter().rev().copied().collect();
        let mut ends: Vec<Seconds> = self.placed.iter().map(|placed| placed.end).collect();
        if !network.overlaps.is_empty() {
            for task in order.iter().map(|task| *task as usize) {
                for source in network.sources(task).iter().map(|source| *source as usize) {
                    ends[source] = ends[source].min(ends[task]);
                }
            }
        }
        sorted(&order, |task| Reverse(ends[task]))
    }
}

/// Tasks by a key, those of the same key as they were: side by side with their keys, which a large plan would otherwise
/// look for all over the memory at each comparison.
pub(crate) fn sorted<K: Ord + Copy>(order: &[u32], key: impl Fn(usize) -> K) -> Vec<u32> {
    let mut keys: Vec<(K, u32)> =
        order.iter().zip(0..).map(|(task, place)| (key(*task as usize), place)).collect();
    keys.sort_unstable();
    keys.iter().map(|(_, place)| order[*place as usize]).collect()
}

/// By when what each task makes must be there.
pub(crate) struct Limits(pub(crate) Vec<Seconds>);

impl Limits {
    pub(crate) fn new(mut memory: Vec<Seconds>, network: &Network<'_>, targets: &[Seconds]) -> Self {
        memory.clear();
        memory.resize(network.tasks.len(), Seconds::MAX);
        let mut limits = Self(memory);
        for (order, target) in targets.iter().enumerate() {
            for source in network.order_sources.get(order) {
                limits.lower(*source, *target);
            }
        }
        limits
    }

    fn lower(&mut self, source: u32, to: Seconds) {
        let limit = &mut self.0[source as usize];
        *limit = (*limit).min(to);
    }

    /// What a task waits for must have ended when it needs it.
    pub(crate) fn lower_sources(
        &mut self,
        shop: &Shop<'_>,
        network: &Network<'_>,
        task: usize,
        placed: Placed,
    ) {
        for source in network.sources(task) {
            self.lower(*source, network.limit(shop, task, *source, placed));
        }
    }

    /// By when a task must have ended; what nobody waits for (a filled safety stock) stays where it is.
    pub(crate) fn of(&self, network: &Network<'_>, task: usize, schedule: &Schedule) -> Seconds {
        match self.0[task] {
            Seconds::MAX => schedule.placed[task].end,
            by => by - network.tasks[task].doing.after(),
        }
    }
}

/// The units of all resources, which a pass fills.
pub struct Floor<'s, 'm> {
    pub(crate) shop: &'s Shop<'m>,
    /// The units, resource by resource.
    pub lanes: Vec<Lane>,
    /// The units with nothing on them but what the model says is taken.
    empty: Vec<Lane>,
    /// What a pass notes for each task: when it is there, or by when it must have ended.
    pub(crate) beside: Vec<Seconds>,
    /// Set-ups depend on what ran before.
    pub(crate) sequences: bool,
    /// What is placed stays; otherwise it may be let go, and nothing may count on it.
    pub(crate) firm: bool,
}

/// A way to place an operation: the unit, and the stretch on the resource's own clock.
struct Choice {
    lane: usize,
    resource: usize,
    from: Seconds,
    placed: (Seconds, Seconds),
}

impl<'s, 'm> Floor<'s, 'm> {
    /// Resources with nothing on them but what the model says is taken.
    pub fn new(shop: &'s Shop<'m>) -> Self {
        let mut floor = Self::with(shop, Vec::new());
        floor.occupy_taken();
        floor
    }

    /// The same where every set-up is in full, whatever ran before.
    pub fn blind(shop: &'s Shop<'m>) -> Self {
        let mut floor = Self { sequences: false, ..Self::with(shop, Vec::new()) };
        floor.occupy_taken();
        floor
    }

    fn occupy_taken(&mut self) {
        for taken in &self.shop.model.taken {
            self.occupy(taken);
        }
        self.empty.clone_from(&self.lanes);
    }

    /// Resources with what is on them already.
    pub fn with(shop: &'s Shop<'m>, mut lanes: Vec<Lane>) -> Self {
        let units: u32 = shop.model.resources.iter().map(|resource| resource.capacity).sum();
        lanes.resize(units as usize, Lane::default());
        Self { shop, lanes, empty: Vec::new(), beside: Vec::new(), sequences: shop.sequences(), firm: true }
    }

    pub(crate) fn clear(&mut self) {
        self.lanes.clone_from(&self.empty);
    }

    /// Reads what the next tasks need, one beside another. A pass meets tasks that lie far from each other, and would wait
    /// for the memory at each of them; read at once, all of them take about as long as one.
    pub(crate) fn look_ahead(
        &self,
        network: &Network<'m>,
        window: &[u32],
        beside: &[Seconds],
        placed: &[Placed],
    ) {
        let mut seen = 0;
        for task in window.iter().map(|task| *task as usize) {
            seen ^= network.tasks[task].floor ^ placed[task].start ^ beside[task];
            seen ^= network.sources(task).len() as Seconds;
        }
        for task in window.iter().map(|task| *task as usize) {
            for source in network.sources(task) {
                seen ^= beside[*source as usize];
            }
            if let Doing::Work(operation, _) = network.tasks[task].doing
                && let Some(resource) = operation.resources.first()
            {
                let units = self.shop.units(*resource).map(|unit| self.lanes[unit].goes_on());
                seen ^= units.fold(operation.setup, |seen, unit| seen ^ unit);
            }
        }
        std::hint::black_box(seen);
    }

    /// A pass forward, in an order in which sources come first.
    pub fn forward(&mut self, network: &Network<'m>, order: &[u32], schedule: &mut Schedule) {
        self.pass(network, order, schedule, |floor, task, from, last| {
            floor.early_until(network.tasks[task].doing, from, last)
        });
    }

    /// The same where somebody else says where a task goes that can begin then.
    pub(crate) fn pass(
        &mut self,
        network: &Network<'m>,
        order: &[u32],
        schedule: &mut Schedule,
        place: impl Fn(&mut Self, usize, Seconds, Option<Last>) -> Placed,
    ) {
        self.clear();
        let mut there = std::mem::take(&mut self.beside);
        there.clear();
        there.resize(network.tasks.len(), 0);
        for window in order.chunks(AHEAD) {
            self.look_ahead(network, window, &there, &schedule.placed);
            for task in window.iter().map(|task| *task as usize) {
                let when = |source: u32| there[source as usize];
                let (from, last) = network.ready_when(self.shop, task, &schedule.placed, when);
                let placed = place(self, task, from, last);
                there[task] = placed.end + network.tasks[task].doing.after();
                schedule.placed[task] = placed;
            }
        }
        for (order, done) in schedule.done.iter_mut().enumerate() {
            let sources = network.order_sources.get(order).iter().map(|source| there[*source as usize]);
            *done = sources.max().unwrap_or(0).max(network.order_floor[order]);
        }
        self.beside = there;
    }

    /// A pass backward onto empty resources from the time at which each order should be there, in an order in which
    /// sources come last. Ignores the present: its use is to say what is urgent.
    pub fn backward(
        &mut self,
        network: &Network<'m>,
        order: &[u32],
        targets: &[Seconds],
        schedule: &mut Schedule,
    ) {
        self.clear();
        let mut limits = Limits::new(std::mem::take(&mut self.beside), network, targets);
        for window in order.chunks(AHEAD) {
            self.look_ahead(network, window, &limits.0, &schedule.placed);
            for task in window.iter().map(|task| *task as usize) {
                let until = limits.of(network, task, schedule);
                schedule.placed[task] = self.late(network.tasks[task].doing, until);
                limits.lower_sources(self.shop, network, task, schedule.placed[task]);
            }
        }
        schedule.done.copy_from_slice(targets);
        self.beside = limits.0;
    }

    /// Puts all tasks of a schedule onto the resources.
    pub fn fill(&mut self, network: &Network<'m>, schedule: &Schedule) {
        self.clear();
        for (task, placed) in network.tasks.iter().zip(&schedule.placed).rev() {
            self.put(task.doing, *placed);
        }
    }

    /// Takes or frees what a task holds, each stretch on the clock of its own resource.
    fn held(&mut self, doing: Doing<'_>, placed: Placed, act: fn(&mut Lane, Seconds, Seconds)) {
        if let Doing::Work(operation, work) = doing
            && operation.with.is_empty()
        {
            let begin = self.shop.clock(placed.resource as usize).worked(placed.start);
            let end = begin + work - operation.setup + placed.setup;
            return act(&mut self.lanes[placed.lane as usize], begin, end);
        }
        for (unit, begin, end) in stretches(self.shop, doing, placed) {
            act(&mut self.lanes[unit], begin, end);
        }
    }

    /// Puts what is taken onto the first unit of its resource that is free then; where none is all the time, what there is
    /// of it in parts.
    fn occupy(&mut self, taken: &Taken) {
        let clock = self.shop.clock(taken.resource);
        let (mut begin, end) = (clock.worked(taken.from), clock.worked(taken.to));
        while begin < end {
            let free = |unit: usize| {
                let from = self.lanes[unit].earliest(begin, 1);
                let until = self.lanes[unit].first_within(from, end).map_or(end, |(next, _)| next);
                (from, Reverse(until), unit)
            };
            let Some((from, Reverse(until), unit)) = self.shop.units(taken.resource).map(free).min() else {
                return;
            };
            self.lanes[unit].take(from, until);
            self.note_taken(taken, unit, (from, until));
            begin = until;
        }
    }

    /// Gives back what a task holds.
    pub fn take_out(&mut self, doing: Doing<'_>, placed: Placed) {
        self.held(doing, placed, Lane::free);
    }

    /// Puts what a plan says onto the units.
    pub fn put(&mut self, doing: Doing<'_>, placed: Placed) {
        self.held(doing, placed, Lane::take);
        if self.sequences {
            self.note(doing, placed);
        }
    }

    pub(crate) fn late(&mut self, doing: Doing<'_>, until: Seconds) -> Placed {
        match doing {
            Doing::Wait(method) => {
                Placed { start: self.shop.before_lead(method, until), end: until, ..Placed::default() }
            }
            Doing::Work(operation, 0) => self.no_time(operation, until),
            Doing::Work(operation, work) if operation.with.is_empty() => {
                self.place_late(operation, work, until)
            }
            Doing::Work(operation, work) => self.place_together(operation, work, until, Way::Late),
        }
    }

    /// Places a task as early as it can be.
    pub fn early(&mut self, doing: Doing<'_>, from: Seconds) -> Placed {
        match doing {
            Doing::Wait(method) => {
                Placed { start: from, end: self.shop.after_lead(method, from), ..Placed::default() }
            }
            Doing::Work(operation, 0) => self.no_time(operation, from),
            Doing::Work(operation, work) if self.sequences => self.early_in_sequence(operation, work, from),
            Doing::Work(operation, work) if operation.with.is_empty() => {
                self.place_early(operation, work, from)
            }
            Doing::Work(operation, work) => self.place_together(operation, work, from, Way::Early),
        }
    }

    /// Places a task as early as it can be, and so that it works on what comes to it last.
    pub fn early_until(&mut self, doing: Doing<'_>, from: Seconds, last: Option<Last>) -> Placed {
        let mut placed = self.early(doing, from);
        let Some(last) = last else { return placed };
        let mut from = from;
        loop {
            let end = last.not_before(self.shop.clock_of(&placed));
            if placed.end >= end {
                return placed;
            }
            self.take_out(doing, placed);
            from = from.max(placed.start) + (end - placed.end);
            placed = self.early(doing, from);
        }
    }

    /// What takes no time waits for nobody: holding no unit, it would lose its place to whatever is put there.
    fn no_time(&self, operation: &Operation, at: Seconds) -> Placed {
        let resource = operation.resources.first().copied().unwrap_or(0);
        Placed {
            start: at,
            end: at,
            resource: resource as u32,
            lane: self.shop.units(resource).start as u32,
            ..Placed::default()
        }
    }

    /// Takes the unit of an operation's resources on which it ends first.
    fn place_early(&mut self, operation: &Operation, work: Seconds, from: Seconds) -> Placed {
        let mut best: Option<Choice> = None;
        for resource in &operation.resources {
            let clock = self.shop.clock(*resource);
            let worked = clock.worked(from);
            for lane in self.shop.units(*resource) {
                let begin = self.lanes[lane].earliest(worked, work);
                // On one clock the first begin is the first end, without looking up when that is.
                if best.as_ref().is_some_and(|b| b.resource == *resource && b.from <= begin) {
                    continue;
                }
                let placed = span(clock, begin, work, from);
                if best.as_ref().is_none_or(|b| placed.1 < b.placed.1) {
                    best = Some(Choice { lane, resource: *resource, from: begin, placed });
                }
            }
        }
        self.settle(best, operation, work, from)
    }

    /// Takes the unit of an operation's resources on which it begins last.
    fn place_late(&mut self, operation: &Operation, work: Seconds, until: Seconds) -> Placed {
        let mut best: Option<Choice> = None;
        for resource in &operation.resources {
            let clock = self.shop.clock(*resource);
            let worked = clock.worked(until);
            for lane in self.shop.units(*resource) {
                let begin = self.lanes[lane].latest(worked, work);
                if best.as_ref().is_some_and(|b| b.resource == *resource && b.from >= begin) {
                    continue;
                }
                let (start, end) = clock.stretch(begin, work);
                let placed = (start.min(end.min(until)), end.min(until));
                if best.as_ref().is_none_or(|b| placed.0 > b.placed.0) {
                    best = Some(Choice { lane, resource: *resource, from: begin, placed });
                }
            }
        }
        self.settle(best, operation, work, until)
    }

    fn settle(
        &mut self,
        choice: Option<Choice>,
        operation: &Operation,
        work: Seconds,
        at: Seconds,
    ) -> Placed {
        // An operation without a resource does not pass the model's check.
        let Some(choice) = choice else { return Placed { start: at, end: at, ..Placed::default() } };
        self.lanes[choice.lane].take(choice.from, choice.from + work);
        let (start, end) = choice.placed;
        Placed {
            start,
            end,
            resource: choice.resource as u32,
            lane: choice.lane as u32,
            with: [NONE; WITH],
            setup: operation.setup,
        }
    }
}

/// The units that a task holds, each for a stretch on the clock of its own resource.
pub fn stretches(
    shop: &Shop<'_>,
    doing: Doing<'_>,
    placed: Placed,
) -> impl Iterator<Item = (usize, Seconds, Seconds)> {
    let Doing::Work(operation, work) = doing else { return None.into_iter().chain(Vec::new()) };
    let clock = shop.clock(placed.resource as usize);
    let begin = clock.worked(placed.start);
    // What pauses for others holds its own resource as long as they do.
    let held = work - operation.setup + placed.setup;
    let end = if operation.with.is_empty() { begin + held } else { clock.worked(placed.end) };
    let with = placed.with.into_iter().filter(|unit| *unit != NONE).map(|unit| {
        let clock = shop.clock(shop.resource_of(unit));
        (unit as usize, clock.worked(placed.start), clock.worked(placed.end))
    });
    Some((placed.lane as usize, begin, end)).into_iter().chain(with.collect::<Vec<_>>())
}

/// When work of a clock begins and ends, not before an instant.
pub(crate) fn span(clock: &Clock, begin: Seconds, work: Seconds, from: Seconds) -> (Seconds, Seconds) {
    let (start, end) = clock.stretch(begin, work);
    let start = start.max(from);
    (start, end.max(start))
}
