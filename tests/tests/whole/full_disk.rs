//! A real disk that is full: a small tmpfs of our own.

use std::path::Path;
use tests::disk::SmallDisk;
use tests::program::{output, verdict};
use tests::{alone, checkout};

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
    let file = disk.path().join("r.sensocto");
    let recorded = record(&file, "8s");
    let said = String::from_utf8_lossy(&recorded.stderr);
    // Recorded with losses, or not even the losses could be written down.
    assert!(matches!(recorded.status.code(), Some(1 | 4)), "{:?} {said}", recorded.status);
    assert!(said.contains("disk is full"), "{said}");
    let verdict = verdict(&file);
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
