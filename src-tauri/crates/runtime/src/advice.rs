//! Advice to sources: what each is asked to do, told to its connector.
//!
//! A thread looks 20 times a second whether the regime, a recording or the
//! attention of a sensor has changed, decides anew for whom it matters
//! (`policy::advice`), and sends what changed. What a connector has no room for
//! waits here, the latest for each sensor; a connector that begins anew is told
//! everything again.

use crate::core::Core;
use crate::sensor::Sensor;
use crate::supervisor::{Failure, StopSignal};
use connect::{AdviceTo, Command};
use crossbeam_channel::{Sender, TrySendError};
use model::{Advice, AttentionLevel, ConnectorKind, SensorId};
use parking_lot::Mutex;
use policy::advice::{Circumstances, advise};
use std::collections::BTreeMap;
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
    outlets: Mutex<Vec<(ConnectorKind, Sender<Command>)>>,
    sent: AtomicU64,
    overtaken: AtomicU64,
    waiting: AtomicU64,
}

impl AdviceDesk {
    /// Sends advice for sensors of `kind` to `commands` from now on.
    pub fn add_outlet(&self, kind: ConnectorKind, commands: Sender<Command>) {
        let mut outlets = self.outlets.lock();
        outlets.retain(|(other, _)| *other != kind);
        outlets.push((kind, commands));
    }

    fn outlet(&self, kind: ConnectorKind) -> Option<Sender<Command>> {
        let outlets = self.outlets.lock();
        outlets.iter().find(|(other, _)| *other == kind).map(|(_, commands)| commands.clone())
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
        AdviceView {
            sent: self.advice.sent.load(Ordering::Relaxed),
            overtaken: self.advice.overtaken.load(Ordering::Relaxed),
            waiting: self.advice.waiting.load(Ordering::Relaxed),
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
    waiting: BTreeMap<SensorId, (ConnectorKind, Advice)>,
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
        for sensor in sensors {
            self.decide(core, &sensor);
        }
        self.send(core);
        core.advice.waiting.store(self.waiting.len() as u64, Ordering::Relaxed);
    }

    fn decide(&mut self, core: &Core, sensor: &Sensor) {
        let bio = core.regime.bio_factor(sensor.id());
        let advice = core.advice_for(sensor.watched().level(), bio);
        if sensor.advised().ask(advice) {
            let kind = sensor.info().connector_kind;
            if self.waiting.insert(sensor.id().clone(), (kind, advice)).is_some() {
                core.advice.overtaken.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Sends what waits, as far as the connectors have room. Half of their room
    /// is left to the operator.
    fn send(&mut self, core: &Core) {
        let mut by_kind: Vec<(ConnectorKind, Vec<AdviceTo>)> = Vec::new();
        for (sensor, (kind, advice)) in std::mem::take(&mut self.waiting) {
            let one = AdviceTo { sensor, advice };
            match by_kind.iter_mut().find(|(other, _)| *other == kind) {
                Some((_, list)) => list.push(one),
                None => by_kind.push((kind, vec![one])),
            }
        }
        for (kind, list) in by_kind {
            // Without a connector there is nobody to advise; a new one is told anew.
            let Some(outlet) = core.advice.outlet(kind) else { continue };
            for chunk in list.chunks(PER_COMMAND) {
                if let Err(back) = hand_over(&outlet, chunk.to_vec()) {
                    self.waiting.extend(back.into_iter().map(|one| (one.sensor, (kind, one.advice))));
                } else {
                    core.advice.sent.fetch_add(chunk.len() as u64, Ordering::Relaxed);
                }
            }
        }
    }
}

/// Hands advice to a connector, or gives it back where there is no room now.
fn hand_over(outlet: &Sender<Command>, advice: Vec<AdviceTo>) -> Result<(), Vec<AdviceTo>> {
    if outlet.capacity().is_some_and(|capacity| 2 * outlet.len() >= capacity) {
        return Err(advice);
    }
    match outlet.try_send(Command::Advise { advice }) {
        Err(TrySendError::Full(Command::Advise { advice })) => Err(advice),
        Ok(()) | Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests;
