//! Rows read by a plan: records, and what is wrong with them.

use super::plan::{
    Assignment, Body, Condition, LinePlan, Part, Place, Plan, Source, TablePlan, Template, Test, together,
};
use super::problem::{Level, Problem};
use super::value::{Figure, convert};
use kernel::{Record, Refusal, Texts, Value, refuse};
use std::borrow::Cow;
use std::collections::HashMap;

/// The ids of all keys, with the entity that each is of.
pub type Keys = HashMap<String, (i64, &'static str)>;

/// The rows in scope; a row that was looked for and not found is none.
type Rows = Vec<Option<usize>>;

/// Reads rows and keeps account of what it saw.
pub struct Reading<'p, 's> {
    pub plan: &'p Plan<'s>,
    pub keys: &'p Keys,
    pub problems: Vec<Problem>,
    /// Rows of each sheet that somebody took.
    pub taken: Vec<Vec<bool>>,
    texts: &'p Texts,
    language: &'p str,
}

impl<'p, 's> Reading<'p, 's> {
    pub fn new(plan: &'p Plan<'s>, keys: &'p Keys, texts: &'p Texts, language: &'p str) -> Self {
        let taken = plan.sheets.iter().map(|s| vec![false; s.rows.len()]).collect();
        Self { plan, keys, problems: Vec::new(), taken, texts, language }
    }

    fn cell(&self, scope: &[usize], rows: &[Option<usize>], place: Place) -> &'s str {
        let sheet = scope.get(place.slot).and_then(|s| self.plan.sheets.get(*s));
        let row = rows.get(place.slot).copied().flatten();
        let cell = sheet
            .zip(row)
            .and_then(|(s, r)| s.rows.get(r)?.get(place.column))
            .map(str::trim)
            .unwrap_or_default();
        if self.plan.formats.empty.iter().any(|e| e == cell) { "" } else { cell }
    }

    fn text(&self, scope: &[usize], rows: &[Option<usize>], template: &Template) -> Cow<'s, str> {
        if let [Part::Cell(place)] = template.as_slice() {
            return Cow::Borrowed(self.cell(scope, rows, *place));
        }
        let mut out = String::new();
        for part in template {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Cell(place) => out.push_str(self.cell(scope, rows, *place)),
            }
        }
        // An empty middle name leaves two blanks.
        if out.contains("  ") || out.starts_with(' ') || out.ends_with(' ') {
            out = out.split_whitespace().collect::<Vec<_>>().join(" ");
        }
        Cow::Owned(out)
    }

    fn holds(&self, scope: &[usize], rows: &[Option<usize>], conditions: &[Condition]) -> bool {
        conditions.iter().all(|c| {
            let cell = self.cell(scope, rows, c.cell);
            match &c.test {
                Test::Empty => cell.is_empty(),
                Test::Given => !cell.is_empty(),
                Test::Is(values) => values.iter().any(|v| self.text(scope, rows, v) == cell),
                Test::IsNot(values) => !values.iter().any(|v| self.text(scope, rows, v) == cell),
                Test::Has(value) => cell.contains(self.text(scope, rows, value).as_ref()),
                Test::Above(value) => {
                    self.order(cell, &self.text(scope, rows, value)) == Some(std::cmp::Ordering::Greater)
                }
                Test::Below(value) => {
                    self.order(cell, &self.text(scope, rows, value)) == Some(std::cmp::Ordering::Less)
                }
            }
        })
    }

    /// Figures by their size, all else (dates of the ISO form among it) by its letters; nothing is above or below
    /// an empty cell.
    fn order(&self, a: &str, b: &str) -> Option<std::cmp::Ordering> {
        if a.is_empty() || b.is_empty() {
            return None;
        }
        // `{price}*{quantity}` is their product.
        let read = |t: &str| {
            let one = Figure { units: 1, decimals: 0 };
            t.split('*').try_fold(one, |product, part| product.times(Figure::read(part, &self.plan.formats)?))
        };
        match (read(a), read(b)) {
            (Some(a), Some(b)) => Some(a.plus(b.negated())?.units.cmp(&0)),
            _ => Some(a.cmp(b)),
        }
    }

    /// The rows in scope of a body whose first rows are known.
    fn scope(&mut self, body: &Body, mut rows: Rows) -> Rows {
        for join in &body.joins {
            let value = self.cell(&body.scope, &rows, join.ours);
            let found = join.index.get(value).into_iter().flatten().copied();
            let mut found = found.filter(|row| self.holds(&[join.sheet], &[Some(*row)], &join.when));
            let found = match join.latest {
                None => found.next(),
                Some(column) => {
                    let cell =
                        |row: &usize| self.cell(&[join.sheet], &[Some(*row)], Place { slot: 0, column });
                    found.max_by(|a, b| self.order(cell(a), cell(b)).unwrap_or_else(|| cell(a).cmp(cell(b))))
                }
            };
            if let Some(row) = found {
                self.take(join.sheet, row);
            }
            rows.push(found);
        }
        rows
    }

    fn take(&mut self, sheet: usize, row: usize) {
        if let Some(taken) = self.taken.get_mut(sheet).and_then(|t| t.get_mut(row)) {
            *taken = true;
        }
    }

    /// The rows of a table with their keys; a key that occurs again is told and left out.
    pub fn keyed(&mut self, table: &TablePlan, seen: &mut HashMap<String, usize>) -> Vec<(usize, String)> {
        let sheet = table.body.scope.first().copied().unwrap_or_default();
        let count = self.plan.sheets.get(sheet).map_or(0, |s| s.rows.len());
        let mut out = Vec::new();
        for row in 0..count {
            let rows = self.scope(&table.body, vec![Some(row)]);
            if !self.holds(&table.body.scope, &rows, &table.body.when) {
                continue;
            }
            self.take(sheet, row);
            let key = self.text(&table.body.scope, &rows, &table.key).into_owned();
            if let Some(first) = seen.get(&key).copied() {
                if table.once {
                    continue;
                }
                let first = self.plan.sheets.get(sheet).map_or(0, |s| s.line(first));
                self.problem(
                    Level::Error,
                    sheet,
                    row,
                    "",
                    &refuse("import.again").arg("key", &key).arg("row", first),
                );
                continue;
            }
            seen.insert(key.clone(), row);
            out.push((row, key));
        }
        out
    }

    /// The keys of the lines of these rows, where a line has any.
    pub fn line_keys(&self, table: &TablePlan, line: &LinePlan, rows: &[(usize, String)]) -> Vec<String> {
        let (Some(key), Some((_, index, ours))) = (&line.key, &line.child) else { return Vec::new() };
        let children = rows.iter().flat_map(|(row, _)| {
            let value = self.cell(&table.body.scope, &[Some(*row)], *ours);
            let found = index.get(value).into_iter().flatten();
            found.map(|child| self.text(&line.body.scope, &[Some(*child), Some(*row)], key).into_owned())
        });
        children.collect()
    }

    pub fn problem(&mut self, level: Level, sheet: usize, row: usize, column: &str, refusal: &Refusal) {
        let (message, advice) =
            (refusal.message(self.texts, self.language), refusal.advice(self.texts, self.language));
        self.tell(level, sheet, row, column, message, advice);
    }

    fn tell(
        &mut self,
        level: Level,
        sheet: usize,
        row: usize,
        column: &str,
        message: String,
        advice: String,
    ) {
        let Some(sheet) = self.plan.sheets.get(sheet) else { return };
        let (file, row) = (sheet.file.clone(), sheet.line(row));
        self.problems.push(Problem { level, file, row, column: column.to_owned(), message, advice });
    }

    /// The record of a row; `None` when something is wrong with it, which is told.
    pub fn record(&mut self, table: &TablePlan, row: usize, key: &str) -> Option<Record> {
        let rows = self.scope(&table.body, vec![Some(row)]);
        let mut values = self.values(&table.body, &rows)?;
        if let Some(place) = table.source_key.and_then(|p| values.get_mut(p)) {
            *place = Value::text(key);
        }
        let mut record =
            Record { id: self.keys.get(key).map_or(0, |k| k.0), version: 1, values, lines: Vec::new() };
        record.lines.resize(table.body.description.lines.len(), Vec::new());
        let mut whole = true;
        for plan in &table.lines {
            match self.lines(plan, &table.body.scope, &rows) {
                Some(lines) => {
                    if let Some(place) = record.lines.get_mut(plan.at) {
                        place.extend(lines);
                    }
                }
                None => whole = false,
            }
        }
        self.checks(&table.body, &rows);
        whole.then_some(record)
    }

    fn lines(&mut self, plan: &LinePlan, scope: &[usize], parent: &Rows) -> Option<Vec<Record>> {
        let own = parent.first().copied().flatten();
        let children: Vec<Option<usize>> = match &plan.child {
            None => vec![own],
            Some((_, index, ours)) => {
                let value = self.cell(scope, parent, *ours);
                index.get(value).map(|found| found.iter().copied().map(Some).collect()).unwrap_or_default()
            }
        };
        let position = plan.body.description.position("position");
        let (mut out, mut whole) = (Vec::with_capacity(children.len()), true);
        for child in children {
            let rows = std::iter::once(child).chain(parent.iter().copied()).collect();
            let rows = self.scope(&plan.body, rows);
            if !self.holds(&plan.body.scope, &rows, &plan.body.when) {
                continue;
            }
            if let (Some((sheet, ..)), Some(row)) = (&plan.child, child) {
                self.take(*sheet, row);
            }
            let Some(mut values) = self.values(&plan.body, &rows) else {
                whole = false;
                continue;
            };
            if let Some(place) = position.and_then(|p| values.get_mut(p)).filter(|v| **v == Value::Int(0)) {
                *place = Value::Int(i64::try_from(out.len()).unwrap_or(i64::MAX - 1) + 1);
            }
            self.checks(&plan.body, &rows);
            let key = plan.key.as_ref().map(|key| self.text(&plan.body.scope, &rows, key));
            let id = key.and_then(|key| self.keys.get(key.as_ref())).map_or(0, |known| known.0);
            out.push(Record { id, values, ..Record::default() });
        }
        whole.then_some(out)
    }

    fn values(&mut self, body: &Body, rows: &Rows) -> Option<Vec<Value>> {
        let mut values = body.base.clone();
        let mut whole = true;
        let (sheet, row) = (
            body.scope.first().copied().unwrap_or_default(),
            rows.first().copied().flatten().unwrap_or_default(),
        );
        for set in &body.set {
            match self.value(body, rows, set) {
                Ok(value) if value.is_null() && set.field.required => {
                    whole = false;
                    self.problem(Level::Error, sheet, row, &set.column, &refuse("kernel.required"));
                }
                Ok(value) => {
                    if let Some(place) = set.position.and_then(|p| values.get_mut(p)) {
                        *place = value;
                    }
                }
                Err(refusal) => {
                    whole = false;
                    self.problem(Level::Error, sheet, row, &set.column, &refusal);
                }
            }
        }
        whole.then_some(values)
    }

    fn value(&self, body: &Body, rows: &Rows, set: &Assignment) -> Result<Value, Refusal> {
        let formats = &self.plan.formats;
        match &set.source {
            Source::Cell(place) => {
                convert(self.cell(&body.scope, rows, *place), &set.field, &set.manner, formats)
            }
            Source::Text(template) => {
                convert(&self.text(&body.scope, rows, template), &set.field, &set.manner, formats)
            }
            Source::Constant(text) => {
                convert(text, &set.field, &set.manner, &super::mapping::Formats::default())
            }
            Source::Find { cell, known } => {
                let text = self.cell(&body.scope, rows, *cell);
                match known.get(text) {
                    _ if text.is_empty() => Ok(set.field.empty()),
                    Some(Some(id)) => Ok(Value::Int(*id)),
                    Some(None) => Err(refuse("import.several").arg("value", text)),
                    None => Err(refuse("import.not_found")
                        .arg("value", text)
                        .arg("entity", set.field.target.as_deref().unwrap_or_default())),
                }
            }
            Source::Reference { keys, optional } => {
                let found = keys.iter().find_map(|k| self.keys.get(self.text(&body.scope, rows, k).as_ref()));
                match found {
                    Some((id, entity)) if set.field.target.as_deref() == Some(entity) => Ok(Value::Int(*id)),
                    None if *optional => Ok(Value::Null),
                    _ => {
                        let tried: Vec<_> = keys.iter().map(|k| self.text(&body.scope, rows, k)).collect();
                        Err(refuse("import.no_target").arg("key", tried.join(" | ")))
                    }
                }
            }
            Source::Sum(parts) => {
                let mut sum = Figure { units: 0, decimals: 0 };
                for (plus, place) in parts {
                    let text = self.cell(&body.scope, rows, *place);
                    let read = Figure::read(text, formats)
                        .ok_or_else(|| refuse("kernel.not_a_number").arg("value", text))?;
                    let read = set.manner.round.map_or(read, |places| read.rounded(places));
                    let read = if *plus { read } else { read.negated() };
                    sum = sum.plus(read).ok_or_else(|| refuse("kernel.not_a_number").arg("value", text))?;
                }
                let plain = super::mapping::Formats::default();
                convert(&sum.to_string(), &set.field, &super::value::Manner::default(), &plain)
            }
        }
    }

    fn checks(&mut self, body: &Body, rows: &Rows) {
        let (sheet, row) = (
            body.scope.first().copied().unwrap_or_default(),
            rows.first().copied().flatten().unwrap_or_default(),
        );
        for check in &body.check {
            let again = check.same.as_ref().is_none_or(|(places, again)| {
                again.contains(&together(places.iter().map(|p| self.cell(&body.scope, rows, *p))))
            });
            if again && self.holds(&body.scope, rows, &check.when) {
                let said = self.text(&body.scope, rows, &check.say).into_owned();
                self.tell(Level::Note, sheet, row, &check.column, said, check.advice.clone());
            }
        }
    }

    /// Rows that belong to nobody, though every row of their file should.
    pub fn left_over(&mut self) {
        let owned: Vec<(usize, String)> = self.plan.owned.iter().map(|(s, c)| (*s, c.clone())).collect();
        for (sheet, column) in owned {
            let Some(source) = self.plan.sheets.get(sheet) else { continue };
            let at = source.column(&column).unwrap_or_default();
            let free: Vec<usize> = self
                .taken
                .get(sheet)
                .into_iter()
                .flatten()
                .enumerate()
                .filter(|(_, t)| !**t)
                .map(|(i, _)| i)
                .collect();
            for row in free {
                let value = source.rows.get(row).and_then(|r| r.get(at)).unwrap_or_default();
                self.problem(
                    Level::Warning,
                    sheet,
                    row,
                    &column,
                    &refuse("import.nobody").arg("column", &column).arg("value", value),
                );
            }
        }
    }

    /// The exact sum of a controlled column over the rows given, lines of records among it.
    pub fn sum(
        &self,
        table: &TablePlan,
        rows: &[usize],
    ) -> Vec<(String, Figure, Vec<String>, Option<usize>)> {
        let mut out = Vec::new();
        for (name, place, fields) in &table.body.control {
            let cells = rows.iter().map(|row| self.cell(&table.body.scope, &[Some(*row)], *place));
            out.push((name.clone(), self.total(cells), fields.clone(), None));
        }
        for line in &table.lines {
            let Some((_, index, ours)) = &line.child else { continue };
            for (name, place, fields) in &line.body.control {
                let children = rows.iter().flat_map(|row| {
                    let value = self.cell(&table.body.scope, &[Some(*row)], *ours);
                    index.get(value).into_iter().flatten().copied()
                });
                let cells = children.map(|child| self.cell(&line.body.scope, &[Some(child)], *place));
                out.push((name.clone(), self.total(cells), fields.clone(), Some(line.at)));
            }
        }
        out
    }

    fn total(&self, cells: impl Iterator<Item = &'s str>) -> Figure {
        let zero = Figure { units: 0, decimals: 0 };
        cells
            .filter_map(|c| Figure::read(c, &self.plan.formats))
            .fold(zero, |sum, f| sum.plus(f).unwrap_or(sum))
    }
}
