//! Recordings to export.

use model::{
    AttributeId, AttributeKind, Block, Channel, Column, ConnectorId, ConnectorKind, DisplayName, Gap,
    GapReason, SensorId, SensorInfo, Stamp, StreamKey, StreamSpec,
};
use std::path::{Path, PathBuf};
use store::{Batch, NewRecording, StreamNo, Writer};

/// 2023-11-14T22:13:20Z.
pub const START: Stamp = Stamp { host_ns: 5_000_000_000, wall_ns: 1_700_000_000_000_000_000 };
pub const WALL_MINUS_HOST_NS: i64 = START.wall_ns - START.host_ns;

pub struct Tape {
    pub writer: Writer,
    pub path: PathBuf,
}

impl Tape {
    pub fn new(folder: &Path) -> Self {
        let path = folder.join("tape.sensocto");
        let new = NewRecording {
            title: "A \"title\"".to_owned(),
            started: START,
            console_version: "0.1.0".to_owned(),
        };
        Self { writer: Writer::create(&path, &new).unwrap(), path }
    }

    pub fn stream(&mut self, sensor: &str, name: &str, attribute: &str, channels: Vec<Channel>) -> StreamNo {
        self.stream_with_clock(sensor, name, attribute, channels, None)
    }

    pub fn stream_with_clock(
        &mut self,
        sensor: &str,
        name: &str,
        attribute: &str,
        channels: Vec<Channel>,
        device_ticks_per_sec: Option<f64>,
    ) -> StreamNo {
        let info = SensorInfo {
            id: SensorId::parse(sensor).unwrap(),
            name: DisplayName::clean(name, "?"),
            connector: ConnectorId::parse("c").unwrap(),
            connector_kind: ConnectorKind::Ble,
            streams: Vec::new(),
            facts: vec![("maker".to_owned(), "Us".to_owned())],
        };
        let spec = StreamSpec {
            key: StreamKey { sensor: info.id.clone(), attribute: AttributeId::parse(attribute).unwrap() },
            kind: AttributeKind::Generic,
            channels,
            nominal_rate_hz: Some(250.0),
            device_ticks_per_sec,
        };
        self.writer.add_stream(&info, &spec, 0).unwrap()
    }

    pub fn store(&mut self, no: StreamNo, block: Block) {
        self.writer.commit(&Batch { blocks: &[(no, block)], gaps: &[], ends: &[], now: START }).unwrap();
    }

    pub fn lose(&mut self, no: StreamNo, first_index: u64, samples: u64, reason: GapReason) {
        let gap = Gap {
            first_index,
            samples,
            from_ns: time(first_index) - 1000,
            to_ns: time(first_index + samples),
            reason,
        };
        self.writer.commit(&Batch { blocks: &[], gaps: &[(no, gap)], ends: &[], now: START }).unwrap();
    }

    pub fn close(self) -> PathBuf {
        self.writer.close(START.plus_ns(10_000_000_000)).unwrap();
        self.path
    }
}

/// Host time of the sample `index`: 250 Hz, a nanosecond off the grid.
pub fn time(index: u64) -> i64 {
    START.host_ns + index as i64 * 4_000_000 + 1
}

/// One channel of integers.
pub fn block(first_index: u64, values: &[i32]) -> Block {
    let times = (0..values.len() as u64).map(|i| time(first_index + i)).collect();
    Block::new(first_index, WALL_MINUS_HOST_NS, times, None, vec![Column::I32(values.to_vec())]).unwrap()
}

pub fn millivolts() -> Vec<Channel> {
    vec![Channel::new("ecg", "mV", 0.001)]
}

/// A recording of `samples` ECG samples of one sensor.
pub fn plain(folder: &Path, samples: u64) -> PathBuf {
    let mut tape = Tape::new(folder);
    let no = tape.stream("s", "Strap", "ecg", millivolts());
    for first in (0..samples).step_by(500) {
        let values: Vec<i32> = (first..samples.min(first + 500)).map(|i| (i % 3000) as i32 - 1500).collect();
        tape.store(no, block(first, &values));
    }
    tape.close()
}

/// An export of `recording` without looking at its progress.
pub fn export(recording: &Path, folder: &Path) -> Result<export::Exported, export::ExportError> {
    export::csv(recording, folder, false, &mut |_, _| ())
}
