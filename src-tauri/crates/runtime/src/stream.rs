//! One stream inside the runtime: its numbering, its order, its counters, its
//! hot ring. Shared by the connector's thread, which offers, and the worker's.
//!
//! At every quiet moment: offered = delivered + dropped.

mod account;

use crate::ended::Leaving;
use crate::flow::Flow;
use crate::history::HistoryTap;
use crate::keeper::Room;
use crate::ledger::DropLedger;
pub(crate) use crate::ring::StreamTrace;
use crate::ring::{Copied, HotRing, RingWriter, hot_ring};
use crate::source::{Numbered, Source};
use crate::tap::Tap;
use crate::vitals::{Vitals, VitalsCell};
use crate::warm::{Held, Warm};
use crate::watch::Watched;
use model::{AttentionLevel, BlockRef, GapReason, Span, StreamSpec};
use parking_lot::{Mutex, MutexGuard};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Streams that are approached together before each is worked on: among many
/// thousands, most of the time goes into waiting for memory, and waits that begin
/// together end together.
pub(crate) const ABREAST: usize = 8;

/// One stream. Its owner is the registry: a worker that fails takes nothing of
/// it along.
///
/// What a block touches stands together, apart for each of those who write to it
/// with every block: the connector's thread, then the worker, and then what all of
/// them, and the views, only read. A cache line that one core writes to and
/// another reads is on its way between them for longer than the block's work takes.
#[repr(C)]
pub struct Stream {
    source: Source,
    lane: Mutex<Lane>,
    counts: Counts,
    shared: Shared,
    warm: Mutex<Warm>,
    spec: StreamSpec,
    /// Set when its sensor was let go.
    leaving: OnceLock<Box<Leaving>>,
    vitals: VitalsCell,
}

/// What hardly ever changes, and everybody reads.
#[repr(C, align(64))]
struct Shared {
    attention: Watched,
    is_given_up: AtomicBool,
    ring: HotRing,
}

/// What the worker's side of a stream needs together; what it seldom needs is behind.
#[repr(C)]
pub(crate) struct Lane {
    pub(crate) flow: Flow,
    ring: RingWriter,
    pub(crate) tap: Option<Box<Tap>>,
    pub(crate) history: Option<Box<HistoryTap>>,
    pub(crate) ledger: DropLedger,
}

/// Written by the one who holds the lane, read by anybody.
#[derive(Default)]
struct Counts {
    blocks: AtomicU64,
    delivered: AtomicU64,
    late: AtomicU64,
}

impl Lane {
    /// See [`RingWriter::approach`].
    #[inline]
    pub(crate) fn approach_ring(&self) {
        self.ring.approach();
    }
}

impl Stream {
    /// A stream that has delivered nothing yet.
    #[must_use]
    pub fn new(spec: StreamSpec) -> Self {
        let (writer, ring) = hot_ring(&spec);
        let lane = Lane {
            flow: Flow::default(),
            ledger: DropLedger::default(),
            tap: None,
            history: None,
            ring: writer,
        };
        Self {
            spec,
            source: Source::default(),
            lane: Mutex::new(lane),
            counts: Counts::default(),
            leaving: OnceLock::new(),
            vitals: VitalsCell::default(),
            shared: Shared { attention: Watched::default(), is_given_up: AtomicBool::new(false), ring },
            warm: Mutex::default(),
        }
    }

    /// What the stream is.
    #[must_use]
    pub fn spec(&self) -> &StreamSpec {
        &self.spec
    }

    /// The source's side.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Samples that run `run` of the connector had numbered and dropped itself.
    pub fn pass_over(&self, run: u64, samples: u64, reason: GapReason) {
        if let Some(first_index) = self.source.pass_over(run, samples) {
            self.drop_samples(reason, first_index, samples);
        }
    }

    /// Counts samples, from number `first_index` on, that were offered and are lost.
    pub fn drop_samples(&self, reason: GapReason, first_index: u64, samples: u64) {
        self.lane.lock().ledger.add(reason, first_index, samples);
    }

    /// Counts at once what the source has jumped over without a word.
    #[cold]
    pub fn note_hole(&self, block: &Numbered) {
        self.drop_samples(GapReason::Unexplained, block.first_index - block.hole, block.hole);
    }

    /// Notes that the link is gone, behind everything offered so far.
    pub fn interrupt(&self, at_ns: i64, reason: GapReason) {
        self.lane.lock().flow.interrupt(self.source.offered(), at_ns, reason);
    }

    /// Asks for the memory that a block is about to touch, and does not wait for it.
    #[inline]
    pub(crate) fn approach(&self) {
        std::hint::black_box((self.lane.is_locked(), self.shared.attention.level() as u8));
    }

    /// The same for a look, which leaves the worker what is the worker's.
    #[inline]
    pub(crate) fn approach_look(&self) {
        std::hint::black_box(self.shared.attention.level() as u8);
    }

    /// The worker's side of the stream, unless somebody has it.
    #[inline]
    pub(crate) fn try_lane(&self) -> Option<MutexGuard<'_, Lane>> {
        self.lane.try_lock()
    }

    /// Takes a block through: order, ring, recorder. With the `lane` where the
    /// caller has it.
    #[inline]
    pub(crate) fn deliver(&self, block: &BlockRef<'_>, lane: Option<MutexGuard<'_, Lane>>) {
        let span = block.span();
        let mut lane = lane.unwrap_or_else(|| self.lane.lock());
        if self.shared.is_given_up.load(Ordering::Relaxed) {
            return lane.ledger.add(GapReason::SensorGivenUp, span.first_index, span.samples);
        }
        if !lane.flow.is_next(&span) {
            return self.deliver_behind_gaps(&mut lane, block, &span);
        }
        lane.ring.push(&self.shared.ring, block, false);
        // The order advances behind what may fail: a block lost before here is found as a hole.
        lane.flow.go_on(&span);
        if let Some(history) = &lane.history {
            history.send(block.to_block());
        }
        if let Some(tap) = &mut lane.tap {
            tap.send(Vec::new(), block);
        }
        self.count(&span);
    }

    #[cold]
    fn deliver_behind_gaps(&self, lane: &mut Lane, block: &BlockRef<'_>, span: &Span) {
        let Ok(gaps) = lane.flow.gaps_before(span, &lane.ledger) else {
            self.counts.late.fetch_add(span.samples, Ordering::Relaxed);
            return;
        };
        lane.ring.push(&self.shared.ring, block, !gaps.is_empty());
        lane.flow.advance(span, gaps.len(), &mut lane.ledger);
        if let Some(history) = &lane.history {
            history.send(block.to_block());
        }
        if let Some(tap) = &mut lane.tap {
            tap.send(gaps, block);
        }
        self.count(span);
    }

    /// The lane is held, so that nobody else counts: no need for atomic additions.
    #[inline]
    fn count(&self, span: &Span) {
        let (blocks, delivered) = (&self.counts.blocks, &self.counts.delivered);
        blocks.store(blocks.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        delivered.store(delivered.load(Ordering::Relaxed) + span.samples, Ordering::Relaxed);
    }

    /// Lets every block from now on go into the history, too.
    pub(crate) fn set_history(&self, tap: HistoryTap) {
        self.lane.lock().history = Some(Box::new(tap));
    }

    /// Works on the worker's side of the stream.
    pub(crate) fn with_lane<T>(&self, work: impl FnOnce(&mut Lane) -> T) -> T {
        work(&mut self.lane.lock())
    }

    /// The hot ring.
    #[must_use]
    pub fn ring(&self) -> &HotRing {
        &self.shared.ring
    }

    /// Packs what is about to leave the ring, and holds both tiers to `room`.
    pub(crate) fn tend(&self, room: Room) -> Held {
        self.shared.ring.set_limit(room.hot);
        let mut warm = self.warm.lock();
        warm.tend(&self.shared.ring, room.warm);
        warm.held(&self.shared.ring)
    }

    /// The trace of every channel from `start_ns` on, out of both tiers,
    /// decimated to buckets of `bucket_ns`.
    #[must_use]
    pub(crate) fn trace(&self, start_ns: i64, bucket_ns: i64) -> StreamTrace {
        let older = |channel, newer: &mut Copied| self.warm.lock().put_before(start_ns, channel, newer);
        self.shared.ring.trace(&self.spec, start_ns, bucket_ns, &older)
    }

    // ---- how it fares, and is treated ----

    /// Whether it delivers as it should.
    #[must_use]
    pub fn vitals(&self) -> Vitals {
        self.vitals.get()
    }

    /// Takes what was found of it.
    pub(crate) fn set_vitals(&self, vitals: Vitals) {
        self.vitals.set(vitals);
    }

    /// How closely somebody watches.
    #[must_use]
    pub fn attention(&self) -> AttentionLevel {
        self.shared.attention.level()
    }

    /// Sets how closely somebody watches; whether that is news.
    pub fn set_attention(&self, level: AttentionLevel) -> bool {
        self.shared.attention.set(level)
    }

    /// Gives the stream up or takes it up again. While it is given up, every
    /// sample is dropped and counted.
    pub fn set_given_up(&self, given_up: bool) {
        self.shared.is_given_up.store(given_up, Ordering::Relaxed);
    }

    /// Whether it is given up.
    #[must_use]
    pub fn is_given_up(&self) -> bool {
        self.shared.is_given_up.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{block, offer, spec};

    #[test]
    fn numbers_go_on_when_a_restarted_connector_begins_at_zero() {
        let stream = Stream::new(spec("ecg", None));
        offer(&stream, 1, &block(0, 10));
        offer(&stream, 2, &block(0, 5));
        offer(&stream, 2, &block(5, 5));
        assert_eq!((stream.offered(), stream.delivered(), stream.dropped()), (20, 20, 0));
    }

    #[test]
    fn offered_is_delivered_plus_dropped() {
        let stream = Stream::new(spec("ecg", None));
        offer(&stream, 1, &block(0, 10));
        let lost = stream.source().number(1, &block(10, 7).span()).unwrap();
        stream.drop_samples(GapReason::InboxFull, lost.first_index, 7);
        stream.pass_over(1, 3, GapReason::SourceOverrun);
        offer(&stream, 1, &block(20, 5));
        assert_eq!(stream.offered(), 25);
        assert_eq!(stream.delivered() + stream.dropped(), 25);
        assert_eq!(stream.gaps(), 2);
        assert_eq!(stream.drops(), [(GapReason::InboxFull, 7), (GapReason::SourceOverrun, 3)]);
    }

    #[test]
    fn a_repeated_block_is_counted_and_not_delivered() {
        let stream = Stream::new(spec("ecg", None));
        offer(&stream, 1, &block(0, 10));
        offer(&stream, 1, &block(5, 5));
        assert_eq!((stream.offered(), stream.delivered(), stream.duplicates()), (10, 10, 5));
    }

    #[test]
    fn while_it_is_given_up_every_sample_is_counted_and_then_it_flows_on() {
        let stream = Stream::new(spec("ecg", None));
        stream.set_given_up(true);
        offer(&stream, 1, &block(0, 10));
        stream.set_given_up(false);
        offer(&stream, 1, &block(10, 5));
        assert_eq!((stream.offered(), stream.delivered()), (15, 5));
        assert_eq!(stream.drops(), [(GapReason::SensorGivenUp, 10)]);
        assert_eq!(stream.gaps(), 1);
    }
}
