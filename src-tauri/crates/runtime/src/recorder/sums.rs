//! What a running recording holds of one stream, for whoever looks. The recorder's
//! thread publishes it behind each commit; a look copies it, and neither waits
//! for the other.

use arc_swap::ArcSwap;
use std::sync::Arc;

/// What a recording holds of one stream, as of its last commit:
/// `end_index - first_index = stored + dropped`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordingSums {
    /// The number of the stream's first sample that was offered to the recording.
    pub first_index: u64,
    /// One past the number of the last sample that was offered to it.
    pub end_index: u64,
    /// Samples stored.
    pub stored: u64,
    /// Samples in gaps.
    pub dropped: u64,
}

impl RecordingSums {
    fn none_from(first_index: u64) -> Self {
        Self { first_index, end_index: first_index, stored: 0, dropped: 0 }
    }

    /// Samples that were offered to the recording.
    #[must_use]
    pub fn offered(&self) -> u64 {
        self.end_index.saturating_sub(self.first_index)
    }

    /// With what one more commit has brought, which ends at `end_index`.
    #[must_use]
    pub fn with(self, stored: u64, dropped: u64, end_index: u64) -> Self {
        let Self { first_index, .. } = self;
        Self { first_index, end_index, stored: self.stored + stored, dropped: self.dropped + dropped }
    }
}

/// The sums of one stream, shared by its tap and the recorder's thread.
pub struct Account(ArcSwap<RecordingSums>);

impl Account {
    /// Of a stream whose first sample in the recording has the number `first_index`.
    #[must_use]
    pub fn beginning_at(first_index: u64) -> Arc<Self> {
        Arc::new(Self(ArcSwap::from_pointee(RecordingSums::none_from(first_index))))
    }

    /// The sums as of the last commit.
    #[must_use]
    pub fn read(&self) -> RecordingSums {
        **self.0.load()
    }

    /// Publishes newer ones.
    pub fn publish(&self, sums: RecordingSums) {
        self.0.store(Arc::new(sums));
    }
}
