//! From cumulative CPU times to a utilisation: differences, the mean of five.

use super::probe::CpuReading;
use std::collections::VecDeque;

/// So many samples make the mean ("platform, system load monitor").
const SAMPLES: usize = 5;
/// A difference over a longer time tells of a suspend, not of the load.
const GAP_MAX_NS: i64 = 10_000_000_000;

/// Turns readings into a utilisation, 0 to 1.
#[derive(Debug, Default)]
pub struct CpuMeter {
    last: Option<(CpuReading, i64)>,
    recent: VecDeque<f64>,
}

impl CpuMeter {
    /// Takes the reading at `now_ns`, host time.
    pub fn take(&mut self, reading: CpuReading, now_ns: i64) {
        let last = self.last.replace((reading, now_ns));
        let Some((before, before_ns)) = last else { return };
        let elapsed_ns = now_ns.saturating_sub(before_ns);
        if elapsed_ns <= 0 || elapsed_ns > GAP_MAX_NS {
            return;
        }
        if let Some(utilisation) = utilisation(before, reading, elapsed_ns) {
            self.recent.truncate(SAMPLES - 1);
            self.recent.push_front(utilisation);
        }
    }

    /// The mean of the last five samples; 0 while there is none.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.recent.iter().sum::<f64>() / self.recent.len().max(1) as f64
    }

    /// Whether anything has been measured.
    #[must_use]
    pub fn is_measured(&self) -> bool {
        !self.recent.is_empty()
    }
}

/// The larger of the machine's and the group's utilisation: whichever is used up
/// first is what slows the console down.
fn utilisation(before: CpuReading, now: CpuReading, elapsed_ns: i64) -> Option<f64> {
    let host = before.host.zip(now.host).and_then(|(before, now)| {
        let total = now.total.checked_sub(before.total).filter(|total| *total > 0)?;
        Some(now.busy.checked_sub(before.busy)? as f64 / total as f64)
    });
    let group = before.group.zip(now.group).and_then(|(before, now)| {
        let used = now.used_ns.checked_sub(before.used_ns)? as f64;
        Some(used / (elapsed_ns as f64 * now.cores))
    });
    let largest = host.into_iter().chain(group).reduce(f64::max)?;
    largest.is_finite().then(|| largest.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::probe::{GroupCpu, HostCpu};

    const SECOND: i64 = 1_000_000_000;

    fn host(busy: u64, total: u64) -> CpuReading {
        CpuReading { host: Some(HostCpu { busy, total }), group: None }
    }

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-12
    }

    #[test]
    fn is_the_mean_of_the_last_five_differences() {
        let mut meter = CpuMeter::default();
        let mut busy = 0;
        for second in 0..=10_u32 {
            meter.take(host(busy, u64::from(second) * 100), i64::from(second) * SECOND);
            busy += if second < 5 { 0 } else { 50 };
        }
        assert!(close(meter.mean(), 0.5), "the five idle seconds are forgotten");
    }

    #[test]
    fn a_small_quota_counts_more_than_an_idle_machine() {
        let mut meter = CpuMeter::default();
        for (second, used_ns, total) in [(0, 0, 0), (1, 400_000_000, 100)] {
            let group = Some(GroupCpu { used_ns, cores: 0.5 });
            meter.take(CpuReading { group, ..host(0, total) }, second * SECOND);
        }
        assert!(close(meter.mean(), 0.8));
    }

    #[test]
    fn a_suspend_a_counter_that_runs_back_and_a_clock_that_stands_still_are_left_out() {
        let mut meter = CpuMeter::default();
        meter.take(host(0, 0), 0);
        meter.take(host(100, 100), 8 * 3600 * SECOND);
        meter.take(host(50, 90), 8 * 3600 * SECOND + SECOND);
        meter.take(host(60, 100), 8 * 3600 * SECOND + SECOND);
        assert!(!meter.is_measured());
        meter.take(host(65, 110), 8 * 3600 * SECOND + 2 * SECOND);
        assert!(close(meter.mean(), 0.5));
    }

    #[test]
    fn nothing_known_is_no_load() {
        let mut meter = CpuMeter::default();
        (0..10).for_each(|second| meter.take(CpuReading::default(), second * SECOND));
        assert!(close(meter.mean(), 0.0) && !meter.is_measured());
    }
}
