//! Heart rate variability: RMSSD and SDNN.
//!
//! A baseline RMSSD of 48–65 ms less a term for a fast heart, plus breathing
//! (at the breathing rate), Mayer waves (0.07–0.12 Hz), a very slow wave
//! (0.02–0.04 Hz), a drift, a term that the whole group shares, and noise,
//! within 5–150 ms; SDNN is 1.3–1.7 times RMSSD, within 5–200 ms.

use super::Values;
use crate::sim::hash;
use crate::sim::plan::AttributePlan;
use std::f64::consts::TAU;

/// Once round of the drift and of the group's term, seconds.
const DRIFT_SECS: f64 = 900.0;
const GROUP_SECS: f64 = 240.0;

#[derive(Debug)]
pub struct Hrv {
    baseline_ms: f64,
    /// Amplitude in ms, frequency in Hz, where it begins in turns.
    waves: [(f64, f64, f64); 5],
    sdnn_ratio: f64,
    noise_seed: u64,
}

impl Hrv {
    pub fn new(plan: &AttributePlan, seed: u64, group_seed: u64) -> Self {
        let fast_heart_ms = 0.4 * (plan.heart_rate_bpm.unwrap_or(70.0) - 70.0);
        let breathing_hz = plan.breaths_per_minute.unwrap_or(15.0) / 60.0;
        let start = |n| hash::unit(seed, n);
        Self {
            baseline_ms: hash::between(seed, 0, 48.0, 65.0) - fast_heart_ms,
            waves: [
                (5.0, breathing_hz, start(1)),
                (4.0, hash::between(seed, 2, 0.07, 0.12), start(3)),
                (3.0, hash::between(seed, 4, 0.02, 0.04), start(5)),
                (4.0, 1.0 / DRIFT_SECS, start(6)),
                (5.0, 1.0 / GROUP_SECS, hash::unit(group_seed, 0)),
            ],
            sdnn_ratio: hash::between(seed, 7, 1.3, 1.7),
            noise_seed: hash::seed_for(seed, "noise"),
        }
    }

    pub fn rmssd_and_sdnn(&self, index: u64, secs: f64) -> Values {
        let waves: f64 =
            self.waves.iter().map(|(ms, hz, start)| ms * (TAU * (hz * secs + start)).sin()).sum();
        let rmssd = (self.baseline_ms + waves + 2.0 * hash::signed(self.noise_seed, index)).clamp(5.0, 150.0);
        let sdnn = (rmssd * self.sdnn_ratio).clamp(5.0, 200.0);
        [rmssd, sdnn, 0.0, 0.0, 0.0, 0.0]
    }
}
