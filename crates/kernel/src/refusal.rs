//! How a command says no, and everything else that can go wrong.

use crate::text::Texts;

pub type Result<T> = std::result::Result<T, Error>;

/// What a command or a reading may end with.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    #[error("{0}")]
    Refused(Box<Refusal>),
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl Error {
    /// The database holds something that no version of the program wrote.
    #[must_use]
    pub fn corrupt(what: &str) -> Self {
        Self::Store(store::Error::Other(what.to_owned()))
    }

    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(r) => Some(r),
            Self::Store(_) => None,
        }
    }
}

/// Figures beyond all measure are somebody's typing, not a fault of the program.
impl From<numbers::NumberError> for Error {
    fn from(e: numbers::NumberError) -> Self {
        refuse("kernel.number").arg("what", e).into()
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

/// A no with a reason: a code, the field at fault, and the figures for the text in the user's language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    pub code: &'static str,
    pub field: Option<String>,
    pub args: Vec<(&'static str, String)>,
    pub more: Vec<Refusal>,
    /// The record as it is now, for whoever wrote on an older one.
    pub current: Option<(String, i64)>,
}

/// `refuse("sales.credit_limit").field("customer_id").arg("owed", owed)`
#[must_use]
pub fn refuse(code: &'static str) -> Refusal {
    Refusal { code, ..Refusal::default() }
}

impl Refusal {
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    #[must_use]
    pub fn arg(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        self.args.push((name, value.to_string()));
        self
    }

    /// Several faults at once: the first speaks, the others are its details.
    ///
    /// # Errors
    /// When there is a fault.
    pub fn all(faults: Vec<Self>) -> Result<()> {
        let mut faults = faults.into_iter();
        match faults.next() {
            None => Ok(()),
            Some(mut first) => {
                first.more = faults.collect();
                Err(first.into())
            }
        }
    }

    /// What is.
    #[must_use]
    pub fn message(&self, texts: &Texts, language: &str) -> String {
        self.text(texts, language, "is")
    }

    /// What to do.
    #[must_use]
    pub fn advice(&self, texts: &Texts, language: &str) -> String {
        self.text(texts, language, "do")
    }

    fn text(&self, texts: &Texts, language: &str, part: &str) -> String {
        let args: Vec<(&str, &str)> = self.args.iter().map(|(n, v)| (*n, v.as_str())).collect();
        texts.filled(language, &format!("refusals.{}.{part}", self.code), &args)
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.code)?;
        if let Some(field) = &self.field {
            write!(f, " ({field})")?;
        }
        self.args.iter().try_for_each(|(n, v)| write!(f, " {n}={v}"))
    }
}
