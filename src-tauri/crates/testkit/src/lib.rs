//! Real stand-ins for tests: a fake BlueZ on a private D-Bus, a fake clock, and
//! waiting for a condition with a deadline.
//!
//! Only ever a dev-dependency. It knows `model` and nothing above it, so that
//! every crate can use it. Its functions panic where a test has asked for
//! something impossible: that is a mistake in the test, and the panic says which.

#[cfg(target_os = "linux")]
pub mod bluez;
mod clock;
pub mod pace;

pub use clock::FakeClock;
pub use pace::wait_until;
