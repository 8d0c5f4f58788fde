//! Messages that are set aside: what is told of each, and what is set aside here
//! because no delivery will ever come to it.

use super::{Outbox, rows};
use crate::StoreError;
use rusqlite::{Connection, Row};

/// A message that was set aside. Of one that does not read back, what does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParkedMessage {
    /// Its number.
    pub id: i64,
    /// Which destination.
    pub topic: String,
    /// Its key.
    pub key: String,
    /// Tries made.
    pub tries: u32,
    /// Why the last one failed; of a message that does not read back, that it does not.
    pub failure: String,
    /// When it was put in, nanoseconds since 1970-01-01 UTC.
    pub wall_ns: i64,
    /// Bytes of its payload.
    pub bytes: u64,
}

impl Outbox {
    /// The messages that were set aside, the oldest first, from behind the number
    /// `after` on (0 for all), `limit` at most. One that does not read back is
    /// told as that and hides none of the others.
    ///
    /// # Errors
    /// [`StoreError`]: the list itself can't be read.
    pub fn parked(&self, after: i64, limit: usize) -> Result<Vec<ParkedMessage>, StoreError> {
        let ids = self.db.read(|conn| ids(conn, after, limit))?;
        ids.into_iter().map(|id| self.parked_message(id)).collect()
    }

    fn parked_message(&self, id: i64) -> Result<ParkedMessage, StoreError> {
        match self.db.read(|conn| conn.prepare_cached(ONE)?.query_row([id], |row| Ok(message(row, id)))) {
            Err(StoreError::Damaged { problem, .. }) => Ok(ParkedMessage {
                id,
                topic: String::new(),
                key: String::new(),
                tries: 0,
                failure: unreadable(&problem),
                wall_ns: 0,
                bytes: 0,
            }),
            told => told,
        }
    }

    /// Sets aside what waits for another destination than `topic`, `limit` messages
    /// at most; gives how many it were. To be called where `topic` is all that is
    /// ever delivered from this outbox.
    ///
    /// # Errors
    /// [`StoreError`]; they wait then, as before.
    pub fn park_all_but(&mut self, topic: &str, limit: usize, why: &str) -> Result<u64, StoreError> {
        let strangers = self.db.read(|conn| rows::of_other_topics(conn, topic, limit))?;
        self.park_all(&strangers, why)
    }

    /// Sets aside what waits and does not read back; gives how many it were. Walks
    /// through all that waits: for a claim that has come upon damage.
    pub(super) fn park_unreadable(&mut self) -> Result<u64, StoreError> {
        let mut unreadable = self.db.read(rows::waiting)?;
        unreadable.retain(|id| !self.reads_back(*id));
        self.park_all(&unreadable, "it does not read back from the disk; it can only be discarded")
    }

    /// False only where the message itself is to blame, not a disk that is away.
    pub(super) fn reads_back(&self, id: i64) -> bool {
        let read = self.db.read(|conn| rows::try_to_read(conn, id));
        !matches!(read, Err(StoreError::Damaged { .. }))
    }

    fn park_all(&mut self, ids: &[i64], why: &str) -> Result<u64, StoreError> {
        if ids.is_empty() {
            return Ok(0);
        }
        self.db.transact(|tx| ids.iter().try_for_each(|id| rows::park(tx, *id, why)))?;
        self.level.parked += ids.len() as u64;
        Ok(ids.len() as u64)
    }
}

/// Reads nothing but numbers, so that no message's damage hides the others.
fn ids(conn: &Connection, after: i64, limit: usize) -> rusqlite::Result<Vec<i64>> {
    conn.prepare_cached("SELECT id FROM messages WHERE parked = 1 AND id > ?1 ORDER BY id LIMIT ?2")?
        .query_map((after, limit as i64), |row| row.get(0))?
        .collect()
}

const ONE: &str = "SELECT topic, key, tries, failure, wall_ns, length(payload) FROM messages WHERE id = ?1";

fn message(row: &Row<'_>, id: i64) -> ParkedMessage {
    let mut problem = None;
    let mut message = ParkedMessage {
        id,
        topic: or_note(row.get(0), &mut problem),
        key: or_note(row.get(1), &mut problem),
        tries: or_note(row.get(2), &mut problem),
        failure: or_note(row.get(3), &mut problem),
        wall_ns: or_note(row.get(4), &mut problem),
        bytes: or_note(row.get(5).map(i64::cast_unsigned), &mut problem),
    };
    if let Some(problem) = problem {
        message.failure = unreadable(&problem);
    }
    message
}

/// The value, or the default of its type where it does not read back; why is noted.
fn or_note<T: Default>(value: rusqlite::Result<T>, problem: &mut Option<String>) -> T {
    value.unwrap_or_else(|error| {
        problem.get_or_insert(error.to_string());
        T::default()
    })
}

fn unreadable(problem: &str) -> String {
    format!("it does not read back from the disk: {problem}")
}
