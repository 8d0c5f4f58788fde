//! Exports of recordings: CSV, one file for each stream, and a JSON sidecar.
//!
//! An export reads a recording and never changes it. It appears whole or not
//! at all: the files are written into a folder beside the wanted one, which
//! takes its name at the end. Memory does not grow with the recording.

mod error;
mod filename;
mod number;
mod sidecar;
mod staging;
mod table;
mod text;
mod timestamp;

pub use error::ExportError;

use model::Stamp;
use sidecar::Written;
use staging::Staging;
use std::path::{Path, PathBuf};
use store::{RecordedStream, Recording};

/// An export that is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The folder with the files.
    pub folder: PathBuf,
    /// The files in it: one for each stream, and last the sidecar `recording.json`.
    pub files: Vec<PathBuf>,
    /// Samples written.
    pub samples: u64,
    /// Parts of the recording that did not read back, in words, at most 100.
    /// They are marked as gaps in the files.
    pub problems: Vec<String>,
}

/// Exports the recording at `recording` into `folder`, which is created; its
/// parent must exist. An older export of the same name is replaced only with
/// `overwrite`. `progress` is told how many samples of how many are done.
///
/// # Errors
/// [`ExportError`]; nothing half done is left, and an older export that was
/// to be overwritten is still there.
pub fn csv(
    recording: &Path,
    folder: &Path,
    overwrite: bool,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Exported, ExportError> {
    let recording = Recording::open(recording)?;
    let info = recording.info()?;
    let staging = Staging::begin(folder, overwrite)?;
    let mut done = 0;
    let streams = write_tables(&recording, &staging, info.started, &mut |samples| {
        done += samples;
        progress(done, info.samples);
    })?;
    sidecar::write(&staging.path().join(sidecar::FILE), &recording, &info, &streams)?;
    let folder = staging.finish()?;
    let names = streams.iter().map(|written| written.file.as_str()).chain([sidecar::FILE]);
    let files = names.map(|name| folder.join(name)).collect();
    let problems = streams.into_iter().flat_map(|written| written.table.problems).take(table::PROBLEMS_MAX);
    Ok(Exported { files, folder, samples: done, problems: problems.collect() })
}

fn write_tables(
    recording: &Recording,
    staging: &Staging,
    started: Stamp,
    progress: &mut dyn FnMut(u64),
) -> Result<Vec<Written>, ExportError> {
    let mut names = filename::Names::default();
    let mut write = |stream: RecordedStream| {
        let key = &stream.spec.key;
        let file = names.unique(stream.sensor.name.as_str(), key.attribute.as_str());
        let path = staging.path().join(&file);
        let table = table::write(&path, recording, &stream, started, progress)?;
        Ok(Written { file, stream, table })
    };
    recording.streams()?.into_iter().map(&mut write).collect()
}
