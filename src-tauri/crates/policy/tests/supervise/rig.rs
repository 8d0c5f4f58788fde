//! A supervisor with children that obey at once, and what it does in words.

use policy::restart::Intensity;
use policy::supervise::{
    Action, AutoShutdown, Child, ChildKey, Event, Exit, Flags, RestartType, Shutdown, Strategy, Supervisor,
};
use std::collections::{HashSet, VecDeque};

pub const SECOND_NS: i64 = 1_000_000_000;

/// A supervisor, invented time, and the children whose start fails.
pub struct Rig {
    pub machine: Supervisor,
    pub now_ns: i64,
    /// The starts that fail; each fails until it is taken out.
    pub broken: HashSet<u64>,
    /// The starts that are ignored.
    pub idle: HashSet<u64>,
}

/// A child that has a second to stop.
pub fn child(key: u64, restart: RestartType) -> Child {
    Child { key: ChildKey(key), restart, significant: false, shutdown: Shutdown::DeadlineNs(SECOND_NS) }
}

/// A significant one.
pub fn significant(key: u64, restart: RestartType) -> Child {
    Child { significant: true, ..child(key, restart) }
}

/// Three restarts in five seconds.
pub fn flags(strategy: Strategy) -> Flags {
    let intensity = Intensity { restarts_max: 3, window_ns: 5 * SECOND_NS };
    Flags { strategy, intensity, auto_shutdown: AutoShutdown::Never }
}

impl Rig {
    pub fn new(flags: Flags, children: Vec<Child>) -> Self {
        let machine = Supervisor::new(flags, children).unwrap();
        Self { machine, now_ns: 0, broken: HashSet::new(), idle: HashSet::new() }
    }

    /// Booted, with permanent children 1, 2, 3.
    pub fn of_three(strategy: Strategy) -> Self {
        let mut rig =
            Self::new(flags(strategy), (1..=3).map(|key| child(key, RestartType::Permanent)).collect());
        assert_eq!(rig.play(Event::Boot), ["start 1", "start 2", "start 3", "booted"]);
        rig
    }

    /// Lets something happen without answering, and says what it led to.
    pub fn feed(&mut self, event: Event) -> Vec<String> {
        self.machine.on(event, self.now_ns).iter().map(words).collect()
    }

    /// Lets something happen, answers all that follows from it, and says what it led to.
    pub fn play(&mut self, event: Event) -> Vec<String> {
        let mut told = Vec::new();
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            for action in self.machine.on(event, self.now_ns) {
                told.push(words(&action));
                events.extend(self.answer(action));
            }
        }
        told
    }

    /// A child crashes.
    pub fn crash(&mut self, key: u64) -> Vec<String> {
        self.play(Event::Exited(ChildKey(key), Exit::Crashed))
    }

    fn answer(&self, action: Action) -> Option<Event> {
        match action {
            Action::Start(key) if self.broken.contains(&key.0) => Some(Event::StartFailed(key)),
            Action::Start(key) if self.idle.contains(&key.0) => Some(Event::Ignored(key)),
            Action::Start(key) => Some(Event::Started(key)),
            Action::Stop { key, .. } => Some(Event::Exited(key, Exit::Shutdown)),
            _ => None,
        }
    }
}

fn words(action: &Action) -> String {
    match action {
        Action::Start(key) => format!("start {}", key.0),
        Action::Stop { key, .. } => format!("stop {}", key.0),
        Action::Abandon(key) => format!("abandon {}", key.0),
        Action::Removed(key) => format!("removed {}", key.0),
        Action::Done(key) => format!("done {}", key.0),
        Action::Refused { key, why } => format!("refused {}: {why}", key.0),
        Action::Booted => "booted".into(),
        Action::BootFailed => "boot failed".into(),
        Action::GaveUp(key) => format!("gave up over {}", key.0),
        Action::Ended(exit) => format!("ended {exit:?}"),
    }
}
