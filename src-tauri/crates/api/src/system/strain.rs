//! Load, memory and bio tier: from the runtime's views to the contract's words.

use super::{BioRow, LoadBrief, LoadThresholds, LoadView, MemoryView, PressureRow};
use model::LoadLevel;
use policy::load::measures::Measure;
use policy::memory::MemoryState;

/// The name of the memory among the pressures.
const MEMORY: &str = "memory";

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
        leading: leading(view).name,
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

/// The same in short; none before the first decision.
pub fn brief(view: &runtime::LoadView) -> Option<LoadBrief> {
    view.since_ns?;
    let PressureRow { name, value, .. } = leading(view);
    Some(LoadBrief { level: view.level.name().to_owned(), leading: name, value })
}

/// The pressure with the largest part in the score. Where the level is above what the
/// score asks for and memory is short, it is the memory, which can raise the level alone.
fn leading(view: &runtime::LoadView) -> PressureRow {
    let is_memorys = view.memory_state != MemoryState::Free && view.level > level_at(view);
    let part = |row: &PressureRow| {
        if is_memorys && row.name == MEMORY { f64::INFINITY } else { (row.value * row.weight).max(0.0) }
    };
    let nothing = PressureRow { name: String::new(), value: 0.0, weight: 0.0 };
    pressures(view).into_iter().max_by(|a, b| part(a).total_cmp(&part(b))).unwrap_or(nothing)
}

/// The level that the score alone asks for.
fn level_at(view: &runtime::LoadView) -> LoadLevel {
    let entered = view.thresholds.rising().into_iter().filter(|threshold| view.score >= *threshold).count();
    LoadLevel::ALL.get(entered).copied().unwrap_or(LoadLevel::Critical)
}

fn pressures(view: &runtime::LoadView) -> Vec<PressureRow> {
    let (pressures, weights) = (view.pressures, view.weights);
    let row = |name: &str, value: f64, weight: f64| PressureRow { name: name.to_owned(), value, weight };
    vec![
        row("cpu", pressures.cpu, weights.cpu),
        row("event_bus", pressures.event_bus, weights.event_bus),
        row("queues", pressures.queues, weights.queues),
        row(MEMORY, pressures.memory, weights.memory),
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

#[cfg(test)]
mod tests {
    use super::*;
    use policy::load::{Pressures, Thresholds, Weights};
    use policy::memory::MemoryConfig;

    fn view(level: LoadLevel, pressures: Pressures, memory_state: MemoryState) -> runtime::LoadView {
        runtime::LoadView {
            level,
            since_ns: Some(0),
            score: Weights::default().score(pressures),
            thresholds: Thresholds::default(),
            pressures,
            weights: Weights::default(),
            is_cpu_known: true,
            memory: None,
            memory_state,
            memory_config: MemoryConfig::default(),
            measures: vec![],
        }
    }

    fn leads(level: LoadLevel, pressures: Pressures, memory_state: MemoryState) -> String {
        brief(&view(level, pressures, memory_state)).unwrap().leading
    }

    #[test]
    fn the_pressure_with_the_largest_part_in_the_score_leads_and_not_the_highest() {
        let pressures = Pressures { cpu: 0.7, event_bus: 0.9, queues: 1.0, memory: 1.0 };
        assert_eq!(leads(LoadLevel::High, pressures, MemoryState::Free), "cpu");
        let pressures = Pressures { cpu: 0.5, event_bus: 1.0, queues: 1.0, memory: f64::NAN };
        assert_eq!(leads(LoadLevel::Elevated, pressures, MemoryState::Free), "event_bus");
    }

    #[test]
    fn memory_leads_where_it_alone_raised_the_level_also_while_that_is_being_left() {
        let pressures = Pressures { cpu: 0.6, event_bus: 0.1, queues: 0.0, memory: 0.97 };
        for state in [MemoryState::Critical, MemoryState::Protected] {
            assert_eq!(leads(LoadLevel::Critical, pressures, state), "memory");
        }
        let brief = brief(&view(LoadLevel::Critical, pressures, MemoryState::Critical)).unwrap();
        assert_eq!((brief.level.as_str(), brief.value), ("critical", 0.97));
    }

    #[test]
    fn short_memory_does_not_lead_where_the_score_alone_asks_for_the_level() {
        let pressures = Pressures { cpu: 1.0, event_bus: 1.0, queues: 0.8, memory: 0.97 };
        assert_eq!(leads(LoadLevel::Critical, pressures, MemoryState::Critical), "cpu");
    }

    #[test]
    fn nothing_is_told_of_the_load_before_it_was_first_looked_at() {
        let unlooked = runtime::LoadView {
            since_ns: None,
            ..view(LoadLevel::Normal, Pressures::default(), MemoryState::Free)
        };
        assert_eq!(brief(&unlooked), None);
    }
}
