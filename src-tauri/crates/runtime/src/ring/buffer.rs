//! The memory of a hot ring: a fixed number of places that one writer fills
//! round and round, while readers copy out and never stop it.
//!
//! A seqlock over counters instead of a lock: the writer first claims the
//! places that it is going to overwrite, fills them, then publishes. A reader
//! copies what is published and discards what was claimed meanwhile. Every word
//! is an atomic, so that a torn copy is a wrong value and never undefined, and
//! the wrong value is always discarded.

use crate::sync::{AtomicI64, AtomicU32, AtomicU64, Ordering, fence};

/// Places for `capacity` samples, numbered on and on from the first ever written.
#[derive(Debug)]
pub struct Buffer {
    /// The number of the first sample that was ever in this buffer.
    base: u64,
    claimed: AtomicU64,
    published: AtomicU64,
    times_ns: Box<[AtomicI64]>,
    /// Channel by channel.
    values: Box<[AtomicU32]>,
}

impl Buffer {
    /// An empty buffer, whose first sample will have the number `base`.
    /// `capacity` is at least 1.
    #[must_use]
    pub fn new(capacity: usize, channels: usize, base: u64) -> Self {
        Self {
            base,
            claimed: AtomicU64::new(base),
            published: AtomicU64::new(base),
            times_ns: (0..capacity.max(1)).map(|_| AtomicI64::new(0)).collect(),
            values: (0..capacity.max(1) * channels).map(|_| AtomicU32::new(0)).collect(),
        }
    }

    /// Samples that fit.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.times_ns.len()
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
        size_of::<Self>() + size_of_val(&*self.times_ns) + size_of_val(&*self.values)
    }

    // ---- the writer, of whom there is one ----

    /// Begins to overwrite: samples up to `end` are about to be filled in.
    #[inline]
    pub fn claim(&self, end: u64) {
        self.claimed.store(end, Ordering::Relaxed);
        // Whoever sees one of the words written below also sees the claim.
        fence(Ordering::Release);
    }

    /// Fills in host times from place `at` on, no more than fit in all.
    #[inline]
    pub fn put_times(&self, at: usize, times_ns: impl ExactSizeIterator<Item = i64>) {
        let (start, rest) = self.times_ns.split_at(at);
        for (place, at_ns) in rest.iter().chain(start).zip(times_ns) {
            place.store(at_ns, Ordering::Relaxed);
        }
    }

    /// Fills in evenly spaced host times from place `at` on.
    #[inline]
    pub fn put_even_times(&self, at: usize, samples: usize, first_ns: i64, step_ns: i64) {
        let (start, rest) = self.times_ns.split_at(at);
        let mut at_ns = first_ns;
        let straight = samples.min(rest.len());
        for place in rest[..straight].iter().chain(&start[..samples - straight]) {
            place.store(at_ns, Ordering::Relaxed);
            at_ns = at_ns.wrapping_add(step_ns);
        }
    }

    /// Fills in values of one channel from place `at` on, no more than fit.
    #[inline]
    pub fn put_values(&self, channel: usize, at: usize, bits: &[u32]) {
        let (start, rest) = self.channel(channel).split_at(at);
        let (straight, around) = bits.split_at(bits.len().min(rest.len()));
        for (place, bits) in rest.iter().zip(straight) {
            place.store(*bits, Ordering::Relaxed);
        }
        for (place, bits) in start.iter().zip(around) {
            place.store(*bits, Ordering::Relaxed);
        }
    }

    /// Ends: samples up to `end` can be read.
    #[inline]
    pub fn publish(&self, end: u64) {
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
        let (begin, end) = (times_ns.len(), self.end());
        let capacity = self.capacity() as u64;
        let first = from.max(end.saturating_sub(capacity)).max(self.base).min(end);
        let end = end.min(first.saturating_add(most as u64));
        let at = self.place(first);
        let samples = (end - first) as usize;
        let straight = samples.min(self.capacity() - at);
        let around = samples - straight;
        let load_time = |place: &AtomicI64| place.load(Ordering::Relaxed);
        let load_bits = |place: &AtomicU32| place.load(Ordering::Relaxed);
        times_ns.extend(self.times_ns[at..at + straight].iter().map(load_time));
        times_ns.extend(self.times_ns[..around].iter().map(load_time));
        let values = self.channel(channel);
        bits.extend(values[at..at + straight].iter().map(load_bits));
        bits.extend(values[..around].iter().map(load_bits));
        // What was claimed before this fence may have been overwritten while it was copied.
        fence(Ordering::Acquire);
        let whole = self.claimed.load(Ordering::Relaxed).saturating_sub(capacity).clamp(first, end);
        times_ns.drain(begin..begin + (whole - first) as usize);
        let torn = (whole - first) as usize;
        let bits_begin = bits.len() - samples;
        bits.drain(bits_begin..bits_begin + torn);
        whole
    }

    fn channel(&self, channel: usize) -> &[AtomicU32] {
        let n = self.capacity();
        self.values.get(channel * n..(channel + 1) * n).unwrap_or_default()
    }
}
