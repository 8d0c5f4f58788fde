//! Load, memory and bio tier: from the runtime's views to the contract's words.

use super::{BioRow, LoadThresholds, LoadView, MemoryView, PressureRow};
use policy::load::measures::Measure;
use policy::memory::MemoryState;

/// The load; none before the first decision.
pub fn load(view: &runtime::LoadView, now_ns: i64) -> Option<LoadView> {
    let since_ns = view.since_ns?;
    let actions = view.measures.iter().map(|measure| Measure::words(*measure));
    let unknown = (!view.is_cpu_known).then(|| "The processor can't be measured on this system.".to_owned());
    let thresholds = view.thresholds;
    Some(LoadView {
        level: view.level.name().to_owned(),
        level_secs: now_ns.saturating_sub(since_ns).max(0) as f64 / 1e9,
        score: view.score,
        thresholds: LoadThresholds {
            elevated: thresholds.elevated,
            high: thresholds.high,
            critical: thresholds.critical,
        },
        pressures: pressures(view),
        memory: memory(view),
        actions: actions.chain(unknown).collect(),
    })
}

fn pressures(view: &runtime::LoadView) -> Vec<PressureRow> {
    let (pressures, weights) = (view.pressures, view.weights);
    let row = |name: &str, value: f64, weight: f64| PressureRow { name: name.to_owned(), value, weight };
    vec![
        row("cpu", pressures.cpu, weights.cpu),
        row("event_bus", pressures.event_bus, weights.event_bus),
        row("queues", pressures.queues, weights.queues),
        row("memory", pressures.memory, weights.memory),
    ]
}

fn memory(view: &runtime::LoadView) -> MemoryView {
    let memory = view.memory.unwrap_or_default();
    MemoryView {
        used_bytes: memory.used_bytes,
        limit_bytes: memory.limit_bytes,
        ratio: memory.ratio(),
        start: view.memory_config.start,
        critical: view.memory_config.critical,
        protected: view.memory_state != MemoryState::Free,
        source: memory.source.name().to_owned(),
    }
}

/// The bio modules.
pub fn bio(views: Vec<runtime::BioView>) -> Vec<BioRow> {
    let row = |view: runtime::BioView| {
        let (min, max) = view.module.bounds();
        let name = view.module.name().to_owned();
        BioRow { name, factor: view.factor, min, max, enabled: view.is_on, words: view.words }
    };
    views.into_iter().map(row).collect()
}
