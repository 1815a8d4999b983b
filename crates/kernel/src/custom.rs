//! Fields that an administrator adds while the program runs: real columns, named `x_…`.

use crate::context::Context;
use crate::describe::{Field, Kind};
use crate::refusal::{Result, refuse};
use crate::registry::Registry;
use crate::run::Kernel;
use store::{Tx, Value};

/// All custom fields, with the entity they belong to.
pub(crate) fn read(tx: &mut Tx) -> Result<Vec<(String, Field)>> {
    let rows =
        tx.query("SELECT entity, name, kind, label, choices, target FROM custom_field ORDER BY id", &[])?;
    Ok(rows
        .iter()
        .map(|row| {
            let mut field = Field::new(row.text(1), Kind::of(row.text(2)).unwrap_or(Kind::Text)).optional();
            field.custom = true;
            field.label = Some(row.text(3).to_owned());
            field.choices =
                row.text(4).split('\n').filter(|c| !c.is_empty()).map(ToOwned::to_owned).collect();
            field.target = row.get(5).as_text().map(ToOwned::to_owned);
            field.nav = field.target.as_ref().map(|_| row.text(1).trim_end_matches("_id").to_owned());
            (row.text(0).to_owned(), field)
        })
        .collect())
}

/// A custom field to be.
#[derive(Clone, Debug, Default)]
pub struct NewField {
    pub entity: String,
    /// Without the prefix: `colour` becomes `x_colour`.
    pub name: String,
    pub kind: String,
    pub label: String,
    pub choices: Vec<String>,
    pub target: Option<String>,
}

impl Kernel {
    /// Adds a field and its column, for this process at once and for others when they next look.
    ///
    /// # Errors
    /// What is wrong with the name or the kind.
    pub fn add_field(&self, actor: &crate::Actor, new: NewField) -> Result<()> {
        let registry = std::sync::Arc::clone(&self.registry);
        self.work(actor, "add_field", move |cx| write(cx, &registry, &new))?;
        let registry = std::sync::Arc::clone(&self.registry);
        self.store.read(|tx| registry.refresh(tx))
    }
}

fn write(cx: &mut Context, registry: &Registry, new: &NewField) -> Result<()> {
    let description = registry.entity(&new.entity)?;
    let fits = !new.name.is_empty()
        && new.name.len() <= 40
        && new.name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !fits {
        return Err(refuse("kernel.bad_name").field("name").arg("value", &new.name).into());
    }
    let kind = Kind::of(&new.kind).ok_or_else(|| {
        refuse("kernel.not_a_choice")
            .field("kind")
            .arg("value", &new.kind)
            .arg("choices", "text, date, money …")
    })?;
    let target = match (&new.target, kind) {
        (Some(target), Kind::Reference) => Some(registry.entity(target)?.name),
        (None, Kind::Reference) => return Err(refuse("kernel.required").field("target").into()),
        _ => None,
    };
    let suffix = if kind == Kind::Reference { "_id" } else { "" };
    let column = format!("x_{}{suffix}", new.name.trim_end_matches("_id"));
    if description.field(&column).is_some() {
        return Err(refuse("kernel.not_unique").field("name").arg("entity", &new.entity).into());
    }
    let ty = if kind.is_text() { "TEXT" } else { "BIGINT" };
    let table = &description.table;
    let index = store::Index::of(table, &[&column], false).name;
    cx.tx.define(&format!("ALTER TABLE {table} ADD COLUMN {column} {ty}"))?;
    cx.tx.define(&format!("CREATE INDEX {index} ON {table} ({column})"))?;
    let id = cx.next_id()?;
    let row = vec![
        id.into(),
        new.entity.as_str().into(),
        column.into(),
        kind.word().into(),
        new.label.as_str().into(),
        Value::Text(new.choices.join("\n")),
        target.into(),
    ];
    Ok(cx.tx.insert(
        "custom_field",
        &["id", "entity", "name", "kind", "label", "choices", "target"],
        &[row],
    )?)
}
