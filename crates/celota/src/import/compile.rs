//! Names of a mapping resolved: files, columns, fields, records that are here.

use super::lookup::{self, Lookup};
use super::mapping::{Check, Lines, Mapping, More, Set, Table, With};
use super::plan::{
    Assignment, Body, Condition, Index, Join, LinePlan, Part, Place, Plan, Source, TablePlan, Telling,
    Template, Test, together,
};
use super::source::Sheet;
use super::value::Manner;
use kernel::{Actor, Description, Error, Field, Kernel, Result, Value, refuse};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// A custom field that is not there yet, with its entity.
pub type Missing = (String, Field);

/// Lays the mapping over the sheets; what is for `missing` fields is looked at and goes nowhere.
///
/// # Errors
/// `import.mapping`, with the name that is none.
pub fn plan<'s>(
    mapping: &Mapping,
    sheets: &'s [Sheet],
    kernel: &Kernel,
    actor: &Actor,
    missing: &[Missing],
) -> Result<Plan<'s>> {
    let mut compiler = Compiler {
        mapping,
        sheets,
        kernel,
        actor,
        missing,
        indexes: HashMap::new(),
        lookups: HashMap::new(),
        owned: BTreeMap::new(),
        read: BTreeMap::new(),
    };
    let tables = mapping.tables.iter().map(|t| compiler.table(t)).collect::<Result<Vec<_>>>()?;
    Ok(Plan { formats: mapping.formats.clone(), sheets, tables, owned: compiler.owned, read: compiler.read })
}

struct Compiler<'m, 's> {
    mapping: &'m Mapping,
    sheets: &'s [Sheet],
    kernel: &'m Kernel,
    actor: &'m Actor,
    missing: &'m [Missing],
    indexes: HashMap<(usize, usize), Arc<Index>>,
    lookups: HashMap<(String, String), Arc<Lookup>>,
    owned: BTreeMap<usize, String>,
    read: BTreeMap<usize, Vec<String>>,
}

/// The names by which rows in scope are called; the own row has none.
type Scope = Vec<(String, usize)>;

impl Compiler<'_, '_> {
    fn wrong(&self, what: String) -> Error {
        refuse("import.mapping").arg("mapping", &self.mapping.name).arg("what", what).into()
    }

    fn sheet(&self, name: &str) -> Result<usize> {
        self.sheets
            .iter()
            .position(|s| s.name == name)
            .ok_or_else(|| self.wrong(format!("there is no file {name}")))
    }

    fn column(&mut self, sheet: usize, name: &str) -> Result<usize> {
        let found = self.sheets.get(sheet).and_then(|s| s.column(name));
        let read = self.read.entry(sheet).or_default();
        if found.is_some() && !read.iter().any(|c| c == name) {
            read.push(name.to_owned());
        }
        let file = self.sheets.get(sheet).map_or("", |s| s.name.as_str());
        found.ok_or_else(|| self.wrong(format!("{file} has no column {name}")))
    }

    fn place(&mut self, scope: &Scope, name: &str) -> Result<Place> {
        let (row, column) = name.split_once('.').unwrap_or(("", name));
        let slot = scope.iter().position(|(n, _)| n == row);
        let slot = slot.ok_or_else(|| self.wrong(format!("{name}: nothing is called {row}")))?;
        let sheet = scope.get(slot).map_or(0, |s| s.1);
        Ok(Place { slot, column: self.column(sheet, column)? })
    }

    fn template(&mut self, scope: &Scope, text: &str) -> Result<Template> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after
                .split_once('}')
                .ok_or_else(|| self.wrong(format!("{text}: a bracket is not closed")))?;
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            parts.push(Part::Cell(self.place(scope, name.trim())?));
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Ok(parts)
    }

    /// `PersonType is IN SC`, `StoreID empty`, `OrderDate above {product.SellEndDate}`
    fn conditions(&mut self, scope: &Scope, texts: &[String]) -> Result<Vec<Condition>> {
        let mut out = Vec::new();
        for text in texts {
            let mut words = text.split_whitespace();
            let cell = self.place(scope, words.next().unwrap_or_default())?;
            let test = words.next().unwrap_or_default();
            let values = words.map(|w| self.template(scope, w)).collect::<Result<Vec<_>>>()?;
            let first =
                || values.first().cloned().ok_or_else(|| self.wrong(format!("{text}: a value is missing")));
            let test = match test {
                "empty" => Test::Empty,
                "given" => Test::Given,
                "is" => Test::Is(values),
                "not" => Test::IsNot(values),
                "has" => Test::Has(first()?),
                "above" => Test::Above(first()?),
                "below" => Test::Below(first()?),
                _ => {
                    return Err(self.wrong(format!(
                        "{text}: write is, not, has, above, below, empty or given after the column"
                    )));
                }
            };
            out.push(Condition { cell, test });
        }
        Ok(out)
    }

    fn index(&mut self, sheet: usize, column: usize) -> Arc<Index> {
        let sheets = self.sheets;
        let made = self.indexes.entry((sheet, column)).or_insert_with(|| {
            let mut index = Index::new();
            for (i, row) in
                sheets.get(sheet).map(|s| s.rows.as_slice()).unwrap_or_default().iter().enumerate()
            {
                let value = row.get(column).unwrap_or_default().trim();
                if !value.is_empty() {
                    index.entry(value.to_owned()).or_default().push(i);
                }
            }
            Arc::new(index)
        });
        Arc::clone(made)
    }

    fn lookup(&mut self, target: &str, by: &str) -> Result<Arc<Lookup>> {
        let key = (target.to_owned(), by.to_owned());
        if let Some(known) = self.lookups.get(&key) {
            return Ok(Arc::clone(known));
        }
        let made = Arc::new(lookup::load(self.kernel, self.actor, target, by)?);
        self.lookups.insert(key, Arc::clone(&made));
        Ok(made)
    }

    fn joins(&mut self, scope: &mut Scope, with: &[With]) -> Result<Vec<Join>> {
        let mut joins = Vec::new();
        for w in with {
            let sheet = self.sheet(&w.from)?;
            let its = self.column(sheet, &w.its)?;
            let ours = self.place(scope, &w.ours)?;
            if w.every {
                self.owned.insert(sheet, w.its.clone());
            }
            scope.push((w.name.clone(), sheet));
            // A condition of the joined row speaks of its own columns.
            let own = vec![(String::new(), sheet)];
            let latest = w.latest.as_ref().map(|c| self.column(sheet, c)).transpose()?;
            joins.push(Join {
                latest,
                sheet,
                index: self.index(sheet, its),
                ours,
                when: self.conditions(&own, &w.when)?,
            });
        }
        Ok(joins)
    }

    fn assignments(
        &mut self,
        scope: &Scope,
        description: &Description,
        set: &BTreeMap<String, Set>,
    ) -> Result<Vec<Assignment>> {
        let mut out = Vec::new();
        for (name, given) in set {
            let absent =
                self.missing.iter().find(|(entity, f)| entity == description.name && f.name == *name);
            let known = description.field(name).filter(|f| f.computed.is_none());
            let field = absent.map(|(_, f)| f).or(known).cloned();
            let field =
                field.ok_or_else(|| self.wrong(format!("{} has no field {name}", description.name)))?;
            let position = description.position(&field.name);
            let (more, column) = match given {
                Set::Column(column) => {
                    (More { column: Some(column.clone()), ..More::default() }, column.clone())
                }
                Set::More(more) => (more.as_ref().clone(), named(more)),
            };
            let source = self.source(scope, &field, &more)?;
            let words = more.words.iter().map(|(k, v)| (k.clone(), plain(v))).collect();
            let manner = Manner {
                words,
                default: more.default.as_ref().map(plain),
                round: more.round,
                times: more.times,
                date: more.date,
            };
            out.push(Assignment { position, field, source, manner, column });
        }
        Ok(out)
    }

    fn source(&mut self, scope: &Scope, field: &Field, more: &More) -> Result<Source> {
        if let Some(column) = &more.column {
            let cell = self.place(scope, column)?;
            return Ok(match (&more.find, &field.target) {
                (None, _) => Source::Cell(cell),
                (Some(by), Some(target)) => Source::Find { cell, known: self.lookup(target, by)? },
                (Some(_), None) => {
                    return Err(self.wrong(format!("{}: only a reference is found", field.name)));
                }
            });
        }
        if let Some(text) = &more.text {
            return Ok(Source::Text(self.template(scope, text)?));
        }
        if let Some(constant) = &more.is {
            return Ok(Source::Constant(plain(constant)));
        }
        if let Some(key) = &more.reference {
            let keys =
                key.split(" | ").map(|k| self.template(scope, k.trim())).collect::<Result<Vec<_>>>()?;
            return Ok(Source::Reference { keys, optional: more.optional });
        }
        let Some(sum) = &more.sum else {
            let what = format!("{}: say where it comes from: column, text, is, ref or sum", field.name);
            return Err(self.wrong(what));
        };
        let parts = sum.iter().map(|part| {
            let (plus, column) =
                part.strip_prefix('-').map_or((true, part.trim_start_matches('+')), |c| (false, c));
            Ok((plus, self.place(scope, column.trim())?))
        });
        Ok(Source::Sum(parts.collect::<Result<Vec<_>>>()?))
    }

    fn tellings(&mut self, scope: &Scope, checks: &[Check]) -> Result<Vec<Telling>> {
        checks
            .iter()
            .map(|c| {
                Ok(Telling {
                    when: self.conditions(scope, &c.when)?,
                    same: self.same(scope, &c.same)?,
                    column: c.column.clone(),
                    say: self.template(scope, &c.say)?,
                    advice: c.advice.clone(),
                })
            })
            .collect()
    }

    /// What occurs more than once in the columns of the own row's sheet.
    fn same(&mut self, scope: &Scope, columns: &[String]) -> Result<Option<(Vec<Place>, HashSet<String>)>> {
        if columns.is_empty() {
            return Ok(None);
        }
        let places = columns.iter().map(|c| self.place(scope, c)).collect::<Result<Vec<_>>>()?;
        if places.iter().any(|p| p.slot != 0) {
            return Err(self.wrong(format!("{}: same compares columns of one file", columns.join(", "))));
        }
        let (mut once, mut again) = (HashSet::new(), HashSet::new());
        let rows =
            scope.first().and_then(|s| self.sheets.get(s.1)).map(|s| s.rows.as_slice()).unwrap_or_default();
        for row in rows {
            let value = together(places.iter().map(|p| row.get(p.column).unwrap_or_default()));
            if !once.insert(value.clone()) {
                again.insert(value);
            }
        }
        Ok(Some((places, again)))
    }

    fn control(
        &mut self,
        scope: &Scope,
        control: &BTreeMap<String, Vec<String>>,
    ) -> Result<Vec<(String, Place, Vec<String>)>> {
        control
            .iter()
            .map(|(column, fields)| Ok((column.clone(), self.place(scope, column)?, fields.clone())))
            .collect()
    }

    /// Columns of a new record before anything is set.
    fn base(&self, description: &Description) -> Vec<Value> {
        let company = |f: &Field| {
            (f.name == "company_id" && f.empty().is_null()).then_some(Value::Int(self.actor.company))
        };
        description.stored().map(|f| company(f).unwrap_or_else(|| f.empty())).collect()
    }

    fn table(&mut self, table: &Table) -> Result<TablePlan> {
        let sheet = self.sheet(&table.from)?;
        let description = self.kernel.registry.entity(&table.to)?;
        let mut scope = vec![(String::new(), sheet)];
        let joins = self.joins(&mut scope, &table.with)?;
        let written_out = table.lines.iter().flat_map(Lines::written_out);
        let lines = written_out.map(|l| self.lines(&l, &scope, &description)).collect::<Result<Vec<_>>>()?;
        let unknown = |command: &&String| self.kernel.registry.command(&table.to, command).is_none();
        if let Some(command) = table.then.as_ref().filter(unknown) {
            return Err(self.wrong(format!("{} has no command {command}", table.to)));
        }
        let matches = match &table.matches {
            None => None,
            Some(field) => {
                let at = description.position(field);
                Some(at.ok_or_else(|| self.wrong(format!("{} has no field {field}", table.to)))?)
            }
        };
        Ok(TablePlan {
            what: table.what.clone(),
            key: self.template(&scope, &table.key)?,
            source_key: description.position("source_key"),
            once: table.once,
            matches,
            lines,
            then: table.then.clone(),
            body: Body {
                when: self.conditions(&scope, &table.when)?,
                set: self.assignments(&scope, &description, &table.set)?,
                check: self.tellings(&scope, &table.check)?,
                control: self.control(&scope, &table.control)?,
                base: self.base(&description),
                scope: scope.iter().map(|s| s.1).collect(),
                joins,
                description,
            },
        })
    }

    fn lines(&mut self, lines: &Lines, parent: &Scope, of: &Description) -> Result<LinePlan> {
        let at = of.lines.iter().position(|l| l.name == lines.of);
        let at = at.ok_or_else(|| self.wrong(format!("{} has no lines {}", of.name, lines.of)))?;
        let description = self.kernel.registry.entity(of.lines.get(at).map_or("", |l| l.entity.as_str()))?;
        let own_sheet = parent.first().map_or(0, |s| s.1);
        let (sheet, child) = match (&lines.from, &lines.its, &lines.ours) {
            (Some(from), Some(its), Some(ours)) => {
                let sheet = self.sheet(from)?;
                let column = self.column(sheet, its)?;
                self.owned.insert(sheet, its.clone());
                (sheet, Some((sheet, self.index(sheet, column), self.place(parent, ours)?)))
            }
            (None, None, None) => (own_sheet, None),
            _ => return Err(self.wrong(format!("{}: from, its and ours belong together", lines.of))),
        };
        // The own row, the rows in scope of the record under their names, then what is joined here.
        let mut scope = vec![(String::new(), sheet), ("parent".to_owned(), own_sheet)];
        scope.extend(parent.iter().skip(1).cloned());
        let joins = self.joins(&mut scope, &lines.with)?;
        Ok(LinePlan {
            at,
            child,
            key: lines.key.as_ref().map(|k| self.template(&scope, k)).transpose()?,
            body: Body {
                when: self.conditions(&scope, &lines.when)?,
                set: self.assignments(&scope, &description, &lines.set)?,
                check: self.tellings(&scope, &lines.check)?,
                control: self.control(&scope, &lines.control)?,
                base: self.base(&description),
                scope: scope.iter().map(|s| s.1).collect(),
                joins,
                description,
            },
        })
    }
}

/// The columns that a value comes from, for messages.
fn named(more: &More) -> String {
    if let Some(column) = &more.column {
        return column.clone();
    }
    if let Some(sum) = &more.sum {
        return sum.iter().map(|c| c.trim_start_matches(['+', '-'])).collect::<Vec<_>>().join(", ");
    }
    let text = more.text.as_deref().or(more.reference.as_deref()).unwrap_or_default();
    let columns: Vec<&str> =
        text.split('{').skip(1).filter_map(|p| p.split('}').next()).map(str::trim).collect();
    columns.join(", ")
}

fn plain(value: &toml::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}
