//! The published diagrams in memory, and which events they wait for: an event that nobody awaits costs nothing.

use crate::bpmn;
use crate::diagram::granted;
use crate::program::Program;
use jiff::Timestamp;
use kernel::{Context, Error, Result, Rights};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// How long another node may go on by what it remembers.
const FRESH_MICROS: i64 = 1_000_000;

/// A diagram that cases run on.
#[derive(Debug)]
pub(crate) struct Published {
    pub id: i64,
    pub code: String,
    pub name: String,
    /// New cases begin on it.
    pub in_force: bool,
    pub rights: Arc<Rights>,
    pub program: Arc<Program>,
}

#[derive(Debug, Default)]
pub(crate) struct Index {
    loaded: Timestamp,
    diagrams: HashMap<i64, Arc<Published>>,
    awaited: HashSet<String>,
    /// Entities that cases are about.
    attached: HashSet<String>,
}

/// Programs by the digest of their XML: editions never change, so they are read once in the life of the process.
#[derive(Default)]
struct Programs(HashMap<[u8; 32], Arc<Program>>);

impl Index {
    /// The diagrams as they are now. In the transaction that publishes one, they are read and not remembered: it may
    /// yet be rolled back.
    pub fn of(cx: &mut Context, publishing: bool) -> Result<Arc<Self>> {
        let now = cx.now();
        let fresh = |i: &Arc<Self>| (now.as_microsecond() - i.loaded.as_microsecond()).abs() < FRESH_MICROS;
        if !publishing && let Some(index) = cx.registry.memory.get::<Self>().filter(fresh) {
            return Ok(index);
        }
        let index = Arc::new(Self::load(cx)?);
        if publishing {
            cx.registry.memory.forget::<Self>();
        } else {
            cx.registry.memory.keep(Arc::clone(&index));
        }
        Ok(index)
    }

    fn load(cx: &mut Context) -> Result<Self> {
        let rows = cx.tx.query(
            "SELECT d.id, d.state FROM diagram d WHERE d.state = 'published' OR (d.state = 'retired' AND EXISTS
             (SELECT 1 FROM case_ c WHERE c.diagram_id = d.id AND c.state IN ('running', 'stopped')))",
            &[],
        )?;
        let known = cx.registry.memory.get::<Self>();
        let mut index = Self { loaded: cx.now(), ..Self::default() };
        for row in rows {
            let in_force = row.text(1) == "published";
            let published =
                known.as_ref().and_then(|k| k.diagrams.get(&row.int(0))).filter(|p| p.in_force == in_force);
            index.add(match published {
                Some(published) => Arc::clone(published),
                None => Arc::new(read(row.int(0), cx)?),
            });
        }
        Ok(index)
    }

    fn add(&mut self, published: Arc<Published>) {
        let model = &published.program.model;
        self.awaited.extend(model.catches().map(ToOwned::to_owned));
        self.awaited.extend(model.starts().map(|(_, event)| event.to_owned()));
        self.attached.extend(model.attach.clone());
        self.diagrams.insert(published.id, published);
    }

    pub fn awaits(&self, event: &str) -> bool {
        self.awaited.contains(event)
    }

    pub fn attaches(&self, entity: &str) -> bool {
        self.attached.contains(entity)
    }

    pub fn diagram(&self, id: i64) -> Option<&Arc<Published>> {
        self.diagrams.get(&id)
    }

    /// Diagrams in force that an event about a record of `entity` opens a case on, with the element it begins at.
    pub fn starts<'a>(
        &'a self,
        event: &'a str,
        entity: &'a str,
    ) -> impl Iterator<Item = (&'a Arc<Published>, usize)> {
        let fitting =
            move |p: &&Arc<Published>| p.in_force && p.program.model.attach.as_deref() == Some(entity);
        self.diagrams.values().filter(fitting).filter_map(move |p| {
            let start = p.program.model.starts().find(|(_, e)| *e == event)?;
            Some((p, start.0))
        })
    }
}

/// A diagram with its program.
pub(crate) fn read(id: i64, cx: &mut Context) -> Result<Published> {
    let row = cx.tx.first("SELECT code, name, state, grants, xml FROM diagram WHERE id = ?", &[id.into()])?;
    let row = row.ok_or_else(|| Error::corrupt("a case runs on a diagram that is gone"))?;
    Ok(Published {
        id,
        code: row.text(0).into(),
        name: row.text(1).into(),
        in_force: row.text(2) == "published",
        rights: Arc::new(granted(row.text(3))),
        program: program(row.text(4), cx)?,
    })
}

/// What was published reads; what no longer fits the modules (a field is gone) stops its cases when they get there.
fn program(xml: &str, cx: &Context) -> Result<Arc<Program>> {
    let digest: [u8; 32] = Sha256::digest(xml.as_bytes()).into();
    let known = cx.registry.memory.get::<Programs>();
    if let Some(program) = known.as_ref().and_then(|k| k.0.get(&digest)) {
        return Ok(Arc::clone(program));
    }
    let (model, _) = bpmn::read(xml)?;
    let program = Arc::new(Program::new(model, cx.registry).0);
    let mut programs = known.map(|k| k.0.clone()).unwrap_or_default();
    programs.insert(digest, Arc::clone(&program));
    cx.registry.memory.keep(Arc::new(Programs(programs)));
    Ok(program)
}
