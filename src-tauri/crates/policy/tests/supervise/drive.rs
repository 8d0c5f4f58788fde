//! The machine at work: a tree of supervisors with invented workers and time.

use crate::trace::{Trace, word_of};
use crate::tree::{Fault, Kind, Message, Node, Obeys, Path, Script, Step, Sup, Worker};
use policy::restart::Intensity;
use policy::supervise::{Action, Child, ChildKey, Event, Exit, Flags, Refusal, Shutdown, Status, Supervisor};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

const SECOND_NS: i64 = 1_000_000_000;
/// The period of every supervisor, nanoseconds.
pub const PERIOD_NS: i64 = SECOND_NS;
/// How long a wait is, nanoseconds.
pub const WAIT_NS: i64 = 2 * SECOND_NS + 50_000_000;

/// The trace of a script by the machine, and the dynamic supervisors in it.
pub fn run(script: &Script) -> (Vec<String>, BTreeSet<Path>) {
    let mut world = World::default();
    world.boot(&Path::default(), &script.tree);
    world.settle();
    world.close();
    for step in &script.steps {
        world.step(step);
        world.settle();
        world.close();
    }
    world.queue.push_back((Path::default(), Event::Shutdown));
    world.settle();
    world.close();
    (world.trace.lines, world.dynamic)
}

#[derive(Default)]
struct World {
    now_ns: i64,
    sups: BTreeMap<Path, Running>,
    workers: BTreeSet<Path>,
    /// Every child that has been specified, by its place.
    specs: HashMap<Path, Node>,
    attempts: HashMap<Path, u32>,
    dynamic: BTreeSet<Path>,
    queue: VecDeque<(Path, Event)>,
    trace: Trace,
}

struct Running {
    machine: Supervisor,
    dynamic: bool,
}

impl World {
    /// Carries everything out that is under way.
    fn settle(&mut self) {
        while let Some((path, event)) = self.queue.pop_front() {
            self.tell(&path, event);
        }
    }

    fn tell(&mut self, path: &Path, event: Event) {
        let Some(sup) = self.sups.get_mut(path) else { return };
        for action in sup.machine.on(event, self.now_ns) {
            self.perform(path, action);
        }
    }

    fn perform(&mut self, path: &Path, action: Action) {
        match action {
            Action::Start(key) => self.start(path, key),
            Action::Stop { key, shutdown } => self.stop(path, key, shutdown),
            Action::Abandon(key) => {
                self.workers.remove(&path.child(key.0));
                self.trace.end(&path.child(key.0), "killed");
            }
            Action::Removed(_) => {}
            Action::Done(_) => self.trace.answer("done"),
            Action::Refused { why, .. } => self.trace.answer(word(why)),
            Action::Booted => {
                self.trace.log(format!("booted {path}"));
                self.report(path, Event::Started);
            }
            Action::BootFailed => {
                self.trace.log(format!("boot failed {path}"));
                self.sups.remove(path);
                self.report(path, Event::StartFailed);
            }
            Action::GaveUp(_) => self.trace.log(format!("gave up {path}")),
            Action::Ended(exit) => {
                self.sups.remove(path);
                self.ended(path, exit);
            }
        }
    }

    /// Tells a child's supervisor about it.
    fn report(&mut self, path: &Path, event: impl Fn(ChildKey) -> Event) {
        if let Some((parent, id)) = path.parent() {
            self.queue.push_back((parent, event(ChildKey(id))));
        }
    }

    fn ended(&mut self, path: &Path, exit: Exit) {
        self.trace.end(path, word_of(exit));
        self.report(path, |key| Event::Exited(key, exit));
    }

    fn start(&mut self, path: &Path, key: ChildKey) {
        let path = path.child(key.0);
        match self.specs[&path].kind.clone() {
            Kind::Worker(worker) => self.start_worker(&path, &worker),
            Kind::Sup(sup) => self.boot(&path, &sup),
        }
    }

    fn start_worker(&mut self, path: &Path, worker: &Worker) {
        let attempt = self.attempts.entry(path.clone()).or_default();
        *attempt += 1;
        match worker.faults.iter().find(|(at, _)| at == attempt) {
            Some((_, Fault::Fails)) => {
                self.trace.log(format!("start {path} failed"));
                self.report(path, Event::StartFailed);
            }
            Some((_, Fault::Ignores)) => {
                self.trace.log(format!("start {path} ignored"));
                self.report(path, Event::Ignored);
            }
            None => {
                self.trace.log(format!("start {path} ok"));
                self.workers.insert(path.clone());
                self.report(path, Event::Started);
            }
        }
    }

    fn boot(&mut self, path: &Path, sup: &Sup) {
        self.trace.log(format!("boot {path}"));
        let intensity = Intensity { restarts_max: sup.restarts_max, window_ns: PERIOD_NS };
        let flags = Flags { strategy: sup.strategy, intensity, auto_shutdown: sup.auto_shutdown };
        let machine = Supervisor::new(flags, sup.children.iter().map(spec).collect()).unwrap();
        for node in &sup.children {
            self.specs.insert(path.child(node.id), node.clone());
        }
        if sup.is_dynamic() {
            self.dynamic.insert(path.clone());
        }
        self.sups.insert(path.clone(), Running { machine, dynamic: sup.is_dynamic() });
        self.queue.push_back((path.clone(), Event::Boot));
    }

    fn stop(&mut self, path: &Path, key: ChildKey, shutdown: Shutdown) {
        let path = path.child(key.0);
        if self.sups.contains_key(&path) {
            return self.queue.push_back((path, Event::Shutdown));
        }
        if !self.workers.contains(&path) {
            return; // It is dead already; the report of it is on its way.
        }
        if shutdown == Shutdown::Brutal {
            self.workers.remove(&path);
            self.trace.end(&path, "killed");
            return self.report(&path, |key| Event::Exited(key, Exit::Crashed));
        }
        self.trace.log(format!("stop {path}"));
        match &self.specs[&path].kind {
            Kind::Worker(Worker { obeys: Obeys::Never, .. }) => self.report(&path, Event::StopDeadline),
            _ => {
                self.workers.remove(&path);
                self.ended(&path, Exit::Shutdown);
            }
        }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Tell(path, messages) => self.hear(path, messages),
            Step::EndSupervisor(path) if self.sups.contains_key(path) => {
                self.queue.push_back((path.clone(), Event::Shutdown));
            }
            Step::EndSupervisor(_) => self.trace.answer("absent"),
            Step::Wait => self.now_ns += WAIT_NS,
        }
    }

    /// All that the messages are about happens first; then the supervisor hears of it.
    fn hear(&mut self, path: &Path, messages: &[Message]) {
        let Some(sup) = self.sups.get(path) else { return self.trace.answer("absent") };
        let dynamic = sup.dynamic;
        let events: Vec<Event> =
            messages.iter().filter_map(|message| self.happen(path, message, dynamic)).collect();
        for event in events {
            if self.sups.contains_key(path) {
                self.tell(path, event);
            } else if !matches!(event, Event::Exited(..)) {
                self.trace.answer("ended"); // Over one of those before it: the request finds nobody.
            }
        }
    }

    fn happen(&mut self, path: &Path, message: &Message, dynamic: bool) -> Option<Event> {
        let absent = match message {
            Message::Exit(id, _) => !self.workers.remove(&path.child(*id)),
            // Erlang names dynamic children by their process: who is dead can't be named.
            Message::Terminate(id) => dynamic && !self.lives(&path.child(*id)),
            _ => false,
        };
        if absent {
            self.trace.answer("absent");
            return None;
        }
        Some(match message {
            Message::Exit(id, exit) => {
                self.trace.end(&path.child(*id), word_of(*exit));
                Event::Exited(ChildKey(*id), *exit)
            }
            Message::Terminate(id) => Event::Terminate(ChildKey(*id)),
            Message::Restart(id) => Event::Restart(ChildKey(*id)),
            Message::Delete(id) => Event::Delete(ChildKey(*id)),
            Message::Add(node) => {
                self.specs.insert(path.child(node.id), node.clone());
                Event::Add(spec(node))
            }
        })
    }

    fn lives(&self, path: &Path) -> bool {
        self.workers.contains(path) || self.sups.contains_key(path)
    }

    /// Ends a step: every supervisor with its children as they are.
    fn close(&mut self) {
        let tree = self.sups.iter().map(|(path, sup)| {
            let mut children: Vec<(u64, Status)> =
                sup.machine.children().map(|state| (state.child.key.0, state.status)).collect();
            if sup.dynamic {
                children.sort_by_key(|(id, _)| *id);
            }
            let children = children.iter().map(|(id, status)| format!(" {id}={}", status_word(*status)));
            format!("tree {path}:{}", children.collect::<String>())
        });
        self.trace.close(tree);
    }
}

/// A child as its supervisor knows it.
fn spec(node: &Node) -> Child {
    let shutdown = match &node.kind {
        Kind::Worker(worker) => match worker.obeys {
            Obeys::InTime | Obeys::Never => Shutdown::DeadlineNs(SECOND_NS),
            Obeys::Slowly => Shutdown::Infinity,
            Obeys::Unasked => Shutdown::Brutal,
        },
        Kind::Sup(_) => Shutdown::Infinity,
    };
    Child { key: ChildKey(node.id), restart: node.restart, significant: node.significant, shutdown }
}

fn status_word(status: Status) -> &'static str {
    match status {
        Status::Stopped => "stopped",
        Status::Starting => "starting",
        Status::Running => "running",
        Status::Stopping => "stopping",
        Status::Restarting => "restarting",
    }
}

fn word(why: Refusal) -> &'static str {
    match why {
        Refusal::NotFound => "not_found",
        Refusal::Running => "running",
        Refusal::Restarting => "restarting",
        Refusal::AlreadyPresent => "already_present",
        Refusal::StartFailed => "failed",
        Refusal::Dynamic => "simple_one_for_one",
        Refusal::BadSpec(_) => "bad_spec",
        Refusal::Ended => "ended",
    }
}
