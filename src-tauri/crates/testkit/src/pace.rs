//! Real time for tests: deadlines, waiting for a condition, and an even pace.
//!
//! The one place of the testkit that reads the system's clock, which the product
//! reads only in `connect::SystemClock`. A condition is looked at every
//! millisecond; a pace is kept against its start, so it does not drift: after
//! t seconds exactly ⌊t · rate⌋ ticks are due, however late each one woke.

use std::thread;
use std::time::{Duration, Instant};

const LOOK_EVERY: Duration = Duration::from_millis(1);

/// The system's monotonic clock, now.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "tests of real parts run in real time; read here alone")]
pub fn now() -> Instant {
    Instant::now()
}

/// Waits until `condition` holds, looking every millisecond.
///
/// # Panics
/// When it does not hold within `deadline`, saying `what` was waited for.
#[track_caller]
pub fn wait_until(deadline: Duration, what: &str, condition: impl FnMut() -> bool) {
    assert!(holds_within(deadline, condition), "waited {deadline:?} in vain for: {what}");
}

/// Whether `condition` comes to hold within `deadline`.
pub fn holds_within(deadline: Duration, mut condition: impl FnMut() -> bool) -> bool {
    let end = Deadline::after(deadline);
    loop {
        if condition() {
            return true;
        }
        if end.has_passed() {
            return false;
        }
        thread::sleep(LOOK_EVERY);
    }
}

/// A moment by which something must have happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Instant);

impl Deadline {
    /// The moment `duration` from now.
    #[must_use]
    pub fn after(duration: Duration) -> Self {
        Self(now() + duration)
    }

    /// This deadline, moved nearer by `duration`.
    #[must_use]
    pub fn sooner_by(self, duration: Duration) -> Self {
        Self(self.0.checked_sub(duration).unwrap_or_else(now))
    }

    /// What is left; zero once it has passed.
    #[must_use]
    pub fn left(self) -> Duration {
        self.0.saturating_duration_since(now())
    }

    /// Whether it has passed.
    #[must_use]
    pub fn has_passed(self) -> bool {
        self.left().is_zero()
    }
}

/// Ticks at an even rate, counted from a start.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    start: Instant,
    rate_hz: f64,
}

impl Pace {
    /// A pace of `rate_hz` whose tick 0 is now.
    ///
    /// # Panics
    /// When the rate is not a positive, finite number.
    #[must_use]
    pub fn start(rate_hz: f64) -> Self {
        assert!(rate_hz.is_finite() && rate_hz > 0.0, "{rate_hz} Hz is no pace");
        Self { start: now(), rate_hz }
    }

    /// How long until tick `k` is due; zero when it is due or late.
    #[must_use]
    pub fn until(&self, k: u64) -> Duration {
        self.due(k).saturating_duration_since(now())
    }

    #[expect(clippy::cast_precision_loss, reason = "a tick number stays far below 2^53")]
    fn due(&self, k: u64) -> Instant {
        self.start + Duration::from_secs_f64(k as f64 / self.rate_hz)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_until_the_condition_holds() {
        let mut looks = 0;
        wait_until(Duration::from_secs(5), "the third look", || {
            looks += 1;
            looks == 3
        });
        assert_eq!(looks, 3);
    }

    #[test]
    #[should_panic(expected = "in vain for: the moon")]
    fn says_what_it_waited_for_in_vain() {
        wait_until(Duration::from_millis(5), "the moon", || false);
    }

    #[test]
    fn late_ticks_do_not_move_the_ones_after_them() {
        let pace = Pace::start(100.0);
        assert_eq!(pace.due(200) - pace.due(0), Duration::from_secs(2));
        assert_eq!(pace.until(0), Duration::ZERO);
    }
}
