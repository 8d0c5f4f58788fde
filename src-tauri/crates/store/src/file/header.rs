//! The first 100 bytes of a file, read before SQLite sees it, so that a file
//! that is no recording gets an answer that says what it is.
//!
//! Offsets are SQLite's: 16 page size, 28 number of pages, 60 user version,
//! 68 application id, all big-endian.

use super::{size, wal_path};
use crate::{APPLICATION_ID, FORMAT_VERSION, StoreError};
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

const HEADER_BYTES: usize = 100;
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Whether the file is a recording that we can read, as far as its header tells.
pub(super) fn inspect(path: &Path) -> Result<(), StoreError> {
    let header = read(path)?;
    if header.is_empty() {
        return Err(not_a_recording(path, "it is empty"));
    }
    if !header.starts_with(&MAGIC[..header.len().min(MAGIC.len())]) {
        return Err(not_a_recording(path, "it is not a SQLite file"));
    }
    let header: [u8; HEADER_BYTES] = header
        .try_into()
        .map_err(|short: Vec<u8>| damaged(path, format!("it ends after {} bytes", short.len())))?;
    check_kind(path, &header)?;
    check_length(path, &header)
}

fn read(path: &Path) -> Result<Vec<u8>, StoreError> {
    if path.is_dir() {
        return Err(not_a_recording(path, "it is a folder"));
    }
    let mut header = Vec::with_capacity(HEADER_BYTES);
    File::open(path).and_then(|file| file.take(HEADER_BYTES as u64).read_to_end(&mut header)).map_err(
        |error| match error.kind() {
            ErrorKind::PermissionDenied => StoreError::NotReadable { path: path.to_owned() },
            ErrorKind::NotADirectory => StoreError::MissingFile { path: path.to_owned() },
            _ => StoreError::from_io(path, &error),
        },
    )?;
    Ok(header)
}

fn check_kind(path: &Path, header: &[u8; HEADER_BYTES]) -> Result<(), StoreError> {
    if u32_at(header, 68) != APPLICATION_ID {
        return Err(not_a_recording(path, "it is a SQLite file of another program"));
    }
    match u32_at(header, 60) {
        0 => Err(damaged(path, "it does not say which format it has".to_owned())),
        found if found > FORMAT_VERSION => {
            Err(StoreError::NewerVersion { path: path.to_owned(), found, known: FORMAT_VERSION })
        }
        _ => Ok(()),
    }
}

/// A file with a write-ahead log may be shorter than its header says: the
/// missing pages are in the log.
fn check_length(path: &Path, header: &[u8; HEADER_BYTES]) -> Result<(), StoreError> {
    let page_bytes = match u64::from(header[16]) << 8 | u64::from(header[17]) {
        1 => 65_536,
        bytes => bytes,
    };
    let wanted = page_bytes * u64::from(u32_at(header, 28));
    let found = size(path);
    if found < wanted && size(&wal_path(path)) == 0 {
        return Err(damaged(path, format!("it ends early, after {found} of {wanted} bytes")));
    }
    Ok(())
}

fn u32_at(header: &[u8; HEADER_BYTES], at: usize) -> u32 {
    header[at..at + 4].iter().fold(0, |value, byte| value << 8 | u32::from(*byte))
}

fn not_a_recording(path: &Path, found: &'static str) -> StoreError {
    StoreError::NotARecording { path: path.to_owned(), found }
}

fn damaged(path: &Path, problem: String) -> StoreError {
    StoreError::Damaged { path: path.to_owned(), problem }
}
