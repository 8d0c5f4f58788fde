//! The way in: bounds, and what happens beyond them.

use super::{Outbox, counts, rows};
use crate::StoreError;
use model::Stamp;

/// What happens to messages when the outbox is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenFull {
    /// The newcomer is refused, and its sender is told.
    Refuse,
    /// The oldest that nobody is delivering gives way.
    DropOldest,
}

impl WhenFull {
    /// The policy's name on screen.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Refuse => "refuse",
            Self::DropOldest => "drop_oldest",
        }
    }
}

/// The bounds of an outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Messages at most, parked ones included; at least 1.
    pub messages_max: u64,
    /// Bytes of their payloads at most.
    pub bytes_max: u64,
    /// What happens beyond.
    pub when_full: WhenFull,
}

impl Default for Bounds {
    /// 100,000 messages, 256 MiB, the oldest gives way.
    fn default() -> Self {
        Self { messages_max: 100_000, bytes_max: 256 << 20, when_full: WhenFull::DropOldest }
    }
}

/// A message to be put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMessage {
    /// Which destination.
    pub topic: String,
    /// What must stay in order among itself.
    pub key: String,
    /// By which it is known again; unique among what waits.
    pub dedup: String,
    /// What is to be delivered.
    pub payload: Vec<u8>,
}

/// What became of a message that was put in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// It is safe on disk under this number.
    Kept(i64),
    /// One with the same `dedup` is waiting already.
    Duplicate,
    /// There was no room for it.
    Refused,
}

impl Outbox {
    /// Puts messages in, in one transaction, together with facts of the sender
    /// that must be true exactly if the messages are there: `notes` are added to
    /// the counts of those names. Gives what became of each, in order.
    ///
    /// # Errors
    /// [`StoreError`]; nothing of it is kept then.
    pub fn put(
        &mut self,
        messages: &[NewMessage],
        notes: &[(&str, u64)],
        now: Stamp,
    ) -> Result<Vec<Put>, StoreError> {
        let Self { db, bounds, claims, level } = self;
        let mut after = *level;
        let mut evicted = Vec::new();
        let outcome = db.transact(|tx| {
            let mut outcome = Vec::with_capacity(messages.len());
            for message in messages {
                let bytes = message.payload.len() as u64;
                outcome.push(if rows::is_known(tx, &message.dedup)? {
                    Put::Duplicate
                } else if make_room(tx, bounds, &mut after, bytes, &|id| claims.holds(id), &mut evicted)? {
                    after.messages += 1;
                    after.bytes += bytes;
                    Put::Kept(rows::insert(tx, message, now.wall_ns)?)
                } else {
                    Put::Refused
                });
            }
            let many = |wanted: fn(&Put) -> bool| outcome.iter().filter(|put| wanted(put)).count() as u64;
            counts::add(tx, "put", many(|put| matches!(put, Put::Kept(_))))?;
            counts::add(tx, "duplicate", many(|put| *put == Put::Duplicate))?;
            counts::add(tx, "refused", many(|put| *put == Put::Refused))?;
            counts::add(tx, "dropped", evicted.len() as u64)?;
            notes.iter().try_for_each(|(name, value)| counts::add(tx, name, *value))?;
            Ok(outcome)
        })?;
        evicted.into_iter().for_each(|id| claims.forget(id));
        *level = after;
        Ok(outcome)
    }
}

/// Whether there is room for `bytes` more, made where the policy allows it.
fn make_room(
    tx: &rusqlite::Transaction<'_>,
    bounds: &Bounds,
    level: &mut rows::Level,
    bytes: u64,
    is_held: &dyn Fn(i64) -> bool,
    evicted: &mut Vec<i64>,
) -> rusqlite::Result<bool> {
    if bytes > bounds.bytes_max {
        return Ok(false);
    }
    while level.messages >= bounds.messages_max.max(1) || level.bytes + bytes > bounds.bytes_max {
        let oldest = match bounds.when_full {
            WhenFull::Refuse => None,
            WhenFull::DropOldest => rows::oldest_free(tx, is_held)?,
        };
        let Some(id) = oldest else { return Ok(false) };
        let gone = rows::delete(tx, [id])?;
        level.take_off(gone);
        evicted.push(id);
    }
    Ok(true)
}
