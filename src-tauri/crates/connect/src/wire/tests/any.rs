//! Any event and any command: what the tests of the format draw from.

use crate::{AdviceTo, Command, Event, Notice, NoticeLevel};
use model::{
    AdapterState, Advert, Advice, AttentionLevel, AttributeId, AttributeKind, Block, Bundle, Channel, Column,
    ConnectorId, ConnectorKind, DeviceId, DisplayName, GapReason, LinkState, LoadLevel, SensorId, SensorInfo,
    StreamKey, StreamRef, StreamSpec,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::collections::BTreeSet;

/// How many variants there are; whoever adds one is brought here by the compiler.
pub const EVENTS: usize = 12;
pub const COMMANDS: usize = 7;

fn number_of(event: &Event) -> usize {
    match event {
        Event::Adapter(_) => 0,
        Event::Seen(_) => 1,
        Event::Sensor(_) => 2,
        Event::Stream(_) => 3,
        Event::Link { .. } => 4,
        Event::Signal { .. } => 5,
        Event::Advised { .. } => 6,
        Event::Bind { .. } => 7,
        Event::Block { .. } | Event::Bundle(_) => 8,
        Event::Dropped { .. } => 9,
        Event::Rejected { .. } => 10,
        Event::Notice(_) => 11,
    }
}

fn number_of_command(command: &Command) -> usize {
    match command {
        Command::StartScan => 0,
        Command::StopScan => 1,
        Command::Connect { .. } => 2,
        Command::Disconnect { .. } => 3,
        Command::Refresh => 4,
        Command::Advise { .. } => 5,
        Command::Shutdown => 6,
    }
}

/// How many variants come up among many.
pub fn event_variants_drawn() -> usize {
    drawn(any_event(), number_of)
}

pub fn command_variants_drawn() -> usize {
    drawn(any_command(), number_of_command)
}

fn drawn<S: Strategy>(from: S, number: fn(&S::Value) -> usize) -> usize {
    let mut runner = TestRunner::deterministic();
    let numbers = (0..500).map(|_| number(&from.new_tree(&mut runner).unwrap().current()));
    numbers.collect::<BTreeSet<_>>().len()
}

pub fn any_event() -> impl Strategy<Value = Event> {
    prop_oneof![
        any_adapter().prop_map(Event::Adapter),
        any_advert().prop_map(Event::Seen),
        any_sensor().prop_map(Event::Sensor),
        any_spec().prop_map(Event::Stream),
        (sensor_id(), any_link(), any::<i64>()).prop_map(|(sensor, link, at_host_ns)| Event::Link {
            sensor,
            link,
            at_host_ns
        }),
        (sensor_id(), any::<i16>()).prop_map(|(sensor, rssi_dbm)| Event::Signal { sensor, rssi_dbm }),
        (sensor_id(), any::<bool>()).prop_map(|(sensor, obeys)| Event::Advised { sensor, obeys }),
        (stream(), key()).prop_map(|(stream, key)| Event::Bind { stream, key }),
        (stream(), any_block()).prop_map(|(stream, block)| Event::Block { stream, block }),
        prop::collection::vec((stream(), any_block()), 0..4).prop_map(|blocks| {
            let mut bundle = Bundle::default();
            blocks.iter().for_each(|(stream, block)| assert!(bundle.push(*stream, block)));
            Event::Bundle(bundle)
        }),
        (stream(), any::<u64>(), prop::sample::select(&GapReason::ALL[..]))
            .prop_map(|(stream, samples, reason)| Event::Dropped { stream, samples, reason }),
        (sensor_id(), text()).prop_map(|(sensor, problem)| Event::Rejected { sensor, problem }),
        (
            prop::sample::select(vec![NoticeLevel::Info, NoticeLevel::Warning, NoticeLevel::Error]),
            text(),
            text()
        )
            .prop_map(|(level, text, remedy)| Event::Notice(Notice { level, text, remedy })),
    ]
}

pub fn any_command() -> impl Strategy<Value = Command> {
    prop_oneof![
        Just(Command::StartScan),
        Just(Command::StopScan),
        text().prop_map(|device| Command::Connect { device: DeviceId(device) }),
        text().prop_map(|device| Command::Disconnect { device: DeviceId(device) }),
        Just(Command::Refresh),
        prop::collection::vec((sensor_id(), any_advice()), 0..4).prop_map(|rows| {
            let advice = rows.into_iter().map(|(sensor, advice)| AdviceTo { sensor, advice });
            Command::Advise { advice: advice.collect() }
        }),
        Just(Command::Shutdown),
    ]
}

fn any_advice() -> impl Strategy<Value = Advice> {
    (any::<bool>(), any::<bool>(), any::<bool>(), any::<u32>(), any::<u32>()).prop_map(
        |(closely, memory_protected, paused, window_ms, batch_size)| Advice {
            attention: if closely { AttentionLevel::High } else { AttentionLevel::None },
            load: if closely { LoadLevel::Normal } else { LoadLevel::Critical },
            memory_protected,
            paused,
            window_ms,
            batch_size,
        },
    )
}

fn text() -> impl Strategy<Value = String> {
    any::<String>()
}

fn name() -> impl Strategy<Value = DisplayName> {
    any::<String>().prop_map(|text| DisplayName::clean(&text, "nameless"))
}

fn sensor_id() -> impl Strategy<Value = SensorId> {
    "[A-Za-z0-9:._-]{1,40}".prop_map(|text| SensorId::parse(&text).unwrap())
}

fn stream() -> impl Strategy<Value = StreamRef> {
    any::<u32>().prop_map(StreamRef)
}

fn key() -> impl Strategy<Value = StreamKey> {
    (sensor_id(), "[a-z][a-z0-9_]{0,20}").prop_map(|(sensor, attribute)| StreamKey {
        sensor,
        attribute: AttributeId::parse(&attribute).unwrap(),
    })
}

fn number() -> impl Strategy<Value = f64> {
    prop::num::f64::NORMAL | prop::num::f64::ZERO
}

fn any_spec() -> impl Strategy<Value = StreamSpec> {
    let channel = (text(), text(), number(), number()).prop_map(|(name, unit, scale, offset)| Channel {
        name,
        unit,
        scale,
        offset,
    });
    let rates = (prop::option::of(number()), prop::option::of(number()));
    let kinds = [AttributeKind::HeartRate, AttributeKind::Ecg, AttributeKind::Battery];
    (key(), prop::sample::select(kinds.to_vec()), prop::collection::vec(channel, 1..4), rates).prop_map(
        |(key, kind, channels, (nominal_rate_hz, device_ticks_per_sec))| StreamSpec {
            key,
            kind,
            channels,
            nominal_rate_hz,
            device_ticks_per_sec,
        },
    )
}

fn any_sensor() -> impl Strategy<Value = SensorInfo> {
    let streams = prop::collection::vec(any_spec(), 0..4);
    let facts = prop::collection::vec((text(), text()), 0..4);
    (sensor_id(), name(), streams, facts).prop_map(|(id, name, streams, facts)| SensorInfo {
        id,
        name,
        connector: ConnectorId::parse("ble").unwrap(),
        connector_kind: ConnectorKind::Ble,
        streams,
        facts,
    })
}

fn any_advert() -> impl Strategy<Value = Advert> {
    let services = prop::collection::vec(text(), 0..4);
    (text(), name(), prop::option::of(any::<i16>()), services, any::<bool>()).prop_map(
        |(device, name, rssi_dbm, services, supported)| Advert {
            device: DeviceId(device),
            name,
            rssi_dbm,
            services,
            supported,
        },
    )
}

fn any_adapter() -> impl Strategy<Value = AdapterState> {
    prop_oneof![
        Just(AdapterState::Unknown),
        (name(), any::<bool>()).prop_map(|(name, scanning)| AdapterState::Ready { name, scanning }),
        name().prop_map(|name| AdapterState::Off { name }),
        (text(), text()).prop_map(|(problem, remedy)| AdapterState::Unavailable { problem, remedy }),
    ]
}

fn any_link() -> impl Strategy<Value = LinkState> {
    prop_oneof![
        Just(LinkState::Connecting),
        Just(LinkState::Live),
        text().prop_map(|reason| LinkState::Lost { reason }),
        Just(LinkState::Stopped),
    ]
}

/// One to five samples of one to three channels, even or not, with a clock or without.
fn any_block() -> impl Strategy<Value = Block> {
    let shape = (1..6_usize, 1..4_usize, any::<bool>(), any::<bool>());
    (shape, any::<u64>(), any::<i64>(), any::<i64>(), any::<u32>()).prop_map(
        |((n, channels, has_ticks, is_even), first, offset, start, bits)| {
            let step = |k: usize| if is_even { k as i64 * 1000 } else { (k * k) as i64 };
            let times: Vec<i64> = (0..n).map(|k| start.wrapping_add(step(k))).collect();
            let ticks = has_ticks.then(|| times.iter().map(|ns| ns.wrapping_mul(3)).collect());
            let bits = |k: usize| bits.rotate_left(k as u32);
            let column = |c: usize| match c % 2 {
                0 => Column::I32((0..n).map(|k| bits(k + c).cast_signed()).collect()),
                _ => Column::F32((0..n).map(|k| (bits(k + c) >> 8) as f32).collect()),
            };
            Block::new(first, offset, times, ticks, (0..channels).map(column).collect()).unwrap()
        },
    )
}
