//! Numbers without gaps. The counter is the one row that all writers compete for, so it is taken last.

use crate::context::{Context, Numbering};
use crate::refusal::Result;
use std::collections::BTreeMap;
use store::Value;

/// Numbers written by one statement.
const TOGETHER: usize = 250;

pub(crate) fn assign(cx: &mut Context, waiting: &[Numbering]) -> Result<()> {
    // In the order of the series' names, so that two commands never wait for each other crosswise.
    let mut by_series: BTreeMap<&str, Vec<&Numbering>> = BTreeMap::new();
    for numbering in waiting {
        by_series.entry(&numbering.series).or_default().push(numbering);
    }
    for (series, documents) in by_series {
        let count = i64::try_from(documents.len()).unwrap_or(i64::MAX);
        let id = cx.next_id()?;
        let row = cx.tx.first(
            "INSERT INTO series (id, name, next) VALUES (?, ?, ?)
             ON CONFLICT (name) DO UPDATE SET next = series.next + excluded.next RETURNING next",
            &[id.into(), series.into(), count.into()],
        )?;
        let first = row.map_or(0, |r| r.int(0)) - count + 1;
        let numbered: Vec<(&Numbering, String)> = (first..)
            .zip(documents)
            .map(|(n, document)| (document, format_number(&document.pattern, document.year, n)))
            .collect();
        for together in numbered.chunk_by(|a, b| a.0.description.table == b.0.description.table) {
            for chunk in together.chunks(TOGETHER) {
                write(cx, chunk)?;
            }
        }
    }
    Ok(())
}

/// The numbers of some documents of one table, in one statement.
fn write(cx: &mut Context, numbered: &[(&Numbering, String)]) -> Result<()> {
    let Some((first, number)) = numbered.first() else { return Ok(()) };
    let table = &first.description.table;
    if numbered.len() == 1 {
        let sql = format!("UPDATE {table} SET number = ? WHERE id = ?");
        cx.tx.execute(&sql, &[Value::text(number), first.id.into()])?;
        return Ok(());
    }
    // The first row tells PostgreSQL the types of all.
    let rows = vec!["(?,?)"; numbered.len() - 1].join(",");
    let sql = format!(
        "UPDATE {table} SET number = v.column2
         FROM (VALUES (CAST(? AS BIGINT), CAST(? AS TEXT)),{rows}) AS v WHERE {table}.id = v.column1"
    );
    let params: Vec<Value> =
        numbered.iter().flat_map(|(document, number)| [document.id.into(), Value::text(number)]).collect();
    cx.tx.execute(&sql, &params)?;
    Ok(())
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
