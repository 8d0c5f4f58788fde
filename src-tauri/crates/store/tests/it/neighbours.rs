//! Other programs that open the file while it is recorded.
//!
//! On Unix, a process that closes any handle of a file loses all its locks on
//! that file. Whatever reads a running recording in the recorder's own process
//! must go through SQLite, which knows that; else the next program that opens
//! and closes the file takes itself for the only one and removes the log.
#![cfg(target_os = "linux")]

use crate::sample::*;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use store::Recording;

/// Locks of anybody on the file, as the kernel counts them.
fn locks(path: &Path) -> usize {
    let inode = format!(":{} ", fs::metadata(path).unwrap().ino());
    fs::read_to_string("/proc/locks").unwrap().lines().filter(|line| line.contains(&inode)).count()
}

#[test]
fn reading_a_running_recording_does_not_lose_the_lock_of_its_writer() {
    let (_folder, mut one) = fixture();
    one.store(0, 10).unwrap();
    assert_eq!(locks(&one.path), 1);
    Recording::open(&one.path).unwrap().info().unwrap();
    assert!(report(&one.path).is_good());
    assert!(one.writer.bytes_on_disk() > 0);
    assert_eq!(locks(&one.path), 1);
}
