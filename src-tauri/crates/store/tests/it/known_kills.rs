//! Real `SIGKILL`s in the middle of writing the known devices. The child process is
//! this test program itself, told by its environment what to do.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use store::known::{Change, KnownDevice, KnownStore};

const FOLDER: &str = "STORE_KNOWN_KILL_FOLDER";
/// Devices that are changed together.
const DEVICES: u64 = 20;

fn device(n: u64, round: u64) -> KnownDevice {
    KnownDevice {
        device: format!("D{n}"),
        alias: format!("round {round}"),
        last_seen_ns: round as i64,
        rates: vec![("ecg".to_owned(), 1.0 + round as f64)],
        ..KnownDevice::default()
    }
}

/// Renames all devices at once, for ever, and says what is safe.
#[test]
#[ignore = "the child process of the test here"]
fn child() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let mut store = open(Path::new(&folder));
    for round in rounds(&store) + 1.. {
        let all: Vec<Change> = (0..DEVICES).map(|n| Change::Put(device(n, round))).collect();
        store.change(&all).unwrap();
        let mut out = std::io::stdout().lock();
        out.write_all(format!("\nsafe {round}\n").as_bytes()).and_then(|()| out.flush()).unwrap();
    }
}

fn open(folder: &Path) -> KnownStore {
    let opened = KnownStore::open(&folder.join("devices.db")).unwrap();
    assert_eq!(opened.passed_over, [], "a kill has damaged the file");
    opened.store
}

fn rounds(store: &KnownStore) -> u64 {
    let kept = store.kept(1000).unwrap();
    kept.devices.first().map_or(0, |device| device.last_seen_ns.unsigned_abs())
}

/// Looks at the log that are made at most before a kill.
const LOOKS_MAX: u32 = 100_000;

/// Kills the child when it has said `lines` lines and writes again; the last round that
/// it was told is safe.
fn kill_after(folder: &Path, lines: usize) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "known_kills::child", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let safe = |line: String| line.strip_prefix("safe ").and_then(|n| n.parse().ok());
    let before: Option<u64> = said.by_ref().filter_map(safe).take(lines).last();
    let log = || std::fs::read(folder.join("devices.db-wal")).unwrap_or_default();
    let seen = log();
    // In the middle of the next round, if the log is caught at it.
    let _ = (0..LOOKS_MAX).find(|_| log() != seen);
    child.kill().unwrap();
    child.wait().unwrap();
    said.filter_map(safe).last().or(before).unwrap_or(0)
}

#[test]
fn after_a_kill_all_devices_are_of_one_round_that_is_no_older_than_what_was_safe() {
    let folder = tempfile::tempdir().unwrap();
    for lines in [1, 3, 7, 8, 12, 16, 23, 30] {
        let safe = kill_after(folder.path(), lines);
        let store = open(folder.path());
        let kept = store.kept(1000).unwrap();
        let round = rounds(&store);
        assert!(round >= safe, "{round}, and {safe} was safe");
        let mut devices = kept.devices;
        devices.sort_by_key(|device| device.device[1..].parse::<u64>().unwrap());
        assert_eq!(devices, (0..DEVICES).map(|n| device(n, round)).collect::<Vec<_>>());
    }
}
