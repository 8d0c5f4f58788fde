//! What a level leads to: the protective measures in force, and what has to be
//! done when they change.
//!
//! Most measures act through the one shared regime, which the advice to sources,
//! the store and the views read; the caller publishes it and carries out what
//! remains. A watched sensor is never silenced by any of them.

use crate::advice::MEMORY_FACTOR;
use crate::memory::MemoryState;
use crate::window::load_factor;
use model::LoadLevel;

/// How far the machine is at its limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Strain {
    /// How hard it works.
    pub load: LoadLevel,
    /// How short its memory is.
    pub memory: MemoryState,
}

/// A protective measure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Measure {
    /// Sources gather for longer, by this factor.
    StretchWindows(f64),
    /// Less is kept in memory of every stream: the limits of this level.
    ShrinkStores(LoadLevel),
    /// Blocks towards views are gathered, as at this level.
    CoalesceViews(LoadLevel),
    /// Sources that nobody watches pause, unless a recording runs.
    PauseUnwatched,
    /// No new simulated sensors are taken.
    RefuseSimulated,
    /// The packed tier in memory is cut down to its limits at once.
    TrimWarm,
}

/// A change of the measures in force.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    /// It is new, or acts with a new strength.
    Begin(Measure),
    /// It is over.
    End(Measure),
}

/// The measures in force under `strain`, the mildest first.
#[must_use]
pub fn in_force(strain: Strain) -> Vec<Measure> {
    let (load, is_short) = (strain.load, strain.memory != MemoryState::Free);
    let is_busy = load > LoadLevel::Normal;
    let factor = load_factor(load) * if is_short { MEMORY_FACTOR } else { 1.0 };
    let store_level = store_level(strain);
    let at_limit = load == LoadLevel::Critical;
    [
        (is_busy || is_short, Measure::StretchWindows(factor)),
        (is_busy, Measure::CoalesceViews(load)),
        (store_level > LoadLevel::Normal, Measure::ShrinkStores(store_level)),
        (at_limit || is_short, Measure::PauseUnwatched),
        (at_limit || strain.memory == MemoryState::Critical, Measure::RefuseSimulated),
        (strain.memory == MemoryState::Critical, Measure::TrimWarm),
    ]
    .into_iter()
    .filter_map(|(is_on, measure)| is_on.then_some(measure))
    .collect()
}

/// The level whose limits the stores keep: the load's, and at least high while
/// memory is short, because there it is the stores that must give.
#[must_use]
pub fn store_level(strain: Strain) -> LoadLevel {
    strain.load.max(match strain.memory {
        MemoryState::Free => LoadLevel::Normal,
        MemoryState::Protected => LoadLevel::High,
        MemoryState::Critical => LoadLevel::Critical,
    })
}

/// What has to be done when the strain changes: ends first, then beginnings.
#[must_use]
pub fn actions(before: Strain, after: Strain) -> Vec<Action> {
    let (old, new) = (in_force(before), in_force(after));
    let is_kind_in = |measure: &Measure, all: &[Measure]| {
        all.iter().any(|other| std::mem::discriminant(other) == std::mem::discriminant(measure))
    };
    let ends = old.iter().filter(|measure| !is_kind_in(measure, &new)).map(|measure| Action::End(*measure));
    let begins = new.iter().filter(|measure| !old.contains(measure)).map(|measure| Action::Begin(*measure));
    ends.chain(begins).collect()
}

impl Measure {
    /// The measure in the operator's words.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::StretchWindows(factor) => {
                format!("Sources gather {factor} times as long before they deliver.")
            }
            Self::ShrinkStores(level) => {
                format!("Less is kept in memory (limits for {} load).", level.name())
            }
            Self::CoalesceViews(_) => "Views get their samples in fewer, larger pieces.".to_owned(),
            Self::PauseUnwatched => "Sensors that nobody watches pause, unless a recording runs.".to_owned(),
            Self::RefuseSimulated => "No new simulated sensors are taken.".to_owned(),
            Self::TrimWarm => "Older samples in memory are let go.".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strain(load: LoadLevel, memory: MemoryState) -> Strain {
        Strain { load, memory }
    }

    fn every_strain() -> Vec<Strain> {
        let memory = [MemoryState::Free, MemoryState::Protected, MemoryState::Critical];
        LoadLevel::ALL.into_iter().flat_map(|load| memory.map(|memory| strain(load, memory))).collect()
    }

    #[test]
    fn nothing_is_done_where_nothing_is_strained() {
        assert_eq!(in_force(Strain::default()), []);
    }

    #[test]
    fn busy_stretches_coalesces_and_shrinks_and_only_critical_pauses_and_refuses() {
        use Measure as M;
        let elevated = LoadLevel::Elevated;
        assert_eq!(
            in_force(strain(elevated, MemoryState::Free)),
            [M::StretchWindows(1.5), M::CoalesceViews(elevated), M::ShrinkStores(elevated)]
        );
        let high = in_force(strain(LoadLevel::High, MemoryState::Free));
        assert!(!high.contains(&M::PauseUnwatched) && !high.contains(&M::RefuseSimulated));
        let critical = in_force(strain(LoadLevel::Critical, MemoryState::Free));
        assert!(critical.contains(&M::PauseUnwatched) && critical.contains(&M::RefuseSimulated));
        assert!(!critical.contains(&M::TrimWarm), "busy is not short of memory");
    }

    #[test]
    fn short_memory_stretches_pauses_and_shrinks_and_only_critical_memory_trims() {
        use Measure as M;
        assert_eq!(
            in_force(strain(LoadLevel::Normal, MemoryState::Protected)),
            [M::StretchWindows(5.0), M::ShrinkStores(LoadLevel::High), M::PauseUnwatched]
        );
        let critical = in_force(strain(LoadLevel::Normal, MemoryState::Critical));
        assert!(critical.contains(&M::TrimWarm) && critical.contains(&M::RefuseSimulated));
    }

    #[test]
    fn a_change_of_strength_is_told_once_and_as_a_beginning() {
        let (elevated, high) =
            (strain(LoadLevel::Elevated, MemoryState::Free), strain(LoadLevel::High, MemoryState::Free));
        let told = actions(elevated, high);
        assert_eq!(told.len(), 3);
        assert!(told.contains(&Action::Begin(Measure::StretchWindows(3.0))));
        assert!(told.iter().all(|action| matches!(action, Action::Begin(_))));
    }

    #[test]
    fn actions_always_lead_from_what_was_in_force_to_what_is() {
        for before in every_strain() {
            for after in every_strain() {
                let mut now = in_force(before);
                for action in actions(before, after) {
                    let (Action::Begin(changed) | Action::End(changed)) = action;
                    now.retain(|other| std::mem::discriminant(other) != std::mem::discriminant(&changed));
                    if let Action::Begin(begun) = action {
                        now.push(begun);
                    }
                }
                let wanted = in_force(after);
                assert_eq!(now.len(), wanted.len());
                assert!(wanted.iter().all(|measure| now.contains(measure)), "{before:?} to {after:?}");
            }
        }
    }
}
