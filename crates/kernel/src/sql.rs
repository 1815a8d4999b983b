//! Conditions, ways and values of a reading as SQL, under the rights of whoever asks.

use crate::describe::{Description, Field, Kind};
use crate::filter::{Comparison, Filter, Path, TextTest};
use crate::json::from_json;
use crate::merged;
use crate::refusal::{Result, refuse};
use crate::registry::Registry;
use crate::rights::Rights;
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::sync::Arc;
use store::Value;

/// A statement being put together: its joins, and the parameters in the order of their places.
pub(crate) struct Builder<'a> {
    pub registry: &'a Registry,
    pub rights: &'a Rights,
    pub joins: Vec<(String, String)>,
    pub join_params: Vec<Value>,
    pub params: Vec<Value>,
    /// Entities of which records were merged: a way to one leads to the survivor.
    pub merged: BTreeSet<&'static str>,
    aliases: usize,
}

/// A field reached from the root, and how SQL names it.
pub(crate) struct Reached {
    pub field: Field,
    pub sql: String,
}

impl<'a> Builder<'a> {
    pub fn new(registry: &'a Registry, rights: &'a Rights) -> Self {
        Self {
            registry,
            rights,
            joins: vec![],
            join_params: vec![],
            params: vec![],
            merged: BTreeSet::new(),
            aliases: 0,
        }
    }

    /// The field at the end of `path`, joining what lies on the way. A record that may not be seen joins as
    /// nothing, so that no filter tells what it holds.
    pub fn reach(&mut self, root: &Arc<Description>, alias: &str, path: &Path) -> Result<Reached> {
        let mut description = Arc::clone(root);
        let mut alias = alias.to_owned();
        let Some((last, ways)) = path.split_last() else {
            return Err(refuse("kernel.unknown_field").field("").into());
        };
        for nav in ways {
            let field = description
                .way(nav)
                .filter(|f| self.rights.sees_field(&description, &f.name))
                .ok_or_else(|| unknown(&description, nav))?;
            let target = self.registry.entity(field.target.as_deref().unwrap_or_default())?;
            let key = format!("{alias}.{}", field.name);
            alias = match self.joins.iter().find(|(k, _)| *k == key) {
                Some((_, sql)) => sql.split(' ').nth(3).unwrap_or_default().to_owned(),
                None => self.join(key, &target)?,
            };
            description = target;
        }
        let field = self.field(&description, last)?;
        let sql = match &field.computed {
            Some(sql) => format!("({})", sql.replace("{t}", &alias)),
            None => format!("{alias}.{}", field.name),
        };
        Ok(Reached { field, sql })
    }

    fn join(&mut self, key: String, target: &Description) -> Result<String> {
        self.aliases += 1;
        let alias = format!("j{}", self.aliases);
        let condition = match self.rights.rows(self.registry, target, &alias)? {
            None => String::new(),
            Some((condition, params)) => {
                self.join_params.extend(params);
                format!(" AND {condition}")
            }
        };
        let way =
            if self.merged.contains(target.name) { merged::survivor(target, &key) } else { key.clone() };
        self.joins
            .push((key, format!("LEFT JOIN {} {alias} ON {alias}.id = {way}{condition}", target.table)));
        Ok(alias)
    }

    pub fn field(&self, description: &Description, name: &str) -> Result<Field> {
        if name == "id" || (name == "version" && description.parent.is_none()) {
            return Ok(Field::new(name, Kind::Integer));
        }
        if name == "parent_id" && description.parent.is_some() {
            return Ok(Field::new(name, Kind::Integer));
        }
        let name = if name == "title" { description.title.as_str() } else { name };
        description
            .field(name)
            .filter(|f| self.rights.sees_field(description, &f.name))
            .cloned()
            .ok_or_else(|| unknown(description, name).into())
    }

    pub fn condition(&mut self, root: &Arc<Description>, alias: &str, filter: &Filter) -> Result<String> {
        Ok(match filter {
            Filter::And(a, b) => {
                format!("({} AND {})", self.condition(root, alias, a)?, self.condition(root, alias, b)?)
            }
            Filter::Or(a, b) => {
                format!("({} OR {})", self.condition(root, alias, a)?, self.condition(root, alias, b)?)
            }
            Filter::Not(inner) => format!("NOT {}", self.condition(root, alias, inner)?),
            Filter::Compare(path, comparison, literal) => {
                let reached = self.reach(root, alias, path)?;
                self.compare(&reached, *comparison, literal)?
            }
            Filter::In(path, items) => {
                let reached = self.reach(root, alias, path)?;
                let places = vec!["?"; items.len()].join(",");
                for item in items {
                    let value = self.literal(&reached.field, item)?;
                    self.params.push(value);
                }
                format!("{} IN ({places})", reached.sql)
            }
            Filter::Text(test, path, text) => {
                let reached = self.reach(root, alias, path)?;
                if !reached.field.kind.is_text() {
                    return Err(refuse("kernel.not_text").field(&reached.field.name).into());
                }
                let text = text.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
                self.params.push(Value::Text(match test {
                    TextTest::Contains => format!("%{text}%"),
                    TextTest::StartsWith => format!("{text}%"),
                    TextTest::EndsWith => format!("%{text}"),
                }));
                format!("LOWER({}) LIKE ? ESCAPE '\\'", reached.sql)
            }
            Filter::Any(lines, inner) => self.any(root, alias, lines, inner.as_deref())?,
        })
    }

    fn any(
        &mut self,
        root: &Arc<Description>,
        alias: &str,
        lines: &str,
        inner: Option<&Filter>,
    ) -> Result<String> {
        let found = root.lines.iter().find(|l| l.name == lines).ok_or_else(|| unknown(root, lines))?;
        let line = self.registry.entity(&found.entity)?;
        self.aliases += 1;
        let own = format!("a{}", self.aliases);
        let (joins, join_params) = (std::mem::take(&mut self.joins), std::mem::take(&mut self.join_params));
        let before = self.params.len();
        let condition = inner.map(|f| self.condition(&line, &own, f)).transpose()?;
        let inner_joins: Vec<String> = self.joins.drain(..).map(|(_, sql)| sql).collect();
        // Parameters of the inner joins stand before those of the inner condition.
        let at_joins = std::mem::replace(&mut self.join_params, join_params);
        self.params.splice(before..before, at_joins);
        self.joins = joins;
        let condition = condition.map(|c| format!(" AND {c}")).unwrap_or_default();
        Ok(format!(
            "EXISTS (SELECT 1 FROM {} {own} {} WHERE {own}.parent_id = {alias}.id{condition})",
            line.table,
            inner_joins.join(" ")
        ))
    }

    fn compare(&mut self, reached: &Reached, comparison: Comparison, literal: &Json) -> Result<String> {
        let sql = &reached.sql;
        if literal.is_null() {
            return match comparison {
                Comparison::Eq => Ok(format!("{sql} IS NULL")),
                Comparison::Ne => Ok(format!("{sql} IS NOT NULL")),
                _ => Err(refuse("kernel.bad_filter").field("$filter").arg("at", "null").into()),
            };
        }
        let value = self.literal(&reached.field, literal)?;
        self.params.push(value);
        let operator = match comparison {
            Comparison::Eq => "=",
            // What is not set differs from every value, as a person expects.
            Comparison::Ne => return Ok(format!("({sql} <> ? OR {sql} IS NULL)")),
            Comparison::Gt => ">",
            Comparison::Ge => ">=",
            Comparison::Lt => "<",
            Comparison::Le => "<=",
        };
        Ok(format!("{sql} {operator} ?"))
    }

    fn literal(&self, field: &Field, literal: &Json) -> Result<Value> {
        let mut field = field.clone();
        field.required = true;
        let literal = match (field.kind, literal) {
            (Kind::Text | Kind::LongText | Kind::Choice | Kind::File, Json::Number(n)) => {
                Json::String(n.to_string())
            }
            _ => literal.clone(),
        };
        Ok(from_json(&field, &literal)?)
    }

    pub fn joined(&self) -> String {
        self.joins.iter().map(|(_, sql)| sql.as_str()).collect::<Vec<_>>().join(" ")
    }
}

fn unknown(description: &Description, name: &str) -> crate::Refusal {
    refuse("kernel.unknown_field").field(name).arg("entity", description.name)
}
