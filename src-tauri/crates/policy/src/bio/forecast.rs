//! Predictive load: what usually happens at this hour of the day.
//!
//! Demand (how closely sensors are watched, 0 to 1) and load are remembered for
//! 14 days, one point every 125 s, by the hour of the local day. Where the hour
//! that begins within 10 min is known to want clearly more attention, windows
//! grow shorter beforehand (0.95 falling to 0.75); for 10 min after such an hour
//! they are longer (1.2). An hour that is known for its high load is not made
//! heavier by it ("platform, predictive load balancer"; the last rule is ours).
//!
//! Ages are host time and hours are noted when they are lived through, so that a
//! wall clock that steps loses nothing and invents nothing.

use super::circadian::TimeOfDay;
use std::collections::VecDeque;

const SECOND_NS: i64 = 1_000_000_000;

/// One point is kept every so often, ns: 14 days then have fewer than 10,000.
pub const POINT_EVERY_NS: i64 = 125 * SECOND_NS;
const POINTS_MAX: usize = 10_000;
const KEPT_NS: i64 = 14 * 24 * 3600 * SECOND_NS;
const LOOK_AHEAD_SECS: u32 = 600;
const CONFIDENCE_MIN: f64 = 0.6;
const POINTS_FULL: f64 = 50.0;
const VARIANCE_WEIGHT: f64 = 10.0;
const DIFFERENCE_MIN: f64 = 0.3;
/// Mean load from which an hour is not prepared for: there levels are elevated.
const LOAD_MAX: f64 = 0.5;
/// Factor 10 min before a peak …
const BOOST_LEAST: f64 = 0.95;
/// … and right in front of it.
pub const BOOST_MOST: f64 = 0.75;
/// Factor after a peak.
pub const AFTER_PEAK: f64 = 1.2;

#[derive(Clone, Copy, Debug)]
struct Point {
    at_ns: i64,
    hour: u8,
    demand: f32,
    load: f32,
}

/// The points of one hour of the day, together.
#[derive(Clone, Copy, Debug, Default)]
struct Hour {
    points: f64,
    demand: f64,
    variance: f64,
    load: f64,
}

impl Hour {
    fn confidence(&self) -> f64 {
        (self.points / POINTS_FULL).min(1.0) / (1.0 + VARIANCE_WEIGHT * self.variance)
    }

    fn is_known(&self) -> bool {
        self.confidence() >= CONFIDENCE_MIN
    }
}

/// What is expected.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Outlook {
    /// Nothing that would change anything.
    #[default]
    Steady,
    /// An hour of more attention begins in so many seconds.
    PeakAhead(u32),
    /// An hour of more attention has just ended.
    AfterPeak,
}

impl Outlook {
    /// The factor on windows.
    #[must_use]
    pub fn factor(self) -> f64 {
        match self {
            Self::Steady => 1.0,
            Self::PeakAhead(secs) => {
                let far = f64::from(secs.min(LOOK_AHEAD_SECS)) / f64::from(LOOK_AHEAD_SECS);
                BOOST_MOST + (BOOST_LEAST - BOOST_MOST) * far
            }
            Self::AfterPeak => AFTER_PEAK,
        }
    }
}

/// Remembers days, and tells what the next minutes usually bring.
#[derive(Clone, Debug, Default)]
pub struct Forecast {
    points: VecDeque<Point>,
    gathering: Gathering,
}

#[derive(Clone, Copy, Debug, Default)]
struct Gathering {
    since_ns: Option<i64>,
    readings: f64,
    demand: f64,
    load: f64,
}

impl Forecast {
    /// Takes the demand and the load at `now_ns`, both 0 to 1. Call it as often as
    /// they are known; a point is their mean over 125 s.
    pub fn record(&mut self, demand: f64, load: f64, time: TimeOfDay, now_ns: i64) {
        if !demand.is_finite() || !load.is_finite() {
            return;
        }
        let since_ns = *self.gathering.since_ns.get_or_insert(now_ns);
        self.gathering.readings += 1.0;
        self.gathering.demand += demand.clamp(0.0, 1.0);
        self.gathering.load += load.clamp(0.0, 1.0);
        if now_ns.saturating_sub(since_ns) >= POINT_EVERY_NS {
            let Gathering { readings, demand, load, .. } = std::mem::take(&mut self.gathering);
            let (demand, load) = ((demand / readings) as f32, (load / readings) as f32);
            self.gathering.since_ns = Some(now_ns);
            self.keep(Point { at_ns: now_ns, hour: time.hour(), demand, load });
        }
    }

    fn keep(&mut self, point: Point) {
        let oldest_ns = point.at_ns.saturating_sub(KEPT_NS);
        while self.points.front().is_some_and(|old| old.at_ns < oldest_ns) || self.points.len() >= POINTS_MAX
        {
            self.points.pop_front();
        }
        self.points.push_back(point);
    }

    /// What is expected at `time`.
    #[must_use]
    pub fn outlook(&self, time: TimeOfDay) -> Outlook {
        let (into_hour, hour) = (time.secs() % 3600, time.hour());
        let to_next = 3600 - into_hour;
        if to_next <= LOOK_AHEAD_SECS {
            let (now, next) = (self.hour(hour), self.hour((hour + 1) % 24));
            let is_more = next.demand - now.demand > DIFFERENCE_MIN && now.points > 0.0;
            if next.is_known() && is_more && next.load < LOAD_MAX {
                return Outlook::PeakAhead(to_next);
            }
        }
        if into_hour < LOOK_AHEAD_SECS {
            let (before, now) = (self.hour((hour + 23) % 24), self.hour(hour));
            if before.is_known() && now.is_known() && before.demand - now.demand > DIFFERENCE_MIN {
                return Outlook::AfterPeak;
            }
        }
        Outlook::Steady
    }

    fn hour(&self, hour: u8) -> Hour {
        let of_hour = || self.points.iter().filter(|point| point.hour == hour);
        let n = of_hour().count() as f64;
        if n < 1.0 {
            return Hour::default();
        }
        let mean = |of: fn(&Point) -> f32| of_hour().map(|point| f64::from(of(point))).sum::<f64>() / n;
        let demand = mean(|point| point.demand);
        let variance = of_hour().map(|point| (f64::from(point.demand) - demand).powi(2)).sum::<f64>() / n;
        Hour { points: n, demand, variance, load: mean(|point| point.load) }
    }

    /// Points that are remembered.
    #[must_use]
    pub fn points(&self) -> usize {
        self.points.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_SECS: i64 = 24 * 3600;

    /// Days in which `demand` and `load` depend on the hour, in steps of 25 s.
    fn lived(days: i64, demand: impl Fn(u8) -> f64, load: f64) -> Forecast {
        let mut forecast = Forecast::default();
        for second in (0..days * DAY_SECS).step_by(25) {
            let time = TimeOfDay::from_secs(second);
            forecast.record(demand(time.hour()), load, time, second * SECOND_NS);
        }
        forecast
    }

    fn at(hour: i64, minute: i64) -> TimeOfDay {
        TimeOfDay::from_secs(hour * 3600 + minute * 60)
    }

    fn nine_is_watched(hour: u8) -> f64 {
        if hour == 9 { 0.9 } else { 0.1 }
    }

    #[test]
    fn prepares_for_an_hour_that_is_usually_watched_and_calms_down_after_it() {
        let forecast = lived(5, nine_is_watched, 0.1);
        for (hour, minute, factor) in [
            (8, 49, 1.0),
            (8, 50, 0.95),
            (8, 55, 0.85),
            (9, 0, 1.0),
            (9, 55, 1.0),
            (10, 0, 1.2),
            (10, 10, 1.0),
        ] {
            let found = forecast.outlook(at(hour, minute)).factor();
            assert!((found - factor).abs() < 1e-9, "{hour}:{minute} {found}");
        }
    }

    #[test]
    fn one_day_is_too_little_to_go_by() {
        assert_eq!(lived(1, nine_is_watched, 0.1).outlook(at(8, 55)), Outlook::Steady);
    }

    #[test]
    fn hours_that_vary_are_not_trusted() {
        let mut forecast = Forecast::default();
        for second in (0..10 * DAY_SECS).step_by(25) {
            let time = TimeOfDay::from_secs(second);
            let demand = if time.hour() == 9 && (second / DAY_SECS) % 2 == 0 { 1.0 } else { 0.0 };
            forecast.record(demand, 0.1, time, second * SECOND_NS);
        }
        assert_eq!(forecast.outlook(at(8, 55)), Outlook::Steady, "variance 0.25: confidence 0.29");
    }

    #[test]
    fn an_hour_known_for_its_load_is_not_made_heavier() {
        assert_eq!(lived(5, nine_is_watched, 0.6).outlook(at(8, 55)), Outlook::Steady);
    }

    #[test]
    fn a_small_difference_changes_nothing() {
        let forecast = lived(5, |hour| if hour == 9 { 0.39 } else { 0.1 }, 0.1);
        assert_eq!(forecast.outlook(at(8, 55)), Outlook::Steady);
    }

    #[test]
    fn keeps_fourteen_days_and_never_more_than_ten_thousand_points() {
        let forecast = lived(20, nine_is_watched, 0.1);
        let newest_ns = forecast.points.back().map_or(0, |point| point.at_ns);
        assert!(forecast.points() <= POINTS_MAX && forecast.points() > 9_000);
        assert!(forecast.points.iter().all(|point| newest_ns - point.at_ns <= KEPT_NS));
    }

    #[test]
    fn nonsense_is_not_remembered() {
        let mut forecast = Forecast::default();
        for second in 0..1_000 {
            forecast.record(f64::NAN, f64::INFINITY, at(0, 0), second * SECOND_NS);
        }
        assert_eq!(forecast.points(), 0);
    }
}
