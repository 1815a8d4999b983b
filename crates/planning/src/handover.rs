//! From one operation of a lot to the next: whole, after the way there and the queue, or overlapping, when the first
//! transfer batch is through. An operation that overlaps ends late enough to work on what comes to it last.

use crate::clock::Clock;
use crate::model::{Operation, Seconds};
use crate::schedule::Placed;
use crate::shop::{Shop, run};
use numbers::Rational;

/// How an operation overlaps with the next.
#[derive(Clone, Copy, Debug)]
pub struct Overlap {
    /// Working seconds after the set-up after which the next can begin.
    head: Seconds,
    /// Working seconds that the next still has when this one has ended.
    tail: Seconds,
    /// Working seconds in all after the set-up.
    work: Seconds,
}

/// What comes to an operation last, of which the first was there before.
#[derive(Clone, Copy, Debug)]
pub struct Last {
    there: Seconds,
    tail: Seconds,
}

impl Last {
    /// Before when the operation cannot end that is done on this clock.
    pub fn not_before(self, clock: &Clock) -> Seconds {
        clock.end_of(clock.worked(self.there) + self.tail)
    }
}

impl Overlap {
    /// None where all goes on at once.
    pub fn of(before: &Operation, after: &Operation, qty: &Rational) -> Option<Self> {
        let batch = before.transfer.as_ref().filter(|batch| *batch < qty)?;
        let tail = (&after.run * batch).ceil().unwrap_or(0);
        Some(Self { head: run(before, batch), tail, work: run(before, qty) })
    }

    /// When the head is through of an operation that lies there.
    pub fn through(self, clock: &Clock, before: &Placed) -> Seconds {
        clock.end_of(clock.worked(before.start) + before.setup + self.head).min(before.end)
    }

    /// What the next has to do when the last of it is there.
    pub fn last(self, there: Seconds) -> Last {
        Last { there, tail: self.tail }
    }

    /// By when it must have ended, on its usual resources, if the next needs its head by then and ends there.
    pub fn latest(
        self,
        shop: &Shop<'_>,
        (before, after): (&Operation, &Operation),
        by: Seconds,
        end: Seconds,
    ) -> Seconds {
        let (clock, next) = (shop.usual_clock(before), shop.usual_clock(after));
        let for_head = clock.end_of(clock.worked(by) - self.head + self.work);
        let for_tail = next.start_of(next.worked(end) - self.tail) - before.transport;
        for_head.min(for_tail).max(by)
    }
}
