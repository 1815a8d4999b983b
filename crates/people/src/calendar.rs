//! When work is done: shifts by weekday, and the days that are different.

use access::Company;
use kernel::{Choice, Context, Entity, Ref, Refusal, Result, refuse};
use numbers::Date;

/// The hours of a week, in the company's own time.
#[derive(Clone, Debug, Entity)]
#[entity(search = "code,name", list = "code,name", title = "name", unique = "company_id,code")]
pub struct WorkCalendar {
    pub id: i64,
    pub company: Ref<Company>,
    pub code: String,
    pub name: String,
    pub archived: bool,
    #[lines]
    pub shifts: Vec<Shift>,
    #[lines]
    pub exceptions: Vec<CalendarException>,
}

/// Hours of one weekday. A night is two shifts: one until 24:00, one from 00:00.
#[derive(Clone, Debug, Entity)]
#[entity(line_of = "WorkCalendar", title = "weekday", list = "weekday,starts_at,ends_at")]
pub struct Shift {
    pub id: i64,
    pub weekday: Weekday,
    /// `06:00`
    pub starts_at: String,
    /// `14:00`; 24:00 is the end of the day.
    pub ends_at: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// A day whose hours are others; without hours it is closed. Several rows of one day are its shifts.
#[derive(Clone, Debug, Entity)]
#[entity(line_of = "WorkCalendar", title = "text", list = "day,starts_at,ends_at,text")]
pub struct CalendarException {
    pub id: i64,
    pub day: Date,
    pub starts_at: Option<String>,
    pub ends_at: Option<String>,
    pub text: String,
}

impl WorkCalendar {
    pub(crate) fn prepare(&mut self, _: Option<&Self>, _: &mut Context) -> Result<()> {
        let mut faults = Vec::new();
        for (name, value) in [("code", &self.code), ("name", &self.name)] {
            if value.trim().is_empty() {
                faults.push(refuse("kernel.required").field(name));
            }
        }
        for (i, shift) in self.shifts.iter().enumerate() {
            faults.extend(hours(&format!("shifts/{i}"), &shift.starts_at, &shift.ends_at));
        }
        for (i, day) in self.exceptions.iter_mut().enumerate() {
            let given = |t: &Option<String>| t.clone().filter(|t| !t.trim().is_empty());
            (day.starts_at, day.ends_at) = (given(&day.starts_at), given(&day.ends_at));
            let at = format!("exceptions/{i}");
            match (&day.starts_at, &day.ends_at) {
                (None, None) => {}
                (from, to) => faults.extend(hours(
                    &at,
                    from.as_deref().unwrap_or_default(),
                    to.as_deref().unwrap_or_default(),
                )),
            }
        }
        Refusal::all(faults)
    }
}

/// What is wrong with a pair of times.
fn hours(at: &str, from: &str, to: &str) -> Option<Refusal> {
    let Some(start) = minute_of(from).filter(|m| *m < DAY) else {
        return Some(refuse("people.time").field(format!("{at}/starts_at")).arg("value", from));
    };
    let Some(end) = minute_of(to) else {
        return Some(refuse("people.time").field(format!("{at}/ends_at")).arg("value", to));
    };
    (end <= start).then(|| refuse("people.ends_before").field(format!("{at}/ends_at")))
}

const DAY: i64 = 24 * 60;

/// `06:30` as a minute of the day; `24:00` is its end.
pub(crate) fn minute_of(text: &str) -> Option<i64> {
    let (hour, minute) = text.split_once(':')?;
    let two = |part: &str| {
        (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit()))
            .then(|| part.parse::<i64>().ok())
            .flatten()
    };
    let (hour, minute) = (two(hour)?, two(minute)?);
    (minute < 60 && hour * 60 + minute <= DAY).then_some(hour * 60 + minute)
}

#[cfg(test)]
mod tests {
    use super::{hours, minute_of};

    #[test]
    fn times_of_a_day() {
        assert_eq!(minute_of("06:30"), Some(390));
        assert_eq!(minute_of("24:00"), Some(1440));
        for wrong in ["6:30", "24:01", "12:60", "", "ab:cd", "-1:00"] {
            assert_eq!(minute_of(wrong), None, "{wrong}");
        }
        assert!(hours("", "22:00", "06:00").is_some(), "a night is two shifts");
        assert!(hours("", "22:00", "24:00").is_none());
        assert!(hours("", "24:00", "24:00").is_some());
    }
}
