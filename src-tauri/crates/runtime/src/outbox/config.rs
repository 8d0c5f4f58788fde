//! What a replicator is allowed, with its bounds.

use crate::walls::WallConfig;
use policy::backoff::Backoff;
use policy::breaker::BreakerRule;
use policy::retry::RetryRule;
use std::time::Duration;

/// What a replicator is allowed.
#[derive(Clone, Copy, Debug)]
pub struct ReplicatorConfig {
    /// Workers, 1 to 64. The platform's pool has 8; here one destination on a
    /// disk of this machine gains nothing from more than a few.
    pub workers: u32,
    /// Messages of one delivery at most ("platform, replicator pool": 100).
    pub lot: usize,
    /// How long one delivery may take.
    pub deadline: Duration,
    /// When a message that is to blame itself is tried again, and how often.
    pub retry: RetryRule,
    /// How waits grow while the destination is to blame; it is tried without end.
    pub patience: Backoff,
    /// How long a worker waits for a delivery that overstayed its deadline, nanoseconds.
    pub busy_wait_ns: i64,
    /// When a worker leaves the destination alone.
    pub breaker: BreakerRule,
}

impl Default for ReplicatorConfig {
    fn default() -> Self {
        let backoff = Backoff { first_ns: 500_000_000, cap_ns: 30_000_000_000, jitter: 0.5 };
        Self {
            workers: 2,
            lot: 100,
            deadline: Duration::from_secs(5),
            retry: RetryRule { backoff, tries_max: 5, total_ns: 600_000_000_000 },
            patience: backoff,
            busy_wait_ns: 1_000_000_000,
            breaker: BreakerRule::default(),
        }
    }
}

impl ReplicatorConfig {
    pub(super) fn wall(&self) -> WallConfig {
        // One delivery at a time, so that a key stays in order.
        WallConfig { deadline: self.deadline, width: 1, breaker: self.breaker }
    }
}
