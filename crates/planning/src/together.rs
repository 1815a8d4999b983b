//! Operations that hold several things at once: a machine, somebody who can run it, a tool.

use crate::clock::Clock;
use crate::model::{Operation, Seconds};
use crate::net::NONE;
use crate::network::Doing;
use crate::schedule::{Floor, Placed, span};
use crate::shop::{Shop, WITH};

impl Floor<'_, '_> {
    /// Takes one unit of everything that an operation holds together: those on which it ends first, or begins last.
    pub(crate) fn place_together(
        &mut self,
        operation: &Operation,
        work: Seconds,
        at: Seconds,
        way: Way,
    ) -> Placed {
        let mut best: Option<Placed> = None;
        for set in &sets(self.shop, operation) {
            let Some(clock) = self.shop.joint_clock(set.iter().map(|(resource, _)| *resource)) else {
                continue;
            };
            let (start, end) = match way {
                Way::Early => self.together_early(set, clock, work, at),
                Way::Late => self.together_late(set, clock, work, at),
            };
            let better = best.as_ref().is_none_or(|best| match way {
                Way::Early => end < best.end,
                Way::Late => start > best.start,
            });
            if better {
                best = Some(Placed { start, end, setup: operation.setup, ..of_set(set) });
            }
        }
        // What never works together does not pass the model's check.
        let Some(placed) = best else { return Placed { start: at, end: at, ..Placed::default() } };
        self.put(Doing::Work(operation, work), placed);
        placed
    }

    /// The earliest stretch in which all units of a set are free; what is in the way moves it behind itself.
    pub(crate) fn together_early(
        &self,
        set: &[(usize, usize)],
        clock: &Clock,
        work: Seconds,
        from: Seconds,
    ) -> (Seconds, Seconds) {
        let mut begin = clock.worked(from);
        loop {
            let (start, end) = span(clock, begin, work, from);
            let blocked = set.iter().find_map(|(resource, unit)| {
                let own = self.shop.clock(*resource);
                let (_, until) = self.lanes[*unit].first_within(own.worked(start), own.worked(end))?;
                Some(clock.worked(own.start_of(until)))
            });
            match blocked {
                Some(until) => begin = until.max(begin + 1),
                None => return (start, end),
            }
        }
    }

    /// The latest stretch in which all units of a set are free; what is in the way moves it before itself.
    pub(crate) fn together_late(
        &self,
        set: &[(usize, usize)],
        clock: &Clock,
        work: Seconds,
        until: Seconds,
    ) -> (Seconds, Seconds) {
        let mut stop = clock.worked(until);
        loop {
            let end = clock.end_of(stop).min(until);
            let start = clock.start_of(stop - work).min(end);
            let blocked = set.iter().find_map(|(resource, unit)| {
                let own = self.shop.clock(*resource);
                let (from, _) = self.lanes[*unit].last_within(own.worked(start), own.worked(end))?;
                Some(clock.worked(own.end_of(from)))
            });
            match blocked {
                Some(from) => stop = from.min(stop - 1),
                None => return (start, end),
            }
        }
    }
}

/// From which side a place is looked for.
#[derive(Clone, Copy)]
pub(crate) enum Way {
    Early,
    Late,
}

/// Each set with each unit of each of some resources that is not in it yet.
fn units(shop: &Shop<'_>, resources: &[usize], sets: &[Vec<(usize, usize)>]) -> Vec<Vec<(usize, usize)>> {
    let mut all = Vec::new();
    for set in sets {
        for (resource, unit) in resources.iter().flat_map(|r| shop.units(*r).map(move |unit| (*r, unit))) {
            if !set.contains(&(resource, unit)) {
                let mut more = set.clone();
                more.push((resource, unit));
                all.push(more);
            }
        }
    }
    all
}

/// All sets of units of which an operation may hold one, its resource first, each with its resource.
pub(crate) fn sets(shop: &Shop<'_>, operation: &Operation) -> Vec<Vec<(usize, usize)>> {
    let machines = units(shop, &operation.resources, &[Vec::new()]);
    operation.with.iter().fold(machines, |sets, any| units(shop, any, &sets))
}

/// A place on the units of a set, but for its time.
pub(crate) fn of_set(set: &[(usize, usize)]) -> Placed {
    let mut with = [NONE; WITH];
    with.iter_mut().zip(set.iter().skip(1)).for_each(|(with, (_, unit))| *with = *unit as u32);
    let (resource, lane) = set.first().copied().unwrap_or_default();
    Placed { resource: resource as u32, lane: lane as u32, with, ..Placed::default() }
}
