//! The story of a record: who changed what, and what happened, latest first.

use crate::describe::Description;
use crate::read::Reader;
use crate::refusal::Result;
use serde_json::{Value as Json, json};

/// How much of a story is told at once.
const MOST: i64 = 200;

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
