//! The contract between the console and its faces: typed requests, responses,
//! errors, and (behind them) their handlers. No Tauri here: any host can carry it.

mod error;
pub mod frame;
mod request;
mod snapshot;

pub use error::{ApiError, ErrorCode};
pub use request::{
    ExportDone, RecordingEntry, RecordingSummary, Request, Response, ScenarioEntry, StreamVerdict, Verdict,
};
pub use snapshot::{
    Adapter, ChannelRow, Counters, DeviceRow, LinkView, NoticeRow, QueueRow, RecordingState, RecordingStatus,
    ScenarioStatus, SensorRow, Severity, Snapshot, StreamRow, WorkerRow,
};
