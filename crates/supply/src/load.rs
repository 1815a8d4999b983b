//! Load against capacity: what each work center can, and what is on it, day by day or week by week.

use crate::kept::kept;
use crate::machines::{Is, needs};
use kernel::{Input, Reader, Result, refuse};
use planning::clock::Clock;
use planning::master::load_profile;
use planning::model::{DAY, Seconds};
use serde_json::{Value as Json, json};

#[derive(Debug, Input)]
pub struct Asked {
    /// Days in a bar: one, or seven, which begin on Mondays.
    pub bucket_days: Option<i64>,
    /// How many bars.
    pub count: Option<i64>,
}

/// Hours of each work center by day or week: what it is open, what stands, what is planned, firm and released.
pub(crate) fn load(input: Asked, reader: &mut Reader) -> Result<Json> {
    needs(reader)?;
    let kept = kept(reader)?;
    let machines = kept.machines(reader)?;
    let model = &kept.records.model;
    let bounds = bounds(model.start.days(), input.bucket_days.unwrap_or(7), input.count.unwrap_or(10));
    let shop = kept.shop();
    let profile = load_profile(&shop, &kept.plan, &bounds);
    let mut value = Vec::with_capacity(machines.centers.len());
    for (n, (center, loads)) in machines.centers.iter().zip(&profile).enumerate() {
        let resource = &model.resources[n];
        // What it would be open if it never stood.
        let calendar = &model.calendars[resource.calendar];
        let last = bounds.last().copied().unwrap_or(0) / DAY + 1;
        let whole = Clock::new(calendar, &[], model.start, 1, last)
            .map_err(|e| refuse("supply.model").arg("what", e))?;
        let capacity = i64::from(resource.capacity);
        let mut released = vec![0; loads.len()];
        let clock = shop.clock(n);
        for job in machines.ordered.iter().filter(|job| job.resource == n) {
            let (Is::Ordered(order), Some((from, to))) = (&job.is, job.times) else { continue };
            if order.state == "firm" {
                continue;
            }
            for (held, pair) in released.iter_mut().zip(bounds.windows(2)) {
                let (from, to) = (from.max(pair[0]), to.min(pair[1]));
                if from < to {
                    *held += clock.worked(to) - clock.worked(from);
                }
            }
        }
        let buckets = loads.iter().zip(&released).zip(bounds.windows(2)).map(|((load, released), pair)| {
            let idle = kept.records.never_works(n).is_some();
            let could = if idle { 0 } else { (whole.worked(pair[1]) - whole.worked(pair[0])) * capacity };
            let open = if idle { 0 } else { load.open };
            Ok(json!({
                "from": kept.day(pair[0])?.to_string(), "days": (pair[1] - pair[0]) / DAY,
                "capacity": hours(could as f64), "down": hours((could - open) as f64), "planned": hours(load.planned as f64),
                "firm": hours((load.taken - released).max(0) as f64), "released": hours(*released as f64),
            }))
        });
        value.push(json!({
            "work_center_id": center.id, "name": center.name, "units": capacity,
            "buckets": buckets.collect::<Result<Vec<_>>>()?,
        }));
    }
    let unplaced = machines.ordered.iter().filter(|job| job.times.is_none()).count();
    Ok(json!({"value": value, "unplaced": unplaced}))
}

/// From today on; weeks end before Mondays, so that the first may be a short one.
fn bounds(today: i64, days: i64, count: i64) -> Vec<Seconds> {
    let count = count.clamp(1, 60);
    if days == 1 {
        return (0..=count).map(|n| n * DAY).collect();
    }
    weeks(today, count).into_iter().map(|day| day * DAY).collect()
}

/// The Mondays from today on, in days, behind today itself.
pub(crate) fn weeks(today: i64, count: i64) -> Vec<i64> {
    // 1970-01-01 was a Thursday, the fourth day of a week that starts on Monday.
    let first = 7 - (today + 3).rem_euclid(7);
    std::iter::once(0).chain((0..count).map(|n| first + 7 * n)).collect()
}

pub(crate) fn hours(seconds: f64) -> f64 {
    (seconds / 36.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::bounds;
    use planning::model::DAY;

    #[test]
    fn weeks_begin_on_mondays() {
        // 1970-01-01 is a Thursday: four days are left of its week.
        assert_eq!(bounds(0, 7, 2), [0, 4 * DAY, 11 * DAY]);
        // 1970-01-05 is a Monday.
        assert_eq!(bounds(4, 7, 1), [0, 7 * DAY]);
        assert_eq!(bounds(0, 1, 2), [0, DAY, 2 * DAY]);
    }
}
