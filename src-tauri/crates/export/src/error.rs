//! What can go wrong with an export, in words for the operator.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use store::StoreError;

/// Why a recording can't be exported.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    /// The recording can't be read, or a part of it is damaged.
    #[error(transparent)]
    Recording(#[from] StoreError),
    /// The folder is there already.
    #[error("There is already an export {}.", .folder.display())]
    Exists {
        /// What is there.
        folder: PathBuf,
    },
    /// What was to be overwritten does not look like an export of ours.
    #[error("{} is not an export of a recording; it is left alone.", .folder.display())]
    NotAnExport {
        /// What is there.
        folder: PathBuf,
    },
    /// The folder in which the export was to be created is not there.
    #[error("There is no folder {}.", .folder.display())]
    MissingFolder {
        /// The folder that should be there.
        folder: PathBuf,
    },
    /// The folder may not be written.
    #[error("{} can't be written: the folder or disk is read-only, or belongs to somebody else.", .path.display())]
    NotWritable {
        /// The file or folder.
        path: PathBuf,
    },
    /// The disk takes no more data.
    #[error("The disk is full: {} can't be written.", .path.display())]
    DiskFull {
        /// The file or folder.
        path: PathBuf,
    },
    /// Anything else that the system reports.
    #[error("{} can't be written: {problem}.", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        problem: String,
    },
}

impl ExportError {
    /// What happened, in a sentence.
    #[must_use]
    pub fn words(&self) -> String {
        self.to_string()
    }

    /// What to do about it, in a sentence.
    #[must_use]
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::Recording(error) => error.remedy(),
            Self::Exists { .. } => "Choose another folder, or allow it to be overwritten.",
            Self::NotAnExport { .. } => "Choose another folder.",
            Self::MissingFolder { .. } => "Create the folder, or choose one that exists.",
            Self::NotWritable { .. } => "Choose another folder, or change its permissions.",
            Self::DiskFull { .. } => "Free some space on this disk, or export to another one.",
            Self::Io { .. } => "Check that the disk is connected and healthy, then try again.",
        }
    }

    pub(crate) fn from_io(path: &Path, error: &std::io::Error) -> Self {
        let path = path.to_owned();
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::DiskFull { path },
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Self::NotWritable { path },
            _ => Self::Io { path, problem: error.to_string() },
        }
    }
}
