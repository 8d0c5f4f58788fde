//! Fault walls: a dependency that hangs or fails harms its caller only so much.
//!
//! A call through a wall runs on a thread of the wall's own (the caller gets a
//! typed time-out at its deadline, however long the call goes on), with a bound
//! on how many run at once (a bulkhead: calls that overstayed count too), behind
//! a circuit breaker.

use crate::supervisor::{Tier, Tree};
use crate::tasks::{NoResult, TaskPool};
use model::Clock;
use parking_lot::Mutex;
use policy::breaker::{Breaker, BreakerRule, BreakerState, Pass};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

/// What a wall allows.
#[derive(Clone, Copy, Debug)]
pub struct WallConfig {
    /// How long a caller waits.
    pub deadline: Duration,
    /// Calls at once, those that overstayed included; at least 1.
    pub width: u32,
    /// When the breaker opens and closes.
    pub breaker: BreakerRule,
}

/// Why a call through a wall gave nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WallError<E> {
    /// The breaker is open.
    #[error("it has failed too often and is left alone for {} s", .retry_after_ns / 1_000_000_000)]
    Open {
        /// Nanoseconds until it is worth asking again.
        retry_after_ns: i64,
    },
    /// As many calls as it may have are under way.
    #[error("it is busy with earlier calls")]
    Full,
    /// No answer in time; the call may still be under way.
    #[error("it did not answer in time")]
    TimedOut,
    /// The call panicked.
    #[error("the call failed: {0}")]
    Panicked(String),
    /// The call answered with an error.
    #[error(transparent)]
    Failed(E),
}

/// A wall in front of one dependency.
pub struct Wall {
    name: String,
    clock: Arc<dyn Clock>,
    config: WallConfig,
    pool: TaskPool,
    breaker: Mutex<Breaker>,
    under_way: Arc<AtomicU32>,
    counts: Counts,
    last_error: Mutex<String>,
}

#[derive(Default)]
struct Counts {
    good: AtomicU64,
    bad: AtomicU64,
    timed_out: AtomicU64,
    refused: AtomicU64,
}

/// A breaker, with its bulkhead, as the operator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BreakerView {
    /// What it stands in front of.
    pub name: String,
    /// Its state.
    pub state: BreakerState,
    /// Failures that count now.
    pub failures: u32,
    /// How often it has opened.
    pub openings: u64,
    /// While it is open: nanoseconds until the next try.
    pub retry_after_ns: Option<i64>,
    /// Calls under way, and how many there may be.
    pub under_way: (u32, u32),
    /// Calls that went well, and that did not (time-outs among them).
    pub calls: (u64, u64),
    /// Calls that did not answer in time.
    pub timed_out: u64,
    /// Calls that were refused at the wall.
    pub refused: u64,
    /// The last error; empty if there was none.
    pub last_error: String,
}

impl Wall {
    /// A wall called `name`; its threads are children of `tier`.
    ///
    /// # Errors
    /// The operating system has no thread left.
    pub fn start(
        name: &str,
        clock: Arc<dyn Clock>,
        config: WallConfig,
        tree: &Tree,
        tier: Tier,
    ) -> std::io::Result<Self> {
        let width = config.width.max(1);
        let pool = TaskPool::new(Arc::clone(&clock), width, width as usize);
        pool.start(tree, tier, name)?;
        Ok(Self {
            name: name.to_owned(),
            clock,
            config,
            pool,
            breaker: Mutex::new(Breaker::new(config.breaker)),
            under_way: Arc::default(),
            counts: Counts::default(),
            last_error: Mutex::default(),
        })
    }

    /// Nanoseconds for which the breaker lets nobody through; 0 if a call may be tried.
    #[must_use]
    pub fn closed_for_ns(&self) -> i64 {
        let now_ns = self.clock.now().host_ns;
        match self.breaker.lock().state() {
            BreakerState::Open { until_ns } => until_ns.saturating_sub(now_ns).max(0),
            BreakerState::Closed | BreakerState::HalfOpen { .. } => 0,
        }
    }

    /// Makes a call. `blames` tells which errors are the dependency's fault; the
    /// others say nothing about it.
    ///
    /// # Errors
    /// [`WallError`].
    pub fn call<T: Send + 'static, E: std::fmt::Display + Send + 'static>(
        &self,
        call: &'static str,
        work: impl FnOnce() -> Result<T, E> + Send + 'static,
        blames: impl FnOnce(&E) -> bool,
    ) -> Result<T, WallError<E>> {
        let asked = self.breaker.lock().ask(self.clock.now().host_ns);
        let pass = match asked {
            Ok(pass) => pass,
            Err(refused) => {
                self.counts.refused.fetch_add(1, Ordering::Relaxed);
                return Err(WallError::Open { retry_after_ns: refused.retry_after_ns });
            }
        };
        let Some(outcome) = self.begin(call, work) else {
            self.counts.refused.fetch_add(1, Ordering::Relaxed);
            self.breaker.lock().on_not_called(pass);
            return Err(WallError::Full);
        };
        let outcome = match outcome {
            Ok(answer) => answer.map_err(WallError::Failed),
            Err(NoResult::TimedOut) => Err(WallError::TimedOut),
            Err(NoResult::Failed(words)) => Err(WallError::Panicked(words)),
        };
        self.settle(pass, &outcome, blames);
        outcome
    }

    /// Runs the call on a thread of the wall; none where all places are taken.
    fn begin<T: Send + 'static>(
        &self,
        call: &'static str,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<Result<T, NoResult>> {
        let place = Place::take(&self.under_way, self.config.width.max(1))?;
        let work = move || {
            let _place = place;
            work()
        };
        Some(self.pool.submit(call, self.config.deadline, work).ok()?.wait())
    }

    fn settle<T, E: std::fmt::Display>(
        &self,
        pass: Pass,
        outcome: &Result<T, WallError<E>>,
        blames: impl FnOnce(&E) -> bool,
    ) {
        let error = match outcome {
            Ok(_) => None,
            Err(WallError::Failed(error)) if !blames(error) => None,
            Err(error) => Some(error.to_string()),
        };
        if matches!(outcome, Err(WallError::TimedOut)) {
            self.counts.timed_out.fetch_add(1, Ordering::Relaxed);
        }
        let mut breaker = self.breaker.lock();
        match error {
            None => {
                self.counts.good.fetch_add(1, Ordering::Relaxed);
                breaker.on_success(pass);
            }
            Some(words) => {
                self.counts.bad.fetch_add(1, Ordering::Relaxed);
                breaker.on_failure(pass, self.clock.now().host_ns);
                *self.last_error.lock() = words;
            }
        }
    }

    /// The wall as the operator sees it.
    #[must_use]
    pub fn view(&self) -> BreakerView {
        let now_ns = self.clock.now().host_ns;
        let (state, failures, openings) = {
            let breaker = self.breaker.lock();
            (breaker.state(), breaker.failures(now_ns), breaker.openings())
        };
        let get = |count: &AtomicU64| count.load(Ordering::Relaxed);
        BreakerView {
            name: self.name.clone(),
            state,
            failures,
            openings,
            retry_after_ns: match state {
                BreakerState::Open { until_ns } => Some(until_ns.saturating_sub(now_ns).max(0)),
                BreakerState::Closed | BreakerState::HalfOpen { .. } => None,
            },
            under_way: (self.under_way.load(Ordering::Relaxed), self.config.width.max(1)),
            calls: (get(&self.counts.good), get(&self.counts.bad)),
            timed_out: get(&self.counts.timed_out),
            refused: get(&self.counts.refused),
            last_error: self.last_error.lock().clone(),
        }
    }
}

/// A place among the calls under way; given back when dropped.
struct Place(Arc<AtomicU32>);

impl Place {
    fn take(under_way: &Arc<AtomicU32>, width: u32) -> Option<Self> {
        let taken = under_way.fetch_add(1, Ordering::AcqRel);
        let place = Self(Arc::clone(under_way));
        (taken < width).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests;
