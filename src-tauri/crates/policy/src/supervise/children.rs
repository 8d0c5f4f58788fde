//! The children of a supervisor in the order of their start.

use std::collections::{BTreeMap, HashMap};

use super::{Child, ChildKey};

/// Where a child stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// It does not run, and nothing will start it but a request or a sibling's failure.
    Stopped,
    /// It is being started.
    Starting,
    /// It runs, or its end has not been looked at yet.
    Running,
    /// It has been told to stop.
    Stopping,
    /// Its restart failed and is about to be tried again.
    Restarting,
}

/// A child as a view shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChildState {
    /// Its specification.
    pub child: Child,
    /// Where it stands.
    pub status: Status,
    /// How often it was started again, failed attempts included, whether by its
    /// own failure or by a sibling's.
    pub restarts: u64,
    /// The number of the message that reports its end, while that waits its turn.
    pub(super) end_waiting: Option<u64>,
}

/// The children. Each has a place; a later one has a higher place.
#[derive(Clone, Debug, Default)]
pub(super) struct Children {
    by_place: BTreeMap<u64, ChildState>,
    places: HashMap<ChildKey, u64>,
    next_place: u64,
}

impl Children {
    /// Adds a child behind all others. Its key must be new.
    pub fn push(&mut self, child: Child) {
        let place = self.next_place;
        self.next_place += 1;
        self.places.insert(child.key, place);
        let state = ChildState { child, status: Status::Stopped, restarts: 0, end_waiting: None };
        self.by_place.insert(place, state);
    }

    pub fn remove(&mut self, key: ChildKey) {
        if let Some(place) = self.places.remove(&key) {
            self.by_place.remove(&place);
        }
    }

    pub fn get(&self, key: ChildKey) -> Option<&ChildState> {
        self.by_place.get(self.places.get(&key)?)
    }

    pub fn get_mut(&mut self, key: ChildKey) -> Option<&mut ChildState> {
        self.by_place.get_mut(self.places.get(&key)?)
    }

    pub fn status(&self, key: ChildKey) -> Option<Status> {
        self.get(key).map(|state| state.status)
    }

    pub fn set(&mut self, key: ChildKey, status: Status) {
        if let Some(state) = self.get_mut(key) {
            state.status = status;
            if status != Status::Running {
                state.end_waiting = None;
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        self.by_place.is_empty()
    }

    /// All of them in the order of their start.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &ChildState> {
        self.by_place.values()
    }

    /// The keys of all children, in the order of their start.
    pub fn keys(&self) -> Vec<ChildKey> {
        self.iter().map(|state| state.child.key).collect()
    }

    /// A child and those behind it.
    pub fn keys_from(&self, key: ChildKey) -> Vec<ChildKey> {
        let Some(place) = self.places.get(&key) else { return Vec::new() };
        self.by_place.range(place..).map(|(_, state)| state.child.key).collect()
    }
}
