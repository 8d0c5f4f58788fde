//! The tree as data: what each supervisor and each worker is doing.

use super::drive::State;
use super::node::{Node, NodeState, Role};
use super::panics::Fault;
use super::plan::ROOT;
use super::service::Body;
use policy::restart::Intensity;
use policy::supervise::{ChildKey, RestartType, Strategy};
use std::sync::Arc;

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NodeKind {
    /// A supervisor of other nodes.
    Supervisor(Strategy),
    /// A thread.
    Thread,
    /// A tokio task.
    Task,
    /// A child process.
    Process,
}

impl NodeKind {
    pub(super) fn of(body: &Body) -> Self {
        match body {
            Body::Thread(_) => Self::Thread,
            Body::Task(_) => Self::Task,
            Body::Process(_) => Self::Process,
        }
    }
}

/// A node as the operator sees it.
#[derive(Clone, Debug)]
pub struct NodeView {
    /// Names it for its owner; unique in the tree, never used twice.
    pub key: u64,
    /// Its name, bounded and clean like every name in the console.
    pub name: Arc<str>,
    /// What it is.
    pub kind: NodeKind,
    /// Which ends lead to a restart.
    pub restart: RestartType,
    /// Of a supervisor: how many restarts are too many.
    pub intensity: Option<Intensity>,
    /// Where it stands.
    pub state: NodeState,
    /// How often it was started again.
    pub restarts: u32,
    /// Nanoseconds since its last start, or since its creation if it has not started.
    pub uptime_ns: i64,
    /// Why it last failed. Shared, not copied; its backtrace is made readable on demand.
    pub last_failure: Option<Arc<Fault>>,
    /// Its runs that missed their deadline; of a supervisor: those below it.
    pub abandoned: u32,
    /// Those of them whose threads still go on.
    pub lingering: u32,
    /// The nodes below it in the order of their start, then those given up.
    pub children: Vec<NodeView>,
}

/// The whole tree.
#[derive(Clone, Debug)]
pub struct TreeView {
    /// Host time of the look.
    pub at_ns: i64,
    /// The root has given up.
    pub is_failed: bool,
    /// The root.
    pub root: NodeView,
}

/// The state of a worker in three words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChildState {
    /// At work, perhaps after restarts.
    Running,
    /// Came to its end as told.
    Ended,
    /// Failed too often, or for good, or was left behind.
    GivenUp,
}

/// A worker in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChildView {
    /// Its name.
    pub name: String,
    /// Its state.
    pub state: ChildState,
    /// Restarts so far.
    pub restarts: u32,
    /// Why it last failed; empty if it has not.
    pub last_failure: String,
}

impl TreeView {
    pub(super) fn of(state: &State, at_ns: i64) -> Self {
        Self { at_ns, is_failed: state.has_failed, root: node_view(state, ROOT, at_ns) }
    }

    /// Every worker in the order of the tree.
    #[must_use]
    pub fn workers(&self) -> Vec<ChildView> {
        let mut workers = Vec::new();
        self.root.collect(&mut workers);
        workers
    }

    /// The first node of this name, from the root down.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&NodeView> {
        self.root.find(name)
    }
}

impl NodeView {
    /// The first node of this name, from here down.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&NodeView> {
        if &*self.name == name {
            return Some(self);
        }
        self.children.iter().find_map(|child| child.find(name))
    }

    fn collect(&self, workers: &mut Vec<ChildView>) {
        if !matches!(self.kind, NodeKind::Supervisor(_)) {
            workers.push(ChildView {
                name: self.name.to_string(),
                state: in_three_words(self.state),
                restarts: self.restarts,
                last_failure: self.last_failure.as_ref().map(|f| f.words.clone()).unwrap_or_default(),
            });
        }
        self.children.iter().for_each(|child| child.collect(workers));
    }
}

fn in_three_words(state: NodeState) -> ChildState {
    match state {
        NodeState::Waiting | NodeState::Starting | NodeState::Running | NodeState::Stopping => {
            ChildState::Running
        }
        NodeState::Ended => ChildState::Ended,
        NodeState::GivenUp | NodeState::Abandoned => ChildState::GivenUp,
    }
}

fn node_view(state: &State, key: ChildKey, now_ns: i64) -> NodeView {
    // Keys below a node are nodes: they are taken out together.
    let node = &state.nodes[&key];
    let below = |keys: &[ChildKey]| -> Vec<NodeView> {
        keys.iter()
            .filter(|key| state.nodes.contains_key(key))
            .map(|key| node_view(state, *key, now_ns))
            .collect()
    };
    let children = node.group().map(|group| [below(&group.children), below(&group.graves)].concat());
    let children = children.unwrap_or_default();
    NodeView {
        key: key.0,
        name: Arc::clone(&node.name),
        kind: kind_of(node),
        restart: node.spec.restart,
        intensity: node.group().map(|group| group.flags.intensity),
        state: node.state,
        restarts: node.restarts(),
        uptime_ns: now_ns.saturating_sub(node.since_ns),
        last_failure: node.fault.clone(),
        abandoned: node.abandoned + children.iter().map(|child| child.abandoned).sum::<u32>(),
        lingering: node.lingering + children.iter().map(|child| child.lingering).sum::<u32>(),
        children,
    }
}

fn kind_of(node: &Node) -> NodeKind {
    match &node.role {
        Role::Supervisor(group) => NodeKind::Supervisor(group.flags.strategy),
        Role::Worker(job) => job.kind,
    }
}
