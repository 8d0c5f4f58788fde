//! The bound of a registry: how many places there are, how many are taken, and
//! how often one more was asked for in vain.

use crate::sync::{AtomicU64, Ordering};

/// At most `max` places.
#[derive(Debug)]
pub struct Bound {
    max: u64,
    taken: AtomicU64,
    refused: AtomicU64,
}

impl Bound {
    /// So many places, all of them free.
    pub fn new(max: u64) -> Self {
        Self { max, taken: AtomicU64::new(0), refused: AtomicU64::new(0) }
    }

    /// How many places there are.
    pub fn max(&self) -> u64 {
        self.max
    }

    /// How many are taken.
    pub fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    /// How often there was none.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Takes a place; false, and counted, where there is none.
    pub fn take(&self) -> bool {
        let more = |taken| (taken < self.max).then_some(taken + 1);
        let has_place = self.taken.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok();
        if !has_place {
            self.refused.fetch_add(1, Ordering::Relaxed);
        }
        has_place
    }

    /// Gives places back.
    pub fn give_back(&self, places: u64) {
        self.taken.fetch_sub(places, Ordering::Relaxed);
    }
}
