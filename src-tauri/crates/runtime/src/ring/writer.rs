//! The ring's writer, of whom there is one: the stream's worker.

use super::buffer::{Buffer, Values};
use super::times::{Even, LastRun, RUNS_FIRST};
use super::{Copied, HotRing};
use model::BlockRef;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// What a ring begins with, samples.
pub(super) const LEN_FIRST: usize = 16;

/// The writer's side.
#[derive(Debug)]
pub struct RingWriter {
    buffer: Arc<Buffer>,
    /// The buffer's.
    values: Values,
    limit: usize,
    floats: u64,
    /// The number of the next sample, and its place.
    next: u64,
    place: usize,
    last: LastRun,
}

impl RingWriter {
    /// The writer of an empty `buffer`, which may grow up to `limit` places.
    pub(super) fn new(buffer: Arc<Buffer>, limit: usize) -> Self {
        let values = buffer.values().clone();
        Self { buffer, values, limit, floats: 0, next: 0, place: 0, last: LastRun::default() }
    }

    /// Adds a block; `after_gap` breaks the line in front of it.
    #[inline]
    pub fn push(&mut self, ring: &HotRing, block: &BlockRef<'_>, after_gap: bool) {
        if block.floats() != self.floats {
            self.begin_anew(ring, block.floats());
        }
        if after_gap && self.next > 0 {
            ring.break_at(self.next);
        }
        self.obey(ring);
        let samples = block.len();
        if self.values.capacity() < self.limit && self.is_full_with(samples) {
            self.grow(ring, samples);
        }
        let skipped = samples.saturating_sub(self.values.capacity());
        if skipped > 0 {
            self.go_to(self.next + skipped as u64);
        }
        let end = self.next + (samples - skipped) as u64;
        let mut runs = self.runs_with(block, skipped);
        if !self.buffer.has_room_for_times(&self.last, runs, end) {
            // The runs are made anew on the way, so that there may be one more of them.
            self.move_to(ring, self.values.capacity(), runs - self.last.runs + 1);
            runs = self.runs_with(block, skipped);
        }
        self.fill(block, skipped, end, runs);
    }

    /// Asks for the memory that the next block goes to, and does not wait for it.
    #[inline]
    pub fn approach(&self) {
        std::hint::black_box((self.buffer.end(), self.values.bits(0, self.place)));
    }

    /// How many runs of times there will be with this block.
    #[inline]
    fn runs_with(&self, block: &BlockRef<'_>, skipped: usize) -> u64 {
        let mut last = self.last;
        each_even(block, skipped, self.next, |even| last.go_on(&even));
        last.runs
    }

    #[inline]
    fn fill(&mut self, block: &BlockRef<'_>, skipped: usize, end: u64, runs: u64) {
        let (buffer, last) = (&self.buffer, &mut self.last);
        buffer.claim(end);
        each_even(block, skipped, self.next, |even| buffer.times().put(last, &even));
        for channel in 0..block.channels() {
            self.values.put(channel, self.place, &block.bits(channel)[skipped..]);
        }
        buffer.publish(end, runs);
        self.place += (end - self.next) as usize;
        self.next = end;
        if self.place >= self.values.capacity() {
            self.place -= self.values.capacity();
        }
    }

    fn is_full_with(&self, samples: usize) -> bool {
        let held = self.next.min(self.values.capacity() as u64) as usize;
        held + samples > self.values.capacity()
    }

    fn go_to(&mut self, number: u64) {
        self.next = number;
        self.place = self.buffer.place(number);
    }

    /// Takes up a new limit; a ring that is too long shrinks.
    #[inline]
    fn obey(&mut self, ring: &HotRing) {
        let limit = ring.limit.load(Ordering::Relaxed);
        if limit != self.limit {
            self.limit = limit.max(1);
            if self.values.capacity() > self.limit {
                self.move_to(ring, self.limit, 0);
            }
        }
    }

    /// Makes room for a block of `samples` behind those that are held.
    #[cold]
    fn grow(&mut self, ring: &HotRing, samples: usize) {
        let wanted = (self.values.capacity() + samples).next_power_of_two().max(LEN_FIRST);
        self.move_to(ring, wanted.min(self.limit), 0);
    }

    /// Moves to another buffer with the newest of what is held, and places for
    /// `more_runs` of times.
    #[cold]
    fn move_to(&mut self, ring: &HotRing, capacity: usize, more_runs: u64) {
        let from = self.next.saturating_sub(capacity as u64);
        let mut held = Copied::default();
        let first = self.buffer.copy(from, usize::MAX, 0, &mut held.times_ns, &mut held.bits);
        let runs = runs_for(&held.times_ns, more_runs as usize, capacity);
        let other = Buffer::new(capacity, ring.channels, first, runs);
        let mut last = LastRun::default();
        for (number, at_ns) in (first..).zip(&held.times_ns) {
            other.times().put(&mut last, &Even::single(number, *at_ns));
        }
        let at = other.place(first);
        for channel in 0..ring.channels {
            held = Copied::default();
            self.buffer.copy(first, usize::MAX, channel, &mut held.times_ns, &mut held.bits);
            other.values().put(channel, at, &held.bits);
        }
        other.claim(self.next);
        other.publish(self.next, last.runs);
        self.take(ring, other, last);
    }

    /// The values are of another type from now on: the old ones can't be read with them.
    #[cold]
    fn begin_anew(&mut self, ring: &HotRing, floats: u64) {
        self.floats = floats;
        let empty = Buffer::new(self.values.capacity(), ring.channels, self.next, RUNS_FIRST);
        self.take(ring, empty, LastRun::default());
        ring.floats.store(floats, Ordering::Relaxed);
    }

    fn take(&mut self, ring: &HotRing, buffer: Buffer, last: LastRun) {
        self.last = last;
        self.buffer = Arc::new(buffer);
        self.values = self.buffer.values().clone();
        self.place = self.buffer.place(self.next);
        ring.buffer.store(Arc::clone(&self.buffer));
        ring.swaps.fetch_add(1, Ordering::Release);
    }
}

/// The runs of evenly spaced samples of a block, but for its first `skipped`;
/// the first one told has the number `number`.
#[inline]
fn each_even(block: &BlockRef<'_>, skipped: usize, number: u64, mut tell: impl FnMut(Even)) {
    match block.even() {
        Some((first_ns, step_ns)) => {
            let samples = (block.len() - skipped) as u64;
            let first_ns = first_ns.wrapping_add(step_ns.wrapping_mul(skipped as i64));
            tell(Even { number, samples, first_ns, step_ns });
        }
        None => {
            (number..).zip(block.host_ns_from(skipped)).for_each(|(k, at_ns)| tell(Even::single(k, at_ns)));
        }
    }
}

/// How many runs a table of times wants room for that begins with these and
/// `more`: half as many as samples are always enough.
fn runs_for(times_ns: &[i64], more: usize, capacity: usize) -> usize {
    let mut last = LastRun::default();
    (0..).zip(times_ns).for_each(|(k, at_ns)| last.go_on(&Even::single(k, *at_ns)));
    let needed = (last.runs as usize + more).max(RUNS_FIRST);
    needed.next_power_of_two().min(capacity / 2 + 2).max(needed)
}
