//! Keys written down, records by the thousand, sums compared.

use super::plan::{Plan, TablePlan};
use super::problem::Level;
use super::rows::{Keys, Reading};
use super::value::Figure;
use super::{Control, Progress, TableReport};
use kernel::{Actor, Error, Kernel, Record, Refusal, Result, Value, rows::among};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Records of one transaction.
const TURN: usize = 1_000;
/// Ids asked for in one statement.
const ASKED: usize = 500;

/// Gives every key its id: known keys theirs, new ones a fresh one that is written down at once. Answers the keys,
/// and the ids of records that are there.
///
/// # Errors
/// The database's.
pub fn stage(
    kernel: &Kernel,
    reading: &Reading,
    keyed: &[Vec<(usize, String)>],
    write: bool,
) -> Result<(Keys, HashSet<i64>)> {
    let mut keys = Keys::new();
    let plan = reading.plan;
    let mut there = HashSet::new();
    for (table, rows) in plan.tables.iter().zip(keyed) {
        let entity = table.body.description.name;
        let known = known(kernel, &table.body.description, &mut there)?;
        let same = same(kernel, plan, table, rows)?;
        let mut fresh = Vec::new();
        for (row, key) in rows {
            match known.get(key).or_else(|| same.get(row)) {
                Some(id) => {
                    keys.insert(key.clone(), (*id, entity));
                    if same.contains_key(row) {
                        there.insert(*id);
                    }
                }
                None => fresh.push(key.clone()),
            }
        }
        give(kernel, entity, fresh, write, &mut keys)?;
        for line in table.lines.iter().filter(|l| l.key.is_some()) {
            let entity = line.body.description.name;
            let known = self::known(kernel, &line.body.description, &mut there)?;
            let (old, fresh): (Vec<_>, Vec<_>) =
                reading.line_keys(table, line, rows).into_iter().partition(|key| known.contains_key(key));
            keys.extend(old.into_iter().filter_map(|key| Some((key.clone(), (*known.get(&key)?, entity)))));
            give(kernel, entity, fresh, write, &mut keys)?;
        }
    }
    Ok((keys, there))
}

/// Fresh ids for keys that nobody has seen.
fn give(
    kernel: &Kernel,
    entity: &'static str,
    fresh: Vec<String>,
    write: bool,
    keys: &mut Keys,
) -> Result<()> {
    if write {
        for turn in fresh.chunks(5 * TURN) {
            for (key, id) in turn.iter().zip(written_down(kernel, entity, turn)?) {
                keys.insert(key.clone(), (id, entity));
            }
        }
    } else {
        // Nothing is written, so any id will do that no record has.
        keys.extend(fresh.into_iter().zip(1..).map(|(key, n): (String, i64)| (key, (-n, entity))));
    }
    Ok(())
}

/// Keys of earlier runs; `there` learns which records exist.
fn known(
    kernel: &Kernel,
    description: &kernel::Description,
    there: &mut HashSet<i64>,
) -> Result<HashMap<String, i64>> {
    let sql = format!(
        "SELECT k.source_key, k.id, t.id FROM import_key k LEFT JOIN {} t ON t.id = k.id WHERE k.entity = ?",
        description.table
    );
    let rows = kernel.store.read(|tx| -> Result<_> { Ok(tx.query(&sql, &[description.name.into()])?) })?;
    there.extend(rows.iter().filter_map(|r| r.get(2).as_int()));
    Ok(rows.iter().map(|r| (r.text(0).to_owned(), r.int(1))).collect())
}

/// Records that are there by another way and have the same value in the field that the table matches by.
fn same(
    kernel: &Kernel,
    plan: &Plan,
    table: &TablePlan,
    rows: &[(usize, String)],
) -> Result<HashMap<usize, i64>> {
    let Some(at) = table.matches else { return Ok(HashMap::new()) };
    let description = &table.body.description;
    let (Some(field), Some(set)) =
        (description.stored().nth(at), table.body.set.iter().find(|s| s.position == Some(at)))
    else {
        return Ok(HashMap::new());
    };
    let sql = format!(
        "SELECT {}, MIN(id) FROM {} WHERE {0} IS NOT NULL GROUP BY {0}",
        field.name, description.table
    );
    let found = kernel.store.read(|tx| -> Result<_> { Ok(tx.query(&sql, &[])?) })?;
    let ids: HashMap<Value, i64> = found.iter().map(|r| (r.get(0).clone(), r.int(1))).collect();
    let super::plan::Source::Cell(place) = set.source else { return Ok(HashMap::new()) };
    let sheet = table.body.scope.first().and_then(|s| plan.sheets.get(*s));
    let cell = |row: usize| sheet.and_then(|s| s.rows.get(row)?.get(place.column)).unwrap_or_default();
    let value = |row: usize| super::value::convert(cell(row), &set.field, &set.manner, &plan.formats).ok();
    Ok(rows.iter().filter_map(|(row, _)| Some((*row, *ids.get(&value(*row)?)?))).collect())
}

fn written_down(kernel: &Kernel, entity: &'static str, keys: &[String]) -> Result<Vec<i64>> {
    let keys = keys.to_vec();
    kernel.store.write(move |tx| {
        let mut rows = Vec::with_capacity(keys.len());
        let mut ids = Vec::with_capacity(keys.len());
        for key in &keys {
            let id = tx.next_id()?;
            ids.push(id);
            rows.push(vec![id.into(), entity.into(), key.as_str().into()]);
        }
        tx.insert("import_key", &["id", "entity", "source_key"], &rows)?;
        Ok::<_, Error>(ids)
    })
}

/// An import under way.
pub struct Work<'a> {
    pub kernel: &'a Kernel,
    pub actor: &'a Actor,
    pub write: bool,
    pub done: usize,
    pub total: usize,
    pub progress: Progress<'a>,
}

impl Work<'_> {
    /// All rows of a table.
    pub fn table(
        &mut self,
        reading: &mut Reading,
        table: &TablePlan,
        rows: &[(usize, String)],
        there: &HashSet<i64>,
    ) -> Result<TableReport> {
        let sheet = table.body.scope.first().copied().unwrap_or_default();
        let mut told = TableReport {
            what: table.what.clone(),
            file: reading.plan.sheets.get(sheet).map(|s| s.file.clone()).unwrap_or_default(),
            entity: table.body.description.name.to_owned(),
            rows: rows.len(),
            ..TableReport::default()
        };
        let unique = self.unique(table)?;
        for turn in rows.chunks(TURN) {
            let mut records = Vec::with_capacity(turn.len());
            for (row, key) in turn {
                let record = reading.record(table, *row, key);
                match record {
                    None => told.refused += 1,
                    Some(record) if there.contains(&record.id) => told.known += 1,
                    Some(record) => records.push((*row, record)),
                }
            }
            let count = records.len();
            let refused = self.turn(reading, table, sheet, records, &unique)?;
            told.refused += refused;
            told.new += count - refused;
            self.done += turn.len();
            (self.progress)(self.done, self.total)?;
        }
        if let Some(command) = table.then.as_ref().filter(|_| self.write) {
            self.then(reading, table, sheet, rows, command)?;
        }
        Ok(told)
    }

    /// Gives the command to every record whose state it is for, one that an import was killed before among them; a
    /// refusal is told and leaves the record as it came.
    fn then(
        &self,
        reading: &mut Reading,
        table: &TablePlan,
        sheet: usize,
        rows: &[(usize, String)],
        command: &str,
    ) -> Result<()> {
        let entity = table.body.description.name;
        let life = table.body.description.life;
        let states: HashSet<&str> = life.iter().filter(|s| s.command == command).map(|s| s.from).collect();
        let by_id: HashMap<i64, usize> =
            rows.iter().filter_map(|(row, key)| Some((reading.keys.get(key)?.0, *row))).collect();
        let mut ids: Vec<i64> = by_id.keys().copied().collect();
        ids.sort_unstable();
        let call = kernel::Call { entity: entity.into(), command: command.into(), ..kernel::Call::default() };
        for asked in ids.chunks(ASKED) {
            let sql = format!(
                "SELECT id, state FROM {} WHERE id {} ORDER BY id",
                table.body.description.table,
                among(asked.len())
            );
            let params: Vec<Value> = asked.iter().map(|i| Value::Int(*i)).collect();
            let found = self.kernel.store.read(|tx| -> Result<_> { Ok(tx.query(&sql, &params)?) })?;
            let ready: Vec<i64> =
                found.iter().filter(|r| states.contains(r.text(1))).map(|r| r.int(0)).collect();
            for (id, done) in self.kernel.run_many(self.actor, &call, &ready)? {
                if let Err(refusal) = done {
                    let row = by_id.get(&id).copied().unwrap_or_default();
                    reading.problem(Level::Error, sheet, row, "", &refusal);
                }
            }
        }
        Ok(())
    }

    /// Positions of fields that must be unique by themselves, with what is taken.
    fn unique(&self, table: &TablePlan) -> Result<Vec<(usize, HashSet<Value>)>> {
        let description = &table.body.description;
        let mut out = Vec::new();
        for columns in &description.unique {
            let free: Vec<&String> = columns.iter().filter(|c| *c != "company_id").collect();
            let [column] = free.as_slice() else { continue };
            let Some(position) = description.position(column) else { continue };
            let company = if columns.len() > 1 {
                format!(" AND company_id = {}", self.actor.company)
            } else {
                String::new()
            };
            let sql =
                format!("SELECT {column} FROM {} WHERE {column} IS NOT NULL{company}", description.table);
            let rows = self.kernel.store.read(|tx| -> Result<_> { Ok(tx.query(&sql, &[])?) })?;
            out.push((position, rows.iter().map(|r| r.get(0).clone()).collect()));
        }
        Ok(out)
    }

    /// One transaction: what the entity refuses is told and left out; answers how many those were.
    fn turn(
        &self,
        reading: &mut Reading,
        table: &TablePlan,
        sheet: usize,
        records: Vec<(usize, Record)>,
        unique: &[(usize, HashSet<Value>)],
    ) -> Result<usize> {
        let (mut refused, mut left) = (0, Vec::with_capacity(records.len()));
        let mut taken: Vec<HashSet<Value>> = vec![HashSet::new(); unique.len()];
        for (row, record) in records {
            let again = unique.iter().zip(&mut taken).find_map(|((position, known), now)| {
                let value =
                    record.values.get(*position).filter(|v| !v.is_null() && v.as_text() != Some(""))?;
                (known.contains(value) || !now.insert(value.clone())).then_some(*position)
            });
            match again {
                Some(position) => {
                    refused += 1;
                    let field = table.body.description.stored().nth(position).map_or("", |f| f.name.as_str());
                    let column = column_of(table, field);
                    let refusal =
                        kernel::refuse("kernel.not_unique").arg("entity", table.body.description.name);
                    reading.problem(Level::Error, sheet, row, column, &refusal);
                }
                None => left.push((row, record)),
            }
        }
        if left.is_empty() {
            return Ok(refused);
        }
        let (description, write) = (Arc::clone(&table.body.description), self.write);
        let records = Arc::new(left);
        let shared = Arc::clone(&records);
        let faults: Vec<(usize, Refusal)> = self.kernel.work(self.actor, "import", move |cx| {
            let (mut out, mut faults) = (Vec::with_capacity(shared.len()), Vec::new());
            for (i, (_, record)) in shared.iter().enumerate() {
                match cx.prepare_record(&description, record.clone()) {
                    Ok(record) => out.push(record),
                    Err(Error::Refused(refusal)) => faults.push((i, *refusal)),
                    Err(error) => return Err(error),
                }
            }
            if write {
                cx.insert_records(&description, &out)?;
            }
            Ok(faults)
        })?;
        for (i, refusal) in &faults {
            let row = records.get(*i).map_or(0, |r| r.0);
            for one in std::iter::once(refusal).chain(&refusal.more) {
                let column = column_of(table, one.field.as_deref().unwrap_or_default());
                reading.problem(Level::Error, sheet, row, column, one);
            }
        }
        Ok(refused + faults.len())
    }
}

/// The column that a field was filled from; the field itself where it has none.
fn column_of<'t>(table: &'t TablePlan, field: &'t str) -> &'t str {
    let set = table.body.set.iter().find(|s| s.field.name == field);
    set.map(|s| s.column.as_str()).filter(|c| !c.is_empty()).unwrap_or(field)
}

/// The sums of controlled columns, there and here.
///
/// # Errors
/// The database's.
pub fn controls(
    kernel: &Kernel,
    reading: &Reading,
    table: &TablePlan,
    came: &[usize],
    keyed: &[(usize, String)],
) -> Result<Vec<Control>> {
    let ids: Vec<i64> = keyed.iter().filter_map(|(_, key)| reading.keys.get(key).map(|k| k.0)).collect();
    let mut out = Vec::new();
    for (column, source, fields, lines) in reading.sum(table, came) {
        let line = lines.and_then(|at| table.lines.iter().find(|l| l.at == at));
        let body = line.map_or(&table.body, |l| &l.body);
        let file = body.scope.first().and_then(|s| reading.plan.sheets.get(*s)).map(|s| s.file.clone());
        let by = if line.is_some() { "parent_id" } else { "id" };
        for name in fields {
            let Some(field) = body.description.field(&name) else { continue };
            let decimals = match field.kind {
                kernel::Kind::Money => 2,
                kernel::Kind::Decimal | kernel::Kind::Quantity => 6,
                _ => 0,
            };
            let units = total(kernel, &body.description.table, &name, by, &ids)?;
            let here = Figure { units, decimals };
            let difference = here.plus(source.negated()).unwrap_or(here);
            out.push(Control {
                file: file.clone().unwrap_or_default(),
                column: column.clone(),
                source: source.to_string(),
                field: format!("{}.{name}", body.description.name),
                here: shortened(here, source.decimals).to_string(),
                difference: shortened(difference, source.decimals).to_string(),
            });
        }
    }
    Ok(out)
}

/// Without zeros that say nothing, but with as many decimals as the source has.
fn shortened(figure: Figure, decimals: u32) -> Figure {
    let mut figure = figure;
    while figure.decimals > decimals && figure.units % 10 == 0 {
        figure = Figure { units: figure.units / 10, decimals: figure.decimals - 1 };
    }
    figure
}

fn total(kernel: &Kernel, table: &str, field: &str, by: &str, ids: &[i64]) -> Result<i128> {
    let mut sum = 0;
    for asked in ids.chunks(ASKED) {
        let sql = format!(
            "SELECT CAST(COALESCE(SUM({field}), 0) AS BIGINT) FROM {table} WHERE {by} {}",
            among(asked.len())
        );
        let params: Vec<Value> = asked.iter().map(|i| Value::Int(*i)).collect();
        sum += kernel
            .store
            .read(|tx| -> Result<_> { Ok(tx.first(&sql, &params)?.map_or(0, |r| i128::from(r.int(0)))) })?;
    }
    Ok(sum)
}
