//! A mapping: how data of others moves in. It is a file that a firm can read and write; `mappings/README.md` says how.

use kernel::{Error, Result, refuse};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The whole file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    pub name: String,
    /// Files with the columns by which they are known.
    pub recognise: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub formats: Formats,
    /// Fields that Celota has not, added as custom ones.
    #[serde(default, rename = "field")]
    pub fields: Vec<NewField>,
    #[serde(default, rename = "table")]
    pub tables: Vec<Table>,
    /// Files that have no place here yet, and why.
    #[serde(default)]
    pub homeless: Vec<Homeless>,
    /// What is to be known about the source as a whole.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// How the files write dates and figures.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Formats {
    /// `YYYY-MM-DD`, `DD.MM.YYYY`
    pub date: String,
    /// `.` or `,`
    pub decimal: char,
    /// What stands between thousands, if anything.
    pub thousands: String,
    /// Words that stand for no value.
    pub empty: Vec<String>,
    pub yes: Vec<String>,
    pub no: Vec<String>,
}

impl Default for Formats {
    fn default() -> Self {
        let words = |all: &[&str]| all.iter().map(ToString::to_string).collect();
        Self {
            date: "YYYY-MM-DD".into(),
            decimal: '.',
            thousands: String::new(),
            empty: Vec::new(),
            yes: words(&["1", "true", "True", "yes", "da"]),
            no: words(&["0", "false", "False", "no", "ne"]),
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewField {
    pub entity: String,
    pub name: String,
    pub kind: String,
    pub label: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Homeless {
    pub files: Vec<String>,
    pub why: String,
}

/// Records of one entity, a row each. Several tables may read one file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    pub what: String,
    pub from: String,
    pub to: String,
    /// Names the record in the source: `person/{BusinessEntityID}`. The same key is never brought in twice.
    pub key: String,
    /// Several rows may have the same key; the first is taken.
    #[serde(default)]
    pub once: bool,
    /// A record that has the same value in this field is the same; it is not changed.
    #[serde(default, rename = "match")]
    pub matches: Option<String>,
    #[serde(default)]
    pub when: Vec<String>,
    #[serde(default)]
    pub with: Vec<With>,
    #[serde(default)]
    pub set: BTreeMap<String, Set>,
    #[serde(default)]
    pub lines: Vec<Lines>,
    #[serde(default)]
    pub check: Vec<Check>,
    /// Columns whose sums must come out, with the fields that hold them.
    #[serde(default)]
    pub control: BTreeMap<String, Vec<String>>,
    /// A command without input that every record is given when it is in: `post`.
    #[serde(default)]
    pub then: Option<String>,
}

/// A row of another file that belongs to this one.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct With {
    /// Its columns are called `name.Column`.
    pub name: String,
    pub from: String,
    /// The column there …
    pub its: String,
    /// … that holds what this column holds here.
    pub ours: String,
    /// Every row there must belong to somebody; those that do not are told.
    #[serde(default)]
    pub every: bool,
    #[serde(default)]
    pub when: Vec<String>,
    /// Of several rows the one that has most in this column there, instead of the first.
    #[serde(default)]
    pub latest: Option<String>,
}

/// Lines of the record, from rows of another file, or one from the row itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lines {
    pub of: String,
    #[serde(default)]
    pub from: Option<String>,
    #[serde(default)]
    pub its: Option<String>,
    #[serde(default)]
    pub ours: Option<String>,
    /// Names the line in the source, where other records refer to it.
    #[serde(default)]
    pub key: Option<String>,
    /// The whole block once for each of these words, which stand in place of `{each}`.
    #[serde(default)]
    pub each: Vec<String>,
    #[serde(default)]
    pub when: Vec<String>,
    #[serde(default)]
    pub with: Vec<With>,
    #[serde(default)]
    pub set: BTreeMap<String, Set>,
    #[serde(default)]
    pub check: Vec<Check>,
    #[serde(default)]
    pub control: BTreeMap<String, Vec<String>>,
}

/// Something to be told about rows that are brought in all the same.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    #[serde(default)]
    pub when: Vec<String>,
    /// Columns whose values together occur in another row, too.
    #[serde(default)]
    pub same: Vec<String>,
    pub column: String,
    pub say: String,
    #[serde(rename = "do")]
    pub advice: String,
}

/// What a field gets.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Set {
    /// A column.
    Column(String),
    More(Box<More>),
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct More {
    /// A column …
    pub column: Option<String>,
    /// … or a text with columns in it: `{FirstName} {LastName}` …
    pub text: Option<String>,
    /// … or the same for every row …
    pub is: Option<toml::Value>,
    /// … or the record that has this key; several, with ` | ` between, are tried in turn …
    #[serde(rename = "ref")]
    pub reference: Option<String>,
    /// … or a sum of columns, each with its sign and each rounded by itself.
    pub sum: Option<Vec<String>>,
    /// The column names a record that is here already, by this field of it; several, with ` | ` between, are tried
    /// in turn.
    pub find: Option<String>,
    /// Words of the source and what they mean here.
    pub words: BTreeMap<String, toml::Value>,
    /// Where the column is empty, or the word is not among `words`.
    pub default: Option<toml::Value>,
    /// Decimals to keep; half is rounded away from zero. Without it, more decimals than the field has are refused.
    pub round: Option<u32>,
    /// Multiplies the figure.
    pub times: Option<i64>,
    /// A format of its own, instead of that of the mapping.
    pub date: Option<String>,
    /// Whether the record may be missing that `ref` names.
    pub optional: bool,
}

/// # Errors
/// `import.mapping`, with the place.
pub fn parse(name: &str, text: &str) -> Result<Mapping> {
    toml::from_str(text)
        .map_err(|e| Error::from(refuse("import.mapping").arg("mapping", name).arg("what", e)))
}

impl Lines {
    /// The block as often as it has words.
    #[must_use]
    pub fn written_out(&self) -> Vec<Self> {
        if self.each.is_empty() {
            return vec![self.clone()];
        }
        let one = |word: &String| {
            let put = |text: &String| text.replace("{each}", word);
            let mut lines = self.clone();
            lines.when = lines.when.iter().map(put).collect();
            for set in lines.set.values_mut() {
                if let Set::More(more) = set {
                    more.text = more.text.as_ref().map(put);
                    more.reference = more.reference.as_ref().map(put);
                    let constant = more.is.as_ref().and_then(toml::Value::as_str).map(ToOwned::to_owned);
                    more.is = constant.map(|c| put(&c).into()).or(more.is.take());
                }
            }
            lines
        };
        self.each.iter().map(one).collect()
    }
}

impl From<&str> for Set {
    fn from(column: &str) -> Self {
        Self::Column(column.to_owned())
    }
}

impl Mapping {
    /// Whether these files are what the mapping is for.
    #[must_use]
    pub fn knows(&self, sheets: &[super::source::Sheet]) -> bool {
        self.recognise.iter().all(|(file, columns)| {
            sheets.iter().any(|s| s.name == *file && columns.iter().all(|c| s.column(c).is_some()))
        })
    }

    /// Files that would still be needed, where some of these are what the mapping is for.
    #[must_use]
    pub fn misses(&self, sheets: &[super::source::Sheet]) -> Option<Vec<String>> {
        let known = |(file, columns): &(&String, &Vec<String>)| {
            sheets.iter().any(|s| s.name == **file && columns.iter().all(|c| s.column(c).is_some()))
        };
        let (there, missing): (Vec<_>, Vec<_>) = self.recognise.iter().partition(known);
        (!there.is_empty() && !missing.is_empty())
            .then(|| missing.into_iter().map(|(file, _)| file.clone()).collect())
    }
}
