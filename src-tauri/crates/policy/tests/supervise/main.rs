//! The supervisor against its rules one by one, and against a model of OTP on random trees.
#![expect(clippy::unwrap_used, reason = "all of this is tests: a panic is their report")]

mod drive;
mod model;
mod properties;
mod rig;
mod rules;
mod scripts;
mod stage;
mod trace;
mod tree;
mod waiting;
