//! The account of one stream: what was offered, and what became of it.

use super::{Counts, Lane, Stream};
use crate::ended::{Leaving, Sums};
use crate::recorder::RecordingSums;
use model::GapReason;
use std::sync::atomic::Ordering;

impl Stream {
    /// All its sums. What was offered is read last, so that it is never less than what
    /// became of it.
    #[must_use]
    pub fn sums(&self) -> Sums {
        let sums = self.lane.lock().sums(&self.counts);
        Sums { offered: self.offered(), duplicates: self.duplicates(), ..sums }
    }

    /// Its sensor was let go: gives its sums, which count among those of what has ended
    /// from here on. None where they do already.
    pub(crate) fn leave(&self, leaving: impl FnOnce(Sums) -> Leaving) -> Option<Sums> {
        let sums = self.sums();
        self.leaving.set(Box::new(leaving(sums))).is_ok().then_some(sums)
    }

    /// Samples that the source offered.
    #[must_use]
    pub fn offered(&self) -> u64 {
        self.source.offered()
    }

    /// Samples that reached the hot ring.
    #[must_use]
    pub fn delivered(&self) -> u64 {
        self.counts.delivered.load(Ordering::Relaxed)
    }

    /// Blocks that reached the hot ring.
    #[must_use]
    pub fn blocks(&self) -> u64 {
        self.counts.blocks.load(Ordering::Relaxed)
    }

    /// Samples that were dropped on the way, all reasons.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.lane.lock().ledger.total()
    }

    /// Samples that were dropped on the way, for each reason that there was.
    #[must_use]
    pub fn drops(&self) -> Vec<(GapReason, u64)> {
        self.sums().by_reason()
    }

    /// Samples that came again, and were not taken.
    #[must_use]
    pub fn duplicates(&self) -> u64 {
        self.source.duplicates()
    }

    /// Samples that came behind their successors, and were not taken.
    #[must_use]
    pub fn late(&self) -> u64 {
        self.counts.late.load(Ordering::Relaxed)
    }

    /// What the running recording holds of it, as of the last commit; none where it is
    /// in no recording.
    #[must_use]
    pub fn recorded(&self) -> Option<RecordingSums> {
        self.lane.lock().tap.as_ref().map(|tap| tap.recorded())
    }

    /// Gaps so far: holes and interruptions.
    #[must_use]
    pub fn gaps(&self) -> u64 {
        self.lane.lock().flow.gaps()
    }
}

impl Drop for Stream {
    /// What was still on its way when its sensor was let go has arrived or is lost.
    fn drop(&mut self) {
        if let Some(leaving) = self.leaving.take() {
            leaving.settle(self.sums());
        }
    }
}

impl Lane {
    /// The worker's part of the stream's sums.
    fn sums(&self, counts: &Counts) -> Sums {
        Sums {
            delivered: counts.delivered.load(Ordering::Relaxed),
            late: counts.late.load(Ordering::Relaxed),
            gaps: self.flow.gaps(),
            drops: self.ledger.totals(),
            ..Sums::default()
        }
    }
}
