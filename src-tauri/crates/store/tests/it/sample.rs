//! Sensors, streams and blocks to record.

use model::{
    AttributeId, AttributeKind, Block, Channel, Column, ConnectorId, ConnectorKind, DisplayName, Gap,
    GapReason, SensorId, SensorInfo, Stamp, StreamKey, StreamSpec,
};
use std::path::{Path, PathBuf};
use store::{Batch, NewRecording, Report, StoreError, StreamNo, Writer, verify};
use tempfile::TempDir;

/// 2023-11-14T22:13:20Z, a second after the host clock's zero.
pub const START: Stamp = Stamp { host_ns: 1_000_000_000, wall_ns: 1_700_000_000_000_000_000 };
/// What turns the host times of these samples into dates.
pub const WALL_MINUS_HOST_NS: i64 = START.wall_ns - START.host_ns;
/// 250 Hz.
pub const STEP_NS: i64 = 4_000_000;

pub fn new_recording(title: &str) -> NewRecording {
    NewRecording { title: title.to_owned(), started: START, console_version: "0.1.0".to_owned() }
}

/// A recording with one ECG stream that begins at 0.
pub struct Fixture {
    pub path: PathBuf,
    pub writer: Writer,
    pub ecg: StreamNo,
}

/// A recording in a folder of its own, which is removed when dropped.
pub fn fixture() -> (TempDir, Fixture) {
    let folder = tempfile::tempdir().unwrap();
    let one = fixture_at(&folder.path().join("one.sensocto"));
    (folder, one)
}

pub fn fixture_at(path: &Path) -> Fixture {
    let mut writer = Writer::create(path, &new_recording("One")).unwrap();
    let ecg = writer.add_stream(&sensor("sim:1", "Person 1"), &ecg_spec("sim:1"), 0).unwrap();
    Fixture { path: path.to_owned(), writer, ecg }
}

impl Fixture {
    /// Stores samples `from..to` of the ECG.
    pub fn store(&mut self, from: u64, to: u64) -> Result<(), StoreError> {
        self.commit(&[(self.ecg, ecg_block(from, to))], &[])
    }

    pub fn lose(&mut self, first_index: u64, samples: u64, reason: GapReason) -> Result<(), StoreError> {
        self.commit(&[], &[(self.ecg, gap(first_index, samples, reason))])
    }

    pub fn commit(
        &mut self,
        blocks: &[(StreamNo, Block)],
        gaps: &[(StreamNo, Gap)],
    ) -> Result<(), StoreError> {
        self.writer.commit(&Batch { blocks, gaps, ends: &[], now: START.plus_ns(1) })
    }

    /// Closes the file.
    pub fn close(self) -> PathBuf {
        let closed = self.writer.close(START.plus_ns(2_000_000_000)).unwrap();
        assert!(closed.standalone);
        self.path
    }
}

pub fn report(path: &Path) -> Report {
    verify(path, &mut |_, _| ()).unwrap()
}

/// Something of which all problems of a recording speak.
#[track_caller]
pub fn assert_problem(path: &Path, words: &str) {
    let problems = report(path).problems;
    assert!(problems.iter().any(|line| line.contains(words)), "“{words}” is not in {problems:?}");
}

/// A change by somebody with a SQLite tool.
pub fn tamper(path: &Path, sql: &str) {
    rusqlite::Connection::open(path).unwrap().execute_batch(sql).unwrap();
}

pub fn sensor(id: &str, name: &str) -> SensorInfo {
    SensorInfo {
        id: SensorId::parse(id).unwrap(),
        name: DisplayName::clean(name, "?"),
        connector: ConnectorId::parse("simulator").unwrap(),
        connector_kind: ConnectorKind::Simulator,
        streams: Vec::new(),
        facts: vec![("maker".to_owned(), "Us".to_owned())],
    }
}

pub fn ecg_spec(sensor: &str) -> StreamSpec {
    spec(sensor, "ecg", AttributeKind::Ecg, vec![Channel::new("ecg", "mV", 0.001)], Some(250.0))
}

pub fn spec(
    sensor: &str,
    attribute: &str,
    kind: AttributeKind,
    channels: Vec<Channel>,
    nominal_rate_hz: Option<f64>,
) -> StreamSpec {
    let key = StreamKey {
        sensor: SensorId::parse(sensor).unwrap(),
        attribute: AttributeId::parse(attribute).unwrap(),
    };
    StreamSpec { key, kind, channels, nominal_rate_hz, device_ticks_per_sec: None }
}

/// The ECG samples `from..to`, each with a time and value of its own.
pub fn ecg_block(from: u64, to: u64) -> Block {
    let times = (from..to).map(ecg_time).collect();
    let values = (from..to).map(|i| (i % 1000) as i32 - 500).collect();
    Block::new(from, WALL_MINUS_HOST_NS, times, None, vec![Column::I32(values)]).unwrap()
}

pub fn ecg_time(index: u64) -> i64 {
    START.host_ns + index as i64 * STEP_NS
}

pub fn gap(first_index: u64, samples: u64, reason: GapReason) -> Gap {
    let from_ns = ecg_time(first_index.saturating_sub(1));
    Gap { first_index, samples, from_ns, to_ns: ecg_time(first_index + samples), reason }
}
