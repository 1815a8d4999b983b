//! Tests of the whole: stories told through commands, conformance of every module, tidiness of the code, and the
//! simulation. Here is the shop in which the stories happen.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests stop at what should not happen"
)]

mod dice;
pub mod http;
pub mod served;
mod shop;
mod workshop;

pub use dice::Dice;
pub use shop::{Shop, on_both, on_both_empty};
pub use workshop::{Workshop, rows, text};

use std::path::{Path, PathBuf};

/// The Rust sources of the crates, tests left out.
#[must_use]
pub fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() && !["target", "tests", "node_modules"].iter().any(|n| path.ends_with(n)) {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}
