//! Modules put together: which entities, commands, readings and checks there are.

use crate::context::Context;
use crate::custom;
use crate::describe::{Description, Field, Kind};
use crate::entity::{Entity, Input, InputFacts, InputValues, Record, Values};
use crate::life::Life;
use crate::read::Reader;
use crate::refusal::{Error, Result};
use crate::text::{LANGUAGES, Texts};
use serde::Serialize;
use serde_json::Value as Json;
use std::any::{Any, TypeId};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, RwLock};

/// Brings a record up to its invariants before it is written: totals, defaults, checks.
type Prepare = Box<dyn Fn(Record, Option<&Record>, &mut Context) -> Result<Record> + Send + Sync>;
type Run = Box<dyn Fn(&mut Context, Option<i64>, InputValues) -> Result<Json> + Send + Sync>;
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
    descriptions: Vec<Description>,
    prepare: Vec<(&'static str, Prepare)>,
    typed: HashMap<TypeId, Box<dyn Any + Send + Sync>>,
    commands: Vec<Command>,
    queries: Vec<Query>,
    checks: Vec<Check>,
    events: Vec<&'static str>,
    areas: Vec<Area>,
    tables: Vec<store::Table>,
    texts: Vec<(&'static str, &'static str)>,
}

type Prepared<E> = fn(&mut E, Option<&E>, &mut Context) -> Result<()>;

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
            cx.save_in_state(held, to)?;
            answered(&result)
        });
        self.push(E::NAME, name, Scope::Record, I::describe(), run);
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
        self.commands.push(Command { entity, name, scope, input, is_final: false, run });
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

/// What follows an event: the process engine, put in by the binary.
pub type Follow = fn(&mut Context) -> Result<()>;

/// All modules together.
pub struct Registry {
    entities: RwLock<Arc<Entities>>,
    commands: BTreeMap<(&'static str, &'static str), Command>,
    queries: BTreeMap<(&'static str, &'static str), Query>,
    prepare: HashMap<&'static str, Prepare>,
    typed: HashMap<TypeId, Box<dyn Any + Send + Sync>>,
    pub checks: Vec<Check>,
    pub events: Vec<&'static str>,
    pub areas: Vec<Area>,
    tables: Vec<store::Table>,
    pub texts: Texts,
    pub follow: Option<Follow>,
    pub memory: Memory,
}

/// What modules remember between commands, by its type. Never the truth, which is in the database: it may be gone at
/// any time, and another node does not see it.
#[derive(Default)]
pub struct Memory(RwLock<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl Memory {
    #[must_use]
    pub fn get<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        let kept = self.0.read().ok()?.get(&TypeId::of::<T>()).cloned()?;
        kept.downcast().ok()
    }

    pub fn keep<T: Send + Sync + 'static>(&self, what: Arc<T>) {
        if let Ok(mut kept) = self.0.write() {
            kept.insert(TypeId::of::<T>(), what);
        }
    }

    pub fn forget<T: Send + Sync + 'static>(&self) {
        if let Ok(mut kept) = self.0.write() {
            kept.remove(&TypeId::of::<T>());
        }
    }
}

/// Descriptions by name and by set, custom fields included.
#[derive(Default)]
pub struct Entities {
    pub by_name: BTreeMap<String, Arc<Description>>,
    pub by_set: HashMap<String, Arc<Description>>,
}

impl Registry {
    /// # Errors
    /// When a catalogue of texts cannot be read.
    pub fn new(modules: Vec<Module>, follow: Option<Follow>) -> Result<Self> {
        let mut registry = Self {
            entities: RwLock::default(),
            commands: BTreeMap::new(),
            queries: BTreeMap::new(),
            prepare: HashMap::new(),
            typed: HashMap::new(),
            checks: Vec::new(),
            events: Vec::new(),
            areas: Vec::new(),
            tables: crate::tables::own(),
            texts: Texts::default(),
            follow,
            memory: Memory::default(),
        };
        let mut descriptions = Vec::new();
        for module in std::iter::once(crate::module()).chain(modules) {
            for (language, catalogue) in module.texts {
                registry
                    .texts
                    .add(language, module.name, catalogue)
                    .map_err(|e| Error::corrupt(&format!("{}: {language}: {e}", module.name)))?;
            }
            descriptions.extend(module.descriptions);
            registry.commands.extend(module.commands.into_iter().map(|c| ((c.entity, c.name), c)));
            registry.queries.extend(module.queries.into_iter().map(|q| ((q.entity, q.name), q)));
            registry.prepare.extend(module.prepare);
            registry.typed.extend(module.typed);
            registry.checks.extend(module.checks);
            registry.events.extend(module.events);
            registry.tables.extend(module.tables);
            for area in module.areas {
                match registry.areas.iter_mut().find(|a| a.name == area.name) {
                    Some(known) => known.entities.extend(area.entities),
                    None => registry.areas.push(area),
                }
            }
        }
        registry.install(descriptions);
        Ok(registry)
    }

    fn install(&self, descriptions: Vec<Description>) {
        let mut entities = Entities::default();
        for description in descriptions {
            let description = Arc::new(description);
            entities.by_set.insert(description.set.clone(), Arc::clone(&description));
            entities.by_name.insert(description.name.into(), description);
        }
        if let Ok(mut now) = self.entities.write() {
            *now = Arc::new(entities);
        }
    }

    /// The descriptions as they are now.
    #[must_use]
    pub fn entities(&self) -> Arc<Entities> {
        self.entities.read().map(|e| Arc::clone(&e)).unwrap_or_default()
    }

    /// Reads which fields administrators have added.
    ///
    /// # Errors
    /// The database's.
    pub fn refresh(&self, tx: &mut store::Tx) -> Result<()> {
        let custom = custom::read(tx)?;
        let mut descriptions: Vec<Description> =
            self.entities().by_name.values().map(|d| d.as_ref().clone()).collect();
        for description in &mut descriptions {
            description.fields.retain(|f| !f.custom);
            // Custom fields come last among the stored ones: the typed struct takes its own and leaves the rest.
            description
                .fields
                .extend(custom.iter().filter(|(e, _)| e == description.name).map(|(_, f)| f.clone()));
        }
        self.install(descriptions);
        Ok(())
    }

    /// # Errors
    /// When there is no such entity.
    pub fn entity(&self, name: &str) -> Result<Arc<Description>> {
        let found = self.entities().by_name.get(name).cloned();
        found.ok_or_else(|| crate::refuse("kernel.no_such_entity").arg("name", name).into())
    }

    /// The entity of an entity set, as written in an address.
    ///
    /// # Errors
    /// When there is none.
    pub fn set(&self, set: &str) -> Result<Arc<Description>> {
        let found = self.entities().by_set.get(set).cloned();
        found.ok_or_else(|| crate::refuse("kernel.no_such_entity").arg("name", set).into())
    }

    #[must_use]
    pub fn command(&self, entity: &str, name: &str) -> Option<&Command> {
        self.commands.values().find(|c| c.entity == entity && c.name == name)
    }

    pub fn commands_of<'a, 'e: 'a>(
        &'a self,
        entity: &'e str,
    ) -> impl Iterator<Item = &'a Command> + use<'a, 'e> {
        self.commands.values().filter(move |c| c.entity == entity)
    }

    #[must_use]
    pub fn query(&self, entity: &str, name: &str) -> Option<&Query> {
        self.queries.values().find(|q| q.entity == entity && q.name == name)
    }

    pub fn queries_of<'a, 'e: 'a>(
        &'a self,
        entity: &'e str,
    ) -> impl Iterator<Item = &'a Query> + use<'a, 'e> {
        self.queries.values().filter(move |q| q.entity == entity)
    }

    pub(crate) fn prepare_record(&self, entity: &str) -> Option<&Prepare> {
        self.prepare.get(entity)
    }

    pub(crate) fn prepare_typed<E: Entity>(&self) -> Option<Prepared<E>> {
        self.typed.get(&TypeId::of::<E>()).and_then(|f| f.downcast_ref::<Prepared<E>>()).copied()
    }

    /// All tables as they should be, the kernel's own among them.
    #[must_use]
    pub fn schema(&self) -> store::Schema {
        let mut schema = store::Schema::default();
        for table in &self.tables {
            schema.add(table.clone());
        }
        for description in self.entities().by_name.values() {
            schema.add(description.table());
        }
        schema
    }

    /// Every breach of everything that must always be true, by the name of the check.
    ///
    /// # Errors
    /// The database's.
    pub fn breaches(&self, tx: &mut store::Tx) -> Result<Vec<(&'static str, Vec<Breach>)>> {
        self.checks.iter().map(|c| Ok((c.name, (c.find)(tx)?))).collect()
    }
}

impl Command {
    /// Runs the body only; see [`crate::run`] for what stands around it.
    pub(crate) fn body(&self, cx: &mut Context, id: Option<i64>, input: InputValues) -> Result<Json> {
        (self.run)(cx, id, input)
    }
}

impl Query {
    /// # Errors
    /// What the reading refuses.
    pub fn ask(&self, reader: &mut Reader, id: Option<i64>, input: InputValues) -> Result<Json> {
        (self.ask)(reader, id, input)
    }
}
