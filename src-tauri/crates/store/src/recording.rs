//! Reads a recording: whole, cut off, or still being written.
//!
//! What it shows is the recording at the moment of opening; while it is held,
//! the write-ahead log of a running recording can't be shortened, so hold it
//! only as long as it is needed.

mod cursor;
mod rows;

pub use cursor::{Blocks, Gaps};

use crate::{StoreError, StreamNo, file};
use model::{DisplayName, Gap, NANOS_PER_SEC, SensorId, Stamp, StreamSpec};
use rusqlite::Connection;
use std::path::{Path, PathBuf};

/// A recording, opened for reading.
#[derive(Debug)]
pub struct Recording {
    conn: Connection,
    path: PathBuf,
}

/// A recording in brief.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordingInfo {
    /// Its title; may be empty.
    pub title: String,
    /// The version of the console that recorded it.
    pub console_version: String,
    /// When it was started.
    pub started: Stamp,
    /// The last commit.
    pub saved: Stamp,
    /// When it was closed; none if it is still running or was cut off.
    pub closed: Option<Stamp>,
    /// How many streams it has.
    pub streams: u32,
    /// Samples stored, all streams.
    pub samples: u64,
    /// Samples dropped and counted in gaps, all streams.
    pub dropped: u64,
    /// Its size in bytes, with the write-ahead log that may lie beside it.
    pub bytes: u64,
}

impl RecordingInfo {
    /// How long it ran, seconds: until it was closed, else until the last commit.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        let end = self.closed.unwrap_or(self.saved);
        end.host_ns.saturating_sub(self.started.host_ns) as f64 / NANOS_PER_SEC as f64
    }
}

/// A sensor as it was known to the recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedSensor {
    /// The console's id of it.
    pub id: SensorId,
    /// What it calls itself.
    pub name: DisplayName,
    /// Which connector delivered it.
    pub connector: String,
    /// The kind of that connector: `ble`, `simulator`.
    pub connector_kind: String,
    /// Further facts (maker, model, firmware).
    pub facts: Vec<(String, String)>,
}

/// What the writer counted; [`crate::verify`] counts again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StreamCounts {
    /// One past the last sample offered.
    pub end_index: u64,
    /// Samples stored.
    pub stored: u64,
    /// Samples dropped and counted in gaps.
    pub dropped: u64,
    /// Number of gaps (drops and interruptions).
    pub gaps: u64,
}

/// A stream of a recording.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedStream {
    /// Its number in this recording.
    pub no: StreamNo,
    /// Its sensor.
    pub sensor: RecordedSensor,
    /// What it measures, and how its samples are to be read.
    pub spec: StreamSpec,
    /// The first sample that was offered.
    pub first_index: u64,
    /// What the writer counted.
    pub counts: StreamCounts,
}

impl RecordedStream {
    /// Samples offered while it was recorded.
    #[must_use]
    pub fn offered(&self) -> u64 {
        self.counts.end_index.saturating_sub(self.first_index)
    }
}

/// A gap, with what turns its times into dates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedGap {
    /// The gap.
    pub gap: Gap,
    /// Wall clock minus host clock when it was noted, nanoseconds.
    pub wall_minus_host_ns: i64,
}

impl Recording {
    /// Opens a recording for reading.
    ///
    /// # Errors
    /// [`StoreError`]: no such file, no recording, a newer format, damaged.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let conn = file::open_snapshot(path)?;
        let recording = Self { conn, path: path.to_owned() };
        recording.read(rows::check_tables)?;
        Ok(recording)
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The recording in brief; reads no block.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if its metadata does not read back.
    pub fn info(&self) -> Result<RecordingInfo, StoreError> {
        let bytes = file::bytes_on_disk(&self.path);
        self.read(|conn| rows::info(conn, bytes))
    }

    /// Its streams, in the order in which they appeared.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if a description does not read back.
    pub fn streams(&self) -> Result<Vec<RecordedStream>, StoreError> {
        self.read(rows::streams)
    }

    /// The blocks of a stream in rising order, each checked against its CRC.
    /// One that does not read back is an error in its place; the next follows.
    #[must_use]
    pub fn blocks(&self, stream: &RecordedStream) -> Blocks<'_> {
        Blocks::new(self, stream)
    }

    /// The gaps of a stream in rising order of their place.
    #[must_use]
    pub fn gaps(&self, stream: &RecordedStream) -> Gaps<'_> {
        Gaps::new(self, stream)
    }

    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        work(&self.conn).map_err(|error| StoreError::from_sqlite(&self.path, &error))
    }

    pub(crate) fn damaged(&self, problem: String) -> StoreError {
        StoreError::Damaged { path: self.path.clone(), problem }
    }
}
