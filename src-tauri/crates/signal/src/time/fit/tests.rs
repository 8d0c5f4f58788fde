use super::*;

const MS: i64 = 1_000_000;
const S: i64 = 1_000 * MS;
const EVERY: i64 = 500 * MS;

/// Delays of up to 40 ms; every fifth packet waits for nothing.
fn delay(k: i64) -> i64 {
    k * 3 % 5 * 10 * MS
}

/// A fit after `n` packets, every half second from host time 0, device time `epoch`.
fn after(n: i64, epoch: i64) -> Fit {
    let mut fit = Fit::new(Clock::crystal(1.0));
    for k in 0..n {
        let seen = fit.observe(k * EVERY + delay(k), epoch + k * EVERY);
        assert_eq!(seen, if k == 0 { Seen::First } else { Seen::Followed });
    }
    fit
}

fn off_ms(fit: &Fit, ticks: i64, truth: i64) -> f64 {
    (fit.at(ticks).unwrap() - truth) as f64 / MS as f64
}

#[test]
fn corrected_time_is_that_of_the_packets_that_waited_for_nothing() {
    let fit = after(100, 7 * S);
    assert!(off_ms(&fit, 7 * S + 99 * EVERY, 99 * EVERY).abs() < 0.7);
    let estimate = fit.estimate().unwrap();
    assert!((estimate.offset_ns + 7.0 * SECOND).abs() < 0.7e6, "{estimate:?}");
    assert!(estimate.drift_ppm.abs() < 1.0 && estimate.uncertainty_ns < 2e6, "{estimate:?}");
    assert!((estimate.jitter_ns - 40e6).abs() < 1e6, "{estimate:?}");
}

#[test]
fn a_device_that_ticks_too_fast_has_a_drift_above_zero() {
    let mut fit = Fit::new(Clock::crystal(1.0));
    for k in 0..150 {
        fit.observe(k * EVERY + delay(k), (k * EVERY) + k * EVERY * 20 / 1_000_000);
    }
    assert!((fit.estimate().unwrap().drift_ppm - 20.0).abs() < 1.0, "{:?}", fit.estimate());
}

#[test]
fn a_burst_of_late_packets_does_not_move_the_line() {
    let mut fit = after(60, 0);
    for k in 60..64 {
        assert_ne!(fit.observe(64 * EVERY, k * EVERY), Seen::OutOfOrder);
    }
    assert!(off_ms(&fit, 63 * EVERY, 63 * EVERY).abs() < 1.0);
    assert_eq!(fit.observe(64 * EVERY, 64 * EVERY), Seen::Followed);
}

#[test]
fn a_long_queue_that_empties_is_no_jump_of_a_clock() {
    let mut fit = after(60, 0);
    let (mut late, mut k) = (6 * S, 60);
    while late > 0 {
        let seen = fit.observe(k * EVERY + late, k * EVERY);
        assert!(matches!(seen, Seen::Followed | Seen::Doubtful), "{seen:?} at {late}");
        (late, k) = (late - 50 * MS, k + 1);
    }
    assert!(off_ms(&fit, k * EVERY, k * EVERY).abs() < 1.0);
}

#[test]
fn a_device_whose_clock_is_reset_gets_a_new_fit_at_once() {
    let mut fit = after(60, 7 * S);
    assert_eq!(fit.observe(60 * EVERY, 5), Seen::Restarted(Jump::Back));
    assert_eq!(off_ms(&fit, 5, 60 * EVERY), 0.0);
    let mut fit = after(60, 7 * S);
    let seen = fit.observe(60 * EVERY, 7 * S + 60 * EVERY + 300 * MS);
    assert!(
        matches!(seen, Seen::Restarted(Jump::Early { by_ns }) if (by_ns - 300e6).abs() < 1e6),
        "{seen:?}"
    );
}

#[test]
fn a_host_clock_that_steps_by_an_hour_gets_a_new_fit_at_once() {
    for step in [3_600 * S, -3_600 * S] {
        let mut fit = after(60, 0);
        assert!(matches!(fit.observe(60 * EVERY + step, 60 * EVERY), Seen::Restarted(_)));
        assert_eq!(fit.observe(61 * EVERY + step, 61 * EVERY), Seen::Followed);
        assert!(off_ms(&fit, 61 * EVERY, 61 * EVERY + step).abs() < 1.0);
    }
}

#[test]
fn a_host_clock_that_counts_through_a_suspend_keeps_the_fit() {
    let mut fit = after(60, 0);
    let later = 60 * EVERY + 1_800 * S;
    assert_eq!(fit.observe(later, later), Seen::Followed);
    for k in 1..100 {
        assert_eq!(fit.observe(later + k * EVERY + delay(k), later + k * EVERY), Seen::Followed);
    }
    assert!(off_ms(&fit, later + 99 * EVERY, later + 99 * EVERY).abs() < 1.0);
}

#[test]
fn a_host_clock_that_stands_still_in_a_suspend_gets_a_new_fit() {
    let mut fit = after(60, 0);
    let seen = fit.observe(60 * EVERY, 60 * EVERY + 1_800 * S);
    assert!(matches!(seen, Seen::Restarted(Jump::Early { .. })), "{seen:?}");
}

#[test]
fn a_device_clock_that_lost_two_seconds_is_found_after_ten_of_doubt() {
    let mut fit = after(60, 0);
    let lost = |k: i64| k * EVERY - 2 * S;
    let seen: Vec<_> = (64..90).map(|k| fit.observe(k * EVERY + delay(k), lost(k))).collect();
    let found = seen.iter().position(|seen| matches!(seen, Seen::Restarted(Jump::Late { .. }))).unwrap();
    assert!((20..23).contains(&found), "{found}");
    assert!(seen[..found].iter().all(|seen| *seen == Seen::Doubtful));
    assert!(off_ms(&fit, lost(89), 89 * EVERY).abs() < 15.0);
}

#[test]
fn a_packet_out_of_order_or_twice_is_not_used() {
    let mut fit = after(60, 0);
    let before = fit.estimate();
    assert_eq!(fit.observe(60 * EVERY, 58 * EVERY), Seen::OutOfOrder);
    for _ in 0..10 {
        assert_eq!(fit.observe(60 * EVERY, 59 * EVERY), Seen::OutOfOrder);
    }
    assert_eq!(fit.estimate(), before);
}

#[test]
fn a_new_fit_keeps_the_rate_that_the_old_one_found() {
    let clock = Clock { tolerance: 0.03, ..Clock::crystal(1e9 / 130.0) };
    let mut fit = Fit::new(clock);
    let samples = |k: i64| k * 73;
    let taken = |k: i64| samples(k) * S / 132;
    for k in 0..100 {
        fit.observe(taken(k) + delay(k), samples(k));
    }
    fit.forget();
    assert_eq!(fit.estimate(), None);
    fit.observe(taken(200), samples(200));
    assert!(off_ms(&fit, samples(210), taken(210)).abs() < 1.0, "{}", off_ms(&fit, samples(210), taken(210)));
}

#[test]
fn absurd_times_neither_panic_nor_overflow() {
    let absurd = [i64::MIN, i64::MAX, 0, -1, 1, i64::MIN + 1];
    let mut fit = Fit::new(Clock::crystal(1e9));
    for host in absurd {
        for ticks in absurd {
            fit.observe(host, ticks);
            assert!(fit.at(ticks).is_some() && fit.ticks_at(host).is_some());
            assert!(fit.estimate().is_some());
        }
    }
}
