//! The file itself: made whole, sealed, opened, measured.
//!
//! A recording is born in one write, with its schema and in write-ahead-log
//! mode, so that there is no moment at which a crash leaves something that is
//! not yet a recording. Reading never needs the right to write, but for a
//! file that a crash left in the middle of being sealed.
//!
//! Nothing here opens an existing recording but through SQLite: on Unix, a
//! process that closes any handle of a file loses all its locks on that file,
//! and the recorder may be at work in this very process.

mod open;

pub(crate) use open::open_snapshot;

use crate::writer::{NewRecording, put_meta, put_stamp};
use crate::{APPLICATION_ID, FORMAT_VERSION, StoreError};
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where the SQLite header keeps its write and read version; 2 in both means
/// that the file has a write-ahead log.
const WAL_MODE_BYTES: std::ops::Range<usize> = 18..20;

/// What `model::Stamp` promises of the host clock.
const HOST_CLOCK: &str = "monotonic, counts through suspend";

/// Creates the file of a recording and opens it for writing.
pub(crate) fn create(path: &Path, new: &NewRecording) -> Result<(Connection, PathBuf), StoreError> {
    // An absolute path can't be mistaken for `:memory:` or a URI.
    let path = std::path::absolute(path).map_err(|error| StoreError::from_io(path, &error))?;
    let sqlite_error = |error| StoreError::from_sqlite(&path, &error);
    let image = image(new).map_err(sqlite_error)?;
    write_new(&path, &image)?;
    let opened = open_for_writing(&path).map_err(sqlite_error);
    if opened.is_err() {
        // It holds nothing yet; why it could not be opened is what matters.
        let _ = fs::remove_file(&path);
    }
    opened.map(|conn| (conn, path))
}

/// Makes the file, and lets go of it before SQLite locks it.
pub(crate) fn write_new(path: &Path, image: &[u8]) -> Result<(), StoreError> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    if !folder.is_dir() {
        return Err(StoreError::MissingFolder { folder: folder.to_owned() });
    }
    let io_error = |error| StoreError::from_io(path, &error);
    let mut file = OpenOptions::new().write(true).create_new(true).open(path).map_err(io_error)?;
    file.write_all(image).and_then(|()| file.sync_all()).map_err(|error| {
        // It holds nothing yet; why it could not be written is what matters.
        let _ = fs::remove_file(path);
        io_error(error)
    })
}

/// The bytes of a recording that holds nothing but its metadata.
fn image(new: &NewRecording) -> rusqlite::Result<Vec<u8>> {
    let mut conn = Connection::open_in_memory()?;
    conn.pragma_update(None, "application_id", APPLICATION_ID)?;
    conn.pragma_update(None, "user_version", FORMAT_VERSION)?;
    conn.execute_batch(include_str!("schema.sql"))?;
    put_meta(&conn, "title", &new.title)?;
    put_meta(&conn, "console_version", &new.console_version)?;
    put_meta(&conn, "host_clock", HOST_CLOCK)?;
    put_stamp(&conn, "started", new.started)?;
    put_stamp(&conn, "saved", new.started)?;
    wal_image(&mut conn)
}

/// The bytes of a database that is to have a write-ahead log.
pub(crate) fn wal_image(conn: &mut Connection) -> rusqlite::Result<Vec<u8>> {
    let mut image = conn.serialize("main")?.to_vec();
    if let Some(modes) = image.get_mut(WAL_MODE_BYTES) {
        modes.fill(2);
    }
    Ok(image)
}

pub(crate) fn open_for_writing(path: &Path) -> rusqlite::Result<Connection> {
    set_up(Connection::open_with_flags(path, WRITING)?)
}

/// The same, waiting no longer than `patience` for another connection that holds the file.
pub(crate) fn open_with_patience(path: &Path, patience: Duration) -> rusqlite::Result<Connection> {
    let conn = Connection::open_with_flags(path, WRITING)?;
    conn.busy_timeout(patience)?;
    set_up(conn)
}

const WRITING: OpenFlags = OpenFlags::SQLITE_OPEN_READ_WRITE.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);

fn set_up(conn: Connection) -> rusqlite::Result<Connection> {
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "fullfsync", true)?;
    conn.pragma_update(None, "checkpoint_fullfsync", true)?;
    conn.pragma_update(None, "foreign_keys", true)?;
    Ok(conn)
}

/// Brings everything into the one file and leaves the write-ahead log. False
/// if somebody who is reading the file was in the way.
pub(crate) fn seal(conn: &Connection, patience: Duration) -> rusqlite::Result<bool> {
    conn.flush_prepared_statement_cache();
    conn.busy_timeout(patience)?;
    let blocked: bool = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if blocked {
        return Ok(false);
    }
    match conn.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get::<_, String>(0)) {
        Ok(mode) => Ok(mode == "delete"),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Size of a recording, with the write-ahead log that may lie beside it.
pub(crate) fn bytes_on_disk(path: &Path) -> u64 {
    size(path) + size(&wal_path(path))
}

fn wal_path(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push("-wal");
    PathBuf::from(name)
}

/// 0 where there is none.
fn size(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |meta| meta.len())
}
