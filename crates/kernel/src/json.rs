//! Values on the wire. What comes from outside is never trusted: each fault names its field.

use crate::describe::{Description, Field, Kind};
use crate::entity::{InputFacts, InputValues, Record};
use crate::refusal::{Refusal, refuse};
use numbers::Date;
use serde_json::{Map, Value as Json, json};
use store::Value;

const SCALE: f64 = 1_000_000.0;

/// A stored value as JSON. Decimals stay exact up to 15 digits, what a JSON number carries safely.
#[must_use]
pub fn to_json(kind: Kind, value: &Value) -> Json {
    match (kind, value) {
        (_, Value::Null) => Json::Null,
        (Kind::Bool, Value::Int(n)) => json!(*n != 0),
        (Kind::Money, Value::Int(n)) => json!(*n as f64 / 100.0),
        (Kind::Decimal | Kind::Quantity, Value::Int(n)) => json!(*n as f64 / SCALE),
        (Kind::Date, Value::Int(n)) => Date::from_days(*n).map_or(Json::Null, |d| json!(d.to_string())),
        (Kind::Instant, Value::Int(n)) => {
            jiff::Timestamp::from_microsecond(*n).map_or(Json::Null, |t| json!(t.to_string()))
        }
        (Kind::Json, Value::Text(t)) => serde_json::from_str(t).unwrap_or(Json::Null),
        (_, Value::Int(n)) => json!(n),
        (_, Value::Text(t)) => json!(t),
    }
}

/// JSON as a value of this field, or what is wrong with it.
///
/// # Errors
/// The refusal that names the field.
pub fn from_json(field: &Field, json: &Json) -> Result<Value, Refusal> {
    let wrong = |code| Err(refuse(code).field(&field.name).arg("value", shown(json)));
    match (field.kind, json) {
        (_, Json::Null) => {
            let empty = field.empty();
            if field.required && empty.is_null() { wrong("kernel.required") } else { Ok(empty) }
        }
        (Kind::Text | Kind::File, Json::String(t)) => text(field, t, 1_000),
        (Kind::LongText, Json::String(t)) => text(field, t, 1_000_000),
        (Kind::OriginEntity, Json::String(t)) => text(field, t, 100),
        (Kind::Json, json) => Ok(Value::text(json)),
        (Kind::Choice, Json::String(t)) if t.is_empty() && !field.required => Ok(Value::Null),
        (Kind::Choice, Json::String(t)) if field.choices.contains(t) => Ok(Value::text(t)),
        (Kind::Choice, _) => Err(refuse("kernel.not_a_choice")
            .field(&field.name)
            .arg("value", shown(json))
            .arg("choices", field.choices.join(", "))),
        (Kind::Bool, Json::Bool(b)) => Ok(Value::Int(i64::from(*b))),
        (Kind::Date, Json::String(t)) => match t.parse::<Date>() {
            Ok(d) => Ok(Value::Int(d.days())),
            Err(_) => wrong("kernel.not_a_date"),
        },
        (Kind::Instant, Json::String(t)) => match t.parse::<jiff::Timestamp>() {
            Ok(t) => Ok(Value::Int(t.as_microsecond())),
            Err(_) => wrong("kernel.not_an_instant"),
        },
        (Kind::Money, json) => {
            scaled(json, 2).map_or_else(|| wrong("kernel.not_money"), |n| Ok(Value::Int(n)))
        }
        (Kind::Decimal | Kind::Quantity, json) => {
            scaled(json, 6).map_or_else(|| wrong("kernel.not_a_number"), |n| Ok(Value::Int(n)))
        }
        (Kind::Integer | Kind::Reference | Kind::OriginId, json) => {
            scaled(json, 0).map_or_else(|| wrong("kernel.not_a_whole_number"), |n| Ok(Value::Int(n)))
        }
        _ => wrong("kernel.wrong_type"),
    }
}

fn text(field: &Field, text: &str, most: usize) -> Result<Value, Refusal> {
    if text.chars().count() > most {
        return Err(refuse("kernel.too_long").field(&field.name).arg("most", most));
    }
    // PostgreSQL keeps no NUL, and no screen shows one.
    Ok(Value::Text(text.replace('\0', "").trim_end().to_owned()))
}

/// A decimal of at most `places` places, exactly.
fn scaled(json: &Json, places: usize) -> Option<i64> {
    let text = match json {
        Json::Number(n) => n.to_string(),
        Json::String(t) => t.trim().to_owned(),
        _ => return None,
    };
    if text.contains(['e', 'E']) {
        let n: f64 = text.parse().ok()?;
        return parse_scaled(&format!("{n:.places$}"), places);
    }
    parse_scaled(&text, places)
}

/// `"-12.5"` with 2 places → -1250. `None` for anything else, for more places and for what does not fit.
#[must_use]
pub fn parse_scaled(text: &str, places: usize) -> Option<i64> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fraction = fraction.trim_end_matches('0');
    if whole.is_empty()
        || fraction.len() > places
        || !(whole.chars().chain(fraction.chars())).all(|c| c.is_ascii_digit())
    {
        return None;
    }
    let n: i64 = format!("{whole}{fraction:0<places$}").parse().ok()?;
    Some(if negative { -n } else { n })
}

fn shown(json: &Json) -> String {
    let text = json.as_str().map_or_else(|| json.to_string(), ToOwned::to_owned);
    text.chars().take(80).collect()
}

/// Input of a command from its JSON body; every fault is named.
///
/// # Errors
/// The refusal, with all faults.
pub fn input_from_json(
    facts: &InputFacts,
    body: &Map<String, Json>,
    path: &str,
) -> Result<InputValues, Vec<Refusal>> {
    let mut faults = Vec::new();
    let mut out = InputValues::default();
    for name in body.keys() {
        let known = facts.fields.iter().any(|f| f.name == *name || f.was.as_deref() == Some(name))
            || facts.lines.iter().any(|(l, _)| l == name);
        if !known {
            faults.push(refuse("kernel.unknown_field").field(format!("{path}{name}")));
        }
    }
    for field in &facts.fields {
        let given = body.get(&field.name).or_else(|| field.was.as_ref().and_then(|w| body.get(w)));
        match from_json(field, given.unwrap_or(&Json::Null)) {
            Ok(value) => out.values.push(value),
            Err(fault) => faults.push(at(path, fault)),
        }
    }
    for (name, line_facts) in &facts.lines {
        let mut lines = Vec::new();
        match body.get(*name) {
            None | Some(Json::Null) => {}
            Some(Json::Array(items)) => {
                for (i, item) in items.iter().enumerate() {
                    let at = format!("{path}{name}/{i}");
                    let path = format!("{at}/");
                    match item.as_object().map(|o| input_from_json(line_facts, o, &path)) {
                        Some(Ok(line)) => lines.push(line),
                        Some(Err(more)) => faults.extend(more),
                        None => faults.push(refuse("kernel.wrong_type").field(at)),
                    }
                }
            }
            Some(_) => faults.push(refuse("kernel.wrong_type").field(format!("{path}{name}"))),
        }
        out.lines.push(lines);
    }
    if faults.is_empty() { Ok(out) } else { Err(faults) }
}

fn at(path: &str, mut fault: Refusal) -> Refusal {
    fault.field = fault.field.map(|f| format!("{path}{f}"));
    fault
}

/// A record as JSON, with its lines, without computed fields; `hidden` fields are left out.
#[must_use]
pub fn record_to_json(
    description: &Description,
    lines_of: &dyn Fn(&str) -> Option<Description>,
    record: &Record,
) -> Json {
    let mut out = Map::new();
    out.insert("id".into(), json!(record.id));
    if description.parent.is_none() {
        out.insert("version".into(), json!(record.version));
    }
    for (field, value) in description.stored().zip(&record.values) {
        out.insert(field.name.clone(), to_json(field.kind, value));
    }
    for (lines, records) in description.lines.iter().zip(&record.lines) {
        if let Some(line) = lines_of(&lines.entity) {
            let items = records.iter().map(|r| record_to_json(&line, lines_of, r)).collect();
            out.insert(lines.name.clone(), Json::Array(items));
        }
    }
    Json::Object(out)
}

fn columns(rows: &[Json]) -> Vec<&String> {
    let plain = |(k, v): &(&String, &Json)| !k.starts_with('@') && !v.is_array() && !v.is_object();
    rows.first()
        .and_then(Json::as_object)
        .map(|r| r.iter().filter(plain).map(|(k, _)| k).collect())
        .unwrap_or_default()
}

/// The heading of a sheet with these rows.
#[must_use]
pub fn csv_head(rows: &[Json]) -> String {
    let names: Vec<&str> = columns(rows).into_iter().map(String::as_str).collect();
    format!("{}\n", names.join(","))
}

/// Rows of a sheet. A text that a spreadsheet would take for a formula is quoted away (OWASP, CSV injection).
#[must_use]
pub fn csv_body(rows: &[Json]) -> String {
    let cell = |v: &Json| {
        let text = match v {
            Json::Null => String::new(),
            Json::String(t) if t.starts_with(['=', '+', '-', '@']) => format!("'{t}"),
            Json::String(t) => t.clone(),
            other => other.to_string(),
        };
        if text.contains([',', '"', '\n', ';']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
    };
    let columns = columns(rows);
    let mut out = String::new();
    for row in rows {
        let cells: Vec<String> =
            columns.iter().map(|c| cell(row.get(c.as_str()).unwrap_or(&Json::Null))).collect();
        out.push_str(&cells.join(","));
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::parse_scaled;

    #[test]
    fn decimals_are_read_exactly_or_not_at_all() {
        for (text, places, wanted) in [
            ("2024.9940", 6, Some(2_024_994_000)),
            ("-12.5", 2, Some(-1250)),
            ("7", 2, Some(700)),
            ("0.005", 2, None),
            ("1.10", 1, Some(11)),
            ("", 2, None),
            (".5", 2, None),
            ("1,5", 2, None),
            ("--1", 0, None),
            ("9223372036854775808", 0, None),
        ] {
            assert_eq!(parse_scaled(text, places), wanted, "{text}");
        }
    }
}
