//! The history's file as a destination of messages. A file that turns out to be
//! damaged is left as it is, and another begun beside it.

use crate::outbox::{Destination, Undelivered};
use parking_lot::Mutex;
use policy::retry::Fault;
use std::path::{Path, PathBuf};
use store::StoreError;
use store::history::{Beside, Entry, Expired, History, HistoryCounts, NotAppended, Retention};
use store::outbox::Message;

pub(super) struct Place {
    path: PathBuf,
    /// Held while the disk works, which may take long.
    open: Mutex<Beside>,
    /// As it was seen last.
    seen: Mutex<Seen>,
}

/// The file in use, what it holds, and the files that were passed over.
#[derive(Clone)]
pub(super) struct Seen {
    pub path: PathBuf,
    pub counts: Result<HistoryCounts, StoreError>,
    pub passed_over: Vec<StoreError>,
}

impl Seen {
    fn of(open: &Beside) -> Self {
        let (path, counts) = (open.history.path().to_owned(), open.history.counts());
        Self { path, counts, passed_over: open.passed_over.clone() }
    }
}

impl Place {
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let open = History::open_or_beside(path)?;
        let seen = Mutex::new(Seen::of(&open));
        Ok(Self { path: path.to_owned(), open: Mutex::new(open), seen })
    }

    pub fn retain(&self, keep: &Retention, now_at_ns: i64) -> Result<Expired, StoreError> {
        self.open.lock().history.retain(keep, now_at_ns)
    }

    /// The history as it is, or, while the disk is at work, as it was seen last:
    /// whoever looks never waits for a disk.
    pub fn look(&self) -> Seen {
        let mut seen = self.seen.lock();
        if let Some(open) = self.open.try_lock() {
            *seen = Seen::of(&open);
        }
        seen.clone()
    }

    fn append(&self, entries: &[Entry]) -> Result<(), NotAppended> {
        let mut open = self.open.lock();
        match open.history.append(entries) {
            Err(NotAppended::Store(StoreError::Damaged { .. })) => {
                *open = History::open_or_beside(&self.path)?;
                open.history.append(entries).map(drop)
            }
            outcome => outcome.map(drop),
        }
    }
}

impl Destination for Place {
    fn topic(&self) -> &'static str {
        super::TOPIC
    }

    fn deliver(&self, messages: &[Message]) -> Result<(), Undelivered> {
        let mut entries = Vec::with_capacity(messages.len());
        for (at, message) in messages.iter().enumerate() {
            match Entry::from_bytes(&message.payload) {
                Ok(entry) => entries.push(entry),
                Err(why) => return Err(unfit(at, format!("it does not read back: {why}"))),
            }
        }
        self.append(&entries).map_err(|error| match error {
            NotAppended::Unfit { at, problem } => unfit(at, problem),
            NotAppended::Store(error) => {
                Undelivered { message: None, fault: Fault::NotDone, why: error.words() }
            }
        })
    }
}

fn unfit(at: usize, why: String) -> Undelivered {
    Undelivered { message: Some(at), fault: Fault::Permanent, why }
}
