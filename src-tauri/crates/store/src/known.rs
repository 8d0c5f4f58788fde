//! The known devices: what the operator has connected once, what it is called,
//! whose it is, and how often its streams usually deliver.
//!
//! One small SQLite file, write-ahead log, `synchronous=FULL`: what a call here
//! returned for survives a power cut. What it says is text from outside when it is
//! read again: bounded and cleaned. A file that can't be used is left as it is and
//! another begun beside it; a row that does not read back is passed over and counted.

mod rows;
#[cfg(test)]
mod tests;

use crate::StoreError;
use crate::beside::{is_of_this_file, numbered};
use crate::database::{Database, Kind};
use model::one_line;
use std::path::Path;

/// SQLite's `application_id` of the known devices: "SENK" in ASCII.
pub const APPLICATION_ID: u32 = 0x5345_4E4B;
/// The newest version of the format that this console knows.
pub const VERSION: u32 = 1;
/// The longest text of a device, characters.
pub const TEXT_CHARS_MAX: usize = 80;
/// Rates that are kept of one device.
pub const RATES_MAX: usize = 64;
/// Files that are tried beside a damaged one.
const TRIES: usize = 100;

const KIND: Kind = Kind {
    name: "a list of known devices",
    application_id: APPLICATION_ID,
    version: VERSION,
    schema: include_str!("known.sql"),
    tables: &["devices", "rates"],
};

/// A device that was connected once. Its texts are plain text of one line each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KnownDevice {
    /// As the connector names it.
    pub device: String,
    /// What it calls itself.
    pub name: String,
    /// What the operator calls it; empty for none.
    pub alias: String,
    /// Whose it is, or who wears it; empty for nobody.
    pub owner: String,
    /// Where it belongs; empty for nowhere.
    pub room: String,
    /// By what it was read; empty where that is not told.
    pub driver: String,
    /// When it was last connected, nanoseconds since 1970-01-01 UTC; 0 for never.
    pub last_seen_ns: i64,
    /// Whether it is connected by itself when the console starts.
    pub reconnects: bool,
    /// Samples a second of its streams, by attribute.
    pub rates: Vec<(String, f64)>,
}

impl KnownDevice {
    /// Whether the operator has said anything of it: then it is not forgotten of itself.
    #[must_use]
    pub fn is_named(&self) -> bool {
        !(self.alias.is_empty() && self.owner.is_empty() && self.room.is_empty())
    }

    /// The same with every text on one line, without marks of direction, and bounded.
    #[must_use]
    pub fn cleaned(mut self) -> Self {
        let texts = [&mut self.name, &mut self.alias, &mut self.owner, &mut self.room, &mut self.driver];
        texts.into_iter().for_each(|text| *text = one_line(text, TEXT_CHARS_MAX));
        self.rates.retain(|(_, hz)| hz.is_finite() && *hz > 0.0);
        self.rates.truncate(RATES_MAX);
        self
    }
}

/// A change of the list.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A device, new or in place of what was known of it.
    Put(KnownDevice),
    /// A device that is forgotten, as the connector names it.
    Forget(String),
}

/// What a list of known devices holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Kept {
    /// The devices: those that were given a name first, then the newest.
    pub devices: Vec<KnownDevice>,
    /// Rows that did not read back.
    pub unreadable: u64,
}

/// The list of known devices.
#[derive(Debug)]
pub struct KnownStore {
    db: Database,
}

/// An opened list, and what was passed over.
#[derive(Debug)]
pub struct Opened {
    /// The list.
    pub store: KnownStore,
    /// The files that could not be used, untouched, each with the reason.
    pub passed_over: Vec<StoreError>,
}

impl KnownStore {
    /// Opens the list at `path`, or makes it where there is none. Where the file is
    /// damaged, of another program or of a newer console: the first usable one of
    /// `path-2`, `path-3` …
    ///
    /// # Errors
    /// [`StoreError`] that another file name would not mend: no folder, no right to
    /// write, no room, another console has it open, or a hundred unusable files.
    pub fn open(path: &Path) -> Result<Opened, StoreError> {
        let mut passed_over = Vec::new();
        loop {
            match Self::open_one(&numbered(path, passed_over.len())) {
                Ok(store) => return Ok(Opened { store, passed_over }),
                Err(error) if is_of_this_file(&error) && passed_over.len() + 1 < TRIES => {
                    passed_over.push(error);
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn open_one(path: &Path) -> Result<Self, StoreError> {
        let mut db = Database::open(path, &KIND)?;
        // What is known is held in memory: two consoles would undo each other's words.
        db.conn.pragma_update(None, "locking_mode", "EXCLUSIVE").map_err(|error| db.error(&error))?;
        // Takes the lock, and reads every page: damage shows here and not in the middle of a day.
        if let Some(problem) = db.transact(|tx| rows::is_sound(tx))? {
            return Err(db.damaged(problem));
        }
        Ok(Self { db })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.db.path
    }

    /// What it holds, `limit` devices at most.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn kept(&self, limit: usize) -> Result<Kept, StoreError> {
        self.db.read(|conn| rows::kept(conn, limit))
    }

    /// Makes changes, all or nothing.
    ///
    /// # Errors
    /// [`StoreError`]; nothing is changed then.
    pub fn change(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        self.db.transact(|tx| {
            changes.iter().try_for_each(|change| match change {
                Change::Put(device) => rows::put(tx, device),
                Change::Forget(device) => rows::forget(tx, device),
            })
        })
    }
}
