//! The kernel's own tables.

use store::{Column, Index, Table, Type};

pub(crate) fn table(name: &str, columns: &str, indexes: &[(&str, bool)]) -> Table {
    let columns = columns
        .split_whitespace()
        .map(|c| {
            let (name, ty) = c.split_once(':').unwrap_or((c, "int"));
            Column {
                name: name.into(),
                ty: if ty.starts_with("text") { Type::Text } else { Type::Int },
                required: !ty.ends_with('?'),
            }
        })
        .collect();
    let indexes = indexes
        .iter()
        .map(|(columns, unique)| Index::of(name, &columns.split(',').collect::<Vec<_>>(), *unique))
        .collect();
    Table { name: name.into(), columns, indexes }
}

/// Audit and outbox are append-only; `series` holds the counters of numbers.
pub(crate) fn own() -> Vec<Table> {
    vec![
        table(
            "audit",
            "id at user_id kind:text command:text entity:text record_id changes:text case_id:int? inverse:text",
            &[("record_id", false), ("at", false)],
        ),
        table(
            "event",
            "id at name:text entity:text record_id about:text user_id",
            &[("record_id", false), ("at", false)],
        ),
        table(
            "idempotency",
            "id key:text user_id request:text reply:text at",
            &[("key,user_id", true), ("at", false)],
        ),
        table("series", "id name:text next", &[("name", true)]),
        table("search", "id entity:text title:text note:text folded:text", &[("folded", false)]),
        table(
            "job",
            "id kind:text input:text due state:text tries error:text company_id",
            &[("state,due", false)],
        ),
        table(
            "custom_field",
            "id entity:text name:text kind:text label:text choices:text target:text?",
            &[("entity,name", true)],
        ),
        table("migration", "id name:text at", &[]),
    ]
}
