//! Pure numerics: decimation for the screen, rates, and the time of samples.
//!
//! No thread, no clock, no channel, no file: slices in, values out.

pub mod decimate;
pub mod rate;
pub mod time;
