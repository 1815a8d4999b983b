//! Connections that are taken, used on the caller's thread and given back.

use crate::{Dialect, Error, Tx};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex};

/// More connections than this at once only wait for each other.
const MOST: usize = 16;
/// How often a command that met a deadlock is run anew.
const TRIES: usize = 20;

pub(crate) struct Pool {
    open: Box<dyn Fn() -> Result<Tx, Error> + Send + Sync>,
    state: Mutex<(Vec<Tx>, usize)>,
    freed: Condvar,
}

impl Pool {
    pub(crate) fn new(open: impl Fn() -> Result<Tx, Error> + Send + Sync + 'static) -> Self {
        Self { open: Box::new(open), state: Mutex::new((Vec::new(), 0)), freed: Condvar::new() }
    }

    fn take(&self) -> Result<Tx, Error> {
        let broken = |_| Error::Other("the pool of connections is broken".into());
        let mut state = self.state.lock().map_err(broken)?;
        loop {
            if let Some(tx) = state.0.pop() {
                return Ok(tx);
            }
            if state.1 < MOST {
                state.1 += 1;
                drop(state);
                return (self.open)().inspect_err(|_| self.forget());
            }
            state = self
                .freed
                .wait(state)
                .map_err(|_| Error::Other("the pool of connections is broken".into()))?;
        }
    }

    fn give(&self, tx: Tx) {
        if let Ok(mut state) = self.state.lock() {
            state.0.push(tx);
        }
        self.freed.notify_one();
    }

    fn forget(&self) {
        if let Ok(mut state) = self.state.lock() {
            state.1 -= 1;
        }
        self.freed.notify_one();
    }

    /// Where one line is dead the others are, too: the server was started anew.
    fn forget_idle(&self) {
        let idle = self.state.lock().map(|mut state| {
            state.1 -= state.0.len();
            std::mem::take(&mut state.0)
        });
        drop(idle);
    }

    /// A connection outside of a transaction. One that failed is thrown away: it may be the line that broke.
    pub(crate) fn with<T, E: From<Error>>(&self, work: impl FnOnce(&mut Tx) -> Result<T, E>) -> Result<T, E> {
        let mut tx = self.take()?;
        let result = catch_unwind(AssertUnwindSafe(|| work(&mut tx)));
        if result.is_err() || tx.failure().is_some() || tx.is_lost() {
            if tx.is_lost() {
                self.forget_idle();
            }
            drop(tx);
            self.forget();
        } else {
            self.give(tx);
        }
        result.unwrap_or_else(|p| Err(Error::Panic(message(&*p)).into()))
    }

    /// Reads see one state of the data, however many statements they need.
    pub(crate) fn read<T, E: From<Error>>(&self, work: impl FnOnce(&mut Tx) -> Result<T, E>) -> Result<T, E> {
        self.with(|tx| {
            if tx.dialect() == Dialect::Sqlite {
                tx.batch("BEGIN")?;
            }
            let result = work(tx);
            if tx.dialect() == Dialect::Sqlite && tx.failure().is_none() {
                tx.batch("ROLLBACK")?;
            }
            result
        })
    }

    pub(crate) fn write<T, E: From<Error>>(
        &self,
        mut work: impl FnMut(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut left = TRIES;
        loop {
            let (result, retry) = self.with(|tx| -> Result<_, E> { Ok(Self::once(tx, &mut work)) })?;
            left -= 1;
            if !retry || left == 0 {
                return result;
            }
        }
    }

    fn once<T, E: From<Error>>(
        tx: &mut Tx,
        work: &mut impl FnMut(&mut Tx) -> Result<T, E>,
    ) -> (Result<T, E>, bool) {
        // As long as nobody asked for the commit nothing is written: it may be tried anew, on another line too.
        let give_up = |tx: &mut Tx, failure: Error| {
            let retry = matches!(failure, Error::Retry(_) | Error::Lost(_));
            match tx.roll_back() {
                Err(e) if !retry => (Err(e.into()), false),
                _ => (Err(failure.into()), retry),
            }
        };
        if let Err(e) = tx.begin("BEGIN") {
            return give_up(tx, e);
        }
        let result = catch_unwind(AssertUnwindSafe(|| work(tx)))
            .unwrap_or_else(|p| Err(Error::Panic(message(&*p)).into()));
        if let Some(failure) = tx.failure().cloned() {
            return give_up(tx, failure);
        }
        match result {
            Ok(value) => match tx.commit() {
                Ok(()) => (Ok(value), false),
                Err(Error::Lost(_)) => (Err(Error::Unknown.into()), false),
                // The transaction is over, and nothing of it is there.
                Err(e) => (Err(e.clone().into()), matches!(e, Error::Retry(_))),
            },
            Err(error) => match tx.roll_back() {
                Ok(()) => (Err(error), false),
                Err(e) => (Err(e.into()), false),
            },
        }
    }
}

pub(crate) fn message(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "unknown".into())
}
