//! Waveforms: any sample of a stream from its index alone.
//!
//! A wave is a pure function of (parameters, seed, index). It keeps no state
//! from sample to sample, so that a stream can be entered anywhere and two runs
//! with one seed are identical. Values are computed in the channel's unit and
//! become integers of its scale where a device would send integers.

mod battery;
mod ecg;
mod geolocation;
mod hrv;
mod rhythm;
mod vital;

use self::battery::Battery;
use self::ecg::Ecg;
use self::geolocation::Geolocation;
use self::hrv::Hrv;
use self::vital::{HeartRate, InRange, Respiration};
use super::plan::AttributePlan;
use model::{AttributeKind, Channel, Column};
use std::ops::Range;

/// The most channels that a wave has (geolocation).
const CHANNELS_MAX: usize = 6;

/// One sample: a value for each channel, in its unit; the rest is 0.
type Values = [f64; CHANNELS_MAX];

/// What computes the samples of one stream.
#[derive(Debug)]
pub struct Wave {
    channels: Vec<Channel>,
    rate_hz: f64,
    shape: Shape,
}

#[derive(Debug)]
enum Shape {
    Ecg(Ecg),
    HeartRate(HeartRate),
    Respiration(Respiration),
    InRange(InRange),
    Battery(Battery),
    Hrv(Hrv),
    Geolocation(Box<Geolocation>),
}

impl Wave {
    /// The wave of an attribute. `seed` is the stream's own, `group_seed` is the
    /// same for all streams of a run.
    pub fn new(plan: &AttributePlan, seed: u64, group_seed: u64) -> Self {
        let shape = Shape::new(plan, seed, group_seed);
        Self { channels: shape.channels(plan), rate_hz: plan.rate_hz, shape }
    }

    /// What it delivers.
    pub fn channels(&self) -> &[Channel] {
        &self.channels
    }

    /// The samples of a range of indices, a column for each channel.
    pub fn columns(&self, indices: Range<u64>) -> Vec<Column> {
        let samples: Vec<Values> = indices.map(|index| self.values(index)).collect();
        self.channels.iter().enumerate().map(|(c, channel)| self.column(&samples, c, channel)).collect()
    }

    fn values(&self, index: u64) -> Values {
        let secs = index as f64 / self.rate_hz;
        match &self.shape {
            Shape::Ecg(wave) => one(wave.millivolts(index, secs)),
            Shape::HeartRate(wave) => one(wave.bpm(index)),
            Shape::Respiration(wave) => one(wave.percent(index, secs)),
            Shape::InRange(wave) => one(wave.value(index, secs)),
            Shape::Battery(wave) => wave.level_and_charging(secs),
            Shape::Hrv(wave) => wave.rmssd_and_sdnn(index, secs),
            Shape::Geolocation(wave) => wave.fix(index, secs),
        }
    }

    fn column(&self, samples: &[Values], c: usize, channel: &Channel) -> Column {
        let raw = samples.iter().map(|values| values[c] / channel.scale);
        if self.is_float() {
            Column::F32(raw.map(|value| value as f32).collect())
        } else {
            Column::I32(raw.map(|value| value.round() as i32).collect())
        }
    }

    fn is_float(&self) -> bool {
        matches!(&self.shape, Shape::InRange(wave) if wave.is_float())
    }
}

impl Shape {
    fn new(plan: &AttributePlan, seed: u64, group_seed: u64) -> Self {
        match plan.kind {
            AttributeKind::Ecg => Self::Ecg(Ecg::new(plan, seed)),
            AttributeKind::HeartRate => Self::HeartRate(HeartRate::new(plan, seed)),
            AttributeKind::Respiration => Self::Respiration(Respiration::new(plan, seed)),
            AttributeKind::Battery => Self::Battery(Battery::new(plan, seed)),
            AttributeKind::Hrv => Self::Hrv(Hrv::new(plan, seed, group_seed)),
            AttributeKind::Geolocation => Self::Geolocation(Box::new(Geolocation::new(&plan.track, seed))),
            _ => Self::InRange(InRange::new(plan, seed)),
        }
    }

    fn channels(&self, plan: &AttributePlan) -> Vec<Channel> {
        match self {
            Self::Ecg(_) => vec![Channel::new("ecg", "mV", 0.001)],
            Self::HeartRate(_) => vec![Channel::new("heart_rate", "bpm", 0.1)],
            Self::Respiration(_) => vec![Channel::new("respiration", "%", 0.1)],
            Self::InRange(_) => vec![vital::channel(plan)],
            Self::Battery(_) => vec![Channel::new("level", "%", 0.1), Channel::new("charging", "1", 1.0)],
            Self::Hrv(_) => vec![Channel::new("rmssd", "ms", 0.1), Channel::new("sdnn", "ms", 0.1)],
            Self::Geolocation(_) => geolocation::channels(),
        }
    }
}

fn one(value: f64) -> Values {
    let mut values = Values::default();
    values[0] = value;
    values
}

#[cfg(test)]
mod tests;
