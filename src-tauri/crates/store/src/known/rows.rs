//! The rows of the known devices.

use super::{Kept, KnownDevice, RATES_MAX};
use model::{AttributeId, DeviceId};
use rusqlite::{Connection, Row, Transaction, named_params};

/// What is wrong with the file as a whole; none where it is sound.
pub(super) fn is_sound(conn: &Connection) -> rusqlite::Result<Option<String>> {
    let verdict: String = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    Ok((verdict != "ok").then_some(verdict))
}

pub(super) fn put(tx: &Transaction<'_>, device: &KnownDevice) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT INTO devices (device, name, alias, owner, room, driver, last_seen_ns, reconnects)
         VALUES (:device, :name, :alias, :owner, :room, :driver, :last_seen_ns, :reconnects)
         ON CONFLICT (device) DO UPDATE SET name = :name, alias = :alias, owner = :owner, room = :room,
             driver = :driver, last_seen_ns = :last_seen_ns, reconnects = :reconnects",
    )?
    .execute(named_params! {
        ":device": device.device, ":name": device.name, ":alias": device.alias, ":owner": device.owner,
        ":room": device.room, ":driver": device.driver, ":last_seen_ns": device.last_seen_ns,
        ":reconnects": device.reconnects,
    })?;
    tx.prepare_cached("DELETE FROM rates WHERE device = ?1")?.execute([&device.device])?;
    let mut rate = tx.prepare_cached("INSERT INTO rates (device, attribute, hz) VALUES (?1, ?2, ?3)")?;
    for (attribute, hz) in device.rates.iter().take(RATES_MAX) {
        rate.execute((&device.device, attribute, hz))?;
    }
    Ok(())
}

pub(super) fn forget(tx: &Transaction<'_>, device: &str) -> rusqlite::Result<()> {
    tx.prepare_cached("DELETE FROM devices WHERE device = ?1")?.execute([device]).map(drop)
}

pub(super) fn kept(conn: &Connection, limit: usize) -> rusqlite::Result<Kept> {
    let mut statement = conn.prepare_cached(
        "SELECT device, name, alias, owner, room, driver, last_seen_ns, reconnects FROM devices
         ORDER BY (alias <> '' OR owner <> '' OR room <> '') DESC, last_seen_ns DESC, device LIMIT ?1",
    )?;
    let mut rows = statement.query([i64::try_from(limit).unwrap_or(i64::MAX)])?;
    let mut kept = Kept::default();
    while let Some(row) = rows.next()? {
        match device(row).ok().filter(|device| DeviceId::parse(&device.device).is_ok()) {
            Some(device) => kept.devices.push(device.cleaned()),
            None => kept.unreadable += 1,
        }
    }
    for device in &mut kept.devices {
        device.rates = rates(conn, &device.device)?;
    }
    Ok(kept)
}

fn device(row: &Row<'_>) -> rusqlite::Result<KnownDevice> {
    Ok(KnownDevice {
        device: row.get(0)?,
        name: row.get(1)?,
        alias: row.get(2)?,
        owner: row.get(3)?,
        room: row.get(4)?,
        driver: row.get(5)?,
        last_seen_ns: row.get(6)?,
        reconnects: row.get(7)?,
        rates: Vec::new(),
    })
}

/// A rate that makes no sense, or is of no attribute, is as good as none.
fn rates(conn: &Connection, device: &str) -> rusqlite::Result<Vec<(String, f64)>> {
    let mut statement =
        conn.prepare_cached("SELECT attribute, hz FROM rates WHERE device = ?1 ORDER BY attribute LIMIT ?2")?;
    let rows = statement
        .query_map((device, RATES_MAX as i64), |row| Ok((row.get::<_, String>(0)?, row.get::<_, f64>(1)?)))?;
    let is_sane =
        |rate: &(String, f64)| AttributeId::parse(&rate.0).is_ok() && rate.1.is_finite() && rate.1 > 0.0;
    Ok(rows.filter_map(Result::ok).filter(is_sane).collect())
}
