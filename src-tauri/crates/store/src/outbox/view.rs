//! What is to be seen of the outbox.

use super::{Outbox, counts};
use crate::StoreError;
use crate::file::bytes_on_disk;
use rusqlite::OptionalExtension;

/// The outbox in numbers.
/// `put = delivered + dropped + discarded + waiting + parked`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutboxCounts {
    /// Messages that wait or are being delivered.
    pub waiting: u64,
    /// Of these, being delivered.
    pub claimed: u64,
    /// Messages set aside.
    pub parked: u64,
    /// Bytes of the payloads of both.
    pub bytes: u64,
    /// Put in, since the file was made.
    pub put: u64,
    /// Delivered.
    pub delivered: u64,
    /// Gave way because the outbox was full.
    pub dropped: u64,
    /// Thrown away by the operator.
    pub discarded: u64,
    /// Refused because the outbox was full; never put in.
    pub refused: u64,
    /// Came while the same message was waiting; never put in.
    pub duplicate: u64,
    /// The file's size on disk, write-ahead log included.
    pub bytes_on_disk: u64,
}

impl Outbox {
    /// The outbox in numbers.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn counts(&self) -> Result<OutboxCounts, StoreError> {
        let level = self.level;
        self.db.read(|conn| {
            Ok(OutboxCounts {
                waiting: level.messages - level.parked,
                claimed: self.claims.held(),
                parked: level.parked,
                bytes: level.bytes,
                put: counts::get(conn, "put")?,
                delivered: counts::get(conn, "delivered")?,
                dropped: counts::get(conn, "dropped")?,
                discarded: counts::get(conn, "discarded")?,
                refused: counts::get(conn, "refused")?,
                duplicate: counts::get(conn, "duplicate")?,
                bytes_on_disk: bytes_on_disk(&self.db.path),
            })
        })
    }

    /// How many messages are set aside; needs no disk.
    #[must_use]
    pub const fn parked_total(&self) -> u64 {
        self.level.parked
    }

    /// The sum of what a sender has noted under `name`; see [`Outbox::put`].
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn noted(&self, name: &str) -> Result<u64, StoreError> {
        self.db.read(|conn| counts::get(conn, name))
    }

    /// When the oldest message that waits was put in, nanoseconds since 1970-01-01 UTC.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn oldest_wall_ns(&self) -> Result<Option<i64>, StoreError> {
        self.db.read(|conn| {
            conn.prepare_cached("SELECT wall_ns FROM messages WHERE parked = 0 ORDER BY id LIMIT 1")?
                .query_row([], |row| row.get(0))
                .optional()
        })
    }
}
