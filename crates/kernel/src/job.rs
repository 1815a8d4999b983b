//! Work for after the commit, with retries: mail, PDF, timers, anything that leaves the house.

use crate::refusal::Result;
use crate::run::Kernel;
use serde_json::Value as Json;
use store::Value;

/// After so many tries a job stays for a person to look at.
const TRIES: i64 = 8;

/// A job taken from the queue.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    pub id: i64,
    pub kind: String,
    pub input: Json,
    pub tries: i64,
    pub company: i64,
}

impl Kernel {
    /// Takes the next job that is due, so that no other node takes it as well. One that was taken and never
    /// finished (a crash) is due again after ten minutes.
    ///
    /// # Errors
    /// The database's.
    pub fn next_job(&self) -> Result<Option<Job>> {
        const AGAIN_MICROS: i64 = 600_000_000;
        let now = (self.clock)().as_microsecond();
        self.store.write(move |tx| {
            let skip = if tx.dialect() == store::Dialect::Postgres { " FOR UPDATE SKIP LOCKED" } else { "" };
            let row = tx.first(
                &format!(
                    "SELECT id, kind, input, tries, company_id FROM job
                     WHERE state = 'waiting' AND due <= ? ORDER BY due, id LIMIT 1{skip}"
                ),
                &[now.into()],
            )?;
            let Some(row) = row else { return Ok(None) };
            tx.execute(
                "UPDATE job SET tries = tries + 1, due = ? WHERE id = ?",
                &[(now + AGAIN_MICROS).into(), row.int(0).into()],
            )?;
            Ok(Some(Job {
                id: row.int(0),
                kind: row.text(1).into(),
                input: serde_json::from_str(row.text(2)).unwrap_or(Json::Null),
                tries: row.int(3) + 1,
                company: row.int(4),
            }))
        })
    }

    /// Says how a job ended: done, or to be tried again later and later.
    ///
    /// # Errors
    /// The database's.
    pub fn job_ended(&self, job: &Job, error: Option<String>) -> Result<()> {
        let now = (self.clock)().as_microsecond();
        let (id, tries) = (job.id, job.tries);
        self.store.write(move |tx| {
            match &error {
                None => tx.execute("DELETE FROM job WHERE id = ?", &[id.into()])?,
                Some(error) => {
                    let state = if tries >= TRIES { "failed" } else { "waiting" };
                    let due = now + (1_000_000 << tries.min(12));
                    tx.execute(
                        "UPDATE job SET state = ?, error = ?, due = ? WHERE id = ?",
                        &[state.into(), Value::text(error), due.into(), id.into()],
                    )?
                }
            };
            Ok(())
        })
    }
}
