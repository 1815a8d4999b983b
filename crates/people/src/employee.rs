//! Who works here.

use crate::WorkCalendar;
use access::Company;
use kernel::{Choice, Context, Entity, Ref, Refusal, Result, refuse};
use numbers::{Date, Decimal6};
use parties::Party;

/// Something that one must be able to do, or be allowed to: welding, a fork-lift licence.
#[derive(Clone, Debug, Entity)]
#[entity(search = "code,name", list = "code,name", title = "name", unique = "code")]
pub struct Skill {
    pub id: i64,
    pub code: String,
    pub name: String,
}

/// A person in the role of one who works for the company.
#[derive(Clone, Debug, Entity)]
#[entity(list = "party_id,calendar_id,hourly_cost", title = "name", unique = "company_id,party_id")]
pub struct Employee {
    pub id: i64,
    pub company: Ref<Company>,
    pub party: Ref<Party>,
    pub calendar: Ref<WorkCalendar>,
    #[field(personal)]
    pub hourly_cost: Decimal6,
    pub archived: bool,
    #[lines]
    pub skills: Vec<EmployeeSkill>,
}

#[derive(Clone, Debug, Entity)]
#[entity(line_of = "Employee", title = "skill_id", list = "skill_id,valid_until", index = "skill_id")]
pub struct EmployeeSkill {
    pub id: i64,
    pub skill: Ref<Skill>,
    /// The last day on which it counts; for ever where empty.
    pub valid_until: Option<Date>,
}

/// Days on which somebody does not work.
#[derive(Clone, Debug, Entity)]
#[entity(
    list = "employee_id,kind,from_on,to_on,note",
    title = "name",
    index = "employee_id;company_id,from_on"
)]
pub struct Absence {
    pub id: i64,
    pub company: Ref<Company>,
    pub employee: Ref<Employee>,
    #[field(personal)]
    pub kind: AbsenceKind,
    pub from_on: Date,
    /// The last day of it.
    pub to_on: Date,
    #[field(personal)]
    pub note: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum AbsenceKind {
    Leave,
    Sick,
    Other,
}

impl Employee {
    pub(crate) fn prepare(&mut self, _: Option<&Self>, _: &mut Context) -> Result<()> {
        let mut faults = Vec::new();
        if self.hourly_cost.0 < 0 {
            faults.push(refuse("people.below_zero").field("hourly_cost"));
        }
        for (i, line) in self.skills.iter().enumerate() {
            if self.skills.iter().skip(i + 1).any(|other| other.skill == line.skill) {
                faults.push(refuse("people.skill_twice").field(format!("skills/{i}/skill_id")));
            }
        }
        Refusal::all(faults)
    }
}

impl Absence {
    pub(crate) fn prepare(&mut self, _: Option<&Self>, _: &mut Context) -> Result<()> {
        if self.to_on < self.from_on {
            return Err(refuse("people.ends_before").field("to_on").into());
        }
        Ok(())
    }
}
