//! A tap on a stream: what the worker hands to the recorder, and what it notes
//! down when the recorder's queue is full.

use crate::queue::{Queue, Weighs};
use crate::recorder::{Account, RecordingSums};
use model::{Block, BlockRef, Gap, GapReason, SensorInfo, Span, StreamSpec};
use std::sync::Arc;

/// Which stream of the running recording.
pub type Slot = u32;

/// Places in the recorder's queue that data leaves free for what must arrive.
pub const RESERVE: usize = 1024;

/// What a sensor's description is taken to weigh: its connector bounds it.
pub const FACTS_BYTES: usize = 4096;
/// So many gaps wait for room at most; then the last one takes the rest.
const UNSENT_MAX: usize = 64;

/// What the recorder is told.
pub enum Message {
    /// A stream joins the recording.
    Open {
        /// Its slot.
        slot: Slot,
        /// Whose stream.
        sensor: Box<SensorInfo>,
        /// What it is.
        spec: Box<StreamSpec>,
        /// Where the recorder tells what it holds of it; begins at its next sample.
        account: Arc<Account>,
    },
    /// Samples, and the gaps in front of them.
    Block {
        /// Of which stream.
        slot: Slot,
        /// In front of the block, in order.
        gaps: Vec<Gap>,
        /// The samples.
        block: Block,
    },
    /// A stream leaves the recording.
    Close {
        /// Which.
        slot: Slot,
        /// Behind its last sample, in order.
        gaps: Vec<Gap>,
        /// One past the number of the last sample offered to the recording.
        end_index: u64,
    },
    /// There is something to do beside the queue: look at once.
    Look,
}

impl Weighs for Message {
    fn heap_bytes(&self) -> usize {
        let gaps = |gaps: &Vec<Gap>| gaps.capacity() * size_of::<Gap>();
        match self {
            Self::Block { gaps: before, block, .. } => gaps(before) + block.heap_bytes(),
            Self::Close { gaps: behind, .. } => gaps(behind),
            Self::Open { .. } => FACTS_BYTES,
            Self::Look => 0,
        }
    }
}

/// The worker's end of one stream's way into the recording.
pub struct Tap {
    queue: Queue<Message>,
    slot: Slot,
    since_ns: i64,
    next_index: u64,
    account: Arc<Account>,
    unsent: Vec<Gap>,
    /// That the stream joins, as long as it has found no room: it comes in front
    /// of everything else, so it is never lost.
    joining: Option<Message>,
}

impl Tap {
    /// A tap for a stream whose next sample is the first of `account`, set at host
    /// time `since_ns`. `joining` is what it says first.
    #[must_use]
    pub fn new(
        queue: Queue<Message>,
        slot: Slot,
        since_ns: i64,
        account: Arc<Account>,
        joining: Option<Message>,
    ) -> Self {
        let next_index = account.read().first_index;
        Self { queue, slot, since_ns, next_index, account, unsent: Vec::new(), joining }
    }

    /// What the recording holds of the stream, as of its last commit.
    #[must_use]
    pub fn recorded(&self) -> RecordingSums {
        self.account.read()
    }

    /// Says that the stream joins, if it has not yet; false where there is no
    /// room now. Never waits.
    pub fn join(&mut self) -> bool {
        let Some(joining) = self.joining.take() else { return true };
        self.joining = self.queue.push_or_refuse(joining, 0).err();
        self.joining.is_none()
    }

    /// Hands a block over; where there is no room its samples become a gap, and
    /// the block is not even copied.
    pub fn send(&mut self, gaps: Vec<Gap>, block: &BlockRef<'_>) {
        let span = block.span();
        self.next_index = span.end_index();
        for gap in gaps {
            self.keep(gap);
        }
        if !self.join() || self.queue.is_full(RESERVE) {
            return self.refuse(&span);
        }
        let gaps = std::mem::take(&mut self.unsent);
        let message = Message::Block { slot: self.slot, gaps, block: block.to_block() };
        if let Err(Message::Block { gaps, .. }) = self.queue.push_or_refuse(message, RESERVE) {
            self.unsent = gaps;
            self.refuse(&span);
        }
    }

    fn refuse(&mut self, block: &Span) {
        self.queue.count_dropped(block.samples);
        self.keep(Gap {
            first_index: block.first_index,
            samples: block.samples,
            from_ns: block.first_ns,
            to_ns: block.last_ns,
            reason: GapReason::RecorderFull,
        });
    }

    /// What the stream has not said yet, at its end: that it joined, if need be,
    /// and the gaps behind its last sample. For whoever carries it to the recorder.
    #[must_use]
    pub fn last_words(mut self, gaps: Vec<Gap>) -> (Option<Message>, Message) {
        (self.joining.take(), self.close(gaps))
    }

    fn close(mut self, gaps: Vec<Gap>) -> Message {
        for gap in gaps {
            self.next_index = self.next_index.max(gap.first_index + gap.samples);
            self.keep(gap);
        }
        Message::Close { slot: self.slot, gaps: self.unsent, end_index: self.next_index }
    }

    fn keep(&mut self, mut gap: Gap) {
        gap.from_ns = gap.from_ns.max(self.since_ns).min(gap.to_ns);
        let full = self.unsent.len() >= UNSENT_MAX;
        match self.unsent.last_mut() {
            Some(last) if full || is_continued_by(last, &gap) => {
                last.samples += gap.samples;
                last.to_ns = gap.to_ns;
            }
            _ => self.unsent.push(gap),
        }
    }
}

fn is_continued_by(last: &Gap, next: &Gap) -> bool {
    last.reason == next.reason && last.samples > 0 && last.first_index + last.samples == next.first_index
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::queue::{Bounds, Policy};
    use crate::testing::{block, bundle_of};

    fn queue(entries: usize) -> Queue<Message> {
        Queue::new("recorder", Policy::DropNewest, Bounds { entries, bytes: 10 << 20 })
    }

    fn send(tap: &mut Tap, first: u64, n: u64) {
        tap.send(vec![], &bundle_of(&block(first, n)).get(0).unwrap());
    }

    fn tap(room: usize) -> (Tap, Queue<Message>) {
        let queue = queue(RESERVE + room);
        (Tap::new(queue.clone(), 7, 0, Account::beginning_at(0), None), queue)
    }

    #[test]
    fn blocks_that_find_no_room_become_one_gap_in_front_of_the_next() {
        let (mut tap, queue) = tap(1);
        for first in [0, 10, 20] {
            send(&mut tap, first, 10);
        }
        assert!(matches!(queue.take_waiting().next(), Some(Message::Block { .. })));
        send(&mut tap, 30, 10);
        let Some(Message::Block { gaps, block, .. }) = queue.take_waiting().next() else {
            panic!("no block")
        };
        assert_eq!(block.first_index(), 30);
        assert_eq!(gaps.len(), 1);
        assert_eq!((gaps[0].first_index, gaps[0].samples), (10, 20));
        assert_eq!(queue.view().dropped_samples, 20);
    }

    #[test]
    fn what_never_found_room_is_told_at_the_close() {
        let (mut tap, _queue) = tap(0);
        send(&mut tap, 0, 10);
        let (None, Message::Close { gaps, end_index, .. }) = tap.last_words(vec![]) else { panic!() };
        assert_eq!((gaps.len(), gaps[0].samples, end_index), (1, 10, 10));
    }

    #[test]
    fn that_a_stream_joins_is_never_lost_and_what_could_not_follow_it_is_a_gap_behind_it() {
        let queue = queue(RESERVE + 2);
        while queue.push_or_refuse(Message::Look, 0).is_ok() {}
        let mut tap = Tap::new(queue.clone(), 7, 0, Account::beginning_at(0), Some(Message::Look));
        assert!(!tap.join());
        send(&mut tap, 0, 10);
        assert_eq!(queue.view().dropped_samples, 10);
        queue.take_waiting().for_each(drop);
        send(&mut tap, 10, 10);
        assert!(matches!(queue.take_waiting().next(), Some(Message::Look)), "joins first");
        let Some(Message::Block { gaps, .. }) = queue.take_waiting().next() else { panic!("no block") };
        assert_eq!((gaps[0].first_index, gaps[0].samples), (0, 10));
        assert!(matches!(tap.last_words(vec![]), (None, Message::Close { end_index: 20, .. })));
    }

    #[test]
    fn a_gap_does_not_begin_before_the_recording() {
        let (queue, lost) = (queue(RESERVE + 1), GapReason::LinkLost);
        let tap = Tap::new(queue, 0, 50, Account::beginning_at(3), None);
        let gap = Gap { first_index: 3, samples: 0, from_ns: 10, to_ns: 90, reason: lost };
        let (None, Message::Close { gaps, .. }) = tap.last_words(vec![gap]) else { panic!() };
        assert_eq!((gaps[0].from_ns, gaps[0].to_ns), (50, 90));
    }
}
