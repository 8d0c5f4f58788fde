//! Short ways to streams and blocks for the tests of this crate.

use crate::stream::Stream;
use model::{
    AttributeId, AttributeKind, Block, Bundle, Channel, Column, ConnectorId, ConnectorKind, DisplayName,
    SensorId, SensorInfo, StreamKey, StreamRef, StreamSpec,
};
use std::sync::Weak;

/// Samples `first..first + n`, one a second; the value of a sample is its number.
pub fn block(first: u64, n: u64) -> Block {
    let numbers = first..first + n;
    let times = numbers.clone().map(|k| k as i64 * 1_000_000_000).collect();
    let values = numbers.map(|k| k as i32).collect();
    Block::new(first, 0, times, None, vec![Column::I32(values)]).unwrap()
}

/// A stream of the sensor `test:1`.
pub fn spec(attribute: &str, nominal_rate_hz: Option<f64>) -> StreamSpec {
    spec_of("test:1", attribute, nominal_rate_hz)
}

/// A stream of any sensor.
pub fn spec_of(sensor: &str, attribute: &str, nominal_rate_hz: Option<f64>) -> StreamSpec {
    StreamSpec {
        key: StreamKey {
            sensor: SensorId::parse(sensor).unwrap(),
            attribute: AttributeId::parse(attribute).unwrap(),
        },
        kind: AttributeKind::Ecg,
        channels: vec![Channel::new("ecg", "mV", 1.0)],
        nominal_rate_hz,
        device_ticks_per_sec: None,
    }
}

/// A sensor with one stream, `ecg`.
pub fn sensor(id: &str, kind: ConnectorKind) -> SensorInfo {
    SensorInfo {
        id: SensorId::parse(id).unwrap(),
        name: DisplayName::clean(id, "?"),
        connector: ConnectorId::parse("test").unwrap(),
        connector_kind: kind,
        streams: vec![spec_of(id, "ecg", Some(1.0))],
        facts: vec![],
    }
}

/// A bundle of one block, of the stream bound as 0.
pub fn bundle_of(block: &Block) -> Bundle {
    let mut bundle = Bundle::default();
    assert!(bundle.push(StreamRef(0), block));
    bundle
}

/// Offers a block of run `run` to a stream and takes it through at once.
pub fn offer(stream: &Stream, run: u64, block: &Block) {
    assert!(stream.source().claim(run, &Weak::new()));
    let Some(numbered) = stream.source().number(run, &block.span()) else { return };
    if numbered.hole > 0 {
        stream.note_hole(&numbered);
    }
    let mut bundle = Bundle::default();
    bundle.copy_from(&bundle_of(block).get(0).unwrap(), numbered.skipped, numbered.first_index);
    stream.deliver(&bundle.get(0).unwrap(), None);
}
