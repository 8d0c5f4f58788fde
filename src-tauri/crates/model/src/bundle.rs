//! A bundle: the short blocks of many streams in one buffer.
//!
//! A connector that serves many streams wakes up, has one or a few samples of
//! each, and hands all of them over at once. Their heads lie in one list and
//! their values in another, so that a block costs no allocation of its own, and
//! evenly spaced times are told by their first and their step. Packets of one
//! stream that follow each other within a wake-up become one block (`open`).

mod bits;
mod block_ref;
mod open;
mod pass;

pub use block_ref::BlockRef;
pub use pass::Fate;

use crate::block::{Block, Column, heap_bytes};
use bits::Bits;
use open::OpenRuns;
use serde::{Deserialize, Serialize};

/// The channels that a block in a bundle can have.
pub const BUNDLE_CHANNELS_MAX: usize = 64;

/// Which stream, within one run of one connector: the number under which the
/// connector bound it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StreamRef(pub u32);

/// Where the samples of a block lie: by number and by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The number of the first sample.
    pub first_index: u64,
    /// How many samples, at least 1.
    pub samples: u64,
    /// Host time of the first sample, nanoseconds.
    pub first_ns: i64,
    /// Host time of the last one.
    pub last_ns: i64,
}

impl Span {
    /// One past the number of the last sample.
    #[must_use]
    pub const fn end_index(&self) -> u64 {
        self.first_index.saturating_add(self.samples)
    }
}

/// Short blocks of many streams.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Bundle {
    heads: Vec<Head>,
    /// Bits of the values, block by block, channel by channel; behind a block
    /// there may be room for more of it.
    values: Bits,
    /// Host times of the blocks that are not evenly spaced, then the device
    /// ticks of those that have some.
    times: Vec<i64>,
    #[serde(skip)]
    open: OpenRuns,
}

/// What is known of one block of a bundle: what a cache line holds.
#[repr(align(64))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Head {
    stream: StreamRef,
    samples: u32,
    values_at: u32,
    times_at: u32,
    channels: u8,
    is_even: bool,
    has_ticks: bool,
    /// Bit `c` is set where channel `c` was born as floats.
    floats: u64,
    first_index: u64,
    wall_minus_host_ns: i64,
    first_ns: i64,
    /// Between two samples, where they are even.
    step_ns: i64,
}

impl Head {
    /// Whether samples at `at` follow this block at once, in number and time.
    #[inline]
    fn is_continued_by(&self, at: &EvenBlock, samples: u32) -> bool {
        let n = i64::from(self.samples);
        self.step_ns == at.step_ns
            && self.first_index.wrapping_add(u64::from(self.samples)) == at.first_index
            && self.first_ns.wrapping_add(self.step_ns.wrapping_mul(n)) == at.first_ns
            && self.wall_minus_host_ns == at.wall_minus_host_ns
            && self.samples.checked_add(samples).is_some()
    }
}

/// The place and the numbering of a block that is put into a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EvenBlock {
    /// The number of the first sample.
    pub first_index: u64,
    /// Wall clock minus host clock, nanoseconds.
    pub wall_minus_host_ns: i64,
    /// Host time of the first sample.
    pub first_ns: i64,
    /// Nanoseconds from each sample to the next, exactly.
    pub step_ns: i64,
}

impl Bundle {
    /// The number of blocks.
    #[must_use]
    pub fn len(&self) -> usize {
        self.heads.len()
    }

    /// Whether there is no block.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// The stream of block number `at`.
    #[inline]
    #[must_use]
    pub fn stream(&self, at: usize) -> Option<StreamRef> {
        self.heads.get(at).map(|head| head.stream)
    }

    /// Asks for the memory of block number `at`, and does not wait for it.
    #[inline]
    pub fn approach(&self, at: usize) {
        let Some(head) = self.heads.get(at) else { return };
        let first = head.values_at as usize;
        // Of a bundle from outside, which may point anywhere: no place is no harm.
        let end = first.wrapping_add((head.samples as usize).wrapping_mul(head.channels.into()));
        let value = |at: usize| self.values.get(at..at.checked_add(1)?)?.first();
        let values = (value(first), value(end.wrapping_sub(1)));
        std::hint::black_box((head.first_index, head.step_ns, values));
    }

    /// The number of values in all blocks: what the bundle weighs.
    #[must_use]
    pub fn values(&self) -> usize {
        self.values.len()
    }

    /// The memory of its lists, bytes: the room that they have grown to.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        heap_bytes(&self.heads) + self.values.heap_bytes() + heap_bytes(&self.times) + self.open.heap_bytes()
    }

    /// Forgets the blocks and keeps the room for others.
    pub fn clear(&mut self) {
        self.open.close(self.heads.iter().map(|head| head.stream));
        self.heads.clear();
        self.values.clear();
        self.times.clear();
    }

    /// Puts in evenly spaced integers of a stream with one channel: behind the
    /// block that they continue, where there is one, so that the packets of one
    /// wake-up travel as one block. None at all is no block, and nothing happens.
    #[inline]
    pub fn push_ints<V>(&mut self, stream: StreamRef, at: EvenBlock, values: V)
    where
        V: IntoIterator<Item = i32, IntoIter: ExactSizeIterator>,
    {
        let values = values.into_iter();
        let samples = small(values.len());
        if samples == 0 {
            return;
        }
        let run = self.open.run(stream, samples);
        let bits = values.map(i32::cast_unsigned);
        match self.heads.get_mut(run.head as usize) {
            Some(head) if run.room >= samples && head.is_continued_by(&at, samples) => {
                let place = (head.values_at + head.samples) as usize;
                head.samples += samples;
                put(self.values.get_mut(place..place + samples as usize), bits);
            }
            _ => {
                let room = self.open_block(stream, at, samples);
                put(self.values.room(room), bits);
            }
        }
    }

    /// Begins a block of `samples`, whose values come next; gives the room that it wants for them
    /// and for more.
    fn open_block(&mut self, stream: StreamRef, at: EvenBlock, samples: u32) -> usize {
        let values_at = self.values.len();
        let room = self.open.begin(stream, small(self.heads.len()), samples);
        self.heads.push(Head {
            stream,
            samples,
            values_at: small(values_at),
            times_at: small(self.times.len()),
            channels: 1,
            is_even: true,
            has_ticks: false,
            floats: 0,
            first_index: at.first_index,
            wall_minus_host_ns: at.wall_minus_host_ns,
            first_ns: at.first_ns,
            step_ns: at.step_ns,
        });
        room as usize
    }

    /// Puts in a block. False, and nothing done, if it has more than
    /// [`BUNDLE_CHANNELS_MAX`] channels.
    #[must_use]
    pub fn push(&mut self, stream: StreamRef, block: &Block) -> bool {
        if block.columns().len() > BUNDLE_CHANNELS_MAX {
            return false;
        }
        let (step_ns, times_at) = (even_step(block.host_ns()), self.times.len());
        let values_at = self.values.len();
        let floats = self.push_columns(block.columns());
        if step_ns.is_none() {
            self.times.extend_from_slice(block.host_ns());
        }
        self.times.extend_from_slice(block.device_ticks().unwrap_or_default());
        self.heads.push(Head {
            stream,
            samples: small(block.host_ns().len()),
            values_at: small(values_at),
            times_at: small(times_at),
            channels: block.columns().len() as u8,
            is_even: step_ns.is_some(),
            has_ticks: block.device_ticks().is_some(),
            floats,
            first_index: block.first_index(),
            wall_minus_host_ns: block.wall_minus_host_ns(),
            first_ns: block.first_host_ns(),
            step_ns: step_ns.unwrap_or_default(),
        });
        true
    }

    /// Appends the bits of the columns; says which ones hold floats.
    fn push_columns(&mut self, columns: &[Column]) -> u64 {
        let mut floats = 0;
        for (c, column) in columns.iter().enumerate() {
            match column {
                Column::I32(values) => {
                    put(self.values.room(values.len()), values.iter().map(|value| value.cast_unsigned()));
                }
                Column::F32(values) => {
                    floats |= 1 << c;
                    put(self.values.room(values.len()), values.iter().map(|value| value.to_bits()));
                }
            }
        }
        floats
    }

    /// Copies a block of another bundle, but for its first samples.
    pub fn copy_from(&mut self, block: &BlockRef<'_>, skipped: usize, first_index: u64) {
        let (n, values_at, times_at) = (block.len(), small(self.values.len()), small(self.times.len()));
        if skipped >= n {
            return;
        }
        for channel in 0..block.channels() {
            self.values.append(&block.bits(channel)[skipped..]);
        }
        block.times.chunks(n).for_each(|times| self.times.extend_from_slice(&times[skipped..]));
        let first_ns = block.host_ns_at(skipped);
        let samples = small(n - skipped);
        self.heads.push(Head { values_at, times_at, first_index, first_ns, samples, ..block.head });
    }

    /// Copies a block of another bundle, with another number for its first sample.
    #[inline]
    pub fn copy(&mut self, block: &BlockRef<'_>, first_index: u64) {
        let values_at = small(self.values.len());
        let times_at = small(self.times.len());
        self.values.append(block.values);
        self.times.extend_from_slice(block.times);
        self.heads.push(Head { values_at, times_at, first_index, ..block.head });
    }

    /// The block number `at`; none behind the last one, or where a bundle from
    /// outside points beyond itself.
    #[inline]
    #[must_use]
    pub fn get(&self, at: usize) -> Option<BlockRef<'_>> {
        let head = *self.heads.get(at)?;
        let n = head.samples as usize;
        let values_at = head.values_at as usize;
        let values =
            self.values.get(values_at..values_at.checked_add(n.checked_mul(head.channels.into())?)?)?;
        let times = match (head.is_even, head.has_ticks) {
            (true, false) => &[][..],
            (is_even, has_ticks) => {
                let wanted = n.checked_mul(usize::from(!is_even) + usize::from(has_ticks))?;
                self.times.get(head.times_at as usize..(head.times_at as usize).checked_add(wanted)?)?
            }
        };
        (n > 0 && head.channels > 0).then_some(BlockRef { head, values, times })
    }

    /// The blocks that are whole, in order.
    pub fn blocks(&self) -> impl Iterator<Item = BlockRef<'_>> {
        (0..self.len()).filter_map(|at| self.get(at))
    }
}

/// Fills places one by one.
#[inline]
fn put(places: &mut [u32], bits: impl Iterator<Item = u32>) {
    places.iter_mut().zip(bits).for_each(|(place, bits)| *place = bits);
}

/// The step of evenly spaced times.
fn even_step(times: &[i64]) -> Option<i64> {
    let step_ns = times.get(1).map_or(0, |second| second.wrapping_sub(times[0]));
    times.windows(2).all(|pair| pair[1].wrapping_sub(pair[0]) == step_ns).then_some(step_ns)
}

/// Places in a bundle: it is handed over long before it holds 4 thousand million values.
fn small(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
