//! Records in and out of tables.

use crate::context::{Audit, Context, Numbering};
use crate::describe::Description;
use crate::entity::Record;
use crate::json::to_json;
use crate::number;
use crate::refusal::{Result, refuse};
use crate::registry::Registry;
use serde_json::{Map, Value as Json, json};
use std::borrow::Borrow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use store::{Dialect, Row, Tx, Value};

/// The record with this id.
///
/// # Errors
/// `kernel.not_found`.
pub fn one(
    tx: &mut Tx,
    registry: &Registry,
    description: &Description,
    id: i64,
    lock: bool,
) -> Result<Record> {
    load(tx, registry, description, "id = ?", &[id.into()], lock)?
        .pop()
        .ok_or_else(|| refuse("kernel.not_found").arg("entity", description.name).arg("id", id).into())
}

/// Records by a condition over their own columns, with their lines, in the order of their ids.
///
/// # Errors
/// The database's.
pub fn load(
    tx: &mut Tx,
    registry: &Registry,
    description: &Description,
    condition: &str,
    params: &[Value],
    lock: bool,
) -> Result<Vec<Record>> {
    let all = vec![true; description.lines.len()];
    load_with(tx, registry, description, (condition, params), &all, lock)
}

/// As [`load`], with those of the lines only that are wanted.
pub(crate) fn load_with(
    tx: &mut Tx,
    registry: &Registry,
    description: &Description,
    (condition, params): (&str, &[Value]),
    wanted: &[bool],
    lock: bool,
) -> Result<Vec<Record>> {
    let sql = format!(
        "SELECT {} FROM {} WHERE {condition} ORDER BY id{}",
        description.columns().join(","),
        description.table,
        if lock { tx.for_update() } else { "" }
    );
    let mut records: Vec<Record> = tx.query(&sql, params)?.into_iter().map(record).collect();
    if description.lines.is_empty() || records.is_empty() {
        return Ok(records);
    }
    let ids: Vec<i64> = records.iter().map(|r| r.id).collect();
    let place: HashMap<i64, usize> = ids.iter().enumerate().map(|(i, id)| (*id, i)).collect();
    for (own, wanted) in description.lines.iter().zip(wanted) {
        let line = registry.entity(&own.entity)?;
        records.iter_mut().for_each(|r| r.lines.push(Vec::new()));
        if !wanted {
            continue;
        }
        for row in lines(tx, &line, &ids)? {
            let parent = place.get(&row.version).and_then(|i| records.get_mut(*i));
            if let Some(last) = parent.and_then(|p| p.lines.last_mut()) {
                last.push(row);
            }
        }
    }
    Ok(records)
}

/// The record without its lines, if there is one.
pub(crate) fn head(tx: &mut Tx, description: &Description, id: i64, lock: bool) -> Result<Option<Record>> {
    let lock = if lock { tx.for_update() } else { "" };
    let sql =
        format!("SELECT {} FROM {} WHERE id = ?{lock}", description.columns().join(","), description.table);
    let mut found = tx.first(&sql, &[id.into()])?.map(record);
    if let Some(record) = &mut found {
        record.lines.resize(description.lines.len(), Vec::new());
    }
    Ok(found)
}

/// The lines of these parents, each parent's in their order.
pub(crate) fn lines(tx: &mut Tx, line: &Description, parents: &[i64]) -> Result<Vec<Record>> {
    let order = if line.field("position").is_some() { "position, id" } else { "id" };
    let mut out = Vec::new();
    for chunk in parents.chunks(500) {
        let sql = format!(
            "SELECT {} FROM {} WHERE parent_id {} ORDER BY parent_id, {order}",
            line.columns().join(","),
            line.table,
            among(chunk.len()),
        );
        let params: Vec<Value> = chunk.iter().map(|id| (*id).into()).collect();
        out.extend(tx.query(&sql, &params)?.into_iter().map(record));
    }
    Ok(out)
}

/// `= ?` or `IN (?,?,…)`.
#[must_use]
pub fn among(n: usize) -> String {
    if n == 1 { "= ?".into() } else { format!("IN ({})", vec!["?"; n].join(",")) }
}

/// Conditions that name some ids of a column, five hundred at a time, with their parameters; where none are given, one that
/// leaves nothing out.
#[must_use]
pub fn named_or_all(column: &str, ids: Option<&[i64]>) -> Vec<(String, Vec<Value>)> {
    let Some(ids) = ids else { return vec![("1 = 1".to_owned(), Vec::new())] };
    let named = |chunk: &[i64]| {
        (format!("{column} {}", among(chunk.len())), chunk.iter().copied().map(Value::Int).collect())
    };
    ids.chunks(500).map(named).collect()
}

fn record(row: Row) -> Record {
    let mut values = row.0.into_iter();
    let id = values.next().and_then(|v| v.as_int()).unwrap_or_default();
    let version = values.next().and_then(|v| v.as_int()).unwrap_or_default();
    Record { id, version, values: values.collect(), lines: Vec::new() }
}

/// The version of a record that was deleted.
const GONE: i64 = 0;

impl Context<'_> {
    /// Writes new records of one entity with as few statements as possible.
    ///
    /// # Errors
    /// The database's.
    pub fn insert_records(&mut self, description: &Arc<Description>, records: &[Record]) -> Result<()> {
        let rows: Vec<Vec<Value>> = records.iter().map(|r| flat(r, r.version)).collect();
        self.tx.insert(&description.table, &description.columns(), &rows)?;
        for (i, lines) in description.lines.iter().enumerate() {
            let line = self.registry.entity(&lines.entity)?;
            let rows: Vec<Vec<Value>> = records
                .iter()
                .flat_map(|r| r.lines.get(i).into_iter().flatten().map(|l| whole(&line, l, r.id)))
                .collect();
            self.tx.insert(&line.table, &line.columns(), &rows)?;
        }
        for record in records {
            self.written(description, record.id, "create", String::new());
            self.pending.searched.created(description, record);
            self.auto_number(description, record);
        }
        Ok(())
    }

    /// Writes what differs between two states of a record, its lines among it.
    ///
    /// # Errors
    /// `kernel.stale` when somebody else wrote in between.
    pub fn update_record(
        &mut self,
        description: &Arc<Description>,
        before: &Record,
        after: &Record,
    ) -> Result<()> {
        self.update_records(description, &[(before, after)])
    }

    /// As [`Self::update_record`]; records that change alike in one statement.
    ///
    /// # Errors
    /// `kernel.stale` when somebody else wrote in between.
    pub(crate) fn update_records<R: Borrow<Record>>(
        &mut self,
        description: &Arc<Description>,
        records: &[(R, R)],
    ) -> Result<()> {
        let mut alike: BTreeMap<(Vec<usize>, Vec<Value>, i64), Vec<i64>> = BTreeMap::new();
        let mut written = Vec::with_capacity(records.len());
        for (before, after) in records {
            let (before, after) = (before.borrow(), after.borrow());
            let mut changes = changed(description, before, after);
            for (i, lines) in description.lines.iter().enumerate() {
                let line = self.registry.entity(&lines.entity)?;
                let (old, new) = (before.lines.get(i), after.lines.get(i));
                let line_changes =
                    self.update_lines(&line, before.id, old.map_or(&[], |l| l), new.map_or(&[], |l| l))?;
                if !line_changes.is_empty() {
                    changes.insert(lines.name.clone(), Json::Array(line_changes));
                }
            }
            let (columns, values) = differing(before, after);
            if !changes.is_empty() || !columns.is_empty() {
                alike.entry((columns, values, before.version)).or_default().push(before.id);
                written.push((before, after, changes));
            }
        }
        for ((columns, values, version), ids) in alike {
            let names = named(description, &columns);
            self.update_heads(description, &names, &values, version, &ids)?;
        }
        for (before, after, changes) in written {
            self.written(description, before.id, "update", Json::Object(changes).to_string());
            self.pending.searched.updated(description, before, after);
            let number = description.position("number");
            if number.is_some_and(|at| before.values.get(at) != after.values.get(at)) {
                self.numbered_by_hand(description, after);
            }
        }
        Ok(())
    }

    fn update_heads(
        &mut self,
        description: &Description,
        columns: &[&str],
        values: &[Value],
        version: i64,
        ids: &[i64],
    ) -> Result<()> {
        let mut set: Vec<String> = columns.iter().map(|c| format!("{c} = ?")).collect();
        set.push("version = version + 1".into());
        for chunk in ids.chunks(500) {
            let (table, among) = (&description.table, among(chunk.len()));
            let sql = format!("UPDATE {table} SET {} WHERE id {among} AND version = ?", set.join(","));
            let ids = chunk.iter().map(|id| Value::Int(*id));
            let params: Vec<Value> = values.iter().cloned().chain(ids).chain([version.into()]).collect();
            // Who holds a record on PostgreSQL has locked it: only this command itself can have written in between.
            let sure = self.tx.dialect() == Dialect::Postgres
                && chunk.iter().all(|id| self.versions.get(id).is_none_or(|v| *v == version));
            self.versions.extend(chunk.iter().map(|id| (*id, version + 1)));
            if sure {
                self.tx.send(&sql, &params)?;
            } else if self.tx.execute(&sql, &params)? != chunk.len() as u64 {
                return Err(stale(description, chunk.first().copied().unwrap_or_default()));
            }
        }
        Ok(())
    }

    fn update_lines(
        &mut self,
        line: &Description,
        parent: i64,
        old: &[Record],
        new: &[Record],
    ) -> Result<Vec<Json>> {
        let mut changes = Vec::new();
        let kept: HashMap<i64, &Record> = old.iter().map(|l| (l.id, l)).collect();
        let mut added = Vec::new();
        let mut updates: BTreeMap<Vec<usize>, Vec<(i64, Vec<Value>)>> = BTreeMap::new();
        for after in new {
            let Some(before) = kept.get(&after.id) else {
                changes.push(json!({"id": after.id, "added": snapshot(line, after)}));
                added.push(whole(line, after, parent));
                continue;
            };
            let (columns, values) = differing(before, after);
            if !columns.is_empty() {
                updates.entry(columns).or_default().push((after.id, values));
                changes.push(json!({"id": after.id, "changed": changed(line, before, after)}));
            }
        }
        for (columns, rows) in updates {
            let names: Vec<&str> = named(line, &columns);
            update_rows(self.tx, &line.table, &names, &rows)?;
        }
        self.tx.insert(&line.table, &line.columns(), &added)?;
        let gone: Vec<&Record> = old.iter().filter(|o| !new.iter().any(|n| n.id == o.id)).collect();
        if !gone.is_empty() {
            let params: Vec<Value> = gone.iter().map(|l| l.id.into()).collect();
            self.tx.send(&format!("DELETE FROM {} WHERE id {}", line.table, among(gone.len())), &params)?;
            changes.extend(gone.iter().map(|l| json!({"id": l.id, "removed": snapshot(line, l)})));
        }
        Ok(changes)
    }

    /// Deletes a record and its lines; the audit keeps what it held.
    ///
    /// # Errors
    /// The database's.
    pub fn delete_record(&mut self, description: &Arc<Description>, before: &Record) -> Result<()> {
        let mut kept = snapshot(description, before);
        for (lines, records) in description.lines.iter().zip(&before.lines) {
            let line = self.registry.entity(&lines.entity)?;
            self.tx.send(&format!("DELETE FROM {} WHERE parent_id = ?", line.table), &[before.id.into()])?;
            if let Json::Object(map) = &mut kept {
                map.insert(lines.name.clone(), records.iter().map(|r| snapshot(&line, r)).collect());
            }
        }
        let sql = format!("DELETE FROM {} WHERE id = ? AND version = ?", description.table);
        if self.tx.execute(&sql, &[before.id.into(), before.version.into()])? == 0 {
            return Err(stale(description, before.id));
        }
        self.versions.insert(before.id, GONE);
        self.written(description, before.id, "delete", kept.to_string());
        self.pending.searched.deleted(description, before.id);
        Ok(())
    }

    /// Deletes records that have no lines, in one statement.
    ///
    /// # Errors
    /// The database's.
    pub(crate) fn delete_records(&mut self, description: &Arc<Description>, before: &[Record]) -> Result<()> {
        for chunk in before.chunks(500) {
            let ids: Vec<Value> = chunk.iter().map(|r| r.id.into()).collect();
            let sql = format!("DELETE FROM {} WHERE id {}", description.table, among(ids.len()));
            self.tx.send(&sql, &ids)?;
        }
        for record in before {
            self.versions.insert(record.id, GONE);
            self.written(description, record.id, "delete", snapshot(description, record).to_string());
            self.pending.searched.deleted(description, record.id);
        }
        Ok(())
    }

    fn written(&mut self, description: &Arc<Description>, id: i64, kind: &'static str, changes: String) {
        self.cache.forget(description, id);
        self.pending.audits.push(Audit {
            entity: description.name,
            id,
            kind,
            changes,
            command: self.command.clone(),
            case: self.actor.case,
        });
    }

    /// Documents with a pattern are numbered when they are first written, unless the number is given (imported)
    /// or is a legal one, taken when the document is posted.
    fn auto_number(&mut self, description: &Arc<Description>, record: &Record) {
        let Some(pattern) = description.number.filter(|p| !p.is_empty()) else { return };
        if self.numbered_by_hand(description, record) {
            return;
        }
        let year = self.today().year();
        self.pending.numbers.push(Numbering {
            description: Arc::clone(description),
            id: record.id,
            series: number::series(description.name, company_of(description, record), pattern, year),
            pattern: pattern.to_owned(),
            year,
        });
    }

    /// Whether the record has a number already; its series will go on behind it.
    fn numbered_by_hand(&mut self, description: &Description, record: &Record) -> bool {
        let Some(pattern) = description.number.filter(|p| !p.is_empty()) else { return false };
        let given =
            description.position("number").and_then(|p| record.values.get(p)).and_then(Value::as_text);
        let Some(given) = given.filter(|n| !n.is_empty()) else { return false };
        if let Some((year, n)) = number::place(pattern, given) {
            let series = number::series(description.name, company_of(description, record), pattern, year);
            let reached = self.pending.reached.entry(series).or_default();
            *reached = n.max(*reached);
        }
        true
    }
}

fn company_of(description: &Description, record: &Record) -> i64 {
    let at = description.position("company_id");
    at.and_then(|p| record.values.get(p)).and_then(Value::as_int).unwrap_or_default()
}

fn stale(description: &Description, id: i64) -> crate::Error {
    let mut refusal = refuse("kernel.stale").arg("entity", description.name);
    refusal.current = Some((description.name.into(), id));
    refusal.into()
}

fn flat(record: &Record, second: i64) -> Vec<Value> {
    let mut row = Vec::with_capacity(record.values.len() + 2);
    row.extend([Value::Int(record.id), Value::Int(second)]);
    row.extend(record.values.iter().cloned());
    row
}

/// As [`flat`]; a line that typed code made knows nothing of custom fields, which stay empty.
fn whole(description: &Description, record: &Record, second: i64) -> Vec<Value> {
    let mut row = flat(record, second);
    row.resize(description.stored().count() + 2, Value::Null);
    row
}

/// The places that differ, and what stands there after.
fn differing(before: &Record, after: &Record) -> (Vec<usize>, Vec<Value>) {
    let values = before.values.iter().zip(&after.values).enumerate();
    values.filter(|(_, (b, a))| b != a).map(|(i, (_, a))| (i, a.clone())).unzip()
}

fn named<'a>(description: &'a Description, positions: &[usize]) -> Vec<&'a str> {
    let fields = description.stored().enumerate().filter(|(i, _)| positions.contains(i));
    fields.map(|(_, f)| f.name.as_str()).collect()
}

/// Whether two states of a record are alike, its lines too.
pub(crate) fn same(before: &Record, after: &Record) -> bool {
    let values = before.values.iter().zip(&after.values).all(|(b, a)| b == a);
    let lines = |(b, a): (&Vec<Record>, &Vec<Record>)| {
        b.len() == a.len() && b.iter().zip(a).all(|(b, a)| b.id == a.id && same(b, a))
    };
    values && before.lines.iter().zip(&after.lines).all(lines)
}

/// Sets these columns of many rows: one statement for a hundred rows.
pub(crate) fn update_rows(
    tx: &mut Tx,
    table: &str,
    columns: &[&str],
    rows: &[(i64, Vec<Value>)],
) -> Result<()> {
    if let [(id, values)] = rows {
        let set: Vec<String> = columns.iter().map(|c| format!("{c} = ?")).collect();
        let params: Vec<Value> = values.iter().cloned().chain([(*id).into()]).collect();
        return Ok(tx.send(&format!("UPDATE {table} SET {} WHERE id = ?", set.join(",")), &params)?);
    }
    for chunk in rows.chunks(100) {
        // The column itself at the end says of what type the values are.
        let whens = "WHEN ? THEN ? ".repeat(chunk.len());
        let set: Vec<String> =
            columns.iter().map(|c| format!("{c} = CASE id {whens}ELSE {table}.{c} END")).collect();
        let mut params = Vec::with_capacity(chunk.len() * (2 * columns.len() + 1));
        for at in 0..columns.len() {
            for (id, values) in chunk {
                params.extend([(*id).into(), values.get(at).cloned().unwrap_or_default()]);
            }
        }
        params.extend(chunk.iter().map(|(id, _)| Value::Int(*id)));
        let sql = format!("UPDATE {table} SET {} WHERE id {}", set.join(","), among(chunk.len()));
        tx.send(&sql, &params)?;
    }
    Ok(())
}

fn changed(description: &Description, before: &Record, after: &Record) -> Map<String, Json> {
    let values = before.values.iter().zip(&after.values);
    description
        .stored()
        .zip(values)
        .filter(|(f, (b, a))| b != a && !f.secret)
        .map(|(f, (b, a))| (f.name.clone(), json!([to_json(f.kind, b), to_json(f.kind, a)])))
        .collect()
}

fn snapshot(description: &Description, record: &Record) -> Json {
    description
        .stored()
        .zip(&record.values)
        .filter(|(f, v)| !v.is_null() && !f.secret)
        .map(|(f, v)| (f.name.clone(), to_json(f.kind, v)))
        .collect::<Map<_, _>>()
        .into()
}
