//! Machines and benches, as capacities that work goes through: what they can, what an hour costs, when they stand, and
//! their upkeep.

mod downtime;
mod maintenance;
mod work_center;

pub use downtime::{Downtime, DowntimeKind};
pub use maintenance::{By, Due, Maintenance, MaintenancePart, MaintenanceRecord, due};
pub use work_center::{Changeover, WorkCenter};

use kernel::{Kind, Module};

/// That a work center has run since it was last seen to: whole hours and their millionths.
const HOURS_SINCE: &str = "(SELECT CAST(COALESCE(SUM(j.minutes), 0) AS BIGINT) FROM job_card j
    WHERE j.work_center_id = {t}.work_center_id AND j.worked_on > {t}.last_done_on) / 60";

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
        .entity::<Maintenance>()
        .computed("hours_since", Kind::Decimal, HOURS_SINCE)
        .computed("due_on", Kind::Date, "{t}.last_done_on + {t}.every_days")
        .prepare::<Maintenance>(Maintenance::prepare)
        .command::<Maintenance, _, _>("done", Maintenance::done)
        .is_final()
        .set_query::<Maintenance, _>("due", maintenance::list)
        .entity::<MaintenancePart>()
        .closed::<MaintenanceRecord>()
        .computed("name", Kind::Text, "SELECT m.name FROM maintenance m WHERE m.id = {t}.maintenance_id")
        .check_sql(
            "maintenance that was done costs what its spare parts were worth",
            "MaintenanceRecord",
            "SELECT r.id, 'cost ' || CAST(r.cost AS TEXT) || ', entries ' || CAST(COALESCE(v.amount, 0) AS TEXT)
             FROM maintenance_record r LEFT JOIN (
                SELECT s.document_id, CAST(-SUM(v.amount) AS BIGINT) AS amount FROM stock_move s
                JOIN value_entry v ON v.stock_move_id = s.id WHERE s.kind = 'issue' GROUP BY s.document_id) v
             ON v.document_id = r.id WHERE r.cost <> COALESCE(v.amount, 0)",
        )
        .events(&["equipment.Ended", "equipment.Maintained"])
        .area("equipment", &["WorkCenter", "Downtime", "Maintenance", "MaintenanceRecord"])
}
