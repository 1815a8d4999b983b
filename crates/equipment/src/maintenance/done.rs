//! Upkeep that was done: the work center stood, spare parts left the stock.

use super::Maintenance;
use crate::{Downtime, DowntimeKind, WorkCenter};
use access::Company;
use catalog::{Product, ProductKind, products};
use jiff::{SignedDuration, Timestamp, civil, tz::TimeZone};
use kernel::{Context, Entity, Held, Input, Origin, Ref, Refusal, Result, refuse};
use ledger::{AccountRole, Draft, EntryKind, post};
use numbers::{Date, Decimal6, Money};
use people::hours_of;
use serde_json::{Value as Json, json};
use stock::{Condition, Issuing, Location, default_location, issue};

/// What was done when, how long it took, and what its spare parts have cost.
#[derive(Clone, Debug, Entity)]
#[entity(
    list = "done_on,name,work_center_id,hours,minutes,cost",
    title = "name",
    index = "maintenance_id;work_center_id,done_on"
)]
pub struct MaintenanceRecord {
    pub id: i64,
    pub company: Ref<Company>,
    pub maintenance: Ref<Maintenance>,
    pub work_center: Ref<WorkCenter>,
    pub downtime: Ref<Downtime>,
    pub done_on: Date,
    /// That the work center had run since the time before.
    pub hours: Decimal6,
    pub minutes: Decimal6,
    /// Of the spare parts.
    pub cost: Money,
}

#[derive(Debug, Input)]
pub struct Done {
    /// Today where empty.
    pub on: Option<Date>,
    /// How long the work center stood; as planned where empty.
    pub minutes: Option<Decimal6>,
    /// Where the parts have lain.
    pub location: Option<Ref<Location>>,
    /// What was used; without lines, the parts that are planned. A quantity of zero where nothing was.
    #[lines]
    pub parts: Vec<Used>,
}

#[derive(Debug, Input)]
pub struct Used {
    pub product: Ref<Product>,
    #[field(quantity)]
    pub quantity: Decimal6,
    /// The oldest where empty.
    pub lot: Option<String>,
}

impl Maintenance {
    /// It was done: the time that it took is a downtime, its spare parts leave the stock at what they cost, and it counts
    /// anew from that day.
    pub(crate) fn done(&mut self, input: Done, cx: &mut Context) -> Result<Json> {
        let on = input.on.unwrap_or_else(|| cx.today());
        let minutes = input.minutes.unwrap_or(self.minutes);
        self.may_be_done(on, minutes, &input, cx)?;
        let hours = self.hours_until(on, cx)?;
        let downtime = self.stood(on, minutes, cx)?;
        let mut record = MaintenanceRecord {
            id: cx.next_id()?,
            company: self.company,
            maintenance: Ref::new(self.id),
            work_center: self.work_center,
            downtime,
            done_on: on,
            hours,
            minutes,
            cost: Money(0),
        };
        let entry = self.use_parts(&mut record, input, cx)?;
        cx.insert(&mut record)?;
        self.last_done_on = Some(on);
        cx.emit("equipment.Maintained", Origin::of(self), vec![Origin::of(&record)])?;
        Ok(json!({"maintenance_record_id": record.id, "downtime_id": downtime.id(), "entry_id": entry}))
    }

    fn may_be_done(&self, on: Date, minutes: Decimal6, input: &Done, cx: &mut Context) -> Result<()> {
        let mut faults = Vec::new();
        let sql = "SELECT 1 FROM maintenance_record WHERE maintenance_id = ? AND done_on >= ? LIMIT 1";
        let since = cx.tx.first(sql, &[self.id.into(), on.days().into()])?.is_some();
        if since || self.last_done_on.is_some_and(|last| on < last) {
            faults.push(refuse("equipment.done_since").field("on"));
        }
        if on > cx.today() {
            faults.push(refuse("equipment.done_in_future").field("on"));
        }
        if minutes.0 <= 0 {
            faults.push(refuse("equipment.duration").field("minutes"));
        }
        let known = products(input.parts.iter().map(|part| part.product), cx)?;
        for (i, part) in input.parts.iter().enumerate() {
            if part.quantity.0 < 0 {
                faults.push(refuse("equipment.part_quantity").field(format!("parts/{i}/quantity")));
            }
            if known.get(&part.product.id()).is_none_or(|p| p.kind != ProductKind::Goods) {
                faults.push(refuse("equipment.not_goods").field(format!("parts/{i}/product_id")));
            }
        }
        Refusal::all(faults)
    }

    /// Hours that the work center has run since it was last done.
    fn hours_until(&self, on: Date, cx: &mut Context) -> Result<Decimal6> {
        let last = self.last_done_on.map_or(i64::MIN, |day| day.days());
        let row = cx.tx.first(
            "SELECT CAST(COALESCE(SUM(minutes), 0) AS BIGINT) FROM job_card
             WHERE work_center_id = ? AND worked_on > ? AND worked_on <= ?",
            &[self.work_center.into(), last.into(), on.days().into()],
        )?;
        Ok(Decimal6(row.map_or(0, |r| r.int(0)) / 60))
    }

    /// The downtime of it: the one that was planned for that day, or a new one.
    fn stood(&self, on: Date, minutes: Decimal6, cx: &mut Context) -> Result<Ref<Downtime>> {
        let planned = self.planned(on, cx)?;
        // Millionths of a minute by 60 are microseconds.
        let length = minutes.0.checked_mul(60).map(SignedDuration::from_micros);
        let length = length.ok_or_else(|| refuse("equipment.duration").field("minutes"))?;
        let over = |start: &Timestamp| start.checked_add(length).is_ok_and(|end| end <= cx.now());
        let start = match planned.as_ref().map(|held| held.starts_at).filter(over) {
            Some(start) => start,
            None if on == cx.today() => cx.now().saturating_sub(length).unwrap_or(cx.now()),
            None => self.opens(on, cx)?,
        };
        let end = start.saturating_add(length).unwrap_or(start);
        if let Some(mut held) = planned {
            (held.starts_at, held.ends_at) = (start, Some(end));
            let downtime = Ref::new(held.id);
            cx.save(held)?;
            return Ok(downtime);
        }
        let mut downtime = Downtime {
            id: 0,
            company: self.company,
            work_center: self.work_center,
            kind: DowntimeKind::Maintenance,
            starts_at: start,
            ends_at: Some(end),
            reason: self.name.clone(),
        };
        cx.insert(&mut downtime)
    }

    /// A downtime that somebody has planned for the day and that no record is about.
    fn planned(&self, on: Date, cx: &mut Context) -> Result<Option<Held<Downtime>>> {
        let from = midnight(on);
        let to = midnight(on.plus_days(1)?);
        let mut found = cx.hold_all::<Downtime>(
            "work_center_id = ? AND kind = 'maintenance' AND starts_at >= ? AND starts_at < ?
             AND id NOT IN (SELECT downtime_id FROM maintenance_record)",
            &[self.work_center.into(), from.as_microsecond().into(), to.as_microsecond().into()],
        )?;
        found.sort_by_key(|held| std::cmp::Reverse((held.starts_at, held.id)));
        Ok(found.pop())
    }

    /// When the work center's first shift begins on a day.
    fn opens(&self, on: Date, cx: &mut Context) -> Result<Timestamp> {
        let calendar = cx.read(self.work_center)?.calendar.id();
        let hours = hours_of(&[calendar], cx.tx)?;
        let minute = hours.get(&calendar).and_then(|hours| hours.on(on).first()).map_or(0, |shift| shift.0);
        Ok(midnight(on).saturating_add(SignedDuration::from_mins(minute)).unwrap_or_else(|_| midnight(on)))
    }

    /// Spare parts go out of stock at average cost and are an expense (IAS 16.12: servicing is no part of the asset).
    fn use_parts(
        &self,
        record: &mut MaintenanceRecord,
        input: Done,
        cx: &mut Context,
    ) -> Result<Option<i64>> {
        let document = Origin::of(record);
        let part = |product, quantity, lot| Issuing {
            line: document.clone(),
            product,
            quantity,
            lot,
            condition: Condition::Good,
            by_potency: false,
            value: None,
        };
        let mut going: Vec<Issuing> = if input.parts.is_empty() {
            self.parts.iter().map(|p| part(p.product, p.quantity, None)).collect()
        } else {
            input.parts.into_iter().map(|p| part(p.product, p.quantity, p.lot)).collect()
        };
        going.retain(|p| p.quantity.0 > 0);
        if going.is_empty() {
            return Ok(None);
        }
        let location = input.location.map_or_else(|| default_location(cx), Ok)?;
        let costs = issue(&document, record.done_on, location, &going, cx)?;
        record.cost = Money::sum(costs.into_iter().map(|issued| issued.cost))?;
        let mut draft = Draft::new(record.done_on, EntryKind::Stock, &self.name, Some(document));
        draft.add(AccountRole::SpareParts, record.cost, None, None, cx)?;
        draft.add(AccountRole::Stock, record.cost.negated()?, None, None, cx)?;
        post(draft, cx)
    }
}

fn midnight(day: Date) -> Timestamp {
    let local = day.civil().to_datetime(civil::Time::midnight());
    TimeZone::system().to_timestamp(local).unwrap_or_default()
}
