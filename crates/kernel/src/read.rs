//! Lists, records, counts and sums. A list of ten million rows is read like one of ten: by key, never by offset.

use crate::context::Actor;
use crate::describe::{Description, Field, Kind};
use crate::filter::Filter;
use crate::json::to_json;
use crate::keyset::{key_of, keyset, ordered};
use crate::merged;
use crate::refusal::{Error, Result, refuse};
use crate::registry::Registry;
use crate::rights::Condition;
use crate::sql::Builder;
use jiff::Timestamp;
use numbers::Date;
use serde_json::{Map, Value as Json, json};
use std::collections::HashMap;
use std::sync::Arc;
use store::{Row, Tx, Value};

/// Most rows of one page.
const MOST: usize = 5_000;

/// A connection for reading, and whose rights hold.
pub struct Reader<'a> {
    pub tx: &'a mut Tx,
    pub registry: &'a Registry,
    pub actor: &'a Actor,
    pub now: Timestamp,
}

/// A list asked for.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    pub filter: Option<Filter>,
    pub order: Vec<(Vec<String>, bool)>,
    pub top: Option<usize>,
    pub after: Option<Vec<Json>>,
    pub select: Vec<String>,
    pub expand: Vec<Expand>,
    pub search: Option<String>,
    pub ids: Option<Vec<i64>>,
}

/// A record or lines to be had with it.
#[derive(Clone, Debug, Default)]
pub struct Expand {
    pub name: String,
    pub select: Vec<String>,
    pub expand: Vec<Expand>,
}

/// A page of a list.
#[derive(Clone, Debug, Default)]
pub struct Page {
    pub rows: Vec<Json>,
    /// Where the next page begins.
    pub next: Option<Vec<Json>>,
}

impl Reader<'_> {
    #[must_use]
    pub fn today(&self) -> Date {
        self.now.to_zoned_datetime(jiff::tz::TimeZone::system()).date().into()
    }

    /// One record with its computed fields.
    ///
    /// # Errors
    /// `kernel.not_found`, also for a record that this person may not see.
    pub fn record(&mut self, entity: &str, id: i64, expand: Vec<Expand>) -> Result<Json> {
        let description = self.registry.entity(entity)?;
        let ask = Ask { ids: Some(vec![id]), expand, ..Ask::default() };
        let page = self.list(&description, &ask)?;
        page.rows
            .into_iter()
            .next()
            .ok_or_else(|| refuse("kernel.not_found").arg("entity", description.name).arg("id", id).into())
    }

    /// Refuses when this person may not see the record.
    ///
    /// # Errors
    /// `kernel.not_found`.
    pub fn visible(&mut self, description: &Description, id: i64) -> Result<()> {
        let Some((condition, mut params)) = self.actor.rights.rows(self.registry, description, "t")? else {
            return Ok(());
        };
        params.push(id.into());
        let sql = format!("SELECT 1 FROM {} t WHERE {condition} AND t.id = ?", description.table);
        match self.tx.first(&sql, &params)? {
            Some(_) => Ok(()),
            None => Err(refuse("kernel.not_found").arg("entity", description.name).arg("id", id).into()),
        }
    }

    /// The rule for rows of an entity that a query reads by itself; `None` where this person may not see such rows, or
    /// not the fields that the answer is made of.
    ///
    /// # Errors
    /// When there is no such entity.
    pub fn rule(&self, entity: &str, fields: &[&str], t: &str) -> Result<Option<Condition>> {
        let (description, rights) = (self.registry.entity(entity)?, &self.actor.rights);
        let seen = |f: &&str| rights.sees_field(&description, f);
        if !rights.may_read(&description) || !fields.iter().all(seen) {
            return Ok(None);
        }
        let rule = rights.rows(self.registry, &description, t)?;
        Ok(Some(rule.unwrap_or_else(|| ("1 = 1".into(), Vec::new()))))
    }

    /// Whether figures made of these fields of all rows may be told.
    ///
    /// # Errors
    /// When there is no such entity.
    pub fn tells(&self, entity: &str, fields: &[&str]) -> Result<bool> {
        Ok(self.actor.rights.sees_all(&*self.registry.entity(entity)?, fields))
    }

    /// Refuses who does not see all rows of these entities with the fields that an answer is made of.
    ///
    /// # Errors
    /// `kernel.forbidden`.
    pub fn needs(&self, all: &[(&str, &[&str])]) -> Result<()> {
        for (entity, fields) in all {
            if !self.tells(entity, fields)? {
                return Err(refuse("kernel.forbidden").arg("what", entity).into());
            }
        }
        Ok(())
    }

    /// A page of records.
    ///
    /// # Errors
    /// What is wrong with the question.
    pub fn list(&mut self, description: &Arc<Description>, ask: &Ask) -> Result<Page> {
        let merged = self.merged_along(description, ask, std::iter::empty())?;
        let ask = &*self.followed(description, ask, &merged)?;
        let mut builder = Builder::new(self.registry, &self.actor.rights);
        builder.merged = merged;
        let mut select = ask.select.clone();
        if !select.is_empty() {
            select.extend(ask.expand.iter().filter_map(|e| description.way(&e.name)).map(|f| f.name.clone()));
        }
        let fields = selected(&builder, description, &select)?;
        let mut order = Vec::new();
        for (path, descending) in &ask.order {
            let reached = builder.reach(description, "t", path)?;
            order.push((reached, *descending));
        }
        let down = order.last().is_some_and(|(_, d)| *d);
        order.push((builder.reach(description, "t", &vec!["id".into()])?, down));
        let mut conditions = self.conditions(&mut builder, description, ask)?;
        if let Some(after) = &ask.after {
            conditions.push(keyset(&mut builder, &order, after)?);
        }
        let columns: Vec<String> = fields.iter().map(column).collect();
        let keys: Vec<&str> = order.iter().map(|(r, _)| r.sql.as_str()).collect();
        let top = ask.top.unwrap_or(MOST).min(MOST);
        let mut params = builder.join_params.clone();
        params.append(&mut builder.params);
        params.push(Value::Int(i64::try_from(top + 1).unwrap_or(i64::MAX)));
        let second = if description.parent.is_some() { "t.parent_id" } else { "t.version" };
        let sql = format!(
            "SELECT t.id,{second},{}{}{} FROM {} t {} WHERE {} ORDER BY {} LIMIT ?",
            columns.join(","),
            if columns.is_empty() { "" } else { "," },
            keys.join(","),
            description.table,
            builder.joined(),
            conditions.join(" AND "),
            order.iter().map(|(r, d)| ordered(&r.field.name, &r.sql, *d)).collect::<Vec<_>>().join(","),
        );
        let mut rows = self.tx.query(&sql, &params)?;
        let next = (rows.len() > top).then(|| {
            rows.truncate(top);
            rows.last().map(|row| key_of(row, &order, fields.len())).unwrap_or_default()
        });
        let mut out: Vec<Map<String, Json>> =
            rows.iter().map(|r| row_to_json(description, &fields, r)).collect();
        for expand in &ask.expand {
            self.expand(description, expand, &rows, &fields, &mut out)?;
        }
        Ok(Page { rows: out.into_iter().map(Json::Object).collect(), next })
    }

    fn conditions(
        &mut self,
        builder: &mut Builder,
        description: &Arc<Description>,
        ask: &Ask,
    ) -> Result<Vec<String>> {
        let mut conditions = Vec::new();
        if let Some((condition, params)) = self.actor.rights.rows(self.registry, description, "t")? {
            conditions.push(condition);
            builder.params.extend(params);
        }
        if let Some(filter) = &ask.filter {
            conditions.push(builder.condition(description, "t", filter)?);
        }
        if let Some(ids) = &ask.ids {
            conditions.push(format!("t.id {}", crate::rows::among(ids.len())));
            builder.params.extend(ids.iter().map(|i| Value::Int(*i)));
        }
        if let Some(text) = &ask.search {
            // By a field that this person may not see nothing is found, either.
            if !crate::search::may_be_found(&self.actor.rights, description) {
                conditions.push("1 = 0".into());
            }
            let (condition, params) = crate::search::condition(text, self.tx.dialect());
            conditions
                .push(format!("t.id IN (SELECT s.id FROM search s WHERE s.entity = ? AND {condition})"));
            builder.params.push(description.name.into());
            builder.params.extend(params);
        }
        if conditions.is_empty() {
            conditions.push("1 = 1".into());
        }
        Ok(conditions)
    }

    /// How many rows the list has.
    ///
    /// # Errors
    /// What is wrong with the question.
    pub fn count(&mut self, description: &Arc<Description>, ask: &Ask) -> Result<i64> {
        let merged = self.merged_along(description, ask, std::iter::empty())?;
        let ask = &*self.followed(description, ask, &merged)?;
        let mut builder = Builder::new(self.registry, &self.actor.rights);
        builder.merged = merged;
        let conditions = self.conditions(&mut builder, description, ask)?;
        let sql = format!(
            "SELECT COUNT(*) FROM {} t {} WHERE {}",
            description.table,
            builder.joined(),
            conditions.join(" AND ")
        );
        let params: Vec<Value> = builder.join_params.into_iter().chain(builder.params).collect();
        Ok(self.tx.first(&sql, &params)?.map_or(0, |r| r.int(0)))
    }

    /// Groups with sums: `$apply`.
    ///
    /// # Errors
    /// What is wrong with the question.
    pub fn groups(
        &mut self,
        description: &Arc<Description>,
        ask: &Ask,
        apply: &crate::apply::Apply,
    ) -> Result<Vec<Json>> {
        let paths = apply.by.iter().chain(apply.sums.iter().filter_map(|s| s.path.as_ref()));
        let merged = self.merged_along(description, ask, paths)?;
        let ask = &*self.followed(description, ask, &merged)?;
        let mut builder = Builder::new(self.registry, &self.actor.rights);
        builder.merged = merged;
        let mut columns = Vec::new();
        let mut names: Vec<(String, Kind)> = Vec::new();
        for path in &apply.by {
            let reached = builder.reach(description, "t", path)?;
            names.push((path.join("/"), reached.field.kind));
            let target = merged::compared(self.registry, description, path);
            columns.push(match target.filter(|t| builder.merged.contains(t.name)) {
                Some(target) => merged::survivor(&target, &reached.sql),
                None => reached.sql,
            });
        }
        let by = columns.join(",");
        for sum in &apply.sums {
            let (sql, kind) = match &sum.path {
                None => ("COUNT(*)".to_owned(), Kind::Integer),
                Some(path) => {
                    let reached = builder.reach(description, "t", path)?;
                    if !reached.field.kind.is_number() && !["min", "max"].contains(&sum.with.as_str()) {
                        return Err(refuse("kernel.not_a_number").field(&reached.field.name).into());
                    }
                    (apply_sql(&sum.with, &reached.sql)?, reached.field.kind)
                }
            };
            columns.push(sql);
            names.push((sum.name.clone(), kind));
        }
        let conditions = self.conditions(&mut builder, description, ask)?;
        let tail =
            if by.is_empty() { String::new() } else { format!(" GROUP BY {by} ORDER BY {by} LIMIT {MOST}") };
        let sql = format!(
            "SELECT {} FROM {} t {} WHERE {}{tail}",
            columns.join(","),
            description.table,
            builder.joined(),
            conditions.join(" AND "),
        );
        let params: Vec<Value> = builder.join_params.into_iter().chain(builder.params).collect();
        let rows = self.tx.query(&sql, &params)?;
        Ok(rows
            .iter()
            .map(|row| {
                let cells = names.iter().enumerate().map(|(i, (n, k))| (n.clone(), to_json(*k, row.get(i))));
                Json::Object(cells.collect())
            })
            .collect())
    }

    /// One more statement for all rows together, never one a row.
    fn expand(
        &mut self,
        description: &Arc<Description>,
        expand: &Expand,
        rows: &[Row],
        fields: &[Field],
        out: &mut [Map<String, Json>],
    ) -> Result<()> {
        if let Some(lines) = description.lines.iter().find(|l| l.name == expand.name) {
            let line = self.registry.entity(&lines.entity)?;
            let ids: Vec<i64> = rows.iter().map(|r| r.int(0)).collect();
            let mut by_parent: HashMap<i64, Vec<Json>> = HashMap::new();
            for chunk in ids.chunks(500) {
                for row in self.children(&line, chunk, expand)? {
                    let parent = row.get("parent_id").and_then(Json::as_i64).unwrap_or_default();
                    by_parent.entry(parent).or_default().push(row);
                }
            }
            for (id, row) in ids.iter().zip(out) {
                row.insert(expand.name.clone(), Json::Array(by_parent.remove(id).unwrap_or_default()));
            }
            return Ok(());
        }
        let way = description.way(&expand.name).cloned();
        let way = way.ok_or_else(|| Error::from(refuse("kernel.unknown_field").field(&expand.name)))?;
        let target = self.registry.entity(way.target.as_deref().unwrap_or_default())?;
        let Some(at) = fields.iter().position(|f| f.name == way.name) else {
            return Err(refuse("kernel.not_selected").field(&way.name).into());
        };
        let mut ids: Vec<i64> = rows.iter().filter_map(|r| r.get(at + 2).as_int()).collect();
        ids.sort_unstable();
        ids.dedup();
        let found = if self.actor.rights.may_read(&target) {
            self.referred(&target, expand, ids)?
        } else {
            HashMap::new()
        };
        for (row, cells) in rows.iter().zip(out) {
            let record = row.get(at + 2).as_int().and_then(|id| found.get(&id).cloned());
            cells.insert(expand.name.clone(), record.unwrap_or(Json::Null));
        }
        Ok(())
    }

    /// The records behind references, by what refers to them: of one that was merged, the survivor.
    pub(crate) fn referred(
        &mut self,
        target: &Arc<Description>,
        expand: &Expand,
        ids: Vec<i64>,
    ) -> Result<HashMap<i64, Json>> {
        let mut select = expand.select.clone();
        let added = target.merges()
            && self.actor.rights.sees_field(target, merged::FIELD)
            && !(select.is_empty() || select.iter().any(|s| s == merged::FIELD));
        if added {
            select.push(merged::FIELD.into());
        }
        let (mut found, mut into): (HashMap<i64, Json>, HashMap<i64, i64>) = Default::default();
        let mut wanted = ids.clone();
        while !wanted.is_empty() {
            for chunk in std::mem::take(&mut wanted).chunks(500) {
                let (select, expand) = (select.clone(), expand.expand.clone());
                let ask = Ask { ids: Some(chunk.to_vec()), select, expand, ..Ask::default() };
                for mut row in self.list(target, &ask)?.rows {
                    let id = row.get("id").and_then(Json::as_i64).unwrap_or_default();
                    if let Some(next) = row.get(merged::FIELD).and_then(Json::as_i64) {
                        into.insert(id, next);
                    }
                    if let Some(row) = row.as_object_mut().filter(|_| added) {
                        row.remove(merged::FIELD);
                    }
                    found.insert(id, row);
                }
            }
            let unknown = into.values().filter(|id| !found.contains_key(id) && !ids.contains(id));
            wanted.extend(unknown.filter(|id| !into.contains_key(id)).copied());
            wanted.sort_unstable();
            wanted.dedup();
        }
        // As long as the next one may be seen.
        let step = |id: &i64| into.get(id).copied().filter(|next| found.contains_key(next));
        let end = |id: i64| std::iter::successors(Some(id), step).take(into.len() + 1).last().unwrap_or(id);
        Ok(ids.iter().filter_map(|id| Some((*id, found.get(&end(*id))?.clone()))).collect())
    }

    fn children(&mut self, line: &Arc<Description>, parents: &[i64], expand: &Expand) -> Result<Vec<Json>> {
        let list: Vec<Json> = parents.iter().map(|p| json!(p)).collect();
        let mut order = vec![(vec!["parent_id".to_owned()], false)];
        if line.field("position").is_some() {
            order.push((vec!["position".to_owned()], false));
        }
        let mut ask = Ask {
            filter: Some(Filter::In(vec!["parent_id".into()], list)),
            order,
            select: expand.select.clone(),
            expand: expand.expand.clone(),
            ..Ask::default()
        };
        let mut rows = Vec::new();
        loop {
            let page = self.list(line, &ask)?;
            rows.extend(page.rows);
            match page.next {
                Some(next) => ask.after = Some(next),
                None => return Ok(rows),
            }
        }
    }
}

fn apply_sql(with: &str, sql: &str) -> Result<String> {
    Ok(match with {
        "sum" => format!("CAST(COALESCE(SUM({sql}), 0) AS BIGINT)"),
        "min" => format!("MIN({sql})"),
        "max" => format!("MAX({sql})"),
        "average" => format!("CAST(AVG({sql}) AS BIGINT)"),
        "countdistinct" => format!("COUNT(DISTINCT {sql})"),
        _ => return Err(refuse("kernel.bad_apply").field("$apply").arg("at", with).into()),
    })
}

fn selected(builder: &Builder, description: &Description, select: &[String]) -> Result<Vec<Field>> {
    if select.is_empty() {
        let seen = |f: &&Field| builder.rights.sees_field(description, &f.name);
        return Ok(description.fields.iter().filter(seen).cloned().collect());
    }
    let mut fields = Vec::new();
    for name in select.iter().filter(|n| !["id", "version", "parent_id"].contains(&n.as_str())) {
        let field = builder.field(description, name)?;
        if field.name != "id" && !fields.contains(&field) {
            fields.push(field);
        }
    }
    Ok(fields)
}

fn column(field: &Field) -> String {
    match &field.computed {
        Some(sql) => format!("({})", sql.replace("{t}", "t")),
        None => format!("t.{}", field.name),
    }
}

fn row_to_json(description: &Description, fields: &[Field], row: &Row) -> Map<String, Json> {
    let mut out = Map::new();
    out.insert("id".into(), json!(row.int(0)));
    if description.parent.is_some() {
        out.insert("parent_id".into(), json!(row.int(1)));
    } else {
        out.insert("version".into(), json!(row.int(1)));
        out.insert("@odata.etag".into(), json!(format!("W/\"{}\"", row.int(1))));
    }
    for (i, field) in fields.iter().enumerate() {
        let value = to_json(field.kind, row.get(i + 2));
        if field.name == description.title {
            out.insert("title".into(), value.clone());
        }
        out.insert(field.name.clone(), value);
    }
    out
}
