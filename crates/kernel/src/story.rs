//! The story of a record: who changed what, and what happened, latest first.

use crate::describe::{Description, Kind};
use crate::read::{Expand, Reader};
use crate::refusal::Result;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How much of a story is told at once.
const MOST: i64 = 200;

/// A value before and after, and what the record behind it is called.
const SIDES: [(&str, &str); 2] = [("before", "before_title"), ("after", "after_title")];

impl Reader<'_> {
    /// Changes and events of a record that this person may see; hidden fields stay hidden here, too.
    ///
    /// # Errors
    /// `kernel.not_found`.
    pub fn story(&mut self, entity: &str, id: i64) -> Result<Vec<Json>> {
        let description = self.registry.entity(entity)?;
        self.visible(&description, id)?;
        let mut out = Vec::new();
        let rows = self.tx.query(
            "SELECT at, user_id, kind, command, changes, case_id FROM audit WHERE record_id = ? ORDER BY id DESC LIMIT ?",
            &[id.into(), MOST.into()],
        )?;
        for row in rows {
            let changes: Json = serde_json::from_str(row.text(4)).unwrap_or(Json::Null);
            let mut told = Vec::new();
            for (field, change) in changes.as_object().into_iter().flatten() {
                if !self.actor.rights.sees_field(&description, field) {
                    continue;
                }
                let pair = change.as_array().filter(|c| c.len() == 2 && !c.iter().any(Json::is_object));
                told.push(match pair.map(Vec::as_slice) {
                    Some([before, after]) => json!({"field": field, "before": before, "after": after}),
                    _ => json!({"field": field, "lines": self.shown_lines(&description, field, change)}),
                });
            }
            out.push(json!({
                "at": row.int(0), "user": row.int(1), "kind": "change", "what": row.text(2),
                "command": row.text(3), "changes": told, "case": row.get(5).as_int(),
            }));
        }
        self.name_references(&description, &mut out)?;
        let rows = self.tx.query(
            "SELECT at, user_id, name FROM event WHERE record_id = ? ORDER BY id DESC LIMIT ?",
            &[id.into(), MOST.into()],
        )?;
        out.extend(
            rows.iter()
                .map(|r| json!({"at": r.int(0), "user": r.int(1), "kind": "event", "what": r.text(2)})),
        );
        out.sort_by_key(|e| std::cmp::Reverse(e.get("at").and_then(Json::as_i64)));
        Ok(out)
    }

    /// What references are called, beside their ids: of what this person may see.
    fn name_references(&mut self, description: &Description, story: &mut [Json]) -> Result<()> {
        let mut wanted: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
        let target = |change: &Json| {
            let field = description.field(change.get("field").and_then(Json::as_str).unwrap_or_default())?;
            field.target.clone().filter(|_| field.kind == Kind::Reference)
        };
        let changes =
            |entry: &Json| entry.get("changes").and_then(Json::as_array).cloned().unwrap_or_default();
        for change in story.iter().flat_map(changes) {
            if let Some(target) = target(&change) {
                let ids = SIDES.iter().filter_map(|(side, _)| change.get(side).and_then(Json::as_i64));
                wanted.entry(target).or_default().extend(ids);
            }
        }
        let mut titles: HashMap<(String, i64), Json> = HashMap::new();
        for (name, ids) in wanted {
            let entity = self.registry.entity(&name)?;
            if !self.actor.rights.may_read(&entity) {
                continue;
            }
            let expand = Expand { select: vec!["id".into(), "title".into()], ..Expand::default() };
            for (id, row) in self.referred(&entity, &expand, ids.into_iter().collect())? {
                titles.insert((name.clone(), id), row.get("title").cloned().unwrap_or_default());
            }
        }
        let entries = story.iter_mut().filter_map(|entry| entry.get_mut("changes")?.as_array_mut());
        for change in entries.flatten() {
            let Some(target) = target(change) else { continue };
            for (side, title) in SIDES {
                let known =
                    change.get(side).and_then(Json::as_i64).and_then(|id| titles.get(&(target.clone(), id)));
                if let (Some(known), Some(change)) = (known.cloned(), change.as_object_mut()) {
                    change.insert(title.into(), known);
                }
            }
        }
        Ok(())
    }

    /// What changed in lines, without the fields that are hidden there.
    fn shown_lines(&self, description: &Description, name: &str, changes: &Json) -> Json {
        let line = description.lines.iter().find(|l| l.name == name);
        let line = line.and_then(|l| self.registry.entity(&l.entity).ok());
        let seen = |field: &String| {
            ["id", "position"].contains(&field.as_str())
                || line.as_ref().is_some_and(|l| self.actor.rights.sees_field(l, field))
        };
        let mut out = changes.clone();
        let parts = out.as_array_mut().into_iter().flatten().filter_map(Json::as_object_mut);
        for part in parts.flat_map(|change| change.values_mut()).filter_map(Json::as_object_mut) {
            part.retain(|field, _| seen(field));
        }
        out
    }
}
