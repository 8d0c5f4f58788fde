//! One stream as a CSV file: RFC 4180, UTF-8, a header with units.
//!
//! `time_utc, seconds, <channel [unit]> …, [device_ticks,] gap`. A sample has
//! an empty `gap`; a gap has a row of its own at its place, with empty values,
//! the time at which it begins, and `reason: n samples`. Samples that do not
//! read back are marked in the same way, as `damaged`, and samples that are
//! missing without a gap as `unexplained`.

mod sheet;

use crate::ExportError;
use model::{NANOS_PER_SEC, Stamp};
use sheet::Sheet;
pub(crate) use sheet::heading;
use std::fs::File;
use std::path::Path;
use store::{RecordedStream, Recording};

/// More problems than this are not listed.
pub(crate) const PROBLEMS_MAX: usize = 100;

/// A time of the recording: host nanoseconds, and what turns them into a date.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) host_ns: i64,
    pub(crate) wall_minus_host_ns: i64,
}

impl Moment {
    /// Nanoseconds since 1970-01-01 UTC.
    pub(crate) fn wall_ns(self) -> i64 {
        self.host_ns.saturating_add(self.wall_minus_host_ns)
    }
}

/// What was written of a stream.
#[derive(Debug, Default)]
pub(crate) struct Table {
    /// Samples.
    pub(crate) samples: u64,
    /// When the first and the last sample were taken.
    pub(crate) span: Option<(Moment, Moment)>,
    /// What did not read back, in words.
    pub(crate) problems: Vec<String>,
}

impl Table {
    /// (samples − 1) / (last − first), Hz.
    pub(crate) fn rate_hz(&self) -> Option<f64> {
        let (first, last) = self.span?;
        let span_ns = last.host_ns.checked_sub(first.host_ns).filter(|ns| *ns > 0)?;
        Some((self.samples - 1) as f64 * NANOS_PER_SEC as f64 / span_ns as f64)
    }

    fn take_sample(&mut self, at: Moment) {
        self.samples += 1;
        self.span.get_or_insert((at, at)).1 = at;
    }

    fn take_problem(&mut self, words: String) {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(words);
        }
    }
}

/// Writes the file of `stream`; `started` is the start of the recording.
pub(crate) fn write(
    path: &Path,
    recording: &Recording,
    stream: &RecordedStream,
    started: Stamp,
    progress: &mut dyn FnMut(u64),
) -> Result<Table, ExportError> {
    let written = File::create_new(path).and_then(|file| {
        let mut sheet = Sheet::new(file, stream, recording.gaps(stream), started);
        sheet.header()?;
        for block in recording.blocks(stream) {
            progress(sheet.block(block)?);
        }
        sheet.finish()
    });
    written.map_err(|error| ExportError::from_io(path, &error))
}
