//! The supervision tree: everything that runs is a child of some supervisor.
//!
//! The decisions are `policy::supervise`'s, one pure machine for each supervisor.
//! This module carries them out: on threads, tokio tasks and child processes.
//! The machines are driven inline, under the tree's one lock, by whoever brings
//! the event; most often that is the thread that has just failed, which then runs
//! its own body again without a hand-over or a new thread. One thread more, the
//! keeper, brings the deadlines. The lock is never held while a child works, while
//! a notice is written or while a closure is dropped.
//!
//! A Rust thread can't be killed: stopping is cooperative, with a deadline. Who
//! misses it is left behind, counted and reported; its late end has no effect.

mod bury;
mod drive;
mod enact;
mod exits;
mod handle;
mod keeper;
mod launch;
mod node;
mod panics;
mod plan;
mod process;
mod report;
mod service;
mod task;
mod tree;
mod view;

pub use handle::{Handle, StopOnDrop};
pub use node::NodeState;
pub use panics::Fault;
pub(crate) use panics::caught;
pub use plan::{Place, Tier};
pub use process::{ProcessIo, ProcessStdin};
pub use report::{Report, Telling};
pub use service::{Failure, Service, StopSignal};
pub use tree::{OnReport, Tree};
pub use view::{ChildState, ChildView, NodeKind, NodeView, TreeView};

#[cfg(test)]
mod tests;
