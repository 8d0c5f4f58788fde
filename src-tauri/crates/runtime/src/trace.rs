//! A view of one stream for the screen: decimated, never more than two points
//! a pixel and a channel, given to each chart as often as its view can bear.

use crate::core::Core;
use crate::quality::{Answer, Chart};
use model::{StreamKey, ViewerId};
use signal::decimate::Point;

/// Bounds of a window, nanoseconds.
const WINDOW_MIN_NS: i64 = 500_000_000;
const WINDOW_MAX_NS: i64 = 120_000_000_000;
/// The widest canvas, pixels.
const PIXELS_MAX: u32 = 8192;
/// The slowest pace of a page that has nothing to do with how it is served, ms;
/// `COARSEST_GAP_MS` of the page.
const OWN_PACE_MAX_MS: u32 = 100;

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

/// What a chart asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Pull {
    /// Whose chart.
    pub viewer: ViewerId,
    /// Its number in the page.
    pub chart: u32,
    /// What it shows.
    pub key: StreamKey,
    /// Width of its window, ns.
    pub window_ns: i64,
    /// Width of its canvas, pixels.
    pub pixels: u32,
}

/// What a chart is given.
#[derive(Clone, Debug, PartialEq)]
pub enum Pulled {
    /// Its stream is not known.
    Unknown,
    /// It asks too early.
    Early {
        /// By so much, ms.
        wait_ms: u32,
    },
    /// A trace that ends now.
    Trace {
        /// The trace.
        trace: Trace,
        /// After how long the next one may be asked for, ms.
        next_ms: u32,
    },
}

impl Core {
    /// Gives a chart the trace that it asks for, or tells it to wait. Window and
    /// pixels are brought into their bounds.
    pub fn pull(&self, pull: Pull) -> Pulled {
        let Some(stream) = self.registries.attributes.get(&pull.key) else {
            return Pulled::Unknown;
        };
        let window_ns = pull.window_ns.clamp(WINDOW_MIN_NS, WINDOW_MAX_NS);
        let bucket_ns = window_ns / i64::from(pull.pixels.clamp(1, PIXELS_MAX));
        let now_ns = self.clock.now().host_ns;
        let chart = Chart { viewer: pull.viewer, number: pull.chart, own_ms: own_ms(bucket_ns) };
        match self.qualities.on_pull(&chart, &stream, &self.regime, now_ns) {
            Answer::Early(wait_ms) => Pulled::Early { wait_ms },
            Answer::Now(next_ms) => {
                let traced = stream.trace(now_ns - window_ns, bucket_ns);
                self.qualities.on_given(&chart, &traced);
                let (latest_ns, channels) = (traced.newest_ns, traced.channels);
                Pulled::Trace { trace: Trace { now_ns, window_ns, latest_ns, channels }, next_ms }
            }
        }
    }
}

/// A trace that moves by less than half a pixel need not be drawn again; but
/// [`OWN_PACE_MAX_MS`] is soon enough for every eye.
fn own_ms(bucket_ns: i64) -> u32 {
    u32::try_from(bucket_ns / 2_000_000).map_or(OWN_PACE_MAX_MS, |half_pixel| half_pixel.min(OWN_PACE_MAX_MS))
}
