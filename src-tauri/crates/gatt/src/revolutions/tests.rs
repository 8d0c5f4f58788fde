//! The rides that a counter can tell of, in invented time.

use super::*;

const SEC: i64 = NS_PER_SEC;

/// The rates of a crank whose packets say `(revolutions, ticks)` at those host seconds.
fn ride(mut meter: Meter, packets: &[(i64, u32, u16)]) -> Vec<Option<f64>> {
    let turns = |revolutions, event_ticks| Turns { revolutions, event_ticks };
    packets.iter().map(|(at, revolutions, ticks)| meter.take(turns(*revolutions, *ticks), at * SEC)).collect()
}

const CRANK: Meter = Meter::per_1024(Width::Bits16);
const WHEEL: Meter = Meter::per_1024(Width::Bits32);

#[test]
fn two_events_make_a_rate_and_one_does_not() {
    assert_eq!(ride(CRANK, &[(0, 100, 2048), (1, 102, 3072)]), [None, Some(2.0)]);
    let power_wheel = ride(Meter::power_wheel(), &[(0, 1000, 2048), (1, 1005, 4096)]);
    assert_eq!(power_wheel, [None, Some(5.0)]);
}

#[test]
fn both_counters_wrap_without_a_jump() {
    assert_eq!(ride(CRANK, &[(0, 65_535, 65_024), (1, 1, 512)]), [None, Some(2.0)]);
    assert_eq!(ride(WHEEL, &[(0, u32::MAX, 65_024), (1, 2, 512)]), [None, Some(3.0)]);
}

#[test]
fn an_event_time_seen_before_holds_the_rate_for_3_s_and_then_it_is_0() {
    let rates =
        ride(CRANK, &[(0, 1, 0), (1, 2, 1024), (2, 2, 1024), (3, 2, 1024), (4, 2, 1024), (5, 2, 1024)]);
    assert_eq!(rates, [None, Some(1.0), Some(1.0), Some(1.0), Some(0.0), Some(0.0)]);
}

#[test]
fn the_rate_falls_to_0_without_any_packet() {
    let mut meter = CRANK;
    assert_eq!(meter.per_sec_at(0), None);
    for (at, revolutions, event_ticks) in [(0, 1, 0), (1, 2, 1024)] {
        meter.take(Turns { revolutions, event_ticks }, at * SEC);
    }
    assert_eq!(meter.per_sec_at(SEC + HOLD_NS - 1), Some(1.0));
    assert_eq!(meter.per_sec_at(SEC + HOLD_NS), Some(0.0));
}

#[test]
fn who_starts_again_within_the_clocks_round_has_a_slow_turn() {
    assert_eq!(ride(CRANK, &[(0, 1, 0), (1, 2, 1024), (21, 3, 21_504)])[2], Some(0.05));
}

#[test]
fn after_the_clock_may_have_wrapped_unseen_counting_starts_over() {
    let rates = ride(CRANK, &[(0, 1, 0), (1, 2, 1024), (65, 9, 1030), (66, 10, 2054)]);
    assert_eq!(rates[2..], [None, Some(1.0)]);
}

#[test]
fn a_device_that_restarts_its_counters_makes_no_rate_of_the_jump() {
    assert_eq!(
        ride(WHEEL, &[(0, 1000, 0), (1, 1001, 1024), (2, 0, 2048), (3, 1, 3072)])[2..],
        [None, Some(1.0)]
    );
    assert_eq!(ride(CRANK, &[(0, 1000, 0), (1, 1001, 1024), (2, 5, 1024)])[2], None);
}

#[test]
fn a_host_clock_that_steps_back_is_survived() {
    assert_eq!(ride(CRANK, &[(9, 1, 0), (1, 2, 1024)])[1], Some(1.0));
    assert_eq!(ride(CRANK, &[(i64::MIN / SEC, 1, 0), (i64::MAX / SEC, 2, 1024)])[1], None);
}
