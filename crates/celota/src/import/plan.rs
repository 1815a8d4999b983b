//! A mapping laid over the files it is for: every name resolved, so that rows are only read.

use super::lookup::Lookup;
use super::mapping::Formats;
use super::source::Sheet;
use super::value::Manner;
use kernel::{Description, Field, Value};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// A cell: which of the rows in scope, and which column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub slot: usize,
    pub column: usize,
}

/// Text with cells in it.
#[derive(Clone, Debug)]
pub enum Part {
    Text(String),
    Cell(Place),
}
pub type Template = Vec<Part>;

#[derive(Clone, Debug)]
pub enum Test {
    Empty,
    Given,
    Is(Vec<Template>),
    IsNot(Vec<Template>),
    Has(Template),
    Above(Template),
    Below(Template),
}

#[derive(Clone, Debug)]
pub struct Condition {
    pub cell: Place,
    pub test: Test,
}

/// Where a value comes from.
#[derive(Clone, Debug)]
pub enum Source {
    Cell(Place),
    Text(Template),
    Constant(String),
    Reference { keys: Vec<Template>, optional: bool },
    Sum(Vec<(bool, Place)>),
    Find { cell: Place, known: Arc<Lookup> },
}

pub struct Assignment {
    /// Where the value goes; nowhere while a custom field is not there yet, and the text is looked at only.
    pub position: Option<usize>,
    pub field: Field,
    pub source: Source,
    pub manner: Manner,
    /// The column that a problem names.
    pub column: String,
}

pub type Index = HashMap<String, Vec<usize>>;

/// A row of another sheet, by the value of a cell.
pub struct Join {
    pub sheet: usize,
    pub index: Arc<Index>,
    pub ours: Place,
    pub when: Vec<Condition>,
    /// The column there whose greatest value is taken; the first row without it.
    pub latest: Option<usize>,
}

pub struct Telling {
    pub when: Vec<Condition>,
    /// Cells whose values occur together more than once, and those values.
    pub same: Option<(Vec<Place>, HashSet<String>)>,
    pub column: String,
    pub say: Template,
    pub advice: String,
}

/// What is made of one row: a record, or a line.
pub struct Body {
    pub description: Arc<Description>,
    /// The sheets of the rows in scope, the own row first.
    pub scope: Vec<usize>,
    pub joins: Vec<Join>,
    pub when: Vec<Condition>,
    pub set: Vec<Assignment>,
    pub check: Vec<Telling>,
    pub base: Vec<Value>,
    /// Source column, its cell, and the position of a field that holds it.
    pub control: Vec<(String, Place, Vec<String>)>,
}

pub struct LinePlan {
    /// Which lines of the record.
    pub at: usize,
    /// Rows of another sheet, or the record's own row.
    pub child: Option<(usize, Arc<Index>, Place)>,
    pub key: Option<Template>,
    pub body: Body,
}

pub struct TablePlan {
    pub what: String,
    pub body: Body,
    pub key: Template,
    pub source_key: Option<usize>,
    pub once: bool,
    pub matches: Option<usize>,
    pub lines: Vec<LinePlan>,
    /// The command that every record is given.
    pub then: Option<String>,
}

pub struct Plan<'s> {
    pub formats: Formats,
    pub sheets: &'s [Sheet],
    pub tables: Vec<TablePlan>,
    /// Sheets whose every row must belong to somebody, with the column that says to whom.
    pub owned: BTreeMap<usize, String>,
    /// Columns of each sheet that something reads.
    pub read: BTreeMap<usize, Vec<String>>,
}

/// Values side by side, so that no two rows of different values look the same.
pub fn together<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    cells.map(|c| format!("{}\u{1f}", c.trim())).collect()
}
