//! Opens a recording for reading, whatever state it was left in.
//!
//! Four states: sealed (any read-only connection will do); being recorded or
//! cut off by a crash (the write-ahead log beside it belongs to it, and SQLite
//! must be able to write its index, `-shm`); cut off while being sealed (a
//! rollback journal must be played back first); and on a medium that can't be
//! written (only without a log).

use super::{size, wal_path};
use crate::{APPLICATION_ID, FORMAT_VERSION, StoreError};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::fmt::Write;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

/// How long reading may wait for a writer that is changing the log's state.
const PATIENCE: Duration = Duration::from_secs(2);
/// The smallest page that SQLite can have.
const PAGE_BYTES_MIN: u64 = 512;
/// A crash left a rollback journal that a read-only connection can't play back.
const SQLITE_READONLY_ROLLBACK: i32 = 776;

/// A read-only connection with an open transaction: the recording as it is at
/// this moment, also while it goes on being written.
pub(crate) fn open_snapshot(path: &Path) -> Result<Connection, StoreError> {
    look(path)?;
    let absolute = std::path::absolute(path).map_err(|error| StoreError::from_io(path, &error))?;
    let conn = snapshot(&absolute).map_err(|error| refusal(path, &error))?;
    check_kind(path, &conn)?;
    check_length(path, &conn)?;
    Ok(conn)
}

/// What can be said without opening it.
fn look(path: &Path) -> Result<(), StoreError> {
    let meta = fs::metadata(path).map_err(|error| match error.kind() {
        ErrorKind::NotADirectory => StoreError::MissingFile { path: path.to_owned() },
        ErrorKind::PermissionDenied => StoreError::NotReadable { path: path.to_owned() },
        _ => StoreError::from_io(path, &error),
    })?;
    match meta.len() {
        _ if meta.is_dir() => Err(not_a_recording(path, "it is a folder")),
        _ if !meta.is_file() => Err(not_a_recording(path, "it is a device")),
        0 => Err(not_a_recording(path, "it is empty")),
        bytes if bytes < PAGE_BYTES_MIN => Err(not_a_recording(path, "it is too short")),
        _ => Ok(()),
    }
}

fn check_kind(path: &Path, conn: &Connection) -> Result<(), StoreError> {
    let number = |pragma| conn.pragma_query_value(None, pragma, |row| row.get::<_, i32>(0));
    let (application, version) = number("application_id")
        .and_then(|application| Ok((application, number("user_version")?)))
        .map_err(|error| StoreError::from_sqlite(path, &error))?;
    if application.cast_unsigned() != APPLICATION_ID {
        return Err(not_a_recording(path, "it is a SQLite file of another program"));
    }
    match version.cast_unsigned() {
        0 => {
            let problem = "it does not say which format it has".to_owned();
            Err(StoreError::Damaged { path: path.to_owned(), problem })
        }
        found if found > FORMAT_VERSION => {
            Err(StoreError::NewerVersion { path: path.to_owned(), found, known: FORMAT_VERSION })
        }
        _ => Ok(()),
    }
}

/// SQLite takes a last page that is cut off for one that ends in zeros. With
/// a log beside it, the file may be shorter: the missing pages are in the log.
fn check_length(path: &Path, conn: &Connection) -> Result<(), StoreError> {
    let bytes = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
    let wanted: i64 =
        conn.query_row(bytes, [], |row| row.get(0)).map_err(|error| StoreError::from_sqlite(path, &error))?;
    let found = size(path);
    if found < wanted.cast_unsigned() && size(&wal_path(path)) == 0 {
        let problem = format!("it ends early, after {found} of {wanted} bytes");
        return Err(StoreError::Damaged { path: path.to_owned(), problem });
    }
    Ok(())
}

fn refusal(path: &Path, error: &rusqlite::Error) -> StoreError {
    if !error.sqlite_error_code().is_some_and(is_unwritable) {
        return StoreError::from_sqlite(path, error);
    }
    // No connection of this process can be open here: no lock is lost by looking.
    match File::open(path) {
        // SQLite can't make the log's index, or play back what is in the way.
        Ok(_) => StoreError::NeedsWritableFolder { path: path.to_owned() },
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            StoreError::NotReadable { path: path.to_owned() }
        }
        Err(error) => StoreError::from_io(path, &error),
    }
}

fn not_a_recording(path: &Path, found: &'static str) -> StoreError {
    StoreError::NotARecording { path: path.to_owned(), found }
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
