//! The times of a stream's samples: start + `k` ÷ rate, to the nearest
//! nanosecond, computed from `k` each time so that no error adds up.

use model::NANOS_PER_SEC;

#[derive(Debug)]
pub struct Schedule {
    start_ns: i64,
    rate_hz: f64,
    /// None where it never ends.
    end: Option<End>,
}

#[derive(Clone, Copy, Debug)]
struct End {
    /// One past the last sample.
    samples: u64,
    at_ns: i64,
}

impl Schedule {
    pub fn new(start_ns: i64, rate_hz: f64, duration_secs: Option<f64>) -> Self {
        // At least one sample: a duration shorter than a period still says something.
        let end = duration_secs.map(|secs| End {
            samples: ((secs * rate_hz).ceil() as u64).max(1),
            at_ns: start_ns.saturating_add((secs * NANOS_PER_SEC as f64) as i64),
        });
        Self { start_ns, rate_hz, end }
    }

    /// When sample `k` is due.
    pub fn time_ns(&self, k: u64) -> i64 {
        let after_ns = (k as f64 * NANOS_PER_SEC as f64 / self.rate_hz).round() as i64;
        self.start_ns.saturating_add(after_ns)
    }

    /// One past the last sample due at `now_ns`.
    pub fn due_end(&self, now_ns: i64) -> u64 {
        if now_ns < self.start_ns {
            return 0;
        }
        let since_ns = now_ns.saturating_sub(self.start_ns) as f64;
        let mut count = (since_ns * self.rate_hz / NANOS_PER_SEC as f64) as u64 + 1;
        // The division may be off by one either way; the times themselves decide.
        while count > 0 && self.time_ns(count - 1) > now_ns {
            count -= 1;
        }
        while self.time_ns(count) <= now_ns {
            count += 1;
        }
        self.end.map_or(count, |end| count.min(end.samples))
    }

    /// When the stream ends, where it ever does.
    pub fn end_ns(&self) -> Option<i64> {
        self.end.map(|end| end.at_ns)
    }

    /// When there is something to do for a stream that has sent `sent` samples:
    /// the next sample, or behind the last one the end of its duration.
    pub fn next_ns(&self, sent: u64) -> i64 {
        match self.end {
            Some(end) if sent >= end.samples => end.at_ns,
            Some(_) | None => self.time_ns(sent),
        }
    }

    /// Whether a stream that has sent `sent` samples is over at `now_ns`.
    pub fn is_over(&self, sent: u64, now_ns: i64) -> bool {
        self.end.is_some_and(|end| sent >= end.samples && now_ns >= end.at_ns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_samples_whose_time_has_come_are_due() {
        for rate in [0.017, 0.2, 1.0, 3.0, 100.0, 360.0, 999.9, 10_000.0] {
            let schedule = Schedule::new(1_234_567, rate, None);
            for k in [0_u64, 1, 2, 59, 1_000_003, 86_400_000] {
                let time = schedule.time_ns(k);
                assert_eq!(
                    (schedule.due_end(time - 1), schedule.due_end(time)),
                    (k, k + 1),
                    "{rate} Hz, {k}"
                );
            }
        }
    }

    #[test]
    fn ends_after_its_duration_with_at_least_one_sample() {
        assert_eq!(Schedule::new(0, 10.0, Some(2.0)).due_end(i64::MAX / 2), 20);
        assert_eq!(Schedule::new(0, 0.1, Some(2.0)).due_end(i64::MAX / 2), 1);
    }

    #[test]
    fn is_over_when_its_duration_is_and_not_with_its_last_sample() {
        let schedule = Schedule::new(0, 1.0, Some(2.5));
        assert_eq!((schedule.next_ns(2), schedule.next_ns(3)), (2_000_000_000, 2_500_000_000));
        assert!(!schedule.is_over(3, 2_400_000_000) && schedule.is_over(3, 2_500_000_000));
    }
}
