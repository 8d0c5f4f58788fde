//! From the runtime's views to the rows of a snapshot.

use crate::signs;
use crate::snapshot::{
    Adapter, ChannelRow, Counters, DeviceRow, LinkView, NoticeRow, QueueRow, SensorRow, Severity, StreamRow,
    WorkerRow,
};
use crate::{AdviceRow, RateHealth};
use connect::NoticeLevel;
use model::{AdapterState, Advice, AttributeKind, Channel, ConnectorKind, LinkState};
use runtime::{ChildState, ChildView, Posted, QueueView, SeenDevice, SensorView, StreamView, Sums};

/// The prefix of a Bluetooth sensor's id; the rest is the device's.
const BLE_PREFIX: &str = "ble:";
/// More digits than this tell nobody anything.
const DIGITS_MAX: f64 = 6.0;
/// Digits of a value that was born as a float.
const FLOAT_DIGITS: u8 = 2;

/// One sensor.
pub fn sensor(view: &SensorView, now_ns: i64) -> SensorRow {
    let mut streams: Vec<&StreamView> = view.streams.iter().collect();
    streams.sort_by_key(|stream| rank(stream.spec.kind));
    let rows: Vec<StreamRow> =
        streams.iter().map(|one| stream(one, is_alone(one, &streams), now_ns)).collect();
    let fact =
        |name: &str| view.info.facts.iter().find(|(fact, _)| fact == name).map(|(_, text)| text.clone());
    SensorRow {
        id: view.info.id.to_string(),
        name: view.info.name.to_string(),
        own_name: fact(runtime::OWN_NAME),
        owner: fact(runtime::OWNER).unwrap_or_default(),
        room: fact(runtime::ROOM).unwrap_or_default(),
        alarm: signs::alarm(view, |one| stream_label(one, is_alone(one, &streams)), now_ns),
        health: rows.iter().map(|row| row.health).max().unwrap_or(RateHealth::Unknown),
        source: source(view.info.connector_kind).to_owned(),
        device: device_of(view),
        link: link(&view.link, view.is_silent),
        link_note: link_note(view),
        attention: view.attention.name().to_owned(),
        advice: view.advice.as_ref().map(advice),
        obeys_advice: view.obeys,
        paused: view.is_paused(),
        battery_percent: battery(view),
        rssi_dbm: view.rssi_dbm,
        streams: rows,
        rejected: view.rejected,
    }
}

/// The most telling streams first; the battery last.
fn rank(kind: AttributeKind) -> u8 {
    match kind {
        AttributeKind::Ecg => 0,
        AttributeKind::HeartRate => 1,
        AttributeKind::Respiration => 2,
        AttributeKind::RrInterval | AttributeKind::Hrv => 3,
        AttributeKind::Spo2 => 4,
        AttributeKind::BloodPressure => 5,
        AttributeKind::Temperature => 6,
        AttributeKind::EnergyExpended => 8,
        AttributeKind::Battery => 9,
        _ => 7,
    }
}

fn source(kind: ConnectorKind) -> &'static str {
    match kind {
        ConnectorKind::Ble => "Bluetooth",
        ConnectorKind::Simulator => "Simulator",
    }
}

/// The device behind a Bluetooth sensor.
fn device_of(view: &SensorView) -> Option<String> {
    view.info.id.as_str().strip_prefix(BLE_PREFIX).map(str::to_owned)
}

fn link(state: &LinkState, is_silent: bool) -> LinkView {
    match state {
        LinkState::Connecting => LinkView::Connecting,
        LinkState::Live if is_silent => LinkView::Silent,
        LinkState::Live => LinkView::Live,
        LinkState::Lost { .. } => LinkView::Lost,
        LinkState::Stopped => LinkView::Stopped,
    }
}

/// Why a source that was asked to pause delivers nothing.
const PAUSED: &str = "Paused: nobody watches it, and the machine is at its limit.";

/// What a source was asked to do.
pub fn advice(advice: &Advice) -> AdviceRow {
    AdviceRow { paused: advice.paused, window_ms: advice.window_ms, batch_size: advice.batch_size }
}

fn link_note(view: &SensorView) -> String {
    match &view.link {
        LinkState::Lost { reason } => reason.clone(),
        LinkState::Live if view.is_paused() => PAUSED.to_owned(),
        LinkState::Live if view.is_silent => "Connected, but no data arrives.".to_owned(),
        LinkState::Connecting | LinkState::Live | LinkState::Stopped => String::new(),
    }
}

fn battery(view: &SensorView) -> Option<f64> {
    let battery = view.streams.iter().find(|stream| stream.spec.kind == AttributeKind::Battery)?;
    battery.latest.first().copied().flatten().map(f64::from)
}

/// Whether no other stream of the sensor is of this one's kind.
fn is_alone(stream: &StreamView, all: &[&StreamView]) -> bool {
    all.iter().filter(|other| other.spec.kind == stream.spec.kind).count() == 1
}

fn stream(view: &StreamView, is_alone: bool, now_ns: i64) -> StreamRow {
    let channels = view.spec.channels.iter().enumerate();
    StreamRow {
        attribute: view.spec.key.attribute.to_string(),
        label: stream_label(view, is_alone),
        channels: channels.map(|(k, channel)| channel_row(view, k, channel)).collect(),
        rate_hz: view.rate_hz,
        nominal_rate_hz: view.spec.nominal_rate_hz,
        expected_rate_hz: view.vitals.expected_hz,
        expected_by: signs::basis(view.vitals.basis).to_owned(),
        health: signs::health(&view.vitals),
        health_words: signs::health_words(view, now_ns),
        age_secs: view.latest_ns.map(|at| now_ns.saturating_sub(at).max(0) as f64 / 1e9),
        offered: view.offered,
        dropped: view.dropped,
        gaps: view.gaps,
    }
}

fn stream_label(view: &StreamView, is_alone: bool) -> String {
    label(view.spec.kind, view.spec.key.attribute.as_str(), is_alone)
}

/// The kind in words; a generic stream, or one of several of a kind (systolic
/// and diastolic pressure), goes by its attribute.
fn label(kind: AttributeKind, attribute: &str, is_alone: bool) -> String {
    if is_alone && kind != AttributeKind::Generic {
        return kind.label().to_owned();
    }
    let words = attribute.replace(['_', '-'], " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn channel_row(view: &StreamView, k: usize, channel: &Channel) -> ChannelRow {
    let value = view.latest.get(k).copied().flatten().map(f64::from).filter(|value| value.is_finite());
    let is_float = view.floats.get(k).copied().unwrap_or_default();
    ChannelRow {
        name: channel.name.replace('_', " "),
        unit: shown_unit(&channel.unit).to_owned(),
        digits: if is_float { FLOAT_DIGITS } else { digits(channel.scale) },
        words: value.and_then(|value| code_in_words(view.spec.kind, &channel.name, value)).map(str::to_owned),
        value,
        plausible: k > 0 || value.is_none_or(|value| is_plausible(view.spec.kind, value)),
    }
}

fn is_plausible(kind: AttributeKind, value: f64) -> bool {
    kind.plausible().is_none_or(|range| (range.min..=range.max).contains(&value))
}

/// What a code means. Contact: the two bits of the Heart Rate Measurement
/// (0 and 1: the strap can't tell). Charging: 0 or 1.
fn code_in_words(kind: AttributeKind, channel: &str, value: f64) -> Option<&'static str> {
    match (kind, channel, value as i64) {
        (AttributeKind::HeartRate, "contact", 2) => Some("none"),
        (AttributeKind::HeartRate, "contact", 3) => Some("yes"),
        (AttributeKind::HeartRate, "contact", _) => Some("not told"),
        (AttributeKind::Battery, "charging", 0) => Some("no"),
        (AttributeKind::Battery, "charging", _) => Some("yes"),
        _ => None,
    }
}

/// UCUM's codes as people write them.
fn shown_unit(unit: &str) -> &str {
    match unit {
        "1" => "",
        "Cel" => "°C",
        "deg" => "°",
        "mm[Hg]" => "mmHg",
        "/min" | "{beats}/min" => "bpm",
        other => other,
    }
}

/// The digits behind the point that steps of `scale` can show.
fn digits(scale: f64) -> u8 {
    if scale.is_finite() && scale > 0.0 { (-scale.log10()).ceil().clamp(0.0, DIGITS_MAX) as u8 } else { 0 }
}

/// The adapter.
pub fn adapter(state: AdapterState) -> Adapter {
    match state {
        AdapterState::Unknown => Adapter::Unknown,
        AdapterState::Ready { name, scanning } => Adapter::Ready { name: name.to_string(), scanning },
        AdapterState::Off { name } => Adapter::Off { name: name.to_string() },
        AdapterState::Unavailable { problem, remedy } => Adapter::Unavailable { problem, remedy },
    }
}

/// The devices in range, strongest first; those without a signal last, by name.
pub fn devices(
    seen: Vec<SeenDevice>,
    sensors: &[SensorRow],
    is_known: impl Fn(&str) -> bool,
    now_ns: i64,
) -> Vec<DeviceRow> {
    let mut rows: Vec<DeviceRow> =
        seen.into_iter().map(|device| device_row(device, sensors, &is_known, now_ns)).collect();
    rows.sort_by(|a, b| b.rssi_dbm.cmp(&a.rssi_dbm).then_with(|| a.name.cmp(&b.name)));
    rows
}

fn device_row(
    SeenDevice { advert, seen_ns }: SeenDevice,
    sensors: &[SensorRow],
    is_known: impl Fn(&str) -> bool,
    now_ns: i64,
) -> DeviceRow {
    let device = advert.device.0;
    DeviceRow {
        link: sensors.iter().find(|row| row.device.as_deref() == Some(&device)).map(|row| row.link),
        known: is_known(&device),
        device,
        name: advert.name.to_string(),
        rssi_dbm: advert.rssi_dbm,
        services: advert.services,
        supported: advert.supported,
        age_secs: now_ns.saturating_sub(seen_ns).max(0) as f64 / 1e9,
    }
}

/// A notice.
pub fn notice(posted: Posted) -> NoticeRow {
    let severity = match posted.notice.level {
        NoticeLevel::Info => Severity::Info,
        NoticeLevel::Warning => Severity::Warning,
        NoticeLevel::Error => Severity::Error,
    };
    let (text, remedy) = (posted.notice.text, posted.notice.remedy);
    NoticeRow { id: posted.id, severity, text, remedy, times: posted.times }
}

/// Sums over all streams, those of ended sensors included.
pub fn counters(sensors: &[SensorView], ended: &Sums) -> Counters {
    let sum = |of: fn(&StreamView) -> u64| -> u64 {
        sensors.iter().flat_map(|sensor| &sensor.streams).map(of).sum()
    };
    Counters {
        offered: ended.offered + sum(|stream| stream.offered),
        delivered: ended.delivered + sum(|stream| stream.delivered),
        dropped: ended.dropped() + sum(|stream| stream.dropped),
    }
}

/// A queue.
pub fn queue(view: QueueView) -> QueueRow {
    QueueRow {
        name: view.name,
        policy: view.policy.name().to_owned(),
        depth: u32::try_from(view.depth).unwrap_or(u32::MAX),
        capacity: u32::try_from(view.capacity).unwrap_or(u32::MAX),
        bytes: view.bytes,
        bytes_max: view.bytes_max,
        dropped: view.dropped_samples,
        overtaken: view.overtaken,
        refused: view.refused,
        waits: view.waits,
        waited_ms: view.waited_ns as f64 / 1e6,
    }
}

/// A supervised thread.
pub fn worker(view: ChildView) -> WorkerRow {
    let state = match view.state {
        ChildState::Running => "running",
        ChildState::Ended => "ended",
        ChildState::GivenUp => "given_up",
    };
    WorkerRow {
        name: view.name,
        state: state.to_owned(),
        restarts: view.restarts,
        last_failure: view.last_failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_follow_the_resolution() {
        let cases =
            [(1.0, 0), (0.1, 1), (0.001, 3), (1000.0 / 1024.0, 1), (1e-7, 6), (0.0, 0), (f64::NAN, 0)];
        for (scale, expected) in cases {
            assert_eq!(digits(scale), expected, "scale {scale}");
        }
    }

    #[test]
    fn several_streams_of_a_kind_go_by_their_attributes() {
        assert_eq!(label(AttributeKind::BloodPressure, "blood_pressure_sys", true), "Blood pressure");
        assert_eq!(label(AttributeKind::BloodPressure, "blood_pressure_sys", false), "Blood pressure sys");
        assert_eq!(label(AttributeKind::Generic, "accelerometer_z", true), "Accelerometer z");
    }

    #[test]
    fn codes_are_told_in_words_and_numbers_are_not() {
        assert_eq!(code_in_words(AttributeKind::HeartRate, "contact", 3.0), Some("yes"));
        assert_eq!(code_in_words(AttributeKind::HeartRate, "contact", 0.0), Some("not told"));
        assert_eq!(code_in_words(AttributeKind::HeartRate, "heart_rate", 3.0), None);
    }

    #[test]
    fn a_heart_rate_of_300_is_not_plausible() {
        assert!(is_plausible(AttributeKind::HeartRate, 72.0));
        assert!(!is_plausible(AttributeKind::HeartRate, 300.0));
        assert!(is_plausible(AttributeKind::Generic, 1e9));
    }
}
