//! What can go wrong with a recording file, in words for the operator.

use rusqlite::ErrorCode;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// SQLite could not enlarge its shared memory file, which lies beside the
/// recording: on a file system that takes no more data, this comes first.
const SQLITE_IOERR_SHMSIZE: i32 = 4874;

/// Why a recording can't be written or read. Each has its words
/// ([`StoreError::words`]) and tells what to do ([`StoreError::remedy`]).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The disk takes no more data. What was committed before is safe.
    #[error("The disk is full: {} can't grow.", .path.display())]
    DiskFull {
        /// The recording.
        path: PathBuf,
    },
    /// The file or its folder may not be written.
    #[error("{} can't be written: the folder or disk is read-only, or belongs to somebody else.", .path.display())]
    NotWritable {
        /// The recording.
        path: PathBuf,
    },
    /// The file or its folder may not be read.
    #[error("{} can't be read: permission is denied.", .path.display())]
    NotReadable {
        /// The recording.
        path: PathBuf,
    },
    /// A new recording would overwrite something.
    #[error("There is already a file {}.", .path.display())]
    Exists {
        /// What is there.
        path: PathBuf,
    },
    /// The folder for a new recording is not there, or no folder.
    #[error("There is no folder {}.", .folder.display())]
    MissingFolder {
        /// The folder that was asked for.
        folder: PathBuf,
    },
    /// There is no such file.
    #[error("There is no file {}.", .path.display())]
    MissingFile {
        /// The file that was asked for.
        path: PathBuf,
    },
    /// The file is something else.
    #[error("{} is not a recording: {found}.", .path.display())]
    NotARecording {
        /// The file.
        path: PathBuf,
        /// What it is, as far as we can see: "it is empty".
        found: &'static str,
    },
    /// The file is not the database that belongs there.
    #[error("{} is not {expected}: {found}.", .path.display())]
    OtherFile {
        /// The file.
        path: PathBuf,
        /// What belongs there: "an outbox".
        expected: &'static str,
        /// What it is, as far as we can see.
        found: &'static str,
    },
    /// The file was written by a newer console.
    #[error("{} was written by a newer console (format {found}; this one knows up to {known}).", .path.display())]
    NewerVersion {
        /// The file.
        path: PathBuf,
        /// Its format version.
        found: u32,
        /// The newest that we know.
        known: u32,
    },
    /// The file, or a part of it, does not read back.
    #[error("{} is damaged: {problem}.", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// Not closed by a stop, and it lies where nothing can be written, so that
    /// its last commits (in the `-wal` file beside it) can't be read.
    #[error("{} was not closed, and lies in a folder that can't be written.", .path.display())]
    NeedsWritableFolder {
        /// The file.
        path: PathBuf,
    },
    /// Another program holds the file.
    #[error("Another program is holding {}.", .path.display())]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// What was to be stored does not fit the recording: a defect of the caller.
    #[error("These samples do not fit the recording: {problem}.")]
    Misfit {
        /// What does not fit.
        problem: String,
    },
    /// Anything else that the system reports.
    #[error("{} can't be used: {problem}.", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        problem: String,
    },
}

impl StoreError {
    /// What happened, in a sentence.
    #[must_use]
    pub fn words(&self) -> String {
        self.to_string()
    }

    /// What to do about it, in a sentence.
    #[must_use]
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::DiskFull { .. } => "Free some space on this disk, or record to another one.",
            Self::NotWritable { .. } => "Choose another folder, or change its permissions.",
            Self::NotReadable { .. } => "Change the permissions of the file, or copy it to your own folder.",
            Self::Exists { .. } => "Choose another name, or move the old file away.",
            Self::MissingFolder { .. } => "Create the folder, or choose one that exists.",
            Self::MissingFile { .. } => "Check the name; it may have been moved or renamed.",
            Self::NotARecording { .. } => "Choose a file that the console recorded (.sensocto).",
            Self::OtherFile { .. } => "Move it away; the console makes a new one.",
            Self::NewerVersion { .. } => "Update the console to read it.",
            Self::Damaged { .. } => {
                "Use another copy if there is one; `sensocto verify` tells which parts are good."
            }
            Self::NeedsWritableFolder { .. } => {
                "Copy it, together with the -wal file beside it, to a folder that can be written."
            }
            Self::Busy { .. } => "Close the other program and try again.",
            Self::Misfit { .. } => "Please report this: it is a defect of the console.",
            Self::Io { .. } => "Check that the disk is connected and healthy, then try again.",
        }
    }

    pub(crate) fn from_io(path: &Path, error: &std::io::Error) -> Self {
        let path = path.to_owned();
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::DiskFull { path },
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Self::NotWritable { path },
            ErrorKind::AlreadyExists => Self::Exists { path },
            ErrorKind::NotFound => Self::MissingFile { path },
            _ => Self::Io { path, problem: error.to_string() },
        }
    }

    pub(crate) fn from_sqlite(path: &Path, error: &rusqlite::Error) -> Self {
        let path = path.to_owned();
        let Some(failure) = error.sqlite_error() else {
            let problem = format!("what it says of itself does not read back ({error})");
            return Self::Damaged { path, problem };
        };
        match failure.code {
            ErrorCode::DiskFull => Self::DiskFull { path },
            _ if failure.extended_code == SQLITE_IOERR_SHMSIZE => Self::DiskFull { path },
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied => Self::NotWritable { path },
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed => {
                Self::Busy { path }
            }
            ErrorCode::NotADatabase => Self::NotARecording { path, found: "it is not a SQLite file" },
            // "SQL error": a table or column that we ask for is not there.
            ErrorCode::DatabaseCorrupt | ErrorCode::Unknown => {
                Self::Damaged { path, problem: error.to_string() }
            }
            ErrorCode::ConstraintViolation => Self::Misfit { problem: error.to_string() },
            _ => Self::Io { path, problem: error.to_string() },
        }
    }
}
