//! Sensor workers: threads that take blocks from a bounded inbox through their
//! streams. A connected device has a worker of its own; simulated sensors share
//! a few by hashing. Both run the same loop: a worker of its own is a worker
//! shared by one.

use crate::queue::{Policy, Queue};
use crate::stream::Stream;
use crate::supervisor::{Failure, StopSignal};
use crossbeam_channel::select;
use model::{Block, GapReason, SensorId};
use std::sync::Arc;

/// Blocks that wait for a worker at most; then the oldest gives way.
pub const INBOX_CAPACITY: usize = 4096;

/// A block on its way to its stream.
pub struct Work {
    /// The stream.
    pub stream: Arc<Stream>,
    /// The block, numbered.
    pub block: Block,
}

/// An inbox for one worker.
#[must_use]
pub fn inbox(name: &str) -> Queue<Work> {
    Queue::new(name, Policy::DropOldest, INBOX_CAPACITY)
}

/// Puts a block into the inbox; the oldest ones give way and are counted.
pub fn enqueue(inbox: &Queue<Work>, work: Work) {
    inbox.push_dropping_oldest(work, |evicted| {
        let (first_index, samples) = (evicted.block.first_index(), evicted.block.len());
        evicted.stream.drop_samples(GapReason::InboxFull, first_index, samples);
        inbox.count_dropped(samples);
    });
}

/// Which of `workers` shared workers serves a sensor: the same one for ever.
/// FNV-1a, because it has to be stable, not strong.
#[must_use]
pub fn shared_worker_for(sensor: &SensorId, workers: usize) -> usize {
    let hash = sensor.as_str().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    (hash % workers.max(1) as u64) as usize
}

/// The loop of a worker; runs until told to stop, then empties its inbox.
///
/// # Errors
/// None of its own. A panic in a block is the supervisor's to see; the block's
/// samples are counted as it passes.
pub fn run(inbox: &Queue<Work>, stop: &StopSignal) -> Result<(), Failure> {
    loop {
        select! {
            recv(inbox.receiver()) -> work => {
                if let Ok(work) = work { deliver(work) }
            }
            recv(stop.channel()) -> _ => break,
        }
    }
    inbox.receiver().try_iter().for_each(deliver);
    Ok(())
}

fn deliver(Work { stream, block }: Work) {
    let held = Held { stream: &stream, first_index: block.first_index(), samples: block.len() };
    #[cfg(test)]
    assert_ne!(stream.spec().key.attribute.as_str(), "planted-panic", "planted");
    stream.deliver(block);
    std::mem::forget(held);
}

/// A block in a worker's hands. Dropped by a panic on its way up, it counts
/// its samples as lost.
struct Held<'a> {
    stream: &'a Stream,
    first_index: u64,
    samples: u64,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.stream.drop_samples(GapReason::WorkerPanicked, self.first_index, self.samples);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::supervisor::{Handle, NodeState, Place, Service, Tree};
    use crate::testing::{block, spec};
    use std::time::Duration;

    fn stream(attribute: &str) -> Arc<Stream> {
        Arc::new(Stream::new(spec(attribute, None)))
    }

    fn start(tree: &Tree, inbox: &Queue<Work>) -> Handle {
        let inbox = inbox.clone();
        tree.start(Place::Sensors, Service::thread("worker", move |stop| run(&inbox, stop))).unwrap()
    }

    fn offer(stream: &Arc<Stream>, inbox: &Queue<Work>, first: u64, n: u64) {
        stream.offer(1, block(first, n), |block| enqueue(inbox, Work { stream: Arc::clone(stream), block }));
    }

    #[test]
    fn a_stalled_worker_loses_the_oldest_and_counts_every_sample() {
        let (stream, inbox) = (stream("ecg"), inbox("test"));
        let blocks = INBOX_CAPACITY as u64 + 100;
        (0..blocks).for_each(|k| offer(&stream, &inbox, k * 3, 3));
        for work in inbox.receiver().try_iter() {
            deliver(work);
        }
        assert_eq!(stream.offered(), blocks * 3);
        assert_eq!((stream.delivered(), stream.dropped()), (INBOX_CAPACITY as u64 * 3, 300));
        assert_eq!(stream.gaps(), 1);
        assert_eq!(inbox.view().dropped_samples, 300);
    }

    #[test]
    fn a_block_that_makes_the_worker_panic_is_counted_and_the_others_go_on() {
        let tree = Tree::new(Arc::new(connect::SystemClock), Box::new(|_| {})).unwrap();
        let (bad, good, inbox) = (stream("planted-panic"), stream("ecg"), inbox("test"));
        let handle = start(&tree, &inbox);
        offer(&bad, &inbox, 0, 5);
        offer(&good, &inbox, 0, 5);
        testkit::wait_until(Duration::from_secs(10), "the good block", || good.delivered() == 5);
        assert_eq!((bad.offered(), bad.delivered(), bad.dropped()), (5, 0, 5));
        assert_eq!(handle.state(), NodeState::Running);
        assert_eq!(tree.shut_down(Duration::from_secs(10)), Vec::<String>::new());
    }

    #[test]
    fn a_worker_that_is_given_up_leaves_no_sample_uncounted() {
        let tree = Tree::new(Arc::new(connect::SystemClock), Box::new(|_| {})).unwrap();
        let (bad, inbox) = (stream("planted-panic"), inbox("test"));
        (0..10).for_each(|k| offer(&bad, &inbox, k * 5, 5));
        let handle = start(&tree, &inbox);
        assert!(handle.wait(Duration::from_secs(10)));
        assert_eq!(handle.state(), NodeState::GivenUp);
        let waiting: u64 = inbox.receiver().try_iter().map(|work| work.block.len()).sum();
        assert_eq!(bad.offered(), bad.dropped() + waiting);
    }

    #[test]
    fn a_sensor_always_has_the_same_shared_worker_and_they_all_have_some() {
        let ids: Vec<SensorId> = (0..100).map(|k| SensorId::parse(&format!("sim:{k}")).unwrap()).collect();
        let mut served = [0; 4];
        for id in &ids {
            let worker = shared_worker_for(id, 4);
            assert_eq!(worker, shared_worker_for(id, 4));
            served[worker] += 1;
        }
        assert!(served.iter().all(|n| *n > 10), "{served:?}");
    }
}
