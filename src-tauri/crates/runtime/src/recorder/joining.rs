//! How streams join and leave a recording without anybody waiting for the disk.
//!
//! A stream joins in the thread of the connector that announces it, so nothing
//! may wait there. That it joins is said through the recorder's queue, in its
//! reserve; where even that is full, the stream's tap carries the word, and the
//! recorder's thread comes for it (or it goes in front of the next block, or with
//! the last words): it is late, never lost. Meanwhile the stream's blocks are a
//! counted gap. Facts of a sensor go the same way, the newest of each.
//!
//! The last words of a recording go past the queue: the recorder's thread takes
//! them when it has emptied the queue, so there is always room for them.

use super::{Account, Recorder};
use crate::queue::{Latest, QueueView};
use crate::stream::Stream;
use crate::tap::{Message, Slot, Tap};
use model::SensorInfo;
use parking_lot::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Weak};

/// Streams that wait to join at most; further ones join with their next block.
const WAITING_MAX: usize = 65_536;

/// Who joins and who leaves.
pub(super) struct Joining {
    /// Whether streams may join. Read under a stream's lock: see [`Recorder::end_streams`].
    is_open: AtomicBool,
    next_slot: AtomicU32,
    waiting: Latest<Slot, Weak<Stream>>,
    last_words: Mutex<Option<Vec<Message>>>,
}

impl Default for Joining {
    fn default() -> Self {
        Self {
            is_open: AtomicBool::new(false),
            next_slot: AtomicU32::new(0),
            waiting: Latest::new("recorder joins", WAITING_MAX),
            last_words: Mutex::default(),
        }
    }
}

impl Joining {
    /// From now on streams may join; nothing is left of the recording before.
    pub fn open(&self) {
        *self.last_words.lock() = None;
        self.is_open.store(true, Ordering::SeqCst);
    }

    fn is_open(&self) -> bool {
        self.is_open.load(Ordering::SeqCst)
    }

    /// The streams that wait, as the operator sees them.
    pub fn view(&self) -> QueueView {
        self.waiting.view()
    }
}

impl Recorder {
    /// Lets a stream join the running recording; nothing where none is running
    /// or the stream is in it already. Never waits.
    pub fn attach(&self, sensor: &SensorInfo, stream: &Arc<Stream>) {
        let now_ns = self.clock.now().host_ns;
        stream.with_lane(|lane| {
            if lane.tap.is_some() || !self.joining.is_open() {
                return;
            }
            let slot = self.joining.next_slot.fetch_add(1, Ordering::Relaxed);
            let (sensor, spec) = (Box::new(sensor.clone()), Box::new(stream.spec().clone()));
            let account = Account::beginning_at(lane.flow.next_index());
            let joining = Message::Open { slot, sensor, spec, account: Arc::clone(&account) };
            let mut tap = Tap::new(self.queue.clone(), slot, now_ns, account, Some(joining));
            // The stream's lock is held, so that no block of it can come first.
            if !tap.join() {
                self.joining.waiting.put(slot, Arc::downgrade(stream));
            }
            lane.tap = Some(Box::new(tap));
        });
    }

    /// Notes what has become known about a sensor. Never waits.
    pub fn note_facts(&self, info: &SensorInfo) {
        if self.joining.is_open() {
            self.facts.put(info.id.clone(), info.clone());
        }
    }

    /// Nobody joins any more, and every stream says its last words. A stream that
    /// joins at this moment has either set its tap under its lock, and is found
    /// here, or finds under its lock that it came too late.
    pub(super) fn end_streams(&self, streams: impl FnOnce() -> Vec<Arc<Stream>>) {
        self.joining.is_open.store(false, Ordering::SeqCst);
        let now_ns = self.clock.now().host_ns;
        let mut words = Vec::new();
        for stream in streams() {
            let last = stream.with_lane(|lane| {
                let tap = lane.tap.take()?;
                Some(tap.last_words(lane.flow.gaps_at_end(now_ns, &mut lane.ledger)))
            });
            if let Some((joins, close)) = last {
                words.extend(joins.into_iter().chain([close]));
            }
        }
        self.joining.last_words.lock().get_or_insert_default().extend(words);
        // Where there is no room for a nudge the thread is awake.
        let _ = self.queue.push_or_refuse(Message::Look, 0);
    }

    // ---- the recorder's thread ----

    /// Lets those join who found no room.
    pub(super) fn let_join(&self) {
        for (slot, stream) in self.joining.waiting.take_all() {
            let Some(stream) = stream.upgrade() else { continue };
            let joined = stream.with_lane(|lane| lane.tap.as_mut().is_none_or(|tap| tap.join()));
            if !joined {
                self.joining.waiting.put_back(slot, Arc::downgrade(&stream));
            }
        }
    }

    /// Seals the file when its last words are there and nothing is in front of them.
    pub(super) fn seal_when_all_is_said(&self) {
        let Some(words) = self.take_last_words() else { return };
        let mut state = self.state.lock();
        let failed = state.failed;
        if let Some(session) = &mut state.session {
            words.into_iter().for_each(|message| session.take(message, failed));
            self.seal(&mut state);
        }
    }

    /// All that comes through the queue was put in before the last words were.
    fn take_last_words(&self) -> Option<Vec<Message>> {
        let mut words = self.joining.last_words.lock();
        if words.is_some() && !self.queue.receiver().is_empty() {
            return None;
        }
        words.take()
    }
}
