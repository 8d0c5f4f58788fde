//! A frame: one stream's trace over a window, decimated to at most two points
//! a pixel, as bytes that the page asks for once per animation frame.
//!
//! Little-endian:
//!
//! | bytes | what |
//! |---|---|
//! | 4 | `SCF2` |
//! | u32 | 0: a trace; 1: the chart asks too early, nothing follows; 2: the stream is not known |
//! | u32 | after how long the chart may ask again, ms |
//! | u32 | number of channels |
//! | f64 | host time of the right edge, ms |
//! | f64 | width of the window, ms |
//! | f64 | host time of the newest sample, ms; NaN where there is none |
//!
//! The three times are 0 where there is no trace. Then for each channel: u32 number of points, u32 zero, and for each point
//! f32 time in ms after the left edge (the last sample before the window may
//! be negative) and f32 value in the channel's unit. A NaN value breaks the
//! line: samples are missing there.

use runtime::{Pulled, Trace};
use serde::{Deserialize, Serialize};
use signal::decimate::Point;
use ts_rs::TS;

/// The four bytes every frame starts with.
pub const MAGIC: [u8; 4] = *b"SCF2";
/// Bytes in front of the channels.
pub const HEAD_BYTES: usize = 40;
/// After how long it is worth asking again for a stream that is not known, ms.
const UNKNOWN_AGAIN_MS: u32 = 250;

/// Which trace, how wide.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FrameRequest {
    /// The face: the id that it tells with its attention.
    pub viewer: String,
    /// The chart, by a number of the page's own making. It asks again and again;
    /// when it is shown no more, or stopped, the page says [`crate::Request::LetGo`].
    pub chart: u32,
    /// Sensor id.
    pub sensor: String,
    /// Attribute id.
    pub attribute: String,
    /// Width of the window in ms, 500 to 120 000.
    pub window_ms: f64,
    /// Width of the canvas in pixels, 1 to 8192.
    pub pixels: u32,
}

/// The bytes of a frame.
#[must_use]
pub fn encode(pulled: &Pulled) -> Vec<u8> {
    match pulled {
        Pulled::Trace { trace, next_ms } => encode_trace(trace, *next_ms),
        Pulled::Early { wait_ms } => head(1, *wait_ms, &[], [0.0; 3]),
        Pulled::Unknown => head(2, UNKNOWN_AGAIN_MS, &[], [0.0; 3]),
    }
}

fn encode_trace(trace: &Trace, next_ms: u32) -> Vec<u8> {
    let millis = |ns: i64| ns as f64 / 1e6;
    let newest = trace.latest_ns.map_or(f64::NAN, millis);
    let mut out = head(0, next_ms, &trace.channels, [millis(trace.now_ns), millis(trace.window_ns), newest]);
    let left_ns = trace.now_ns - trace.window_ns;
    trace.channels.iter().for_each(|points| encode_channel(points, left_ns, &mut out));
    out
}

/// What stands in front of the channels, with room for them.
fn head(state: u32, next_ms: u32, channels: &[Vec<Point>], times_ms: [f64; 3]) -> Vec<u8> {
    let points: usize = channels.iter().map(Vec::len).sum();
    let mut out = Vec::with_capacity(HEAD_BYTES + channels.len() * 8 + points * 8);
    out.extend(MAGIC);
    [state, next_ms, channels.len() as u32].iter().for_each(|number| out.extend(number.to_le_bytes()));
    times_ms.iter().for_each(|ms| out.extend(ms.to_le_bytes()));
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
        let bytes = encode(&Pulled::Trace { trace, next_ms: 128 });
        assert_eq!(bytes.len(), HEAD_BYTES + 8 + 16);
        assert_eq!((&bytes[..4], &bytes[4..16]), (&MAGIC[..], &[0, 0, 0, 0, 128, 0, 0, 0, 1, 0, 0, 0][..]));
        assert_eq!(bytes[16..24], 2000.0_f64.to_le_bytes());
        assert_eq!(bytes[32..40], 1500.0_f64.to_le_bytes());
        assert_eq!(bytes[48..52], (-100.0_f32).to_le_bytes());
        assert_eq!(bytes[52..56], 1.5_f32.to_le_bytes());
    }

    #[test]
    fn without_a_trace_a_frame_says_why_and_when_to_ask_again() {
        for (pulled, state, again) in
            [(Pulled::Unknown, 2, UNKNOWN_AGAIN_MS), (Pulled::Early { wait_ms: 7 }, 1, 7)]
        {
            let bytes = encode(&pulled);
            let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
            assert_eq!((bytes.len(), [4, 8, 12].map(number)), (HEAD_BYTES, [state, again, 0]));
        }
    }
}
