//! People as planning and production need them: when they work, what they can do, when they are away.

mod calendar;
mod employee;

pub use calendar::{CalendarException, Shift, Weekday, WorkCalendar};
pub use employee::{Absence, AbsenceKind, Employee, EmployeeSkill, Skill};

use kernel::Module;

/// The module's list.
#[must_use]
pub fn module() -> Module {
    Module::new("people", include_str!("../locale/en.json"), include_str!("../locale/sl.json"))
        .entity::<WorkCalendar>()
        .prepare::<WorkCalendar>(WorkCalendar::prepare)
        .entity::<Shift>()
        .entity::<CalendarException>()
        .entity::<Skill>()
        .entity::<Employee>()
        .prepare::<Employee>(Employee::prepare)
        .entity::<EmployeeSkill>()
        .entity::<Absence>()
        .prepare::<Absence>(Absence::prepare)
        .area("people", &["Employee", "Absence", "Skill", "WorkCalendar"])
}
