//! What an operator does with messages that were set aside: looks at them,
//! releases or discards them. Whoever does waits for the outbox's disk, so it
//! stands behind a wall of its own: a disk that hangs costs a face
//! [`DESK_DEADLINE`] at most, and takes no thread of anybody else.

use super::Replicator;
use crate::supervisor::{Tier, Tree};
use crate::walls::{BreakerView, Wall, WallConfig, WallError};
use policy::breaker::BreakerRule;
use std::sync::Arc;
use std::time::Duration;
use store::StoreError;
use store::outbox::ParkedMessage;

/// How long an operator waits.
pub const DESK_DEADLINE: Duration = Duration::from_secs(5);
/// Messages on one page.
pub const PARKED_PAGE: usize = 20;
/// Calls at once, those that hang included.
const PLACES: u32 = 2;
/// How long the outbox is left alone after it has failed too often: shorter than
/// the usual, because somebody waits for it.
const REST_NS: i64 = 5_000_000_000;

/// The desk at which parked messages are dealt with.
pub struct OutboxDesk {
    replicator: Arc<Replicator>,
    wall: Wall,
}

/// A page of the messages that were set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParkedPage {
    /// The messages, the oldest first; [`PARKED_PAGE`] of them at most.
    pub messages: Vec<ParkedMessage>,
    /// How many there are in all.
    pub total: u64,
    /// Behind which number the next page begins; none on the last one.
    pub next: Option<i64>,
}

impl OutboxDesk {
    /// The desk, with the threads of its wall.
    ///
    /// # Errors
    /// The operating system has no thread left.
    pub fn start(replicator: Arc<Replicator>, tree: &Tree) -> std::io::Result<Self> {
        let breaker = BreakerRule { open_ns: REST_NS, probation: 1, ..BreakerRule::default() };
        let config = WallConfig { deadline: DESK_DEADLINE, width: PLACES, breaker };
        Self::with(replicator, tree, config)
    }

    pub(super) fn with(
        replicator: Arc<Replicator>,
        tree: &Tree,
        config: WallConfig,
    ) -> std::io::Result<Self> {
        let wall = Wall::start("outbox desk", Arc::clone(&replicator.clock), config, tree, Tier::Storage)?;
        Ok(Self { replicator, wall })
    }

    /// The messages that were set aside, from behind the number `after` on (0 for
    /// the first page).
    ///
    /// # Errors
    /// [`WallError`].
    pub fn page(&self, after: i64) -> Result<ParkedPage, WallError<StoreError>> {
        self.call("list parked messages", move |replicator| page(replicator, after))
    }

    /// Lets a parked message try again; false if it is not there.
    ///
    /// # Errors
    /// [`WallError`]; after a time-out it may still be done.
    pub fn release(&self, id: i64) -> Result<bool, WallError<StoreError>> {
        self.call("release a message", move |replicator| replicator.release(id))
    }

    /// Throws a parked message away; false if it is not there.
    ///
    /// # Errors
    /// [`WallError`]; after a time-out it may still be done.
    pub fn discard(&self, id: i64) -> Result<bool, WallError<StoreError>> {
        self.call("discard a message", move |replicator| replicator.discard(id))
    }

    /// The breaker in front of it.
    #[must_use]
    pub fn breaker(&self) -> BreakerView {
        self.wall.view()
    }

    fn call<T: Send + 'static>(
        &self,
        call: &'static str,
        work: impl FnOnce(&Replicator) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, WallError<StoreError>> {
        let replicator = Arc::clone(&self.replicator);
        // One message that does not read back must not bar the way to the others.
        let blames = |error: &StoreError| !matches!(error, StoreError::Damaged { .. });
        self.wall.call(call, move || work(&replicator), blames)
    }
}

fn page(replicator: &Replicator, after: i64) -> Result<ParkedPage, StoreError> {
    let (mut messages, total) = replicator.parked(after, PARKED_PAGE + 1)?;
    let is_last = messages.len() <= PARKED_PAGE;
    messages.truncate(PARKED_PAGE);
    let next = messages.last().filter(|_| !is_last).map(|message| message.id);
    Ok(ParkedPage { messages, total, next })
}
