//! The whole program from outside: real files, a real bus, a real window, a
//! real SIGKILL. One binary, so that it is linked once.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_macros,
    reason = "all of this is tests: a panic is their report, and what they measured is printed"
)]

mod bad_input;
#[cfg(unix)]
mod edge;
#[cfg(target_os = "linux")]
mod full_disk;
#[cfg(unix)]
mod kill;
#[cfg(target_os = "linux")]
mod known;
#[cfg(target_os = "linux")]
mod known_window;
#[cfg(unix)]
mod outbox;
mod scenarios;
#[cfg(target_os = "linux")]
mod serve_faults;
#[cfg(target_os = "linux")]
mod standing_disk;
#[cfg(target_os = "linux")]
mod strap;
#[cfg(target_os = "linux")]
mod system;
#[cfg(target_os = "linux")]
mod window;
