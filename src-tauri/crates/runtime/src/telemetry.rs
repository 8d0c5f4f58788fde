//! Telemetry: how long calls of every kind take, and how often things happen.
//!
//! Names are words of the program, never from outside, so that their number is
//! bounded. Recording never waits; see [`Latency`] for how.

mod delay;
mod latency;

pub use delay::SampleDelay;
pub use latency::{Latency, LatencyView};

use model::Clock;
use parking_lot::RwLock;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A commit of the recorder into its file.
pub const RECORDER_COMMIT: &str = "recorder commit";
/// From the start of a recording to its open file.
pub const RECORDER_START: &str = "recorder start";
/// From the word to stop to the sealed file.
pub const RECORDER_STOP: &str = "recorder stop";

/// From the time of a parcel's newest sample to its place in the hot ring; sampled.
pub const SAMPLE_TO_RING: &str = "sample to ring";
/// From the question for a sensor's state to its worker's answer.
pub const SENSOR_READ: &str = "sensor read";
/// Until every worker has delivered what was offered before.
pub const SENSOR_FLUSH: &str = "sensor flush";
/// Answers of workers that came when nobody waited any more.
pub const CALLS_LATE: &str = "sensor calls late";
/// Calls to workers that were not answered in time, found nobody at work, or were refused.
pub const CALLS_TIMED_OUT: &str = "sensor calls timed out";
pub const CALLS_GONE: &str = "sensor calls gone";
pub const CALLS_BUSY: &str = "sensor calls refused";

/// From the first try of an outbox's message in this run to its acknowledgement.
pub const OUTBOX_DELIVERY: &str = "outbox delivery";

/// From the report of a failure to the next run of the child.
pub const SUPERVISOR_RESTART: &str = "supervisor restart";

/// Something that is counted since the start.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Counts one more.
    pub fn count(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// How many so far.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// The latencies and counters of one console.
pub struct Telemetry {
    clock: Arc<dyn Clock>,
    latencies: RwLock<BTreeMap<&'static str, Arc<Latency>>>,
    counters: RwLock<BTreeMap<&'static str, Arc<Counter>>>,
}

impl Telemetry {
    /// Nothing recorded yet.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, latencies: RwLock::default(), counters: RwLock::default() }
    }

    /// The latencies of calls of one kind. Keep it where calls are frequent.
    #[must_use]
    pub fn latency(&self, call: &'static str) -> Arc<Latency> {
        if let Some(known) = self.latencies.read().get(call) {
            return Arc::clone(known);
        }
        Arc::clone(self.latencies.write().entry(call).or_default())
    }

    /// Takes in the latencies that somebody else keeps.
    pub fn adopt(&self, call: &'static str, latency: Arc<Latency>) {
        self.latencies.write().insert(call, latency);
    }

    /// The counter of a name.
    #[must_use]
    pub fn counter(&self, name: &'static str) -> Arc<Counter> {
        if let Some(known) = self.counters.read().get(name) {
            return Arc::clone(known);
        }
        Arc::clone(self.counters.write().entry(name).or_default())
    }

    /// Runs `body` and records how long it took, also where it panics.
    pub fn time<T>(&self, call: &'static str, body: impl FnOnce() -> T) -> T {
        let _recorded = Stopwatch { telemetry: self, call, started_ns: self.clock.now().host_ns };
        body()
    }

    /// Every latency, by the name of its calls.
    #[must_use]
    pub fn latencies(&self) -> Vec<LatencyView> {
        let known: Vec<_> =
            self.latencies.read().iter().map(|(call, one)| (*call, Arc::clone(one))).collect();
        known.iter().filter_map(|(call, latency)| latency.view(call)).collect()
    }

    /// Every counter, by name.
    #[must_use]
    pub fn counters(&self) -> Vec<(&'static str, u64)> {
        self.counters.read().iter().map(|(name, counter)| (*name, counter.get())).collect()
    }
}

/// Records when dropped.
struct Stopwatch<'t> {
    telemetry: &'t Telemetry,
    call: &'static str,
    started_ns: i64,
}

impl Drop for Stopwatch<'_> {
    fn drop(&mut self) {
        let took_ns = self.telemetry.clock.now().host_ns.saturating_sub(self.started_ns);
        self.telemetry.latency(self.call).record(took_ns);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use testkit::FakeClock;

    #[test]
    fn a_call_is_recorded_with_its_time_also_when_it_panics() {
        let clock = Arc::new(FakeClock::default());
        let telemetry = Telemetry::new(Arc::clone(&clock) as Arc<dyn Clock>);
        telemetry.time("call", || clock.advance_ns(5_000_000));
        let panics = || telemetry.time("call", || panic!("planted"));
        assert!(catch_unwind(AssertUnwindSafe(panics)).is_err());
        let [view] = telemetry.latencies().try_into().unwrap();
        assert_eq!((view.call, view.count, view.max_ns), ("call", 2, 5_000_000));
    }

    #[test]
    fn counters_of_one_name_are_one_counter() {
        let telemetry = Telemetry::new(Arc::new(FakeClock::default()));
        telemetry.counter("errors").count();
        telemetry.counter("errors").count();
        assert_eq!(telemetry.counters(), [("errors", 2)]);
    }
}
