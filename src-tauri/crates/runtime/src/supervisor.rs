//! Named threads that are started again when they panic, and given up when
//! they do it too often. The full tree of six tiers grows from here.
//!
//! A Rust thread can't be killed: stopping is cooperative, with a deadline, and
//! who misses it is reported.

use crossbeam_channel::{Receiver, Sender, bounded};
use model::Clock;
use parking_lot::Mutex;
use policy::restart::{Decision, Intensity, RestartLog};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

/// Restarts of one child before it is given up: 3 in 5 s.
pub const INTENSITY: Intensity = Intensity { restarts_max: 3, window_ns: 5_000_000_000 };

/// Tells a child to stop: its channel disconnects.
#[derive(Clone, Debug)]
pub struct StopSignal(Receiver<()>);

impl StopSignal {
    /// A channel that disconnects when the child is to stop, for `select!`.
    #[must_use]
    pub fn channel(&self) -> &Receiver<()> {
        &self.0
    }
}

/// Why a child ended before it was told to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Starting it again may help.
    Restartable(String),
    /// It would not.
    Final(String),
}

/// The way of a child:
/// `Running => (Running | Ended | GivenUp)`; the other two are final.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChildState {
    /// At work, perhaps after restarts.
    Running,
    /// Came to its end as told.
    Ended,
    /// Failed too often, or for good.
    GivenUp,
}

/// A child as the operator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChildView {
    /// The thread's name.
    pub name: String,
    /// Its state.
    pub state: ChildState,
    /// Restarts so far.
    pub restarts: u32,
    /// Why it last failed; empty if it has not.
    pub last_failure: String,
}

struct Child {
    view: Mutex<ChildView>,
    stop: Mutex<Option<Sender<()>>>,
    done: Receiver<()>,
}

/// Stops its child when dropped.
pub struct ChildHandle(Arc<Child>);

impl ChildHandle {
    /// The child's state.
    #[must_use]
    pub fn state(&self) -> ChildState {
        self.0.view.lock().state
    }

    /// Waits until the child's thread has ended; false if it has not by then.
    #[must_use]
    pub fn wait(&self, deadline: Duration) -> bool {
        // `done` never carries a message: it disconnects when the thread ends.
        self.0.done.recv_timeout(deadline) != Err(crossbeam_channel::RecvTimeoutError::Timeout)
    }
}

impl Drop for ChildHandle {
    fn drop(&mut self) {
        self.0.stop.lock().take();
    }
}

/// What a supervisor tells about failures: the child's view after each.
pub type OnFailure = Box<dyn Fn(&ChildView) + Send + Sync>;

/// Starts children, each on a thread of its own, and keeps them running.
pub struct Supervisor {
    clock: Arc<dyn Clock>,
    children: Mutex<Vec<Arc<Child>>>,
    on_failure: Arc<OnFailure>,
}

impl Supervisor {
    /// A supervisor without children.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, on_failure: OnFailure) -> Self {
        Self { clock, children: Mutex::new(Vec::new()), on_failure: Arc::new(on_failure) }
    }

    /// Starts `body` on a thread called `name`; it runs again after each failure.
    ///
    /// # Errors
    /// The operating system has no thread left.
    pub fn spawn(
        &self,
        name: &str,
        body: impl FnMut(&StopSignal) -> Result<(), Failure> + Send + 'static,
    ) -> std::io::Result<ChildHandle> {
        let (stop, stopped) = bounded(0);
        let (finished, done) = bounded(0);
        let view = ChildView {
            name: name.to_owned(),
            state: ChildState::Running,
            restarts: 0,
            last_failure: String::new(),
        };
        let child = Arc::new(Child { view: Mutex::new(view), stop: Mutex::new(Some(stop)), done });
        let keeper = Keeper {
            child: Arc::clone(&child),
            clock: Arc::clone(&self.clock),
            on_failure: Arc::clone(&self.on_failure),
            log: RestartLog::new(INTENSITY),
        };
        let signal = StopSignal(stopped);
        std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            keeper.keep(body, &signal);
            drop(finished);
        })?;
        let mut children = self.children.lock();
        children.retain(|other| other.view.lock().state != ChildState::Ended);
        children.push(Arc::clone(&child));
        Ok(ChildHandle(child))
    }

    /// Every child, in the order of their start.
    #[must_use]
    pub fn children(&self) -> Vec<ChildView> {
        self.children.lock().iter().map(|child| child.view.lock().clone()).collect()
    }

    /// Tells every child to stop, the youngest first, and waits `each` for one
    /// at a time. Gives the names of those that missed their deadline.
    pub fn shutdown(&self, each: Duration) -> Vec<String> {
        let children = std::mem::take(&mut *self.children.lock());
        let late = |child: &Arc<Child>| {
            child.stop.lock().take();
            let missed = !ChildHandle(Arc::clone(child)).wait(each);
            missed.then(|| child.view.lock().name.clone())
        };
        children.iter().rev().filter_map(late).collect()
    }
}

/// Runs one child's body until it ends or is given up.
struct Keeper {
    child: Arc<Child>,
    clock: Arc<dyn Clock>,
    on_failure: Arc<OnFailure>,
    log: RestartLog,
}

impl Keeper {
    fn keep(mut self, mut body: impl FnMut(&StopSignal) -> Result<(), Failure>, signal: &StopSignal) {
        loop {
            let outcome = catch_unwind(AssertUnwindSafe(|| body(signal)))
                .unwrap_or_else(|panic| Err(Failure::Restartable(panic_words(&*panic))));
            match outcome {
                Ok(()) => return self.child.view.lock().state = ChildState::Ended,
                Err(failure) => {
                    if self.note(failure) == Decision::GiveUp {
                        return;
                    }
                }
            }
        }
    }

    fn note(&mut self, failure: Failure) -> Decision {
        let (words, decision) = match failure {
            Failure::Restartable(words) => (words, self.log.on_failure(self.clock.now().host_ns)),
            Failure::Final(words) => (words, Decision::GiveUp),
        };
        let view = {
            let mut view = self.child.view.lock();
            view.last_failure = words;
            match decision {
                Decision::Restart => view.restarts += 1,
                Decision::GiveUp => view.state = ChildState::GivenUp,
            }
            view.clone()
        };
        tracing::error!(thread = view.name, failure = view.last_failure, state = ?view.state, "a thread failed");
        (self.on_failure)(&view);
        decision
    }
}

fn panic_words(panic: &(dyn Any + Send)) -> String {
    let words = panic.downcast_ref::<&str>().copied().or(panic.downcast_ref::<String>().map(String::as_str));
    format!("panicked: {}", words.unwrap_or("without a message"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    const SOON: Duration = Duration::from_secs(10);

    fn supervisor() -> Supervisor {
        Supervisor::new(Arc::new(connect::SystemClock), Box::new(|_| {}))
    }

    fn finished(handle: &ChildHandle) -> ChildState {
        assert!(handle.wait(SOON));
        handle.state()
    }

    #[test]
    fn a_child_that_panics_is_started_again_with_the_panic_kept() {
        let supervisor = supervisor();
        let mut runs = 0;
        let handle = supervisor
            .spawn("twice", move |_| {
                runs += 1;
                assert!(runs > 1, "planted");
                Ok(())
            })
            .unwrap();
        assert_eq!(finished(&handle), ChildState::Ended);
        let view = handle.0.view.lock().clone();
        assert_eq!((view.restarts, view.last_failure.as_str()), (1, "panicked: planted"));
    }

    #[test]
    fn a_child_that_panics_too_often_is_given_up_and_reported() {
        let reported = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&reported);
        let on_failure = move |_: &ChildView| {
            count.fetch_add(1, Ordering::Relaxed);
        };
        let supervisor = Supervisor::new(Arc::new(connect::SystemClock), Box::new(on_failure));
        let handle = supervisor.spawn("always", |_| panic!("again")).unwrap();
        assert_eq!(finished(&handle), ChildState::GivenUp);
        assert_eq!(reported.load(Ordering::Relaxed), INTENSITY.restarts_max + 1);
    }

    #[test]
    fn a_final_failure_is_not_tried_again() {
        let supervisor = supervisor();
        let handle = supervisor.spawn("hopeless", |_| Err(Failure::Final("no".into()))).unwrap();
        assert_eq!(finished(&handle), ChildState::GivenUp);
        assert_eq!(handle.0.view.lock().restarts, 0);
    }

    #[test]
    fn shutdown_stops_everybody_and_names_who_missed_the_deadline() {
        let supervisor = supervisor();
        let (release, stuck) = bounded::<()>(0);
        let _good = supervisor
            .spawn("good", |stop| {
                let _ = stop.channel().recv();
                Ok(())
            })
            .unwrap();
        let _stuck = supervisor
            .spawn("stuck", move |_| {
                let _ = stuck.recv();
                Ok(())
            })
            .unwrap();
        assert_eq!(supervisor.shutdown(Duration::from_millis(50)), ["stuck"]);
        drop(release);
    }
}
