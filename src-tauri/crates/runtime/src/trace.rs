//! A view of one stream for the screen: decimated, never more than two points
//! a pixel and a channel.

use crate::core::Core;
use model::StreamKey;
use signal::decimate::Point;

/// Bounds of a window, nanoseconds.
const WINDOW_MIN_NS: i64 = 500_000_000;
const WINDOW_MAX_NS: i64 = 120_000_000_000;
/// The widest canvas, pixels.
const PIXELS_MAX: u32 = 8192;

/// The trace of one stream over a window that ends now.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// Host time of the right edge.
    pub now_ns: i64,
    /// Width of the window.
    pub window_ns: i64,
    /// Host time of the newest sample.
    pub latest_ns: Option<i64>,
    /// The points of each channel; NaN breaks the line.
    pub channels: Vec<Vec<Point>>,
}

impl Core {
    /// The trace of `key` over the last `window_ns`, for `pixels` columns; both
    /// are brought into their bounds. None where the stream is not known.
    #[must_use]
    pub fn trace(&self, key: &StreamKey, window_ns: i64, pixels: u32) -> Option<Trace> {
        let stream = self.registry.get(&key.sensor)?.stream(&key.attribute)?;
        let window_ns = window_ns.clamp(WINDOW_MIN_NS, WINDOW_MAX_NS);
        let bucket_ns = window_ns / i64::from(pixels.clamp(1, PIXELS_MAX));
        let now_ns = self.clock.now().host_ns;
        let (latest_ns, channels) = (stream.ring().latest_ns(), stream.trace(now_ns - window_ns, bucket_ns));
        Some(Trace { now_ns, window_ns, latest_ns, channels })
    }
}
