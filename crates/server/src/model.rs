//! The model as the web app reads it: entities, fields, commands and texts, only what this person may see.

use crate::answer::{Failure, Reply, ok};
use crate::app::App;
use crate::session::Who;
use axum::extract::State;
use kernel::{Actor, Description, Error, Field, InputFacts, Kind, Registry, Result, Scope};
use serde_json::{Map, Value as Json, json};
use std::collections::HashMap;
use std::sync::Arc;

/// `GET /api/model`
pub async fn show(State(app): State<App>, Who(who): Who) -> Reply {
    let registry = Arc::clone(&app.kernel.registry);
    let language = who.actor.language.clone();
    app.run(move |app| Ok(ok(model(&app.kernel.registry, &who.actor))))
        .await
        .map_err(|e: Error| Failure::new(&e, &registry.texts, &language))
}

/// What this person may see, in their language.
pub fn model(registry: &Registry, actor: &Actor) -> Json {
    let labels = Labels { registry, language: &actor.language };
    let entities = registry.entities();
    let seen = |name: &str| entities.by_name.get(name).filter(|d| actor.rights.may_read(d));
    let areas: Vec<Json> = registry
        .areas
        .iter()
        .map(|a| {
            let members: Vec<&str> = a.entities.iter().copied().filter(|e| seen(e).is_some()).collect();
            json!({"name": a.name, "label": labels.area(a.name), "entities": members})
        })
        .filter(|a| a.get("entities").and_then(Json::as_array).is_some_and(|e| !e.is_empty()))
        .collect();
    let shown: Map<String, Json> = entities
        .by_name
        .values()
        .filter(|d| actor.rights.may_read(d))
        .map(|d| (d.name.to_owned(), entity(registry, actor, &labels, d)))
        .collect();
    json!({"language": actor.language, "areas": areas, "entities": shown})
}

fn entity(registry: &Registry, actor: &Actor, labels: &Labels, d: &Description) -> Json {
    let area = registry.areas.iter().find(|a| a.entities.contains(&d.name)).map(|a| a.name);
    let fields: Vec<Json> = d
        .fields
        .iter()
        .filter(|f| actor.rights.sees_field(d, &f.name))
        .map(|f| field(labels, d, f))
        .collect();
    let commands: Vec<Json> = registry
        .commands_of(d.name)
        .filter(|c| actor.rights.may_run(d, c.name))
        .map(|c| {
            let steps: Vec<_> = d.life.iter().filter(|s| s.command == c.name).collect();
            json!({
                "name": c.name,
                "label": labels.of(d, &format!("commands.{}.label", c.name), c.name),
                "help": labels.of(d, &format!("commands.{}.help", c.name), ""),
                "from": steps.iter().map(|s| s.from).collect::<Vec<_>>(),
                "to": steps.first().map(|s| s.to),
                "input": input(labels, d, c.name, &c.input),
                "scope": if c.scope == Scope::Record { "record" } else { "set" },
                "bulk": c.scope == Scope::Record,
                "final": c.is_final,
            })
        })
        .collect();
    let queries: Vec<Json> = registry
        .queries_of(d.name)
        .map(|q| {
            json!({"name": q.name, "scope": if q.scope == Scope::Record { "record" } else { "set" },
                        "params": input(labels, d, q.name, &q.input)})
        })
        .collect();
    let lines: Vec<Json> = d
        .lines
        .iter()
        .map(|l| json!({"name": l.name, "entity": l.entity, "label": labels.field(d, &l.name)}))
        .collect();
    let write = actor.rights.may_write(d);
    // In the order of the table: the first legal step is the next one.
    let life: Vec<Json> =
        d.life.iter().map(|s| json!({"from": s.from, "command": s.command, "to": s.to})).collect();
    let editable: Vec<&str> = d.life.iter().filter(|s| s.command == "edit").map(|s| s.from).collect();
    json!({
        "name": d.name, "set": d.set, "module": d.module, "area": area,
        "label": labels.of(d, "one", d.name), "labels": labels.of(d, "many", &d.set),
        "title": d.title, "state": d.state().map(|f| &f.name), "list": d.list, "searchable": !d.search.is_empty(),
        "fields": fields, "lines": lines, "parent": d.parent, "commands": commands, "queries": queries,
        "editable_in": editable, "life": life,
        "rights": {"create": write, "update": write, "delete": write},
    })
}

fn field(labels: &Labels, d: &Description, f: &Field) -> Json {
    let choices: Vec<Json> = f
        .choices
        .iter()
        .map(|c| json!({"value": c, "label": labels.of(d, &format!("choices.{}.{c}", f.name), c)}))
        .collect();
    json!({
        "name": f.name, "nav": f.nav, "kind": f.kind.word(), "target": f.target,
        "label": f.label.clone().unwrap_or_else(|| labels.field(d, &f.name)),
        "required": f.required && f.empty().is_null(), "readonly": f.readonly || f.computed.is_some(),
        "computed": f.computed.is_some(), "custom": f.custom, "personal": f.personal,
        "sortable": f.kind != Kind::Json, "choices": choices, "default": f.default,
    })
}

fn input(labels: &Labels, d: &Description, command: &str, facts: &InputFacts) -> Json {
    let own = |f: &Field| {
        let mut out = field(labels, d, f);
        let key = format!("commands.{command}.input.{}", f.name);
        if let (Some(map), Some(text)) = (out.as_object_mut(), labels.find(d, &key)) {
            map.insert("label".into(), json!(text));
        }
        // A text that a command must be told is asked for, though an empty one could be stored.
        if let (Some(map), true) =
            (out.as_object_mut(), f.required && f.kind.is_text() && f.default.is_none())
        {
            map.insert("required".into(), json!(true));
        }
        out
    };
    let mut out: Vec<Json> = facts.fields.iter().map(own).collect();
    for (name, facts) in &facts.lines {
        out.push(json!({"name": name, "kind": "lines", "label": labels.field(d, name),
                        "required": false, "fields": input(labels, d, command, facts)}));
    }
    Json::Array(out)
}

struct Labels<'a> {
    registry: &'a Registry,
    language: &'a str,
}

impl Labels<'_> {
    fn find(&self, d: &Description, key: &str) -> Option<&str> {
        self.registry.texts.get(self.language, &format!("{}.{}.{key}", d.module, d.name))
    }

    fn of(&self, d: &Description, key: &str, fallback: &str) -> String {
        self.find(d, key).unwrap_or(fallback).to_owned()
    }

    fn field(&self, d: &Description, name: &str) -> String {
        self.find(d, &format!("fields.{name}"))
            .or_else(|| self.registry.texts.get(self.language, &format!("kernel.fields.{name}")))
            .unwrap_or(name)
            .to_owned()
    }

    fn area(&self, name: &str) -> String {
        let mut modules: Vec<&str> = self.registry.entities().by_name.values().map(|d| d.module).collect();
        modules.sort_unstable();
        modules.dedup();
        let key = |m: &str| format!("{m}.areas.{name}");
        modules
            .iter()
            .find_map(|m| self.registry.texts.get(self.language, &key(m)))
            .unwrap_or(name)
            .to_owned()
    }
}

/// A record's story with names and labels.
///
/// # Errors
/// The database's.
pub fn told(app: &App, actor: &Actor, d: &Description, story: &[Json]) -> Result<Vec<Json>> {
    let registry = &app.kernel.registry;
    let labels = Labels { registry, language: &actor.language };
    let people: HashMap<i64, String> = app.kernel.store.read(|tx| -> Result<_> {
        Ok(tx
            .query("SELECT id, name FROM user_", &[])?
            .iter()
            .map(|r| (r.int(0), r.text(1).to_owned()))
            .collect())
    })?;
    Ok(story.iter().map(|entry| told_one(&labels, d, &people, entry)).collect())
}

fn told_one(labels: &Labels, d: &Description, people: &HashMap<i64, String>, entry: &Json) -> Json {
    let text = |name: &str| entry.get(name).and_then(Json::as_str).unwrap_or_default();
    let number = |name: &str| entry.get(name).and_then(Json::as_i64).unwrap_or_default();
    let at = jiff::Timestamp::from_microsecond(number("at")).map_or(Json::Null, |t| json!(t.to_string()));
    let who = people.get(&number("user")).map_or("Celota", String::as_str);
    let changes: Vec<Json> = entry
        .get("changes")
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
        .map(|c| {
            let name = c.get("field").and_then(Json::as_str).unwrap_or_default();
            let mut out = c.clone();
            if let Some(map) = out.as_object_mut() {
                let label =
                    d.field(name).and_then(|f| f.label.clone()).unwrap_or_else(|| labels.field(d, name));
                map.insert("label".into(), json!(label));
                if let Some(field) = d.field(name).filter(|f| f.kind == Kind::Choice) {
                    for side in ["before", "after"] {
                        let word = c.get(side).and_then(Json::as_str).unwrap_or_default();
                        map.insert(
                            side.into(),
                            json!(labels.of(d, &format!("choices.{}.{word}", field.name), word)),
                        );
                    }
                }
            }
            out
        })
        .collect();
    let what = text("what");
    let shown = if text("kind") == "event" {
        labels.registry.texts.filled(labels.language, &format!("events.{what}"), &[])
    } else {
        // The command may be another record's, as accepting proposals is; what has no name is told by its kind.
        let (entity, name) = text("command").rsplit_once('.').unwrap_or_default();
        let of = labels.registry.entity(entity);
        labels.of(of.as_deref().unwrap_or(d), &format!("commands.{name}.label"), "")
    };
    json!({
        "at": at, "who": {"id": number("user"), "name": who}, "kind": text("kind"), "text": shown,
        "what": what, "command": text("command"), "changes": changes, "case": entry.get("case"),
    })
}
