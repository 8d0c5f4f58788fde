//! The supervision tree.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a place of the tree is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum TreeKind {
    /// Starts, stops and restarts its children.
    Supervisor,
    /// A thread.
    Thread,
    /// A task of the async runtime.
    Task,
    /// A process of its own.
    Process,
}

/// A place of the supervision tree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TreeNode {
    /// Its name, among its siblings.
    pub name: String,
    /// What it is.
    pub kind: TreeKind,
    /// Of a supervisor: `one_for_one`, `one_for_all`, `rest_for_one`, `simple_one_for_one`.
    pub strategy: Option<String>,
    /// Of a supervisor: more restarts than this …
    pub max_restarts: Option<u32>,
    /// … in so many seconds end it.
    pub within_secs: Option<f64>,
    /// When its supervisor starts it again: `permanent`, `transient`, `temporary`.
    pub restart: String,
    /// `waiting`, `starting`, `running`, `stopping`, `ended`, `given_up`, `abandoned`.
    pub state: String,
    /// How often it was started again.
    pub restarts: u32,
    /// Since its last start, seconds; none while it does not run, or where it is not known.
    pub uptime_secs: Option<f64>,
    /// Why it last failed; empty if it has not.
    pub last_failure: String,
    /// The way to its last panic, at most 16 KB.
    pub backtrace: Option<String>,
    /// Runs that missed their stop deadline and were left behind.
    pub abandoned: u32,
    /// Of a supervisor: its children in the order of their start.
    pub children: Vec<TreeNode>,
}

impl TreeNode {
    /// It and everything below it.
    pub fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a TreeNode)) {
        visit(self);
        for child in &self.children {
            child.walk(visit);
        }
    }
}
