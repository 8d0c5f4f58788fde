//! The Bluetooth connector from end to end: the real btleplug, over a real
//! D-Bus, against a fake BlueZ that each test has for itself (see `bench`).
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "what helps a test fails as the test does: by a panic")]

mod adapter;
mod bench;
mod clock;
mod crowd;
mod data;
mod faults;
mod link;
mod log;
mod scan;
mod service;
