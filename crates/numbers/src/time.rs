//! Business dates, which have no time zone, and instants, which are UTC. Stored as whole days and microseconds,
//! so that both databases compare and subtract them as integers.

use crate::NumberError;
use std::{fmt, str::FromStr};

const EPOCH: jiff::civil::Date = jiff::civil::date(1970, 1, 1);

/// A calendar date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(jiff::civil::Date);

impl Date {
    /// The date so many days after 1970-01-01.
    pub fn from_days(days: i64) -> Result<Self, NumberError> {
        let span = jiff::SignedDuration::try_from_hours(days.checked_mul(24).ok_or(NumberError::NotADate)?);
        let date = EPOCH.checked_add(span.ok_or(NumberError::NotADate)?);
        date.map(Self).map_err(|_| NumberError::NotADate)
    }

    /// Days after 1970-01-01: what the database keeps.
    pub fn days(self) -> i64 {
        EPOCH.duration_until(self.0).as_hours() / 24
    }

    /// A year, month and day that exist.
    pub fn new(year: i16, month: i8, day: i8) -> Result<Self, NumberError> {
        jiff::civil::Date::new(year, month, day).map(Self).map_err(|_| NumberError::NotADate)
    }

    /// jiff's own date, for calendar arithmetic beyond this type.
    pub fn civil(self) -> jiff::civil::Date {
        self.0
    }

    /// So many days later, or earlier.
    pub fn plus_days(self, days: i64) -> Result<Self, NumberError> {
        Self::from_days(self.days().checked_add(days).ok_or(NumberError::NotADate)?)
    }

    /// So many months later on the same day, or on the month's last where that day does not exist.
    pub fn plus_months(self, months: i32) -> Result<Self, NumberError> {
        let span = jiff::Span::new().try_months(months).map_err(|_| NumberError::NotADate)?;
        self.0.checked_add(span).map(Self).map_err(|_| NumberError::NotADate)
    }

    /// The last day of its month: VAT periods and statements end there.
    pub fn last_of_month(self) -> Self {
        Self(self.0.last_of_month())
    }

    /// The first day of its month.
    pub fn first_of_month(self) -> Self {
        Self(self.0.first_of_month())
    }

    /// The calendar year.
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// The month, 1 to 12.
    pub fn month(self) -> i8 {
        self.0.month()
    }

    /// The day of the month, from 1.
    pub fn day(self) -> i8 {
        self.0.day()
    }
}

impl From<jiff::civil::Date> for Date {
    fn from(date: jiff::civil::Date) -> Self {
        Self(date)
    }
}

impl FromStr for Date {
    type Err = NumberError;
    /// Only `2026-11-24`: jiff alone would also take a date with a time, and drop the time.
    fn from_str(text: &str) -> Result<Self, NumberError> {
        let shape = |(i, b): (usize, u8)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() };
        if text.len() != 10 || !text.bytes().enumerate().all(shape) {
            return Err(NumberError::NotADate);
        }
        text.parse().map(Self).map_err(|_| NumberError::NotADate)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A moment in UTC, to the microsecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// The moment so many microseconds after 1970-01-01T00:00:00Z.
    pub fn from_micros(micros: i64) -> Result<Self, NumberError> {
        jiff::Timestamp::from_microsecond(micros).map_err(|_| NumberError::NotAnInstant)?;
        Ok(Self(micros))
    }

    /// Microseconds after 1970-01-01T00:00:00Z: what the database keeps.
    pub fn micros(self) -> i64 {
        self.0
    }

    /// jiff's own timestamp.
    pub fn timestamp(self) -> jiff::Timestamp {
        // Every constructor has checked the range; the epoch stands in for what cannot happen.
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }

    /// The calendar date at that moment in a time zone: a firm's business day is its own, not UTC's.
    pub fn date_in(self, zone: &jiff::tz::TimeZone) -> Date {
        Date(zone.to_datetime(self.timestamp()).date())
    }
}

impl From<jiff::Timestamp> for Instant {
    /// Cut down to whole microseconds.
    fn from(timestamp: jiff::Timestamp) -> Self {
        Self(timestamp.as_microsecond())
    }
}

impl FromStr for Instant {
    type Err = NumberError;
    fn from_str(text: &str) -> Result<Self, NumberError> {
        text.parse::<jiff::Timestamp>().map(Self::from).map_err(|_| NumberError::NotAnInstant)
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.timestamp(), f)
    }
}
