//! The load monitor: measures, decides, publishes, protects.
//!
//! Once a second it reads CPU time and memory, every two seconds it adds the
//! waiting of the queues, decides the level and the state of memory
//! (`policy::load`, `policy::memory`) and publishes both into the one regime that
//! every layer reads. What follows from a change beyond that it carries out
//! itself: it refuses simulated sensors, trims the packed tier, and tells the
//! operator. Its state outlives its thread; should the thread fail, nobody is
//! left throttled.

mod cgroup;
mod cpu;
mod depths;
mod probe;
mod proc;
mod view;
mod words;

pub(crate) use depths::Depths;
#[cfg(test)]
pub(crate) use depths::Spread;
pub use probe::{CpuReading, GroupCpu, HostCpu, Probe, SystemProbe};
pub use view::LoadView;

use crate::core::Core;
use crate::supervisor::{Failure, Service, StopSignal};
use cpu::CpuMeter;
use model::LoadLevel;
use parking_lot::Mutex;
use policy::load::measures::{Action, Measure, Strain, actions};
use policy::load::{LoadConfig, LoadMeter, Pressures, event_bus_pressure, queue_pressure};
use policy::memory::{MemoryConfig, MemoryGuard, MemoryState, MemoryUse};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// How often the machine is read.
const SAMPLE_EVERY: Duration = Duration::from_secs(1);
/// So many samples later the level is decided.
const SAMPLES_PER_DECISION: u32 = 2;

/// The knobs of the load monitor.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MonitorConfig {
    /// Of the level.
    pub load: LoadConfig,
    /// Of the protection of memory.
    pub memory: MemoryConfig,
}

/// Measures and decides; shared by its thread and whoever wants to look.
pub struct LoadMonitor {
    config: MonitorConfig,
    probe: Box<dyn Probe>,
    state: Mutex<State>,
}

struct State {
    cpu: CpuMeter,
    meter: LoadMeter,
    guard: MemoryGuard,
    memory: MemoryUse,
    is_memory_known: bool,
    pressures: Pressures,
    score: f64,
    strain: Strain,
    decisions: u64,
}

/// What one decision came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// Before.
    pub before: Strain,
    /// Now.
    pub after: Strain,
    /// What has to be done.
    pub actions: Vec<Action>,
    /// What presses most, in words.
    pub cause: &'static str,
}

impl LoadMonitor {
    /// A monitor that has measured nothing yet.
    #[must_use]
    pub fn new(config: MonitorConfig, probe: Box<dyn Probe>) -> Self {
        let state = State {
            cpu: CpuMeter::default(),
            meter: LoadMeter::new(config.load),
            guard: MemoryGuard::new(config.memory),
            memory: MemoryUse::default(),
            is_memory_known: false,
            pressures: Pressures::default(),
            score: 0.0,
            strain: Strain::default(),
            decisions: 0,
        };
        Self { config, probe, state: Mutex::new(state) }
    }

    /// Reads the machine.
    pub fn sample(&self, now_ns: i64) {
        let (cpu, memory) = (self.probe.cpu(), self.probe.memory());
        let mut state = self.state.lock();
        state.cpu.take(cpu, now_ns);
        state.is_memory_known = memory.is_some();
        state.memory = memory.unwrap_or_default();
    }

    /// Decides the level and the state of memory.
    pub(crate) fn decide(&self, depths: Depths, now_ns: i64) -> Decision {
        let mut state = self.state.lock();
        let ratio = state.memory.ratio();
        let pressures = Pressures {
            cpu: state.cpu.mean(),
            event_bus: event_bus_pressure(depths.bus.worst, depths.bus.mean),
            queues: queue_pressure(depths.queues.worst, depths.queues.mean),
            memory: ratio.clamp(0.0, 1.0),
        };
        let memory = state.guard.observe(ratio, now_ns);
        let reading = state.meter.observe(pressures, memory == MemoryState::Critical, now_ns);
        let before = state.strain;
        let after = Strain { load: reading.level, memory };
        (state.pressures, state.score, state.strain) = (pressures, reading.score, after);
        state.decisions += 1;
        let cause = words::cause(pressures, self.config.load.weights);
        Decision { before, after, actions: actions(before, after), cause }
    }

    /// Moves the thresholds of the levels, as the homeostatic tuner asks.
    pub fn set_offsets(&self, offsets: [f64; 3]) {
        self.state.lock().meter.set_offsets(offsets);
    }

    /// The level in force and the score behind it; none before the first decision.
    #[must_use]
    pub fn reading(&self) -> Option<(LoadLevel, f64)> {
        let state = self.state.lock();
        (state.decisions > 0).then_some((state.strain.load, state.score))
    }
}

impl Core {
    /// One decision, and what follows from it.
    pub(crate) fn decide_load(&self, now_ns: i64) {
        let decision = self.load.decide(self.depths(), now_ns);
        if decision.before != decision.after {
            self.regime.set_load(decision.after.load);
            self.regime.set_memory_protected(decision.after.memory != MemoryState::Free);
        }
        for action in &decision.actions {
            self.enact(*action);
        }
        self.announce(&decision);
    }

    /// What acts through the regime needs no further hand; the rest does.
    fn enact(&self, action: Action) {
        match action {
            Action::Begin(Measure::RefuseSimulated) => self.regime.set_refuses_simulated(true),
            Action::End(Measure::RefuseSimulated) => self.regime.set_refuses_simulated(false),
            Action::Begin(_) | Action::End(_) => {}
        }
        tracing::info!(?action, "a protective measure");
    }

    fn announce(&self, decision: &Decision) {
        let Decision { before, after, cause, .. } = decision;
        if before.memory != after.memory {
            self.notices.post(words::of_memory(*after));
        }
        // Short memory has just been told; that it counts as critical load goes with it.
        if before.load != after.load
            && !(before.memory != after.memory && after.memory == MemoryState::Critical)
        {
            self.notices.post(words::of_load(*after, cause));
        }
    }
}

/// The thread of the monitor.
pub(crate) fn service(core: &Arc<Core>) -> Service {
    let core = Arc::downgrade(core);
    Service::thread("load monitor", move |stop| run(&core, stop)).guarded()
}

fn run(core: &Weak<Core>, stop: &StopSignal) -> Result<(), Failure> {
    let _relief = Relief(core);
    let mut samples = 0_u32;
    loop {
        // The core is let go while waiting, so that it can end with its console.
        let Some(core) = core.upgrade() else { return Ok(()) };
        let now_ns = core.clock.now().host_ns;
        core.load.sample(now_ns);
        samples = samples.wrapping_add(1);
        if samples.is_multiple_of(SAMPLES_PER_DECISION) {
            core.decide_load(now_ns);
        }
        drop(core);
        if stop.wait(SAMPLE_EVERY) {
            return Ok(());
        }
    }
}

/// When nobody measures any more, nobody is held back by what was measured last.
struct Relief<'c>(&'c Weak<Core>);

impl Drop for Relief<'_> {
    fn drop(&mut self) {
        if let Some(core) = self.0.upgrade() {
            core.load.state.lock().strain = Strain::default();
            core.regime.set_load(LoadLevel::Normal);
            core.regime.set_memory_protected(false);
            core.regime.set_refuses_simulated(false);
        }
    }
}

#[cfg(test)]
mod tests;
