//! As late as can be: the last pass over a plan, after which nothing lies on the shelves longer than it must.

use crate::model::{DAY, Seconds};
use crate::network::Network;
use crate::schedule::{AHEAD, Floor, Limits, Placed, Schedule, sorted};
use std::cmp::Reverse;

impl<'m> Floor<'_, 'm> {
    /// Moves every task as late as what waits for it allows, the most urgent last, each out of where it is among all
    /// others: its own place is always free, so none comes to lie earlier, and what was feasible stays so.
    pub fn delay(&mut self, network: &Network<'m>, targets: &[Seconds], schedule: &mut Schedule) {
        self.fill(network, schedule);
        let order = if self.sequences {
            // Where the sequence stays, what comes later on a unit goes first, and that is what begins later.
            schedule.by_start(network).into_iter().rev().collect()
        } else {
            self.by_urgency(network, targets, schedule)
        };
        let mut limits = Limits::new(std::mem::take(&mut self.beside), network, targets);
        for window in order.chunks(AHEAD) {
            self.look_ahead(network, window, &limits.0, &schedule.placed);
            for task in window {
                self.delay_one(network, *task as usize, &mut limits, schedule);
            }
        }
        schedule.done.copy_from_slice(targets);
        self.beside = limits.0;
    }

    /// The tasks by when they must have ended if each had its resources for itself, the latest first: the latest finish
    /// times of the critical path method (J. E. Kelley and M. R. Walker, Critical-path planning and scheduling (1959)).
    fn by_urgency(&mut self, network: &Network<'m>, targets: &[Seconds], schedule: &Schedule) -> Vec<u32> {
        let order: Vec<u32> = network.sources_first.iter().rev().copied().collect();
        let mut limits = Limits::new(std::mem::take(&mut self.beside), network, targets);
        for task in order.iter().map(|task| *task as usize) {
            let end = self.wanted(network, task, &limits, schedule);
            let start = network.tasks[task].doing.alone(self.shop, end);
            limits.lower_sources(self.shop, network, task, Placed { start, end, ..Placed::default() });
            limits.0[task] = end;
        }
        let order = sorted(&order, |task| Reverse(limits.0[task]));
        self.beside = limits.0;
        order
    }

    /// By when a task should have ended: what completes a lot so much sooner as the item's safety time asks for, which
    /// makes nothing late. What does not keep as long is there a day before it expires.
    fn wanted(&self, network: &Network<'m>, task: usize, limits: &Limits, schedule: &Schedule) -> Seconds {
        let by = limits.of(network, task, schedule);
        let lot = network.tasks[task].lot;
        let item = self.shop.item(lot.item);
        let completes = || task.checked_sub(1).is_none_or(|next| network.tasks[next].lot != lot);
        if item.safety_days == 0 || limits.0[task] == Seconds::MAX || !completes() {
            return by;
        }
        by - i64::from(item.shelf_days.map_or(item.safety_days, |keeps| item.safety_days.min(keeps - 1)))
            * DAY
    }

    fn delay_one(
        &mut self,
        network: &Network<'m>,
        task: usize,
        limits: &mut Limits,
        schedule: &mut Schedule,
    ) {
        let until = self.wanted(network, task, limits, schedule);
        let (doing, before) = (network.tasks[task].doing, schedule.placed[task]);
        self.take_out(doing, before);
        schedule.placed[task] =
            if self.sequences { self.late_in_place(doing, before, until) } else { self.late(doing, until) };
        if schedule.placed[task].start < before.start || !network.goes_on(self.shop, task, &schedule.placed) {
            self.take_out(doing, schedule.placed[task]);
            self.put(doing, before);
            schedule.placed[task] = before;
        }
        limits.lower_sources(self.shop, network, task, schedule.placed[task]);
    }
}
