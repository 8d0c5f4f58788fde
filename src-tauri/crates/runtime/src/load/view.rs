//! The load as the operator sees it.

use super::LoadMonitor;
use crate::console::Console;
use model::LoadLevel;
use policy::load::measures::{Measure, in_force};
use policy::load::{Pressures, Thresholds, Weights};
use policy::memory::{MemoryConfig, MemoryState, MemoryUse};

/// The load.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadView {
    /// The level in force.
    pub level: LoadLevel,
    /// Host time since when; none before the first decision.
    pub since_ns: Option<i64>,
    /// The weighted mean of the pressures, 0 to 1.
    pub score: f64,
    /// The scores from which levels are entered, with the tuner's offsets on them.
    pub thresholds: Thresholds,
    /// The pressures of the last decision.
    pub pressures: Pressures,
    /// What each of them counts for; they add up to 1.
    pub weights: Weights,
    /// Whether the processor can be measured on this system.
    pub is_cpu_known: bool,
    /// The memory; none where it can't be measured on this system.
    pub memory: Option<MemoryUse>,
    /// How short it is.
    pub memory_state: MemoryState,
    /// From which ratios it is short.
    pub memory_config: MemoryConfig,
    /// The protective measures in force, the mildest first.
    pub measures: Vec<Measure>,
}

impl LoadMonitor {
    /// The load as of the last decision.
    #[must_use]
    pub fn view(&self) -> LoadView {
        let state = self.state.lock();
        LoadView {
            level: state.strain.load,
            since_ns: state.meter.since_ns(),
            score: state.score,
            thresholds: state.meter.thresholds(),
            pressures: state.pressures,
            weights: self.config.load.weights.normalised(),
            is_cpu_known: state.cpu.is_measured(),
            memory: state.is_memory_known.then_some(state.memory),
            memory_state: state.strain.memory,
            memory_config: self.config.memory,
            measures: in_force(state.strain),
        }
    }
}

impl Console {
    /// How hard the machine works, and what is done about it.
    #[must_use]
    pub fn load(&self) -> LoadView {
        self.core.load.view()
    }
}
