//! Opens a recording for reading, whatever state it was left in.
//!
//! Four states: sealed (any read-only connection will do); being recorded or
//! cut off by a crash (the write-ahead log beside it belongs to it, and SQLite
//! must be able to write its index, `-shm`); cut off while being sealed (a
//! rollback journal must be played back first); and on a medium that can't be
//! written (only without a log).

use super::{header, size, wal_path};
use crate::StoreError;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

/// How long reading may wait for a writer that is changing the log's state.
const PATIENCE: Duration = Duration::from_secs(2);
/// A crash left a rollback journal that a read-only connection can't play back.
const SQLITE_READONLY_ROLLBACK: i32 = 776;

/// A read-only connection with an open transaction: the recording as it is at
/// this moment, also while it goes on being written.
pub(crate) fn open_snapshot(path: &Path) -> Result<Connection, StoreError> {
    header::inspect(path)?;
    let absolute = std::path::absolute(path).map_err(|error| StoreError::from_io(path, &error))?;
    snapshot(&absolute).map_err(|error| match error.sqlite_error_code() {
        // It can't make the log's index, or play back what is in the way.
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly) => {
            StoreError::NeedsWritableFolder { path: path.to_owned() }
        }
        _ => StoreError::from_sqlite(path, &error),
    })
}

fn snapshot(path: &Path) -> rusqlite::Result<Connection> {
    let error = match begin(path, OpenFlags::SQLITE_OPEN_READ_ONLY) {
        Ok(conn) => return Ok(conn),
        Err(error) => error,
    };
    match error.sqlite_error() {
        Some(failure) if failure.extended_code == SQLITE_READONLY_ROLLBACK => {
            drop(begin(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?);
            begin(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
        }
        Some(failure) if is_unwritable(failure.code) && size(&wal_path(path)) == 0 => {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
            begin(immutable_uri(path).as_ref(), flags)
        }
        _ => Err(error),
    }
}

fn is_unwritable(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::CannotOpen | ErrorCode::ReadOnly)
}

fn begin(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let conn = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.busy_timeout(PATIENCE)?;
    // The file may come from anywhere: its schema must not make us run anything.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    conn.pragma_update(None, "cell_size_check", true)?;
    conn.execute_batch("BEGIN")?;
    // The transaction begins with the first read.
    conn.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    Ok(conn)
}

/// A URI that tells SQLite that nobody writes the file, so that it wants no
/// files beside it.
fn immutable_uri(path: &Path) -> String {
    let mut uri = "file:".to_owned();
    for byte in path.to_string_lossy().bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.') {
            uri.push(char::from(byte));
        } else {
            // Writing to a String can't fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri + "?immutable=1"
}
