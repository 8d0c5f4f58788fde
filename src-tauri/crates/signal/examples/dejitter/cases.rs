//! The cases: what is sampled, over which connection interval.

use crate::sim::{Random, Scenario};

const ECG: Scenario = Scenario {
    name: "",
    seed: 1,
    interval_ms: 30.0,
    nominal_hz: 130.0,
    rate_error: 0.011,
    samples: 73,
    seconds: 900.0,
    drift_ppm: 20.0,
    step_ppm: 10.0,
    loss: 0.01,
    again: 0.05,
    disturbed_every: 20.0,
};

const FAST: Scenario = Scenario { nominal_hz: 200.0, rate_error: -0.007, samples: 4, ..ECG };

/// All of them.
pub const CASES: [Scenario; 11] = [
    Scenario { name: "ecg_7.5ms", interval_ms: 7.5, ..ECG },
    Scenario { name: "ecg_15ms", interval_ms: 15.0, step_ppm: -10.0, ..ECG },
    Scenario { name: "ecg_30ms", ..ECG },
    Scenario { name: "ecg_50ms", interval_ms: 50.0, ..ECG },
    Scenario { name: "ecg_50ms_exact_rate", interval_ms: 50.0, rate_error: 0.0, step_ppm: -10.0, ..ECG },
    Scenario { name: "fast_7.5ms", interval_ms: 7.5, step_ppm: -10.0, ..FAST },
    Scenario { name: "fast_30ms", ..FAST },
    Scenario { name: "fast_50ms", interval_ms: 50.0, step_ppm: -10.0, ..FAST },
    Scenario { name: "ecg_30ms_no_loss", loss: 0.0, ..ECG },
    Scenario { name: "fast_50ms_no_loss", interval_ms: 50.0, loss: 0.0, ..FAST },
    Scenario { name: "fast_50ms_exact_rate", interval_ms: 50.0, rate_error: 0.0, ..FAST },
];

/// The case with another seed. Straps are up to 2 % off, each differently; a case
/// of the exact rate keeps it.
pub fn of_seed(case: Scenario, seed: u64) -> Scenario {
    let off = Random(seed.wrapping_mul(977)).unit() * 0.04 - 0.02;
    Scenario { seed, rate_error: if case.rate_error == 0.0 { 0.0 } else { off }, ..case }
}
