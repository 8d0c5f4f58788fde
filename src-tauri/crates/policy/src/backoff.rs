//! Exponential back-off: how long to wait before the next try.
//!
//! Each further failure doubles the wait up to a cap. A part of it is left to
//! chance, so that many who failed together do not try again together; chance
//! only ever shortens the wait, so the cap holds.

/// The rule by which waits grow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Backoff {
    /// The wait after the first failure, nanoseconds.
    pub first_ns: i64,
    /// The longest wait, nanoseconds.
    pub cap_ns: i64,
    /// The part of a wait that is left to chance, 0 (none of it) to 1 (all of it).
    pub jitter: f64,
}

impl Backoff {
    /// The wait before the next try, nanoseconds. `failures` is how many tries
    /// have failed in a row before the last one; `chance` is drawn evenly from
    /// 0 to 1.
    #[must_use]
    pub fn wait_ns(&self, failures: u32, chance: f64) -> i64 {
        let longest_ns = self.doubled(failures);
        let cut = self.jitter.clamp(0.0, 1.0) * unit(chance);
        longest_ns.saturating_sub((longest_ns as f64 * cut) as i64)
    }

    fn doubled(&self, times: u32) -> i64 {
        let factor = 1_i64.checked_shl(times).filter(|factor| *factor > 0).unwrap_or(i64::MAX);
        self.first_ns.saturating_mul(factor).clamp(0, self.cap_ns.max(0))
    }
}

/// Chance from a broken source counts as no chance.
fn unit(chance: f64) -> f64 {
    if chance.is_finite() { chance.clamp(0.0, 1.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: i64 = 1_000_000;

    fn half_a_second_to_fifteen(jitter: f64) -> Backoff {
        Backoff { first_ns: 500 * MS, cap_ns: 15_000 * MS, jitter }
    }

    #[test]
    fn the_wait_doubles_up_to_the_cap() {
        let backoff = half_a_second_to_fifteen(0.0);
        let waits_ms: Vec<i64> = (0..7).map(|failures| backoff.wait_ns(failures, 1.0) / MS).collect();
        assert_eq!(waits_ms, [500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
    }

    #[test]
    fn no_number_of_failures_overflows_it() {
        let backoff = half_a_second_to_fifteen(0.0);
        for failures in [30, 62, 63, 64, 65, 1000, u32::MAX] {
            assert_eq!(backoff.wait_ns(failures, 0.0), 15_000 * MS, "{failures}");
        }
    }

    #[test]
    fn chance_shortens_the_wait_by_at_most_its_part() {
        let backoff = half_a_second_to_fifteen(0.25);
        assert_eq!(backoff.wait_ns(1, 0.0), 1000 * MS);
        assert_eq!(backoff.wait_ns(1, 0.5), 875 * MS);
        assert_eq!(backoff.wait_ns(1, 1.0), 750 * MS);
    }

    #[test]
    fn nonsense_from_the_source_of_chance_is_kept_in_bounds() {
        let backoff = half_a_second_to_fifteen(0.25);
        for chance in [-1.0, 2.0, f64::NAN, f64::INFINITY] {
            let wait_ns = backoff.wait_ns(0, chance);
            assert!((375 * MS..=500 * MS).contains(&wait_ns), "{chance}: {wait_ns}");
        }
    }

    #[test]
    fn a_rule_without_a_wait_waits_not() {
        let never = Backoff { first_ns: 0, cap_ns: -1, jitter: 1.0 };
        assert_eq!(never.wait_ns(5, 0.3), 0);
    }
}
