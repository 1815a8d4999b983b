//! Moves the token of a case until it rests: decides first, then writes. All that it writes waits for the end of the
//! transaction, where it is a few statements for all cases together.

mod look;

use crate::case::{Case, CaseState, StepState};
use crate::feel;
use crate::index::Published;
use crate::model::{Element, Kind, Service, Trigger, Work};
use crate::task::{Task, TaskKind, TaskState};
use crate::timer;
use kernel::{Call, Context, Error, Event, Origin, Ref, Refusal, Result, Value, refuse};
use numbers::Date;
use serde_json::{Map, Value as Json, json};
use std::collections::{HashMap, HashSet};

/// Steps of one case in one transaction: more is a loop that nothing ends.
const MOST_STEPS: usize = 100;
/// Who mends what stopped where the diagram names nobody.
const MENDER: &str = "administrator";

/// One transaction's work.
#[derive(Default)]
pub(crate) struct Engine {
    /// Why the cases move just now, for the history.
    pub event: Option<Event>,
    steps: Vec<Vec<Value>>,
    tasks: Vec<Task>,
    closed: HashMap<i64, TaskState>,
    /// The records that conditions looked at, until a step may have changed them.
    records: HashMap<(i64, i64), feel::Looked>,
    spent: HashMap<i64, usize>,
    /// Which case's own step emitted an event, by the event's place.
    own: HashMap<usize, i64>,
    /// Cases that a job, not an event, moves: their service runs now, since the commit is past.
    pub in_job: HashSet<i64>,
}

/// What is to become of the token at an element.
enum Move {
    Along(usize),
    Rest,
    End,
    /// A refusal that an error event catches.
    Caught(usize, Refusal),
    Stop(Refusal),
}

impl Engine {
    /// Whether this event came from a step of that very case, before it came to rest.
    pub fn is_own(&self, event: usize, case: i64) -> bool {
        self.own.get(&event) == Some(&case)
    }

    /// Moves the token from `at` until it rests, ends or stops.
    pub fn run(&mut self, case: &mut Case, published: &Published, at: usize, cx: &mut Context) -> Result<()> {
        let model = &published.program.model;
        let mut at = at;
        while let Some(element) = model.elements.get(at) {
            let spent = self.spent.entry(case.id).or_default();
            *spent += 1;
            let next = if *spent > MOST_STEPS {
                Move::Stop(refuse("process.too_many_steps").arg("most", MOST_STEPS))
            } else {
                self.decide(case, published, element, cx)?
            };
            match next {
                Move::Along(flow) => {
                    self.resume(case);
                    let flow = model.flows.get(flow);
                    self.note(case, element, StepState::Done, flow.map(|f| f.id.as_str()), None, cx)?;
                    let Some(flow) = flow else { return Ok(()) };
                    at = flow.to;
                }
                Move::Caught(boundary, refusal) => {
                    self.resume(case);
                    self.note(case, element, StepState::Skipped, None, Some(&refusal), cx)?;
                    remember(case, "error", refused(&refusal, cx));
                    at = boundary;
                }
                Move::End => {
                    self.resume(case);
                    self.note(case, element, StepState::Done, None, None, cx)?;
                    stand(case, element, cx);
                    case.state = CaseState::Ended;
                    case.ended_at = Some(cx.now());
                    return Ok(());
                }
                Move::Rest => {
                    self.resume(case);
                    return self.rest(case, published, at, element, cx);
                }
                Move::Stop(refusal) => return self.stop(case, published, element, &refusal, cx),
            }
        }
        Ok(())
    }

    /// Goes on behind an element where the token rested: `through` is the element itself, or the event that was caught.
    pub fn leave(
        &mut self,
        case: &mut Case,
        published: &Published,
        through: usize,
        state: StepState,
        cx: &mut Context,
    ) -> Result<()> {
        let model = &published.program.model;
        let Some(element) = model.elements.get(through) else { return Ok(()) };
        self.resume(case);
        if let Some(task) = case.task.take() {
            let rested = case.step.as_deref() == Some(element.id.as_str());
            let done = rested && state == StepState::Done;
            self.closed.insert(task.id(), if done { TaskState::Done } else { TaskState::Cancelled });
        }
        let flow = element.outgoing.first().and_then(|f| model.flows.get(*f));
        self.note(case, element, state, flow.map(|f| f.id.as_str()), None, cx)?;
        match flow {
            Some(flow) => self.run(case, published, flow.to, cx),
            None => Ok(()),
        }
    }

    /// Runs the step that waited for the commit.
    pub fn serve(
        &mut self,
        case: &mut Case,
        published: &Published,
        at: usize,
        cx: &mut Context,
    ) -> Result<()> {
        self.in_job.insert(case.id);
        let result = self.run(case, published, at, cx);
        self.in_job.remove(&case.id);
        result
    }

    fn decide(
        &mut self,
        case: &mut Case,
        published: &Published,
        element: &Element,
        cx: &mut Context,
    ) -> Result<Move> {
        Ok(match &element.kind {
            Kind::End => Move::End,
            Kind::Start { .. } | Kind::Boundary { .. } => along(element, 0),
            Kind::User(_) | Kind::EventGateway | Kind::Catch(_) => Move::Rest,
            Kind::Service(service) if service.after_commit && !self.in_job.contains(&case.id) => Move::Rest,
            Kind::Service(service) => match self.call(case, published, service, cx)? {
                Ok(answer) => {
                    if let Some(name) = &service.result {
                        remember(case, name, answer);
                    }
                    along(element, 0)
                }
                Err(refusal) => Self::refused(published, element, refusal),
            },
            Kind::Exclusive { default } => {
                for (place, flow) in element.outgoing.iter().enumerate() {
                    let condition =
                        published.program.model.flows.get(*flow).and_then(|f| f.condition.as_deref());
                    let Some(condition) = condition.filter(|_| *default != Some(*flow)) else { continue };
                    match self.holds(case, published, condition, cx)? {
                        Ok(true) => return Ok(along(element, place)),
                        Ok(false) => {}
                        Err(refusal) => return Ok(Move::Stop(refusal)),
                    }
                }
                match (default, element.outgoing.as_slice()) {
                    (Some(default), _) => Move::Along(*default),
                    (None, [only]) => Move::Along(*only),
                    _ => Move::Stop(refuse("process.no_way")),
                }
            }
        })
    }

    fn refused(published: &Published, element: &Element, refusal: Refusal) -> Move {
        let model = &published.program.model;
        let catches = |code: &Option<String>| code.as_deref().is_none_or(|c| c == refusal.code);
        // The one that names the code goes before the one that takes any.
        let mut boundaries: Vec<(usize, bool)> = Vec::new();
        for boundary in &element.boundaries {
            if let Some(Kind::Boundary { trigger: Trigger::Error(code), .. }) =
                model.elements.get(*boundary).map(|e| &e.kind)
                && catches(code)
            {
                boundaries.push((*boundary, code.is_none()));
            }
        }
        match boundaries.into_iter().min_by_key(|(_, any)| *any) {
            Some((boundary, _)) => Move::Caught(boundary, refusal),
            None => Move::Stop(refusal),
        }
    }

    /// Runs a command in a savepoint, with the rights of the diagram: its refusal undoes what it wrote and no more.
    fn call(
        &mut self,
        case: &Case,
        published: &Published,
        service: &Service,
        cx: &mut Context,
    ) -> Result<std::result::Result<Json, Refusal>> {
        let call = match self.prepared(case, published, service, cx) {
            Ok(call) => call,
            Err(Error::Refused(refusal)) => return Ok(Err(*refusal)),
            Err(error) => return Err(error),
        };
        let first = cx.event_count();
        let (rights, number) = (published.rights.clone(), case.id);
        let result = cx.attempt(move |cx| {
            cx.actor.rights = rights;
            cx.actor.case = Some(number);
            cx.call(&call)
        });
        self.records.clear();
        self.own.extend((first..cx.event_count()).map(|i| (i, case.id)));
        match result {
            Ok((_, answer)) => Ok(Ok(answer)),
            Err(Error::Refused(refusal)) => Ok(Err(*refusal)),
            Err(error) => Err(error),
        }
    }

    fn prepared(
        &mut self,
        case: &Case,
        published: &Published,
        service: &Service,
        cx: &mut Context,
    ) -> Result<Call> {
        let mut id = (service.entity == case.about.entity).then_some(case.about.id);
        if let Some(record) = &service.record {
            id = self.value(case, published, record, cx)?.as_i64();
        }
        let mut body = Map::new();
        for (key, text) in &service.inputs {
            body.insert(key.clone(), self.value(case, published, text, cx)?);
        }
        let (entity, command) = (service.entity.clone(), service.command.clone());
        Ok(Call { entity, command, id, body, ..Call::default() })
    }

    /// The token rests: a task for somebody, timers, a job.
    fn rest(
        &mut self,
        case: &mut Case,
        published: &Published,
        at: usize,
        element: &Element,
        cx: &mut Context,
    ) -> Result<()> {
        stand(case, element, cx);
        case.rests += 1;
        self.note(case, element, StepState::Waiting, None, None, cx)?;
        match &element.kind {
            Kind::User(work) => {
                let role = element.role.as_ref().or(published.program.model.role.as_ref());
                let mut task = Task { kind: TaskKind::Do, ..task(case, element, role, cx)? };
                self.describe(&mut task, case, published, work, cx)?;
                self.open(case, task);
            }
            Kind::Service(_) => cx.later(
                "process.step",
                json!({"case": case.id, "element": element.id, "rests": case.rests}),
                0,
            )?,
            _ => {}
        }
        for timer in timer::of(&published.program.model, at) {
            let Some((id, when)) =
                published.program.model.elements.get(timer).and_then(|e| Some((&e.id, e.timer()?)))
            else {
                continue;
            };
            if let Some(due) = timer::due(self, case, published, when, cx)? {
                cx.later("process.timer", json!({"case": case.id, "element": id, "rests": case.rests}), due)?;
            }
        }
        Ok(())
    }

    fn describe(
        &mut self,
        task: &mut Task,
        case: &Case,
        published: &Published,
        work: &Work,
        cx: &mut Context,
    ) -> Result<()> {
        if let Some((entity, command)) = &work.command {
            task.entity = Some(entity.clone());
            task.command = Some(command.clone());
        }
        if let Some(record) = &work.record {
            task.record_id = self.known(case, published, record, cx)?.as_i64();
        }
        if let Some(due) = &work.due {
            let due = self.known(case, published, due, cx)?;
            task.due = due.as_str().and_then(|d| d.get(..10)).and_then(|d| d.parse::<Date>().ok());
        }
        Ok(())
    }

    fn open(&mut self, case: &mut Case, task: Task) {
        case.task = Some(Ref::new(task.id));
        self.tasks.push(task);
    }

    /// The case stops visibly: what upstream has done stays done, and somebody is asked to see to it.
    fn stop(
        &mut self,
        case: &mut Case,
        published: &Published,
        element: &Element,
        refusal: &Refusal,
        cx: &mut Context,
    ) -> Result<()> {
        let again = case.state == CaseState::Stopped
            && case.step.as_deref() == Some(element.id.as_str())
            && case.error.as_deref() == Some(refusal.code);
        case.error_args = Some(arguments(refusal));
        if again {
            return Ok(());
        }
        self.resume(case);
        stand(case, element, cx);
        case.rests += 1;
        case.state = CaseState::Stopped;
        case.error = Some(refusal.code.to_owned());
        case.error_args = Some(arguments(refusal));
        self.note(case, element, StepState::Stopped, None, Some(refusal), cx)?;
        let mender = MENDER.to_owned();
        let role = element.role.as_ref().or(published.program.model.role.as_ref()).unwrap_or(&mender);
        let task = Task { kind: TaskKind::Mend, ..task(case, element, Some(role), cx)? };
        self.open(case, task);
        Ok(())
    }

    /// What had stopped goes on.
    fn resume(&mut self, case: &mut Case) {
        if case.state != CaseState::Stopped {
            return;
        }
        case.state = CaseState::Running;
        case.error = None;
        case.error_args = None;
        if let Some(task) = case.task.take() {
            self.closed.insert(task.id(), TaskState::Done);
        }
    }

    fn note(
        &mut self,
        case: &Case,
        element: &Element,
        state: StepState,
        flow: Option<&str>,
        refusal: Option<&Refusal>,
        cx: &mut Context,
    ) -> Result<()> {
        let language = cx.actor.language.clone();
        let message = refusal.map(|r| r.message(&cx.registry.texts, &language));
        self.steps.push(vec![
            cx.next_id()?.into(),
            case.id.into(),
            element.id.as_str().into(),
            element.shown().into(),
            element.kind.word().into(),
            kernel::Choice::word(&state).into(),
            cx.now().as_microsecond().into(),
            (cx.actor.user > 0).then_some(cx.actor.user).into(),
            self.event.as_ref().map(|e| e.name).into(),
            flow.into(),
            refusal.map(|r| r.code).into(),
            message.into(),
            refusal.map(arguments).into(),
        ]);
        Ok(())
    }

    /// Writes tasks and history of all cases that moved.
    pub fn flush(mut self, cx: &mut Context) -> Result<()> {
        let (now, user) = (cx.now(), (cx.actor.user > 0).then(|| Ref::new(cx.actor.user)));
        for task in &mut self.tasks {
            if let Some(state) = self.closed.remove(&task.id) {
                task.state = state;
                task.closed_at = Some(now);
                task.closed_by = user;
            }
        }
        cx.insert_all(&mut self.tasks)?;
        if !self.closed.is_empty() {
            let ids: Vec<Value> = self.closed.keys().map(|id| (*id).into()).collect();
            for mut task in cx.hold_all::<Task>(&format!("id {}", kernel::rows::among(ids.len())), &ids)? {
                task.state = self.closed.get(&task.id).copied().unwrap_or(TaskState::Done);
                task.closed_at = Some(now);
                task.closed_by = user;
                cx.save(task)?;
            }
        }
        const COLUMNS: [&str; 13] = [
            "id",
            "parent_id",
            "element",
            "name",
            "kind",
            "state",
            "at",
            "user_id",
            "event",
            "flow",
            "error",
            "message",
            "error_args",
        ];
        // History is only added to and is its own audit.
        Ok(cx.tx.insert("case_step", &COLUMNS, &self.steps)?)
    }
}

fn along(element: &Element, place: usize) -> Move {
    element
        .outgoing
        .get(place)
        .map_or_else(|| Move::Stop(refuse("process.no_way")), |flow| Move::Along(*flow))
}

fn stand(case: &mut Case, element: &Element, cx: &Context) {
    case.step = Some(element.id.clone());
    case.step_name = Some(element.shown().to_owned());
    case.since = cx.now();
}

fn remember(case: &mut Case, name: &str, value: Json) {
    let variables: Json =
        case.variables.as_deref().and_then(|v| serde_json::from_str(v).ok()).unwrap_or_default();
    let mut variables = variables.as_object().cloned().unwrap_or_default();
    variables.insert(name.to_owned(), value);
    case.variables = Some(Json::Object(variables).to_string());
}

fn refused(refusal: &Refusal, cx: &Context) -> Json {
    json!({"code": refusal.code, "message": refusal.message(&cx.registry.texts, &cx.actor.language)})
}

fn arguments(refusal: &Refusal) -> String {
    let args: Map<String, Json> = refusal.args.iter().map(|(n, v)| ((*n).to_owned(), json!(v))).collect();
    Json::Object(args).to_string()
}

fn task(case: &Case, element: &Element, role: Option<&String>, cx: &mut Context) -> Result<Task> {
    Ok(Task {
        id: cx.next_id()?,
        case: Ref::new(case.id),
        company: case.company,
        element: element.id.clone(),
        name: element.shown().to_owned(),
        kind: TaskKind::Do,
        role: role.map_or(MENDER, String::as_str).to_owned(),
        about: Origin::new(&case.about.entity, case.about.id),
        entity: None,
        command: None,
        record_id: None,
        due: None,
        state: TaskState::Open,
        assignee: None,
        opened_at: cx.now(),
        closed_at: None,
        closed_by: None,
    })
}
