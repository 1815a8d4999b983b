//! When upkeep is due.

use super::Maintenance;
use kernel::json::to_json;
use kernel::{Entity, Input, Kind, Reader, Result, Value};
use numbers::{Date, Decimal6};
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use store::{Row, Tx};

/// Days that say how much a work center runs a day.
const LATELY: i64 = 28;
/// What is further away is not foreseen.
const FARTHEST: i64 = 3660;

/// What makes it due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Calendar,
    Meter,
}

/// A maintenance and the day on which it is due.
#[derive(Clone, Debug)]
pub struct Due {
    pub maintenance: i64,
    pub name: String,
    pub work_center: i64,
    pub work_center_name: String,
    /// How long it takes.
    pub minutes: Decimal6,
    /// Before today where it is overdue by the calendar; nothing where it counts hours and the work center has not run.
    pub on: Option<(Date, By)>,
    pub last_done_on: Date,
    pub every_hours: Option<Decimal6>,
    /// That it has run since it was last done.
    pub hours_since: Decimal6,
    /// That it runs a day, nights and Sundays counted.
    pub hours_a_day: Decimal6,
}

/// The maintenance of a company's work centers, each with its next day: the earlier one of calendar and meter. The meter
/// is carried on at the pace of the last 28 days.
///
/// # Errors
/// The database's.
pub fn due(company: i64, today: Date, tx: &mut Tx) -> Result<Vec<Due>> {
    let minutes = "SELECT CAST(COALESCE(SUM(j.minutes), 0) AS BIGINT) FROM job_card j WHERE j.work_center_id = m.work_center_id";
    let sql = format!(
        "SELECT m.id, m.name, m.work_center_id, c.name, m.minutes, m.last_done_on, m.every_days, m.every_hours,
                ({minutes} AND j.worked_on > m.last_done_on), ({minutes} AND j.worked_on > ? AND j.worked_on <= ?)
         FROM maintenance m JOIN work_center c ON c.id = m.work_center_id
         WHERE m.company_id = ? AND m.archived = 0 AND c.archived = 0 ORDER BY m.id"
    );
    let params = [(today.days() - LATELY).into(), today.days().into(), company.into()];
    tx.query(&sql, &params)?.iter().map(|row| of_row(row, today)).collect()
}

fn of_row(row: &Row, today: Date) -> Result<Due> {
    let last = row.get(5).as_int().unwrap_or(today.days());
    let every_hours = row.get(7).as_int();
    let (since, lately) = (row.int(8).max(0), row.int(9).max(0));
    let calendar = row.get(6).as_int().map(|days| last.saturating_add(days));
    let meter = every_hours.and_then(|hours| days_left(hours, since, lately)).map(|days| today.days() + days);
    let first = match (calendar, meter) {
        (Some(calendar), Some(meter)) if meter < calendar => Some((meter, By::Meter)),
        (Some(calendar), _) => Some((calendar, By::Calendar)),
        (None, meter) => meter.map(|day| (day, By::Meter)),
    };
    let near = first.filter(|(day, _)| *day <= today.days() + FARTHEST);
    Ok(Due {
        maintenance: row.int(0),
        name: row.text(1).into(),
        work_center: row.int(2),
        work_center_name: row.text(3).into(),
        minutes: Decimal6(row.int(4)),
        on: near.map(|(day, by)| Ok::<_, kernel::Error>((Date::from_days(day)?, by))).transpose()?,
        last_done_on: Date::from_days(last)?,
        every_hours: every_hours.map(Decimal6),
        hours_since: Decimal6(since / 60),
        hours_a_day: Decimal6(lately / 60 / LATELY),
    })
}

/// Whole days until so many hours are reached, with so many minutes since and so many in the last days: none where they
/// are reached already, nothing where it does not run.
fn days_left(hours: i64, since: i64, lately: i64) -> Option<i64> {
    let left = i128::from(hours) * 60 - i128::from(since);
    if left <= 0 {
        return Some(0);
    }
    let days = (left * i128::from(LATELY)).checked_div(i128::from(lately))?;
    i64::try_from(days).ok().filter(|days| *days <= FARTHEST)
}

#[derive(Debug, Input)]
pub struct Ahead {
    /// What is due within so many days; all of it where empty.
    pub days: Option<i64>,
}

/// What is due when, the earliest first, with the spare parts that it takes.
pub(crate) fn list(input: Ahead, reader: &mut Reader) -> Result<Json> {
    reader.needs(&[
        (
            Maintenance::NAME,
            &["name", "work_center_id", "every_days", "every_hours", "minutes", "last_done_on"],
        ),
        ("MaintenancePart", &["product_id", "quantity"]),
        ("WorkCenter", &["name"]),
        ("JobCard", &["work_center_id", "worked_on", "minutes"]),
        ("ProductStock", &["free"]),
    ])?;
    let today = reader.today();
    let mut all = due(reader.actor.company, today, reader.tx)?;
    if let Some(days) = input.days {
        let until = today.plus_days(days.clamp(0, FARTHEST))?;
        all.retain(|one| one.on.is_some_and(|(on, _)| on <= until));
    }
    // What nobody can foresee comes last.
    all.sort_by_key(|one| (one.on.is_none(), one.on.map(|(on, _)| on), one.maintenance));
    let mut parts = parts(reader)?;
    let with_parts = |one: &Due| told(one, today, parts.remove(&one.maintenance).unwrap_or_default());
    Ok(json!({"value": all.iter().map(with_parts).collect::<Vec<_>>()}))
}

fn told(one: &Due, today: Date, parts: Vec<Json>) -> Json {
    let decimal = |n: Decimal6| to_json(Kind::Decimal, &Value::Int(n.0));
    json!({
        "maintenance_id": one.maintenance, "name": one.name, "work_center_id": one.work_center,
        "work_center": one.work_center_name, "minutes": decimal(one.minutes),
        "due_on": one.on.map(|(on, _)| on.to_string()),
        "by": one.on.map(|(_, by)| if by == By::Meter { "meter" } else { "calendar" }),
        "overdue_days": one.on.map_or(0, |(on, _)| (today.days() - on.days()).max(0)),
        "last_done_on": one.last_done_on.to_string(), "every_hours": one.every_hours.map(decimal),
        "hours_since": decimal(one.hours_since), "hours_a_day": decimal(one.hours_a_day), "parts": parts,
    })
}

/// The spare parts of each maintenance, with what is free in stock.
fn parts(reader: &mut Reader) -> Result<HashMap<i64, Vec<Json>>> {
    let rows = reader.tx.query(
        "SELECT l.product_id, p.name, l.quantity, COALESCE((SELECT CAST(SUM(s.usable - s.pegged) AS BIGINT) FROM product_stock s
            WHERE s.product_id = l.product_id AND s.company_id = m.company_id), 0), l.parent_id FROM maintenance_part l
         JOIN maintenance m ON m.id = l.parent_id JOIN product p ON p.id = l.product_id
         WHERE m.company_id = ? ORDER BY l.id",
        &[reader.actor.company.into()],
    )?;
    let quantity = |n: i64| to_json(Kind::Quantity, &Value::Int(n));
    let told = |r: &Row| json!({"product_id": r.int(0), "product": r.text(1), "quantity": quantity(r.int(2)), "free": quantity(r.int(3))});
    let mut out: HashMap<i64, Vec<Json>> = HashMap::new();
    rows.iter().for_each(|r| out.entry(r.int(4)).or_default().push(told(r)));
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::days_left;

    const HOUR: i64 = 60_000_000;

    #[test]
    fn the_meter_is_carried_on_at_its_pace() {
        let hours = |n: i64| n * 1_000_000;
        // An hour a day: 28 of 33 are gone.
        assert_eq!(days_left(hours(33), 28 * HOUR, 28 * HOUR), Some(5));
        // Six and a half days are six: it is due before the hours are full.
        assert_eq!(days_left(hours(13), 0, 56 * HOUR), Some(6));
        assert_eq!(days_left(hours(10), 10 * HOUR, 0), Some(0), "reached, whether it runs or not");
        assert_eq!(days_left(hours(10), 9 * HOUR, 0), None, "what stands is not worn");
    }
}
