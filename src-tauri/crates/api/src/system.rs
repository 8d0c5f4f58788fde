//! The runtime as it is: what runs, what it costs, what was asked of whom, and
//! where every sample went. A part that is not there is `null`, never a guess.

mod accounts;
mod attention;
mod bio;
mod fill;
mod load;
mod outline;
mod services;
mod strain;
mod telemetry;
mod tree;
mod walls;

pub use accounts::{DropRow, EndedAccount, RecordedAccount, SensorAccount};
pub use attention::{AdviceRow, AttentionView, Backpressure, LevelAdvice, LevelCounts, ViewQuality};
pub use bio::BioRow;
pub(crate) use fill::{account, system};
pub use load::{LoadBrief, LoadThresholds, LoadView, MemoryView, PressureRow};
pub(crate) use outline::tree as outline;
pub use services::{BreakerRow, EntranceRow, HistoryView, OutboxView, RegistryRow, TaskPoolView, TiersView};
pub(crate) use strain::brief;
pub use telemetry::{CheckRow, CheckStatus, EventRow, LatencyRow};
pub use tree::{TreeKind, TreeNode};

use crate::{Counters, QueueRow};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// So many sensors are told one by one at most; sums always cover all of them.
pub const SENSORS_SHOWN_MAX: usize = 1000;

/// The runtime at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct System {
    /// Wall clock, milliseconds since 1970 UTC.
    pub now_ms: f64,
    /// Since the console was started, seconds.
    pub uptime_secs: f64,
    /// Version of the console.
    pub version: String,
    /// What has to be well for the console to be ready.
    pub checks: Vec<CheckRow>,
    /// The supervision tree, from its root.
    pub tree: TreeNode,
    /// How hard the machine works.
    pub load: Option<LoadView>,
    /// How closely sensors are watched.
    pub attention: Option<AttentionView>,
    /// What follows from load and attention.
    pub backpressure: Option<Backpressure>,
    /// Sums since the start, over all streams of all sensors, ended ones included: none of
    /// them ever falls.
    pub counters: Counters,
    /// What was dropped of that, by reason.
    pub drops: Vec<DropRow>,
    /// The part of the sensors that are there no more.
    pub ended: EndedAccount,
    /// An account for each sensor, by name; the first [`SENSORS_SHOWN_MAX`] of them.
    pub sensors: Vec<SensorAccount>,
    /// How many sensors there are.
    pub sensors_total: u32,
    /// Every queue: those that dropped first, then by name; at most [`SENSORS_SHOWN_MAX`].
    pub queues: Vec<QueueRow>,
    /// How many queues there are.
    pub queues_total: u32,
    /// What waits to be delivered elsewhere.
    pub outbox: Option<OutboxView>,
    /// The rolling history on disk.
    pub history: Option<HistoryView>,
    /// Memory of the attribute store.
    pub tiers: Option<TiersView>,
    /// Circuit breakers, by name.
    pub breakers: Vec<BreakerRow>,
    /// Entrances with their rate limits, by name.
    pub entrances: Vec<EntranceRow>,
    /// Who and what is here, by kind, with its bound.
    pub registries: Vec<RegistryRow>,
    /// The pool for background work.
    pub tasks: Option<TaskPoolView>,
    /// The bio modules.
    pub bio: Option<Vec<BioRow>>,
    /// How long calls took since the start, by kind.
    pub latencies: Vec<LatencyRow>,
    /// What is counted since the start, by name.
    pub events: Vec<EventRow>,
}
