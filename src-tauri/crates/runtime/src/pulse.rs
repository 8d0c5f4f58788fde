//! How fast a sensor delivers: messages and samples a second, over 5 seconds.
//!
//! The worker only counts; the keeper reads the counters as it comes by, so
//! that a rate costs the hot path nothing.

use std::collections::VecDeque;

/// Over how long the rates are taken.
const WINDOW_NS: i64 = 5_000_000_000;
/// Readings nearer to each other than this tell nothing new.
const APART_NS: i64 = 400_000_000;

/// The recent readings of one sensor's counters; 14 at most.
#[derive(Debug, Default)]
pub struct Pulse(VecDeque<Reading>);

/// The counters of a sensor at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    /// Host time.
    pub at_ns: i64,
    /// Blocks delivered so far.
    pub messages: u64,
    /// Samples delivered so far.
    pub samples: u64,
}

/// How fast a sensor delivers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    /// Messages (blocks) a second.
    pub messages_hz: f64,
    /// Samples a second, all streams together.
    pub samples_hz: f64,
}

impl Pulse {
    /// Takes a reading.
    pub fn note(&mut self, reading: Reading) {
        if self.0.back().is_some_and(|last| reading.at_ns.saturating_sub(last.at_ns) < APART_NS) {
            return;
        }
        while self.0.front().is_some_and(|oldest| reading.at_ns.saturating_sub(oldest.at_ns) > WINDOW_NS) {
            self.0.pop_front();
        }
        self.0.push_back(reading);
    }

    /// The rates; none before there are two readings.
    #[must_use]
    pub fn rates(&self) -> Option<Rates> {
        let (oldest, newest) = (self.0.front()?, self.0.back()?);
        let secs = newest.at_ns.saturating_sub(oldest.at_ns) as f64 / 1e9;
        let a_second = |from: u64, to: u64| to.saturating_sub(from) as f64 / secs;
        (secs > 0.0).then(|| Rates {
            messages_hz: a_second(oldest.messages, newest.messages),
            samples_hz: a_second(oldest.samples, newest.samples),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reading every half second: 10 messages of 5 samples a second.
    fn pulse(halves: std::ops::Range<i64>) -> Pulse {
        let mut pulse = Pulse::default();
        for half in halves {
            let messages = half as u64 * 5;
            pulse.note(Reading { at_ns: half * 500_000_000, messages, samples: messages * 5 });
        }
        pulse
    }

    #[test]
    fn tells_messages_and_samples_apart() {
        assert_eq!(pulse(0..20).rates(), Some(Rates { messages_hz: 10.0, samples_hz: 50.0 }));
    }

    #[test]
    fn a_single_reading_is_no_rate_and_old_ones_are_forgotten() {
        assert_eq!(pulse(0..1).rates(), None);
        let mut pulse = pulse(0..1000);
        assert!(pulse.0.len() <= 14);
        for at in [1001, 1002, 1004, 1008, 1012, 1020] {
            pulse.note(Reading { at_ns: at * 500_000_000, messages: 4995, samples: 24_975 });
        }
        assert_eq!(pulse.rates(), Some(Rates { messages_hz: 0.0, samples_hz: 0.0 }));
    }
}
