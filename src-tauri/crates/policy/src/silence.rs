//! When a stream that should deliver has fallen silent.

/// The shortest silence worth an alarm. "A stopped sensor is visible within a
/// second" is the promise.
const SILENT_AFTER_MIN_NS: i64 = 900_000_000;
/// How many missing samples make a silence.
const MISSED_SAMPLES: f64 = 3.0;
/// Silence of a stream that has no rate yet, or never promised one.
const SILENT_AFTER_UNKNOWN_NS: i64 = 3_000_000_000;

/// After how long without a sample a stream of this rate counts as silent,
/// in nanoseconds: three samples missed, but no less than 0.9 s.
#[must_use]
pub fn silent_after_ns(rate_hz: Option<f64>) -> i64 {
    match rate_hz {
        Some(rate) if rate.is_finite() && rate > 0.0 => {
            let missed_ns = MISSED_SAMPLES / rate * 1e9;
            (missed_ns.min(1e18) as i64).max(SILENT_AFTER_MIN_NS)
        }
        _ => SILENT_AFTER_UNKNOWN_NS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fast_stream_is_silent_within_a_second() {
        assert!(silent_after_ns(Some(250.0)) < 1_000_000_000);
    }

    #[test]
    fn a_slow_stream_has_time_for_three_samples() {
        assert_eq!(silent_after_ns(Some(0.2)), 15_000_000_000);
    }

    #[test]
    fn a_rate_that_makes_no_sense_counts_as_unknown() {
        for rate in [None, Some(0.0), Some(-1.0), Some(f64::NAN)] {
            assert_eq!(silent_after_ns(rate), SILENT_AFTER_UNKNOWN_NS);
        }
    }
}
