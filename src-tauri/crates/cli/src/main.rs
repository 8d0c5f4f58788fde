//! `sensocto`: the console without a window. Records, verifies, exports, scans,
//! serves, shows the tree of a running console, asks its sensors, deals with what its
//! outbox has set aside and with the devices it knows, looks at the machine.
//!
//! People read standard error; scripts read standard output, with `--json`.
//! Exit codes: 0 done, 1 it could not be done, 2 the command line makes no
//! sense, 3 `verify` found a recording that can't be believed, 4 recorded but
//! with drops.

mod args;
mod ask;
mod devices;
mod doctor;
mod export;
mod failure;
mod interrupt;
mod outbox;
mod progress;
mod record;
mod running;
mod say;
mod scan;
mod serve;
mod settings;
mod table;
mod tree;
mod verify;

use args::{Args, Command};
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Args { command, json, settings } = Args::parse();
    let settings = settings.or_else(settings::usual_file);
    let outcome = match command {
        Command::Record(args) => record::run(&args, settings, json),
        Command::Verify { file } => verify::run(&file, json),
        Command::Export(args) => export::run(&args, json),
        Command::Serve(args) => serve::run(&args, settings, json),
        Command::Tree => tree::run(json),
        Command::Ask { sensor } => ask::run(sensor, json),
        Command::Outbox { command } => outbox::run(command, json),
        Command::Devices { command } => devices::run(command, json),
        Command::Doctor(args) => doctor::run(&args, json),
        Command::Scan { duration } => scan::run(duration, settings, json),
    };
    outcome.unwrap_or_else(|failure| failure.tell(json))
}
