//! The hot ring's seqlock under every interleaving that `loom` can think of:
//! a reader never gets a sample that was torn or overwritten while it copied.
//!
//! The very file of the ring is compiled here, with `loom`'s atomics behind the
//! name `crate::sync`.

#[path = "../src/ring/buffer.rs"]
#[expect(dead_code, reason = "what the writer's growth alone needs")]
mod buffer;

mod sync {
    pub use loom::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering, fence};
}

use buffer::Buffer;
use loom::sync::Arc;

/// Writes samples `from..end`: the time of sample k is k, its value k + 100.
fn write(buffer: &Buffer, from: u64, end: u64) {
    buffer.claim(end);
    buffer.put_even_times(buffer.place(from), (end - from) as usize, from as i64, 1);
    let bits: Vec<u32> = (from..end).map(|k| k as u32 + 100).collect();
    buffer.put_values(0, buffer.place(from), &bits);
    buffer.publish(end);
}

fn check(buffer: &Buffer, from: u64) {
    let (mut times_ns, mut bits) = (Vec::new(), Vec::new());
    let first = buffer.copy(from, usize::MAX, 0, &mut times_ns, &mut bits);
    assert!(first >= from || times_ns.is_empty());
    assert_eq!(times_ns.len(), bits.len());
    for ((number, at_ns), bits) in (first..).zip(times_ns).zip(bits) {
        assert_eq!((at_ns, bits), (number as i64, number as u32 + 100));
    }
}

#[test]
fn a_reader_never_gets_what_was_overwritten_meanwhile() {
    loom::model(|| {
        let buffer = Arc::new(Buffer::new(2, 1, 0));
        write(&buffer, 0, 2);
        let writer = {
            let buffer = Arc::clone(&buffer);
            loom::thread::spawn(move || write(&buffer, 2, 3))
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
        let buffer = Arc::new(Buffer::new(2, 1, 0));
        let writer = {
            let buffer = Arc::clone(&buffer);
            loom::thread::spawn(move || (0..3).for_each(|k| write(&buffer, k, k + 1)))
        };
        check(&buffer, 0);
        writer.join().unwrap();
    });
}
