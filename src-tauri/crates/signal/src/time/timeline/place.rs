//! How a packet's ticks are told, and where its samples are put.

use super::{Jump, MISSING_SHARE, SPACING_PACKETS, Seen, Ticks, Timeline, Times};

/// A host's clock that goes back by more was set back, ns.
const SET_BACK_NS: i64 = 1_000_000_000;

impl Timeline {
    /// Ticks of the packet's last sample, and the samples missing in front of it.
    pub(super) fn unwrapped(&mut self, host_ns: i64, raw: u64, samples: u32) -> (i64, u64) {
        let n = i64::from(samples);
        match &mut self.ticks {
            Ticks::Clock(unwrap) => {
                let ticks = match self.fit.ticks_at(host_ns) {
                    Some(expected) => unwrap.next_near(raw, expected),
                    None => unwrap.next(raw),
                };
                (ticks, missing_by_clock(self.last, ticks, self.spacing, samples))
            }
            Ticks::Counter { unwrap, number } => {
                let Some(last) = self.last else {
                    *number = unwrap.next(raw);
                    return (n, 0);
                };
                let ahead = self.fit.ticks_at(host_ns).unwrap_or(last).saturating_sub(last) / n;
                let next = unwrap.next_near(raw, number.saturating_add(ahead));
                let steps = next.saturating_sub(*number);
                *number = next.max(*number);
                (last.saturating_add(steps.saturating_mul(n)), (steps - 1).max(0).saturating_mul(n) as u64)
            }
            Ticks::Count => {
                self.fit.set_late(MISSING_SHARE * n as f64 * self.fit.tick_ns());
                (self.last.unwrap_or(0).saturating_add(n), 0)
            }
        }
    }

    /// Samples that a jump of the count stands for, in whole packets like this one; a
    /// jump of a clock stands for none.
    pub(super) fn missing_by(&self, jump: Jump, samples: u32) -> u64 {
        match (&self.ticks, jump) {
            (Ticks::Count, Jump::Late { by_ns }) => {
                let packets = by_ns / self.fit.tick_ns() / f64::from(samples);
                (packets.round() as u64).saturating_mul(samples.into())
            }
            _ => 0,
        }
    }

    /// The distance of samples in device ticks, from two packets in a row.
    pub(super) fn learn_spacing(&mut self, ticks: i64, samples: u32, missing: u64) {
        let (Ticks::Clock(_), Some(last), 0) = (&self.ticks, self.last, missing) else { return };
        let measured = ticks.saturating_sub(last) as f64 / f64::from(samples);
        if measured > 0.5 * self.spacing && measured < 1.5 * self.spacing {
            self.spaced = (self.spaced + 1.0).min(SPACING_PACKETS);
            self.spacing += (measured - self.spacing) / self.spaced;
        }
    }

    /// Spreads the samples up to the corrected time of the last one, none of them
    /// at or before a sample that already has its place.
    pub(super) fn place(
        &mut self,
        host_ns: i64,
        ticks: i64,
        samples: u32,
        missing: u64,
        seen: Seen,
    ) -> Times {
        let before = f64::from(samples - 1) * self.spacing;
        let last = self.fit.at(ticks).unwrap_or(host_ns);
        let first = self.fit.at_fraction(ticks, before).unwrap_or(host_ns);
        if host_ns < self.last_host.saturating_sub(SET_BACK_NS) {
            self.floor = i64::MIN; // The host's clock was set back: time itself does not ascend.
        }
        self.last_host = host_ns;
        let n = i64::from(samples);
        let (first_ns, step_ns) = if first > self.floor {
            (first, (last - first) as f64 / f64::from((samples - 1).max(1)))
        } else {
            let last = last.max(self.floor.saturating_add(n));
            let step = (last.saturating_sub(self.floor)) as f64 / n as f64;
            (self.floor.saturating_add(step.floor() as i64), step)
        };
        let doubtful = seen == Seen::Doubtful;
        let times = Times { first_ns, step_ns, samples, segment: self.segment, missing, doubtful };
        self.floor = times.at(samples - 1);
        times
    }
}

fn missing_by_clock(last: Option<i64>, ticks: i64, spacing: f64, samples: u32) -> u64 {
    let Some(last) = last else { return 0 };
    let passed = ticks.saturating_sub(last) as f64 / spacing;
    let missing = passed - f64::from(samples);
    if missing > 0.5 * f64::from(samples) { missing.round() as u64 } else { 0 }
}
