//! The keeper of the attribute store: comes by every stream, packs what is about
//! to leave its hot ring, and holds both tiers to the limits that load and
//! memory allow. It also adds up what the store takes, and
//! reads the counters from which rates are made, and tells the operator where the
//! numbers of a source made no sense.
//!
//! While there is room, a stream keeps the screen's horizon; under load, or when
//! memory is short, the platform's limits per kind and load hold.

use crate::notices::NoticeBoard;
use crate::regime::Regime;
use crate::registries::Sensors;
use crate::sensor::Sensor;
use crate::supervisor::{Failure, StopSignal};
use crate::warm::Held;
use connect::NoticeLevel;
use crossbeam_channel::RecvTimeoutError;
use model::{Clock, LoadLevel, StreamSpec};
use parking_lot::Mutex;
use policy::limits::{Limits, Table, limits};
use std::sync::Arc;
use std::time::Duration;

/// From one round to the next. A ring holds at least [`RING_SECS`] of its stream.
const ROUND: Duration = Duration::from_millis(500);
const RING_SECS: f64 = 2.0;
/// The longest stretch that the screen asks for, seconds, and a little more.
const HORIZON_SECS: f64 = 125.0;
/// What a ring has places for while there is room, so that 128 samples can be
/// packed before they leave it.
const RING_MIN: usize = 192;
/// The most that is kept of one stream, samples.
pub(crate) const KEPT_MAX: usize = 65_536;
/// What is kept of a stream that promises no rate, samples.
const KEPT_UNKNOWN: usize = 8_192;

/// How much of a stream is kept, samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// In its ring.
    pub hot: usize,
    /// Packed.
    pub warm: usize,
}

/// How much of a stream is kept under this load by the platform's table; what the
/// settings say instead comes with the keeper's next round.
#[must_use]
pub fn room(spec: &StreamSpec, load: LoadLevel, memory_protected: bool) -> Room {
    let load = held_under(load, memory_protected);
    room_of(spec, limits(spec.kind, load), load)
}

/// Short memory counts as high load.
fn held_under(load: LoadLevel, memory_protected: bool) -> LoadLevel {
    if memory_protected { load.max(LoadLevel::High) } else { load }
}

/// How much is kept of a stream whose kind has these limits under `load`.
fn room_of(spec: &StreamSpec, limits: Limits, load: LoadLevel) -> Room {
    let (hot, warm) = (limits.hot as usize, limits.warm as usize);
    if load >= LoadLevel::High {
        return Room { hot, warm };
    }
    let rate_hz = spec.nominal_rate_hz.filter(|rate| rate.is_finite() && *rate > 0.0);
    let samples = |secs: f64| rate_hz.map(|rate| ((rate * secs).ceil().min(KEPT_MAX as f64)) as usize);
    let horizon = samples(HORIZON_SECS).unwrap_or(KEPT_UNKNOWN);
    let hot = hot.max(RING_MIN).max(samples(RING_SECS).unwrap_or_default());
    Room { hot, warm: warm.max(horizon.saturating_sub(hot) + RING_MIN) }
}

/// The keeper.
pub struct Keeper {
    clock: Arc<dyn Clock>,
    registry: Arc<Sensors>,
    regime: Arc<Regime>,
    limits: Table,
    notices: Arc<NoticeBoard>,
    held: Mutex<Held>,
}

impl Keeper {
    /// Keeps the streams of `registry`, within `limits` per kind.
    #[must_use]
    pub fn new(
        clock: Arc<dyn Clock>,
        registry: Arc<Sensors>,
        regime: Arc<Regime>,
        limits: Table,
        notices: Arc<NoticeBoard>,
    ) -> Self {
        Self { clock, registry, regime, limits, notices, held: Mutex::default() }
    }

    /// What all streams held at the last round.
    #[must_use]
    pub fn held(&self) -> Held {
        *self.held.lock()
    }

    /// Makes its rounds until told to stop.
    ///
    /// # Errors
    /// None of its own.
    pub fn run(&self, stop: &StopSignal) -> Result<(), Failure> {
        while stop.channel().recv_timeout(ROUND) == Err(RecvTimeoutError::Timeout) {
            self.make_round();
        }
        Ok(())
    }

    /// Comes by every stream once.
    pub fn make_round(&self) {
        let load = held_under(self.regime.load(), self.regime.memory_protected());
        let (mut sum, now_ns) = (Held::default(), self.clock.now().host_ns);
        self.registry.for_each(|sensor| {
            sensor.note_pulse(now_ns);
            sensor.note_trails(now_ns);
            for stream in sensor.streams() {
                let limits = self.limits.limits(stream.spec().kind, load);
                sum += stream.tend(room_of(stream.spec(), limits, load));
                if stream.source().must_tell_jumps() {
                    self.tell_jump(sensor, stream.spec());
                }
            }
        });
        *self.held.lock() = sum;
    }

    /// Once for each stream; those of one sensor are one notice.
    #[cold]
    fn tell_jump(&self, sensor: &Sensor, spec: &StreamSpec) {
        tracing::warn!(key = %spec.key, "numbers jumped beyond any hole that is believed");
        let text = format!(
            "The sample numbers of {} jumped by more than {} at once. They are counted on from there, \
             without a gap.",
            sensor.info().name,
            crate::source::JUMP_MAX
        );
        let remedy = "What it measured in between, if anything, is in no figure. If it comes again, restart \
                      the sensor.";
        self.notices.say(NoticeLevel::Warning, text, remedy);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::spec;

    #[test]
    fn with_room_the_screens_horizon_is_kept_and_under_load_the_tables_limits() {
        let ecg = spec("ecg", Some(250.0));
        let calm = room(&ecg, LoadLevel::Normal, false);
        assert!(calm.hot >= 500 && calm.hot + calm.warm >= 125 * 250, "{calm:?}");
        assert_eq!(room(&ecg, LoadLevel::High, false), Room { hot: 200, warm: 200 });
        assert_eq!(room(&ecg, LoadLevel::Critical, true), Room { hot: 100, warm: 50 });
        assert_eq!(room(&ecg, LoadLevel::Normal, true), Room { hot: 200, warm: 200 });
    }

    #[test]
    fn no_promise_of_a_rate_makes_a_stream_grow_without_bound() {
        for rate in [None, Some(f64::NAN), Some(-1.0), Some(f64::INFINITY), Some(1e300)] {
            let room = room(&spec("ecg", rate), LoadLevel::Normal, false);
            assert!(room.hot <= KEPT_MAX && room.warm <= KEPT_MAX + RING_MIN, "{rate:?}: {room:?}");
        }
    }

    #[test]
    fn an_absurd_jump_of_a_sources_numbers_leaves_the_account_exact_and_is_told_once() {
        let clock = Arc::new(testkit::FakeClock::default());
        let probe = Box::new(crate::load::SystemProbe::new());
        let core = crate::core::Core::with(clock, &crate::Settings::default(), probe).unwrap();
        let sensor = core.admit(crate::testing::sensor("s", model::ConnectorKind::Simulator)).unwrap();
        let _ = sensor.open_stream(&sensor.info().streams[0], |_| true);
        let stream = Arc::clone(&sensor.streams()[0]);
        let offer = |first| crate::testing::offer(&stream, 1, &crate::testing::block(first, 10));
        let told =
            || core.notices.all().iter().filter(|posted| posted.notice.text.contains("jumped")).count();
        [0, 12].into_iter().for_each(offer);
        core.keeper.make_round();
        assert_eq!(told(), 0);
        // A corrupt number, the right one behind it, and another one.
        [1_000_000_000, 32, 2_000_000_000].into_iter().for_each(offer);
        core.keeper.make_round();
        core.keeper.make_round();
        assert_eq!((told(), stream.source().jumps()), (1, 3));
        assert_eq!((stream.offered(), stream.delivered(), stream.dropped()), (52, 50, 2));
        assert!(core.tree.shut_down(Duration::from_secs(10)).is_empty());
    }

    #[test]
    fn the_settings_limits_of_a_kind_reach_its_rings_at_the_keepers_next_round() {
        let text = "[store.hot]\necg = 1_000\n[store.warm]\necg = 2_000\n";
        let settings = crate::Settings::parse("s", text).settings;
        let clock = Arc::new(testkit::FakeClock::default());
        let core =
            crate::core::Core::with(clock, &settings, Box::new(crate::load::SystemProbe::new())).unwrap();
        let info = crate::testing::sensor("s", model::ConnectorKind::Simulator);
        let sensor = core.admit(info).unwrap();
        let _ = sensor.open_stream(&sensor.info().streams[0], |_| true);
        let stream = Arc::clone(&sensor.streams()[0]);
        core.regime.set_load(LoadLevel::High);
        for k in 0..200 {
            crate::testing::offer(&stream, 1, &crate::testing::block(k * 10, 10));
            core.keeper.make_round();
        }
        // 40 % and 20 % of what was set, in packed blocks of 128; by the table: 200 and 128.
        let held = core.keeper.held();
        assert_eq!((held.hot_samples, held.warm_samples), (400, 384));
        assert!(core.tree.shut_down(Duration::from_secs(10)).is_empty());
    }
}
