//! The contract from a face's side, on a real runtime with the simulator.

mod attention;
mod frames;
mod known;
mod parked;
mod walls;

use super::*;
use std::time::Duration;

const SCENARIO: &str = "# One person\nconnectors:\n  c:\n    connector_id: c\n    connector_name: C\n    sensors:\n      p:\n        sensor_id: p\n        sensor_name: Person\n        attributes:\n          ecg:\n            attribute_id: ecg\n            sensor_type: ecg\n            sampling_rate: 100\n            heart_rate: 72\n";

struct Bench {
    api: Api,
    folder: tempfile::TempDir,
}

fn bench() -> Bench {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("scenarios")).unwrap();
    std::fs::write(folder.path().join("scenarios/one_person.yaml"), SCENARIO).unwrap();
    std::fs::write(folder.path().join("scenarios/broken.yaml"), "connectors: [").unwrap();
    let folders = Folders {
        scenarios: folder.path().join("scenarios"),
        recordings: folder.path().join("recordings"),
        settings: None,
    };
    let console = Console::start(runtime::Config { seed: 1, ..runtime::Config::default() }).unwrap();
    // Day and night would stretch the windows that tests compare.
    for view in console.bio() {
        assert!(console.switch_bio(view.module.name(), false));
    }
    Bench { api: Api::new(console, folders), folder }
}

impl Bench {
    fn snapshot(&self) -> Snapshot {
        let Ok(Response::Snapshot(snapshot)) = self.api.answer(Request::Snapshot) else {
            panic!("no snapshot")
        };
        *snapshot
    }

    fn scenario(&self) -> String {
        self.folder.path().join("scenarios/one_person.yaml").display().to_string()
    }

    fn start_scenario(&self) {
        self.api.answer(Request::StartScenario { id: self.scenario() }).unwrap();
        self.wait("samples", |s| s.counters.delivered > 20);
    }

    fn wait(&self, what: &str, condition: impl Fn(&Snapshot) -> bool) {
        testkit::wait_until(Duration::from_secs(10), what, || condition(&self.snapshot()));
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.api.console().shut_down();
    }
}

#[test]
fn a_scenario_shows_its_sensors_live_and_takes_them_away_when_it_stops() {
    let bench = bench();
    bench.start_scenario();
    let snapshot = bench.snapshot();
    assert_eq!(snapshot.sensors.len(), 1);
    assert_eq!(snapshot.sensors[0].link, crate::LinkView::Live);
    assert_eq!(snapshot.sensors[0].streams[0].label, "ECG");
    assert!(snapshot.scenario.is_some());
    bench.api.answer(Request::StopScenario).unwrap();
    assert!(bench.snapshot().sensors.is_empty());
    assert_eq!(bench.api.answer(Request::StopScenario).unwrap_err().code, ErrorCode::Conflict);
}

#[test]
fn the_sums_keep_what_an_ended_scenario_brought_and_go_on_from_there() {
    let bench = bench();
    bench.start_scenario();
    let before = bench.snapshot().counters;
    bench.api.answer(Request::StopScenario).unwrap();
    bench.wait("what was on its way", |s| s.counters.offered == s.counters.delivered + s.counters.dropped);
    let system = bench.api.system();
    let (sums, ended) = (system.counters, &system.ended);
    assert!(sums.offered >= before.offered && sums.delivered >= before.delivered && sums.delivered > 0);
    let dropped: u64 = ended.drops.iter().map(|drop| drop.samples).sum();
    assert_eq!((ended.sensors, ended.offered, ended.delivered), (1, sums.offered, sums.delivered));
    assert_eq!((dropped, &system.drops), (sums.dropped, &ended.drops));
    bench.api.answer(Request::StartScenario { id: bench.scenario() }).unwrap();
    bench.wait("more samples", |s| s.counters.delivered > sums.delivered + 20);
    assert_eq!(bench.api.system().ended.sensors, 1, "the sensor that came again is another one");
}

#[test]
fn a_broken_scenario_is_listed_with_its_problem_and_leaves_the_running_one_alone() {
    let bench = bench();
    bench.start_scenario();
    let Ok(Response::Scenarios(list)) = bench.api.answer(Request::Scenarios) else { panic!("no list") };
    assert_eq!(list.iter().map(|s| s.problem.is_some()).collect::<Vec<_>>(), [true, false]);
    let id = list[0].id.clone();
    assert_eq!(bench.api.answer(Request::StartScenario { id }).unwrap_err().code, ErrorCode::BadFile);
    assert_eq!(bench.snapshot().scenario.map(|s| s.name), Some("One person".to_owned()));
}

#[test]
fn a_recording_is_listed_verified_and_exported() {
    let bench = bench();
    bench.start_scenario();
    bench.api.answer(Request::StartRecording { title: "A test".into() }).unwrap();
    bench.wait("stored samples", |s| s.recording.samples > 50);
    let Ok(Response::Recorded(done)) = bench.api.answer(Request::StopRecording) else { panic!("no summary") };
    let Ok(Response::Recordings(list)) = bench.api.answer(Request::Recordings) else { panic!("no list") };
    assert_eq!((list.len(), list[0].title.as_str(), list[0].closed), (1, "A test", true));
    assert_eq!(list[0].samples, done.samples);
    let verify = Request::Verify { path: done.path.clone() };
    let Ok(Response::Verdict(verdict)) = bench.api.answer(verify) else { panic!("no verdict") };
    assert!(verdict.good, "{verdict:?}");
    let export = Request::ExportCsv { path: done.path };
    let Ok(Response::Exported(exported)) = bench.api.answer(export) else { panic!("no export") };
    assert_eq!((exported.files, exported.samples), (2, done.samples));
}

#[test]
fn a_sensor_tells_what_the_running_recording_holds_of_it_and_nothing_where_none_runs() {
    let bench = bench();
    bench.start_scenario();
    let sensor = || bench.api.system().sensors[0].clone();
    assert_eq!(sensor().recorded, None);
    bench.api.answer(Request::StartRecording { title: String::new() }).unwrap();
    bench.wait("stored samples", |s| s.recording.samples > 20);
    let account = sensor();
    let recorded = account.recorded.unwrap();
    assert!(recorded.stored > 20);
    assert_eq!(recorded.offered, recorded.stored + recorded.dropped);
    assert!(recorded.offered < account.offered, "it was there before the recording");
    bench.api.answer(Request::StopRecording).unwrap();
    assert_eq!(sensor().recorded, None);
}

#[test]
fn a_scenario_that_stops_during_a_recording_leaves_a_gap_and_comes_back_as_the_same_stream() {
    let bench = bench();
    bench.start_scenario();
    bench.api.answer(Request::StartRecording { title: String::new() }).unwrap();
    bench.wait("stored samples", |s| s.recording.samples > 20);
    bench.api.answer(Request::StopScenario).unwrap();
    assert_eq!(bench.snapshot().sensors.len(), 1, "a recording still knows it");
    let before = bench.snapshot().counters.delivered;
    bench.start_scenario();
    bench.wait("more samples", |s| s.counters.delivered > before + 20);
    let Ok(Response::Recorded(done)) = bench.api.answer(Request::StopRecording) else { panic!("no summary") };
    let verdict = recordings::verify(Path::new(&done.path), &mut |_, _| {}).unwrap();
    assert!(verdict.good, "{verdict:?}");
    assert_eq!((verdict.streams.len(), verdict.streams[0].gaps), (1, 1));
}

#[test]
fn what_can_not_be_recorded_is_said_and_nothing_runs() {
    let bench = bench();
    let file = bench.folder.path().join("scenarios/broken.yaml").display().to_string();
    let folder = Request::SetRecordingFolder { folder: file };
    assert_eq!(bench.api.answer(folder).unwrap_err().code, ErrorCode::Storage);
    assert_eq!(bench.api.answer(Request::StopRecording).unwrap_err().code, ErrorCode::Conflict);
    bench.api.answer(Request::StartRecording { title: String::new() }).unwrap();
    let again = Request::StartRecording { title: String::new() };
    assert_eq!(bench.api.answer(again).unwrap_err().code, ErrorCode::Conflict);
}

#[test]
fn the_runtime_shows_its_tree_its_accounts_and_nothing_that_is_not_there() {
    let bench = bench();
    bench.start_scenario();
    let Ok(Response::System(system)) = bench.api.answer(Request::System) else { panic!("no system") };
    let mut names = Vec::new();
    system.tree.walk(&mut |node| names.push(node.name.clone()));
    assert!(names.contains(&"recorder".to_owned()), "{names:?}");
    let [account] = system.sensors.as_slice() else { panic!("{:?}", system.sensors) };
    assert!(account.offered > 20 && account.delivered > 20, "{account:?}");
    assert_eq!(system.sensors_total, 1);
    assert_eq!((&account.drops, account.late, account.duplicate), (&vec![], Some(0), Some(0)));
    assert!(system.latencies.iter().any(|row| row.call == "sample to ring" && row.count > 0));
    let start = system.latencies.iter().find(|row| row.call == "api start_scenario").unwrap();
    assert!(start.count == 1 && start.p50_us > 0.0 && start.p50_us <= start.max_us, "{start:?}");
    let strange = Request::SetSwitch { name: "nothing".into(), enabled: true };
    assert_eq!(bench.api.answer(strange).unwrap_err().code, ErrorCode::NotFound);
}

#[test]
fn the_load_is_measured_and_a_bio_module_can_be_switched() {
    let bench = bench();
    let system = || match bench.api.answer(Request::System) {
        Ok(Response::System(system)) => *system,
        other => panic!("{other:?}"),
    };
    testkit::wait_until(Duration::from_secs(20), "a decision about the load", || system().load.is_some());
    let load = system().load.unwrap();
    let weights: f64 = load.pressures.iter().map(|row| row.weight).sum();
    assert!((weights - 1.0).abs() < 1e-9 && (0.0..=1.0).contains(&load.score));
    let is_on = |name: &str| system().bio.unwrap().into_iter().find(|row| row.name == name).unwrap().enabled;
    for enabled in [false, true] {
        let request = Request::SetSwitch { name: "circadian".into(), enabled };
        assert!(matches!(bench.api.answer(request), Ok(Response::Done)));
        assert_eq!((is_on("circadian"), is_on("novelty")), (enabled, false));
    }
}

#[test]
fn a_device_that_can_be_none_is_a_bad_request_and_one_without_bluetooth_is_told_apart() {
    let bench = bench();
    for (device, code) in [("C0:FF:EE:00:00:01", ErrorCode::Bluetooth), ("<img>", ErrorCode::BadRequest)] {
        for request in [
            Request::Connect { device: device.to_owned() },
            Request::Disconnect { device: device.to_owned() },
        ] {
            assert_eq!(bench.api.answer(request).unwrap_err().code, code, "{device}");
        }
    }
}
