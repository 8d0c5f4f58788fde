//! The bio tier at work: feeds the five modules of `policy::bio`, and puts what
//! they say where it acts.
//!
//! Fed: novelty by the newest value of every scalar stream, four times a second
//! (the hot path pays nothing); the forecast and the day by load and attention;
//! the tuner by the level. Acting: factors on batch windows go into the regime,
//! for all sensors and for each; the tuner's offsets go to the load monitor. A
//! factor is published to the hundredth, so that a slow wave is not a change at
//! every look.

mod factors;
mod local;
mod taste;
mod view;

pub use view::BioView;

use crate::core::Core;
use crate::regime::Regime;
use crate::supervisor::{Failure, Service, StopSignal};
use model::{AttentionLevel, AttributeId, LoadLevel, SensorId, Stamp};
use parking_lot::Mutex;
use policy::bio::arbiter::{Claim, multipliers};
use policy::bio::circadian::{Circadian, TimeOfDay};
use policy::bio::forecast::{Forecast, Outlook};
use policy::bio::homeostasis::Homeostasis;
use policy::bio::novelty::Novelty;
use policy::bio::{Module, Switches};
use std::collections::BTreeMap;
use std::sync::{Arc, Weak};
use std::time::Duration;
use taste::Taste;

/// How often newest values are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// So many looks later load and attention are learnt from: every 2 s.
const LOOKS_PER_LESSON: u32 = 8;
/// So many looks later sensors compete anew: every 5 s ("platform, resource arbiter").
const LOOKS_PER_ROUND: u32 = 20;

/// The knobs of the bio tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BioConfig {
    /// Which modules are on at the start.
    pub switches: Switches,
    /// So many attributes are watched for something novel at most; each costs about 150 bytes.
    pub novelty_tracks_max: u32,
}

impl Default for BioConfig {
    fn default() -> Self {
        Self { switches: Switches::default(), novelty_tracks_max: 20_000 }
    }
}

/// The modules, shared by their thread and whoever wants to look.
pub struct Bio(Mutex<State>);

struct State {
    switches: Switches,
    novelty: Novelty<AttributeId>,
    forecast: Forecast,
    homeostasis: Homeostasis,
    circadian: Circadian,
    taste: Taste,
    time: TimeOfDay,
    outlook: Outlook,
    /// How closely the most watched sensor is watched.
    watched: AttentionLevel,
    /// The arbiter's multipliers.
    shares: BTreeMap<SensorId, f64>,
}

impl Bio {
    /// Modules that know nothing yet.
    #[must_use]
    pub fn new(config: BioConfig) -> Self {
        Self(Mutex::new(State {
            switches: config.switches,
            novelty: Novelty::new(config.novelty_tracks_max as usize),
            forecast: Forecast::default(),
            homeostasis: Homeostasis::default(),
            circadian: Circadian::default(),
            taste: Taste::default(),
            time: TimeOfDay::default(),
            outlook: Outlook::Steady,
            watched: AttentionLevel::None,
            shares: BTreeMap::new(),
        }))
    }

    /// Switches a module; what it had learnt it keeps.
    pub(crate) fn switch(&self, module: Module, on: bool, regime: &Regime, now_ns: i64) {
        let mut state = self.0.lock();
        state.switches.set(module, on);
        state.publish(regime, now_ns);
    }
}

impl Core {
    /// Looks at the newest values; true if something novel has come or gone.
    pub(crate) fn look_for_novelty(&self, now_ns: i64) -> bool {
        let mut state = self.bio.0.lock();
        let State { novelty, taste, .. } = &mut *state;
        let boosted = novelty.boosted();
        let mut found = false;
        taste.each_newest(|key, value| {
            found |= novelty.observe(&key.sensor, &key.attribute, value, now_ns).is_some();
        });
        novelty.sweep(now_ns);
        found || novelty.boosted() != boosted
    }

    /// Learns from load and attention at `now`.
    pub(crate) fn learn_from_load(&self, now: Stamp) {
        let (level, score) = self.load.reading().unwrap_or((LoadLevel::Normal, 0.0));
        let mut state = self.bio.0.lock();
        let time = local::time_of_day(now.wall_ns);
        state.time = time;
        state.circadian.observe(score, time, now.host_ns);
        let demand = factors::demand(state.watched);
        state.forecast.record(demand, score, time, now.host_ns);
        state.homeostasis.observe(level, now.host_ns);
        let is_tuned = state.switches.is_on(Module::Homeostatic);
        let offsets = if is_tuned { state.homeostasis.offsets() } else { [0.0; 3] };
        drop(state);
        self.load.set_offsets(offsets);
    }

    /// Lets the sensors compete, and looks ahead.
    pub(crate) fn compete(&self, now_ns: i64) {
        let sensors = self.registry.all();
        let mut state = self.bio.0.lock();
        let claims: Vec<Claim> = sensors
            .iter()
            .map(|sensor| Claim {
                attention: factors::attention(sensor),
                novelty: state.novelty.score(sensor.id(), now_ns),
            })
            .collect();
        state.watched = claims.iter().map(|claim| claim.attention).max().unwrap_or_default();
        let shares = multipliers(&claims);
        state.shares = sensors.iter().map(|sensor| sensor.id().clone()).zip(shares).collect();
        state.outlook = state.forecast.outlook(state.time);
        state.taste.refill(&sensors);
    }

    /// Puts the factors where batch windows are computed.
    pub(crate) fn publish_factors(&self, now_ns: i64) {
        self.bio.0.lock().publish(&self.regime, now_ns);
    }
}

/// The thread of the bio tier.
pub(crate) fn service(core: &Arc<Core>) -> Service {
    let core = Arc::downgrade(core);
    Service::thread("bio", move |stop| run(&core, stop)).guarded()
}

fn run(core: &Weak<Core>, stop: &StopSignal) -> Result<(), Failure> {
    let _neutral = Neutral(core);
    let mut looks = 0_u32;
    loop {
        // The core is let go while waiting, so that it can end with its console.
        let Some(core) = core.upgrade() else { return Ok(()) };
        core.look(looks);
        looks = looks.wrapping_add(1);
        drop(core);
        if stop.wait(LOOK_EVERY) {
            return Ok(());
        }
    }
}

impl Core {
    /// Look number `looks` of the thread.
    fn look(&self, looks: u32) {
        let now = self.clock.now();
        if looks.is_multiple_of(LOOKS_PER_LESSON) {
            self.learn_from_load(now);
        }
        let is_round = looks.is_multiple_of(LOOKS_PER_ROUND);
        if is_round {
            self.compete(now.host_ns);
        }
        if self.look_for_novelty(now.host_ns) || is_round {
            self.publish_factors(now.host_ns);
        }
    }
}

/// When nobody computes factors any more, the last ones don't stay for ever.
struct Neutral<'c>(&'c Weak<Core>);

impl Drop for Neutral<'_> {
    fn drop(&mut self) {
        if let Some(core) = self.0.upgrade() {
            core.regime.set_bio_factors(1.0, BTreeMap::new());
            core.load.set_offsets([0.0; 3]);
        }
    }
}

#[cfg(test)]
mod tests;
