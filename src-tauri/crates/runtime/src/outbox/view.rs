//! What is to be seen of the outbox and its replicator.

use super::Replicator;
use super::seen::Seen;
use crate::walls::BreakerView;
use std::sync::atomic::Ordering;
use store::StoreError;
use store::outbox::{OutboxCounts, ParkedMessage};

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
    /// The first messages that were set aside, or why they can't be read; their
    /// number is always in `counts`.
    pub parked: Result<Vec<ParkedMessage>, StoreError>,
    /// The breakers of the workers.
    pub breakers: Vec<BreakerView>,
    /// What is wrong with the outbox itself: what, and what to do.
    pub problem: Option<(String, String)>,
}

impl Replicator {
    /// The outbox as the operator sees it.
    #[must_use]
    pub fn view(&self) -> OutboxView {
        let (seen, now) = (self.look(), self.clock.now());
        let problem = self.problem_of(&seen, now.host_ns);
        let Seen { counts, parked_total, parked, oldest_wall_ns, .. } = seen;
        let oldest_wall_ns = oldest_wall_ns.ok().flatten();
        OutboxView {
            topic: self.destination.topic(),
            counts: counts.unwrap_or(OutboxCounts { parked: parked_total, ..OutboxCounts::default() }),
            oldest_ns: oldest_wall_ns.map(|wall_ns| now.wall_ns.saturating_sub(wall_ns).max(0)),
            failed: self.failed.load(Ordering::Relaxed),
            parked,
            breakers: self.breakers(),
            problem,
        }
    }

    /// The gravest that is wrong. A part that can't be read is told, so that its
    /// empty place deceives nobody.
    fn problem_of(&self, seen: &Seen, now_ns: i64) -> Option<(String, String)> {
        let last = || self.problem.lock().as_ref().map(words);
        let unread = || {
            let (counts, oldest) = (seen.counts.as_ref().err(), seen.oldest_wall_ns.as_ref().err());
            counts.or(oldest).map(words)
        };
        let unread_parked = || seen.parked.as_ref().err().map(unread_parked);
        seen.silent_ns(now_ns).map(silent).or_else(last).or_else(unread).or_else(unread_parked)
    }
}

fn silent(ns: i64) -> (String, String) {
    let what = format!(
        "The outbox has not answered for {} s; its figures are those of then.",
        ns / model::NANOS_PER_SEC
    );
    (what, "Check that the disk with the history is connected.".to_owned())
}

fn words(error: &StoreError) -> (String, String) {
    (error.words(), outbox_remedy(error).to_owned())
}

fn unread_parked(error: &StoreError) -> (String, String) {
    let what = format!("The messages that were set aside can't be read: {}", error.words());
    (what, outbox_remedy(error).to_owned())
}

/// What to do about an error of the outbox: the usual words on damage are about recordings.
#[must_use]
pub const fn outbox_remedy(error: &StoreError) -> &'static str {
    match error {
        StoreError::Damaged { .. } => {
            "What waits is delivered all the same. When nothing waits any more, end the console, \
             move the outbox's file away and start again: a new one is made."
        }
        other => other.remedy(),
    }
}
