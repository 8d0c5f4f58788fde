//! The machine's clock, which a test may jump: suspended, or set by somebody.

use connect::SystemClock;
use model::{Clock, NANOS_PER_SEC, Stamp};
use std::sync::atomic::{AtomicI64, Ordering};

/// The system's clocks, and how far a test has moved each.
#[derive(Default)]
pub struct JumpClock {
    host_ns: AtomicI64,
    wall_ns: AtomicI64,
}

impl JumpClock {
    /// The machine slept for so many seconds: both clocks went on, nothing ran.
    pub fn sleep_s(&self, seconds: i64) {
        self.host_ns.fetch_add(seconds * NANOS_PER_SEC, Ordering::AcqRel);
        self.set_wall_s(seconds);
    }

    /// Somebody set the date by so many seconds, perhaps back.
    pub fn set_wall_s(&self, seconds: i64) {
        self.wall_ns.fetch_add(seconds * NANOS_PER_SEC, Ordering::AcqRel);
    }
}

impl Clock for JumpClock {
    fn now(&self) -> Stamp {
        let Stamp { host_ns, wall_ns } = SystemClock.now();
        Stamp {
            host_ns: host_ns + self.host_ns.load(Ordering::Acquire),
            wall_ns: wall_ns + self.wall_ns.load(Ordering::Acquire),
        }
    }
}
