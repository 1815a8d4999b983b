//! The binary: the command line and nothing else.

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    celota::cli::Arguments::parse().run()
}
