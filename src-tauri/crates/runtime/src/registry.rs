//! Who is here: registries by typed ids, and the one of the sensors.
//!
//! A registry is bounded and split into shards, so that 100,000 entries can
//! come at once while others look entries up: a look-up holds one shard for as
//! long as it takes to find an `Arc`, and shards do not know of each other.

use crate::sensor::Sensor;
use model::SensorId;
use parking_lot::RwLock;
use std::collections::HashMap;
use std::collections::hash_map::{Entry, RandomState};
use std::hash::{BuildHasher, Hash};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// So many sensors at most.
pub const SENSORS_MAX: usize = 131_072;

/// A power of two.
const SHARDS: usize = 64;

/// The sensors by id.
pub type Registry = Shards<SensorId, Sensor, SENSORS_MAX>;

/// Why something new can't be taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPlace {
    /// Something else goes by this name: a clash of join codes, say.
    #[error("the name is taken")]
    Taken,
    /// The bound is reached.
    #[error("there is no room for one more")]
    Full,
}

/// At most `MAX` entries by id.
pub struct Shards<K, V, const MAX: usize> {
    /// Keyed by chance, so that nobody outside can choose ids that collide.
    hasher: RandomState,
    shards: [RwLock<HashMap<K, Arc<V>>>; SHARDS],
    len: AtomicUsize,
}

impl<K, V, const MAX: usize> Default for Shards<K, V, MAX> {
    fn default() -> Self {
        let shards = std::array::from_fn(|_| RwLock::default());
        Self { hasher: RandomState::new(), shards, len: AtomicUsize::new(0) }
    }
}

impl<K: Hash + Eq + Ord + Clone, V, const MAX: usize> Shards<K, V, MAX> {
    /// One entry.
    #[must_use]
    pub fn get(&self, id: &K) -> Option<Arc<V>> {
        self.shard(id).read().get(id).cloned()
    }

    /// Every entry, by id.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<V>> {
        let mut all: Vec<(K, Arc<V>)> = Vec::with_capacity(self.len());
        for shard in &self.shards {
            all.extend(shard.read().iter().map(|(id, entry)| (id.clone(), Arc::clone(entry))));
        }
        all.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        all.into_iter().map(|(_, entry)| entry).collect()
    }

    /// Shows every entry to `look`, in no order. No shard is held meanwhile.
    pub fn for_each(&self, mut look: impl FnMut(&V)) {
        for shard in &self.shards {
            let entries: Vec<Arc<V>> = shard.read().values().cloned().collect();
            entries.iter().for_each(|entry| look(entry));
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len.load(Ordering::Relaxed)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether there is room for one more.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.len() < MAX
    }

    /// Puts an entry in; one that was there under its id is replaced. False, and
    /// nothing done, where there is no room.
    #[must_use]
    pub fn put(&self, id: K, entry: Arc<V>) -> bool {
        let mut shard = self.shard(&id).write();
        match shard.entry(id) {
            Entry::Occupied(mut there) => {
                there.insert(entry);
                true
            }
            Entry::Vacant(place) => {
                let has_room = self.count_one_more();
                if has_room {
                    place.insert(entry);
                }
                has_room
            }
        }
    }

    /// Puts a new entry in.
    ///
    /// # Errors
    /// [`NoPlace`]; nothing is done then.
    pub fn add(&self, id: K, entry: Arc<V>) -> Result<(), NoPlace> {
        let mut shard = self.shard(&id).write();
        let Entry::Vacant(place) = shard.entry(id) else { return Err(NoPlace::Taken) };
        if !self.count_one_more() {
            return Err(NoPlace::Full);
        }
        place.insert(entry);
        Ok(())
    }

    fn count_one_more(&self) -> bool {
        let more = |n| (n < MAX).then_some(n + 1);
        self.len.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
    }

    /// Forgets the entries that `gone` names.
    pub fn remove_where(&self, gone: impl Fn(&V) -> bool) {
        for shard in &self.shards {
            let mut shard = shard.write();
            let before = shard.len();
            shard.retain(|_, entry| !gone(entry));
            self.len.fetch_sub(before - shard.len(), Ordering::Relaxed);
        }
    }

    fn shard(&self, id: &K) -> &RwLock<HashMap<K, Arc<V>>> {
        &self.shards[self.hasher.hash_one(id) as usize % SHARDS]
    }
}

impl Registry {
    /// Adds a sensor; one that was there under its id is replaced. False where
    /// there is no room.
    #[must_use]
    pub fn insert(&self, sensor: Arc<Sensor>) -> bool {
        self.put(sensor.id().clone(), sensor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_in_as_many_as_its_bound_and_says_no_to_one_more() {
        let registry = Shards::<u32, u32, 1000>::default();
        assert!((0..1000).all(|k| registry.put(k, Arc::new(k))));
        assert!(!registry.put(1000, Arc::new(1000)), "one too many");
        assert!(registry.put(7, Arc::new(70)), "a replacement needs no room");
        assert_eq!(
            (registry.len(), registry.get(&7).as_deref(), registry.get(&1000)),
            (1000, Some(&70), None)
        );
        assert!(registry.all().iter().map(|entry| **entry).filter(|entry| *entry != 70).is_sorted());
    }

    #[test]
    fn a_new_entry_never_takes_the_name_of_another() {
        let rooms = Shards::<model::JoinCode, &str, 2>::default();
        let code = model::JoinCode::from_chance;
        assert_eq!(rooms.add(code(1), Arc::new("yoga")), Ok(()));
        assert_eq!(rooms.add(code(1), Arc::new("choir")), Err(NoPlace::Taken));
        assert_eq!(rooms.add(code(2), Arc::new("choir")), Ok(()));
        assert_eq!(rooms.add(code(3), Arc::new("lab")), Err(NoPlace::Full));
        assert_eq!(rooms.get(&code(1)).as_deref(), Some(&"yoga"));
    }

    #[test]
    fn what_is_removed_makes_room() {
        let registry = Shards::<u32, u32, 10>::default();
        assert!((0..10).all(|k| registry.put(k, Arc::new(k))));
        registry.remove_where(|entry| entry % 2 == 0);
        assert_eq!(registry.len(), 5);
        assert!((20..25).all(|k| registry.put(k, Arc::new(k))) && !registry.has_room());
    }

    #[test]
    fn threads_that_race_for_the_last_places_never_exceed_the_bound() {
        let registry = Shards::<u32, u32, 100>::default();
        std::thread::scope(|scope| {
            for thread in 0..4_u32 {
                let registry = &registry;
                let put = move || (0..100).filter(|k| registry.put(thread * 100 + k, Arc::new(*k))).count();
                std::thread::Builder::new().spawn_scoped(scope, put).unwrap();
            }
        });
        assert_eq!((registry.len(), registry.all().len()), (100, 100));
    }
}
