//! The warm tier behind a real ring.

use super::*;
use crate::ring::{RingWriter, hot_ring};
use crate::testing::{block, bundle_of, spec};

fn push(writer: &mut RingWriter, ring: &HotRing, first: u64, n: u64) {
    writer.push(ring, &bundle_of(&block(first, n)).get(0).unwrap(), false);
}

fn copied(ring: &HotRing, warm: &Warm) -> Copied {
    let mut newer = Copied::default();
    ring.copy(0, 0, &mut newer);
    warm.put_before(0, 0, &mut newer);
    newer
}

#[test]
fn what_left_the_ring_is_still_there_behind_it() {
    let (mut writer, ring) = hot_ring(&spec("ecg", Some(1.0)));
    let mut warm = Warm::default();
    for k in 0..300 {
        push(&mut writer, &ring, k * 10, 10);
        warm.tend(&ring, 1_000_000);
    }
    let all = copied(&ring, &warm);
    assert_eq!((all.first, all.end()), (0, 3000));
    assert!(all.bits.iter().zip(0..).all(|(bits, number)| *bits == number));
    assert!(all.times_ns.is_sorted());
    assert_eq!(warm.held(&ring).missed, 0);
}

#[test]
fn keeps_to_its_limit_and_with_none_keeps_nothing() {
    let (mut writer, ring) = hot_ring(&spec("ecg", Some(1.0)));
    let mut warm = Warm::default();
    for k in 0..300 {
        push(&mut writer, &ring, k * 10, 10);
        warm.tend(&ring, 500);
    }
    assert_eq!(warm.samples(), 384);
    warm.tend(&ring, 0);
    assert_eq!((warm.samples(), warm.held(&ring).warm_bytes), (0, 0));
}

#[test]
fn a_stream_that_outruns_the_keeper_keeps_its_newer_part_and_counts_the_rest() {
    let (mut writer, ring) = hot_ring(&spec("ecg", Some(1.0)));
    let mut warm = Warm::default();
    push(&mut writer, &ring, 0, 130);
    warm.tend(&ring, 1_000_000);
    (0..100).for_each(|k| push(&mut writer, &ring, 130 + k * 100, 100));
    warm.tend(&ring, 1_000_000);
    let all = copied(&ring, &warm);
    assert_eq!(all.end(), 10_130);
    assert!(all.bits.iter().zip(all.first..).all(|(bits, number)| u64::from(*bits) == number));
    assert!(warm.held(&ring).missed > 9_000);
}
