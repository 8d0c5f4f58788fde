//! The outbox as it was seen last. Whoever looks waits a moment for it and no
//! longer, so that a disk that hangs under a delivery or a release does not take
//! the System view along.

use super::{PARKED_PAGE, Replicator};
use std::time::Duration;
use store::StoreError;
use store::outbox::{Outbox, OutboxCounts, ParkedMessage};

/// How long whoever looks waits for the outbox: longer than it is ever held by a
/// disk that is well.
const PATIENCE: Duration = Duration::from_millis(250);
/// An outbox that was held for so long, nanoseconds, is called silent.
const SILENT_NS: i64 = 3_000_000_000;

/// The outbox at one moment.
#[derive(Clone)]
pub(super) struct Seen {
    pub counts: Result<OutboxCounts, StoreError>,
    pub parked_total: u64,
    pub parked: Result<Vec<ParkedMessage>, StoreError>,
    pub oldest_wall_ns: Result<Option<i64>, StoreError>,
    /// Host time of the first look in vain since.
    held_since_ns: Option<i64>,
}

impl Seen {
    pub fn of(outbox: &Outbox) -> Self {
        Self {
            counts: outbox.counts(),
            parked_total: outbox.parked_total(),
            parked: outbox.parked(0, PARKED_PAGE),
            oldest_wall_ns: outbox.oldest_wall_ns(),
            held_since_ns: None,
        }
    }

    /// For how long the outbox has been silent, nanoseconds; none while it answers.
    pub fn silent_ns(&self, now_ns: i64) -> Option<i64> {
        let held_ns = now_ns.saturating_sub(self.held_since_ns?);
        (held_ns >= SILENT_NS).then_some(held_ns)
    }
}

impl Replicator {
    /// The outbox as it is, or, while it is held for long, as it was seen last.
    pub(super) fn look(&self) -> Seen {
        // The disk is read with the outbox in hand: one that hangs now holds up this
        // one look, and those that come after it find the outbox taken.
        let fresh = self.outbox.try_lock_for(PATIENCE).map(|outbox| Seen::of(&outbox));
        let mut seen = self.seen.lock();
        match fresh {
            Some(fresh) => *seen = fresh,
            None => _ = seen.held_since_ns.get_or_insert(self.clock.now().host_ns),
        }
        seen.clone()
    }
}
