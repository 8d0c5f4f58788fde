//! The whole program from outside: real files, a real bus, a real window, a
//! real SIGKILL. One binary, so that it is linked once.

mod bad_input;
#[cfg(target_os = "linux")]
mod full_disk;
#[cfg(unix)]
mod kill;
mod scenarios;
#[cfg(target_os = "linux")]
mod strap;
#[cfg(target_os = "linux")]
mod window;
