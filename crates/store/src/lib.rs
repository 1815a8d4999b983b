//! One face for SQLite and PostgreSQL.
//!
//! Business code is plain synchronous Rust: it is handed a [`Tx`] and runs a whole command on it.
//! SQLite has one writer with group commit and several readers; PostgreSQL a pool of connections.
//! The store knows no business: it speaks of tables, values and statements only.
//!
//! Both databases understand the SQL subset written here: `?` for parameters, `BIGINT` and `TEXT`
//! columns, `ON CONFLICT`, `RETURNING`. Sums are cast back (`CAST(SUM(x) AS BIGINT)`), because
//! PostgreSQL widens them to `numeric`.

mod group;
mod ids;
mod line;
mod pool;
mod schema;
mod tx;
mod value;

pub use ids::Ids;
pub use schema::{Change, Column, Index, Schema, Table, Type};
pub use tx::{Dialect, Tx};
pub use value::{Error, Row, Value};

use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where the data lives.
#[derive(Clone, Debug)]
pub enum Place {
    /// A folder with `celota.db` in it.
    Folder(PathBuf),
    /// A `postgres://` address.
    Server(String),
}

/// An open database, cheap to clone.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

enum Inner {
    /// Without a writer, only to read beside the process that writes.
    Sqlite {
        writer: Option<group::Writer>,
        readers: pool::Pool,
        _lock: Option<std::fs::File>,
    },
    Postgres {
        pool: pool::Pool,
    },
}

impl Store {
    /// Opens the database, creating an empty SQLite file where there is none.
    ///
    /// # Errors
    /// When the folder cannot be written, another process holds it, or the server does not answer.
    pub fn open(place: &Place) -> Result<Self, Error> {
        match place {
            Place::Folder(folder) => Self::open_sqlite(folder),
            Place::Server(_) => Self::open_to_read(place),
        }
    }

    /// Opens what is there to read it; on SQLite beside the process that writes.
    ///
    /// # Errors
    /// When there is no database, or the server does not answer.
    pub fn open_to_read(place: &Place) -> Result<Self, Error> {
        match place {
            Place::Folder(folder) => {
                let file = folder.join("celota.db");
                if !file.exists() {
                    return Err(Error::Other(format!("{}: no database", folder.display())));
                }
                Ok(Self(Arc::new(Inner::Sqlite {
                    writer: None,
                    readers: readers(file, Arc::default()),
                    _lock: None,
                })))
            }
            Place::Server(url) => {
                let url = url.clone();
                let ids = Arc::new(Ids::default());
                let pool = pool::Pool::new(move || Tx::postgres(&url, Arc::clone(&ids)));
                pool.with(|tx| tx.batch(ids::POSTGRES_SEQUENCE))?;
                Ok(Self(Arc::new(Inner::Postgres { pool })))
            }
        }
    }

    fn open_sqlite(folder: &Path) -> Result<Self, Error> {
        let other = |e: std::io::Error| Error::Other(format!("{}: {e}", folder.display()));
        std::fs::create_dir_all(folder).map_err(other)?;
        let lock = std::fs::File::create(folder.join("celota.lock")).map_err(other)?;
        // One writing process: a second would see half of a group, and its ids would collide.
        lock.try_lock().map_err(|_| Error::Locked(folder.display().to_string()))?;
        let file = folder.join("celota.db");
        let ids = Arc::new(Ids::default());
        let writer = group::Writer::start(Tx::sqlite(&file, Arc::clone(&ids), false)?)?;
        Ok(Self(Arc::new(Inner::Sqlite {
            writer: Some(writer),
            readers: readers(file, ids),
            _lock: Some(lock),
        })))
    }

    /// Which database this is.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        match *self.0 {
            Inner::Sqlite { .. } => Dialect::Sqlite,
            Inner::Postgres { .. } => Dialect::Postgres,
        }
    }

    /// Runs `work` in a transaction of its own and answers after the commit.
    ///
    /// `work` may run more than once (a retried deadlock, a group that failed to commit), so it must touch
    /// nothing but the database. An `Err` rolls back everything it wrote.
    ///
    /// # Errors
    /// What `work` returned, or the database's own failure.
    pub fn write<T, E>(&self, work: impl FnMut(&mut Tx) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        match &*self.0 {
            Inner::Sqlite { writer: Some(writer), .. } => writer.write(work),
            Inner::Sqlite { writer: None, .. } => Err(Error::Other("opened to read only".into()).into()),
            Inner::Postgres { pool } => pool.write(work),
        }
    }

    /// Runs `work` on a connection for reading.
    ///
    /// # Errors
    /// What `work` returned, or the database's own failure.
    pub fn read<T, E: From<Error>>(&self, work: impl FnOnce(&mut Tx) -> Result<T, E>) -> Result<T, E> {
        match &*self.0 {
            Inner::Sqlite { readers, .. } => readers.read(work),
            Inner::Postgres { pool } => pool.with(work),
        }
    }

    /// As [`Self::read`], but all statements see the data as they are at one moment, however long it takes.
    ///
    /// # Errors
    /// What `work` returned, or the database's own failure.
    pub fn read_at_once<T, E: From<Error>>(
        &self,
        work: impl FnOnce(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        match &*self.0 {
            Inner::Sqlite { readers, .. } => readers.read(work),
            Inner::Postgres { pool } => pool.with(|tx| {
                tx.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
                let result = work(tx);
                if tx.failure().is_none() {
                    tx.roll_back()?;
                }
                result
            }),
        }
    }

    /// Copies an SQLite database, as it is at one moment, into a new file.
    ///
    /// # Errors
    /// On PostgreSQL (its own `pg_dump` does this better), or when the file cannot be written.
    pub fn copy_to(&self, file: &Path) -> Result<(), Error> {
        match &*self.0 {
            Inner::Sqlite { readers, .. } => {
                // A connection that may only read refuses to write even another file.
                readers.with(|tx| {
                    tx.batch("PRAGMA query_only=OFF")?;
                    tx.execute("VACUUM INTO ?", &[Value::text(file.display())])?;
                    tx.batch("PRAGMA query_only=ON")
                })
            }
            Inner::Postgres { .. } => Err(Error::Other("back PostgreSQL up with pg_dump".into())),
        }
    }
}

fn readers(file: PathBuf, ids: Arc<Ids>) -> pool::Pool {
    pool::Pool::new(move || Tx::sqlite(&file, Arc::clone(&ids), true))
}
