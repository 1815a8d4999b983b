//! The binary: modules put together, and the command line.

mod cli;
mod database;
mod first_hour;
mod modules;
mod papers;
mod serve;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    cli::Arguments::parse().run()
}
