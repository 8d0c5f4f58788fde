//! A real disk that stands still in the middle of a recording: sensors come,
//! answer and deliver as if nothing was, and what they delivered is in the file.

use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;
use testkit::pace::holds_within;
use testkit::wait_until;
use tests::disk::FreezingDisk;
use tests::program::verdict;
use tests::served::{SOON, Served};

const NAME: &str = "newcomer";

/// A scenario of one sensor that is not in any other.
fn newcomer(folder: &Path) -> String {
    let path = folder.join("newcomer.yaml");
    let attribute = "attribute_id: ecg\n            sensor_type: ecg\n            sampling_rate: 100\n            heart_rate: 72";
    let sensor = format!(
        "sensor_id: {NAME}\n        sensor_name: Newcomer\n        attributes:\n          ecg:\n            {attribute}"
    );
    let text = format!(
        "connectors:\n  c:\n    connector_id: c\n    connector_name: C\n    sensors:\n      n:\n        {sensor}\n"
    );
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

fn asked(served: &Served, id: &str) -> (u16, Value) {
    let (status, body) = served.rpc(&json!({ "ask": "ask_sensor", "sensor": id }).to_string());
    (status, serde_json::from_str(&body).unwrap())
}

/// A commit is due three times in this time.
fn stands_still(served: &Served) -> bool {
    let before = served.recorded();
    !holds_within(Duration::from_millis(500), || served.recorded() != before)
}

fn newcomer_id(served: &Served) -> Option<String> {
    let snapshot = served.snapshot();
    let sensors = snapshot["sensors"].as_array().unwrap();
    let there = sensors.iter().find(|sensor| sensor["id"].as_str().is_some_and(|id| id.contains(NAME)));
    there.and_then(|sensor| sensor["id"].as_str()).map(str::to_owned)
}

#[test]
fn a_sensor_that_comes_while_the_disk_stands_still_answers_at_once_and_is_in_the_recording() {
    let home = tempfile::tempdir().unwrap();
    let Some(disk) = FreezingDisk::mount() else {
        println!("skipped: no right to mount");
        return;
    };
    let served = Served::start(home.path(), [Path::new("--recordings"), disk.path()]);
    assert_eq!(served.record("Stands still").0, 200);
    wait_until(SOON, "stored samples", || served.recorded() > 200);

    let frozen = disk.freeze();
    wait_until(SOON, "the recorder to stand still", || stands_still(&served));
    let started = json!({ "ask": "start_scenario", "id": newcomer(home.path()) }).to_string();
    assert_eq!(served.rpc(&started).0, 200);
    let mut id = String::new();
    wait_until(SOON, "the newcomer", || newcomer_id(&served).map(|there| id = there).is_some());
    let mut answer = Value::Null;
    wait_until(SOON, "its samples", || {
        let (status, asked) = asked(&served, &id);
        assert_eq!(status, 200, "{asked}");
        answer = asked["with"].clone();
        answer["account"]["delivered"].as_u64().unwrap() > 100
    });
    assert!(answer["took_ms"].as_f64().unwrap() < 1000.0, "{answer}");
    let stored = served.recorded();
    assert!(stands_still(&served), "nothing is stored meanwhile");

    drop(frozen);
    wait_until(SOON, "further stored samples", || served.recorded() > stored);
    let (status, stopped) = served.rpc(r#"{"ask":"stop_recording"}"#);
    assert_eq!(status, 200, "{stopped}");
    let stopped: Value = serde_json::from_str(&stopped).unwrap();
    let verdict = verdict(Path::new(stopped["with"]["path"].as_str().unwrap()));
    assert_eq!(verdict["good"], true, "{verdict:#}");
    let streams = verdict["streams"].as_array().unwrap();
    let row = streams.iter().find(|row| row["sensor"] == id.as_str()).expect("it is in the recording");
    assert!(row["stored"].as_u64().unwrap() > 100 && row["dropped"] == 0, "{row:#}");
    served.terminate();
}
