//! Where work is done.

use access::Company;
use kernel::{Context, Entity, Ref, Refusal, Result, refuse};
use numbers::Decimal6;
use people::{Skill, WorkCalendar};
use std::collections::HashSet;

/// A machine, a bench, a line, or a group of them.
#[derive(Clone, Debug, Entity)]
#[entity(
    search = "code,name",
    list = "code,name,calendar_id,capacity,efficiency_percent,hourly_cost,is_down",
    title = "name",
    unique = "company_id,code",
    index = "parent_id"
)]
pub struct WorkCenter {
    pub id: i64,
    pub company: Ref<Company>,
    pub code: String,
    pub name: String,
    pub calendar: Ref<WorkCalendar>,
    /// Operations at a time.
    #[field(default = "1")]
    pub capacity: i64,
    /// How much of the planned pace it really does.
    #[field(default = "100000000")]
    pub efficiency_percent: Decimal6,
    /// Of the machine and who works at it.
    pub hourly_cost: Decimal6,
    /// What standard costs count an hour at; the hourly cost where empty.
    pub standard_hourly_cost: Option<Decimal6>,
    /// What one must be able to do to work here.
    pub skill: Option<Ref<Skill>>,
    /// What it is a part of.
    pub parent: Option<Ref<WorkCenter>>,
    pub archived: bool,
    #[lines]
    pub changeovers: Vec<Changeover>,
}

/// What it takes to set it up from one family of operations to another, where that is not what the operation says.
#[derive(Clone, Debug, Entity)]
#[entity(line_of = "WorkCenter", title = "to_family", list = "from_family,to_family,minutes")]
pub struct Changeover {
    pub id: i64,
    /// What ran before.
    pub from_family: String,
    /// What comes.
    pub to_family: String,
    pub minutes: Decimal6,
}

/// The plan keeps the times of each place by itself: a slip of a finger may not ask it for a million.
const MOST_AT_A_TIME: i64 = 200;

impl WorkCenter {
    pub(crate) fn prepare(&mut self, _: Option<&Self>, cx: &mut Context) -> Result<()> {
        let mut faults = Vec::new();
        for (name, value) in [("code", &self.code), ("name", &self.name)] {
            if value.trim().is_empty() {
                faults.push(refuse("kernel.required").field(name));
            }
        }
        if !(1..=MOST_AT_A_TIME).contains(&self.capacity) {
            faults.push(refuse("equipment.capacity").field("capacity").arg("most", MOST_AT_A_TIME));
        }
        if self.efficiency_percent.0 <= 0 {
            faults.push(refuse("equipment.efficiency").field("efficiency_percent"));
        }
        if self.standard_hourly_cost.is_some_and(|c| c.0 < 0) {
            faults.push(refuse("equipment.below_zero").field("standard_hourly_cost"));
        }
        if self.hourly_cost.0 < 0 {
            faults.push(refuse("equipment.below_zero").field("hourly_cost"));
        }
        faults.extend(self.changeover_faults());
        Refusal::all(faults)?;
        self.no_part_of_itself(cx)
    }

    fn changeover_faults(&mut self) -> Vec<Refusal> {
        let (mut faults, mut known) = (Vec::new(), HashSet::new());
        for (i, one) in self.changeovers.iter_mut().enumerate() {
            let field = |name: &str| format!("changeovers/{i}/{name}");
            for (name, family) in [("from_family", &mut one.from_family), ("to_family", &mut one.to_family)] {
                *family = family.trim().to_owned();
                if family.is_empty() {
                    faults.push(refuse("kernel.required").field(field(name)));
                }
            }
            if one.minutes.0 < 0 {
                faults.push(refuse("equipment.below_zero").field(field("minutes")));
            }
            if !known.insert((one.from_family.clone(), one.to_family.clone())) {
                faults.push(refuse("equipment.changeover_twice").field(field("to_family")));
            }
        }
        faults
    }

    /// Whether a work center is another one or a part of it, over all levels.
    ///
    /// # Errors
    /// When one is not there.
    pub fn is_within(center: Ref<Self>, group: Ref<Self>, cx: &mut Context) -> Result<bool> {
        let (mut at, mut seen) = (Some(center), HashSet::new());
        while let Some(center) = at.filter(|c| seen.insert(c.id())) {
            if center == group {
                return Ok(true);
            }
            at = cx.read(center)?.parent;
        }
        Ok(false)
    }

    /// What standard costs count an hour at.
    #[must_use]
    pub fn standard_rate(&self) -> Decimal6 {
        self.standard_hourly_cost.unwrap_or(self.hourly_cost)
    }

    fn no_part_of_itself(&self, cx: &mut Context) -> Result<()> {
        let mut seen = HashSet::new();
        let mut above = self.parent;
        while let Some(center) = above {
            if center.id() == self.id || !seen.insert(center.id()) {
                return Err(refuse("equipment.part_of_itself").field("parent_id").into());
            }
            above = cx.read(center)?.parent;
        }
        Ok(())
    }
}
