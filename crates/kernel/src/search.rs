//! One search over all entities: text folded to plain letters on both sides, trigrams from three letters on.

use crate::context::Context;
use crate::describe::Description;
use crate::entity::Record;
use crate::json::to_json;
use crate::read::Reader;
use crate::refusal::Result;
use crate::rights::Rights;
use crate::rows;
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::HashMap;
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

/// What SQLite's index of trigrams is asked for; `None` where the rows themselves are asked.
fn trigrams(folded: &str, dialect: Dialect) -> Option<Value> {
    let asked = dialect == Dialect::Sqlite && folded.chars().count() >= 3;
    asked.then(|| Value::Text(format!("\"{}\"", folded.replace('"', "\"\""))))
}

/// A condition on the search row `s`.
#[must_use]
pub fn condition(text: &str, dialect: Dialect) -> (String, Vec<Value>) {
    let folded = fold(text.trim());
    if let Some(words) = trigrams(&folded, dialect) {
        return ("s.id IN (SELECT rowid FROM search_text WHERE search_text MATCH ?)".into(), vec![words]);
    }
    if folded.chars().count() < 3 {
        return (
            "s.folded >= ? AND s.folded < ?".into(),
            vec![folded.as_str().into(), Value::Text(format!("{folded}~"))],
        );
    }
    let escaped = folded.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    ("s.folded LIKE ?".into(), vec![Value::Text(format!("%{escaped}%"))])
}

/// As [`condition`], with what is to be read: where an index finds the rows they are fetched one by one, so that a
/// reading that wants a few of many hits ends when it has them.
fn hits(text: &str, dialect: Dialect) -> (&'static str, String, Vec<Value>) {
    match trigrams(&fold(text.trim()), dialect) {
        Some(words) => {
            let from = "search_text CROSS JOIN search s ON s.id = search_text.rowid";
            (from, "search_text MATCH ?".into(), vec![words])
        }
        None => {
            let (found, params) = condition(text, dialect);
            ("search s", found, params)
        }
    }
}

/// A record whose search row is to be written anew.
struct Row {
    description: Arc<Description>,
    id: i64,
    /// Title and search fields as they are now; empty for a record that is gone.
    values: Vec<Value>,
    /// Written for the first time: there is no row to replace.
    fresh: bool,
}

/// The search rows that a command changes, each once, from what it has in its hands.
#[derive(Default)]
pub(crate) struct Searched {
    rows: Vec<Row>,
    places: HashMap<i64, usize>,
}

impl Searched {
    pub fn created(&mut self, description: &Arc<Description>, record: &Record) {
        if !description.search.is_empty() {
            let values = shown_values(description, record);
            self.put(Row { description: Arc::clone(description), id: record.id, values, fresh: true });
        }
    }

    /// A row is as good as before where neither title nor search fields have changed.
    pub fn updated(&mut self, description: &Arc<Description>, before: &Record, after: &Record) {
        if description.search.is_empty() {
            return;
        }
        let values = shown_values(description, after);
        if values != shown_values(description, before) {
            self.put(Row { description: Arc::clone(description), id: before.id, values, fresh: false });
        }
    }

    pub fn deleted(&mut self, description: &Arc<Description>, id: i64) {
        if !description.search.is_empty() {
            self.put(Row { description: Arc::clone(description), id, values: Vec::new(), fresh: false });
        }
    }

    fn put(&mut self, row: Row) {
        match self.places.get(&row.id).and_then(|at| self.rows.get_mut(*at)) {
            Some(known) => known.values = row.values,
            None => {
                self.places.insert(row.id, self.rows.len());
                self.rows.push(row);
            }
        }
    }

    pub fn absorb(&mut self, inner: Self) {
        inner.rows.into_iter().for_each(|row| self.put(row));
    }

    /// The number that a record got at the end of the command.
    pub fn numbered(&mut self, id: i64, number: &str) {
        let Some(row) = self.places.get(&id).and_then(|at| self.rows.get_mut(*at)) else { return };
        let description = Arc::clone(&row.description);
        for (name, value) in fields(&description).zip(&mut row.values) {
            if name == "number" {
                *value = number.into();
            }
        }
    }
}

/// Title, then the fields that are searched.
fn fields(description: &Description) -> impl Iterator<Item = &String> {
    std::iter::once(&description.title).chain(&description.search)
}

fn shown_values(description: &Description, record: &Record) -> Vec<Value> {
    let value = |name: &String| match description.position(name) {
        Some(at) => record.values.get(at).cloned().unwrap_or_default(),
        None => record.id.into(),
    };
    fields(description).map(value).collect()
}

/// Brings the search rows of changed records up to date.
pub(crate) fn write(cx: &mut Context, searched: &Searched) -> Result<()> {
    let old: Vec<Value> = searched.rows.iter().filter(|r| !r.fresh).map(|r| r.id.into()).collect();
    let new: Vec<Vec<Value>> =
        searched.rows.iter().filter(|r| !r.values.is_empty()).map(search_row).collect();
    replace(cx, &old, &new)
}

fn search_row(row: &Row) -> Vec<Value> {
    let shown = |(name, value): (&String, &Value)| {
        let kind = row.description.field(name).map_or(crate::Kind::Text, |f| f.kind);
        match to_json(kind, value) {
            Json::Null => String::new(),
            Json::String(t) => t,
            other => other.to_string(),
        }
    };
    let mut texts = fields(&row.description).zip(&row.values).map(shown);
    let title = texts.next().unwrap_or_default();
    let words: Vec<String> = texts.filter(|w| !w.is_empty()).collect();
    let note: Vec<&str> = words.iter().map(String::as_str).filter(|w| *w != title).collect();
    vec![
        row.id.into(),
        row.description.name.into(),
        Value::text(&title),
        Value::Text(note.join(" · ")),
        Value::Text(fold(&words.join(" "))),
    ]
}

fn replace(cx: &mut Context, ids: &[Value], rows: &[Vec<Value>]) -> Result<()> {
    for chunk in ids.chunks(500) {
        let among = rows::among(chunk.len());
        cx.tx.send(&format!("DELETE FROM search WHERE id {among}"), chunk)?;
        if cx.tx.dialect() == Dialect::Sqlite {
            cx.tx.send(&format!("DELETE FROM search_text WHERE rowid {among}"), chunk)?;
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

/// A search row shows the title and is found by all its fields: who may not see one of them does not find it.
pub(crate) fn may_be_found(rights: &Rights, description: &Description) -> bool {
    fields(description).all(|f| f == "id" || rights.sees_field(description, f))
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
        let (from, found, mut params) = hits(text, self.tx.dialect());
        let mut allowed = Vec::new();
        for description in self.registry.entities().by_name.values() {
            let rights = &self.actor.rights;
            let wanted = only.is_empty() || only.iter().any(|o| o == description.name);
            let seen = may_be_found(rights, description);
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
            "SELECT s.entity, s.id, s.title, s.note FROM {from} WHERE {found} AND ({}) LIMIT ?",
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
