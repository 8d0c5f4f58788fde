//! `recording.json`: what the CSV files can't say of themselves.
//!
//! Gaps are read from the recording while they are written, so that memory
//! does not grow with them.

use crate::ExportError;
use crate::table::{Moment, Table, heading};
use crate::timestamp::Utc;
use model::{Channel, NANOS_PER_SEC, Stamp};
use serde::ser::SerializeSeq;
use serde::{Deserialize, Serialize, Serializer};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use store::{RecordedGap, RecordedSensor, RecordedStream, Recording, RecordingInfo};

/// The name of the sidecar.
pub(crate) const FILE: &str = "recording.json";

/// How an export is recognised.
const FORMAT: &str = "sensocto-csv-export";
/// Grows when a reader of an older sidecar would misread a newer one.
const VERSION: u32 = 1;

/// A stream, and the file that was written for it.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) file: String,
    pub(crate) stream: RecordedStream,
    pub(crate) table: Table,
}

/// Writes the sidecar.
pub(crate) fn write(
    path: &Path,
    recording: &Recording,
    info: &RecordingInfo,
    streams: &[Written],
) -> Result<(), ExportError> {
    let sidecar = sidecar(recording, info, streams);
    let written = File::create_new(path).and_then(|file| {
        let mut out = BufWriter::new(file);
        serde_json::to_writer_pretty(&mut out, &sidecar)?;
        out.write_all(b"\n")?;
        out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
    });
    written.map_err(|error| ExportError::from_io(path, &error))
}

/// The files that an export consists of, if this is the sidecar of one.
pub(crate) fn files_of(path: &Path) -> Option<Vec<String>> {
    #[derive(Deserialize)]
    struct Sidecar {
        format: String,
        streams: Vec<Stream>,
    }
    #[derive(Deserialize)]
    struct Stream {
        file: String,
    }
    let sidecar: Sidecar = serde_json::from_reader(io::BufReader::new(File::open(path).ok()?)).ok()?;
    let files = sidecar.streams.into_iter().map(|stream| stream.file);
    (sidecar.format == FORMAT).then(|| files.chain([FILE.to_owned()]).collect())
}

#[derive(Serialize)]
struct Sidecar<'a> {
    format: &'static str,
    version: u32,
    title: &'a str,
    console_version: &'a str,
    source_file: String,
    started_utc: String,
    closed_utc: Option<String>,
    last_saved_utc: String,
    seconds: f64,
    samples: u64,
    dropped: u64,
    streams: Vec<Stream<'a>>,
}

#[derive(Serialize)]
struct Stream<'a> {
    file: &'a str,
    sensor: Sensor<'a>,
    attribute: &'a str,
    kind: model::AttributeKind,
    channels: Vec<Column<'a>>,
    nominal_rate_hz: Option<f64>,
    rate_hz: Option<f64>,
    device_ticks_per_sec: Option<f64>,
    first_utc: Option<String>,
    last_utc: Option<String>,
    offered: u64,
    stored: u64,
    dropped: u64,
    problems: &'a [String],
    gaps: Gaps<'a>,
}

#[derive(Serialize)]
struct Sensor<'a> {
    id: &'a str,
    name: &'a str,
    connector: &'a str,
    connector_kind: &'a str,
    facts: Facts<'a>,
}

/// An object with the facts as its members.
struct Facts<'a>(&'a [(String, String)]);

impl Serialize for Facts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

#[derive(Serialize)]
struct Column<'a> {
    heading: String,
    #[serde(flatten)]
    channel: &'a Channel,
}

#[derive(Serialize)]
struct GapEntry {
    first_index: u64,
    samples: u64,
    from_utc: String,
    to_utc: String,
    from_seconds: f64,
    to_seconds: f64,
    reason: &'static str,
    words: &'static str,
}

/// The gaps of a stream, read while they are written.
struct Gaps<'a> {
    recording: &'a Recording,
    stream: &'a RecordedStream,
    started: Stamp,
}

impl Serialize for Gaps<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        // One that does not read back is in `problems` already.
        for gap in self.recording.gaps(self.stream).flatten() {
            list.serialize_element(&self.entry(&gap))?;
        }
        list.end()
    }
}

impl Gaps<'_> {
    fn entry(&self, recorded: &RecordedGap) -> GapEntry {
        let gap = &recorded.gap;
        let moment = |host_ns| Moment { host_ns, wall_minus_host_ns: recorded.wall_minus_host_ns };
        let seconds = |ns: i64| ns.saturating_sub(self.started.host_ns) as f64 / NANOS_PER_SEC as f64;
        GapEntry {
            first_index: gap.first_index,
            samples: gap.samples,
            from_utc: utc(moment(gap.from_ns).wall_ns()),
            to_utc: utc(moment(gap.to_ns).wall_ns()),
            from_seconds: seconds(gap.from_ns),
            to_seconds: seconds(gap.to_ns),
            reason: gap.reason.code(),
            words: gap.reason.words(),
        }
    }
}

fn sidecar<'a>(recording: &'a Recording, info: &'a RecordingInfo, streams: &'a [Written]) -> Sidecar<'a> {
    let name = recording.path().file_name().unwrap_or_default();
    Sidecar {
        format: FORMAT,
        version: VERSION,
        title: &info.title,
        console_version: &info.console_version,
        source_file: name.to_string_lossy().into_owned(),
        started_utc: utc(info.started.wall_ns),
        closed_utc: info.closed.map(|closed| utc(closed.wall_ns)),
        last_saved_utc: utc(info.saved.wall_ns),
        seconds: info.seconds(),
        samples: info.samples,
        dropped: info.dropped,
        streams: streams.iter().map(|written| entry(recording, info.started, written)).collect(),
    }
}

fn entry<'a>(recording: &'a Recording, started: Stamp, written: &'a Written) -> Stream<'a> {
    let Written { file, stream, table } = written;
    let spec = &stream.spec;
    Stream {
        file,
        sensor: sensor(&stream.sensor),
        attribute: spec.key.attribute.as_str(),
        kind: spec.kind,
        channels: spec.channels.iter().map(|channel| Column { heading: heading(channel), channel }).collect(),
        nominal_rate_hz: spec.nominal_rate_hz,
        rate_hz: table.rate_hz(),
        device_ticks_per_sec: spec.device_ticks_per_sec,
        first_utc: table.span.map(|(first, _)| utc(first.wall_ns())),
        last_utc: table.span.map(|(_, last)| utc(last.wall_ns())),
        offered: stream.offered(),
        stored: table.samples,
        dropped: stream.counts.dropped,
        problems: &table.problems,
        gaps: Gaps { recording, stream, started },
    }
}

fn sensor(sensor: &RecordedSensor) -> Sensor<'_> {
    Sensor {
        id: sensor.id.as_str(),
        name: sensor.name.as_str(),
        connector: &sensor.connector,
        connector_kind: &sensor.connector_kind,
        facts: Facts(&sensor.facts),
    }
}

fn utc(wall_ns: i64) -> String {
    Utc { wall_ns }.to_string()
}
