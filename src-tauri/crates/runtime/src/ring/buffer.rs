//! The memory of a hot ring: a fixed number of places that one writer fills
//! round and round, while readers copy out and never stop it.
//!
//! A seqlock over counters instead of a lock: the writer first claims the
//! places that it is going to overwrite, fills them, then publishes. A reader
//! copies what is published and discards what was claimed meanwhile. Every word
//! is an atomic, so that a torn copy is a wrong value and never undefined, and
//! the wrong value is always discarded.

use super::times::{Even, LastRun, Times};
use crate::sync::{AtomicU64, Ordering, fence};
use std::ops::Range;
use std::sync::Arc;

/// Places for `capacity` samples, numbered on and on from the first ever written.
/// In front what changes with every block.
#[derive(Debug)]
#[repr(C)]
pub struct Buffer {
    claimed: AtomicU64,
    published: AtomicU64,
    /// The number of the first sample that was ever in this buffer.
    base: u64,
    values: Values,
    times: Times,
}

impl Buffer {
    /// An empty buffer, whose first sample will have the number `base`.
    /// `capacity` is at least 1; so many `runs` of times fit.
    #[must_use]
    pub fn new(capacity: usize, channels: usize, base: u64, runs: usize) -> Self {
        let capacity = capacity.max(1);
        Self {
            claimed: AtomicU64::new(base),
            published: AtomicU64::new(base),
            base,
            values: Values::new(capacity, channels),
            times: Times::new(runs),
        }
    }

    /// Samples that fit.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.values.capacity
    }

    /// The place of sample `number`.
    #[must_use]
    pub fn place(&self, number: u64) -> usize {
        (number % self.capacity() as u64) as usize
    }

    /// One past the number of the newest sample that can be read.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.published.load(Ordering::Acquire)
    }

    /// Samples that can be read.
    #[must_use]
    pub fn held(&self) -> u64 {
        (self.end() - self.base).min(self.capacity() as u64)
    }

    /// What it takes in memory, bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        size_of::<Self>() + size_of_val(&*self.values.words) + self.times.bytes()
    }

    // ---- the writer, of whom there is one ----

    /// Begins to overwrite: samples up to number `end`, and the runs of their
    /// times, are about to be filled in.
    #[inline]
    pub fn claim(&self, end: u64) {
        self.claimed.store(end, Ordering::Relaxed);
        // Whoever sees one of the words written below also sees the claim.
        fence(Ordering::Release);
    }

    /// Whether runs of times up to number `runs` fit beside samples up to number `end`.
    #[inline]
    #[must_use]
    pub fn has_room_for_times(&self, last: &LastRun, runs: u64, end: u64) -> bool {
        runs == last.runs || self.times.has_room(last, runs, end.saturating_sub(self.capacity() as u64))
    }

    /// The host times.
    #[inline]
    #[must_use]
    pub fn times(&self) -> &Times {
        &self.times
    }

    /// Ends: samples up to `end`, and runs of times up to number `runs`, can be read.
    #[inline]
    pub fn publish(&self, end: u64, runs: u64) {
        self.times.publish(runs);
        self.published.store(end, Ordering::Release);
    }

    // ---- readers ----

    /// Copies the samples from number `from` on, `most` at most, that are still there: times, and
    /// the bits of one channel behind each other. Gives the number of the first
    /// one copied; what lies between `from` and it was overwritten.
    pub fn copy(
        &self,
        from: u64,
        most: usize,
        channel: usize,
        times_ns: &mut Vec<i64>,
        bits: &mut Vec<u32>,
    ) -> u64 {
        let (begin, bits_begin) = (times_ns.len(), bits.len());
        let times = |first, end| self.times.copy(first, end, times_ns);
        let values = |place, samples| {
            bits.resize(bits_begin + samples, 0);
            self.values.copy(channel, place, &mut bits[bits_begin..]);
        };
        let read = self.read(from, most, times, values);
        let torn = (read.whole - read.first) as usize;
        times_ns.drain(begin..begin + torn);
        bits.drain(bits_begin..bits_begin + torn);
        read.whole
    }

    /// The same, with the times as they are kept: as runs, the newest first. The bits
    /// go to `places`, of which there may be more than before, and less are in use:
    /// which ones is given beside the number of the first sample.
    #[inline]
    pub fn copy_runs(
        &self,
        from: u64,
        channel: usize,
        runs: &mut Vec<Even>,
        places: &mut Vec<u32>,
    ) -> (u64, Range<usize>) {
        let mut used = 0..0;
        let times = |first, end| self.times.each_run(first, end, |even| runs.push(*even));
        let values = |place, samples| {
            used = 0..samples;
            if places.len() < samples {
                places.resize(samples, 0);
            }
            self.values.copy(channel, place, &mut places[..samples]);
        };
        let read = self.read(from, usize::MAX, times, values);
        if read.whole > read.first {
            used.start = (read.whole - read.first) as usize;
            runs.retain(|even| even.number + even.samples > read.whole);
            runs.iter_mut()
                .for_each(|even| *even = even.without_first(read.whole.saturating_sub(even.number)));
        }
        (read.whole, used)
    }

    /// Reads the samples from number `from` on that are still there. `times` reads the
    /// times of a range, and says from which one on there were any; `values` so many
    /// values from a place on.
    #[inline]
    fn read(
        &self,
        from: u64,
        most: usize,
        times: impl FnOnce(u64, u64) -> u64,
        values: impl FnOnce(usize, usize),
    ) -> Read {
        let (end, capacity) = (self.end(), self.capacity() as u64);
        let first = from.max(end.saturating_sub(capacity)).max(self.base).min(end);
        let end = end.min(first.saturating_add(most as u64));
        let timed = times(first, end);
        values(self.place(first), (end - first) as usize);
        // What was claimed before this fence may have been overwritten while it was copied.
        fence(Ordering::Acquire);
        let held = self.claimed.load(Ordering::Relaxed).saturating_sub(capacity);
        Read { first, whole: held.max(timed).clamp(first, end) }
    }

    /// The raw values.
    #[must_use]
    pub fn values(&self) -> &Values {
        &self.values
    }
}

/// From which sample on a buffer was read, and from which one on that is whole.
struct Read {
    first: u64,
    whole: u64,
}

/// The raw values of a buffer, channel by channel, two to a word: half as many
/// loads and stores as one by one. The writer has them at hand, so that it need
/// not wait for the rest of the buffer to find them.
#[derive(Clone, Debug)]
pub struct Values {
    capacity: usize,
    /// Words of one channel.
    stride: usize,
    words: Arc<[AtomicU64]>,
}

impl Values {
    fn new(capacity: usize, channels: usize) -> Self {
        let stride = capacity.div_ceil(2);
        Self { capacity, stride, words: (0..stride * channels).map(|_| AtomicU64::new(0)).collect() }
    }

    /// Samples that fit.
    #[inline]
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    fn channel(&self, channel: usize) -> &[AtomicU64] {
        let n = self.stride;
        self.words.get(channel * n..(channel + 1) * n).unwrap_or_default()
    }

    /// Fills `bits` with values of one channel from place `at` on, no more than there are places.
    #[inline]
    fn copy(&self, channel: usize, at: usize, bits: &mut [u32]) {
        let words = self.channel(channel);
        let (straight, around) = bits.split_at_mut(bits.len().min(self.capacity - at));
        read_out(words, at, straight);
        read_out(words, 0, around);
    }

    /// What is at a place of a channel now.
    #[inline]
    #[must_use]
    pub fn bits(&self, channel: usize, at: usize) -> Option<u32> {
        let halves = halves(self.channel(channel).get(at / 2)?.load(Ordering::Relaxed));
        Some(halves[at % 2])
    }

    /// Fills in values of one channel from place `at` on, no more than fit.
    #[inline]
    pub fn put(&self, channel: usize, at: usize, bits: &[u32]) {
        let words = self.channel(channel);
        let (straight, around) = bits.split_at(bits.len().min(self.capacity - at));
        fill(words, at, straight);
        fill(words, 0, around);
    }
}

/// The two values in a word.
#[inline]
const fn halves(word: u64) -> [u32; 2] {
    [word as u32, (word >> 32) as u32]
}

#[inline]
const fn word([low, high]: [u32; 2]) -> u64 {
    low as u64 | (high as u64) << 32
}

/// Fills `bits` with the values from place `at` of a channel on.
#[inline]
fn read_out(words: &[AtomicU64], at: usize, bits: &mut [u32]) {
    let read = |word: &AtomicU64| halves(word.load(Ordering::Relaxed));
    let (first, bits) = bits.split_at_mut(bits.len().min(at % 2));
    if let Some(first) = first.first_mut() {
        [_, *first] = read(&words[at / 2]);
    }
    let (pairs, last) = bits.as_chunks_mut::<2>();
    let words = &words[at.div_ceil(2)..];
    pairs.iter_mut().zip(words).for_each(|(pair, word)| *pair = read(word));
    if let Some(last) = last.first_mut() {
        [*last, _] = read(&words[pairs.len()]);
    }
}

/// Puts values in from place `at` of a channel on. There is one writer, so that a
/// word of which it changes a half is still as it has just read it.
#[inline]
fn fill(words: &[AtomicU64], at: usize, bits: &[u32]) {
    let (first, bits) = bits.split_at(bits.len().min(at % 2));
    if let Some(first) = first.first() {
        put_half(&words[at / 2], 1, *first);
    }
    let (pairs, last) = bits.as_chunks::<2>();
    let words = &words[at.div_ceil(2)..];
    words.iter().zip(pairs).for_each(|(place, pair)| place.store(word(*pair), Ordering::Relaxed));
    if let Some(last) = last.first() {
        put_half(&words[pairs.len()], 0, *last);
    }
}

#[inline]
fn put_half(place: &AtomicU64, half: usize, bits: u32) {
    let mut both = halves(place.load(Ordering::Relaxed));
    both[half] = bits;
    place.store(word(both), Ordering::Relaxed);
}
