//! Records that are here already, by what people call them.

use kernel::{Actor, Kernel, Result};
use std::collections::HashMap;

/// By what they are called; none where several are called the same.
pub type Lookup = HashMap<String, Option<i64>>;

/// The records of an entity that this person may see, by a field, or by several in turn: `code | name`.
///
/// # Errors
/// When there is no such entity, or the database's.
pub fn load(kernel: &Kernel, actor: &Actor, target: &str, by: &str) -> Result<Lookup> {
    let description = kernel.registry.entity(target)?;
    let (condition, params) = actor
        .rights
        .rows(&kernel.registry, &description, "t")?
        .unwrap_or_else(|| ("1 = 1".into(), Vec::new()));
    let mut known = Lookup::new();
    for name in by.split('|').map(str::trim) {
        let stored =
            name == "id" || description.field(name).is_some_and(|f| f.computed.is_none() && !f.secret);
        if !stored {
            continue;
        }
        let sql = format!(
            "SELECT t.{name}, t.id FROM {} t WHERE t.{name} IS NOT NULL AND {condition}",
            description.table
        );
        let rows = kernel.store.read(|tx| -> Result<_> { Ok(tx.query(&sql, &params)?) })?;
        let mut now = Lookup::new();
        for row in &rows {
            let called = row.get(0).as_int().map_or_else(|| row.text(0).trim().to_owned(), |n| n.to_string());
            now.entry(called).and_modify(|id| *id = None).or_insert(Some(row.int(1)));
        }
        // What an earlier field calls by this name stays.
        now.into_iter().for_each(|(called, id)| {
            known.entry(called).or_insert(id);
        });
    }
    Ok(known)
}
