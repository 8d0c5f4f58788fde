//! OTP's supervisors once more, written down plainly from their documentation: one
//! call does one thing to its end, stops and starts are recursive calls, nothing is
//! deferred. Only what a supervisor finds in its mailbox at once is a queue.

use crate::drive::{PERIOD_NS, WAIT_NS};
use crate::trace::{Trace, word_of};
use crate::tree::{Fault, Kind, Message, Node, Obeys, Path, Script, Step, Sup};
use policy::supervise::{AutoShutdown, Exit, RestartType, Strategy};
use std::collections::{HashMap, VecDeque};

struct Live {
    path: Path,
    spec: Sup,
    kids: Vec<Kid>,
    restarts_ns: Vec<i64>,
}

struct Kid {
    node: Node,
    run: Run,
    /// It is dead and its supervisor has not looked at that yet.
    died: bool,
}

enum Run {
    Down,
    TryAgain,
    Worker,
    Sup(Live),
}

enum Mail {
    Died(u64, Exit),
    TryAgain(u64),
    Asked(Message),
}

/// Whether a supervisor lives on.
#[derive(PartialEq)]
enum Then {
    Lives,
    Ends,
}

#[derive(Default)]
struct Model {
    now_ns: i64,
    attempts: HashMap<Path, u32>,
    trace: Trace,
}

/// The trace of a script by the model.
pub fn run(script: &Script) -> Vec<String> {
    let mut model = Model::default();
    let mut root = model.boot(Path::default(), &script.tree);
    model.close(root.as_ref());
    for step in &script.steps {
        match (step, &mut root) {
            (Step::Wait, _) => model.now_ns += WAIT_NS,
            (_, None) => model.trace.answer("absent"),
            (Step::Tell(path, _) | Step::EndSupervisor(path), Some(live)) => {
                if model.visit(live, &path.0, step) == Then::Ends {
                    root = None;
                }
            }
        }
        model.close(root.as_ref());
    }
    if let Some(mut live) = root {
        model.end(&mut live);
    }
    model.close(None);
    model.trace.lines
}

impl Model {
    /// Goes down to the supervisor that a step is for, and lets those above see what comes of it.
    fn visit(&mut self, live: &mut Live, below: &[u64], step: &Step) -> Then {
        let Some((id, below)) = below.split_first() else {
            return match step {
                Step::Tell(_, messages) => self.hear(live, messages),
                _ => self.end(live),
            };
        };
        let Some(Kid { run: Run::Sup(sub), died, .. }) = live.kids.iter_mut().find(|kid| kid.node.id == *id)
        else {
            self.trace.answer("absent");
            return Then::Lives;
        };
        if self.visit(sub, below, step) == Then::Lives {
            return Then::Lives;
        }
        *died = true;
        self.read(live, [Mail::Died(*id, Exit::Shutdown)].into())
    }

    fn hear(&mut self, live: &mut Live, messages: &[Message]) -> Then {
        let (dynamic, mut mail) = (live.spec.is_dynamic(), VecDeque::new());
        for message in messages {
            let kid = match message {
                Message::Exit(id, _) | Message::Terminate(id) => live.kid(*id),
                _ => None,
            };
            match (message, kid) {
                (Message::Exit(id, exit), Some(kid @ Kid { run: Run::Worker, died: false, .. })) => {
                    kid.died = true;
                    self.trace.end(&live.path.child(*id), word_of(*exit));
                    mail.push_back(Mail::Died(*id, *exit));
                }
                (Message::Exit(..), _) => self.trace.answer("absent"),
                (Message::Terminate(_), None | Some(Kid { died: true, .. })) if dynamic => {
                    self.trace.answer("absent");
                }
                _ => mail.push_back(Mail::Asked(message.clone())),
            }
        }
        self.read(live, mail)
    }

    fn read(&mut self, live: &mut Live, mut mail: VecDeque<Mail>) -> Then {
        while let Some(message) = mail.pop_front() {
            let then = match message {
                Mail::Died(id, exit) => self.died(live, id, exit, &mut mail),
                Mail::TryAgain(id) => match live.kid(id) {
                    Some(Kid { run: Run::TryAgain, .. }) => self.restart(live, id, &mut mail),
                    _ => Then::Lives,
                },
                Mail::Asked(message) => {
                    let answer = self.ask(live, message);
                    self.trace.answer(answer);
                    Then::Lives
                }
            };
            if then == Then::Ends {
                mail.iter()
                    .filter(|mail| matches!(mail, Mail::Asked(_)))
                    .for_each(|_| self.trace.answer("ended"));
                return self.end(live);
            }
        }
        Then::Lives
    }

    fn died(&mut self, live: &mut Live, id: u64, exit: Exit, mail: &mut VecDeque<Mail>) -> Then {
        let Some(kid) = live.kid(id).filter(|kid| kid.died) else { return Then::Lives };
        (kid.died, kid.run) = (false, Run::Down);
        let (restart, significant) = (kid.node.restart, kid.node.significant);
        if restart == RestartType::Permanent || (restart == RestartType::Transient && exit == Exit::Crashed) {
            return self.restart(live, id, mail);
        }
        live.forget(id);
        let active =
            |kid: &Kid| live.spec.is_dynamic() || kid.node.significant && !matches!(kid.run, Run::Down);
        match live.spec.auto_shutdown {
            AutoShutdown::AnySignificant if significant => Then::Ends,
            AutoShutdown::AllSignificant if significant && !live.kids.iter().any(active) => Then::Ends,
            _ => Then::Lives,
        }
    }

    fn restart(&mut self, live: &mut Live, id: u64, mail: &mut VecDeque<Mail>) -> Then {
        live.restarts_ns.push(self.now_ns);
        let recent = live.restarts_ns.iter().filter(|at| self.now_ns - **at <= PERIOD_NS).count();
        if recent > live.spec.restarts_max as usize {
            self.trace.log(format!("gave up {}", live.path));
            live.forget(id);
            return Then::Ends;
        }
        let mut ids: Vec<u64> = live.kids.iter().map(|kid| kid.node.id).collect();
        match live.spec.strategy {
            Strategy::OneForAll => {}
            Strategy::RestForOne => ids = ids.split_off(ids.iter().position(|other| *other == id).unwrap()),
            Strategy::OneForOne | Strategy::SimpleOneForOne => ids = vec![id],
        }
        if ids != [id] {
            ids.iter().rev().for_each(|id| self.stop(live, *id));
        }
        if let Err(failed) = self.start_all(live, &ids) {
            live.kid(failed).unwrap().run = Run::TryAgain;
            mail.push_back(Mail::TryAgain(failed));
        }
        Then::Lives
    }

    fn ask(&mut self, live: &mut Live, message: Message) -> &'static str {
        let dynamic = live.spec.is_dynamic();
        match message {
            Message::Add(node) => match live.kid(node.id) {
                Some(Kid { run: Run::Worker | Run::Sup(_), .. }) => "running",
                Some(_) => "already_present",
                None => {
                    let id = node.id;
                    live.kids.push(Kid { node, run: Run::Down, died: false });
                    self.start_all(live, &[id]).map_or_else(
                        |_| {
                            live.kids.pop();
                            "failed"
                        },
                        |()| "done",
                    )
                }
            },
            Message::Terminate(id) if live.kid(id).is_none() && !dynamic => "not_found",
            Message::Terminate(id) => {
                self.stop(live, id);
                "done"
            }
            Message::Restart(_) | Message::Delete(_) if dynamic => "simple_one_for_one",
            Message::Restart(id) | Message::Delete(id) | Message::Exit(id, _) => match live.kid(id) {
                None => "not_found",
                Some(Kid { run: Run::Worker | Run::Sup(_), .. }) => "running",
                Some(Kid { run: Run::TryAgain, .. }) => "restarting",
                Some(_) if matches!(message, Message::Restart(_)) => {
                    self.start_all(live, &[id]).map_or("failed", |()| "done")
                }
                Some(_) => {
                    live.kids.retain(|kid| kid.node.id != id);
                    "done"
                }
            },
        }
    }

    fn boot(&mut self, path: Path, spec: &Sup) -> Option<Live> {
        self.trace.log(format!("boot {path}"));
        let kids = spec.children.iter().map(|node| Kid { node: node.clone(), run: Run::Down, died: false });
        let mut live = Live { path, spec: spec.clone(), kids: kids.collect(), restarts_ns: Vec::new() };
        let ids: Vec<u64> = spec.children.iter().map(|node| node.id).collect();
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
            let Some(kid) = live.kid(*id) else { continue };
            let node = kid.node.clone();
            let run = self.start(live.path.child(*id), &node).ok_or(*id)?;
            let down = matches!(run, Run::Down);
            live.kid(*id).unwrap().run = run;
            if down {
                live.forget(*id);
            }
        }
        Ok(())
    }

    fn start(&mut self, path: Path, node: &Node) -> Option<Run> {
        let worker = match &node.kind {
            Kind::Sup(sup) => return self.boot(path, sup).map(Run::Sup),
            Kind::Worker(worker) => worker,
        };
        let attempt = *self.attempts.entry(path.clone()).and_modify(|attempts| *attempts += 1).or_insert(1);
        let fault = worker.faults.iter().find(|(at, _)| *at == attempt).map(|(_, fault)| *fault);
        let (how, run) = match fault {
            Some(Fault::Fails) => ("failed", None),
            Some(Fault::Ignores) => ("ignored", Some(Run::Down)),
            None => ("ok", Some(Run::Worker)),
        };
        self.trace.log(format!("start {path} {how}"));
        run
    }

    fn stop(&mut self, live: &mut Live, id: u64) {
        let path = live.path.child(id);
        let Some(kid) = live.kid(id) else { return };
        let (run, died) = (std::mem::replace(&mut kid.run, Run::Down), std::mem::take(&mut kid.died));
        let kind = kid.node.kind.clone();
        live.forget(id);
        match (run, kind) {
            (Run::Sup(mut sub), _) if !died => drop(self.end(&mut sub)),
            (Run::Worker, Kind::Worker(worker)) if !died => {
                if worker.obeys != Obeys::Unasked {
                    self.trace.log(format!("stop {path}"));
                }
                let killed = matches!(worker.obeys, Obeys::Unasked | Obeys::Never);
                self.trace.end(&path, if killed { "killed" } else { "shutdown" });
            }
            _ => {}
        }
    }

    /// Stops all children in reverse order.
    fn end(&mut self, live: &mut Live) -> Then {
        let ids: Vec<u64> = live.kids.iter().map(|kid| kid.node.id).collect();
        ids.iter().rev().for_each(|id| self.stop(live, *id));
        self.trace.end(&live.path, "shutdown");
        Then::Ends
    }

    fn close(&mut self, root: Option<&Live>) {
        let mut tree = Vec::new();
        root.into_iter().for_each(|live| live.show(&mut tree));
        tree.sort();
        self.trace.close(tree.into_iter().map(|(_, line)| line));
    }
}

impl Live {
    fn kid(&mut self, id: u64) -> Option<&mut Kid> {
        self.kids.iter_mut().find(|kid| kid.node.id == id)
    }

    /// A child that is down is kept, unless it is dynamic or temporary.
    fn forget(&mut self, id: u64) {
        let dynamic = self.spec.is_dynamic();
        self.kids.retain(|kid| kid.node.id != id || !dynamic && kid.node.restart != RestartType::Temporary);
    }

    fn show(&self, tree: &mut Vec<(Path, String)>) {
        let mut words: Vec<(u64, &str)> = Vec::new();
        for kid in &self.kids {
            let word = match &kid.run {
                Run::Down => "stopped",
                Run::TryAgain => "restarting",
                Run::Worker | Run::Sup(_) => "running",
            };
            words.push((kid.node.id, word));
            if let Run::Sup(sub) = &kid.run {
                sub.show(tree);
            }
        }
        if self.spec.is_dynamic() {
            words.sort_unstable();
        }
        let words: String = words.iter().map(|(id, word)| format!(" {id}={word}")).collect();
        tree.push((self.path.clone(), format!("tree {}:{words}", self.path)));
    }
}
