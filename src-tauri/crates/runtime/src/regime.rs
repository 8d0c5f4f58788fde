//! The regime: the one shared decision behind all back-pressure.
//!
//! How hard the machine works, whether memory is short, and by which factor the
//! bio tier stretches every batch window. The load monitor writes it; the advice
//! to sources, the coalescing towards views, their flush rate and the limits of
//! the store read it. Because every layer reads the same cell, none of them can
//! answer an overload that another one has already answered.
//!
//! All of it is atomics: a reader on the hot path pays one relaxed load.

use model::{LoadLevel, SensorId};
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};

/// The least and the largest bio factor ("platform, batch window").
pub const BIO_FACTOR_BOUNDS: (f64, f64) = (0.3, 3.0);

/// The current regime.
#[derive(Debug)]
pub struct Regime {
    /// Index of the level in [`LoadLevel::ALL`].
    load: AtomicU8,
    memory_protected: AtomicBool,
    /// The bits of a finite `f64`.
    bio_factor: AtomicU64,
    revision: AtomicU64,
}

impl Default for Regime {
    fn default() -> Self {
        Self {
            load: AtomicU8::new(0),
            memory_protected: AtomicBool::new(false),
            bio_factor: AtomicU64::new(1.0_f64.to_bits()),
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

    /// The product of the bio factors for every sensor, within [`BIO_FACTOR_BOUNDS`].
    #[must_use]
    pub fn global_bio_factor(&self) -> f64 {
        f64::from_bits(self.bio_factor.load(Ordering::Relaxed))
    }

    /// Sets the product of the bio factors for every sensor. It is clamped to
    /// [`BIO_FACTOR_BOUNDS`]; what is not a number counts as 1.
    pub fn set_global_bio_factor(&self, factor: f64) {
        let (least, largest) = BIO_FACTOR_BOUNDS;
        let factor = if factor.is_nan() { 1.0 } else { factor.clamp(least, largest) };
        let before = self.bio_factor.swap(factor.to_bits(), Ordering::Relaxed);
        self.note(before != factor.to_bits());
    }

    /// The bio factor for one sensor; so far the same for all.
    #[must_use]
    pub fn bio_factor(&self, _sensor: &SensorId) -> f64 {
        self.global_bio_factor()
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
        regime.set_global_bio_factor(1.0);
        assert_eq!(regime.revision(), 0);
        regime.set_load(LoadLevel::High);
        regime.set_memory_protected(true);
        regime.set_global_bio_factor(1.5);
        assert_eq!(regime.revision(), 3);
    }

    #[test]
    fn an_absurd_bio_factor_stays_within_its_bounds() {
        let regime = Regime::default();
        for (given, kept) in [(f64::NAN, 1.0), (0.0, 0.3), (f64::INFINITY, 3.0), (-1.0, 0.3), (1.2, 1.2)] {
            regime.set_global_bio_factor(given);
            assert!((regime.global_bio_factor() - kept).abs() < 1e-12);
        }
    }
}
