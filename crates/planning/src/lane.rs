//! One unit of a resource, and when it is taken: stretches on the resource's own working clock.

use crate::clock::Clock;
use crate::model::Seconds;
use crate::sequence::Run;

/// Taken stretches, in order and apart from one another; what touches is one stretch (but where two blocks meet), so that
/// a full week is one. They lie in blocks, so that neither a place among a hundred thousand of them nor room for something
/// long costs more than among a few.
#[derive(Clone, Debug, Default)]
pub struct Lane {
    blocks: Vec<Block>,
    /// What runs one after another, where set-ups depend on it; empty elsewhere.
    runs: Vec<Run>,
}

/// So many stretches are split into two blocks: few enough to be moved and looked through at once.
const FULL: usize = 96;

/// Some neighbouring stretches, one at least.
#[derive(Clone, Debug)]
struct Block {
    stretches: Vec<(Seconds, Seconds)>,
    /// The first begin and the last end.
    start: Seconds,
    end: Seconds,
    /// The longest room between two of them.
    room: Seconds,
}

impl Block {
    fn of(stretches: Vec<(Seconds, Seconds)>) -> Self {
        let mut block = Self { stretches, start: 0, end: 0, room: 0 };
        block.measure();
        block
    }

    fn measure(&mut self) {
        self.bound();
        self.room = 0;
        let mut end = self.start;
        for (from, to) in &self.stretches {
            self.room = self.room.max(from - end);
            end = *to;
        }
    }

    fn bound(&mut self) {
        self.start = self.stretches.first().map_or(0, |first| first.0);
        self.end = self.stretches.last().map_or(0, |last| last.1);
    }

    /// The room in front of a stretch, up to the one before it.
    fn room_before(&self, n: usize) -> Seconds {
        let before = n.checked_sub(1).and_then(|n| self.stretches.get(n));
        self.stretches.get(n).zip(before).map_or(0, |((begins, _), (_, ended))| begins - ended)
    }

    fn take(&mut self, start: Seconds, end: Seconds) {
        let next = self.stretches.partition_point(|(s, _)| *s < start);
        let room = self.room_before(next);
        let all = &mut self.stretches;
        let joins_before = next > 0 && all[next - 1].1 == start;
        let joins_after = all.get(next).is_some_and(|(s, _)| *s == end);
        match (joins_before, joins_after) {
            (true, true) => {
                all[next - 1].1 = all[next].1;
                all.remove(next);
            }
            (true, false) => all[next - 1].1 = end,
            (false, true) => all[next].0 = start,
            (false, false) => all.insert(next, (start, end)),
        }
        if room == self.room {
            self.measure();
        } else {
            // At either end there may be more room than before.
            self.room = self.room.max(self.room_before(next)).max(self.room_before(next + 1));
            self.bound();
        }
    }

    fn free(&mut self, start: Seconds, end: Seconds) {
        let at = self.stretches.partition_point(|(_, e)| *e <= start);
        let Some((from, to)) = self.stretches.get(at).copied() else { return };
        let all = &mut self.stretches;
        match (from < start, end < to) {
            (true, true) => {
                all[at].1 = start;
                all.insert(at + 1, (end, to));
            }
            (true, false) => all[at].1 = start,
            (false, true) => all[at].0 = end,
            (false, false) => {
                all.remove(at);
            }
        }
        if at == 0 || at + 1 >= self.stretches.len() {
            self.measure();
        } else {
            self.room = self.room.max(self.room_before(at)).max(self.room_before(at + 1));
        }
    }
}

impl Lane {
    /// The earliest begin, not before `from`, of a free stretch of so much work.
    pub fn earliest(&self, from: Seconds, work: Seconds) -> Seconds {
        let mut begin = from;
        let next = self.blocks.partition_point(|block| block.end <= from);
        for block in &self.blocks[next..] {
            if block.start - begin >= work {
                break;
            }
            if block.room < work {
                begin = block.end;
                continue;
            }
            let next = block.stretches.partition_point(|(_, end)| *end <= begin);
            for (start, end) in &block.stretches[next..] {
                if start - begin >= work {
                    return begin;
                }
                begin = *end;
            }
        }
        begin
    }

    /// The latest begin of a free stretch of so much work that ends by `until`.
    pub fn latest(&self, until: Seconds, work: Seconds) -> Seconds {
        let mut end = until;
        let last = self.blocks.partition_point(|block| block.start < until);
        for block in self.blocks[..last].iter().rev() {
            if end - block.end >= work {
                break;
            }
            if block.room < work {
                end = block.start;
                continue;
            }
            let last = block.stretches.partition_point(|(start, _)| *start < end);
            for (start, taken) in block.stretches[..last].iter().rev() {
                if end - taken >= work {
                    return end - work;
                }
                end = *start;
            }
        }
        end - work
    }

    /// The first stretch that is taken and reaches into this one.
    pub fn first_within(&self, start: Seconds, end: Seconds) -> Option<(Seconds, Seconds)> {
        let block = self.blocks.get(self.blocks.partition_point(|block| block.end <= start))?;
        let next = block.stretches.partition_point(|(_, e)| *e <= start);
        block.stretches.get(next).filter(|(s, _)| *s < end).copied()
    }

    /// The last stretch that is taken and reaches into this one.
    pub fn last_within(&self, start: Seconds, end: Seconds) -> Option<(Seconds, Seconds)> {
        let block = self.blocks[..self.blocks.partition_point(|block| block.start < end)].last()?;
        let next = block.stretches.partition_point(|(s, _)| *s < end);
        block.stretches[..next].last().filter(|(_, e)| *e > start).copied()
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
        // The block that begins before it, else the first.
        let at = self.blocks.partition_point(|block| block.start <= start).saturating_sub(1);
        let Some(block) = self.blocks.get_mut(at) else {
            return self.blocks.push(Block::of(vec![(start, end)]));
        };
        block.take(start, end);
        if block.stretches.len() > FULL {
            let rest = Block::of(block.stretches.split_off(FULL / 2));
            block.measure();
            self.blocks.insert(at + 1, rest);
        }
    }

    /// The same stretches on another clock.
    pub fn on(&self, own: &Clock, other: &Clock) -> Self {
        let mut lane = Self::default();
        let on = |at| other.worked(at);
        let all = self.blocks.iter().flat_map(|block| &block.stretches);
        all.for_each(|(start, end)| lane.take(on(own.start_of(*start)), on(own.end_of(*end))));
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
        let at = self.blocks.partition_point(|block| block.end <= start);
        let Some(block) = self.blocks.get_mut(at) else { return };
        block.free(start, end);
        if block.stretches.is_empty() {
            self.blocks.remove(at);
        }
    }
}
