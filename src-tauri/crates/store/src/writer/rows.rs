//! The statements of the writer, each prepared once and kept.

use super::Batch;
use super::ledger::Changes;
use crate::StreamNo;
use crate::block_row::BlockRow;
use model::{SensorInfo, Stamp, StreamSpec};
use rusqlite::{Transaction, named_params, params};
use serde::Serialize;

/// The row of a sensor, made or brought up to date.
pub(super) fn put_sensor(tx: &Transaction<'_>, sensor: &SensorInfo) -> rusqlite::Result<i64> {
    let mut statement = tx.prepare_cached(
        "INSERT INTO sensors (name, display_name, connector, connector_kind, facts)
         VALUES (:name, :display_name, :connector, :connector_kind, :facts)
         ON CONFLICT (name) DO UPDATE SET display_name = :display_name, connector = :connector,
             connector_kind = :connector_kind, facts = :facts
         RETURNING id",
    )?;
    let values = named_params! {
        ":name": sensor.id.as_str(), ":display_name": sensor.name.as_str(),
        ":connector": sensor.connector.as_str(), ":connector_kind": code(&sensor.connector_kind)?,
        ":facts": json(&sensor.facts)?,
    };
    statement.query_row(values, |row| row.get(0))
}

pub(super) fn update_sensor(tx: &Transaction<'_>, sensor: &SensorInfo) -> rusqlite::Result<()> {
    let known: bool = tx
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM sensors WHERE name = ?1)")?
        .query_row([sensor.id.as_str()], |row| row.get(0))?;
    if known {
        put_sensor(tx, sensor)?;
    }
    Ok(())
}

pub(super) fn insert_stream(
    tx: &Transaction<'_>,
    sensor_row: i64,
    spec: &StreamSpec,
    first_index: i64,
) -> rusqlite::Result<StreamNo> {
    tx.prepare_cached(
        "INSERT INTO streams (sensor, attribute, kind, channels, nominal_rate_hz, device_ticks_per_sec, first_index)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        sensor_row,
        spec.key.attribute.as_str(),
        code(&spec.kind)?,
        json(&spec.channels)?,
        spec.nominal_rate_hz,
        spec.device_ticks_per_sec,
        first_index,
    ])?;
    let no = tx.last_insert_rowid();
    tx.prepare_cached(
        "INSERT INTO counts (stream, end_index, stored, dropped, gaps) VALUES (?1, ?2, 0, 0, 0)",
    )?
    .execute([no, first_index])?;
    Ok(StreamNo(no))
}

/// Packed one after the other: what is packed of a batch never lies in memory as a whole.
pub(super) fn insert_blocks(tx: &Transaction<'_>, batch: &Batch<'_>) -> rusqlite::Result<()> {
    let mut statement = tx.prepare_cached(
        "INSERT INTO blocks (stream, first_index, samples, first_host_ns, last_host_ns, wall_minus_host_ns,
             host_times, device_ticks, channel_values, channel_stats, crc32c)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?;
    for (no, block) in batch.blocks {
        let row = BlockRow::encode(*no, block);
        statement.execute(params![
            row.stream.0,
            row.first_index,
            row.samples,
            row.first_host_ns,
            row.last_host_ns,
            row.wall_minus_host_ns,
            row.host_times,
            row.device_ticks,
            row.channel_values,
            row.channel_stats,
            row.crc32c,
        ])?;
    }
    Ok(())
}

pub(super) fn insert_gaps(tx: &Transaction<'_>, batch: &Batch<'_>) -> rusqlite::Result<()> {
    let mut statement = tx.prepare_cached(
        "INSERT INTO gaps (stream, first_index, samples, from_ns, to_ns, reason, wall_minus_host_ns)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    let wall_minus_host_ns = batch.now.wall_ns.saturating_sub(batch.now.host_ns);
    for (no, gap) in batch.gaps {
        statement.execute(params![
            no.0,
            gap.first_index.cast_signed(),
            gap.samples.cast_signed(),
            gap.from_ns,
            gap.to_ns,
            gap.reason.code(),
            wall_minus_host_ns,
        ])?;
    }
    Ok(())
}

/// Indices fit: the ledger has checked them.
pub(super) fn add_counts(tx: &Transaction<'_>, changes: &Changes) -> rusqlite::Result<()> {
    let mut statement = tx.prepare_cached(
        "UPDATE counts SET end_index = ?2, stored = stored + ?3, dropped = dropped + ?4, gaps = gaps + ?5
         WHERE stream = ?1",
    )?;
    for (no, change) in changes {
        statement.execute([
            no.0,
            change.end_index().cast_signed(),
            change.stored.cast_signed(),
            change.dropped.cast_signed(),
            change.gaps.cast_signed(),
        ])?;
    }
    Ok(())
}

/// Notes both clocks under `what`: "started", "saved" or "closed".
pub(crate) fn put_stamp(conn: &rusqlite::Connection, what: &str, at: Stamp) -> rusqlite::Result<()> {
    put_meta(conn, &format!("{what}_host_ns"), at.host_ns)?;
    put_meta(conn, &format!("{what}_wall_ns"), at.wall_ns)
}

pub(crate) fn put_meta(
    conn: &rusqlite::Connection,
    key: &str,
    value: impl rusqlite::ToSql,
) -> rusqlite::Result<()> {
    conn.prepare_cached("INSERT INTO meta VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2")?
        .execute(params![key, value])?;
    Ok(())
}

/// The name of a variant as serde writes it, without quotes.
fn code(variant: &impl Serialize) -> rusqlite::Result<String> {
    Ok(json(variant)?.trim_matches('"').to_owned())
}

fn json(value: &impl Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}
