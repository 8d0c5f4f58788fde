//! What a sensor and its streams are, apart from their samples.

use crate::{AttributeKind, ConnectorId, ConnectorKind, DisplayName, SensorId, StreamKey};
use serde::{Deserialize, Serialize};

/// One channel of a stream: value in `unit` = raw × `scale` + `offset`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Channel {
    /// Field-standard name: `ecg`, `latitude`, `rmssd`.
    pub name: String,
    /// The unit after scaling, as in UCUM where it has one: `mV`, `bpm`, `%`, `Cel`.
    pub unit: String,
    /// Factor from raw to unit.
    pub scale: f64,
    /// Added after scaling, in the unit.
    pub offset: f64,
}

impl Channel {
    /// A channel without offset.
    #[must_use]
    pub fn new(name: &str, unit: &str, scale: f64) -> Self {
        Self { name: name.to_owned(), unit: unit.to_owned(), scale, offset: 0.0 }
    }

    /// A raw value in the channel's unit.
    #[must_use]
    pub fn value(&self, raw: f64) -> f64 {
        raw.mul_add(self.scale, self.offset)
    }
}

/// A stream: one attribute of one sensor, and how its samples are to be read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StreamSpec {
    /// Which stream.
    pub key: StreamKey,
    /// What it measures.
    pub kind: AttributeKind,
    /// The channels, in the order of a block's columns; at least one.
    pub channels: Vec<Channel>,
    /// Samples a second as promised by the source; none for events (RR intervals).
    pub nominal_rate_hz: Option<f64>,
    /// Ticks a second of the device's own clock, where its samples carry one.
    pub device_ticks_per_sec: Option<f64>,
}

/// A sensor, as its connector announces it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SensorInfo {
    /// Unique in the console, stable over reconnects.
    pub id: SensorId,
    /// What to call it on screen.
    pub name: DisplayName,
    /// Who delivers it.
    pub connector: ConnectorId,
    /// By what kind of connector.
    pub connector_kind: ConnectorKind,
    /// Its streams known so far; later ones are announced as they appear.
    pub streams: Vec<StreamSpec>,
    /// Further facts worth keeping with a recording (maker, model, firmware), bounded by the connector.
    pub facts: Vec<(String, String)>,
}
