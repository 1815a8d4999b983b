//! What comes in and goes out on paper: bank statements, attachments, PDF papers, mail.

pub mod camt053;
pub mod paper;
pub mod upn;

pub use paper::{Paper, paper};

use kernel::Module;

const EN: &str = include_str!("../locale/en.json");
const SL: &str = include_str!("../locale/sl.json");

/// The module's list.
#[must_use]
pub fn module() -> Module {
    Module::new("files", EN, SL)
}
