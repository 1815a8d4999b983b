//! A module's list: its entities, commands, readings and checks.

use crate::context::{Context, Held};
use crate::describe::{Description, Field, Kind};
use crate::entity::{Entity, Input, InputFacts, InputValues, Record, Values};
use crate::life::Life;
use crate::read::Reader;
use crate::refusal::{Error, Result};
use crate::text::LANGUAGES;
use serde::Serialize;
use serde_json::Value as Json;
use std::any::{Any, TypeId};
use std::collections::HashMap;

/// Brings a record up to its invariants before it is written: totals, defaults, checks.
pub(crate) type Prepare = Box<dyn Fn(Record, Option<&Record>, &mut Context) -> Result<Record> + Send + Sync>;
type Run = Box<dyn Fn(&mut Context, Option<i64>, InputValues) -> Result<Json> + Send + Sync>;
type RunMany = Box<dyn Fn(&mut Context, &[i64], InputValues) -> Result<Vec<Json>> + Send + Sync>;
/// A command on many records, which answers for each.
pub type Slice<E, I, R> = fn(&mut [Held<E>], I, &mut Context) -> Result<Vec<R>>;
type Ask = Box<dyn Fn(&mut Reader, Option<i64>, InputValues) -> Result<Json> + Send + Sync>;
type Find = Box<dyn Fn(&mut store::Tx) -> Result<Vec<Breach>> + Send + Sync>;

/// Whether a command acts on a record or on the set as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Record,
    Set,
}

/// How things change.
pub struct Command {
    pub entity: &'static str,
    pub name: &'static str,
    pub scope: Scope,
    pub input: InputFacts,
    /// It cannot be undone: the dry run is shown first.
    pub is_final: bool,
    pub(crate) run: Run,
    /// Where it takes a slice: on many records with few statements.
    pub(crate) run_many: Option<RunMany>,
}

/// A reading that is more than a list: an OData function.
pub struct Query {
    pub entity: &'static str,
    pub name: &'static str,
    pub scope: Scope,
    pub input: InputFacts,
    pub(crate) ask: Ask,
}

/// Something that must always be true.
pub struct Check {
    pub name: &'static str,
    pub(crate) find: Find,
}

/// Where it is not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Breach {
    pub entity: String,
    pub id: i64,
    pub what: String,
}

/// Where an entity stands in the navigation.
#[derive(Clone, Debug)]
pub struct Area {
    pub name: &'static str,
    pub entities: Vec<&'static str>,
}

/// A module's one visible list.
pub struct Module {
    pub name: &'static str,
    pub(crate) descriptions: Vec<Description>,
    pub(crate) prepare: Vec<(&'static str, Prepare)>,
    pub(crate) typed: HashMap<TypeId, Box<dyn Any + Send + Sync>>,
    pub(crate) commands: Vec<Command>,
    pub(crate) queries: Vec<Query>,
    pub(crate) checks: Vec<Check>,
    pub(crate) events: Vec<&'static str>,
    pub(crate) areas: Vec<Area>,
    pub(crate) tables: Vec<store::Table>,
    pub(crate) texts: Vec<(&'static str, &'static str)>,
}

pub(crate) type Prepared<E> = fn(&mut E, Option<&E>, &mut Context) -> Result<()>;

impl Module {
    #[must_use]
    pub fn new(name: &'static str, en: &'static str, sl: &'static str) -> Self {
        Self {
            name,
            descriptions: Vec::new(),
            prepare: Vec::new(),
            typed: HashMap::new(),
            commands: Vec::new(),
            queries: Vec::new(),
            checks: Vec::new(),
            events: Vec::new(),
            areas: Vec::new(),
            tables: Vec::new(),
            texts: vec![(LANGUAGES[0], en), (LANGUAGES[1], sl)],
        }
    }

    /// An entity that people create, edit and delete.
    #[must_use]
    pub fn entity<E: Entity>(mut self) -> Self {
        let mut description = E::describe();
        description.module = self.name;
        self.descriptions.push(description);
        self
    }

    /// An entity that only commands write.
    #[must_use]
    pub fn closed<E: Entity>(mut self) -> Self {
        self = self.entity::<E>();
        self.last().closed = true;
        self
    }

    /// The life of the entity named last.
    #[must_use]
    pub fn life(mut self, life: Life) -> Self {
        self.last().life = life;
        self
    }

    /// A field of the entity named last that is read and never stored: SQL over the row `{t}`.
    #[must_use]
    pub fn computed(mut self, name: &str, kind: Kind, sql: &str) -> Self {
        let mut field = Field::new(name, kind).readonly().optional();
        field.computed = Some(sql.to_owned());
        self.last().fields.push(field);
        self
    }

    /// What must hold before a record of `E` is written, by whatever way.
    #[must_use]
    pub fn prepare<E: Entity>(mut self, f: Prepared<E>) -> Self {
        self.typed.insert(TypeId::of::<E>(), Box::new(f));
        self.prepare.push((
            E::NAME,
            Box::new(move |record, before, cx| {
                let mut values = Values::new(record.values);
                let given = record.lines.clone();
                let mut entity = E::take(record.id, &mut values, &mut record.lines.into_iter())?;
                let custom = values.rest();
                let before = before.cloned().map(crate::entity::from_record::<E>).transpose()?;
                f(&mut entity, before.as_ref(), cx)?;
                let mut out = crate::entity::to_record(&mut entity, &mut || cx.next_id())?;
                out.version = record.version;
                out.values.extend(custom);
                keep_custom(&given, &mut out.lines);
                Ok(out)
            }),
        ));
        self
    }

    /// A command on one record of `E`, which is saved afterwards.
    #[must_use]
    pub fn command<E: Entity, I: Input + 'static, R: Serialize + 'static>(
        mut self,
        name: &'static str,
        f: fn(&mut E, I, &mut Context) -> Result<R>,
    ) -> Self {
        let run: Run = Box::new(move |cx, id, input| {
            let mut held = cx.hold::<E>(id.unwrap_or_default())?;
            let to = cx.legal(&held, name)?;
            let input = I::take(&mut Values::new(input.values), &mut input.lines.into_iter())?;
            let result = f(&mut held, input, cx)?;
            let to = cx.reached(&held, name, to)?;
            cx.save_in_state(held, to)?;
            answered(&result)
        });
        self.push(E::NAME, name, Scope::Record, I::describe(), run);
        self
    }

    /// A command on a slice of records of `E`, which are saved afterwards: ten thousand are a handful of statements.
    /// It answers for each, and refuses for all; who asked for many hears of each one by itself then.
    #[must_use]
    pub fn slice_command<E: Entity, I: Input + 'static, R: Serialize + 'static>(
        mut self,
        name: &'static str,
        f: Slice<E, I, R>,
    ) -> Self {
        let many = move |cx: &mut Context, ids: &[i64], input: InputValues| -> Result<Vec<Json>> {
            let mut held = Vec::with_capacity(ids.len());
            let mut states = Vec::with_capacity(ids.len());
            for id in ids {
                let one = cx.hold::<E>(*id)?;
                states.push(cx.legal(&one, name)?);
                held.push(one);
            }
            let input = I::take(&mut Values::new(input.values), &mut input.lines.into_iter())?;
            let results = f(&mut held, input, cx)?;
            cx.save_all_in_states(held.into_iter().zip(states).collect())?;
            results.iter().map(answered).collect()
        };
        let one: Run = Box::new(move |cx, id, input| {
            Ok(many(cx, &[id.unwrap_or_default()], input)?.pop().unwrap_or_default())
        });
        self.push(E::NAME, name, Scope::Record, I::describe(), one);
        if let Some(command) = self.commands.last_mut() {
            command.run_many = Some(Box::new(many));
        }
        self
    }

    /// A command on the set of `E`.
    #[must_use]
    pub fn set_command<E: Entity, I: Input + 'static, R: Serialize + 'static>(
        mut self,
        name: &'static str,
        f: fn(I, &mut Context) -> Result<R>,
    ) -> Self {
        let run: Run = Box::new(move |cx, _, input| {
            let input = I::take(&mut Values::new(input.values), &mut input.lines.into_iter())?;
            answered(&f(input, cx)?)
        });
        self.push(E::NAME, name, Scope::Set, I::describe(), run);
        self
    }

    /// The command named last cannot be undone.
    #[must_use]
    pub fn is_final(mut self) -> Self {
        if let Some(command) = self.commands.last_mut() {
            command.is_final = true;
        }
        self
    }

    /// A reading about one record of `E`.
    #[must_use]
    pub fn query<E: Entity, I: Input + 'static>(
        mut self,
        name: &'static str,
        f: fn(i64, I, &mut Reader) -> Result<Json>,
    ) -> Self {
        let ask: Ask = Box::new(move |reader, id, input| {
            f(
                id.unwrap_or_default(),
                I::take(&mut Values::new(input.values), &mut input.lines.into_iter())?,
                reader,
            )
        });
        self.queries.push(Query { entity: E::NAME, name, scope: Scope::Record, input: I::describe(), ask });
        self
    }

    /// A reading about all of `E`.
    #[must_use]
    pub fn set_query<E: Entity, I: Input + 'static>(
        mut self,
        name: &'static str,
        f: fn(I, &mut Reader) -> Result<Json>,
    ) -> Self {
        let ask: Ask = Box::new(move |reader, _, input| {
            f(I::take(&mut Values::new(input.values), &mut input.lines.into_iter())?, reader)
        });
        self.queries.push(Query { entity: E::NAME, name, scope: Scope::Set, input: I::describe(), ask });
        self
    }

    /// Something that must always be true, with a finder of every breach.
    #[must_use]
    pub fn check(mut self, name: &'static str, find: fn(&mut store::Tx) -> Result<Vec<Breach>>) -> Self {
        self.checks.push(Check { name, find: Box::new(find) });
        self
    }

    /// As [`Self::check`], where one statement finds the breaches: its columns are id and what is wrong.
    #[must_use]
    pub fn check_sql(mut self, name: &'static str, entity: &'static str, sql: &'static str) -> Self {
        let find: Find = Box::new(move |tx| {
            let rows = tx.query(sql, &[])?;
            Ok(rows
                .iter()
                .map(|r| Breach { entity: entity.into(), id: r.int(0), what: r.text(1).into() })
                .collect())
        });
        self.checks.push(Check { name, find });
        self
    }

    /// What this module's commands say happened.
    #[must_use]
    pub fn events(mut self, names: &[&'static str]) -> Self {
        self.events.extend(names);
        self
    }

    /// A place in the navigation.
    #[must_use]
    pub fn area(mut self, name: &'static str, entities: &[&'static str]) -> Self {
        self.areas.push(Area { name, entities: entities.to_vec() });
        self
    }

    /// A table that is no entity: `columns` are names, with `:text` where they hold text and `?` where they may be
    /// empty; `indexes` name their columns and say whether they are unique.
    #[must_use]
    pub fn table(mut self, name: &str, columns: &str, indexes: &[(&str, bool)]) -> Self {
        self.tables.push(crate::tables::table(name, columns, indexes));
        self
    }

    fn push(&mut self, entity: &'static str, name: &'static str, scope: Scope, input: InputFacts, run: Run) {
        self.commands.push(Command { entity, name, scope, input, is_final: false, run, run_many: None });
    }

    #[expect(clippy::expect_used, reason = "a mistake in a module's list, seen at the first start")]
    fn last(&mut self) -> &mut Description {
        self.descriptions.last_mut().expect("name the entity first")
    }
}

/// Lines keep what typed code does not know of: their custom fields, which stand last.
fn keep_custom(given: &[Vec<Record>], lines: &mut [Vec<Record>]) {
    for (before, after) in given.iter().zip(lines) {
        let known: HashMap<i64, &Record> = before.iter().map(|l| (l.id, l)).collect();
        for line in after {
            let rest = known.get(&line.id).and_then(|l| l.values.get(line.values.len()..));
            line.values.extend_from_slice(rest.unwrap_or_default());
        }
    }
}

fn answered<R: Serialize>(result: &R) -> Result<Json> {
    serde_json::to_value(result).map_err(|e| Error::corrupt(&e.to_string()))
}

impl Command {
    /// Runs the body only; see [`crate::run`] for what stands around it.
    pub(crate) fn body(&self, cx: &mut Context, id: Option<i64>, input: InputValues) -> Result<Json> {
        (self.run)(cx, id, input)
    }

    /// As [`Self::body`] on many records at once, where the command can.
    pub(crate) fn bodies(
        &self,
        cx: &mut Context,
        ids: &[i64],
        input: InputValues,
    ) -> Option<Result<Vec<Json>>> {
        self.run_many.as_ref().map(|run| run(cx, ids, input))
    }
}

impl Query {
    /// # Errors
    /// What the reading refuses.
    pub fn ask(&self, reader: &mut Reader, id: Option<i64>, input: InputValues) -> Result<Json> {
        (self.ask)(reader, id, input)
    }
}
