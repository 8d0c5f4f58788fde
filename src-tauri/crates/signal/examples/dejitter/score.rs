//! How far corrected times are from the truth.

use crate::rls::Rls;
use crate::sim::{Packet, Scenario};
use signal::time::timeline::Timeline;

/// Error of one sample: at which second of the run it was taken, and ns too late.
pub type Errors = Vec<(f64, f64)>;

/// What is known to a method about a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// The device's clock.
    Clock,
    /// The packet's number, u16.
    Counter,
    /// Nothing.
    Nothing,
}

/// Root of the mean square and greatest error, ms.
#[derive(Clone, Copy, Debug)]
pub struct Score {
    pub rms: f64,
    pub max: f64,
}

/// The timeline's errors. Every sample, at the time when it was placed.
pub fn ours(scenario: &Scenario, packets: &[Packet], known: Known) -> (Errors, Timeline) {
    let mut line = match known {
        Known::Clock => Timeline::with_clock(64, 1.0, scenario.nominal_hz),
        Known::Counter => Timeline::with_counter(16, scenario.nominal_hz),
        Known::Nothing => Timeline::by_count(scenario.nominal_hz),
    };
    let mut errors = Errors::new();
    for packet in packets {
        let raw = if known == Known::Clock { packet.device_ns } else { packet.number & 0xFFFF };
        let Ok(times) = line.packet(packet.host_ns, raw, scenario.samples) else { continue };
        if times.doubtful && known == Known::Nothing {
            continue;
        }
        push(&mut errors, scenario, packet, packets, |k| times.at(k) as f64);
    }
    (errors, line)
}

/// The errors of recursive least squares over the count of samples, each stamped
/// with the promised rate back from the packet's arrival, as an LSL outlet does.
/// `told` says it of every missing sample, which LSL would not know.
pub fn lsl(scenario: &Scenario, packets: &[Packet], told: bool) -> Errors {
    let (n, rate) = (scenario.samples, scenario.nominal_hz);
    let mut errors = Errors::new();
    let stamp = |packet: &Packet, k: u32| packet.host_ns as f64 / 1e9 - f64::from(n - 1 - k) / rate;
    let Some(first) = packets.first() else { return errors };
    let mut rls = Rls::new(stamp(first, 0), rate);
    let mut due = first.number;
    for packet in packets {
        if told {
            rls.skip((packet.number - due) * u64::from(n));
        }
        due = packet.number + 1;
        push(&mut errors, scenario, packet, packets, |k| rls.smooth(stamp(packet, k)) * 1e9);
    }
    errors
}

fn push(
    errors: &mut Errors,
    scenario: &Scenario,
    packet: &Packet,
    packets: &[Packet],
    mut at: impl FnMut(u32) -> f64,
) {
    let start = packets.first().map_or(0.0, |first| first.truth_ns);
    for k in 0..scenario.samples {
        let truth = packet.truth_ns - f64::from(scenario.samples - 1 - k) * packet.step_ns;
        errors.push(((packet.truth_ns - start) / 1e9, at(k) - truth));
    }
}

/// The score of the samples of `from..to` seconds, `constant` ns taken away.
pub fn score(errors: &Errors, from: f64, to: f64, constant: f64) -> Score {
    let (mut sum, mut count, mut max) = (0.0, 0.0_f64, 0.0_f64);
    for (_, error) in errors.iter().filter(|(at, _)| (from..to).contains(at)) {
        let error = (error - constant) / 1e6;
        sum += error * error;
        count += 1.0;
        max = max.max(error.abs());
    }
    Score { rms: (sum / count.max(1.0)).sqrt(), max }
}

/// The mean error from `from` seconds on, ns: a method's own constant.
pub fn mean(errors: &Errors, from: f64) -> f64 {
    let late: Vec<f64> = errors.iter().filter(|(at, _)| *at >= from).map(|(_, error)| *error).collect();
    late.iter().sum::<f64>() / late.len().max(1) as f64
}
