//! People as planning and production need them: when they work, what they can do, when they are away.

mod calendar;
mod employee;
mod hours;

pub use calendar::{CalendarException, Shift, Weekday, WorkCalendar};
pub use employee::{Absence, AbsenceKind, Employee, EmployeeSkill, Skill};
pub use hours::{Hours, Worker, hours_of, workers_of};

use kernel::{Kind, Module};

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
        .computed("name", Kind::Text, "SELECT p.name FROM party p WHERE p.id = {t}.party_id")
        .prepare::<Employee>(Employee::prepare)
        .entity::<EmployeeSkill>()
        .entity::<Absence>()
        .computed(
            "name",
            Kind::Text,
            "SELECT p.name FROM employee e JOIN party p ON p.id = e.party_id WHERE e.id = {t}.employee_id",
        )
        .prepare::<Absence>(Absence::prepare)
        .area("people", &["Employee", "Absence", "Skill", "WorkCalendar"])
}
