//! Working time: from an instant to the work done before it, and back.
//!
//! Both ways are needed for every operation that is placed, so a calendar is laid out once, day by day, with sums.
//! On a resource's own clock an operation that pauses over night is one unbroken stretch, and a gap is a difference.

use crate::model::{Calendar, DAY, Fault, Seconds};
use numbers::Date;

/// A calendar laid out over the days that a plan can reach; beyond them its week goes on.
#[derive(Clone, Debug)]
pub struct Clock {
    /// The first day that is laid out, counted from the model's start.
    first: i64,
    /// Work before each laid-out day, and at the end of the last; zero at the model's start.
    sums: Vec<Seconds>,
    /// Where each day's stretches begin in `stretches`, and where the last ends.
    days: Vec<u32>,
    /// Open from and to, in seconds of the day.
    stretches: Vec<(Seconds, Seconds)>,
}

impl Clock {
    /// Lays a calendar out from so many days before the start to so many after it, without the times when it is down.
    pub fn new(
        calendar: &Calendar,
        down: &[(Seconds, Seconds)],
        start: Date,
        before: i64,
        after: i64,
    ) -> Result<Self, Fault> {
        let never = || Fault::NeverWorks(calendar.id.clone());
        if calendar.week.iter().flatten().all(|(from, to)| from >= to) {
            return Err(never());
        }
        let exceptions: std::collections::HashMap<i64, &Vec<(u32, u32)>> =
            calendar.exceptions.iter().map(|(date, shifts)| (date.days(), shifts)).collect();
        let mut clock = Self { first: -before, sums: vec![0], days: vec![0], stretches: Vec::new() };
        for day in -before..after {
            let date = start.days() + day;
            // 1970-01-01 was a Thursday, the fourth day of a week that starts on Monday.
            let weekday = usize::try_from((date + 3).rem_euclid(7)).unwrap_or(0);
            let shifts = exceptions.get(&date).copied().unwrap_or(&calendar.week[weekday]);
            let mut open: Vec<(Seconds, Seconds)> =
                shifts.iter().map(|(from, to)| (i64::from(*from) * 60, i64::from(*to) * 60)).collect();
            open.sort_unstable();
            for (from, to) in down {
                open = without(&open, from - day * DAY, to - day * DAY);
            }
            let mut work = clock.sums.last().copied().unwrap_or(0);
            let mut last = 0;
            for (from, to) in open {
                let from = from.max(last);
                if from < to.min(DAY) {
                    last = to.min(DAY);
                    work += last - from;
                    clock.stretches.push((from, last));
                }
            }
            clock.sums.push(work);
            clock.days.push(u32::try_from(clock.stretches.len()).map_err(|_| never())?);
        }
        let at_start = usize::try_from(before).ok().and_then(|b| clock.sums.get(b)).copied().unwrap_or(0);
        clock.sums.iter_mut().for_each(|sum| *sum -= at_start);
        match clock.sums.as_slice() {
            [low, .., high] if low < high => Ok(clock),
            _ => Err(never()),
        }
    }

    /// When both work, of clocks that are laid out over the same days; none where they never do.
    pub fn both(&self, other: &Self) -> Option<Self> {
        let mut clock = Self { first: self.first, sums: vec![0], days: vec![0], stretches: Vec::new() };
        let of_day = |of: &Self, day: usize| of.days[day] as usize..of.days[day + 1] as usize;
        for day in 0..self.days.len().min(other.days.len()) - 1 {
            for (from, to) in &self.stretches[of_day(self, day)] {
                for (a, b) in &other.stretches[of_day(other, day)] {
                    if from.max(a) < to.min(b) {
                        clock.stretches.push((*from.max(a), *to.min(b)));
                    }
                }
            }
            let new = &clock.stretches[clock.days[day] as usize..];
            let work = clock.sums[day] + new.iter().map(|(from, to)| to - from).sum::<Seconds>();
            clock.sums.push(work);
            clock.days.push(u32::try_from(clock.stretches.len()).ok()?);
        }
        let at_start = usize::try_from(-self.first).ok().and_then(|n| clock.sums.get(n)).copied()?;
        clock.sums.iter_mut().for_each(|sum| *sum -= at_start);
        (clock.sums.first() < clock.sums.last()).then_some(clock)
    }

    /// Work done before an instant.
    pub fn worked(&self, at: Seconds) -> Seconds {
        let day = at.div_euclid(DAY) - self.first;
        let Some(index) = usize::try_from(day).ok().filter(|d| *d < self.days.len() - 1) else {
            return self.beyond_worked(at);
        };
        let rest = at.rem_euclid(DAY);
        let mut work = self.sums[index];
        for (from, to) in &self.stretches[self.days[index] as usize..self.days[index + 1] as usize] {
            if rest <= *from {
                break;
            }
            work += rest.min(*to) - from;
        }
        work
    }

    /// The last instant before which so much work is done: where the next stretch of work starts.
    pub fn start_of(&self, work: Seconds) -> Seconds {
        // The last day before which no more than that is done: work starts on it.
        match self.day_of(work, |sum| sum <= work) {
            Some(index) => self.start_on(index, work),
            None => self.beyond_instant(work),
        }
    }

    fn start_on(&self, index: usize, work: Seconds) -> Seconds {
        let mut left = work - self.sums[index];
        for (from, to) in &self.stretches[self.days[index] as usize..self.days[index + 1] as usize] {
            if left < to - from {
                return (self.first + index as i64) * DAY + from + left;
            }
            left -= to - from;
        }
        (self.first + index as i64 + 1) * DAY
    }

    /// The first instant before which so much work is done: where the last stretch of it ends.
    pub fn end_of(&self, work: Seconds) -> Seconds {
        match self.day_of(work, |sum| sum < work) {
            Some(index) => self.end_on(index, work),
            None => self.beyond_instant(work),
        }
    }

    fn end_on(&self, index: usize, work: Seconds) -> Seconds {
        let mut left = work - self.sums[index];
        for (from, to) in &self.stretches[self.days[index] as usize..self.days[index + 1] as usize] {
            if left <= to - from {
                return (self.first + index as i64) * DAY + from + left;
            }
            left -= to - from;
        }
        (self.first + index as i64 + 1) * DAY
    }

    /// When so much work starts, as [`Self::start_of`], and ends that begins there, as [`Self::end_of`]: mostly on the same
    /// day, which is looked up once.
    pub fn stretch(&self, begin: Seconds, work: Seconds) -> (Seconds, Seconds) {
        let end = begin + work;
        let (Some(mut index), Some(high)) = (self.day_of(begin, |sum| sum <= begin), self.sums.last()) else {
            return (self.start_of(begin), self.end_of(end));
        };
        if work <= 0 || end >= *high {
            return (self.start_of(begin), self.end_of(end));
        }
        let start = self.start_on(index, begin);
        while self.sums[index + 1] < end {
            index += 1;
        }
        (start, self.end_on(index, end))
    }

    /// The last laid-out day whose sum is still below; the sums grow steadily, so the guess is rarely far off.
    fn day_of(&self, work: Seconds, below: impl Fn(Seconds) -> bool) -> Option<usize> {
        let (low, high) = (*self.sums.first()?, *self.sums.last()?);
        if work <= low || work >= high {
            return None;
        }
        let count = self.sums.len() - 1;
        let mut index = usize::try_from((work - low) * count as i64 / (high - low)).ok()?.min(count - 1);
        while index + 1 < count && below(self.sums[index + 1]) {
            index += 1;
        }
        while index > 0 && !below(self.sums[index]) {
            index -= 1;
        }
        Some(index)
    }

    /// Outside what is laid out, work goes on at the average pace: such a plan is a sign of distress, not a timetable.
    fn beyond_worked(&self, at: Seconds) -> Seconds {
        let (low, high, pace) = self.ends();
        let first = self.first * DAY;
        let last = first + (self.days.len() as i64 - 1) * DAY;
        if at < first {
            low - ((first - at) as f64 * pace) as Seconds
        } else {
            high + ((at - last) as f64 * pace) as Seconds
        }
    }

    fn beyond_instant(&self, work: Seconds) -> Seconds {
        let (low, high, pace) = self.ends();
        let first = self.first * DAY;
        let last = first + (self.days.len() as i64 - 1) * DAY;
        if work <= low {
            first - ((low - work) as f64 / pace) as Seconds
        } else {
            last + ((work - high) as f64 / pace) as Seconds
        }
    }

    fn ends(&self) -> (Seconds, Seconds, f64) {
        let (low, high) = (self.sums.first().copied().unwrap_or(0), self.sums.last().copied().unwrap_or(0));
        (low, high, (high - low) as f64 / ((self.days.len() as i64 - 1) * DAY) as f64)
    }
}

/// The stretches without one from–to.
pub fn without(open: &[(Seconds, Seconds)], from: Seconds, to: Seconds) -> Vec<(Seconds, Seconds)> {
    open.iter().flat_map(|(a, b)| [(*a, (*b).min(from)), ((*a).max(to), *b)]).filter(|(a, b)| a < b).collect()
}
