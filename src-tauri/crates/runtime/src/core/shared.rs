//! The workers that simulated sensors share. Where one of them fails for good, its
//! sensors are given up with it and told, and what still comes for them is counted:
//! nobody is to take their silence for calm. A sensor that is taken in anew gives its
//! worker another chance.

use super::Core;
use crate::supervisor::{Failure, NodeState, StopSignal};
use crate::worker::{self, INBOX_CAPACITY, Inbox};
use connect::NoticeLevel;
use std::time::Duration;

/// How often it is looked whether a worker was lost; its inbox holds longer.
const LOOK_EVERY: Duration = Duration::from_millis(500);

impl Core {
    pub(super) fn start_shared_workers(&self) -> std::io::Result<()> {
        let started = self.shared_inboxes.iter().map(|inbox| self.start_worker(inbox));
        *self.shared_workers.lock() = started.collect::<std::io::Result<_>>()?;
        Ok(())
    }

    /// Starts the shared worker of this number anew if it was given up. Where there is
    /// no thread for it, it stays given up, and its sensors with it.
    pub(super) fn revive_shared_worker(&self, number: usize) {
        let mut workers = self.shared_workers.lock();
        if let Some(worker) = workers.get_mut(number)
            && worker.state() == NodeState::GivenUp
            && let Ok(anew) = self.start_worker(&self.shared_inboxes[number])
        {
            std::mem::replace(worker, anew).stop();
        }
    }

    fn account_for_lost_workers(&self) {
        // Held to the end: a worker that is started anew must not find its inbox being
        // emptied by somebody else, nor its new sensors given up.
        let workers = self.shared_workers.lock();
        let served = self.shared_inboxes.iter().zip(workers.iter());
        let lost = served.filter(|(_, worker)| worker.state() == NodeState::GivenUp);
        lost.for_each(|(inbox, _)| self.account_for_lost_worker(inbox));
    }

    fn account_for_lost_worker(&self, inbox: &Inbox) {
        let mut given_up = self.registry.all();
        given_up.retain(|sensor| sensor.inbox().is(inbox) && sensor.give_up());
        if !given_up.is_empty() {
            self.tell_lost_worker(inbox);
        }
        // Of a sensor that is given up nothing goes further than into the account.
        let waiting = inbox.queue().take_waiting().take(INBOX_CAPACITY);
        waiting.for_each(|parcel| worker::take(parcel, inbox, &self.wards));
    }

    fn tell_lost_worker(&self, inbox: &Inbox) {
        let text = format!(
            "All sensors that share the worker “{}” were given up with it.",
            inbox.queue().view().name
        );
        let remedy = "What they still send is counted as dropped. Stop the scenario and start it again to give \
                      them another chance.";
        self.notices.say(NoticeLevel::Error, text, remedy);
    }
}

/// Looks after the sensors of lost workers until told to stop.
pub(super) fn run(core: &Core, stop: &StopSignal) -> Result<(), Failure> {
    while !stop.wait(LOOK_EVERY) {
        core.account_for_lost_workers();
    }
    Ok(())
}
