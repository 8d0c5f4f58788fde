//! A registry: what is there, by typed id. Bounded, sharded, and looked up
//! without waiting for anybody.
//!
//! A shard is a map that never changes: who adds or removes makes a new one and
//! puts it in its place, so a look-up takes no lock and stops no writer, and a
//! writer waits only for others of its shard. Shards are small (64 entries where
//! a registry is full), so making one anew costs about a microsecond. What is
//! removed is let go at once, and not when some collector comes by: a sensor's
//! worker ends with its entry.

mod bound;

use arc_swap::ArcSwap;
use bound::Bound;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Entries of a shard where the registry is full …
const PER_SHARD: usize = 64;
/// … as far as there are not more shards than this.
const SHARDS_MAX: usize = 4096;

/// Why something new can't be taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPlace {
    /// Something else goes by this id: a clash of join codes, say.
    #[error("the name is taken")]
    Taken,
    /// The bound is reached.
    #[error("there is no room for one more")]
    Full,
}

/// A registry as the operator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryView {
    /// Of what.
    pub name: &'static str,
    /// Entries at present.
    pub held: u64,
    /// Entries at most.
    pub bound: u64,
    /// New ones that were refused because the bound was reached.
    pub refused_full: u64,
    /// New ones that were refused because something else has their id.
    pub refused_taken: u64,
}

type Entries<K, V> = HashMap<K, Arc<V>, RandomState>;

struct Shard<K, V> {
    entries: ArcSwap<Entries<K, V>>,
    /// Held while a new map is made.
    writing: Mutex<()>,
}

/// What is there of `V`, by `K`.
pub struct Registry<K, V> {
    name: &'static str,
    /// Keyed by chance, so that nobody outside can choose ids that collide.
    hasher: RandomState,
    shards: Box<[Shard<K, V>]>,
    bound: Bound,
    clashes: AtomicU64,
}

impl<K: Hash + Ord + Clone, V> Registry<K, V> {
    /// An empty registry for at most `max` entries.
    #[must_use]
    pub fn new(name: &'static str, max: usize) -> Self {
        let hasher = RandomState::new();
        let empty: Arc<Entries<K, V>> = Arc::new(HashMap::with_hasher(hasher.clone()));
        let shard = || Shard { entries: ArcSwap::new(Arc::clone(&empty)), writing: Mutex::default() };
        let shards = (max / PER_SHARD).next_power_of_two().min(SHARDS_MAX);
        let shards = (0..shards).map(|_| shard()).collect();
        Self { name, hasher, shards, bound: Bound::new(max as u64), clashes: AtomicU64::new(0) }
    }

    /// One entry.
    #[must_use]
    pub fn get(&self, id: &K) -> Option<Arc<V>> {
        self.shard(id).entries.load().get(id).cloned()
    }

    /// Every entry, by id.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<V>> {
        let mut all: Vec<(K, Arc<V>)> = Vec::with_capacity(self.len());
        for shard in &self.shards {
            all.extend(shard.entries.load().iter().map(|(id, entry)| (id.clone(), Arc::clone(entry))));
        }
        all.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        all.into_iter().map(|(_, entry)| entry).collect()
    }

    /// Shows every entry to `look`, in no order.
    pub fn for_each(&self, mut look: impl FnMut(&V)) {
        for shard in &self.shards {
            shard.entries.load_full().values().for_each(|entry| look(entry));
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bound.taken() as usize
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether there is room for one more.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.bound.taken() < self.bound.max()
    }

    /// Puts a new entry in.
    ///
    /// # Errors
    /// [`NoPlace`]; nothing is done then, but counted.
    pub fn add(&self, id: K, entry: Arc<V>) -> Result<(), NoPlace> {
        let shard = self.shard(&id);
        let _alone = shard.writing.lock();
        let before = shard.entries.load();
        if before.contains_key(&id) {
            self.clashes.fetch_add(1, Ordering::Relaxed);
            return Err(NoPlace::Taken);
        }
        if !self.bound.take() {
            return Err(NoPlace::Full);
        }
        let mut entries = Entries::clone(&before);
        entries.insert(id, entry);
        shard.entries.store(Arc::new(entries));
        Ok(())
    }

    /// Puts an entry in, in place of the one that is there under its id, if one is.
    ///
    /// # Errors
    /// [`NoPlace::Full`]; nothing is done then, but counted.
    pub fn put(&self, id: K, entry: Arc<V>) -> Result<Option<Arc<V>>, NoPlace> {
        let shard = self.shard(&id);
        let _alone = shard.writing.lock();
        let before = shard.entries.load();
        if !before.contains_key(&id) && !self.bound.take() {
            return Err(NoPlace::Full);
        }
        let mut entries = Entries::clone(&before);
        let replaced = entries.insert(id, entry);
        shard.entries.store(Arc::new(entries));
        Ok(replaced)
    }

    /// Takes an entry out; none where there is none of that id.
    pub fn remove(&self, id: &K) -> Option<Arc<V>> {
        self.remove_if(id, |_| true)
    }

    /// Takes the entry of that id out if `gone` says so.
    pub fn remove_if(&self, id: &K, gone: impl FnOnce(&Arc<V>) -> bool) -> Option<Arc<V>> {
        let shard = self.shard(id);
        let _alone = shard.writing.lock();
        let before = shard.entries.load();
        before.get(id).filter(|entry| gone(entry))?;
        let mut entries = Entries::clone(&before);
        let removed = entries.remove(id);
        shard.entries.store(Arc::new(entries));
        self.bound.give_back(1);
        removed
    }

    /// Takes the entries out that `gone` names, and gives them.
    pub fn remove_where(&self, gone: impl Fn(&V) -> bool) -> Vec<Arc<V>> {
        let mut removed = Vec::new();
        for shard in &self.shards {
            let _alone = shard.writing.lock();
            let before = shard.entries.load_full();
            let entries = before.iter().map(|(id, entry)| (id.clone(), Arc::clone(entry)));
            let (out, kept): (Vec<_>, Vec<_>) = entries.partition(|(_, entry)| gone(entry));
            if out.is_empty() {
                continue;
            }
            let mut left = Entries::with_hasher(self.hasher.clone());
            left.extend(kept);
            self.bound.give_back(out.len() as u64);
            shard.entries.store(Arc::new(left));
            removed.extend(out.into_iter().map(|(_, entry)| entry));
        }
        removed
    }

    /// The registry as the operator sees it.
    #[must_use]
    pub fn view(&self) -> RegistryView {
        RegistryView {
            name: self.name,
            held: self.bound.taken(),
            bound: self.bound.max(),
            refused_full: self.bound.refused(),
            refused_taken: self.clashes.load(Ordering::Relaxed),
        }
    }

    fn shard(&self, id: &K) -> &Shard<K, V> {
        // The high bits: the low ones choose the place in the shard's own map.
        let hash = self.hasher.hash_one(id) >> 32;
        &self.shards[hash as usize % self.shards.len()]
    }
}

#[cfg(test)]
mod tests;
