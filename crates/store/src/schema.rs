//! What the tables are, what they should be, and the statements between the two.
//!
//! Migrations are written once, in the subset of SQL that both databases understand (`BIGINT`, `TEXT`), and
//! adapted here: SQLite gets strict tables, PostgreSQL text that sorts by bytes, so that one order holds on both.

use crate::{Dialect, Error, Store, Tx};
use std::collections::BTreeMap;
use std::fmt::Write;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    Int,
    Text,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    pub ty: Type,
    pub required: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Index {
    pub name: String,
    pub columns: Vec<String>,
    pub unique: bool,
}

/// A table; its first column is the primary key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub name: String,
    pub columns: Vec<Column>,
    pub indexes: Vec<Index>,
}

/// All tables, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema(pub BTreeMap<String, Table>);

/// One step from what is to what should be, in neutral SQL.
pub type Change = String;

impl Table {
    fn create(&self) -> Change {
        let mut sql = format!("CREATE TABLE {} (\n", self.name);
        for (i, c) in self.columns.iter().enumerate() {
            let comma = if i + 1 < self.columns.len() { "," } else { "" };
            let _ = writeln!(sql, "    {}{comma}", c.declare(i == 0));
        }
        sql.push(')');
        sql
    }
}

impl Column {
    fn declare(&self, key: bool) -> String {
        let ty = match self.ty {
            Type::Int => "BIGINT",
            Type::Text => "TEXT",
        };
        let rest = match (key, self.required) {
            (true, _) => " PRIMARY KEY",
            (false, true) => " NOT NULL",
            (false, false) => "",
        };
        format!("{} {ty}{rest}", self.name)
    }

    /// A required column on a table with rows needs a value for them.
    fn declare_added(&self) -> String {
        let filled = match (self.required, self.ty) {
            (false, _) => "",
            (true, Type::Int) => " DEFAULT 0",
            (true, Type::Text) => " DEFAULT ''",
        };
        format!("{}{filled}", self.declare(false))
    }
}

impl Index {
    /// PostgreSQL keeps the first 63 bytes of a name, and says nothing.
    fn is_named(&self, name: &str) -> bool {
        self.name == name || (self.name.len() == 63 && name.starts_with(&self.name))
    }

    fn create(&self, table: &str) -> Change {
        let unique = if self.unique { "UNIQUE " } else { "" };
        format!("CREATE {unique}INDEX {} ON {table} ({})", self.name, self.columns.join(", "))
    }
}

impl Schema {
    pub fn add(&mut self, table: Table) {
        self.0.insert(table.name.clone(), table);
    }

    /// What must happen so that `self` becomes `wanted`. Columns added by an administrator (`x_…`) are left
    /// alone, and nothing is ever dropped: a column that is no longer declared is named by a person.
    #[must_use]
    pub fn diff(&self, wanted: &Self) -> Vec<Change> {
        let mut changes = Vec::new();
        for table in wanted.0.values() {
            let Some(actual) = self.0.get(&table.name) else {
                changes.push(table.create());
                changes.extend(table.indexes.iter().map(|i| i.create(&table.name)));
                continue;
            };
            for column in &table.columns {
                match actual.columns.iter().find(|c| c.name == column.name) {
                    None => changes.push(format!(
                        "ALTER TABLE {} ADD COLUMN {}",
                        table.name,
                        column.declare_added()
                    )),
                    Some(c) if c.ty != column.ty => {
                        changes.push(format!("-- {}.{} has another type", table.name, column.name));
                    }
                    Some(_) => {}
                }
            }
            for index in &table.indexes {
                match actual.indexes.iter().find(|i| i.is_named(&index.name)) {
                    Some(i) if i.columns == index.columns && i.unique == index.unique => {}
                    Some(_) => {
                        changes.push(format!("DROP INDEX {}", index.name));
                        changes.push(index.create(&table.name));
                    }
                    None => changes.push(index.create(&table.name)),
                }
            }
        }
        changes
    }

    /// The tables that a database has.
    ///
    /// # Errors
    /// The database's.
    pub fn read(tx: &mut Tx) -> Result<Self, Error> {
        match tx.dialect() {
            Dialect::Sqlite => read_sqlite(tx),
            Dialect::Postgres => read_postgres(tx),
        }
    }
}

impl Store {
    /// Runs the statements of one migration, written in neutral SQL and separated by `;`, and in the same
    /// transaction notes that it was done: a kill in between would leave it to be run twice.
    ///
    /// # Errors
    /// The database's; then nothing of it has happened.
    pub fn migrate(
        &self,
        sql: &str,
        note: fn(&mut Tx, &str) -> Result<(), Error>,
        name: &str,
    ) -> Result<(), Error> {
        let (sql, name) = (adapted(sql, self.dialect()), name.to_owned());
        self.write(move |tx| {
            tx.batch(&sql)?;
            note(tx, &name)
        })
    }
}

/// Neutral SQL in the words of one database.
fn adapted(sql: &str, dialect: Dialect) -> String {
    match dialect {
        Dialect::Sqlite => sql.replace("BIGINT", "INTEGER").replace("\n);", "\n) STRICT;"),
        Dialect::Postgres => {
            let sql = sql.replace(" TEXT", " TEXT COLLATE \"C\"");
            sql.split_inclusive(';').map(nulls_first).collect()
        }
    }
}

/// NULL is lowest in PostgreSQL's indexes, too, so that one order by index holds on both.
fn nulls_first(statement: &str) -> String {
    let words = statement.trim_start();
    if !words.starts_with("CREATE INDEX") && !words.starts_with("CREATE UNIQUE INDEX") {
        return statement.to_owned();
    }
    match statement.rsplit_once('(').and_then(|(head, rest)| Some((head, rest.rsplit_once(')')?))) {
        Some((head, (columns, tail))) => {
            let columns: Vec<String> =
                columns.split(',').map(|c| format!("{} NULLS FIRST", c.trim())).collect();
            format!("{head}({}){tail}", columns.join(", "))
        }
        None => statement.to_owned(),
    }
}

fn read_sqlite(tx: &mut Tx) -> Result<Schema, Error> {
    let mut schema = Schema::default();
    let names =
        tx.query("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%STRICT'", &[])?;
    for name in names {
        let name = name.text(0).to_owned();
        let columns = tx
            .query("SELECT name, type, \"notnull\" FROM pragma_table_info(?)", &[name.as_str().into()])?
            .iter()
            .map(|r| Column {
                name: r.text(0).into(),
                ty: if r.text(1) == "TEXT" { Type::Text } else { Type::Int },
                required: r.int(2) == 1,
            })
            .collect();
        let rows = tx.query(
            "SELECT l.name, l.\"unique\", i.name FROM pragma_index_list(?) l, pragma_index_info(l.name) i
             WHERE l.origin = 'c' ORDER BY l.name, i.seqno",
            &[name.as_str().into()],
        )?;
        let mut indexes: Vec<Index> = Vec::new();
        for r in rows {
            indexed(&mut indexes, r.text(0), r.int(1) == 1, r.text(2));
        }
        schema.add(Table { name, columns, indexes });
    }
    Ok(schema)
}

fn read_postgres(tx: &mut Tx) -> Result<Schema, Error> {
    let mut schema = Schema::default();
    let rows = tx.query(
        "SELECT c.table_name::text, c.column_name::text, c.data_type::text, c.is_nullable::text
         FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
         WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'
         ORDER BY c.table_name, c.ordinal_position",
        &[],
    )?;
    for r in rows {
        let table = schema.0.entry(r.text(0).into()).or_insert_with(|| Table {
            name: r.text(0).into(),
            columns: Vec::new(),
            indexes: Vec::new(),
        });
        table.columns.push(Column {
            name: r.text(1).into(),
            ty: if r.text(2) == "text" { Type::Text } else { Type::Int },
            required: r.text(3) == "NO",
        });
    }
    let rows = tx.query(
        "SELECT t.relname::text, i.relname::text, x.indisunique, a.attname::text
         FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
         JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = current_schema()
         CROSS JOIN LATERAL unnest(x.indkey::int[]) WITH ORDINALITY AS k(attnum, seq)
         JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum
         WHERE NOT x.indisprimary ORDER BY i.relname, k.seq",
        &[],
    )?;
    for r in rows {
        if let Some(table) = schema.0.get_mut(r.text(0)) {
            indexed(&mut table.indexes, r.text(1), r.int(2) == 1, r.text(3));
        }
    }
    Ok(schema)
}

fn indexed(indexes: &mut Vec<Index>, name: &str, unique: bool, column: &str) {
    match indexes.last_mut() {
        Some(last) if last.name == name => last.columns.push(column.into()),
        _ => indexes.push(Index { name: name.into(), columns: vec![column.into()], unique }),
    }
}
