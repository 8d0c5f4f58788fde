//! The factors of the modules, put together for all sensors and for each.

use super::State;
use crate::regime::Regime;
use crate::sensor::Sensor;
use model::{AttentionLevel, SensorId};
use policy::bio::{Module, product};
use std::collections::BTreeMap;

/// How closely the most watched sensor is watched, 0 to 1 ("platform, predictive load balancer").
pub fn demand(attention: AttentionLevel) -> f64 {
    match attention {
        AttentionLevel::High => 1.0,
        AttentionLevel::Medium => 0.6,
        AttentionLevel::Low => 0.3,
        AttentionLevel::None => 0.0,
    }
}

/// How closely a sensor is watched: the most of its streams.
pub fn attention(sensor: &Sensor) -> AttentionLevel {
    sensor.streams().iter().map(|stream| stream.attention()).max().unwrap_or_default()
}

impl State {
    /// The factors that are the same for every sensor.
    pub fn common(&self) -> [(Module, f64); 2] {
        [(Module::Predictive, self.outlook.factor()), (Module::Circadian, self.circadian.factor(self.time))]
    }

    /// Publishes the product for all sensors, and for each that has its own.
    pub fn publish(&self, regime: &Regime, now_ns: i64) {
        let [predictive, circadian] = self.common();
        let for_all = hundredths(product(&[predictive, circadian], self.switches));
        let own = |(sensor, share): (&SensorId, &f64)| {
            let novelty = self.novelty.factor(sensor, now_ns);
            let factors = [predictive, circadian, (Module::Novelty, novelty), (Module::Arbiter, *share)];
            let factor = hundredths(product(&factors, self.switches));
            ((factor - for_all).abs() > f64::EPSILON).then(|| (sensor.clone(), factor))
        };
        let each: BTreeMap<SensorId, f64> = self.shares.iter().filter_map(own).collect();
        regime.set_bio_factors(for_all, each);
    }
}

fn hundredths(factor: f64) -> f64 {
    (factor * 100.0).round() / 100.0
}
