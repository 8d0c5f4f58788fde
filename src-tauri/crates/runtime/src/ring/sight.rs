//! A reader that comes to a ring again and again: what it keeps, and what it sees.

use super::HotRing;
use super::buffer::Buffer;
use super::times::Even;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// A reader's hold on the buffer that it last read: as long as the ring keeps
/// it, the next look need not ask for it.
#[derive(Debug, Default)]
pub struct Sight {
    swaps: u64,
    buffer: Option<Arc<Buffer>>,
}

impl Sight {
    /// Asks for the buffer, and does not wait for it.
    #[inline]
    pub fn approach(&self) {
        std::hint::black_box(self.buffer.as_ref().map(|buffer| buffer.end()));
    }

    /// Asks for the place of sample `number` in it.
    #[inline]
    pub fn approach_sample(&self, number: u64) {
        std::hint::black_box(
            self.buffer.as_ref().map(|buffer| buffer.values().bits(0, buffer.place(number))),
        );
    }

    #[inline]
    pub(super) fn buffer(&mut self, ring: &HotRing) -> &Buffer {
        let swaps = ring.swaps.load(Ordering::Acquire);
        if swaps != self.swaps {
            *self = Self { swaps, buffer: None };
        }
        self.buffer.get_or_insert_with(|| ring.buffer.load_full())
    }
}

/// Samples of one channel, as a ring holds them: raw bits, and runs of times.
#[derive(Clone, Debug, Default)]
pub struct Glimpse {
    /// The number of the first sample, counted from the ring's first.
    pub first: u64,
    /// Raw values are at `used` of these places: they stay, so that a look costs no filling.
    pub(super) places: Vec<u32>,
    pub(super) used: Range<usize>,
    /// The newest first.
    pub(super) runs: Vec<Even>,
    pub(super) is_float: bool,
}

impl Glimpse {
    /// Raw values, see [`Glimpse::raw`].
    #[must_use]
    pub fn bits(&self) -> &[u32] {
        self.places.get(self.used.clone()).unwrap_or_default()
    }

    /// One past the number of the last sample.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.first + self.used.len() as u64
    }

    /// Host times, the oldest first.
    pub fn times_ns(&self) -> impl Iterator<Item = i64> {
        self.runs.iter().rev().flat_map(Even::times_ns)
    }

    /// The raw value behind its bits.
    #[must_use]
    pub fn raw(&self, bits: u32) -> f64 {
        raw(self.is_float, bits)
    }
}

/// The raw value behind the bits of a channel.
pub(super) fn raw(is_float: bool, bits: u32) -> f64 {
    if is_float { f64::from(f32::from_bits(bits)) } else { f64::from(bits.cast_signed()) }
}
