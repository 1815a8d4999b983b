//! The one list of what Celota consists of, in the order in which each may use those before it.

use kernel::{Actor, Kernel, Module, Registry, Result};
use serde_json::Value as Json;

/// All modules.
#[must_use]
pub fn all() -> Vec<Module> {
    vec![access::module()]
}

/// # Errors
/// When a module's list or catalogue is faulty.
pub fn registry() -> Result<Registry> {
    Registry::new(all(), None)
}

/// What a new company needs before its first document.
///
/// # Errors
/// What a module refuses.
pub fn ground(_kernel: &Kernel, _actor: &Actor, _input: &Json) -> Result<()> {
    Ok(())
}
