//! One place of the tree: a supervisor or a worker, and what is known of it.

use super::panics::Fault;
use super::service::{Body, Hook};
use super::view::NodeKind;
use crossbeam_channel::Sender;
use policy::supervise::{Child, ChildKey, Flags, RestartType, Shutdown, Supervisor};
use std::sync::Arc;
use tokio::task::AbortHandle;

/// The way of a node. `Ended`, `GivenUp` and `Abandoned` last until its
/// supervisor starts it again, if it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NodeState {
    /// To be started when its supervisor is up.
    Waiting,
    /// Its children are being started.
    Starting,
    /// At work.
    Running,
    /// Told to stop.
    Stopping,
    /// Came to its end.
    Ended,
    /// Failed too often, or for good.
    GivenUp,
    /// Missed its deadline: its thread was left behind.
    Abandoned,
}

/// A node.
pub struct Node {
    pub name: Arc<str>,
    /// The key of its supervisor; the root is its own.
    pub parent: ChildKey,
    pub spec: Child,
    pub role: Role,
    pub state: NodeState,
    pub starts: u32,
    /// Host time of its last start, or of its creation.
    pub since_ns: i64,
    pub fault: Option<Arc<Fault>>,
    /// Runs that missed their deadline.
    pub abandoned: u32,
    /// Those of them that still go on.
    pub lingering: u32,
    /// Its owner has let it go: nothing of it is to be kept.
    pub forgotten: bool,
}

/// What a node is.
pub enum Role {
    Supervisor(Box<Group>),
    Worker(Job),
}

/// A supervisor's side of a node.
pub struct Group {
    pub flags: Flags,
    /// There while it is up.
    pub machine: Option<Supervisor>,
    /// In the order of their start, also while it is down: it takes them back
    /// when it is started again.
    pub children: Vec<ChildKey>,
    /// Children that are not its children any more, but still worth a look.
    pub graves: Vec<ChildKey>,
    /// Whether it guards one child.
    pub is_guard: bool,
    /// It has failed too often.
    pub gave_up: bool,
    /// It is being ended because too many of its workers were left behind.
    pub crashed: bool,
    /// Workers left behind since its start.
    pub abandoned: u32,
}

/// A worker's side of a node.
pub struct Job {
    pub kind: NodeKind,
    /// Gone when it can't be started again.
    pub body: Option<Body>,
    pub on_stop: Option<Hook>,
    pub run: Option<Run>,
}

/// A worker at work.
pub struct Run {
    /// Its number, unique in the tree.
    pub number: u64,
    /// Disconnects when dropped.
    pub stop: Option<Sender<()>>,
    /// Of a task.
    pub abort: Option<AbortHandle>,
}

impl Node {
    pub fn new(name: Arc<str>, parent: ChildKey, spec: Child, role: Role, now_ns: i64) -> Self {
        Self {
            name,
            parent,
            spec,
            role,
            state: NodeState::Waiting,
            starts: 0,
            since_ns: now_ns,
            fault: None,
            abandoned: 0,
            lingering: 0,
            forgotten: false,
        }
    }

    pub fn group(&self) -> Option<&Group> {
        if let Role::Supervisor(group) = &self.role { Some(group) } else { None }
    }

    pub fn group_mut(&mut self) -> Option<&mut Group> {
        if let Role::Supervisor(group) = &mut self.role { Some(group) } else { None }
    }

    pub fn job(&self) -> Option<&Job> {
        if let Role::Worker(job) = &self.role { Some(job) } else { None }
    }

    pub fn job_mut(&mut self) -> Option<&mut Job> {
        if let Role::Worker(job) = &mut self.role { Some(job) } else { None }
    }

    /// The number of its run, if it is at work.
    pub fn run_number(&self) -> Option<u64> {
        self.job()?.run.as_ref().map(|run| run.number)
    }

    pub fn restarts(&self) -> u32 {
        self.starts.saturating_sub(1)
    }
}

impl Group {
    pub fn new(flags: Flags, is_guard: bool) -> Self {
        Self {
            flags,
            machine: None,
            children: Vec::new(),
            graves: Vec::new(),
            is_guard,
            gave_up: false,
            crashed: false,
            abandoned: 0,
        }
    }
}

/// The specification of a supervisor as a child: it may take as long as its
/// children do, which have deadlines.
pub fn supervisor_spec(key: ChildKey, restart: RestartType) -> Child {
    Child { key, restart, significant: false, shutdown: Shutdown::Infinity }
}
