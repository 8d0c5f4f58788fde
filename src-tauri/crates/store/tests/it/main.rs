//! Recording files from outside: through the crate's own interface, through
//! SQLite itself, on disks that are full or can't be written, and after crashes.
#![expect(clippy::unwrap_used, reason = "a panic is a test's report, in its helpers too")]

mod bad_files;
mod closing;
mod crash;
mod disks;
mod kills;
mod known_kills;
mod neighbours;
mod sample;
mod verdicts;
mod writing;
