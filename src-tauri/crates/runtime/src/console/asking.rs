//! What is asked of sensors' workers, each with its deadline.

use super::Console;
use crate::calls::{CallError, Caller};
use crate::core::Core;
use crate::recorder::{Recorded, RecorderError};
use crate::stream::Stream;
use crate::telemetry::{
    CALLS_BUSY, CALLS_GONE, CALLS_TIMED_OUT, RECORDER_STOP, SENSOR_FLUSH, SENSOR_READ, Telemetry,
};
use crate::view::{SensorView, sensor_view};
use crate::worker::Inbox;
use connect::NoticeLevel;
use model::SensorId;
use std::sync::Arc;
use std::time::Duration;

/// How long a sensor's worker may take to answer; the platform's figure.
const ASK_DEADLINE: Duration = Duration::from_secs(3);
/// How long all workers together may take to deliver what was on its way.
const FLUSH_DEADLINE: Duration = Duration::from_secs(2);

/// Why a sensor gave no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    /// There is none of this id.
    #[error("there is no such sensor")]
    Unknown,
    /// Its worker.
    #[error(transparent)]
    Call(#[from] CallError),
}

impl Console {
    /// The sensor's state as its worker tells it, behind everything that was
    /// offered before: for a sensor at rest, offered = delivered + dropped.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub fn ask_sensor(&self, id: &SensorId) -> Result<SensorView, Unanswered> {
        self.core.ask_sensor(id, ASK_DEADLINE)
    }
}

impl Core {
    pub(crate) fn ask_sensor(&self, id: &SensorId, deadline: Duration) -> Result<SensorView, Unanswered> {
        let sensor = self.registry.get(id).ok_or(Unanswered::Unknown)?;
        let (inbox, clock) = (sensor.inbox().clone(), Arc::clone(&self.clock));
        let look = move || sensor_view(&sensor, clock.now().host_ns);
        let ask = || inbox.ask(Caller::Face, &self.telemetry, look)?.wait(deadline);
        let answer = self.telemetry.time(SENSOR_READ, ask);
        answer.inspect_err(|error| count(&self.telemetry, *error)).map_err(Unanswered::Call)
    }

    /// Waits until the workers have delivered everything that was offered so far.
    /// Gives those that did not, with the reason; one that is gone and left nothing
    /// in its inbox has.
    pub(crate) fn flush(&self, deadline: Duration) -> Vec<(String, CallError)> {
        let until_ns = self.clock.now().host_ns.saturating_add_unsigned(as_ns(deadline));
        let asked: Vec<_> =
            self.inboxes().into_iter().map(|inbox| (self.begin_flush(&inbox), inbox)).collect();
        let mut behind = Vec::new();
        for (pending, inbox) in asked {
            let left_ns = until_ns.saturating_sub(self.clock.now().host_ns).max(0);
            let outcome =
                pending.and_then(|pending| pending.wait(Duration::from_nanos(left_ns.unsigned_abs())));
            if let Err(error) = outcome {
                count(&self.telemetry, error);
                let view = inbox.queue().view();
                if error != CallError::Gone || view.depth > 0 {
                    behind.push((view.name, error));
                }
            }
        }
        behind
    }

    fn begin_flush(&self, inbox: &Inbox) -> Result<crate::calls::Pending<()>, CallError> {
        inbox.ask(Caller::Console, &self.telemetry, || ())
    }

    /// Stops the recording, behind everything that is on its way to it. `streams`
    /// are all there are.
    ///
    /// # Errors
    /// [`RecorderError`].
    pub(crate) fn stop_recording(
        &self,
        streams: impl FnOnce() -> Vec<Arc<Stream>>,
    ) -> Result<Recorded, RecorderError> {
        if self.recorder.is_recording() {
            self.flush_before_the_end();
        }
        self.telemetry.time(RECORDER_STOP, || self.recorder.stop(streams))
    }

    /// Lets what is on its way reach the recording that is about to end, and tells
    /// the operator of what does not.
    fn flush_before_the_end(&self) {
        for (worker, why) in self.telemetry.time(SENSOR_FLUSH, || self.flush(FLUSH_DEADLINE)) {
            self.notices.say(
                NoticeLevel::Warning,
                format!("The recording ends without waiting for “{worker}”: {why}."),
                "What was still on its way to it is not in the recording.",
            );
        }
    }

    /// The inbox of every worker.
    pub(crate) fn inboxes(&self) -> Vec<Inbox> {
        let sensors = self.registry.all();
        let own = sensors.iter().filter(|sensor| sensor.has_own_worker()).map(|sensor| sensor.inbox());
        self.shared_inboxes().iter().chain(own).cloned().collect()
    }
}

fn count(telemetry: &Telemetry, error: CallError) {
    let name = match error {
        CallError::TimedOut { .. } => CALLS_TIMED_OUT,
        CallError::Gone => CALLS_GONE,
        CallError::Busy => CALLS_BUSY,
    };
    telemetry.counter(name).count();
}

fn as_ns(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
