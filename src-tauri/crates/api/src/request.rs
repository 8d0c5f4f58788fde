//! What a face can ask, and what it is answered.

use crate::{
    AskedSensor, AttentionEvent, KnownDevices, ParkedPage, QualityChoice, SensorTrails, Served, Snapshot,
    System,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A request. Streams of samples do not go this way: see the `frame` module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "ask")]
#[ts(export)]
pub enum Request {
    /// Everything that the main screen shows, but the traces.
    Snapshot,
    /// The runtime itself: tree, load, attention, accounts, latencies.
    System,
    /// The scenario files that can be run.
    Scenarios,
    /// Runs a scenario in place of the running one.
    StartScenario {
        /// A [`ScenarioEntry::id`], or the path of a scenario file.
        id: String,
    },
    /// Stops the running scenario.
    StopScenario,
    /// Looks for Bluetooth devices.
    StartScan,
    /// Stops looking.
    StopScan,
    /// Connects a device and keeps it connected.
    Connect {
        /// A [`crate::DeviceRow::device`].
        device: String,
    },
    /// Lets a device go.
    Disconnect {
        /// A [`crate::DeviceRow::device`].
        device: String,
    },
    /// The devices that were connected once, with what is said of them.
    Known,
    /// Says of a known device what it is called, whose it is, where it belongs, and
    /// whether it is connected by itself. Texts are kept as one line of 80 characters.
    SetKnown {
        /// A [`crate::KnownRow::device`].
        device: String,
        /// What it is called in place of its own name; empty for none.
        alias: String,
        /// Whose it is, or who wears it; empty for nobody.
        owner: String,
        /// Where it belongs; empty for nowhere.
        room: String,
        /// Whether it is connected by itself when the console starts.
        reconnects: bool,
    },
    /// Forgets a known device; one that is connected stays so.
    ForgetKnown {
        /// A [`crate::KnownRow::device`].
        device: String,
    },
    /// What signal and battery of a sensor were lately.
    Trails {
        /// Its id.
        sensor: String,
    },
    /// Looks afresh whether Bluetooth is usable.
    RefreshBluetooth,
    /// Starts a recording of every sensor.
    StartRecording {
        /// A title for the recording; may be empty.
        title: String,
    },
    /// Stops the recording and seals the file.
    StopRecording,
    /// The recordings in the recording folder, newest first.
    Recordings,
    /// Where recordings go.
    SetRecordingFolder {
        /// An existing folder that can be written.
        folder: String,
    },
    /// Re-reads every block of a recording.
    Verify {
        /// The recording file.
        path: String,
    },
    /// Exports a recording, one CSV file for each stream.
    ExportCsv {
        /// The recording file.
        path: String,
    },
    /// Switches a part of the runtime on or off.
    SetSwitch {
        /// A [`crate::BioRow::name`].
        name: String,
        /// On or off.
        enabled: bool,
    },
    /// What a face shows: in view, hovered, focused, pinned. Without events it
    /// says that the face is still there; to be told at least every 10 s.
    Attention {
        /// The face: an id of its own making, one for each open page.
        viewer: String,
        /// What happened, in order; at most 64 events and 4096 targets.
        events: Vec<AttentionEvent>,
    },
    /// How a face fares; to be told every 2 s while its page is visible.
    ViewerHealth {
        /// The face.
        viewer: String,
        /// Frames that it draws a second.
        fps: Option<f32>,
        /// Charge of its machine's battery, %; none where there is no battery.
        battery_percent: Option<f32>,
        /// Whether that battery charges.
        charging: Option<bool>,
    },
    /// Charts that a face shows no more, or has stopped: what they don't ask for
    /// from now on does not count as a backlog.
    LetGo {
        /// The face.
        viewer: String,
        /// The numbers of the charts, see [`crate::frame::FrameRequest`]; at most 256.
        charts: Vec<u32>,
    },
    /// The operator's choice of how a view is served.
    SetQuality {
        /// The face.
        viewer: String,
        /// The choice.
        quality: QualityChoice,
    },
    /// Asks a sensor's worker for its last values and its account.
    AskSensor {
        /// Its id.
        sensor: String,
    },
    /// The messages that the outbox has set aside, page by page.
    Parked {
        /// A [`ParkedPage::next`]; none for the first page.
        #[ts(type = "number | null")]
        after: Option<i64>,
    },
    /// Lets a message that was set aside try again.
    ReleaseParked {
        /// A [`crate::ParkedRow::id`].
        #[ts(type = "number")]
        id: i64,
    },
    /// Throws a message that was set aside away, for ever.
    DiscardParked {
        /// A [`crate::ParkedRow::id`].
        #[ts(type = "number")]
        id: i64,
    },
    /// Takes a notice off the screen.
    DismissNotice {
        /// A [`crate::NoticeRow::id`].
        #[ts(type = "number")]
        id: u64,
    },
}

/// The answer to a [`Request`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "answer", content = "with")]
#[ts(export)]
pub enum Response {
    /// Done, nothing to tell.
    Done,
    /// To `Snapshot`.
    Snapshot(Box<Snapshot>),
    /// To `System`.
    System(Box<System>),
    /// To `ViewerHealth` and `SetQuality`.
    Served(Served),
    /// To `AskSensor`.
    Asked(Box<AskedSensor>),
    /// To `Known`.
    Known(KnownDevices),
    /// To `Trails`.
    Trails(SensorTrails),
    /// To `Parked`.
    Parked(ParkedPage),
    /// To `Scenarios`.
    Scenarios(Vec<ScenarioEntry>),
    /// To `StopRecording`.
    Recorded(RecordingSummary),
    /// To `Recordings`.
    Recordings(Vec<RecordingEntry>),
    /// To `Verify`.
    Verdict(Verdict),
    /// To `ExportCsv`.
    Exported(ExportDone),
}

/// A scenario file that can be run, or the reason why it can't.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ScenarioEntry {
    /// What `StartScenario` takes: the file's path.
    pub id: String,
    /// The file's name in words.
    pub name: String,
    /// The file's first comment line.
    pub description: String,
    /// How many sensors it has.
    pub sensors: u32,
    /// How many streams.
    pub streams: u32,
    /// Nominal samples a second, all streams together.
    pub samples_per_sec: f64,
    /// What is wrong with the file (with line and column); it can't run if set.
    pub problem: Option<String>,
}

/// A recording that has just been closed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RecordingSummary {
    /// The file.
    pub path: String,
    /// How long it ran, seconds.
    pub seconds: f64,
    /// Samples stored.
    #[ts(type = "number")]
    pub samples: u64,
    /// Samples that were offered and dropped; each is in a gap of the file.
    #[ts(type = "number")]
    pub dropped: u64,
    /// Size in bytes.
    #[ts(type = "number")]
    pub bytes: u64,
}

/// A recording file in the recording folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RecordingEntry {
    /// The file.
    pub path: String,
    /// Its name without folder.
    pub file_name: String,
    /// Its title; empty if it has none.
    pub title: String,
    /// When it was started, milliseconds since 1970 UTC.
    #[ts(type = "number | null")]
    pub started_ms: Option<i64>,
    /// How long it ran, seconds, as far as it was stored.
    pub seconds: Option<f64>,
    /// How many streams it holds.
    pub streams: u32,
    /// Samples stored.
    #[ts(type = "number")]
    pub samples: u64,
    /// Size in bytes.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Whether it was closed by a stop, or cut off by a crash.
    pub closed: bool,
    /// What is wrong with the file, if it can't be opened.
    pub problem: Option<String>,
}

/// What `verify` found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Verdict {
    /// The file.
    pub path: String,
    /// Whether every block reads back, and offered = stored + dropped for every stream.
    pub good: bool,
    /// Whether it was closed by a stop, or cut off by a crash.
    pub closed: bool,
    /// What is wrong; empty if good.
    pub problems: Vec<String>,
    /// A row for each stream.
    pub streams: Vec<StreamVerdict>,
}

/// What `verify` found in one stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct StreamVerdict {
    /// Sensor id.
    pub sensor: String,
    /// Sensor name.
    pub sensor_name: String,
    /// Attribute id.
    pub attribute: String,
    /// Samples offered while it was recorded.
    #[ts(type = "number")]
    pub offered: u64,
    /// Samples stored and read back.
    #[ts(type = "number")]
    pub stored: u64,
    /// Samples dropped and counted in gaps.
    #[ts(type = "number")]
    pub dropped: u64,
    /// Number of gaps (drops and interruptions).
    #[ts(type = "number")]
    pub gaps: u64,
    /// First sample, milliseconds since 1970 UTC.
    pub first_ms: Option<f64>,
    /// Last sample, milliseconds since 1970 UTC.
    pub last_ms: Option<f64>,
    /// (stored − 1) / (last − first), in Hz.
    pub rate_hz: Option<f64>,
    /// What the source promised.
    pub nominal_rate_hz: Option<f64>,
}

/// An export that is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ExportDone {
    /// The folder with the files.
    pub folder: String,
    /// How many files were written, the sidecar included.
    pub files: u32,
    /// How many samples.
    #[ts(type = "number")]
    pub samples: u64,
    /// What of the recording could not be read, and is marked as a gap in the export.
    pub problems: Vec<String>,
}
