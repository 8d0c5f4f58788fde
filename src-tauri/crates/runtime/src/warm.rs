//! The warm tier of one stream: its older samples, packed, behind the hot ring.
//!
//! What leaves the ring is not packed by the worker, whose time is the samples'.
//! The keeper (see [`crate::keeper`]) comes by and copies out of the ring what
//! is due, as any other reader; a stream so fast that the ring turns over
//! between two visits keeps the newer part, and what was missed is counted.

mod packed;

use crate::ring::{Copied, HotRing};
use packed::{PACKED_SAMPLES, Packed};
use std::collections::VecDeque;

/// The packed samples of one stream.
#[derive(Debug, Default)]
pub struct Warm {
    blocks: VecDeque<Packed>,
    bytes: usize,
    /// The ring's number of the next sample to pack.
    next: u64,
    missed: u64,
}

/// What a stream holds in memory, or all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Samples in the hot ring.
    pub hot_samples: u64,
    /// Bytes of the hot ring.
    pub hot_bytes: u64,
    /// Samples packed.
    pub warm_samples: u64,
    /// Bytes of the packed ones.
    pub warm_bytes: u64,
    /// Samples that the ring had overwritten before they were packed, ever.
    pub missed: u64,
}

impl std::ops::AddAssign for Held {
    fn add_assign(&mut self, more: Self) {
        self.hot_samples += more.hot_samples;
        self.hot_bytes += more.hot_bytes;
        self.warm_samples += more.warm_samples;
        self.warm_bytes += more.warm_bytes;
        self.missed += more.missed;
    }
}

impl Warm {
    /// Packs what can be packed and forgets what is more than `limit` samples;
    /// with a limit of 0 nothing is packed.
    pub fn tend(&mut self, ring: &HotRing, limit: usize) {
        if limit == 0 {
            (self.blocks, self.bytes, self.next) = (VecDeque::new(), 0, ring.end());
            return;
        }
        while ring.end().saturating_sub(self.next) >= PACKED_SAMPLES as u64 {
            self.pack_one(ring);
        }
        while self.samples() > limit.max(PACKED_SAMPLES)
            && let Some(oldest) = self.blocks.pop_front()
        {
            self.bytes -= oldest.bytes();
        }
        // What was cut down gives its places back too.
        if self.blocks.capacity() > 4 * self.blocks.len().max(4) {
            self.blocks.shrink_to(2 * self.blocks.len());
        }
    }

    fn pack_one(&mut self, ring: &HotRing) {
        let (mut copied, mut bits, mut floats) = (Copied::default(), Vec::new(), Vec::new());
        for channel in 0..ring.channels() {
            ring.copy_some(self.next, PACKED_SAMPLES, channel, &mut copied);
            if copied.first != self.next {
                self.missed += copied.first - self.next;
                self.next = copied.first;
                return;
            }
            bits.extend_from_slice(&copied.bits);
            floats.push(ring.is_float(channel));
        }
        match Packed::new(self.next, &copied.times_ns, &bits, &floats) {
            Some(packed) => {
                self.next = packed.end();
                self.bytes += packed.bytes();
                self.blocks.push_back(packed);
            }
            // The ring began anew with values of another type: on from there.
            None => self.next = ring.end(),
        }
    }

    /// Samples packed.
    #[must_use]
    pub fn samples(&self) -> usize {
        self.blocks.len() * PACKED_SAMPLES
    }

    /// One channel of what is packed from `start_ns` on, and a little more, in front of
    /// what `newer` holds already.
    pub fn put_before(&self, start_ns: i64, channel: usize, newer: &mut Copied) {
        let (mut times_ns, mut bits) = (Vec::new(), Vec::new());
        let mut first = None;
        let older = self.blocks.iter().filter(|block| block.end() <= newer.first.max(self.next));
        for block in older.skip_while(|block| block.last_ns() < start_ns) {
            if first.is_some() && times_ns.len() as u64 + first.unwrap_or_default() != block.first {
                // Samples were missed between two blocks: the newer ones count.
                (times_ns, bits, first) = (Vec::new(), Vec::new(), None);
            }
            first.get_or_insert(block.first);
            block.unpack(channel, &mut times_ns, &mut bits);
        }
        newer.prepend(first.unwrap_or(newer.first), times_ns, bits);
    }

    /// What the stream holds, together with its ring.
    #[must_use]
    pub fn held(&self, ring: &HotRing) -> Held {
        let queue = self.blocks.capacity() * size_of::<Packed>();
        let in_queue = self.blocks.len() * size_of::<Packed>();
        Held {
            hot_samples: ring.held(),
            hot_bytes: ring.bytes() as u64,
            warm_samples: self.samples() as u64,
            warm_bytes: (self.bytes - in_queue + queue) as u64,
            missed: self.missed,
        }
    }
}

#[cfg(test)]
mod ecg;
#[cfg(test)]
mod tests;
