//! Exports from outside: real recordings in, files out, read back with readers
//! that we did not write.
#![expect(clippy::unwrap_used, reason = "a panic is a test's report, in its helpers too")]

mod disks;
mod folders;
mod recordings;
mod tables;
