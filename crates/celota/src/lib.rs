//! The modules put together: what the binary serves, and what the tests of the whole run on.

mod attachments;
pub mod cli;
pub mod database;
pub mod demo;
pub mod first_hour;
pub mod import;
pub mod jobs;
pub mod modules;
pub mod papers;
pub mod plan_file;
pub mod serve;

/// The allocator of whatever serves the whole: it keeps what it was given back for the next that asks, where the system's
/// own has each large plan's memory mapped and zeroed anew.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
