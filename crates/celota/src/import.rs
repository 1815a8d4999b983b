//! A firm moves in: files of others, laid under a mapping, become records with all that stands around a command but
//! the command itself. History stays history: it makes no entries, no mail and no case.
//!
//! 1. Every row gets its key, and every key its id, written down before anything else ([`apply::stage`]): so rows
//!    may name each other whichever comes first, and an import that was killed goes on where it stood.
//! 2. Records are written by the thousand. A record that is there already is left as it is.
//! 3. The sums of the source are compared with the sums here.

pub mod apply;
mod compile;
mod http;
mod lookup;
mod mapping;
mod plain;
mod plan;
mod problem;
mod rows;
pub mod source;
mod value;

pub use http::{job, routes};
pub use problem::as_csv;

use kernel::{Actor, Error, Field, Kernel, Kind, Module, Registry, Result, refuse};
use mapping::Mapping;
use problem::{Group, Level, Problem};
use rows::{Keys, Reading};
use serde::Serialize;
use serde_json::Value as Json;
use source::{Given, Sheet};
use std::collections::HashMap;
use std::path::Path;

/// Mappings that ship with the program.
const SHIPPED: [(&str, &str); 1] =
    [("adventureworks", include_str!("../../../mappings/adventureworks.toml"))];

/// Where keys of imported records are kept, and how far an import has come; and the texts of the command line.
#[must_use]
pub fn module() -> Module {
    Module::new("celota", include_str!("../locale/en.json"), include_str!("../locale/sl.json"))
        .table("import_key", "id entity:text source_key:text", &[("entity,source_key", true)])
        .table(
            "import_run",
            "id token:text mapping:text state:text done total report:text at user_id company_id",
            &[("token", true)],
        )
}

/// What an import found, did, and left.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    pub mapping: String,
    pub notes: Vec<String>,
    pub tables: Vec<TableReport>,
    pub problems: Vec<Group>,
    /// Files that the mapping has no place for yet, and why.
    pub homeless: Vec<(String, String)>,
    /// Files that it does not know.
    pub unknown_files: Vec<String>,
    /// Columns that nothing reads, by file.
    pub unread: Vec<(String, Vec<String>)>,
    pub controls: Vec<Control>,
    #[serde(skip)]
    pub all_problems: Vec<Problem>,
}

#[derive(Clone, Debug, Default, Serialize)]
pub struct TableReport {
    pub what: String,
    pub file: String,
    pub entity: String,
    pub rows: usize,
    pub new: usize,
    /// There before; left as they are.
    pub known: usize,
    /// Left out, with the reason among the problems.
    pub refused: usize,
}

/// A sum of the source beside the sum here.
#[derive(Clone, Debug, Serialize)]
pub struct Control {
    pub file: String,
    pub column: String,
    pub source: String,
    pub field: String,
    pub here: String,
    pub difference: String,
}

/// An import made ready: files read, mapping found.
pub struct Import {
    mapping: Mapping,
    sheets: Vec<Sheet>,
    /// Another mapping that knows some of the files, and which it would need besides.
    nearly: Option<(String, Vec<String>)>,
}

impl Import {
    /// Reads the files and finds the mapping that knows them: the firm's own first, then those that ship; else the
    /// files are taken for lists of ours, by the names of their columns.
    ///
    /// # Errors
    /// `import.unreadable`, `import.not_known`, `import.mapping`.
    pub fn of(files: &[Given], data: &Path, chosen: Option<&Path>, registry: &Registry) -> Result<Self> {
        let sheets =
            files.iter().map(|(name, bytes)| source::read(name, bytes)).collect::<Result<Vec<_>>>()?;
        let mut mappings = Vec::new();
        let own = chosen.map_or_else(|| toml_files(&data.join("mappings")), |path| vec![path.to_owned()]);
        for path in own {
            let text = std::fs::read_to_string(&path);
            let text = text.map_err(|e| {
                Error::from(refuse("import.unreadable").arg("file", path.display()).arg("what", e))
            })?;
            mappings.push(mapping::parse(&path.display().to_string(), &text)?);
        }
        if chosen.is_none() {
            for (name, text) in SHIPPED {
                mappings.push(mapping::parse(name, text)?);
            }
        }
        let nearly = mappings.iter().find_map(|m| Some((m.name.clone(), m.misses(&sheets)?)));
        let known = mappings.into_iter().find(|m| m.knows(&sheets));
        let known = known.or_else(|| plain::mapping(&sheets, registry).filter(|_| chosen.is_none()));
        let mapping = known.ok_or_else(|| {
            let names: Vec<&str> = sheets.iter().map(|s| s.file.as_str()).take(8).collect();
            let files = names.join(", ");
            Error::from(match &nearly {
                Some((mapping, missing)) => refuse("import.incomplete")
                    .arg("files", files)
                    .arg("mapping", mapping)
                    .arg("missing", missing.join(", ")),
                None => refuse("import.not_known").arg("files", files),
            })
        })?;
        let nearly = nearly.filter(|(name, _)| *name != mapping.name);
        Ok(Self { mapping, sheets, nearly })
    }

    /// Looks at every row and writes nothing.
    ///
    /// # Errors
    /// What is wrong with the mapping, or the database's.
    pub fn dry_run(&self, kernel: &Kernel, actor: &Actor) -> Result<Report> {
        self.run(kernel, actor, false, &mut |_, _| Ok(()))
    }

    /// Brings everything in that is not there yet. `progress` is told how many rows are done of how many.
    ///
    /// # Errors
    /// As [`Self::dry_run`]; what was written before stays, and the next run goes on from there.
    pub fn apply(&self, kernel: &Kernel, actor: &Actor, progress: Progress) -> Result<Report> {
        self.run(kernel, actor, true, progress)
    }

    fn run(&self, kernel: &Kernel, actor: &Actor, write: bool, progress: Progress) -> Result<Report> {
        if write {
            self.add_fields(kernel, actor)?;
        }
        let custom = if write { Vec::new() } else { self.missing_fields(kernel)? };
        let plan = compile::plan(&self.mapping, &self.sheets, kernel, actor, &custom)?;
        let mut report = self.outline(&plan);
        let empty = Keys::new();
        let texts = &kernel.registry.texts;
        let mut reading = Reading::new(&plan, &empty, texts, &actor.language);
        let mut seen = HashMap::new();
        let keyed: Vec<Vec<(usize, String)>> =
            plan.tables.iter().map(|t| reading.keyed(t, &mut seen)).collect();
        let (keys, known) = apply::stage(kernel, &reading, &keyed, write)?;
        let (problems, taken) = (reading.problems, reading.taken);
        let mut reading = Reading::new(&plan, &keys, texts, &actor.language);
        (reading.problems, reading.taken) = (problems, taken);
        let total = keyed.iter().map(Vec::len).sum();
        let mut work = apply::Work { kernel, actor, write, done: 0, total, progress };
        for (table, rows) in plan.tables.iter().zip(&keyed) {
            let told = work.table(&mut reading, table, rows, &known)?;
            let came: Vec<usize> = rows.iter().map(|(row, _)| *row).collect();
            if write {
                report.controls.extend(apply::controls(kernel, &reading, table, &came, rows)?);
            }
            report.tables.push(told);
        }
        reading.left_over();
        report.problems = problem::grouped(&reading.problems);
        report.all_problems = reading.problems;
        Ok(report)
    }

    fn outline(&self, plan: &plan::Plan) -> Report {
        let homeless: Vec<(String, String)> = self
            .mapping
            .homeless
            .iter()
            .flat_map(|h| h.files.iter().map(|f| (f.clone(), h.why.clone())))
            .filter(|(f, _)| self.sheets.iter().any(|s| s.name == *f))
            .collect();
        let used = |i: &usize| plan.read.contains_key(i);
        let unknown = self
            .sheets
            .iter()
            .enumerate()
            .filter(|(i, s)| !used(i) && !homeless.iter().any(|(f, _)| *f == s.name));
        let unread = plan.read.iter().filter_map(|(i, read)| {
            let sheet = self.sheets.get(*i)?;
            let columns: Vec<String> = sheet.header.iter().filter(|c| !read.contains(c)).cloned().collect();
            (!columns.is_empty()).then(|| (sheet.file.clone(), columns))
        });
        Report {
            mapping: self.mapping.name.clone(),
            notes: self.mapping.notes.clone(),
            unknown_files: unknown.map(|(_, s)| s.file.clone()).collect(),
            unread: unread.collect(),
            homeless,
            ..Report::default()
        }
    }

    /// Fields of the mapping that Celota has not yet.
    fn missing_fields(&self, kernel: &Kernel) -> Result<Vec<compile::Missing>> {
        let mut missing = Vec::new();
        for new in &self.mapping.fields {
            let column = format!("x_{}", new.name);
            if kernel.registry.entity(&new.entity)?.field(&column).is_none() {
                let kind = Kind::of(&new.kind).unwrap_or(Kind::Text);
                missing.push((new.entity.clone(), Field::new(&column, kind).optional()));
            }
        }
        Ok(missing)
    }

    fn add_fields(&self, kernel: &Kernel, actor: &Actor) -> Result<()> {
        for field in &self.mapping.fields {
            if kernel.registry.entity(&field.entity)?.field(&format!("x_{}", field.name)).is_some() {
                continue;
            }
            let new = kernel::custom::NewField {
                entity: field.entity.clone(),
                name: field.name.clone(),
                kind: field.kind.clone(),
                label: field.label.clone(),
                ..kernel::custom::NewField::default()
            };
            kernel.add_field(actor, new)?;
        }
        Ok(())
    }
}

/// Told while an import runs: rows done, of how many.
pub type Progress<'a> = &'a mut dyn FnMut(usize, usize) -> Result<()>;

fn toml_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files: Vec<_> =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "toml"));
    files.sort();
    files
}

impl Report {
    /// Whether every row came in or was there.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.tables.iter().all(|t| t.refused == 0)
    }

    /// For people at a terminal.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = format!("{}\n\n", self.mapping);
        for t in &self.tables {
            out.push_str(&format!(
                "{:>8} new {:>8} there {:>6} refused  {} ({} → {})\n",
                t.new, t.known, t.refused, t.what, t.file, t.entity
            ));
        }
        for (title, level) in
            [("Refused", Level::Error), ("To look at", Level::Warning), ("As the source has it", Level::Note)]
        {
            let groups: Vec<&Group> = self.problems.iter().filter(|g| g.level == level).collect();
            if !groups.is_empty() {
                out.push_str(&format!("\n{title}\n"));
            }
            for g in groups {
                let rows: Vec<String> = g.rows.iter().map(ToString::to_string).collect();
                let more = if g.count > g.rows.len() { ", …" } else { "" };
                out.push_str(&format!(
                    "{:>8} × {} {}: {} {} (lines {}{more})\n",
                    g.count,
                    g.file,
                    g.column,
                    g.message,
                    g.advice,
                    rows.join(", ")
                ));
            }
        }
        if !self.controls.is_empty() {
            out.push_str("\nSums, there and here\n");
        }
        for c in &self.controls {
            out.push_str(&format!(
                "{} {}: {} there, {} here in {}, difference {}\n",
                c.file, c.column, c.source, c.here, c.field, c.difference
            ));
        }
        for (title, rows) in [
            ("No home yet", self.homeless.iter().map(|(f, why)| format!("{f}: {why}")).collect::<Vec<_>>()),
            ("Files not known", self.unknown_files.clone()),
            ("Columns not read", self.unread.iter().map(|(f, c)| format!("{f}: {}", c.join(", "))).collect()),
            ("About the source", self.notes.clone()),
        ] {
            if !rows.is_empty() {
                out.push_str(&format!("\n{title}\n{}\n", rows.join("\n")));
            }
        }
        out.trim_end().to_owned()
    }

    #[must_use]
    pub fn json(&self) -> Json {
        serde_json::to_value(self).unwrap_or_default()
    }
}
