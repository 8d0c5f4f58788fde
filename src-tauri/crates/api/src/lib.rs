//! The contract between the console and its faces: typed requests, responses,
//! errors, and (behind them) their handlers. No Tauri here: any host can carry it.

mod asking;
mod attention;
mod background;
mod calls;
mod disk;
mod edge;
mod error;
mod folders;
pub mod frame;
mod handler;
mod health;
mod known;
mod metrics;
mod parked;
mod recordings;
mod request;
mod rows;
mod scenarios;
mod signs;
mod snapshot;
mod system;

pub use asking::AskedSensor;
pub use attention::{AttentionEvent, AttentionTarget, QualityChoice, Served};
pub use edge::ServedAt;
pub use error::{ApiError, ErrorCode};
pub use folders::{Folders, free_bytes, usable as usable_folder};
pub use handler::{Api, recorder_error, summary};
pub use health::Readiness;
pub use known::{KnownDevices, KnownRate, KnownRow};
pub use parked::{ParkedPage, ParkedRow};
pub use recordings::{export_csv, verdict, verify};
pub use request::{
    ExportDone, RecordingEntry, RecordingSummary, Request, Response, ScenarioEntry, StreamVerdict, Verdict,
};
pub use signs::{Links, LinksRoom, NoData, RateHealth, SensorAlarm, SensorTrails, TrailDot};
pub use snapshot::{
    Adapter, ChannelRow, Counters, DeviceRow, LinkView, NoticeRow, QueueRow, RecordingState, RecordingStatus,
    ScenarioStatus, SensorRow, Severity, Snapshot, StreamRow, WorkerRow,
};
pub use system::{
    AdviceRow, AttentionView, Backpressure, BioRow, BreakerRow, CheckRow, CheckStatus, DropRow, EndedAccount,
    EntranceRow, EventRow, HistoryView, LatencyRow, LevelAdvice, LevelCounts, LoadBrief, LoadThresholds,
    LoadView, MemoryView, OutboxView, PressureRow, RecordedAccount, RegistryRow, SENSORS_SHOWN_MAX,
    SensorAccount, System, TaskPoolView, TiersView, TreeKind, TreeNode, ViewQuality,
};
