//! The story of a record: who changed what, and what happened, latest first.

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
                    _ => json!({"field": field, "lines": change}),
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
}
