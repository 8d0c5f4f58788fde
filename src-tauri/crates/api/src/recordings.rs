//! Recording files for the operator: naming, listing, verifying, exporting.

use crate::{ApiError, ErrorCode, ExportDone, RecordingEntry, StreamVerdict, Verdict};
use export::ExportError;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::path::{Path, PathBuf};
use store::{EXTENSION, Recording, Report, StoreError, StreamReport};

/// So many recordings are listed, the newest ones.
const LISTED_MAX: usize = 500;
/// The longest part of a title in a file name, characters.
const SLUG_CHARS_MAX: usize = 40;

/// The file for a recording that starts now: local date and time, and the title.
pub fn new_file(folder: &Path, title: &str, wall_ns: i64) -> PathBuf {
    let at = Timestamp::from_nanosecond(i128::from(wall_ns)).unwrap_or_default();
    let when = at.to_zoned_datetime(TimeZone::system()).strftime("%Y-%m-%d_%H-%M-%S").to_string();
    let slug = slug(title);
    let stem = if slug.is_empty() { when } else { format!("{when}_{slug}") };
    let name =
        |k: u32| if k == 1 { format!("{stem}.{EXTENSION}") } else { format!("{stem}_{k}.{EXTENSION}") };
    // Two recordings in one second: the second gets a number.
    (1..1000)
        .map(|k| folder.join(name(k)))
        .find(|path| !path.exists())
        .unwrap_or_else(|| folder.join(name(1)))
}

fn slug(title: &str) -> String {
    let letters = title.chars().map(|c| if c.is_alphanumeric() { c } else { '-' });
    let words: String = letters.take(SLUG_CHARS_MAX).collect();
    words.split('-').filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
}

/// The recordings of a folder, newest first; a missing folder has none.
pub fn list(folder: &Path) -> Vec<RecordingEntry> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == EXTENSION))
        .collect();
    files.sort_by_cached_key(|path| {
        let changed = path.metadata().and_then(|meta| meta.modified());
        std::cmp::Reverse(changed.unwrap_or(std::time::UNIX_EPOCH))
    });
    files.truncate(LISTED_MAX);
    files.iter().map(|path| entry(path)).collect()
}

fn entry(path: &Path) -> RecordingEntry {
    let file_name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let info = Recording::open(path).and_then(|recording| recording.info());
    let mut entry = RecordingEntry {
        path: path.display().to_string(),
        file_name,
        title: String::new(),
        started_ms: None,
        seconds: None,
        streams: 0,
        samples: 0,
        bytes: path.metadata().map_or(0, |meta| meta.len()),
        closed: false,
        problem: None,
    };
    match info {
        Ok(info) => {
            entry.seconds = Some(info.seconds());
            entry.started_ms = Some(info.started.wall_ns / 1_000_000);
            entry.closed = info.closed.is_some();
            (entry.title, entry.streams) = (info.title, info.streams);
            (entry.samples, entry.bytes) = (info.samples, info.bytes);
        }
        Err(error) => entry.problem = Some(error.words()),
    }
    entry
}

/// Re-reads every block of a recording.
///
/// # Errors
/// It can't be opened as a recording.
pub fn verify(path: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<Verdict, ApiError> {
    store::verify(path, progress).map(|report| verdict(path, report)).map_err(store_error)
}

/// The verdict in a report.
#[must_use]
pub fn verdict(path: &Path, report: Report) -> Verdict {
    Verdict {
        path: path.display().to_string(),
        good: report.is_good(),
        closed: report.info.closed.is_some(),
        streams: report.streams.iter().map(stream_verdict).collect(),
        problems: report.problems,
    }
}

fn stream_verdict(stream: &StreamReport) -> StreamVerdict {
    let millis = |ns: Option<i64>| ns.map(|ns| ns as f64 / 1e6);
    StreamVerdict {
        sensor: stream.key.sensor.to_string(),
        sensor_name: stream.sensor_name.clone(),
        attribute: stream.key.attribute.to_string(),
        offered: stream.offered,
        stored: stream.stored,
        dropped: stream.dropped,
        gaps: stream.gaps,
        first_ms: millis(stream.first_wall_ns),
        last_ms: millis(stream.last_wall_ns),
        rate_hz: stream.rate_hz,
        nominal_rate_hz: stream.nominal_rate_hz,
    }
}

/// Exports a recording as CSV into `folder`, by default one beside it.
///
/// # Errors
/// The recording can't be read, or the folder can't be written.
pub fn export_csv(
    path: &Path,
    folder: Option<&Path>,
    overwrite: bool,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<ExportDone, ApiError> {
    let beside = path.with_extension("csv-export");
    let folder = folder.unwrap_or(&beside);
    let done = export::csv(path, folder, overwrite, progress).map_err(export_error)?;
    Ok(ExportDone {
        folder: done.folder.display().to_string(),
        files: u32::try_from(done.files.len()).unwrap_or(u32::MAX),
        samples: done.samples,
        problems: done.problems,
    })
}

/// A store's error for the operator.
pub fn store_error(error: StoreError) -> ApiError {
    use StoreError as E;
    let code = match &error {
        E::NotARecording { .. } | E::OtherFile { .. } | E::NewerVersion { .. } | E::Damaged { .. } => {
            ErrorCode::BadFile
        }
        E::MissingFile { .. } | E::MissingFolder { .. } => ErrorCode::NotFound,
        E::Exists { .. } => ErrorCode::Conflict,
        E::Misfit { .. } => ErrorCode::Internal,
        E::DiskFull { .. }
        | E::NotWritable { .. }
        | E::NotReadable { .. }
        | E::NeedsWritableFolder { .. }
        | E::Busy { .. }
        | E::Io { .. } => ErrorCode::Storage,
    };
    ApiError::new(code, error.words(), error.remedy())
}

fn export_error(error: ExportError) -> ApiError {
    use ExportError as E;
    let code = match error {
        E::Recording(error) => return store_error(error),
        E::Exists { .. } | E::NotAnExport { .. } => ErrorCode::Conflict,
        E::MissingFolder { .. } => ErrorCode::NotFound,
        E::NotWritable { .. } | E::DiskFull { .. } | E::Io { .. } => ErrorCode::Storage,
    };
    ApiError::new(code, error.words(), error.remedy())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_becomes_a_harmless_part_of_the_file_name() {
        assert_eq!(slug("  Morning session, room 3/../x "), "Morning-session-room-3-x");
        assert_eq!(slug("../../etc"), "etc");
        assert!(slug(&"y".repeat(500)).len() <= SLUG_CHARS_MAX);
    }

    #[test]
    fn two_recordings_in_one_second_have_two_files() {
        let folder = tempfile::tempdir().unwrap();
        let first = new_file(folder.path(), "a", 0);
        std::fs::write(&first, "").unwrap();
        assert_ne!(first, new_file(folder.path(), "a", 0));
    }

    #[test]
    fn a_folder_lists_broken_files_with_their_problem() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("x.sensocto"), "not a recording").unwrap();
        std::fs::write(folder.path().join("x.txt"), "not listed").unwrap();
        let entries = list(folder.path());
        assert_eq!(entries.len(), 1);
        assert!(entries[0].problem.is_some());
    }
}
