//! Starting a worker: on a new thread, on the thread that has just failed, or as
//! a task.

use super::drive::{Shared, State};
use super::node::Run;
use super::panics::{Fault, caught};
use super::service::{Body, Failure, StopSignal, ThreadBody};
use policy::supervise::{ChildKey, Shutdown};
use std::io;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// One run of a thread: its number, and how it learns that it is to stop.
pub struct Ticket {
    pub number: u64,
    pub stop: StopSignal,
}

impl State {
    /// Starts the worker `key`.
    pub fn launch(&mut self, key: ChildKey, shared: &Shared) -> Result<(), Fault> {
        let number = self.next_run;
        self.next_run += 1;
        let weak = self.shared.clone();
        let node = self.nodes.get_mut(&key);
        let found = node.and_then(|node| Some((Arc::clone(&node.name), node.spec.shutdown, node.job_mut()?)));
        let Some((name, shutdown, job)) = found else { return Err(no_body()) };
        let body = job.body.clone().ok_or_else(no_body)?;
        let (sender, stop) = StopSignal::pair();
        let ticket = Ticket { number, stop };
        let mut abort = None;
        let started = match (body, &mut self.at_hand) {
            (Body::Task(body), _) => {
                shared.tasks.start(weak, key, number, body).map(|handle| abort = Some(handle))
            }
            (_, Some((at_hand, slot))) if *at_hand == key => {
                *slot = Some(ticket);
                Ok(())
            }
            (Body::Thread(body), _) => spawn(&name, weak, key, body, ticket),
            (Body::Process(spec), _) => {
                let deadline = process_deadline(shutdown);
                let body: ThreadBody = Arc::new(move |stop| spec.run(stop, deadline));
                spawn(&name, weak, key, body, ticket)
            }
        };
        job.run = Some(Run { number, stop: Some(sender), abort });
        started.map_err(|error| {
            job.run = None;
            Fault::new(Failure::Restartable(format!("the system gave no thread: {error}")))
        })
    }
}

fn process_deadline(shutdown: Shutdown) -> Duration {
    match shutdown {
        Shutdown::DeadlineNs(ns) => {
            Duration::from_nanos(ns.unsigned_abs()).saturating_sub(super::process::KILL_MARGIN)
        }
        Shutdown::Brutal | Shutdown::Infinity => Duration::ZERO,
    }
}

fn no_body() -> Fault {
    Fault::new(Failure::Final("it was taken out of the tree".to_owned()))
}

fn spawn(name: &str, shared: Weak<Shared>, key: ChildKey, body: ThreadBody, first: Ticket) -> io::Result<()> {
    let work = move || work(&shared, key, &*body, first);
    std::thread::Builder::new().name(name.to_owned()).spawn(work).map(drop)
}

/// Runs a body, reports its end, and runs it again where that is the answer.
fn work(
    shared: &Weak<Shared>,
    key: ChildKey,
    body: &(dyn Fn(&StopSignal) -> Result<(), Failure> + Send + Sync),
    mut ticket: Ticket,
) {
    loop {
        let outcome = match caught(|| body(&ticket.stop)) {
            Ok(outcome) => outcome.map_err(Fault::new),
            Err(fault) => Err(fault),
        };
        let Some(shared) = shared.upgrade() else { return };
        match shared.exited_on_thread(key, ticket.number, outcome) {
            Some(next) => ticket = next,
            None => return,
        }
    }
}
