//! What comes in and goes out on paper: bank statements, attachments, PDF papers, mail.

mod attachment;
pub mod camt053;
mod folder;
pub mod mail;
pub mod paper;
pub mod upn;

pub use attachment::{Attachment, may_be_shown, media_type};
pub use folder::{FILES_ARE_THERE, Folder, MOST_BYTES};
pub use paper::{Paper, paper};

use kernel::Module;

const EN: &str = include_str!("../locale/en.json");
const SL: &str = include_str!("../locale/sl.json");

/// The module's list.
#[must_use]
pub fn module() -> Module {
    Module::new("files", EN, SL)
        .closed::<Attachment>()
        .set_command::<Attachment, _, _>("attach", Attachment::attach)
        .command::<Attachment, _, _>("put_away", Attachment::put_away)
        .command::<Attachment, _, _>("put_back", Attachment::put_back)
}
