//! Lists without a mapping: a file whose columns bear the names of our fields, or their labels in either language,
//! as an export has them and a person types them.

use super::mapping::{Formats, Mapping, More, Set, Table};
use super::source::Sheet;
use kernel::{Description, Field, Kind, LANGUAGES, Registry};
use std::collections::BTreeMap;

/// Fewest columns by which a list is known, when its file is not called after it.
const FEWEST: usize = 2;

/// A mapping for files that are lists of ours; `None` when one of them is not.
pub fn mapping(sheets: &[Sheet], registry: &Registry) -> Option<Mapping> {
    let tables = sheets.iter().map(|s| table(s, registry)).collect::<Option<Vec<_>>>()?;
    Some(Mapping {
        name: "Lists by the names of their columns".into(),
        recognise: BTreeMap::new(),
        formats: formats(sheets, &tables, registry),
        fields: Vec::new(),
        tables,
        homeless: Vec::new(),
        notes: Vec::new(),
    })
}

/// The list that this file is: by its name, else the one entity that knows most of its columns.
fn table(sheet: &Sheet, registry: &Registry) -> Option<Table> {
    let entities = registry.entities();
    let open = || entities.by_name.values().filter(|d| d.parent.is_none() && !d.closed);
    if let Some(named) =
        open().find(|d| called(d, registry).iter().any(|n| n.eq_ignore_ascii_case(sheet.name.trim())))
    {
        return Some(made(sheet, named, registry)).filter(|t| !t.set.is_empty());
    }
    let mut fitting: Vec<(usize, Table)> = open()
        .filter(|d| {
            let missing =
                |f: &&Field| f.required && !f.readonly && f.empty().is_null() && f.name != "company_id";
            d.stored()
                .filter(missing)
                .all(|f| sheet.header.iter().any(|h| meant(d, h, registry).is_some_and(|m| m.name == f.name)))
        })
        .map(|d| {
            (
                sheet.header.iter().filter(|h| meant(d, h, registry).is_some()).count(),
                made(sheet, d, registry),
            )
        })
        .collect();
    fitting.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let mut fitting = fitting.into_iter();
    let (most, table) = fitting.next()?;
    let clear = fitting.next().is_none_or(|(next, _)| next < most);
    (most >= FEWEST && clear).then_some(table)
}

/// What the list is called: entity, entity set, and its labels.
fn called(description: &Description, registry: &Registry) -> Vec<String> {
    let label = |language: &&str, key: &str| {
        registry
            .texts
            .get(language, &format!("{}.{}.{key}", description.module, description.name))
            .map(ToOwned::to_owned)
    };
    let labels = LANGUAGES.iter().flat_map(|l| [label(l, "one"), label(l, "many")]).flatten();
    [description.name.to_owned(), description.set.clone()].into_iter().chain(labels).collect()
}

/// The field that a heading means, if it may be written from outside.
fn meant<'d>(description: &'d Description, heading: &str, registry: &Registry) -> Option<&'d Field> {
    let heading = heading.trim();
    let writable = |f: &&Field| f.computed.is_none() && !f.secret && (!f.readonly || f.name == "number");
    description.stored().filter(writable).find(|f| {
        let label = |language: &str| {
            let own = format!("{}.{}.fields.{}", description.module, description.name, f.name);
            let common = format!("kernel.fields.{}", f.name);
            let text = registry.texts.get(language, &own).or_else(|| registry.texts.get(language, &common));
            text.is_some_and(|t| t.eq_ignore_ascii_case(heading))
        };
        f.name.eq_ignore_ascii_case(heading)
            || f.nav.as_deref().is_some_and(|n| n.eq_ignore_ascii_case(heading))
            || f.label.as_deref().is_some_and(|l| l.eq_ignore_ascii_case(heading))
            || LANGUAGES.into_iter().any(label)
    })
}

fn made(sheet: &Sheet, description: &Description, registry: &Registry) -> Table {
    let mut set = BTreeMap::new();
    let mut unique = None;
    for heading in &sheet.header {
        let Some(field) = meant(description, heading, registry) else { continue };
        if set.contains_key(&field.name) {
            continue;
        }
        // A record is the same that has the same number, code or other unique word.
        let single = |columns: &Vec<String>| columns.iter().filter(|c| *c != "company_id").eq([&field.name]);
        if unique.is_none() && description.unique.iter().any(single) {
            unique = Some((heading.clone(), field.name.clone()));
        }
        set.insert(field.name.clone(), Set::More(Box::new(how(description, field, heading, registry))));
    }
    let key = unique.as_ref().map_or_else(
        || set.values().filter_map(column).map(|c| format!("{{{c}}}")).collect::<Vec<_>>().join("/"),
        |(heading, _)| format!("{{{heading}}}"),
    );
    Table {
        what: description.set.clone(),
        from: sheet.name.clone(),
        to: description.name.to_owned(),
        key: format!("{}/{key}", description.name),
        once: false,
        matches: unique.map(|(_, field)| field),
        when: Vec::new(),
        with: Vec::new(),
        set,
        lines: Vec::new(),
        check: Vec::new(),
        control: BTreeMap::new(),
        then: None,
    }
}

fn column(set: &Set) -> Option<&String> {
    match set {
        Set::Column(column) => Some(column),
        Set::More(more) => more.column.as_ref(),
    }
}

/// References by number, code or name, or by their id as an export has them; choices by their words or labels.
fn how(description: &Description, field: &Field, heading: &str, registry: &Registry) -> More {
    let mut more = More { column: Some(heading.to_owned()), ..More::default() };
    if field.target.is_some() {
        more.find = Some("number | code | name | login | id".into());
    }
    for choice in &field.choices {
        more.words.insert(choice.clone(), toml::Value::String(choice.clone()));
        for language in LANGUAGES {
            let key = format!("{}.{}.choices.{}.{choice}", description.module, description.name, field.name);
            if let Some(label) = registry.texts.get(language, &key) {
                more.words.insert(label.to_owned(), toml::Value::String(choice.clone()));
            }
        }
    }
    more
}

/// How the files write: with semicolons come decimal commas, and a date with points has its day first.
fn formats(sheets: &[Sheet], tables: &[Table], registry: &Registry) -> Formats {
    let mut formats = Formats::default();
    if sheets.iter().any(|s| s.separator == b';') {
        formats.decimal = ',';
        formats.thousands = ".".into();
    }
    let dated = sheets.iter().zip(tables).any(|(sheet, table)| {
        let description = registry.entity(&table.to).ok();
        let dates = table.set.iter().filter(|(name, _)| {
            description.as_ref().and_then(|d| d.field(name)).is_some_and(|f| f.kind == Kind::Date)
        });
        dates.filter_map(|(_, set)| sheet.column(column(set)?)).any(|at| {
            sheet
                .rows
                .iter()
                .filter_map(|r| r.get(at))
                .find(|c| !c.trim().is_empty())
                .is_some_and(|c| c.contains('.'))
        })
    });
    if dated {
        formats.date = "DD.MM.YYYY".into();
    }
    formats
}
