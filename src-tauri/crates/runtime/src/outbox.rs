//! The replicator: delivers what waits in the durable outbox.
//!
//! A pool of workers, each behind a wall of its own (deadline, bulkhead,
//! breaker). A key belongs to one worker by consistent hashing, so its messages
//! arrive in order. A delivery that fails is tried again with back-off and
//! jitter. Where the destination is to blame everything waits for it, without
//! end; where a message is, it is parked after some tries and shown, and those
//! behind it go on. What may have arrived is delivered again: a destination
//! knows a repetition by its `dedup`.

mod config;
mod desk;
mod seen;
mod settle;
#[cfg(test)]
mod tests;
mod view;

use crate::supervisor::{Failure, Service, StopSignal, Tier, Tree};
use crate::telemetry::Latency;
use crate::walls::{BreakerView, Wall, WallError};
pub use config::ReplicatorConfig;
pub use desk::{OutboxDesk, PARKED_PAGE, ParkedPage};
use model::Clock;
use parking_lot::Mutex;
use policy::hashring;
use policy::retry::Fault;
use seen::Seen;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;
use store::StoreError;
use store::outbox::{Message, NewMessage, Outbox, ParkedMessage, Put};
pub use view::{OutboxView, outbox_remedy};

/// How often an idle worker looks for messages.
const TICK: Duration = Duration::from_millis(100);
/// How long a worker waits when the outbox itself fails.
const OUTBOX_WAIT_NS: i64 = 1_000_000_000;

/// After a panic so many rounds take one message each, to find the one that causes it.
const CAREFUL_ROUNDS: u32 = 200;
/// So many messages of other topics are set aside in one round, so that no delivery
/// waits long for the outbox.
const STRANGERS_MAX: usize = 1000;
/// Why they are, and what to do.
const STRANGER: &str = "this console delivers nothing of its topic; another version may: \
                        start that one and release it there, or discard it";

/// Where messages go.
pub trait Destination: Send + Sync {
    /// The topic of the messages it takes.
    fn topic(&self) -> &'static str;

    /// Takes messages, in order, all or none of them. It may get one twice.
    ///
    /// # Errors
    /// [`Undelivered`]; none of them arrived, as far as it knows.
    fn deliver(&self, messages: &[Message]) -> Result<(), Undelivered>;
}

/// Why messages did not arrive.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Undelivered {
    /// The message that is to blame, from 0; none where the destination is.
    pub message: Option<usize>,
    /// Whether another try may help.
    pub fault: Fault,
    /// In words.
    pub why: String,
}

/// What a worker did in one round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    /// So many messages arrived.
    Delivered(usize),
    /// There is nothing to do now.
    Idle,
    /// A delivery failed; the next round may begin at once.
    Failed,
    /// Nothing can be done for so many nanoseconds.
    Wait(i64),
}

/// The replicator of one destination.
pub struct Replicator {
    clock: Arc<dyn Clock>,
    config: ReplicatorConfig,
    outbox: Mutex<Outbox>,
    destination: Arc<dyn Destination>,
    walls: Vec<Wall>,
    /// Deliveries that failed since the start.
    failed: AtomicU64,
    /// From the first try of a message in this run to its acknowledgement.
    latency: Arc<Latency>,
    /// The outbox as it was seen last.
    seen: Mutex<Seen>,
    /// What is wrong with the outbox itself.
    problem: Mutex<Option<StoreError>>,
    chance: AtomicU64,
    /// Rounds in which messages are delivered one by one, because a delivery panicked.
    careful: AtomicU32,
}

impl Replicator {
    /// A replicator, with the threads of its walls but not yet of its workers.
    ///
    /// # Errors
    /// The operating system has no thread left.
    pub fn new(
        clock: Arc<dyn Clock>,
        config: ReplicatorConfig,
        outbox: Outbox,
        destination: Arc<dyn Destination>,
        tree: &Tree,
    ) -> std::io::Result<Self> {
        let topic = destination.topic();
        let wall = |k| {
            let name = format!("{topic} delivery {k}");
            Wall::start(&name, Arc::clone(&clock), config.wall(), tree, Tier::Storage)
        };
        let walls = (1..=config.workers.max(1)).map(wall).collect::<std::io::Result<Vec<_>>>()?;
        Ok(Self {
            clock,
            config,
            seen: Mutex::new(Seen::of(&outbox)),
            outbox: Mutex::new(outbox),
            destination,
            walls,
            failed: AtomicU64::new(0),
            latency: Arc::default(),
            problem: Mutex::default(),
            chance: AtomicU64::new(0x9E37_79B9_7F4A_7C15),
            careful: AtomicU32::new(0),
        })
    }

    /// Starts the workers.
    ///
    /// # Errors
    /// The operating system has no thread left.
    pub fn start(self: &Arc<Self>, tree: &Tree) -> std::io::Result<()> {
        for worker in 0..self.walls.len() {
            let name = format!("{} replicator {}", self.destination.topic(), worker + 1);
            let replicator = Arc::clone(self);
            tree.start(Tier::Storage, Service::thread(&name, move |stop| replicator.run(worker, stop)))?;
        }
        Ok(())
    }

    /// Puts messages in; see [`Outbox::put`].
    ///
    /// # Errors
    /// [`StoreError`]; nothing is kept then.
    pub fn put(&self, messages: &[NewMessage], notes: &[(&str, u64)]) -> Result<Vec<Put>, StoreError> {
        let outcome = self.outbox.lock().put(messages, notes, self.clock.now());
        self.note(outcome)
    }

    /// The messages that were set aside, from behind the number `after` on (0 for
    /// all), `limit` at most, and how many there are in all.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn parked(&self, after: i64, limit: usize) -> Result<(Vec<ParkedMessage>, u64), StoreError> {
        let outbox = self.outbox.lock();
        Ok((outbox.parked(after, limit)?, outbox.parked_total()))
    }

    /// Lets a parked message try again; false if it is not there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn release(&self, id: i64) -> Result<bool, StoreError> {
        self.outbox.lock().release(id)
    }

    /// Throws a parked message away; false if it is not there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn discard(&self, id: i64) -> Result<bool, StoreError> {
        self.outbox.lock().discard(id)
    }

    /// How long messages took from their first try in this run to their acknowledgement.
    #[must_use]
    pub fn latency(&self) -> &Arc<Latency> {
        &self.latency
    }

    /// The breakers of the workers.
    #[must_use]
    pub fn breakers(&self) -> Vec<BreakerView> {
        self.walls.iter().map(Wall::view).collect()
    }

    fn run(&self, worker: usize, stop: &StopSignal) -> Result<(), Failure> {
        let mut wait = Duration::ZERO;
        while !stop.wait(wait) {
            wait = match self.round(worker) {
                Round::Delivered(_) | Round::Failed => Duration::ZERO,
                Round::Idle => TICK,
                Round::Wait(ns) => Duration::from_nanos(ns.max(0).unsigned_abs()).max(TICK),
            };
        }
        Ok(())
    }

    /// One round of a worker: claim, deliver, settle.
    pub fn round(&self, worker: usize) -> Round {
        let Some(wall) = self.walls.get(worker) else { return Round::Idle };
        // In front of the wall: what nobody takes waits for no destination.
        if worker == 0 && self.set_strangers_aside().is_err() {
            return Round::Wait(OUTBOX_WAIT_NS);
        }
        let closed_ns = wall.closed_for_ns();
        if closed_ns > 0 {
            return Round::Wait(closed_ns);
        }
        match self.claim(worker) {
            Ok(lot) if lot.is_empty() => Round::Idle,
            Ok(lot) => self.deliver(wall, lot).unwrap_or(Round::Wait(OUTBOX_WAIT_NS)),
            Err(_) => Round::Wait(OUTBOX_WAIT_NS),
        }
    }

    /// What waits for a destination that this console does not have would wait for
    /// ever: the operator is to see it.
    fn set_strangers_aside(&self) -> Result<(), StoreError> {
        let topic = self.destination.topic();
        let parked = self.outbox.lock().park_all_but(topic, STRANGERS_MAX, STRANGER);
        if let Some(messages) = parked.as_ref().ok().filter(|messages| **messages > 0) {
            tracing::warn!(messages, topic, "messages of other topics were set aside");
        }
        parked.map(drop).or_else(|error| self.note(Err(error)))
    }

    fn claim(&self, worker: usize) -> Result<Vec<Message>, StoreError> {
        let (topic, workers) = (self.destination.topic(), self.walls.len());
        let mine = |key: &str| hashring::worker_for(key, workers) == worker;
        let now_ns = self.clock.now().host_ns;
        let fewer = |rounds: u32| rounds.checked_sub(1);
        let is_careful = self.careful.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fewer).is_ok();
        let lot = if is_careful { 1 } else { self.config.lot };
        let claimed = self.outbox.lock().claim(topic, lot, now_ns, mine);
        self.note(claimed)
    }

    fn deliver(&self, wall: &Wall, lot: Vec<Message>) -> Result<Round, StoreError> {
        let lot = self.park_what_was_tried_too_often(lot)?;
        if lot.is_empty() {
            return Ok(Round::Failed);
        }
        let lot = Arc::new(lot);
        let (destination, carried) = (Arc::clone(&self.destination), Arc::clone(&lot));
        let answer = wall.call(
            "delivery",
            move || destination.deliver(&carried),
            |refusal: &Undelivered| refusal.message.is_none(),
        );
        match answer {
            Ok(()) => {
                let settled = self.outbox.lock().ack(&lot);
                self.note(settled)?;
                let now_ns = self.clock.now().host_ns;
                lot.iter().for_each(|one| self.latency.record(now_ns.saturating_sub(one.first_try_ns)));
                Ok(Round::Delivered(lot.len()))
            }
            Err(WallError::Open { retry_after_ns }) => {
                self.give_back(&lot)?;
                Ok(Round::Wait(retry_after_ns))
            }
            Err(WallError::Full) => {
                self.give_back(&lot)?;
                Ok(Round::Wait(self.config.busy_wait_ns))
            }
            Err(WallError::Failed(refusal)) => self.settle_failure(&lot, &refusal),
            Err(other) => {
                if matches!(other, WallError::Panicked(_)) {
                    self.careful.store(CAREFUL_ROUNDS, Ordering::Relaxed);
                }
                self.settle_failure(&lot, &settle::as_refusal(&other, lot.len()))
            }
        }
    }

    /// Keeps what is wrong with the outbox itself for the operator.
    fn note<T>(&self, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        let problem = outcome.as_ref().err().cloned();
        if let Some(error) = &problem {
            tracing::error!(%error, "the outbox failed");
        }
        *self.problem.lock() = problem;
        outcome
    }
}
