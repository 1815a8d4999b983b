//! Plain create, update and delete: commands like all others, for every entity that is not closed.

use crate::context::Context;
use crate::describe::Description;
use crate::entity::{Entity, Record, Values};
use crate::json::{from_json, record_to_json};
use crate::read::Reader;
use crate::refusal::{Refusal, Result, refuse};
use crate::registry::Registry;
use crate::rows;
use crate::run::Call;
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;
use store::Value;

/// Runs `call` when it is one of the plain commands.
pub(crate) fn call(
    cx: &mut Context,
    description: &Arc<Description>,
    call: &Call,
) -> Result<Option<(i64, Json)>> {
    if let (Some(parent), "create" | "update" | "delete") = (&description.parent, call.command.as_str()) {
        // Alone it would escape the totals and the life of its document.
        return Err(refuse("kernel.line_alone").arg("entity", description.name).arg("parent", parent).into());
    }
    match (call.command.as_str(), call.id) {
        ("create", _) => create(cx, description, &call.body).map(Some),
        ("update", Some(id)) => update(cx, description, id, call).map(Some),
        ("delete", Some(id)) => delete(cx, description, id, call.version).map(Some),
        _ => Ok(None),
    }
}

fn create(cx: &mut Context, description: &Arc<Description>, body: &Map<String, Json>) -> Result<(i64, Json)> {
    let mut record = filled(cx, description, &Record::default(), body, "")?;
    record.id = cx.next_id()?;
    record.version = 1;
    identify(cx, &mut record)?;
    let record = prepared(cx, description, record, None)?;
    references(cx, description, &record)?;
    cx.insert_records(description, std::slice::from_ref(&record))?;
    cx.undo_by(description.name, record.id, "delete", json!({}));
    Ok((record.id, Json::Null))
}

fn update(cx: &mut Context, description: &Arc<Description>, id: i64, call: &Call) -> Result<(i64, Json)> {
    cx.expect_version(description, id, call.version)?;
    let before = rows::one(cx.tx, cx.registry, description, id, true)?;
    editable(cx, description, &before)?;
    let mut after = filled(cx, description, &before, &call.body, "")?;
    identify(cx, &mut after)?;
    let after = prepared(cx, description, after, Some(&before))?;
    references(cx, description, &after)?;
    cx.update_record(description, &before, &after)?;
    let line = |name: &str| cx.registry.entity(name).ok().map(|d| d.as_ref().clone());
    let old = record_to_json(description, &line, &before);
    let inverse: Map<String, Json> =
        call.body.keys().filter_map(|k| old.get(k).map(|v| (k.clone(), v.clone()))).collect();
    cx.undo_by(description.name, id, "update", Json::Object(inverse));
    Ok((id, Json::Null))
}

fn delete(
    cx: &mut Context,
    description: &Arc<Description>,
    id: i64,
    version: Option<i64>,
) -> Result<(i64, Json)> {
    cx.expect_version(description, id, version)?;
    let before = rows::one(cx.tx, cx.registry, description, id, true)?;
    editable(cx, description, &before)?;
    unused(cx, description, id)?;
    cx.delete_record(description, &before)?;
    Ok((id, Json::Null))
}

/// A document that has left its first state is changed by its commands only.
fn editable(cx: &Context, description: &Description, before: &Record) -> Result<()> {
    let Some(state) = description.state().filter(|_| !description.life.is_empty()) else { return Ok(()) };
    let now = description.position(&state.name).and_then(|p| before.values.get(p)).and_then(Value::as_text);
    let now = now.unwrap_or_default();
    // `edit` rows of the life table name the states in which plain editing is legal.
    let legal = description.life.iter().filter(|s| s.command == "edit").any(|s| s.from == now);
    if legal || !description.life.iter().any(|s| s.command == "edit") {
        return Ok(());
    }
    let key = format!("{}.{}.choices.{}.{now}", description.module, description.name, state.name);
    let shown = cx.registry.texts.get(&cx.actor.language, &key).unwrap_or(now);
    Err(refuse("kernel.not_editable").field(&state.name).arg("state", shown).into())
}

impl Context<'_> {
    /// A record as `create` begins it with a body: defaults, and what it names is there. It is to be filled and inserted
    /// by a command that writes many, which a call of `create` for each would do one by one.
    ///
    /// # Errors
    /// `kernel.forbidden` for who may not run `create`, and what `create` refuses of a body.
    pub fn begin<E: Entity>(&mut self, body: &Map<String, Json>) -> Result<E> {
        let description = self.registry.entity(E::NAME)?;
        self.may_run(&description, "create")?;
        let record = filled(self, &description, &Record::default(), body, "")?;
        references(self, &description, &record)?;
        E::take(0, &mut Values::new(record.values), &mut record.lines.into_iter())
    }
}

/// What others refer to is archived, not deleted.
fn unused(cx: &mut Context, description: &Description, id: i64) -> Result<()> {
    let entities = cx.registry.entities();
    for other in entities.by_name.values() {
        for field in other.stored().filter(|f| f.target.as_deref() == Some(description.name)) {
            let sql = format!("SELECT id FROM {} WHERE {} = ? LIMIT 1", other.table, field.name);
            if cx.tx.first(&sql, &[id.into()])?.is_some() {
                return Err(refuse("kernel.in_use")
                    .arg("entity", description.name)
                    .arg("by", other.name)
                    .into());
            }
        }
    }
    Ok(())
}

/// `base` with what `body` says; every fault is named.
fn filled(
    cx: &mut Context,
    description: &Arc<Description>,
    base: &Record,
    body: &Map<String, Json>,
    path: &str,
) -> Result<Record> {
    let mut faults = Vec::new();
    let mut record = base.clone();
    if record.values.is_empty() {
        record.values = description.stored().map(|f| default(cx, f)).collect();
    }
    record.lines.resize(description.lines.len(), Vec::new());
    for (name, json) in body {
        let frame = ["id", "version", "title", "parent_id"].contains(&name.as_str()) || name.starts_with('@');
        // An entity may have a field of that name itself.
        if frame && description.field(name).is_none() {
            continue;
        }
        if let Some(at) = description.lines.iter().position(|l| l.name == *name) {
            let line = cx
                .registry
                .entity(&description.lines.get(at).map(|l| l.entity.clone()).unwrap_or_default())?;
            let old = base.lines.get(at).cloned().unwrap_or_default();
            match lines(cx, &line, &old, json, &format!("{path}{name}/")) {
                Ok(new) => {
                    if let Some(place) = record.lines.get_mut(at) {
                        *place = new;
                    }
                }
                Err(crate::Error::Refused(mut refusal)) => {
                    let more = std::mem::take(&mut refusal.more);
                    faults.push(*refusal);
                    faults.extend(more);
                }
                Err(error) => return Err(error),
            }
            continue;
        }
        match writable(cx, description, name, path)
            .and_then(|field| Ok((field.name.clone(), from_json(&field, json)?)))
        {
            Ok((name, value)) => {
                if let Some(place) = description.position(&name).and_then(|p| record.values.get_mut(p)) {
                    *place = value;
                }
            }
            Err(mut fault) => {
                fault.field = Some(format!("{path}{name}"));
                faults.push(fault);
            }
        }
    }
    let missing = description.stored().zip(&record.values).filter(|(f, v)| f.required && v.is_null());
    for (field, _) in missing {
        let at = format!("{path}{}", field.name);
        if !faults.iter().any(|f| f.field.as_deref() == Some(&at)) {
            faults.push(refuse("kernel.required").field(at));
        }
    }
    faults.extend(half_origins(cx.registry, description, &mut record, path));
    Refusal::all(faults)?;
    Ok(record)
}

/// What a record is about is an entity and an id: both, or neither.
fn half_origins(
    registry: &Registry,
    description: &Description,
    record: &mut Record,
    path: &str,
) -> Vec<Refusal> {
    let mut faults = Vec::new();
    for field in description.stored().filter(|f| f.kind == crate::Kind::OriginEntity) {
        let id = field.name.strip_suffix("entity").map(|base| format!("{base}id")).unwrap_or_default();
        let (Some(entity_at), Some(id_at)) = (description.position(&field.name), description.position(&id))
        else {
            continue;
        };
        if let Some(entity) = record.values.get_mut(entity_at)
            && entity.as_text() == Some("")
        {
            *entity = Value::Null;
        }
        let named = record.values.get(entity_at).and_then(Value::as_text).unwrap_or_default();
        if !named.is_empty() && registry.entity(named).is_err() {
            let at = format!("{path}{}", field.name);
            faults.push(refuse("kernel.no_such_entity").field(at).arg("name", named));
        }
        let empty = |at: usize| record.values.get(at).is_none_or(Value::is_null);
        match (empty(entity_at), empty(id_at)) {
            (true, false) => faults.push(refuse("kernel.required").field(format!("{path}{}", field.name))),
            (false, true) => faults.push(refuse("kernel.required").field(format!("{path}{id}"))),
            _ => {}
        }
    }
    faults
}

/// New records belong to the company that the person works in.
fn default(cx: &Context, field: &crate::Field) -> Value {
    match (field.name.as_str(), field.empty()) {
        ("company_id", Value::Null) if cx.actor.company > 0 => cx.actor.company.into(),
        (_, empty) => empty,
    }
}

fn writable(
    cx: &Context,
    description: &Description,
    name: &str,
    _path: &str,
) -> std::result::Result<crate::Field, Refusal> {
    let field = description.field(name).filter(|f| cx.actor.rights.sees_field(description, &f.name));
    let field = field.ok_or_else(|| refuse("kernel.unknown_field"))?;
    if field.computed.is_some() || field.readonly {
        return Err(refuse("kernel.readonly"));
    }
    Ok(field.clone())
}

fn lines(
    cx: &mut Context,
    line: &Arc<Description>,
    old: &[Record],
    json: &Json,
    path: &str,
) -> Result<Vec<Record>> {
    let wrong = |at: &str| Err(refuse("kernel.wrong_type").field(at.trim_end_matches('/')).into());
    let Json::Array(items) = json else { return wrong(path) };
    let mut out = Vec::new();
    let mut faults = Vec::new();
    for (i, item) in items.iter().enumerate() {
        let at = format!("{path}{i}/");
        let Some(body) = item.as_object() else { return wrong(&at) };
        let known = body.get("id").and_then(Json::as_i64).and_then(|id| old.iter().find(|o| o.id == id));
        match filled(cx, line, known.unwrap_or(&Record::default()), body, &at) {
            Ok(record) => out.push(record),
            Err(crate::Error::Refused(refusal)) => {
                let mut refusal = *refusal;
                let more = std::mem::take(&mut refusal.more);
                faults.push(refusal);
                faults.extend(more);
            }
            Err(error) => return Err(error),
        }
    }
    Refusal::all(faults)?;
    Ok(out)
}

fn identify(cx: &mut Context, record: &mut Record) -> Result<()> {
    for line in record.lines.iter_mut().flatten() {
        if line.id == 0 {
            line.id = cx.next_id()?;
        }
    }
    Ok(())
}

fn prepared(
    cx: &mut Context,
    description: &Description,
    record: Record,
    before: Option<&Record>,
) -> Result<Record> {
    match cx.registry.prepare_record(description.name) {
        Some(prepare) => prepare(record, before, cx),
        None => Ok(record),
    }
}

/// References lead to records that exist and that this person may see.
fn references(cx: &mut Context, description: &Arc<Description>, record: &Record) -> Result<()> {
    let mut faults = Vec::new();
    if let Some(about) = &description.about {
        let value = |name: String| description.position(&name).and_then(|p| record.values.get(p));
        let entity = value(format!("{about}_entity")).and_then(Value::as_text).unwrap_or_default().to_owned();
        let id = value(format!("{about}_id")).and_then(Value::as_int).unwrap_or_default();
        cx.about(&entity, id)?;
    }
    missing_targets(cx, description, std::slice::from_ref(record), "", &mut faults)?;
    for (lines, records) in description.lines.iter().zip(&record.lines) {
        let line = cx.registry.entity(&lines.entity)?;
        missing_targets(cx, &line, records, &format!("{}/", lines.name), &mut faults)?;
    }
    Refusal::all(faults)
}

fn missing_targets(
    cx: &mut Context,
    description: &Description,
    records: &[Record],
    path: &str,
    faults: &mut Vec<Refusal>,
) -> Result<()> {
    for (position, field) in description.stored().enumerate() {
        let Some(target) = &field.target else { continue };
        let target = cx.registry.entity(target)?;
        let mut ids: Vec<i64> =
            records.iter().filter_map(|r| r.values.get(position).and_then(Value::as_int)).collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() {
            continue;
        }
        let rights = Arc::clone(&cx.actor.rights);
        let visible = if rights.may_read(&target) { rights.rows(cx.registry, &target, "t")? } else { None };
        // What this command has read is there, and who sees all rows sees it; so is the company that one works in.
        let works_in = |id: &i64| field.name == "company_id" && *id == cx.actor.company;
        ids.retain(|id| !works_in(id) && (visible.is_some() || !cx.cache.has(target.name, *id)));
        if ids.is_empty() {
            continue;
        }
        let mut params: Vec<Value> = ids.iter().map(|i| Value::Int(*i)).collect();
        let mut condition = format!("t.id {}", rows::among(ids.len()));
        if let Some((more, values)) = visible {
            condition = format!("{condition} AND {more}");
            params.extend(values);
        }
        let sql = format!("SELECT t.id FROM {} t WHERE {condition}", target.table);
        let found: Vec<i64> = cx.tx.query(&sql, &params)?.iter().map(|r| r.int(0)).collect();
        for id in ids.iter().filter(|i| !found.contains(i)) {
            let row =
                records.iter().position(|r| r.values.get(position).and_then(Value::as_int) == Some(*id));
            let at = if path.is_empty() {
                field.name.clone()
            } else {
                format!("{path}{}/{}", row.unwrap_or(0), field.name)
            };
            faults.push(refuse("kernel.no_such_record").field(at).arg("entity", target.name).arg("id", id));
        }
    }
    Ok(())
}

impl Context<'_> {
    /// That something may be about this record: it is there, this person may see it, and it is no line and nothing
    /// that is about another record itself, whose rules would hide behind each other.
    ///
    /// # Errors
    /// `kernel.not_here`, `kernel.not_found`.
    pub fn about(&mut self, entity: &str, id: i64) -> Result<Arc<Description>> {
        let description = self.registry.entity(entity)?;
        if description.parent.is_some() || description.about.is_some() {
            return Err(refuse("kernel.not_here").field("about_entity").arg("entity", entity).into());
        }
        let (registry, actor, now) = (self.registry, self.actor.clone(), self.now());
        Reader { tx: self.tx, registry, actor: &actor, now }.visible(&description, id)?;
        let sql = format!("SELECT 1 FROM {} WHERE id = ?", description.table);
        if self.tx.first(&sql, &[id.into()])?.is_none() {
            return Err(refuse("kernel.not_found").arg("entity", description.name).arg("id", id).into());
        }
        Ok(description)
    }

    /// A record from outside, as [`Context::insert_records`] takes it: its lines have ids, and its entity's
    /// invariants hold.
    ///
    /// # Errors
    /// What the entity refuses.
    pub fn prepare_record(&mut self, description: &Description, mut record: Record) -> Result<Record> {
        identify(self, &mut record)?;
        let mut faults = Vec::new();
        empty_fields(self.registry, description, &record, "", &mut faults)?;
        Refusal::all(faults)?;
        prepared(self, description, record, None)
    }
}

/// Required fields that hold nothing; a typed struct cannot be made of such a record.
fn empty_fields(
    registry: &Registry,
    description: &Description,
    record: &Record,
    path: &str,
    faults: &mut Vec<Refusal>,
) -> Result<()> {
    let empty =
        description.stored().zip(&record.values).filter(|(f, v)| f.required && !f.custom && v.is_null());
    faults.extend(empty.map(|(f, _)| refuse("kernel.required").field(format!("{path}{}", f.name))));
    for (lines, records) in description.lines.iter().zip(&record.lines) {
        let line = registry.entity(&lines.entity)?;
        for (i, record) in records.iter().enumerate() {
            empty_fields(registry, &line, record, &format!("{path}{}/{i}/", lines.name), faults)?;
        }
    }
    Ok(())
}
