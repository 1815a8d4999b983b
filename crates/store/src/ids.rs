//! Ids below 2⁵³, unique in the whole database, drawn in blocks: no clock is trusted, and a parent and its
//! children are written without asking the database in between.

use crate::{Dialect, Error, Tx};
use std::sync::atomic::{AtomicI64, Ordering::SeqCst};
use std::sync::{Mutex, MutexGuard};

pub(crate) const POSTGRES_SEQUENCE: &str =
    "CREATE SEQUENCE IF NOT EXISTS celota_id MINVALUE 1024 START 1024 INCREMENT 1024";
pub(crate) const SQLITE_SEQUENCE: &str =
    "CREATE TABLE IF NOT EXISTS celota_id (next INTEGER NOT NULL) STRICT;
     INSERT INTO celota_id SELECT 1024 WHERE NOT EXISTS (SELECT 1 FROM celota_id);";

/// How many ids PostgreSQL hands out at once.
const BLOCK: i64 = 1024;
/// SQLite has one writer, which draws far ahead *between* transactions: drawn inside one, a rolled back
/// savepoint would take the block back while its ids are in use.
const RESERVE: i64 = 1 << 20;

/// The ids that this process may still give out.
#[derive(Default)]
pub struct Ids {
    next: AtomicI64,
    end: AtomicI64,
    draw: Mutex<()>,
}

impl Ids {
    pub(crate) fn next(&self, tx: &mut Tx) -> Result<i64, Error> {
        match tx.dialect() {
            Dialect::Sqlite => {
                let id = self.next.fetch_add(1, SeqCst);
                if id < self.end.load(SeqCst) {
                    Ok(id)
                } else {
                    Err(Error::Other("too many new rows at once".into()))
                }
            }
            Dialect::Postgres => {
                if let Some(id) = self.at_hand(&self.draw.lock().map_err(|_| broken())?) {
                    return Ok(id);
                }
                // What was sent may wait for another's lock, who must not wait here for an id.
                tx.settle()?;
                let one_at_a_time = self.draw.lock().map_err(|_| broken())?;
                if let Some(id) = self.at_hand(&one_at_a_time) {
                    return Ok(id);
                }
                let start = tx.query("SELECT nextval('celota_id')", &[])?.first().map_or(0, |r| r.int(0));
                self.end.store(start + BLOCK, SeqCst);
                self.next.store(start + 1, SeqCst);
                Ok(start)
            }
        }
    }

    /// The next id of the block that was drawn, if one is left.
    fn at_hand(&self, _one_at_a_time: &MutexGuard<()>) -> Option<i64> {
        let id = self.next.load(SeqCst);
        let left = id > 0 && id < self.end.load(SeqCst);
        left.then(|| {
            self.next.store(id + 1, SeqCst);
            id
        })
    }

    /// Called by SQLite's writer before each group.
    pub(crate) fn reserve(&self, tx: &mut Tx) -> Result<(), Error> {
        if self.next.load(SeqCst) + RESERVE / 2 < self.end.load(SeqCst) {
            return Ok(());
        }
        tx.batch("BEGIN IMMEDIATE")?;
        let rows = tx.query("UPDATE celota_id SET next = next + ? RETURNING next", &[RESERVE.into()])?;
        tx.batch("COMMIT")?;
        let end = rows.first().map_or(0, |r| r.int(0));
        self.end.store(end, SeqCst);
        self.next.store(end - RESERVE, SeqCst);
        Ok(())
    }
}

fn broken() -> Error {
    Error::Other("the ids are broken".into())
}
