//! Hours and workers as planning and production read them: many at once.

use crate::{Weekday, calendar::minute_of};
use kernel::{Choice, Result, Value, rows::among};
use numbers::Date;
use std::collections::HashMap;
use store::Tx;

/// When a calendar is open: minutes of the day, from and to, by weekday, and of the days that are different.
#[derive(Clone, Debug, Default)]
pub struct Hours {
    week: [Vec<(i64, i64)>; 7],
    days: HashMap<Date, Vec<(i64, i64)>>,
}

impl Hours {
    /// The hours of a day, the earliest first.
    #[must_use]
    pub fn on(&self, day: Date) -> &[(i64, i64)] {
        if let Some(own) = self.days.get(&day) {
            return own;
        }
        let weekday = usize::try_from(day.civil().weekday().to_monday_zero_offset()).unwrap_or(0);
        self.week.get(weekday).map_or(&[], Vec::as_slice)
    }
}

/// The hours of calendars by their ids, all in two statements.
///
/// # Errors
/// The database's.
pub fn hours_of(calendars: &[i64], tx: &mut Tx) -> Result<HashMap<i64, Hours>> {
    let mut out: HashMap<i64, Hours> = calendars.iter().map(|id| (*id, Hours::default())).collect();
    for chunk in calendars.chunks(500) {
        let ids: Vec<Value> = chunk.iter().map(|id| Value::Int(*id)).collect();
        let among = among(chunk.len());
        let sql = format!(
            "SELECT parent_id, weekday, starts_at, ends_at FROM shift WHERE parent_id {among} ORDER BY starts_at, id"
        );
        for r in tx.query(&sql, &ids)? {
            let at = Weekday::WORDS.iter().position(|word| *word == r.text(1));
            let times = minute_of(r.text(2)).zip(minute_of(r.text(3)));
            if let (Some(hours), Some(at), Some(times)) = (out.get_mut(&r.int(0)), at, times)
                && let Some(day) = hours.week.get_mut(at)
            {
                day.push(times);
            }
        }
        let sql = format!(
            "SELECT parent_id, day, starts_at, ends_at FROM calendar_exception WHERE parent_id {among} ORDER BY starts_at, id"
        );
        for r in tx.query(&sql, &ids)? {
            let Some(hours) = out.get_mut(&r.int(0)) else { continue };
            let own = hours.days.entry(Date::from_days(r.int(1))?).or_default();
            own.extend(r.get(2).as_text().and_then(minute_of).zip(r.get(3).as_text().and_then(minute_of)));
        }
    }
    Ok(out)
}

/// Somebody who works here: when, what they can do until when, and when they are away.
#[derive(Clone, Debug)]
pub struct Worker {
    pub employee: i64,
    pub calendar: i64,
    /// Skill and the last day on which it counts.
    pub skills: Vec<(i64, Option<Date>)>,
    /// First and last day.
    pub away: Vec<(Date, Date)>,
}

impl Worker {
    /// Whether they can do it on a day, being there.
    #[must_use]
    pub fn can(&self, skill: i64, on: Date) -> bool {
        let knows = self.skills.iter().any(|(own, until)| *own == skill && until.is_none_or(|end| end >= on));
        knows && !self.away.iter().any(|(from, to)| *from <= on && *to >= on)
    }
}

/// All who work for a company, with absences that end on a day or later.
///
/// # Errors
/// The database's.
pub fn workers_of(company: i64, from: Date, tx: &mut Tx) -> Result<Vec<Worker>> {
    let mut out = Vec::new();
    let mut at = HashMap::new();
    let sql = "SELECT id, calendar_id FROM employee WHERE company_id = ? AND archived = 0 ORDER BY id";
    for r in tx.query(sql, &[company.into()])? {
        at.insert(r.int(0), out.len());
        out.push(Worker { employee: r.int(0), calendar: r.int(1), skills: Vec::new(), away: Vec::new() });
    }
    let sql = "SELECT s.parent_id, s.skill_id, s.valid_until FROM employee_skill s JOIN employee e ON e.id = s.parent_id
        WHERE e.company_id = ? AND e.archived = 0 AND (s.valid_until IS NULL OR s.valid_until >= ?) ORDER BY s.id";
    for r in tx.query(sql, &[company.into(), from.days().into()])? {
        if let Some(worker) = at.get(&r.int(0)).and_then(|at| out.get_mut(*at)) {
            worker.skills.push((r.int(1), r.get(2).as_int().map(Date::from_days).transpose()?));
        }
    }
    let sql = "SELECT employee_id, from_on, to_on FROM absence WHERE company_id = ? AND to_on >= ? ORDER BY from_on, id";
    for r in tx.query(sql, &[company.into(), from.days().into()])? {
        if let Some(worker) = at.get(&r.int(0)).and_then(|at| out.get_mut(*at)) {
            worker.away.push((Date::from_days(r.int(1))?, Date::from_days(r.int(2))?));
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::{Hours, Worker};
    use numbers::Date;

    fn day(d: i8) -> Date {
        Date::new(2026, 3, d).unwrap_or_else(|e| panic!("{e}"))
    }

    #[test]
    fn a_day_that_is_different_and_a_skill_that_ends() {
        let mut hours = Hours::default();
        // 2 March 2026 is a Monday.
        hours.week[0] = vec![(360, 840)];
        hours.days.insert(day(9), Vec::new());
        assert_eq!(hours.on(day(2)), [(360, 840)]);
        assert!(hours.on(day(3)).is_empty() && hours.on(day(9)).is_empty());
        let luka = Worker {
            employee: 1,
            calendar: 1,
            skills: vec![(7, Some(day(10)))],
            away: vec![(day(3), day(4))],
        };
        let can: Vec<bool> = [2, 3, 4, 5, 10, 11].into_iter().map(|d| luka.can(7, day(d))).collect();
        assert_eq!(can, [true, false, false, true, true, false]);
        assert!(!luka.can(8, day(2)));
    }
}
