//! The rolling history: the cold tier. What was measured lately, on disk, until
//! it is too old or takes too much room.
//!
//! One SQLite file for all runs of the console; samples lie in the same packed
//! blocks as in a recording, with smallest, largest and sum, so that a long
//! window is drawn without unpacking it. It is a convenience and not a
//! recording: holes are seen by their numbers and carry no reason. A block that
//! comes twice is stored once. Reading never stops the writer ([`Reader`]).

mod append;
mod beside;
mod decimate;
mod entry;
mod read;
mod retain;
mod rows;
#[cfg(test)]
mod tests;

use crate::StoreError;
use crate::database::{Database, Kind};
use crate::file::bytes_on_disk;
pub use append::{Appended, NotAppended};
pub use beside::Beside;
pub use decimate::Span;
pub use entry::{Entry, Session};
pub use read::{PastBlock, PastStream, Reader};
pub use retain::{Expired, Retention};
use rows::Known;
use std::path::Path;

/// SQLite's `application_id` of a history: "SENH" in ASCII.
pub const APPLICATION_ID: u32 = 0x5345_4E48;
/// The newest version of the history's format that this console knows.
pub const VERSION: u32 = 1;

const KIND: Kind = Kind {
    name: "a history",
    application_id: APPLICATION_ID,
    version: VERSION,
    schema: include_str!("history.sql"),
    tables: &["sessions", "streams", "blocks", "counts"],
};

/// The history, for writing.
#[derive(Debug)]
pub struct History {
    db: Database,
    known: Known,
}

/// The history in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HistoryCounts {
    /// Blocks that are there.
    pub blocks: u64,
    /// Samples stored since the file was made.
    pub stored: u64,
    /// Of these, gone by age or size.
    pub expired: u64,
    /// Blocks that came again and were not stored again.
    pub repeated: u64,
    /// Time of the oldest sample, nanoseconds since 1970-01-01 UTC.
    pub oldest_at_ns: Option<i64>,
    /// The file's size on disk, write-ahead log included.
    pub bytes_on_disk: u64,
}

impl History {
    /// Opens the history, or makes it where there is none.
    ///
    /// # Errors
    /// [`StoreError`]: it is damaged, something else, or can't be written.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Ok(Self { db: Database::open(path, &KIND)?, known: Known::default() })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.db.path
    }

    /// The history in numbers.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn counts(&self) -> Result<HistoryCounts, StoreError> {
        let bytes_on_disk = bytes_on_disk(&self.db.path);
        let counts = self.db.read(rows::counts)?;
        Ok(HistoryCounts { bytes_on_disk, ..counts })
    }
}
