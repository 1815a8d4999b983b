//! Values, rows and what can go wrong.

/// What a column can hold. Truth is 0 or 1, a date counts days, an instant microseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    #[default]
    Null,
    Int(i64),
    Text(String),
}

impl Value {
    /// Text of anything that can be shown.
    pub fn text(text: impl std::fmt::Display) -> Self {
        Self::Text(text.to_string())
    }

    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(n) => Some(*n),
            _ => None,
        }
    }

    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(t) => Some(t),
            _ => None,
        }
    }
}

impl From<i64> for Value {
    fn from(n: i64) -> Self {
        Self::Int(n)
    }
}

impl From<&str> for Value {
    fn from(t: &str) -> Self {
        Self::Text(t.to_owned())
    }
}

impl From<String> for Value {
    fn from(t: String) -> Self {
        Self::Text(t)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(v: Option<T>) -> Self {
        v.map_or(Self::Null, Into::into)
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        use rusqlite::types::{ToSqlOutput, Value as Owned, ValueRef};
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(Owned::Null),
            Self::Int(n) => ToSqlOutput::Owned(Owned::Integer(*n)),
            Self::Text(t) => ToSqlOutput::Borrowed(ValueRef::Text(t.as_bytes())),
        })
    }
}

/// PostgreSQL's binary protocol wants the exact width of an integer, whatever the statement inferred.
impl tokio_postgres::types::ToSql for Value {
    fn to_sql(
        &self,
        ty: &tokio_postgres::types::Type,
        out: &mut tokio_postgres::types::private::BytesMut,
    ) -> Result<tokio_postgres::types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
        use tokio_postgres::types::{IsNull, Type};
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(n) if *ty == Type::INT4 => i32::try_from(*n)?.to_sql(ty, out),
            Self::Int(n) if *ty == Type::INT8 => n.to_sql(ty, out),
            Self::Int(n) => n.to_string().to_sql(&Type::TEXT, out),
            Self::Text(t) => t.to_sql(ty, out),
        }
    }

    fn accepts(_: &tokio_postgres::types::Type) -> bool {
        true
    }

    tokio_postgres::types::to_sql_checked!();
}

/// A row, read by position.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row(pub Vec<Value>);

impl Row {
    /// The number at `i`; 0 for NULL, so that an empty sum is zero.
    #[must_use]
    pub fn int(&self, i: usize) -> i64 {
        self.0.get(i).and_then(Value::as_int).unwrap_or_default()
    }

    /// The text at `i`; empty for NULL.
    #[must_use]
    pub fn text(&self, i: usize) -> &str {
        self.0.get(i).and_then(Value::as_text).unwrap_or_default()
    }

    #[must_use]
    pub fn get(&self, i: usize) -> &Value {
        self.0.get(i).unwrap_or(&Value::Null)
    }
}

/// What the database may answer instead of a result.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum Error {
    #[error("a row like this exists already ({0})")]
    Unique(String),
    #[error("the database asks to try again: {0}")]
    Retry(String),
    #[error("the line to the database broke: {0}")]
    Lost(String),
    #[error("the line broke before the database said whether this was written")]
    Unknown,
    #[error("the disk is full")]
    Full,
    #[error("another process works in {0}")]
    Locked(String),
    #[error("the work stopped unexpectedly: {0}")]
    Panic(String),
    #[error("{0}")]
    Other(String),
}

impl From<rusqlite::Error> for Error {
    fn from(e: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        let text = e.to_string();
        match e.sqlite_error_code() {
            Some(ErrorCode::ConstraintViolation) if text.contains("UNIQUE") => Self::Unique(text),
            Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure) => Self::Full,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Retry(text),
            _ => Self::Other(text),
        }
    }
}

impl From<tokio_postgres::Error> for Error {
    fn from(e: tokio_postgres::Error) -> Self {
        use std::error::Error as _;
        use tokio_postgres::error::SqlState;
        let text = e
            .as_db_error()
            .map_or_else(|| e.to_string(), |d| format!("{}: {}", d.code().code(), d.message()));
        match e.code() {
            Some(c) if *c == SqlState::UNIQUE_VIOLATION => {
                Self::Unique(e.as_db_error().and_then(|d| d.constraint()).unwrap_or_default().to_owned())
            }
            Some(c) if *c == SqlState::T_R_DEADLOCK_DETECTED || *c == SqlState::T_R_SERIALIZATION_FAILURE => {
                Self::Retry(text)
            }
            Some(c) if *c == SqlState::DISK_FULL => Self::Full,
            Some(c) if *c == SqlState::ADMIN_SHUTDOWN || *c == SqlState::CRASH_SHUTDOWN => Self::Lost(text),
            // Neither the server's word nor a mistake of ours in the statement: what is between us is gone.
            None if e.is_closed() || e.source().is_some_and(|s| s.is::<std::io::Error>()) => Self::Lost(text),
            _ => Self::Other(text),
        }
    }
}
