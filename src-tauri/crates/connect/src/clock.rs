//! The program's one real clock. Nothing else may ask the system for the time.

use model::{Clock, Stamp};

/// Reads the system's clocks: one that counts through suspend, and the wall clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Stamp {
        system::now()
    }
}

#[cfg(unix)]
mod system {
    use model::{NANOS_PER_SEC, Stamp};
    use rustix::time::{ClockId, Timespec, clock_gettime};

    // macOS's monotonic clock counts through sleep; on Linux that one is "boottime".
    #[cfg(any(target_os = "linux", target_os = "android"))]
    const HOST_CLOCK: ClockId = ClockId::Boottime;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    const HOST_CLOCK: ClockId = ClockId::Monotonic;

    pub(super) fn now() -> Stamp {
        Stamp { host_ns: nanos(clock_gettime(HOST_CLOCK)), wall_ns: nanos(clock_gettime(ClockId::Realtime)) }
    }

    fn nanos(time: Timespec) -> i64 {
        time.tv_sec.saturating_mul(NANOS_PER_SEC).saturating_add(time.tv_nsec)
    }
}

/// Windows: its performance counter goes on counting in sleep. Not proven on a machine.
#[cfg(not(unix))]
mod system {
    use model::Stamp;
    use std::sync::OnceLock;
    use std::time::{Duration, Instant, SystemTime};

    static START: OnceLock<Instant> = OnceLock::new();

    #[expect(clippy::disallowed_methods, reason = "this is the clock that everybody else has to ask")]
    pub(super) fn now() -> Stamp {
        let since_start = START.get_or_init(Instant::now).elapsed();
        let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Stamp { host_ns: nanos(since_start), wall_ns: nanos(since_1970) }
    }

    fn nanos(time: Duration) -> i64 {
        i64::try_from(time.as_nanos()).unwrap_or(i64::MAX)
    }
}

/// The offset that turns host times near `stamp` into dates.
#[must_use]
pub fn wall_minus_host_ns(stamp: Stamp) -> i64 {
    stamp.wall_ns.saturating_sub(stamp.host_ns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_time_never_runs_backwards() {
        let stamps: Vec<i64> = (0..1000).map(|_| SystemClock.now().host_ns).collect();
        assert!(stamps.is_sorted());
    }
}
