//! The queries of the reader.

use super::{RecordedGap, RecordedSensor, RecordedStream, RecordingInfo, StreamCounts};
use crate::StreamNo;
use crate::block_row::BlockRow;
use model::{
    AttributeId, AttributeKind, DisplayName, Gap, GapReason, SensorId, Stamp, StreamKey, StreamSpec,
};
use rusqlite::types::{FromSql, Type};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::de::DeserializeOwned;
use std::error::Error;

/// All our tables are there, and are tables.
pub(super) fn check_tables(conn: &Connection) -> rusqlite::Result<()> {
    let found: u32 = conn.query_row(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table'
         AND name IN ('meta', 'sensors', 'streams', 'counts', 'blocks', 'gaps')",
        [],
        |row| row.get(0),
    )?;
    if found == 6 { Ok(()) } else { Err(broken(0, "tables are missing")) }
}

pub(super) fn info(conn: &Connection, bytes: u64) -> rusqlite::Result<RecordingInfo> {
    let sums = "SELECT count(*), coalesce(sum(stored), 0), coalesce(sum(dropped), 0) FROM counts";
    let (streams, samples, dropped) =
        conn.query_row(sums, [], |row| Ok((row.get(0)?, index(row, 1)?, index(row, 2)?)))?;
    let needed = |what| stamp(conn, what)?.ok_or(rusqlite::Error::QueryReturnedNoRows);
    Ok(RecordingInfo {
        title: meta(conn, "title")?.unwrap_or_default(),
        console_version: meta(conn, "console_version")?.unwrap_or_default(),
        started: needed("started")?,
        saved: needed("saved")?,
        closed: stamp(conn, "closed")?,
        streams,
        samples,
        dropped,
        bytes,
    })
}

fn stamp(conn: &Connection, what: &str) -> rusqlite::Result<Option<Stamp>> {
    let host_ns = meta(conn, &format!("{what}_host_ns"))?;
    let wall_ns = meta(conn, &format!("{what}_wall_ns"))?;
    Ok(host_ns.zip(wall_ns).map(|(host_ns, wall_ns)| Stamp { host_ns, wall_ns }))
}

fn meta<T: FromSql>(conn: &Connection, key: &str) -> rusqlite::Result<Option<T>> {
    conn.prepare_cached("SELECT value FROM meta WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()
}

pub(super) fn streams(conn: &Connection) -> rusqlite::Result<Vec<RecordedStream>> {
    conn.prepare_cached(
        "SELECT s.id, n.name, n.display_name, n.connector, n.connector_kind, n.facts, s.attribute, s.kind,
             s.channels, s.nominal_rate_hz, s.device_ticks_per_sec, s.first_index,
             c.end_index, c.stored, c.dropped, c.gaps
         FROM streams s JOIN sensors n ON n.id = s.sensor JOIN counts c ON c.stream = s.id ORDER BY s.id",
    )?
    .query_map([], stream)?
    .collect()
}

fn stream(row: &Row<'_>) -> rusqlite::Result<RecordedStream> {
    let sensor = sensor(row)?;
    let attribute = AttributeId::parse(&text(row, 6)?).map_err(|error| broken(6, error))?;
    Ok(RecordedStream {
        no: StreamNo(row.get(0)?),
        spec: StreamSpec {
            key: StreamKey { sensor: sensor.id.clone(), attribute },
            kind: kind(&text(row, 7)?),
            channels: json(row, 8)?,
            nominal_rate_hz: row.get(9)?,
            device_ticks_per_sec: row.get(10)?,
        },
        sensor,
        first_index: index(row, 11)?,
        counts: StreamCounts {
            end_index: index(row, 12)?,
            stored: index(row, 13)?,
            dropped: index(row, 14)?,
            gaps: index(row, 15)?,
        },
    })
}

fn sensor(row: &Row<'_>) -> rusqlite::Result<RecordedSensor> {
    Ok(RecordedSensor {
        id: SensorId::parse(&text(row, 1)?).map_err(|error| broken(1, error))?,
        name: DisplayName::clean(&text(row, 2)?, "unnamed"),
        connector: row.get(3)?,
        connector_kind: row.get(4)?,
        facts: json(row, 5)?,
    })
}

/// A kind that this console does not know is shown as a plain number.
fn kind(code: &str) -> AttributeKind {
    AttributeKind::from_code(code).unwrap_or(AttributeKind::Generic)
}

/// The block of `stream` that begins next behind the index `behind`.
pub(super) fn next_block(
    conn: &Connection,
    stream: StreamNo,
    behind: Option<i64>,
) -> rusqlite::Result<Option<BlockRow>> {
    conn.prepare_cached(
        "SELECT first_index, samples, first_host_ns, last_host_ns, wall_minus_host_ns,
             host_times, device_ticks, channel_values, channel_stats, crc32c
         FROM blocks WHERE stream = ?1 AND first_index > ?2 ORDER BY first_index LIMIT 1",
    )?
    .query_row([stream.0, behind.unwrap_or(-1)], |row| {
        Ok(BlockRow {
            stream,
            first_index: row.get(0)?,
            samples: row.get(1)?,
            first_host_ns: row.get(2)?,
            last_host_ns: row.get(3)?,
            wall_minus_host_ns: row.get(4)?,
            host_times: row.get(5)?,
            device_ticks: row.get(6)?,
            channel_values: row.get(7)?,
            channel_stats: row.get(8)?,
            crc32c: row.get(9)?,
        })
    })
    .optional()
}

/// What orders the gaps of a stream: first index, samples, id.
pub(super) type GapPlace = (i64, i64, i64);

/// The gap of `stream` that follows `behind`; in words what is wrong with it, if something is.
pub(super) fn next_gap(
    conn: &Connection,
    stream: StreamNo,
    behind: Option<GapPlace>,
) -> rusqlite::Result<Option<(GapPlace, Result<RecordedGap, String>)>> {
    let (first_index, samples, id) = behind.unwrap_or((-1, 0, 0));
    conn.prepare_cached(
        "SELECT first_index, samples, id, from_ns, to_ns, reason, wall_minus_host_ns
         FROM gaps WHERE stream = ?1 AND (first_index, samples, id) > (?2, ?3, ?4)
         ORDER BY first_index, samples, id LIMIT 1",
    )?
    .query_row(params![stream.0, first_index, samples, id], |row| {
        let place = (row.get(0)?, row.get(1)?, row.get(2)?);
        let code = text(row, 5)?;
        let Some(reason) = GapReason::from_code(&code) else {
            let problem = format!("the gap at index {} has an unknown reason, {code:?}", place.0);
            return Ok((place, Err(problem)));
        };
        let gap = Gap {
            first_index: index(row, 0)?,
            samples: index(row, 1)?,
            from_ns: row.get(3)?,
            to_ns: row.get(4)?,
            reason,
        };
        Ok((place, Ok(RecordedGap { gap, wall_minus_host_ns: row.get(6)? })))
    })
    .optional()
}

fn text(row: &Row<'_>, at: usize) -> rusqlite::Result<String> {
    row.get(at)
}

fn index(row: &Row<'_>, at: usize) -> rusqlite::Result<u64> {
    let value: i64 = row.get(at)?;
    u64::try_from(value).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(at, value))
}

fn json<T: DeserializeOwned>(row: &Row<'_>, at: usize) -> rusqlite::Result<T> {
    serde_json::from_str(&text(row, at)?).map_err(|error| broken(at, error))
}

fn broken(at: usize, error: impl Into<Box<dyn Error + Send + Sync>>) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(at, Type::Text, error.into())
}
