//! A frame: one stream's trace over a window, decimated to at most two points
//! a pixel, as bytes that the page asks for once per animation frame.
//!
//! Little-endian:
//!
//! | bytes | what |
//! |---|---|
//! | 4 | `SCF1` |
//! | u32 | number of channels (0: the stream is not known) |
//! | f64 | host time of the right edge, ms |
//! | f64 | width of the window, ms |
//! | f64 | host time of the newest sample, ms; NaN where there is none |
//!
//! then for each channel: u32 number of points, u32 zero, and for each point
//! f32 time in ms after the left edge (the last sample before the window may
//! be negative) and f32 value in the channel's unit. A NaN value breaks the
//! line: samples are missing there.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The four bytes every frame starts with.
pub const MAGIC: [u8; 4] = *b"SCF1";

/// Which trace, how wide.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FrameRequest {
    /// Sensor id.
    pub sensor: String,
    /// Attribute id.
    pub attribute: String,
    /// Width of the window in ms, 500 to 120 000.
    pub window_ms: f64,
    /// Width of the canvas in pixels, 1 to 8192.
    pub pixels: u32,
}
