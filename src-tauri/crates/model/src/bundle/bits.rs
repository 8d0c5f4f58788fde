//! The values of a bundle. What was cleared keeps its place in memory, so that
//! room for values that are still to come costs nothing the next time.

use crate::block::heap_bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::ops::Range;

/// Bits of values: of `places`, so many are in use.
#[derive(Clone, Debug, Default)]
pub(super) struct Bits {
    places: Vec<u32>,
    used: usize,
}

impl Bits {
    /// How many are in use.
    #[inline]
    pub fn len(&self) -> usize {
        self.used
    }

    /// The memory of the list, bytes.
    pub fn heap_bytes(&self) -> usize {
        heap_bytes(&self.places)
    }

    /// Forgets all, and keeps the places.
    pub fn clear(&mut self) {
        self.used = 0;
    }

    /// Takes `n` more into use, whatever is in them; gives them.
    #[inline]
    pub fn room(&mut self, n: usize) -> &mut [u32] {
        let at = self.used;
        self.used += n;
        if self.places.len() < self.used {
            self.places.resize(self.used, 0);
        }
        &mut self.places[at..self.used]
    }

    /// Appends values.
    #[inline]
    pub fn append(&mut self, bits: &[u32]) {
        self.room(bits.len()).copy_from_slice(bits);
    }

    /// Those at `at`, where all of them are in use.
    #[inline]
    pub fn get(&self, at: Range<usize>) -> Option<&[u32]> {
        self.places[..self.used].get(at)
    }

    /// The same, to write to; nothing where not all of them are in use.
    #[inline]
    pub fn get_mut(&mut self, at: Range<usize>) -> &mut [u32] {
        self.places[..self.used].get_mut(at).unwrap_or_default()
    }
}

impl PartialEq for Bits {
    fn eq(&self, other: &Self) -> bool {
        self.places[..self.used] == other.places[..other.used]
    }
}

impl Serialize for Bits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.places[..self.used].serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Bits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let places = Vec::deserialize(deserializer)?;
        Ok(Self { used: places.len(), places })
    }
}
