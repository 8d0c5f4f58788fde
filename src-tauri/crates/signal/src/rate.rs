//! The rate at which a stream really delivers.

/// The stretch over which a rate is measured, nanoseconds (5 s, as on the platform).
pub const RATE_WINDOW_NS: i64 = 5_000_000_000;
/// How many of the newest samples tell the rate of a stream that is too slow for the window.
const SLOW_SAMPLES: usize = 4;

/// Samples a second at `now_ns`, from the ascending host times of the newest
/// samples: over the last 5 s where that holds at least three samples, over the
/// last four samples otherwise. None while there are fewer than two; 0 once the
/// newest sample is older than the window and three of its own intervals.
#[must_use]
pub fn rate_hz(times_ns: &[i64], now_ns: i64) -> Option<f64> {
    let recent = &times_ns[times_ns.partition_point(|t| *t <= now_ns - RATE_WINDOW_NS)..];
    let used =
        if recent.len() >= 3 { recent } else { &times_ns[times_ns.len().saturating_sub(SLOW_SAMPLES)..] };
    let (first, last) = (*used.first()?, *used.last()?);
    let intervals = used.len() as i64 - 1;
    if intervals == 0 || last <= first {
        return None;
    }
    let mean_ns = (last - first) / intervals;
    let overdue = now_ns - last > RATE_WINDOW_NS.max(mean_ns.saturating_mul(3));
    Some(if overdue { 0.0 } else { intervals as f64 * 1e9 / (last - first) as f64 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every(period_ns: i64, n: i64) -> Vec<i64> {
        (0..n).map(|k| k * period_ns).collect()
    }

    #[test]
    fn a_fast_stream_is_measured_over_the_last_five_seconds() {
        let times = every(4_000_000, 5000);
        assert!((rate_hz(&times, 20_000_000_000).unwrap() - 250.0).abs() < 1e-6);
    }

    #[test]
    fn a_slow_stream_is_measured_over_its_last_samples() {
        let times = every(60_000_000_000, 3);
        assert!((rate_hz(&times, 130_000_000_000).unwrap() - 1.0 / 60.0).abs() < 1e-9);
    }

    #[test]
    fn a_stream_that_stopped_falls_to_zero() {
        assert_eq!(rate_hz(&every(10_000_000, 100), 20_000_000_000), Some(0.0));
    }

    #[test]
    fn one_sample_has_no_rate() {
        assert_eq!(rate_hz(&[5], 10), None);
        assert_eq!(rate_hz(&[], 10), None);
    }
}
