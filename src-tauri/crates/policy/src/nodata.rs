//! When it is an alarm that a stream delivers nothing: 2 s without a sample, for a
//! stream that is expected to flow. A slow one may take two of its intervals longer.
//!
//! Pure: who looks brings what is to be seen and the time, and is told what changed
//! and when to look again.

/// So long a stream may deliver nothing, ns.
pub const NO_DATA_NS: i64 = 2_000_000_000;
/// From this rate on, Hz, nothing is added: a strap that means 1 Hz measures a little less.
const FAST_HZ: f64 = 0.9;
/// Intervals that a slower stream may take longer.
const SPARE_INTERVALS: f64 = 2.0;
/// A link that is up anew may take so long for its first sample, ns: a device has to
/// be subscribed to, and its sensor to wake.
pub const FIRST_SAMPLE_NS: i64 = 5_000_000_000;
/// How often it is looked whether a stream in alarm flows again, ns.
pub const RAISED_LOOK_NS: i64 = 50_000_000;
/// How often it is looked whether something begins to be expected, ns.
const IDLE_LOOK_NS: i64 = 500_000_000;
/// What no rate is slow enough for, ns.
const ALLOWED_MAX_NS: f64 = 1e15;

/// The link of a stream's sensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// Samples may come.
    Up {
        /// Host time since when.
        since_ns: i64,
    },
    /// It is gone, or being made: nothing comes, and somebody waits for it.
    Down,
    /// Nobody wants anything from it.
    Off,
}

/// What is to be seen of a stream.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// The link of its sensor.
    pub link: Link,
    /// Host time of its newest sample.
    pub last_ns: Option<i64>,
    /// How often it is expected to deliver, Hz; none where nothing is expected of it.
    pub rate_hz: Option<f64>,
    /// How long its source may keep samples back because it was asked to, ns; all the
    /// time (`i64::MAX`) while it is paused.
    pub held_back_ns: i64,
}

/// What has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Nothing.
    None,
    /// It delivers nothing: an alarm.
    Raised {
        /// Host time from which on nothing came.
        since_ns: i64,
    },
    /// Data flows again.
    Flows {
        /// For how long nothing came, ns.
        silent_ns: i64,
    },
    /// Nothing is expected of it any more.
    Dropped,
}

/// What came of a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// What has changed.
    pub change: Change,
    /// Host time of the next look.
    pub next_ns: i64,
}

/// The watch over one stream.
#[derive(Clone, Copy, Debug, Default)]
pub struct Watch {
    /// Host time from which on samples are expected; none while none are.
    from_ns: Option<i64>,
    /// Since when nothing has come, while this is an alarm.
    raised_ns: Option<i64>,
}

/// How long a stream of this rate may deliver nothing, ns; none where the rate is none.
#[must_use]
pub fn allowed_ns(rate_hz: f64) -> Option<i64> {
    if !rate_hz.is_finite() || rate_hz <= 0.0 {
        return None;
    }
    let spare_ns = if rate_hz >= FAST_HZ { 0.0 } else { SPARE_INTERVALS / rate_hz * 1e9 };
    Some(NO_DATA_NS + spare_ns.min(ALLOWED_MAX_NS) as i64)
}

impl Watch {
    /// Looks.
    pub fn look(&mut self, facts: &Facts, now_ns: i64) -> Look {
        let allowed_ns = facts.rate_hz.and_then(allowed_ns);
        let (Some(allowed_ns), Some(from_ns)) = (allowed_ns, self.expected_from(facts, now_ns)) else {
            let change = if self.raised_ns.take().is_some() { Change::Dropped } else { Change::None };
            return Look { change, next_ns: now_ns.saturating_add(IDLE_LOOK_NS) };
        };
        let last_ns = facts.last_ns.filter(|last_ns| *last_ns >= from_ns);
        // What has delivered nothing yet gets a little longer.
        let allowed_ns = if last_ns.is_some() { allowed_ns } else { allowed_ns.max(FIRST_SAMPLE_NS) };
        let since_ns = last_ns.unwrap_or(from_ns);
        let due_ns = since_ns.saturating_add(allowed_ns).saturating_add(facts.held_back_ns);
        let change = self.change(now_ns >= due_ns, since_ns);
        let next_ns = match self.raised_ns {
            Some(_) => now_ns.saturating_add(RAISED_LOOK_NS),
            None => due_ns,
        };
        Look { change, next_ns }
    }

    /// Since when nothing has come, host time, while this is an alarm.
    #[must_use]
    pub fn raised_ns(&self) -> Option<i64> {
        self.raised_ns
    }

    fn expected_from(&mut self, facts: &Facts, now_ns: i64) -> Option<i64> {
        self.from_ns = match facts.link {
            Link::Off => None,
            // A pause is no silence; when it ends, counting begins anew.
            _ if facts.held_back_ns == i64::MAX => return self.pause(now_ns),
            Link::Up { since_ns } => Some(self.from_ns.unwrap_or(since_ns)),
            Link::Down => self.from_ns,
        };
        self.from_ns
    }

    fn pause(&mut self, now_ns: i64) -> Option<i64> {
        self.from_ns = Some(now_ns);
        None
    }

    fn change(&mut self, is_silent: bool, since_ns: i64) -> Change {
        match (self.raised_ns, is_silent) {
            (None, true) => {
                self.raised_ns = Some(since_ns);
                Change::Raised { since_ns }
            }
            (Some(raised_ns), false) => {
                self.raised_ns = None;
                Change::Flows { silent_ns: since_ns.saturating_sub(raised_ns) }
            }
            _ => Change::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: i64 = 1_000_000;

    fn facts(rate_hz: f64, last_ms: Option<i64>) -> Facts {
        Facts {
            link: Link::Up { since_ns: 0 },
            last_ns: last_ms.map(|ms| ms * MS),
            rate_hz: Some(rate_hz),
            held_back_ns: 0,
        }
    }

    /// Looks at the times that the watch itself asks for, as long as `sample` says when
    /// the newest sample came; when the first change came, and which.
    fn until_change(watch: &mut Watch, mut now_ns: i64, facts: impl Fn(i64) -> Facts) -> (i64, Change) {
        for _ in 0..10_000 {
            let look = watch.look(&facts(now_ns), now_ns);
            if look.change != Change::None {
                return (now_ns / MS, look.change);
            }
            assert!(look.next_ns > now_ns, "a look that is due at once would never end");
            now_ns = look.next_ns;
        }
        panic!("no change");
    }

    #[test]
    fn a_fast_stream_that_stops_is_an_alarm_2_s_after_its_last_sample_and_no_sooner() {
        // 130 Hz until 7,000 ms.
        let mut watch = Watch::default();
        let at = |now_ns: i64| facts(130.0, Some((now_ns / MS).min(7000)));
        assert_eq!(until_change(&mut watch, 0, at), (9000, Change::Raised { since_ns: 7000 * MS }));
        assert_eq!(watch.raised_ns(), Some(7000 * MS));
    }

    #[test]
    fn it_is_cleared_within_100_ms_of_the_next_sample_and_tells_how_long_nothing_came() {
        let mut watch = Watch::default();
        let flows = |now_ns: i64| {
            let now_ms = now_ns / MS;
            facts(130.0, Some(if now_ms >= 20_000 { now_ms } else { 1000 }))
        };
        assert_eq!(until_change(&mut watch, 0, flows).0, 3000);
        let (at_ms, change) = until_change(&mut watch, 3001 * MS, flows);
        assert!((20_000..=20_100).contains(&at_ms), "{at_ms}");
        let Change::Flows { silent_ns } = change else { panic!("{change:?}") };
        assert!((19_000..=19_100).contains(&(silent_ns / MS)));
        assert_eq!(watch.raised_ns(), None);
    }

    #[test]
    fn a_slow_stream_may_take_two_of_its_intervals_longer() {
        let mut watch = Watch::default();
        let at = |_| facts(0.2, Some(1000));
        assert_eq!(until_change(&mut watch, 0, at).0, 1000 + 2000 + 10_000);
        assert_eq!(allowed_ns(0.98), Some(NO_DATA_NS), "a strap that means 1 Hz");
    }

    #[test]
    fn of_a_stream_without_a_rate_nothing_is_expected() {
        for rate_hz in [None, Some(0.0), Some(-1.0), Some(f64::NAN), Some(f64::INFINITY)] {
            let mut watch = Watch::default();
            let facts = Facts { rate_hz, ..facts(1.0, Some(0)) };
            let look = watch.look(&facts, 1_000_000 * MS);
            assert_eq!(look.change, Change::None, "{rate_hz:?}");
        }
    }

    #[test]
    fn no_rate_is_so_slow_that_the_sum_overflows() {
        for rate in [f64::MIN_POSITIVE, 1e-300, 5e-324] {
            let mut watch = Watch::default();
            assert_eq!(watch.look(&facts(rate, Some(i64::MAX / MS)), 0).change, Change::None);
        }
    }

    #[test]
    fn a_link_that_is_up_has_5_s_for_its_first_sample() {
        let mut watch = Watch::default();
        assert_eq!(until_change(&mut watch, 0, |_| facts(130.0, None)).0, 5000);
    }

    #[test]
    fn a_lost_link_is_an_alarm_too_and_one_that_was_let_go_is_none() {
        let mut watch = Watch::default();
        let _ = watch.look(&facts(130.0, Some(100)), 100 * MS);
        let lost = |_| Facts { link: Link::Down, ..facts(130.0, Some(1000)) };
        assert_eq!(until_change(&mut watch, 1000 * MS, lost).0, 3000);
        let off = Facts { link: Link::Off, ..facts(130.0, Some(1000)) };
        assert_eq!(watch.look(&off, 4000 * MS).change, Change::Dropped);
        assert_eq!(watch.look(&off, 90_000 * MS).change, Change::None);
    }

    #[test]
    fn a_device_that_is_connected_again_is_not_blamed_for_the_time_in_between() {
        let mut watch = Watch::default();
        let _ = watch.look(&facts(130.0, Some(100)), 100 * MS);
        let _ = watch.look(&Facts { link: Link::Off, ..facts(130.0, Some(100)) }, 200 * MS);
        let _ = watch.look(&Facts { link: Link::Down, ..facts(130.0, Some(100)) }, 3_600_000 * MS);
        let again = |_| Facts { link: Link::Up { since_ns: 3_601_000 * MS }, ..facts(130.0, Some(100)) };
        assert_eq!(until_change(&mut watch, 3_601_000 * MS, again).0, 3_606_000);
    }

    #[test]
    fn a_pause_is_no_silence_and_what_is_gathered_is_waited_for() {
        let mut watch = Watch::default();
        let paused = Facts { held_back_ns: i64::MAX, ..facts(130.0, Some(0)) };
        for s in 0..60 {
            assert_eq!(watch.look(&paused, s * 1000 * MS).change, Change::None);
        }
        // Since it goes on it has time for its first sample.
        assert_eq!(until_change(&mut watch, 59_500 * MS, |_| facts(130.0, Some(0))).0, 59_000 + 5000);
        let mut watch = Watch::default();
        let gathers = |_| Facts { held_back_ns: 700 * MS, ..facts(130.0, Some(1000)) };
        assert_eq!(until_change(&mut watch, 0, gathers).0, 3700);
    }
}
