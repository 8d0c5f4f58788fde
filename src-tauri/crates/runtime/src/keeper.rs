//! The keeper of the attribute store: comes by every stream, packs what is about
//! to leave its hot ring, and holds both tiers to the limits that load and
//! memory allow. It also adds up what the store takes, and
//! reads the counters from which rates are made.
//!
//! While there is room, a stream keeps the screen's horizon; under load, or when
//! memory is short, the platform's limits per kind and load hold.

use crate::regime::Regime;
use crate::registries::Sensors;
use crate::stream::Stream;
use crate::supervisor::{Failure, StopSignal};
use crate::warm::Held;
use crossbeam_channel::RecvTimeoutError;
use model::{Clock, LoadLevel, StreamSpec};
use parking_lot::Mutex;
use policy::limits::limits;
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
const KEPT_MAX: usize = 65_536;
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

/// How much of a stream is kept under this load.
#[must_use]
pub fn room(spec: &StreamSpec, load: LoadLevel, memory_protected: bool) -> Room {
    let load = if memory_protected { load.max(LoadLevel::High) } else { load };
    let table = limits(spec.kind, load);
    let (hot, warm) = (table.hot as usize, table.warm as usize);
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
    held: Mutex<Held>,
}

impl Keeper {
    /// Keeps the streams of `registry`.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, registry: Arc<Sensors>, regime: Arc<Regime>) -> Self {
        Self { clock, registry, regime, held: Mutex::default() }
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
        let (load, is_protected) = (self.regime.load(), self.regime.memory_protected());
        let (mut sum, now_ns) = (Held::default(), self.clock.now().host_ns);
        self.registry.for_each(|sensor| {
            sensor.note_pulse(now_ns);
            for stream in sensor.streams() {
                sum += tend(&stream, load, is_protected);
            }
        });
        *self.held.lock() = sum;
    }
}

fn tend(stream: &Stream, load: LoadLevel, memory_protected: bool) -> Held {
    stream.tend(room(stream.spec(), load, memory_protected))
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
}
