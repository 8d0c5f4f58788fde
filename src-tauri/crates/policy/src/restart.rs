//! Restart intensity, as OTP's supervisors count it: more than `restarts_max`
//! restarts within `window_ns` and the supervisor gives the child up.

use std::collections::VecDeque;

/// How often a child may be restarted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Intensity {
    /// Restarts allowed within the window.
    pub restarts_max: u32,
    /// The window, nanoseconds. A restart exactly this old still counts.
    pub window_ns: i64,
}

/// What to do about a child that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Start it again.
    Restart,
    /// It fails too often.
    GiveUp,
}

/// The restarts of one child, or of one group of children.
#[derive(Clone, Debug)]
pub struct RestartLog {
    intensity: Intensity,
    recent_ns: VecDeque<i64>,
}

impl RestartLog {
    /// Nothing restarted yet.
    #[must_use]
    pub fn new(intensity: Intensity) -> Self {
        Self { intensity, recent_ns: VecDeque::new() }
    }

    /// A child failed at `now_ns`: restarts it, or gives up if that would be
    /// one restart more than the window allows.
    pub fn on_failure(&mut self, now_ns: i64) -> Decision {
        let oldest_ns = now_ns.saturating_sub(self.intensity.window_ns);
        self.recent_ns.retain(|at| *at >= oldest_ns);
        if self.recent_ns.len() >= self.intensity.restarts_max as usize {
            return Decision::GiveUp;
        }
        self.recent_ns.push_back(now_ns);
        Decision::Restart
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000_000;

    fn three_in_five_seconds() -> RestartLog {
        RestartLog::new(Intensity { restarts_max: 3, window_ns: 5 * SECOND })
    }

    #[test]
    fn gives_up_at_one_more_than_the_window_allows() {
        let mut log = three_in_five_seconds();
        let decisions: Vec<Decision> = (0..4).map(|second| log.on_failure(second * SECOND)).collect();
        assert_eq!(decisions, [Decision::Restart, Decision::Restart, Decision::Restart, Decision::GiveUp]);
    }

    #[test]
    fn forgets_restarts_older_than_the_window() {
        let mut log = three_in_five_seconds();
        for second in 0..3 {
            assert_eq!(log.on_failure(second * SECOND), Decision::Restart);
        }
        assert_eq!(log.on_failure(6 * SECOND), Decision::Restart);
    }

    #[test]
    fn a_restart_exactly_as_old_as_the_window_still_counts() {
        let mut log = three_in_five_seconds();
        for _ in 0..3 {
            assert_eq!(log.on_failure(0), Decision::Restart);
        }
        assert_eq!(log.clone().on_failure(5 * SECOND), Decision::GiveUp);
        assert_eq!(log.on_failure(5 * SECOND + 1), Decision::Restart);
    }

    #[test]
    fn an_intensity_of_zero_never_restarts() {
        let mut log = RestartLog::new(Intensity { restarts_max: 0, window_ns: SECOND });
        assert_eq!(log.on_failure(0), Decision::GiveUp);
    }
}
