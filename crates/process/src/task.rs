//! What a person is asked to do: a step of a case, or to mend what stopped one.

use crate::case::{Case, ask};
use access::{Company, User};
use jiff::Timestamp;
use kernel::read::{Ask, Reader};
use kernel::{Call, Choice, Context, Entity, Input, Origin, Ref, Result, refuse};
use numbers::Date;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, HashMap};

/// Something that waits for somebody.
#[derive(Clone, Debug, Entity)]
#[entity(
    about = "about",
    title = "name",
    list = "name,role,about_entity,due,state,assignee_id",
    index = "state,role"
)]
pub struct Task {
    pub id: i64,
    pub case: Ref<Case>,
    pub company: Ref<Company>,
    /// The element of the diagram.
    pub element: String,
    pub name: String,
    pub kind: TaskKind,
    pub role: String,
    pub about: Origin,
    /// The command that does it, if one does, and the record it runs on where that is known.
    pub entity: Option<String>,
    pub command: Option<String>,
    pub record_id: Option<i64>,
    pub due: Option<Date>,
    pub state: TaskState,
    pub assignee: Option<Ref<User>>,
    pub opened_at: Timestamp,
    pub closed_at: Option<Timestamp>,
    pub closed_by: Option<Ref<User>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum TaskKind {
    /// A step of the process that a person does.
    Do,
    /// A step stopped; somebody is to see to it.
    Mend,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum TaskState {
    Open,
    Done,
    Cancelled,
}

#[derive(Debug, Input)]
pub struct Complete {
    /// The record, where the task does not say which.
    pub record_id: Option<i64>,
    /// What the command asks for.
    #[field(json)]
    pub input: Option<String>,
}

impl Task {
    fn must_be_open(&self) -> Result<()> {
        match self.state {
            TaskState::Open => Ok(()),
            _ => Err(refuse("process.task_closed").field("state").into()),
        }
    }

    pub(crate) fn take(&mut self, (): (), cx: &mut Context) -> Result<()> {
        self.must_be_open()?;
        let before = self.assignee.map(Ref::id);
        self.assignee = Some(Ref::new(cx.actor.user));
        match before {
            None => cx.undo_by("Task", self.id, "give_back", json!({})),
            Some(user) if user != cx.actor.user => {
                cx.effect("process.taken_over", vec![("task", self.name.clone())])
            }
            Some(_) => {}
        }
        Ok(())
    }

    pub(crate) fn give_back(&mut self, (): (), _: &mut Context) -> Result<()> {
        self.must_be_open()?;
        self.assignee = None;
        Ok(())
    }

    /// Runs the task's command with the rights of whoever does it, or says that it is done where it has none.
    pub(crate) fn complete(&mut self, input: Complete, cx: &mut Context) -> Result<Json> {
        self.must_be_open()?;
        if self.kind == TaskKind::Mend {
            let mut case = cx.hold::<Case>(self.case.id())?;
            ask(&mut case, "retry", "process.Retried", cx)?;
            cx.save(case)?;
            return Ok(Json::Null);
        }
        // Read and not held: the command locks its records first, as it does when nobody asks by way of a task.
        let case = cx.read(self.case)?;
        let events = case.completing_events(&self.element, cx)?;
        let mut result = Json::Null;
        if let (Some(entity), Some(command)) = (&self.entity, &self.command) {
            let own = (self.about.entity == *entity).then_some(self.about.id);
            let body: Json = serde_json::from_str(input.input.as_deref().unwrap_or("{}")).unwrap_or_default();
            let call = Call {
                entity: entity.clone(),
                command: command.clone(),
                id: input.record_id.or(self.record_id).or(own),
                body: body.as_object().cloned().unwrap_or_default(),
                ..Call::default()
            };
            result = cx.call(&call)?.1;
        } else if !events.is_empty() {
            return Err(refuse("process.by_event")
                .arg("task", &self.name)
                .arg("events", events.join(", "))
                .into());
        }
        // Where an event says that it is done, the command has just emitted it, or not yet all is done.
        if events.is_empty() {
            let mut case = cx.hold::<Case>(self.case.id())?;
            ask(&mut case, "done", "process.TaskDone", cx)?;
            cx.save(case)?;
        }
        Ok(result)
    }
}

#[derive(Debug, Input)]
pub struct Inbox {}

/// What waits for this person: the open tasks of their roles, and the cases that stopped.
pub(crate) fn inbox(_: Inbox, reader: &mut Reader) -> Result<Json> {
    let roles = reader.tx.query(
        "SELECT r.code, r.everything FROM user_role u JOIN role r ON r.id = u.role_id WHERE u.parent_id = ?",
        &[reader.actor.user.into()],
    )?;
    let mut filter = "state eq 'open'".to_owned();
    // Who may do everything answers for everything; the program itself has no roles.
    if reader.actor.user > 0 && !roles.iter().any(|r| r.int(1) != 0) {
        let codes: Vec<String> =
            roles.iter().map(|r| format!("'{}'", r.text(0).replace('\'', "''"))).collect();
        let mine = format!("assignee_id eq {}", reader.actor.user);
        filter = if codes.is_empty() {
            format!("{filter} and {mine}")
        } else {
            format!("{filter} and (role in ({}) or {mine})", codes.join(","))
        };
    }
    let task = reader.registry.entity("Task")?;
    let case = reader.registry.entity("Case")?;
    let ask = |filter: &str| -> Result<Ask> {
        Ok(Ask { filter: Some(kernel::filter::parse(filter)?), top: Some(500), ..Ask::default() })
    };
    let mut tasks = reader.list(&task, &ask(&filter)?)?.rows;
    let mut stopped = reader.list(&case, &ask("state eq 'stopped'")?)?.rows;
    titles(&mut tasks, reader)?;
    titles(&mut stopped, reader)?;
    for case in &mut stopped {
        crate::case::explain(case, reader);
    }
    Ok(json!({"tasks": tasks, "stopped": stopped}))
}

/// Puts the name of the record that each row is about beside it, where this person may see it.
pub(crate) fn titles(rows: &mut [Json], reader: &mut Reader) -> Result<()> {
    let about = |row: &Json| {
        let entity = row.get("about_entity").and_then(Json::as_str)?.to_owned();
        Some((entity, row.get("about_id").and_then(Json::as_i64)?))
    };
    let mut wanted: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for (entity, id) in rows.iter().filter_map(about) {
        wanted.entry(entity).or_default().push(id);
    }
    let mut found: HashMap<i64, Json> = HashMap::new();
    for (entity, mut ids) in wanted {
        let Ok(description) = reader.registry.entity(&entity) else { continue };
        let rights = &reader.actor.rights;
        if !rights.may_read(&description) || !rights.sees_field(&description, &description.title) {
            continue;
        }
        ids.sort_unstable();
        ids.dedup();
        let select = vec![description.title.clone()];
        for row in reader.list(&description, &Ask { ids: Some(ids), select, ..Ask::default() })?.rows {
            let id = row.get("id").and_then(Json::as_i64).unwrap_or_default();
            found.insert(id, row.get("title").cloned().unwrap_or_default());
        }
    }
    for row in rows {
        let title =
            about(row).and_then(|(_, id)| found.remove(&id).inspect(|t| drop(found.insert(id, t.clone()))));
        if let Some(row) = row.as_object_mut() {
            row.insert("about_title".into(), title.unwrap_or_default());
        }
    }
    Ok(())
}
