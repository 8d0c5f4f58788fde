//! A paced stream of notifications, on a thread of its own.
//!
//! Tick k is due at k ÷ rate after the start, by the clock: a late tick is sent at
//! once and does not move the next. A device measures whether or not anybody
//! listens, so a tick that nobody hears is used up; what was heard is counted
//! exactly, and kept as ranges of ticks.

use super::station::Station;
use super::values::Place;
use crate::pace::{self, Pace};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// What tick k says.
pub(super) type Value = Box<dyn FnMut(u64) -> Vec<u8> + Send>;

/// A running stream. It stops when it is dropped.
#[derive(Debug)]
pub struct NotifyStream {
    tally: Arc<Tally>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Tally {
    stop: AtomicBool,
    ended: AtomicBool,
    ticks: AtomicU64,
    heard: Mutex<Vec<Range<u64>>>,
}

impl NotifyStream {
    /// How many notifications were sent while somebody was notifying.
    #[must_use]
    pub fn sent(&self) -> u64 {
        self.sent_ticks().iter().map(|ticks| ticks.end - ticks.start).sum()
    }

    /// Which ticks those were, in order; one range for each unbroken run.
    #[must_use]
    pub fn sent_ticks(&self) -> Vec<Range<u64>> {
        self.tally.heard().clone()
    }

    /// How many ticks are over, heard or not.
    #[must_use]
    pub fn ticks(&self) -> u64 {
        self.tally.ticks.load(Ordering::Acquire)
    }

    /// Whether the last tick is over.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.tally.ended.load(Ordering::Acquire)
    }

    /// Waits until the last tick is over, and says how many were heard.
    ///
    /// # Panics
    /// When it is not within `deadline`.
    #[track_caller]
    pub fn wait(&self, deadline: Duration) -> u64 {
        pace::wait_until(deadline, "the end of a stream of notifications", || self.has_ended());
        self.sent()
    }

    /// Ends the stream now, and says how many were heard.
    pub fn stop(mut self) -> u64 {
        self.end();
        self.sent()
    }

    /// Ends the stream now, and says which ticks were heard, as [`Self::sent_ticks`].
    #[must_use]
    pub fn stop_and_tell(mut self) -> Vec<Range<u64>> {
        self.end();
        self.sent_ticks()
    }

    fn end(&mut self) {
        self.tally.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // Its panic has told of itself.
            let _ = thread.join();
        }
    }
}

impl Drop for NotifyStream {
    fn drop(&mut self) {
        self.end();
    }
}

impl Tally {
    fn heard(&self) -> std::sync::MutexGuard<'_, Vec<Range<u64>>> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, tick: u64) {
        let mut heard = self.heard();
        match heard.last_mut() {
            Some(run) if run.end == tick => run.end += 1,
            _ => heard.push(tick..tick + 1),
        }
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }
}

pub(super) fn start(
    station: Arc<Station>,
    at: Place,
    rate_hz: f64,
    count: u64,
    mut value: Value,
) -> NotifyStream {
    let tally = Arc::new(Tally::default());
    let pace = Pace::start(rate_hz);
    let (counts, name) = (Arc::clone(&tally), format!("strap-{}", &at.address[12..]));
    let run = move || {
        for tick in 0..count {
            if !sleep_until(&pace, tick, &counts) {
                break;
            }
            let bytes = value(tick);
            station.with(|world| {
                if world.notify(&at, &bytes) {
                    counts.add(tick);
                }
            });
            counts.ticks.store(tick + 1, Ordering::Release);
        }
        counts.ended.store(true, Ordering::Release);
    };
    #[expect(clippy::expect_used, reason = "without a thread there is no test")]
    let thread = thread::Builder::new().name(name).spawn(run).expect("a thread for a stream");
    NotifyStream { tally, thread: Some(thread) }
}

/// False when the stream is stopped before the tick is due.
fn sleep_until(pace: &Pace, tick: u64, tally: &Tally) -> bool {
    loop {
        if tally.is_stopped() {
            return false;
        }
        let left = pace.until(tick);
        if left.is_zero() {
            return true;
        }
        thread::park_timeout(left);
    }
}
