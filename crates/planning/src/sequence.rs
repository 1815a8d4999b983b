//! Set-ups that depend on what ran before: a unit that goes on with the same family needs none, another family takes
//! what the resource's changeovers say, else the operation's own set-up, and so does whatever comes first.
//!
//! Passes that do not know what will have run before reckon with an operation's own set-up. The forward pass knows, and
//! puts nothing in between after which the next would have too little; moving things later keeps each unit's sequence.

use crate::clock::Clock;
use crate::model::{Model, Operation, Seconds, Taken};
use crate::net::NONE;
use crate::network::{Doing, Network};
use crate::schedule::{Floor, Placed, Schedule, span, stretches};
use crate::shop::Shop;
use crate::together::{of_set, sets};
use std::collections::HashMap;

/// What runs on a unit, on its own clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// When it begins with its set-up.
    pub start: Seconds,
    /// When it ends.
    pub end: Seconds,
    /// What it leaves the unit set up for.
    pub family: Option<u32>,
    /// The operation's own set-up.
    pub own: Seconds,
    /// The set-up that it holds.
    pub held: Seconds,
    /// It stays; otherwise it may be let go.
    pub firm: bool,
}

/// Which resources' set-ups depend on what ran before, and what they take.
#[derive(Debug, Default)]
pub(crate) struct Changeovers {
    /// By resource; empty where no operation has a family.
    sequenced: Vec<bool>,
    seconds: HashMap<(usize, u32, u32), Seconds>,
}

impl Changeovers {
    pub fn new(model: &Model) -> Self {
        let mut all = Self::default();
        let methods = model.items.iter().flat_map(|item| &item.methods);
        for operation in methods.flat_map(|method| &method.operations).filter(|o| o.family.is_some()) {
            all.sequenced.resize(model.resources.len(), false);
            operation.resources.iter().for_each(|resource| all.sequenced[*resource] = true);
        }
        for (n, resource) in model.resources.iter().enumerate() {
            all.seconds.extend(resource.changeovers.iter().map(|c| ((n, c.from, c.to), c.seconds)));
        }
        all
    }
}

/// The family of so much work, if it is any: what has nothing to run leaves nothing set up.
fn family(operation: &Operation, work: Seconds) -> Option<u32> {
    operation.family.filter(|_| work > operation.setup)
}

impl Shop<'_> {
    /// Whether any set-up depends on what ran before.
    pub fn sequences(&self) -> bool {
        !self.layout.changeovers.sequenced.is_empty()
    }

    /// Whether those on a resource do.
    pub fn sequenced(&self, resource: usize) -> bool {
        self.layout.changeovers.sequenced.get(resource).copied().unwrap_or(false)
    }

    /// The set-up from one family to another, of an operation with so much of its own.
    pub fn changeover(&self, resource: usize, from: Option<u32>, to: Option<u32>, own: Seconds) -> Seconds {
        let (Some(from), Some(to)) = (from, to) else { return own };
        let named = self.layout.changeovers.seconds.get(&(resource, from, to)).copied();
        named.unwrap_or(if from == to { 0 } else { own })
    }

    /// The set-up after what ran before. What may be let go counts as there and as not there, whichever takes longer.
    fn setup_after(&self, resource: usize, before: &[Run], to: Option<u32>, own: Seconds) -> Seconds {
        let mut longest = 0;
        for run in before.iter().rev() {
            longest = longest.max(self.changeover(resource, run.family, to, own));
            if run.firm {
                return longest;
            }
        }
        longest.max(own)
    }

    /// The first of what runs later that would have too little set-up after a family.
    fn short_of_setup(&self, resource: usize, from: Option<u32>, later: &[Run]) -> Option<Run> {
        for run in later {
            if self.changeover(resource, from, run.family, run.own) > run.held {
                return Some(*run);
            }
            if run.firm {
                break;
            }
        }
        None
    }
}

/// What is to be placed.
struct Piece<'o> {
    operation: &'o Operation,
    family: Option<u32>,
    run: Seconds,
}

impl Floor<'_, '_> {
    /// Places work as early as it can be, with the set-up that it needs there.
    pub(crate) fn early_in_sequence(
        &mut self,
        operation: &Operation,
        work: Seconds,
        from: Seconds,
    ) -> Placed {
        let piece = Piece { operation, family: family(operation, work), run: work - operation.setup };
        let mut best: Option<Placed> = None;
        let mut consider = |placed: Placed| {
            if best.as_ref().is_none_or(|best| placed.end < best.end) {
                best = Some(placed);
            }
        };
        if operation.with.is_empty() {
            for resource in &operation.resources {
                self.shop
                    .units(*resource)
                    .for_each(|unit| consider(self.alone(*resource, unit, &piece, from)));
            }
        } else {
            for set in &sets(self.shop, operation) {
                if let Some(clock) = self.shop.joint_clock(set.iter().map(|(resource, _)| *resource)) {
                    consider(self.with_others(set, clock, &piece, from));
                }
            }
        }
        // What never works together does not pass the model's check.
        let Some(placed) = best else { return Placed { start: from, end: from, ..Placed::default() } };
        self.put(Doing::Work(operation, work), placed);
        placed
    }

    fn alone(&self, resource: usize, unit: usize, piece: &Piece<'_>, from: Seconds) -> Placed {
        let (clock, lane) = (self.shop.clock(resource), &self.lanes[unit]);
        let mut begin = clock.worked(from);
        loop {
            let (before, later) = lane.around(begin);
            let setup = self.setup_of(resource, before, piece);
            let until = match lane.first_within(begin, begin + setup + piece.run) {
                Some((_, until)) => until,
                None => match self.shop.short_of_setup(resource, piece.family, later) {
                    Some(next) => next.end,
                    None => {
                        let (start, end) = span(clock, begin, setup + piece.run, from);
                        return Placed { start, end, setup, ..of_set(&[(resource, unit)]) };
                    }
                },
            };
            begin = until;
        }
    }

    fn with_others(&self, set: &[(usize, usize)], clock: &Clock, piece: &Piece<'_>, from: Seconds) -> Placed {
        let mut begin = clock.worked(from);
        loop {
            let start = clock.start_of(begin).max(from);
            let machine = set.first().map(|(resource, unit)| {
                let (before, _) = self.lanes[*unit].around(self.shop.clock(*resource).worked(start));
                self.setup_of(*resource, before, piece)
            });
            let setup = machine.unwrap_or(0);
            let (start, end) = span(clock, begin, setup + piece.run, from);
            let blocked = |n: usize, resource: usize, unit: usize| {
                let own = self.shop.clock(resource);
                let (start, end) = (own.worked(start), own.worked(end));
                let within = self.lanes[unit].first_within(start, end).map(|(_, until)| until);
                // What is held beside a machine is set up for nothing in particular.
                let family = piece.family.filter(|_| n == 0);
                let next = || self.shop.short_of_setup(resource, family, self.lanes[unit].around(start).1);
                within.or_else(|| next().map(|next| next.end)).map(|until| clock.worked(own.start_of(until)))
            };
            match set.iter().enumerate().find_map(|(n, (resource, unit))| blocked(n, *resource, *unit)) {
                Some(until) => begin = until.max(begin + 1),
                None => return Placed { start, end, setup, ..of_set(set) },
            }
        }
    }

    fn setup_of(&self, resource: usize, before: &[Run], piece: &Piece<'_>) -> Seconds {
        if self.shop.sequenced(resource) {
            self.shop.setup_after(resource, before, piece.family, piece.operation.setup)
        } else {
            piece.operation.setup
        }
    }

    /// Places what lay elsewhere until now as late as it can be on the same units, between the same others.
    pub(crate) fn late_in_place(&mut self, doing: Doing<'_>, before: Placed, until: Seconds) -> Placed {
        let Doing::Work(operation, work @ 1..) = doing else { return self.late(doing, until) };
        let with = before.with.iter().filter(|unit| **unit != NONE);
        let mut set = vec![(before.resource as usize, before.lane as usize)];
        set.extend(with.map(|unit| (self.shop.resource_of(*unit), *unit as usize)));
        let next = set.iter().filter_map(|(resource, unit)| {
            let own = self.shop.clock(*resource);
            let (_, later) = self.lanes[*unit].around(own.worked(before.start));
            later.first().map(|next| own.end_of(next.start))
        });
        let until = next.fold(until, Seconds::min);
        let clock = self.shop.clock_of(&before);
        let held = work - operation.setup + before.setup;
        let (start, end) = self.together_late(&set, clock, held, until);
        let placed = Placed { start, end, ..before };
        self.put(doing, placed);
        placed
    }

    /// Notes in the sequence of each unit what it does.
    pub(crate) fn note(&mut self, doing: Doing<'_>, placed: Placed) {
        let Doing::Work(operation, work) = doing else { return };
        let firm = self.firm;
        for (n, (unit, start, end)) in stretches(self.shop, doing, placed).enumerate() {
            if start < end && self.shop.sequenced(self.shop.resource_of(unit as u32)) {
                let run = match n {
                    0 => Run {
                        start,
                        end,
                        family: family(operation, work),
                        own: operation.setup,
                        held: placed.setup,
                        firm,
                    },
                    _ => Run { start, end, family: None, own: 0, held: 0, firm },
                };
                self.lanes[unit].note(run);
            }
        }
    }

    /// The same of what is taken: whatever set-up it needs is part of it.
    pub(crate) fn note_taken(&mut self, taken: &Taken, unit: usize, (start, end): (Seconds, Seconds)) {
        if self.sequences && start < end && self.shop.sequenced(taken.resource) {
            let run = Run { start, end, family: taken.family, own: 0, held: Seconds::MAX, firm: true };
            self.lanes[unit].note(run);
        }
    }

    /// Whether all that is on the units has the set-up that it needs.
    pub(crate) fn enough(&self) -> bool {
        self.lanes.iter().enumerate().all(|(unit, lane)| {
            let resource = self.shop.resource_of(unit as u32);
            lane.runs().iter().enumerate().all(|(n, run)| {
                let (before, _) = lane.runs().split_at(n);
                self.shop.setup_after(resource, before, run.family, run.own) <= run.held
            })
        })
    }
}

/// Working seconds of all set-ups.
pub(crate) fn setups(network: &Network<'_>, schedule: &Schedule) -> Seconds {
    let tasks = network.tasks.iter().zip(&schedule.placed);
    tasks.filter(|(task, _)| task.step.is_some()).map(|(_, placed)| placed.setup).sum()
}
