//! How hard the machine works: four pressures, one score, four levels.
//!
//! Weights, tables and thresholds are the platform's ("platform, system load
//! monitor"); the hysteresis is ours, see [`crate::ladder`]. What follows from a
//! level is decided in [`crate::load::measures`].

pub mod measures;
mod pressure;

pub use pressure::{event_bus_pressure, queue_pressure};

use crate::ladder::{Ladder, Reluctance};
use model::LoadLevel;

/// How hard one part of the machine works, each 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pressures {
    /// Share of the CPU time that may be used.
    pub cpu: f64,
    /// What waits on its way to views and callers, see [`event_bus_pressure`].
    pub event_bus: f64,
    /// What waits on its way to workers and the recorder, see [`queue_pressure`].
    pub queues: f64,
    /// Share of the memory that may be used.
    pub memory: f64,
}

/// What a pressure counts for. They need not add up to 1: [`Weights::score`] divides by their sum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weights {
    /// Of the CPU.
    pub cpu: f64,
    /// Of the event bus.
    pub event_bus: f64,
    /// Of the queues.
    pub queues: f64,
    /// Of the memory.
    pub memory: f64,
}

impl Default for Weights {
    /// As the platform is shipped.
    fn default() -> Self {
        Self { cpu: 0.45, event_bus: 0.30, queues: 0.15, memory: 0.10 }
    }
}

impl Weights {
    /// These weights divided by their sum; the platform's where the sum says nothing.
    #[must_use]
    pub fn normalised(self) -> Self {
        let all = [self.cpu, self.event_bus, self.queues, self.memory].map(|weight| weight.max(0.0));
        let sum: f64 = all.iter().sum();
        if !sum.is_finite() || sum <= 0.0 {
            return Self::default();
        }
        let [cpu, event_bus, queues, memory] = all.map(|weight| weight / sum);
        Self { cpu, event_bus, queues, memory }
    }

    /// The weighted mean of the pressures, 0 to 1. A pressure that is not a number counts as 0.
    #[must_use]
    pub fn score(self, pressures: Pressures) -> f64 {
        let weights = self.normalised();
        let share = |weight: f64, pressure: f64| weight * bounded(pressure);
        share(weights.cpu, pressures.cpu)
            + share(weights.event_bus, pressures.event_bus)
            + share(weights.queues, pressures.queues)
            + share(weights.memory, pressures.memory)
    }
}

fn bounded(pressure: f64) -> f64 {
    if pressure.is_nan() { 0.0 } else { pressure.clamp(0.0, 1.0) }
}

/// The scores from which levels are entered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// Busy.
    pub elevated: f64,
    /// Very busy.
    pub high: f64,
    /// At the limit.
    pub critical: f64,
}

/// The least distance between two thresholds: that of the hysteresis.
const DISTANCE_MIN: f64 = 0.05;

impl Default for Thresholds {
    fn default() -> Self {
        Self { elevated: 0.50, high: 0.70, critical: 0.85 }
    }
}

impl Thresholds {
    /// The thresholds moved by `offsets` (elevated, high, critical), still rising by
    /// at least 0.05 each and still within reach.
    #[must_use]
    pub fn shifted(self, offsets: [f64; 3]) -> Self {
        let moved =
            |threshold: f64, offset: f64| if offset.is_finite() { threshold + offset } else { threshold };
        let elevated = moved(self.elevated, offsets[0]).clamp(DISTANCE_MIN, 1.0 - 2.0 * DISTANCE_MIN);
        // Not `clamp`: rounding may put the bounds a hair the wrong way round.
        let high = moved(self.high, offsets[1]).max(elevated + DISTANCE_MIN).min(1.0 - DISTANCE_MIN);
        let critical = moved(self.critical, offsets[2]).max(high + DISTANCE_MIN).min(1.0);
        Self { elevated, high, critical }
    }

    /// The thresholds from the lowest to the highest.
    #[must_use]
    pub const fn rising(self) -> [f64; 3] {
        [self.elevated, self.high, self.critical]
    }
}

/// The knobs of the load's level.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LoadConfig {
    /// What a pressure counts for.
    pub weights: Weights,
    /// From where levels are entered.
    pub thresholds: Thresholds,
    /// How reluctantly they are left.
    pub reluctance: Reluctance,
}

/// What came of one reading.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// The weighted mean of the pressures, 0 to 1.
    pub score: f64,
    /// The level in force.
    pub level: LoadLevel,
    /// The level before this reading.
    pub before: LoadLevel,
}

/// Turns pressures into a level that can't flap.
#[derive(Clone, Debug)]
pub struct LoadMeter {
    config: LoadConfig,
    offsets: [f64; 3],
    ladder: Ladder<3>,
}

impl LoadMeter {
    /// At normal.
    #[must_use]
    pub fn new(config: LoadConfig) -> Self {
        Self { config, offsets: [0.0; 3], ladder: Ladder::new(config.reluctance) }
    }

    /// Moves the thresholds, as the homeostatic tuner asks (elevated, high, critical).
    pub fn set_offsets(&mut self, offsets: [f64; 3]) {
        self.offsets = offsets;
    }

    /// The thresholds in force.
    #[must_use]
    pub fn thresholds(&self) -> Thresholds {
        self.config.thresholds.shifted(self.offsets)
    }

    /// Takes the pressures at `now_ns`. Critically short memory counts as critical
    /// load, whatever the score.
    pub fn observe(&mut self, pressures: Pressures, memory_critical: bool, now_ns: i64) -> Reading {
        let (before, thresholds) = (self.level(), self.thresholds().rising());
        let score = self.config.weights.score(pressures);
        let effective = if memory_critical { score.max(thresholds[2]) } else { score };
        self.ladder.observe(effective, &thresholds, now_ns);
        Reading { score, level: self.level(), before }
    }

    /// The level in force.
    #[must_use]
    pub fn level(&self) -> LoadLevel {
        LoadLevel::ALL.get(self.ladder.step()).copied().unwrap_or(LoadLevel::Critical)
    }

    /// Host time since which the level has been in force; none before the first reading.
    #[must_use]
    pub fn since_ns(&self) -> Option<i64> {
        self.ladder.since_ns()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECOND: i64 = 1_000_000_000;

    fn all(pressure: f64) -> Pressures {
        Pressures { cpu: pressure, event_bus: pressure, queues: pressure, memory: pressure }
    }

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-12
    }

    #[test]
    fn each_pressure_counts_for_its_weight() {
        let weights = Weights::default();
        for (pressures, score) in [
            (Pressures { cpu: 1.0, ..Pressures::default() }, 0.45),
            (Pressures { event_bus: 1.0, ..Pressures::default() }, 0.30),
            (Pressures { queues: 1.0, ..Pressures::default() }, 0.15),
            (Pressures { memory: 1.0, ..Pressures::default() }, 0.10),
            (all(f64::INFINITY), 1.0),
            (all(f64::NAN), 0.0),
            (all(-3.0), 0.0),
        ] {
            assert!(close(weights.score(pressures), score), "{pressures:?}");
        }
    }

    #[test]
    fn weights_are_divided_by_their_sum_and_senseless_ones_are_the_platforms() {
        let doubled = Weights { cpu: 0.9, event_bus: 0.6, queues: 0.3, memory: 0.2 };
        assert!(close(doubled.score(Pressures { cpu: 1.0, ..Pressures::default() }), 0.45));
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let weights = Weights { cpu: bad, event_bus: bad, queues: bad, memory: bad };
            assert_eq!(weights.normalised(), Weights::default(), "{bad}");
        }
    }

    #[test]
    fn levels_begin_at_half_at_seventy_and_at_eighty_five_hundredths() {
        for (pressure, level) in [
            (0.499, LoadLevel::Normal),
            (0.501, LoadLevel::Elevated),
            (0.701, LoadLevel::High),
            (0.851, LoadLevel::Critical),
        ] {
            let mut meter = LoadMeter::new(LoadConfig::default());
            assert_eq!(meter.observe(all(pressure), false, 0).level, level);
        }
    }

    #[test]
    fn critically_short_memory_is_critical_load_until_five_seconds_after_it_ended() {
        let mut meter = LoadMeter::new(LoadConfig::default());
        let reading = meter.observe(all(0.1), true, 0);
        assert_eq!((reading.before, reading.level), (LoadLevel::Normal, LoadLevel::Critical));
        assert!(close(reading.score, 0.1), "the score stays what it is");
        assert_eq!(meter.observe(all(0.1), false, SECOND).level, LoadLevel::Critical);
        assert_eq!(meter.observe(all(0.1), false, 6 * SECOND).level, LoadLevel::Normal);
    }

    #[test]
    fn offsets_really_move_the_thresholds() {
        let mut meter = LoadMeter::new(LoadConfig::default());
        meter.set_offsets([0.1, 0.1, 0.1]);
        assert_eq!(meter.observe(all(0.59), false, 0).level, LoadLevel::Normal);
        meter.set_offsets([-0.1, -0.1, -0.1]);
        assert_eq!(meter.observe(all(0.59), false, SECOND).level, LoadLevel::Elevated);
    }

    proptest! {
        #[test]
        fn moved_thresholds_rise_and_stay_within_reach(
            a in -2.0_f64..2.0, b in -2.0_f64..2.0, c in -2.0_f64..2.0,
        ) {
            let [elevated, high, critical] = Thresholds::default().shifted([a, b, c]).rising();
            prop_assert!(elevated > 0.0 && critical <= 1.0 + 1e-12);
            prop_assert!(high - elevated >= 0.05 - 1e-12 && critical - high >= 0.05 - 1e-12);
        }
    }
}
