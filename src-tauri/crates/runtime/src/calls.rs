//! Calls to a worker: asked and answered in order with its samples, never by
//! taking a lock of its state.
//!
//! A call is answered behind everything that was offered before it: the worker
//! takes the calls that wait, then the parcels that were in its inbox at that
//! moment, then answers. Calls wait in a queue of their own, so that a full inbox
//! never costs a call and a call never costs a sample. Every wait has a deadline;
//! an answer that comes later is discarded and counted.

mod meeting;

use crate::queue::{Policy, Queue, QueueView, Weighs};
use crate::telemetry::{CALLS_LATE, Counter, Telemetry};
use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};
use meeting::Meeting;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// Calls that wait for a worker at most.
const CAPACITY: usize = 64;
/// Of these places, so many are left to the console's own calls.
const RESERVE: usize = 16;

/// Why a call has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The worker did not answer in time. It may still do what it was asked.
    #[error("it did not answer within {after:?}")]
    TimedOut {
        /// How long the caller waited.
        after: Duration,
    },
    /// The worker has ended, is being started again, or failed at the call.
    #[error("it is not at work")]
    Gone,
    /// Too many calls wait for the worker already.
    #[error("too many calls wait for it already")]
    Busy,
}

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Somebody outside: the last places are not theirs.
    Face,
    /// The console itself.
    Console,
}

/// The calls that wait for one worker; clones share them.
#[derive(Clone)]
pub struct Calls {
    queue: Queue<Call>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// The worker was at work and is not any more. Before it begins, calls wait.
    has_ended: AtomicBool,
    busy: AtomicU64,
}

struct Call {
    meeting: Arc<Meeting>,
    late: Arc<Counter>,
    body: Box<dyn FnOnce() + Send>,
}

/// What its closure holds is what its caller asks with: a few words.
impl Weighs for Call {}

impl Calls {
    /// No call waits for the worker `name`.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let queue = Queue::of_words(&format!("calls to {name}"), Policy::DropNewest, CAPACITY);
        Self { queue, shared: Arc::default() }
    }

    /// Asks the worker to run `body` behind all that was offered so far. Never waits.
    ///
    /// # Errors
    /// [`CallError::Busy`], [`CallError::Gone`].
    pub fn begin<T: Send + 'static>(
        &self,
        caller: Caller,
        telemetry: &Telemetry,
        body: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Pending<T>, CallError> {
        let (meeting, late) = (Arc::new(Meeting::new()), telemetry.counter(CALLS_LATE));
        let (reply, answer) = bounded(1);
        let (there, too_late) = (Arc::clone(&meeting), Arc::clone(&late));
        let body = Box::new(move || {
            let given = body();
            match there.answer() {
                // The one place is free, and the caller takes it.
                true => drop(reply.send(given)),
                false => too_late.count(),
            }
        });
        let reserve = if caller == Caller::Face { RESERVE } else { 0 };
        let call = Call { meeting: Arc::clone(&meeting), late, body };
        self.queue.push_or_refuse(call, reserve).map_err(|_| {
            self.shared.busy.fetch_add(1, Ordering::Relaxed);
            CallError::Busy
        })?;
        if self.shared.has_ended.load(Ordering::SeqCst) {
            // Nobody takes it: neither this one nor what else came behind the end.
            self.forget();
            return Err(CallError::Gone);
        }
        Ok(Pending { meeting, answer })
    }

    /// Whether calls wait.
    #[inline]
    #[must_use]
    pub fn are_waiting(&self) -> bool {
        !self.queue.receiver().is_empty()
    }

    /// The queue as the operator sees it.
    #[must_use]
    pub fn view(&self) -> QueueView {
        QueueView { refused: self.shared.busy.load(Ordering::Relaxed), ..self.queue.view() }
    }

    // ---- the worker's side ----

    /// The worker answers from now on, until what is given back is dropped.
    #[must_use]
    pub fn serve(&self) -> Served<'_> {
        self.shared.has_ended.store(false, Ordering::SeqCst);
        Served(self)
    }

    /// Answers the calls that wait, after `before` has dealt with what was
    /// offered in front of them.
    pub fn answer(&self, before: impl FnOnce()) {
        let calls: Vec<Call> = self.queue.receiver().try_iter().collect();
        before();
        calls.into_iter().for_each(Call::answer);
    }

    /// Their callers learn that nobody answers.
    fn forget(&self) {
        self.queue.receiver().try_iter().for_each(drop);
    }
}

impl Call {
    fn answer(self) {
        if self.meeting.is_left() {
            return self.late.count();
        }
        // A panic takes the reply along: the caller learns that there is none.
        if catch_unwind(AssertUnwindSafe(self.body)).is_err() {
            tracing::error!("a call made its worker panic");
        }
    }
}

/// A worker that answers calls; when it ends, however it ends, those that wait
/// learn it.
pub struct Served<'a>(&'a Calls);

impl Drop for Served<'_> {
    fn drop(&mut self) {
        self.0.shared.has_ended.store(true, Ordering::SeqCst);
        self.0.forget();
    }
}

/// A call that is under way. Dropped, its answer is discarded.
pub struct Pending<T> {
    meeting: Arc<Meeting>,
    answer: Receiver<T>,
}

impl<T> Pending<T> {
    /// Waits for the answer.
    ///
    /// # Errors
    /// [`CallError::TimedOut`], [`CallError::Gone`].
    pub fn wait(self, deadline: Duration) -> Result<T, CallError> {
        match self.answer.recv_timeout(deadline) {
            Ok(answer) => Ok(answer),
            Err(RecvTimeoutError::Disconnected) => Err(CallError::Gone),
            Err(RecvTimeoutError::Timeout) if self.meeting.leave() => {
                Err(CallError::TimedOut { after: deadline })
            }
            // At this very moment it is being handed over.
            Err(RecvTimeoutError::Timeout) => self.answer.recv().map_err(|_| CallError::Gone),
        }
    }
}

impl<T> Drop for Pending<T> {
    fn drop(&mut self) {
        self.meeting.leave();
    }
}
