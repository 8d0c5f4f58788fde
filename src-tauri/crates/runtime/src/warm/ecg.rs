//! The warm tier on a recorded ECG: both leads of record 100 of the MIT-BIH
//! Arrhythmia Database, where the checkout's neighbour has it.

use super::*;
use crate::keeper::room;
use crate::ring::hot_ring;
use crate::testing::spec;
use model::{Bundle, EvenBlock, LoadLevel, StreamRef};
use std::path::{Path, PathBuf};

const RATE_HZ: f64 = 360.0;
/// What a retained sample may take in this tier at most, its time included.
const BYTES_A_SAMPLE_MAX: f64 = 2.5;

fn record() -> Option<Vec<u8>> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/data");
    let data = std::env::var_os("SENSOCTO_TEST_DATA").map_or_else(beside, PathBuf::from);
    std::fs::read(data.join("ecg/100.dat")).ok()
}

/// WFDB format 212: two leads, a sample of each in three bytes, 12 bits with a sign.
fn leads(record: &[u8]) -> [Vec<i32>; 2] {
    let sign = |twelve: i32| twelve << 20 >> 20;
    let first = |b: &[u8]| sign(i32::from(b[0]) | i32::from(b[1] & 0x0f) << 8);
    let second = |b: &[u8]| sign(i32::from(b[2]) | i32::from(b[1] & 0xf0) << 4);
    [record.chunks_exact(3).map(first).collect(), record.chunks_exact(3).map(second).collect()]
}

/// Takes a lead through ring and warm tier in packets of `packet` samples, each
/// stamped so late as `late_ns` says of its number. Gives the bytes of a sample in the
/// full tier: in the mean over the record, looked at whenever all of it is new.
fn bytes_a_sample(lead: &[i32], packet: usize, late_ns: impl Fn(usize) -> i64) -> f64 {
    let spec = spec("ecg", Some(RATE_HZ));
    let ((mut writer, ring), mut warm) = (hot_ring(&spec), Warm::default());
    let room = room(&spec, LoadLevel::Normal, false);
    ring.set_limit(room.hot);
    let (mut weighed, mut due) = (Vec::new(), 2 * room.warm as u64);
    for (k, values) in lead.chunks(packet).enumerate() {
        let first_ns = (k as f64 * packet as f64 * 1e9 / RATE_HZ) as i64 + late_ns(k);
        let step_ns = (1e9 / RATE_HZ) as i64;
        let at = EvenBlock { first_index: (k * packet) as u64, wall_minus_host_ns: 0, first_ns, step_ns };
        let mut bundle = Bundle::default();
        bundle.push_ints(StreamRef(0), at, values.iter().copied());
        writer.push(&ring, &bundle.get(0).unwrap(), false);
        warm.tend(&ring, room.warm);
        if warm.next >= due {
            let held = warm.held(&ring);
            weighed.push(held.warm_bytes as f64 / held.warm_samples as f64);
            due += room.warm as u64;
        }
    }
    assert_eq!(warm.held(&ring).missed, 0);
    assert!(weighed.len() > 10, "{weighed:?}");
    weighed.iter().sum::<f64>() / weighed.len() as f64
}

/// Up to 5 ms late, as a link with its own timetable makes it.
fn as_a_link_makes_it(packet: usize) -> i64 {
    (packet as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_shr(40) as i64 % 5_000_000
}

#[test]
fn a_recorded_ecg_keeps_to_its_bytes_whatever_its_packets() {
    let Some(record) = record() else { return say("skipped: no test data") };
    for (name, lead) in ["MLII", "V5"].iter().zip(leads(&record)) {
        assert_eq!(lead.len(), 650_000);
        let one_by_one = bytes_a_sample(&lead, 1, |_| 0);
        let (even, late) = (bytes_a_sample(&lead, 73, |_| 0), bytes_a_sample(&lead, 73, as_a_link_makes_it));
        say(&format!(
            "{name}: {one_by_one:.2} one by one, {even:.2} in packets, {late:.2} with a link's delays"
        ));
        assert!([one_by_one, even, late].iter().all(|bytes| *bytes <= BYTES_A_SAMPLE_MAX));
    }
}

#[expect(clippy::disallowed_macros, reason = "a test that did not run has to say so")]
fn say(words: &str) {
    println!("{words}");
}
