//! A real disk that is full: a small tmpfs of our own.

use std::path::{Path, PathBuf};
use std::process::Command;
use tests::program::{output, verdict};
use tests::{alone, checkout};

/// A mounted tmpfs; unmounted when dropped.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// None where we may not mount.
    fn mount(size: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let options = format!("size={size}");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(folder.path())
            .stderr(std::process::Stdio::null())
            .status();
        mounted.is_ok_and(|status| status.success()).then_some(Self(folder))
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("r.sensocto")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg(self.0.path()).status();
        assert!(unmounted.is_ok_and(|status| status.success()), "the small disk is still mounted");
    }
}

fn record(out: &Path, seconds: &str) -> std::process::Output {
    let scenario = checkout().join("assets/scenarios/stress_test.yaml").display().to_string();
    output(["record", "--scenario", &scenario, "--for", seconds, "--out", &out.display().to_string()])
}

#[test]
fn a_full_disk_is_said_and_what_was_stored_before_is_good() {
    let _alone = alone();
    let Some(disk) = SmallDisk::mount("1m") else {
        println!("skipped: no right to mount");
        return;
    };
    let recorded = record(&disk.file(), "8s");
    let said = String::from_utf8_lossy(&recorded.stderr);
    // Recorded with losses, or not even the losses could be written down.
    assert!(matches!(recorded.status.code(), Some(1 | 4)), "{:?} {said}", recorded.status);
    assert!(said.contains("disk is full"), "{said}");
    let verdict = verdict(&disk.file());
    assert_eq!(verdict["good"], true, "{verdict:#}");
    let sum = |key: &str| -> u64 {
        verdict["streams"].as_array().unwrap().iter().filter_map(|row| row[key].as_u64()).sum()
    };
    assert!(sum("stored") > 1000, "only {} samples were stored before the disk was full", sum("stored"));
    assert!(
        verdict["closed"] == false || sum("dropped") > 0,
        "closed, and the losses are not told: {verdict:#}"
    );
}
