//! What follows an event: the cases that wait for it move, in its transaction, before it commits.

use crate::case::{Case, CaseState, StepState};
use crate::engine::Engine;
use crate::index::{self, Index, Published};
use crate::model::{Kind, Model};
use crate::timer;
use kernel::{Context, Event, Held, Origin, Result, Value};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

/// Advances every case that the events of this transaction concern. The kernel calls it when the command is done.
///
/// # Errors
/// The database's; a step that refuses stops its case and nothing else.
pub fn follow(cx: &mut Context) -> Result<()> {
    if cx.event_count() == 0 {
        return Ok(());
    }
    let mut seen = 0;
    let publishing =
        cx.events_from(0).iter().any(|e| ["process.Published", "process.Retired"].contains(&e.name));
    let index = Index::of(cx, publishing)?;
    let mut cases = Cases::default();
    let mut engine = Engine::default();
    loop {
        cases.open.values_mut().for_each(|open| open.taken.clear());
        let first = seen;
        let events = cx.events_from(first);
        if events.is_empty() {
            break;
        }
        seen += events.len();
        let wanted: Vec<(usize, Event)> = events
            .into_iter()
            .enumerate()
            .filter(|(_, e)| index.awaits(e.name) || asks(e))
            .map(|(i, e)| (first + i, e))
            .collect();
        cases.load(&index, &wanted, cx)?;
        cases.look(&mut engine, &index, &wanted, cx)?;
        for (place, event) in wanted {
            engine.event = Some(event.clone());
            cases.moved(&mut engine, &index, place, &event, cx)?;
            cases.begun(&mut engine, &index, &event, cx)?;
        }
    }
    cases.save(cx)?;
    engine.flush(cx)
}

/// An event of our own, by which a person or a timer asks something of a case.
fn asks(event: &Event) -> bool {
    event.of.entity == "Case" && event.name.starts_with("process.")
}

/// The records that an event concerns.
fn concerned(event: &Event) -> impl Iterator<Item = &Origin> {
    std::iter::once(&event.of).chain(&event.about)
}

enum Kept {
    New(Case),
    Held(Held<Case>),
}

impl Kept {
    fn case(&mut self) -> &mut Case {
        match self {
            Self::New(case) => case,
            Self::Held(held) => held,
        }
    }
}

struct Open {
    kept: Kept,
    published: Arc<Published>,
    /// From where and through which event it has gone in the present batch.
    taken: Vec<(usize, usize)>,
}

/// The open cases about the records that this transaction's events concern, locked in the order of their ids.
#[derive(Default)]
struct Cases {
    open: BTreeMap<i64, Open>,
    looked: HashSet<i64>,
}

impl Cases {
    /// One statement for all records together.
    fn load(&mut self, index: &Index, events: &[(usize, Event)], cx: &mut Context) -> Result<()> {
        let mut about: Vec<Value> = Vec::new();
        let mut own: Vec<Value> = Vec::new();
        for (_, event) in events {
            if asks(event) && self.looked.insert(event.of.id) {
                own.push(event.of.id.into());
            }
            for origin in concerned(event).filter(|o| index.awaits(event.name) && index.attaches(&o.entity)) {
                if self.looked.insert(origin.id) {
                    about.push(origin.id.into());
                }
            }
        }
        let mut found = Vec::new();
        for chunk in about.chunks(500) {
            let condition =
                format!("about_id {} AND state IN ('running', 'stopped')", kernel::rows::among(chunk.len()));
            found.extend(cx.hold_all::<Case>(&condition, chunk)?);
        }
        for chunk in own.chunks(500) {
            found.extend(cx.hold_all::<Case>(&format!("id {}", kernel::rows::among(chunk.len())), chunk)?);
        }
        for held in found {
            if self.open.contains_key(&held.id) {
                continue;
            }
            let published = match index.diagram(held.diagram.id()) {
                Some(published) => Arc::clone(published),
                None => Arc::new(index::read(held.diagram.id(), cx)?),
            };
            self.open.insert(held.id, Open { kept: Kept::Held(held), published, taken: Vec::new() });
        }
        Ok(())
    }

    /// Reads beforehand what conditions will look at, where many cases move at once.
    fn look(
        &mut self,
        engine: &mut Engine,
        index: &Index,
        events: &[(usize, Event)],
        cx: &mut Context,
    ) -> Result<()> {
        if events.len() < 2 {
            return Ok(());
        }
        let concerned: Vec<(&'static str, &Origin)> =
            events.iter().flat_map(|(_, e)| concerned(e).map(|o| (e.name, o))).collect();
        let ids: HashSet<i64> = concerned.iter().map(|(_, o)| o.id).collect();
        let mut wanted: BTreeMap<i64, (Arc<Published>, BTreeSet<i64>)> = BTreeMap::new();
        let mut want = |published: &Arc<Published>, id: i64| {
            wanted
                .entry(published.id)
                .or_insert_with(|| (Arc::clone(published), BTreeSet::new()))
                .1
                .insert(id);
        };
        for open in self.open.values_mut() {
            let about = open.kept.case().about.id;
            if ids.contains(&about) {
                want(&open.published, about);
            }
        }
        for (event, origin) in concerned {
            index.starts(event, &origin.entity).for_each(|(published, _)| want(published, origin.id));
        }
        for (published, ids) in wanted.into_values().filter(|(_, ids)| ids.len() > 1) {
            engine.look_at_all(&published, ids.into_iter().collect(), cx)?;
        }
        Ok(())
    }

    /// Moves the cases that wait for the event.
    fn moved(
        &mut self,
        engine: &mut Engine,
        index: &Index,
        place: usize,
        event: &Event,
        cx: &mut Context,
    ) -> Result<()> {
        for open in self.open.values_mut() {
            let case = open.kept.case();
            let published = &open.published;
            if !case.is_open() || engine.is_own(place, case.id) {
                continue;
            }
            if asks(event) && event.of.id == case.id {
                if let Some(wish) = case.wish.take() {
                    grant(engine, case, published, &wish, cx)?;
                }
            } else if index.awaits(event.name) && concerned(event).any(|o| *o == case.about) {
                deliver(engine, case, published, event, &mut open.taken, cx)?;
            }
        }
        Ok(())
    }

    /// Opens cases for records that no case of that diagram runs for.
    fn begun(&mut self, engine: &mut Engine, index: &Index, event: &Event, cx: &mut Context) -> Result<()> {
        for origin in concerned(event) {
            for (published, start) in index.starts(event.name, &origin.entity) {
                let same = |o: &mut Open| {
                    let code = o.published.code == published.code;
                    let case = o.kept.case();
                    code && case.about == *origin && case.is_open()
                };
                if self.open.values_mut().any(same) {
                    continue;
                }
                let mut case = Case::at(published, origin.clone(), start, cx)?;
                engine.run(&mut case, published, start, cx)?;
                self.open.insert(
                    case.id,
                    Open { kept: Kept::New(case), published: Arc::clone(published), taken: Vec::new() },
                );
            }
        }
        Ok(())
    }

    /// Each case that moved is written once.
    fn save(self, cx: &mut Context) -> Result<()> {
        let mut new = Vec::new();
        for open in self.open.into_values() {
            match open.kept {
                Kept::New(case) => new.push(case),
                Kept::Held(held) => cx.save(held)?,
            }
        }
        cx.insert_all(&mut new)
    }
}

fn here(model: &Model, case: &Case) -> Option<usize> {
    case.step.as_deref().and_then(|s| model.at(s))
}

/// An event that a case may wait for. One that stopped takes it for a sign that things may have changed, and tries anew.
fn deliver(
    engine: &mut Engine,
    case: &mut Case,
    published: &Published,
    event: &Event,
    taken: &mut Vec<(usize, usize)>,
    cx: &mut Context,
) -> Result<()> {
    let model = &published.program.model;
    let Some(at) = here(model, case) else { return Ok(()) };
    let Some(element) = model.elements.get(at) else { return Ok(()) };
    let waits =
        |i: &usize| model.elements.get(*i).is_some_and(|e| e.messages().iter().any(|m| m == event.name));
    let through = match &element.kind {
        _ if case.state == CaseState::Stopped => Some(at),
        Kind::User(_) => std::iter::once(at).chain(element.boundaries.iter().copied()).find(waits),
        Kind::EventGateway => model.next(element).find(waits),
        Kind::Catch(_) => Some(at).filter(waits),
        _ => None,
    };
    // What one command says in several events happened at once: a case that has gone this way for the first of them
    // and is back has seen it all.
    let Some(through) = through.filter(|through| !taken.contains(&(at, *through))) else { return Ok(()) };
    taken.push((at, through));
    if case.state == CaseState::Stopped {
        engine.run(case, published, at, cx)
    } else {
        engine.leave(case, published, through, StepState::Done, cx)
    }
}

/// What a person or a job asks of a case.
fn grant(
    engine: &mut Engine,
    case: &mut Case,
    published: &Published,
    wish: &str,
    cx: &mut Context,
) -> Result<()> {
    let model = &published.program.model;
    let Some(at) = here(model, case) else { return Ok(()) };
    match (wish, timer::named(model, wish)) {
        (_, Some((true, at))) => engine.serve(case, published, at, cx),
        (_, Some((false, through))) => engine.leave(case, published, through, StepState::Done, cx),
        ("skip", _) => pass(engine, case, published, at, StepState::Skipped, cx),
        ("done", _) => pass(engine, case, published, at, StepState::Done, cx),
        // `retry` and `start`
        _ => engine.run(case, published, at, cx),
    }
}

/// Goes on behind the element, as if it had come true. Where several ways lead on, the first one is taken that a
/// message opens; a timer is not what somebody does by hand.
fn pass(
    engine: &mut Engine,
    case: &mut Case,
    published: &Published,
    at: usize,
    state: StepState,
    cx: &mut Context,
) -> Result<()> {
    let model = &published.program.model;
    let Some(element) = model.elements.get(at) else { return Ok(()) };
    let through = match element.kind {
        Kind::EventGateway => {
            let targets: Vec<usize> = model.next(element).collect();
            let message = |i: &&usize| model.elements.get(**i).is_some_and(|e| !e.messages().is_empty());
            targets.iter().find(message).or(targets.first()).copied().unwrap_or(at)
        }
        _ => at,
    };
    engine.leave(case, published, through, state, cx)
}
