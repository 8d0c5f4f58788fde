//! A block: a run of consecutive samples of one stream, in columns.

use crate::bundle::Span;
use serde::{Deserialize, Serialize};

/// The raw values of one channel. Device integers stay integers; the channel's
/// `scale` and `offset` (see [`crate::Channel`]) turn them into its unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Column {
    /// Integers as the device sent them.
    I32(Vec<i32>),
    /// Values that are born as floats.
    F32(Vec<f32>),
}

impl Column {
    /// The number of values.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::I32(values) => values.len(),
            Self::F32(values) => values.len(),
        }
    }

    /// Whether there is no value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The memory of its values, bytes.
    fn heap_bytes(&self) -> usize {
        match self {
            Self::I32(values) => heap_bytes(values),
            Self::F32(values) => heap_bytes(values),
        }
    }

    /// The raw value at `index`, before scale and offset.
    #[must_use]
    pub fn raw(&self, index: usize) -> Option<f64> {
        match self {
            Self::I32(values) => values.get(index).map(|v| f64::from(*v)),
            Self::F32(values) => values.get(index).map(|v| f64::from(*v)),
        }
    }

    /// Appends the values of `other`; false, and nothing done, if it holds another type.
    #[must_use]
    pub fn append(&mut self, other: &Self) -> bool {
        match (self, other) {
            (Self::I32(mine), Self::I32(theirs)) => mine.extend_from_slice(theirs),
            (Self::F32(mine), Self::F32(theirs)) => mine.extend_from_slice(theirs),
            _ => return false,
        }
        true
    }
}

/// A run of samples of one stream: `n` host times, perhaps `n` raw device
/// times, and `n` values in every channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// The number of the first sample, counted by its source from 0 and never
    /// reused: a hole between two blocks is exactly what was lost between them.
    first_index: u64,
    /// The wall clock minus the host clock when the block was stamped, in
    /// nanoseconds: what turns its host times into dates.
    wall_minus_host_ns: i64,
    /// Host time of each sample, nanoseconds (see [`crate::Stamp`]).
    host_ns: Vec<i64>,
    /// The device's own time of each sample in its raw ticks, where it has a clock.
    device_ticks: Option<Vec<i64>>,
    /// One column for each channel of the stream.
    columns: Vec<Column>,
}

/// The parts of a would-be block differ in length, or it is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RaggedBlock;

impl std::fmt::Display for RaggedBlock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a block needs at least one sample, and as many times as values in every channel")
    }
}

impl std::error::Error for RaggedBlock {}

impl Block {
    /// Joins the parts of a block.
    ///
    /// # Errors
    /// [`RaggedBlock`] if it is empty or its parts differ in length.
    pub fn new(
        first_index: u64,
        wall_minus_host_ns: i64,
        host_ns: Vec<i64>,
        device_ticks: Option<Vec<i64>>,
        columns: Vec<Column>,
    ) -> Result<Self, RaggedBlock> {
        let n = host_ns.len();
        let even = n > 0
            && !columns.is_empty()
            && columns.iter().all(|column| column.len() == n)
            && device_ticks.as_ref().is_none_or(|ticks| ticks.len() == n);
        if even {
            Ok(Self { first_index, wall_minus_host_ns, host_ns, device_ticks, columns })
        } else {
            Err(RaggedBlock)
        }
    }

    /// Joins parts that were checked to be of one length, at least 1.
    pub(crate) fn from_even_parts(
        first_index: u64,
        wall_minus_host_ns: i64,
        host_ns: Vec<i64>,
        device_ticks: Option<Vec<i64>>,
        columns: Vec<Column>,
    ) -> Self {
        debug_assert!(columns.iter().all(|column| column.len() == host_ns.len()));
        Self { first_index, wall_minus_host_ns, host_ns, device_ticks, columns }
    }

    /// Where its samples lie.
    #[must_use]
    pub fn span(&self) -> Span {
        let (first_ns, last_ns) = (self.first_host_ns(), self.last_host_ns());
        Span { first_index: self.first_index, samples: self.len(), first_ns, last_ns }
    }

    /// The number of the first sample.
    #[must_use]
    pub fn first_index(&self) -> u64 {
        self.first_index
    }

    /// One past the number of the last sample.
    #[must_use]
    pub fn end_index(&self) -> u64 {
        self.first_index.saturating_add(self.len())
    }

    /// The number of samples, at least 1.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a block is never empty")]
    pub fn len(&self) -> u64 {
        self.host_ns.len() as u64
    }

    /// Wall clock minus host clock, nanoseconds.
    #[must_use]
    pub fn wall_minus_host_ns(&self) -> i64 {
        self.wall_minus_host_ns
    }

    /// Host time of each sample, nanoseconds.
    #[must_use]
    pub fn host_ns(&self) -> &[i64] {
        &self.host_ns
    }

    /// The memory of its lists, bytes: the room that they have grown to.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        let columns: usize = self.columns.iter().map(Column::heap_bytes).sum();
        heap_bytes(&self.host_ns)
            + self.device_ticks.as_ref().map_or(0, heap_bytes)
            + heap_bytes(&self.columns)
            + columns
    }

    /// Host time of the first sample.
    #[must_use]
    pub fn first_host_ns(&self) -> i64 {
        self.host_ns.first().copied().unwrap_or_default()
    }

    /// Host time of the last sample.
    #[must_use]
    pub fn last_host_ns(&self) -> i64 {
        self.host_ns.last().copied().unwrap_or_default()
    }

    /// Raw device time of each sample, in ticks.
    #[must_use]
    pub fn device_ticks(&self) -> Option<&[i64]> {
        self.device_ticks.as_deref()
    }

    /// The raw values, a column for each channel.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The same samples under other numbers, the first being `first_index`.
    #[must_use]
    pub fn renumbered(mut self, first_index: u64) -> Self {
        self.first_index = first_index;
        self
    }

    /// Appends `next` if it follows at once and has the same shape.
    ///
    /// # Errors
    /// Gives `next` back where it does not fit.
    pub fn append(&mut self, next: Self) -> Result<(), Self> {
        if !self.is_followed_by(&next) {
            return Err(next);
        }
        self.host_ns.extend_from_slice(&next.host_ns);
        if let (Some(mine), Some(theirs)) = (&mut self.device_ticks, &next.device_ticks) {
            mine.extend_from_slice(theirs);
        }
        let same_types = self.columns.iter_mut().zip(&next.columns).all(|(mine, theirs)| mine.append(theirs));
        debug_assert!(same_types, "is_followed_by compared the types");
        Ok(())
    }

    fn is_followed_by(&self, next: &Self) -> bool {
        self.end_index() == next.first_index
            && self.wall_minus_host_ns == next.wall_minus_host_ns
            && self.device_ticks.is_some() == next.device_ticks.is_some()
            && self.columns.len() == next.columns.len()
            && self
                .columns
                .iter()
                .zip(&next.columns)
                .all(|(a, b)| std::mem::discriminant(a) == std::mem::discriminant(b))
    }
}

/// What a list takes on the heap, bytes: its room and what the allocator adds to
/// each piece (two words, as in glibc).
pub(crate) fn heap_bytes<T>(list: &Vec<T>) -> usize {
    const ALLOCATION: usize = 2 * size_of::<usize>();
    match list.capacity() * size_of::<T>() {
        0 => 0,
        bytes => bytes + ALLOCATION,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(first: u64, values: &[i32]) -> Block {
        let times = (0..values.len() as i64).collect();
        Block::new(first, 7, times, None, vec![Column::I32(values.to_vec())]).unwrap()
    }

    #[test]
    fn refuses_parts_of_different_length_and_an_empty_run() {
        assert!(Block::new(0, 0, vec![1], None, vec![Column::I32(vec![1, 2])]).is_err());
        assert!(Block::new(0, 0, vec![1], Some(vec![]), vec![Column::I32(vec![1])]).is_err());
        assert!(Block::new(0, 0, vec![], None, vec![Column::I32(vec![])]).is_err());
    }

    #[test]
    fn appends_only_what_follows_without_a_hole() {
        let mut run = block(10, &[1, 2]);
        assert!(run.append(block(12, &[3])).is_ok());
        assert_eq!((run.first_index(), run.end_index()), (10, 13));
        assert!(run.append(block(14, &[4])).is_err());
        assert_eq!(run.columns()[0], Column::I32(vec![1, 2, 3]));
    }

    #[test]
    fn weighs_what_its_lists_have_grown_to() {
        let mut run = block(10, &[1, 2, 3]);
        let (one, list) = (run.heap_bytes(), |bytes| bytes + 16);
        assert_eq!(one, list(3 * 8) + list(size_of::<Column>()) + list(3 * 4));
        assert!(run.append(block(13, &[4])).is_ok());
        assert!(run.heap_bytes() >= one + 8 + 4);
    }

    #[test]
    fn does_not_append_another_type_of_column() {
        let mut run = block(0, &[1]);
        let floats = Block::new(1, 7, vec![1], None, vec![Column::F32(vec![1.0])]).unwrap();
        assert_eq!(run.append(floats.clone()), Err(floats));
        assert_eq!(run.len(), 1);
    }
}
