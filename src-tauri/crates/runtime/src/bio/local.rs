//! The local time of day, from the wall clock and the system's time zone.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use model::NANOS_PER_SEC;
use policy::bio::circadian::TimeOfDay;

/// The local time of day at `wall_ns`. A date that the calendar does not know is
/// taken as UTC: any reading of the clock gives a time of day.
pub fn time_of_day(wall_ns: i64) -> TimeOfDay {
    time_of_day_in(&TimeZone::system(), wall_ns)
}

fn time_of_day_in(zone: &TimeZone, wall_ns: i64) -> TimeOfDay {
    let secs = wall_ns.div_euclid(NANOS_PER_SEC);
    let offset = Timestamp::from_second(secs).map_or(0, |at| zone.to_offset(at).seconds());
    TimeOfDay::from_secs(secs.saturating_add(i64::from(offset)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::Offset;

    /// 2026-01-01T00:00:00Z.
    const NEW_YEAR: i64 = 1_767_225_600;

    #[test]
    fn is_the_hour_on_the_wall_and_not_that_of_utc() {
        let at =
            |hours: i8| time_of_day_in(&TimeZone::fixed(Offset::constant(hours)), NEW_YEAR * NANOS_PER_SEC);
        assert_eq!((at(0).hour(), at(1).hour(), at(-5).hour(), at(9).hour()), (0, 1, 19, 9));
    }

    #[test]
    fn any_reading_of_the_clock_gives_a_time_of_day() {
        for wall_ns in [i64::MIN, -1, 0, i64::MAX] {
            assert!(time_of_day(wall_ns).hour() < 24);
        }
    }
}
