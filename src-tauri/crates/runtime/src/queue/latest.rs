//! A queue for what only the newest of matters: one entry a key, and a newer one
//! takes its place. The reader takes what waits, whenever it comes by.

use super::{Policy, QueueView};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::atomic::{AtomicU64, Ordering};

/// At most `capacity` entries of `V`, the newest for each `K`.
pub struct Latest<K, V> {
    name: String,
    capacity: usize,
    /// What an entry is taken to weigh, its place included, bytes.
    entry_bytes: usize,
    waiting: Mutex<BTreeMap<K, V>>,
    overtaken: AtomicU64,
    refused: AtomicU64,
}

impl<K: Ord, V> Latest<K, V> {
    /// An empty queue.
    #[must_use]
    pub fn new(name: impl Into<String>, capacity: usize) -> Self {
        Self {
            name: name.into(),
            capacity,
            entry_bytes: size_of::<(K, V)>(),
            waiting: Mutex::default(),
            overtaken: AtomicU64::new(0),
            refused: AtomicU64::new(0),
        }
    }

    /// Its entries hold so many bytes on the heap, beside ids that are shared.
    #[must_use]
    pub fn of_entries_that_hold(mut self, bytes: usize) -> Self {
        self.entry_bytes += bytes;
        self
    }

    /// Puts the newest of `key` in. False where `key` is new and there is no room
    /// for one more; counted.
    pub fn put(&self, key: K, value: V) -> bool {
        let mut waiting = self.waiting.lock();
        let is_full = waiting.len() >= self.capacity;
        match waiting.entry(key) {
            Entry::Occupied(mut there) => {
                there.insert(value);
                self.overtaken.fetch_add(1, Ordering::Relaxed);
                true
            }
            Entry::Vacant(_) if is_full => {
                self.refused.fetch_add(1, Ordering::Relaxed);
                false
            }
            Entry::Vacant(place) => {
                place.insert(value);
                true
            }
        }
    }

    /// Puts back what was taken and could not be used yet, unless a newer one
    /// has come meanwhile. It always finds its place, so that at worst twice as
    /// many wait as there is room for.
    pub fn put_back(&self, key: K, value: V) {
        match self.waiting.lock().entry(key) {
            Entry::Occupied(_) => drop(self.overtaken.fetch_add(1, Ordering::Relaxed)),
            Entry::Vacant(place) => drop(place.insert(value)),
        }
    }

    /// Takes everything that waits, by key.
    #[must_use]
    pub fn take_all(&self) -> BTreeMap<K, V> {
        std::mem::take(&mut *self.waiting.lock())
    }

    /// The queue as the operator sees it.
    #[must_use]
    pub fn view(&self) -> QueueView {
        let depth = self.waiting.lock().len();
        QueueView {
            name: self.name.clone(),
            policy: Policy::LatestWins,
            depth,
            capacity: self.capacity,
            bytes: (depth * self.entry_bytes) as u64,
            bytes_max: (self.capacity * self.entry_bytes) as u64,
            dropped_samples: 0,
            overtaken: self.overtaken.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
            waits: 0,
            waited_ns: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn a_newer_entry_takes_the_place_of_an_older_one_and_needs_no_room() {
        let queue = Latest::new("test", 2);
        assert!(queue.put("a", 1) && queue.put("b", 2) && queue.put("a", 3));
        assert!(!queue.put("c", 4), "a third key");
        let view = queue.view();
        assert_eq!((view.depth, view.overtaken, view.refused), (2, 1, 1));
        assert_eq!(queue.take_all().into_iter().collect::<Vec<_>>(), [("a", 3), ("b", 2)]);
        assert!(queue.take_all().is_empty());
    }

    #[test]
    fn what_is_put_back_never_displaces_what_is_newer() {
        let queue = Latest::new("test", 2);
        queue.put("a", 1);
        let taken = queue.take_all();
        queue.put("a", 2);
        taken.into_iter().for_each(|(key, value)| queue.put_back(key, value));
        assert_eq!(queue.take_all().get("a"), Some(&2));
        assert_eq!(queue.view().overtaken, 1);
    }

    #[test]
    fn a_reader_beside_many_writers_ends_with_the_newest_of_each_and_nothing_goes_uncounted() {
        const WRITERS: u64 = 4;
        const EACH: u64 = 5_000;
        let queue = Latest::new("test", 64);
        let mut newest = BTreeMap::new();
        let mut taken = 0;
        let mut take = |queue: &Latest<u64, u64>| {
            for (key, value) in queue.take_all() {
                taken += 1;
                assert!(newest.insert(key, value).is_none_or(|before| before < value), "went back in time");
            }
        };
        thread::scope(|scope| {
            let write = |writer| {
                let queue = &queue;
                scope.spawn(move || (0..EACH).for_each(|k| assert!(queue.put(writer, k))))
            };
            let writers: Vec<_> = (0..WRITERS).map(write).collect();
            while !writers.iter().all(thread::ScopedJoinHandle::is_finished) {
                take(&queue);
            }
            take(&queue);
        });
        assert!((0..WRITERS).all(|writer| newest[&writer] == EACH - 1));
        assert_eq!(taken + queue.view().overtaken, WRITERS * EACH);
    }
}
