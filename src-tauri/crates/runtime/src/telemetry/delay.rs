//! How old samples are when they reach their hot ring, sampled: reading the clock
//! for every parcel would cost more than carrying it.

use super::Latency;
use crate::worker::Parcel;
use model::Clock;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// One parcel in so many is measured.
const ONE_IN: u32 = 16;

/// Measures the way from a sample's time stamp to its ring.
pub struct SampleDelay {
    clock: Arc<dyn Clock>,
    latency: Arc<Latency>,
    parcels: AtomicU32,
}

impl SampleDelay {
    /// Records into `latency`.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, latency: Arc<Latency>) -> Self {
        Self { clock, latency, parcels: AtomicU32::new(0) }
    }

    /// Host time of the newest sample of a parcel that is to be measured.
    #[must_use]
    pub fn begin(&self, parcel: &Parcel) -> Option<i64> {
        if !self.parcels.fetch_add(1, Ordering::Relaxed).is_multiple_of(ONE_IN) {
            return None;
        }
        let last = parcel.bundle.get(parcel.bundle.len().checked_sub(1)?)?;
        Some(last.host_ns_at(last.len().checked_sub(1)?))
    }

    /// The samples of that parcel are in their rings.
    pub fn end(&self, newest_ns: Option<i64>) {
        if let Some(newest_ns) = newest_ns {
            self.latency.record(self.clock.now().host_ns.saturating_sub(newest_ns));
        }
    }
}
