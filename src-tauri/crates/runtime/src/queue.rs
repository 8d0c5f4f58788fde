//! Bounded queues with a named policy and counters that reach the screen.
//!
//! Data goes through `push_dropping_oldest` or `push_or_refuse`, neither of
//! which ever blocks. What is dropped is handed back to the caller, who counts
//! it where it belongs: on its stream. What must arrive, and whose sender may
//! wait, goes through `push_or_wait`, which has a deadline. Where only the newest
//! matters there is [`Latest`].

mod latest;

pub use latest::Latest;

use crossbeam_channel::{Receiver, Sender, TryRecvError, TrySendError, bounded};
use model::Clock;
use parking_lot::{Mutex, MutexGuard};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

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
    capacity: usize,
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
    /// Entries that fit.
    pub capacity: usize,
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

impl<T> Queue<T> {
    /// An empty queue for `capacity` entries.
    #[must_use]
    pub fn new(name: &str, policy: Policy, capacity: usize) -> Self {
        let (sender, receiver) = bounded(capacity);
        let shared = Shared {
            name: name.to_owned(),
            policy,
            capacity,
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

    /// Adds `item`, calling `evicted` for each entry that had to give way.
    pub fn push_dropping_oldest(&self, item: T, mut evicted: impl FnMut(T)) {
        let mut item = item;
        loop {
            match self.sender.try_send(item) {
                Ok(()) => return,
                Err(TrySendError::Full(back) | TrySendError::Disconnected(back)) => item = back,
            }
            let _told = GivingWay::begin(&self.shared);
            match self.receiver.try_recv() {
                Ok(oldest) => evicted(oldest),
                // The reader has just made room; a disconnect can't be, we hold both ends.
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => {}
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

    /// Adds `item` unless the queue is full but for its last `reserve` places.
    ///
    /// # Errors
    /// Gives `item` back where there is no room.
    pub fn push_or_refuse(&self, item: T, reserve: usize) -> Result<(), T> {
        if self.receiver.len() + reserve >= self.shared.capacity {
            return Err(item);
        }
        self.sender.try_send(item).map_err(TrySendError::into_inner)
    }

    /// Adds `item`, if need be by waiting for room: for what must arrive, and
    /// whose sender may wait. `clock` tells how long it did.
    ///
    /// # Errors
    /// [`TimedOut`] where no room came within `deadline`.
    pub fn push_or_wait(&self, item: T, deadline: Duration, clock: &dyn Clock) -> Result<(), TimedOut<T>> {
        let Err(full) = self.sender.try_send(item) else { return Ok(()) };
        let began_ns = clock.now().host_ns;
        let outcome = self.sender.send_timeout(full.into_inner(), deadline);
        let took_ns = clock.now().host_ns.saturating_sub(began_ns);
        self.shared.waits.fetch_add(1, Ordering::Relaxed);
        self.shared.waited_ns.fetch_add(took_ns.max(0).unsigned_abs(), Ordering::Relaxed);
        outcome.map_err(|refused| {
            self.shared.timed_out.fetch_add(1, Ordering::Relaxed);
            TimedOut { item: refused.into_inner(), after: deadline }
        })
    }

    /// The reading end.
    #[must_use]
    pub fn receiver(&self) -> &Receiver<T> {
        &self.receiver
    }

    /// Entries that fit.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.shared.capacity
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
        QueueView {
            name: self.shared.name.clone(),
            policy: self.shared.policy,
            depth: self.receiver.len(),
            capacity: self.shared.capacity,
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
