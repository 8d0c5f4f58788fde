//! Re-reads every block of a recording and says whether it can be believed:
//! SQLite's own quick check, then for each stream the checksum, lengths and
//! statistics of every block, times that never run backwards, and indices
//! that blocks and gaps cover exactly once.
//!
//! A recording that is still being written is verified as it was when
//! `verify` opened it.

mod stream;

use crate::{Recording, RecordingInfo, StoreError};
use model::StreamKey;
use std::path::Path;

/// More problems than this are only counted: a reader has seen enough.
const PROBLEMS_MAX: usize = 100;

/// What `verify` found.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The recording in brief.
    pub info: RecordingInfo,
    /// What is wrong, at most 101 lines; empty if the recording is good. Not
    /// being closed is no problem: see [`RecordingInfo::closed`].
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
/// [`StoreError`] if it can't be opened, or doesn't even tell its streams;
/// everything else is a problem in the report.
pub fn verify(path: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<Report, StoreError> {
    let recording = Recording::open(path)?;
    let info = recording.info()?;
    let mut problems = Problems::default();
    problems.note_all(recording.read(check_database));
    let mut done = 0;
    let mut streams = Vec::new();
    for stream in recording.streams()? {
        streams.push(stream::check(&recording, &stream, &mut problems, &mut |samples| {
            done += samples;
            progress(done, info.samples);
        }));
    }
    Ok(Report { info, problems: problems.into_lines(), streams })
}

/// What SQLite itself finds wrong: pages, types, constraints, references.
fn check_database(conn: &rusqlite::Connection) -> rusqlite::Result<Vec<String>> {
    let mut found: Vec<String> =
        conn.prepare("PRAGMA quick_check(20)")?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    found.retain(|line| line != "ok");
    let orphans = "SELECT \"table\", count(*) FROM pragma_foreign_key_check GROUP BY 1";
    let mut statement = conn.prepare(orphans)?;
    let orphans = statement.query_map([], |row| {
        Ok(format!("{} rows of {} belong to nothing", row.get::<_, i64>(1)?, row.get::<_, String>(0)?))
    })?;
    for line in orphans {
        found.push(line?);
    }
    Ok(found)
}

/// What is wrong, in lines; bounded.
#[derive(Debug, Default)]
struct Problems {
    lines: Vec<String>,
    more: u64,
}

impl Problems {
    fn note(&mut self, line: impl Into<String>) {
        if self.lines.len() < PROBLEMS_MAX {
            self.lines.push(line.into());
        } else {
            self.more += 1;
        }
    }

    fn note_all(&mut self, found: Result<Vec<String>, StoreError>) {
        match found {
            Ok(lines) => lines.into_iter().for_each(|line| self.note(line)),
            Err(error) => self.note(error.words()),
        }
    }

    fn into_lines(mut self) -> Vec<String> {
        if self.more > 0 {
            self.lines.push(format!("… and {} more", self.more));
        }
        self.lines
    }
}
