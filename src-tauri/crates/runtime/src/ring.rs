//! The hot ring: the newest samples of one stream, raw, with their host times.
//!
//! One writer, the stream's worker; readers never stop it (see
//! [`buffer::Buffer`]). The ring grows with what comes until it has reached its
//! limit, so that a stream that seldom delivers costs little.

mod buffer;

use arc_swap::ArcSwap;
use buffer::Buffer;
use model::{BlockRef, StreamSpec};
use parking_lot::Mutex;
use signal::decimate::{Point, min_max};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The longest stretch that the screen asks for, seconds, and a little more.
const HORIZON_SECS: f64 = 125.0;
/// Bounds of a ring's length, samples.
const LEN_MIN: usize = 512;
const LEN_MAX: usize = 65_536;
/// Length where no rate is promised.
const LEN_UNKNOWN: usize = 8_192;
/// What a ring begins with, samples.
const LEN_FIRST: usize = 16;
/// Breaks of the line that are remembered at most.
const BREAKS_MAX: usize = 512;

/// The readers' side.
#[derive(Debug)]
pub struct HotRing {
    buffer: ArcSwap<Buffer>,
    /// Numbers of the samples in front of which the line breaks.
    breaks: Mutex<VecDeque<u64>>,
    /// Bit `c` is set where channel `c` holds floats.
    floats: AtomicU64,
    channels: usize,
}

/// The writer's side.
#[derive(Debug)]
pub struct RingWriter {
    buffer: Arc<Buffer>,
    limit: usize,
    floats: u64,
    /// The number of the next sample, and its place.
    next: u64,
    place: usize,
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

    /// The raw value behind its bits.
    #[must_use]
    pub fn raw(&self, bits: u32) -> f64 {
        if self.is_float { f64::from(f32::from_bits(bits)) } else { f64::from(bits.cast_signed()) }
    }
}

/// An empty ring, as long at most as the stream's rate asks for: its two sides.
#[must_use]
pub fn hot_ring(spec: &StreamSpec) -> (RingWriter, HotRing) {
    let channels = spec.channels.len();
    let limit = limit_for(spec.nominal_rate_hz);
    let buffer = Arc::new(Buffer::new(1, channels, 0));
    let ring = HotRing {
        buffer: ArcSwap::new(Arc::clone(&buffer)),
        breaks: Mutex::default(),
        floats: AtomicU64::new(0),
        channels,
    };
    (RingWriter { buffer, limit, floats: 0, next: 0, place: 0 }, ring)
}

impl RingWriter {
    /// Adds a block; `after_gap` breaks the line in front of it.
    #[inline]
    pub fn push(&mut self, ring: &HotRing, block: &BlockRef<'_>, after_gap: bool) {
        if block.floats() != self.floats {
            self.begin_anew(ring, block.floats());
        }
        if after_gap && self.next > 0 {
            ring.break_at(self.next);
        }
        let samples = block.len();
        if self.buffer.capacity() < self.limit && self.is_full_with(samples) {
            self.grow(ring, samples);
        }
        let skipped = samples.saturating_sub(self.buffer.capacity());
        if skipped > 0 {
            self.go_to(self.next + skipped as u64);
        }
        self.fill(block, skipped);
    }

    #[inline]
    fn fill(&mut self, block: &BlockRef<'_>, skipped: usize) {
        let samples = block.len() - skipped;
        let end = self.next + samples as u64;
        self.buffer.claim(end);
        match block.even() {
            Some((first_ns, step_ns)) => {
                let first_ns = first_ns.wrapping_add(step_ns.wrapping_mul(skipped as i64));
                self.buffer.put_even_times(self.place, samples, first_ns, step_ns);
            }
            None => self.buffer.put_times(self.place, block.host_ns_from(skipped)),
        }
        for channel in 0..block.channels() {
            self.buffer.put_values(channel, self.place, &block.bits(channel)[skipped..]);
        }
        self.buffer.publish(end);
        self.next = end;
        self.place += samples;
        if self.place >= self.buffer.capacity() {
            self.place -= self.buffer.capacity();
        }
    }

    fn is_full_with(&self, samples: usize) -> bool {
        let held = self.next.min(self.buffer.capacity() as u64) as usize;
        held + samples > self.buffer.capacity()
    }

    fn go_to(&mut self, number: u64) {
        self.next = number;
        self.place = self.buffer.place(number);
    }

    /// Moves to a larger buffer with all that is held.
    #[cold]
    fn grow(&mut self, ring: &HotRing, samples: usize) {
        let wanted = self.buffer.capacity() * 2;
        let capacity = wanted.max(samples.next_power_of_two()).clamp(LEN_FIRST, self.limit.max(LEN_FIRST));
        let mut held = Copied::default();
        let first = self.buffer.copy(0, 0, &mut held.times_ns, &mut held.bits);
        let larger = Buffer::new(capacity.min(self.limit), ring.channels, first);
        let at = larger.place(first);
        larger.put_times(at, held.times_ns.iter().copied());
        for channel in 0..ring.channels {
            held = Copied::default();
            self.buffer.copy(first, channel, &mut held.times_ns, &mut held.bits);
            larger.put_values(channel, at, &held.bits);
        }
        larger.claim(self.next);
        larger.publish(self.next);
        self.take(ring, larger);
    }

    /// The values are of another type from now on: the old ones can't be read with them.
    #[cold]
    fn begin_anew(&mut self, ring: &HotRing, floats: u64) {
        self.floats = floats;
        let empty = Buffer::new(self.buffer.capacity(), ring.channels, self.next);
        self.take(ring, empty);
        ring.floats.store(floats, Ordering::Relaxed);
    }

    fn take(&mut self, ring: &HotRing, buffer: Buffer) {
        self.buffer = Arc::new(buffer);
        self.place = self.buffer.place(self.next);
        ring.buffer.store(Arc::clone(&self.buffer));
    }
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
        out.times_ns.clear();
        out.bits.clear();
        let buffer = self.buffer.load();
        out.first = buffer.copy(from, channel, &mut out.times_ns, &mut out.bits);
        out.is_float = self.is_float(channel);
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
    pub fn trace(&self, spec: &StreamSpec, start_ns: i64, bucket_ns: i64) -> Vec<Vec<Point>> {
        let breaks: Vec<u64> = self.breaks.lock().iter().copied().collect();
        let one = |(channel, meaning): (usize, &model::Channel)| {
            let copied = self.copied(0, channel);
            let from = copied.times_ns.partition_point(|t| *t < start_ns).saturating_sub(1);
            let value = |bits: u32| meaning.value(copied.raw(bits)) as f32;
            let samples = copied.times_ns.iter().zip(&copied.bits).skip(from);
            let points = samples.map(|(t_ns, bits)| Point { t_ns: *t_ns, value: value(*bits) });
            broken_line(points, copied.first + from as u64, &breaks, bucket_ns)
        };
        spec.channels.iter().enumerate().map(one).collect()
    }

    fn break_at(&self, number: u64) {
        let mut breaks = self.breaks.lock();
        let oldest = number.saturating_sub(self.capacity() as u64);
        while breaks.len() >= BREAKS_MAX || breaks.front().is_some_and(|at| *at < oldest) {
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

fn limit_for(rate_hz: Option<f64>) -> usize {
    match rate_hz {
        Some(rate) if rate.is_finite() && rate > 0.0 => {
            ((rate * HORIZON_SECS).ceil().min(LEN_MAX as f64) as usize).max(LEN_MIN)
        }
        _ => LEN_UNKNOWN,
    }
}

#[cfg(test)]
mod tests;
