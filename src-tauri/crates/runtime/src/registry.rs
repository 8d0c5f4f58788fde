//! Who is here: the sensors by id. Bounded; lookups do not stop each other.

use crate::sensor::Sensor;
use model::SensorId;
use parking_lot::RwLock;
use std::collections::BTreeMap;
use std::sync::Arc;

/// So many sensors at most.
pub const SENSORS_MAX: usize = 10_000;

/// The sensors by id.
#[derive(Default)]
pub struct Registry(RwLock<BTreeMap<SensorId, Arc<Sensor>>>);

impl Registry {
    /// One sensor.
    #[must_use]
    pub fn get(&self, id: &SensorId) -> Option<Arc<Sensor>> {
        self.0.read().get(id).cloned()
    }

    /// Every sensor, by id.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Sensor>> {
        self.0.read().values().cloned().collect()
    }

    /// Whether there is room for one more.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.0.read().len() < SENSORS_MAX
    }

    /// Adds a sensor; one that was there under its id is replaced.
    pub fn insert(&self, sensor: Arc<Sensor>) {
        self.0.write().insert(sensor.id().clone(), sensor);
    }

    /// Forgets the sensors that `gone` names.
    pub fn remove_where(&self, gone: impl Fn(&Sensor) -> bool) {
        self.0.write().retain(|_, sensor| !gone(sensor));
    }
}
