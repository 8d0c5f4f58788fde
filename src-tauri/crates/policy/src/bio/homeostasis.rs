//! The homeostatic tuner: thresholds follow how often levels are in force.
//!
//! A machine that is "elevated" all day has its thresholds too low to tell
//! anything; one that never is reacts late. Once an hour the shares of the last
//! two hours are compared with the targets (normal 70 %, elevated 20, high 8,
//! critical 2), and each threshold moves by 0.005 towards them, at most 0.1 away
//! from where it stood. On the platform nobody reads these offsets; here the load
//! meter applies them.

use model::LoadLevel;
use std::collections::VecDeque;

/// How often thresholds are moved, ns.
pub const EVERY_NS: i64 = 3_600_000_000_000;
/// Levels that are remembered: two hours at one each 2 s.
const KEPT_MAX: usize = 3_600;
const SAMPLES_MIN: usize = 100;
const STEP: f64 = 0.005;
/// The furthest that a threshold moves.
pub const OFFSET_MAX: f64 = 0.1;
/// Target share of the time at this level or above: elevated, high, critical.
const TARGETS: [f64; 3] = [0.30, 0.10, 0.02];
/// A share this near to its target is on target.
const TOLERANCE: f64 = 0.005;

/// Moves the thresholds of the load levels.
#[derive(Clone, Debug, Default)]
pub struct Homeostasis {
    recent: VecDeque<LoadLevel>,
    tuned_ns: Option<i64>,
    offsets: [f64; 3],
}

impl Homeostasis {
    /// Takes the level in force at `now_ns`; gives the new offsets (elevated, high,
    /// critical) when an hour is over and something moved.
    pub fn observe(&mut self, level: LoadLevel, now_ns: i64) -> Option<[f64; 3]> {
        if self.recent.len() >= KEPT_MAX {
            self.recent.pop_front();
        }
        self.recent.push_back(level);
        let tuned_ns = *self.tuned_ns.get_or_insert(now_ns);
        if now_ns.saturating_sub(tuned_ns) < EVERY_NS {
            return None;
        }
        self.tuned_ns = Some(now_ns);
        let before = self.offsets;
        self.tune();
        (before != self.offsets).then_some(self.offsets)
    }

    fn tune(&mut self) {
        if self.recent.len() < SAMPLES_MIN {
            return;
        }
        let shares = self.shares_at_or_above();
        for ((offset, share), target) in self.offsets.iter_mut().zip(shares).zip(TARGETS) {
            let step = if share > target + TOLERANCE {
                STEP
            } else if share < target - TOLERANCE {
                -STEP
            } else {
                0.0
            };
            *offset = (*offset + step).clamp(-OFFSET_MAX, OFFSET_MAX);
        }
    }

    fn shares_at_or_above(&self) -> [f64; 3] {
        let total = self.recent.len().max(1) as f64;
        [LoadLevel::Elevated, LoadLevel::High, LoadLevel::Critical]
            .map(|level| self.recent.iter().filter(|seen| **seen >= level).count() as f64 / total)
    }

    /// Share of the remembered time at each level, normal first; 0 each while nothing is known.
    #[must_use]
    pub fn shares(&self) -> [f64; 4] {
        let total = self.recent.len().max(1) as f64;
        LoadLevel::ALL.map(|level| self.recent.iter().filter(|seen| **seen == level).count() as f64 / total)
    }

    /// The offsets in force: elevated, high, critical.
    #[must_use]
    pub const fn offsets(&self) -> [f64; 3] {
        self.offsets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TICK_NS: i64 = 2_000_000_000;
    const HOUR_TICKS: i64 = EVERY_NS / TICK_NS;

    fn after_hours(
        tuner: &mut Homeostasis,
        from_hour: i64,
        hours: i64,
        level: impl Fn(i64) -> LoadLevel,
    ) -> [f64; 3] {
        for tick in from_hour * HOUR_TICKS..=(from_hour + hours) * HOUR_TICKS {
            tuner.observe(level(tick), tick * TICK_NS);
        }
        tuner.offsets()
    }

    fn close(a: [f64; 3], b: [f64; 3]) -> bool {
        a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9)
    }

    #[test]
    fn a_machine_that_is_always_busy_gets_a_higher_threshold_a_step_an_hour() {
        let mut tuner = Homeostasis::default();
        let offsets = after_hours(&mut tuner, 0, 1, |_| LoadLevel::Elevated);
        assert!(close(offsets, [0.005, -0.005, -0.005]), "{offsets:?}");
        let offsets = after_hours(&mut tuner, 1, 1, |_| LoadLevel::Elevated);
        assert!(close(offsets, [0.010, -0.010, -0.010]), "{offsets:?}");
    }

    #[test]
    fn no_threshold_moves_further_than_a_tenth() {
        let mut tuner = Homeostasis::default();
        assert!(close(after_hours(&mut tuner, 0, 50, |_| LoadLevel::Critical), [0.1, 0.1, 0.1]));
        assert!(close(after_hours(&mut tuner, 50, 100, |_| LoadLevel::Normal), [-0.1, -0.1, -0.1]));
    }

    #[test]
    fn on_target_nothing_moves() {
        let on_target = |tick: i64| match tick % 50 {
            0 => LoadLevel::Critical,
            1..=4 => LoadLevel::High,
            5..=14 => LoadLevel::Elevated,
            _ => LoadLevel::Normal,
        };
        assert!(close(after_hours(&mut Homeostasis::default(), 0, 20, on_target), [0.0; 3]));
    }

    #[test]
    fn too_few_levels_move_nothing_also_after_a_suspend_of_eight_hours() {
        let mut tuner = Homeostasis::default();
        (0..98).for_each(|tick| assert_eq!(tuner.observe(LoadLevel::Critical, tick * TICK_NS), None));
        assert_eq!(tuner.observe(LoadLevel::Critical, 8 * EVERY_NS), None);
        assert!(close(tuner.offsets(), [0.0; 3]));
    }

    #[test]
    fn a_suspend_counts_as_one_hour_and_not_as_many() {
        let mut tuner = Homeostasis::default();
        (0..200).for_each(|tick| assert_eq!(tuner.observe(LoadLevel::Critical, tick * TICK_NS), None));
        let moved = tuner.observe(LoadLevel::Critical, 9 * EVERY_NS).unwrap();
        assert!(close(moved, [0.005; 3]));
    }
}
