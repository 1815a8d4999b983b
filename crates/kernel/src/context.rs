//! What a command works with: records, the clock, ids, events. Nothing else: it may be run twice or rolled back.

use crate::cache::Cache;
use crate::describe::Description;
use crate::entity::{Entity, Origin, Record, Ref, Values, from_record, to_record};
use crate::life;
use crate::refusal::{Result, refuse};
use crate::registry::Registry;
use crate::rights::Rights;
use crate::rows;
use crate::search::Searched;
use jiff::Timestamp;
use numbers::Date;
use std::collections::{BTreeMap, HashMap};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use store::{Tx, Value};

/// Who acts.
#[derive(Clone, Debug)]
pub struct Actor {
    /// 0 is the program itself: jobs, imports, the demo.
    pub user: i64,
    pub name: String,
    pub language: String,
    /// The legal entity that new documents belong to.
    pub company: i64,
    pub rights: Arc<Rights>,
    /// The case whose step this is, for the audit.
    pub case: Option<i64>,
}

impl Actor {
    /// The program itself, working for a company.
    #[must_use]
    pub fn program(company: i64) -> Self {
        Self {
            user: 0,
            name: "Celota".into(),
            language: "en".into(),
            company,
            rights: Arc::new(Rights::all()),
            case: None,
        }
    }
}

/// What happened, named in the past.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub id: i64,
    /// `sales.Confirmed`
    pub name: &'static str,
    pub of: Origin,
    /// The documents it concerns besides, to which cases may be attached.
    pub about: Vec<Origin>,
}

/// A change that waits for the end of the command to be written with all others.
pub(crate) struct Audit {
    pub entity: &'static str,
    pub id: i64,
    pub kind: &'static str,
    pub changes: String,
    pub command: String,
    pub case: Option<i64>,
}

/// A number that waits for the end: its counter is the one row that all compete for.
pub(crate) struct Numbering {
    pub description: Arc<Description>,
    pub id: i64,
    pub series: String,
    pub pattern: String,
    pub year: i16,
}

/// What a command would do or did, in words, for the dry run: key of a text and what fills it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    pub key: &'static str,
    pub args: Vec<(&'static str, String)>,
}

/// The inverse of a command.
#[derive(Clone, Debug, PartialEq)]
pub struct Inverse {
    pub entity: &'static str,
    pub id: i64,
    pub command: String,
    pub input: serde_json::Value,
}

#[derive(Default)]
pub(crate) struct Pending {
    pub audits: Vec<Audit>,
    pub events: Vec<Event>,
    pub numbers: Vec<Numbering>,
    /// How far series are by numbers that were given by hand.
    pub reached: BTreeMap<String, i64>,
    pub searched: Searched,
    pub jobs: Vec<(i64, String, serde_json::Value, i64)>,
    pub effects: Vec<Effect>,
    pub inverse: Option<Inverse>,
}

/// The world of one command.
pub struct Context<'a> {
    /// For statements that no record stands for. Whoever writes records of an entity by it, past this context, must
    /// not read them by it in the same command.
    pub tx: &'a mut Tx,
    pub registry: &'a Registry,
    pub actor: Actor,
    pub(crate) now: Timestamp,
    pub(crate) command: String,
    pub(crate) pending: Pending,
    pub(crate) cache: Cache,
    /// The versions of records that this command has written. What a savepoint took back stays in it: a record that
    /// is not what it says is looked at, one that it does not name was written by nobody.
    pub(crate) versions: HashMap<i64, i64>,
}

/// A record that is being changed: locked, with its state before.
pub struct Held<E> {
    entity: E,
    before: Record,
    custom: Vec<Value>,
}

impl<E: Entity> Held<E> {
    fn of(before: Record) -> Result<Self> {
        let mut values = Values::new(before.values.clone());
        let entity = E::take(before.id, &mut values, &mut before.lines.clone().into_iter())?;
        Ok(Self { entity, custom: values.rest(), before })
    }
}

impl<E> Deref for Held<E> {
    type Target = E;
    fn deref(&self) -> &E {
        &self.entity
    }
}
impl<E> DerefMut for Held<E> {
    fn deref_mut(&mut self) -> &mut E {
        &mut self.entity
    }
}

impl<'a> Context<'a> {
    #[must_use]
    pub fn new(tx: &'a mut Tx, registry: &'a Registry, actor: Actor, now: Timestamp) -> Self {
        let (command, pending, cache) = (String::new(), Pending::default(), Cache::default());
        Self { tx, registry, actor, now, command, pending, cache, versions: HashMap::new() }
    }

    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The business day. Time zones of companies are those of the server's setting, applied by the caller.
    #[must_use]
    pub fn today(&self) -> Date {
        self.now.to_zoned_datetime(jiff::tz::TimeZone::system()).date().into()
    }

    /// # Errors
    /// When the database can give no more.
    pub fn next_id(&mut self) -> Result<i64> {
        Ok(self.tx.next_id()?)
    }

    /// The record, locked until the commit.
    ///
    /// # Errors
    /// When there is none.
    pub fn hold<E: Entity>(&mut self, id: i64) -> Result<Held<E>> {
        let description = self.registry.entity(E::NAME)?;
        let before = match self.cache.held(E::NAME, id, self.tx.dialect()) {
            Some(known) => known.clone(),
            None => rows::one(self.tx, self.registry, &description, id, true)?,
        };
        self.cache.keep(&description, &before, true);
        Held::of(before)
    }

    /// Records by a condition in SQL over their own columns, in the order of their ids.
    ///
    /// # Errors
    /// The database's.
    pub fn find<E: Entity>(&mut self, condition: &str, params: &[Value]) -> Result<Vec<E>> {
        let description = self.registry.entity(E::NAME)?;
        let found = rows::load(self.tx, self.registry, &description, condition, params, false)?;
        for record in &found {
            if !self.cache.has(E::NAME, record.id) {
                self.cache.keep(&description, record, false);
            }
        }
        found.into_iter().map(from_record).collect()
    }

    /// As [`Self::find`], locked in ascending order of id.
    ///
    /// # Errors
    /// The database's.
    pub fn hold_all<E: Entity>(&mut self, condition: &str, params: &[Value]) -> Result<Vec<Held<E>>> {
        let description = self.registry.entity(E::NAME)?;
        rows::load(self.tx, self.registry, &description, condition, params, true)?
            .into_iter()
            .map(Held::of)
            .collect()
    }

    /// Writes a new record; it and its lines get their ids here, and its number at the end of the command.
    ///
    /// # Errors
    /// What the entity's invariants refuse.
    pub fn insert<E: Entity>(&mut self, entity: &mut E) -> Result<Ref<E>> {
        self.insert_all(std::slice::from_mut(entity))?;
        Ok(Ref::new(entity.id()))
    }

    /// # Errors
    /// What the entity's invariants refuse.
    pub fn insert_all<E: Entity>(&mut self, entities: &mut [E]) -> Result<()> {
        if entities.is_empty() {
            return Ok(());
        }
        let description = self.registry.entity(E::NAME)?;
        let prepare = self.registry.prepare_typed::<E>();
        let mut records = Vec::with_capacity(entities.len());
        for entity in entities {
            if let Some(prepare) = prepare {
                prepare(entity, None, self)?;
            }
            let mut record = to_record(entity, &mut || self.next_id())?;
            record.version = 1;
            let custom = description.stored().count() - record.values.len();
            record.values.extend(std::iter::repeat_n(Value::Null, custom));
            records.push(record);
        }
        self.insert_records(&description, &records)
    }

    /// Writes what has changed of a held record.
    ///
    /// # Errors
    /// What the entity's invariants refuse.
    pub fn save<E: Entity>(&mut self, held: Held<E>) -> Result<()> {
        self.save_in_state(held, None)
    }

    pub(crate) fn save_in_state<E: Entity>(
        &mut self,
        held: Held<E>,
        state: Option<&'static str>,
    ) -> Result<()> {
        let description = self.registry.entity(E::NAME)?;
        let (before, after) = self.prepared(&description, held, state)?;
        self.update_record(&description, &before, &after)
    }

    /// As [`Self::save`] for many at once.
    pub(crate) fn save_all_in_states<E: Entity>(
        &mut self,
        held: Vec<(Held<E>, Option<&'static str>)>,
    ) -> Result<()> {
        let description = self.registry.entity(E::NAME)?;
        let mut changed = Vec::with_capacity(held.len());
        for (held, state) in held {
            changed.push(self.prepared(&description, held, state)?);
        }
        self.update_records(&description, &changed)
    }

    /// A record before and after, its invariants kept.
    fn prepared<E: Entity>(
        &mut self,
        description: &Description,
        mut held: Held<E>,
        state: Option<&'static str>,
    ) -> Result<(Record, Record)> {
        let mut after = to_record(&mut held.entity, &mut || self.next_id())?;
        // A record that has not changed keeps its invariants.
        if let Some(prepare) =
            self.registry.prepare_typed::<E>().filter(|_| !rows::same(&held.before, &after))
        {
            let before: E = from_record(held.before.clone())?;
            prepare(&mut held.entity, Some(&before), self)?;
            after = to_record(&mut held.entity, &mut || self.next_id())?;
        }
        after.version = held.before.version;
        after.values.extend(held.custom);
        if let Some(state) = state
            && let Some(position) = description.state().and_then(|f| description.position(&f.name))
            && let Some(value) = after.values.get_mut(position)
        {
            *value = state.into();
        }
        Ok((held.before, after))
    }

    /// # Errors
    /// The database's.
    pub fn delete<E: Entity>(&mut self, held: Held<E>) -> Result<()> {
        let description = self.registry.entity(E::NAME)?;
        self.delete_record(&description, &held.before)
    }

    /// Deletes records without lines in one statement.
    ///
    /// # Errors
    /// The database's.
    pub fn delete_all<E: Entity>(&mut self, held: Vec<Held<E>>) -> Result<()> {
        let description = self.registry.entity(E::NAME)?;
        let before: Vec<Record> = held.into_iter().map(|h| h.before).collect();
        self.delete_records(&description, &before)
    }

    /// Says what happened; processes, open screens and webhooks hear of it.
    ///
    /// # Errors
    /// When no id can be had.
    pub fn emit(&mut self, name: &'static str, of: Origin, about: Vec<Origin>) -> Result<()> {
        let id = self.next_id()?;
        self.pending.events.push(Event { id, name, of, about });
        Ok(())
    }

    /// Says in words what this does, for the dry run.
    pub fn effect(&mut self, key: &'static str, args: Vec<(&'static str, String)>) {
        self.pending.effects.push(Effect { key, args });
    }

    /// What takes this command back.
    pub fn undo_by(&mut self, entity: &'static str, id: i64, command: &str, input: serde_json::Value) {
        self.pending.inverse = Some(Inverse { entity, id, command: command.into(), input });
    }

    /// Work for after the commit: mail, PDF, HTTP. `due` as an instant in microseconds, 0 for at once.
    ///
    /// # Errors
    /// When no id can be had.
    pub fn later(&mut self, kind: &str, input: serde_json::Value, due: i64) -> Result<()> {
        let id = self.next_id()?;
        self.pending.jobs.push((id, kind.into(), input, due));
        Ok(())
    }

    /// Gives the record a number of `series` at the end of this command.
    ///
    /// # Errors
    /// When the entity is unknown.
    pub fn number<E: Entity>(&mut self, id: i64, series: String, pattern: &str, year: i16) -> Result<()> {
        let description = self.registry.entity(E::NAME)?;
        self.pending.numbers.push(Numbering { description, id, series, pattern: pattern.into(), year });
        Ok(())
    }

    /// Runs `work` so that its refusal undoes what it wrote, and nothing else.
    ///
    /// # Errors
    /// What `work` returned.
    pub fn attempt<T>(&mut self, work: impl FnOnce(&mut Context) -> Result<T>) -> Result<T> {
        let (registry, actor, now, command) =
            (self.registry, self.actor.clone(), self.now, self.command.clone());
        let mut cache = std::mem::take(&mut self.cache);
        let mut versions = std::mem::take(&mut self.versions);
        let mut pending = Pending::default();
        let result = self.tx.savepoint(|tx| {
            let (kept, own) = (std::mem::take(&mut cache), Pending::default());
            let versions_so_far = std::mem::take(&mut versions);
            let mut inner = Context {
                tx,
                registry,
                actor,
                now,
                command,
                pending: own,
                cache: kept,
                versions: versions_so_far,
            };
            let result = work(&mut inner);
            (pending, cache, versions) = (inner.pending, inner.cache, inner.versions);
            result
        });
        self.versions = versions;
        // What was rolled back takes with it what was known of it.
        if result.is_ok() {
            self.pending.absorb(pending);
            self.cache = cache;
        }
        result
    }

    pub(crate) fn legal<E: Entity>(
        &self,
        held: &Held<E>,
        command: &'static str,
    ) -> Result<Option<&'static str>> {
        let description = self.registry.entity(E::NAME)?;
        let Some(state) = description.state() else { return Ok(None) };
        let now = description.position(&state.name).and_then(|p| held.before.values.get(p));
        let now = now.and_then(Value::as_text).unwrap_or_default();
        life::step(description.life, now, command).map_err(|from| {
            let label = |word: &str| self.label(E::NAME, &format!("choices.{}.{word}", state.name), word);
            refuse("kernel.illegal_step")
                .field(&state.name)
                .arg("command", self.label(E::NAME, &format!("commands.{command}.label"), command))
                .arg("state", label(now))
                .arg("from", from.iter().map(|w| label(w)).collect::<Vec<_>>().join(", "))
                .into()
        })
    }

    /// Where the life table knows more than one end of a command, it is the command that has said which by setting the
    /// state; the first where it has not.
    pub(crate) fn reached<E: Entity>(
        &self,
        held: &Held<E>,
        command: &'static str,
        first: Option<&'static str>,
    ) -> Result<Option<&'static str>> {
        let description = self.registry.entity(E::NAME)?;
        let position = description.state().and_then(|f| description.position(&f.name));
        let Some(position) = position else { return Ok(first) };
        let before = held.before.values.get(position).and_then(Value::as_text);
        let ends = || description.life.iter().filter(|s| s.command == command && Some(s.from) == before);
        if ends().count() < 2 {
            return Ok(first);
        }
        let mut values = Vec::new();
        held.entity.put(&mut values);
        let now = values.get(position).and_then(Value::as_text);
        Ok(ends().find(|s| Some(s.to) == now).map(|s| s.to).or(first))
    }

    fn label(&self, entity: &str, key: &str, fallback: &str) -> String {
        let module = self.registry.entity(entity).map_or("", |d| d.module);
        let key = format!("{module}.{entity}.{key}");
        self.registry.texts.get(&self.actor.language, &key).unwrap_or(fallback).to_owned()
    }
}

impl Pending {
    fn absorb(&mut self, inner: Self) {
        self.audits.extend(inner.audits);
        self.events.extend(inner.events);
        self.numbers.extend(inner.numbers);
        for (series, n) in inner.reached {
            let reached = self.reached.entry(series).or_default();
            *reached = n.max(*reached);
        }
        self.searched.absorb(inner.searched);
        self.jobs.extend(inner.jobs);
        self.effects.extend(inner.effects);
    }
}
