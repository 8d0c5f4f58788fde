//! The example file: every knob with its default, its meaning and its bounds.

use super::Settings;
use super::knobs::{KNOBS, TABLES};
use std::fmt::Write;

const HEAD: &str = "\
# Settings of the Sensocto Console, read at its start. This example holds every
# setting with its default; a file may leave out whatever it does not change. What
# the console can't make sense of it names in a notice, and uses the default.
";

/// The text of the example file.
#[must_use]
pub fn example() -> String {
    let mut text = HEAD.to_owned();
    let mut defaults = Settings::default();
    for table in TABLES {
        // Writing to a string can't fail.
        let _ = write!(text, "\n# {}\n[{}]\n", table.what, table.name);
        for knob in KNOBS.iter().filter(|knob| knob.table == table.name) {
            let (value, allowed) = (knob.written(&mut defaults), knob.allowed());
            let what = knob.what.trim_end_matches('.');
            let _ = match what {
                // One of many that the table's own line explains.
                "" => writeln!(text, "{} = {value} # {allowed}", knob.key),
                _ => write!(text, "# {what} ({allowed})\n{} = {value}\n", knob.key),
            };
        }
    }
    text
}
