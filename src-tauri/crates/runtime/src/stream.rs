//! One stream inside the runtime: its numbering, its order, its counters, its
//! hot ring. Shared by the connector's thread, which offers, and the worker's.
//!
//! At every quiet moment: offered = delivered + dropped.

use crate::flow::Flow;
use crate::ledger::DropLedger;
use crate::ring::HotRing;
use crate::tap::Tap;
use model::{Block, GapReason, StreamSpec};
use parking_lot::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// One stream. Locks are held for microseconds and taken in the order
/// `numbering`, `lane`, `ledger`, `ring`.
pub struct Stream {
    spec: StreamSpec,
    numbering: Mutex<Numbering>,
    lane: Mutex<Lane>,
    ledger: Mutex<DropLedger>,
    ring: Mutex<HotRing>,
    offered: AtomicU64,
    delivered: AtomicU64,
    out_of_order: AtomicU64,
}

/// A connector numbers its samples from 0; when it is started again it begins
/// anew. Here the numbers are made to go on.
#[derive(Debug, Default)]
struct Numbering {
    run: u64,
    shift: u64,
    end: u64,
}

/// What the worker's side of a stream needs together.
#[derive(Default)]
pub(crate) struct Lane {
    pub(crate) flow: Flow,
    pub(crate) tap: Option<Tap>,
}

impl Stream {
    /// A stream that has delivered nothing yet.
    #[must_use]
    pub fn new(spec: StreamSpec) -> Self {
        let ring = Mutex::new(HotRing::new(&spec));
        Self {
            spec,
            numbering: Mutex::default(),
            lane: Mutex::default(),
            ledger: Mutex::default(),
            ring,
            offered: AtomicU64::new(0),
            delivered: AtomicU64::new(0),
            out_of_order: AtomicU64::new(0),
        }
    }

    /// What the stream is.
    #[must_use]
    pub fn spec(&self) -> &StreamSpec {
        &self.spec
    }

    /// Takes a block from run number `run` of its connector, numbers it on, and
    /// hands it to `push` before any other block of the stream can overtake it.
    pub fn offer(&self, run: u64, block: Block, push: impl FnOnce(Block)) {
        let mut numbering = self.numbering.lock();
        if numbering.run != run {
            numbering.shift = numbering.end.wrapping_sub(block.first_index());
            numbering.run = run;
        }
        let block = {
            let first_index = block.first_index().wrapping_add(numbering.shift);
            block.renumbered(first_index)
        };
        // A hole in front of the block was offered too: the worker will ask for its reason.
        let fresh = block.end_index().saturating_sub(numbering.end);
        numbering.end = numbering.end.max(block.end_index());
        self.offered.fetch_add(fresh, Ordering::Relaxed);
        push(block);
    }

    /// Samples that the source had numbered and dropped itself.
    pub fn offer_dropped(&self, run: u64, samples: u64, reason: GapReason) {
        let mut numbering = self.numbering.lock();
        if numbering.run != run {
            *numbering = Numbering { run, shift: numbering.end, end: numbering.end };
        }
        let first_index = numbering.end;
        numbering.end = numbering.end.saturating_add(samples);
        self.offered.fetch_add(samples, Ordering::Relaxed);
        self.drop_samples(reason, first_index, samples);
    }

    /// Counts samples, from number `first_index` on, that were offered and are lost.
    pub fn drop_samples(&self, reason: GapReason, first_index: u64, samples: u64) {
        self.ledger.lock().add(reason, first_index, samples);
    }

    /// Notes that the link is gone, behind everything offered so far.
    pub fn interrupt(&self, at_ns: i64, reason: GapReason) {
        let end = self.numbering.lock().end;
        self.lane.lock().flow.interrupt(end, at_ns, reason);
    }

    /// Takes a block through: order, ring, recorder.
    pub(crate) fn deliver(&self, block: Block) {
        let mut lane = self.lane.lock();
        let gaps = lane.flow.gaps_before(&block, &self.ledger.lock());
        let Ok(gaps) = gaps else {
            self.out_of_order.fetch_add(block.len(), Ordering::Relaxed);
            return;
        };
        self.ring.lock().push(&self.spec, &block, !gaps.is_empty());
        // The order advances behind what may fail: a block lost before here is found as a hole.
        let (made, samples) = (gaps.len(), block.len());
        lane.flow.advance(&block, made, &mut self.ledger.lock());
        if let Some(tap) = &mut lane.tap {
            tap.send(gaps, block);
        }
        self.delivered.fetch_add(samples, Ordering::Relaxed);
    }

    /// Works on the worker's side of the stream.
    pub(crate) fn with_lane<T>(&self, work: impl FnOnce(&mut Lane, &mut DropLedger) -> T) -> T {
        let mut lane = self.lane.lock();
        work(&mut lane, &mut self.ledger.lock())
    }

    /// Reads the hot ring.
    pub fn with_ring<T>(&self, read: impl FnOnce(&HotRing) -> T) -> T {
        read(&self.ring.lock())
    }

    /// Samples that the source offered.
    #[must_use]
    pub fn offered(&self) -> u64 {
        self.offered.load(Ordering::Relaxed)
    }

    /// Samples that reached the hot ring.
    #[must_use]
    pub fn delivered(&self) -> u64 {
        self.delivered.load(Ordering::Relaxed)
    }

    /// Samples that were dropped on the way, all reasons.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.ledger.lock().total()
    }

    /// Samples that came twice or too late, and were not taken.
    #[must_use]
    pub fn out_of_order(&self) -> u64 {
        self.out_of_order.load(Ordering::Relaxed)
    }

    /// Gaps so far: holes and interruptions.
    #[must_use]
    pub fn gaps(&self) -> u64 {
        self.lane.lock().flow.gaps()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{block, spec};

    fn offer(stream: &Stream, run: u64, first: u64, n: u64) {
        stream.offer(run, block(first, n), |block| stream.deliver(block));
    }

    #[test]
    fn numbers_go_on_when_a_restarted_connector_begins_at_zero() {
        let stream = Stream::new(spec("ecg", None));
        offer(&stream, 1, 0, 10);
        offer(&stream, 2, 0, 5);
        offer(&stream, 2, 5, 5);
        assert_eq!((stream.offered(), stream.delivered(), stream.dropped()), (20, 20, 0));
    }

    #[test]
    fn offered_is_delivered_plus_dropped() {
        let stream = Stream::new(spec("ecg", None));
        offer(&stream, 1, 0, 10);
        stream.offer(1, block(10, 7), |lost| {
            stream.drop_samples(GapReason::InboxFull, lost.first_index(), lost.len())
        });
        stream.offer_dropped(1, 3, GapReason::SourceOverrun);
        offer(&stream, 1, 20, 5);
        assert_eq!(stream.offered(), 25);
        assert_eq!(stream.delivered() + stream.dropped(), 25);
        assert_eq!(stream.gaps(), 2);
    }

    #[test]
    fn a_repeated_block_is_counted_and_not_delivered() {
        let stream = Stream::new(spec("ecg", None));
        offer(&stream, 1, 0, 10);
        offer(&stream, 1, 5, 5);
        assert_eq!((stream.offered(), stream.delivered(), stream.out_of_order()), (10, 10, 5));
    }
}
