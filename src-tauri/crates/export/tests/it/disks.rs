//! Disks that do not take an export. They need the right to mount a small
//! disk in memory, and do nothing without it.
#![cfg(target_os = "linux")]

use crate::recordings::*;
use export::ExportError;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A disk in memory, gone when dropped.
struct SmallDisk {
    path: PathBuf,
    _room: tempfile::TempDir,
}

impl SmallDisk {
    fn new(kib: u32) -> Option<Self> {
        let room = tempfile::tempdir().unwrap();
        let size = format!("size={kib}k");
        let mounted = mount(&["-t", "tmpfs", "-o", &size, "tmpfs"], room.path());
        mounted.then(|| Self { path: room.path().to_owned(), _room: room })
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.path).status();
    }
}

fn mount(arguments: &[&str], folder: &Path) -> bool {
    Command::new("mount").args(arguments).arg(folder).output().is_ok_and(|output| output.status.success())
}

#[test]
fn a_full_disk_is_said_and_leaves_nothing_half_done() {
    let Some(disk) = SmallDisk::new(256) else { return };
    let room = tempfile::tempdir().unwrap();
    let small = plain(room.path(), 100);
    let out = disk.path.join("out");
    export(&small, &out).unwrap();
    let before = fs::read(out.join("Strap_ecg.csv")).unwrap();
    fs::remove_file(&small).unwrap();
    let large = plain(room.path(), 20_000);
    for folder in [out.clone(), disk.path.join("other")] {
        let error = export::csv(&large, &folder, true, &mut |_, _| ()).unwrap_err();
        assert!(matches!(error, ExportError::DiskFull { .. }), "{error:?}");
    }
    assert_eq!(fs::read(out.join("Strap_ecg.csv")).unwrap(), before, "the old one is still there");
    assert_eq!(fs::read_dir(&disk.path).unwrap().count(), 1);
}

#[test]
fn a_read_only_disk_is_said() {
    let Some(disk) = SmallDisk::new(256) else { return };
    assert!(mount(&["-o", "remount,ro"], &disk.path));
    let room = tempfile::tempdir().unwrap();
    let out = disk.path.join("out");
    let error = export(&plain(room.path(), 10), &out).unwrap_err();
    assert_eq!(error, ExportError::NotWritable { path: out });
    assert!(error.words().contains("read-only"));
}
