//! The resource board: machines, and what is on them when, for whom.

pub(crate) mod moving;
pub(crate) mod pass;

use crate::kept::{Kept, kept};
use crate::machines::{Job, Machines, Served, needs, wall};
use equipment::WorkCenter;
use kernel::{Input, Reader, Ref, Result};
use numbers::Date;
use planning::model::{Calendar, DAY, Seconds};
use serde_json::{Value as Json, json};
use std::collections::HashMap;

#[derive(Debug, Input)]
pub struct Window {
    /// Today where empty.
    pub from: Option<Date>,
    /// Two weeks where empty.
    pub days: Option<i64>,
    /// All of them where empty.
    pub work_center: Option<Ref<WorkCenter>>,
}

/// The machines with their closed hours and downtimes, the operations on them, and the orders at the end of those.
pub(crate) fn board(input: Window, reader: &mut Reader) -> Result<Json> {
    needs(reader)?;
    let kept = kept(reader)?;
    let machines = kept.machines(reader)?;
    let model = &kept.records.model;
    let days = input.days.unwrap_or(14).clamp(1, 92);
    let from = input.from.map_or(0, |day| (day.days() - model.start.days()) * DAY);
    let to = from + days * DAY;
    let wanted =
        |resource: usize| input.work_center.is_none_or(|center| machines.centers[resource].id == center.id());
    let down = downtimes(&kept, machines, reader)?;
    let mut resources = Vec::new();
    for (n, center) in machines.centers.iter().enumerate().filter(|(n, _)| wanted(*n)) {
        let calendar = &model.calendars[model.resources[n].calendar];
        let idle = kept.records.never_works(n).is_some();
        let closed = if idle { vec![(from, to)] } else { closed(calendar, model.start, from, to) };
        let closed: Vec<_> =
            closed.into_iter().map(|(from, to)| [wall(&kept, from), wall(&kept, to)]).collect();
        let stands = down.get(&n).into_iter().flatten().filter(|d| d.from < to && d.to > from);
        resources.push(json!({
            "work_center_id": center.id, "name": center.name, "group": center.group, "units": model.resources[n].capacity,
            "closed": closed, "down": stands.map(|d| d.as_json(&kept)).collect::<Vec<_>>(),
        }));
    }
    let mut served = Served::default();
    let inside = |job: &Job| wanted(job.resource) && job.times.is_some_and(|(a, b)| a < to && b > from);
    let ordered = machines.ordered.iter().filter(|job| inside(job)).cloned();
    let mut jobs: Vec<Job> = ordered.chain(machines.planned(&kept).filter(inside)).collect();
    jobs.sort_by_key(|job| job.times);
    let operations =
        jobs.iter().map(|job| machines.as_json(&kept, job, &mut served)).collect::<Result<Vec<_>>>()?;
    let unplaced = machines.ordered.iter().filter(|job| wanted(job.resource) && job.times.is_none());
    let unplaced =
        unplaced.map(|job| machines.as_json(&kept, job, &mut served)).collect::<Result<Vec<_>>>()?;
    let now = kept.records.moment(reader.now.as_microsecond());
    Ok(json!({
        "from": wall(&kept, from), "to": wall(&kept, to), "now": wall(&kept, now), "resources": resources,
        "operations": operations, "unplaced": unplaced, "orders": served.into_json(),
    }))
}

/// A time in which a machine stands.
#[derive(Clone)]
struct Down {
    entity: &'static str,
    id: i64,
    from: Seconds,
    to: Seconds,
    kind: String,
    reason: String,
}

impl Down {
    fn as_json(&self, kept: &Kept) -> Json {
        json!({"from": wall(kept, self.from), "to": wall(kept, self.to), "kind": self.kind, "reason": self.reason,
            "document": {"entity": self.entity, "id": self.id, "number": self.reason}})
    }
}

/// What stands, by resource: until when it does is what the plan takes it to be.
fn downtimes(kept: &Kept, machines: &Machines, reader: &mut Reader) -> Result<HashMap<usize, Vec<Down>>> {
    let rows = reader.tx.query(
        "SELECT id, work_center_id, starts_at, ends_at, kind, reason FROM downtime WHERE company_id = ? ORDER BY starts_at, id",
        &[reader.actor.company.into()],
    )?;
    let mut out: HashMap<usize, Vec<Down>> = HashMap::new();
    for r in &rows {
        let Some(resource) = machines.centers.iter().position(|c| c.id == r.int(1)) else { continue };
        let from = kept.records.moment(r.int(2));
        let planned = || {
            let mut down = kept.records.model.resources[resource].down.iter();
            down.find(|(start, _)| *start == from).map(|(_, end)| *end)
        };
        let Some(to) = r.get(3).as_int().map(|end| kept.records.moment(end)).or_else(planned) else {
            continue;
        };
        let (kind, reason) = (r.text(4).into(), r.text(5).into());
        let down = Down { entity: "Downtime", id: r.int(0), from, to, kind, reason };
        kept.records.stand[resource].iter().for_each(|part| out.entry(*part).or_default().push(down.clone()));
    }
    for upkeep in &kept.records.upkeep {
        if let Some((from, to)) = upkeep.window {
            let (id, reason) = (upkeep.maintenance, upkeep.name.clone());
            let down = Down { entity: "Maintenance", id, from, to, kind: "maintenance".into(), reason };
            let stand = kept.records.stand[upkeep.resource].iter();
            stand.for_each(|part| out.entry(*part).or_default().push(down.clone()));
        }
    }
    Ok(out)
}

/// When a calendar is closed between two instants; nights and weekends run into one.
fn closed(calendar: &Calendar, start: Date, from: Seconds, to: Seconds) -> Vec<(Seconds, Seconds)> {
    let exceptions: HashMap<i64, &Vec<(u32, u32)>> =
        calendar.exceptions.iter().map(|(date, shifts)| (date.days(), shifts)).collect();
    let mut open: Vec<(Seconds, Seconds)> = Vec::new();
    for day in from.div_euclid(DAY)..=(to - 1).div_euclid(DAY) {
        let date = start.days() + day;
        // 1970-01-01 was a Thursday, the fourth day of a week that starts on Monday.
        let weekday = usize::try_from((date + 3).rem_euclid(7)).unwrap_or(0);
        let shifts = exceptions.get(&date).copied().unwrap_or(&calendar.week[weekday]);
        open.extend(
            shifts.iter().map(|(a, b)| (day * DAY + i64::from(*a) * 60, day * DAY + i64::from(*b) * 60)),
        );
    }
    open.sort_unstable();
    let mut closed = Vec::new();
    let mut at = from;
    for (opens, closes) in open {
        if opens > at {
            closed.push((at, opens.min(to)));
        }
        at = at.max(closes);
    }
    if at < to {
        closed.push((at, to));
    }
    closed
}

#[cfg(test)]
mod tests {
    use super::{Calendar, DAY, closed};
    use numbers::Date;

    #[test]
    fn a_weekend_is_one_closed_stretch() -> Result<(), numbers::NumberError> {
        let mut calendar = Calendar::default();
        for day in 0..5 {
            calendar.week[day] = vec![(360, 840)];
        }
        // 2026-11-27 is a Friday.
        let friday = Date::from_days(20_784)?;
        let hour = 3600;
        assert_eq!(
            closed(&calendar, friday, 0, 4 * DAY),
            [(0, 6 * hour), (14 * hour, 3 * DAY + 6 * hour), (3 * DAY + 14 * hour, 4 * DAY)]
        );
        Ok(())
    }
}
