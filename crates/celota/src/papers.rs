//! Records as papers.

use kernel::{Actor, Kernel, Result, refuse};

/// The PDF of a record.
///
/// # Errors
/// When there is no such paper of this entity.
pub fn render(_kernel: &Kernel, _actor: &Actor, entity: &str, _id: i64, paper: &str) -> Result<Vec<u8>> {
    Err(refuse("kernel.no_such_command").arg("name", paper).arg("entity", entity).into())
}
