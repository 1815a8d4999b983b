//! The legal steps of a document's life, as a table: it feeds buttons, rights, handbook and checks.

/// One row: in this state, this command leads to that state. Where a command may end in more than one, it has a row
/// for each and sets the state itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub from: &'static str,
    pub command: &'static str,
    pub to: &'static str,
}

pub type Life = &'static [Step];

/// `life![draft: quote => quoted, confirm => confirmed; confirmed: close => closed]`
#[macro_export]
macro_rules! life {
    ($($from:ident : $($command:ident => $to:ident),+);+ $(;)?) => {
        &[$($($crate::Step {
            from: stringify!($from),
            command: stringify!($command),
            to: stringify!($to),
        }),+),+]
    };
}

/// Where `command` leads from `state`: `None` where the life table does not speak of the command at all.
///
/// # Errors
/// The states from which the command would be legal.
pub fn step(life: Life, state: &str, command: &str) -> Result<Option<&'static str>, Vec<&'static str>> {
    let mut from = Vec::new();
    for step in life.iter().filter(|s| s.command == command) {
        if step.from == state {
            return Ok(Some(step.to));
        }
        from.push(step.from);
    }
    if from.is_empty() { Ok(None) } else { Err(from) }
}
