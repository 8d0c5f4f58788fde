//! The sources of the overload, and what they and the bench tell each other.

use connect::{Command, Connector, Event, EventSink, Stopped};
use crossbeam_channel::{Receiver, TryRecvError};
use model::{
    AttributeId, AttributeKind, Bundle, Channel, Clock, ConnectorId, ConnectorKind, DisplayName, EvenBlock,
    GapReason, LinkState, SensorId, SensorInfo, Stamp, StreamKey, StreamRef, StreamSpec,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Sources, each on a thread of its own.
pub const SOURCES: usize = 4;
/// Sensors of a source, each with one stream.
pub const SENSORS_PER_SOURCE: usize = 16;
/// Samples of a block.
pub const SAMPLES: u64 = 8;
/// What a stream promises, which is what its room in memory is made for.
pub const NOMINAL_HZ: f64 = 250.0;
/// Nothing is offered.
pub const REST: u64 = 0;
/// So much is offered as is taken.
pub const AS_TAKEN: u64 = u64::MAX;

/// Samples of one wake-up: a block of every sensor.
const WAVE: u64 = SAMPLES * SENSORS_PER_SOURCE as u64;
/// Samples under way while the capacity is measured; fewer than an inbox holds.
const UNDER_WAY_MAX: u64 = 128 * WAVE;
/// Waves that a source may be behind before it passes some over.
const BEHIND_MAX: u64 = 64;

/// What the sources are told, and what they tell.
#[derive(Default)]
pub struct Plan {
    /// Samples a second of each source, or `REST` or `AS_TAKEN`.
    pub rate_hz: AtomicU64,
    /// Samples that the workers have taken or dropped.
    pub settled: AtomicU64,
    /// Samples offered by each source: all of its streams alike.
    pub offered: [AtomicU64; SOURCES],
}

impl Plan {
    /// Samples offered by all.
    pub fn offered(&self) -> u64 {
        self.offered.iter().map(|source| source.load(Ordering::Relaxed)).sum()
    }
}

/// One source.
pub struct Source {
    number: usize,
    plan: Arc<Plan>,
}

/// A rate, since when, and what has been offered at it.
struct Pace {
    rate_hz: u64,
    since_ns: i64,
    waves: u64,
}

/// Where a source is in its streams, which are all alike.
struct Place {
    next: u64,
    told_ns: i64,
}

impl Connector for Source {
    fn run(
        &mut self,
        commands: &Receiver<Command>,
        events: &Arc<dyn EventSink>,
        clock: &Arc<dyn Clock>,
    ) -> Result<(), Stopped> {
        let begin_ns = clock.now().host_ns;
        self.announce(events.as_ref(), begin_ns);
        let (mut bundle, mut place) = (Bundle::default(), Place { next: 0, told_ns: begin_ns });
        let mut pace = Pace { rate_hz: REST, since_ns: 0, waves: 0 };
        loop {
            match commands.try_recv() {
                Ok(Command::Shutdown) | Err(TryRecvError::Disconnected) => return Ok(()),
                Ok(_) | Err(TryRecvError::Empty) => {}
            }
            let now = clock.now();
            match self.due(&mut pace, now.host_ns) {
                0 => std::thread::sleep(Duration::from_micros(200)),
                due => {
                    let passed_over = due.saturating_sub(BEHIND_MAX);
                    self.pass_over(passed_over, &mut place, events.as_ref());
                    self.hand_over(&mut bundle, &mut place, now, events.as_ref());
                    pace.waves += passed_over + 1;
                }
            }
        }
    }
}

impl Source {
    /// Source number `number`.
    pub fn new(number: usize, plan: Arc<Plan>) -> Self {
        Self { number, plan }
    }

    fn announce(&self, events: &dyn EventSink, now_ns: i64) {
        for k in 0..SENSORS_PER_SOURCE {
            let info = ecg_sensor(self.number * SENSORS_PER_SOURCE + k);
            let (key, sensor) = (info.streams[0].key.clone(), info.id.clone());
            events.send(Event::Sensor(info));
            events.send(Event::Link { sensor, link: LinkState::Live, at_host_ns: now_ns });
            events.send(Event::Bind { stream: StreamRef(k as u32), key });
        }
    }

    /// Says that waves were due for which there was no time.
    fn pass_over(&self, waves: u64, place: &mut Place, events: &dyn EventSink) {
        if waves == 0 {
            return;
        }
        self.plan.offered[self.number].fetch_add(waves * WAVE, Ordering::Relaxed);
        place.next += waves * SAMPLES;
        for k in 0..SENSORS_PER_SOURCE as u32 {
            let (stream, samples, reason) = (StreamRef(k), waves * SAMPLES, GapReason::SourceOverrun);
            events.send(Event::Dropped { stream, samples, reason });
        }
    }

    /// Hands over a wave, its samples spread over the time since the last one.
    fn hand_over(&self, bundle: &mut Bundle, place: &mut Place, now: Stamp, events: &dyn EventSink) {
        let step_ns = (now.host_ns - place.told_ns) / SAMPLES as i64;
        let (first_index, first_ns) = (place.next, place.told_ns + step_ns);
        let at = EvenBlock { first_index, wall_minus_host_ns: now.wall_ns - now.host_ns, first_ns, step_ns };
        for k in 0..SENSORS_PER_SOURCE as u32 {
            bundle.push_ints(StreamRef(k), at, (0..SAMPLES as i32).map(|n| n * 37 - 100));
        }
        self.plan.offered[self.number].fetch_add(WAVE, Ordering::Relaxed);
        events.send_bundle(bundle);
        (place.next, place.told_ns) = (first_index + SAMPLES, place.told_ns + step_ns * SAMPLES as i64);
    }

    /// Waves that are due.
    fn due(&self, pace: &mut Pace, now_ns: i64) -> u64 {
        let rate_hz = self.plan.rate_hz.load(Ordering::Acquire);
        if rate_hz != pace.rate_hz {
            *pace = Pace { rate_hz, since_ns: now_ns, waves: 0 };
        }
        if rate_hz == AS_TAKEN {
            let under_way = self.plan.offered().saturating_sub(self.plan.settled.load(Ordering::Relaxed));
            return u64::from(under_way < UNDER_WAY_MAX);
        }
        let samples = rate_hz as f64 * (now_ns - pace.since_ns) as f64 / 1e9;
        (samples as u64 / WAVE).saturating_sub(pace.waves)
    }
}

fn ecg_sensor(number: usize) -> SensorInfo {
    let sensor = SensorId::parse(&format!("bench:{number}")).expect("a valid id");
    let attribute = AttributeId::parse("ecg").expect("a valid id");
    SensorInfo {
        id: sensor.clone(),
        name: DisplayName::clean(sensor.as_str(), "?"),
        connector: ConnectorId::parse("bench").expect("a valid id"),
        connector_kind: ConnectorKind::Simulator,
        streams: vec![StreamSpec {
            key: StreamKey { sensor, attribute },
            kind: AttributeKind::Ecg,
            channels: vec![Channel::new("ecg", "mV", 0.001)],
            nominal_rate_hz: Some(NOMINAL_HZ),
            device_ticks_per_sec: None,
        }],
        facts: Vec::new(),
    }
}
