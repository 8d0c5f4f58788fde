//! Token buckets at the entrances: who comes too often is turned away, counted,
//! and shown. A storm of adverts or requests costs one look at a bucket each.
//!
//! Samples have no bucket: their way is bounded by queues. HTTP has its own
//! buckets at its door (`peer`), in front of the one for requests here.

mod viewers;

pub use viewers::Viewers;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};

/// One entrance.
pub struct Entrance {
    name: &'static str,
    per_sec: NonZeroU32,
    burst: NonZeroU32,
    bucket: DefaultDirectRateLimiter,
    passed: AtomicU64,
    refused: AtomicU64,
}

/// An entrance as the operator sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntranceView {
    /// What comes in there.
    pub name: &'static str,
    /// So many a second in the long run.
    pub per_sec: u32,
    /// So many at once.
    pub burst: u32,
    /// Let in since the start.
    pub passed: u64,
    /// Turned away since the start.
    pub refused: u64,
}

impl Entrance {
    /// An entrance for `per_sec` a second in the long run and `burst` at once;
    /// each is at least 1.
    #[must_use]
    pub fn new(name: &'static str, per_sec: u32, burst: u32) -> Self {
        let at_least_one = |n: u32| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
        let (per_sec, burst) = (at_least_one(per_sec), at_least_one(burst));
        let bucket = RateLimiter::direct(Quota::per_second(per_sec).allow_burst(burst));
        Self { name, per_sec, burst, bucket, passed: AtomicU64::new(0), refused: AtomicU64::new(0) }
    }

    /// Whether one more may come in. Never waits.
    #[must_use]
    pub fn admits(&self) -> bool {
        let admitted = self.bucket.check().is_ok();
        let count = if admitted { &self.passed } else { &self.refused };
        count.fetch_add(1, Ordering::Relaxed);
        admitted
    }

    /// The entrance as the operator sees it.
    #[must_use]
    pub fn view(&self) -> EntranceView {
        EntranceView {
            name: self.name,
            per_sec: self.per_sec.get(),
            burst: self.burst.get(),
            passed: self.passed.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
        }
    }
}

/// How much is let in a second in the long run, at least 1 each; see [`Entrances`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// Requests.
    pub requests: u32,
    /// Frames of traces.
    pub frames: u32,
    /// Words of all viewers.
    pub attention: u32,
    /// Adverts.
    pub adverts: u32,
    /// Signal strengths.
    pub signals: u32,
    /// Notices of connectors.
    pub reports: u32,
}

impl Default for Rates {
    fn default() -> Self {
        Self { requests: 1500, frames: 4000, attention: 200, adverts: 500, signals: 500, reports: 20 }
    }
}

/// The entrances of the console.
pub struct Entrances {
    /// Requests of the page, of HTTP and of scripts that poll: the page makes some ten a second.
    pub requests: Entrance,
    /// Frames of traces: sixty a second for each chart on screen.
    pub frames: Entrance,
    /// What the page reports about what is looked at.
    pub attention: Viewers,
    /// Adverts of devices in range: a full room sends some hundreds a second.
    pub adverts: Entrance,
    /// Signal strengths of connected devices.
    pub signals: Entrance,
    /// Notices of connectors.
    pub reports: Entrance,
    /// Rejected packets in the log; the sensor counts every one of them.
    pub rejects: Entrance,
}

impl Default for Entrances {
    fn default() -> Self {
        Self::new(&Rates::default())
    }
}

impl Entrances {
    /// Entrances for these rates; as much again, or a little more, may come at once.
    #[must_use]
    pub fn new(rates: &Rates) -> Self {
        let at_once = |least: u32, rate: u32| rate.max(least);
        Self {
            requests: Entrance::new("requests", rates.requests, at_once(3000, rates.requests)),
            frames: Entrance::new("frames", rates.frames, at_once(4000, rates.frames)),
            attention: Viewers::new(rates.attention),
            adverts: Entrance::new("adverts", rates.adverts, at_once(1000, rates.adverts)),
            signals: Entrance::new("signal strengths", rates.signals, at_once(1000, rates.signals)),
            reports: Entrance::new("connector notices", rates.reports, at_once(100, rates.reports)),
            rejects: Entrance::new("rejected packets logged", 20, 100),
        }
    }

    /// All of them, as the operator sees them.
    #[must_use]
    pub fn views(&self) -> Vec<EntranceView> {
        let Self { requests, frames, attention, adverts, signals, reports, rejects } = self;
        let [viewer, viewers] = attention.views();
        let plain = [requests, frames, adverts, signals, reports, rejects].map(Entrance::view);
        plain.into_iter().chain([viewer, viewers]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_storm_is_turned_away_beyond_its_burst_and_every_one_is_counted() {
        let entrance = Entrance::new("test", 1, 50);
        let admitted = (0..1000).filter(|_| entrance.admits()).count() as u64;
        // The bucket fills by one a second meanwhile.
        assert!((50..100).contains(&admitted), "{admitted}");
        let view = entrance.view();
        assert_eq!((view.passed, view.refused), (admitted, 1000 - admitted));
    }

    #[test]
    fn the_rates_of_the_settings_count() {
        let rates = Rates { adverts: 7, attention: 2000, ..Rates::default() };
        let views = Entrances::new(&rates).views();
        let of = |name: &str| views.iter().find(|view| view.name == name).map(|v| (v.per_sec, v.burst));
        assert_eq!((of("adverts"), of("attention")), (Some((7, 1000)), Some((2000, 2000))));
    }

    #[test]
    fn one_entrance_says_nothing_about_another() {
        let entrances = Entrances::default();
        while entrances.reports.admits() {}
        assert!(entrances.requests.admits());
    }
}
