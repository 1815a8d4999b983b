//! Rough-cut capacity planning: whether orders and forecasts of end items fit at all, before anything is planned.
//!
//! The master schedule (what is wanted of end items and does not lie there, as it is wanted, in no lots) is multiplied
//! by resource profiles, and stands beside what the calendars offer. Stock and orders of what end items are made of are
//! not netted, and what has begun counts as if it had not. Terms: APICS Dictionary; T. E. Vollmann, W. L. Berry and
//! D. C. Whybark, Manufacturing Planning and Control Systems (chapter on capacity planning).

use crate::demand::{WEEKLY_MONTHS, Wants};
use crate::kept::{Kept, kept};
use crate::load::{hours, weeks};
use crate::machines::needs;
use equipment::WorkCenter;
use kernel::{Input, Reader, Ref, Result, refuse};
use numbers::{Date, Rational};
use planning::master::{Made, Profile, Profiles, master_schedule, rough_cut as cut, standard_lot};
use planning::model::{DAY, Fault, Seconds};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, HashMap};

#[derive(Debug, Input)]
pub struct Asked {
    /// Months in a bar: one, or three; where empty weeks, which begin on Mondays.
    pub bucket_months: Option<i64>,
    /// How many bars.
    pub count: Option<i64>,
}

#[derive(Debug, Input)]
pub struct Bar {
    pub work_center: Ref<WorkCenter>,
    pub from: Date,
    pub days: i64,
}

/// What is made of end items when, and what one of them takes.
#[derive(Debug)]
pub(crate) struct MasterSchedule {
    profiles: Vec<Profile>,
    lines: Vec<Line>,
}

/// So much of an end item that is wanted on a day and does not lie there.
#[derive(Debug)]
struct Line {
    item: usize,
    /// For which demand; for the safety stock where empty.
    demand: Option<usize>,
    profile: usize,
    /// On which days it is there, counted from today, in equal parts.
    days: Vec<i64>,
    qty: f64,
    forecast: bool,
}

impl Line {
    fn parts<'b>(&self, profiles: &'b [Profile]) -> impl Iterator<Item = Made<'b>> {
        let (bill, qty) = (profiles[self.profile].bill.as_slice(), self.qty / self.days.len() as f64);
        // What is there when a day begins is made until the end of the day before.
        self.days.iter().map(move |day| Made { bill, period: day - 1, qty })
    }
}

fn refused(fault: Fault) -> kernel::Error {
    refuse("supply.model").arg("what", fault).into()
}

impl MasterSchedule {
    /// Of all that somebody wants who is not an own work order, or that a forecast expects.
    pub fn of(kept: &Kept) -> Result<Self> {
        let model = &kept.records.model;
        let mut wanted: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (n, (demand, order)) in kept.records.demands.iter().zip(&model.orders).enumerate() {
            let is_made = !model.items[order.item].methods.is_empty();
            if is_made && demand.document_entity != "WorkOrder" {
                wanted.entry(order.item).or_default().push(n);
            }
        }
        let mut coming: HashMap<usize, Vec<(Seconds, &Rational)>> = HashMap::new();
        for (receipt, supply) in model.receipts.iter().zip(&kept.records.supplies) {
            // What a work order brings is still to be made, and is counted as that.
            if supply.document_entity != "WorkOrder" {
                coming.entry(receipt.item).or_default().push((receipt.at, &receipt.qty));
            }
        }
        let shop = kept.shop();
        let profiles = Profiles::new(&shop);
        let mut schedule = Self { profiles: Vec::new(), lines: Vec::new() };
        for (item, mut demands) in wanted {
            demands.sort_by_key(|n| (model.orders[*n].due, model.orders[*n].priority));
            let coming = coming.remove(&item).unwrap_or_default();
            schedule.item(kept, &profiles, item, &demands, coming)?;
        }
        Ok(schedule)
    }

    fn item(
        &mut self,
        kept: &Kept,
        profiles: &Profiles<'_, '_>,
        item: usize,
        demands: &[usize],
        mut coming: Vec<(Seconds, &Rational)>,
    ) -> Result<()> {
        let (model, one) = (&kept.records.model, &kept.records.model.items[item]);
        coming.sort_by_key(|(at, _)| *at);
        let mut coming = coming.into_iter().peekable();
        // First the safety stock, then each demand, less what has come until then: a period each.
        let mut orders = vec![Rational::ZERO];
        for n in demands {
            let order = &model.orders[*n];
            let mut qty = order.qty.clone();
            while let Some((_, came)) = coming.next_if(|(at, _)| *at <= order.due) {
                qty -= came;
            }
            orders.push(qty);
        }
        let every = orders.len();
        let made = master_schedule(&one.on_hand, &[], &orders, every, &Rational::ZERO, &one.safety_stock);
        let sources = std::iter::once(None).chain(demands.iter().copied().map(Some));
        let due = |demand: Option<usize>| demand.map_or(0, |n| model.orders[n].due);
        let lines: Vec<(Seconds, Rational, Option<usize>)> = sources
            .zip(made)
            .filter(|(_, qty)| qty.is_positive())
            .map(|(demand, qty)| (due(demand), qty, demand))
            .collect();
        let timed: Vec<(Seconds, Rational)> = lines.iter().map(|(at, qty, _)| (*at, qty.clone())).collect();
        let lot = standard_lot(&one.lot, &timed)?;
        let mut known: Option<usize> = None;
        for (due, qty, demand) in lines {
            let holds = known.filter(|n| self.profiles[*n].holds.contains(&due));
            let profile = match holds {
                Some(profile) => profile,
                None => {
                    self.profiles.push(profiles.of(item, &lot, due, DAY).map_err(refused)?);
                    self.profiles.len() - 1
                }
            };
            known = Some(profile);
            let forecast = demand.is_some_and(|n| kept.records.demands[n].wants == Wants::Forecast);
            let days = if forecast { over_its_month(model.start, due / DAY)? } else { vec![due / DAY] };
            self.lines.push(Line { item, demand, profile, days, qty: qty.to_f64(), forecast });
        }
        Ok(())
    }

    fn made(&self, forecast: bool) -> impl Iterator<Item = Made<'_>> {
        let lines = self.lines.iter().filter(move |line| line.forecast == forecast);
        lines.flat_map(|line| line.parts(&self.profiles))
    }
}

/// What is expected of a later month is wanted in the plan when that begins; it is made in the course of it, week by week.
fn over_its_month(today: Date, day: i64) -> Result<Vec<i64>> {
    let on = today.plus_days(day)?;
    let soon = today.first_of_month().plus_months(i32::try_from(WEEKLY_MONTHS).unwrap_or(0))?;
    if on < soon {
        return Ok(vec![day]);
    }
    let last = on.last_of_month().days() - today.days();
    Ok((day..=last).step_by(7).collect())
}

/// Hours of each work center by week, month or quarter: what it offers, and what orders and forecasts of end items need.
pub(crate) fn rough_cut(input: Asked, reader: &mut Reader) -> Result<Json> {
    needs(reader)?;
    let kept = kept(reader)?;
    let machines = kept.machines(reader)?;
    let schedule = kept.master_schedule()?;
    let bounds = bounds(kept.records.model.start, input.bucket_months, input.count.unwrap_or(12))?;
    let centers = machines.centers.len();
    let [ordered, expected] = [false, true].map(|forecast| cut(schedule.made(forecast), &bounds, centers));
    let shop = kept.shop();
    let mut value = Vec::with_capacity(centers);
    for (n, center) in machines.centers.iter().enumerate() {
        let idle = kept.records.never_works(n).is_some();
        let units = i64::from(kept.records.model.resources[n].capacity);
        let counted = if idle { 0 } else { units };
        let mut buckets = Vec::with_capacity(bounds.len());
        for (bucket, pair) in bounds.windows(2).enumerate() {
            let (from, to) = (pair[0] * DAY, pair[1] * DAY);
            let could = (shop.unbroken_clock(n).worked(to) - shop.unbroken_clock(n).worked(from)) * counted;
            let open = (shop.clock(n).worked(to) - shop.clock(n).worked(from)) * counted;
            let past = if bucket == 0 { ordered.past[n] + expected.past[n] } else { 0.0 };
            buckets.push(json!({
                "from": kept.day(from)?.to_string(), "days": pair[1] - pair[0],
                "capacity": hours(could as f64), "down": hours((could - open) as f64),
                "past_due": hours(past), "orders": hours(ordered.load[n][bucket]), "forecast": hours(expected.load[n][bucket]),
            }));
        }
        value.push(
            json!({"work_center_id": center.id, "name": center.name, "units": units, "buckets": buckets}),
        );
    }
    Ok(json!({"value": value}))
}

/// What a bar is made of: end items, the one that needs most first, and for whom.
pub(crate) fn rough_cut_items(input: Bar, reader: &mut Reader) -> Result<Json> {
    needs(reader)?;
    let kept = kept(reader)?;
    let machines = kept.machines(reader)?;
    let description = reader.registry.entity("WorkCenter")?;
    reader.visible(&description, input.work_center.id())?;
    let Some(resource) = machines.centers.iter().position(|c| c.id == input.work_center.id()) else {
        return Ok(json!({"value": []}));
    };
    let schedule = kept.master_schedule()?;
    let from = input.from.days() - kept.records.model.start.days();
    let to = from.saturating_add(input.days);
    // What should have been done before today has to be done now.
    let from = if from <= 0 { i64::MIN } else { from };
    let mut items: BTreeMap<usize, EndItem> = BTreeMap::new();
    for line in &schedule.lines {
        let (mut seconds, mut qty) = (0.0, 0.0);
        for part in line.parts(&schedule.profiles) {
            let inside = |(of, day, _): &(usize, i64, f64)| *of == resource && (from..to).contains(day);
            let takes: f64 = part.takes().filter(inside).map(|(.., seconds)| seconds).sum();
            seconds += takes;
            qty += if takes > 0.0 { part.qty } else { 0.0 };
        }
        if seconds > 0.0 {
            let mut row = match line.demand {
                Some(n) => crate::desk::order(&kept, n, &kept.records.demands[n])?,
                None => json!({"safety_stock": true}),
            };
            row["hours"] = hours(seconds).into();
            row["quantity"] = rounded(qty).into();
            let item = items.entry(line.item).or_default();
            item.seconds += seconds;
            item.qty += qty;
            item.rows.push((seconds, row));
        }
    }
    let mut items: Vec<_> = items.into_iter().collect();
    items.sort_by(|(_, a), (_, b)| b.seconds.total_cmp(&a.seconds));
    let value = items.into_iter().take(MOST).map(|(item, EndItem { seconds, qty, mut rows })| {
        let product = &kept.records.products[item];
        rows.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        let count = rows.len();
        let rows: Vec<Json> = rows.into_iter().take(MOST).map(|(_, row)| row).collect();
        json!({"product_id": product.id, "code": product.code, "product": product.label(), "hours": hours(seconds),
            "quantity": rounded(qty), "rows": rows, "count": count})
    });
    Ok(json!({"value": value.collect::<Vec<_>>()}))
}

/// What an end item needs of a bar, and for which orders.
#[derive(Default)]
struct EndItem {
    seconds: f64,
    qty: f64,
    rows: Vec<(f64, Json)>,
}

/// End items of a bar, and orders of each: more of them nobody reads.
const MOST: usize = 100;

fn rounded(qty: f64) -> f64 {
    (qty * 1e3).round() / 1e3
}

/// From today on, in days; months and quarters are those of the calendar, so that the first may be a short one.
fn bounds(today: Date, months: Option<i64>, count: i64) -> Result<Vec<i64>> {
    let count = count.clamp(1, 60);
    let Some(months) = months else { return Ok(weeks(today.days(), count)) };
    let length = if months == 3 { 3 } else { 1 };
    // As many months as are left of the quarter; of a month, this one.
    let first = length - i32::from(today.month() - 1).rem_euclid(length);
    let count = i32::try_from(count).unwrap_or(1);
    let begins = |n: i32| Ok(today.first_of_month().plus_months(first + n * length)?.days() - today.days());
    std::iter::once(Ok(0)).chain((0..count).map(begins)).collect()
}

#[cfg(test)]
mod tests {
    use super::{bounds, over_its_month};
    use numbers::Date;

    fn day(text: &str) -> Date {
        text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
    }

    #[test]
    fn quarters_are_those_of_the_calendar() -> kernel::Result<()> {
        // The rest of November, December, January.
        assert_eq!(bounds(day("2026-11-20"), Some(1), 3)?, [0, 11, 42, 73]);
        assert_eq!(bounds(day("2026-11-20"), Some(3), 2)?, [0, 42, 132]);
        assert_eq!(bounds(day("2027-01-01"), Some(3), 1)?, [0, 90]);
        assert_eq!(bounds(day("2026-11-20"), None, 2)?, [0, 3, 10]);
        Ok(())
    }

    #[test]
    fn a_later_month_is_made_in_its_course() -> kernel::Result<()> {
        let today = day("2026-11-20");
        assert_eq!(over_its_month(today, 11)?, [11], "December is wanted week by week in the plan, too");
        // From the first to the 29th of January.
        assert_eq!(over_its_month(today, 42)?, [42, 49, 56, 63, 70]);
        Ok(())
    }
}
