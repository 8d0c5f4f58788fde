//! The times of the samples of one stream, packet by packet.
//!
//! Of one kind of packet the device says what time it is (Polar: ns, Movesense:
//! ms), of another only which number it has (Muse), of a third nothing at all.
//! The three differ in what is a tick, how well it is known, and how a gap shows.

use super::fit::{Clock, Estimate, Fit, Jump, Seen};
use super::unwrap::Unwrap;

mod place;
#[cfg(test)]
mod tests;

/// A sampling rate that a maker promises may be so far off (straps: 2 %), relative.
const RATE_TOLERANCE: f64 = 0.03;
/// Over how many packets the spacing of samples is averaged.
const SPACING_PACKETS: f64 = 10.0;
/// Without a counter: later than so much of a packet's length, and all that
/// follow too, is a packet that is missing.
const MISSING_SHARE: f64 = 0.6;
/// Without a counter: later than this a packet was not held back, others are missing, ns.
const HELD_NS: f64 = 3e9;

/// Times of the samples of one packet, evenly spaced.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Times {
    /// Corrected host time of the first sample, ns.
    pub first_ns: i64,
    /// From one sample to the next, ns.
    pub step_ns: f64,
    /// Samples of the packet.
    pub samples: u32,
    /// Counts up where time does not continue: rates and intervals must not be
    /// taken across two segments.
    pub segment: u32,
    /// Samples missing in front of this packet, as far as it can be told.
    pub missing: u64,
    /// The packet's delay was within what links do. If not, the times may be
    /// revised by a new segment soon.
    pub doubtful: bool,
}

impl Times {
    /// Corrected host time of sample `k` of the packet, ns.
    #[must_use]
    pub fn at(&self, k: u32) -> i64 {
        self.first_ns.saturating_add((self.step_ns * f64::from(k)).floor() as i64)
    }
}

/// Why a packet got no times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is older than one that already came, or came twice.
    OutOfOrder,
    /// It has no samples.
    Empty,
}

/// What tells the ticks of a packet.
#[derive(Clone, Debug)]
enum Ticks {
    /// The device's clock at the last sample.
    Clock(Unwrap),
    /// The number of the packet; a tick is a sample.
    Counter { unwrap: Unwrap, number: i64 },
    /// Nothing; a tick is a sample that came.
    Count,
}

/// The times of the samples of one stream.
///
/// Times ascend within a stream, except where the host's own clock is set back.
#[derive(Clone, Debug)]
pub struct Timeline {
    fit: Fit,
    ticks: Ticks,
    last: Option<i64>,
    /// Ticks from one sample to the next.
    spacing: f64,
    /// Packets the spacing is known from, at most `SPACING_PACKETS`.
    spaced: f64,
    /// No sample is placed at or before it, ns.
    floor: i64,
    last_host: i64,
    segment: u32,
}

impl Timeline {
    /// A device with a clock of `bits` bits and ticks of `tick_ns`, which stamps the
    /// last sample of each packet; about `nominal_hz` samples a second.
    #[must_use]
    pub fn with_clock(bits: u32, tick_ns: f64, nominal_hz: f64) -> Self {
        let spacing = 1e9 / nominal_hz / tick_ns;
        Self::new(Fit::new(Clock::crystal(tick_ns)), Ticks::Clock(Unwrap::new(bits)), spacing)
    }

    /// A device that numbers its packets in `bits` bits; about `nominal_hz` samples a second.
    #[must_use]
    pub fn with_counter(bits: u32, nominal_hz: f64) -> Self {
        let clock = Clock { tolerance: RATE_TOLERANCE, ..Clock::crystal(1e9 / nominal_hz) };
        Self::new(Fit::new(clock), Ticks::Counter { unwrap: Unwrap::new(bits), number: 0 }, 1.0)
    }

    /// A device that sends samples and nothing else; about `nominal_hz` a second.
    #[must_use]
    pub fn by_count(nominal_hz: f64) -> Self {
        let tick = Clock::crystal(1e9 / nominal_hz);
        let clock = Clock { tolerance: RATE_TOLERANCE, held_ns: HELD_NS, brief: true, ..tick };
        Self::new(Fit::new(clock), Ticks::Count, 1.0)
    }

    fn new(fit: Fit, ticks: Ticks, spacing: f64) -> Self {
        Self {
            fit,
            ticks,
            last: None,
            spacing,
            spaced: 0.0,
            floor: i64::MIN,
            last_host: i64::MIN,
            segment: 0,
        }
    }

    /// Takes a packet of `samples` samples that arrived at `host_ns`. `raw` is the
    /// device's clock or the number of the packet; ignored where there is neither.
    pub fn packet(&mut self, host_ns: i64, raw: u64, samples: u32) -> Result<Times, Refused> {
        if samples == 0 {
            return Err(Refused::Empty);
        }
        let (ticks, missing) = self.unwrapped(host_ns, raw, samples);
        let seen = self.fit.observe(host_ns, ticks);
        let missing = match seen {
            Seen::OutOfOrder => return Err(Refused::OutOfOrder),
            Seen::Restarted(jump) => {
                self.segment = self.segment.wrapping_add(1);
                self.missing_by(jump, samples)
            }
            Seen::First | Seen::Followed | Seen::Doubtful => missing,
        };
        self.learn_spacing(ticks, samples, missing);
        self.last = Some(ticks);
        Ok(self.place(host_ns, ticks, samples, missing, seen))
    }

    /// The stream was interrupted and the caller knows it (link lost, device
    /// restarted): a new segment begins with the next packet. The rate is kept.
    pub fn interrupt(&mut self) {
        self.fit.forget();
        self.last = None;
        self.segment = self.segment.wrapping_add(1);
        match &mut self.ticks {
            Ticks::Clock(unwrap) | Ticks::Counter { unwrap, .. } => unwrap.forget(),
            Ticks::Count => {}
        }
    }

    /// What is known of clock and link; None before the first packet.
    #[must_use]
    pub fn estimate(&self) -> Option<Estimate> {
        self.fit.estimate()
    }
}
