//! Data that lies beside the repository, where it does.

use serde_json::Value as Json;
use std::path::{Path, PathBuf};

/// A path below the shared data; says so where it is not there.
pub fn path(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {name} is not beside the repository");
    None
}

/// A JSON file below the shared data.
#[allow(dead_code, reason = "not every test reads one")]
pub fn json(name: &str) -> Option<Json> {
    let text = std::fs::read_to_string(path(name)?).ok()?;
    serde_json::from_str(&text).ok()
}
