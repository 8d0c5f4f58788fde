//! The regime: the one shared decision behind all back-pressure.
//!
//! How hard the machine works, whether memory is short, and by which factor the
//! bio tier stretches every batch window. The load monitor writes it; the advice
//! to sources, the coalescing towards views, their flush rate and the limits of
//! the store read it. Because every layer reads the same cell, none of them can
//! answer an overload that another one has already answered.
//!
//! Load and memory are atomics: a reader on the hot path pays one relaxed load. The
//! factors of single sensors lie behind a lock for readers; whoever advises sources
//! looks them up, nobody on the hot path does.

use model::{LoadLevel, SensorId};
use parking_lot::RwLock;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};

/// The least and the largest bio factor ("platform, batch window").
pub const BIO_FACTOR_BOUNDS: (f64, f64) = (0.3, 3.0);

/// The current regime.
#[derive(Debug)]
pub struct Regime {
    /// Index of the level in [`LoadLevel::ALL`].
    load: AtomicU8,
    memory_protected: AtomicBool,
    /// No new simulated sensors are taken.
    refuses_simulated: AtomicBool,
    /// The bits of a finite `f64`.
    bio_factor: AtomicU64,
    /// Factors of the sensors that have their own.
    bio_factors: RwLock<BTreeMap<SensorId, f64>>,
    revision: AtomicU64,
}

impl Default for Regime {
    fn default() -> Self {
        Self {
            load: AtomicU8::new(0),
            memory_protected: AtomicBool::new(false),
            refuses_simulated: AtomicBool::new(false),
            bio_factor: AtomicU64::new(1.0_f64.to_bits()),
            bio_factors: RwLock::default(),
            revision: AtomicU64::new(0),
        }
    }
}

impl Regime {
    /// How hard the machine works.
    #[must_use]
    pub fn load(&self) -> LoadLevel {
        let index = usize::from(self.load.load(Ordering::Relaxed));
        LoadLevel::ALL.get(index).copied().unwrap_or_default()
    }

    /// Sets how hard the machine works.
    pub fn set_load(&self, level: LoadLevel) {
        let before = self.load.swap(level as u8, Ordering::Relaxed);
        self.note(before != level as u8);
    }

    /// Whether memory is short.
    #[must_use]
    pub fn memory_protected(&self) -> bool {
        self.memory_protected.load(Ordering::Relaxed)
    }

    /// Sets whether memory is short.
    pub fn set_memory_protected(&self, protected: bool) {
        let before = self.memory_protected.swap(protected, Ordering::Relaxed);
        self.note(before != protected);
    }

    /// Whether new simulated sensors are refused.
    #[must_use]
    pub fn refuses_simulated(&self) -> bool {
        self.refuses_simulated.load(Ordering::Relaxed)
    }

    /// Sets whether new simulated sensors are refused. No layer computes anything
    /// from it, so it is no change of the revision.
    pub fn set_refuses_simulated(&self, refuses: bool) {
        self.refuses_simulated.store(refuses, Ordering::Relaxed);
    }

    /// The product of the bio factors for every sensor without its own, within
    /// [`BIO_FACTOR_BOUNDS`].
    #[must_use]
    pub fn global_bio_factor(&self) -> f64 {
        f64::from_bits(self.bio_factor.load(Ordering::Relaxed))
    }

    /// Sets the product of the bio factors for all sensors, and for each that has
    /// its own. All are clamped to [`BIO_FACTOR_BOUNDS`]; what is not a number
    /// counts as 1.
    pub fn set_bio_factors(&self, for_all: f64, mut each: BTreeMap<SensorId, f64>) {
        each.values_mut().for_each(|factor| *factor = bounded(*factor));
        let for_all = bounded(for_all).to_bits();
        let before = self.bio_factor.swap(for_all, Ordering::Relaxed);
        let is_new = {
            let mut factors = self.bio_factors.write();
            let is_new = *factors != each;
            *factors = each;
            is_new
        };
        self.note(before != for_all || is_new);
    }

    /// The bio factor for one sensor, within [`BIO_FACTOR_BOUNDS`].
    #[must_use]
    pub fn bio_factor(&self, sensor: &SensorId) -> f64 {
        let own = self.bio_factors.read().get(sensor).copied();
        own.unwrap_or_else(|| self.global_bio_factor())
    }

    /// Grows with every change, so that a reader can tell that something is new
    /// before it computes anything.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision.load(Ordering::Acquire)
    }

    fn note(&self, changed: bool) {
        if changed {
            self.revision.fetch_add(1, Ordering::Release);
        }
    }
}

fn bounded(factor: f64) -> f64 {
    let (least, largest) = BIO_FACTOR_BOUNDS;
    if factor.is_nan() { 1.0 } else { factor.clamp(least, largest) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_every_load_level_that_was_set() {
        let regime = Regime::default();
        assert_eq!(regime.load(), LoadLevel::Normal);
        for level in LoadLevel::ALL {
            regime.set_load(level);
            assert_eq!(regime.load(), level);
        }
    }

    #[test]
    fn only_a_change_moves_the_revision() {
        let regime = Regime::default();
        regime.set_load(LoadLevel::Normal);
        regime.set_memory_protected(false);
        regime.set_bio_factors(1.0, BTreeMap::new());
        assert_eq!(regime.revision(), 0);
        regime.set_load(LoadLevel::High);
        regime.set_memory_protected(true);
        regime.set_bio_factors(1.5, BTreeMap::new());
        assert_eq!(regime.revision(), 3);
    }

    #[test]
    fn an_absurd_bio_factor_stays_within_its_bounds() {
        let regime = Regime::default();
        for (given, kept) in [(f64::NAN, 1.0), (0.0, 0.3), (f64::INFINITY, 3.0), (-1.0, 0.3), (1.2, 1.2)] {
            regime.set_bio_factors(given, BTreeMap::new());
            assert!((regime.global_bio_factor() - kept).abs() < 1e-12);
        }
    }

    #[test]
    fn a_sensor_has_its_own_factor_or_that_of_all() {
        let regime = Regime::default();
        let [own, other] = ["a", "b"].map(|id| SensorId::parse(id).unwrap());
        regime.set_bio_factors(1.2, BTreeMap::from([(own.clone(), 0.01)]));
        assert!(
            (regime.bio_factor(&own) - 0.3).abs() < 1e-12 && (regime.bio_factor(&other) - 1.2).abs() < 1e-12
        );
        let revision = regime.revision();
        regime.set_bio_factors(1.2, BTreeMap::from([(own.clone(), 0.02)]));
        assert_eq!(regime.revision(), revision, "both are clamped to the same factor");
        regime.set_bio_factors(1.2, BTreeMap::new());
        assert_eq!(regime.revision(), revision + 1);
    }
}
