//! Bounded queues with a named policy and counters that reach the screen.
//!
//! Data goes through `push_dropping_oldest` or `push_or_refuse`, neither of
//! which ever blocks. What is dropped is handed back to the caller, who counts
//! it where it belongs: on its stream.

use crossbeam_channel::{Receiver, Sender, TryRecvError, TrySendError, bounded};
use parking_lot::{Mutex, MutexGuard};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What happens to data when a queue is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// The oldest entry gives way.
    DropOldest,
    /// The newcomer is refused.
    DropNewest,
}

impl Policy {
    /// The policy's name on screen.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::DropOldest => "drop_oldest",
            Self::DropNewest => "drop_newest",
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

    /// The end that waits for room: for the few messages that must arrive.
    #[must_use]
    pub fn sender(&self) -> &Sender<T> {
        &self.sender
    }

    /// The reading end.
    #[must_use]
    pub fn receiver(&self) -> &Receiver<T> {
        &self.receiver
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
mod tests {
    use super::*;

    #[test]
    fn drops_oldest_when_the_reader_stalls() {
        let queue = Queue::new("test", Policy::DropOldest, 3);
        let mut gone = Vec::new();
        for k in 0..5 {
            queue.push_dropping_oldest(k, |old| gone.push(old));
        }
        assert_eq!(gone, [0, 1]);
        assert_eq!(queue.receiver().try_iter().collect::<Vec<_>>(), [2, 3, 4]);
    }

    #[test]
    fn refuses_data_but_keeps_its_reserve_for_what_must_arrive() {
        let queue = Queue::new("test", Policy::DropNewest, 4);
        let refused: Vec<i32> = (0..5).filter_map(|k| queue.push_or_refuse(k, 2).err()).collect();
        assert_eq!(refused, [2, 3, 4]);
        assert!(queue.sender().try_send(9).is_ok());
    }
}
