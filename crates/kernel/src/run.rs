//! What stands around every command: rights, idempotency, versions, dry run, audit, events, numbers.

use crate::context::{Actor, Context, Effect, Inverse, Pending};
use crate::describe::Description;
use crate::generic;
use crate::json::input_from_json;
use crate::module::Scope;
use crate::read::Reader;
use crate::refusal::{Error, Refusal, Result, refuse};
use crate::registry::Registry;
use crate::{number, search};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use std::collections::HashSet;
use std::sync::Arc;
use store::{Store, Tx, Value};

/// A command asked for.
#[derive(Clone, Debug, Default)]
pub struct Call {
    pub entity: String,
    pub command: String,
    pub id: Option<i64>,
    /// The version that the caller saw.
    pub version: Option<i64>,
    pub body: Map<String, Json>,
    pub key: Option<String>,
    pub dry_run: bool,
}

/// What a command answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    pub id: i64,
    pub entity: String,
    pub result: Json,
    pub changed: Vec<Changed>,
    pub events: Vec<Happened>,
    /// What it does, in words.
    pub effects: Vec<String>,
    pub undo: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    pub entity: String,
    pub id: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happened {
    pub name: String,
    pub entity: String,
    pub id: i64,
}

/// The way a transaction ends without an error and without a trace.
enum Halt {
    Error(Error),
    DryRun(Box<Reply>),
}

impl From<store::Error> for Halt {
    fn from(e: store::Error) -> Self {
        Self::Error(e.into())
    }
}

impl From<Error> for Halt {
    fn from(e: Error) -> Self {
        Self::Error(e)
    }
}

/// The store and the modules, ready to work; cheap to clone.
#[derive(Clone)]
pub struct Kernel {
    pub store: Store,
    pub registry: Arc<Registry>,
    /// Where the time comes from: the system, or a story that is told with dates.
    pub clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

impl Kernel {
    #[must_use]
    pub fn new(store: Store, registry: Arc<Registry>) -> Self {
        #[expect(clippy::disallowed_methods, reason = "the one place where time enters")]
        Self { store, registry, clock: Arc::new(Timestamp::now) }
    }

    /// Runs a command in a transaction of its own.
    ///
    /// # Errors
    /// Its refusal, or the database's failure.
    pub fn run(&self, actor: &Actor, call: &Call) -> Result<Reply> {
        let (registry, actor, call, now) =
            (Arc::clone(&self.registry), actor.clone(), call.clone(), (self.clock)());
        let result = self.store.write(move |tx| -> std::result::Result<Reply, Halt> {
            let reply = keyed(tx, &registry, &actor, &call, now)?;
            if !call.dry_run {
                return Ok(reply);
            }
            // What nobody has waited for so far may be refused by the database, and that is to be shown, too.
            tx.settle()?;
            Err(Halt::DryRun(Box::new(reply)))
        });
        match result {
            Ok(reply) => Ok(reply),
            Err(Halt::DryRun(reply)) => Ok(*reply),
            Err(Halt::Error(Error::Store(store::Error::Unique(index)))) => {
                Err(not_unique(&self.registry, &index))
            }
            Err(Halt::Error(error)) => Err(error),
        }
    }

    /// Runs work of the program itself in a transaction, with everything that stands around a command.
    ///
    /// # Errors
    /// What the work refuses.
    pub fn work<T: Send + 'static>(
        &self,
        actor: &Actor,
        name: &'static str,
        work: impl Fn(&mut Context) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (registry, actor, now) = (Arc::clone(&self.registry), actor.clone(), (self.clock)());
        self.store.write(move |tx| {
            let mut cx = Context::new(tx, &registry, actor.clone(), now);
            name.clone_into(&mut cx.command);
            let result = work(&mut cx)?;
            finish(&mut cx)?;
            Ok(result)
        })
    }

    /// Reads under the rights of `actor`.
    ///
    /// # Errors
    /// What the reading refuses.
    pub fn read<T>(&self, actor: &Actor, work: impl FnOnce(&mut Reader) -> Result<T>) -> Result<T> {
        let (registry, now) = (&self.registry, (self.clock)());
        self.store.read(|tx| work(&mut Reader { tx, registry, actor, now }))
    }

    /// As [`Self::read`], where several statements must see the same moment: a page and the count beside it.
    ///
    /// # Errors
    /// What the reading refuses.
    pub fn read_at_once<T>(&self, actor: &Actor, work: impl FnOnce(&mut Reader) -> Result<T>) -> Result<T> {
        let (registry, now) = (&self.registry, (self.clock)());
        self.store.read_at_once(|tx| work(&mut Reader { tx, registry, actor, now }))
    }
}

fn not_unique(registry: &Registry, index: &str) -> Error {
    let entities = registry.entities();
    for description in entities.by_name.values() {
        for columns in &description.unique {
            let names: Vec<&str> = columns.iter().map(String::as_str).collect();
            let named = store::Index::of(&description.table, &names, true).name;
            let listed =
                columns.iter().map(|c| format!("{}.{c}", description.table)).collect::<Vec<_>>().join(", ");
            if index == named || index.ends_with(&listed) {
                let field = columns.iter().rev().find(|c| *c != "company_id").cloned().unwrap_or_default();
                return refuse("kernel.not_unique").field(field).arg("entity", description.name).into();
            }
        }
    }
    Error::Store(store::Error::Unique(index.to_owned()))
}

/// A request that comes again with its key gets the answer it got, and does nothing twice.
fn keyed(tx: &mut Tx, registry: &Registry, actor: &Actor, call: &Call, now: Timestamp) -> Result<Reply> {
    let Some(key) = call.key.as_ref().filter(|_| !call.dry_run) else {
        return perform(tx, registry, actor, call, now);
    };
    let request = json!([call.entity, call.command, call.id, call.body]).to_string();
    let known = tx.first(
        "SELECT request, reply FROM idempotency WHERE key = ? AND user_id = ?",
        &[key.as_str().into(), actor.user.into()],
    )?;
    if let Some(row) = known {
        if row.text(0) != request {
            return Err(refuse("kernel.key_reused").into());
        }
        return serde_json::from_str(row.text(1)).map_err(|e| Error::corrupt(&e.to_string()));
    }
    let reply = perform(tx, registry, actor, call, now)?;
    let text = serde_json::to_string(&reply).map_err(|e| Error::corrupt(&e.to_string()))?;
    let row = vec![
        tx.next_id()?.into(),
        key.as_str().into(),
        actor.user.into(),
        request.into(),
        text.into(),
        now.as_microsecond().into(),
    ];
    tx.insert("idempotency", &["id", "key", "user_id", "request", "reply", "at"], &[row])?;
    Ok(reply)
}

fn perform(tx: &mut Tx, registry: &Registry, actor: &Actor, call: &Call, now: Timestamp) -> Result<Reply> {
    let mut cx = Context::new(tx, registry, actor.clone(), now);
    let (id, result) = cx.call(call)?;
    finish(&mut cx).map(|pending| reply(&cx, call, id, result, pending))
}

fn reply(cx: &Context, call: &Call, id: i64, result: Json, (pending, undo): (Pending, Option<i64>)) -> Reply {
    let mut changed: Vec<Changed> = Vec::new();
    for audit in &pending.audits {
        if !changed.iter().any(|c| c.id == audit.id) {
            changed.push(Changed { entity: audit.entity.into(), id: audit.id });
        }
    }
    Reply {
        id,
        entity: call.entity.clone(),
        result,
        changed,
        events: pending
            .events
            .iter()
            .map(|e| Happened { name: e.name.into(), entity: e.of.entity.clone(), id: e.of.id })
            .collect(),
        effects: pending.effects.iter().map(|e| said(cx, e)).collect(),
        undo: undo.map(|u| u.to_string()),
    }
}

fn said(cx: &Context, effect: &Effect) -> String {
    let args: Vec<(&str, &str)> = effect.args.iter().map(|(n, v)| (*n, v.as_str())).collect();
    cx.registry.texts.filled(&cx.actor.language, &format!("effects.{}", effect.key), &args)
}

impl Context<'_> {
    /// Calls a command inside of this transaction, with the rights of this context's actor. The engine and the
    /// importer come this way, too: there is no other.
    ///
    /// # Errors
    /// Its refusal.
    pub fn call(&mut self, call: &Call) -> Result<(i64, Json)> {
        let description = self.registry.entity(&call.entity)?;
        self.may_run(&description, &call.command)?;
        let outer = std::mem::replace(&mut self.command, format!("{}.{}", call.entity, call.command));
        let result = self.call_permitted(&description, call);
        self.command = outer;
        result
    }

    /// Whether the actor may run a command: for what does on many records at once what that command does on one.
    ///
    /// # Errors
    /// `kernel.forbidden`.
    pub fn may_run(&self, description: &Description, command: &str) -> Result<()> {
        if self.actor.rights.may_run(description, command) {
            return Ok(());
        }
        Err(refuse("kernel.forbidden").arg("what", format!("{}.{command}", description.name)).into())
    }

    /// Calls a command that takes a slice on these records; answers `false` where it takes one at a time.
    pub(crate) fn call_all(&mut self, call: &Call, ids: &[i64]) -> Result<bool> {
        let description = self.registry.entity(&call.entity)?;
        let command = self.registry.command(description.name, &call.command);
        // Of a record that is named twice the second finds what the first has done.
        let twice = ids.iter().collect::<HashSet<_>>().len() < ids.len();
        let Some(command) = command.filter(|c| c.run_many.is_some() && !twice) else { return Ok(false) };
        self.may_run(&description, &call.command)?;
        let (registry, actor, now) = (self.registry, self.actor.clone(), self.now);
        for id in ids {
            Reader { tx: self.tx, registry, actor: &actor, now }.visible(&description, *id)?;
            self.expect_version(&description, *id, call.version)?;
        }
        let input = input_from_json(&command.input, &call.body, "").map_err(faults)?;
        let outer = std::mem::replace(&mut self.command, format!("{}.{}", call.entity, call.command));
        let result = command.bodies(self, ids, input).transpose();
        self.command = outer;
        result.map(|r| r.is_some())
    }

    fn call_permitted(&mut self, description: &Arc<Description>, call: &Call) -> Result<(i64, Json)> {
        if let Some(id) = call.id {
            let (registry, actor, now) = (self.registry, self.actor.clone(), self.now);
            Reader { tx: self.tx, registry, actor: &actor, now }.visible(description, id)?;
        }
        self.carried_out(description, call).map_err(|e| self.explained(description, call, e))
    }

    fn carried_out(&mut self, description: &Arc<Description>, call: &Call) -> Result<(i64, Json)> {
        if let Some(done) = generic::call(self, description, call)? {
            return Ok(done);
        }
        let command = self.registry.command(description.name, &call.command).ok_or_else(|| {
            Error::from(
                refuse("kernel.no_such_command").arg("name", &call.command).arg("entity", description.name),
            )
        })?;
        let input = input_from_json(&command.input, &call.body, "").map_err(faults)?;
        if command.scope == Scope::Record {
            let id = call.id.ok_or_else(|| Error::from(refuse("kernel.which_record").field("id")))?;
            self.expect_version(description, id, call.version)?;
        }
        let result = command.body(self, call.id, input)?;
        let id = result.get("id").and_then(Json::as_i64).or(call.id).unwrap_or_default();
        Ok((id, result))
    }

    pub(crate) fn expect_version(
        &mut self,
        description: &Description,
        id: i64,
        version: Option<i64>,
    ) -> Result<()> {
        let Some(version) = version else { return Ok(()) };
        let sql = format!("SELECT version FROM {} WHERE id = ?{}", description.table, self.tx.for_update());
        match self.tx.first(&sql, &[id.into()])? {
            Some(row) if row.int(0) != version => {
                let mut refusal = refuse("kernel.stale").arg("entity", description.name);
                refusal.current = Some((description.name.into(), id));
                Err(refusal.into())
            }
            _ => Ok(()),
        }
    }

    /// How many events there are so far.
    #[must_use]
    pub fn event_count(&self) -> usize {
        self.pending.events.len()
    }

    /// The events since the last time somebody asked, for the process engine.
    #[must_use]
    pub fn events_from(&self, start: usize) -> Vec<crate::context::Event> {
        self.pending.events.get(start..).unwrap_or_default().to_vec()
    }
}

fn faults(faults: Vec<Refusal>) -> Error {
    Refusal::all(faults).err().unwrap_or_else(|| refuse("kernel.wrong_type").into())
}

/// What is left to write when the command is done: what follows by diagram, then audit, outbox and jobs, the
/// hot counters last, and the search rows, which show the numbers.
pub(crate) fn finish(cx: &mut Context) -> Result<(Pending, Option<i64>)> {
    if let Some(follow) = cx.registry.follow {
        follow(cx)?;
    }
    let mut pending = std::mem::take(&mut cx.pending);
    let undo = audits(cx, &pending)?;
    events(cx, &pending)?;
    jobs(cx, &pending)?;
    number::reach(cx, &pending.reached)?;
    for (id, number) in number::assign(cx, &pending.numbers)? {
        pending.searched.numbered(id, &number);
    }
    search::write(cx, &pending.searched)?;
    Ok((pending, undo))
}

fn audits(cx: &mut Context, pending: &Pending) -> Result<Option<i64>> {
    let (at, user) = (cx.now.as_microsecond(), cx.actor.user);
    let mut rows = Vec::with_capacity(pending.audits.len());
    let mut undo = None;
    for (i, audit) in pending.audits.iter().enumerate() {
        let id = cx.next_id()?;
        let inverse = match &pending.inverse {
            Some(inverse) if i == 0 => {
                undo = Some(id);
                inverse_json(inverse)
            }
            _ => String::new(),
        };
        rows.push(vec![
            id.into(),
            at.into(),
            user.into(),
            audit.kind.into(),
            audit.command.as_str().into(),
            audit.entity.into(),
            audit.id.into(),
            audit.changes.as_str().into(),
            audit.case.into(),
            inverse.into(),
        ]);
    }
    const COLUMNS: [&str; 10] =
        ["id", "at", "user_id", "kind", "command", "entity", "record_id", "changes", "case_id", "inverse"];
    cx.tx.insert("audit", &COLUMNS, &rows)?;
    Ok(undo)
}

fn inverse_json(inverse: &Inverse) -> String {
    json!({"entity": inverse.entity, "id": inverse.id, "command": inverse.command, "input": inverse.input})
        .to_string()
}

fn events(cx: &mut Context, pending: &Pending) -> Result<()> {
    let (at, user) = (cx.now.as_microsecond(), cx.actor.user);
    let rows: Vec<Vec<Value>> = pending
        .events
        .iter()
        .map(|e| {
            let about: Vec<Json> = e.about.iter().map(|o| json!([o.entity, o.id])).collect();
            vec![
                e.id.into(),
                at.into(),
                e.name.into(),
                e.of.entity.as_str().into(),
                e.of.id.into(),
                Value::text(Json::Array(about)),
                user.into(),
            ]
        })
        .collect();
    Ok(cx.tx.insert("event", &["id", "at", "name", "entity", "record_id", "about", "user_id"], &rows)?)
}

fn jobs(cx: &mut Context, pending: &Pending) -> Result<()> {
    let company = cx.actor.company;
    let rows: Vec<Vec<Value>> = pending
        .jobs
        .iter()
        .map(|(id, kind, input, due)| {
            vec![
                (*id).into(),
                kind.as_str().into(),
                Value::text(input),
                (*due).into(),
                "waiting".into(),
                0.into(),
                "".into(),
                company.into(),
            ]
        })
        .collect();
    Ok(cx.tx.insert(
        "job",
        &["id", "kind", "input", "due", "state", "tries", "error", "company_id"],
        &rows,
    )?)
}
