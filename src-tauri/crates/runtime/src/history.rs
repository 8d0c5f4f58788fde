//! The rolling history: what was measured lately, kept on disk without anybody
//! asking for a recording. Off unless it is asked for.
//!
//! Streams hand their blocks over through a bounded queue in which the oldest
//! give way (the history loses before the recorder does). A thread packs them
//! second by second and puts them into the durable outbox; the replicator
//! delivers them into the history's file, which may lie on a slower disk, go
//! away and come back.

mod collect;
mod config;
mod place;
mod tap;
#[cfg(test)]
mod tests;
mod view;

use crate::outbox::{OutboxDesk, Replicator};
use crate::queue::{Bounds, Policy, Queue, QueueView};
use crate::stream::Stream;
use crate::supervisor::{Failure, Service, StopSignal, Tier, Tree};
use crate::tasks::{TaskPool, Ticket};
use crate::walls::{Wall, WallError};
use collect::Collector;
pub use config::{HistoryConfig, HistorySettings, NotKept};
use crossbeam_channel::select;
use model::Clock;
use parking_lot::Mutex;
use place::Place;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use store::StoreError;
use store::history::{Expired, Session};
use store::outbox::{Outbox, Put};
pub(crate) use tap::HistoryTap;
use tap::Item;
pub use view::HistoryView;

/// The topic of its messages.
const TOPIC: &str = "history";
/// Blocks that wait for the history's thread at most, and the memory that they take.
const QUEUE: Bounds = Bounds { entries: 16_384, bytes: 16 << 20 };
/// How often the thread looks whether something is due.
const TICK: Duration = Duration::from_millis(100);

/// The history.
pub struct HistoryService {
    clock: Arc<dyn Clock>,
    config: HistoryConfig,
    session: Session,
    queue: Queue<Item>,
    place: Arc<Place>,
    replicator: Arc<Replicator>,
    desk: OutboxDesk,
    tasks: TaskPool,
    /// Held by the history's thread while it works.
    state: Mutex<State>,
    counts: Counts,
}

#[derive(Default)]
struct State {
    collector: Collector,
    flush_ns: i64,
    retain_ns: i64,
    retention: Option<Ticket<Result<Expired, StoreError>>>,
}

#[derive(Default)]
struct Counts {
    /// Samples that are safe in the outbox or behind it.
    kept: AtomicU64,
    /// Samples that the outbox did not take.
    refused: AtomicU64,
    retention_failures: AtomicU64,
}

impl HistoryService {
    /// Opens the files and starts the threads, as children of the storage tier.
    ///
    /// # Errors
    /// [`NotKept`]: the folder or its files can't be used, or there is no thread left.
    pub fn start(
        clock: Arc<dyn Clock>,
        config: HistoryConfig,
        tasks: TaskPool,
        files: &Wall,
        tree: &Tree,
    ) -> Result<Arc<Self>, NotKept> {
        let (place, outbox) = open(files, &config)?;
        let place = Arc::new(place);
        let destination = Arc::clone(&place) as Arc<dyn crate::outbox::Destination>;
        let replicator =
            Arc::new(Replicator::new(Arc::clone(&clock), config.replicator, outbox, destination, tree)?);
        replicator.start(tree)?;
        let desk = OutboxDesk::start(Arc::clone(&replicator), tree)?;
        let now = clock.now();
        let service = Arc::new(Self {
            clock,
            session: Session::new(now, std::process::id()),
            queue: Queue::new("history", Policy::DropOldest, QUEUE),
            place,
            replicator,
            desk,
            tasks,
            state: Mutex::new(State { retain_ns: now.host_ns, ..State::default() }),
            counts: Counts::default(),
            config,
        });
        let body = Arc::clone(&service);
        tree.start(Tier::Storage, Service::thread("history", move |stop| body.run(stop)))?;
        Ok(service)
    }

    /// Lets a stream's blocks come here too, from the next one on.
    pub(crate) fn attach(&self, stream: &Stream) {
        stream.set_history(HistoryTap::new(self.queue.clone(), stream.spec().clone()));
    }

    /// The queue in front of it.
    #[must_use]
    pub fn queue_view(&self) -> QueueView {
        self.queue.view()
    }

    /// Its outbox and what delivers from it.
    #[must_use]
    pub fn replicator(&self) -> &Arc<Replicator> {
        &self.replicator
    }

    /// Where the messages that its outbox has set aside are dealt with.
    #[must_use]
    pub fn desk(&self) -> &OutboxDesk {
        &self.desk
    }

    fn run(&self, stop: &StopSignal) -> Result<(), Failure> {
        loop {
            select! {
                recv(self.queue.receiver()) -> item => {
                    if let Ok(item) = item { self.state.lock().collector.take(self.queue.open(item)) }
                }
                recv(stop.channel()) -> _ => break,
                default(TICK) => {}
            }
            self.tick();
        }
        self.queue.take_waiting().for_each(|item| self.state.lock().collector.take(item));
        self.flush(&mut self.state.lock());
        Ok(())
    }

    fn tick(&self) {
        let now = self.clock.now();
        let mut state = self.state.lock();
        if now.host_ns >= state.flush_ns || state.collector.is_full() {
            state.flush_ns = now.host_ns.saturating_add(self.config.flush_ns);
            self.flush(&mut state);
        }
        self.retain_if_due(&mut state, now.host_ns);
    }

    /// Puts what has come together into the outbox, in one transaction.
    fn flush(&self, state: &mut State) {
        let (messages, samples) = state.collector.messages(&self.session);
        if messages.is_empty() {
            return;
        }
        let total: u64 = samples.iter().sum();
        let kept = match self.replicator.put(&messages, &[("samples", total)]) {
            Ok(outcome) => {
                outcome.iter().zip(&samples).filter(|(put, _)| is_safe(**put)).map(|(_, n)| n).sum()
            }
            // The outbox's own disk is full or gone: these samples are lost to the history.
            Err(_) => 0,
        };
        self.counts.kept.fetch_add(kept, Ordering::Relaxed);
        self.counts.refused.fetch_add(total - kept, Ordering::Relaxed);
    }

    /// What is too old goes, as a task of the pool: on a slow disk it takes long.
    fn retain_if_due(&self, state: &mut State, now_ns: i64) {
        if let Some(ticket) = &state.retention {
            match ticket.poll() {
                Ok(None) => return,
                Ok(Some(Ok(_))) => {}
                Ok(Some(Err(_))) | Err(_) => {
                    self.counts.retention_failures.fetch_add(1, Ordering::Relaxed);
                }
            }
            state.retention = None;
        }
        if now_ns < state.retain_ns {
            return;
        }
        state.retain_ns = now_ns.saturating_add(self.config.retain_every_ns);
        let (place, keep, at_ns) = (Arc::clone(&self.place), self.config.keep, self.session.at_ns(now_ns));
        let deadline = Duration::from_secs(60);
        state.retention =
            self.tasks.submit("history retention", deadline, move || place.retain(&keep, at_ns)).ok();
    }
}

/// Opens the files behind the wall in front of the disk. What is open only when
/// nobody waits for it any more is closed again.
fn open(files: &Wall, config: &HistoryConfig) -> Result<(Place, Outbox), NotKept> {
    let (folder, bounds) = (config.folder.clone(), config.outbox);
    let work = move || -> Result<(Place, Outbox), StoreError> {
        let place = Place::open(&folder.join("history.db"))?;
        Ok((place, Outbox::open(&folder.join("outbox.db"), bounds)?))
    };
    files.call("open the history", work, |_| false).map_err(|error| match error {
        WallError::Failed(error) => error.into(),
        refused => NotKept::NotAnswering(refused.to_string()),
    })
}

fn is_safe(put: Put) -> bool {
    matches!(put, Put::Kept(_) | Put::Duplicate)
}
