//! Outbox, history, store tiers, breakers, entrances, task pool.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What waits to be delivered elsewhere.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct OutboxView {
    /// Entries that wait.
    #[ts(type = "number")]
    pub waiting: u64,
    /// How long the oldest has waited, seconds.
    pub oldest_secs: Option<f64>,
    /// Entries delivered since the start.
    #[ts(type = "number")]
    pub sent: u64,
    /// Deliveries that failed since the start; each is tried again.
    #[ts(type = "number")]
    pub failed: u64,
    /// Entries that were set aside, and wait for the operator; see `Parked`.
    #[ts(type = "number")]
    pub parked: u64,
    /// What is wrong, if something is.
    pub problem: String,
}

/// The rolling history on disk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct HistoryView {
    /// Size, bytes.
    #[ts(type = "number")]
    pub bytes: u64,
    /// The oldest sample, milliseconds since 1970 UTC.
    pub from_ms: Option<f64>,
    /// It may grow to so many bytes …
    #[ts(type = "number")]
    pub max_bytes: u64,
    /// … and hold what is at most so old, seconds.
    pub max_age_secs: f64,
    /// Samples stored since the start.
    #[ts(type = "number")]
    pub stored: u64,
    /// Samples that it could not take, and counted.
    #[ts(type = "number")]
    pub dropped: u64,
    /// What is wrong, if something is.
    pub problem: String,
}

/// Memory of the attribute store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TiersView {
    /// Bytes of the hot rings.
    #[ts(type = "number")]
    pub hot_bytes: u64,
    /// Samples in them.
    #[ts(type = "number")]
    pub hot_samples: u64,
    /// Bytes of the packed blocks behind them.
    #[ts(type = "number")]
    pub warm_bytes: u64,
    /// Samples in those.
    #[ts(type = "number")]
    pub warm_samples: u64,
}

/// A circuit breaker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct BreakerRow {
    /// What it stands in front of.
    pub name: String,
    /// `closed`, `open`, `half_open`.
    pub state: String,
    /// Failures that count at the moment.
    pub failures: u32,
    /// How often it has opened.
    pub opened: u32,
    /// While it is open: until the next try, seconds.
    pub next_try_secs: Option<f64>,
    /// The last error; empty if there was none.
    pub last_error: String,
}

/// An entrance with its rate limit (a token bucket).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct EntranceRow {
    /// What comes in there.
    pub name: String,
    /// So many a second in the long run.
    pub rate_hz: f64,
    /// So many at once.
    pub burst: u32,
    /// Let in since the start.
    #[ts(type = "number")]
    pub passed: u64,
    /// Turned away since the start.
    #[ts(type = "number")]
    pub refused: u64,
}

/// The pool for background work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TaskPoolView {
    /// Running now.
    pub running: u32,
    /// Waiting now.
    pub waiting: u32,
    /// At most so many run at once.
    pub limit: u32,
    /// Done since the start.
    #[ts(type = "number")]
    pub done: u64,
    /// Failed since the start.
    #[ts(type = "number")]
    pub failed: u64,
    /// Turned away since the start, because too many waited.
    #[ts(type = "number")]
    pub refused: u64,
}

/// A registry: what is there of one kind, and how much of it there may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RegistryRow {
    /// `sensors`, `attributes`, `connectors`, `rooms`, `join codes`, `calls`, `media`, `peers`.
    pub name: String,
    /// Entries at present.
    #[ts(type = "number")]
    pub held: u64,
    /// Entries at most.
    #[ts(type = "number")]
    pub bound: u64,
    /// Refused since the start, because the bound was reached.
    #[ts(type = "number")]
    pub refused_full: u64,
    /// Refused since the start, because something else has that name.
    #[ts(type = "number")]
    pub refused_taken: u64,
}
