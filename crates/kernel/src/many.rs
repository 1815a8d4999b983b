//! One command on many records, and taking one back.

use crate::context::{Actor, Context};
use crate::refusal::{Error, Refusal, Result, refuse};
use crate::run::{Call, Kernel, Reply};
use serde_json::Value as Json;
use std::sync::Arc;

/// What became of each record.
pub type Results = Vec<(i64, std::result::Result<(), Refusal>)>;

/// Mostly nobody is refused: then the records are read and locked at once, and no savepoint stands around each.
fn together(cx: &mut Context, call: &Call, ids: &[i64]) -> Result<Results> {
    cx.hold_ready(&call.entity, ids)?;
    if cx.call_all(call, ids)? {
        return Ok(ids.iter().map(|id| (*id, Ok(()))).collect());
    }
    let run = |id: &i64| cx.call(&Call { id: Some(*id), ..call.clone() }).map(|_| (*id, Ok(())));
    ids.iter().map(run).collect()
}

fn one_by_one(cx: &mut Context, call: &Call, ids: &[i64]) -> Result<Results> {
    let mut results = Vec::with_capacity(ids.len());
    for id in ids {
        let one = Call { id: Some(*id), ..call.clone() };
        match cx.attempt(|cx| cx.call(&one)) {
            Ok(_) => results.push((*id, Ok(()))),
            Err(Error::Refused(refusal)) => results.push((*id, Err(*refusal))),
            Err(error) => return Err(error),
        }
    }
    Ok(results)
}

impl Kernel {
    /// Runs `call` on each record of one chunk, in one transaction: who is refused changes nothing and stops nobody.
    ///
    /// # Errors
    /// The database's; then nothing of the chunk has happened.
    pub fn run_many(&self, actor: &Actor, call: &Call, ids: &[i64]) -> Result<Results> {
        let (registry, actor, call, ids) =
            (Arc::clone(&self.registry), actor.clone(), call.clone(), ids.to_vec());
        let now = (self.clock)();
        self.store.write(move |tx| {
            let mut cx = Context::new(tx, &registry, actor.clone(), now);
            let results = match cx.attempt(|cx| together(cx, &call, &ids)) {
                Err(Error::Refused(_)) => one_by_one(&mut cx, &call, &ids)?,
                other => other?,
            };
            crate::run::finish(&mut cx)?;
            Ok(results)
        })
    }

    /// Runs the inverse that a command of this person left, if nobody has changed the record since.
    ///
    /// # Errors
    /// `kernel.nothing_to_undo`, or what the inverse refuses.
    pub fn undo(&self, actor: &Actor, token: i64) -> Result<Reply> {
        let user = actor.user;
        let row = self.store.read(|tx| -> Result<_> {
            Ok(tx.first(
                "SELECT inverse FROM audit a WHERE id = ? AND user_id = ? AND inverse <> ''
                 AND NOT EXISTS (SELECT 1 FROM audit b WHERE b.record_id = a.record_id AND b.id > a.id AND b.at > a.at)",
                &[token.into(), user.into()],
            )?)
        })?;
        let nothing = || Error::from(refuse("kernel.nothing_to_undo"));
        let inverse: Json = serde_json::from_str(row.ok_or_else(nothing)?.text(0)).map_err(|_| nothing())?;
        let text = |name: &str| inverse.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
        let call = Call {
            entity: text("entity"),
            command: text("command"),
            id: inverse.get("id").and_then(Json::as_i64),
            body: inverse.get("input").and_then(Json::as_object).cloned().unwrap_or_default(),
            ..Call::default()
        };
        self.run(actor, &call)
    }
}
