//! What LSL's `proc_dejitter` does, for comparison: recursive least squares with
//! forgetting of stamps over the count of samples. Every sample is taken at its
//! stamp, late or not; its half-life is 90 s, and it starts from the promised rate.

/// Seconds after which a stamp counts half.
const HALF_LIFE: f64 = 90.0;

/// Line `stamp = weights · (1, count)` with its inverse correlation.
pub struct Rls {
    base: f64,
    count: f64,
    weights: [f64; 2],
    inverse: [[f64; 2]; 2],
    forget: f64,
}

impl Rls {
    /// `first` stamp in seconds, promised rate in Hz.
    pub fn new(first: f64, rate: f64) -> Self {
        Self {
            base: first.floor(),
            count: 0.0,
            weights: [0.0, 1.0 / rate],
            inverse: [[1e10, 0.0], [0.0, 1e10]],
            forget: 0.5_f64.powf(1.0 / (rate * HALF_LIFE)),
        }
    }

    /// Takes a stamp, gives the smoothed one, both in seconds.
    pub fn smooth(&mut self, stamp: f64) -> f64 {
        let input = [1.0, self.count];
        self.count += 1.0;
        let pull: [f64; 2] = [0, 1].map(|k| self.inverse[k][0] * input[0] + self.inverse[k][1] * input[1]);
        let scale = self.forget + pull[0] * input[0] + pull[1] * input[1];
        let surprise = stamp - self.base - self.line(input);
        for k in 0..2 {
            self.weights[k] += pull[k] / scale * surprise;
            for j in 0..2 {
                self.inverse[k][j] = (self.inverse[k][j] - pull[k] * pull[j] / scale) / self.forget;
            }
        }
        self.line(input) + self.base
    }

    /// Says that samples are missing. liblsl learns that only where its own queue overflowed.
    pub fn skip(&mut self, samples: u64) {
        self.count += samples as f64;
    }

    fn line(&self, input: [f64; 2]) -> f64 {
        self.weights[0] * input[0] + self.weights[1] * input[1]
    }
}
