//! Time as a value: nanoseconds of the host's suspend-proof clock and of the
//! wall clock, read together once, at the edge.

use serde::{Deserialize, Serialize};

/// Nanoseconds in a second.
pub const NANOS_PER_SEC: i64 = 1_000_000_000;

/// One reading of both clocks, taken where a sample enters the program.
///
/// `host_ns` orders and spaces samples; `wall_ns` tells people when it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Stamp {
    /// Nanoseconds of a monotonic clock that counts through suspend
    /// (`CLOCK_BOOTTIME` on Linux). Its zero has no meaning of its own.
    pub host_ns: i64,
    /// Nanoseconds since 1970-01-01T00:00:00Z by the wall clock, which may step.
    pub wall_ns: i64,
}

impl Stamp {
    /// This stamp moved by `ns` on both clocks.
    #[must_use]
    pub const fn plus_ns(self, ns: i64) -> Self {
        Self { host_ns: self.host_ns.saturating_add(ns), wall_ns: self.wall_ns.saturating_add(ns) }
    }
}

/// Whatever can tell the time. The program's one real clock lives in
/// `connect::clock`; tests invent their own.
pub trait Clock: Send + Sync {
    /// Both clocks, read together.
    fn now(&self) -> Stamp;
}
