//! What the recorder tells of itself: its state, a finished recording, and why
//! it can't do what it was asked.

use crate::files::DISK_DEADLINE;
use crate::queue::{Policy, QueueView};
use model::Stamp;
use std::path::PathBuf;
use std::time::Duration;
use store::StoreError;

/// How long sealing a file may take before the operator is told.
pub(super) const STOP_DEADLINE: Duration = Duration::from_secs(30);

/// Memory that may wait for a disk that does not take it: 10 minutes of 20 ECG
/// streams of 130 Hz, in lists that have just doubled.
pub const PENDING_BYTES_MAX: usize = 48 << 20;

/// What waits for the next commit.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Waiting {
    /// Samples.
    pub samples: u64,
    /// The memory that they and the gaps between them take.
    pub bytes: usize,
    /// Samples that found no room to wait, since the recording began.
    pub given_up: u64,
}

impl Waiting {
    /// Nothing waits any more.
    pub fn is_over(&mut self) {
        (self.samples, self.bytes) = (0, 0);
    }

    /// As the operator sees it: a queue of samples that is bounded by their memory.
    pub fn view(&self) -> QueueView {
        QueueView {
            name: "recording: waiting for the disk".to_owned(),
            policy: Policy::DropNewest,
            depth: usize::try_from(self.samples).unwrap_or(usize::MAX),
            capacity: 0,
            bytes: self.bytes as u64,
            bytes_max: PENDING_BYTES_MAX as u64,
            dropped_samples: self.given_up,
            overtaken: 0,
            refused: 0,
            waits: 0,
            waited_ns: 0,
        }
    }
}

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
