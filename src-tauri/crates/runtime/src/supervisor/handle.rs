//! What the owner of a child holds in its hand.

use super::drive::Shared;
use super::node::{Node, NodeState};
use policy::supervise::ChildKey;
use std::sync::Weak;
use std::time::Duration;

/// A child of the tree. Dropping the handle changes nothing; see [`StopOnDrop`].
#[derive(Clone)]
pub struct Handle {
    pub(super) shared: Weak<Shared>,
    /// The worker.
    pub(super) key: ChildKey,
    /// The worker or its guard: the child of the place.
    pub(super) top: ChildKey,
}

impl Handle {
    /// Where it stands; a child that is no longer known has ended.
    #[must_use]
    pub fn state(&self) -> NodeState {
        self.shared.upgrade().map_or(NodeState::Ended, |shared| {
            shared.state.lock().nodes.get(&self.key).map_or(NodeState::Ended, |node| node.state)
        })
    }

    /// Tells it to stop and takes it out of the tree. Does not wait.
    pub fn stop(&self) {
        if let Some(shared) = self.shared.upgrade() {
            shared.change(|state, _| state.let_go(self.top));
        }
    }

    /// Waits until it has ended for good; false if it has not by then, or was
    /// left behind.
    #[must_use]
    pub fn wait(&self, deadline: Duration) -> bool {
        let Some(shared) = self.shared.upgrade() else { return true };
        let end_ns = shared.deadline_ns(deadline);
        let mut state = shared.state.lock();
        loop {
            match state.nodes.get(&self.key).map_or(NodeState::Ended, Node::last_state) {
                NodeState::Ended | NodeState::GivenUp => return true,
                NodeState::Abandoned => return false,
                _ => {}
            }
            let Some(left) = shared.left_until(end_ns) else { return false };
            shared.changed.wait_for(&mut state, left);
        }
    }

    /// The same child, stopped when the handle is dropped.
    #[must_use]
    pub fn stop_on_drop(self) -> StopOnDrop {
        StopOnDrop(self)
    }
}

impl Node {
    /// Its state, as its owner sees it: an end that came before the word to stop
    /// has been looked at is not the last word.
    fn last_state(&self) -> NodeState {
        if self.lingering > 0 && self.state == NodeState::Ended { NodeState::Abandoned } else { self.state }
    }
}

/// Stops its child, without waiting, when dropped.
pub struct StopOnDrop(Handle);

impl std::ops::Deref for StopOnDrop {
    type Target = Handle;

    fn deref(&self) -> &Handle {
        &self.0
    }
}

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.stop();
    }
}
