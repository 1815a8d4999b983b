//! Job titles are chosen from a directory; a new word waits for its steward.

use kernel::{Choice, Context, Entity, Life, Result, life};

#[derive(Clone, Debug, Entity)]
#[entity(search = "name", list = "name,state", unique = "name")]
pub struct JobTitle {
    pub id: i64,
    pub name: String,
    pub state: JobTitleState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum JobTitleState {
    Proposed,
    Accepted,
}

pub const LIFE: Life = life![proposed: accept => accepted, edit => proposed; accepted: edit => accepted];

impl JobTitle {
    pub(crate) fn accept(&mut self, (): (), _: &mut Context) -> Result<()> {
        Ok(())
    }
}
