//! How well a work center is used: overall equipment effectiveness.

use equipment::WorkCenter;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use kernel::json::to_json;
use kernel::{Entity, Input, Kind, Reader, Result, Value, refuse};
use numbers::{Date, Decimal6, Rational};
use people::hours_of;
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use store::Row;

#[derive(Debug, Input)]
pub struct Period {
    /// The first day; 30 days before the last where empty.
    pub from_on: Option<Date>,
    /// The last day; today where empty.
    pub to_on: Option<Date>,
}

/// A time, in seconds since 1970.
type Span = (i64, i64);

/// When it stood, and why.
type Stood = Vec<(Span, String)>;

/// Availability × performance × quality of a work center over some days (Nakajima, *Introduction to TPM*): planned time
/// is the calendar's without maintenance; what stands in it is lost by reason; what was made is counted at its
/// planned pace; good ones count.
pub(crate) fn oee(center: i64, input: Period, reader: &mut Reader) -> Result<Json> {
    reader.needs(&[
        ("WorkCenter", &["calendar_id", "capacity"]),
        ("Downtime", &["work_center_id", "kind", "starts_at", "ends_at", "reason"]),
        ("JobCard", &["work_center_id", "worked_on", "good", "scrapped", "rework"]),
        ("WorkOrderOperation", &["run_minutes"]),
    ])?;
    let description = reader.registry.entity(WorkCenter::NAME)?;
    reader.visible(&description, center)?;
    let to = input.to_on.unwrap_or_else(|| reader.today());
    let from = input.from_on.map_or_else(|| to.plus_days(-29), Ok)?;
    if to < from {
        return Err(refuse("production.ends_before").field("to_on").into());
    }
    let sql = "SELECT calendar_id, capacity FROM work_center WHERE id = ?";
    let Some(row) = reader.tx.first(sql, &[center.into()])? else {
        return Err(refuse("kernel.not_found").arg("entity", WorkCenter::NAME).arg("id", center).into());
    };
    let open = opened(row.int(0), from, to, reader)?;
    let (maintained, broken) = downtimes(center, reader)?;
    let (planned, _) = without(&open, &maintained);
    let (running, lost) = without(&planned, &broken);
    let capacity = Rational::from(row.int(1));
    let minutes = |spans: &[Span]| minutes_of(spans.iter().map(|(from, to)| to - from).sum(), &capacity);
    let (planned, run) = (minutes(&planned)?, minutes(&running)?);
    let made = made(center, from, to, reader)?;
    let all = &(&made.good + &made.scrapped) + &made.rework;
    let factors = [ratio(&run, &planned)?, ratio(&made.standard, &run)?, ratio(&made.good, &all)?];
    let oee = factors.iter().try_fold(Rational::ONE, |product, factor| Some(&product * factor.as_ref()?));
    let mut reasons: Vec<(String, i64)> = lost.into_iter().collect();
    reasons.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let reasons = reasons
        .into_iter()
        .map(|(reason, seconds)| {
            let minutes = minutes_of(seconds, &capacity)?;
            let percent = percent(ratio(&minutes, &planned)?.as_ref())?;
            Ok(json!({"reason": reason, "minutes": number(&minutes)?, "percent": percent}))
        })
        .collect::<Result<Vec<_>>>()?;
    let [availability, performance, quality] = &factors;
    Ok(json!({
        "from_on": from.to_string(), "to_on": to.to_string(), "planned_minutes": number(&planned)?,
        "run_minutes": number(&run)?, "standard_minutes": number(&made.standard)?, "good": number(&made.good)?,
        "scrapped": number(&made.scrapped)?, "rework": number(&made.rework)?,
        "availability": percent(availability.as_ref())?, "performance": percent(performance.as_ref())?,
        "quality": percent(quality.as_ref())?, "oee": percent(oee.as_ref())?, "reasons": reasons,
    }))
}

fn minutes_of(seconds: i64, capacity: &Rational) -> Result<Rational> {
    Ok((&Rational::from(seconds) * capacity).over(&Rational::from(60))?)
}

/// Nothing where there is nothing to compare with.
fn ratio(part: &Rational, all: &Rational) -> Result<Option<Rational>> {
    Ok(if all.is_positive() { Some(part.over(all)?) } else { None })
}

fn number(exact: &Rational) -> Result<Json> {
    Ok(to_json(Kind::Decimal, &Value::Int(exact.round(6)?.0)))
}

/// With one decimal.
fn percent(part: Option<&Rational>) -> Result<Json> {
    let Some(part) = part else { return Ok(Json::Null) };
    Ok(to_json(Kind::Decimal, &Value::Int((part * &Rational::from(100)).round(1)?.0)))
}

/// The calendar's hours from the first day to the end of the last, but not beyond now.
fn opened(calendar: i64, from: Date, to: Date, reader: &mut Reader) -> Result<Vec<Span>> {
    let hours = hours_of(&[calendar], reader.tx)?;
    let (zone, now) = (TimeZone::system(), reader.now.as_second());
    let (mut out, mut day) = (Vec::new(), from);
    while let Some(hours) = hours.get(&calendar).filter(|_| day <= to) {
        let midnight = day.civil().to_datetime(jiff::civil::Time::midnight());
        for (start, end) in hours.on(day) {
            let at = |minute: i64| {
                let local = midnight.saturating_add(jiff::SignedDuration::from_mins(minute));
                zone.to_timestamp(local).map_or(0, Timestamp::as_second)
            };
            let span = (at(*start), at(*end).min(now));
            if span.0 < span.1 {
                out.push(span);
            }
        }
        day = day.plus_days(1)?;
    }
    Ok(out)
}

/// Maintenance and breakdowns with their reasons, the earliest first; what lasts, lasts until now.
fn downtimes(center: i64, reader: &mut Reader) -> Result<(Stood, Stood)> {
    let now = reader.now.as_second();
    let rows = reader.tx.query(
        "SELECT kind, starts_at, ends_at, reason FROM downtime WHERE work_center_id = ? ORDER BY starts_at, id",
        &[center.into()],
    )?;
    let second = |micros: i64| micros.div_euclid(1_000_000);
    let span = |r: &Row| ((second(r.int(1)), r.get(2).as_int().map_or(now, second)), r.text(3).to_owned());
    let (maintained, broken): (Vec<_>, Vec<_>) = rows.iter().partition(|r| r.text(0) == "maintenance");
    Ok((maintained.into_iter().map(span).collect(), broken.into_iter().map(span).collect()))
}

/// What is left of some times without others, and how many seconds each reason has taken; what lies under two is the
/// first one's.
fn without(times: &[Span], taken: &[(Span, String)]) -> (Vec<Span>, HashMap<String, i64>) {
    let mut left = times.to_vec();
    let mut lost: HashMap<String, i64> = HashMap::new();
    for ((from, to), reason) in taken {
        let mut next = Vec::with_capacity(left.len() + 1);
        for (start, end) in left {
            let (cut, stop) = (start.max(*from), end.min(*to));
            if cut >= stop {
                next.push((start, end));
                continue;
            }
            *lost.entry(reason.clone()).or_default() += stop - cut;
            next.extend([(start, cut), (stop, end)].into_iter().filter(|(a, b)| a < b));
        }
        left = next;
    }
    (left, lost)
}

struct Made {
    good: Rational,
    scrapped: Rational,
    rework: Rational,
    /// What it takes at the planned pace.
    standard: Rational,
}

/// Pieces as they came the first time: what was done again is no more good and no more time than it was then.
fn made(center: i64, from: Date, to: Date, reader: &mut Reader) -> Result<Made> {
    let rows = reader.tx.query(
        "SELECT c.good, c.scrapped, c.rework, o.run_minutes FROM job_card c JOIN work_order_operation o ON o.id = c.operation_id
         WHERE c.work_center_id = ? AND c.worked_on >= ? AND c.worked_on <= ? AND c.rework >= 0",
        &[center.into(), from.days().into(), to.days().into()],
    )?;
    let mut made = Made {
        good: Rational::ZERO,
        scrapped: Rational::ZERO,
        rework: Rational::ZERO,
        standard: Rational::ZERO,
    };
    for r in &rows {
        let figure = |at: usize| Rational::from(Decimal6(r.int(at)));
        let (good, scrapped, rework) = (figure(0), figure(1), figure(2));
        made.standard += &(&(&(&good + &scrapped) + &rework) * &figure(3));
        made.good += &good;
        made.scrapped += &scrapped;
        made.rework += &rework;
    }
    Ok(made)
}

#[cfg(test)]
mod tests {
    use super::without;

    #[test]
    fn a_second_is_lost_once() {
        let (left, lost) = without(
            &[(0, 100), (200, 300)],
            &[
                ((50, 220), "belt".to_owned()),
                ((90, 230), "power".to_owned()),
                ((400, 500), "belt".to_owned()),
            ],
        );
        assert_eq!(left, [(0, 50), (230, 300)]);
        assert_eq!((lost.get("belt"), lost.get("power"), lost.len()), (Some(&70), Some(&10), 2));
    }
}
