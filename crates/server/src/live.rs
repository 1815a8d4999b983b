//! Changes of others on open screens: each node polls the audit, which every change writes, and sends hints. A
//! hint names a record and nothing of its content; the screen asks again under its own rights.

use crate::app::App;
use crate::session::Who;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use kernel::{Entity, Result};
use serde_json::json;
use std::collections::HashSet;
use std::time::Duration;
use tokio::sync::{broadcast, watch};

const POLL: Duration = Duration::from_millis(500);
/// A transaction that took longer than this to commit is missed by open screens, never by data.
const WINDOW_MICROS: i64 = 60 * 1_000_000;
const BACKLOG: usize = 4096;

/// Who may see what lies in these: when one changes, every stream ends, and is opened again under the rights of then.
const RIGHTS: [&str; 2] = [access::User::NAME, access::Role::NAME];

/// A record that somebody changed.
#[derive(Clone, Debug)]
struct Hint {
    audit: i64,
    at: i64,
    entity: String,
    id: i64,
}

/// Hints on their way to open screens, and the word that it is over: a stream that nobody ends would keep the
/// server from stopping.
#[derive(Clone)]
pub struct Hub {
    hints: broadcast::Sender<Hint>,
    over: watch::Sender<bool>,
}

impl Default for Hub {
    fn default() -> Self {
        Self { hints: broadcast::channel(BACKLOG).0, over: watch::channel(false).0 }
    }
}

impl Hub {
    /// Ends every open stream.
    pub fn end(&self) {
        self.over.send_replace(true);
    }
}

/// Polls while the program runs; costs one indexed statement where nobody listens, none.
pub async fn poll(app: App) {
    let mut seen: HashSet<i64> = HashSet::new();
    // What was before anybody listened is on the screens that they have just opened.
    let mut nobody_until = (app.kernel.clock)().as_microsecond();
    loop {
        tokio::time::sleep(POLL).await;
        if app.live.hints.receiver_count() == 0 {
            nobody_until = (app.kernel.clock)().as_microsecond();
            continue;
        }
        let Ok(hints) = app.run(recent).await else { continue };
        let now: HashSet<i64> = hints.iter().map(|h| h.audit).collect();
        for hint in hints.into_iter().filter(|h| h.at > nobody_until && !seen.contains(&h.audit)) {
            // Nobody listening any more is no fault.
            drop(app.live.hints.send(hint));
        }
        seen = now;
    }
}

fn recent(app: &App) -> Result<Vec<Hint>> {
    let since = (app.kernel.clock)().as_microsecond() - WINDOW_MICROS;
    app.kernel.store.read(|tx| {
        let rows = tx.query(
            "SELECT id, entity, record_id, at FROM audit WHERE at > ? ORDER BY at DESC LIMIT 2000",
            &[since.into()],
        )?;
        Ok(rows
            .iter()
            .rev()
            .map(|r| Hint { audit: r.int(0), entity: r.text(1).into(), id: r.int(2), at: r.int(3) })
            .collect())
    })
}

/// `GET /api/live`
pub async fn listen(
    State(app): State<App>,
    Who(who): Who,
) -> Sse<impl futures_core::Stream<Item = std::result::Result<Event, std::convert::Infallible>>> {
    let mut hints = app.live.hints.subscribe();
    let mut over = app.live.over.subscribe();
    let stream = async_stream::stream! {
        loop {
            let hint = tokio::select! { hint = hints.recv() => hint, _ = over.wait_for(|o| *o) => break };
            match hint {
                Ok(hint) if RIGHTS.contains(&hint.entity.as_str()) => break,
                Ok(hint) => {
                    let kernel = app.kernel.clone();
                    let (actor, asked) = (who.actor.clone(), hint.clone());
                    // Even that a record changed is told only to those who may see it.
                    let visible = tokio::task::spawn_blocking(move || {
                        let description = kernel.registry.entity(&asked.entity)?;
                        kernel.read(&actor, |r| r.visible(&description, asked.id))
                    })
                    .await;
                    if matches!(visible, Ok(Ok(()))) {
                        yield Ok(Event::default().data(json!({"entity": hint.entity, "id": hint.id}).to_string()));
                    }
                }
                Err(broadcast::error::RecvError::Lagged(_)) => yield Ok(Event::default().event("reload").data("{}")),
                Err(broadcast::error::RecvError::Closed) => break,
            }
        }
    };
    Sse::new(stream).keep_alive(KeepAlive::default())
}
