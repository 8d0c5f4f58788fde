//! Compressed samples: one whole sample, then blocks of differences.
//!
//! The first sample has one signed number for each channel. A block is a u8 bit
//! width, a u8 count, and so many differences for each channel, sample after
//! sample, packed **lowest bit first** and filled up to whole bytes. A difference
//! is signed and added to the channel's value before it. Numbers wrap at 32 bits.

use crate::TooShort;
use crate::cursor::Cursor;

/// A block that no device should send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeltaError {
    /// It ends too early.
    #[error(transparent)]
    TooShort(#[from] TooShort),
    /// Its differences have no bits, or more than the numbers have.
    #[error("differences of {0} bits")]
    Width(u8),
}

impl DeltaError {
    /// The same of a packet that has `head_bytes` more in front.
    pub(super) fn behind(self, head_bytes: usize) -> Self {
        match self {
            Self::TooShort(TooShort { field, packet_bytes }) => {
                TooShort { field, packet_bytes: packet_bytes + head_bytes }.into()
            }
            Self::Width(width) => Self::Width(width),
        }
    }
}

/// Compressed samples of `N` channels that were found to be whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delta<'a, const N: usize> {
    first: [i32; N],
    blocks: &'a [u8],
    samples: usize,
}

impl<'a, const N: usize> Delta<'a, N> {
    /// Reads samples whose first one has numbers of `bytes_each` bytes, 1 to 4.
    ///
    /// # Errors
    /// [`DeltaError`] where the first sample or a block is cut off, or a width makes no sense.
    pub fn decode(content: &'a [u8], bytes_each: usize) -> Result<Self, DeltaError> {
        let mut cursor = Cursor::new(content);
        let mut first = [0; N];
        for value in &mut first {
            *value = signed(cursor.slice(bytes_each, "first sample")?);
        }
        let blocks = cursor.rest();
        let mut samples = 1;
        while let Some(block) = Block::next(&mut cursor, N)? {
            samples += usize::from(block.count);
        }
        Ok(Self { first, blocks, samples })
    }

    /// How many samples there are, at least one.
    #[must_use]
    pub const fn samples(&self) -> usize {
        self.samples
    }

    /// The samples, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = [i32; N]> + use<'a, N> {
        let (mut cursor, mut value) = (Cursor::new(self.blocks), self.first);
        let mut block = Block::EMPTY;
        let differences = std::iter::from_fn(move || {
            while block.count == 0 {
                block = Block::next(&mut cursor, N).ok().flatten()?;
            }
            block.count -= 1;
            for channel in &mut value {
                *channel = channel.wrapping_add(block.difference());
            }
            Some(value)
        });
        std::iter::once(self.first).chain(differences)
    }
}

/// A block of differences, and how far it has been read.
struct Block<'a> {
    width: usize,
    count: u8,
    packed: &'a [u8],
    at_bit: usize,
}

impl<'a> Block<'a> {
    const EMPTY: Self = Self { width: 0, count: 0, packed: &[], at_bit: 0 };

    fn next(cursor: &mut Cursor<'a>, channels: usize) -> Result<Option<Self>, DeltaError> {
        if cursor.tail() == 0 {
            return Ok(None);
        }
        let width = cursor.u8("width of differences")?;
        let count = cursor.u8("count of differences")?;
        if !(1..=32).contains(&width) {
            return Err(DeltaError::Width(width));
        }
        let width = usize::from(width);
        let bytes = (width * usize::from(count) * channels).div_ceil(8);
        Ok(Some(Self { width, count, packed: cursor.slice(bytes, "differences")?, at_bit: 0 }))
    }

    /// The next one. Up to 32 bits begin anywhere in a byte, so that they reach into a fifth.
    fn difference(&mut self) -> i32 {
        let from = self.packed.get(self.at_bit / 8..).unwrap_or_default();
        let window = from.iter().take(5).rev().fold(0, |window, byte| window << 8 | u64::from(*byte));
        let bits = (window >> (self.at_bit % 8)) as u32;
        self.at_bit += self.width;
        let unused = 32 - self.width;
        (bits << unused) as i32 >> unused
    }
}

/// A signed number of up to four bytes, the lowest first.
pub(super) fn signed(bytes: &[u8]) -> i32 {
    let number = bytes.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte));
    let unused = 32u32.saturating_sub(8 * bytes.len() as u32).min(31);
    (number << unused) as i32 >> unused
}

#[cfg(test)]
mod tests;
