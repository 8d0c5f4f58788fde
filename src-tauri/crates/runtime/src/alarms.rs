//! What should flow and does not: an alarm within 100 ms of the 2 s, on the screen,
//! on the notice board and in the metrics, and gone as soon as data flows. On the way
//! it is judged whether streams deliver as many samples as they should.
//!
//! Nobody tells this service of samples, so that they cost nothing: it looks at a
//! stream when its alarm would be due, which for one that flows is every 2 s.

mod board;
#[cfg(test)]
mod tests;

use crate::core::Core;
use crate::sensor::Sensor;
use crate::stream::Stream;
use crate::supervisor::{Failure, StopSignal};
use crate::view::gathering_ns;
use crate::vitals::{Basis, Vitals};
use board::{Board, Event, What};
use model::{AttributeKind, LinkState, NANOS_PER_SEC, SensorId};
use parking_lot::Mutex;
use policy::nodata::{Change, Facts, Link, RAISED_LOOK_NS, Watch};
use policy::rate::{Judge, Learner};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// How often it is looked what is due.
const TICK: Duration = Duration::from_nanos(RAISED_LOOK_NS.unsigned_abs());
/// The longest time between two looks at a stream, ns: so long a verdict on its rate may be late.
const LOOK_WITHIN_NS: i64 = 2_000_000_000;
/// Rates that are judged a second at most: among very many streams each waits longer.
const JUDGED_A_SECOND: i64 = 5_000;
/// Looks in one round at most; the others wait for the next.
const LOOKS_MAX: usize = 20_000;
/// Counts alarms in telemetry.
const NO_DATA: &str = "no data alarms";

/// The alarms.
#[derive(Default)]
pub(crate) struct Alarms {
    /// Streams that have come since the last round. Bounded as the registry of attributes is.
    fresh: Mutex<Vec<Watched>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    watched: BinaryHeap<Reverse<Due>>,
    board: Board,
}

/// A stream, and when to look at it.
struct Due {
    at_ns: i64,
    watched: Box<Watched>,
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        self.at_ns == other.at_ns
    }
}

impl Eq for Due {}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Due {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.at_ns.cmp(&other.at_ns)
    }
}

/// A stream that is watched.
struct Watched {
    id: SensorId,
    sensor: Weak<Sensor>,
    stream: Weak<Stream>,
    remembered_hz: Option<f64>,
    learned_hz: Option<f64>,
    watch: Watch,
    judge: Judge,
    judge_due_ns: i64,
    /// Where nobody promises a rate.
    learner: Option<Box<Learner>>,
}

impl Alarms {
    /// Watches a stream from now on. `remembered_hz`: how often it usually delivers.
    pub fn watch(&self, sensor: &Arc<Sensor>, stream: &Arc<Stream>, remembered_hz: Option<f64>) {
        if !is_expected(stream.spec().kind) {
            return;
        }
        self.fresh.lock().push(Watched {
            id: sensor.id().clone(),
            sensor: Arc::downgrade(sensor),
            stream: Arc::downgrade(stream),
            remembered_hz,
            learned_hz: None,
            watch: Watch::default(),
            judge: Judge::default(),
            judge_due_ns: i64::MIN,
            learner: None,
        });
    }

    /// The sensors from which nothing comes although it should.
    pub fn silent(&self) -> Vec<SensorId> {
        self.state.lock().board.silent()
    }

    /// Looks at what is due.
    pub fn round(&self, core: &Core) {
        let now_ns = core.clock.now().host_ns;
        let mut state = self.state.lock();
        let fresh = std::mem::take(&mut *self.fresh.lock());
        let fresh =
            fresh.into_iter().map(|watched| Reverse(Due { at_ns: now_ns, watched: Box::new(watched) }));
        state.watched.extend(fresh);
        let among = i64::try_from(state.watched.len()).unwrap_or(i64::MAX);
        let judge_every_ns = LOOK_WITHIN_NS.max(among.saturating_mul(NANOS_PER_SEC / JUDGED_A_SECOND));
        let mut events = Vec::new();
        for _ in 0..LOOKS_MAX {
            if state.watched.peek().is_none_or(|Reverse(due)| due.at_ns > now_ns) {
                break;
            }
            let Some(Reverse(Due { mut watched, .. })) = state.watched.pop() else { break };
            if let Some(at_ns) = watched.look(now_ns, judge_every_ns, &mut events) {
                state.watched.push(Reverse(Due { at_ns, watched }));
            }
        }
        let raised = state.board.tell(events, &core.notices);
        (0..raised).for_each(|_| core.telemetry.counter(NO_DATA).count());
    }
}

impl Watched {
    /// Looks at the stream; when to look again, host time, or nothing where it is gone.
    fn look(&mut self, now_ns: i64, judge_every_ns: i64, events: &mut Vec<Event>) -> Option<i64> {
        let (Some(sensor), Some(stream)) = (self.sensor.upgrade(), self.stream.upgrade()) else {
            if self.watch.raised_ns().is_some() {
                events.push(Event { sensor: self.id.clone(), what: What::Dropped });
            }
            return None;
        };
        let (expected_hz, basis) = self.expected(&stream);
        let facts = Facts {
            link: link_of(&sensor),
            last_ns: stream.ring().latest_ns(),
            rate_hz: expected_hz,
            held_back_ns: gathering_ns(&sensor),
        };
        let look = self.watch.look(&facts, now_ns);
        let flows = self.watch.raised_ns().is_none() && matches!(facts.link, Link::Up { .. });
        if !flows || now_ns >= self.judge_due_ns {
            self.judge_due_ns = now_ns.saturating_add(judge_every_ns);
            let rate_hz = if flows { stream.ring().rate_hz(now_ns) } else { None };
            self.judge.judge(rate_hz, expected_hz, now_ns);
            if basis == Basis::Unknown {
                self.learned_hz = self.learner.get_or_insert_default().note(rate_hz, now_ns);
            }
        }
        let (verdict, silent_since_ns) = (self.judge.told(), self.watch.raised_ns());
        stream.set_vitals(Vitals { expected_hz, basis, verdict, silent_since_ns });
        let what = match look.change {
            Change::None => None,
            Change::Raised { .. } => Some(What::raised(&sensor, &stream)),
            Change::Flows { .. } => Some(What::Flows { name: sensor.info().name.to_string() }),
            Change::Dropped => Some(What::Dropped),
        };
        events.extend(what.map(|what| Event { sensor: self.id.clone(), what }));
        Some(look.next_ns.min(now_ns.saturating_add(LOOK_WITHIN_NS)).max(now_ns.saturating_add(1)))
    }

    fn expected(&self, stream: &Stream) -> (Option<f64>, Basis) {
        let promised = stream.spec().nominal_rate_hz.filter(|hz| hz.is_finite() && *hz > 0.0);
        let said = [
            (promised, Basis::Promised),
            (self.remembered_hz, Basis::Remembered),
            (self.learned_hz, Basis::Learned),
        ];
        said.into_iter().find(|(hz, _)| hz.is_some()).unwrap_or((None, Basis::Unknown))
    }
}

fn link_of(sensor: &Sensor) -> Link {
    match sensor.link() {
        LinkState::Live => Link::Up { since_ns: sensor.link_since_ns() },
        LinkState::Connecting | LinkState::Lost { .. } => Link::Down,
        LinkState::Stopped => Link::Off,
    }
}

/// Whether a stream of this kind flows by itself. The others come when something
/// happens, or when the device feels like it.
fn is_expected(kind: AttributeKind) -> bool {
    !matches!(
        kind,
        AttributeKind::RrInterval
            | AttributeKind::Battery
            | AttributeKind::EnergyExpended
            | AttributeKind::BloodPressure
            | AttributeKind::Button
            | AttributeKind::Tap
            | AttributeKind::Orientation
            | AttributeKind::Steps
            | AttributeKind::Calories
            | AttributeKind::Led
            | AttributeKind::Speaker
            | AttributeKind::BodyLocation
            | AttributeKind::RichPresence
            | AttributeKind::EyeBlink
            | AttributeKind::EyeWorn
            | AttributeKind::Buttplug
    )
}

/// Looks at what is due until told to stop.
pub(crate) fn run(core: &Core, stop: &StopSignal) -> Result<(), Failure> {
    while !stop.wait(TICK) {
        core.alarms.round(core);
    }
    Ok(())
}
