//! Where exports go, and what they leave alone.

use crate::recordings::*;
use export::{ExportError, csv};
use std::fs;
use std::path::Path;

fn names(folder: &Path) -> Vec<String> {
    let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(name).collect();
    names.sort();
    names
}

#[test]
fn an_export_is_one_folder_and_leaves_nothing_beside_it() {
    let room = tempfile::tempdir().unwrap();
    let recording = plain(room.path(), 10);
    let done = export(&recording, &room.path().join("out")).unwrap();
    assert_eq!(names(room.path()), ["out", "tape.sensocto"]);
    assert_eq!(names(&done.folder), ["Strap_ecg.csv", "recording.json"]);
    assert!(done.files.iter().all(|file| file.is_file()));
}

#[cfg(unix)]
#[test]
fn an_export_can_be_read_by_those_who_may_read_other_new_folders() {
    use std::os::unix::fs::PermissionsExt;
    let room = tempfile::tempdir().unwrap();
    let done = export(&plain(room.path(), 10), &room.path().join("out")).unwrap();
    let other = room.path().join("other");
    fs::create_dir(&other).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&done.folder), mode(&other));
}

#[test]
fn an_existing_export_is_replaced_only_when_told() {
    let room = tempfile::tempdir().unwrap();
    let recording = plain(room.path(), 10);
    let out = room.path().join("out");
    export(&recording, &out).unwrap();
    assert_eq!(export(&recording, &out), Err(ExportError::Exists { folder: out.clone() }));
    fs::write(out.join("Strap_ecg.csv"), "old").unwrap();
    csv(&recording, &out, true, &mut |_, _| ()).unwrap();
    assert_ne!(fs::read_to_string(out.join("Strap_ecg.csv")).unwrap(), "old");
    assert_eq!(names(room.path()), ["out", "tape.sensocto"]);
}

#[test]
fn a_folder_with_anything_else_in_it_is_never_replaced() {
    let room = tempfile::tempdir().unwrap();
    let recording = plain(room.path(), 10);
    let out = room.path().join("out");
    export(&recording, &out).unwrap();
    fs::write(out.join("my notes.txt"), "dear").unwrap();
    let refused = Err(ExportError::NotAnExport { folder: out.clone() });
    assert_eq!(csv(&recording, &out, true, &mut |_, _| ()), refused);
    assert!(out.join("my notes.txt").exists());
    let other = room.path().join("other");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("x.csv"), "").unwrap();
    let refused = Err(ExportError::NotAnExport { folder: other.clone() });
    assert_eq!(csv(&recording, &other, true, &mut |_, _| ()), refused);
    let file = room.path().join("tape.sensocto");
    assert_eq!(csv(&recording, &file, true, &mut |_, _| ()), Err(ExportError::NotAnExport { folder: file }));
}

#[test]
fn an_empty_folder_is_taken() {
    let room = tempfile::tempdir().unwrap();
    let out = room.path().join("out");
    fs::create_dir(&out).unwrap();
    export(&plain(room.path(), 10), &out).unwrap();
    assert_eq!(names(&out).len(), 2);
}

#[test]
fn a_missing_parent_and_a_recording_that_is_none_are_said_in_words() {
    let room = tempfile::tempdir().unwrap();
    let recording = plain(room.path(), 10);
    let missing = room.path().join("no/out");
    let error = export(&recording, &missing).unwrap_err();
    assert_eq!(error, ExportError::MissingFolder { folder: room.path().join("no") });
    let text = room.path().join("text");
    fs::write(&text, "time,value\n".repeat(50)).unwrap();
    let error = export(&text, &room.path().join("out")).unwrap_err();
    assert!(error.words().contains("is not a recording: it is not a SQLite file"), "{error}");
    assert_eq!(names(room.path()), ["tape.sensocto", "text"]);
}
