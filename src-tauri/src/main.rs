//! The console's window: starts the runtime, opens the window, adapts IPC.
//! It knows Tauri and decides nothing.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod close_guard;
mod context;
mod environment;
mod ipc;
mod options;
mod start;

use std::process::ExitCode;

#[expect(
    clippy::disallowed_macros,
    reason = "before there is a window, standard error is the only place to speak"
)]
fn main() -> ExitCode {
    environment::settle();
    let outcome = options::Options::from_args(std::env::args_os().skip(1)).and_then(|options| {
        if options.help {
            print!("{}", options::HELP);
            return Ok(());
        }
        start::run(options)
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sensocto-console: {error:#}");
            ExitCode::FAILURE
        }
    }
}
