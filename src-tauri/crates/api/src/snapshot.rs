//! What the main screen shows, but the traces. Faces ask for it a few times a
//! second; it is small, whole, and never out of step with itself.

use crate::{AdviceRow, Links, LoadBrief, NoData, RateHealth, SensorAlarm};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The state of the console at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Snapshot {
    /// Wall clock, milliseconds since 1970 UTC.
    pub now_ms: f64,
    /// Every sensor, ordered by name and id.
    pub sensors: Vec<SensorRow>,
    /// The Bluetooth adapter.
    pub adapter: Adapter,
    /// Devices that a scan has seen, strongest first.
    pub devices: Vec<DeviceRow>,
    /// The Bluetooth links in use.
    pub links: Links,
    /// The sensors from which nothing comes although it should.
    pub no_data: Option<NoData>,
    /// The running scenario.
    pub scenario: Option<ScenarioStatus>,
    /// The recording.
    pub recording: RecordingStatus,
    /// Messages for the operator, newest first, at most 20.
    pub notices: Vec<NoticeRow>,
    /// How hard the machine works; none before that was first looked at.
    pub load: Option<LoadBrief>,
    /// Sums over all streams since the start, those of ended sensors included.
    pub counters: Counters,
    /// Every queue.
    pub queues: Vec<QueueRow>,
    /// Every supervised thread.
    pub workers: Vec<WorkerRow>,
}

/// The state of a sensor's link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum LinkView {
    /// Being connected.
    Connecting,
    /// Connected, samples arrive.
    Live,
    /// Connected, but nothing has come for longer than expected.
    Silent,
    /// The link is gone; reconnecting.
    Lost,
    /// Stopped by the operator or its source.
    Stopped,
}

/// One sensor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SensorRow {
    /// Sensor id.
    pub id: String,
    /// What it is called, by the operator or by itself: text from outside, to be shown as text.
    pub name: String,
    /// Its own name, where the operator calls it otherwise.
    pub own_name: Option<String>,
    /// Whose it is, or who wears it; empty for nobody.
    pub owner: String,
    /// Where it belongs; empty for nowhere.
    pub room: String,
    /// What does not come from it although it should.
    pub alarm: Option<SensorAlarm>,
    /// The worst of how its streams do.
    pub health: RateHealth,
    /// "Bluetooth" or "Simulator".
    pub source: String,
    /// The device behind it, for `Disconnect`; none for simulated sensors.
    pub device: Option<String>,
    /// State of the link.
    pub link: LinkView,
    /// What happened to it, in words; empty when all is well.
    pub link_note: String,
    /// How closely it is watched: `none`, `low`, `medium`, `high`.
    pub attention: String,
    /// What its source was asked to do; none where it was never asked.
    pub advice: Option<AdviceRow>,
    /// Whether its source can do that; none until it has answered. A plain strap can't.
    pub obeys_advice: Option<bool>,
    /// Its source delivers nothing for the moment because it was asked to.
    pub paused: bool,
    /// Battery level, %.
    pub battery_percent: Option<f64>,
    /// Signal strength, dBm.
    pub rssi_dbm: Option<i16>,
    /// Its streams, the most telling first.
    pub streams: Vec<StreamRow>,
    /// Packets that could not be decoded.
    #[ts(type = "number")]
    pub rejected: u64,
}

/// One stream of a sensor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct StreamRow {
    /// Attribute id.
    pub attribute: String,
    /// What it measures, in words.
    pub label: String,
    /// Its channels with the latest values.
    pub channels: Vec<ChannelRow>,
    /// Samples a second, measured over the last 5 s; none until it is known.
    pub rate_hz: Option<f64>,
    /// Samples a second as promised.
    pub nominal_rate_hz: Option<f64>,
    /// Samples a second that are expected of it; none where that is not known.
    pub expected_rate_hz: Option<f64>,
    /// Who says so: `promised` by its source, `remembered` of a known device, `learned`
    /// from a steady rate; or empty.
    pub expected_by: String,
    /// Whether it delivers as often.
    pub health: RateHealth,
    /// The same in words: "128.6 of 130 Hz"; empty where nothing is expected.
    pub health_words: String,
    /// Age of the newest sample, seconds.
    pub age_secs: Option<f64>,
    /// Samples offered by the source since it started.
    #[ts(type = "number")]
    pub offered: u64,
    /// Samples dropped on the way, all reasons.
    #[ts(type = "number")]
    pub dropped: u64,
    /// Interruptions and drops so far.
    #[ts(type = "number")]
    pub gaps: u64,
}

/// One channel of a stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ChannelRow {
    /// Name.
    pub name: String,
    /// Unit, ready to be shown: `°C`, `mV`.
    pub unit: String,
    /// Digits behind the point that the resolution allows.
    pub digits: u8,
    /// The latest value.
    pub value: Option<f64>,
    /// The latest value in words, where it is a code: "in contact".
    pub words: Option<String>,
    /// Whether it lies in the range that can be believed.
    pub plausible: bool,
}

/// The Bluetooth adapter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "state")]
#[ts(export)]
pub enum Adapter {
    /// Not looked at yet.
    Unknown,
    /// Usable.
    Ready {
        /// Its name.
        name: String,
        /// Whether a scan is running.
        scanning: bool,
    },
    /// Switched off.
    Off {
        /// Its name.
        name: String,
    },
    /// Can't be used.
    Unavailable {
        /// What is wrong.
        problem: String,
        /// What to do.
        remedy: String,
    },
}

/// A device in range.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DeviceRow {
    /// What `Connect` takes.
    pub device: String,
    /// Its name: text from outside, to be shown as text.
    pub name: String,
    /// Whether it was connected before: then [`crate::KnownDevices`] tells more of it.
    pub known: bool,
    /// Signal strength, dBm.
    pub rssi_dbm: Option<i16>,
    /// What it offers, in words.
    pub services: Vec<String>,
    /// Whether the console can read it.
    pub supported: bool,
    /// The state of its link, if it is a sensor already.
    pub link: Option<LinkView>,
    /// Seconds since it was last seen.
    pub age_secs: f64,
}

/// The running scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ScenarioStatus {
    /// As in `ScenarioEntry`.
    pub id: String,
    /// The file's name in words.
    pub name: String,
    /// How many sensors it has.
    pub sensors: u32,
}

/// What the recorder is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum RecordingState {
    /// No recording.
    Idle,
    /// Recording.
    Recording,
    /// A recording is open, but the disk does not take it at the moment.
    Failing,
}

/// The recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RecordingStatus {
    /// What the recorder is doing.
    pub state: RecordingState,
    /// Where recordings go.
    pub folder: String,
    /// The file, while one is open.
    pub path: Option<String>,
    /// Its title.
    pub title: String,
    /// How long it has run, seconds.
    pub seconds: f64,
    /// Samples committed to disk.
    #[ts(type = "number")]
    pub samples: u64,
    /// Samples dropped and counted in gaps.
    #[ts(type = "number")]
    pub dropped: u64,
    /// Size on disk, bytes.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Free space on its disk, bytes.
    #[ts(type = "number | null")]
    pub free_bytes: Option<u64>,
    /// For how long its disk has not answered, seconds; none while it does. What is
    /// told of it is as old then.
    pub disk_silent_secs: Option<f64>,
    /// What is wrong; empty when all is well.
    pub problem: String,
}

/// How much a notice matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Severity {
    /// Good to know.
    Info,
    /// Something runs with less than was asked for.
    Warning,
    /// Something does not run.
    Error,
}

/// A message for the operator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct NoticeRow {
    /// For `DismissNotice`.
    #[ts(type = "number")]
    pub id: u64,
    /// How much it matters.
    pub severity: Severity,
    /// What happened.
    pub text: String,
    /// What to do.
    pub remedy: String,
    /// How often it has been said.
    pub times: u32,
}

/// Sums over all streams: offered = delivered + dropped, when nothing is under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Counters {
    /// Samples that reached the console.
    #[ts(type = "number")]
    pub offered: u64,
    /// Samples that reached the hot rings.
    #[ts(type = "number")]
    pub delivered: u64,
    /// Samples dropped before them.
    #[ts(type = "number")]
    pub dropped: u64,
}

/// One queue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct QueueRow {
    /// Whose queue.
    pub name: String,
    /// `block`, `drop_oldest`, `drop_newest` or `latest_wins`.
    pub policy: String,
    /// Entries waiting.
    pub depth: u32,
    /// Entries that fit; 0 where only their memory is bounded.
    pub capacity: u32,
    /// Memory of what waits, bytes.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Memory that the queue takes at most, bytes.
    #[ts(type = "number")]
    pub bytes_max: u64,
    /// Samples dropped here.
    #[ts(type = "number")]
    pub dropped: u64,
    /// Entries whose place a newer one took before they were read.
    #[ts(type = "number")]
    pub overtaken: u64,
    /// Entries, no samples, that found no room, some after waiting for it.
    #[ts(type = "number")]
    pub refused: u64,
    /// How often a sender waited for room …
    #[ts(type = "number")]
    pub waits: u64,
    /// … and for how long altogether, milliseconds.
    pub waited_ms: f64,
}

/// One supervised thread.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct WorkerRow {
    /// The thread's name.
    pub name: String,
    /// `running`, `restarting`, `given_up` or `ended`.
    pub state: String,
    /// How often it was restarted.
    pub restarts: u32,
    /// Why it last failed; empty if it has not.
    pub last_failure: String,
}
