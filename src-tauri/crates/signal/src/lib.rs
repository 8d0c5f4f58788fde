//! Pure numerics: decimation for the screen, and rates.
//!
//! No thread, no clock, no channel, no file: slices in, values out.

pub mod decimate;
pub mod rate;
