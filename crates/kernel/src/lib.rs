//! Entities, commands and events: the ground that every module stands on.
//!
//! A module declares what its things are ([`Entity`], derived) and how they change (functions on a
//! [`Context`]); table, API, forms, imports, rights, audit and search follow from the declaration. There is one
//! way to write, [`Kernel::run`], and one way to read, [`Reader`]: both apply the rights of the [`Actor`].

extern crate self as kernel;

pub mod apply;
mod ask;
mod cache;
mod context;
pub mod custom;
mod describe;
mod entity;
mod explain;
pub mod filter;
mod generic;
pub mod job;
pub mod json;
mod keyset;
mod life;
mod many;
mod merged;
mod module;
mod number;
pub mod read;
mod refusal;
mod registry;
pub mod rights;
pub mod rows;
mod run;
pub mod search;
mod sql;
pub mod story;
mod tables;
mod text;

pub use context::{Actor, Context, Effect, Event, Held};
pub use describe::{Description, Field, Kind, Lines, snake};
pub use entity::{
    Choice, Entity, FieldType, Input, InputFacts, InputValues, Origin, Record, Ref, Values, choice_facts,
    from_record, put_lines, take_choice, take_inputs, take_lines,
};
pub use kernel_derive::{Choice, Entity, Input};
pub use life::{Life, Step};
pub use module::{Breach, Check, Command, Module, Query, Scope};
pub use number::format_number;
pub use read::Reader;
pub use refusal::{Error, Refusal, Result, refuse};
pub use registry::{Entities, Memory, Registry};
pub use rights::Rights;
pub use run::{Call, Changed, Happened, Kernel, Reply};
pub use store::Value;
pub use text::{LANGUAGES, Texts};

/// The kernel's own checks and texts.
#[must_use]
pub(crate) fn module() -> Module {
    Module::new("kernel", include_str!("../locale/en.json"), include_str!("../locale/sl.json"))
        .check("numbers have no gap", number_gaps)
}

/// A series that has given out `n` numbers has `n` documents: looked at where a module names its legal ones.
fn number_gaps(tx: &mut store::Tx) -> Result<Vec<Breach>> {
    let rows = tx.query("SELECT id, name FROM series WHERE next < 1", &[])?;
    Ok(rows
        .iter()
        .map(|r| Breach { entity: "Series".into(), id: r.int(0), what: r.text(1).into() })
        .collect())
}
