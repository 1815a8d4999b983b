//! What an entity is, as plain data that ordinary code reads: tables, API, forms, imports, rights and checks
//! all follow from a [`Description`]. Custom fields are added to it while the program runs.

use crate::life::Life;
use store::Value;

/// What kind of thing a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    LongText,
    /// One of [`Field::choices`].
    Choice,
    Bool,
    Date,
    Instant,
    /// Whole minor units of the document's currency.
    Money,
    /// 10⁻⁶, as unit prices and rates.
    Decimal,
    /// 10⁻⁶ of the product's stock unit.
    Quantity,
    Integer,
    /// The id of a [`Field::target`].
    Reference,
    /// The name of an entity; the id stands in the next column.
    OriginEntity,
    OriginId,
    /// A content-addressed file, by its hash.
    File,
    /// Anything, as JSON text; not filtered or sorted.
    Json,
}

impl Kind {
    /// The word used on the wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::LongText => "long_text",
            Self::Choice => "choice",
            Self::Bool => "bool",
            Self::Date => "date",
            Self::Instant => "instant",
            Self::Money => "money",
            Self::Decimal => "decimal",
            Self::Quantity => "quantity",
            Self::Integer => "integer",
            Self::Reference => "ref",
            Self::OriginEntity => "origin_entity",
            Self::OriginId => "origin_id",
            Self::File => "file",
            Self::Json => "json",
        }
    }

    /// The kind that a word on the wire means.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        [
            Self::Text,
            Self::LongText,
            Self::Choice,
            Self::Bool,
            Self::Date,
            Self::Instant,
            Self::Money,
            Self::Decimal,
            Self::Quantity,
            Self::Integer,
            Self::Reference,
            Self::File,
            Self::Json,
        ]
        .into_iter()
        .find(|k| k.word() == word)
    }

    /// Whether the column holds text.
    #[must_use]
    pub const fn is_text(self) -> bool {
        matches!(
            self,
            Self::Text | Self::LongText | Self::Choice | Self::OriginEntity | Self::File | Self::Json
        )
    }

    /// Whether sums make sense.
    #[must_use]
    pub const fn is_number(self) -> bool {
        matches!(self, Self::Money | Self::Decimal | Self::Quantity | Self::Integer)
    }
}

/// One field: a column, a property of the API, a cell on the screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Column and wire name.
    pub name: String,
    /// For references: the name of the way to the record (`customer` beside `customer_id`).
    pub nav: Option<String>,
    pub kind: Kind,
    pub target: Option<String>,
    pub choices: Vec<String>,
    pub required: bool,
    pub readonly: bool,
    pub personal: bool,
    /// It never leaves the database: a hash of a password or token.
    pub secret: bool,
    /// SQL over the row `{t}`; such a field is read, never stored.
    pub computed: Option<String>,
    pub custom: bool,
    /// The label that an administrator gave to a custom field.
    pub label: Option<String>,
    /// The name that older clients and files use.
    pub was: Option<String>,
    pub default: Option<String>,
}

impl Field {
    #[must_use]
    pub fn new(name: &str, kind: Kind) -> Self {
        Self {
            name: name.to_owned(),
            nav: None,
            kind,
            target: None,
            choices: Vec::new(),
            required: true,
            readonly: false,
            personal: false,
            secret: false,
            computed: None,
            custom: false,
            label: None,
            was: None,
            default: None,
        }
    }

    #[must_use]
    pub fn reference(name: &str, target: &str) -> Self {
        let mut field = Self::new(&format!("{name}_id"), Kind::Reference);
        field.nav = Some(name.to_owned());
        field.target = Some(target.to_owned());
        field
    }

    #[must_use]
    pub fn long(mut self) -> Self {
        self.kind = Kind::LongText;
        self
    }

    #[must_use]
    pub fn quantity(mut self) -> Self {
        self.kind = Kind::Quantity;
        self
    }

    #[must_use]
    pub fn json(mut self) -> Self {
        self.kind = Kind::Json;
        self
    }

    #[must_use]
    pub fn file(mut self) -> Self {
        self.kind = Kind::File;
        self
    }

    #[must_use]
    pub fn readonly(mut self) -> Self {
        self.readonly = true;
        self
    }

    #[must_use]
    pub fn personal(mut self) -> Self {
        self.personal = true;
        self
    }

    #[must_use]
    pub fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    #[must_use]
    pub fn secret(mut self) -> Self {
        self.secret = true;
        self.readonly = true;
        self
    }

    #[must_use]
    pub fn was(mut self, name: &str) -> Self {
        self.was = Some(name.to_owned());
        self
    }

    #[must_use]
    pub fn default(mut self, value: &str) -> Self {
        self.default = Some(value.to_owned());
        self
    }

    /// What a column holds where nothing was given: required text is empty, truth is no.
    #[must_use]
    pub fn empty(&self) -> Value {
        match (&self.default, self.kind, self.required) {
            (Some(d), kind, _) if kind.is_text() => Value::text(d),
            (Some(d), Kind::Bool, _) => Value::Int(i64::from(d == "true")),
            (Some(d), ..) => d.parse().map_or(Value::Null, Value::Int),
            (None, Kind::Bool, true) => Value::Int(0),
            (None, kind, true) if kind.is_number() => Value::Int(0),
            (None, Kind::Text | Kind::LongText | Kind::Json, true) => Value::text(""),
            _ => Value::Null,
        }
    }
}

/// Lines of a document, as a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lines {
    pub name: String,
    pub entity: String,
}

/// What an entity is.
#[derive(Clone, Debug, PartialEq)]
pub struct Description {
    pub name: &'static str,
    /// The name of its entity set in the API.
    pub set: String,
    pub table: String,
    pub module: &'static str,
    /// For lines: the document they belong to, by column `parent_id`.
    pub parent: Option<&'static str>,
    pub fields: Vec<Field>,
    pub lines: Vec<Lines>,
    pub title: String,
    pub number: Option<&'static str>,
    pub search: Vec<String>,
    pub list: Vec<String>,
    pub owner: Option<String>,
    /// The origin that its rows are about: who may see that record, and nobody else, may see the row.
    pub about: Option<String>,
    pub unique: Vec<Vec<String>>,
    pub index: Vec<Vec<String>>,
    pub life: Life,
    /// Written by commands only: no plain create, edit or delete.
    pub closed: bool,
}

impl Description {
    #[must_use]
    pub fn new(name: &'static str, fields: Vec<Field>) -> Self {
        // What people call a thing goes before what it is numbered by.
        let title = ["name", "title", "number"].iter().find_map(|n| fields.iter().find(|f| f.name == *n));
        Self {
            name,
            set: format!("{name}s"),
            table: table_name(name),
            module: "",
            parent: None,
            title: title.map_or("id", |f| f.name.as_str()).to_owned(),
            fields,
            lines: Vec::new(),
            number: None,
            search: Vec::new(),
            list: Vec::new(),
            owner: None,
            about: None,
            unique: Vec::new(),
            index: Vec::new(),
            life: &[],
            closed: false,
        }
    }

    #[must_use]
    pub fn lines(mut self, name: &str, entity: &str) -> Self {
        self.lines.push(Lines { name: name.into(), entity: entity.into() });
        self
    }

    #[must_use]
    pub fn set(mut self, set: &str) -> Self {
        set.clone_into(&mut self.set);
        self
    }

    #[must_use]
    pub fn title(mut self, field: &str) -> Self {
        field.clone_into(&mut self.title);
        self
    }

    #[must_use]
    pub fn number(mut self, pattern: &'static str) -> Self {
        self.number = Some(pattern);
        self
    }

    #[must_use]
    pub fn search(mut self, fields: &str) -> Self {
        self.search = words(fields);
        self
    }

    #[must_use]
    pub fn list(mut self, fields: &str) -> Self {
        self.list = words(fields);
        self
    }

    #[must_use]
    pub fn owner(mut self, path: &str) -> Self {
        self.owner = Some(path.into());
        self
    }

    #[must_use]
    pub fn about(mut self, origin: &str) -> Self {
        self.about = Some(origin.into());
        self
    }

    #[must_use]
    pub fn line_of(mut self, parent: &'static str) -> Self {
        self.parent = Some(parent);
        self
    }

    #[must_use]
    pub fn unique(mut self, columns: &str) -> Self {
        self.unique.extend(columns.split(';').map(words));
        self
    }

    #[must_use]
    pub fn index(mut self, columns: &str) -> Self {
        self.index.extend(columns.split(';').map(words));
        self
    }

    /// The field of this name, by its old name too.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|f| f.name == name || f.was.as_deref() == Some(name))
    }

    /// The stored fields, in the order of their columns.
    pub fn stored(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|f| f.computed.is_none())
    }

    /// The position of a stored field in a record's values.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.stored().position(|f| f.name == name)
    }

    /// The reference that this way leads along.
    #[must_use]
    pub fn way(&self, nav: &str) -> Option<&Field> {
        self.fields.iter().find(|f| f.nav.as_deref() == Some(nav))
    }

    /// Columns in the order in which rows are read: id, then version or parent, then the fields.
    #[must_use]
    pub fn columns(&self) -> Vec<&str> {
        let second = if self.parent.is_some() { ["id", "parent_id"] } else { ["id", "version"] };
        second.into_iter().chain(self.stored().map(|f| f.name.as_str())).collect()
    }

    /// Whether its rows belong to one legal entity each.
    #[must_use]
    pub fn has_company(&self) -> bool {
        self.fields.iter().any(|f| f.name == "company_id")
    }

    #[must_use]
    pub fn state(&self) -> Option<&Field> {
        self.fields.iter().find(|f| f.kind == Kind::Choice && (f.name == "state" || f.name == "stage"))
    }

    /// The table as it should be.
    #[must_use]
    pub fn table(&self) -> store::Table {
        use store::{Column, Index, Table, Type};
        let int = |name: &str| Column { name: name.into(), ty: Type::Int, required: true };
        let mut columns = vec![int("id"), int(if self.parent.is_some() { "parent_id" } else { "version" })];
        columns.extend(self.stored().map(|f| Column {
            name: f.name.clone(),
            ty: if f.kind.is_text() { Type::Text } else { Type::Int },
            required: f.required && !f.custom,
        }));
        let named = |columns: &[String], unique| {
            Index::of(&self.table, &columns.iter().map(String::as_str).collect::<Vec<_>>(), unique)
        };
        let mut indexes: Vec<Index> = self.unique.iter().map(|c| named(c, true)).collect();
        indexes.extend(self.index.iter().map(|c| named(c, false)));
        if self.parent.is_some() {
            indexes.push(named(&["parent_id".to_owned()], false));
        }
        Table { name: self.table.clone(), columns, indexes }
    }
}

fn words(list: &str) -> Vec<String> {
    list.split(',').map(|w| w.trim().to_owned()).filter(|w| !w.is_empty()).collect()
}

/// Words that SQL keeps for itself get an underscore: `user_`, `case_`.
fn table_name(name: &str) -> String {
    let table = snake(name);
    let reserved =
        ["user", "case", "check", "group", "order", "index", "table", "references", "column", "grant"];
    if reserved.contains(&table.as_str()) { format!("{table}_") } else { table }
}

/// `SalesOrder` → `sales_order`.
#[must_use]
pub fn snake(name: &str) -> String {
    let mut out = String::new();
    for (i, c) in name.char_indices() {
        if c.is_uppercase() && i > 0 {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}
