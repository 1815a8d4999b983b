//! Records that were merged into another. No reference is rewritten, so that un-merging is cheap and old documents keep
//! what they said; reading follows `merged_into`: who asks for one finds what belongs to all that are one now, and the
//! survivor is shown. Where nothing is merged it costs one look at an index, and only who asks by such a reference.

use crate::describe::{Description, Field};
use crate::filter::{Comparison, Filter};
use crate::read::{Ask, Reader};
use crate::refusal::Result;
use crate::registry::Registry;
use serde_json::{Value as Json, json};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;
use store::Value;

/// The field that says into which record of its kind one was merged.
pub(crate) const FIELD: &str = "merged_into_id";

impl Description {
    /// Whether its records can be merged.
    #[must_use]
    pub fn merges(&self) -> bool {
        self.field(FIELD).is_some_and(|f| f.target.as_deref() == Some(self.name))
    }
}

/// SQL of the record that stands for the one named by `reference`.
pub(crate) fn survivor(target: &Description, reference: &str) -> String {
    let table = &target.table;
    format!(
        "COALESCE((WITH RECURSIVE up(id, next) AS (SELECT m.id, m.{FIELD} FROM {table} m WHERE m.id = {reference}
         UNION SELECT m.id, m.{FIELD} FROM {table} m JOIN up ON m.id = up.next) SELECT up.id FROM up WHERE up.next IS NULL), {reference})"
    )
}

/// Where a path leads: the entities on its way, and what stands at its end.
fn led(
    registry: &Registry,
    root: &Arc<Description>,
    path: &[String],
) -> Option<(Vec<Arc<Description>>, Option<Field>)> {
    let mut description = Arc::clone(root);
    let mut passed = Vec::new();
    let (last, ways) = path.split_last()?;
    for way in ways {
        description = registry.entity(description.way(way)?.target.as_deref()?).ok()?;
        passed.push(Arc::clone(&description));
    }
    Some((passed, description.field(last).cloned()))
}

/// The entity that a comparison at the end of this path is about, where its records can be merged.
pub(crate) fn compared(
    registry: &Registry,
    root: &Arc<Description>,
    path: &[String],
) -> Option<Arc<Description>> {
    let (passed, field) = led(registry, root, path)?;
    let target = match field {
        Some(field) => registry.entity(field.target.as_deref()?).ok()?,
        None if path.last().is_some_and(|l| l == "id") => passed.last().cloned()?,
        None => return None,
    };
    target.merges().then_some(target)
}

impl Reader<'_> {
    /// The entities along these paths of which records have been merged.
    pub(crate) fn merged_along<'p>(
        &mut self,
        root: &Arc<Description>,
        ask: &'p Ask,
        more: impl Iterator<Item = &'p Vec<String>>,
    ) -> Result<BTreeSet<&'static str>> {
        let mut along: Vec<Arc<Description>> = Vec::new();
        if let Some(filter) = &ask.filter {
            touched(self.registry, root, filter, &mut along);
        }
        for path in ask.order.iter().map(|(p, _)| p).chain(more) {
            passed(self.registry, root, path, &mut along);
        }
        let mut merged = BTreeSet::new();
        for target in along {
            if !merged.contains(target.name) {
                let sql = format!("SELECT 1 FROM {} WHERE {FIELD} > 0 LIMIT 1", target.table);
                if self.tx.first(&sql, &[])?.is_some() {
                    merged.insert(target.name);
                }
            }
        }
        Ok(merged)
    }

    /// What is asked for, about all records that are one now.
    pub(crate) fn followed<'a>(
        &mut self,
        root: &Arc<Description>,
        ask: &'a Ask,
        merged: &BTreeSet<&'static str>,
    ) -> Result<Cow<'a, Ask>> {
        match &ask.filter {
            Some(filter) if !merged.is_empty() => {
                let filter = Some(self.follow(root, filter, merged)?);
                Ok(Cow::Owned(Ask { filter, ..ask.clone() }))
            }
            _ => Ok(Cow::Borrowed(ask)),
        }
    }

    fn follow(
        &mut self,
        root: &Arc<Description>,
        filter: &Filter,
        merged: &BTreeSet<&'static str>,
    ) -> Result<Filter> {
        let target =
            |path: &[String]| compared(self.registry, root, path).filter(|t| merged.contains(t.name));
        Ok(match filter {
            Filter::And(a, b) => {
                Filter::And(Box::new(self.follow(root, a, merged)?), Box::new(self.follow(root, b, merged)?))
            }
            Filter::Or(a, b) => {
                Filter::Or(Box::new(self.follow(root, a, merged)?), Box::new(self.follow(root, b, merged)?))
            }
            Filter::Not(inner) => Filter::Not(Box::new(self.follow(root, inner, merged)?)),
            Filter::Any(lines, Some(inner)) => {
                let line = root.lines.iter().find(|l| l.name == *lines);
                let line = line.and_then(|l| self.registry.entity(&l.entity).ok());
                let inner = line.map(|line| self.follow(&line, inner, merged)).transpose()?;
                inner
                    .map_or_else(|| filter.clone(), |inner| Filter::Any(lines.clone(), Some(Box::new(inner))))
            }
            Filter::Compare(path, comparison, literal) => match (target(path), id_of(literal)) {
                (Some(target), Some(id)) if *comparison == Comparison::Eq => {
                    Filter::In(path.clone(), self.as_one(&target, &[id])?)
                }
                (Some(target), Some(id)) if *comparison == Comparison::Ne => {
                    let among = Filter::In(path.clone(), self.as_one(&target, &[id])?);
                    let empty = Filter::Compare(path.clone(), Comparison::Eq, Json::Null);
                    Filter::Or(Box::new(Filter::Not(Box::new(among))), Box::new(empty))
                }
                _ => filter.clone(),
            },
            Filter::In(path, items) => match target(path) {
                Some(target) => {
                    let ids: Vec<i64> = items.iter().filter_map(id_of).collect();
                    Filter::In(path.clone(), self.as_one(&target, &ids)?)
                }
                None => filter.clone(),
            },
            Filter::Any(_, None) | Filter::Text(..) => filter.clone(),
        })
    }

    fn as_one(&mut self, target: &Description, ids: &[i64]) -> Result<Vec<Json>> {
        let mut all = BTreeSet::new();
        for id in ids {
            all.extend(self.merged_with(target, *id)?);
        }
        Ok(all.into_iter().map(|id| json!(id)).collect())
    }

    /// The ids of all records that are one with this one by now; it alone where none was merged.
    ///
    /// # Errors
    /// The database's.
    pub fn merged_with(&mut self, target: &Description, id: i64) -> Result<Vec<i64>> {
        if !target.merges() {
            return Ok(vec![id]);
        }
        let sql = format!(
            "WITH RECURSIVE up(id, next) AS (SELECT m.id, m.{FIELD} FROM {0} m WHERE m.id = ?
                UNION SELECT m.id, m.{FIELD} FROM {0} m JOIN up ON m.id = up.next),
             down(id) AS (SELECT up.id FROM up WHERE up.next IS NULL
                UNION SELECT m.id FROM {0} m JOIN down ON m.{FIELD} = down.id)
             SELECT down.id FROM down ORDER BY down.id",
            target.table
        );
        let found = self.tx.query(&sql, &[Value::Int(id)])?;
        Ok(if found.is_empty() { vec![id] } else { found.iter().map(|r| r.int(0)).collect() })
    }
}

/// An id as a filter names it.
fn id_of(literal: &Json) -> Option<i64> {
    literal.as_i64().or_else(|| literal.as_str()?.parse().ok())
}

fn passed(registry: &Registry, root: &Arc<Description>, path: &[String], along: &mut Vec<Arc<Description>>) {
    let ways = led(registry, root, path).map(|(passed, _)| passed).unwrap_or_default();
    along.extend(ways.into_iter().filter(|d| d.merges()));
    along.extend(compared(registry, root, path));
}

fn touched(registry: &Registry, root: &Arc<Description>, filter: &Filter, along: &mut Vec<Arc<Description>>) {
    match filter {
        Filter::And(a, b) | Filter::Or(a, b) => {
            touched(registry, root, a, along);
            touched(registry, root, b, along);
        }
        Filter::Not(inner) => touched(registry, root, inner, along),
        Filter::Compare(path, ..) | Filter::In(path, _) | Filter::Text(_, path, _) => {
            passed(registry, root, path, along);
        }
        Filter::Any(lines, inner) => {
            let line = root.lines.iter().find(|l| l.name == *lines);
            if let (Some(line), Some(inner)) = (line.and_then(|l| registry.entity(&l.entity).ok()), inner) {
                touched(registry, &line, inner, along);
            }
        }
    }
}
