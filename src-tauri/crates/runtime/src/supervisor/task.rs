//! Tokio tasks: on one small runtime that belongs to the tree and is driven by a
//! supervised thread. The tasks survive a restart of that thread.

use super::drive::Shared;
use super::panics::{Fault, caught};
use super::service::{Service, StopSignal, TaskBody};
use policy::supervise::ChildKey;
use std::future::poll_fn;
use std::sync::{Arc, Weak};
use std::task::Poll;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;
use tokio::task::AbortHandle;

/// The runtime.
pub struct Tasks(Option<Runtime>);

impl Tasks {
    pub fn new() -> std::io::Result<Self> {
        Ok(Self(Some(Builder::new_current_thread().enable_time().build()?)))
    }

    /// The thread that drives it.
    pub fn driver(self: &Arc<Self>) -> Service {
        let (tasks, told) = (Arc::clone(self), Arc::new(Notify::new()));
        let tell = Arc::clone(&told);
        let drive = move |_: &StopSignal| {
            if let Some(runtime) = &tasks.0 {
                runtime.block_on(told.notified());
            }
            Ok(())
        };
        Service::thread("tasks", drive).on_stop(move || tell.notify_one())
    }

    pub fn start(
        &self,
        shared: Weak<Shared>,
        key: ChildKey,
        run: u64,
        body: TaskBody,
    ) -> std::io::Result<AbortHandle> {
        let runtime = self.0.as_ref().ok_or(std::io::ErrorKind::BrokenPipe)?;
        let end = End { shared, key, run, outcome: Ok(()) };
        Ok(runtime.spawn(watched(body, end)).abort_handle())
    }
}

impl Drop for Tasks {
    /// The last owner may be a task: nobody waits here.
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

async fn watched(body: TaskBody, mut end: End) {
    end.outcome = match caught(|| body()) {
        Ok(mut future) => {
            poll_fn(|context| match caught(|| future.as_mut().poll(context)) {
                Ok(Poll::Pending) => Poll::Pending,
                Ok(Poll::Ready(outcome)) => Poll::Ready(outcome.map_err(Fault::new)),
                Err(fault) => Poll::Ready(Err(fault)),
            })
            .await
        }
        Err(fault) => Err(fault),
    };
}

/// Reports the task's end; also an abort's, which drops it where it waits.
struct End {
    shared: Weak<Shared>,
    key: ChildKey,
    run: u64,
    outcome: Result<(), Fault>,
}

impl Drop for End {
    fn drop(&mut self) {
        if let Some(shared) = self.shared.upgrade() {
            let outcome = std::mem::replace(&mut self.outcome, Ok(()));
            shared.exited(self.key, self.run, outcome);
        }
    }
}
