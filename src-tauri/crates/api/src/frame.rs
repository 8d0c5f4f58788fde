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

use runtime::Trace;
use serde::{Deserialize, Serialize};
use signal::decimate::Point;
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

/// The bytes of a frame; without a trace, those of an unknown stream.
#[must_use]
pub fn encode(trace: Option<&Trace>) -> Vec<u8> {
    let channels = trace.map_or(&[][..], |trace| &trace.channels);
    let points: usize = channels.iter().map(Vec::len).sum();
    let mut out = Vec::with_capacity(32 + channels.len() * 8 + points * 8);
    let millis = |ns: i64| ns as f64 / 1e6;
    out.extend(MAGIC);
    out.extend((channels.len() as u32).to_le_bytes());
    out.extend(trace.map_or(0.0, |trace| millis(trace.now_ns)).to_le_bytes());
    out.extend(trace.map_or(0.0, |trace| millis(trace.window_ns)).to_le_bytes());
    out.extend(trace.and_then(|trace| trace.latest_ns).map_or(f64::NAN, millis).to_le_bytes());
    if let Some(trace) = trace {
        let left_ns = trace.now_ns - trace.window_ns;
        channels.iter().for_each(|points| encode_channel(points, left_ns, &mut out));
    }
    out
}

fn encode_channel(points: &[Point], left_ns: i64, out: &mut Vec<u8>) {
    out.extend((points.len() as u32).to_le_bytes());
    out.extend(0_u32.to_le_bytes());
    for point in points {
        out.extend((((point.t_ns - left_ns) as f64 / 1e6) as f32).to_le_bytes());
        out.extend(point.value.to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_has_the_layout_that_its_table_promises() {
        let points =
            vec![Point { t_ns: 900_000_000, value: 1.5 }, Point { t_ns: 1_500_000_000, value: f32::NAN }];
        let trace = Trace {
            now_ns: 2_000_000_000,
            window_ns: 1_000_000_000,
            latest_ns: Some(1_500_000_000),
            channels: vec![points],
        };
        let bytes = encode(Some(&trace));
        assert_eq!(bytes.len(), 32 + 8 + 16);
        assert_eq!((&bytes[..4], &bytes[4..8]), (&MAGIC[..], &[1, 0, 0, 0][..]));
        assert_eq!(bytes[8..16], 2000.0_f64.to_le_bytes());
        assert_eq!(bytes[24..32], 1500.0_f64.to_le_bytes());
        assert_eq!(bytes[40..44], (-100.0_f32).to_le_bytes());
        assert_eq!(bytes[44..48], 1.5_f32.to_le_bytes());
    }

    #[test]
    fn an_unknown_stream_is_a_frame_without_channels() {
        let bytes = encode(None);
        assert_eq!((bytes.len(), &bytes[4..8]), (32, &[0, 0, 0, 0][..]));
    }
}
