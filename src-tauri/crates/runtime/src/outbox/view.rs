//! What is to be seen of the outbox and its replicator.

use super::Replicator;
use crate::walls::BreakerView;
use std::sync::atomic::Ordering;
use store::outbox::{OutboxCounts, ParkedMessage};

/// Parked messages that are shown; their number is always told.
const PARKED_SHOWN: usize = 20;

/// An outbox as the operator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxView {
    /// The destination's topic.
    pub topic: &'static str,
    /// The outbox in numbers.
    pub counts: OutboxCounts,
    /// How long the oldest message has waited, nanoseconds by the wall clock.
    pub oldest_ns: Option<i64>,
    /// Deliveries that failed since the start.
    pub failed: u64,
    /// The first messages that were set aside.
    pub parked: Vec<ParkedMessage>,
    /// The breakers of the workers.
    pub breakers: Vec<BreakerView>,
    /// What is wrong with the outbox itself: what, and what to do.
    pub problem: Option<(String, String)>,
}

impl Replicator {
    /// The outbox as the operator sees it.
    #[must_use]
    pub fn view(&self) -> OutboxView {
        let (counts, parked, oldest) = {
            let outbox = self.outbox.lock();
            (outbox.counts(), outbox.parked(PARKED_SHOWN), outbox.oldest_wall_ns())
        };
        let problem = self.problem.lock().clone().or_else(|| counts.as_ref().err().cloned());
        let now_ns = self.clock.now().wall_ns;
        OutboxView {
            topic: self.destination.topic(),
            counts: counts.unwrap_or_default(),
            oldest_ns: oldest.ok().flatten().map(|wall_ns| now_ns.saturating_sub(wall_ns).max(0)),
            failed: self.failed.load(Ordering::Relaxed),
            parked: parked.unwrap_or_default(),
            breakers: self.breakers(),
            problem: problem.map(|error| (error.words(), error.remedy().to_owned())),
        }
    }
}
