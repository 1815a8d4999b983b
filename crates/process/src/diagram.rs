//! What follows what, as a picture that runs. Each published edition is never changed again: running cases finish on
//! the one they began with.

use crate::index::Index;
use crate::program::Program;
use crate::{bpmn, check};
use access::User;
use jiff::Timestamp;
use kernel::rights::{Access, Rows};
use kernel::{Choice, Context, Entity, Life, Ref, Refusal, Result, Rights, life, refuse};
use serde_json::{Value as Json, json};
use std::collections::HashSet;

/// A BPMN diagram.
#[derive(Clone, Debug, Entity)]
#[entity(
    title = "name",
    search = "name,code",
    list = "name,code,edition,state,published_at",
    index = "code,edition;state"
)]
pub struct Diagram {
    pub id: i64,
    /// The same for all its editions: `order-to-cash`.
    pub code: String,
    pub name: String,
    #[field(readonly)]
    pub edition: i64,
    #[field(readonly)]
    pub state: DiagramState,
    #[field(long)]
    pub xml: String,
    /// It came with the program, and nobody has changed it.
    #[field(readonly)]
    pub shipped: bool,
    #[field(readonly)]
    pub published_by: Option<Ref<User>>,
    #[field(readonly)]
    pub published_at: Option<Timestamp>,
    /// The rights of its steps, as granted when it was published.
    #[field(secret, json)]
    pub grants: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum DiagramState {
    Draft,
    Published,
    Retired,
}

pub(crate) const LIFE: Life = life![draft: publish => published, edit => draft; published: retire => retired];

impl Diagram {
    pub(crate) fn prepare(&mut self, before: Option<&Self>, _: &mut Context) -> Result<()> {
        if before.is_none_or(|b| b.xml != self.xml) {
            let (model, _) = bpmn::read(&self.xml)?;
            if self.name.trim().is_empty() {
                self.name = model.name;
            }
        }
        if self.code.trim().is_empty() {
            self.code = self.name.to_lowercase().split_whitespace().collect::<Vec<_>>().join("-");
        }
        Ok(())
    }

    pub(crate) fn publish(&mut self, (): (), cx: &mut Context) -> Result<()> {
        let program = checked(&self.xml, cx)?;
        known_roles(&program, cx)?;
        self.put_in_force(&program, cx)
    }

    /// The edition in force retires; its running cases finish on it.
    pub(crate) fn put_in_force(&mut self, program: &Program, cx: &mut Context) -> Result<()> {
        let others = cx.hold_all::<Self>(
            "code = ? AND id <> ? AND state <> 'draft'",
            &[self.code.as_str().into(), self.id.into()],
        )?;
        self.edition = others.iter().map(|d| d.edition).max().unwrap_or(0) + 1;
        for mut other in others.into_iter().filter(|d| d.state == DiagramState::Published) {
            other.state = DiagramState::Retired;
            cx.save(other)?;
        }
        self.published_by = (cx.actor.user > 0).then(|| Ref::new(cx.actor.user));
        self.published_at = Some(cx.now());
        self.grants =
            Some(if self.shipped { json!({"all": true}) } else { grants(program, cx)? }.to_string());
        cx.registry.memory.forget::<Index>();
        cx.emit("process.Published", kernel::Origin::of(self), Vec::new())
    }

    /// Cases that run on it go on; no new ones begin.
    pub(crate) fn retire(&mut self, (): (), cx: &mut Context) -> Result<()> {
        cx.registry.memory.forget::<Index>();
        cx.emit("process.Retired", kernel::Origin::of(self), Vec::new())
    }

    /// A draft with what this edition says, to be changed and published.
    pub(crate) fn revise(&mut self, (): (), cx: &mut Context) -> Result<Json> {
        let mut draft = Self {
            id: 0,
            edition: 0,
            state: DiagramState::Draft,
            shipped: false,
            published_by: None,
            published_at: None,
            grants: None,
            ..self.clone()
        };
        cx.insert(&mut draft)?;
        cx.undo_by("Diagram", draft.id, "delete", json!({}));
        Ok(json!({"id": draft.id}))
    }
}

/// The diagram as a program that may run.
///
/// # Errors
/// All that keeps it from running.
pub(crate) fn checked(xml: &str, cx: &mut Context) -> Result<Program> {
    let (model, mut faults) = bpmn::read(xml)?;
    let (program, more) = Program::new(model, cx.registry);
    faults.extend(more);
    faults.extend(check::faults(&program, cx.registry, &cx.actor));
    Refusal::all(faults)?;
    Ok(program)
}

/// A task for a role that nobody has would be seen by nobody.
fn known_roles(program: &Program, cx: &mut Context) -> Result<()> {
    let rows = cx.tx.query("SELECT code FROM role", &[])?;
    let known: HashSet<&str> = rows.iter().map(|r| r.text(0)).collect();
    let model = &program.model;
    let process = model.role.iter().map(|r| (model.id.as_str(), model.name.as_str(), r));
    let elements = model.elements.iter().filter_map(|e| Some((e.id.as_str(), e.shown(), e.role.as_ref()?)));
    let unknown = process.chain(elements).filter(|(_, _, role)| !known.contains(role.as_str()));
    let fault = |(id, element, role): (&str, &str, &String)| {
        refuse("process.no_such_role").field(id).arg("element", element).arg("what", role)
    };
    Refusal::all(unknown.map(fault).collect())
}

/// What the steps need, cut down to what the publisher has.
fn grants(program: &Program, cx: &Context) -> Result<Json> {
    let mut named: Vec<(&str, &str)> = program.model.attach.iter().map(|a| (a.as_str(), "")).collect();
    for element in &program.model.elements {
        if let crate::model::Kind::Service(service) = &element.kind {
            named.push((&service.entity, &service.command));
        }
    }
    let mut access = Vec::new();
    for (entity, command) in named {
        let description = cx.registry.entity(entity)?;
        if let Some(own) = cx.actor.rights.on(&description) {
            access.push(json!({"entity": entity, "own": own.rows == Rows::Own, "command": command, "hidden": own.hidden}));
        }
    }
    Ok(json!({"user": cx.actor.user, "companies": cx.actor.rights.companies(), "access": access}))
}

/// The rights that [`grants`] wrote down.
pub(crate) fn granted(text: &str) -> Rights {
    let json: Json = serde_json::from_str(text).unwrap_or_default();
    if json.get("all") == Some(&Json::Bool(true)) {
        return Rights::all();
    }
    let list = |json: Option<&Json>| json.and_then(Json::as_array).cloned().unwrap_or_default();
    let companies = list(json.get("companies")).iter().filter_map(Json::as_i64).collect();
    let mut rights = Rights::new(json.get("user").and_then(Json::as_i64).unwrap_or_default(), companies);
    for access in list(json.get("access")) {
        let text = |name: &str| access.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
        let own = access.get("own").and_then(Json::as_bool).unwrap_or(true);
        let hidden =
            list(access.get("hidden")).iter().filter_map(Json::as_str).map(ToOwned::to_owned).collect();
        let commands = HashSet::from([text("command")]);
        let rows = if own { Rows::Own } else { Rows::All };
        rights.grant(&text("entity"), Access { rows, write: false, commands, hidden });
    }
    rights
}

/// Publishes the diagrams that come with the program, each by its code and XML, in a database that does not have them.
/// A firm's edited copy stays in force: then the new one lies beside it as a draft, to be compared.
///
/// # Errors
/// What keeps a diagram from running.
pub fn ship(diagrams: &[(&str, &str)], cx: &mut Context) -> Result<()> {
    for (code, xml) in diagrams {
        // Two nodes that start together: the second waits here, and then sees what the first has done.
        drop(cx.hold_all::<Diagram>("code = ? AND state = 'published'", &[(*code).into()])?);
        let known = cx.find::<Diagram>("code = ?", &[(*code).into()])?;
        if known.iter().any(|d| d.xml == *xml) {
            continue;
        }
        let program = checked(xml, cx)?;
        let in_force = known.iter().find(|d| d.state == DiagramState::Published);
        let edited = in_force.is_some_and(|d| !d.shipped) || (in_force.is_none() && !known.is_empty());
        let mut diagram = Diagram {
            id: cx.next_id()?,
            code: (*code).into(),
            name: program.model.name.clone(),
            edition: 0,
            state: if edited { DiagramState::Draft } else { DiagramState::Published },
            xml: (*xml).into(),
            shipped: true,
            published_by: None,
            published_at: None,
            grants: None,
        };
        if !edited {
            diagram.put_in_force(&program, cx)?;
        }
        cx.insert(&mut diagram)?;
    }
    Ok(())
}
