//! The one place that talks: results to standard output, the rest to standard
//! error. A reader that has gone away (`sensocto verify … | head`) ends the
//! talking, not the work.

use std::io::Write;

/// Says a line of the result.
pub fn result(line: impl std::fmt::Display) {
    // The reader has what it wanted; there is nobody left to tell about it.
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Says a line to the person in front of the terminal.
pub fn aside(line: impl std::fmt::Display) {
    // As above: without a standard error nobody is there to be told.
    let _ = writeln!(std::io::stderr(), "sensocto: {line}");
}
