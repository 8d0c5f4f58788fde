//! Connectors at work: each on a supervised thread of its own, driven by
//! commands, started again when it fails.

use crate::core::Core;
use crate::hub::RunSink;
use crate::supervisor::{ChildHandle, ChildState, Failure};
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
    child: ChildHandle,
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
        mut make: impl FnMut() -> Box<dyn Connector> + Send + 'static,
    ) -> std::io::Result<Self> {
        let (commands, receiver) = bounded(COMMANDS_CAPACITY);
        let wanted = Arc::new(Mutex::new(BTreeSet::new()));
        let (for_child, again, resend) = (Arc::clone(core), Arc::clone(&wanted), commands.clone());
        let child = core.supervisor.spawn(name, move |_| {
            ask_again_for(&again, &resend);
            run_once(&for_child, kind, make().as_mut(), &receiver)
        })?;
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
        self.child.state() == ChildState::GivenUp
    }

    /// Tells it to end and waits; false if it has not by the deadline.
    #[must_use]
    pub fn shut_down(&self, deadline: Duration) -> bool {
        self.command(Command::Shutdown).is_ok() && self.child.wait(deadline)
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
