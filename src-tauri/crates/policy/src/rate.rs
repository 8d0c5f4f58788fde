//! Whether a stream delivers as many samples as it should, and what it should where
//! nobody has promised anything: the rate at which it has delivered steadily.
//!
//! Pure: rates and times are parameters.

/// Below this share of what is expected a stream is short of samples …
const SHORT_BELOW: f64 = 0.95;
/// … and above this share it has too many.
const OVER_ABOVE: f64 = 1.05;
/// A stream counts as good again within these shares.
const GOOD_AGAIN: std::ops::RangeInclusive<f64> = 0.97..=1.03;
/// A verdict has to stand for so long before it is told, ns: longer than the stretch
/// over which a rate is measured, so that one late packet is none.
const HOLD_NS: i64 = 6_000_000_000;

/// How many samples come, against what is expected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verdict {
    /// Not known yet, or nothing is expected.
    #[default]
    Unknown,
    /// As many as expected.
    Good,
    /// Less than 95 %.
    Short,
    /// More than 105 %.
    Over,
}

/// The verdict on one stream, which does not flutter.
#[derive(Clone, Copy, Debug, Default)]
pub struct Judge {
    told: Verdict,
    /// What it would be, and since when, host time.
    leaning: Option<(Verdict, i64)>,
}

impl Judge {
    /// Judges the measured rate. Without one, or with nothing to hold it against, the
    /// verdict falls at once.
    pub fn judge(&mut self, actual_hz: Option<f64>, expected_hz: Option<f64>, now_ns: i64) -> Verdict {
        let sane = |hz: &f64| hz.is_finite() && *hz > 0.0;
        let (Some(actual), Some(expected)) = (actual_hz.filter(sane), expected_hz.filter(sane)) else {
            *self = Self::default();
            return Verdict::Unknown;
        };
        let now = self.verdict(actual / expected);
        if now == self.told {
            self.leaning = None;
            return self.told;
        }
        let since_ns = match self.leaning {
            Some((leaning, since_ns)) if leaning == now => since_ns,
            _ => now_ns,
        };
        self.leaning = Some((now, since_ns));
        if now_ns.saturating_sub(since_ns) >= HOLD_NS {
            (self.told, self.leaning) = (now, None);
        }
        self.told
    }

    /// The last verdict.
    #[must_use]
    pub fn told(&self) -> Verdict {
        self.told
    }

    fn verdict(&self, share: f64) -> Verdict {
        match self.told {
            Verdict::Short if share < *GOOD_AGAIN.start() => Verdict::Short,
            Verdict::Over if share > *GOOD_AGAIN.end() => Verdict::Over,
            _ if share < SHORT_BELOW => Verdict::Short,
            _ if share > OVER_ABOVE => Verdict::Over,
            _ => Verdict::Good,
        }
    }
}

/// A rate is steady when for so long, ns …
const STEADY_NS: i64 = 30_000_000_000;
/// … in so many readings at least …
const STEADY_READINGS: u32 = 10;
/// … the highest was no more than this above the lowest.
const STEADY_SPREAD: f64 = 1.06;

/// Learns the rate at which a stream delivers steadily.
#[derive(Clone, Copy, Debug, Default)]
pub struct Learner(Option<Stretch>);

#[derive(Clone, Copy, Debug)]
struct Stretch {
    since_ns: i64,
    low: f64,
    high: f64,
    sum: f64,
    readings: u32,
}

impl Learner {
    /// Takes a reading; gives the rate where it has been steady for long enough.
    /// Without a rate, or with one that is far from those before, it begins anew.
    pub fn note(&mut self, rate_hz: Option<f64>, now_ns: i64) -> Option<f64> {
        let Some(hz) = rate_hz.filter(|hz| hz.is_finite() && *hz > 0.0) else {
            self.0 = None;
            return None;
        };
        let fresh = Stretch { since_ns: now_ns, low: hz, high: hz, sum: hz, readings: 1 };
        let longer = |so_far: Stretch| Stretch {
            low: so_far.low.min(hz),
            high: so_far.high.max(hz),
            sum: so_far.sum + hz,
            readings: so_far.readings + 1,
            ..so_far
        };
        let stretch = self.0.map(longer).filter(|stretch| stretch.high <= stretch.low * STEADY_SPREAD);
        let stretch = *self.0.insert(stretch.unwrap_or(fresh));
        let is_steady =
            stretch.readings >= STEADY_READINGS && now_ns.saturating_sub(stretch.since_ns) >= STEADY_NS;
        is_steady.then(|| stretch.sum / f64::from(stretch.readings))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000_000;

    /// A judge who has seen `actual` of 130 Hz from second `from` to `to`, once a second.
    fn see(judge: &mut Judge, actual: f64, from: i64, to: i64) -> Verdict {
        (from..=to).fold(Verdict::Unknown, |_, s| judge.judge(Some(actual), Some(130.0), s * SECOND))
    }

    #[test]
    fn a_verdict_is_told_when_it_has_stood_for_6_s() {
        let mut judge = Judge::default();
        assert_eq!(see(&mut judge, 128.6, 0, 5), Verdict::Unknown);
        assert_eq!(see(&mut judge, 128.6, 6, 6), Verdict::Good);
        assert_eq!(see(&mut judge, 120.0, 10, 15), Verdict::Good);
        assert_eq!(see(&mut judge, 120.0, 16, 16), Verdict::Short);
        assert_eq!(see(&mut judge, 140.0, 20, 26), Verdict::Over);
    }

    #[test]
    fn a_dip_of_5_s_is_none() {
        let mut judge = Judge::default();
        see(&mut judge, 130.0, 0, 10);
        assert_eq!(see(&mut judge, 50.0, 11, 15), Verdict::Good);
        assert_eq!(see(&mut judge, 130.0, 16, 16), Verdict::Good);
        assert_eq!(see(&mut judge, 50.0, 17, 21), Verdict::Good, "counted anew");
    }

    #[test]
    fn at_the_edge_a_verdict_does_not_flutter() {
        let mut judge = Judge::default();
        see(&mut judge, 0.94 * 130.0, 0, 10);
        assert_eq!(see(&mut judge, 0.96 * 130.0, 11, 60), Verdict::Short);
        assert_eq!(see(&mut judge, 0.98 * 130.0, 61, 67), Verdict::Good);
        assert_eq!(see(&mut judge, 0.96 * 130.0, 68, 120), Verdict::Good);
        see(&mut judge, 1.06 * 130.0, 121, 130);
        assert_eq!(see(&mut judge, 1.04 * 130.0, 131, 200), Verdict::Over);
    }

    #[test]
    fn what_can_not_be_judged_is_not_known_at_once() {
        for (actual, expected) in
            [(None, Some(1.0)), (Some(1.0), None), (Some(0.0), Some(1.0)), (Some(1.0), Some(f64::NAN))]
        {
            let mut judge = Judge::default();
            see(&mut judge, 130.0, 0, 10);
            assert_eq!(judge.judge(actual, expected, 11 * SECOND), Verdict::Unknown);
            assert_eq!(judge.told(), Verdict::Unknown);
        }
    }

    #[test]
    fn a_rate_is_learned_after_30_steady_seconds() {
        let mut learner = Learner::default();
        let wobbly = |s: i64| 1.0 + if s % 2 == 0 { 0.02 } else { -0.02 };
        for s in 0..30 {
            assert_eq!(learner.note(Some(wobbly(s)), s * SECOND), None, "after {s} s");
        }
        let learned = learner.note(Some(wobbly(30)), 30 * SECOND).unwrap();
        assert!((learned - 1.0).abs() < 0.005, "{learned}");
    }

    #[test]
    fn a_rate_that_wanders_or_stops_is_not_learned() {
        let mut learner = Learner::default();
        for s in 0..300 {
            assert_eq!(learner.note(Some(10.0 + s as f64 / 10.0), s * SECOND), None);
        }
        let mut learner = Learner::default();
        for s in 0..300 {
            let rate = (s % 20 != 0).then_some(10.0);
            assert_eq!(learner.note(rate, s * SECOND), None);
        }
    }
}
