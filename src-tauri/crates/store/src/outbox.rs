//! The outbox: messages that must arrive, kept on disk until they have.
//!
//! One SQLite file, write-ahead log, `synchronous=FULL`: what [`Outbox::put`]
//! returned for survives a power cut. Messages of one topic and key are claimed
//! in order, each delivered at least once; its `dedup` lets a receiver know a
//! repetition. Tries are counted *before* they are made, so that a message that
//! kills the console is parked in the end too. Claims and waits belong to the
//! process: a new one begins with every message free.

mod claims;
mod counts;
mod parked;
mod put;
mod rows;
#[cfg(test)]
mod tests;
mod view;

use crate::StoreError;
use crate::database::{Database, Kind};
use claims::Claims;
pub use parked::ParkedMessage;
pub use put::{Bounds, NewMessage, Put, WhenFull};
use std::path::Path;
pub use view::OutboxCounts;

/// SQLite's `application_id` of an outbox: "SENO" in ASCII.
pub const APPLICATION_ID: u32 = 0x5345_4E4F;
/// The newest version of the outbox's format that this console knows.
pub const VERSION: u32 = 1;

const KIND: Kind = Kind {
    name: "an outbox",
    application_id: APPLICATION_ID,
    version: VERSION,
    schema: include_str!("outbox.sql"),
    tables: &["messages", "counts"],
};

/// A message claimed for a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its number; rises within topic and key.
    pub id: i64,
    /// Which destination.
    pub topic: String,
    /// What must stay in order among itself.
    pub key: String,
    /// By which a receiver knows a repetition.
    pub dedup: String,
    /// What is to be delivered.
    pub payload: Vec<u8>,
    /// Tries begun, this one included, over all runs of the console.
    pub tries: u32,
    /// Host time of the first try in this run.
    pub first_try_ns: i64,
}

/// What comes after a delivery that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// Another try, not before this host time; those behind it wait too.
    RetryAt(i64),
    /// Another try, not before this host time, and the failed one does not count:
    /// the destination was to blame, not the message.
    PutOff(i64),
    /// None: it is set aside for the operator, and those behind it go on.
    Park,
    /// It was not tried after all: the try does not count.
    NotTried,
}

/// The outbox.
#[derive(Debug)]
pub struct Outbox {
    db: Database,
    bounds: Bounds,
    claims: Claims,
    level: rows::Level,
}

impl Outbox {
    /// Opens the outbox, or makes it where there is none. The file belongs to
    /// this process until it is closed.
    ///
    /// # Errors
    /// [`StoreError`]: another console has it open, it is damaged or something
    /// else, the disk is full.
    pub fn open(path: &Path, bounds: Bounds) -> Result<Self, StoreError> {
        let mut db = Database::open(path, &KIND)?;
        // Claims live in memory: two processes must not deliver from one file.
        db.conn.pragma_update(None, "locking_mode", "EXCLUSIVE").map_err(|error| db.error(&error))?;
        let level = db.transact(rows::level)?;
        Ok(Self { db, bounds, claims: Claims::default(), level })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.db.path
    }

    /// Claims up to `limit` messages of `topic` whose turn has come: of each key
    /// that `accept`s, the oldest ones in order, none behind one that waits or
    /// is claimed. Every one is to be answered with [`Outbox::ack`] or
    /// [`Outbox::fail`]. What does not read back is set aside, so that it stops
    /// none of the others.
    ///
    /// # Errors
    /// [`StoreError`]; nothing is claimed then.
    pub fn claim(
        &mut self,
        topic: &str,
        limit: usize,
        now_ns: i64,
        accept: impl Fn(&str) -> bool,
    ) -> Result<Vec<Message>, StoreError> {
        let found = match self.next(topic, limit, now_ns, &accept) {
            Err(StoreError::Damaged { .. }) if self.park_unreadable()? > 0 => {
                self.next(topic, limit, now_ns, &accept)?
            }
            found => found?,
        };
        if found.is_empty() {
            return Ok(found);
        }
        self.db.transact(|tx| rows::count_tries(tx, &found, 1))?;
        Ok(self.claims.take(found, now_ns))
    }

    fn next(
        &self,
        topic: &str,
        limit: usize,
        now_ns: i64,
        accept: impl Fn(&str) -> bool,
    ) -> Result<Vec<Message>, StoreError> {
        let Self { db, claims, .. } = self;
        let wanted = |key: &str| accept(key) && claims.is_free(topic, key, now_ns);
        db.read(|conn| rows::next_of_keys(conn, topic, claims.cursor(topic), limit, wanted))
    }

    /// The message has arrived: it is forgotten.
    ///
    /// # Errors
    /// [`StoreError`]; it stays then and will be delivered again.
    pub fn ack(&mut self, messages: &[Message]) -> Result<(), StoreError> {
        self.claims.free(messages);
        let gone = self.db.transact(|tx| {
            let gone = rows::delete(tx, messages.iter().map(|message| message.id))?;
            counts::add(tx, "delivered", gone.messages)?;
            Ok(gone)
        })?;
        messages.iter().for_each(|message| self.claims.forget(message.id));
        self.level.take_off(gone);
        Ok(())
    }

    /// The delivery of a message failed.
    ///
    /// # Errors
    /// [`StoreError`]; it is free for another try then.
    pub fn fail(&mut self, message: &Message, after: After, why: &str) -> Result<(), StoreError> {
        self.claims.free(std::slice::from_ref(message));
        match after {
            After::RetryAt(at_ns) => {
                self.claims.wait(message, at_ns);
                self.db.transact(|tx| rows::note_failure(tx, message.id, why))
            }
            After::PutOff(at_ns) => {
                self.claims.wait(message, at_ns);
                self.uncount_try(message, why)
            }
            After::NotTried => self.uncount_try(message, ""),
            After::Park => {
                self.claims.forget(message.id);
                self.db.transact(|tx| rows::park(tx, message.id, why))?;
                self.level.parked += 1;
                Ok(())
            }
        }
    }

    fn uncount_try(&mut self, message: &Message, why: &str) -> Result<(), StoreError> {
        self.db.transact(|tx| {
            rows::count_tries(tx, std::slice::from_ref(message), -1)?;
            if why.is_empty() { Ok(()) } else { rows::note_failure(tx, message.id, why) }
        })
    }

    /// Lets a parked message try again, with its tries forgotten. It keeps its
    /// number, so it goes in front of what came after it. False if it is not there.
    ///
    /// # Errors
    /// [`StoreError`]; damaged where the message does not read back, so that no
    /// delivery could take it.
    pub fn release(&mut self, id: i64) -> Result<bool, StoreError> {
        if !self.reads_back(id) {
            let problem = format!("message {id} does not read back, so it can only be discarded");
            return Err(self.db.damaged(problem));
        }
        let released = self.db.transact(|tx| rows::release(tx, id))?;
        self.level.parked -= u64::from(released);
        Ok(released)
    }

    /// Throws a parked message away, and counts it. False if it is not there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn discard(&mut self, id: i64) -> Result<bool, StoreError> {
        let gone = self.db.transact(|tx| {
            if !rows::is_parked(tx, id)? {
                return Ok(rows::Level::default());
            }
            let gone = rows::delete(tx, [id])?;
            counts::add(tx, "discarded", gone.messages)?;
            Ok(gone)
        })?;
        self.level.take_off(gone);
        Ok(gone.messages > 0)
    }
}
