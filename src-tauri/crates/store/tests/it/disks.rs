//! Folders and disks that do not take a recording.
//!
//! A small disk of its own needs the right to mount; without it, these tests
//! fall back on what permissions can do, and the full disk is left to the
//! writer's own test (SQLite's page limit).
#![cfg(target_os = "linux")]

use crate::sample::*;
use model::GapReason;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use store::{Recording, StoreError, Writer};

/// A disk in memory, gone when dropped.
struct SmallDisk(PathBuf, #[expect(dead_code, reason = "keeps the mount point")] tempfile::TempDir);

impl SmallDisk {
    fn new(kib: u32) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let size = format!("size={kib}k");
        mount(&["-t", "tmpfs", "-o", &size, "tmpfs"], folder.path())
            .then(|| Self(folder.path().to_owned(), folder))
    }

    fn make_read_only(&self) {
        assert!(mount(&["-o", "remount,ro"], &self.0));
    }

    fn fill(&self) -> PathBuf {
        let filler = self.0.join("filler");
        let mut file = fs::File::create(&filler).unwrap();
        while std::io::Write::write(&mut file, &[7; 4096]).is_ok() {}
        filler
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

fn mount(arguments: &[&str], folder: &Path) -> bool {
    Command::new("mount").args(arguments).arg(folder).output().is_ok_and(|output| output.status.success())
}

#[test]
fn a_recording_goes_on_when_a_full_disk_has_room_again() {
    let Some(disk) = SmallDisk::new(1024) else { return };
    let mut one = fixture_at(&disk.0.join("one.sensocto"));
    one.store(0, 100).unwrap();
    let filler = disk.fill();
    let mut next = 100;
    let error = loop {
        match one.store(next, next + 100) {
            Ok(()) => next += 100,
            Err(error) => break error,
        }
        assert!(next < 1_000_000, "the disk never got full");
    };
    assert_eq!(error, StoreError::DiskFull { path: one.path.clone() });
    assert!(one.store(next, next + 100).is_err(), "still full");
    assert_eq!(report(&one.path).streams[0].stored, next, "what was committed is there, in mid-trouble");
    fs::remove_file(filler).unwrap();
    one.lose(next, 100, GapReason::DiskFull).unwrap();
    one.store(next + 100, next + 200).unwrap();
    let path = one.close();
    let report = report(&path);
    assert_eq!(report.problems, Vec::<String>::new());
    assert_eq!((report.streams[0].stored, report.streams[0].dropped), (next + 100, 100));
}

#[test]
fn a_recording_that_can_t_be_closed_on_a_full_disk_can_be_closed_later() {
    let Some(disk) = SmallDisk::new(1024) else { return };
    let path = disk.0.join("one.sensocto");
    let mut one = fixture_at(&path);
    for ten in 0..20 {
        one.store(ten * 100, ten * 100 + 100).unwrap();
    }
    let filler = disk.fill();
    let not_closed = one.writer.close(START).unwrap_err();
    assert_eq!(not_closed.error, StoreError::DiskFull { path: path.clone() });
    assert_eq!(report(&path).streams[0].stored, 2000);
    fs::remove_file(filler).unwrap();
    assert!(not_closed.writer.close(START).unwrap().standalone);
    assert_eq!(report(&path).problems, Vec::<String>::new());
    assert_eq!(report(&path).streams[0].stored, 2000);
}

#[test]
fn a_recording_that_can_t_begin_on_a_full_disk_leaves_nothing() {
    let Some(disk) = SmallDisk::new(64) else { return };
    disk.fill();
    let path = disk.0.join("one.sensocto");
    assert_eq!(
        Writer::create(&path, &new_recording("")).unwrap_err(),
        StoreError::DiskFull { path: path.clone() }
    );
    assert!(!path.exists());
}

#[test]
fn a_folder_that_can_t_be_written_says_so() {
    let disk = SmallDisk::new(64);
    let plain = tempfile::tempdir().unwrap();
    let folder = match &disk {
        Some(disk) => {
            disk.make_read_only();
            &disk.0
        }
        None => {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(plain.path(), fs::Permissions::from_mode(0o555)).unwrap();
            plain.path()
        }
    };
    let path = folder.join("one.sensocto");
    let error = Writer::create(&path, &new_recording("")).unwrap_err();
    assert_eq!(error, StoreError::NotWritable { path });
    assert!(error.words().contains("read-only"));
}

#[test]
fn recordings_on_a_read_only_disk_are_read_if_they_stand_alone() {
    let Some(disk) = SmallDisk::new(2048) else { return };
    let (_folder, one) = fixture();
    let closed = one.close();
    fs::copy(&closed, disk.0.join("closed")).unwrap();
    // Dropped without closing: the log is gone, but the file still says it has one.
    let (_dropped_folder, mut dropped) = fixture();
    dropped.store(0, 10).unwrap();
    drop(dropped.writer);
    fs::copy(&dropped.path, disk.0.join("drop ped?%")).unwrap();
    let (_running_folder, mut running) = fixture();
    running.store(0, 10).unwrap();
    fs::copy(&running.path, disk.0.join("running")).unwrap();
    fs::copy(format!("{}-wal", running.path.display()), disk.0.join("running-wal")).unwrap();
    disk.make_read_only();
    assert!(report(&disk.0.join("closed")).is_good());
    assert_eq!(report(&disk.0.join("drop ped?%")).streams[0].stored, 10);
    let running = disk.0.join("running");
    assert_eq!(Recording::open(&running).unwrap_err(), StoreError::NeedsWritableFolder { path: running });
}

#[test]
fn a_missing_folder_and_an_existing_file_are_refused() {
    let (folder, one) = fixture();
    let missing = folder.path().join("no/such/x.sensocto");
    let error = Writer::create(&missing, &new_recording("")).unwrap_err();
    assert_eq!(error, StoreError::MissingFolder { folder: missing.parent().unwrap().to_owned() });
    let under_a_file = one.path.join("x.sensocto");
    let error = Writer::create(&under_a_file, &new_recording("")).unwrap_err();
    assert_eq!(error, StoreError::MissingFolder { folder: one.path.clone() });
    let error = Writer::create(&one.path, &new_recording("")).unwrap_err();
    assert_eq!(error, StoreError::Exists { path: one.path.clone() });
    assert!(report(&one.path).is_good(), "the old one is untouched");
}

#[test]
fn names_that_sqlite_would_take_for_something_else_are_plain_files() {
    let folder = tempfile::tempdir().unwrap();
    for name in [":memory:", "file:x?mode=memory", "ö \u{1f600}?#%20.sensocto"] {
        let path = folder.path().join(name);
        Writer::create(&path, &new_recording(name)).unwrap().close(START).unwrap();
        assert_eq!(Recording::open(&path).unwrap().info().unwrap().title, name);
    }
}
