//! The circadian scheduler: day and night, in local time.
//!
//! A profile says how busy each hour of the day usually is, 0 to 1; it begins as
//! the platform's and learns, every 6 hours, from the load of the last 24. From it
//! follows a phase, checked every 10 min, with its factor on windows, and over it
//! lies a wave of 90 min, ±8 % ("platform, circadian scheduler", which reckons in
//! UTC and is given nothing to learn from).
//!
//! Time of day comes from the wall clock, waiting from the host's. Where the two
//! disagree about how long it has been (the clock was set, the time zone changed)
//! the phase is looked at anew at once.

use std::collections::VecDeque;
use std::f64::consts::TAU;

const SECOND_NS: i64 = 1_000_000_000;
const DAY_SECS: i64 = 86_400;

/// The least and the largest factor: those of the phases with the wave on them.
pub const BOUNDS: (f64, f64) = (0.85 * (1.0 - WAVE), 1.2 * (1.0 + WAVE));
const CHECK_EVERY_NS: i64 = 600 * SECOND_NS;
const LEARN_EVERY_NS: i64 = 6 * 3600 * SECOND_NS;
const POINT_EVERY_NS: i64 = 60 * SECOND_NS;
/// One point a minute for 24 hours.
const POINTS_MAX: usize = 1_440;
const POINTS_MIN: usize = 60;
/// How much of an hour's new mean goes into its place in the profile.
const LEARNING_RATE: f64 = 0.3;
const PEAK_ABOVE: f64 = 0.7;
const OFF_PEAK_BELOW: f64 = 0.3;
/// Height and length of the ultradian wave.
const WAVE: f64 = 0.08;
const WAVE_SECS: f64 = 5_400.0;
/// Clocks that disagree by more than this have been set, s.
const STEP_SECS: i64 = 120;

/// How busy each hour of the day is where nothing has been learnt (0 h to 23 h).
pub const DEFAULT_PROFILE: [f64; 24] = [
    0.2, 0.15, 0.1, 0.1, 0.1, 0.15, 0.3, 0.5, 0.7, 0.8, 0.75, 0.7, 0.6, 0.65, 0.7, 0.65, 0.6, 0.5, 0.4, 0.35,
    0.3, 0.25, 0.2, 0.2,
];

/// The local time of day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimeOfDay(u32);

impl TimeOfDay {
    /// The time of day of a local time in seconds, from whatever midnight on; any
    /// number is a time of day, also a negative one.
    #[must_use]
    pub const fn from_secs(local_secs: i64) -> Self {
        Self(local_secs.rem_euclid(DAY_SECS) as u32)
    }

    /// Seconds since midnight.
    #[must_use]
    pub const fn secs(self) -> u32 {
        self.0
    }

    /// The hour, 0 to 23.
    #[must_use]
    pub const fn hour(self) -> u8 {
        (self.0 / 3600) as u8
    }
}

/// Where the day stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// The next hour is a busy one.
    ApproachingPeak,
    /// A busy hour.
    Peak,
    /// The last hour was a busy one.
    LeavingPeak,
    /// A quiet hour.
    OffPeak,
    /// None of these.
    #[default]
    Normal,
}

impl Phase {
    /// The factor on windows.
    #[must_use]
    pub const fn factor(self) -> f64 {
        match self {
            Self::ApproachingPeak => 1.15,
            Self::Peak => 1.2,
            Self::LeavingPeak => 0.9,
            Self::OffPeak => 0.85,
            Self::Normal => 1.0,
        }
    }

    /// The phase in the operator's words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::ApproachingPeak => "a busy hour is near",
            Self::Peak => "a busy hour",
            Self::LeavingPeak => "a busy hour is over",
            Self::OffPeak => "a quiet hour",
            Self::Normal => "an ordinary hour",
        }
    }
}

/// Follows the day.
#[derive(Clone, Debug)]
pub struct Circadian {
    profile: [f64; 24],
    points: VecDeque<(u8, f32)>,
    phase: Phase,
    last: Option<(TimeOfDay, i64)>,
    checked_ns: Option<i64>,
    pointed_ns: Option<i64>,
    learnt_ns: Option<i64>,
}

impl Default for Circadian {
    fn default() -> Self {
        Self {
            profile: DEFAULT_PROFILE,
            points: VecDeque::new(),
            phase: Phase::Normal,
            last: None,
            checked_ns: None,
            pointed_ns: None,
            learnt_ns: None,
        }
    }
}

impl Circadian {
    /// Takes the load at `time` of day, 0 to 1; `now_ns` is host time.
    pub fn observe(&mut self, load: f64, time: TimeOfDay, now_ns: i64) {
        let was_set = self.last.is_some_and(|last| disagree(last, (time, now_ns)));
        self.last = Some((time, now_ns));
        if is_due(&mut self.pointed_ns, POINT_EVERY_NS, now_ns) && load.is_finite() {
            self.points.truncate(POINTS_MAX - 1);
            self.points.push_front((time.hour(), load.clamp(0.0, 1.0) as f32));
        }
        if *self.learnt_ns.get_or_insert(now_ns) <= now_ns.saturating_sub(LEARN_EVERY_NS) {
            self.learnt_ns = Some(now_ns);
            self.learn();
        }
        if is_due(&mut self.checked_ns, CHECK_EVERY_NS, now_ns) || was_set {
            self.checked_ns = Some(now_ns);
            self.phase = phase(&self.profile, time.hour());
        }
    }

    fn learn(&mut self) {
        if self.points.len() < POINTS_MIN {
            return;
        }
        for (hour, busy) in (0_u8..).zip(&mut self.profile) {
            let of_hour =
                || self.points.iter().filter(|(of, _)| *of == hour).map(|(_, load)| f64::from(*load));
            let n = of_hour().count();
            if n > 0 {
                let mean = of_hour().sum::<f64>() / n as f64;
                *busy += LEARNING_RATE * (mean - *busy);
            }
        }
    }

    /// The phase of the last check.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        self.phase
    }

    /// The factor on windows at `time`: the phase's, with the wave on it.
    #[must_use]
    pub fn factor(&self, time: TimeOfDay) -> f64 {
        let wave = WAVE * (TAU * f64::from(time.secs()) / WAVE_SECS).sin();
        self.phase.factor() * (1.0 + wave)
    }

    /// How busy each hour of the day is held to be.
    #[must_use]
    pub const fn profile(&self) -> &[f64; 24] {
        &self.profile
    }
}

fn phase(profile: &[f64; 24], hour: u8) -> Phase {
    let busy = |ahead: u8| profile[usize::from((hour + ahead) % 24)];
    if busy(0) > PEAK_ABOVE {
        Phase::Peak
    } else if busy(1) > PEAK_ABOVE {
        Phase::ApproachingPeak
    } else if busy(23) > PEAK_ABOVE {
        Phase::LeavingPeak
    } else if busy(0) < OFF_PEAK_BELOW {
        Phase::OffPeak
    } else {
        Phase::Normal
    }
}

/// Whether `every_ns` has passed since `last_ns`, which then moves; true the first time.
fn is_due(last_ns: &mut Option<i64>, every_ns: i64, now_ns: i64) -> bool {
    let due = last_ns.is_none_or(|last| now_ns.saturating_sub(last) >= every_ns);
    if due {
        *last_ns = Some(now_ns);
    }
    due
}

/// Whether the time of day has moved otherwise than host time, around midnight too.
fn disagree(last: (TimeOfDay, i64), now: (TimeOfDay, i64)) -> bool {
    let host_secs = now.1.saturating_sub(last.1) / SECOND_NS;
    let wall_secs = i64::from(now.0.secs()) - i64::from(last.0.secs());
    let apart = wall_secs.saturating_sub(host_secs).rem_euclid(DAY_SECS);
    apart.min(DAY_SECS - apart) > STEP_SECS
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR_NS: i64 = 3600 * SECOND_NS;

    fn at_hour(hour: i64) -> TimeOfDay {
        TimeOfDay::from_secs(hour * 3600)
    }

    fn phase_at(hour: i64) -> Phase {
        let mut circadian = Circadian::default();
        circadian.observe(0.1, at_hour(hour), 0);
        circadian.phase()
    }

    #[test]
    fn the_default_day_has_its_phases_at_the_platforms_hours() {
        let phases: Vec<Phase> = (0..24).map(phase_at).collect();
        assert_eq!(phases[8], Phase::ApproachingPeak);
        assert_eq!([phases[9], phases[10]], [Phase::Peak; 2]);
        assert_eq!(phases[11], Phase::LeavingPeak);
        assert_eq!(phases[12..21], [Phase::Normal; 9]);
        let quiet: Vec<Phase> = phases[..6].iter().chain(&phases[21..]).copied().collect();
        assert_eq!(quiet, [Phase::OffPeak; 9]);
        assert_eq!([phases[6], phases[7]], [Phase::Normal; 2]);
    }

    #[test]
    fn the_wave_lifts_and_lowers_by_eight_hundredths_in_ninety_minutes() {
        let circadian = Circadian::default();
        let factor = |secs: i64| circadian.factor(TimeOfDay::from_secs(secs));
        for (secs, expected) in [(0, 1.0), (1_350, 1.08), (2_700, 1.0), (4_050, 0.92), (5_400, 1.0)] {
            assert!((factor(secs) - expected).abs() < 1e-9, "{secs} s");
        }
    }

    #[test]
    fn every_factor_of_the_day_is_within_the_bounds() {
        for secs in (0..DAY_SECS).step_by(30) {
            let mut circadian = Circadian::default();
            circadian.observe(0.5, TimeOfDay::from_secs(secs), 0);
            let factor = circadian.factor(TimeOfDay::from_secs(secs));
            assert!((BOUNDS.0..=BOUNDS.1).contains(&factor));
        }
    }

    #[test]
    fn the_phase_is_looked_at_every_ten_minutes_and_not_before() {
        let mut circadian = Circadian::default();
        let start = 9 * 3600 - 60;
        for second in 0..600 {
            circadian.observe(0.1, TimeOfDay::from_secs(start + second), second * SECOND_NS);
            assert_eq!(circadian.phase(), Phase::ApproachingPeak);
        }
        circadian.observe(0.1, TimeOfDay::from_secs(start + 600), 600 * SECOND_NS);
        assert_eq!(circadian.phase(), Phase::Peak);
    }

    #[test]
    fn a_clock_that_is_set_changes_the_phase_at_once() {
        let mut circadian = Circadian::default();
        circadian.observe(0.1, at_hour(3), 0);
        circadian.observe(0.1, at_hour(9), 2 * SECOND_NS);
        assert_eq!(circadian.phase(), Phase::Peak);
        circadian.observe(0.1, at_hour(3), 4 * SECOND_NS);
        assert_eq!(circadian.phase(), Phase::OffPeak);
    }

    #[test]
    fn midnight_and_a_suspend_are_no_reason_to_think_that_the_clock_was_set() {
        let midnight = (TimeOfDay::from_secs(DAY_SECS - 1), 0);
        assert!(!disagree(midnight, (TimeOfDay::from_secs(1), 2 * SECOND_NS)));
        assert!(!disagree((at_hour(20), 0), (at_hour(4), 8 * HOUR_NS)));
        assert!(!disagree((at_hour(3), 0), (at_hour(3), i64::MAX - i64::MAX % (24 * HOUR_NS))));
        assert!(disagree((at_hour(3), 0), (at_hour(4), SECOND_NS)));
    }

    #[test]
    fn learns_from_the_load_of_the_hours_it_has_seen() {
        let mut circadian = Circadian::default();
        for minute in 0..=6 * 60 {
            let load = if minute < 60 { 1.0 } else { 0.5 };
            circadian.observe(load, TimeOfDay::from_secs(minute * 60), minute * 60 * SECOND_NS);
        }
        let profile = circadian.profile();
        assert!((profile[0] - (0.2 + 0.3 * 0.8)).abs() < 1e-6, "{profile:?}");
        assert!((profile[1] - (0.15 + 0.3 * 0.35)).abs() < 1e-6);
        assert!((profile[12] - 0.6).abs() < 1e-12, "noon was not seen");
    }

    #[test]
    fn fifty_nine_points_teach_nothing() {
        let mut circadian = Circadian::default();
        (0..59).for_each(|minute| circadian.observe(1.0, at_hour(0), minute * 60 * SECOND_NS));
        circadian.learn();
        assert_eq!(circadian.profile(), &DEFAULT_PROFILE);
        circadian.observe(1.0, at_hour(0), 59 * 60 * SECOND_NS);
        circadian.learn();
        assert!(circadian.profile()[0] > 0.2);
    }

    #[test]
    fn any_number_of_seconds_is_a_time_of_day() {
        for secs in [i64::MIN, -1, 0, 1, i64::MAX] {
            assert!(TimeOfDay::from_secs(secs).hour() < 24);
        }
        assert_eq!(TimeOfDay::from_secs(-1).hour(), 23);
    }
}
