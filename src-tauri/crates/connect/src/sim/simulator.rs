//! The connector over the [`Stepper`]: announces the sensors, waits, sends.
//!
//! It wakes when the next sample is due, but at most every 20 ms (or the
//! smallest batch window of the scenario, not under 5 ms), and at least once a
//! second, because a computer's sleep stops the timer of a wait but not the
//! clock of the samples. It never sends ahead of now.

use super::plan::Scenario;
use super::stepper::Stepper;
use crate::bundler::Bundler;
use crate::{AdviceTo, Command, Connector, Event, EventSink, Notice, NoticeLevel, Stopped};
use crossbeam_channel::{Receiver, RecvTimeoutError};
use model::{Bundle, Clock, GapReason, LinkState, Stamp};
use std::sync::Arc;
use std::time::Duration;

const TICK_MS_MIN: u32 = 5;
const WAIT_NS_MAX: i64 = model::NANOS_PER_SEC;

/// How a simulator runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SimulatorConfig {
    /// The shortest time between two deliveries, ms.
    pub tick_ms: u32,
}

impl Default for SimulatorConfig {
    fn default() -> Self {
        Self { tick_ms: 20 }
    }
}

/// Runs one scenario, with all its connectors.
#[derive(Debug)]
pub struct Simulator {
    scenario: Scenario,
    seed: u64,
    tick_ns: i64,
    /// Kept from run to run, so that the numbers of samples go on.
    stepper: Option<Stepper>,
    /// Room for the blocks of one wake-up, lent out again and again.
    room: Bundle,
    stopped_as_told: bool,
}

impl Simulator {
    /// A simulator that starts when it is run. The same scenario and seed give the same samples.
    #[must_use]
    pub fn new(scenario: Scenario, seed: u64, config: SimulatorConfig) -> Self {
        let window_ms = scenario.attributes().filter_map(|attribute| attribute.batch_window_ms).min();
        let tick_ms = window_ms.map_or(config.tick_ms, |window| window.min(config.tick_ms)).max(TICK_MS_MIN);
        Self {
            scenario,
            seed,
            tick_ns: i64::from(tick_ms) * 1_000_000,
            stepper: None,
            room: Bundle::default(),
            stopped_as_told: false,
        }
    }

    /// Announces the sensors and goes on with the numbers of an earlier run.
    fn begin(&mut self, now: Stamp, events: &dyn EventSink) {
        let reason =
            if self.stopped_as_told { GapReason::SourceStopped } else { GapReason::ConnectorRestarted };
        let has_run = self.stepper.is_some();
        let stepper = self.stepper.get_or_insert_with(|| Stepper::new(&self.scenario, self.seed, now));
        stepper.forget_advice();
        announce(stepper, now, events);
        if has_run {
            stepper.resume(now, reason).into_iter().for_each(|event| events.send(event));
        }
        self.stopped_as_told = false;
    }

    /// Delivers what is due; gives back how long to wait for the next time.
    fn deliver(&mut self, events: &dyn EventSink, clock: &dyn Clock) -> Duration {
        let Some(stepper) = &mut self.stepper else { return Duration::ZERO };
        let now = clock.now();
        let mut bundler = Bundler::new(events, &mut self.room);
        stepper.send_due(now, &mut |event| bundler.send(event));
        drop(bundler);
        wait(self.tick_ns, stepper.next_due_ns(), now.host_ns, clock.now().host_ns)
    }

    fn obey(&mut self, advice: &[AdviceTo], now: Stamp, events: &dyn EventSink) {
        let Some(stepper) = &mut self.stepper else { return };
        for one in advice {
            stepper.advise(one, now).into_iter().for_each(|event| events.send(event));
        }
    }

    fn end(&mut self, now: Stamp, events: &dyn EventSink) {
        let at_host_ns = now.host_ns;
        for sensor in self.stepper.iter().flat_map(Stepper::running_sensors) {
            events.send(Event::Link { sensor: sensor.id.clone(), link: LinkState::Stopped, at_host_ns });
        }
        self.stopped_as_told = true;
    }
}

/// Until the next sample is due, one tick after the last delivery at the
/// earliest; at once if the last delivery left something over.
fn wait(tick_ns: i64, next_due_ns: Option<i64>, delivered_ns: i64, now_ns: i64) -> Duration {
    let due_ns = next_due_ns.unwrap_or(i64::MAX);
    let wake_ns = if due_ns <= delivered_ns { due_ns } else { due_ns.max(delivered_ns + tick_ns) };
    let wait_ns = wake_ns.saturating_sub(now_ns).clamp(0, WAIT_NS_MAX);
    Duration::from_nanos(wait_ns.unsigned_abs())
}

impl Connector for Simulator {
    fn run(
        &mut self,
        commands: &Receiver<Command>,
        events: &Arc<dyn EventSink>,
        clock: &Arc<dyn Clock>,
    ) -> Result<(), Stopped> {
        self.begin(clock.now(), events.as_ref());
        loop {
            let wait = self.deliver(events.as_ref(), clock.as_ref());
            match commands.recv_timeout(wait) {
                Err(RecvTimeoutError::Timeout) => (),
                Ok(Command::Shutdown) | Err(RecvTimeoutError::Disconnected) => break,
                Ok(Command::Advise { advice }) => self.obey(&advice, clock.now(), events.as_ref()),
                Ok(command) => answer(&command, events.as_ref()),
            }
        }
        self.end(clock.now(), events.as_ref());
        Ok(())
    }
}

fn announce(stepper: &Stepper, now: Stamp, events: &dyn EventSink) {
    stepper.sensors().for_each(|sensor| events.send(Event::Sensor(sensor.clone())));
    for sensor in stepper.running_sensors() {
        let (sensor, at_host_ns) = (sensor.id.clone(), now.host_ns);
        events.send(Event::Link { sensor, link: LinkState::Live, at_host_ns });
    }
    stepper.bindings().for_each(|bind| events.send(bind));
}

fn answer(command: &Command, events: &dyn EventSink) {
    match command {
        Command::Connect { .. } | Command::Disconnect { .. } => events.send(Event::Notice(Notice {
            level: NoticeLevel::Warning,
            text: "Simulated sensors can't be connected or disconnected one by one.".to_owned(),
            remedy: "Stop the scenario, or choose another one.".to_owned(),
        })),
        // Meant for whoever has an adapter; here there is nothing to look for.
        Command::StartScan
        | Command::StopScan
        | Command::Refresh
        | Command::Advise { .. }
        | Command::Shutdown => (),
    }
}

#[cfg(test)]
mod tests;
