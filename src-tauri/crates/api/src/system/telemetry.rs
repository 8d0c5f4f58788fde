//! Checks and latencies.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How a check stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum CheckStatus {
    /// All is well.
    Good,
    /// Something is less than well; the console is ready all the same.
    Warning,
    /// The console is not ready.
    Failed,
}

/// One thing that has to be well.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CheckRow {
    /// `recorder`, `disk`, `connectors`, `load`, `tree`.
    pub name: String,
    /// How it stands.
    pub status: CheckStatus,
    /// In words.
    pub words: String,
    /// What to do; empty where there is nothing to do.
    pub remedy: String,
    /// For how long it has stood so, seconds.
    pub since_secs: f64,
}

/// How long calls of one kind took since the start. Bounded memory: values are
/// told to two significant digits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LatencyRow {
    /// Which calls.
    pub call: String,
    /// How many.
    #[ts(type = "number")]
    pub count: u64,
    /// Half of them took at most this, µs.
    pub p50_us: f64,
    /// 95 % of them.
    pub p95_us: f64,
    /// 99 % of them.
    pub p99_us: f64,
    /// The longest, µs.
    pub max_us: f64,
}

/// Something that is counted since the start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct EventRow {
    /// What.
    pub name: String,
    /// How often.
    #[ts(type = "number")]
    pub count: u64,
}
