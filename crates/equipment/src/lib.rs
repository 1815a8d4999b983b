//! Machines and benches, as capacities that work goes through: what they can, what an hour costs, when they stand.

mod downtime;
mod work_center;

pub use downtime::{Downtime, DowntimeKind};
pub use work_center::{Changeover, WorkCenter};

use kernel::{Kind, Module};

/// The module's list.
#[must_use]
pub fn module() -> Module {
    Module::new("equipment", include_str!("../locale/en.json"), include_str!("../locale/sl.json"))
        .entity::<WorkCenter>()
        .computed(
            "is_down",
            Kind::Bool,
            "CASE WHEN EXISTS (SELECT 1 FROM downtime d WHERE d.work_center_id = {t}.id AND d.kind = 'breakdown' AND d.ends_at IS NULL)
             THEN 1 ELSE 0 END",
        )
        .prepare::<WorkCenter>(WorkCenter::prepare)
        .entity::<Changeover>()
        .entity::<Downtime>()
        .prepare::<Downtime>(Downtime::prepare)
        .command::<Downtime, _, _>("end", Downtime::end)
        .events(&["equipment.Ended"])
        .area("equipment", &["WorkCenter", "Downtime"])
}
