//! What a child is: a name, a body, and how it is started again and stopped.

use super::process::{ProcessIo, ProcessSpec};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use policy::supervise::{RestartType, Shutdown};
use std::pin::Pin;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

/// How long a child may take to end if its service says nothing else.
pub const STOP_DEADLINE: Duration = Duration::from_secs(3);

/// Tells a child to stop: its channel disconnects.
#[derive(Clone, Debug)]
pub struct StopSignal(Receiver<()>);

impl StopSignal {
    /// A signal, and what gives it when dropped.
    #[must_use]
    pub fn pair() -> (Sender<()>, Self) {
        let (sender, receiver) = bounded(0);
        (sender, Self(receiver))
    }

    /// A channel that disconnects when the child is to stop, for `select!`.
    #[must_use]
    pub fn channel(&self) -> &Receiver<()> {
        &self.0
    }

    /// Waits at most `duration`; true as soon as the child is to stop.
    #[must_use]
    pub fn wait(&self, duration: Duration) -> bool {
        self.0.recv_timeout(duration) != Err(RecvTimeoutError::Timeout)
    }
}

/// Why a child ended before it was told to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Starting it again may help.
    Restartable(String),
    /// It would not. For a transient or temporary service; a permanent one is
    /// started again all the same.
    Final(String),
}

pub(super) type ThreadBody = Arc<dyn Fn(&StopSignal) -> Result<(), Failure> + Send + Sync>;
pub(super) type TaskFuture = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send>>;
pub(super) type TaskBody = Arc<dyn Fn() -> TaskFuture + Send + Sync>;
pub(super) type Hook = Arc<dyn Fn() + Send + Sync>;

/// What a child runs on.
#[derive(Clone)]
pub(super) enum Body {
    Thread(ThreadBody),
    Task(TaskBody),
    Process(Arc<ProcessSpec>),
}

/// A child to be started. It is permanent, belongs to the supervisor of its
/// place directly, and has 3 s to end, unless told otherwise.
pub struct Service {
    pub(super) name: Arc<str>,
    pub(super) body: Body,
    pub(super) restart: RestartType,
    pub(super) guarded: bool,
    pub(super) deadline: Duration,
    pub(super) on_stop: Option<Hook>,
}

impl Service {
    /// A thread called `name` that runs `body`, again after each failure. It is
    /// `Fn`, because a run that missed its deadline may still be inside while the
    /// next one begins.
    #[must_use]
    pub fn thread(
        name: &str,
        body: impl Fn(&StopSignal) -> Result<(), Failure> + Send + Sync + 'static,
    ) -> Self {
        Self::new(name, Body::Thread(Arc::new(body)))
    }

    /// A tokio task on the tree's own runtime, which has timers and no sockets.
    /// It is stopped by being aborted: it ends at its next `await`.
    #[must_use]
    pub fn task<F>(name: &str, body: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        Self::new(name, Body::Task(Arc::new(move || Box::pin(body()))))
    }

    /// A child process. `command` makes it; `owner` gets its pipes at each start
    /// and must not block: it hands them to a thread of its own. The process is
    /// stopped by closing its input and SIGTERM, and killed after its deadline.
    #[must_use]
    pub fn process(
        name: &str,
        command: impl Fn() -> Command + Send + Sync + 'static,
        owner: impl Fn(ProcessIo) + Send + Sync + 'static,
    ) -> Self {
        Self::new(name, Body::Process(Arc::new(ProcessSpec::new(command, owner))))
    }

    fn new(name: &str, body: Body) -> Self {
        let (restart, guarded) = (RestartType::Permanent, false);
        Self { name: name.into(), body, restart, guarded, deadline: STOP_DEADLINE, on_stop: None }
    }

    /// It is started again after a failure, but not after a good end.
    #[must_use]
    pub fn transient(mut self) -> Self {
        self.restart = RestartType::Transient;
        self
    }

    /// It is never started again.
    #[must_use]
    pub fn temporary(mut self) -> Self {
        self.restart = RestartType::Temporary;
        self
    }

    /// It gets a small supervisor of its own: where it fails too often it is
    /// given up alone. For what the console can do without.
    #[must_use]
    pub fn guarded(mut self) -> Self {
        self.guarded = true;
        self
    }

    /// How long it may take to end.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Called each time it is told to stop, beside the signal. It must not block.
    #[must_use]
    pub fn on_stop(mut self, hook: impl Fn() + Send + Sync + 'static) -> Self {
        self.on_stop = Some(Arc::new(hook));
        self
    }

    /// The deadline that the tree keeps. A process is killed at its own; only
    /// one that survives even that is left behind.
    pub(super) fn shutdown(&self) -> Shutdown {
        let deadline = match self.body {
            Body::Process(_) => self.deadline + super::process::KILL_MARGIN,
            Body::Thread(_) | Body::Task(_) => self.deadline,
        };
        Shutdown::DeadlineNs(i64::try_from(deadline.as_nanos()).unwrap_or(i64::MAX))
    }
}
