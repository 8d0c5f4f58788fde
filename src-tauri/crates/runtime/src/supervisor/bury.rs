//! Nodes that leave the tree: some at once, some stay as graves, because the
//! operator should see what was given up or is still holding a thread.

use super::drive::State;
use super::node::{Node, NodeState};
use policy::supervise::{ChildKey, Event};

/// Graves of one supervisor; the oldest gives way.
const GRAVES_MAX: usize = 1024;

impl State {
    /// The owner of a child lets it go: it is stopped and forgotten.
    pub fn let_go(&mut self, key: ChildKey) {
        let Some(node) = self.nodes.get_mut(&key) else { return };
        node.forgotten = true;
        let supervisor = node.parent;
        let group = self.nodes.get(&supervisor).and_then(Node::group);
        match group {
            Some(group) if group.graves.contains(&key) => self.clear_grave(supervisor, key),
            Some(group) if group.machine.is_some() => {
                self.push(supervisor, Event::Terminate(key));
                self.push(supervisor, Event::Delete(key));
            }
            // Its supervisor is down, and so is it.
            _ => self.take_out(supervisor, key),
        }
    }

    /// The machine has forgotten a child. One that only went down with its
    /// supervisor is kept; it comes back with it.
    pub fn on_removed(&mut self, supervisor: ChildKey, key: ChildKey) {
        let is_forgotten = self.nodes.get(&key).is_none_or(|node| node.forgotten);
        if is_forgotten || !self.is_ending(supervisor) {
            self.take_out(supervisor, key);
        }
    }

    /// A request came too late for a supervisor that has ended meanwhile.
    pub fn on_refused(&mut self, supervisor: ChildKey, key: ChildKey) {
        if self.nodes.get(&key).is_some_and(|node| node.forgotten) {
            self.take_out(supervisor, key);
        }
    }

    /// Takes a child out of its supervisor: away, or into a grave.
    fn take_out(&mut self, supervisor: ChildKey, key: ChildKey) {
        let (is_worth, lingers) = (self.is_worth_a_look(key), self.lingers(key));
        let is_forgotten = self.nodes.get(&key).is_none_or(|node| node.forgotten);
        let Some(group) = self.group_mut(supervisor) else { return };
        group.children.retain(|child| *child != key);
        group.graves.retain(|grave| *grave != key);
        if !lingers && (is_forgotten || !is_worth) {
            return self.remove(key);
        }
        group.graves.push(key);
        let oldest = (group.graves.len() > GRAVES_MAX).then(|| group.graves.remove(0));
        self.discard_bodies(key);
        if let Some(oldest) = oldest {
            self.remove(oldest);
        }
    }

    /// Whether something of it failed for good.
    fn is_worth_a_look(&self, key: ChildKey) -> bool {
        self.any(key, |node| node.state == NodeState::GivenUp || node.fault.is_some())
    }

    /// Whether a thread of it still goes on.
    fn lingers(&self, key: ChildKey) -> bool {
        self.any(key, |node| node.lingering > 0)
    }

    /// A thread that was left behind has ended: its node may go at last.
    pub fn clear_grave_of(&mut self, key: ChildKey) {
        let mut top = key;
        while !self.is_grave(top) {
            let parent = self.parent(top);
            if parent == top {
                return;
            }
            top = parent;
        }
        let goes = self.nodes.get(&top).is_some_and(|node| node.forgotten) && !self.lingers(top);
        if goes {
            self.clear_grave(self.parent(top), top);
        }
    }

    pub fn is_grave(&self, key: ChildKey) -> bool {
        let group = self.nodes.get(&self.parent(key)).and_then(Node::group);
        group.is_some_and(|group| group.graves.contains(&key))
    }

    fn clear_grave(&mut self, supervisor: ChildKey, key: ChildKey) {
        if self.lingers(key) {
            return;
        }
        if let Some(group) = self.group_mut(supervisor) {
            group.graves.retain(|grave| *grave != key);
        }
        self.remove(key);
    }

    fn any(&self, key: ChildKey, condition: impl Fn(&Node) -> bool + Copy) -> bool {
        let Some(node) = self.nodes.get(&key) else { return false };
        let below = node.group().map(|group| group.children.as_slice()).unwrap_or_default();
        condition(node) || below.iter().any(|child| self.any(*child, condition))
    }

    /// Drops a node with everything below it.
    fn remove(&mut self, key: ChildKey) {
        self.discard_bodies(key);
        let Some(node) = self.nodes.remove(&key) else { return };
        let Some(group) = node.group() else { return };
        for child in group.children.iter().chain(&group.graves) {
            self.remove(*child);
        }
    }

    fn discard_bodies(&mut self, key: ChildKey) {
        self.discard_body(key);
        let children = self.group_mut(key).map(|group| group.children.clone()).unwrap_or_default();
        for child in children {
            self.discard_bodies(child);
        }
    }

    /// The closures of a worker are dropped when the lock has been released.
    pub fn discard_body(&mut self, key: ChildKey) {
        let Some(job) = self.nodes.get_mut(&key).and_then(Node::job_mut) else { return };
        let (body, hook) = (job.body.take(), job.on_stop.take());
        self.after.trash.extend(body);
        self.after.dropped_hooks.extend(hook);
    }
}
