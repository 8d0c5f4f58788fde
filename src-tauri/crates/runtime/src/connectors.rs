//! Connectors at work: each on a supervised thread of its own, driven by
//! commands, started again when it fails.

use crate::core::Core;
use crate::hub::RunSink;
use crate::supervisor::{Failure, NodeState, Place, Service, StopOnDrop};
use connect::{Command, Connector, EventSink, Stopped};
use crossbeam_channel::{Receiver, Sender, bounded};
use model::{ConnectorKind, DeviceId};
use parking_lot::Mutex;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Commands that wait for a connector at most.
const COMMANDS_CAPACITY: usize = 64;
/// How long a connector may take to end; it may have devices to say goodbye to.
const STOP_DEADLINE: Duration = Duration::from_secs(4);
/// How long a command may wait for room.
const COMMAND_DEADLINE: Duration = Duration::from_millis(500);

/// The run numbers of connectors, unique in the process; 0 is nobody's.
static NEXT_RUN: AtomicU64 = AtomicU64::new(1);

/// The connector takes no command: it is stuck, or was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the connector does not answer")]
pub struct NotAnswering;

/// One connector at work.
pub struct RunningConnector {
    commands: Sender<Command>,
    wanted: Arc<Mutex<BTreeSet<DeviceId>>>,
    child: StopOnDrop,
}

impl RunningConnector {
    /// Starts the connector that `make` makes, on a thread called `name`.
    ///
    /// # Errors
    /// The operating system has no thread left.
    pub fn start(
        core: &Arc<Core>,
        name: &str,
        kind: ConnectorKind,
        make: impl Fn() -> Box<dyn Connector> + Send + Sync + 'static,
    ) -> std::io::Result<Self> {
        let (commands, receiver) = bounded(COMMANDS_CAPACITY);
        let wanted = Arc::new(Mutex::new(BTreeSet::new()));
        let (for_child, again, resend) = (Arc::clone(core), Arc::clone(&wanted), commands.clone());
        let to_end = commands.clone();
        let service = Service::thread(name, move |_| {
            forget_old_ends(&receiver, &resend);
            ask_again_for(&again, &resend);
            run_once(&for_child, kind, make().as_mut(), &receiver)
        });
        // No room for the word to end means that it takes no commands anyway.
        let service = service.transient().deadline(STOP_DEADLINE).on_stop(move || {
            let _ = to_end.try_send(Command::Shutdown);
        });
        core.advice.add_outlet(kind, commands.clone());
        let child = core.tree.start(Place::Connectors, service)?.stop_on_drop();
        Ok(Self { commands, wanted, child })
    }

    /// Gives a command.
    ///
    /// # Errors
    /// [`NotAnswering`] where it finds no room in time.
    pub fn command(&self, command: Command) -> Result<(), NotAnswering> {
        match &command {
            Command::Connect { device } => self.wanted.lock().insert(device.clone()),
            Command::Disconnect { device } => self.wanted.lock().remove(device),
            _ => false,
        };
        self.commands.send_timeout(command, COMMAND_DEADLINE).map_err(|_| NotAnswering)
    }

    /// Whether it failed for good and has to be started anew.
    #[must_use]
    pub fn is_given_up(&self) -> bool {
        self.child.state() == NodeState::GivenUp
    }

    /// Tells it to end and waits; false if it has not by the deadline.
    #[must_use]
    pub fn shut_down(&self, deadline: Duration) -> bool {
        self.child.stop();
        self.child.wait(deadline)
    }
}

/// A run that failed before it could obey leaves its order to end behind, which
/// is not meant for the next one.
fn forget_old_ends(receiver: &Receiver<Command>, commands: &Sender<Command>) {
    let waiting: Vec<Command> = receiver.try_iter().collect();
    for command in waiting.into_iter().filter(|command| *command != Command::Shutdown) {
        // There is room: it has just been made.
        let _ = commands.try_send(command);
    }
}

/// After a restart the connector knows no device: the operator's wishes stand.
fn ask_again_for(wanted: &Mutex<BTreeSet<DeviceId>>, commands: &Sender<Command>) {
    for device in wanted.lock().iter() {
        // No room means that the same wish is waiting already, or too many others are.
        let _ = commands.try_send(Command::Connect { device: device.clone() });
    }
}

fn run_once(
    core: &Arc<Core>,
    kind: ConnectorKind,
    connector: &mut dyn Connector,
    commands: &Receiver<Command>,
) -> Result<(), Failure> {
    let gone = Gone { core, kind };
    let run = NEXT_RUN.fetch_add(1, Ordering::Relaxed);
    let sink: Arc<dyn EventSink> = Arc::new(RunSink::new(Arc::clone(core), run));
    let outcome = connector.run(commands, &sink, &core.clock);
    drop(gone);
    outcome.map_err(|stopped| match stopped {
        Stopped::Failed(words) => Failure::Restartable(words),
        Stopped::Unusable(words) => Failure::Final(words),
    })
}

/// However a run ends, by return or by panic: what it did not announce as
/// stopped is lost.
struct Gone<'a> {
    core: &'a Core,
    kind: ConnectorKind,
}

impl Drop for Gone<'_> {
    fn drop(&mut self) {
        self.core.on_connector_gone(self.kind);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{block, sensor, spec_of};
    use connect::Event;
    use model::{Clock, LinkState, SensorId, StreamRef};

    const SOON: Duration = Duration::from_secs(10);

    /// Announces one sensor and delivers two blocks; panics on its first run,
    /// waits for the end on later ones.
    struct Stumbling {
        first_run: bool,
    }

    impl Connector for Stumbling {
        fn run(
            &mut self,
            commands: &Receiver<Command>,
            events: &Arc<dyn EventSink>,
            _clock: &Arc<dyn Clock>,
        ) -> Result<(), Stopped> {
            let info = sensor("test:1", ConnectorKind::Simulator);
            let (id, stream) = (info.id.clone(), info.streams[0].key.clone());
            events.send(Event::Sensor(info));
            events.send(Event::Link { sensor: id, link: LinkState::Live, at_host_ns: 0 });
            events.send(Event::Bind { stream: StreamRef(0), key: stream });
            for first in [0, 10] {
                events.send(Event::Block { stream: StreamRef(0), block: block(first, 10) });
            }
            assert!(!self.first_run, "planted");
            while commands.recv().is_ok_and(|command| command != Command::Shutdown) {}
            Ok(())
        }
    }

    fn start(core: &Arc<Core>) -> RunningConnector {
        let runs = AtomicU64::new(0);
        let make = move || -> Box<dyn Connector> {
            Box::new(Stumbling { first_run: runs.fetch_add(1, Ordering::Relaxed) == 0 })
        };
        RunningConnector::start(core, "stumbling", ConnectorKind::Simulator, make).unwrap()
    }

    #[test]
    fn a_connector_that_panics_is_started_again_and_its_stream_goes_on_behind_one_gap() {
        let core = Arc::new(Core::new(Arc::new(connect::SystemClock)).unwrap());
        let running = start(&core);
        let stream = || {
            let sensor = core.registry.get(&SensorId::parse("test:1").unwrap())?;
            sensor.stream(&spec_of("test:1", "ecg", None).key.attribute)
        };
        testkit::wait_until(SOON, "the second run", || stream().is_some_and(|s| s.delivered() == 40));
        let stream = stream().unwrap();
        assert_eq!((stream.offered(), stream.dropped(), stream.gaps()), (40, 0, 1));
        let failed = core.tree.view().workers().into_iter().find(|child| child.name == "stumbling").unwrap();
        assert_eq!((failed.restarts, failed.last_failure.as_str()), (1, "panicked: planted"));
        assert!(running.shut_down(SOON));
        assert!(core.tree.shut_down(SOON).is_empty());
    }

    #[test]
    fn a_connector_that_ends_without_a_word_leaves_its_sensors_lost() {
        let core = Arc::new(Core::new(Arc::new(connect::SystemClock)).unwrap());
        let running = start(&core);
        testkit::wait_until(SOON, "the sensor", || !core.registry.all().is_empty());
        assert!(running.shut_down(SOON));
        let link = core.registry.all()[0].link();
        assert!(matches!(link, LinkState::Lost { .. }), "{link:?}");
    }

    #[test]
    fn an_order_to_end_that_was_meant_for_a_failed_run_does_not_end_the_next() {
        let (commands, receiver) = bounded(COMMANDS_CAPACITY);
        for command in [Command::StartScan, Command::Shutdown, Command::Refresh] {
            commands.send(command).unwrap();
        }
        forget_old_ends(&receiver, &commands);
        assert_eq!(receiver.try_iter().collect::<Vec<_>>(), [Command::StartScan, Command::Refresh]);
    }
}
