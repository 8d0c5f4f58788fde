//! The hot ring: the newest samples of one stream, in units, for the screen.

use model::{Block, Column, StreamSpec};
use signal::decimate::{Point, min_max};
use std::collections::VecDeque;

/// The longest stretch that the screen asks for, seconds, and a little more.
const HORIZON_SECS: f64 = 125.0;
/// Bounds of a ring's length, samples.
const LEN_MIN: usize = 512;
const LEN_MAX: usize = 65_536;
/// Length where no rate is promised.
const LEN_UNKNOWN: usize = 8_192;

/// The newest samples of one stream. 8 bytes of time and 4 a channel each.
#[derive(Debug)]
pub struct HotRing {
    capacity: usize,
    times_ns: VecDeque<i64>,
    /// Samples in front of which the line breaks, as their times.
    breaks_ns: VecDeque<i64>,
    channels: Vec<VecDeque<f32>>,
    /// Whether the newest values of a channel were born as floats.
    floats: Vec<bool>,
}

impl HotRing {
    /// An empty ring, as long as the stream's rate asks for.
    #[must_use]
    pub fn new(spec: &StreamSpec) -> Self {
        let channels: Vec<VecDeque<f32>> = spec.channels.iter().map(|_| VecDeque::new()).collect();
        let floats = vec![false; channels.len()];
        Self {
            capacity: capacity_for(spec.nominal_rate_hz),
            times_ns: VecDeque::new(),
            breaks_ns: VecDeque::new(),
            channels,
            floats,
        }
    }

    /// Adds a block; `after_gap` breaks the line in front of it.
    pub fn push(&mut self, spec: &StreamSpec, block: &Block, after_gap: bool) {
        if after_gap && !self.times_ns.is_empty() {
            self.breaks_ns.push_back(block.first_host_ns());
        }
        self.times_ns.extend(block.host_ns());
        for ((ring, column), channel) in self.channels.iter_mut().zip(block.columns()).zip(&spec.channels) {
            ring.extend((0..column.len()).filter_map(|k| column.raw(k)).map(|raw| channel.value(raw) as f32));
        }
        self.floats = block.columns().iter().map(|column| matches!(column, Column::F32(_))).collect();
        self.forget_oldest();
    }

    fn forget_oldest(&mut self) {
        let excess = self.times_ns.len().saturating_sub(self.capacity);
        self.times_ns.drain(..excess);
        for ring in &mut self.channels {
            ring.drain(..excess);
        }
        let oldest = self.times_ns.front().copied().unwrap_or(i64::MAX);
        while self.breaks_ns.front().is_some_and(|at| *at < oldest) {
            self.breaks_ns.pop_front();
        }
    }

    /// The newest value of every channel.
    #[must_use]
    pub fn latest(&self) -> Vec<Option<f32>> {
        self.channels.iter().map(|ring| ring.back().copied()).collect()
    }

    /// Whether a channel's values were born as floats: their scale tells nothing of their resolution.
    #[must_use]
    pub fn is_float(&self, channel: usize) -> bool {
        self.floats.get(channel).copied().unwrap_or_default()
    }

    /// Host time of the newest sample.
    #[must_use]
    pub fn latest_ns(&self) -> Option<i64> {
        self.times_ns.back().copied()
    }

    /// Samples a second, see [`signal::rate::rate_hz`].
    #[must_use]
    pub fn rate_hz(&self, now_ns: i64) -> Option<f64> {
        let since = now_ns - signal::rate::RATE_WINDOW_NS;
        let from = self.times_ns.partition_point(|t| *t <= since).min(self.times_ns.len().saturating_sub(8));
        let newest: Vec<i64> = self.times_ns.range(from..).copied().collect();
        signal::rate::rate_hz(&newest, now_ns)
    }

    /// The trace of every channel from `start_ns` on (and the one sample before,
    /// so that a line enters from the left), decimated to buckets of `bucket_ns`.
    #[must_use]
    pub fn trace(&self, start_ns: i64, bucket_ns: i64) -> Vec<Vec<Point>> {
        let from = self.times_ns.partition_point(|t| *t < start_ns).saturating_sub(1);
        self.channels.iter().map(|ring| self.channel_trace(ring, from, bucket_ns)).collect()
    }

    fn channel_trace(&self, ring: &VecDeque<f32>, from: usize, bucket_ns: i64) -> Vec<Point> {
        let mut breaks = self.breaks_ns.iter().copied().peekable();
        let samples = self.times_ns.range(from..).copied().zip(ring.range(from..).copied());
        let mut first = true;
        let with_breaks = samples.flat_map(|(t_ns, value)| {
            while breaks.next_if(|at| *at < t_ns).is_some() {}
            let broken = breaks.next_if_eq(&t_ns).is_some() && !first;
            first = false;
            let rift = broken.then_some(Point { t_ns, value: f32::NAN });
            rift.into_iter().chain([Point { t_ns, value }])
        });
        let mut out = Vec::new();
        min_max(with_breaks, bucket_ns, &mut out);
        out
    }
}

fn capacity_for(rate_hz: Option<f64>) -> usize {
    match rate_hz {
        Some(rate) if rate.is_finite() && rate > 0.0 => {
            ((rate * HORIZON_SECS).ceil().min(LEN_MAX as f64) as usize).max(LEN_MIN)
        }
        _ => LEN_UNKNOWN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{block, spec};

    fn ring_with(blocks: &[(u64, u64)]) -> HotRing {
        let spec = spec("ecg", Some(1.0));
        let mut ring = HotRing::new(&spec);
        for (k, (first, n)) in blocks.iter().enumerate() {
            ring.push(&spec, &block(*first, *n), k > 0);
        }
        ring
    }

    #[test]
    fn keeps_the_newest_samples_and_no_more() {
        let ring = ring_with(&[(0, 400), (400, 400)]);
        assert_eq!(ring.times_ns.len(), LEN_MIN);
        assert_eq!(ring.latest(), [Some(799.0)]);
    }

    #[test]
    fn a_trace_starts_one_sample_before_the_window() {
        let ring = ring_with(&[(0, 10)]);
        let trace = ring.trace(5_000_000_000, 1);
        assert_eq!(trace[0].first().map(|p| p.t_ns), Some(4_000_000_000));
    }

    #[test]
    fn the_line_breaks_at_a_gap_and_nowhere_else() {
        let ring = ring_with(&[(0, 5), (8, 5)]);
        let trace = &ring.trace(0, 1)[0];
        let breaks: Vec<i64> = trace.iter().filter(|p| p.value.is_nan()).map(|p| p.t_ns).collect();
        assert_eq!(breaks, [8_000_000_000]);
        assert_eq!(trace.len(), 11);
    }

    #[test]
    fn breaks_are_forgotten_with_their_samples() {
        let blocks: Vec<(u64, u64)> = (0..2000).map(|k| (k * 2, 1)).collect();
        assert!(ring_with(&blocks).breaks_ns.len() <= LEN_MIN);
    }
}
