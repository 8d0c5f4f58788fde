//! The hot ring: the newest samples of one stream, raw, with their host times.
//!
//! One writer, the stream's worker; readers never stop it (see
//! [`buffer::Buffer`]). The ring grows with what comes until it has reached its
//! limit, so that a stream that seldom delivers costs little.

mod buffer;
mod sight;
mod times;
mod writer;

pub use sight::{Glimpse, Sight};
pub use writer::RingWriter;

use crate::keeper::room;
use arc_swap::ArcSwap;
use buffer::Buffer;
use model::{LoadLevel, StreamSpec};
use parking_lot::Mutex;
use signal::decimate::{Point, min_max};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use times::RUNS_FIRST;

/// Breaks of the line that are remembered at most.
const BREAKS_MAX: usize = 512;

/// The readers' side.
///
/// What is in front hardly ever changes: writer and readers have it in their
/// caches at the same time. What changes with every block is in the buffer.
#[derive(Debug)]
#[repr(C)]
pub struct HotRing {
    /// Places that the ring may have; the writer obeys at its next block.
    limit: AtomicUsize,
    buffer: ArcSwap<Buffer>,
    /// How often it became another one, counted behind the swap.
    swaps: AtomicU64,
    /// Bit `c` is set where channel `c` holds floats.
    floats: AtomicU64,
    channels: usize,
    /// Numbers of the samples in front of which the line breaks.
    breaks: Mutex<VecDeque<u64>>,
}

/// Samples copied out of a ring: times, and raw bits of one channel.
#[derive(Clone, Debug, Default)]
pub struct Copied {
    /// The number of the first sample, counted from the ring's first.
    pub first: u64,
    /// Host times.
    pub times_ns: Vec<i64>,
    /// Raw values, see [`Copied::value`].
    pub bits: Vec<u32>,
    is_float: bool,
}

impl Copied {
    /// One past the number of the last sample.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.first + self.times_ns.len() as u64
    }

    /// Puts older samples in front, of which the first has the number `first`.
    /// They are left away where they overlap with what is there, or a hole lies between.
    pub fn prepend(&mut self, first: u64, mut times_ns: Vec<i64>, mut bits: Vec<u32>) {
        let missing = self.first.saturating_sub(first) as usize;
        if missing == 0 || times_ns.len() < missing || bits.len() < missing {
            return;
        }
        times_ns.truncate(missing);
        bits.truncate(missing);
        times_ns.append(&mut self.times_ns);
        bits.append(&mut self.bits);
        (self.first, self.times_ns, self.bits) = (first, times_ns, bits);
    }

    /// The raw value behind its bits.
    #[must_use]
    pub fn raw(&self, bits: u32) -> f64 {
        sight::raw(self.is_float, bits)
    }
}

/// A decimated trace, and which samples it stands for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StreamTrace {
    /// The points of each channel; NaN breaks the line.
    pub channels: Vec<Vec<Point>>,
    /// The ring's number of the first sample that the first channel draws.
    pub first: u64,
    /// One past the number of the last one.
    pub end: u64,
    /// Host time of the last one.
    pub newest_ns: Option<i64>,
}

/// Puts the older samples of a channel in front of those of the ring.
pub type Older<'a> = &'a dyn Fn(usize, &mut Copied);

/// An empty ring, as long at most as the stream's rate asks for: its two sides.
#[must_use]
pub fn hot_ring(spec: &StreamSpec) -> (RingWriter, HotRing) {
    let channels = spec.channels.len();
    let limit = room(spec, LoadLevel::Normal, false).hot;
    let buffer = Arc::new(Buffer::new(1, channels, 0, RUNS_FIRST));
    let ring = HotRing {
        buffer: ArcSwap::new(Arc::clone(&buffer)),
        breaks: Mutex::default(),
        floats: AtomicU64::new(0),
        channels,
        limit: AtomicUsize::new(limit),
        swaps: AtomicU64::new(0),
    };
    (RingWriter::new(buffer, limit), ring)
}

impl HotRing {
    /// One past the number of the newest sample, counted from the first one ever.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.buffer.load().end()
    }

    /// Samples that the ring has places for now.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.buffer.load().capacity()
    }

    /// Copies one channel from sample number `from` on into `out`, whose room
    /// is used again. What lies between `from` and `out.first` was overwritten.
    pub fn copy(&self, from: u64, channel: usize, out: &mut Copied) {
        self.copy_some(from, usize::MAX, channel, out);
    }

    /// The same, but no more than `most` samples.
    pub fn copy_some(&self, from: u64, most: usize, channel: usize, out: &mut Copied) {
        out.times_ns.clear();
        out.bits.clear();
        let buffer = self.buffer.load();
        out.first = buffer.copy(from, most, channel, &mut out.times_ns, &mut out.bits);
        out.is_float = self.is_float(channel);
    }

    /// The same as [`HotRing::end`] to a reader that comes again and again, and keeps its `sight`.
    #[inline]
    #[must_use]
    pub fn end_in(&self, sight: &mut Sight) -> u64 {
        sight.buffer(self).end()
    }

    /// What is new to a reader that comes again and again, and keeps its `sight`:
    /// one channel from sample number `from` on.
    #[inline]
    pub fn glimpse(&self, sight: &mut Sight, from: u64, channel: usize, out: &mut Glimpse) {
        out.runs.clear();
        (out.first, out.used) = sight.buffer(self).copy_runs(from, channel, &mut out.runs, &mut out.places);
        out.is_float = self.is_float(channel);
    }

    /// Sets how many places it may have.
    pub fn set_limit(&self, samples: usize) {
        self.limit.store(samples, Ordering::Relaxed);
    }

    /// Channels.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Samples that can be read now.
    #[must_use]
    pub fn held(&self) -> u64 {
        self.buffer.load().held()
    }

    /// What it takes in memory, bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.buffer.load().bytes()
    }

    fn copied(&self, from: u64, channel: usize) -> Copied {
        let mut out = Copied::default();
        self.copy(from, channel, &mut out);
        out
    }

    /// The newest value of every channel, in its unit.
    #[must_use]
    pub fn latest(&self, spec: &StreamSpec) -> Vec<Option<f32>> {
        let newest = |(channel, meaning): (usize, &model::Channel)| {
            let copied = self.copied(self.end().saturating_sub(1), channel);
            copied.bits.last().map(|bits| meaning.value(copied.raw(*bits)) as f32)
        };
        spec.channels.iter().enumerate().map(newest).collect()
    }

    /// Whether a channel's values were born as floats: their scale tells nothing of their resolution.
    #[must_use]
    pub fn is_float(&self, channel: usize) -> bool {
        self.floats.load(Ordering::Relaxed).checked_shr(channel as u32).unwrap_or_default() & 1 == 1
    }

    /// Host time of the newest sample.
    #[must_use]
    pub fn latest_ns(&self) -> Option<i64> {
        self.copied(self.end().saturating_sub(1), 0).times_ns.last().copied()
    }

    /// Samples a second, see [`signal::rate::rate_hz`].
    #[must_use]
    pub fn rate_hz(&self, now_ns: i64) -> Option<f64> {
        let times_ns = self.copied(0, 0).times_ns;
        let since = now_ns - signal::rate::RATE_WINDOW_NS;
        let from = times_ns.partition_point(|t| *t <= since).min(times_ns.len().saturating_sub(8));
        signal::rate::rate_hz(&times_ns[from..], now_ns)
    }

    /// The trace of every channel from `start_ns` on (and the one sample before,
    /// so that a line enters from the left), decimated to buckets of `bucket_ns`.
    #[must_use]
    pub fn trace(&self, spec: &StreamSpec, start_ns: i64, bucket_ns: i64, older: Older<'_>) -> StreamTrace {
        let breaks: Vec<u64> = self.breaks.lock().iter().copied().collect();
        let (mut first, mut end, mut newest_ns) = (0, 0, None);
        let one = |(channel, meaning): (usize, &model::Channel)| {
            let mut copied = self.copied(0, channel);
            if copied.times_ns.first().is_none_or(|oldest| *oldest > start_ns) {
                older(channel, &mut copied);
            }
            let from = copied.times_ns.partition_point(|t| *t < start_ns).saturating_sub(1);
            if channel == 0 {
                (first, end) = (copied.first + from as u64, copied.end());
                newest_ns = copied.times_ns.last().copied();
            }
            let value = |bits: u32| meaning.value(copied.raw(bits)) as f32;
            let samples = copied.times_ns.iter().zip(&copied.bits).skip(from);
            let points = samples.map(|(t_ns, bits)| Point { t_ns: *t_ns, value: value(*bits) });
            broken_line(points, copied.first + from as u64, &breaks, bucket_ns)
        };
        let channels = spec.channels.iter().enumerate().map(one).collect();
        StreamTrace { channels, first, end, newest_ns }
    }

    fn break_at(&self, number: u64) {
        let mut breaks = self.breaks.lock();
        if breaks.len() >= BREAKS_MAX {
            breaks.pop_front();
        }
        breaks.push_back(number);
    }
}

/// Decimates `points`, the first of which has the number `first`, with a rift in
/// front of each number in `breaks` but the very first.
fn broken_line(
    points: impl Iterator<Item = Point>,
    first: u64,
    breaks: &[u64],
    bucket_ns: i64,
) -> Vec<Point> {
    let mut breaks = breaks[breaks.partition_point(|at| *at <= first)..].iter().copied().peekable();
    let with_rifts = points.zip(first..).flat_map(|(point, number)| {
        let rift = breaks.next_if_eq(&number).map(|_| Point { t_ns: point.t_ns, value: f32::NAN });
        rift.into_iter().chain([point])
    });
    let mut out = Vec::new();
    min_max(with_rifts, bucket_ns, &mut out);
    out
}

#[cfg(test)]
mod tests;
