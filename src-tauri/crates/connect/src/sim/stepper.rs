//! Which samples are due, with the time as a parameter.
//!
//! Sample `k` of a stream belongs to start + phase + `k` ÷ rate, whatever the
//! moments at which somebody asks. Everything due up to now is delivered once,
//! stamped with its own time, never ahead of now. A heap of next due times
//! makes streams that rest cost nothing. Whoever asks after a stall of more
//! than 5 s gets the newest sample of each stream; the samples skipped keep
//! their numbers and are reported as dropped.

mod advised;
mod schedule;

use self::schedule::Schedule;
use super::hash;
use super::plan::{AttributePlan, Scenario, SensorPlan};
use super::wave::Wave;
use crate::{Event, wall_minus_host_ns};
use model::{
    Advice, Block, ConnectorKind, GapReason, LinkState, NANOS_PER_SEC, SensorId, SensorInfo, Stamp,
    StreamKey, StreamRef, StreamSpec,
};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::ops::Range;

/// A stream that is further behind than this skips ahead.
const OVERRUN_NS: i64 = 5 * NANOS_PER_SEC;
/// The most samples of one call; what is left is due at once.
const SAMPLES_PER_CALL: u64 = 100_000;
/// Sensors don't start as one: a stream's first sample comes within this time.
const PHASE_NS_MAX: f64 = 100e6;
/// The wall clock is taken to have stepped when it moved by more than this
/// against the host clock; below, all blocks carry the same offset.
const WALL_STEP_NS: i64 = NANOS_PER_SEC / 1000;

/// The simulator without a clock: all streams of a scenario and what is due.
#[derive(Debug)]
pub struct Stepper {
    sensors: Vec<Sensor>,
    /// Where in `sensors` each one is.
    places: BTreeMap<SensorId, usize>,
    streams: Vec<Stream>,
    /// (due time, index in `streams`), the earliest first.
    due: BinaryHeap<Reverse<(i64, usize)>>,
    wall_minus_host_ns: i64,
}

#[derive(Debug)]
struct Sensor {
    info: SensorInfo,
    running_streams: usize,
    /// Its streams, a range of `Stepper::streams`.
    streams: Range<usize>,
    advice: Option<Advice>,
}

#[derive(Debug)]
struct Stream {
    key: StreamKey,
    stream: StreamRef,
    sensor: usize,
    wave: Wave,
    schedule: Schedule,
    /// The number of the next sample.
    next: u64,
    /// When it is to be looked at; none while it pauses. Older entries of the heap don't count.
    due_ns: Option<i64>,
    batch_size: u64,
    /// The batch window that its file names, ms.
    base_window_ms: Option<u32>,
    is_over: bool,
}

impl Stepper {
    /// All streams of `scenario`, starting now.
    #[must_use]
    pub fn new(scenario: &Scenario, seed: u64, now: Stamp) -> Self {
        let mut stepper = Self {
            sensors: Vec::new(),
            places: BTreeMap::new(),
            streams: Vec::new(),
            due: BinaryHeap::new(),
            wall_minus_host_ns: wall_minus_host_ns(now),
        };
        for plan in &scenario.sensors {
            stepper.add_sensor(scenario, plan, seed, now);
        }
        stepper
    }

    /// The sensors, as they are to be announced.
    pub fn sensors(&self) -> impl Iterator<Item = &SensorInfo> {
        self.sensors.iter().map(|sensor| &sensor.info)
    }

    /// The short name of every stream, for [`Event::Bind`].
    pub fn bindings(&self) -> impl Iterator<Item = Event> {
        self.streams.iter().map(|stream| Event::Bind { stream: stream.stream, key: stream.key.clone() })
    }

    /// The sensors of which a stream has not ended.
    pub fn running_sensors(&self) -> impl Iterator<Item = &SensorInfo> {
        self.sensors.iter().filter(|sensor| sensor.running_streams > 0).map(|sensor| &sensor.info)
    }

    /// When the next sample is due, host nanoseconds; none when all have ended.
    #[must_use]
    pub fn next_due_ns(&self) -> Option<i64> {
        self.due.peek().map(|Reverse((due_ns, _))| *due_ns)
    }

    /// Sends everything due: blocks, what was dropped before them, sensors that
    /// ended. One at a time, so that a failure on the way loses nothing computed before.
    pub fn send_due(&mut self, now: Stamp, send: &mut dyn FnMut(Event)) {
        self.note_wall(now);
        let mut samples = 0;
        while let Some(&Reverse((due_ns, index))) = self.due.peek()
            && due_ns <= now.host_ns
            && samples < SAMPLES_PER_CALL
        {
            self.due.pop();
            if self.streams[index].due_ns != Some(due_ns) {
                continue;
            }
            if self.is_paused(index) {
                self.pass_over(index, now).map(&mut *send);
            } else if now.host_ns - due_ns > OVERRUN_NS {
                self.streams[index].skip_all_but_newest(now, GapReason::SourceOverrun).map(&mut *send);
            }
            samples += self.deliver(index, now, send);
        }
    }

    /// Everything due, collected.
    pub fn due(&mut self, now: Stamp) -> Vec<Event> {
        let mut events = Vec::new();
        self.send_due(now, &mut |event| events.push(event));
        events
    }

    /// Goes on after a time in which nobody asked, for `reason`: passes over
    /// all samples of that time but the newest of each stream.
    pub fn resume(&mut self, now: Stamp, reason: GapReason) -> Vec<Event> {
        let running = self.streams.iter_mut().filter(|stream| !stream.is_over);
        let events = running.filter_map(|stream| stream.skip_all_but_newest(now, reason)).collect();
        (0..self.streams.len()).for_each(|index| self.schedule(index));
        events
    }

    fn add_sensor(&mut self, scenario: &Scenario, plan: &SensorPlan, seed: u64, now: Stamp) {
        let sensor = self.sensors.len();
        let sensor_seed = hash::seed_for(seed, plan.id.as_str());
        let mut specs = Vec::new();
        for attribute in &plan.attributes {
            let stream = StreamRef(self.streams.len() as u32);
            let stream = Stream::new((stream, sensor), plan, attribute, (sensor_seed, seed), now);
            specs.push(spec(&stream, attribute));
            self.streams.push(stream);
        }
        let (running_streams, end) = (specs.len(), self.streams.len());
        let streams = end - running_streams..end;
        let info = info(scenario, plan, seed, specs);
        self.places.insert(info.id.clone(), sensor);
        self.sensors.push(Sensor { info, running_streams, streams: streams.clone(), advice: None });
        streams.for_each(|index| self.schedule(index));
    }

    /// Sends what is due of one stream and notes when its next sample is.
    fn deliver(&mut self, index: usize, now: Stamp, send: &mut dyn FnMut(Event)) -> u64 {
        let stream = &mut self.streams[index];
        let end = stream.schedule.due_end(now.host_ns).min(stream.next + SAMPLES_PER_CALL);
        let samples = end.saturating_sub(stream.next);
        stream.send_until(end, self.wall_minus_host_ns, send);
        stream.is_over = stream.schedule.is_over(stream.next, now.host_ns);
        if stream.is_over {
            self.end_stream(index, now, send);
        } else {
            self.schedule(index);
        }
        samples
    }

    fn end_stream(&mut self, index: usize, now: Stamp, send: &mut dyn FnMut(Event)) {
        let sensor = &mut self.sensors[self.streams[index].sensor];
        sensor.running_streams -= 1;
        if sensor.running_streams == 0 {
            let (sensor, at_host_ns) = (sensor.info.id.clone(), now.host_ns);
            send(Event::Link { sensor, link: LinkState::Stopped, at_host_ns });
        }
    }

    fn note_wall(&mut self, now: Stamp) {
        let measured = wall_minus_host_ns(now);
        if measured.abs_diff(self.wall_minus_host_ns) > WALL_STEP_NS.unsigned_abs() {
            self.wall_minus_host_ns = measured;
        }
    }
}

impl Stream {
    fn new(
        (stream, sensor): (StreamRef, usize),
        plan: &SensorPlan,
        attribute: &AttributePlan,
        (sensor_seed, run_seed): (u64, u64),
        now: Stamp,
    ) -> Self {
        let seed = hash::seed_for(sensor_seed, attribute.id.as_str());
        let spread_ns = (NANOS_PER_SEC as f64 / attribute.rate_hz).min(PHASE_NS_MAX);
        let phase_ns = (spread_ns * hash::unit(hash::seed_for(seed, "phase"), 0)) as i64;
        let start_ns = now.host_ns.saturating_add(phase_ns);
        Self {
            key: StreamKey { sensor: plan.id.clone(), attribute: attribute.id.clone() },
            stream,
            sensor,
            wave: Wave::new(attribute, seed, run_seed),
            schedule: Schedule::new(start_ns, attribute.rate_hz, attribute.duration_secs),
            next: 0,
            due_ns: None,
            batch_size: attribute.batch_size.max(1),
            base_window_ms: attribute.batch_window_ms,
            is_over: false,
        }
    }

    /// The samples from the next one to `end`, in blocks of at most the batch size.
    fn send_until(&mut self, end: u64, wall_minus_host_ns: i64, send: &mut dyn FnMut(Event)) {
        while self.next < end {
            let until = end.min(self.next.saturating_add(self.batch_size));
            let times = (self.next..until).map(|k| self.schedule.time_ns(k)).collect();
            let columns = self.wave.columns(self.next..until);
            match Block::new(self.next, wall_minus_host_ns, times, None, columns) {
                Ok(block) => send(Event::Block { stream: self.stream, block }),
                Err(ragged) => tracing::error!(stream = %self.key, %ragged, "a simulated block was lost"),
            }
            self.next = until;
        }
    }

    fn skip_all_but_newest(&mut self, now: Stamp, reason: GapReason) -> Option<Event> {
        let newest = self.schedule.due_end(now.host_ns).saturating_sub(1);
        let samples = newest.checked_sub(self.next).filter(|skipped| *skipped > 0)?;
        self.next = newest;
        Some(Event::Dropped { stream: self.stream, samples, reason })
    }
}

fn spec(stream: &Stream, attribute: &AttributePlan) -> StreamSpec {
    StreamSpec {
        key: stream.key.clone(),
        kind: attribute.kind,
        channels: stream.wave.channels().to_vec(),
        nominal_rate_hz: Some(attribute.rate_hz),
        device_ticks_per_sec: None,
    }
}

fn info(scenario: &Scenario, plan: &SensorPlan, seed: u64, streams: Vec<StreamSpec>) -> SensorInfo {
    let fact = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    SensorInfo {
        id: plan.id.clone(),
        name: plan.name.clone(),
        connector: plan.connector.clone(),
        connector_kind: ConnectorKind::Simulator,
        streams,
        facts: vec![
            fact("scenario", scenario.name.as_str()),
            fact("connector", plan.connector_name.as_str()),
            fact("seed", &seed.to_string()),
        ],
    }
}

#[cfg(test)]
mod tests;
