//! What a supervisor is in the middle of: stops, then starts, then its goal.

use std::collections::VecDeque;

use super::{ChildKey, Exit};

/// A piece of work during which all other events wait.
#[derive(Clone, Debug)]
pub(super) struct Transition {
    /// Children still to be stopped; the last one goes first.
    pub stops: Vec<ChildKey>,
    /// Whether they are stopped all at once.
    pub at_once: bool,
    /// Children still to be started; the first one goes first.
    pub starts: VecDeque<ChildKey>,
    /// How many answers to starts and stops are due.
    pub due: usize,
    /// What follows.
    pub goal: Goal,
}

/// What a transition is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Goal {
    /// The first start.
    Boot,
    /// A start at boot failed.
    FailBoot,
    /// A child failed.
    Restart,
    /// The request to start a new child.
    Add(ChildKey),
    /// The request to start a stopped child.
    StartStopped(ChildKey),
    /// One of those two, when the start failed.
    Refuse(ChildKey),
    /// The request to stop a child.
    Terminate(ChildKey),
    /// The end of the supervisor.
    End(Exit),
}

impl Transition {
    pub fn start(goal: Goal, starts: impl IntoIterator<Item = ChildKey>) -> Self {
        Self::restart(goal, Vec::new(), starts)
    }

    /// Stops children, given in the order of their start, one after the other from the last.
    pub fn stop(goal: Goal, stops: Vec<ChildKey>) -> Self {
        Self::restart(goal, stops, [])
    }

    /// Stops, then starts.
    pub fn restart(goal: Goal, stops: Vec<ChildKey>, starts: impl IntoIterator<Item = ChildKey>) -> Self {
        Self { stops, at_once: false, starts: starts.into_iter().collect(), due: 0, goal }
    }

    /// The child to be stopped now, if no answer has to come first.
    pub fn next_stop(&mut self) -> Option<ChildKey> {
        (self.due == 0 || self.at_once).then(|| self.stops.pop()).flatten()
    }

    /// The child to be started now, if everything is stopped and no answer is due.
    pub fn next_start(&mut self) -> Option<ChildKey> {
        (self.due == 0 && self.stops.is_empty()).then(|| self.starts.pop_front()).flatten()
    }
}
