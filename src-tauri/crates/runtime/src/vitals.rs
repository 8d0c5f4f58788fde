//! How a stream fares beside its samples: how often it should deliver and whether it
//! does, and since when nothing has come. And what the slow values of a sensor were
//! lately: its signal and its battery.

use crate::stream::Stream;
use model::{AttributeKind, SensorId};
use parking_lot::Mutex;
use policy::rate::Verdict;
use signal::drain::secs_to_empty;
use signal::trail::{Keeps, Trail, TrailPoint};
use std::sync::Arc;

const SECOND_NS: i64 = 1_000_000_000;

/// How a stream fares.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Vitals {
    /// How often it should deliver, Hz; none where that is not known.
    pub expected_hz: Option<f64>,
    /// Who says so.
    pub basis: Basis,
    /// Whether it does.
    pub verdict: Verdict,
    /// Host time since when nothing has come, while that is an alarm.
    pub silent_since_ns: Option<i64>,
}

/// Who says how often a stream should deliver.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Basis {
    /// Nobody.
    #[default]
    Unknown,
    /// Its source.
    Promised,
    /// The list of known devices.
    Remembered,
    /// Itself: it has done so steadily.
    Learned,
}

impl Vitals {
    /// The rate that was learned from it in this run, Hz.
    #[must_use]
    pub fn learned_hz(&self) -> Option<f64> {
        self.expected_hz.filter(|_| self.basis == Basis::Learned)
    }
}

/// The vitals of a stream, which one thread writes and anybody reads.
#[derive(Debug, Default)]
pub(crate) struct VitalsCell(Mutex<Vitals>);

impl VitalsCell {
    pub fn get(&self) -> Vitals {
        *self.0.lock()
    }

    pub fn set(&self, vitals: Vitals) {
        *self.0.lock() = vitals;
    }
}

/// How often signal and battery are read, ns.
const READ_EVERY_NS: i64 = 5 * SECOND_NS;
/// The signal of the last hour, a point for each half minute.
const RSSI: (i64, usize) = (30 * SECOND_NS, 120);
/// The battery of the last 12 hours, a point for each 10 minutes.
const BATTERY: (i64, usize) = (600 * SECOND_NS, 72);

/// What signal and battery of a sensor were lately. Takes some 3 kB when it is full,
/// and next to nothing for a sensor that has neither.
#[derive(Debug)]
pub(crate) struct Trails {
    kept: Option<Box<Kept>>,
    due_ns: i64,
}

#[derive(Debug)]
struct Kept {
    rssi: Trail,
    battery: Trail,
}

/// The same for whoever looks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrailsView {
    /// Signal strength, dBm.
    pub rssi: Vec<TrailPoint>,
    /// Battery level, %.
    pub battery: Vec<TrailPoint>,
    /// When the battery will be empty if it goes on like this, seconds; none where
    /// that can't be told.
    pub empty_in_secs: Option<f64>,
    /// How far back the signal is known at most, ns; points are so far apart …
    pub rssi_length_ns: i64,
    /// … and the battery.
    pub battery_length_ns: i64,
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            rssi: Trail::new(RSSI.0, RSSI.1, Keeps::Mean),
            battery: Trail::new(BATTERY.0, BATTERY.1, Keeps::Last),
        }
    }
}

impl Default for Trails {
    fn default() -> Self {
        Self { kept: None, due_ns: i64::MIN }
    }
}

impl Trails {
    /// Whether it is time to read again; then it is so only after the next 5 s.
    pub fn is_due(&mut self, now_ns: i64) -> bool {
        let is_due = now_ns >= self.due_ns;
        if is_due {
            self.due_ns = now_ns.saturating_add(READ_EVERY_NS);
        }
        is_due
    }

    /// Takes what is read.
    pub fn note(&mut self, now_ns: i64, rssi_dbm: Option<i16>, battery_percent: Option<f32>) {
        if let Some(rssi_dbm) = rssi_dbm {
            self.kept.get_or_insert_default().rssi.note(now_ns, rssi_dbm.into());
        }
        if let Some(percent) = battery_percent {
            self.kept.get_or_insert_default().battery.note(now_ns, percent);
        }
    }

    pub fn view(&self, now_ns: i64) -> TrailsView {
        let points = |trail: fn(&Kept) -> &Trail| -> Vec<TrailPoint> {
            self.kept.iter().flat_map(|kept| trail(kept).points(now_ns)).collect()
        };
        let (rssi, battery) = (points(|kept| &kept.rssi), points(|kept| &kept.battery));
        TrailsView {
            rssi,
            empty_in_secs: secs_to_empty(&battery, now_ns),
            battery,
            rssi_length_ns: RSSI.0 * RSSI.1 as i64,
            battery_length_ns: BATTERY.0 * BATTERY.1 as i64,
        }
    }
}

/// The newest battery level among the streams of a sensor, %.
pub(crate) fn battery_percent<'s>(mut streams: impl Iterator<Item = &'s Arc<Stream>>) -> Option<f32> {
    let battery = streams.find(|stream| stream.spec().kind == AttributeKind::Battery)?;
    battery.ring().latest(battery.spec()).first().copied().flatten()
}

impl crate::console::Console {
    /// What signal and battery of a sensor were lately; none where there is no such sensor.
    #[must_use]
    pub fn trails(&self, id: &SensorId) -> Option<TrailsView> {
        let sensor = self.core().registry.get(id)?;
        Some(sensor.trails(self.now().host_ns))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signal_and_battery_are_read_every_5_s_and_kept_for_an_hour_and_for_12() {
        let mut trails = Trails::default();
        let mut reads = 0;
        for half in 0..2 * 3600 * 13 {
            let now_ns = half * SECOND_NS / 2;
            if trails.is_due(now_ns) {
                trails.note(now_ns, Some(-70), Some(100.0 - half as f32 / 7200.0));
                reads += 1;
            }
        }
        let view = trails.view(3600 * 13 * SECOND_NS);
        assert_eq!((reads, view.rssi.len(), view.battery.len()), (3600 * 13 / 5, 119, 71));
        // 1 % an hour, from 87 %.
        let hours = view.empty_in_secs.unwrap() / 3600.0;
        assert!((hours - 87.0).abs() < 1.0, "{hours}");
    }
}
