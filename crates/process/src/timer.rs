//! Timers, and steps that wait for the commit: jobs that wake a case.

use crate::case::{Case, CaseState, ask};
use crate::engine::Engine;
use crate::index::Published;
use crate::model::{Kind, Model, When};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use kernel::job::Job;
use kernel::{Actor, Context, Error, Kernel, Result};
use serde_json::Value as Json;

/// The timers that run while the token rests at an element: its own, those on its border, those it waits for.
pub(crate) fn of(model: &Model, at: usize) -> Vec<usize> {
    let Some(element) = model.elements.get(at) else { return Vec::new() };
    let candidates: Vec<usize> = match &element.kind {
        Kind::User(_) => element.boundaries.clone(),
        Kind::EventGateway => model.next(element).collect(),
        Kind::Catch(_) => vec![at],
        _ => Vec::new(),
    };
    candidates.into_iter().filter(|i| model.elements.get(*i).is_some_and(|e| e.timer().is_some())).collect()
}

/// When a timer is due, in microseconds; `None` where its day is not known.
pub(crate) fn due(
    engine: &mut Engine,
    case: &Case,
    published: &Published,
    when: &When,
    cx: &mut Context,
) -> Result<Option<i64>> {
    let (When::After(text) | When::At(text)) = when;
    if text.starts_with('P') && matches!(when, When::After(_)) {
        return Ok(instant(text, cx.now()));
    }
    let value = engine.known(case, published, text, cx)?;
    Ok(value.as_str().and_then(|text| instant(text, cx.now())))
}

/// A duration from `now`, the first moment of a day, or an instant.
fn instant(text: &str, now: Timestamp) -> Option<i64> {
    let zone = TimeZone::system();
    let at = if let Ok(span) = text.parse::<Span>() {
        now.to_zoned_datetime(zone).checked_add(span).ok()?.timestamp()
    } else if let Ok(at) = text.parse::<Timestamp>() {
        at
    } else {
        text.get(..10)?.parse::<jiff::civil::Date>().ok()?.to_zoned_datetime(zone).ok()?.timestamp()
    };
    Some(at.as_microsecond())
}

/// Does a job of this module; `None` where it belongs to another.
///
/// # Errors
/// What the job is to be tried again for.
#[must_use]
pub fn work(kernel: &Kernel, job: &Job) -> Option<Result<()>> {
    let wish = match job.kind.as_str() {
        "process.timer" => "timer",
        "process.step" => "step",
        _ => return None,
    };
    Some(wake(kernel, job, wish))
}

fn wake(kernel: &Kernel, job: &Job, wish: &'static str) -> Result<()> {
    let number = |name: &str| job.input.get(name).and_then(Json::as_i64).unwrap_or_default();
    let (id, rests) = (number("case"), number("rests"));
    let element = job.input.get("element").and_then(Json::as_str).unwrap_or_default().to_owned();
    let company = job.company;
    kernel.work(&Actor::program(company), "process.wake", move |cx| {
        let mut case = match cx.hold::<Case>(id) {
            Ok(case) => case,
            Err(Error::Refused(_)) => return Ok(()),
            Err(error) => return Err(error),
        };
        // The case has moved on since: this timer belongs to an earlier rest.
        if case.rests != rests || case.state != CaseState::Running {
            return Ok(());
        }
        ask(&mut case, &format!("{wish}:{element}"), "process.Woken", cx)?;
        cx.save(case)
    })
}

/// The element that a wish of a job names.
pub(crate) fn named(model: &Model, wish: &str) -> Option<(bool, usize)> {
    let (kind, element) = wish.split_once(':')?;
    Some((kind == "step", model.at(element)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_durations() {
        let now: Timestamp = "2026-11-24T10:00:00Z".parse().unwrap_or_default();
        let hours = |text: &str| instant(text, now).map(|at| (at - now.as_microsecond()) / 3_600_000_000);
        assert_eq!(hours("P1D"), Some(24));
        assert_eq!(hours("PT6H"), Some(6));
        assert_eq!(hours("2026-11-24T12:00:00Z"), Some(2));
        assert!(hours("2026-11-26").is_some_and(|h| (24..=48).contains(&h)));
        assert_eq!(hours("soon"), None);
    }
}
