//! A battery that drains and charges in turns.
//!
//! Drain 0.8 %/min × (0.7–1.3 for each device), charge 1.0 %/min × (0.8–1.2);
//! it starts at 20–90 % (or between the file's min and max), charging in 40 %
//! of the cases, changes direction after 4–12 min, and at 99.5 and 0.5 %.
//! 64 such turns are laid out beforehand; behind the last one (after some eight
//! hours) they are run through backwards, so that the level of any moment has a
//! closed form and never jumps.

use super::Values;
use crate::sim::hash;
use crate::sim::plan::AttributePlan;

const TURNS: u64 = 64;
const EMPTY_PERCENT: f64 = 0.5;
const FULL_PERCENT: f64 = 99.5;

#[derive(Debug)]
pub struct Battery {
    /// In the order of time.
    turns: Vec<Turn>,
    total_secs: f64,
}

/// A time of charging or draining.
#[derive(Clone, Copy, Debug)]
struct Turn {
    begin_secs: f64,
    level_percent: f64,
    percent_per_sec: f64,
}

impl Battery {
    pub fn new(plan: &AttributePlan, seed: u64) -> Self {
        let low = plan.min_value.unwrap_or(20.0).clamp(EMPTY_PERCENT, FULL_PERCENT);
        let high = plan.max_value.unwrap_or(90.0).clamp(low, FULL_PERCENT);
        let drain = -0.8 / 60.0 * hash::between(seed, 0, 0.7, 1.3);
        let charge = 1.0 / 60.0 * hash::between(seed, 1, 0.8, 1.2);
        let mut level_percent = hash::between(seed, 2, low, high);
        let mut charging = hash::unit(seed, 3) < 0.4;
        let mut begin_secs = 0.0;
        let mut turns = Vec::new();
        for n in 0..TURNS {
            let percent_per_sec = if charging { charge } else { drain };
            turns.push(Turn { begin_secs, level_percent, percent_per_sec });
            let secs =
                secs_to_bound(level_percent, percent_per_sec).min(hash::between(seed, 10 + n, 240.0, 720.0));
            begin_secs += secs;
            level_percent += secs * percent_per_sec;
            charging = !charging;
        }
        Self { turns, total_secs: begin_secs }
    }

    pub fn level_and_charging(&self, secs: f64) -> Values {
        let around = secs % (2.0 * self.total_secs);
        let backwards = around > self.total_secs;
        let at_secs = if backwards { 2.0 * self.total_secs - around } else { around };
        let turn = self.turn_at(at_secs);
        let level = turn.level_percent + (at_secs - turn.begin_secs) * turn.percent_per_sec;
        let charging = (turn.percent_per_sec > 0.0) != backwards;
        [level.clamp(0.0, 100.0), f64::from(u8::from(charging)), 0.0, 0.0, 0.0, 0.0]
    }

    fn turn_at(&self, secs: f64) -> Turn {
        let behind = self.turns.partition_point(|turn| turn.begin_secs <= secs);
        self.turns[behind.saturating_sub(1)]
    }
}

fn secs_to_bound(level_percent: f64, percent_per_sec: f64) -> f64 {
    let bound = if percent_per_sec > 0.0 { FULL_PERCENT } else { EMPTY_PERCENT };
    ((bound - level_percent) / percent_per_sec).max(0.0)
}
