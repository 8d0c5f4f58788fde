//! The supervisor against its rules one by one.
#![expect(clippy::unwrap_used, reason = "all of this is tests: a panic is their report")]

mod rig;
mod rules;
mod waiting;
