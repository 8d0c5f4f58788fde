//! Bounded queues with a named policy and counters that reach the screen.
//!
//! Data goes through `push_dropping_oldest` or `push_or_refuse`, neither of
//! which ever blocks. What is dropped is handed back to the caller, who counts
//! it where it belongs: on its stream. What must arrive, and whose sender may
//! wait, goes through `push_or_wait`, which has a deadline. Where only the newest
//! matters there is [`Latest`].
//!
//! A queue is bounded twice: in entries, and in the memory that it takes, its own
//! places included. Whichever is reached first makes it full.

mod latest;

pub use latest::Latest;

use crossbeam_channel::{Receiver, Sender, TryRecvError, bounded};
use model::Clock;
use parking_lot::{Mutex, MutexGuard};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

/// What an entry holds in memory beside its place in the queue.
pub trait Weighs {
    /// Bytes on the heap; the same as long as it waits. A word has none worth weighing.
    fn heap_bytes(&self) -> usize {
        0
    }
}

/// Commands go to a connector, which takes them as they are: of the advice among
/// them one lot waits at a time, and the ids are shared with the sensors.
impl Weighs for connect::Command {}

/// How much a queue takes at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Entries.
    pub entries: usize,
    /// Bytes of memory: the places of all entries, and what waits.
    pub bytes: usize,
}

/// What happens to data when a queue is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// The oldest entry gives way.
    DropOldest,
    /// The newcomer is refused.
    DropNewest,
    /// The sender waits for room, up to its deadline. Never for data.
    Block,
    /// There is one entry a key: a newer one takes its place.
    LatestWins,
}

impl Policy {
    /// The policy's name on screen.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::DropOldest => "drop_oldest",
            Self::DropNewest => "drop_newest",
            Self::Block => "block",
            Self::LatestWins => "latest_wins",
        }
    }
}

/// A bounded queue of `T`; clones share it.
pub struct Queue<T> {
    sender: Sender<T>,
    receiver: Receiver<T>,
    shared: Arc<Shared>,
}

struct Shared {
    name: String,
    policy: Policy,
    bounds: Bounds,
    /// What may wait on the heap at most, and what does, bytes.
    heap_max: usize,
    heap: AtomicUsize,
    dropped_samples: AtomicU64,
    waits: AtomicU64,
    waited_ns: AtomicU64,
    timed_out: AtomicU64,
    /// Held while an entry gives way and is counted.
    giving_way: Mutex<()>,
    /// Entries that began to give way, and those that are counted.
    begun: AtomicU64,
    counted: AtomicU64,
}

/// A queue as the operator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueView {
    /// Whose queue.
    pub name: String,
    /// What happens when it is full.
    pub policy: Policy,
    /// Entries waiting.
    pub depth: usize,
    /// Entries that fit; 0 where only their memory is bounded.
    pub capacity: usize,
    /// Memory of the entries that wait, bytes.
    pub bytes: u64,
    /// Memory that the queue takes at most, bytes.
    pub bytes_max: u64,
    /// Samples dropped here.
    pub dropped_samples: u64,
    /// Entries whose place a newer one took before they were read.
    pub overtaken: u64,
    /// Entries that were refused or timed out, and are no samples.
    pub refused: u64,
    /// How often a sender had to wait for room.
    pub waits: u64,
    /// For how long altogether, ns.
    pub waited_ns: u64,
}

/// There was no room for an entry within its deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there was no room within {after:?}")]
pub struct TimedOut<T> {
    /// The entry, given back.
    pub item: T,
    /// How long its sender waited.
    pub after: Duration,
}

impl<T: Weighs> Queue<T> {
    /// The memory of one place of the queue: the entry, and the channel's own mark.
    const PLACE_BYTES: usize = size_of::<T>() + size_of::<usize>();

    /// An empty queue of entries that hold nothing beside their places that is
    /// worth weighing: words, not samples.
    #[must_use]
    pub fn of_words(name: &str, policy: Policy, entries: usize) -> Self {
        Self::new(name, policy, Bounds { entries, bytes: entries * Self::PLACE_BYTES })
    }

    /// An empty queue.
    #[must_use]
    pub fn new(name: &str, policy: Policy, bounds: Bounds) -> Self {
        let (sender, receiver) = bounded(bounds.entries);
        let shared = Shared {
            name: name.to_owned(),
            policy,
            bounds,
            heap_max: bounds.bytes.saturating_sub(bounds.entries * Self::PLACE_BYTES),
            heap: AtomicUsize::new(0),
            dropped_samples: AtomicU64::new(0),
            waits: AtomicU64::new(0),
            waited_ns: AtomicU64::new(0),
            timed_out: AtomicU64::new(0),
            giving_way: Mutex::default(),
            begun: AtomicU64::new(0),
            counted: AtomicU64::new(0),
        };
        Self { sender, receiver, shared: Arc::new(shared) }
    }

    /// Adds `item`, calling `evicted` for each entry that had to give way. An item
    /// that is larger than the whole queue gives way itself.
    pub fn push_dropping_oldest(&self, item: T, mut evicted: impl FnMut(T)) {
        let mut item = item;
        if item.heap_bytes() > self.shared.heap_max {
            let _told = GivingWay::begin(&self.shared);
            return evicted(item);
        }
        loop {
            match self.try_send(item, self.shared.heap_max) {
                Ok(()) => return,
                Err(back) => item = back,
            }
            let _told = GivingWay::begin(&self.shared);
            match self.receiver.try_recv() {
                Ok(oldest) => evicted(self.open(oldest)),
                // The reader has just made room, or is about to say so; a disconnect
                // can't be, we hold both ends.
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => std::thread::yield_now(),
            }
        }
    }

    /// Waits until all is counted that gave way before the last receive. A reader
    /// that calls this behind it finds the reasons of all that is missing in front.
    ///
    /// Evictions go one after the other, so this waits for one at most, however
    /// many follow. Receiving and `begun` are sequentially consistent: what was
    /// taken out earlier has begun earlier.
    #[inline]
    pub fn wait_for_evictions(&self) {
        let begun = self.shared.begun.load(Ordering::SeqCst);
        while self.shared.counted.load(Ordering::SeqCst) < begun {
            std::thread::yield_now();
        }
    }

    /// Adds `item` unless the queue is full but for its last `reserve` places, and
    /// the same share of its room.
    ///
    /// # Errors
    /// Gives `item` back where there is no room.
    pub fn push_or_refuse(&self, item: T, reserve: usize) -> Result<(), T> {
        if self.receiver.len() + reserve >= self.shared.bounds.entries {
            return Err(item);
        }
        self.try_send(item, self.heap_but(reserve))
    }

    /// Whether [`Queue::push_or_refuse`] would refuse even what weighs nothing.
    #[inline]
    #[must_use]
    pub fn is_full(&self, reserve: usize) -> bool {
        let held = self.shared.heap.load(Ordering::Relaxed);
        self.receiver.len() + reserve >= self.shared.bounds.entries || held > self.heap_but(reserve)
    }

    fn heap_but(&self, reserve: usize) -> usize {
        let Shared { heap_max, bounds, .. } = &*self.shared;
        heap_max - heap_max / bounds.entries.max(1) * reserve.min(bounds.entries)
    }

    /// Adds `item`, if need be by waiting for room: for what must arrive, and
    /// whose sender may wait. It is weighed, and not refused for its weight.
    /// `clock` tells how long it waited.
    ///
    /// # Errors
    /// [`TimedOut`] where no room came within `deadline`.
    pub fn push_or_wait(&self, item: T, deadline: Duration, clock: &dyn Clock) -> Result<(), TimedOut<T>> {
        let heap_bytes = item.heap_bytes();
        self.shared.heap.fetch_add(heap_bytes, Ordering::Relaxed);
        let Err(full) = self.sender.try_send(item) else { return Ok(()) };
        let began_ns = clock.now().host_ns;
        let outcome = self.sender.send_timeout(full.into_inner(), deadline);
        let took_ns = clock.now().host_ns.saturating_sub(began_ns);
        self.shared.waits.fetch_add(1, Ordering::Relaxed);
        self.shared.waited_ns.fetch_add(took_ns.max(0).unsigned_abs(), Ordering::Relaxed);
        outcome.map_err(|refused| {
            self.shared.heap.fetch_sub(heap_bytes, Ordering::Relaxed);
            self.shared.timed_out.fetch_add(1, Ordering::Relaxed);
            TimedOut { item: refused.into_inner(), after: deadline }
        })
    }

    /// Sends an item if there is a place, and if with it no more than `heap_max` waits.
    fn try_send(&self, item: T, heap_max: usize) -> Result<(), T> {
        let (heap, more) = (&self.shared.heap, item.heap_bytes());
        let with_it = |held: usize| held.checked_add(more).filter(|held| *held <= heap_max);
        if heap.fetch_update(Ordering::Relaxed, Ordering::Relaxed, with_it).is_err() {
            return Err(item);
        }
        self.sender.try_send(item).map_err(|back| {
            heap.fetch_sub(more, Ordering::Relaxed);
            back.into_inner()
        })
    }

    /// The reading end. What comes out of it goes through [`Queue::open`], unless
    /// the queue is one of words.
    #[must_use]
    pub fn receiver(&self) -> &Receiver<T> {
        &self.receiver
    }

    /// Says that an item has come out of this queue: its room is free again.
    #[inline]
    #[must_use]
    pub fn open(&self, item: T) -> T {
        self.shared.heap.fetch_sub(item.heap_bytes(), Ordering::Relaxed);
        item
    }

    /// The items that wait, taken out one after the other.
    pub fn take_waiting(&self) -> impl Iterator<Item = T> {
        self.receiver.try_iter().map(|item| self.open(item))
    }

    /// Entries that fit.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.shared.bounds.entries
    }

    /// Whether both are the same queue.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    /// Counts samples dropped because this queue was full.
    pub fn count_dropped(&self, samples: u64) {
        self.shared.dropped_samples.fetch_add(samples, Ordering::Relaxed);
    }

    /// The queue as the operator sees it.
    #[must_use]
    pub fn view(&self) -> QueueView {
        let depth = self.receiver.len();
        let bytes = self.shared.heap.load(Ordering::Relaxed) + depth * Self::PLACE_BYTES;
        QueueView {
            name: self.shared.name.clone(),
            policy: self.shared.policy,
            depth,
            capacity: self.shared.bounds.entries,
            bytes: bytes as u64,
            bytes_max: self.shared.bounds.bytes as u64,
            dropped_samples: self.shared.dropped_samples.load(Ordering::Relaxed),
            overtaken: 0,
            refused: self.shared.timed_out.load(Ordering::Relaxed),
            waits: self.shared.waits.load(Ordering::Relaxed),
            waited_ns: self.shared.waited_ns.load(Ordering::Relaxed),
        }
    }
}

/// An entry is giving way; over when it is counted, also by a panic.
struct GivingWay<'a> {
    shared: &'a Shared,
    _alone: MutexGuard<'a, ()>,
}

impl<'a> GivingWay<'a> {
    fn begin(shared: &'a Shared) -> Self {
        let _alone = shared.giving_way.lock();
        shared.begun.fetch_add(1, Ordering::SeqCst);
        Self { shared, _alone }
    }
}

impl Drop for GivingWay<'_> {
    fn drop(&mut self) {
        self.shared.counted.fetch_add(1, Ordering::SeqCst);
    }
}

impl<T> Clone for Queue<T> {
    fn clone(&self) -> Self {
        Self {
            sender: self.sender.clone(),
            receiver: self.receiver.clone(),
            shared: Arc::clone(&self.shared),
        }
    }
}

#[cfg(test)]
mod tests;
