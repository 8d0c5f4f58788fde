//! Every registry of the console, each with its bound and where that comes from.
//!
//! Their contents belong to no thread, so they outlast whoever uses them. The
//! service of their tier only lets go of what has expired.

mod rooms;

pub use rooms::{CODE_VALID_NS, Room, Rooms};

use crate::core::Core;
use crate::ended::Ended;
use crate::queue::Queue;
use crate::registry::{Registry, RegistryView};
use crate::sensor::Sensor;
use crate::stream::Stream;
use crate::supervisor::Service;
use connect::Command;
use model::{CallId, ConnectorId, ConnectorKind, DisplayName, MediaId, PeerId, RoomId, SensorId, StreamKey};
use std::sync::Arc;
use std::time::Duration;

/// So many sensors at most.
pub const SENSORS_MAX: usize = 131_072;
/// So many attributes of sensors, which are streams: as many as one run of a connector can bind.
const ATTRIBUTES_MAX: usize = 1 << 20;
/// So many running connectors: Bluetooth, the simulator, and those that others start.
const CONNECTORS_MAX: usize = 64;
/// So many rooms: the figure that the platform gives for itself.
const ROOMS_MAX: usize = 5000;
/// One for every room and one for the lobby, as on the platform.
const ONE_A_ROOM_MAX: usize = ROOMS_MAX + 1;
/// So many other consoles: more than a building has.
const PEERS_MAX: usize = 1024;

/// How often what has expired is let go of.
const SWEEP_EVERY: Duration = Duration::from_secs(30);

/// The sensors by id.
pub type Sensors = Registry<SensorId, Sensor>;

/// A connector at work.
pub struct ConnectorEntry {
    /// Of which kind.
    pub kind: ConnectorKind,
    /// What it is told waits here.
    pub(crate) commands: Queue<Command>,
}

/// A call under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallEntry {
    /// In which room; none for the lobby.
    pub room: Option<RoomId>,
    /// Host time of its start.
    pub started_ns: i64,
}

/// What a room plays together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaEntry {
    /// In which room; none for the lobby.
    pub room: Option<RoomId>,
    /// What it is called.
    pub title: DisplayName,
}

/// Another console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerEntry {
    /// What it calls itself.
    pub name: DisplayName,
    /// Host time of its last word.
    pub seen_ns: i64,
}

/// Every registry.
pub struct Registries {
    pub(crate) sensors: Arc<Sensors>,
    pub(crate) attributes: Registry<StreamKey, Stream>,
    pub(crate) connectors: Registry<ConnectorId, ConnectorEntry>,
    /// Rooms and the codes that lead into them.
    pub rooms: Rooms,
    /// Calls.
    pub calls: Registry<CallId, CallEntry>,
    /// What is played together.
    pub media: Registry<MediaId, MediaEntry>,
    /// Other consoles.
    pub peers: Registry<PeerId, PeerEntry>,
    /// The sums of sensors that were forgotten.
    pub(crate) ended: Arc<Ended>,
}

impl Default for Registries {
    fn default() -> Self {
        Self {
            sensors: Arc::new(sensors()),
            attributes: Registry::new("attributes", ATTRIBUTES_MAX),
            connectors: Registry::new("connectors", CONNECTORS_MAX),
            rooms: Rooms::new(ROOMS_MAX),
            calls: Registry::new("calls", ONE_A_ROOM_MAX),
            media: Registry::new("media", ONE_A_ROOM_MAX),
            peers: Registry::new("peers", PEERS_MAX),
            ended: Arc::default(),
        }
    }
}

/// An empty registry of sensors.
pub fn sensors() -> Sensors {
    Registry::new("sensors", SENSORS_MAX)
}

impl Registries {
    /// Every registry as the operator sees it.
    #[must_use]
    pub fn views(&self) -> Vec<RegistryView> {
        let [rooms, join_codes] = self.rooms.views();
        let (sensors, attributes) = (self.sensors.view(), self.attributes.view());
        let rest = [self.calls.view(), self.media.view(), self.peers.view()];
        [sensors, attributes, self.connectors.view(), rooms, join_codes].into_iter().chain(rest).collect()
    }

    /// Takes the stream of a sensor into the attributes; false where there is no
    /// room. A sensor that was forgotten and comes again takes the place of what
    /// is left of it.
    pub(crate) fn enter(&self, stream: &Arc<Stream>) -> bool {
        self.attributes.put(stream.spec().key.clone(), Arc::clone(stream)).is_ok()
    }

    /// Forgets the sensors that `gone` names, with their attributes; of their accounts
    /// the sums are kept.
    pub(crate) fn forget_sensors(&self, gone: impl Fn(&Sensor) -> bool) {
        let forgotten = self.ended.take(|| self.sensors.remove_where(gone));
        for stream in forgotten.iter().flat_map(|sensor| sensor.streams()) {
            self.attributes.remove_if(&stream.spec().key, |there| Arc::ptr_eq(there, &stream));
        }
    }
}

/// The service of the tier.
pub(crate) fn service(core: &Core) -> Service {
    let (registries, clock) = (Arc::clone(&core.registries), Arc::clone(&core.clock));
    Service::thread("registries", move |stop| {
        while !stop.wait(SWEEP_EVERY) {
            registries.rooms.sweep(clock.now().host_ns);
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests;
