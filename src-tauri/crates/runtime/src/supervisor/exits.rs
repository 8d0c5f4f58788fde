//! The ends of workers: whose run it was, what it means, and what is told.

use super::drive::{Shared, State};
use super::launch::Ticket;
use super::node::NodeState;
use super::panics::Fault;
use super::report::Report;
use policy::supervise::{ChildKey, Event, Exit, RestartType};

impl Shared {
    /// The run `number` of the worker `key` has ended.
    pub fn exited(&self, key: ChildKey, number: u64, outcome: Result<(), Fault>) {
        self.change(|state, now_ns| {
            let words = state.on_exit(key, number, outcome, now_ns);
            state.drive(now_ns, self);
            state.tell_restart(key, words);
        });
    }

    /// The same, told by the worker's own thread. The answer is its next run, if
    /// the thread is to serve it again.
    pub fn exited_on_thread(&self, key: ChildKey, number: u64, outcome: Result<(), Fault>) -> Option<Ticket> {
        self.change(|state, now_ns| {
            let words = state.on_exit(key, number, outcome, now_ns);
            state.at_hand = Some((key, None));
            state.drive(now_ns, self);
            state.tell_restart(key, words);
            state.at_hand.take().and_then(|(_, ticket)| ticket)
        })
    }
}

impl State {
    /// Notes an end. Gives the words of a failure that nobody had asked for.
    fn on_exit(
        &mut self,
        key: ChildKey,
        number: u64,
        outcome: Result<(), Fault>,
        now_ns: i64,
    ) -> Option<String> {
        let node = self.nodes.get_mut(&key)?;
        if node.run_number() != Some(number) {
            self.on_late_exit(key);
            return None;
        }
        let was_told = node.state == NodeState::Stopping;
        node.state = NodeState::Ended;
        if let Some(job) = node.job_mut() {
            job.run = None;
        }
        let (exit, words) = match outcome {
            Ok(()) => (Exit::Normal, None),
            Err(fault) => {
                let (exit, words) = self.judge(key, &fault);
                self.note_fault(key, fault, now_ns);
                (exit, Some(words))
            }
        };
        self.push(self.parent(key), Event::Exited(key, exit));
        words.filter(|_| !was_told)
    }

    /// What a failure is to the supervisor. A final one ends a child for good,
    /// unless it is permanent.
    fn judge(&mut self, key: ChildKey, fault: &Fault) -> (Exit, String) {
        let words = fault.words.clone();
        if !fault.is_final {
            return (Exit::Crashed, words);
        }
        let node = self.nodes.get_mut(&key).filter(|node| node.spec.restart != RestartType::Permanent);
        if let Some(node) = node {
            node.state = NodeState::GivenUp;
            let (name, supervisor) = (node.name.to_string(), node.parent);
            if let Some(guard) = self.group_mut(supervisor).filter(|group| group.is_guard) {
                guard.gave_up = true;
            }
            tracing::error!(name, words, "failed for good");
            self.after.reports.push(Report::GivenUp { name, words: words.clone() });
        }
        (Exit::Shutdown, words)
    }

    /// A failure that a restart has answered already is told here; others are
    /// told with what their supervisor does about them.
    fn tell_restart(&mut self, key: ChildKey, words: Option<String>) {
        let node = self.nodes.get(&key).filter(|node| node.state == NodeState::Running);
        if let (Some(node), Some(words)) = (node, words) {
            let name = node.name.to_string();
            tracing::error!(name, words, "failed and was restarted");
            self.after.reports.push(Report::Restarted { name, words });
        }
    }

    /// A thread that had been left behind has ended after all.
    fn on_late_exit(&mut self, key: ChildKey) {
        let Some(node) = self.nodes.get_mut(&key) else { return };
        node.lingering = node.lingering.saturating_sub(1);
        tracing::info!(name = &*node.name, "ended after its deadline");
        if node.state == NodeState::Abandoned && node.lingering == 0 {
            node.state = NodeState::Ended;
        }
        self.clear_grave_of(key);
    }
}
