//! How fast recordings are written: commits of one block per stream, as the
//! recorder makes them, against real disk.
//!
//! `cargo run --release -p store --example throughput -- FOLDER`
#![expect(clippy::disallowed_methods, reason = "it measures real time")]
#![expect(clippy::disallowed_macros, reason = "it talks to a terminal")]

use model::{
    AttributeId, AttributeKind, Block, Channel, Column, ConnectorId, ConnectorKind, DisplayName, SensorId,
    SensorInfo, Stamp, StreamKey, StreamSpec,
};
use std::error::Error;
use std::path::Path;
use std::time::Instant;
use store::{Batch, NewRecording, StreamNo, Writer};

const NOW: Stamp = Stamp { host_ns: 0, wall_ns: 0 };

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("which folder?")?;
    println!("streams  samples/block  commits   samples/s  commit ms (mean, worst)  bytes/sample");
    for (streams, samples, commits) in
        [(1, 512, 400), (20, 38, 400), (100, 38, 200), (1000, 15, 100), (1000, 512, 20)]
    {
        measure(Path::new(&folder), streams, samples, commits)?;
    }
    Ok(())
}

fn measure(folder: &Path, streams: u64, samples: u64, commits: u64) -> Result<(), Box<dyn Error>> {
    let path = folder.join(format!("throughput-{streams}-{samples}.sensocto"));
    let new = NewRecording { title: String::new(), started: NOW, console_version: String::new() };
    let mut writer = Writer::create(&path, &new)?;
    let numbers = (0..streams).map(|n| add(&mut writer, n)).collect::<Result<Vec<_>, _>>()?;
    let start = Instant::now();
    let mut worst_ms: f64 = 0.0;
    for commit in 0..commits {
        let blocks: Vec<_> = numbers.iter().map(|no| (*no, block(commit * samples, samples))).collect();
        let begun = Instant::now();
        writer.commit(&Batch { blocks: &blocks, gaps: &[], ends: &[], now: NOW })?;
        worst_ms = worst_ms.max(begun.elapsed().as_secs_f64() * 1e3);
    }
    let secs = start.elapsed().as_secs_f64();
    let total = (streams * samples * commits) as f64;
    let bytes = writer.close(NOW).map_err(|not_closed| not_closed.error)?.bytes as f64;
    println!(
        "{streams:7}  {samples:13}  {commits:7}  {:10.0}  {:14.2}, {worst_ms:6.2}  {:12.2}",
        total / secs,
        secs * 1e3 / commits as f64,
        bytes / total
    );
    std::fs::remove_file(path)?;
    Ok(())
}

fn add(writer: &mut Writer, n: u64) -> Result<StreamNo, Box<dyn Error>> {
    let sensor = SensorInfo {
        id: SensorId::parse(&format!("sim:{n}"))?,
        name: DisplayName::clean("Sensor", "?"),
        connector: ConnectorId::parse("sim")?,
        connector_kind: ConnectorKind::Simulator,
        streams: Vec::new(),
        facts: Vec::new(),
    };
    let spec = StreamSpec {
        key: StreamKey { sensor: sensor.id.clone(), attribute: AttributeId::parse("ecg")? },
        kind: AttributeKind::Ecg,
        channels: vec![Channel::new("ecg", "mV", 0.001)],
        nominal_rate_hz: Some(250.0),
        device_ticks_per_sec: None,
    };
    Ok(writer.add_stream(&sensor, &spec, 0)?)
}

/// An ECG-like wave with a little noise, at 250 Hz with times rounded as a connector's are.
fn block(first: u64, samples: u64) -> Block {
    let times = (first..first + samples).map(|i| i as i64 * 4_000_000 + (i as i64 * 7919) % 3).collect();
    let wave =
        |i: u64| (400.0 * (i as f64 / 40.0).sin()) as i32 + (i.wrapping_mul(2_654_435_761) >> 28) as i32 % 16;
    Block::new(first, 0, times, None, vec![Column::I32((first..first + samples).map(wave).collect())])
        .unwrap_or_else(|_| unreachable!("as many times as values"))
}
