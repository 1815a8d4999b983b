//! Calendars that have no shifts: what goes by them never works, and keeps nobody else from planning.

use crate::model::{LONGEST, Records};
use planning::model::{Resource, Seconds};

impl Records {
    /// A calendar without shifts has no hours to count on, and a model none to begin with: whatever goes by it stands for
    /// as long as a plan reaches, and keeps nobody else from planning.
    pub(crate) fn keep_closed(&mut self) {
        for (n, calendar) in self.model.calendars.iter_mut().enumerate() {
            if calendar.week.iter().flatten().all(|(from, to)| from >= to) {
                self.without_shifts.insert(n);
                calendar.week = std::array::from_fn(|_| vec![(0, 1440)]);
                calendar.exceptions.clear();
            }
        }
        let closed = |resource: &&mut Resource| self.without_shifts.contains(&resource.calendar);
        self.model
            .resources
            .iter_mut()
            .filter(closed)
            .for_each(|resource| resource.down = vec![(0, LONGEST)]);
    }

    /// The calendar by which a resource never works.
    pub fn never_works(&self, resource: usize) -> Option<&str> {
        let calendar = self.model.resources.get(resource)?.calendar;
        self.without_shifts.contains(&calendar).then(|| self.model.calendars[calendar].id.as_str())
    }

    /// Whether that is as good as never: something waits for what has no hours.
    pub fn is_never(&self, at: Seconds) -> bool {
        at >= LONGEST && !self.without_shifts.is_empty()
    }
}
