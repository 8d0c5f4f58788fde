//! The way of one device's link, as a pure state machine: inputs and the time
//! go in, actions come out; whoever drives it does them and reports back.
//!
//! ```text
//! Idle => (Absent | Queued)                 wanted
//! Absent => Queued                          adapter usable and device known
//! Queued => Connecting                      its turn on the adapter
//! Connecting => Discovering => Subscribing => Live
//! (Connecting … Live) => Releasing          failed, cut, or no longer wanted
//! Releasing => (Idle | Absent | BackingOff) let go of by the system
//! BackingOff => Queued                      the wait is over
//! ```
//! Tries go on for ever until the device is no longer wanted. A link that held
//! for [`STABLE_NS`] starts the waits from the shortest again.

use model::LinkState;
use policy::backoff::Backoff;

/// A link that was live for so long has its earlier failures forgotten.
const STABLE_NS: i64 = 10 * model::NANOS_PER_SEC;

/// What happened to a device or is wanted of it. Reasons are in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Input {
    /// The operator wants it connected.
    Want,
    /// The operator lets it go.
    Unwant,
    /// The adapter is usable and knows the device.
    Present,
    /// The adapter is unusable or does not know the device.
    Absent(String),
    /// Nobody has looked for the adapter yet.
    Unsure,
    /// It may use the adapter.
    Turn,
    /// The link is up.
    Connected,
    /// Its services are known.
    Discovered,
    /// It sends.
    Subscribed,
    /// A step of making the link failed.
    Failed(String),
    /// The link went away.
    Cut(String),
    /// The system has let go of it.
    Released,
    /// The operator does not want to wait.
    Hurry,
    /// Time passes.
    Tick,
}

impl Input {
    /// Whether it ends a link that is up.
    pub(super) fn ends_a_link(&self) -> bool {
        matches!(self, Self::Unwant | Self::Absent(_) | Self::Failed(_) | Self::Cut(_))
    }
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Queue for the adapter.
    AskTurn,
    /// Leave the queue, or give the adapter back.
    EndTurn,
    /// Make the link; answer `Connected` or `Failed`.
    Connect,
    /// Ask for its services; answer `Discovered` or `Failed`.
    Discover,
    /// Subscribe; answer `Subscribed` or `Failed`.
    Subscribe,
    /// Stop whatever is under way, let go of the device; answer `Released`.
    Release,
    /// Tell the operator.
    Announce(LinkState),
}

/// Where a link stands; see the head of this file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Idle,
    Absent,
    Queued,
    Connecting,
    Discovering,
    Subscribing,
    Live { since_ns: i64 },
    Releasing,
    BackingOff,
}

/// Whether the device can be reached at all.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Presence {
    Unsure,
    Here,
    Absent(String),
}

/// The link of one device.
#[derive(Debug)]
pub(super) struct Link {
    stage: Stage,
    wanted: bool,
    presence: Presence,
    failures: u32,
    retry_at_ns: i64,
    backoff: Backoff,
    told: Option<std::mem::Discriminant<LinkState>>,
}

impl Link {
    /// A device that nobody wants yet.
    pub(super) fn new(backoff: Backoff) -> Self {
        Self {
            stage: Stage::Idle,
            wanted: false,
            presence: Presence::Unsure,
            failures: 0,
            retry_at_ns: i64::MIN,
            backoff,
            told: None,
        }
    }

    pub(super) fn stage(&self) -> Stage {
        self.stage
    }

    pub(super) fn is_wanted(&self) -> bool {
        self.wanted
    }

    pub(super) fn is_live(&self) -> bool {
        matches!(self.stage, Stage::Live { .. })
    }

    /// Takes one input at `now_ns`; `chance` (0 to 1) goes into the next wait.
    pub(super) fn on(&mut self, input: Input, now_ns: i64, chance: f64) -> Vec<Action> {
        match input {
            Input::Want => self.want(now_ns),
            Input::Unwant => self.unwant(),
            Input::Present => self.present(now_ns),
            Input::Absent(reason) => self.absent(reason, now_ns, chance),
            Input::Unsure => self.unsure(),
            Input::Turn => self.turn(),
            Input::Connected => self.step(Stage::Connecting, Stage::Discovering, Action::Discover),
            Input::Discovered => self.step(Stage::Discovering, Stage::Subscribing, Action::Subscribe),
            Input::Subscribed => self.subscribed(now_ns),
            Input::Failed(reason) | Input::Cut(reason) => self.lose(reason, now_ns, chance),
            Input::Released => self.released(now_ns),
            Input::Hurry => self.hurry(now_ns),
            Input::Tick => self.tick(now_ns),
        }
    }

    fn want(&mut self, now_ns: i64) -> Vec<Action> {
        if self.wanted {
            return self.hurry(now_ns);
        }
        self.wanted = true;
        self.failures = 0;
        self.retry_at_ns = now_ns;
        let mut actions = self.announce(LinkState::Connecting);
        if self.stage == Stage::Idle {
            actions.extend(self.settle(now_ns));
        }
        actions
    }

    fn unwant(&mut self) -> Vec<Action> {
        if !self.wanted {
            return Vec::new();
        }
        self.wanted = false;
        let mut actions = match self.stage {
            Stage::Queued => self.go(Stage::Idle, &[Action::EndTurn]),
            Stage::Absent | Stage::BackingOff => self.go(Stage::Idle, &[]),
            Stage::Idle | Stage::Releasing => Vec::new(),
            Stage::Connecting | Stage::Discovering | Stage::Subscribing | Stage::Live { .. } => {
                self.go(Stage::Releasing, &[Action::Release])
            }
        };
        actions.extend(self.announce(LinkState::Stopped));
        actions
    }

    fn present(&mut self, now_ns: i64) -> Vec<Action> {
        self.presence = Presence::Here;
        if self.stage == Stage::Absent { self.settle(now_ns) } else { Vec::new() }
    }

    fn absent(&mut self, reason: String, now_ns: i64, chance: f64) -> Vec<Action> {
        self.presence = Presence::Absent(reason.clone());
        match self.stage {
            Stage::Idle | Stage::Releasing => Vec::new(),
            Stage::Absent => self.announce(LinkState::Lost { reason }),
            Stage::BackingOff => self.go(Stage::Absent, &[]),
            Stage::Queued => {
                let mut actions = self.go(Stage::Absent, &[Action::EndTurn]);
                actions.extend(self.announce(LinkState::Lost { reason }));
                actions
            }
            Stage::Connecting | Stage::Discovering | Stage::Subscribing | Stage::Live { .. } => {
                let actions = self.lose(reason, now_ns, chance);
                self.retry_at_ns = now_ns; // It did not fail of itself: no wait when it is back.
                actions
            }
        }
    }

    /// Only before the first look; what is under way is not disturbed.
    fn unsure(&mut self) -> Vec<Action> {
        self.presence = Presence::Unsure;
        Vec::new()
    }

    fn turn(&mut self) -> Vec<Action> {
        if self.stage != Stage::Queued {
            return vec![Action::EndTurn];
        }
        self.stage = Stage::Connecting;
        let mut actions = self.announce(LinkState::Connecting);
        actions.push(Action::Connect);
        actions
    }

    fn step(&mut self, from: Stage, to: Stage, action: Action) -> Vec<Action> {
        if self.stage == from { self.go(to, &[action]) } else { Vec::new() }
    }

    fn subscribed(&mut self, now_ns: i64) -> Vec<Action> {
        if self.stage != Stage::Subscribing {
            return Vec::new();
        }
        let mut actions = self.go(Stage::Live { since_ns: now_ns }, &[Action::EndTurn]);
        actions.extend(self.announce(LinkState::Live));
        actions
    }

    fn lose(&mut self, reason: String, now_ns: i64, chance: f64) -> Vec<Action> {
        match self.stage {
            Stage::Live { since_ns } if now_ns.saturating_sub(since_ns) >= STABLE_NS => self.failures = 0,
            Stage::Connecting | Stage::Discovering | Stage::Subscribing | Stage::Live { .. } => {}
            Stage::Idle | Stage::Absent | Stage::Queued | Stage::Releasing | Stage::BackingOff => {
                return Vec::new();
            }
        }
        self.retry_at_ns = now_ns.saturating_add(self.backoff.wait_ns(self.failures, chance));
        self.failures = self.failures.saturating_add(1);
        let mut actions = self.go(Stage::Releasing, &[Action::Release]);
        actions.extend(self.announce(LinkState::Lost { reason }));
        actions
    }

    fn released(&mut self, now_ns: i64) -> Vec<Action> {
        if self.stage != Stage::Releasing {
            return Vec::new();
        }
        let mut actions = vec![Action::EndTurn];
        actions.extend(self.settle(now_ns));
        actions
    }

    fn hurry(&mut self, now_ns: i64) -> Vec<Action> {
        self.retry_at_ns = now_ns;
        self.tick(now_ns)
    }

    fn tick(&mut self, now_ns: i64) -> Vec<Action> {
        let waited = self.stage == Stage::BackingOff && now_ns >= self.retry_at_ns;
        if waited { self.settle(now_ns) } else { Vec::new() }
    }

    /// Where a link that nothing is being done for belongs.
    fn settle(&mut self, now_ns: i64) -> Vec<Action> {
        if !self.wanted {
            return self.go(Stage::Idle, &[]);
        }
        match self.presence.clone() {
            Presence::Unsure => self.go(Stage::Absent, &[]),
            Presence::Absent(reason) => {
                self.stage = Stage::Absent;
                self.announce(LinkState::Lost { reason })
            }
            Presence::Here if now_ns < self.retry_at_ns => self.go(Stage::BackingOff, &[]),
            Presence::Here => self.go(Stage::Queued, &[Action::AskTurn]),
        }
    }

    fn go(&mut self, stage: Stage, actions: &[Action]) -> Vec<Action> {
        self.stage = stage;
        actions.to_vec()
    }

    /// Tells each change once: Lost stays Lost while tries are waited for.
    fn announce(&mut self, state: LinkState) -> Vec<Action> {
        let kind = std::mem::discriminant(&state);
        if self.told == Some(kind) {
            return Vec::new();
        }
        self.told = Some(kind);
        vec![Action::Announce(state)]
    }
}

#[cfg(test)]
mod tests;
