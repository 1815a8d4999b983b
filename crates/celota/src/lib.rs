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
