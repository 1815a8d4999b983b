//! What was said, and what is to be done: about any record.

use access::User;
use kernel::{Choice, Context, Entity, Origin, Ref, Result};
use numbers::Date;

/// A call, a meeting, a letter, or something to do.
#[derive(Clone, Debug, Entity)]
#[entity(
    set = "Activities",
    about = "about",
    title = "subject",
    search = "subject",
    list = "due_on,kind,subject,responsible_id,done_on",
    owner = "responsible",
    index = "about_id;responsible_id,done_on,due_on"
)]
pub struct Activity {
    pub id: i64,
    pub about: Origin,
    pub kind: ActivityKind,
    pub subject: String,
    pub due_on: Option<Date>,
    pub done_on: Option<Date>,
    pub responsible: Option<Ref<User>>,
    #[field(long)]
    pub note: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum ActivityKind {
    Task,
    Call,
    Meeting,
    Mail,
}

/// A remark about a record.
#[derive(Clone, Debug, Entity)]
#[entity(about = "about", title = "text", search = "text", list = "text", index = "about_id")]
pub struct Note {
    pub id: i64,
    pub about: Origin,
    #[field(long)]
    pub text: String,
}

impl Activity {
    /// It is done.
    pub(crate) fn complete(&mut self, (): (), cx: &mut Context) -> Result<()> {
        self.done_on = Some(cx.today());
        cx.undo_by(Self::NAME, self.id, "reopen", serde_json::json!({}));
        Ok(())
    }

    /// It is not done after all.
    pub(crate) fn reopen(&mut self, (): (), _: &mut Context) -> Result<()> {
        self.done_on = None;
        Ok(())
    }
}
