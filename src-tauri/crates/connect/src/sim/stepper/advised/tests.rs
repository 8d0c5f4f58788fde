//! A stepper that is advised, with invented time: nothing is lost silently.

use super::super::Stepper;
use crate::sim::{Scenario, hash};
use crate::{AdviceTo, Event};
use model::{Advice, AttentionLevel, Block, GapReason, LinkState, LoadLevel, SensorId, Stamp};

const MS: i64 = 1_000_000;
const START_NS: i64 = 5_000_000_000_123;

fn at(ms: i64) -> Stamp {
    let ns = ms * MS;
    Stamp { host_ns: START_NS + ns, wall_ns: 1_700_000_000_000_000_000 + ns }
}

fn stepper(keys: &str) -> Stepper {
    let text =
        format!("connectors: {{c: {{sensors: {{s: {{attributes: {{a: {{sensor_type: ecg, {keys}}}}}}}}}}}}}");
    Stepper::new(&Scenario::parse(&text, "advised.yaml").unwrap().scenario, 1, at(0))
}

fn sensor_of(stepper: &Stepper) -> SensorId {
    stepper.sensors().next().unwrap().id.clone()
}

fn advice(stepper: &Stepper, attention: AttentionLevel, window_ms: u32, batch_size: u32) -> AdviceTo {
    let (load, memory_protected, paused) = (LoadLevel::Normal, false, window_ms == 0);
    let advice = Advice { attention, load, memory_protected, paused, window_ms, batch_size };
    AdviceTo { sensor: sensor_of(stepper), advice }
}

/// Asks every 20 ms from `from_ms` to `to_ms`.
fn ask(stepper: &mut Stepper, from_ms: i64, to_ms: i64) -> Vec<Event> {
    (from_ms / 20..=to_ms / 20).flat_map(|tick| stepper.due(at(tick * 20))).collect()
}

fn blocks(events: &[Event]) -> Vec<&Block> {
    fn block(event: &Event) -> Option<&Block> {
        match event {
            Event::Block { block, .. } => Some(block),
            _ => None,
        }
    }
    events.iter().filter_map(block).collect()
}

fn paused(events: &[Event]) -> u64 {
    let dropped = |event: &Event| match event {
        Event::Dropped { samples, reason: GapReason::Paused, .. } => *samples,
        Event::Dropped { reason, .. } => panic!("dropped because {reason:?}"),
        _ => 0,
    };
    events.iter().map(dropped).sum()
}

/// Every number up to the end of the last block is in a block or was dropped.
fn assert_complete(events: &[Event]) {
    let blocks = blocks(events);
    let stored: u64 = blocks.iter().map(|block| block.len()).sum();
    let end = blocks.last().map_or(0, |block| block.end_index());
    assert_eq!(stored + paused(events), end);
    assert!(
        blocks.windows(2).all(|pair| pair[0].end_index() <= pair[1].first_index()),
        "twice or out of order"
    );
}

#[test]
fn an_unwatched_sensor_gathers_for_its_window_and_loses_nothing() {
    let mut stepper = stepper("sampling_rate: 100");
    let low = advice(&stepper, AttentionLevel::Low, 2000, 10);
    let mut events = stepper.advise(&low, at(0));
    events.extend(ask(&mut stepper, 0, 20_100));
    let sizes: Vec<u64> = blocks(&events).iter().map(|block| block.len()).collect();
    assert!(sizes.len() >= 9 && sizes.iter().all(|size| (200..=203).contains(size)), "{sizes:?}");
    assert_complete(&events);
}

#[test]
fn a_batch_window_of_the_file_is_the_base_of_the_attention_table() {
    let mut stepper = stepper("sampling_rate: 100, batch_window: 800");
    let none = advice(&stepper, AttentionLevel::None, 30_000, 20);
    let mut events = stepper.advise(&none, at(0));
    events.extend(ask(&mut stepper, 0, 40_200));
    let sizes: Vec<u64> = blocks(&events).iter().map(|block| block.len()).collect();
    // 800 ms × 10 for no attention.
    assert!(sizes.len() >= 4 && sizes.iter().all(|size| (800..=803).contains(size)), "{sizes:?}");
}

#[test]
fn a_watched_sensor_delivers_as_soon_as_it_has_the_size() {
    let mut stepper = stepper("sampling_rate: 10");
    let medium = advice(&stepper, AttentionLevel::Medium, 500, 3);
    let mut events = stepper.advise(&medium, at(0));
    events.extend(ask(&mut stepper, 0, 10_000));
    assert!(blocks(&events).iter().all(|block| block.len() == 3));
    let mut slow = self::stepper("sampling_rate: 1");
    let medium = advice(&slow, AttentionLevel::Medium, 500, 3);
    slow.advise(&medium, at(0));
    let late = ask(&mut slow, 0, 10_000);
    assert_eq!(blocks(&late).len(), 10, "the window is over before there are three");
}

#[test]
fn a_pause_delivers_nothing_and_is_counted_when_it_is_over() {
    let mut stepper = stepper("sampling_rate: 100");
    let mut events = ask(&mut stepper, 0, 1_010);
    let pause = advice(&stepper, AttentionLevel::None, 0, 20);
    events.extend(stepper.advise(&pause, at(1_015)));
    let silence = ask(&mut stepper, 1_020, 61_000);
    assert!(silence.is_empty(), "{silence:?}");
    assert_eq!(stepper.next_due_ns(), None, "nothing is even looked at");
    let high = advice(&stepper, AttentionLevel::High, 100, 1);
    events.extend(stepper.advise(&high, at(61_000)));
    events.extend(ask(&mut stepper, 61_000, 62_000));
    assert!((5_990..=6_000).contains(&paused(&events)), "{}", paused(&events));
    assert_complete(&events);
}

#[test]
fn says_once_that_it_obeys_and_again_after_it_was_started_again() {
    let mut stepper = stepper("sampling_rate: 100");
    let low = advice(&stepper, AttentionLevel::Low, 2000, 10);
    let said =
        |events: &[Event]| events.iter().any(|event| matches!(event, Event::Advised { obeys: true, .. }));
    assert!(said(&stepper.advise(&low, at(0))));
    assert!(!said(&stepper.advise(&low, at(1))));
    stepper.forget_advice();
    assert!(said(&stepper.advise(&low, at(2))));
    let stranger = AdviceTo { sensor: SensorId::parse("nobody").unwrap(), ..low };
    assert!(stepper.advise(&stranger, at(3)).is_empty());
}

#[test]
fn a_stream_that_ends_while_it_pauses_says_so_and_counts_the_rest() {
    let mut stepper = stepper("sampling_rate: 10, duration: 5");
    let mut events = ask(&mut stepper, 0, 2_000);
    let pause = advice(&stepper, AttentionLevel::None, 0, 20);
    events.extend(stepper.advise(&pause, at(2_010)));
    events.extend(ask(&mut stepper, 2_020, 9_000));
    assert!(matches!(events.last(), Some(Event::Link { link: LinkState::Stopped, .. })));
    let stored: u64 = blocks(&events).iter().map(|block| block.len()).sum();
    assert_eq!(stored + paused(&events), 50);
}

#[test]
fn whatever_is_advised_when_every_sample_is_delivered_once_or_counted() {
    for seed in 0..50 {
        let mut stepper = stepper("sampling_rate: 250, batch_size: 64");
        let (mut events, mut now_ms) = (Vec::new(), 0);
        for step in 0..40 {
            let dice = |k| hash::unit(hash::at(seed, step), k);
            let attention = AttentionLevel::ALL[(dice(0) * 4.0) as usize];
            let window_ms = if dice(1) < 0.3 { 0 } else { (dice(2) * 3_000.0) as u32 + 1 };
            let one = advice(&stepper, attention, window_ms, (dice(3) * 30.0) as u32);
            events.extend(stepper.advise(&one, at(now_ms)));
            let until_ms = now_ms + (dice(4) * 4_000.0) as i64;
            events.extend(ask(&mut stepper, now_ms, until_ms));
            now_ms = until_ms.max(now_ms + 1);
        }
        let high = advice(&stepper, AttentionLevel::High, 100, 1);
        events.extend(stepper.advise(&high, at(now_ms)));
        events.extend(ask(&mut stepper, now_ms, now_ms + 1_000));
        assert_complete(&events);
    }
}
