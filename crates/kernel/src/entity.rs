//! Typed structs over rows.

use crate::describe::{Description, Field, Kind};
use crate::refusal::{Error, Result};
use jiff::Timestamp;
use numbers::{Date, Decimal6, Money};
use std::marker::PhantomData;
use store::Value;

/// A thing the firm keeps records of. Derived; see `kernel-derive` for the attributes.
pub trait Entity: Sized + Send + 'static {
    const NAME: &'static str;
    fn describe() -> Description;
    fn id(&self) -> i64;
    fn set_id(&mut self, id: i64);
    /// The values of the stored fields, in order.
    fn put(&self, out: &mut Vec<Value>);
    /// # Errors
    /// When a stored value is not what the struct expects.
    fn take(id: i64, values: &mut Values, lines: &mut std::vec::IntoIter<Vec<Record>>) -> Result<Self>;
    /// The lines; those without an id get one from `ids`.
    ///
    /// # Errors
    /// When no id can be had.
    fn put_lines(&mut self, out: &mut Vec<Vec<Record>>, ids: &mut dyn FnMut() -> Result<i64>) -> Result<()>;
}

/// A command's input. Derived.
pub trait Input: Sized {
    fn describe() -> InputFacts;
    /// # Errors
    /// When a value is not what the struct expects.
    fn take(values: &mut Values, lines: &mut std::vec::IntoIter<Vec<InputValues>>) -> Result<Self>;
}

/// What a command asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InputFacts {
    pub fields: Vec<Field>,
    pub lines: Vec<(&'static str, InputFacts)>,
}

/// Input that fits its facts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InputValues {
    pub values: Vec<Value>,
    pub lines: Vec<Vec<InputValues>>,
}

/// A row with its lines, without its type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    pub id: i64,
    /// Version of a document; for a line, the id of its parent.
    pub version: i64,
    pub values: Vec<Value>,
    pub lines: Vec<Vec<Record>>,
}

/// Values handed out one after the other.
pub struct Values(std::vec::IntoIter<Value>);

impl Values {
    #[must_use]
    pub fn new(values: Vec<Value>) -> Self {
        Self(values.into_iter())
    }

    /// # Errors
    /// When there are no more.
    pub fn next_value(&mut self) -> Result<Value> {
        self.0.next().ok_or_else(|| Error::corrupt("a row is too short"))
    }

    fn next_is_null(&self) -> bool {
        self.0.as_slice().first().is_none_or(Value::is_null)
    }

    /// The values not yet taken: those of custom fields.
    #[must_use]
    pub fn rest(self) -> Vec<Value> {
        self.0.collect()
    }
}

/// A type that a field can have.
pub trait FieldType: Sized {
    fn facts(name: &'static str) -> Vec<Field>;
    fn put(&self, out: &mut Vec<Value>);
    /// # Errors
    /// When the stored value is of another kind.
    fn take(values: &mut Values) -> Result<Self>;
}

fn int(values: &mut Values) -> Result<i64> {
    values.next_value()?.as_int().ok_or_else(|| Error::corrupt("a number is missing"))
}

macro_rules! number {
    ($ty:ty, $kind:expr, $put:expr, $take:expr) => {
        impl FieldType for $ty {
            fn facts(name: &'static str) -> Vec<Field> {
                vec![Field::new(name, $kind)]
            }
            fn put(&self, out: &mut Vec<Value>) {
                let put: fn(&$ty) -> i64 = $put;
                out.push(Value::Int(put(self)));
            }
            fn take(values: &mut Values) -> Result<Self> {
                let take: fn(i64) -> Result<$ty> = $take;
                take(int(values)?)
            }
        }
    };
}

number!(i64, Kind::Integer, |n| *n, Ok);
number!(bool, Kind::Bool, |b| i64::from(*b), |n| Ok(n != 0));
number!(Money, Kind::Money, |m| m.0, |n| Ok(Money(n)));
number!(Decimal6, Kind::Decimal, |d| d.0, |n| Ok(Decimal6(n)));
number!(Date, Kind::Date, |d| d.days(), |n| Ok(Date::from_days(n)?));
number!(Timestamp, Kind::Instant, |t| t.as_microsecond(), |n| {
    Timestamp::from_microsecond(n).map_err(|_| Error::corrupt("an instant is out of range"))
});

impl FieldType for String {
    fn facts(name: &'static str) -> Vec<Field> {
        vec![Field::new(name, Kind::Text)]
    }
    fn put(&self, out: &mut Vec<Value>) {
        out.push(Value::Text(self.clone()));
    }
    fn take(values: &mut Values) -> Result<Self> {
        match values.next_value()? {
            Value::Text(t) => Ok(t),
            _ => Err(Error::corrupt("a text is missing")),
        }
    }
}

impl<T: FieldType> FieldType for Option<T> {
    fn facts(name: &'static str) -> Vec<Field> {
        // What may be empty is, where nothing is given: the first of some choices is offered only where one must be.
        T::facts(name).into_iter().map(|fact| Field { default: None, ..fact.optional() }).collect()
    }
    fn put(&self, out: &mut Vec<Value>) {
        match self {
            Some(value) => value.put(out),
            None => out.extend(T::facts("").iter().map(|_| Value::Null)),
        }
    }
    fn take(values: &mut Values) -> Result<Self> {
        if !values.next_is_null() {
            return T::take(values).map(Some);
        }
        for _ in T::facts("") {
            values.next_value()?;
        }
        Ok(None)
    }
}

/// A reference to a record of `T`.
pub struct Ref<T>(i64, PhantomData<fn() -> T>);

impl<T> Ref<T> {
    #[must_use]
    pub const fn new(id: i64) -> Self {
        Self(id, PhantomData)
    }

    #[must_use]
    pub const fn id(self) -> i64 {
        self.0
    }
}

impl<T> Clone for Ref<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Ref<T> {}
impl<T> PartialEq for Ref<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Ref<T> {}
impl<T> std::hash::Hash for Ref<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<T> std::fmt::Debug for Ref<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{}", self.0)
    }
}
impl<T> From<Ref<T>> for Value {
    fn from(r: Ref<T>) -> Self {
        Self::Int(r.0)
    }
}

impl<T: Entity> FieldType for Ref<T> {
    fn facts(name: &'static str) -> Vec<Field> {
        vec![Field::reference(name, T::NAME)]
    }
    fn put(&self, out: &mut Vec<Value>) {
        out.push(Value::Int(self.0));
    }
    fn take(values: &mut Values) -> Result<Self> {
        Ok(Self::new(int(values)?))
    }
}

/// A record of any entity: what a line stems from, what a note is about. It names what may lie to the right in
/// the order of the crates, so it is opaque and has no foreign key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin {
    pub entity: String,
    pub id: i64,
}

impl Origin {
    #[must_use]
    pub fn of<E: Entity>(entity: &E) -> Self {
        Self { entity: E::NAME.into(), id: entity.id() }
    }

    #[must_use]
    pub fn new(entity: &str, id: i64) -> Self {
        Self { entity: entity.into(), id }
    }
}

impl FieldType for Origin {
    fn facts(name: &'static str) -> Vec<Field> {
        vec![
            Field::new(&format!("{name}_entity"), Kind::OriginEntity),
            Field::new(&format!("{name}_id"), Kind::OriginId),
        ]
    }
    fn put(&self, out: &mut Vec<Value>) {
        out.push(Value::text(&self.entity));
        out.push(Value::Int(self.id));
    }
    fn take(values: &mut Values) -> Result<Self> {
        Ok(Self { entity: String::take(values)?, id: int(values)? })
    }
}

/// An enum stored and sent as words.
pub trait Choice: Sized {
    const WORDS: &'static [&'static str];
    fn word(&self) -> &'static str;
    fn of(word: &str) -> Option<Self>;
}

/// The facts of a choice.
#[must_use]
pub fn choice_facts<C: Choice>(name: &'static str) -> Vec<Field> {
    let mut field = Field::new(name, Kind::Choice);
    field.choices = C::WORDS.iter().map(ToString::to_string).collect();
    field.default = C::WORDS.first().map(ToString::to_string);
    vec![field]
}

/// # Errors
/// When the stored word is none of the choices.
pub fn take_choice<C: Choice>(values: &mut Values) -> Result<C> {
    let word = String::take(values)?;
    C::of(&word).ok_or_else(|| Error::corrupt("an unknown choice is stored"))
}

/// # Errors
/// When a line does not fit its struct.
pub fn take_lines<L: Entity>(lines: &mut std::vec::IntoIter<Vec<Record>>) -> Result<Vec<L>> {
    lines.next().unwrap_or_default().into_iter().map(from_record).collect()
}

/// The entity that a record holds; values of custom fields are left over.
///
/// # Errors
/// When the record does not fit the struct.
pub fn from_record<E: Entity>(record: Record) -> Result<E> {
    E::take(record.id, &mut Values::new(record.values), &mut record.lines.into_iter())
}

/// # Errors
/// When no id can be had.
pub fn put_lines<L: Entity>(lines: &mut [L], ids: &mut dyn FnMut() -> Result<i64>) -> Result<Vec<Record>> {
    lines.iter_mut().map(|line| to_record(line, ids)).collect()
}

/// The record of an entity, which gets an id where it has none.
///
/// # Errors
/// When no id can be had.
pub fn to_record<E: Entity>(entity: &mut E, ids: &mut dyn FnMut() -> Result<i64>) -> Result<Record> {
    if entity.id() == 0 {
        entity.set_id(ids()?);
    }
    let mut record = Record { id: entity.id(), ..Record::default() };
    entity.put(&mut record.values);
    entity.put_lines(&mut record.lines, ids)?;
    Ok(record)
}

/// # Errors
/// When a line does not fit its struct.
pub fn take_inputs<I: Input>(lines: &mut std::vec::IntoIter<Vec<InputValues>>) -> Result<Vec<I>> {
    lines
        .next()
        .unwrap_or_default()
        .into_iter()
        .map(|line| I::take(&mut Values::new(line.values), &mut line.lines.into_iter()))
        .collect()
}

impl Input for () {
    fn describe() -> InputFacts {
        InputFacts::default()
    }
    fn take(_: &mut Values, _: &mut std::vec::IntoIter<Vec<InputValues>>) -> Result<Self> {
        Ok(())
    }
}
