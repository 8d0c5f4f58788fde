//! The statements of the outbox, each prepared once and kept.

use super::{Message, NewMessage};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};

/// How full the outbox is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Level {
    /// Messages, parked ones included.
    pub messages: u64,
    /// Of these, parked.
    pub parked: u64,
    /// Bytes of their payloads.
    pub bytes: u64,
}

impl Level {
    pub fn take_off(&mut self, gone: Self) {
        self.messages = self.messages.saturating_sub(gone.messages);
        self.parked = self.parked.saturating_sub(gone.parked);
        self.bytes = self.bytes.saturating_sub(gone.bytes);
    }
}

const LEVEL: &str =
    "SELECT count(*), coalesce(sum(parked), 0), coalesce(sum(length(payload)), 0) FROM messages";

fn level_row(row: &Row<'_>) -> rusqlite::Result<Level> {
    let number = |at| row.get::<_, i64>(at).map(i64::cast_unsigned);
    Ok(Level { messages: number(0)?, parked: number(1)?, bytes: number(2)? })
}

pub(super) fn level(tx: &Transaction<'_>) -> rusqlite::Result<Level> {
    tx.query_row(LEVEL, [], level_row)
}

pub(super) fn is_known(tx: &Transaction<'_>, dedup: &str) -> rusqlite::Result<bool> {
    tx.prepare_cached("SELECT EXISTS (SELECT 1 FROM messages WHERE dedup = ?1)")?
        .query_row([dedup], |row| row.get(0))
}

pub(super) fn insert(tx: &Transaction<'_>, new: &NewMessage, wall_ns: i64) -> rusqlite::Result<i64> {
    tx.prepare_cached(
        "INSERT INTO messages (topic, key, dedup, payload, wall_ns) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((&new.topic, &new.key, &new.dedup, &new.payload, wall_ns))?;
    Ok(tx.last_insert_rowid())
}

/// The oldest message that is not being delivered.
pub(super) fn oldest_free(
    tx: &Transaction<'_>,
    is_held: &dyn Fn(i64) -> bool,
) -> rusqlite::Result<Option<i64>> {
    let mut statement = tx.prepare_cached("SELECT id FROM messages ORDER BY id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let id = row.get(0)?;
        if !is_held(id) {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// Deletes messages; tells what they took.
pub(super) fn delete(tx: &Transaction<'_>, ids: impl IntoIterator<Item = i64>) -> rusqlite::Result<Level> {
    let mut statement =
        tx.prepare_cached("DELETE FROM messages WHERE id = ?1 RETURNING 1, parked, length(payload)")?;
    let mut gone = Level::default();
    for id in ids {
        if let Some(one) = statement.query_row([id], level_row).optional()? {
            gone.messages += one.messages;
            gone.parked += one.parked;
            gone.bytes += one.bytes;
        }
    }
    Ok(gone)
}

/// The oldest messages of every key that is `wanted`, key by key from behind
/// `cursor` on and around; `limit` of them in all.
pub(super) fn next_of_keys(
    conn: &Connection,
    topic: &str,
    cursor: &str,
    limit: usize,
    wanted: impl Fn(&str) -> bool,
) -> rusqlite::Result<Vec<Message>> {
    let mut found = Vec::new();
    let mut wrapped = false;
    let mut at = cursor.to_owned();
    while found.len() < limit {
        match key_behind(conn, topic, &at)? {
            Some(key) if wrapped && key.as_str() > cursor => break,
            Some(key) => {
                if wanted(&key) {
                    oldest_of(conn, topic, &key, limit - found.len(), &mut found)?;
                }
                at = key;
            }
            None if wrapped || cursor.is_empty() => break,
            None => (wrapped, at) = (true, String::new()),
        }
    }
    Ok(found)
}

fn key_behind(conn: &Connection, topic: &str, key: &str) -> rusqlite::Result<Option<String>> {
    conn.prepare_cached(
        "SELECT key FROM messages WHERE parked = 0 AND topic = ?1 AND key > ?2 ORDER BY key LIMIT 1",
    )?
    .query_row((topic, key), |row| row.get(0))
    .optional()
}

fn oldest_of(
    conn: &Connection,
    topic: &str,
    key: &str,
    limit: usize,
    found: &mut Vec<Message>,
) -> rusqlite::Result<()> {
    let mut statement = conn.prepare_cached(
        "SELECT id, topic, key, dedup, payload, tries FROM messages
         WHERE parked = 0 AND topic = ?1 AND key = ?2 ORDER BY id LIMIT ?3",
    )?;
    for message in statement.query_map((topic, key, limit as i64), message)? {
        found.push(message?);
    }
    Ok(())
}

fn message(row: &Row<'_>) -> rusqlite::Result<Message> {
    Ok(Message {
        id: row.get(0)?,
        topic: row.get(1)?,
        key: row.get(2)?,
        dedup: row.get(3)?,
        payload: row.get(4)?,
        tries: row.get(5)?,
        first_try_ns: 0,
    })
}

/// Whether a message reads back, as an error where it does not.
pub(super) fn try_to_read(conn: &Connection, id: i64) -> rusqlite::Result<()> {
    conn.prepare_cached("SELECT id, topic, key, dedup, payload, tries FROM messages WHERE id = ?1")?
        .query_row([id], message)
        .optional()
        .map(drop)
}

pub(super) fn waiting(conn: &Connection) -> rusqlite::Result<Vec<i64>> {
    conn.prepare("SELECT id FROM messages WHERE parked = 0 ORDER BY id")?
        .query_map([], |row| row.get(0))?
        .collect()
}

/// What waits for another destination.
pub(super) fn of_other_topics(conn: &Connection, topic: &str, limit: usize) -> rusqlite::Result<Vec<i64>> {
    // Two ranges of the index: a topic with many messages is never walked through.
    let sql = "SELECT id FROM messages WHERE parked = 0 AND topic < ?1
               UNION ALL SELECT id FROM messages WHERE parked = 0 AND topic > ?1 LIMIT ?2";
    conn.prepare_cached(sql)?.query_map((topic, limit as i64), |row| row.get(0))?.collect()
}

pub(super) fn count_tries(tx: &Transaction<'_>, messages: &[Message], by: i32) -> rusqlite::Result<()> {
    let mut statement = tx.prepare_cached("UPDATE messages SET tries = max(tries + ?2, 0) WHERE id = ?1")?;
    messages.iter().try_for_each(|message| statement.execute((message.id, by)).map(drop))
}

pub(super) fn note_failure(tx: &Transaction<'_>, id: i64, why: &str) -> rusqlite::Result<()> {
    tx.prepare_cached("UPDATE messages SET failure = ?2 WHERE id = ?1")?.execute((id, why)).map(drop)
}

pub(super) fn park(tx: &Transaction<'_>, id: i64, why: &str) -> rusqlite::Result<()> {
    tx.prepare_cached("UPDATE messages SET parked = 1, failure = ?2 WHERE id = ?1")?
        .execute((id, why))
        .map(drop)
}

pub(super) fn is_parked(tx: &Transaction<'_>, id: i64) -> rusqlite::Result<bool> {
    tx.query_row("SELECT EXISTS (SELECT 1 FROM messages WHERE id = ?1 AND parked = 1)", [id], |row| {
        row.get(0)
    })
}

pub(super) fn release(tx: &Transaction<'_>, id: i64) -> rusqlite::Result<bool> {
    tx.execute("UPDATE messages SET parked = 0, tries = 0 WHERE id = ?1 AND parked = 1", [id])
        .map(|rows| rows > 0)
}
