//! Connectors at work: each on a supervised thread of its own, driven by
//! commands, started again when it fails.

mod orders;

use crate::core::Core;
use crate::hub::RunSink;
use crate::queue::{Policy, Queue};
use crate::registries::{ConnectorEntry, Registries};
use crate::supervisor::{Failure, NodeState, Place, Service, StopOnDrop};
use connect::{Command, Connector, EventSink, Stopped};
use crossbeam_channel::Receiver;
use model::{Clock, ConnectorId, ConnectorKind, DeviceId};
use orders::{ask_again_for, forget_old_ends, order_to_end, tell_lost_orders};
use parking_lot::Mutex;
use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Commands that wait for a connector at most.
const COMMANDS_CAPACITY: usize = 64;
/// Devices that a connector is to keep connected at most, so that all of them fit
/// into its queue when it begins anew. An adapter holds some 20 links.
const WANTED_MAX: usize = COMMANDS_CAPACITY / 2;
/// How long a connector may take to end; it may have devices to say goodbye to.
const STOP_DEADLINE: Duration = Duration::from_secs(4);
/// How long a command may wait for room.
const COMMAND_DEADLINE: Duration = Duration::from_millis(500);

/// The run numbers of connectors, unique in the process; 0 is nobody's.
static NEXT_RUN: AtomicU64 = AtomicU64::new(1);

/// Why a connector took no command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// It is stuck, or was given up.
    #[error("it took no command for {after:?}")]
    TimedOut {
        /// How long the caller waited.
        after: Duration,
    },
    /// So many devices are to be kept connected already.
    #[error("it keeps {WANTED_MAX} devices connected already")]
    TooManyDevices,
    /// There is none in this run.
    #[error("it is switched off")]
    Off,
}

/// One connector at work.
pub struct RunningConnector {
    commands: Queue<Command>,
    clock: Arc<dyn Clock>,
    wanted: Arc<Mutex<BTreeSet<DeviceId>>>,
    child: StopOnDrop,
    _place: Registered,
}

/// A connector's place in the registry, as long as this lives.
struct Registered {
    registries: Arc<Registries>,
    id: ConnectorId,
}

impl Registered {
    fn enter(core: &Core, name: &str, entry: ConnectorEntry) -> io::Result<Self> {
        let id = ConnectorId::parse(&name.replace(' ', "-"))
            .map_err(|why| io::Error::new(io::ErrorKind::InvalidInput, why))?;
        let registries = Arc::clone(&core.registries);
        registries.connectors.add(id.clone(), Arc::new(entry)).map_err(io::Error::other)?;
        Ok(Self { registries, id })
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        self.registries.connectors.remove(&self.id);
    }
}

impl RunningConnector {
    /// Starts the connector that `make` makes, on a thread called `name`.
    ///
    /// # Errors
    /// One of that name runs already, there are too many, or the operating system
    /// has no thread left.
    pub fn start(
        core: &Arc<Core>,
        name: &str,
        kind: ConnectorKind,
        make: impl Fn() -> Box<dyn Connector> + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let commands = Queue::of_words(&format!("commands to {name}"), Policy::Block, COMMANDS_CAPACITY);
        let wanted = Arc::new(Mutex::new(BTreeSet::new()));
        let (for_child, again, queue) = (Arc::clone(core), Arc::clone(&wanted), commands.clone());
        let (to_end, called) = (commands.clone(), name.to_owned());
        let service = Service::thread(name, move |stop| {
            forget_old_ends(&queue, |lost| tell_lost_orders(&for_child, &called, lost));
            // Told to end before it began: the order may have been among the old ones.
            // If not yet, it comes behind them.
            if stop.wait(Duration::ZERO) {
                return Ok(());
            }
            ask_again_for(&again, &queue);
            run_once(&for_child, kind, make().as_mut(), queue.receiver())
        });
        let service = service.transient().deadline(STOP_DEADLINE).on_stop(move || order_to_end(&to_end));
        let place = Registered::enter(core, name, ConnectorEntry { kind, commands: commands.clone() })?;
        core.advice.add_outlet(kind, &commands);
        let child = core.tree.start(Place::Connectors, service)?.stop_on_drop();
        Ok(Self { commands, clock: Arc::clone(&core.clock), wanted, child, _place: place })
    }

    /// Gives a command; waits for room, but not for ever.
    ///
    /// # Errors
    /// [`NotTaken`].
    pub fn command(&self, command: Command) -> Result<(), NotTaken> {
        self.note_wish(&command)?;
        let outcome = self.commands.push_or_wait(command, COMMAND_DEADLINE, &*self.clock);
        outcome.map_err(|late| NotTaken::TimedOut { after: late.after })
    }

    /// What the operator wishes outlasts the connector's runs.
    fn note_wish(&self, command: &Command) -> Result<(), NotTaken> {
        let mut wanted = self.wanted.lock();
        match command {
            Command::Connect { device } if wanted.len() >= WANTED_MAX && !wanted.contains(device) => {
                return Err(NotTaken::TooManyDevices);
            }
            Command::Connect { device } => drop(wanted.insert(device.clone())),
            Command::Disconnect { device } => drop(wanted.remove(device)),
            _ => {}
        }
        Ok(())
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

    /// Takes no command until it is let go; says when it runs.
    struct Deaf(Receiver<()>, crossbeam_channel::Sender<()>);

    impl Connector for Deaf {
        fn run(
            &mut self,
            _commands: &Receiver<Command>,
            _events: &Arc<dyn EventSink>,
            _clock: &Arc<dyn Clock>,
        ) -> Result<(), Stopped> {
            let _ = self.1.send(());
            let _ = self.0.recv();
            Ok(())
        }
    }

    #[test]
    fn a_connector_that_takes_no_commands_is_told_to_its_caller_and_the_wait_is_on_the_screen() {
        let core = Arc::new(Core::new(Arc::new(connect::SystemClock)).unwrap());
        let (release, held) = crossbeam_channel::bounded::<()>(0);
        let (runs, running_now) = crossbeam_channel::bounded(1);
        let make = move || -> Box<dyn Connector> { Box::new(Deaf(held.clone(), runs.clone())) };
        let running = RunningConnector::start(&core, "deaf", ConnectorKind::Simulator, make).unwrap();
        // Before, it looks through the orders that were meant for a run before it.
        running_now.recv_timeout(SOON).unwrap();
        for _ in 0..COMMANDS_CAPACITY {
            assert_eq!(running.command(Command::StartScan), Ok(()));
        }
        let after = COMMAND_DEADLINE;
        assert_eq!(running.command(Command::StopScan), Err(NotTaken::TimedOut { after }));
        let view = core.queue_views().into_iter().find(|view| view.name == "commands to deaf").unwrap();
        assert_eq!((view.policy, view.depth, view.waits, view.refused), (Policy::Block, 64, 1, 1));
        assert!(u128::from(view.waited_ns) >= COMMAND_DEADLINE.as_nanos(), "{view:?}");
        drop(release);
        assert!(core.tree.shut_down(SOON).is_empty());
    }

    #[test]
    fn devices_to_be_kept_connected_are_bounded_and_one_that_is_let_go_makes_room() {
        let core = Arc::new(Core::new(Arc::new(connect::SystemClock)).unwrap());
        let make = || -> Box<dyn Connector> { Box::new(Stumbling { first_run: false }) };
        let running = RunningConnector::start(&core, "wishes", ConnectorKind::Simulator, make).unwrap();
        let device = |k: usize| DeviceId(format!("device-{k}"));
        let connect = |k| running.command(Command::Connect { device: device(k) });
        assert!((0..WANTED_MAX).all(|k| connect(k).is_ok()));
        assert_eq!(connect(WANTED_MAX), Err(NotTaken::TooManyDevices));
        assert_eq!(connect(0), Ok(()), "a wish that stands already");
        assert_eq!(running.command(Command::Disconnect { device: device(1) }), Ok(()));
        assert_eq!(connect(WANTED_MAX), Ok(()));
        assert!(running.shut_down(SOON));
        assert!(core.tree.shut_down(SOON).is_empty());
    }

    #[test]
    fn a_connector_has_one_place_under_its_name_as_long_as_it_is_kept() {
        let core = Arc::new(Core::new(Arc::new(connect::SystemClock)).unwrap());
        let start_one = |name| {
            let make = || -> Box<dyn Connector> { Box::new(Stumbling { first_run: false }) };
            RunningConnector::start(&core, name, ConnectorKind::Simulator, make)
        };
        let running = start_one("one").unwrap();
        assert!(start_one("one").is_err() && start_one("<img>").is_err());
        assert_eq!(core.registries.connectors.view().refused_taken, 1);
        drop(running);
        assert!(core.registries.connectors.is_empty());
        assert!(start_one("one").is_ok());
        assert!(core.tree.shut_down(SOON).is_empty());
    }

    #[test]
    fn a_connector_that_is_told_to_end_before_it_began_ends() {
        let core = Arc::new(Core::new(Arc::new(connect::SystemClock)).unwrap());
        let make = || -> Box<dyn Connector> { Box::new(Stumbling { first_run: false }) };
        for _ in 0..50 {
            let running = RunningConnector::start(&core, "short", ConnectorKind::Simulator, make).unwrap();
            assert!(running.shut_down(STOP_DEADLINE / 2), "the order to end was lost");
        }
        assert!(core.tree.shut_down(SOON).is_empty());
    }
}
