//! Where a caller and its answer meet, or miss each other: exactly one of both
//! learns that the other was there first.

use crate::sync::{AtomicU32, Ordering};

const OPEN: u32 = 0;
const ANSWERED: u32 = 1;
const LEFT: u32 = 2;

/// One call's meeting.
#[derive(Debug)]
pub struct Meeting(AtomicU32);

impl Meeting {
    /// The caller waits.
    pub fn new() -> Self {
        Self(AtomicU32::new(OPEN))
    }

    /// The answer is there. False where the caller has left: it is late.
    pub fn answer(&self) -> bool {
        self.0.swap(ANSWERED, Ordering::AcqRel) != LEFT
    }

    /// The caller leaves. False where the answer is there: it has to be taken.
    pub fn leave(&self) -> bool {
        self.0.swap(LEFT, Ordering::AcqRel) != ANSWERED
    }

    /// Whether the caller has left.
    pub fn is_left(&self) -> bool {
        self.0.load(Ordering::Acquire) == LEFT
    }
}
