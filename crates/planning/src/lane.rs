//! One unit of a resource, and when it is taken: stretches on the resource's own working clock.

use crate::clock::Clock;
use crate::model::Seconds;
use crate::sequence::Run;

/// Taken stretches, apart from one another and in order; what touches is one stretch, so that a full week is one.
#[derive(Clone, Debug, Default)]
pub struct Lane {
    taken: Vec<(Seconds, Seconds)>,
    /// Where a stretch was last taken or freed: a pass goes on near there.
    near: usize,
    /// What runs one after another, where set-ups depend on it; empty elsewhere.
    runs: Vec<Run>,
}

impl Lane {
    /// How many stretches come first, of which that holds for as long as it does: looked for from where the last one was.
    fn count(&self, comes_first: impl Fn(&(Seconds, Seconds)) -> bool) -> usize {
        let (mut low, mut high, mut step) = (0, self.taken.len(), 1);
        let mut probe = self.near.min(high.saturating_sub(1));
        while low < high {
            if comes_first(&self.taken[probe]) {
                low = probe + 1;
                probe = low + step - 1;
            } else {
                high = probe;
                probe = high.saturating_sub(step);
            }
            if probe < low || probe >= high {
                break;
            }
            step *= 2;
        }
        low + self.taken[low..high].partition_point(comes_first)
    }

    /// The earliest begin, not before `from`, of a free stretch of so much work.
    pub fn earliest(&self, from: Seconds, work: Seconds) -> Seconds {
        let mut begin = from;
        let next = self.count(|(_, end)| *end <= from);
        for (start, end) in &self.taken[next..] {
            if start - begin >= work {
                break;
            }
            begin = *end;
        }
        begin
    }

    /// The latest begin of a free stretch of so much work that ends by `until`.
    pub fn latest(&self, until: Seconds, work: Seconds) -> Seconds {
        let mut end = until;
        let last = self.count(|(start, _)| *start < until);
        for (start, taken) in self.taken[..last].iter().rev() {
            if end - taken >= work {
                break;
            }
            end = *start;
        }
        end - work
    }

    /// Where it goes on: what is read here is at hand when it is needed.
    pub fn goes_on(&self) -> Seconds {
        self.taken.get(self.near).map_or(0, |(start, _)| *start)
    }

    /// The first stretch that is taken and reaches into this one.
    pub fn first_within(&self, start: Seconds, end: Seconds) -> Option<(Seconds, Seconds)> {
        let next = self.count(|(_, e)| *e <= start);
        self.taken.get(next).filter(|(s, _)| *s < end).copied()
    }

    /// The last stretch that is taken and reaches into this one.
    pub fn last_within(&self, start: Seconds, end: Seconds) -> Option<(Seconds, Seconds)> {
        let next = self.count(|(s, _)| *s < end);
        self.taken[..next].last().filter(|(_, e)| *e > start).copied()
    }

    /// What has run by then, and what runs later.
    pub fn around(&self, at: Seconds) -> (&[Run], &[Run]) {
        self.runs.split_at(self.runs.partition_point(|run| run.end <= at))
    }

    /// All that runs on it, in its order.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// Notes what runs on a stretch that it takes.
    pub fn note(&mut self, run: Run) {
        let place = self.runs.partition_point(|other| other.start < run.start);
        self.runs.insert(place, run);
    }

    /// Takes a stretch that is free.
    pub fn take(&mut self, start: Seconds, end: Seconds) {
        if start >= end {
            return;
        }
        let next = self.count(|(s, _)| *s < start);
        self.near = next;
        let joins_before = next > 0 && self.taken[next - 1].1 == start;
        let joins_after = self.taken.get(next).is_some_and(|(s, _)| *s == end);
        match (joins_before, joins_after) {
            (true, true) => {
                self.taken[next - 1].1 = self.taken[next].1;
                self.taken.remove(next);
            }
            (true, false) => self.taken[next - 1].1 = end,
            (false, true) => self.taken[next].0 = start,
            (false, false) => self.taken.insert(next, (start, end)),
        }
    }

    /// The same stretches on another clock.
    pub fn on(&self, own: &Clock, other: &Clock) -> Self {
        let mut lane = Self::default();
        let on = |at| other.worked(at);
        self.taken.iter().for_each(|(start, end)| lane.take(on(own.start_of(*start)), on(own.end_of(*end))));
        lane
    }

    /// Gives a taken stretch back.
    pub fn free(&mut self, start: Seconds, end: Seconds) {
        if start >= end {
            return;
        }
        if !self.runs.is_empty() {
            let first = self.runs.partition_point(|run| run.end <= start);
            let count = self.runs[first..].iter().take_while(|run| run.start < end).count();
            self.runs.drain(first..first + count);
        }
        let at = self.count(|(_, e)| *e <= start);
        let Some((from, to)) = self.taken.get(at).copied() else { return };
        self.near = at;
        match (from < start, end < to) {
            (true, true) => {
                self.taken[at].1 = start;
                self.taken.insert(at + 1, (end, to));
            }
            (true, false) => self.taken[at].1 = start,
            (false, true) => self.taken[at].0 = end,
            (false, false) => {
                self.taken.remove(at);
            }
        }
    }
}
