//! Corrected time of simulated Bluetooth streams against the truth.

#[path = "../examples/dejitter/cases.rs"]
mod cases;
#[path = "../examples/dejitter/rls.rs"]
mod rls;
#[path = "../examples/dejitter/score.rs"]
mod score;
#[path = "../examples/dejitter/sim.rs"]
mod sim;

use score::{Known, lsl, mean, ours, score};
use sim::Scenario;

const STEADY: f64 = 180.0;

fn case(name: &str) -> Scenario {
    let found = cases::CASES.iter().find(|case| case.name == name);
    cases::of_seed(*found.unwrap_or_else(|| panic!("no case {name}")), 1)
}

/// Root mean square error from 180 s on, ms, each method's own constant taken away:
/// of a device with clock, of one with packet numbers, and of least squares that is
/// told of every missing sample.
fn steady(name: &str) -> [f64; 3] {
    let case = case(name);
    let packets = sim::run(&case);
    let all = [
        ours(&case, &packets, Known::Clock).0,
        ours(&case, &packets, Known::Counter).0,
        lsl(&case, &packets, true),
    ];
    all.map(|errors| score(&errors, STEADY, f64::MAX, mean(&errors, STEADY)).rms)
}

fn is_three_times_nearer(name: &str) {
    let [clock, counter, lsl] = steady(name);
    assert!(3.0 * clock < lsl && 3.0 * counter < lsl, "{name}: {clock}, {counter}, {lsl}");
}

#[test]
fn an_ecg_over_any_link_is_three_times_nearer_to_the_truth_than_least_squares() {
    ["ecg_7.5ms", "ecg_30ms", "ecg_50ms", "ecg_50ms_exact_rate"].into_iter().for_each(is_three_times_nearer);
}

#[test]
fn small_packets_are_three_times_nearer_to_the_truth_than_least_squares() {
    ["fast_7.5ms", "fast_50ms"].into_iter().for_each(is_three_times_nearer);
}

#[test]
fn after_ten_seconds_the_error_is_below_a_millisecond() {
    for name in ["ecg_7.5ms", "ecg_15ms", "fast_7.5ms", "fast_30ms"] {
        let case = Scenario { seconds: 60.0, ..case(name) };
        let early = score(&ours(&case, &sim::run(&case), Known::Clock).0, 10.0, 60.0, 0.0);
        assert!(early.rms < 1.0, "{name}: {early:?}");
    }
}

#[test]
fn small_packets_over_a_quick_link_are_never_a_millisecond_off_after_ten_seconds() {
    let case = case("fast_7.5ms");
    let errors = ours(&case, &sim::run(&case), Known::Clock).0;
    assert!(score(&errors, 10.0, f64::MAX, 0.0).max < 1.0);
}

#[test]
fn without_time_and_number_nothing_is_worse_as_long_as_no_packet_is_missing() {
    for name in ["ecg_30ms_no_loss", "fast_50ms_no_loss"] {
        let case = case(name);
        let errors = ours(&case, &sim::run(&case), Known::Nothing).0;
        assert!(score(&errors, STEADY, f64::MAX, 0.0).rms < 1.0, "{name}");
    }
}

#[test]
fn the_uncertainty_that_is_told_holds() {
    for case in cases::CASES.iter().filter(|case| case.rate_error != 0.0) {
        for seconds in [20.0, 60.0, 200.0] {
            let case = Scenario { seconds, ..cases::of_seed(*case, 3) };
            let (errors, line) = ours(&case, &sim::run(&case), Known::Clock);
            let told = 3.0 * line.estimate().unwrap().uncertainty_ns + 500_000.0;
            let (_, error) = errors.last().unwrap();
            assert!(error.abs() < told, "{} after {seconds} s: {error}, told {told}", case.name);
        }
    }
}

#[test]
fn drift_is_found_to_a_few_parts_per_million() {
    let case = Scenario { seconds: 300.0, step_ppm: 0.0, ..case("ecg_30ms") };
    let (_, line) = ours(&case, &sim::run(&case), Known::Clock);
    let estimate = line.estimate().unwrap();
    assert!((estimate.drift_ppm - 20.0).abs() < 10.0, "{estimate:?}");
}
