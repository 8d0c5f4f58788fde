//! What the recorder tells of itself: its state, a finished recording, and why
//! it can't do what it was asked.

use crate::files::DISK_DEADLINE;
use model::Stamp;
use std::path::PathBuf;
use std::time::Duration;
use store::StoreError;

/// How long sealing a file may take before the operator is told.
pub(super) const STOP_DEADLINE: Duration = Duration::from_secs(30);

/// Why the recorder can't do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum RecorderError {
    /// A recording is running already.
    #[error("A recording is already running.")]
    AlreadyRecording,
    /// No recording is running.
    #[error("No recording is running.")]
    NotRecording,
    /// The disk does not answer in time.
    #[error("The disk did not answer within {} seconds.", STOP_DEADLINE.as_secs())]
    Timeout,
    /// The disk does not open a file in time.
    #[error("The disk did not answer within {} seconds; the recording was not started.", DISK_DEADLINE.as_secs())]
    NotOpened,
    /// The disk is not asked: it has hung too often, or still does.
    #[error("The recording was not started; of the disk: {0}.")]
    Refused(String),
    /// The file.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What the recorder is doing.
#[derive(Clone, Debug, PartialEq)]
pub struct RecorderView {
    /// The file, its title and its start, while a recording runs.
    pub file: Option<OpenFile>,
    /// Samples committed.
    pub stored: u64,
    /// Samples in gaps.
    pub dropped: u64,
    /// Size on disk, bytes.
    pub bytes: u64,
    /// Why the last commit failed, if it did: words and remedy.
    pub problem: Option<(String, String)>,
}

/// The file of the running recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenFile {
    /// Where it is.
    pub path: PathBuf,
    /// What it is called.
    pub title: String,
    /// When it was started.
    pub started: Stamp,
}

/// A recording that has been closed.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// The file.
    pub path: PathBuf,
    /// How long it ran.
    pub duration_ns: i64,
    /// Samples stored.
    pub stored: u64,
    /// Samples in gaps.
    pub dropped: u64,
    /// Size in bytes.
    pub bytes: u64,
}
