//! The tree's one lock, and the loop that takes events to the machines.

use super::keeper::{Timers, Wake};
use super::launch::Ticket;
use super::node::{Group, Node, NodeState};
use super::panics::caught;
use super::plan::{FIRST_FREE_KEY, ROOT};
use super::report::Report;
use super::service::{Body, Hook};
use super::task::Tasks;
use super::tree::OnReport;
use crate::telemetry::Latency;
use model::Clock;
use parking_lot::{Condvar, Mutex};
use policy::supervise::{ChildKey, Event};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Weak};

/// What the tree and its threads share.
pub struct Shared {
    pub clock: Arc<dyn Clock>,
    pub state: Mutex<State>,
    /// Told after every change of a state.
    pub changed: Condvar,
    pub wake: Wake,
    pub on_report: OnReport,
    /// From the report of a failure to the start of the next run.
    pub restarts: Arc<Latency>,
    pub tasks: Arc<Tasks>,
}

/// The nodes, and the events on their way.
pub struct State {
    /// For the threads that are started from here.
    pub shared: Weak<Shared>,
    pub nodes: BTreeMap<ChildKey, Node>,
    /// Events for supervisors, in their order.
    pub queue: VecDeque<(ChildKey, Event)>,
    pub timers: Timers,
    pub next_key: u64,
    pub next_run: u64,
    /// The whole tree was told to end.
    pub shutting_down: bool,
    /// The root has ended.
    pub is_over: bool,
    /// It has ended without having been told to.
    pub has_failed: bool,
    /// Who missed the deadline of the shutdown.
    pub late: Vec<String>,
    /// The longest that anybody gets from now on to end, nanoseconds.
    pub patience_ns: i64,
    /// The failure that was looked at last.
    pub last_words: String,
    /// The thread whose end is being dealt with: it can serve its node again.
    pub at_hand: Option<(ChildKey, Option<Ticket>)>,
    pub after: After,
}

/// What is to be done when the lock has been released, because it runs the code
/// of others: closures, notices, the end of what a closure held.
#[derive(Default)]
pub struct After {
    pub hooks: Vec<Hook>,
    pub reports: Vec<Report>,
    pub trash: Vec<Body>,
    pub dropped_hooks: Vec<Hook>,
    pub has_new_timer: bool,
}

impl Shared {
    /// Changes the state, takes the events that come of it to their end, and
    /// then, without the lock, does what is left to do.
    pub fn change<T>(&self, change: impl FnOnce(&mut State, i64) -> T) -> T {
        let now_ns = self.clock.now().host_ns;
        let (result, after) = {
            let mut state = self.state.lock();
            let result = change(&mut state, now_ns);
            state.drive(now_ns, self);
            (result, std::mem::take(&mut state.after))
        };
        self.changed.notify_all();
        self.finish(after, now_ns);
        result
    }

    fn finish(&self, after: After, began_ns: i64) {
        let is_restart = |report: &&Report| matches!(report, Report::Restarted { .. });
        for _ in after.reports.iter().filter(is_restart) {
            self.restarts.record(self.clock.now().host_ns.saturating_sub(began_ns));
        }
        if after.has_new_timer {
            self.wake.wake();
        }
        let outcome = caught(|| {
            after.hooks.iter().for_each(|hook| hook());
            after.reports.iter().for_each(|report| (self.on_report)(report));
            drop(after);
        });
        if let Err(fault) = outcome {
            tracing::error!(fault = fault.words, "what follows a change of the tree panicked");
        }
    }
}

impl State {
    pub fn new(shared: Weak<Shared>) -> Self {
        Self {
            shared,
            nodes: BTreeMap::new(),
            queue: VecDeque::new(),
            timers: Timers::default(),
            next_key: FIRST_FREE_KEY,
            next_run: 1,
            shutting_down: false,
            is_over: false,
            has_failed: false,
            late: Vec::new(),
            patience_ns: i64::MAX,
            last_words: String::new(),
            at_hand: None,
            after: After::default(),
        }
    }

    /// Takes every waiting event to its machine. No recursion: what an action
    /// leads to is put into the queue behind it.
    pub fn drive(&mut self, now_ns: i64, shared: &Shared) {
        while let Some((key, event)) = self.queue.pop_front() {
            let Some(machine) = self.group_mut(key).and_then(|group| group.machine.as_mut()) else {
                continue;
            };
            for action in machine.on(event, now_ns) {
                self.enact(key, action, now_ns, shared);
            }
        }
    }

    pub fn push(&mut self, supervisor: ChildKey, event: Event) {
        self.queue.push_back((supervisor, event));
    }

    pub fn fresh_key(&mut self) -> ChildKey {
        self.next_key += 1;
        ChildKey(self.next_key - 1)
    }

    pub fn group_mut(&mut self, key: ChildKey) -> Option<&mut Group> {
        self.nodes.get_mut(&key)?.group_mut()
    }

    pub fn set(&mut self, key: ChildKey, state: NodeState) {
        if let Some(node) = self.nodes.get_mut(&key) {
            node.state = state;
        }
    }

    pub fn parent(&self, key: ChildKey) -> ChildKey {
        self.nodes.get(&key).map_or(ROOT, |node| node.parent)
    }

    /// The tier of a node.
    pub fn tier(&self, mut key: ChildKey) -> ChildKey {
        while key != ROOT && self.parent(key) != ROOT {
            key = self.parent(key);
        }
        key
    }
}
