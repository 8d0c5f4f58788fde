//! The bio modules.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A bio module, its effect and its switch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct BioRow {
    /// What `SetSwitch` takes.
    pub name: String,
    /// By how much it stretches or shortens windows now: the mean over all
    /// sensors where each has its own; 1 changes nothing.
    pub factor: f64,
    /// The smallest factor that it may give.
    pub min: f64,
    /// The largest.
    pub max: f64,
    /// Its switch.
    pub enabled: bool,
    /// What it does at the moment.
    pub words: String,
}
