//! Pure decisions: whom to restart and when, when to try again, when silence is an alarm.
//!
//! No thread, no clock, no channel, no file: time and chance are parameters,
//! effects are returned values.

pub mod backoff;
pub mod restart;
pub mod silence;
pub mod supervise;
