//! Names for a file that is begun beside one that can't be used.

use crate::StoreError;
use std::path::{Path, PathBuf};

/// Whether another file would do.
pub(crate) fn is_of_this_file(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::Damaged { .. } | StoreError::OtherFile { .. } | StoreError::NewerVersion { .. }
    )
}

/// `history.db`, `history-2.db`, …
pub(crate) fn numbered(path: &Path, passed_over: usize) -> PathBuf {
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
