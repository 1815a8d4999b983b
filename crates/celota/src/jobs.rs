//! Work that waits for after the commit, done one by one on a thread of its own; and what is looked after now and then:
//! the sums of the ledger, the forecasts of a month that begins.

use crate::papers;
use files::Folder;
use files::mail::{self, Enclosed, Letter, Part, Post, Sender};
use jiff::tz::TimeZone;
use kernel::job::Job;
use kernel::{Actor, Error, Kernel, LANGUAGES, Result, refuse};
use numbers::Date;
use serde_json::Value as Json;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long the worker sleeps when there is nothing to do.
const PAUSE: Duration = Duration::from_millis(500);
/// Pauses between two looks at what is done now and then.
const LOOK_EVERY: u32 = 60;

/// The worker's handle.
pub struct Worker {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

/// What jobs need beside the database.
#[derive(Clone, Debug)]
pub struct Place {
    pub data: PathBuf,
    pub post: Post,
}

impl Place {
    /// Mail goes where `CELOTA_SMTP` says.
    #[must_use]
    pub fn new(data: &Path) -> Self {
        let setting = std::env::var("CELOTA_SMTP").ok();
        Self { data: data.to_owned(), post: Post::of(setting.as_deref(), data) }
    }
}

impl Worker {
    #[must_use]
    pub fn start(kernel: Kernel, place: Place) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&stop);
        let thread = std::thread::spawn(move || work(&kernel, &place, &seen));
        Self { stop, thread }
    }

    /// Lets the job under way end, and no other begin.
    pub fn stop(self) {
        self.stop.store(true, Ordering::SeqCst);
        self.thread.thread().unpark();
        drop(self.thread.join());
    }
}

fn work(kernel: &Kernel, place: &Place, stop: &AtomicBool) {
    let mut pauses = 0;
    let mut brought = None;
    while !stop.load(Ordering::SeqCst) {
        match next(kernel, place) {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "the job queue does not answer"),
        }
        pauses += 1;
        if pauses % LOOK_EVERY == 1
            && let Err(error) = crate::modules::now_and_then(kernel)
        {
            tracing::error!(%error, "what is looked after now and then was not");
        }
        let today = Date::from((kernel.clock)().to_zoned_datetime(TimeZone::system()).date());
        if brought != Some(today) {
            if let Err(error) = crate::modules::daily(kernel, today) {
                tracing::error!(%error, "what the day brings was not done");
            }
            // Once a day, even where it was refused: what has expired is not used, blocked or not.
            brought = Some(today);
        }
        std::thread::park_timeout(PAUSE);
    }
}

/// Does the next job that is due; answers whether there was one.
///
/// # Errors
/// The database's.
pub fn next(kernel: &Kernel, place: &Place) -> Result<bool> {
    let now = (kernel.clock)().as_microsecond();
    // A look costs nothing; taking a job is a transaction of the one writer.
    let due = kernel.store.read(|tx| -> Result<_> {
        Ok(tx
            .first("SELECT 1 FROM job WHERE state = 'waiting' AND due <= ? LIMIT 1", &[now.into()])?
            .is_some())
    })?;
    let Some(job) = (if due { kernel.next_job()? } else { None }) else { return Ok(false) };
    let result = catch_unwind(AssertUnwindSafe(|| run(kernel, place, &job)));
    let error = match result {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(told(kernel, &error)),
        Err(_) => Some("the program made a mistake".to_owned()),
    };
    // Which job, not what was in it: letters name persons.
    tracing::info!(job = job.id, kind = job.kind, done = error.is_none(), tries = job.tries, "job");
    kernel.job_ended(&job, error)?;
    Ok(true)
}

fn told(kernel: &Kernel, error: &Error) -> String {
    error.refusal().map_or_else(|| error.to_string(), |r| r.message(&kernel.registry.texts, LANGUAGES[0]))
}

/// The kinds of jobs, each with who does it.
fn run(kernel: &Kernel, place: &Place, job: &Job) -> Result<()> {
    match job.kind.as_str() {
        "mail" => letter(kernel, place, job),
        "import" => crate::import::job(kernel, &place.data, job),
        kind => crate::modules::job(kernel, job)
            .unwrap_or_else(|| Err(Error::corrupt(&format!("nobody does jobs of the kind {kind}")))),
    }
}

fn letter(kernel: &Kernel, place: &Place, job: &Job) -> Result<()> {
    let letter: Letter =
        serde_json::from_value(job.input.clone()).map_err(|e| Error::corrupt(&format!("mail: {e}")))?;
    let actor = Actor::program(job.company);
    let parts =
        letter.attachments.iter().map(|e| part(kernel, &actor, place, e)).collect::<Result<Vec<_>>>()?;
    let company = kernel.read(&actor, |r| r.record("Company", job.company, Vec::new()))?;
    let text = |name: &str| company.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    let (name, mut address) = (text("name"), text("email"));
    if address.is_empty() && matches!(place.post, Post::Folder(_)) {
        // Nothing leaves the house, so nobody can answer to it (RFC 2606).
        address = "celota@localhost.invalid".into();
    }
    let sender = Sender { name, address, id: job.id, at: (kernel.clock)() };
    mail::send(&place.post, &sender, &letter, parts)
}

fn part(kernel: &Kernel, actor: &Actor, place: &Place, enclosed: &Enclosed) -> Result<Part> {
    if let Some(paper) = &enclosed.paper {
        let (name, bytes) = papers::named(kernel, actor, &enclosed.entity, enclosed.id, paper)?;
        let name = enclosed.name.clone().unwrap_or(name);
        return Ok(Part { name, media_type: "application/pdf".into(), bytes });
    }
    if enclosed.entity != "Attachment" {
        return Err(refuse("kernel.not_here").arg("entity", &enclosed.entity).into());
    }
    let record = kernel.read(actor, |r| r.record("Attachment", enclosed.id, Vec::new()))?;
    let text = |name: &str| record.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    let bytes = Folder::in_data(&place.data).get(&text("digest"))?;
    Ok(Part {
        name: enclosed.name.clone().unwrap_or_else(|| text("name")),
        media_type: text("media_type"),
        bytes,
    })
}
