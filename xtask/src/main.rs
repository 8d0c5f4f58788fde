//! The project's own commands: `cargo xtask run | test | ci | bench | layers | bindings`.
//!
//! Each sets up what is missing, says so before it does, and then does its job.
//! Nothing here is part of the console: no house crate may depend on this one,
//! and this one depends on none of them, so that it builds in seconds on a
//! machine that has only Rust.

mod arguments;
mod bench;
mod bindings;
mod ci;
mod console;
mod files;
mod layers;
mod length;
mod locale;
mod process;
mod say;
mod setup;
mod steps;
mod tally;
mod ui;

use std::process::ExitCode;

use anyhow::Result;
use arguments::{Arguments, Task};

/// Exit code of a command that could not be understood.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let arguments = match arguments::parse(std::env::args_os().skip(1)) {
        Ok(arguments) => arguments,
        Err(error) => {
            say::warn(&format!("{error}\n\n{}", arguments::HELP));
            return ExitCode::from(USAGE);
        }
    };
    match carry_out(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say::warn(&format!("\ncargo xtask: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn carry_out(arguments: &Arguments) -> Result<()> {
    match &arguments.task {
        Task::Help => {
            say::line(arguments::HELP);
            Ok(())
        }
        Task::Run { xvfb, rest } => console::run(arguments.install, *xvfb, rest),
        Task::Test { filter } => ci::test(arguments.install, filter.as_deref()),
        Task::Ci => ci::ci(arguments.install),
        Task::Bench { filter } => bench::run(arguments.install, filter.as_deref()),
        Task::Layers => layers::check(),
        Task::Bindings => bindings::regenerate(),
    }
}
