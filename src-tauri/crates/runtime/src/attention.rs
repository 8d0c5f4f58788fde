//! The attention service: takes what viewers tell, keeps the tracker
//! (`policy::attention`), and puts the levels on sensors and streams.
//!
//! The levels live on the sensors, so they outlast the service: started again
//! after a crash it takes them up, and they hold for a while in which the
//! viewers report again. Its inbox is bounded; what does not fit is refused and
//! counted, and a viewer's next heartbeat finds room again.

use crate::core::Core;
use crate::queue::{Bounds, Latest, Policy, Queue, QueueView, Weighs};
use crate::registries::SENSORS_MAX;
use crate::sensor::Sensor;
use crate::supervisor::{Failure, StopSignal};
use model::{SensorId, StreamKey, ViewerId};
use parking_lot::Mutex;
use policy::attention::{Battery, Change, Input, Levels, Refused, Target, Tracker};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// So many words of viewers wait at most.
const INBOX: Bounds = Bounds { entries: 256, bytes: 8 << 20 };
/// What an id and the mark of a target take at most, bytes.
const ID_BYTES: usize = 256;
/// Viewers whose battery is remembered until the service comes by.
const VIEWERS_MAX: usize = 1024;
/// So long the service rests at most, so that a stop of the clock is noticed.
const REST_MAX_NS: i64 = 1_000_000_000;
/// How often the levels of all sensors are put right, should a word have been lost.
const PUT_RIGHT_NS: i64 = 10_000_000_000;

/// A word to the service.
enum Word {
    /// A viewer tells something.
    Viewer(ViewerId, Input),
    /// A sensor is here, or has a further stream.
    Announced(SensorId),
    /// Something waits beside the inbox.
    Look,
    /// Ends in a panic.
    #[cfg(test)]
    Stumble,
}

impl Weighs for Word {
    /// The ids are mostly shared with the sensors; at their longest they take 256 bytes.
    fn heap_bytes(&self) -> usize {
        match self {
            Self::Viewer(_, Input::Act(_, targets)) => targets.capacity() * (size_of::<Target>() + ID_BYTES),
            _ => ID_BYTES,
        }
    }
}

/// Attention, summed up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AttentionView {
    /// Whether any viewer has ever reported. Until then all counts as watched.
    pub in_use: bool,
    /// Viewers at present.
    pub viewers: usize,
    /// Viewers that fell silent and were let go of.
    pub stale_viewers: u64,
    /// What was refused.
    pub refused: Refused,
    /// Ids that can't be any, counted by whoever parsed them.
    pub malformed: u64,
    /// Words that found no room.
    pub overrun: u64,
    /// The battery that a viewer last told of.
    pub battery: Option<Battery>,
    /// Sensors by level, the lowest level first.
    pub sensors: [usize; 4],
}

/// What a viewer said found no room; it may try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the attention service has too much to read")]
pub struct Overrun;

/// The front of the service, for all who tell it something.
pub struct Attention {
    inbox: Queue<Word>,
    in_use: AtomicBool,
    has_run: AtomicBool,
    malformed: AtomicU64,
    overrun: AtomicU64,
    /// Sensors whose advice has to be thought over.
    changed: Latest<SensorId, ()>,
    /// The battery of each viewer's machine: only the newest word on it counts.
    batteries: Latest<ViewerId, Battery>,
    view: Mutex<AttentionView>,
}

impl Default for Attention {
    fn default() -> Self {
        Self {
            inbox: Queue::new("attention", Policy::DropNewest, INBOX),
            in_use: AtomicBool::new(false),
            has_run: AtomicBool::new(false),
            malformed: AtomicU64::new(0),
            overrun: AtomicU64::new(0),
            changed: Latest::new("attention changes", SENSORS_MAX),
            batteries: Latest::new("viewers' batteries", VIEWERS_MAX),
            view: Mutex::default(),
        }
    }
}

impl Attention {
    /// Takes a word of a viewer.
    ///
    /// # Errors
    /// [`Overrun`] where there is no room; the word is lost and counted.
    pub fn tell(&self, viewer: ViewerId, input: Input) -> Result<(), Overrun> {
        let taken = match input {
            Input::Battery(battery) => self.tell_battery(viewer, battery),
            other => self.inbox.push_or_refuse(Word::Viewer(viewer, other), 0).is_ok(),
        };
        if taken {
            return Ok(());
        }
        self.overrun.fetch_add(1, Ordering::Relaxed);
        self.inbox.count_dropped(1);
        Err(Overrun)
    }

    fn tell_battery(&self, viewer: ViewerId, battery: Battery) -> bool {
        let taken = self.batteries.put(viewer, battery);
        // Without room for a nudge the service is awake, and looks before its next word.
        let _ = self.inbox.push_or_refuse(Word::Look, 0);
        taken
    }

    /// Counts ids that could not be any.
    pub fn count_malformed(&self, ids: u64) {
        self.malformed.fetch_add(ids, Ordering::Relaxed);
    }

    /// Notes that a sensor is here, or has a further stream. Should the word find
    /// no room, the service puts the levels right later.
    pub fn announced(&self, sensor: &SensorId) {
        self.changed.put(sensor.clone(), ());
        if self.is_in_use() {
            let _ = self.inbox.push_or_refuse(Word::Announced(sensor.clone()), 0);
        }
    }

    /// Whether any viewer has ever reported.
    #[must_use]
    pub fn is_in_use(&self) -> bool {
        self.in_use.load(Ordering::Relaxed)
    }

    /// The sensors whose attention has changed, or that are new; each once.
    pub fn take_changed(&self) -> Vec<SensorId> {
        self.changed.take_all().into_keys().collect()
    }

    /// The inbox as the operator sees it.
    #[must_use]
    pub fn queue_view(&self) -> QueueView {
        self.inbox.view()
    }

    /// What waits beside the inbox, the newest of each.
    #[must_use]
    pub fn latest_views(&self) -> [QueueView; 2] {
        [self.changed.view(), self.batteries.view()]
    }

    /// Attention, summed up; `sensors` is left to whoever has them.
    pub(crate) fn view(&self) -> AttentionView {
        AttentionView {
            in_use: self.is_in_use(),
            malformed: self.malformed.load(Ordering::Relaxed),
            overrun: self.overrun.load(Ordering::Relaxed),
            ..self.view.lock().clone()
        }
    }
}

/// The service: serves until it is told to stop.
pub(crate) fn run(core: &Core, stop: &StopSignal) -> Result<(), Failure> {
    let mut service = Running::begin(core);
    loop {
        let rest = service.rest();
        crossbeam_channel::select! {
            recv(core.attention.inbox.receiver()) -> word => {
                if let Ok(word) = word {
                    service.take(core.attention.inbox.open(word));
                }
            }
            recv(stop.channel()) -> _ => return Ok(()),
            default(rest) => (),
        }
        service.advance();
    }
}

struct Running<'a> {
    core: &'a Core,
    tracker: Tracker,
    battery: Option<Battery>,
    put_right_ns: i64,
}

impl<'a> Running<'a> {
    /// The first run knows nothing; a later one takes up the levels of the sensors.
    fn begin(core: &'a Core) -> Self {
        let now_ns = core.clock.now().host_ns;
        let crashed = core.attention.has_run.swap(true, Ordering::Relaxed) && core.attention.is_in_use();
        let tracker = match crashed {
            true => Tracker::after_crash(
                core.attention_timings,
                core.registry.all().iter().map(levels_on),
                now_ns,
            ),
            false => Tracker::new(core.attention_timings),
        };
        Self { core, tracker, battery: None, put_right_ns: now_ns.saturating_add(PUT_RIGHT_NS) }
    }

    fn rest(&self) -> Duration {
        let now_ns = self.core.clock.now().host_ns;
        let due_ns = self.tracker.next_due_ns().unwrap_or(i64::MAX);
        let rest_ns = due_ns.saturating_sub(now_ns).clamp(0, REST_MAX_NS);
        Duration::from_nanos(rest_ns.unsigned_abs())
    }

    fn take(&mut self, word: Word) {
        // First: who is gone now may have told of a battery before.
        for (viewer, battery) in self.core.attention.batteries.take_all() {
            self.on_viewer(&viewer, Input::Battery(battery));
        }
        match word {
            Word::Look => {}
            Word::Viewer(viewer, input) => self.on_viewer(&viewer, input),
            Word::Announced(id) => {
                if let Some(sensor) = self.core.registry.get(&id) {
                    put_on(&sensor, &self.tracker.levels(&id));
                }
            }
            #[cfg(test)]
            Word::Stumble => panic!("planted"),
        }
    }

    fn on_viewer(&mut self, viewer: &ViewerId, input: Input) {
        if let Input::Battery(battery) = input {
            self.battery = Some(battery);
        }
        let (sensors, attributes) = (&self.core.registry, &self.core.registries.attributes);
        let known = |target: &Target| match target.attribute.clone() {
            Some(attribute) => {
                attributes.get(&StreamKey { sensor: target.sensor.clone(), attribute }).is_some()
            }
            None => sensors.get(&target.sensor).is_some(),
        };
        let (load, now_ns) = (self.core.regime.load(), self.core.clock.now().host_ns);
        let changes = self.tracker.on_input(viewer, input, &known, load, now_ns);
        if self.tracker.viewers() > 0 && !self.core.attention.in_use.swap(true, Ordering::Relaxed) {
            self.put_all_right();
        }
        // Who sees the levels finds the counts with them.
        self.publish();
        self.apply(changes);
    }

    fn advance(&mut self) {
        let (load, now_ns) = (self.core.regime.load(), self.core.clock.now().host_ns);
        let changes = self.tracker.advance(load, now_ns);
        self.apply(changes);
        if now_ns >= self.put_right_ns && self.core.attention.is_in_use() {
            self.put_right_ns = now_ns.saturating_add(PUT_RIGHT_NS);
            self.tracker.retain(&|id| self.core.registry.get(id).is_some());
            self.put_all_right();
            self.publish();
        }
    }

    fn apply(&self, changes: Vec<Change>) {
        for change in changes {
            if let Some(sensor) = self.core.registry.get(&change.sensor)
                && put_on(&sensor, &change.levels)
            {
                self.core.attention.changed.put(change.sensor, ());
            }
        }
    }

    fn put_all_right(&self) {
        for sensor in self.core.registry.all() {
            if put_on(&sensor, &self.tracker.levels(sensor.id())) {
                self.core.attention.changed.put(sensor.id().clone(), ());
            }
        }
    }

    fn publish(&self) {
        *self.core.attention.view.lock() = AttentionView {
            viewers: self.tracker.viewers(),
            stale_viewers: self.tracker.stale_viewers(),
            refused: self.tracker.refused(),
            battery: self.battery,
            ..AttentionView::default()
        };
    }
}

/// Puts the levels on a sensor and its streams; whether one is another than before.
fn put_on(sensor: &Sensor, levels: &Levels) -> bool {
    let mut changed = sensor.watched().set(levels.sensor);
    for stream in sensor.streams() {
        changed |= stream.set_attention(levels.of(&stream.spec().key.attribute));
    }
    changed
}

/// The levels as they were put on a sensor.
fn levels_on(sensor: &Arc<Sensor>) -> Change {
    let own = sensor.watched().level();
    let marked = |stream: Arc<crate::stream::Stream>| {
        let level = stream.attention();
        (level != own).then(|| (stream.spec().key.attribute.clone(), level))
    };
    let attributes = sensor.streams().into_iter().filter_map(marked).collect();
    Change { sensor: sensor.id().clone(), levels: Levels { sensor: own, attributes } }
}

impl Core {
    /// Attention, summed up.
    #[must_use]
    pub fn attention_view(&self) -> AttentionView {
        let mut sensors = [0; 4];
        for sensor in self.registry.all() {
            sensors[sensor.watched().level() as usize] += 1;
        }
        AttentionView { sensors, ..self.attention.view() }
    }
}

#[cfg(test)]
mod tests;
