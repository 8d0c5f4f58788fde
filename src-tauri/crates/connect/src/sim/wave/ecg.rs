//! The electrocardiogram: bell-shaped waves at fixed phases of each beat.
//!
//! Centre, width and amplitude of P, Q, R, S and T follow the platform's table
//! (P 0–.10, Q .15–.18, R .18–.22, S .22–.26, T .35–.50 of the beat; R = 1 mV),
//! the ST segment is a level in between, and noise is within ±0.025 mV.

use super::rhythm::Rhythm;
use crate::sim::hash;
use crate::sim::plan::AttributePlan;

const DEFAULT_BPM: f64 = 72.0;
const NOISE_MV: f64 = 0.025;
const ST_MV: f64 = 0.02;
/// Begin and end within the beat, and amplitude in mV.
const WAVES: [(f64, f64, f64); 5] = [
    (0.00, 0.10, 0.15),  // P
    (0.15, 0.18, -0.10), // Q
    (0.18, 0.22, 1.00),  // R
    (0.22, 0.26, -0.25), // S
    (0.35, 0.50, 0.30),  // T
];

#[derive(Debug)]
pub struct Ecg {
    beats: Rhythm,
    noise_seed: u64,
}

impl Ecg {
    pub fn new(plan: &AttributePlan, seed: u64) -> Self {
        let bpm = plan.heart_rate_bpm.unwrap_or(DEFAULT_BPM);
        Self { beats: Rhythm::new(bpm, seed), noise_seed: hash::seed_for(seed, "noise") }
    }

    pub fn millivolts(&self, index: u64, secs: f64) -> f64 {
        let phase = self.beats.phase(secs);
        let waves: f64 = WAVES.iter().map(|wave| bell(phase, *wave)).sum();
        waves + st_segment(phase) + NOISE_MV * hash::signed(self.noise_seed, index)
    }
}

/// A bell of 4 standard deviations between `begin` and `end`. Its feet reach
/// over the end of the beat into the next one.
fn bell(phase: f64, (begin, end, amplitude_mv): (f64, f64, f64)) -> f64 {
    let distance = phase - f64::midpoint(begin, end);
    let deviations = (distance - distance.round()) / ((end - begin) / 4.0);
    amplitude_mv * (-0.5 * deviations * deviations).exp()
}

fn st_segment(phase: f64) -> f64 {
    if (0.26..0.35).contains(&phase) { ST_MV } else { 0.0 }
}
