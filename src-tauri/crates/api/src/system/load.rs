//! How hard the machine works.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The load.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LoadView {
    /// `normal`, `elevated`, `high`, `critical`.
    pub level: String,
    /// Since when the level has been in force, seconds.
    pub level_secs: f64,
    /// The weighted sum of the pressures, 0 to 1.
    pub score: f64,
    /// The pressure that has the largest part in the level, by its name.
    pub leading: String,
    /// From which score a level is entered.
    pub thresholds: LoadThresholds,
    /// What adds up to the score.
    pub pressures: Vec<PressureRow>,
    /// The memory.
    pub memory: MemoryView,
    /// What the console does about it, in words; empty while nothing is needed.
    pub actions: Vec<String>,
}

/// The load in short, for a face's first line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LoadBrief {
    /// `normal`, `elevated`, `high`, `critical`.
    pub level: String,
    /// The pressure that has the largest part in it: `cpu`, `queues`, `memory`, `event_bus`.
    pub leading: String,
    /// How hard that one presses, 0 to 1.
    pub value: f64,
}

/// Scores from which levels are entered.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LoadThresholds {
    /// Busy.
    pub elevated: f64,
    /// Very busy.
    pub high: f64,
    /// At the limit.
    pub critical: f64,
}

/// One pressure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PressureRow {
    /// `cpu`, `queues`, `memory`, `event_bus`.
    pub name: String,
    /// 0 to 1.
    pub value: f64,
    /// Its part of the score; the weights add up to 1.
    pub weight: f64,
}

/// Memory, and its protection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MemoryView {
    /// Used, bytes.
    #[ts(type = "number")]
    pub used_bytes: u64,
    /// May be used, bytes.
    #[ts(type = "number")]
    pub limit_bytes: u64,
    /// used ÷ limit.
    pub ratio: f64,
    /// Ratio from which memory is protected.
    pub start: f64,
    /// Ratio that counts as critical load.
    pub critical: f64,
    /// Whether memory is being protected.
    pub protected: bool,
    /// Where the limit comes from: `cgroup_v2`, `cgroup_v1`, `host`.
    pub source: String,
}
