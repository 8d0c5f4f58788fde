//! Writes a recording: one thread, one transaction at a time, all or nothing.
//!
//! SQLite runs with a write-ahead log and `synchronous=FULL`: what `commit`
//! returned `Ok` for survives a power cut. A failed commit leaves no trace and
//! the writer usable, so that a recording goes on when the disk has room again.

mod ledger;
mod rows;

use crate::{StoreError, StreamNo, file};
use ledger::Ledger;
use model::{Block, Gap, SensorInfo, Stamp, StreamSpec};
pub(crate) use rows::{put_meta, put_stamp};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a commit may wait for another program that holds the file.
const COMMIT_PATIENCE: Duration = Duration::from_millis(500);
/// How long closing may wait for somebody who is reading the file.
const CLOSE_PATIENCE: Duration = Duration::from_secs(2);

/// What a new recording begins with.
#[derive(Clone, Debug)]
pub struct NewRecording {
    /// Its title; may be empty.
    pub title: String,
    /// When it starts.
    pub started: Stamp,
    /// The version of the console that records.
    pub console_version: String,
}

/// What goes to disk together, or not at all.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// Samples; within a stream in rising order, behind all that was stored before.
    pub blocks: &'a [(StreamNo, Block)],
    /// Gaps, in any order.
    pub gaps: &'a [(StreamNo, Gap)],
    /// One past the last sample offered so far. Not needed where blocks and
    /// gaps reach that far; never moves backwards.
    pub ends: &'a [(StreamNo, u64)],
    /// When this is written.
    pub now: Stamp,
}

/// A stream that joins a recording.
#[derive(Clone, Copy, Debug)]
pub struct NewStream<'a> {
    /// Whose stream.
    pub sensor: &'a SensorInfo,
    /// What it is.
    pub spec: &'a StreamSpec,
    /// The number of its next sample.
    pub first_index: u64,
}

/// A recording that has been closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// The file.
    pub path: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
    /// Whether the file stands alone. If not, somebody was reading it at the
    /// time, and a `-wal` file beside it belongs to it.
    pub standalone: bool,
}

/// A recording that could not be closed. What was committed is safe, and the
/// file opens as it is; closing can be tried again.
#[derive(Debug)]
pub struct NotClosed {
    /// The writer, as usable as before.
    pub writer: Writer,
    /// Why.
    pub error: StoreError,
}

/// Writes one recording.
#[derive(Debug)]
pub struct Writer {
    conn: Connection,
    path: PathBuf,
    ledger: Ledger,
}

impl Writer {
    /// Creates the file of a recording; it never overwrites one.
    ///
    /// # Errors
    /// [`StoreError`]: the file exists, its folder is missing or can't be
    /// written, the disk is full.
    pub fn create(path: &Path, new: &NewRecording) -> Result<Self, StoreError> {
        let (conn, path) = file::create(path, new)?;
        conn.busy_timeout(COMMIT_PATIENCE).map_err(|error| StoreError::from_sqlite(&path, &error))?;
        Ok(Self { conn, path, ledger: Ledger::default() })
    }

    /// The file. While it is being written, this process must not open it but
    /// through this crate: see `file.rs`.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds one stream; see [`Writer::add_streams`].
    ///
    /// # Errors
    /// [`StoreError`]; nothing is added then.
    pub fn add_stream(
        &mut self,
        sensor: &SensorInfo,
        spec: &StreamSpec,
        first_index: u64,
    ) -> Result<StreamNo, StoreError> {
        let mut added = self.add_streams(&[NewStream { sensor, spec, first_index }])?;
        added.pop().ok_or(StoreError::Misfit { problem: "no stream was added".to_owned() })
    }

    /// Adds streams, and their sensors if they are new, in one transaction: a
    /// room of people joins a recording with one write. An attribute whose
    /// description has changed is added again. Gives their numbers in order.
    ///
    /// # Errors
    /// [`StoreError`]; nothing is added then.
    pub fn add_streams(&mut self, streams: &[NewStream<'_>]) -> Result<Vec<StreamNo>, StoreError> {
        let firsts =
            streams.iter().map(|new| ledger::to_i64(new.first_index)).collect::<Result<Vec<_>, _>>()?;
        let added = self.transact(|tx| {
            let insert = |(new, first): (&NewStream<'_>, &i64)| {
                let sensor_row = rows::put_sensor(tx, new.sensor)?;
                rows::insert_stream(tx, sensor_row, new.spec, *first)
            };
            streams.iter().zip(&firsts).map(insert).collect::<rusqlite::Result<Vec<StreamNo>>>()
        })?;
        for (no, new) in added.iter().zip(streams) {
            self.ledger.open(*no, new.first_index, new.spec.channels.len());
        }
        Ok(added)
    }

    /// Keeps what has become known about sensors (name, facts), in one transaction.
    /// A sensor without a stream in this recording is left out.
    ///
    /// # Errors
    /// [`StoreError`]; what was known before stays then.
    pub fn update_sensors<'s>(
        &mut self,
        sensors: impl IntoIterator<Item = &'s SensorInfo>,
    ) -> Result<(), StoreError> {
        self.transact(|tx| sensors.into_iter().try_for_each(|sensor| rows::update_sensor(tx, sensor)))
    }

    /// Puts a batch on the disk, in one transaction.
    ///
    /// # Errors
    /// [`StoreError`]; nothing of the batch is stored then, and the writer
    /// stays usable. [`StoreError::Misfit`] will come again for the same batch;
    /// the others may pass.
    pub fn commit(&mut self, batch: &Batch<'_>) -> Result<(), StoreError> {
        let changes = self.ledger.check(batch)?;
        self.transact(|tx| {
            rows::insert_blocks(tx, batch)?;
            rows::insert_gaps(tx, batch)?;
            rows::add_counts(tx, &changes)?;
            rows::put_stamp(tx, "saved", batch.now)
        })?;
        self.ledger.adopt(&changes);
        Ok(())
    }

    /// Closes the recording at `at`: one file is all that is left.
    ///
    /// # Errors
    /// [`NotClosed`] with the writer. If it is dropped, the file still opens;
    /// it only says that it was not closed.
    pub fn close(mut self, at: Stamp) -> Result<Closed, Box<NotClosed>> {
        match self.transact(|tx| rows::put_stamp(tx, "closed", at)) {
            Ok(()) => {}
            Err(error) => return Err(Box::new(NotClosed { writer: self, error })),
        }
        match self.seal() {
            Ok(standalone) => {
                let Self { conn, path, .. } = self;
                drop(conn);
                Ok(Closed { bytes: file::bytes_on_disk(&path), path, standalone })
            }
            Err(error) => Err(Box::new(NotClosed { writer: self, error })),
        }
    }

    /// Size of the recording on disk in bytes, its write-ahead log included.
    #[must_use]
    pub fn bytes_on_disk(&self) -> u64 {
        file::bytes_on_disk(&self.path)
    }

    fn seal(&self) -> Result<bool, StoreError> {
        match file::seal(&self.conn, CLOSE_PATIENCE) {
            Ok(standalone) => Ok(standalone),
            Err(error) => Err(StoreError::from_sqlite(&self.path, &error)),
        }
    }

    fn transact<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let path = &self.path;
        let done = (|| {
            let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = work(&tx)?;
            tx.commit()?;
            Ok(value)
        })();
        done.map_err(|error| StoreError::from_sqlite(path, &error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify;
    use model::{
        AttributeId, AttributeKind, Channel, Column, ConnectorId, ConnectorKind, DisplayName, GapReason,
        SensorId, StreamKey,
    };

    const NOW: Stamp = Stamp { host_ns: 5, wall_ns: 1_700_000_000_000_000_005 };

    #[test]
    fn a_full_disk_costs_only_the_batch_that_met_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("full.sensocto");
        let new = NewRecording { title: String::new(), started: NOW, console_version: String::new() };
        let mut writer = Writer::create(&path, &new).unwrap();
        let no = add_ecg(&mut writer);
        let limit = |writer: &Writer, pages: i64| {
            writer.conn.query_row(
                "PRAGMA max_page_count = ?1".replace("?1", &pages.to_string()).as_str(),
                [],
                |row| row.get::<_, i64>(0),
            )
        };
        limit(&writer, 40).unwrap();
        let stored = (0..).find(|n| commit(&mut writer, no, n * 500).is_err()).unwrap();
        let error = commit(&mut writer, no, stored * 500).unwrap_err();
        assert_eq!(error, StoreError::DiskFull { path: path.clone() });
        limit(&writer, 1_000_000).unwrap();
        let lost = Gap {
            first_index: stored * 500,
            samples: 500,
            from_ns: 0,
            to_ns: 0,
            reason: GapReason::DiskFull,
        };
        writer.commit(&Batch { blocks: &[], gaps: &[(no, lost)], ends: &[], now: NOW }).unwrap();
        commit(&mut writer, no, (stored + 1) * 500).unwrap();
        writer.close(NOW).unwrap();
        let report = verify(&path, &mut |_, _| ()).unwrap();
        assert_eq!(report.problems, Vec::<String>::new());
        assert_eq!((report.streams[0].stored, report.streams[0].dropped), ((stored + 1) * 500, 500));
    }

    fn commit(writer: &mut Writer, no: StreamNo, first_index: u64) -> Result<(), StoreError> {
        // Numbers without a pattern, which do not compress.
        let value = |i: u64| (i.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as i32;
        let range = first_index..first_index + 500;
        let times = range.clone().map(|i| i as i64).collect();
        let block =
            Block::new(first_index, 0, times, None, vec![Column::I32(range.map(value).collect())]).unwrap();
        writer.commit(&Batch { blocks: &[(no, block)], gaps: &[], ends: &[], now: NOW })
    }

    fn add_ecg(writer: &mut Writer) -> StreamNo {
        let sensor = SensorInfo {
            id: SensorId::parse("s").unwrap(),
            name: DisplayName::clean("S", "?"),
            connector: ConnectorId::parse("c").unwrap(),
            connector_kind: ConnectorKind::Simulator,
            streams: Vec::new(),
            facts: Vec::new(),
        };
        let spec = StreamSpec {
            key: StreamKey { sensor: sensor.id.clone(), attribute: AttributeId::parse("ecg").unwrap() },
            kind: AttributeKind::Ecg,
            channels: vec![Channel::new("ecg", "mV", 0.001)],
            nominal_rate_hz: None,
            device_ticks_per_sec: None,
        };
        writer.add_stream(&sensor, &spec, 0).unwrap()
    }
}
