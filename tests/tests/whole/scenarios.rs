//! The platform's scenario files, recorded and verified.

use serde_json::Value;
use std::path::Path;
use tests::program::{json, output, verdict};
use tests::{alone, test_data};

/// How far a measured rate may be from the promised one.
const RATE_TOLERANCE: f64 = 0.005;
/// Streams with fewer samples have no rate worth measuring.
const SAMPLES_FOR_A_RATE: u64 = 5;

fn record(scenario: &Path, seconds: &str, out: &Path) -> Value {
    let (scenario, out) = (scenario.to_string_lossy().into_owned(), out.to_string_lossy().into_owned());
    json(["record", "--scenario", &scenario, "--for", seconds, "--out", &out, "--json"])
}

fn check(file: &str, seconds: &str, streams: usize) -> Option<Value> {
    let Some(scenario) = test_data(&format!("scenarios/{file}")) else {
        println!("skipped: no test data");
        return None;
    };
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("r.sensocto");
    let summary = record(&scenario, seconds, &out);
    let verdict = verdict(&out);
    assert_eq!((&verdict["good"], &verdict["closed"]), (&true.into(), &true.into()), "{verdict:#}");
    let rows = verdict["streams"].as_array().unwrap();
    assert_eq!(rows.len(), streams);
    rows.iter().for_each(check_stream);
    let stored: u64 = rows.iter().filter_map(|row| row["stored"].as_u64()).sum();
    assert_eq!(summary["samples"].as_u64(), Some(stored));
    Some(verdict)
}

fn check_stream(row: &Value) {
    let count = |key: &str| row[key].as_u64().unwrap();
    assert_eq!(count("offered"), count("stored") + count("dropped"), "{row:#}");
    assert_eq!(count("dropped"), 0, "{row:#}");
    if count("stored") >= SAMPLES_FOR_A_RATE {
        let (rate, nominal) = (row["rate_hz"].as_f64().unwrap(), row["nominal_rate_hz"].as_f64().unwrap());
        assert!((rate / nominal - 1.0).abs() < RATE_TOLERANCE, "{rate} instead of {nominal} Hz");
    }
}

#[test]
fn a_small_group_is_recorded_for_30_seconds_without_a_loss_and_at_its_rates() {
    let _alone = alone();
    let Some(verdict) = check("small_group.yaml", "30s", 15) else { return };
    let ecg = &verdict["streams"].as_array().unwrap().iter().find(|row| row["attribute"] == "ecg").unwrap()["stored"];
    assert!((2990..=3010).contains(&ecg.as_u64().unwrap()), "{ecg} ECG samples in 30 s at 100 Hz");
}

#[test]
fn a_single_person_and_a_gps_demo_are_recorded_too() {
    let _alone = alone();
    check("single_person.yaml", "3s", 6);
    check("gps_tracking.yaml", "3s", 7);
}

#[test]
fn a_recording_is_exported_with_a_file_for_each_stream_and_its_sidecar() {
    let folder = tempfile::tempdir().unwrap();
    let (out, csv) = (folder.path().join("r.sensocto"), folder.path().join("csv"));
    record(&tests::checkout().join("assets/scenarios/first_light.yaml"), "2s", &out);
    let exported = output([Path::new("export"), &out, Path::new("--out"), &csv]);
    assert!(exported.status.success(), "{}", String::from_utf8_lossy(&exported.stderr));
    let sidecar: Value =
        serde_json::from_str(&std::fs::read_to_string(csv.join("recording.json")).unwrap()).unwrap();
    let streams = sidecar["streams"].as_array().unwrap().len();
    let files = std::fs::read_dir(&csv).unwrap().count();
    assert_eq!(files, streams + 1);
    assert_eq!(streams, verdict(&out)["streams"].as_array().unwrap().len());
}
