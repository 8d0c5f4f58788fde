//! The pool for background work: nothing is fired and forgotten.
//!
//! A task has a name and a deadline and waits in a bounded queue; what does not
//! fit is refused, what waited beyond its deadline is not begun any more. Its
//! result comes back through a ticket; a failure is counted and kept with its
//! words whether or not somebody waits for it. The threads are children of the
//! tree. A task can't be killed: one that overstays its deadline is counted, and
//! holds its thread until it ends.

use crate::supervisor::{Failure, Service, StopSignal, Tier, Tree, caught};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TryRecvError, bounded, select};
use model::Clock;
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

/// Failures that are kept with their words; the oldest gives way.
const FAILURES_KEPT: usize = 20;

/// A pool for background work; clones share it.
#[derive(Clone)]
pub struct TaskPool(Arc<Shared>);

struct Shared {
    clock: Arc<dyn Clock>,
    threads: u32,
    jobs: (Sender<Job>, Receiver<Job>),
    counts: Counts,
    failures: Mutex<VecDeque<TaskFailure>>,
}

#[derive(Default)]
struct Counts {
    running: AtomicU32,
    done: AtomicU64,
    failed: AtomicU64,
    refused: AtomicU64,
    expired: AtomicU64,
    late: AtomicU64,
}

struct Job {
    name: &'static str,
    due_ns: i64,
    /// Words of the failure, if it is one.
    work: Box<dyn FnOnce() -> Option<String> + Send>,
}

/// A task that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskFailure {
    /// The task.
    pub name: &'static str,
    /// When, host time.
    pub at_ns: i64,
    /// Why.
    pub words: String,
}

/// The queue is full: the task was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too much background work is waiting")]
pub struct PoolFull;

/// Why a task gave no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoResult {
    /// Not before its deadline. It may still be at work.
    #[error("it did not end in time")]
    TimedOut,
    /// It panicked, waited beyond its deadline, or the pool has ended.
    #[error("it failed: {0}")]
    Failed(String),
}

/// The pool as the operator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskView {
    /// Running now.
    pub running: u32,
    /// Waiting now.
    pub waiting: u32,
    /// At most so many run at once.
    pub limit: u32,
    /// Done since the start.
    pub done: u64,
    /// Failed since the start.
    pub failed: u64,
    /// Refused since the start, because too many waited.
    pub refused: u64,
    /// Not begun because they had waited beyond their deadline.
    pub expired: u64,
    /// Ended after their deadline.
    pub late: u64,
    /// The last failures, the newest last.
    pub failures: Vec<TaskFailure>,
}

/// The way to a task's result. It may be dropped: the task runs all the same.
pub struct Ticket<T> {
    result: Receiver<Result<T, String>>,
    deadline: Duration,
}

impl<T> Ticket<T> {
    /// Waits for the result, at most for the task's deadline.
    ///
    /// # Errors
    /// [`NoResult`].
    pub fn wait(self) -> Result<T, NoResult> {
        match self.result.recv_timeout(self.deadline) {
            Ok(result) => result.map_err(NoResult::Failed),
            Err(RecvTimeoutError::Timeout) => Err(NoResult::TimedOut),
            Err(RecvTimeoutError::Disconnected) => Err(dropped()),
        }
    }

    /// The result if it comes within `patience`.
    ///
    /// # Errors
    /// [`NoResult::Failed`].
    pub fn wait_for(&self, patience: Duration) -> Result<Option<T>, NoResult> {
        match self.result.recv_timeout(patience) {
            Ok(result) => result.map(Some).map_err(NoResult::Failed),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(dropped()),
        }
    }

    /// The result if it is there; does not wait.
    ///
    /// # Errors
    /// [`NoResult::Failed`].
    pub fn poll(&self) -> Result<Option<T>, NoResult> {
        match self.result.try_recv() {
            Ok(result) => result.map(Some).map_err(NoResult::Failed),
            Err(TryRecvError::Empty) => Ok(None),
            Err(TryRecvError::Disconnected) => Err(dropped()),
        }
    }
}

fn dropped() -> NoResult {
    NoResult::Failed("it was not begun".to_owned())
}

impl TaskPool {
    /// A pool that runs `threads` tasks at once while `waiting_max` more wait.
    /// It runs nothing until [`TaskPool::start`].
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, threads: u32, waiting_max: usize) -> Self {
        let (threads, jobs) = (threads.max(1), bounded(waiting_max.max(1)));
        Self(Arc::new(Shared { clock, threads, jobs, counts: Counts::default(), failures: Mutex::default() }))
    }

    /// Starts its threads as children of `tier`, called `name` and a number.
    ///
    /// # Errors
    /// The operating system has no thread left.
    pub fn start(&self, tree: &Tree, tier: Tier, name: &str) -> std::io::Result<()> {
        for k in 1..=self.0.threads {
            let shared = Arc::clone(&self.0);
            tree.start(tier, Service::thread(&format!("{name} {k}"), move |stop| shared.run(stop)))?;
        }
        Ok(())
    }

    /// Gives it something to do within `deadline`, waiting included.
    ///
    /// # Errors
    /// [`PoolFull`]; `work` is dropped then.
    pub fn submit<T: Send + 'static>(
        &self,
        name: &'static str,
        deadline: Duration,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Ticket<T>, PoolFull> {
        let (sender, result) = bounded(1);
        let work = Box::new(move || {
            let outcome = caught(work).map_err(|fault| fault.words);
            let words = outcome.as_ref().err().cloned();
            // Nobody may be waiting any more; what failed is counted all the same.
            let _ = sender.send(outcome);
            words
        });
        let limit_ns = i64::try_from(deadline.as_nanos()).unwrap_or(i64::MAX);
        let due_ns = self.0.clock.now().host_ns.saturating_add(limit_ns);
        match self.0.jobs.0.try_send(Job { name, due_ns, work }) {
            Ok(()) => Ok(Ticket { result, deadline }),
            Err(_) => {
                self.0.counts.refused.fetch_add(1, Ordering::Relaxed);
                Err(PoolFull)
            }
        }
    }

    /// The pool as the operator sees it.
    #[must_use]
    pub fn view(&self) -> TaskView {
        let Shared { threads, jobs, counts, failures, .. } = &*self.0;
        let get = |count: &AtomicU64| count.load(Ordering::Relaxed);
        TaskView {
            running: counts.running.load(Ordering::Relaxed),
            waiting: u32::try_from(jobs.1.len()).unwrap_or(u32::MAX),
            limit: *threads,
            done: get(&counts.done),
            failed: get(&counts.failed),
            refused: get(&counts.refused),
            expired: get(&counts.expired),
            late: get(&counts.late),
            failures: failures.lock().iter().cloned().collect(),
        }
    }
}

impl Shared {
    fn run(&self, stop: &StopSignal) -> Result<(), Failure> {
        loop {
            select! {
                recv(stop.channel()) -> _ => return Ok(()),
                recv(self.jobs.1) -> job => {
                    if let Ok(job) = job { self.run_one(job) }
                }
            }
        }
    }

    fn run_one(&self, job: Job) {
        if self.clock.now().host_ns > job.due_ns {
            self.counts.expired.fetch_add(1, Ordering::Relaxed);
            return self.note_failure(job.name, "it waited beyond its deadline".to_owned());
        }
        self.counts.running.fetch_add(1, Ordering::Relaxed);
        let words = (job.work)();
        self.counts.running.fetch_sub(1, Ordering::Relaxed);
        if self.clock.now().host_ns > job.due_ns {
            self.counts.late.fetch_add(1, Ordering::Relaxed);
        }
        match words {
            None => _ = self.counts.done.fetch_add(1, Ordering::Relaxed),
            Some(words) => self.note_failure(job.name, words),
        }
    }

    fn note_failure(&self, name: &'static str, words: String) {
        tracing::error!(name, words, "a background task failed");
        self.counts.failed.fetch_add(1, Ordering::Relaxed);
        let mut failures = self.failures.lock();
        if failures.len() >= FAILURES_KEPT {
            failures.pop_front();
        }
        failures.push_back(TaskFailure { name, at_ns: self.clock.now().host_ns, words });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::{FakeClock, wait_until};

    const SOON: Duration = Duration::from_secs(10);

    fn pool(threads: u32, waiting_max: usize) -> (TaskPool, Tree, Arc<FakeClock>) {
        let clock = Arc::new(FakeClock::default());
        let pool = TaskPool::new(Arc::clone(&clock) as Arc<dyn Clock>, threads, waiting_max);
        let tree = Tree::new(Arc::new(connect::SystemClock), Box::new(|_| {})).unwrap();
        pool.start(&tree, Tier::Infrastructure, "task").unwrap();
        (pool, tree, clock)
    }

    #[test]
    fn a_task_gives_its_result() {
        let (pool, tree, _) = pool(2, 4);
        let tickets: Vec<_> = (0..4).map(|n| pool.submit("square", SOON, move || n * n).unwrap()).collect();
        let results: Vec<i32> = tickets.into_iter().map(|ticket| ticket.wait().unwrap()).collect();
        assert_eq!(results, [0, 1, 4, 9]);
        wait_until(SOON, "the count", || pool.view().done == 4);
        assert!(tree.view().find("task 2").is_some());
        assert!(tree.shut_down(SOON).is_empty());
    }

    #[test]
    fn a_panic_is_counted_and_kept_even_if_nobody_waits() {
        let (pool, _tree, _) = pool(1, 4);
        drop(pool.submit("bad", SOON, || panic!("planted")).map(|ticket: Ticket<()>| ticket));
        wait_until(SOON, "the failure", || pool.view().failed == 1);
        let view = pool.view();
        assert_eq!((view.failures[0].name, view.failures[0].words.as_str()), ("bad", "panicked: planted"));
        assert_eq!(pool.submit("good", SOON, || 7).unwrap().wait(), Ok(7));
    }

    #[test]
    fn what_does_not_fit_is_refused_and_what_waited_too_long_is_not_begun() {
        let (pool, _tree, clock) = pool(1, 1);
        let (release, held) = bounded::<()>(0);
        let slow = pool.submit("slow", SOON, move || held.recv().is_err()).unwrap();
        wait_until(SOON, "the slow one", || pool.view().running == 1);
        let waiting = pool.submit("waits", Duration::from_secs(1), || ()).unwrap();
        assert!(matches!(pool.submit("third", SOON, || ()), Err(PoolFull)));
        clock.advance_ns(2_000_000_000);
        drop(release);
        assert_eq!(slow.wait(), Ok(true));
        assert!(matches!(waiting.wait(), Err(NoResult::Failed(_))));
        let view = pool.view();
        assert_eq!((view.refused, view.expired, view.late), (1, 1, 0));
    }

    #[test]
    fn who_waits_is_not_held_beyond_the_deadline() {
        let (pool, _tree, _) = pool(1, 1);
        let (release, held) = bounded::<()>(0);
        let stuck = pool.submit("stuck", Duration::from_millis(20), move || held.recv().is_err()).unwrap();
        assert_eq!(stuck.wait(), Err(NoResult::TimedOut));
        drop(release);
        assert_eq!(pool.submit("next", SOON, || 1).unwrap().wait(), Ok(1));
    }
}
