//! Reading the history, on a connection of its own: the writer is never stopped.

use super::decimate::{self, Span};
use super::{KIND, Session, rows};
use crate::StoreError;
use crate::block_row::BlockRow;
use crate::database::Database;
use model::{Block, Stamp, StreamKey, StreamSpec};
use rusqlite::{Connection, Row};
use std::path::Path;

/// A stream of the history: one attribute of one sensor in one run.
#[derive(Clone, Debug, PartialEq)]
pub struct PastStream {
    /// The run.
    pub session: Session,
    /// What it measures, and how its samples are to be read.
    pub spec: StreamSpec,
    no: i64,
}

/// A block of the past.
#[derive(Clone, Debug, PartialEq)]
pub struct PastBlock {
    /// Time of its first sample, nanoseconds since 1970-01-01 UTC. The others
    /// follow at the distances of their host times.
    pub first_at_ns: i64,
    /// The samples.
    pub block: Block,
}

/// The history, for reading.
#[derive(Debug)]
pub struct Reader {
    db: Database,
}

impl Reader {
    /// Opens a history that is there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        if !path.exists() {
            return Err(StoreError::MissingFile { path: path.to_owned() });
        }
        let db = Database::open(path, &KIND)?;
        db.conn.pragma_update(None, "query_only", true).map_err(|error| db.error(&error))?;
        Ok(Self { db })
    }

    /// The streams of `key`, the oldest run first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn streams(&self, key: &StreamKey) -> Result<Vec<PastStream>, StoreError> {
        let found = self.db.read(|conn| {
            conn.prepare_cached(
                "SELECT t.id, s.name, s.started_host_ns, s.started_wall_ns, t.spec
                 FROM streams t JOIN sessions s ON s.id = t.session
                 WHERE t.sensor = ?1 AND t.attribute = ?2 ORDER BY s.started_wall_ns, t.id",
            )?
            .query_map([key.sensor.as_str(), key.attribute.as_str()], described)?
            .collect::<rusqlite::Result<Vec<_>>>()
        })?;
        found.into_iter().map(|(no, session, spec)| self.past_stream(no, session, &spec)).collect()
    }

    fn past_stream(&self, no: i64, session: Session, spec: &str) -> Result<PastStream, StoreError> {
        let spec = serde_json::from_str(spec)
            .map_err(|error| self.db.damaged(format!("a description does not read back ({error})")))?;
        Ok(PastStream { session, spec, no })
    }

    /// The blocks of a stream that touch `from_ns..=to_ns`, in rising order, and
    /// at most `samples_max` samples of them (but at least one block).
    ///
    /// # Errors
    /// [`StoreError`]; a block that does not read back is [`StoreError::Damaged`].
    pub fn range(
        &self,
        stream: &PastStream,
        from_ns: i64,
        to_ns: i64,
        samples_max: u64,
    ) -> Result<Vec<PastBlock>, StoreError> {
        let (mut blocks, mut samples) = (Vec::new(), 0);
        self.each_block(stream, from_ns, to_ns, |row| {
            let block = self.decode(stream, row)?;
            samples += block.len();
            let fits = blocks.is_empty() || samples <= samples_max;
            if fits {
                blocks.push(PastBlock { first_at_ns: stream.session.at_ns(block.first_host_ns()), block });
            }
            Ok(fits)
        })?;
        Ok(blocks)
    }

    /// Smallest and largest value of one channel in each of `spans` equal parts
    /// of `from_ns..=to_ns`; parts without a sample are left out. A block that
    /// lies within one part is not unpacked: its statistics are enough.
    ///
    /// # Errors
    /// [`StoreError`]; a block that does not read back is [`StoreError::Damaged`].
    pub fn decimated(
        &self,
        stream: &PastStream,
        channel: usize,
        from_ns: i64,
        to_ns: i64,
        spans: u32,
    ) -> Result<Vec<Span>, StoreError> {
        let Some(shape) = stream.spec.channels.get(channel) else { return Ok(Vec::new()) };
        let mut parts = decimate::Parts::new(from_ns, to_ns, spans);
        self.each_block(stream, from_ns, to_ns, |row| {
            let at_ns = |host_ns| stream.session.at_ns(host_ns);
            let whole = parts.one_part(at_ns(row.first_host_ns), at_ns(row.last_host_ns));
            match whole.zip(decimate::statistics(&row.channel_stats, channel)) {
                Some((part, [min, max])) => parts.take_range(part, shape, min, max),
                None => {
                    let block = self.decode(stream, row)?;
                    let column = &block.columns()[channel];
                    for (i, host_ns) in block.host_ns().iter().enumerate() {
                        parts.take(at_ns(*host_ns), shape, column.raw(i));
                    }
                }
            }
            Ok(true)
        })?;
        Ok(parts.into_spans())
    }

    fn decode(&self, stream: &PastStream, row: &BlockRow) -> Result<Block, StoreError> {
        row.decode(stream.spec.channels.len()).map_err(|problem| {
            self.db.damaged(format!("the block at index {} does not read back: {problem}", row.first_index))
        })
    }

    /// Calls `each` with every block until it says no more.
    fn each_block(
        &self,
        stream: &PastStream,
        from_ns: i64,
        to_ns: i64,
        mut each: impl FnMut(&BlockRow) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        let mut outcome = Ok(true);
        self.db.read(|conn| {
            walk(conn, stream.no, from_ns, to_ns, |row| {
                outcome = each(row);
                matches!(outcome, Ok(true))
            })
        })?;
        outcome.map(drop)
    }
}

fn walk(
    conn: &Connection,
    stream: i64,
    from_ns: i64,
    to_ns: i64,
    mut each: impl FnMut(&BlockRow) -> bool,
) -> rusqlite::Result<()> {
    let columns = rows::BLOCK;
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {columns} FROM blocks b
         WHERE b.stream = ?1 AND b.last_at_ns >= ?2 AND b.first_at_ns <= ?3 ORDER BY b.last_at_ns"
    ))?;
    let mut found = statement.query([stream, from_ns, to_ns])?;
    while let Some(row) = found.next()? {
        if !each(&rows::block(row)?) {
            break;
        }
    }
    Ok(())
}

fn described(row: &Row<'_>) -> rusqlite::Result<(i64, Session, String)> {
    let started = Stamp { host_ns: row.get(2)?, wall_ns: row.get(3)? };
    Ok((row.get(0)?, Session { name: row.get(1)?, started }, row.get(4)?))
}
