//! The statements of the history, each prepared once and kept.

use super::append::Place;
use super::{Entry, HistoryCounts};
use crate::StreamNo;
use crate::block_row::BlockRow;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use std::collections::BTreeMap;

/// Streams that have been found once, by session, sensor, attribute and description.
#[derive(Debug, Default)]
pub(super) struct Known(BTreeMap<[String; 4], StreamNo>);

/// Streams that are remembered; beyond, they are looked up again.
const KNOWN_MAX: usize = 50_000;

impl Known {
    pub fn stream(&mut self, tx: &Transaction<'_>, entry: &Entry) -> rusqlite::Result<StreamNo> {
        let spec = serde_json::to_string(&entry.spec)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
        let key = &entry.spec.key;
        let names =
            [entry.session.name.clone(), key.sensor.as_str().into(), key.attribute.as_str().into(), spec];
        if let Some(no) = self.0.get(&names) {
            return Ok(*no);
        }
        let no = StreamNo(find_stream(tx, entry, &names)?);
        if self.0.len() >= KNOWN_MAX {
            self.0.clear();
        }
        self.0.insert(names, no);
        Ok(no)
    }
}

fn find_stream(tx: &Transaction<'_>, entry: &Entry, names: &[String; 4]) -> rusqlite::Result<i64> {
    let started = entry.session.started;
    let session: i64 = tx
        .prepare_cached(
            "INSERT INTO sessions (name, started_host_ns, started_wall_ns) VALUES (?1, ?2, ?3)
             ON CONFLICT (name) DO UPDATE SET name = name RETURNING id",
        )?
        .query_row(params![names[0], started.host_ns, started.wall_ns], |row| row.get(0))?;
    tx.prepare_cached(
        "INSERT INTO streams (session, sensor, attribute, spec) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (session, sensor, attribute, spec) DO UPDATE SET spec = spec RETURNING id",
    )?
    .query_row(params![session, names[1], names[2], names[3]], |row| row.get(0))
}

/// Where the samples of `row` stand to those that are there.
pub(super) fn place(tx: &Transaction<'_>, stream: StreamNo, row: &BlockRow) -> rusqlite::Result<Place> {
    let end = row.first_index + row.samples;
    let before: Option<(i64, i64)> = tx
        .prepare_cached(
            "SELECT first_index, samples FROM blocks WHERE stream = ?1 AND first_index < ?2
             ORDER BY first_index DESC LIMIT 1",
        )?
        .query_row([stream.0, end], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(match before {
        Some((first, samples)) if (first, samples) == (row.first_index, row.samples) => Place::Taken,
        Some((first, samples)) if first + samples > row.first_index => Place::Overlaps,
        _ => Place::Free,
    })
}

pub(super) fn insert(tx: &Transaction<'_>, row: &BlockRow, at_ns: [i64; 2]) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT INTO blocks (stream, first_index, samples, first_host_ns, last_host_ns, wall_minus_host_ns,
             first_at_ns, last_at_ns, host_times, device_ticks, channel_values, channel_stats, crc32c)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?
    .execute(params![
        row.stream.0,
        row.first_index,
        row.samples,
        row.first_host_ns,
        row.last_host_ns,
        row.wall_minus_host_ns,
        at_ns[0],
        at_ns[1],
        row.host_times,
        row.device_ticks,
        row.channel_values,
        row.channel_stats,
        row.crc32c,
    ])
    .map(drop)
}

/// The columns of a block as [`block`] reads them.
pub(super) const BLOCK: &str = "b.stream, b.first_index, b.samples, b.first_host_ns, b.last_host_ns,
     b.wall_minus_host_ns, b.host_times, b.device_ticks, b.channel_values, b.channel_stats, b.crc32c";

pub(super) fn block(row: &Row<'_>) -> rusqlite::Result<BlockRow> {
    Ok(BlockRow {
        stream: StreamNo(row.get(0)?),
        first_index: row.get(1)?,
        samples: row.get(2)?,
        first_host_ns: row.get(3)?,
        last_host_ns: row.get(4)?,
        wall_minus_host_ns: row.get(5)?,
        host_times: row.get(6)?,
        device_ticks: row.get(7)?,
        channel_values: row.get(8)?,
        channel_stats: row.get(9)?,
        crc32c: row.get(10)?,
    })
}

pub(super) fn count(tx: &Transaction<'_>, name: &str, more: u64) -> rusqlite::Result<()> {
    if more > 0 {
        tx.prepare_cached(
            "INSERT INTO counts VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = value + ?2",
        )?
        .execute(params![name, more.cast_signed()])?;
    }
    Ok(())
}

pub(super) fn counts(conn: &Connection) -> rusqlite::Result<HistoryCounts> {
    let count = |name: &str| {
        conn.prepare_cached("SELECT coalesce(max(value), 0) FROM counts WHERE name = ?1")?
            .query_row([name], |row| row.get::<_, i64>(0))
            .map(i64::cast_unsigned)
    };
    let number = |sql| conn.prepare_cached(sql)?.query_row([], |row| row.get::<_, Option<i64>>(0));
    Ok(HistoryCounts {
        blocks: count("blocks_stored")?.saturating_sub(count("blocks_expired")?),
        stored: count("stored")?,
        expired: count("expired")?,
        repeated: count("repeated")?,
        oldest_at_ns: number("SELECT min(last_at_ns) FROM blocks")?,
        bytes_on_disk: 0,
    })
}
