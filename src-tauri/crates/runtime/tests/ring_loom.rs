//! The hot ring's seqlock under every interleaving that `loom` can think of:
//! a reader never gets a sample that was torn or overwritten while it copied.
//!
//! The very file of the ring is compiled here, with `loom`'s atomics behind the
//! name `crate::sync`.

#[path = "../src/ring/buffer.rs"]
#[expect(dead_code, reason = "what the writer's growth alone needs")]
mod buffer;
#[path = "../src/ring/times.rs"]
mod times;

mod sync {
    pub use loom::sync::atomic::{AtomicI64, AtomicU64, Ordering, fence};
}

use buffer::Buffer;
use loom::sync::Arc;
use times::{Even, LastRun, RUNS_FIRST};

/// The time of sample k: two at a time go on evenly, so that there are runs to overwrite.
fn time_of(k: u64) -> i64 {
    (k / 2 * k / 2 * 10 + k % 2) as i64
}

/// Writes samples `from..end` behind those that `last` knows: the value of sample k is k + 100.
fn write(buffer: &Buffer, last: &mut LastRun, from: u64, end: u64) {
    let evens = (from..end).map(|k| Even::single(k, time_of(k)));
    let mut with = *last;
    evens.clone().for_each(|even| with.go_on(&even));
    assert!(buffer.has_room_for_times(last, with.runs, end));
    buffer.claim(end);
    evens.for_each(|even| buffer.times().put(last, &even));
    let bits: Vec<u32> = (from..end).map(|k| k as u32 + 100).collect();
    buffer.values().put(0, buffer.place(from), &bits);
    buffer.publish(end, with.runs);
}

fn check(buffer: &Buffer, from: u64) {
    let (mut times_ns, mut bits) = (Vec::new(), Vec::new());
    let first = buffer.copy(from, usize::MAX, 0, &mut times_ns, &mut bits);
    check_samples(from, first, &times_ns, &bits);
}

fn check_runs(buffer: &Buffer, from: u64) {
    let (mut runs, mut bits) = (Vec::new(), Vec::new());
    let (first, used) = buffer.copy_runs(from, 0, &mut runs, &mut bits);
    let times_ns: Vec<i64> = runs.iter().rev().flat_map(Even::times_ns).collect();
    check_samples(from, first, &times_ns, &bits[used]);
}

fn check_samples(from: u64, first: u64, times_ns: &[i64], bits: &[u32]) {
    assert!(first >= from || times_ns.is_empty());
    assert_eq!(times_ns.len(), bits.len());
    for ((number, at_ns), bits) in (first..).zip(times_ns).zip(bits) {
        assert_eq!((*at_ns, *bits), (time_of(number), number as u32 + 100));
    }
}

#[test]
fn a_reader_never_gets_what_was_overwritten_meanwhile() {
    loom::model(|| {
        let buffer = Arc::new(Buffer::new(2, 1, 0, RUNS_FIRST));
        let mut last = LastRun::default();
        write(&buffer, &mut last, 0, 2);
        let writer = {
            let buffer = Arc::clone(&buffer);
            loom::thread::spawn(move || write(&buffer, &mut last, 2, 3))
        };
        check(&buffer, 0);
        writer.join().unwrap();
        check(&buffer, 0);
    });
}

#[test]
fn a_reader_of_a_ring_that_turns_over_gets_only_whole_samples() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let buffer = Arc::new(Buffer::new(2, 1, 0, RUNS_FIRST));
        let writer = {
            let buffer = Arc::clone(&buffer);
            let mut last = LastRun::default();
            loom::thread::spawn(move || (0..3).for_each(|k| write(&buffer, &mut last, k, k + 1)))
        };
        check(&buffer, 0);
        writer.join().unwrap();
    });
}

#[test]
fn a_reader_gets_right_times_while_the_runs_that_hold_them_turn_over() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(2);
    model.check(|| {
        let (buffer, mut last) = (Arc::new(Buffer::new(3, 1, 0, RUNS_FIRST)), LastRun::default());
        write(&buffer, &mut last, 0, 3);
        let writer = {
            let buffer = Arc::clone(&buffer);
            loom::thread::spawn(move || {
                [(3, 5), (5, 7)].map(|(from, end)| write(&buffer, &mut last, from, end))
            })
        };
        check_runs(&buffer, 0);
        writer.join().unwrap();
        check(&buffer, 0);
    });
}
