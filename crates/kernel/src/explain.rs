//! What else is wrong with a refused call: references that lead to nothing. Looked for only when a call is refused, so
//! that one that is in order costs no statement more.

use crate::context::Context;
use crate::describe::{Description, Field, Kind};
use crate::entity::InputFacts;
use crate::refusal::{Error, Refusal, refuse};
use crate::run::Call;
use serde_json::{Map, Value as Json};
use store::Value;

/// A reference that the caller gave: where it stands, what it should be, and its id; 0 where only a kind is named.
struct Given {
    at: String,
    target: String,
    id: i64,
}

impl Context<'_> {
    /// The refusal with every reference of the call that leads to nothing which this person may see.
    pub(crate) fn explained(&mut self, description: &Description, call: &Call, error: Error) -> Error {
        let Error::Refused(mut refusal) = error else { return error };
        if ["kernel.forbidden", "kernel.stale"].contains(&refusal.code) {
            return Error::Refused(refusal);
        }
        let mut given = Vec::new();
        match self.registry.command(description.name, &call.command) {
            Some(command) => of_input(&command.input, &call.body, "", &mut given),
            None => self.of_record(description, &call.body, "", &mut given),
        }
        for reference in given {
            let code = if reference.id == 0 { "kernel.no_such_entity" } else { "kernel.no_such_record" };
            let known = |r: &Refusal| r.field.as_deref() == Some(reference.at.as_str());
            if known(&refusal) || refusal.more.iter().any(known) || self.is_there(&reference) {
                continue;
            }
            let fault = refuse(code)
                .field(&reference.at)
                .arg("name", &reference.target)
                .arg("entity", &reference.target)
                .arg("id", reference.id);
            if refusal.field.is_some() {
                refusal.more.push(fault);
            } else {
                // What names no field gives way to what does.
                let more = std::mem::take(&mut refusal.more);
                *refusal = Refusal { more, ..fault };
            }
        }
        Error::Refused(refusal)
    }

    /// A database that fails here has failed before; then nothing is added.
    fn is_there(&mut self, reference: &Given) -> bool {
        let Ok(target) = self.registry.entity(&reference.target) else { return false };
        if reference.id == 0 {
            return true;
        }
        let rights = std::sync::Arc::clone(&self.actor.rights);
        let rule = if rights.may_read(&target) {
            rights.rows(self.registry, &target, "t").ok().flatten()
        } else {
            None
        };
        let (rule, mut params) = rule.unwrap_or_else(|| ("1 = 1".into(), Vec::new()));
        params.push(Value::Int(reference.id));
        let sql = format!("SELECT t.id FROM {} t WHERE {rule} AND t.id = ?", target.table);
        self.tx.first(&sql, &params).map_or(true, |row| row.is_some())
    }

    fn of_record(
        &self,
        description: &Description,
        body: &Map<String, Json>,
        path: &str,
        given: &mut Vec<Given>,
    ) {
        of_fields(description.stored(), body, path, given);
        for lines in &description.lines {
            let Ok(line) = self.registry.entity(&lines.entity) else { continue };
            for (i, item) in items(body, &lines.name) {
                self.of_record(&line, item, &format!("{path}{}/{i}/", lines.name), given);
            }
        }
    }
}

fn of_input(facts: &InputFacts, body: &Map<String, Json>, path: &str, given: &mut Vec<Given>) {
    of_fields(facts.fields.iter(), body, path, given);
    for (name, facts) in &facts.lines {
        for (i, item) in items(body, name) {
            of_input(facts, item, &format!("{path}{name}/{i}/"), given);
        }
    }
}

fn items<'a>(
    body: &'a Map<String, Json>,
    name: &str,
) -> impl Iterator<Item = (usize, &'a Map<String, Json>)> {
    let list = body.get(name).and_then(Json::as_array).into_iter().flatten();
    list.enumerate().filter_map(|(i, item)| Some((i, item.as_object()?)))
}

fn of_fields<'a>(
    fields: impl Iterator<Item = &'a Field>,
    body: &Map<String, Json>,
    path: &str,
    given: &mut Vec<Given>,
) {
    for field in fields {
        if let (Kind::OriginEntity, Some(Json::String(name))) = (field.kind, body.get(&field.name)) {
            given.push(Given { at: format!("{path}{}", field.name), target: name.clone(), id: 0 });
        }
        if let (Some(target), Some(id)) = (&field.target, body.get(&field.name).and_then(Json::as_i64)) {
            given.push(Given { at: format!("{path}{}", field.name), target: target.clone(), id });
        }
    }
}
