//! All modules together: what there is, by name.

use crate::context::Context;
use crate::custom;
use crate::describe::Description;
use crate::entity::Entity;
use crate::module::{Area, Breach, Check, Command, Module, Prepare, Prepared, Query};
use crate::refusal::{Error, Result};
use crate::text::Texts;
use std::any::{Any, TypeId};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, RwLock};

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
