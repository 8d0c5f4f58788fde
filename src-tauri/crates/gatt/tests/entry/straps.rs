//! Movesense and Polar.

use super::show::{Show, fields, plain, put, show_fields};
use super::{Answer, Decoder, Seen};
use gatt::movesense::data::{Ecg, HeartRate, Motion};
use gatt::movesense::{self, Kind};
use gatt::polar::control::{self, Indication};
use gatt::polar::frame::{Frame, FrameError};
use gatt::polar::samples::{self, Field, PulseInterval, Scale, Series};
use gatt::polar::settings::{Setting, Settings};
use gatt::polar::{Features, Measurement};
use toml::{Table, Value};

/// Bytes of a Polar frame in front of its samples.
const FRAME_HEAD_BYTES: usize = 10;

/// Every decoder, by the device and what it sends.
pub const DECODERS: &[Decoder] = &[
    Decoder { name: "movesense notification", decode: notification },
    Decoder { name: "movesense ECG", decode: movesense_ecg },
    Decoder { name: "movesense Acc", decode: |bytes| motion(bytes, 1) },
    Decoder { name: "movesense IMU6", decode: |bytes| motion(bytes, 2) },
    Decoder { name: "movesense IMU9", decode: |bytes| motion(bytes, 3) },
    Decoder { name: "movesense HR", decode: movesense_heart_rate },
    Decoder { name: "polar features", decode: plain!(Features::decode; bits) },
    Decoder { name: "polar control point", decode: control_point },
    Decoder { name: "polar settings", decode: settings },
    Decoder { name: "polar frame", decode: frame },
];

show_fields! {
    PulseInterval { bpm, interval_ms, error_ms, blocked, contact }
}

fn words<E: std::fmt::Display>(error: E) -> String {
    error.to_string()
}

fn notification(bytes: &[u8]) -> Answer {
    let got = movesense::decode(bytes).map_err(words)?;
    let mut fields = fields!(got; reference);
    let (kind, status) = match got.kind {
        Kind::Answer { status } => ("answer", Some(status)),
        Kind::Data => ("data", None),
        Kind::Continuation => ("continuation", None),
    };
    put(&mut fields, "kind", &kind);
    put(&mut fields, "status", &status);
    put(&mut fields, "payload", &got.payload.to_vec());
    Ok(Seen { fields, announced: bytes.len() - got.payload.len() })
}

fn movesense_ecg(bytes: &[u8]) -> Answer {
    let got = Ecg::decode(bytes).map_err(words)?;
    let mut fields = fields!(got; timestamp_ms, tail_bytes);
    put(&mut fields, "counts", &got.counts().collect::<Vec<_>>());
    Ok(Seen { fields, announced: 4 })
}

fn motion(bytes: &[u8], sensors: usize) -> Answer {
    let got = Motion::decode(bytes, sensors).map_err(words)?;
    let mut fields = fields!(got; timestamp_ms);
    for (sensor, name) in ["acceleration", "rotation", "field"].into_iter().enumerate().take(sensors) {
        put(&mut fields, name, &got.sensor(sensor).collect::<Vec<_>>());
    }
    Ok(Seen { fields, announced: 4 })
}

fn movesense_heart_rate(bytes: &[u8]) -> Answer {
    let got = HeartRate::decode(bytes).map_err(words)?;
    let mut fields = fields!(got; average_bpm, tail_bytes);
    put(&mut fields, "rr_ms", &got.rr_ms().collect::<Vec<_>>());
    Ok(Seen { fields, announced: 4 })
}

fn control_point(bytes: &[u8]) -> Answer {
    let answer = match control::decode(bytes).map_err(words)? {
        Indication::Answer(answer) => answer,
        Indication::Stopped(measurements) => {
            let mut fields = Table::new();
            put(&mut fields, "stopped", &measurements.to_vec());
            return Ok(Seen { fields, announced: 1 });
        }
    };
    let mut fields = fields!(answer; command, measurement, more);
    put(&mut fields, "problem", &control::problem(answer.status));
    put(&mut fields, "parameters", &answer.parameters.to_vec());
    Ok(Seen { fields, announced: 4 })
}

fn settings(bytes: &[u8]) -> Answer {
    let got = Settings::decode(bytes).map_err(words)?;
    let mut fields = Table::new();
    put(&mut fields, "settings", &got.values().collect::<Vec<_>>());
    put(&mut fields, "factor", &got.factor());
    Ok(Seen { fields, announced: 0 })
}

impl Show for Setting {
    fn show(&self) -> Option<Value> {
        Some(Value::String(format!("{self:?}")))
    }
}

fn frame(bytes: &[u8]) -> Answer {
    let got = Frame::decode(bytes).map_err(words)?;
    let mut seen = Seen { fields: fields!(got; measurement, last_ns), announced: FRAME_HEAD_BYTES };
    frame_samples(&got, &mut seen).map_err(words)?;
    Ok(seen)
}

fn frame_samples(frame: &Frame<'_>, seen: &mut Seen) -> Result<(), FrameError> {
    match Measurement::from_code(frame.measurement) {
        Some(Measurement::Ppg) => series(&samples::ppg(frame)?, seen),
        Some(Measurement::Acceleration) => {
            let (values, scale) = samples::acceleration(frame)?;
            series(&values, seen);
            if scale != Scale::Plain {
                put(&mut seen.fields, "scale", &format!("{scale:?}"));
            }
        }
        Some(Measurement::Rotation) => series(&samples::rotation(frame)?, seen),
        Some(Measurement::Field) => match samples::field(frame)? {
            Field::Gauss(values) => series(&values, seen),
            Field::Milligauss(values) => series(&values, seen),
        },
        Some(Measurement::SkinTemperature) => {
            let values = samples::skin_temperature(frame)?;
            let celsius: Vec<_> = values.iter().map(|[bits]| samples::celsius(bits)).collect();
            put(&mut seen.fields, "samples", &celsius);
            put(&mut seen.fields, "tail_bytes", &values.tail_bytes);
        }
        Some(Measurement::PulseIntervals) => {
            let (intervals, tail_bytes) = samples::pulse_intervals(frame)?;
            put(&mut seen.fields, "samples", &intervals.collect::<Vec<_>>());
            put(&mut seen.fields, "tail_bytes", &tail_bytes);
        }
        _ => series(&samples::ecg(frame)?, seen),
    }
    if frame.compressed {
        // The first sample is whole; behind it a frame may end after any block.
        seen.announced += 1;
    }
    Ok(())
}

fn series<const N: usize>(series: &Series<'_, N>, seen: &mut Seen) {
    assert_eq!(series.iter().count(), series.samples());
    put(&mut seen.fields, "samples", &series.iter().collect::<Vec<_>>());
    put(&mut seen.fields, "tail_bytes", &series.tail_bytes);
}
