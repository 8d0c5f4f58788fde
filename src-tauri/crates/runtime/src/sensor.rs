//! One sensor inside the runtime: what it is, the state of its link, its
//! streams, and the inbox of the worker that serves it.

use crate::pulse::{Pulse, Rates, Reading};
use crate::stream::Stream;
use crate::supervisor::StopOnDrop;
use crate::vitals::{Trails, TrailsView, battery_percent};
use crate::watch::{Advised, Watched};
use crate::worker::Inbox;
use model::{AttributeId, ConnectorKind, GapReason, LinkState, SensorId, SensorInfo, StreamSpec};
use parking_lot::{Mutex, RwLock};
use policy::restart::{Decision, Intensity, RestartLog};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering};

/// So many streams a sensor at most.
pub const STREAMS_MAX: usize = 64;

/// How often a sensor's blocks may make its worker panic; the same as for a child of the tree.
const PANICS: Intensity = Intensity { restarts_max: 3, window_ns: 5_000_000_000 };

/// What the id of a Bluetooth sensor begins with; the rest is the device's.
pub(crate) const BLE_PREFIX: &str = "ble:";

/// No signal strength known.
const NO_RSSI: i32 = i32::MAX;

/// One sensor.
pub struct Sensor {
    id: SensorId,
    kind: ConnectorKind,
    info: RwLock<SensorInfo>,
    link: RwLock<(LinkState, i64)>,
    rssi_dbm: AtomicI32,
    streams: RwLock<BTreeMap<AttributeId, Arc<Stream>>>,
    inbox: Inbox,
    pulse: Mutex<Pulse>,
    trails: Mutex<Trails>,
    panics: Mutex<RestartLog>,
    is_given_up: AtomicBool,
    rejected: AtomicU64,
    watched: Watched,
    advised: Advised,
    /// The worker thread that serves this sensor alone; shared workers are kept elsewhere.
    own_worker: Option<StopOnDrop>,
}

impl Sensor {
    /// A sensor whose blocks go to `inbox`.
    #[must_use]
    pub fn new(info: SensorInfo, inbox: Inbox, own_worker: Option<StopOnDrop>) -> Self {
        Self {
            id: info.id.clone(),
            kind: info.connector_kind,
            info: RwLock::new(info),
            link: RwLock::new((LinkState::Connecting, i64::MIN)),
            rssi_dbm: AtomicI32::new(NO_RSSI),
            streams: RwLock::default(),
            inbox,
            pulse: Mutex::default(),
            trails: Mutex::default(),
            panics: Mutex::new(RestartLog::new(PANICS)),
            is_given_up: AtomicBool::new(false),
            rejected: AtomicU64::new(0),
            watched: Watched::default(),
            advised: Advised::default(),
            own_worker,
        }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &SensorId {
        &self.id
    }

    /// The device behind it, as Bluetooth names it; none for a simulated sensor.
    #[must_use]
    pub fn device(&self) -> Option<&str> {
        match self.kind {
            ConnectorKind::Ble => self.id.as_str().strip_prefix(BLE_PREFIX),
            ConnectorKind::Simulator => None,
        }
    }

    /// What it is, as its connector last announced it.
    #[must_use]
    pub fn info(&self) -> SensorInfo {
        self.info.read().clone()
    }

    /// Takes a newer announcement.
    pub fn set_info(&self, info: SensorInfo) {
        *self.info.write() = info;
    }

    /// The state of its link.
    #[must_use]
    pub fn link(&self) -> LinkState {
        self.link.read().0.clone()
    }

    /// Host time since when the link has been in its state.
    #[must_use]
    pub fn link_since_ns(&self) -> i64 {
        self.link.read().1
    }

    /// Takes a new state of the link; a loss interrupts every stream.
    pub fn set_link(&self, link: LinkState, at_ns: i64) {
        if let Some(reason) = interruption(&link) {
            self.interrupt(at_ns, reason);
        }
        if link == LinkState::Live {
            self.set_given_up(false);
        }
        *self.link.write() = (link, at_ns);
    }

    /// Notes on every stream that nothing comes from now on.
    pub fn interrupt(&self, at_ns: i64, reason: GapReason) {
        for stream in self.streams.read().values() {
            stream.interrupt(at_ns, reason);
        }
    }

    /// Signal strength in dBm.
    #[must_use]
    pub fn rssi_dbm(&self) -> Option<i16> {
        i16::try_from(self.rssi_dbm.load(Ordering::Relaxed)).ok()
    }

    /// Takes a new signal strength.
    pub fn set_rssi_dbm(&self, rssi_dbm: i16) {
        self.rssi_dbm.store(i32::from(rssi_dbm), Ordering::Relaxed);
    }

    /// How closely it is watched.
    #[must_use]
    pub fn watched(&self) -> &Watched {
        &self.watched
    }

    /// What its source was asked to do.
    #[must_use]
    pub fn advised(&self) -> &Advised {
        &self.advised
    }

    /// Packets that could not be decoded.
    #[must_use]
    pub fn rejected(&self) -> u64 {
        self.rejected.load(Ordering::Relaxed)
    }

    /// Counts a packet that could not be decoded.
    pub fn count_rejected(&self) {
        self.rejected.fetch_add(1, Ordering::Relaxed);
    }

    /// One of its streams; whoever has its key asks the registry of attributes.
    #[cfg(test)]
    #[must_use]
    pub fn stream(&self, attribute: &AttributeId) -> Option<Arc<Stream>> {
        self.streams.read().get(attribute).cloned()
    }

    /// Every stream, by attribute.
    #[must_use]
    pub fn streams(&self) -> Vec<Arc<Stream>> {
        self.streams.read().values().cloned().collect()
    }

    /// Makes the stream of `spec`, if it is new, there is room, and `enter` takes
    /// it into the registry of all attributes.
    pub fn open_stream(&self, spec: &StreamSpec, enter: impl FnOnce(&Arc<Stream>) -> bool) -> Opened {
        let mut streams = self.streams.write();
        if streams.contains_key(&spec.key.attribute) {
            return Opened::Known;
        }
        if streams.len() >= STREAMS_MAX {
            return Opened::TooMany;
        }
        let stream = Arc::new(Stream::new(spec.clone()));
        stream.set_given_up(self.is_given_up.load(Ordering::Relaxed));
        if !enter(&stream) {
            return Opened::NoRoom;
        }
        streams.insert(spec.key.attribute.clone(), Arc::clone(&stream));
        Opened::New(stream)
    }

    /// A block made its worker panic. True where that was once too often: the
    /// sensor is given up just now.
    pub fn on_panic(&self, now_ns: i64) -> bool {
        let gives_up = self.panics.lock().on_failure(now_ns) == Decision::GiveUp;
        gives_up && self.set_given_up(true)
    }

    /// Gives the sensor up, until its link is live anew; false if it was so already.
    pub(crate) fn give_up(&self) -> bool {
        self.set_given_up(true)
    }

    /// Gives the sensor up, or takes it up again; false if it was so already.
    fn set_given_up(&self, given_up: bool) -> bool {
        if self.is_given_up.swap(given_up, Ordering::Relaxed) == given_up {
            return false;
        }
        self.streams.read().values().for_each(|stream| stream.set_given_up(given_up));
        true
    }

    /// Reads its counters, so that its rates are known.
    pub fn note_pulse(&self, at_ns: i64) {
        let streams = self.streams.read();
        let (messages, samples) = streams.values().fold((0, 0), |(blocks, samples), stream| {
            (blocks + stream.blocks(), samples + stream.delivered())
        });
        self.pulse.lock().note(Reading { at_ns, messages, samples });
    }

    /// How fast it delivers, over 5 s.
    #[must_use]
    pub fn rates(&self) -> Option<Rates> {
        self.pulse.lock().rates()
    }

    /// Reads signal and battery from time to time, while its link is up.
    pub(crate) fn note_trails(&self, now_ns: i64) {
        if self.trails.lock().is_due(now_ns) && self.link() == LinkState::Live {
            let battery = battery_percent(self.streams.read().values());
            self.trails.lock().note(now_ns, self.rssi_dbm(), battery);
        }
    }

    /// What signal and battery were lately.
    #[must_use]
    pub fn trails(&self, now_ns: i64) -> TrailsView {
        self.trails.lock().view(now_ns)
    }

    /// Where its blocks go.
    #[must_use]
    pub fn inbox(&self) -> &Inbox {
        &self.inbox
    }

    /// Whether a thread of its own serves it.
    #[must_use]
    pub fn has_own_worker(&self) -> bool {
        self.own_worker.is_some()
    }
}

/// What became of opening a stream.
pub enum Opened {
    /// It was not there before.
    New(Arc<Stream>),
    /// It was.
    Known,
    /// The sensor has [`STREAMS_MAX`] streams.
    TooMany,
    /// The console has as many as it serves.
    NoRoom,
}

fn interruption(link: &LinkState) -> Option<GapReason> {
    match link {
        LinkState::Lost { .. } => Some(GapReason::LinkLost),
        LinkState::Stopped => Some(GapReason::SourceStopped),
        LinkState::Connecting | LinkState::Live => None,
    }
}
