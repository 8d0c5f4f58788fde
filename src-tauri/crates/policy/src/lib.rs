//! Pure decisions: whom to restart and when, when to try again, when silence is an alarm,
//! how hard the machine works and what follows from it.
//!
//! No thread, no clock, no channel, no file: time and chance are parameters,
//! effects are returned values.

pub mod advice;
pub mod attention;
pub mod backoff;
pub mod bio;
pub mod breaker;
pub mod coalesce;
pub mod hashring;
pub mod ladder;
pub mod limits;
pub mod links;
pub mod load;
pub mod memory;
pub mod nodata;
pub mod quality;
pub mod rate;
pub mod restart;
pub mod retry;
pub mod silence;
pub mod supervise;
pub mod window;
