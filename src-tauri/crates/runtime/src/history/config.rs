//! What the history keeps and where.

use crate::outbox::ReplicatorConfig;
use std::path::PathBuf;
use store::StoreError;
use store::history::Retention;
use store::outbox::Bounds;

/// What the history keeps and where.
#[derive(Clone, Debug)]
pub struct HistoryConfig {
    /// The folder of its files, `history.db` and `outbox.db`; it must exist.
    pub folder: PathBuf,
    /// What is kept. Age: a minute to years; size: from 16 MB on makes sense.
    pub keep: Retention,
    /// From one lot of blocks to the next, nanoseconds. What a `kill -9` costs.
    pub flush_ns: i64,
    /// How often what is too old goes, nanoseconds.
    pub retain_every_ns: i64,
    /// The bounds of its outbox.
    pub outbox: Bounds,
    /// How its outbox is emptied.
    pub replicator: ReplicatorConfig,
}

impl HistoryConfig {
    /// A day, in at most 2 GB, in `folder`.
    #[must_use]
    pub fn in_folder(folder: PathBuf) -> Self {
        const SEC: i64 = model::NANOS_PER_SEC;
        Self {
            folder,
            keep: Retention { age_max_ns: 24 * 3600 * SEC, bytes_max: 2_000_000_000 },
            flush_ns: 2 * SEC,
            retain_every_ns: 60 * SEC,
            outbox: Bounds::default(),
            replicator: ReplicatorConfig::default(),
        }
    }
}

/// What the settings say about the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistorySettings {
    /// Whether it is kept; by default not.
    pub is_enabled: bool,
    /// Its folder, an absolute path; none for the one beside the recordings.
    pub folder: Option<PathBuf>,
    /// How old what is kept may be, hours.
    pub hours_max: u32,
    /// How large it may be, megabytes.
    pub megabytes_max: u32,
}

impl Default for HistorySettings {
    fn default() -> Self {
        Self { is_enabled: false, folder: None, hours_max: 24, megabytes_max: 2000 }
    }
}

impl HistorySettings {
    /// A history so large, in `folder`.
    #[must_use]
    pub fn in_folder(&self, folder: PathBuf) -> HistoryConfig {
        let age_max_ns = i64::from(self.hours_max) * 3600 * model::NANOS_PER_SEC;
        let keep = Retention { age_max_ns, bytes_max: u64::from(self.megabytes_max) * 1_000_000 };
        HistoryConfig { keep, ..HistoryConfig::in_folder(folder) }
    }
}

/// Why no history can be kept.
#[derive(Debug, thiserror::Error)]
pub enum NotKept {
    /// It is kept already.
    #[error("a history is being kept already")]
    Already,
    /// Its files.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Their disk gave no answer in time, or is not asked.
    #[error("of the disk with its files: {0}")]
    NotAnswering(String),
    /// The system gave no thread.
    #[error("the history could not be started: {0}")]
    Start(#[from] std::io::Error),
}
