//! The one place that writes to the terminal.
//!
//! Everything else in this crate hands its sentences here, so that the ban on
//! printing has one exception and not thirty.

/// Writes one line for the person who started the command.
#[expect(clippy::disallowed_macros, reason = "this crate is a command line")]
pub fn line(text: &str) {
    println!("{text}");
}

/// Writes one line about what went wrong.
#[expect(clippy::disallowed_macros, reason = "this crate is a command line")]
pub fn warn(text: &str) {
    eprintln!("{text}");
}
