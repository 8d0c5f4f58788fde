//! Supervision trees and scripts of what happens to them, as plain data.
//!
//! The differential test against Erlang (crate `tests`) reads the same files.

use policy::supervise::{AutoShutdown, Exit, RestartType, Strategy};
use std::fmt;

/// A supervisor with its children.
#[derive(Clone, Debug)]
pub struct Sup {
    pub strategy: Strategy,
    pub restarts_max: u32,
    pub auto_shutdown: AutoShutdown,
    /// In the order of their start; none below `SimpleOneForOne`.
    pub children: Vec<Node>,
    /// What children below `SimpleOneForOne` are like.
    pub template: Option<Box<Node>>,
}

/// A child of a supervisor.
#[derive(Clone, Debug)]
pub struct Node {
    pub id: u64,
    pub restart: RestartType,
    pub significant: bool,
    pub kind: Kind,
}

/// What a child is.
#[derive(Clone, Debug)]
pub enum Kind {
    Worker(Worker),
    Sup(Sup),
}

/// A worker and its faults.
#[derive(Clone, Debug)]
pub struct Worker {
    pub obeys: Obeys,
    /// The attempts to start it that do not go well, counted from 1 over the whole script.
    pub faults: Vec<(u32, Fault)>,
}

/// How a worker is told to stop, and whether it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obeys {
    /// It has a deadline and keeps it.
    InTime,
    /// It has a deadline and does not care.
    Never,
    /// It has as long as it likes.
    Slowly,
    /// It is not asked.
    Unasked,
}

/// What goes wrong with a start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Fails,
    Ignores,
}

/// Where in the tree: the ids from below the root down. The root is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(pub Vec<u64>);

impl Path {
    pub fn child(&self, id: u64) -> Self {
        Self([self.0.as_slice(), &[id]].concat())
    }

    /// The supervisor of this child, and its id there.
    pub fn parent(&self) -> Option<(Self, u64)> {
        let (id, above) = self.0.split_last()?;
        Some((Self(above.to_vec()), *id))
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0")?;
        self.0.iter().try_for_each(|id| write!(f, ".{id}"))
    }
}

/// What happens, in one go: the next step waits until the tree is quiet.
#[derive(Clone, Debug)]
pub enum Step {
    /// Messages for one supervisor, all in its mailbox before it looks at the first.
    Tell(Path, Vec<Message>),
    /// A supervisor ends by itself, with `shutdown`.
    EndSupervisor(Path),
    /// So much time goes by that all restarts are forgiven.
    Wait,
}

/// What a supervisor gets to hear.
#[derive(Clone, Debug)]
pub enum Message {
    /// This child, a worker, ends by itself. Nothing happens if it does not run.
    Exit(u64, Exit),
    Terminate(u64),
    Restart(u64),
    Delete(u64),
    /// Within a script, all children of one id below one supervisor are alike.
    Add(Node),
}

/// A tree and what happens to it. At the end the root is shut down.
#[derive(Clone, Debug)]
pub struct Script {
    pub tree: Sup,
    pub steps: Vec<Step>,
}

impl Sup {
    pub fn is_dynamic(&self) -> bool {
        self.strategy == Strategy::SimpleOneForOne
    }
}
