//! What the machines decide, carried out on the nodes.

use super::drive::{Shared, State};
use super::node::{NodeState, Role};
use super::plan::{ABANDONED_MAX, ROOT};
use super::report::Report;
use policy::supervise::{
    Action, Child, ChildKey, Event, Exit, Refusal, Shutdown, State as MachineState, Strategy, Supervisor,
};
use std::sync::Arc;

/// How long a child has that is not asked: a thread can't be killed, so it is
/// told all the same and not waited for longer than this.
const BRUTAL_NS: i64 = 100_000_000;

impl State {
    /// Does what the machine of `supervisor` has decided.
    pub fn enact(&mut self, supervisor: ChildKey, action: Action, now_ns: i64, shared: &Shared) {
        match action {
            Action::Start(key) => self.start(supervisor, key, now_ns, shared),
            Action::Stop { key, shutdown } => self.stop(key, shutdown, now_ns),
            Action::Abandon(key) => self.abandon(key),
            Action::Removed(key) => self.on_removed(supervisor, key),
            Action::Refused { key, why: Refusal::Ended } => self.on_refused(supervisor, key),
            Action::Refused { .. } | Action::Done(_) => {}
            Action::Booted => self.on_booted(supervisor),
            Action::BootFailed => self.on_boot_failed(supervisor),
            Action::GaveUp(key) => self.on_gave_up(supervisor, key),
            Action::Ended(exit) => self.on_ended(supervisor, exit),
        }
    }

    fn start(&mut self, supervisor: ChildKey, key: ChildKey, now_ns: i64, shared: &Shared) {
        let Some(node) = self.nodes.get_mut(&key) else {
            return self.push(supervisor, Event::StartFailed(key));
        };
        (node.starts, node.since_ns, node.state) = (node.starts + 1, now_ns, NodeState::Starting);
        match node.role {
            Role::Supervisor(_) => self.boot(supervisor, key),
            Role::Worker(_) => {
                let answer = match self.launch(key, shared) {
                    Ok(()) => {
                        self.set(key, NodeState::Running);
                        Event::Started(key)
                    }
                    Err(fault) => {
                        self.note_fault(key, fault, now_ns);
                        self.set(key, NodeState::Ended);
                        Event::StartFailed(key)
                    }
                };
                self.push(supervisor, answer);
            }
        }
    }

    /// Gives a supervisor a new machine with the children that it has; dynamic
    /// ones are added as soon as it runs.
    pub fn boot(&mut self, parent: ChildKey, key: ChildKey) {
        let specs = self.specs_of(key);
        let Some(group) = self.group_mut(key) else { return };
        (group.gave_up, group.crashed, group.abandoned) = (false, false, 0);
        let is_dynamic = group.flags.strategy == Strategy::SimpleOneForOne;
        let (at_once, later) = if is_dynamic { (Vec::new(), specs) } else { (specs, Vec::new()) };
        match Supervisor::new(group.flags, at_once) {
            Ok(machine) => group.machine = Some(machine),
            Err(error) => {
                tracing::error!(%error, "a supervisor's children make no sense");
                return self.push(parent, Event::StartFailed(key));
            }
        }
        self.push(key, Event::Boot);
        for child in later {
            self.push(key, Event::Add(child));
        }
    }

    fn specs_of(&mut self, key: ChildKey) -> Vec<Child> {
        let children = self.group_mut(key).map(|group| group.children.clone()).unwrap_or_default();
        children.iter().filter_map(|child| self.nodes.get(child)).map(|node| node.spec).collect()
    }

    fn stop(&mut self, key: ChildKey, shutdown: Shutdown, now_ns: i64) {
        let patience_ns = self.patience_ns;
        let Some(node) = self.nodes.get_mut(&key) else { return };
        node.state = NodeState::Stopping;
        let Role::Worker(job) = &mut node.role else { return self.push(key, Event::Shutdown) };
        // Where nothing runs, the word of its end is on its way already.
        let Some(run) = &mut job.run else { return };
        run.stop.take();
        run.abort.iter().for_each(tokio::task::AbortHandle::abort);
        let allowed_ns = match shutdown {
            Shutdown::DeadlineNs(ns) => ns,
            Shutdown::Brutal => BRUTAL_NS,
            Shutdown::Infinity => i64::MAX,
        };
        let due_ns = now_ns.saturating_add(allowed_ns.min(patience_ns));
        self.timers.add(due_ns, key, run.number);
        self.after.hooks.extend(job.on_stop.clone());
        self.after.has_new_timer = true;
    }

    /// A worker missed its deadline. What it runs on is left behind.
    fn abandon(&mut self, key: ChildKey) {
        let Some(node) = self.nodes.get_mut(&key) else { return };
        let name = node.name.to_string();
        (node.abandoned, node.lingering, node.state) =
            (node.abandoned + 1, node.lingering + 1, NodeState::Abandoned);
        if let Some(job) = node.job_mut() {
            job.run = None;
        }
        tracing::error!(name, "missed its deadline and was left behind");
        if self.shutting_down {
            self.late.push(name.clone());
        }
        self.after.reports.push(Report::Abandoned { name });
        self.charge_tier(self.tier(key));
    }

    /// Counts a worker left behind; one too many ends its tier, and the root
    /// takes that for a crash.
    fn charge_tier(&mut self, tier: ChildKey) {
        let shutting_down = self.shutting_down;
        let Some(group) = self.group_mut(tier) else { return };
        group.abandoned += 1;
        if group.abandoned > ABANDONED_MAX && !group.crashed && !shutting_down {
            group.crashed = true;
            self.last_words = "too many of its workers did not stop in time".to_owned();
            self.push(tier, Event::Shutdown);
        }
    }

    fn on_booted(&mut self, key: ChildKey) {
        self.set(key, NodeState::Running);
        if key != ROOT {
            self.push(self.parent(key), Event::Started(key));
        }
    }

    fn on_boot_failed(&mut self, key: ChildKey) {
        if let Some(group) = self.group_mut(key) {
            group.machine = None;
        }
        self.set(key, NodeState::Ended);
        match key {
            ROOT => self.end_of_all(),
            _ => self.push(self.parent(key), Event::StartFailed(key)),
        }
    }

    /// A supervisor has restarted this child as often as it may.
    fn on_gave_up(&mut self, supervisor: ChildKey, key: ChildKey) {
        let fault = self.nodes.get(&key).and_then(|node| node.fault.clone());
        let words = fault.as_ref().map(|fault| fault.words.clone()).unwrap_or_default();
        self.set(key, NodeState::GivenUp);
        let Some(node) = self.nodes.get_mut(&supervisor) else { return };
        let name = node.name.to_string();
        node.fault = fault.or(node.fault.take());
        let Some(group) = node.group_mut() else { return };
        group.gave_up = true;
        let is_guard = group.is_guard;
        tracing::error!(name, words, is_guard, "a supervisor gave up");
        if let Some(worker) = self.nodes.get(&key).filter(|node| node.job().is_some()) {
            self.last_words = format!("“{}”: {words}", worker.name);
        }
        if is_guard {
            self.after.reports.push(Report::GivenUp { name, words });
        } else if supervisor != ROOT {
            self.after.reports.push(Report::Escalated { name, words: self.last_words.clone() });
        }
    }

    fn on_ended(&mut self, key: ChildKey, exit: Exit) {
        let Some(node) = self.nodes.get_mut(&key) else { return };
        let Role::Supervisor(group) = &mut node.role else { return };
        group.machine = None;
        node.state = if group.gave_up { NodeState::GivenUp } else { NodeState::Ended };
        let exit = if group.crashed { Exit::Crashed } else { exit };
        let tells = group.crashed.then(|| node.name.to_string());
        if let Some(name) = tells {
            self.after.reports.push(Report::Escalated { name, words: self.last_words.clone() });
        }
        match key {
            ROOT => self.end_of_all(),
            _ => self.push(self.parent(key), Event::Exited(key, exit)),
        }
    }

    /// Nothing runs any more, and nothing will: no closure is needed again.
    fn end_of_all(&mut self) {
        self.is_over = true;
        self.has_failed = !self.shutting_down;
        if self.has_failed {
            self.after.reports.push(Report::Failed { words: self.last_words.clone() });
        }
        let keys: Vec<ChildKey> = self.nodes.keys().copied().collect();
        for key in keys {
            self.discard_body(key);
        }
    }

    /// Whether a supervisor is on its way out, so that what its machine forgets
    /// is to be there when it is started again.
    pub fn is_ending(&self, supervisor: ChildKey) -> bool {
        let machine = self.nodes.get(&supervisor).and_then(|node| node.group()?.machine.as_ref());
        machine.is_none_or(|machine| matches!(machine.state(), MachineState::Ending | MachineState::Ended))
    }

    pub fn note_fault(&mut self, key: ChildKey, mut fault: super::panics::Fault, now_ns: i64) {
        fault.at_ns = now_ns;
        if let Some(node) = self.nodes.get_mut(&key) {
            node.fault = Some(Arc::new(fault));
        }
    }
}
