//! SQLite's one writer. Commands that wait together share one commit, and with it one sync of the disk:
//! each runs in a savepoint of its own and is answered after the commit.

use crate::{Error, Tx, pool::message};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};

/// More in one group would only make the first wait.
const MOST: usize = 64;

pub(crate) struct Writer {
    queue: Mutex<Sender<Box<dyn Job>>>,
}

trait Job: Send {
    /// Whether what was written may stay.
    fn run(&mut self, tx: &mut Tx) -> bool;
    fn answer(self: Box<Self>, commit: Result<(), Error>);
}

struct Call<F, T, E> {
    work: F,
    result: Option<Result<T, E>>,
    reply: SyncSender<Result<T, E>>,
}

impl<F, T, E> Job for Call<F, T, E>
where
    F: FnMut(&mut Tx) -> Result<T, E> + Send,
    T: Send,
    E: From<Error> + Send,
{
    fn run(&mut self, tx: &mut Tx) -> bool {
        let result = catch_unwind(AssertUnwindSafe(|| (self.work)(tx)))
            .unwrap_or_else(|p| Err(Error::Panic(message(&*p)).into()));
        // An error of the database that the command swallowed must not pass for success.
        let result = match tx.failure() {
            Some(failure) => Err(failure.clone().into()),
            None => result,
        };
        let keep = result.is_ok();
        self.result = Some(result);
        keep
    }

    fn answer(self: Box<Self>, commit: Result<(), Error>) {
        let result = match (commit, self.result) {
            (Err(e), _) => Err(e.into()),
            (Ok(()), Some(result)) => result,
            (Ok(()), None) => Err(Error::Other("not run".into()).into()),
        };
        // Nobody waits any more when the client hung up; the work is done all the same.
        drop(self.reply.send(result));
    }
}

impl Writer {
    pub(crate) fn start(tx: Tx) -> Result<Self, Error> {
        let (queue, jobs) = channel();
        std::thread::Builder::new()
            .name("writer".into())
            .spawn(move || work_off(tx, &jobs))
            .map_err(|e| Error::Other(e.to_string()))?;
        Ok(Self { queue: Mutex::new(queue) })
    }

    pub(crate) fn write<T, E>(
        &self,
        work: impl FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (reply, answer) = sync_channel(1);
        let gone = || Error::Other("the writer has stopped".into());
        self.queue
            .lock()
            .map_err(|_| gone())?
            .send(Box::new(Call { work, result: None, reply }))
            .map_err(|_| gone())?;
        answer.recv().map_err(|_| gone())?
    }
}

fn work_off(mut tx: Tx, jobs: &Receiver<Box<dyn Job>>) {
    let ids = tx.ids();
    while let Ok(first) = jobs.recv() {
        let mut group = vec![first];
        group.extend(jobs.try_iter().take(MOST - 1));
        if let Err(e) = ids.reserve(&mut tx) {
            rolled_back(&mut tx);
            group.into_iter().for_each(|job| job.answer(Err(e.clone())));
            continue;
        }
        match run_group(&mut tx, &mut group) {
            Ok(()) => group.into_iter().for_each(|job| job.answer(Ok(()))),
            Err(_) => one_by_one(&mut tx, group),
        }
    }
}

fn run_group(tx: &mut Tx, group: &mut [Box<dyn Job>]) -> Result<(), Error> {
    let mut run = |tx: &mut Tx| -> Result<(), Error> {
        tx.batch("BEGIN IMMEDIATE")?;
        for job in group.iter_mut() {
            tx.batch("SAVEPOINT job")?;
            let keep = job.run(tx);
            tx.mended();
            tx.batch(if keep { "RELEASE job" } else { "ROLLBACK TO job; RELEASE job" })?;
        }
        tx.batch("COMMIT")
    };
    run(tx).inspect_err(|_| rolled_back(tx))
}

/// A group that failed to commit runs again singly, so that only the guilty command is lost.
fn one_by_one(tx: &mut Tx, group: Vec<Box<dyn Job>>) {
    for mut job in group {
        let commit = run_group(tx, std::slice::from_mut(&mut job));
        job.answer(commit);
    }
}

fn rolled_back(tx: &mut Tx) {
    tx.mended();
    // A full disk may have rolled back already; then there is nothing left to do.
    drop(tx.batch("ROLLBACK"));
    tx.mended();
}
