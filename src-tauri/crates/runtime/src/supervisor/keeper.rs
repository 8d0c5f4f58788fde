//! The keeper: the thread that brings the deadlines of stopping workers.

use super::drive::Shared;
use super::node::NodeState;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use policy::supervise::{ChildKey, Event};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// Deadlines, the next one first.
#[derive(Default)]
pub struct Timers(BinaryHeap<Reverse<(i64, ChildKey, u64)>>);

impl Timers {
    /// The run `number` of `key` is to have ended by `due_ns`, host time.
    pub fn add(&mut self, due_ns: i64, key: ChildKey, number: u64) {
        self.0.push(Reverse((due_ns, key, number)));
    }

    fn pop_due(&mut self, now_ns: i64) -> Option<(ChildKey, u64)> {
        self.0.peek().filter(|next| next.0.0 <= now_ns)?;
        self.0.pop().map(|Reverse((_, key, number))| (key, number))
    }

    fn next_ns(&self) -> Option<i64> {
        self.0.peek().map(|next| next.0.0)
    }
}

/// Tells the keeper that there is a new deadline.
pub struct Wake(Sender<()>);

impl Wake {
    pub fn new() -> (Self, Receiver<()>) {
        let (sender, receiver) = bounded(1);
        (Self(sender), receiver)
    }

    pub fn wake(&self) {
        // Full: it is on its way to look already.
        let _ = self.0.try_send(());
    }
}

/// Starts the keeper; it ends with what is shared.
pub fn start(shared: &Arc<Shared>, woken: Receiver<()>) -> std::io::Result<()> {
    let shared = Arc::downgrade(shared);
    std::thread::Builder::new().name("keeper".to_owned()).spawn(move || keep(&shared, &woken)).map(drop)
}

fn keep(shared: &Weak<Shared>, woken: &Receiver<()>) {
    loop {
        let Some(strong) = shared.upgrade() else { return };
        let wait = strong.bring_deadlines();
        drop(strong);
        let outcome = match wait {
            Some(wait) => woken.recv_timeout(wait),
            None => woken.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        if outcome == Err(RecvTimeoutError::Disconnected) {
            return;
        }
    }
}

impl Shared {
    /// Brings every deadline that is due; says how long the next one has.
    fn bring_deadlines(&self) -> Option<Duration> {
        self.change(|state, now_ns| {
            while let Some((key, number)) = state.timers.pop_due(now_ns) {
                let node = state.nodes.get(&key);
                let is_late = node.is_some_and(|node| {
                    node.state == NodeState::Stopping && node.run_number() == Some(number)
                });
                if is_late {
                    state.push(state.parent(key), Event::StopDeadline(key));
                }
            }
        });
        let next_ns = self.state.lock().timers.next_ns()?;
        let left_ns = next_ns.saturating_sub(self.clock.now().host_ns).max(0);
        Some(Duration::from_nanos(left_ns.unsigned_abs()))
    }
}
