//! Files that are no recordings, or no longer whole ones.

use crate::sample::*;
use rusqlite::Connection;
use std::fs;
use std::path::Path;
use store::{Recording, StoreError, verify};

fn refusal(path: &Path) -> StoreError {
    let error = Recording::open(path).unwrap_err();
    assert_eq!(verify(path, &mut |_, _| ()).unwrap_err(), error);
    assert!(!error.remedy().is_empty());
    error
}

fn refusal_of(content: &[u8]) -> StoreError {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.sensocto");
    fs::write(&path, content).unwrap();
    refusal(&path)
}

#[test]
fn what_is_no_recording_is_said_in_words() {
    assert!(refusal_of(b"").words().ends_with("is not a recording: it is empty."));
    assert!(refusal_of(b"S").words().ends_with("is not a recording: it is too short."));
    let text = "time,value\n1,2\n".repeat(50);
    assert!(refusal_of(text.as_bytes()).words().ends_with("is not a recording: it is not a SQLite file."));
    let folder = tempfile::tempdir().unwrap();
    assert!(refusal(folder.path()).words().ends_with("is not a recording: it is a folder."));
    assert!(matches!(refusal(&folder.path().join("nothing")), StoreError::MissingFile { .. }));
}

#[test]
fn a_database_of_another_program_is_no_recording() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.db");
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE t (a)").unwrap();
    assert!(refusal(&path).words().ends_with("it is a SQLite file of another program."));
}

#[test]
fn a_recording_of_a_newer_console_says_so() {
    let (_folder, one) = fixture();
    let path = one.close();
    tamper(&path, "PRAGMA user_version = 3");
    assert_eq!(refusal(&path), StoreError::NewerVersion { path, found: 3, known: 2 });
}

#[test]
fn a_recording_without_its_tables_is_damaged() {
    let (_folder, one) = fixture();
    let path = one.close();
    tamper(&path, "DROP TABLE gaps");
    assert!(matches!(refusal(&path), StoreError::Damaged { .. }));
    tamper(&path, "CREATE VIEW gaps AS SELECT 1");
    assert!(matches!(refusal(&path), StoreError::Damaged { .. }));
}

#[test]
fn a_closed_recording_cut_at_any_length_is_damaged() {
    let (_folder, mut one) = fixture();
    one.store(0, 20_000).unwrap();
    let path = one.close();
    let whole = fs::read(&path).unwrap();
    for length in (512..whole.len()).step_by(509).chain([whole.len() - 1]) {
        fs::write(&path, &whole[..length]).unwrap();
        let error = refusal(&path);
        assert!(matches!(error, StoreError::Damaged { .. }), "{length}: {error:?}");
    }
    for length in 1..512 {
        fs::write(&path, &whole[..length]).unwrap();
        assert!(matches!(refusal(&path), StoreError::NotARecording { .. }));
    }
}

#[test]
fn a_log_cut_at_any_length_gives_what_was_committed_before() {
    let (_folder, mut one) = fixture();
    for ten in 0..30 {
        one.store(ten * 10, ten * 10 + 10).unwrap();
    }
    let main = fs::read(&one.path).unwrap();
    let log = fs::read(with_suffix(&one.path, "-wal")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut most = 0;
    for (n, length) in (0..log.len()).step_by(1013).chain([log.len()]).enumerate() {
        let path = folder.path().join(format!("{n}.sensocto"));
        fs::write(&path, &main).unwrap();
        fs::write(with_suffix(&path, "-wal"), &log[..length]).unwrap();
        let report = report(&path);
        assert_eq!(report.problems, Vec::<String>::new(), "cut at {length}");
        assert!(report.info.samples >= most, "a longer log can't give less");
        most = report.info.samples;
    }
    assert_eq!(most, 300);
}

#[test]
fn a_flipped_byte_anywhere_never_panics_and_never_changes_a_sample_unnoticed() {
    let (_folder, mut one) = fixture();
    for n in 0..8 {
        one.store(n * 500, n * 500 + 500).unwrap();
    }
    let path = one.close();
    let whole = fs::read(&path).unwrap();
    for at in (0..whole.len()).step_by(389) {
        let mut spoilt = whole.clone();
        spoilt[at] ^= 0x55;
        fs::write(&path, &spoilt).unwrap();
        if verify(&path, &mut |_, _| ()).is_ok_and(|report| report.is_good()) {
            assert_eq!(samples(&path), (0..8).map(|n| ecg_block(n * 500, n * 500 + 500)).collect::<Vec<_>>());
        }
    }
}

fn samples(path: &Path) -> Vec<model::Block> {
    let recording = Recording::open(path).unwrap();
    let streams = recording.streams().unwrap();
    streams
        .iter()
        .flat_map(|stream| recording.blocks(stream).map(Result::unwrap).collect::<Vec<_>>())
        .collect()
}

fn with_suffix(path: &Path, suffix: &str) -> std::path::PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
