//! One search over all entities: text folded to plain letters on both sides, trigrams from three letters on.

use crate::context::Context;
use crate::describe::Description;
use crate::json::to_json;
use crate::read::Reader;
use crate::refusal::Result;
use crate::rows;
use serde::Serialize;
use serde_json::Value as Json;
use std::sync::Arc;
use store::{Dialect, Store, Value};

/// Rows looked at before they are ranked.
const CANDIDATES: i64 = 200;

/// What the databases need besides plain tables.
pub const SQLITE: &str = "CREATE VIRTUAL TABLE IF NOT EXISTS search_text USING fts5(folded, content='', contentless_delete=1, tokenize='trigram');";
pub const POSTGRES: &str = "CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX IF NOT EXISTS search_trigrams ON search USING gin (folded gin_trgm_ops);";

/// # Errors
/// The database's.
pub fn prepare(store: &Store) -> Result<()> {
    let sql = match store.dialect() {
        Dialect::Sqlite => SQLITE,
        Dialect::Postgres => POSTGRES,
    };
    store.write(move |tx| Ok(tx.batch(sql)?))
}

/// Plain lower-case letters: `Črtomir Žagar` → `crtomir zagar`.
#[must_use]
pub fn fold(text: &str) -> String {
    any_ascii::any_ascii(text).to_lowercase()
}

/// A condition on the search row `s`.
#[must_use]
pub fn condition(text: &str, dialect: Dialect) -> (String, Vec<Value>) {
    let folded = fold(text.trim());
    let escaped = folded.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    if folded.chars().count() < 3 {
        return (
            "s.folded >= ? AND s.folded < ?".into(),
            vec![folded.as_str().into(), Value::Text(format!("{folded}~"))],
        );
    }
    match dialect {
        Dialect::Sqlite => (
            "s.id IN (SELECT rowid FROM search_text WHERE search_text MATCH ?)".into(),
            vec![Value::Text(format!("\"{}\"", folded.replace('"', "\"\"")))],
        ),
        Dialect::Postgres => ("s.folded LIKE ?".into(), vec![Value::Text(format!("%{escaped}%"))]),
    }
}

/// Brings the search rows of changed records up to date.
pub(crate) fn write(cx: &mut Context, changed: &[(Arc<Description>, i64)]) -> Result<()> {
    if changed.is_empty() {
        return Ok(());
    }
    let mut found = Vec::new();
    let mut at = 0;
    while let Some((description, _)) = changed.get(at) {
        let ids: Vec<Value> = changed
            .iter()
            .skip(at)
            .take_while(|(d, _)| d.name == description.name)
            .map(|(_, id)| Value::Int(*id))
            .collect();
        for chunk in ids.chunks(500) {
            let condition = format!("id {}", rows::among(chunk.len()));
            let columns: Vec<&str> = description.search.iter().map(String::as_str).collect();
            let sql = format!(
                "SELECT id, {}, {} FROM {} WHERE {condition}",
                description.title,
                columns.join(","),
                description.table
            );
            for row in cx.tx.query(&sql, chunk)? {
                found.push(search_row(description, &row));
            }
        }
        at += ids.len();
    }
    let ids: Vec<Value> = changed.iter().map(|(_, id)| Value::Int(*id)).collect();
    replace(cx, &ids, &found)
}

fn search_row(description: &Description, row: &store::Row) -> Vec<Value> {
    let shown = |name: &str, value: &Value| {
        let kind = description.field(name).map_or(crate::Kind::Text, |f| f.kind);
        match to_json(kind, value) {
            Json::Null => String::new(),
            Json::String(t) => t,
            other => other.to_string(),
        }
    };
    let title = shown(&description.title, row.get(1));
    let words: Vec<String> = description
        .search
        .iter()
        .enumerate()
        .map(|(i, f)| shown(f, row.get(i + 2)))
        .filter(|w| !w.is_empty())
        .collect();
    let note: Vec<&str> = words.iter().map(String::as_str).filter(|w| *w != title).collect();
    vec![
        row.get(0).clone(),
        description.name.into(),
        Value::text(&title),
        Value::Text(note.join(" · ")),
        Value::Text(fold(&words.join(" "))),
    ]
}

fn replace(cx: &mut Context, ids: &[Value], rows: &[Vec<Value>]) -> Result<()> {
    for chunk in ids.chunks(500) {
        let among = rows::among(chunk.len());
        cx.tx.execute(&format!("DELETE FROM search WHERE id {among}"), chunk)?;
        if cx.tx.dialect() == Dialect::Sqlite {
            cx.tx.execute(&format!("DELETE FROM search_text WHERE rowid {among}"), chunk)?;
        }
    }
    cx.tx.insert("search", &["id", "entity", "title", "note", "folded"], rows)?;
    if cx.tx.dialect() == Dialect::Sqlite {
        let texts: Vec<Vec<Value>> =
            rows.iter().map(|r| [r.first(), r.last()].into_iter().flatten().cloned().collect()).collect();
        cx.tx.insert("search_text", &["rowid", "folded"], &texts)?;
    }
    Ok(())
}

/// A record found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hit {
    pub entity: String,
    pub id: i64,
    pub title: String,
    pub note: String,
}

impl Reader<'_> {
    /// Records of all entities (or of some) that this person may see, best first: those whose title begins with
    /// the text, then those with a word that does, then the shortest.
    ///
    /// # Errors
    /// The database's.
    pub fn search(&mut self, text: &str, only: &[String], top: usize) -> Result<Vec<Hit>> {
        if text.trim().is_empty() {
            return Ok(Vec::new());
        }
        let (found, mut params) = condition(text, self.tx.dialect());
        let mut allowed = Vec::new();
        for description in self.registry.entities().by_name.values() {
            let rights = &self.actor.rights;
            let wanted = only.is_empty() || only.iter().any(|o| o == description.name);
            // A search field that a person may not see must not be found by, either.
            let seen = description.search.iter().all(|f| rights.sees_field(description, f));
            if description.search.is_empty() || !wanted || !rights.may_read(description) || !seen {
                continue;
            }
            params.push(description.name.into());
            allowed.push(match rights.rows(self.registry, description, "t")? {
                None => "s.entity = ?".to_owned(),
                Some((condition, more)) => {
                    params.extend(more);
                    format!(
                        "(s.entity = ? AND EXISTS (SELECT 1 FROM {} t WHERE t.id = s.id AND {condition}))",
                        description.table
                    )
                }
            });
        }
        if allowed.is_empty() {
            return Ok(Vec::new());
        }
        params.push(CANDIDATES.into());
        let sql = format!(
            "SELECT s.entity, s.id, s.title, s.note FROM search s WHERE {found} AND ({}) LIMIT ?",
            allowed.join(" OR ")
        );
        let mut hits: Vec<Hit> = self
            .tx
            .query(&sql, &params)?
            .iter()
            .map(|r| Hit {
                entity: r.text(0).into(),
                id: r.int(1),
                title: r.text(2).into(),
                note: r.text(3).into(),
            })
            .collect();
        let wanted = fold(text.trim());
        hits.sort_by_cached_key(|h| {
            let title = fold(&h.title);
            let rank = match title.find(&wanted) {
                Some(0) => 0,
                Some(i)
                    if !title.as_bytes().get(i.wrapping_sub(1)).is_some_and(u8::is_ascii_alphanumeric) =>
                {
                    1
                }
                Some(_) => 2,
                None => 3,
            };
            (rank, title.len(), title)
        });
        hits.truncate(top);
        Ok(hits)
    }
}
