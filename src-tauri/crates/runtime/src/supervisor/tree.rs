//! The tree: made after its plan, added to while it runs, looked at, ended.

use super::drive::{Shared, State};
use super::handle::Handle;
use super::keeper::{self, Wake};
use super::node::{Group, Job, Node, NodeState, Role, supervisor_spec};
use super::plan::{PLAN, Place, ROOT, Tier, guard_flags};
use super::report::Report;
use super::service::Service;
use super::task::Tasks;
use super::view::{NodeKind, TreeView};
use crate::telemetry::Latency;
use model::Clock;
use parking_lot::{Condvar, Mutex};
use policy::supervise::{Child, ChildKey, Event, RestartType, Strategy};
use std::io;
use std::sync::Arc;
use std::time::Duration;

/// What is told about what goes wrong. Called without any lock, by whichever
/// thread has brought it to light.
pub type OnReport = Box<dyn Fn(&Report) + Send + Sync>;

/// How long each worker still gets when the deadline of a shutdown has passed.
const LAST_PATIENCE: Duration = Duration::from_millis(250);
/// How long the end may then take at most.
const LAST_WAIT: Duration = Duration::from_secs(5);

/// The supervision tree.
pub struct Tree(Arc<Shared>);

impl Tree {
    /// The tree of the plan, its supervisors running.
    ///
    /// # Errors
    /// The operating system has no thread left.
    pub fn new(clock: Arc<dyn Clock>, on_report: OnReport) -> io::Result<Self> {
        let (wake, woken) = Wake::new();
        let tasks = Arc::new(Tasks::new()?);
        let driver = tasks.driver();
        let shared = Arc::new_cyclic(|weak| Shared {
            clock,
            state: Mutex::new(State::new(weak.clone())),
            changed: Condvar::new(),
            wake,
            on_report,
            restarts: Arc::default(),
            tasks,
        });
        shared.change(State::plant);
        keeper::start(&shared, woken)?;
        let tree = Self(shared);
        tree.start(Tier::Infrastructure, driver)?;
        Ok(tree)
    }

    /// Adds a child and starts it. Where its supervisor is just being restarted
    /// it is started together with it.
    ///
    /// # Errors
    /// The operating system has no thread left, or the tree has ended.
    pub fn start(&self, place: impl Into<Place>, service: Service) -> io::Result<Handle> {
        let supervisor = place.into().key();
        self.0
            .change(|state, now_ns| {
                if state.is_over || state.shutting_down {
                    return Err(over());
                }
                let (top, key) = state.plant_service(supervisor, service, now_ns);
                state.drive(now_ns, &self.0);
                match state.nodes.contains_key(&top) && !state.is_grave(top) {
                    true => Ok((top, key)),
                    false => Err(state.start_error(top, key)),
                }
            })
            .map(|(top, key)| Handle { shared: Arc::downgrade(&self.0), key, top })
    }

    /// Whether the root has given up: nothing runs any more.
    #[must_use]
    pub fn is_failed(&self) -> bool {
        self.0.state.lock().has_failed
    }

    /// The whole tree as it is now.
    #[must_use]
    pub fn view(&self) -> TreeView {
        let now_ns = self.0.clock.now().host_ns;
        TreeView::of(&self.0.state.lock(), now_ns)
    }

    /// How long restarts took, from the report of a failure to the next run.
    #[must_use]
    pub fn restarts(&self) -> Arc<Latency> {
        Arc::clone(&self.0.restarts)
    }

    /// Tells everything to end, in reverse order, and does not wait.
    pub fn begin_shutdown(&self) {
        self.0.change(|state, _| {
            if !state.shutting_down && !state.is_over {
                state.shutting_down = true;
                state.push(ROOT, Event::Shutdown);
            }
        });
    }

    /// Ends everything in reverse order. Each worker has its own deadline; when
    /// `deadline` has passed in all, each one left gets 250 ms. Gives the names
    /// of those that were left behind. Not to be called by a child of the tree.
    pub fn shut_down(&self, deadline: Duration) -> Vec<String> {
        self.begin_shutdown();
        if !self.0.wait_for_end(deadline) {
            self.0.change(State::lose_patience);
            if !self.0.wait_for_end(LAST_WAIT) {
                tracing::error!("the tree did not end");
            }
        }
        std::mem::take(&mut self.0.state.lock().late)
    }
}

#[cfg(test)]
impl Tree {
    pub(super) fn shared(&self) -> &Shared {
        &self.0
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        self.begin_shutdown();
    }
}

impl Shared {
    pub fn deadline_ns(&self, deadline: Duration) -> i64 {
        let ns = i64::try_from(deadline.as_nanos()).unwrap_or(i64::MAX);
        self.clock.now().host_ns.saturating_add(ns)
    }

    pub fn left_until(&self, end_ns: i64) -> Option<Duration> {
        let left_ns = end_ns.saturating_sub(self.clock.now().host_ns);
        (left_ns > 0).then(|| Duration::from_nanos(left_ns.unsigned_abs()))
    }

    fn wait_for_end(&self, deadline: Duration) -> bool {
        let end_ns = self.deadline_ns(deadline);
        let mut state = self.state.lock();
        while !state.is_over {
            let Some(left) = self.left_until(end_ns) else { return false };
            self.changed.wait_for(&mut state, left);
        }
        true
    }
}

impl State {
    /// The supervisors of the plan.
    fn plant(&mut self, now_ns: i64) {
        for (row, planned) in (0..).zip(&PLAN) {
            let (key, parent) = (ChildKey(row), ChildKey(planned.parent as u64));
            let role = Role::Supervisor(Box::new(Group::new(planned.flags(), false)));
            let spec = supervisor_spec(key, RestartType::Permanent);
            self.nodes.insert(key, Node::new(planned.name.into(), parent, spec, role, now_ns));
            if key != ROOT
                && let Some(group) = self.group_mut(parent)
            {
                group.children.push(key);
            }
        }
        self.boot(ROOT, ROOT);
    }

    /// Puts a service, with its guard if it has one, under a supervisor.
    fn plant_service(&mut self, supervisor: ChildKey, service: Service, now_ns: i64) -> (ChildKey, ChildKey) {
        let is_dynamic =
            self.group_mut(supervisor).is_some_and(|group| group.flags.strategy == Strategy::SimpleOneForOne);
        let is_guarded = service.guarded || is_dynamic;
        let key = self.fresh_key();
        let top = if is_guarded { self.fresh_key() } else { key };
        let significant = is_guarded && service.restart != RestartType::Permanent;
        let spec = Child { key, restart: service.restart, significant, shutdown: service.shutdown() };
        let parent = if is_guarded { top } else { supervisor };
        let kind = NodeKind::of(&service.body);
        let job = Job { kind, body: Some(service.body), on_stop: service.on_stop, run: None };
        let name = service.name;
        if is_guarded {
            let mut guard = Group::new(guard_flags(spec.restart), true);
            guard.children.push(key);
            let spec = supervisor_spec(top, RestartType::Temporary);
            let role = Role::Supervisor(Box::new(guard));
            self.nodes.insert(top, Node::new(Arc::clone(&name), supervisor, spec, role, now_ns));
        }
        self.nodes.insert(key, Node::new(name, parent, spec, Role::Worker(job), now_ns));
        self.add(supervisor, top);
        (top, key)
    }

    fn add(&mut self, supervisor: ChildKey, top: ChildKey) {
        let Some(spec) = self.nodes.get(&top).map(|node| node.spec) else { return };
        if let Some(group) = self.group_mut(supervisor) {
            group.children.push(top);
        }
        // Without a machine nobody hears it: the child starts with its supervisor.
        self.push(supervisor, Event::Add(spec));
    }

    /// What is left of a child that could not be started is taken away.
    fn start_error(&mut self, top: ChildKey, key: ChildKey) -> io::Error {
        let fault = self.nodes.get(&key).and_then(|node| node.fault.clone());
        self.let_go(top);
        fault.map_or_else(over, |fault| io::Error::other(fault.words.clone()))
    }

    /// The deadline of the shutdown has passed: the rest has to be quick.
    fn lose_patience(&mut self, now_ns: i64) {
        self.patience_ns = i64::try_from(LAST_PATIENCE.as_nanos()).unwrap_or(i64::MAX);
        let due_ns = now_ns.saturating_add(self.patience_ns);
        for (key, node) in &self.nodes {
            if let Some(number) = node.run_number().filter(|_| node.state == NodeState::Stopping) {
                self.timers.add(due_ns, *key, number);
            }
        }
        self.after.has_new_timer = true;
    }
}

fn over() -> io::Error {
    io::Error::other("the console is shutting down or has failed")
}
