//! Numbers without gaps. The counter is the one row that all writers compete for, so it is taken last.

use crate::context::{Context, Numbering};
use crate::refusal::Result;
use crate::rows;
use std::collections::{BTreeMap, HashMap};
use store::Value;

/// Takes the numbers and writes them; answers each record's.
pub(crate) fn assign(cx: &mut Context, waiting: &[Numbering]) -> Result<Vec<(i64, String)>> {
    if waiting.is_empty() {
        return Ok(Vec::new());
    }
    // In the order of the series' names, so that two commands never wait for each other crosswise.
    let mut by_series: BTreeMap<&str, Vec<&Numbering>> = BTreeMap::new();
    for numbering in waiting {
        by_series.entry(&numbering.series).or_default().push(numbering);
    }
    let mut rows = Vec::with_capacity(by_series.len());
    for (series, documents) in &by_series {
        let count = i64::try_from(documents.len()).unwrap_or(i64::MAX);
        rows.push(vec![cx.next_id()?.into(), (*series).into(), count.into()]);
    }
    let taken = cx.tx.insert_or(
        "series",
        &["id", "name", "next"],
        &rows,
        "ON CONFLICT (name) DO UPDATE SET next = series.next + excluded.next RETURNING name, next",
    )?;
    let last: HashMap<&str, i64> = taken.iter().map(|r| (r.text(0), r.int(1))).collect();
    let mut numbered = Vec::with_capacity(waiting.len());
    let mut by_table: BTreeMap<&str, Vec<(i64, Vec<Value>)>> = BTreeMap::new();
    for (series, documents) in &by_series {
        let last = last.get(series).copied().unwrap_or_default();
        let first = last - i64::try_from(documents.len()).unwrap_or(i64::MAX) + 1;
        for (n, document) in (first..).zip(documents) {
            let number = format_number(&document.pattern, document.year, n);
            let rows = by_table.entry(&document.description.table).or_default();
            rows.push((document.id, vec![number.as_str().into()]));
            numbered.push((document.id, number));
        }
    }
    for (table, rows) in by_table {
        rows::update_rows(cx.tx, table, &["number"], &rows)?;
    }
    Ok(numbered)
}

/// A series goes on behind the highest number that somebody gave by hand, so that it never comes to it.
pub(crate) fn reach(cx: &mut Context, reached: &BTreeMap<String, i64>) -> Result<()> {
    let mut rows = Vec::with_capacity(reached.len());
    for (series, n) in reached {
        rows.push(vec![cx.next_id()?.into(), series.as_str().into(), (*n).into()]);
    }
    cx.tx.insert_or(
        "series",
        &["id", "name", "next"],
        &rows,
        "ON CONFLICT (name) DO UPDATE SET next =
         CASE WHEN series.next < excluded.next THEN excluded.next ELSE series.next END",
    )?;
    Ok(())
}

/// The series that numbers of this pattern are taken from. It begins anew each year only where the number says which;
/// another would come twice.
pub(crate) fn series(entity: &str, company: i64, pattern: &str, year: i16) -> String {
    let year = if pattern.contains("{year}") { format!("/{year}") } else { String::new() };
    format!("{entity}/{company}{year}")
}

/// Year and place of a number that its series could come to; 0 for the year where the pattern names none.
pub(crate) fn place(pattern: &str, number: &str) -> Option<(i16, i64)> {
    let (start, rest) = pattern.split_once("{n")?;
    let (_, end) = rest.split_once('}')?;
    let (head, year) = match start.split_once("{year}") {
        Some((before, between)) => {
            let year = number.strip_prefix(before)?.get(..4)?;
            (format!("{before}{year}{between}"), year.parse().ok()?)
        }
        None => (start.to_owned(), 0),
    };
    let digits = number.strip_prefix(&head)?.strip_suffix(end)?;
    // No firm counts further.
    let n: i64 = digits.parse().ok().filter(|n| (1..1_000_000_000).contains(n))?;
    (format_number(pattern, year, n) == number).then_some((year, n))
}

/// `SO{year}-{n:05}` → `SO2026-00017`
#[must_use]
pub fn format_number(pattern: &str, year: i16, n: i64) -> String {
    let mut out = pattern.replace("{year}", &year.to_string());
    while let Some((start, rest)) = out.find("{n").and_then(|s| out.get(s + 2..).map(|r| (s, r))) {
        let Some(end) = rest.find('}') else { break };
        let width: usize = rest.get(..end).and_then(|w| w.trim_start_matches(':').parse().ok()).unwrap_or(1);
        out.replace_range(start..start + 2 + end + 1, &format!("{n:0width$}"));
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_follow_their_pattern() {
        assert_eq!(super::format_number("SO{year}-{n:05}", 2026, 17), "SO2026-00017");
        assert_eq!(super::format_number("{n}", 2026, 17), "17");
    }

    #[test]
    fn a_number_by_hand_is_known_when_the_series_could_come_to_it() {
        assert_eq!(super::place("SO{year}-{n:05}", "SO2026-00017"), Some((2026, 17)));
        assert_eq!(super::place("C{n:05}", "C123456"), Some((0, 123_456)));
        for other in
            ["SO2026-17", "SO26-00017", "SO43659", "C00017", "SO2026-0001x", "SO2026-99999999999", ""]
        {
            assert_eq!(super::place("SO{year}-{n:05}", other), None, "{other}");
        }
    }
}
