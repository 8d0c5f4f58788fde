//! OTP's supervisors once more, written down plainly from their documentation: one
//! call does one thing to its end, stops and starts are recursive calls, nothing is
//! deferred. Only what a supervisor finds in its mailbox at once is a queue.
//!
//! These are the rules alone; what they are played on is in `stage.rs`.

use crate::drive::PERIOD_NS;
use crate::stage::{Kid, Live, Mail, Model, Run, Then};
use crate::tree::{Kind, Message, Node, Path, Sup};
use policy::supervise::{AutoShutdown, Exit, RestartType, Strategy};
use std::collections::VecDeque;

impl Model {
    /// A child has died: it is started again, or its end may be the supervisor's.
    pub fn died(&mut self, live: &mut Live, id: u64, exit: Exit, mail: &mut VecDeque<Mail>) -> Then {
        let Some(kid) = live.kid(id).filter(|kid| kid.died) else { return Then::Lives };
        (kid.died, kid.run) = (false, Run::Down);
        let (restart, significant) = (kid.node.restart, kid.node.significant);
        if restart == RestartType::Permanent || (restart == RestartType::Transient && exit == Exit::Crashed) {
            return self.restart(live, id, mail);
        }
        live.forget(id);
        let dynamic = live.spec.is_dynamic();
        let active = |kid: &Kid| dynamic || kid.node.significant && !matches!(kid.run, Run::Down);
        let ends = match live.spec.auto_shutdown {
            AutoShutdown::Never => false,
            AutoShutdown::AnySignificant => significant,
            AutoShutdown::AllSignificant => significant && !live.kids.iter().any(active),
        };
        if ends { Then::Ends } else { Then::Lives }
    }

    /// Restarts what the strategy asks for, unless that was once too often. A child
    /// that does not start is tried again behind what waits in the mailbox.
    pub fn restart(&mut self, live: &mut Live, id: u64, mail: &mut VecDeque<Mail>) -> Then {
        live.restarts_ns.push(self.now_ns);
        let recent = live.restarts_ns.iter().filter(|at| self.now_ns - **at <= PERIOD_NS).count();
        if recent > live.spec.restarts_max as usize {
            self.trace.log(format!("gave up {}", live.path));
            live.forget(id);
            return Then::Ends;
        }
        let ids: Vec<u64> = match live.spec.strategy {
            Strategy::OneForAll => live.ids(),
            Strategy::RestForOne => live.ids().into_iter().skip_while(|other| *other != id).collect(),
            Strategy::OneForOne | Strategy::SimpleOneForOne => vec![id],
        };
        if ids != [id] {
            ids.iter().rev().for_each(|id| self.stop(live, *id));
        }
        if let Err(failed) = self.start_all(live, &ids) {
            live.kid(failed).unwrap().run = Run::TryAgain;
            mail.push_back(Mail::TryAgain(failed));
        }
        Then::Lives
    }

    /// Answers a request.
    pub fn ask(&mut self, live: &mut Live, message: Message) -> &'static str {
        let (dynamic, id) = (live.spec.is_dynamic(), message.id());
        let run = live.kid(id).map(|kid| &kid.run);
        match (message, run) {
            (Message::Add(_), Some(Run::Worker | Run::Sup(_))) => "running",
            (Message::Add(_), Some(_)) => "already_present",
            (Message::Add(node), None) => {
                live.kids.push(Kid { node, run: Run::Down, died: false });
                let started = self.start_all(live, &[id]).is_ok();
                live.kids.truncate(live.kids.len() - usize::from(!started));
                if started { "done" } else { "failed" }
            }
            (Message::Terminate(_), None) if !dynamic => "not_found",
            (Message::Terminate(_), _) => {
                self.stop(live, id);
                "done"
            }
            _ if dynamic => "simple_one_for_one",
            (_, None) => "not_found",
            (_, Some(Run::Worker | Run::Sup(_))) => "running",
            (_, Some(Run::TryAgain)) => "restarting",
            (Message::Restart(_), Some(Run::Down)) => match self.start_all(live, &[id]) {
                Ok(()) => "done",
                Err(_) => "failed",
            },
            (_, Some(Run::Down)) => {
                live.kids.retain(|kid| kid.node.id != id);
                "done"
            }
        }
    }

    /// Starts a supervisor and its children from left to right; all or nothing.
    pub fn boot(&mut self, path: Path, spec: &Sup) -> Option<Live> {
        self.trace.log(format!("boot {path}"));
        let mut live = Live::new(path, spec);
        let ids = live.ids();
        let booted = self.start_all(&mut live, &ids).is_ok();
        if !booted {
            ids.iter().rev().for_each(|id| self.stop(&mut live, *id));
        }
        self.trace.log(format!("{} {}", if booted { "booted" } else { "boot failed" }, live.path));
        booted.then_some(live)
    }

    /// Starts those that are still known, in order, up to the first that fails.
    fn start_all(&mut self, live: &mut Live, ids: &[u64]) -> Result<(), u64> {
        for id in ids {
            let Some(node) = live.kid(*id).map(|kid| kid.node.clone()) else { continue };
            let run = self.start(live.path.child(*id), &node).ok_or(*id)?;
            let ignored = matches!(run, Run::Down);
            live.kid(*id).unwrap().run = run;
            if ignored {
                live.forget(*id);
            }
        }
        Ok(())
    }

    fn start(&mut self, path: Path, node: &Node) -> Option<Run> {
        match &node.kind {
            Kind::Sup(sup) => self.boot(path, sup).map(Run::Sup),
            Kind::Worker(worker) => self.start_worker(&path, worker),
        }
    }

    fn stop(&mut self, live: &mut Live, id: u64) {
        let Some(kid) = live.kid(id) else { return };
        let (run, died) = (std::mem::replace(&mut kid.run, Run::Down), std::mem::take(&mut kid.died));
        let kind = kid.node.kind.clone();
        live.forget(id);
        match (run, kind) {
            (Run::Sup(mut sub), _) if !died => drop(self.end(&mut sub)),
            (Run::Worker, Kind::Worker(worker)) if !died => self.stop_worker(&live.path.child(id), &worker),
            _ => {}
        }
    }

    /// Stops all children in reverse order, and ends.
    pub fn end(&mut self, live: &mut Live) -> Then {
        live.ids().iter().rev().for_each(|id| self.stop(live, *id));
        self.trace.end(&live.path, "shutdown");
        Then::Ends
    }
}

impl Live {
    /// A child that is down is kept, unless it is dynamic or temporary.
    pub fn forget(&mut self, id: u64) {
        let dynamic = self.spec.is_dynamic();
        self.kids.retain(|kid| kid.node.id != id || !dynamic && kid.node.restart != RestartType::Temporary);
    }
}
