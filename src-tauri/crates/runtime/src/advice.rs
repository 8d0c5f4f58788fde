//! Advice to sources: what each is asked to do, told to its connector.
//!
//! A thread looks 20 times a second whether the regime, a recording or the
//! attention of a sensor has changed, decides anew for whom it matters
//! (`policy::advice`), and sends what changed. What a connector has no room for
//! waits, the latest for each sensor; a connector that begins anew is told
//! everything again.

use crate::core::Core;
use crate::queue::{Latest, Queue, QueueView};
use crate::registries::SENSORS_MAX;
use crate::sensor::Sensor;
use crate::supervisor::{Failure, StopSignal};
use connect::{AdviceTo, Command};
use model::{Advice, AttentionLevel, ConnectorKind, SensorId};
use parking_lot::Mutex;
use policy::advice::{Circumstances, advise};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How often the desk looks.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// So many sensors are advised by one command at most.
const PER_COMMAND: usize = 256;

/// What the desk has done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AdviceView {
    /// Advice handed to connectors, one for each sensor it was for.
    pub sent: u64,
    /// Advice that was overtaken by newer advice before it could be sent.
    pub overtaken: u64,
    /// Advice that waits for room at its connector.
    pub waiting: u64,
    /// Sources that are paused at present.
    pub paused: u64,
}

/// Where advice is decided and sent from.
#[derive(Default)]
pub struct AdviceDesk {
    outlets: Mutex<Vec<Outlet>>,
    sent: AtomicU64,
}

/// The way to the connector of one kind.
#[derive(Clone)]
struct Outlet {
    kind: ConnectorKind,
    commands: Queue<Command>,
    /// Advice that has found no room yet.
    waiting: Arc<Latest<SensorId, Advice>>,
}

impl AdviceDesk {
    /// Sends advice for sensors of `kind` to `commands` from now on.
    pub fn add_outlet(&self, kind: ConnectorKind, commands: &Queue<Command>) {
        let mut outlets = self.outlets.lock();
        match outlets.iter_mut().find(|outlet| outlet.kind == kind) {
            Some(outlet) => outlet.commands = commands.clone(),
            None => outlets.push(Outlet::new(kind, commands.clone())),
        }
    }

    /// The advice that waits for connectors, as the operator sees it.
    #[must_use]
    pub fn queue_views(&self) -> Vec<QueueView> {
        self.outlets().iter().map(|outlet| outlet.waiting.view()).collect()
    }

    fn outlets(&self) -> Vec<Outlet> {
        self.outlets.lock().clone()
    }
}

impl Outlet {
    fn new(kind: ConnectorKind, commands: Queue<Command>) -> Self {
        let name = match kind {
            ConnectorKind::Ble => "advice to bluetooth",
            ConnectorKind::Simulator => "advice to the simulator",
        };
        Self { kind, commands, waiting: Arc::new(Latest::new(name, SENSORS_MAX)) }
    }

    /// Sends what waits, as far as the connector has room, and gives how much
    /// went. Half of the room is left to the operator.
    fn send(&self) -> u64 {
        let mut waiting = self.waiting.take_all().into_iter();
        let mut sent = 0;
        loop {
            let next = waiting.by_ref().take(PER_COMMAND);
            let advice: Vec<_> = next.map(|(sensor, advice)| AdviceTo { sensor, advice }).collect();
            if advice.is_empty() {
                return sent;
            }
            let (length, reserve) = (advice.len() as u64, self.commands.capacity().div_ceil(2));
            match self.commands.push_or_refuse(Command::Advise { advice }, reserve) {
                Ok(()) => sent += length,
                Err(back) => {
                    self.keep(back);
                    waiting.for_each(|(sensor, advice)| self.waiting.put_back(sensor, advice));
                    return sent;
                }
            }
        }
    }

    fn keep(&self, back: Command) {
        if let Command::Advise { advice } = back {
            advice.into_iter().for_each(|one| self.waiting.put_back(one.sensor, one.advice));
        }
    }
}

impl Core {
    /// What a source of that attention is advised under the present regime.
    pub(crate) fn advice_for(&self, attention: AttentionLevel, bio: f64) -> Advice {
        advise(Circumstances {
            attention,
            load: self.regime.load(),
            memory_protected: self.regime.memory_protected(),
            bio,
            recording: self.recorder.is_recording(),
        })
    }

    /// What the advice desk has done so far.
    #[must_use]
    pub fn advice_view(&self) -> AdviceView {
        let paused = self.registry.all().iter().filter(|sensor| is_paused(sensor)).count();
        let waiting: Vec<_> = self.advice.outlets().iter().map(|outlet| outlet.waiting.view()).collect();
        AdviceView {
            sent: self.advice.sent.load(Ordering::Relaxed),
            overtaken: waiting.iter().map(|view| view.overtaken).sum(),
            waiting: waiting.iter().map(|view| view.depth as u64).sum(),
            paused: paused as u64,
        }
    }
}

/// Whether a source was asked to pause, and can.
pub(crate) fn is_paused(sensor: &Sensor) -> bool {
    let advised = sensor.advised();
    advised.obeys() == Some(true) && advised.advice().is_some_and(|advice| advice.paused)
}

/// The desk: serves until it is told to stop.
pub(crate) fn run(core: &Core, stop: &StopSignal) -> Result<(), Failure> {
    let mut desk = Desk::default();
    while !stop.wait(LOOK_EVERY) {
        desk.look(core);
    }
    Ok(())
}

/// What advice depends on for all sensors alike.
type Common = (u64, bool);

#[derive(Default)]
struct Desk {
    decided_for: Option<Common>,
}

impl Desk {
    fn look(&mut self, core: &Core) {
        let changed = core.attention.take_changed();
        let common = (core.regime.revision(), core.recorder.is_recording());
        let all = self.decided_for.replace(common) != Some(common);
        let sensors: Vec<Arc<Sensor>> = match all {
            true => core.registry.all(),
            false => changed.iter().filter_map(|id| core.registry.get(id)).collect(),
        };
        let outlets = core.advice.outlets();
        for sensor in sensors {
            decide(core, &outlets, &sensor);
        }
        let sent = outlets.iter().map(Outlet::send).sum();
        core.advice.sent.fetch_add(sent, Ordering::Relaxed);
    }
}

fn decide(core: &Core, outlets: &[Outlet], sensor: &Sensor) {
    let bio = core.regime.bio_factor(sensor.id());
    let advice = core.advice_for(sensor.watched().level(), bio);
    if !sensor.advised().ask(advice) {
        return;
    }
    // Without a connector there is nobody to advise; a new one is told anew.
    let kind = sensor.info().connector_kind;
    if let Some(outlet) = outlets.iter().find(|outlet| outlet.kind == kind) {
        // There is room for every sensor that the registry takes in.
        outlet.waiting.put(sensor.id().clone(), advice);
    }
}

#[cfg(test)]
mod tests;
