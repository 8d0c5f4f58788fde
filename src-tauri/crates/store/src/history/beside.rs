//! A history that can't be used is left where it is, and a new one begun beside it.

use super::History;
use crate::StoreError;
use std::path::{Path, PathBuf};

/// Files that are tried beside a damaged one.
const TRIES: u32 = 100;

/// An opened history, and what was passed over.
#[derive(Debug)]
pub struct Beside {
    /// The history.
    pub history: History,
    /// The files that could not be used, untouched, each with the reason.
    pub passed_over: Vec<StoreError>,
}

impl History {
    /// Opens the history at `path`; where that is damaged, of another program
    /// or of a newer console, the first usable one of `path-2`, `path-3` …
    ///
    /// # Errors
    /// [`StoreError`] that another file name would not mend: no folder, no
    /// room, no right to write, or a hundred unusable files.
    pub fn open_or_beside(path: &Path) -> Result<Beside, StoreError> {
        let mut passed_over = Vec::new();
        loop {
            let candidate = numbered(path, passed_over.len());
            match Self::open(&candidate) {
                Ok(history) => return Ok(Beside { history, passed_over }),
                Err(error) if is_of_this_file(&error) && passed_over.len() + 1 < TRIES as usize => {
                    passed_over.push(error);
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// Whether another file would do.
pub(super) fn is_of_this_file(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::Damaged { .. } | StoreError::OtherFile { .. } | StoreError::NewerVersion { .. }
    )
}

/// `history.db`, `history-2.db`, …
fn numbered(path: &Path, passed_over: usize) -> PathBuf {
    if passed_over == 0 {
        return path.to_owned();
    }
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(format!("-{}", passed_over + 1));
    if let Some(extension) = path.extension() {
        name.push(".");
        name.push(extension);
    }
    path.with_file_name(name)
}
