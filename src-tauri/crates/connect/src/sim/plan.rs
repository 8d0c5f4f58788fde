//! What a scenario asks for, checked: every number here is inside its bounds
//! and every id is valid. Plain data; the waveforms put the defaults in.

use model::{AttributeId, AttributeKind, ConnectorId, DisplayName, SensorId};

/// A checked scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// The file's name without its ending.
    pub file_name: String,
    /// That name in words: "Small group".
    pub name: DisplayName,
    /// The file's first comment line, empty if it has none.
    pub description: String,
    /// How many connectors have at least one sensor.
    pub connectors: usize,
    /// The sensors of all connectors, in the order of the file; at most 1,000.
    pub sensors: Vec<SensorPlan>,
}

/// How much a scenario holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Counts {
    /// Connectors.
    pub connectors: usize,
    /// Sensors.
    pub sensors: usize,
    /// Streams of all sensors.
    pub streams: usize,
    /// Nominal samples a second, all streams together.
    pub samples_per_sec: f64,
}

impl Scenario {
    /// How much it holds.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            connectors: self.connectors,
            sensors: self.sensors.len(),
            streams: self.sensors.iter().map(|sensor| sensor.attributes.len()).sum(),
            samples_per_sec: self.attributes().map(|attribute| attribute.rate_hz).sum(),
        }
    }

    /// All attributes of all sensors.
    pub fn attributes(&self) -> impl Iterator<Item = &AttributePlan> {
        self.sensors.iter().flat_map(|sensor| &sensor.attributes)
    }
}

/// One simulated sensor.
#[derive(Clone, Debug, PartialEq)]
pub struct SensorPlan {
    /// `sim:` + connector + `/` + sensor, so that two scenarios don't share a sensor by accident.
    pub id: SensorId,
    /// As the file names it.
    pub name: DisplayName,
    /// The connector it belongs to.
    pub connector: ConnectorId,
    /// The connector's name.
    pub connector_name: DisplayName,
    /// Its attributes, at least one, no id twice.
    pub attributes: Vec<AttributePlan>,
}

/// One attribute of a simulated sensor.
#[derive(Clone, Debug, PartialEq)]
pub struct AttributePlan {
    /// Its id.
    pub id: AttributeId,
    /// What it is run as.
    pub kind: AttributeKind,
    /// The kind as the file names it, lower case.
    pub kind_name: String,
    /// Samples a second, 0 < rate ≤ 10,000.
    pub rate_hz: f64,
    /// No block is larger than this many samples; at least 1.
    pub batch_size: u64,
    /// No sample waits longer than this for its block, milliseconds.
    pub batch_window_ms: Option<u32>,
    /// When the attribute ends, seconds after the start; none = never.
    pub duration_secs: Option<f64>,
    /// The unit, where the file names one.
    pub unit: Option<String>,
    /// Smallest and largest value, where the file names them; min ≤ max.
    pub min_value: Option<f64>,
    /// See `min_value`.
    pub max_value: Option<f64>,
    /// Heart rate, where the file names one.
    pub heart_rate_bpm: Option<f64>,
    /// Breathing rate, where the file names one.
    pub breaths_per_minute: Option<f64>,
    /// How a geolocation moves.
    pub track: TrackPlan,
}

/// How a geolocation moves.
#[derive(Clone, Debug, PartialEq)]
pub struct TrackPlan {
    /// The means of transport, which gives the speed.
    pub mode: Option<TrackMode>,
    /// One of the built-in tracks.
    pub name: Option<TrackName>,
    /// Factor on the speed.
    pub playback_speed: f64,
    /// Whether it starts somewhere on the track instead of at its beginning.
    pub random_start: bool,
    /// Whether it stays at the end of the track instead of going round.
    pub no_loop: bool,
    /// Whether to invent a track.
    pub generate: bool,
    /// Latitude and longitude where an invented track starts.
    pub start: Option<(f64, f64)>,
    /// How long once round an invented track takes, seconds.
    pub duration_secs: f64,
    /// Latitude of a place to be without a track.
    pub base_lat: Option<f64>,
    /// Its longitude.
    pub base_lng: Option<f64>,
    /// The altitude of whatever has none of its own, m.
    pub base_alt_m: Option<f64>,
}

/// Means of transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrackMode {
    /// On foot, 5 km/h.
    Walk,
    /// By bicycle, 20 km/h.
    Cycle,
    /// By car, 60 km/h.
    Car,
    /// By train, 120 km/h.
    Train,
    /// In flight, 40 km/h.
    Bird,
    /// A survey drone, 30 km/h.
    Drone,
    /// By boat, 25 km/h.
    Boat,
    /// Not at all, within 5 m.
    Stationary,
}

impl TrackMode {
    /// Every mode with its name in scenario files.
    pub const ALL: [(&'static str, Self); 8] = [
        ("walk", Self::Walk),
        ("cycle", Self::Cycle),
        ("car", Self::Car),
        ("train", Self::Train),
        ("bird", Self::Bird),
        ("drone", Self::Drone),
        ("boat", Self::Boat),
        ("stationary", Self::Stationary),
    ];

    /// Metres a second.
    #[must_use]
    pub const fn speed_m_per_sec(self) -> f64 {
        let km_per_h = match self {
            Self::Walk => 5.0,
            Self::Cycle => 20.0,
            Self::Car => 60.0,
            Self::Train => 120.0,
            Self::Bird => 40.0,
            Self::Drone => 30.0,
            Self::Boat => 25.0,
            Self::Stationary => 0.0,
        };
        km_per_h / 3.6
    }
}

/// The built-in tracks (`assets/tracks`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say what the tracks are")]
pub enum TrackName {
    BerlinWalk,
    BerlinCycle,
    AutobahnDrive,
    IceTrain,
    StorkMigration,
    SeagullCoastal,
    DroneSurvey,
    FerryCrossing,
}

impl TrackName {
    /// Every track with its name in scenario files.
    pub const ALL: [(&'static str, Self); 8] = [
        ("berlin_walk", Self::BerlinWalk),
        ("berlin_cycle", Self::BerlinCycle),
        ("autobahn_drive", Self::AutobahnDrive),
        ("ice_train", Self::IceTrain),
        ("stork_migration", Self::StorkMigration),
        ("seagull_coastal", Self::SeagullCoastal),
        ("drone_survey", Self::DroneSurvey),
        ("ferry_crossing", Self::FerryCrossing),
    ];
}
