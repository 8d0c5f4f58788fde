//! The ring as its writer and its readers see it.

use super::writer::LEN_FIRST;
use super::*;

/// What the test's stream has places for: the table's ring of an ECG.
const LEN_MIN: usize = 500;
use crate::testing::{block, bundle_of, spec};
use model::{Block, Column};

fn ring_with(blocks: &[Block]) -> (RingWriter, HotRing) {
    let (mut writer, ring) = hot_ring(&spec("ecg", Some(1.0)));
    for (k, block) in blocks.iter().enumerate() {
        writer.push(&ring, &bundle_of(block).get(0).unwrap(), k > 0);
    }
    (writer, ring)
}

fn latest(ring: &HotRing) -> Vec<Option<f32>> {
    ring.latest(&spec("ecg", None))
}

#[test]
fn keeps_the_newest_samples_and_no_more() {
    let blocks: Vec<Block> = (0..80).map(|k| block(k * 10, 10)).collect();
    let (_, ring) = ring_with(&blocks);
    let held = ring.copied(0, 0);
    assert_eq!((held.first, held.end(), ring.capacity()), (800 - LEN_MIN as u64, 800, LEN_MIN));
    assert!(held.bits.iter().zip(held.first..).all(|(bits, number)| u64::from(*bits) == number));
    assert_eq!(latest(&ring), [Some(799.0)]);
}

#[test]
fn a_block_longer_than_the_ring_leaves_its_end() {
    let (_, ring) = ring_with(&[block(0, 5), block(5, 3 * LEN_MIN as u64 + 7)]);
    let held = ring.copied(0, 0);
    assert_eq!((held.times_ns.len(), held.end()), (LEN_MIN, 5 + 3 * LEN_MIN as u64 + 7));
    assert!(held.bits.iter().zip(held.first..).all(|(bits, number)| u64::from(*bits) == number));
}

#[test]
fn a_stream_that_has_delivered_little_costs_little() {
    let (_, ring) = ring_with(&[block(0, 3)]);
    assert_eq!(ring.capacity(), LEN_FIRST);
}

#[test]
fn a_reader_learns_what_was_overwritten() {
    let (_, ring) = ring_with(&[block(0, LEN_MIN as u64), block(LEN_MIN as u64, 100)]);
    assert_eq!(ring.copied(40, 0).first, 100);
    assert_eq!(ring.copied(200, 0).first, 200);
}

#[test]
fn a_trace_starts_one_sample_before_the_window() {
    let (_, ring) = ring_with(&[block(0, 10)]);
    let trace = ring.trace(&spec("ecg", None), 5_000_000_000, 1, &|_, _| {});
    assert_eq!((trace.first, trace.end, trace.newest_ns), (4, 10, Some(9_000_000_000)));
    assert_eq!(trace.channels[0].first().map(|p| p.t_ns), Some(4_000_000_000));
}

#[test]
fn the_line_breaks_at_a_gap_and_nowhere_else() {
    let (_, ring) = ring_with(&[block(0, 5), block(8, 5)]);
    let trace = &ring.trace(&spec("ecg", None), 0, 1, &|_, _| {}).channels[0];
    let breaks: Vec<i64> = trace.iter().filter(|p| p.value.is_nan()).map(|p| p.t_ns).collect();
    assert_eq!(breaks, [8_000_000_000]);
    assert_eq!(trace.len(), 11);
}

#[test]
fn breaks_are_forgotten_with_their_samples() {
    let blocks: Vec<Block> = (0..2000).map(|k| block(k * 2, 1)).collect();
    let (_, ring) = ring_with(&blocks);
    assert!(ring.breaks.lock().len() <= BREAKS_MAX);
}

#[test]
fn a_smaller_limit_keeps_the_newest_and_a_larger_one_lets_it_grow_again() {
    let (mut writer, ring) = ring_with(&[block(0, 400)]);
    let mut push = |first, n| writer.push(&ring, &bundle_of(&block(first, n)).get(0).unwrap(), false);
    ring.set_limit(50);
    push(400, 10);
    assert_eq!((ring.capacity(), ring.copied(0, 0).first), (50, 360));
    ring.set_limit(500);
    (41..80).for_each(|k| push(k * 10, 10));
    let held = ring.copied(0, 0);
    assert_eq!((held.first, held.end()), (360, 800));
    assert!(held.bits.iter().zip(held.first..).all(|(bits, number)| u64::from(*bits) == number));
}

#[test]
fn values_of_another_type_begin_a_line_of_their_own() {
    let floats = Block::new(3, 0, vec![3, 4], None, vec![Column::F32(vec![0.5, 1.5])]).unwrap();
    let (_, ring) = ring_with(&[block(0, 3), floats]);
    assert_eq!((ring.copied(0, 0).first, latest(&ring)), (3, vec![Some(1.5)]));
}

/// Blocks of `n` samples each, whose times are those of `time_of`.
fn pushed(numbers: std::ops::Range<u64>, n: u64, time_of: impl Fn(u64) -> i64) -> HotRing {
    let (mut writer, ring) = hot_ring(&spec("ecg", Some(1.0)));
    for first in numbers.step_by(n as usize) {
        let numbers = first..first + n;
        let column = Column::I32(numbers.clone().map(|k| k as i32).collect());
        let block = Block::new(first, 0, numbers.map(&time_of).collect(), None, vec![column]).unwrap();
        writer.push(&ring, &bundle_of(&block).get(0).unwrap(), false);
    }
    ring
}

#[test]
fn every_sample_keeps_its_own_time_however_uneven_they_come() {
    type TimeOf = fn(u64) -> i64;
    let times: [TimeOf; 4] = [
        |k| k as i64 * 4_000_000,
        |k| k as i64 * 4_000_000 + (k / 7 * 7919 % 1000) as i64,
        |k| (k * k * 31 % 10_007) as i64,
        |k| if k % 2 == 0 { i64::MIN } else { i64::MAX - k as i64 },
    ];
    for (which, time_of) in times.into_iter().enumerate() {
        for n in [1, 3, 7, 73, 700] {
            let ring = pushed(0..2100, n, time_of);
            let held = ring.copied(0, 0);
            assert_eq!((held.times_ns.len(), held.bits.len()), (LEN_MIN, LEN_MIN), "{which} by {n}");
            let expected: Vec<i64> = (held.first..held.end()).map(time_of).collect();
            assert_eq!(held.times_ns, expected, "{which} by {n}");
        }
    }
}

#[test]
fn times_of_a_steady_stream_cost_next_to_nothing_and_those_without_order_no_more_than_a_list() {
    let per_sample = |ring: &HotRing| ring.bytes() as f64 / ring.held() as f64;
    assert!(per_sample(&pushed(0..2000, 10, |k| k as i64 * 4)) < 4.5);
    let disorder = per_sample(&pushed(0..2000, 1, |k| (k * k * 31 % 10_007) as i64));
    assert!(disorder < 16.5, "{disorder}");
}

#[test]
fn a_ring_that_grows_loses_nothing_of_what_it_has_room_for() {
    let (_, ring) = ring_with(&[block(0, 16), block(16, 32), block(48, 400)]);
    assert_eq!(ring.copied(0, 0).first, 0);
}

#[test]
fn who_comes_again_and_again_sees_what_a_copy_holds() {
    let (mut writer, ring) = hot_ring(&spec("ecg", Some(1.0)));
    let (mut sight, mut seen) = (Sight::default(), Glimpse::default());
    for k in 0..300_u64 {
        let times = (0..7).map(|n| ((k * 7 + n) * (k % 3 + 1) * 1000) as i64).collect();
        let values = Column::I32((0..7).map(|n| (k * 7 + n) as i32).collect());
        let block = Block::new(k * 7, 0, times, None, vec![values]).unwrap();
        writer.push(&ring, &bundle_of(&block).get(0).unwrap(), false);
        let from = (k * 7).saturating_sub(k * 5 % 90);
        ring.glimpse(&mut sight, from, 0, &mut seen);
        let copied = ring.copied(from, 0);
        assert_eq!((seen.first, seen.bits()), (copied.first, &copied.bits[..]));
        assert_eq!(seen.times_ns().collect::<Vec<_>>(), copied.times_ns);
    }
}

#[test]
fn values_lie_right_from_every_place_on_whatever_their_number() {
    for (capacity, channels) in [(1, 1), (2, 2), (7, 2), (8, 1)] {
        let buffer = Buffer::new(capacity, channels, 0, 64);
        let (mut end, mut last) = (0_u64, times::LastRun::default());
        for n in (1..=capacity as u64).cycle().take(5 * capacity) {
            let numbers = end..end + n;
            buffer.claim(numbers.end);
            numbers.clone().for_each(|k| buffer.times().put(&mut last, &times::Even::single(k, k as i64)));
            for channel in 0..channels {
                let bits: Vec<u32> = numbers.clone().map(|k| k as u32 + channel as u32 * 1000).collect();
                buffer.values().put(channel, buffer.place(end), &bits);
            }
            end = numbers.end;
            buffer.publish(end, last.runs);
            for (channel, from) in (0..channels).flat_map(|c| (0..=end).map(move |from| (c, from))) {
                let (mut times_ns, mut bits) = (Vec::new(), vec![77]);
                let first = buffer.copy(from, usize::MAX, channel, &mut times_ns, &mut bits);
                assert_eq!(first, from.max(end.saturating_sub(capacity as u64)));
                let expected = (first..end).map(|k| k as u32 + channel as u32 * 1000);
                assert_eq!(bits, [77].into_iter().chain(expected).collect::<Vec<_>>());
                let newest = buffer.values().bits(channel, buffer.place(end - 1));
                assert_eq!(newest, Some(end as u32 - 1 + channel as u32 * 1000));
            }
        }
    }
}
