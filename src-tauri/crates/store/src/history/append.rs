//! The way in: entries in one transaction, each stored once.

use super::{Entry, History, rows};
use crate::StoreError;
use crate::block_row::BlockRow;

/// What became of entries that were appended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Appended {
    /// Samples stored.
    pub stored: u64,
    /// Blocks that were there already.
    pub repeated: u64,
}

/// Why nothing was appended.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAppended {
    /// One entry can't be stored, now or ever; the others could.
    #[error("an entry can't be stored: {problem}")]
    Unfit {
        /// Which, from 0.
        at: usize,
        /// What is wrong with it.
        problem: String,
    },
    /// The store failed; the same entries may go in later.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Where a block stands to those that are there.
pub(super) enum Place {
    Free,
    Taken,
    Overlaps,
}

impl History {
    /// Appends entries, all or nothing. One that is there already is counted
    /// and left as it is, so that a delivery may be repeated.
    ///
    /// # Errors
    /// [`NotAppended`]; nothing is stored then.
    pub fn append(&mut self, entries: &[Entry]) -> Result<Appended, NotAppended> {
        for (at, entry) in entries.iter().enumerate() {
            check(entry).map_err(|problem| NotAppended::Unfit { at, problem })?;
        }
        let mut known = std::mem::take(&mut self.known);
        let mut overlap = None;
        let outcome = self.db.transact(|tx| {
            let (mut done, mut blocks) = (Appended::default(), 0);
            for (at, entry) in entries.iter().enumerate() {
                let stream = known.stream(tx, entry)?;
                match rows::place(tx, stream, &entry.row)? {
                    Place::Free => {
                        done.stored += store(tx, stream, entry)?;
                        blocks += 1;
                    }
                    Place::Taken => done.repeated += 1,
                    Place::Overlaps => {
                        overlap = Some(at);
                        return Err(rusqlite::Error::InvalidQuery);
                    }
                }
            }
            rows::count(tx, "stored", done.stored)?;
            rows::count(tx, "blocks_stored", blocks)?;
            rows::count(tx, "repeated", done.repeated)?;
            Ok(done)
        });
        match (outcome, overlap) {
            (Ok(done), _) => {
                self.known = known;
                Ok(done)
            }
            (Err(_), Some(at)) => {
                let problem = "it overlaps what is stored of its stream".to_owned();
                Err(NotAppended::Unfit { at, problem })
            }
            (Err(error), None) => Err(error.into()),
        }
    }
}

fn store(tx: &rusqlite::Transaction<'_>, stream: crate::StreamNo, entry: &Entry) -> rusqlite::Result<u64> {
    let row = entry.row.clone().of_stream(stream);
    let at_ns = [row.first_host_ns, row.last_host_ns].map(|host_ns| entry.session.at_ns(host_ns));
    rows::insert(tx, &row, at_ns)?;
    Ok(entry.samples())
}

/// What SQLite or a reader would stumble over.
fn check(entry: &Entry) -> Result<(), String> {
    let BlockRow { first_index, samples, channel_stats, .. } = &entry.row;
    let stats_bytes = entry.spec.channels.len() * 24;
    match () {
        () if *samples <= 0 || samples.unsigned_abs() > crate::BLOCK_SAMPLES_MAX => {
            Err("its number of samples is impossible".to_owned())
        }
        () if *first_index < 0 || first_index.checked_add(*samples).is_none() => {
            Err("its numbers are impossible".to_owned())
        }
        () if channel_stats.len() != stats_bytes => {
            Err("its channels are not those of its stream".to_owned())
        }
        () => Ok(()),
    }
}
