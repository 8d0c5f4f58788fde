//! Steps with hysteresis: a rise is taken at once, a fall only when it is sure.
//!
//! A step is entered when the value reaches its threshold. It is left only when
//! the value has stayed `exit_margin` below that threshold for `hold_ns`, and the
//! step itself has lasted as long. A value that sways about a threshold therefore
//! changes nothing, and within any `hold_ns` there is at most one fall.

/// How reluctantly a step is left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reluctance {
    /// How far below its threshold the value must be.
    pub exit_margin: f64,
    /// For how long, ns.
    pub hold_ns: i64,
}

impl Default for Reluctance {
    fn default() -> Self {
        Self { exit_margin: 0.05, hold_ns: 5_000_000_000 }
    }
}

/// A value's place among `N` thresholds: 0 below all of them, `N` at the topmost.
#[derive(Clone, Debug)]
pub struct Ladder<const N: usize> {
    reluctance: Reluctance,
    step: usize,
    since_ns: Option<i64>,
    /// Since when the value has been low enough to leave each step.
    low_since_ns: [Option<i64>; N],
}

impl<const N: usize> Ladder<N> {
    /// At the foot.
    #[must_use]
    pub const fn new(reluctance: Reluctance) -> Self {
        Self { reluctance, step: 0, since_ns: None, low_since_ns: [None; N] }
    }

    /// The present step.
    #[must_use]
    pub const fn step(&self) -> usize {
        self.step
    }

    /// Host time at which the present step was taken; none before the first value.
    #[must_use]
    pub const fn since_ns(&self) -> Option<i64> {
        self.since_ns
    }

    /// Takes the value at `now_ns` and gives the step that follows.
    /// `thresholds` rise; what is not a number changes nothing.
    pub fn observe(&mut self, value: f64, thresholds: &[f64; N], now_ns: i64) -> usize {
        if value.is_nan() {
            return self.step;
        }
        let since_ns = *self.since_ns.get_or_insert(now_ns);
        self.note_lows(value, thresholds, now_ns);
        let reached = thresholds.iter().take_while(|threshold| value >= **threshold).count();
        if reached > self.step {
            self.take(reached, now_ns);
        } else if self.has_lasted(since_ns, now_ns) {
            let kept = self.lowest_kept(now_ns).max(reached);
            if kept < self.step {
                self.take(kept, now_ns);
            }
        }
        self.step
    }

    fn note_lows(&mut self, value: f64, thresholds: &[f64; N], now_ns: i64) {
        for (low_since_ns, threshold) in self.low_since_ns.iter_mut().zip(thresholds) {
            if value < threshold - self.reluctance.exit_margin {
                low_since_ns.get_or_insert(now_ns);
            } else {
                *low_since_ns = None;
            }
        }
    }

    /// The highest step, no higher than the present one, that can't be left yet.
    fn lowest_kept(&self, now_ns: i64) -> usize {
        let held = &self.low_since_ns[..self.step];
        held.iter()
            .rposition(|low| low.is_none_or(|since_ns| !self.has_lasted(since_ns, now_ns)))
            .map_or(0, |k| k + 1)
    }

    fn has_lasted(&self, since_ns: i64, now_ns: i64) -> bool {
        now_ns.saturating_sub(since_ns) >= self.reluctance.hold_ns
    }

    fn take(&mut self, step: usize, now_ns: i64) {
        self.step = step;
        self.since_ns = Some(now_ns);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECOND: i64 = 1_000_000_000;
    const AT: [f64; 3] = [0.50, 0.70, 0.85];

    fn ladder() -> Ladder<3> {
        Ladder::new(Reluctance::default())
    }

    #[test]
    fn every_threshold_is_entered_exactly_where_it_stands() {
        for (value, step) in [
            (0.0, 0),
            (0.499_999, 0),
            (0.5, 1),
            (0.699_999, 1),
            (0.7, 2),
            (0.849_999, 2),
            (0.85, 3),
            (9.0, 3),
        ] {
            assert_eq!(ladder().observe(value, &AT, 0), step, "{value}");
        }
    }

    #[test]
    fn a_step_is_left_only_below_its_margin() {
        for (step, threshold) in AT.into_iter().enumerate() {
            let mut ladder = ladder();
            ladder.observe(threshold, &AT, 0);
            for second in 1..100 {
                assert_eq!(ladder.observe(threshold - 0.05, &AT, second * SECOND), step + 1);
            }
            ladder.observe(threshold - 0.051, &AT, 100 * SECOND);
            assert_eq!(ladder.observe(threshold - 0.051, &AT, 105 * SECOND), step);
        }
    }

    #[test]
    fn a_step_is_left_only_after_five_seconds() {
        let mut ladder = ladder();
        ladder.observe(0.9, &AT, 0);
        assert_eq!(ladder.observe(0.1, &AT, SECOND), 3);
        assert_eq!(ladder.observe(0.1, &AT, 6 * SECOND - 1), 3);
        assert_eq!(ladder.observe(0.1, &AT, 6 * SECOND), 0);
    }

    #[test]
    fn one_high_value_starts_the_five_seconds_anew() {
        let mut ladder = ladder();
        ladder.observe(0.9, &AT, 0);
        for (second, value) in [(1, 0.1), (4, 0.81), (5, 0.1), (9, 0.1)] {
            assert_eq!(ladder.observe(value, &AT, second * SECOND), 3, "second {second}");
        }
        assert_eq!(ladder.observe(0.1, &AT, 10 * SECOND), 0);
    }

    #[test]
    fn a_fall_stops_at_the_step_that_the_value_still_holds() {
        let mut ladder = ladder();
        ladder.observe(0.9, &AT, 0);
        ladder.observe(0.66, &AT, SECOND);
        assert_eq!(ladder.observe(0.66, &AT, 6 * SECOND), 2, "0.66 is not 0.05 below 0.70");
    }

    #[test]
    fn what_is_not_a_number_changes_nothing_and_a_clock_that_runs_backwards_harms_nothing() {
        let mut ladder = ladder();
        ladder.observe(0.9, &AT, i64::MAX);
        assert_eq!(ladder.observe(f64::NAN, &AT, 0), 3);
        assert_eq!(ladder.observe(0.1, &AT, i64::MIN), 3);
    }

    #[test]
    fn after_a_long_silence_it_still_takes_five_seconds_of_low_values() {
        let mut ladder = ladder();
        ladder.observe(0.9, &AT, 0);
        let resumed = 8 * 3600 * SECOND;
        assert_eq!(ladder.observe(0.0, &AT, resumed), 3);
        assert_eq!(ladder.observe(0.0, &AT, resumed + 5 * SECOND), 0);
    }

    proptest! {
        /// Falls are 5 s from the change before them, and what has risen must have fallen.
        #[test]
        fn cannot_flap(series in prop::collection::vec((0_i64..3_000, 0.0_f64..1.0), 1..400)) {
            let (mut ladder, mut now_ns) = (ladder(), 0);
            let (mut last_change_ns, mut changes, mut falls) = (i64::MIN / 2, 0_i64, 0_i64);
            for (pause_ms, value) in series {
                now_ns += pause_ms * 1_000_000;
                let before = ladder.step();
                let after = ladder.observe(value, &AT, now_ns);
                if after != before {
                    changes += 1;
                    if after < before {
                        falls += 1;
                        prop_assert!(now_ns - last_change_ns >= 5 * SECOND);
                    }
                    last_change_ns = now_ns;
                }
                prop_assert!(value < AT[2] || after == 3, "a rise is never late");
            }
            prop_assert!(falls <= now_ns / (5 * SECOND));
            prop_assert!(changes <= 3 + 4 * falls);
        }

        /// A value that stays within the margin of a threshold changes the step once at most.
        #[test]
        fn a_value_that_sways_about_a_threshold_changes_the_step_once(
            which in 0_usize..3,
            sway in prop::collection::vec(-0.049_f64..0.049, 1..500),
        ) {
            let mut ladder = ladder();
            let steps: Vec<usize> = (0_i64..)
                .zip(sway)
                .map(|(second, by)| ladder.observe(AT[which] + by, &AT, second * SECOND))
                .collect();
            prop_assert!(steps.windows(2).filter(|pair| pair[0] != pair[1]).count() <= 1);
        }
    }
}
