//! A block where it lies in its bundle.

use super::{Head, Span, StreamRef};
use crate::block::{Block, Column};

/// A block inside a bundle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BlockRef<'a> {
    pub(super) head: Head,
    pub(super) values: &'a [u32],
    pub(super) times: &'a [i64],
}

impl<'a> BlockRef<'a> {
    /// Of which stream.
    #[must_use]
    pub fn stream(&self) -> StreamRef {
        self.head.stream
    }

    /// Where its samples lie.
    #[inline]
    #[must_use]
    pub fn span(&self) -> Span {
        Span {
            first_index: self.head.first_index,
            samples: u64::from(self.head.samples),
            first_ns: self.host_ns_at(0),
            last_ns: self.host_ns_at(self.len() - 1),
        }
    }

    /// The number of samples, at least 1.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a block is never empty")]
    pub fn len(&self) -> usize {
        self.head.samples as usize
    }

    /// The number of channels, at least 1.
    #[must_use]
    pub fn channels(&self) -> usize {
        usize::from(self.head.channels)
    }

    /// Which channels hold floats: bit `c` for channel `c`.
    #[must_use]
    pub fn floats(&self) -> u64 {
        self.head.floats
    }

    /// The first host time and the step where the samples are evenly spaced.
    #[inline]
    #[must_use]
    pub fn even(&self) -> Option<(i64, i64)> {
        self.head.is_even.then_some((self.head.first_ns, self.head.step_ns))
    }

    /// Host time of sample `at`, which is less than [`Self::len`].
    #[inline]
    #[must_use]
    pub fn host_ns_at(&self, at: usize) -> i64 {
        match self.even() {
            Some((first_ns, step_ns)) => first_ns.wrapping_add(step_ns.wrapping_mul(at as i64)),
            None => self.times.get(at).copied().unwrap_or_default(),
        }
    }

    /// Host times.
    pub fn host_ns(&self) -> impl ExactSizeIterator<Item = i64> + use<'a> {
        let block = *self;
        (0..self.len()).map(move |at| block.host_ns_at(at))
    }

    /// Host times from sample `first` on.
    pub fn host_ns_from(&self, first: usize) -> impl ExactSizeIterator<Item = i64> + use<'a> {
        let block = *self;
        (first..self.len()).map(move |at| block.host_ns_at(at))
    }

    /// Bits of the raw values of one channel; nothing for a channel that is not there.
    #[inline]
    #[must_use]
    pub fn bits(&self, channel: usize) -> &'a [u32] {
        let n = self.len();
        self.values.get(channel * n..(channel + 1) * n).unwrap_or_default()
    }

    /// The block on its own.
    ///
    /// Its parts can't be ragged: they were taken from one head.
    #[must_use]
    pub fn to_block(&self) -> Block {
        let n = self.len();
        let ticks = self.head.has_ticks.then(|| self.times[self.times.len() - n..].to_vec());
        let columns = (0..self.channels()).map(|c| self.column(c)).collect();
        let (first, wall_ns) = (self.head.first_index, self.head.wall_minus_host_ns);
        Block::from_even_parts(first, wall_ns, self.host_ns().collect(), ticks, columns)
    }

    fn column(&self, channel: usize) -> Column {
        let bits = self.bits(channel).iter();
        if self.head.floats >> channel & 1 == 1 {
            Column::F32(bits.map(|bits| f32::from_bits(*bits)).collect())
        } else {
            Column::I32(bits.map(|bits| bits.cast_signed()).collect())
        }
    }
}
