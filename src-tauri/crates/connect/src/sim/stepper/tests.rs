//! The stepper with invented time: exact counts, nothing twice, stalls counted.

use super::{SAMPLES_PER_CALL, Stepper};
use crate::Event;
use crate::sim::{Scenario, hash};
use model::{Block, GapReason, LinkState, NANOS_PER_SEC, Stamp};

const START_NS: i64 = 5_000_000_000_123;

fn at(ns_after_start: i64) -> Stamp {
    Stamp { host_ns: START_NS + ns_after_start, wall_ns: 1_700_000_000_000_000_000 + ns_after_start }
}

fn stepper(attributes: &str) -> Stepper {
    let text = format!("connectors: {{c: {{sensors: {{s: {{attributes: {{{attributes}}}}}}}}}}}");
    Stepper::new(&Scenario::parse(&text, "step.yaml").unwrap().scenario, 1, at(0))
}

/// The blocks among the events, and the samples dropped for each reason.
fn sorted(events: Vec<Event>) -> (Vec<Block>, Vec<(u64, GapReason)>) {
    let (mut blocks, mut drops) = (Vec::new(), Vec::new());
    for event in events {
        match event {
            Event::Block { block, .. } => blocks.push(block),
            Event::Dropped { samples, reason, .. } => drops.push((samples, reason)),
            _ => (),
        }
    }
    (blocks, drops)
}

/// Asks at uneven moments, 1 to 60 ms apart, until `secs`.
fn run_unevenly(stepper: &mut Stepper, secs: i64) -> Vec<Event> {
    let (mut events, mut now_ns) = (Vec::new(), 0);
    for tick in 0.. {
        now_ns += hash::between(99, tick, 1e6, 60e6) as i64;
        if now_ns >= secs * NANOS_PER_SEC {
            break;
        }
        events.extend(stepper.due(at(now_ns)));
    }
    events.extend(stepper.due(at(secs * NANOS_PER_SEC)));
    events
}

#[test]
fn a_minute_of_uneven_ticks_gives_every_sample_once_at_its_own_time() {
    for rate_hz in [100.0, 250.0, 360.0, 1.0, 7.3] {
        let mut stepper = stepper(&format!("a: {{sensor_type: ecg, sampling_rate: {rate_hz}}}"));
        let (blocks, drops) = sorted(run_unevenly(&mut stepper, 60));
        assert!(drops.is_empty());
        let mut next = 0;
        let mut times = Vec::new();
        for block in &blocks {
            assert_eq!(block.first_index(), next, "a hole or a repetition");
            next = block.end_index();
            times.extend_from_slice(block.host_ns());
        }
        assert!((next as f64 / 60.0 - rate_hz).abs() < 0.1, "{next} samples in a minute at {rate_hz} Hz");
        let period_ns = 1e9 / rate_hz;
        let off = |(k, time): (usize, &i64)| ((time - times[0]) as f64 - k as f64 * period_ns).abs();
        assert!(times.iter().enumerate().map(off).fold(0.0, f64::max) <= 1.0, "times wander");
    }
}

#[test]
fn nothing_is_stamped_ahead_of_now() {
    let mut stepper =
        stepper("a: {sensor_type: ecg, sampling_rate: 1000}, b: {sensor_type: spo2, sampling_rate: 0.5}");
    for ms in 0..5000 {
        let now = at(ms * 1_000_000);
        let (blocks, _) = sorted(stepper.due(now));
        assert!(blocks.iter().all(|block| block.last_host_ns() <= now.host_ns));
        assert!(stepper.next_due_ns().unwrap() > now.host_ns, "something due was kept back");
    }
}

#[test]
fn two_runs_with_one_seed_give_the_same_samples_whatever_the_ticks() {
    let attributes = "a: {sensor_type: ecg, sampling_rate: 100}, b: {sensor_type: hrv, sampling_rate: 1}";
    let joined = |events: Vec<Event>| {
        let mut runs: std::collections::BTreeMap<_, Vec<Block>> = std::collections::BTreeMap::new();
        for event in events {
            if let Event::Block { stream, block } = event {
                let run = runs.entry(stream).or_default();
                match run.last_mut() {
                    Some(last) => last.append(block).unwrap(),
                    None => run.push(block),
                }
            }
        }
        runs
    };
    let unevenly = joined(run_unevenly(&mut stepper(attributes), 10));
    let mut other = stepper(attributes);
    let evenly = joined((0..=500).flat_map(|tick| other.due(at(tick * 20_000_000))).collect());
    assert_eq!(unevenly, evenly);
}

#[test]
fn a_slow_stream_delivers_its_first_sample_at_once() {
    let mut stepper = stepper("a: {sensor_type: temperature, sampling_rate: 0.017}");
    let (blocks, _) = sorted(stepper.due(at(100_000_000)));
    assert_eq!(blocks.iter().map(Block::len).sum::<u64>(), 1);
}

#[test]
fn a_stall_of_more_than_5_seconds_skips_and_counts_every_sample() {
    let mut stepper =
        stepper("a: {sensor_type: ecg, sampling_rate: 100}, b: {sensor_type: spo2, sampling_rate: 0.2}");
    let (before, _) = sorted(stepper.due(at(NANOS_PER_SEC)));
    let events = stepper.due(at(61 * NANOS_PER_SEC));
    assert!(matches!(&events[0], Event::Dropped { .. }), "the drop is told before the block behind it");
    let (after, drops) = sorted(events);
    assert!(drops.iter().all(|(_, reason)| *reason == GapReason::SourceOverrun));
    let stored: u64 = before.iter().chain(&after).map(Block::len).sum();
    let dropped: u64 = drops.iter().map(|(samples, _)| samples).sum();
    let offered: u64 = after.iter().map(Block::end_index).sum();
    assert_eq!(stored + dropped, offered, "stored {stored}, dropped {dropped}");
    assert!((5999..=6001).contains(&drops[0].0) || (5999..=6001).contains(&drops[1].0), "{drops:?}");
    assert!(after.iter().all(|block| block.len() == 1), "only the newest of each stream");
}

#[test]
fn a_stall_of_less_than_5_seconds_is_made_up_for() {
    let mut stepper = stepper("a: {sensor_type: ecg, sampling_rate: 100}");
    stepper.due(at(NANOS_PER_SEC));
    let (blocks, drops) = sorted(stepper.due(at(5 * NANOS_PER_SEC)));
    assert!(drops.is_empty());
    assert_eq!(blocks.iter().map(Block::len).sum::<u64>(), 400);
}

#[test]
fn a_slow_stream_that_is_a_little_late_drops_nothing() {
    let mut stepper = stepper("a: {sensor_type: spo2, sampling_rate: 0.1}");
    stepper.due(at(NANOS_PER_SEC));
    let (blocks, drops) = sorted(stepper.due(at(19 * NANOS_PER_SEC)));
    assert_eq!((blocks.len(), drops.len()), (1, 0));
}

#[test]
fn no_block_is_larger_than_its_batch_size() {
    let mut stepper = stepper("a: {sensor_type: ecg, sampling_rate: 1000, batch_size: 7}");
    let (blocks, _) = sorted(stepper.due(at(NANOS_PER_SEC)));
    assert!(blocks.len() > 130 && blocks.iter().all(|block| block.len() <= 7));
}

#[test]
fn one_call_is_bounded_and_the_next_goes_on_at_once() {
    let many: Vec<String> =
        (0..30).map(|n| format!("a{n}: {{sensor_type: x, sampling_rate: 10000}}")).collect();
    let mut stepper = stepper(&many.join(", "));
    let now = at(4 * NANOS_PER_SEC);
    let mut calls = 0;
    let mut samples = 0;
    while stepper.next_due_ns().unwrap() <= now.host_ns {
        let got: u64 = sorted(stepper.due(now)).0.iter().map(Block::len).sum();
        assert!(got <= 2 * SAMPLES_PER_CALL);
        samples += got;
        calls += 1;
    }
    assert!(calls > 5, "{calls} calls");
    // 30 streams of 40,001 samples, less a phase of up to one period each.
    assert!((30 * 40_000..=30 * 40_001).contains(&samples), "{samples}");
}

#[test]
fn a_sensor_stops_when_all_its_attributes_have_ended() {
    let mut stepper = stepper(
        "a: {sensor_type: ecg, sampling_rate: 10, duration: 2}, b: {sensor_type: x, sampling_rate: 1, duration: 3}",
    );
    let early = stepper.due(at(2_500_000_000));
    assert!(!early.iter().any(|event| matches!(event, Event::Link { .. })));
    let late = stepper.due(at(4 * NANOS_PER_SEC));
    assert!(matches!(late.last(), Some(Event::Link { link: LinkState::Stopped, .. })));
    assert_eq!((stepper.next_due_ns(), stepper.running_sensors().count()), (None, 0));
    let samples: u64 = sorted(early).0.iter().chain(&sorted(late).0).map(Block::len).sum();
    assert_eq!(samples, 20 + 3);
    assert!(stepper.due(at(100 * NANOS_PER_SEC)).is_empty());
}

#[test]
fn streams_that_rest_are_not_touched() {
    let slow: Vec<String> =
        (0..1000).map(|n| format!("a{n}: {{sensor_type: x, sampling_rate: 0.001}}")).collect();
    let mut stepper = stepper(&slow.join(", "));
    assert_eq!(sorted(stepper.due(at(NANOS_PER_SEC))).0.len(), 1000);
    assert!(stepper.due(at(2 * NANOS_PER_SEC)).is_empty());
    assert!(stepper.next_due_ns().unwrap() >= at(1000 * NANOS_PER_SEC).host_ns);
}

#[test]
fn small_differences_of_the_wall_clock_are_not_passed_on_but_a_step_is() {
    let mut stepper = stepper("a: {sensor_type: ecg, sampling_rate: 100}");
    let offset = |stepper: &mut Stepper, ms: i64, wall_error_ns: i64| {
        let mut now = at(ms * 1_000_000);
        now.wall_ns += wall_error_ns;
        sorted(stepper.due(now)).0[0].wall_minus_host_ns()
    };
    let first = offset(&mut stepper, 100, 0);
    assert_eq!(offset(&mut stepper, 200, 900), first);
    assert_eq!(offset(&mut stepper, 300, 3_600_000_000_000), first + 3_600_000_000_000);
}

#[test]
fn after_a_stop_the_numbers_go_on_and_what_was_passed_over_is_counted() {
    let mut stepper = stepper("a: {sensor_type: ecg, sampling_rate: 100}");
    let (before, _) = sorted(stepper.due(at(NANOS_PER_SEC)));
    let (_, drops) = sorted(stepper.resume(at(3 * NANOS_PER_SEC), GapReason::SourceStopped));
    let (after, _) = sorted(stepper.due(at(3 * NANOS_PER_SEC)));
    let last = before.last().unwrap().end_index();
    assert_eq!(drops, [(after[0].first_index() - last, GapReason::SourceStopped)]);
    assert_eq!(after[0].len(), 1);
}
