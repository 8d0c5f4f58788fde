//! The account of what has ended: the sums of sensors that were let go, so that those
//! of the whole console stay true and never fall.
//!
//! A sensor is counted here as it leaves its registry. Blocks may still be on their way
//! to its streams then; what becomes of them is added when the last holder of a stream
//! lets go of it. So each sample is counted once, and nothing is kept of a sensor but
//! its part in these sums.

use crate::sensor::Sensor;
use model::GapReason;
use parking_lot::{Mutex, RwLock};
use std::sync::Arc;

/// Samples dropped, by reason in the order of [`GapReason::ALL`].
pub(crate) type Drops = [u64; GapReason::ALL.len()];

/// The sums of one stream, or of many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Samples offered by the sources.
    pub offered: u64,
    /// Samples that reached the hot rings.
    pub delivered: u64,
    /// Samples that came again.
    pub duplicates: u64,
    /// Samples that came behind their successors.
    pub late: u64,
    /// Gaps.
    pub gaps: u64,
    pub(crate) drops: Drops,
}

/// What has ended, at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EndedView {
    /// Sensors that were let go.
    pub sensors: u64,
    /// Packets of theirs that could not be decoded.
    pub rejected: u64,
    /// The sums of all their streams.
    pub sums: Sums,
}

/// The account of what has ended.
#[derive(Default)]
pub struct Ended {
    totals: Mutex<EndedView>,
    /// Shared by those who look at living and ended sensors together, held alone by who
    /// lets sensors go: nobody sees a sensor in both places, or in neither.
    moving: RwLock<()>,
}

/// What a stream that was let go still owes the account.
pub(crate) struct Leaving {
    ended: Arc<Ended>,
    counted: Sums,
}

impl Sums {
    /// Samples that were dropped, all reasons.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.drops.iter().sum()
    }

    /// Samples that were dropped, for each reason that there was.
    #[must_use]
    pub fn by_reason(&self) -> Vec<(GapReason, u64)> {
        GapReason::ALL.into_iter().zip(self.drops).filter(|(_, samples)| *samples > 0).collect()
    }

    /// The two together.
    #[must_use]
    pub fn and(self, more: Self) -> Self {
        self.with(more, u64::saturating_add)
    }

    /// What has come since `before`, which these sums were once.
    fn since(self, before: Self) -> Self {
        self.with(before, u64::saturating_sub)
    }

    fn with(self, other: Self, join: impl Fn(u64, u64) -> u64) -> Self {
        Self {
            offered: join(self.offered, other.offered),
            delivered: join(self.delivered, other.delivered),
            duplicates: join(self.duplicates, other.duplicates),
            late: join(self.late, other.late),
            gaps: join(self.gaps, other.gaps),
            drops: std::array::from_fn(|k| join(self.drops[k], other.drops[k])),
        }
    }

    /// Nothing is on its way any more: what nobody has accounted for is lost.
    fn settled(mut self) -> Self {
        let left = self.offered.saturating_sub(self.delivered).saturating_sub(self.dropped());
        self.drops[GapReason::Unexplained as usize] += left;
        self
    }
}

impl Ended {
    /// What `look` sees of the living sensors, and what has ended at that moment.
    pub fn beside<T>(&self, look: impl FnOnce() -> T) -> (T, EndedView) {
        let _nobody_moves = self.moving.read();
        (look(), *self.totals.lock())
    }

    /// Counts the sensors that `remove` has taken out of their registry, and gives them.
    pub(crate) fn take(self: &Arc<Self>, remove: impl FnOnce() -> Vec<Arc<Sensor>>) -> Vec<Arc<Sensor>> {
        let _nobody_looks = self.moving.write();
        let gone = remove();
        for sensor in &gone {
            let streams = sensor.streams();
            let left = streams.iter().filter_map(|stream| stream.leave(|counted| self.leaving(counted)));
            let sums = left.fold(Sums::default(), Sums::and);
            let mut totals = self.totals.lock();
            totals.sensors += 1;
            totals.rejected += sensor.rejected();
            totals.sums = totals.sums.and(sums);
        }
        gone
    }

    fn leaving(self: &Arc<Self>, counted: Sums) -> Leaving {
        Leaving { ended: Arc::clone(self), counted }
    }
}

impl Leaving {
    /// The stream's last holder has let go of it, and these are its sums.
    pub(crate) fn settle(self, at_last: Sums) {
        let rest = at_last.settled().since(self.counted);
        let mut totals = self.ended.totals.lock();
        totals.sums = totals.sums.and(rest);
    }
}
