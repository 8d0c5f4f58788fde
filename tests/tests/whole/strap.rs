//! A strap that notifies 200 times a second through the real btleplug, vanishes
//! in the middle and comes back.

use serde_json::Value;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use testkit::bluez::{DeviceScript, FakeBluez, heart_rate_value};
use testkit::pace::holds_within;
use testkit::wait_until;
use tests::alone;
use tests::program::{Running, json, sensocto, verdict};

const ADDRESS: &str = "C0:FF:EE:00:00:01";
const HEART_RATE: &str = "2A37";
const RATE_HZ: f64 = 200.0;
const SECONDS: u64 = 60;
const SOON: Duration = Duration::from_secs(30);

#[test]
fn every_notification_of_60_seconds_is_stored_once_in_order_with_one_gap_where_the_strap_was_away() {
    let _alone = alone();
    let fake = FakeBluez::start().unwrap();
    fake.add_device(DeviceScript::heart_rate_strap(ADDRESS, "Polar H10 00000001"));
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("strap.sensocto");
    let recording = record(&fake, &out);
    let count = SECONDS * RATE_HZ as u64;
    let stream = fake.stream(ADDRESS, HEART_RATE, RATE_HZ, count, |k| heart_rate_value(k as u16, &[]));

    wait_until(Duration::from_secs(90), "half of it", || stream.ticks() > count / 2);
    fake.vanish(ADDRESS);
    wait_until(SOON, "the loss", || !fake.is_notifying(ADDRESS, HEART_RATE));
    fake.reappear(ADDRESS);
    wait_until(SOON, "the reconnect", || fake.is_notifying(ADDRESS, HEART_RATE));
    stream.wait(Duration::from_secs(90));
    let sent: Vec<u64> = stream.sent_ticks().into_iter().flatten().collect();
    // A marker behind everything: when it is stored, the rest is.
    assert!(fake.notify(ADDRESS, HEART_RATE, &heart_rate_value(u16::MAX, &[])));
    let all = sent.len() as u64 + 1;
    let arrived = holds_within(SOON, || stored(&out) == all);
    recording.interrupt();

    let expected: Vec<u64> = sent.into_iter().chain([u64::from(u16::MAX)]).collect();
    let values = values(&out, folder.path());
    let missing: Vec<&u64> = expected.iter().filter(|k| values.binary_search(k).is_err()).collect();
    assert!(arrived, "{missing:?} are missing; heard: {:?}", stream.sent_ticks());
    assert_eq!(values, expected, "not once each and in order");
    check_verdict(&verdict(&out), all);
}

fn record(fake: &FakeBluez, out: &Path) -> Running {
    let mut command = sensocto(["record", "--ble", "Polar", "--out", &out.display().to_string()]);
    command.env("DBUS_SYSTEM_BUS_ADDRESS", fake.address()).stdout(Stdio::null());
    let recording = Running::start(&mut command);
    // A stream is in the file once its tap is set: from there on every sample counts.
    let runs =
        || fake.is_notifying(ADDRESS, HEART_RATE) && out.exists() && heart_rate(&verdict(out)).is_some();
    wait_until(SOON, "the recording to run", runs);
    recording
}

/// Heart rate samples that a reader finds in the file while it is being written.
fn stored(out: &Path) -> u64 {
    heart_rate(&verdict(out)).and_then(|row| row["stored"].as_u64()).unwrap_or_default()
}

fn heart_rate(verdict: &Value) -> Option<Value> {
    let rows = verdict["streams"].as_array()?;
    rows.iter().find(|row| row["attribute"] == "heart_rate").cloned()
}

fn check_verdict(verdict: &Value, sent: u64) {
    assert_eq!((&verdict["good"], &verdict["closed"]), (&true.into(), &true.into()), "{verdict:#}");
    let row = heart_rate(verdict).unwrap();
    let count = |key: &str| row[key].as_u64().unwrap();
    assert_eq!((count("offered"), count("stored"), count("dropped"), count("gaps")), (sent, sent, 0, 1));
}

/// The heart rates of the export, in their order; and the one gap with its reason.
fn values(out: &Path, folder: &Path) -> Vec<u64> {
    let csv = folder.join("csv");
    let exported = json([Path::new("export"), out, Path::new("--out"), &csv, Path::new("--json")]);
    assert!(exported["samples"].as_u64() > Some(0), "{exported:#}");
    let mut files = std::fs::read_dir(&csv).unwrap().map(|entry| entry.unwrap().path());
    let file = files.find(|path| path.to_string_lossy().contains("heart_rate")).unwrap();
    let text = std::fs::read_to_string(file).unwrap();
    let rows: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let gaps: Vec<&Vec<&str>> = rows.iter().filter(|row| row[2].is_empty()).collect();
    assert_eq!(gaps.len(), 1, "{gaps:?}");
    assert!(gaps[0].iter().any(|cell| cell.contains("link")), "{gaps:?}");
    rows.iter().filter(|row| !row[2].is_empty()).map(|row| row[2].parse::<f64>().unwrap() as u64).collect()
}
