//! Pure numerics: decimation for the screen, rates, what slow values were lately, and the
//! time of samples.
//!
//! No thread, no clock, no channel, no file: slices in, values out.

pub mod decimate;
pub mod drain;
pub mod rate;
pub mod time;
pub mod trail;
