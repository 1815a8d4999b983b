//! One record on its way through a diagram: where it stands, and what a person may do when it stands still.

mod show;

pub(crate) use show::{explain, of, show};

use crate::Diagram;
use crate::index;
use crate::model::Kind;
use crate::task::{Task, TaskState};
use access::{Company, User};
use jiff::Timestamp;
use kernel::{Breach, Choice, Context, Entity, Input, Origin, Ref, Result, refuse};
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// A run of a diagram about one record. Who may see the record sees its cases.
#[derive(Clone, Debug, Entity)]
#[entity(
    about = "about",
    title = "name",
    list = "name,about_entity,about_id,state,step_name,started_at",
    index = "about_id;diagram_id,state;state,started_at"
)]
pub struct Case {
    pub id: i64,
    pub diagram: Ref<Diagram>,
    /// The diagram's name.
    pub name: String,
    pub about: Origin,
    pub company: Ref<Company>,
    pub state: CaseState,
    /// The element where the token is.
    pub step: Option<String>,
    pub step_name: Option<String>,
    pub since: Timestamp,
    /// Counts the times it came to rest, so that the timer of an earlier rest is known for stale.
    #[field(secret)]
    pub rests: i64,
    pub task: Option<Ref<Task>>,
    /// Why it stopped: the refusal's code and figures.
    pub error: Option<String>,
    #[field(secret, json)]
    pub error_args: Option<String>,
    #[field(secret, json)]
    pub variables: Option<String>,
    /// What a person or a timer asks of it; taken before the transaction ends.
    #[field(secret)]
    pub wish: Option<String>,
    pub started_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum CaseState {
    Running,
    Stopped,
    Ended,
    Cancelled,
}

/// What happened at one element: the history of a case, only ever added to.
#[derive(Clone, Debug, Entity)]
#[entity(line_of = "Case", title = "name", list = "name,kind,state,at,user_id")]
pub struct CaseStep {
    pub id: i64,
    pub element: String,
    pub name: String,
    /// What kind of element it is.
    pub kind: String,
    pub state: StepState,
    pub at: Timestamp,
    /// The person whose act woke it.
    pub user: Option<Ref<User>>,
    /// The event that woke it.
    pub event: Option<String>,
    /// The flow by which the token left.
    pub flow: Option<String>,
    pub error: Option<String>,
    /// Why it stopped, in words, in the language of whoever's act it was.
    #[field(long)]
    pub message: Option<String>,
    #[field(secret, json)]
    pub error_args: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum StepState {
    Waiting,
    Done,
    Stopped,
    Skipped,
}

#[derive(Debug, Input)]
pub struct At {
    /// The element where the case stands, as the person saw it; another one means that it has moved on.
    pub element: Option<String>,
}

#[derive(Debug, Input)]
pub struct Start {
    /// The diagram's code.
    pub code: String,
    pub about: Origin,
}

/// Notes what is asked of a case. It is done at the end of the transaction, where all cases are advanced.
pub(crate) fn ask(case: &mut Case, wish: &str, event: &'static str, cx: &mut Context) -> Result<()> {
    case.wish = Some(wish.to_owned());
    cx.emit(event, Origin::of(case), vec![case.about.clone()])
}

impl Case {
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.state, CaseState::Running | CaseState::Stopped)
    }

    fn stands_at(&self, at: &At) -> Result<()> {
        if !self.is_open() {
            return Err(refuse("process.case_over").field("state").into());
        }
        match &at.element {
            Some(element) if Some(element) != self.step.as_ref() => {
                Err(refuse("process.moved_on").field("element").into())
            }
            _ => Ok(()),
        }
    }

    /// Tries the step again that stopped it.
    pub(crate) fn retry(&mut self, (): (), cx: &mut Context) -> Result<()> {
        if self.state != CaseState::Stopped {
            return Err(refuse("process.not_stopped").field("state").into());
        }
        ask(self, "retry", "process.Retried", cx)
    }

    /// Goes on without the step.
    pub(crate) fn skip(&mut self, at: At, cx: &mut Context) -> Result<()> {
        self.stands_at(&at)?;
        ask(self, "skip", "process.Skipped", cx)
    }

    /// Goes on because somebody did it outside.
    pub(crate) fn done_by_hand(&mut self, at: At, cx: &mut Context) -> Result<()> {
        self.stands_at(&at)?;
        ask(self, "done", "process.DoneByHand", cx)
    }

    /// Ends the case where it stands. The record itself is untouched.
    pub(crate) fn cancel(&mut self, (): (), cx: &mut Context) -> Result<()> {
        self.stands_at(&At { element: None })?;
        self.state = CaseState::Cancelled;
        self.ended_at = Some(cx.now());
        if let Some(task) = self.task.take() {
            let mut task = cx.hold::<Task>(task.id())?;
            task.state = TaskState::Cancelled;
            task.closed_at = Some(cx.now());
            cx.save(task)?;
        }
        cx.emit("process.Cancelled", Origin::of(self), vec![self.about.clone()])
    }

    /// Begins a case by hand, for a record that no event has begun one for.
    pub(crate) fn start(input: Start, cx: &mut Context) -> Result<Json> {
        let found = cx.find::<Diagram>("code = ? AND state = 'published'", &[input.code.as_str().into()])?;
        let Some(diagram) = found.into_iter().next() else {
            return Err(refuse("process.no_such_diagram").field("code").arg("code", &input.code).into());
        };
        let published = index::read(diagram.id, cx)?;
        let model = &published.program.model;
        if model.attach.as_deref() != Some(input.about.entity.as_str()) {
            return Err(refuse("process.not_attached")
                .field("about_entity")
                .arg("entity", model.attach.as_deref().unwrap_or(""))
                .into());
        }
        let description = cx.registry.entity(&input.about.entity)?;
        let (registry, actor, now) = (cx.registry, cx.actor.clone(), cx.now());
        kernel::Reader { tx: cx.tx, registry, actor: &actor, now }.visible(&description, input.about.id)?;
        let sql = format!("SELECT 1 FROM {} WHERE id = ?{}", description.table, cx.tx.for_update());
        if cx.tx.first(&sql, &[input.about.id.into()])?.is_none() {
            return Err(refuse("kernel.no_such_record")
                .field("about_id")
                .arg("entity", description.name)
                .into());
        }
        let same = "about_id = ? AND state IN ('running', 'stopped')";
        let running = cx.find::<Self>(same, &[input.about.id.into()])?;
        for case in running {
            if cx.read(case.diagram)?.code == diagram.code {
                return Err(refuse("process.runs_already").field("code").into());
            }
        }
        let start = model.elements.iter().position(|e| matches!(e.kind, Kind::Start { .. }));
        let mut case = Self::at(&published, input.about, start.unwrap_or_default(), cx)?;
        ask(&mut case, "start", "process.Started", cx)?;
        cx.insert(&mut case)?;
        Ok(json!({"id": case.id}))
    }

    /// A new case, not yet written, whose token is at an element.
    pub(crate) fn at(
        published: &index::Published,
        about: Origin,
        element: usize,
        cx: &mut Context,
    ) -> Result<Self> {
        let element = published.program.model.elements.get(element);
        Ok(Self {
            id: cx.next_id()?,
            diagram: Ref::new(published.id),
            name: published.name.clone(),
            about,
            company: Ref::new(cx.actor.company),
            state: CaseState::Running,
            step: element.map(|e| e.id.clone()),
            step_name: element.map(|e| e.shown().to_owned()),
            since: cx.now(),
            rests: 0,
            task: None,
            error: None,
            error_args: None,
            variables: None,
            wish: None,
            started_at: cx.now(),
            ended_at: None,
        })
    }

    /// The events that say that the task at an element is done; none where a person's word does.
    pub(crate) fn completing_events(&self, element: &str, cx: &mut Context) -> Result<Vec<String>> {
        if self.step.as_deref() != Some(element) || self.state != CaseState::Running {
            return Err(refuse("process.moved_on").field("element").into());
        }
        let published = index::read(self.diagram.id(), cx)?;
        let model = &published.program.model;
        let element = model.at(element).and_then(|i| model.elements.get(i));
        Ok(element.map(|e| e.messages().to_vec()).unwrap_or_default())
    }
}

/// Every running case stands at a step of its diagram.
pub(crate) fn lost(tx: &mut store::Tx) -> Result<Vec<Breach>> {
    let rows = tx.query(
        "SELECT c.id, c.step, c.diagram_id FROM case_ c WHERE c.state IN ('running', 'stopped') ORDER BY c.id",
        &[],
    )?;
    let mut models = HashMap::new();
    let mut breaches = Vec::new();
    for row in rows {
        let diagram = row.int(2);
        let model = match models.entry(diagram) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let xml = tx.first("SELECT xml FROM diagram WHERE id = ?", &[diagram.into()])?;
                place.insert(xml.and_then(|x| crate::bpmn::read(x.text(0)).ok()).map(|(model, _)| model))
            }
        };
        let what = match model.as_ref().map(|m| m.at(row.text(1))) {
            None => "its diagram is gone",
            Some(None) => "it stands at no step of its diagram",
            Some(Some(_)) => continue,
        };
        breaches.push(Breach { entity: "Case".into(), id: row.int(0), what: what.into() });
    }
    Ok(breaches)
}
