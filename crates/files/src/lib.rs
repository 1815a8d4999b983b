//! What comes in and goes out on paper: bank statements, attachments, PDF papers, mail.

pub mod camt053;

use kernel::Module;

/// The module's list.
#[must_use]
pub fn module() -> Module {
    Module::new("files", include_str!("../locale/en.json"), include_str!("../locale/sl.json"))
}
