//! What has happened since the file was made, in the same transactions.

use rusqlite::{Connection, Transaction};

/// Adds to a count; nothing for 0.
pub(super) fn add(tx: &Transaction<'_>, name: &str, more: u64) -> rusqlite::Result<()> {
    if more > 0 {
        tx.prepare_cached(
            "INSERT INTO counts VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = value + ?2",
        )?
        .execute((name, more.cast_signed()))?;
    }
    Ok(())
}

/// A count; 0 if nothing of the kind has happened.
pub(super) fn get(conn: &Connection, name: &str) -> rusqlite::Result<u64> {
    conn.prepare_cached("SELECT coalesce(max(value), 0) FROM counts WHERE name = ?1")?
        .query_row([name], |row| row.get::<_, i64>(0))
        .map(i64::cast_unsigned)
}
