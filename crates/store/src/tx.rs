//! A connection with a transaction on it.

use crate::line::Line;
use crate::{Error, Ids, Row, Value, ids};
use std::path::Path;
use std::sync::Arc;

/// SQLite refuses more parameters in one statement than this (`SQLITE_MAX_VARIABLE_NUMBER`); PostgreSQL 65,535.
const MOST_PARAMETERS: usize = 32_000;
const PREPARED: usize = 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

/// What a command runs on. Statements are prepared once per connection.
pub struct Tx {
    link: Link,
    ids: Arc<Ids>,
    depth: usize,
    in_transaction: bool,
    read_only: bool,
    /// The line to the server is dead.
    lost: bool,
    failed: Option<Error>,
    statements: u64,
}

enum Link {
    Sqlite(rusqlite::Connection),
    Postgres(Box<Line>),
}

impl Tx {
    pub(crate) fn sqlite(file: &Path, ids: Arc<Ids>, read_only: bool) -> Result<Self, Error> {
        let link = rusqlite::Connection::open(file)?;
        link.set_prepared_statement_cache_capacity(PREPARED);
        link.execute_batch(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=5000;
             PRAGMA cache_size=-32000; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456;",
        )?;
        if read_only {
            link.execute_batch("PRAGMA query_only=ON; PRAGMA cache_size=-8000;")?;
        } else {
            link.execute_batch(ids::SQLITE_SEQUENCE)?;
        }
        Ok(Self { read_only, ..Self::over(Link::Sqlite(link), ids) })
    }

    pub(crate) fn postgres(url: &str, ids: Arc<Ids>) -> Result<Self, Error> {
        Ok(Self::over(Link::Postgres(Box::new(Line::open(url)?)), ids))
    }

    fn over(link: Link, ids: Arc<Ids>) -> Self {
        Self {
            link,
            ids,
            depth: 0,
            in_transaction: false,
            read_only: false,
            lost: false,
            failed: None,
            statements: 0,
        }
    }

    #[must_use]
    pub fn dialect(&self) -> Dialect {
        match self.link {
            Link::Sqlite(_) => Dialect::Sqlite,
            Link::Postgres(_) => Dialect::Postgres,
        }
    }

    /// How many statements this connection has run: held against a floor by the benchmarks.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.statements
    }

    /// Rows that a command is about to change are locked on PostgreSQL; SQLite has one writer.
    #[must_use]
    pub fn for_update(&self) -> &'static str {
        match self.dialect() {
            Dialect::Sqlite => "",
            Dialect::Postgres => " FOR UPDATE",
        }
    }

    /// Whether it may see what nobody else does yet, and what may never be: then nothing that is read is to be
    /// remembered.
    #[must_use]
    pub fn sees_own_changes(&self) -> bool {
        match self.link {
            Link::Sqlite(_) => !self.read_only,
            Link::Postgres(_) => self.in_transaction,
        }
    }

    /// A new id, unique in the whole database.
    ///
    /// # Errors
    /// When the database cannot give more.
    pub fn next_id(&mut self) -> Result<i64, Error> {
        let ids = Arc::clone(&self.ids);
        ids.next(self)
    }

    /// # Errors
    /// The database's.
    pub fn query(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>, Error> {
        tracing::trace!(target: "sql", sql);
        self.guarded(|link| link.query(sql, params))
    }

    /// The first row, if any.
    ///
    /// # Errors
    /// The database's.
    pub fn first(&mut self, sql: &str, params: &[Value]) -> Result<Option<Row>, Error> {
        Ok(self.query(sql, params)?.into_iter().next())
    }

    /// # Errors
    /// The database's.
    pub fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64, Error> {
        tracing::trace!(target: "sql", sql);
        self.guarded(|link| link.execute(sql, params))
    }

    /// Statements without parameters, separated by `;`.
    ///
    /// # Errors
    /// The database's.
    pub fn batch(&mut self, sql: &str) -> Result<(), Error> {
        self.guarded(|link| match link {
            Link::Sqlite(c) => Ok(c.execute_batch(sql)?),
            Link::Postgres(line) => line.batch(sql),
        })
    }

    /// Runs a statement whose answer nobody waits for. In a transaction PostgreSQL is told with the next one that
    /// is waited for; should it fail, that one fails, or the commit.
    ///
    /// # Errors
    /// The database's.
    pub fn send(&mut self, sql: &str, params: &[Value]) -> Result<(), Error> {
        tracing::trace!(target: "sql", sql);
        let waits = self.in_transaction;
        self.guarded(|link| match link {
            Link::Postgres(line) if waits => line.send(sql, params),
            link => link.execute(sql, params).map(|_| ()),
        })
    }

    /// Waits for what was sent, to hear of it here should it fail.
    ///
    /// # Errors
    /// The database's.
    pub fn settle(&mut self) -> Result<(), Error> {
        match &mut self.link {
            Link::Postgres(line) if self.failed.is_none() => line.settle().inspect_err(|e| self.fail(e)),
            _ => Ok(()),
        }
    }

    /// Begins a transaction, and with it what may be sent without waiting.
    pub(crate) fn begin(&mut self, how: &str) -> Result<(), Error> {
        self.in_transaction = true;
        self.send(how, &[])
    }

    /// Sends the commit with what was left to send. Where one of that failed, the server rolls back instead.
    pub(crate) fn commit(&mut self) -> Result<(), Error> {
        self.in_transaction = false;
        self.query("COMMIT", &[]).map(|_| ())
    }

    pub(crate) fn roll_back(&mut self) -> Result<(), Error> {
        self.in_transaction = false;
        self.mended();
        self.batch("ROLLBACK")
    }

    /// Inserts rows with as few statements as the parameter limit allows.
    ///
    /// # Errors
    /// The database's.
    pub fn insert(&mut self, table: &str, columns: &[&str], rows: &[Vec<Value>]) -> Result<(), Error> {
        self.insert_or(table, columns, rows, "").map(|_| ())
    }

    /// As [`Self::insert`], with an `ON CONFLICT …` or `RETURNING …` behind the rows; answers what is returned.
    ///
    /// # Errors
    /// The database's.
    pub fn insert_or(
        &mut self,
        table: &str,
        columns: &[&str],
        rows: &[Vec<Value>],
        tail: &str,
    ) -> Result<Vec<Row>, Error> {
        let width = columns.len().max(1);
        let group = format!("({})", vec!["?"; width].join(","));
        let mut returned = Vec::new();
        for chunk in rows.chunks((MOST_PARAMETERS / width).clamp(1, 500)) {
            let groups = vec![group.as_str(); chunk.len()].join(",");
            let sql = format!("INSERT INTO {table} ({}) VALUES {groups} {tail}", columns.join(","));
            let params: Vec<Value> = chunk.iter().flatten().cloned().collect();
            if tail.contains("RETURNING") {
                returned.extend(self.query(&sql, &params)?);
            } else {
                self.send(&sql, &params)?;
            }
        }
        Ok(returned)
    }

    /// Runs `work` so that its `Err` undoes what it wrote and nothing else. A failure of the database itself is
    /// not survived: the whole transaction is lost, whatever the caller makes of the error.
    ///
    /// # Errors
    /// What `work` returned.
    pub fn savepoint<T, E: From<Error>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.depth += 1;
        let name = format!("s{}", self.depth);
        self.send(&format!("SAVEPOINT {name}"), &[])?;
        let result = work(self);
        self.depth -= 1;
        match result {
            Ok(value) => {
                self.send(&format!("RELEASE {name}"), &[])?;
                Ok(value)
            }
            Err(error) => {
                if self.failed.is_none() {
                    self.send(&format!("ROLLBACK TO {name}"), &[])?;
                    self.send(&format!("RELEASE {name}"), &[])?;
                }
                Err(error)
            }
        }
    }

    /// Whether the database refused a statement; then nothing of the transaction may be kept.
    #[must_use]
    pub fn failure(&self) -> Option<&Error> {
        self.failed.as_ref()
    }

    /// Whether the line to the server is dead.
    pub(crate) fn is_lost(&self) -> bool {
        self.lost || matches!(&self.link, Link::Postgres(line) if line.is_closed())
    }

    pub(crate) fn ids(&self) -> Arc<Ids> {
        Arc::clone(&self.ids)
    }

    pub(crate) fn mended(&mut self) {
        self.failed = None;
        self.depth = 0;
        if let Link::Postgres(line) = &mut self.link {
            line.forget();
        }
    }

    fn fail(&mut self, error: &Error) {
        self.lost |= matches!(error, Error::Lost(_));
        self.failed = Some(error.clone());
    }

    fn guarded<T>(&mut self, run: impl FnOnce(&mut Link) -> Result<T, Error>) -> Result<T, Error> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        self.statements += 1;
        run(&mut self.link).inspect_err(|e| self.fail(e))
    }
}

impl Link {
    fn query(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>, Error> {
        match self {
            Self::Sqlite(c) => {
                let mut statement = c.prepare_cached(sql)?;
                let width = statement.column_count();
                let mut rows = statement.query(rusqlite::params_from_iter(params))?;
                let mut out = Vec::new();
                while let Some(row) = rows.next()? {
                    out.push(Row((0..width)
                        .map(|i| from_sqlite(row.get_ref(i)))
                        .collect::<Result<_, _>>()?));
                }
                Ok(out)
            }
            Self::Postgres(line) => line.query(sql, params),
        }
    }

    fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64, Error> {
        match self {
            Self::Sqlite(c) => Ok(c.prepare_cached(sql)?.execute(rusqlite::params_from_iter(params))? as u64),
            Self::Postgres(line) => line.execute(sql, params),
        }
    }
}

fn from_sqlite(value: rusqlite::Result<rusqlite::types::ValueRef<'_>>) -> Result<Value, Error> {
    use rusqlite::types::ValueRef;
    Ok(match value? {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(n) => Value::Int(n),
        ValueRef::Text(t) => Value::Text(String::from_utf8_lossy(t).into_owned()),
        ValueRef::Real(_) | ValueRef::Blob(_) => {
            return Err(Error::Other("a column is neither number nor text".into()));
        }
    })
}
