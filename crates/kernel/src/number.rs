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
}
