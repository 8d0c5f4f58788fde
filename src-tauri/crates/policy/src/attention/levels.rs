//! What attention is about and what comes of it, as values.

use model::{AttentionLevel, AttributeId, SensorId};
use std::collections::BTreeMap;

/// A sensor, or one of its attributes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target {
    /// The sensor.
    pub sensor: SensorId,
    /// Its attribute; none means the sensor as a whole.
    pub attribute: Option<AttributeId>,
}

/// The levels of one sensor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    /// Of the sensor: the maximum over itself and its attributes.
    pub sensor: AttentionLevel,
    /// Of those attributes that viewers have marked.
    pub attributes: BTreeMap<AttributeId, AttentionLevel>,
}

impl Levels {
    /// The level of an attribute: its own, else that of the sensor.
    #[must_use]
    pub fn of(&self, attribute: &AttributeId) -> AttentionLevel {
        self.attributes.get(attribute).copied().unwrap_or(self.sensor)
    }

    /// The higher of both, everywhere.
    pub(super) fn raised_to(&self, other: &Self) -> Self {
        let named = self.attributes.keys().chain(other.attributes.keys());
        Self {
            sensor: self.sensor.max(other.sensor),
            attributes: named.map(|id| (id.clone(), self.of(id).max(other.of(id)))).collect(),
        }
    }
}

/// The levels of a sensor changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Whose.
    pub sensor: SensorId,
    /// To what.
    pub levels: Levels,
}
