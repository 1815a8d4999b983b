//! What is wrong with rows, or worth knowing about them: file, line, column, what is, what to do.

use serde::Serialize;
use std::collections::BTreeMap;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The row is not brought in.
    Error,
    /// The row is brought in; somebody should look.
    Warning,
    /// It is as the source has it, and is told.
    Note,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    pub level: Level,
    pub file: String,
    pub row: u64,
    pub column: String,
    pub message: String,
    pub advice: String,
}

/// Problems of one kind, told together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    pub level: Level,
    pub file: String,
    pub column: String,
    pub message: String,
    pub advice: String,
    pub count: usize,
    /// The first lines of the file where it is so.
    pub rows: Vec<u64>,
}

/// How many lines are named for each kind.
const NAMED: usize = 12;

/// Groups in the order: worst first, then by file.
#[must_use]
pub fn grouped(problems: &[Problem]) -> Vec<Group> {
    let mut groups: BTreeMap<(Level, &str, &str, &str), Group> = BTreeMap::new();
    for p in problems {
        let group = groups.entry((p.level, &p.file, &p.column, &p.advice)).or_insert_with(|| Group {
            level: p.level,
            file: p.file.clone(),
            column: p.column.clone(),
            message: p.message.clone(),
            advice: p.advice.clone(),
            count: 0,
            rows: Vec::new(),
        });
        group.count += 1;
        if group.rows.len() < NAMED {
            group.rows.push(p.row);
        }
    }
    groups.into_values().collect()
}

/// All of them as a sheet.
#[must_use]
pub fn as_csv(problems: &[Problem]) -> String {
    let rows: Vec<serde_json::Value> = problems.iter().filter_map(|p| serde_json::to_value(p).ok()).collect();
    format!("{}{}", kernel::json::csv_head(&rows), kernel::json::csv_body(&rows))
}
