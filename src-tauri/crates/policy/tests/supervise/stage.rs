//! What the model's rules are played on: who is alive, workers that start and stop as
//! the script has it, the way down to the supervisor that a step is for, its mailbox,
//! and the trace. It decides nothing.

use crate::drive::WAIT_NS;
use crate::trace::{Trace, word_of};
use crate::tree::{Fault, Message, Node, Obeys, Path, Script, Step, Sup, Worker};
use policy::supervise::Exit;
use std::collections::{HashMap, VecDeque};

pub struct Live {
    pub path: Path,
    pub spec: Sup,
    pub kids: Vec<Kid>,
    pub restarts_ns: Vec<i64>,
}

pub struct Kid {
    pub node: Node,
    pub run: Run,
    /// It is dead and its supervisor has not looked at that yet.
    pub died: bool,
}

pub enum Run {
    Down,
    TryAgain,
    Worker,
    Sup(Live),
}

pub enum Mail {
    Died(u64, Exit),
    TryAgain(u64),
    Asked(Message),
}

/// Whether a supervisor lives on.
#[derive(PartialEq)]
pub enum Then {
    Lives,
    Ends,
}

#[derive(Default)]
pub struct Model {
    pub now_ns: i64,
    pub attempts: HashMap<Path, u32>,
    pub trace: Trace,
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

    /// What happens all at once before the supervisor looks into its mailbox.
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
                let asked = mail.iter().filter(|mail| matches!(mail, Mail::Asked(_)));
                asked.for_each(|_| self.trace.answer("ended"));
                return self.end(live);
            }
        }
        Then::Lives
    }

    /// Starts a worker; none where that fails.
    pub fn start_worker(&mut self, path: &Path, worker: &Worker) -> Option<Run> {
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

    /// A worker that is told to stop, or killed.
    pub fn stop_worker(&mut self, path: &Path, worker: &Worker) {
        if worker.obeys != Obeys::Unasked {
            self.trace.log(format!("stop {path}"));
        }
        let killed = matches!(worker.obeys, Obeys::Unasked | Obeys::Never);
        self.trace.end(path, if killed { "killed" } else { "shutdown" });
    }

    fn close(&mut self, root: Option<&Live>) {
        let mut tree = Vec::new();
        root.into_iter().for_each(|live| live.show(&mut tree));
        tree.sort();
        self.trace.close(tree.into_iter().map(|(_, line)| line));
    }
}

impl Message {
    /// The child that it is about.
    pub fn id(&self) -> u64 {
        match self {
            Self::Exit(id, _) | Self::Terminate(id) | Self::Restart(id) | Self::Delete(id) => *id,
            Self::Add(node) => node.id,
        }
    }
}

impl Live {
    /// A supervisor whose children are still down.
    pub fn new(path: Path, spec: &Sup) -> Self {
        let kids = spec.children.iter().map(|node| Kid { node: node.clone(), run: Run::Down, died: false });
        Self { path, spec: spec.clone(), kids: kids.collect(), restarts_ns: Vec::new() }
    }

    /// Its children, in the order of their start.
    pub fn ids(&self) -> Vec<u64> {
        self.kids.iter().map(|kid| kid.node.id).collect()
    }

    pub fn kid(&mut self, id: u64) -> Option<&mut Kid> {
        self.kids.iter_mut().find(|kid| kid.node.id == id)
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
