//! Time that moves only when a test moves it.
//!
//! Both clocks of a `Stamp` move together, unless the test steps the wall clock,
//! as a network time daemon or a person would.

use model::{Clock, Stamp};
use std::sync::{Mutex, PoisonError};

/// A `Clock` that stands still until it is advanced. Share it in an `Arc`.
#[derive(Debug)]
pub struct FakeClock(Mutex<Stamp>);

impl FakeClock {
    /// A clock that shows `start`.
    #[must_use]
    pub const fn at(start: Stamp) -> Self {
        Self(Mutex::new(start))
    }

    /// Moves both clocks on by `ns` nanoseconds.
    pub fn advance_ns(&self, ns: i64) {
        self.change(|now| *now = now.plus_ns(ns));
    }

    /// Steps the wall clock alone by `ns` nanoseconds; may go backwards.
    pub fn step_wall_ns(&self, ns: i64) {
        self.change(|now| now.wall_ns = now.wall_ns.saturating_add(ns));
    }

    fn change<T>(&self, change: impl FnOnce(&mut Stamp) -> T) -> T {
        // A stamp is whole after every statement: a poisoned lock harms nothing.
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Default for FakeClock {
    /// One second after the host's start, on 2026-01-01T00:00:00Z.
    fn default() -> Self {
        Self::at(Stamp { host_ns: 1_000_000_000, wall_ns: 1_767_225_600_000_000_000 })
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Stamp {
        self.change(|now| *now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stands_still_until_it_is_advanced() {
        let clock = FakeClock::default();
        let start = clock.now();
        assert_eq!(clock.now(), start);
        clock.advance_ns(250);
        assert_eq!(clock.now(), start.plus_ns(250));
    }

    #[test]
    fn a_step_of_the_wall_clock_leaves_host_time_alone() {
        let clock = FakeClock::default();
        let start = clock.now();
        clock.step_wall_ns(-3_600_000_000_000);
        assert_eq!(clock.now().host_ns, start.host_ns);
        assert_eq!(clock.now().wall_ns, start.wall_ns - 3_600_000_000_000);
    }
}
