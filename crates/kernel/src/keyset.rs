//! Paging by key: a page begins behind the last row of the one before it, so that no row is counted or skipped.

use crate::refusal::{Result, refuse};
use crate::sql::{Builder, Reached};
use serde_json::{Value as Json, json};
use store::{Row, Value};

/// NULL is lowest on both databases, as in their indexes; a primary key has none.
pub fn ordered(name: &str, sql: &str, descending: bool) -> String {
    match (name == "id", descending) {
        (true, false) => sql.to_owned(),
        (true, true) => format!("{sql} DESC"),
        (false, false) => format!("{sql} ASC NULLS FIRST"),
        (false, true) => format!("{sql} DESC NULLS LAST"),
    }
}

/// What the next page begins behind: the sorted values of a page's last row.
pub fn key_of(row: &Row, order: &[(Reached, bool)], fields: usize) -> Vec<Json> {
    (0..order.len())
        .map(|i| match row.get(2 + fields + i) {
            Value::Null => Json::Null,
            Value::Int(n) => json!(n),
            Value::Text(t) => json!(t),
        })
        .collect()
}

/// The rows behind a key. Where all keys are set and run one way, a row comparison that an index answers.
pub fn keyset(builder: &mut Builder, order: &[(Reached, bool)], after: &[Json]) -> Result<String> {
    if after.len() != order.len() {
        return Err(refuse("kernel.bad_token").field("$skiptoken").into());
    }
    let values: Vec<Value> = after
        .iter()
        .map(|j| match j {
            Json::Number(n) => n.as_i64().map_or(Value::Null, Value::Int),
            Json::String(t) => Value::text(t),
            _ => Value::Null,
        })
        .collect();
    let one_way = order.iter().all(|(_, d)| Some(*d) == order.first().map(|o| o.1));
    if one_way && order.iter().all(|(r, _)| r.field.required) {
        let keys: Vec<&str> = order.iter().map(|(r, _)| r.sql.as_str()).collect();
        let sign = if order.first().is_some_and(|o| o.1) { "<" } else { ">" };
        let places = vec!["?"; keys.len()].join(",");
        builder.params.extend(values);
        return Ok(format!("({}) {sign} ({places})", keys.join(",")));
    }
    let mut alternatives = Vec::new();
    for (i, ((reached, descending), value)) in order.iter().zip(&values).enumerate() {
        let mut parts = Vec::new();
        for ((earlier, _), value) in order.iter().zip(&values).take(i) {
            if value.is_null() {
                parts.push(format!("{} IS NULL", earlier.sql));
            } else {
                parts.push(format!("{} = ?", earlier.sql));
                builder.params.push(value.clone());
            }
        }
        let sql = &reached.sql;
        parts.push(match (descending, value.is_null()) {
            (false, true) => format!("{sql} IS NOT NULL"),
            (true, true) => "1 = 0".into(),
            (false, false) => format!("{sql} > ?"),
            (true, false) => format!("({sql} < ? OR {sql} IS NULL)"),
        });
        if !value.is_null() {
            builder.params.push(value.clone());
        }
        alternatives.push(format!("({})", parts.join(" AND ")));
    }
    Ok(format!("({})", alternatives.join(" OR ")))
}
