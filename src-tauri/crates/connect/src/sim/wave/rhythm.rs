//! A slightly irregular rhythm: heart beats or breaths.
//!
//! Cycle `n` begins at `n` + a shift that depends on `n` alone and is at most
//! ±0.05 of a cycle. Shifts never add up, so that the count of cycles is that
//! of a perfectly regular rhythm, whatever the moment.

use crate::sim::hash;
use std::f64::consts::TAU;

#[derive(Debug)]
pub struct Rhythm {
    cycles_per_sec: f64,
    start: f64,
    seed: u64,
}

impl Rhythm {
    pub fn new(per_minute: f64, seed: u64) -> Self {
        Self { cycles_per_sec: per_minute / 60.0, start: hash::unit(seed, 0), seed: hash::at(seed, 1) }
    }

    /// How far the running cycle has come at `secs`, 0 ≤ phase < 1.
    pub fn phase(&self, secs: f64) -> f64 {
        let position = secs.mul_add(self.cycles_per_sec, self.start);
        let mut cycle = position.floor();
        if position < self.beginning(cycle) {
            cycle -= 1.0;
        } else if position >= self.beginning(cycle + 1.0) {
            cycle += 1.0;
        }
        let (begin, end) = (self.beginning(cycle), self.beginning(cycle + 1.0));
        ((position - begin) / (end - begin)).clamp(0.0, 1.0 - f64::EPSILON)
    }

    /// Where a cycle begins: a slow wave as breathing makes it, and a little chance.
    fn beginning(&self, cycle: f64) -> f64 {
        let chance = hash::signed(self.seed, cycle as i64 as u64);
        cycle + 0.04 * (TAU * 0.21 * cycle).sin() + 0.01 * chance
    }
}
