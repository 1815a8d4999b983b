//! What a case's expressions see: its record as it is now, under the diagram's rights, and as few statements as it takes.

use super::Engine;
use crate::case::Case;
use crate::feel::{self, Scope};
use crate::index::Published;
use kernel::read::{Ask, Expand, Reader};
use kernel::{Actor, Context, Error, Refusal, Result, refuse};
use serde_json::{Value as Json, json};

impl Engine {
    pub(super) fn holds(
        &mut self,
        case: &Case,
        published: &Published,
        text: &str,
        cx: &mut Context,
    ) -> Result<std::result::Result<bool, Refusal>> {
        let scope = match self.scope(case, published, text, cx) {
            Ok(scope) => scope,
            Err(Error::Refused(refusal)) => return Ok(Err(*refusal)),
            Err(error) => return Err(error),
        };
        let Some(expression) = published.program.expression(text) else {
            return Ok(Err(refuse("process.expression").arg("expression", text).arg("what", "")));
        };
        Ok(expression.holds(&scope))
    }

    /// A value that is good to have and stops nothing: a day, the record of a task.
    pub fn known(
        &mut self,
        case: &Case,
        published: &Published,
        text: &str,
        cx: &mut Context,
    ) -> Result<Json> {
        match self.value(case, published, text, cx) {
            Err(Error::Refused(_)) => Ok(Json::Null),
            result => result,
        }
    }

    pub(super) fn value(
        &mut self,
        case: &Case,
        published: &Published,
        text: &str,
        cx: &mut Context,
    ) -> Result<Json> {
        let scope = self.scope(case, published, text, cx)?;
        Ok(published.program.expression(text).map_or(Json::Null, |e| e.json(&scope)))
    }

    /// What an expression of this case sees: the record is read only for one that looks at it.
    pub(crate) fn scope(
        &mut self,
        case: &Case,
        published: &Published,
        text: &str,
        cx: &mut Context,
    ) -> Result<Scope> {
        let mut values = vec![("today".to_owned(), feel::date(&cx.today().to_string()))];
        let variables: Json =
            case.variables.as_deref().and_then(|v| serde_json::from_str(v).ok()).unwrap_or_default();
        values.extend(
            variables.as_object().into_iter().flatten().map(|(name, v)| (name.clone(), feel::from_json(v))),
        );
        if let Some(event) = &self.event {
            let event = json!({"name": event.name, "entity": event.of.entity, "id": event.of.id});
            values.push(("event".into(), feel::from_json(&event)));
        }
        if published.program.looks(text) {
            values.push(("record".into(), self.record(case, published, cx)?));
        }
        Ok(Scope::new(values))
    }

    fn record(&mut self, case: &Case, published: &Published, cx: &mut Context) -> Result<feel::Looked> {
        let key = (published.id, case.about.id);
        if !self.records.contains_key(&key) {
            self.look(published, &case.about.entity, vec![case.about.id], cx)?;
        }
        Ok(self.records.get(&key).cloned().unwrap_or(feel::Looked::Null(None)))
    }

    /// Reads the records of many cases with one statement, if the diagram's conditions look at them at all.
    pub fn look_at_all(&mut self, published: &Published, ids: Vec<i64>, cx: &mut Context) -> Result<()> {
        let entity = published.program.model.attach.as_deref().unwrap_or_default();
        let looks = published.program.whole || !published.program.fields.is_empty();
        for chunk in ids.chunks(500).filter(|_| looks) {
            match self.look(published, entity, chunk.to_vec(), cx) {
                // What may not be looked at stops each case for itself.
                Ok(()) | Err(Error::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn look(&mut self, published: &Published, entity: &str, ids: Vec<i64>, cx: &mut Context) -> Result<()> {
        let description = cx.registry.entity(entity)?;
        let program = &published.program;
        let lines = |f: &&String| description.lines.iter().any(|l| l.name == **f);
        let (expand, select): (Vec<&String>, Vec<&String>) = program.fields.iter().partition(lines);
        let ask = Ask {
            ids: Some(ids),
            select: if program.whole { Vec::new() } else { select.into_iter().cloned().collect() },
            expand: expand.into_iter().map(|l| Expand { name: l.clone(), ..Expand::default() }).collect(),
            ..Ask::default()
        };
        let actor = Actor { rights: published.rights.clone(), ..cx.actor.clone() };
        let (registry, now) = (cx.registry, cx.now());
        for row in (Reader { tx: cx.tx, registry, actor: &actor, now }).list(&description, &ask)?.rows {
            let Some(row) = row.as_object() else { continue };
            let id = row.get("id").and_then(Json::as_i64).unwrap_or_default();
            let record = feel::record_from_json(row, &|name| description.field(name).map(|f| f.kind));
            self.records.insert((published.id, id), record);
        }
        Ok(())
    }
}
