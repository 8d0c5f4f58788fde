//! What is left when a recording ends.

use crate::sample::*;
use std::fs;
use store::Recording;

fn names(folder: &std::path::Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn one_file_is_all_that_a_closed_recording_leaves() {
    let (folder, mut one) = fixture();
    one.store(0, 1000).unwrap();
    assert_eq!(names(folder.path()).len(), 3, "the log lies beside it while it runs");
    let closed = one.writer.close(START.plus_ns(1)).unwrap();
    assert_eq!(names(folder.path()), ["one.sensocto"]);
    assert_eq!(closed.bytes, fs::metadata(&closed.path).unwrap().len());
    let modes = &fs::read(&one.path).unwrap()[18..20];
    assert_eq!(modes, [1, 1], "no reader needs to write beside it");
    assert!(report(&one.path).info.closed.is_some());
}

#[test]
fn a_recording_closed_while_somebody_reads_it_is_whole_for_both() {
    let (_folder, mut one) = fixture();
    one.store(0, 1000).unwrap();
    let reader = Recording::open(&one.path).unwrap();
    let closed = one.writer.close(START.plus_ns(1)).unwrap();
    assert!(!closed.standalone);
    let stream = &reader.streams().unwrap()[0];
    assert_eq!(reader.blocks(stream).map(|block| block.unwrap().len()).sum::<u64>(), 1000);
    drop(reader);
    let report = report(&one.path);
    assert_eq!((report.is_good(), report.info.samples), (true, 1000));
    assert!(report.info.closed.is_some());
}

#[test]
fn a_recording_that_is_dropped_opens_and_says_that_it_was_not_closed() {
    let (_folder, mut one) = fixture();
    one.store(0, 1000).unwrap();
    drop(one.writer);
    let report = report(&one.path);
    assert_eq!((report.is_good(), report.info.closed, report.info.samples), (true, None, 1000));
}

#[test]
fn an_empty_recording_is_good() {
    let (_folder, one) = fixture();
    let path = one.close();
    let report = report(&path);
    assert_eq!((report.is_good(), report.info.samples, report.streams[0].rate_hz), (true, 0, None));
}

/// Sealing ends with a change that SQLite guards by a rollback journal. A kill
/// at that moment leaves a journal that must be played back before reading.
#[test]
fn a_file_with_a_rollback_journal_beside_it_is_read_as_it_was_before() {
    let (folder, mut one) = fixture();
    for n in 0..50 {
        one.store(n * 200, n * 200 + 200).unwrap();
    }
    let path = one.close();
    let editor = rusqlite::Connection::open(&path).unwrap();
    editor
        .execute_batch(
            "PRAGMA cache_size = 1; BEGIN; UPDATE blocks SET crc32c = 0; UPDATE meta SET value = 0",
        )
        .unwrap();
    let cut_off = folder.path().join("cut off.sensocto");
    fs::copy(&path, &cut_off).unwrap();
    fs::copy(folder.path().join("one.sensocto-journal"), folder.path().join("cut off.sensocto-journal"))
        .unwrap();
    drop(editor);
    let report = report(&cut_off);
    assert_eq!(report.problems, Vec::<String>::new());
    assert_eq!((report.info.title.as_str(), report.info.samples), ("One", 10_000));
}
