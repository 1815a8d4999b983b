//! What a command has read. A record is read once in a command, however many parts of it ask; what the command then
//! writes is forgotten at once, and what a savepoint that rolled back had read or written with it.

use crate::context::Context;
use crate::describe::Description;
use crate::entity::{Entity, Record, Ref, from_record};
use crate::refusal::{Result, refuse};
use crate::rows;
use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::Arc;
use store::{Dialect, Value};

/// More is no longer one command but a long run, which would only fill the memory.
const MOST: usize = 10_000;

/// A record, and which of its lines have been read.
struct Known {
    record: Record,
    lines: Vec<bool>,
    /// Nobody else can change it until the commit.
    locked: bool,
}

#[derive(Default)]
pub(crate) struct Cache {
    records: HashMap<&'static str, HashMap<i64, Known>>,
    memos: HashMap<&'static str, HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
    count: usize,
}

impl Cache {
    pub fn keep(&mut self, description: &Description, record: &Record, locked: bool) {
        let lines = vec![true; description.lines.len()];
        self.insert(description.name, Known { record: record.clone(), lines, locked });
    }

    fn insert(&mut self, name: &'static str, known: Known) {
        if self.count >= MOST {
            self.records.clear();
            self.count = 0;
        }
        self.count += 1;
        self.records.entry(name).or_default().insert(known.record.id, known);
    }

    fn get(&self, name: &str, id: i64) -> Option<&Known> {
        self.records.get(name)?.get(&id)
    }

    /// The whole record, where nobody can have changed it since it was read: the only writer of SQLite is this
    /// command; on PostgreSQL it must be locked.
    pub fn held(&self, name: &str, id: i64, dialect: Dialect) -> Option<&Record> {
        let known = self.get(name, id)?;
        let sure = known.locked || dialect == Dialect::Sqlite;
        (sure && known.lines.iter().all(|l| *l)).then_some(&known.record)
    }

    /// Whether the record was seen in this command.
    pub fn has(&self, name: &str, id: i64) -> bool {
        self.get(name, id).is_some()
    }

    /// A record was written: it, its lines, or the document it is a line of, and what was derived from them.
    pub fn forget(&mut self, description: &Description, id: i64) {
        if let Some(known) = self.records.get_mut(description.name) {
            known.remove(&id);
        }
        self.memos.remove(description.name);
        let lines = description.lines.iter().map(|l| l.entity.as_str());
        for other in lines.chain(description.parent) {
            self.records.remove(other);
            self.memos.remove(other);
        }
    }
}

impl Context<'_> {
    /// The record with all its lines, as it is, without lock.
    ///
    /// # Errors
    /// When there is none.
    pub fn read<E: Entity>(&mut self, reference: Ref<E>) -> Result<E> {
        let description = self.registry.entity(E::NAME)?;
        let all: Vec<usize> = (0..description.lines.len()).collect();
        self.part(&description, reference.id(), &all, false)
    }

    /// As [`Self::read`], without any lines: for who asks for fields of the record itself.
    ///
    /// # Errors
    /// When there is none.
    pub fn head<E: Entity>(&mut self, reference: Ref<E>) -> Result<E> {
        let description = self.registry.entity(E::NAME)?;
        self.part(&description, reference.id(), &[], false)
    }

    /// As [`Self::head`], locked until the commit.
    ///
    /// # Errors
    /// When there is none.
    pub fn locked_head<E: Entity>(&mut self, reference: Ref<E>) -> Result<E> {
        let description = self.registry.entity(E::NAME)?;
        self.part(&description, reference.id(), &[], true)
    }

    /// As [`Self::read`], with these lines only.
    ///
    /// # Errors
    /// When there is none.
    pub fn read_with<E: Entity>(&mut self, reference: Ref<E>, lines: &[&str]) -> Result<E> {
        let description = self.registry.entity(E::NAME)?;
        let named = description.lines.iter().enumerate().filter(|(_, l)| lines.contains(&l.name.as_str()));
        let wanted: Vec<usize> = named.map(|(i, _)| i).collect();
        self.part(&description, reference.id(), &wanted, false)
    }

    /// Records by their ids, all in one reading, those aside that were read before.
    ///
    /// # Errors
    /// The database's.
    pub fn read_all<E: Entity>(&mut self, ids: &[i64]) -> Result<Vec<E>> {
        let description = self.registry.entity(E::NAME)?;
        let all: Vec<&str> = description.lines.iter().map(|l| l.name.as_str()).collect();
        self.read_all_with(ids, &all)
    }

    /// As [`Self::read_all`], with these lines only.
    ///
    /// # Errors
    /// The database's.
    pub fn read_all_with<E: Entity>(&mut self, ids: &[i64], lines: &[&str]) -> Result<Vec<E>> {
        let description = self.registry.entity(E::NAME)?;
        let wanted: Vec<bool> = description.lines.iter().map(|l| lines.contains(&l.name.as_str())).collect();
        let whole = |k: &Known| k.lines.iter().zip(&wanted).all(|(known, wanted)| *known || !wanted);
        let missing: Vec<i64> =
            ids.iter().copied().filter(|id| !self.cache.get(E::NAME, *id).is_some_and(whole)).collect();
        let mut fresh: HashMap<i64, Record> = HashMap::new();
        for chunk in missing.chunks(500) {
            let params: Vec<Value> = chunk.iter().map(|id| Value::Int(*id)).collect();
            let condition = format!("id {}", rows::among(chunk.len()));
            let which = (condition.as_str(), params.as_slice());
            for record in rows::load_with(self.tx, self.registry, &description, which, &wanted, false)? {
                let known = Known { record: record.clone(), lines: wanted.clone(), locked: false };
                self.cache.insert(description.name, known);
                fresh.insert(record.id, record);
            }
        }
        let mut out = Vec::with_capacity(ids.len());
        for id in ids {
            let record = fresh.remove(id).or_else(|| self.cache.get(E::NAME, *id).map(|k| k.record.clone()));
            out.extend(record.map(from_record).transpose()?);
        }
        Ok(out)
    }

    /// Reads and locks records that are about to be held one after the other, in the order of their ids.
    pub(crate) fn hold_ready(&mut self, entity: &str, ids: &[i64]) -> Result<()> {
        let description = self.registry.entity(entity)?;
        for chunk in ids.chunks(500) {
            let params: Vec<Value> = chunk.iter().map(|id| Value::Int(*id)).collect();
            let condition = format!("id {}", rows::among(chunk.len()));
            for record in rows::load(self.tx, self.registry, &description, &condition, &params, true)? {
                self.cache.keep(&description, &record, true);
            }
        }
        Ok(())
    }

    /// The record with the wanted lines; reads what is not known yet and no more.
    fn part<E: Entity>(
        &mut self,
        description: &Description,
        id: i64,
        lines: &[usize],
        lock: bool,
    ) -> Result<E> {
        let (name, dialect) = (description.name, self.tx.dialect());
        let usable = |k: &Known| !lock || k.locked || dialect == Dialect::Sqlite;
        if !self.cache.get(name, id).is_some_and(usable) {
            let record =
                rows::head(self.tx, description, id, lock)?.ok_or_else(|| missing(description, id))?;
            let lines = vec![false; description.lines.len()];
            self.cache.insert(name, Known { record, lines, locked: lock });
        }
        for at in lines {
            let known = self.cache.get(name, id).is_some_and(|k| k.lines.get(*at) == Some(&true));
            let Some(own) = description.lines.get(*at).filter(|_| !known) else { continue };
            let line = self.registry.entity(&own.entity)?;
            let read = rows::lines(self.tx, &line, &[id])?;
            if let Some(known) = self.cache.records.get_mut(name).and_then(|r| r.get_mut(&id))
                && let (Some(place), Some(seen)) = (known.record.lines.get_mut(*at), known.lines.get_mut(*at))
            {
                (*place, *seen) = (read, true);
            }
        }
        let record = self.cache.get(name, id).map(|k| k.record.clone());
        from_record(record.ok_or_else(|| missing(description, id))?)
    }

    /// What a command derives from records of `E` and needs more than once; read anew when one of them is written.
    ///
    /// # Errors
    /// What `read` returned.
    pub fn memo<E: Entity, T: Send + Sync + 'static>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<Arc<T>> {
        let known = self.cache.memos.get(E::NAME).and_then(|m| m.get(&TypeId::of::<T>())).cloned();
        if let Some(known) = known.and_then(|k| k.downcast::<T>().ok()) {
            return Ok(known);
        }
        let fresh = Arc::new(read(self)?);
        let kept: Arc<dyn Any + Send + Sync> = Arc::clone(&fresh) as _;
        self.cache.memos.entry(E::NAME).or_default().insert(TypeId::of::<T>(), kept);
        Ok(fresh)
    }
}

fn missing(description: &Description, id: i64) -> crate::Error {
    refuse("kernel.not_found").arg("entity", description.name).arg("id", id).into()
}
