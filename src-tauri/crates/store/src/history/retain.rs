//! What is kept: by age and by size, the oldest goes first.

use super::{History, rows};
use crate::StoreError;
use rusqlite::{Connection, Transaction};

/// Blocks that one call removes at most, so that the writer is never held for long.
const BLOCKS_MAX: u64 = 4096;
/// Blocks that go at a time while the file is too large.
const LOT: u64 = 256;
/// Pages that are given back to the disk at a time.
const PAGES_BACK: u32 = 4096;

/// What is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// The age at which samples go, nanoseconds.
    pub age_max_ns: i64,
    /// The bytes of data in the file at which the oldest samples go.
    pub bytes_max: u64,
}

/// What has gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expired {
    /// Blocks.
    pub blocks: u64,
    /// Samples.
    pub samples: u64,
}

impl History {
    /// Removes what is too old at `now_at_ns` (the run's [`super::Session::at_ns`])
    /// and then the oldest until the rest fits; at most 4096 blocks a call.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn retain(&mut self, keep: &Retention, now_at_ns: i64) -> Result<Expired, StoreError> {
        let limit_ns = now_at_ns.saturating_sub(keep.age_max_ns.max(0));
        let mut gone = self.remove(limit_ns, BLOCKS_MAX)?;
        while gone.blocks < BLOCKS_MAX && self.db.read(used_bytes)? > keep.bytes_max {
            let more = self.remove(i64::MAX, LOT)?;
            if more.blocks == 0 {
                break;
            }
            gone.blocks += more.blocks;
            gone.samples += more.samples;
        }
        if gone.blocks > 0 {
            self.give_room_back()?;
        }
        Ok(gone)
    }

    fn remove(&mut self, before_ns: i64, limit: u64) -> Result<Expired, StoreError> {
        let gone = self.db.transact(|tx| {
            let gone = remove_blocks(tx, before_ns, limit)?;
            rows::count(tx, "expired", gone.samples)?;
            rows::count(tx, "blocks_expired", gone.blocks)?;
            if gone.blocks > 0 {
                remove_what_is_empty(tx)?;
            }
            Ok(gone)
        })?;
        if gone.blocks > 0 {
            // Some of the streams may be gone.
            self.known = rows::Known::default();
        }
        Ok(gone)
    }

    fn give_room_back(&self) -> Result<(), StoreError> {
        self.db.read(|conn| {
            let mut back = conn.prepare(&format!("PRAGMA incremental_vacuum({PAGES_BACK})"))?;
            let mut pages = back.query([])?;
            while pages.next()?.is_some() {}
            Ok(())
        })
    }
}

/// Bytes of the file that hold something.
fn used_bytes(conn: &Connection) -> rusqlite::Result<u64> {
    conn.query_row(
        "SELECT (page_count - freelist_count) * page_size
         FROM pragma_page_count, pragma_freelist_count, pragma_page_size",
        [],
        |row| row.get::<_, i64>(0),
    )
    .map(i64::cast_unsigned)
}

fn remove_blocks(tx: &Transaction<'_>, before_ns: i64, limit: u64) -> rusqlite::Result<Expired> {
    let mut statement = tx.prepare_cached(
        "DELETE FROM blocks WHERE id IN
             (SELECT id FROM blocks WHERE last_at_ns < ?1 ORDER BY last_at_ns LIMIT ?2)
         RETURNING samples",
    )?;
    let mut gone = Expired::default();
    for samples in statement.query_map([before_ns, limit.cast_signed()], |row| row.get::<_, i64>(0))? {
        gone.blocks += 1;
        gone.samples += samples?.cast_unsigned();
    }
    Ok(gone)
}

fn remove_what_is_empty(tx: &Transaction<'_>) -> rusqlite::Result<()> {
    tx.execute_batch(
        "DELETE FROM streams WHERE NOT EXISTS (SELECT 1 FROM blocks WHERE blocks.stream = streams.id);
         DELETE FROM sessions WHERE NOT EXISTS (SELECT 1 FROM streams WHERE streams.session = sessions.id);",
    )
}
