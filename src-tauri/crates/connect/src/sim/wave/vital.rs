//! Values of one number: heart rate, respiration, and everything that moves
//! slowly between a smallest and a largest value (oxygen saturation,
//! temperature, blood pressure, the generic kinds).

use super::rhythm::Rhythm;
use crate::sim::hash;
use crate::sim::plan::AttributePlan;
use model::{AttributeKind, Channel};
use std::f64::consts::TAU;

const DEFAULT_BPM: f64 = 72.0;
const DEFAULT_BREATHS_PER_MINUTE: f64 = 15.0;

/// base + 3 sin(0.05 i) ± 1 bpm, as on the platform.
#[derive(Debug)]
pub struct HeartRate {
    base_bpm: f64,
    low: f64,
    high: f64,
    seed: u64,
}

impl HeartRate {
    pub fn new(plan: &AttributePlan, seed: u64) -> Self {
        let (low, high) = (plan.min_value.unwrap_or(1.0), plan.max_value.unwrap_or(299.0));
        let named_range = plan.min_value.zip(plan.max_value).map(|(min, max)| f64::midpoint(min, max));
        let base_bpm = plan.heart_rate_bpm.or(named_range).unwrap_or(DEFAULT_BPM);
        Self { base_bpm, low, high, seed }
    }

    pub fn bpm(&self, index: u64) -> f64 {
        let slow = 3.0 * (0.05 * index as f64 + TAU * hash::unit(self.seed, u64::MAX)).sin();
        (self.base_bpm + slow + hash::signed(self.seed, index)).max(self.low).min(self.high)
    }
}

/// Chest expansion between 50 and 100 %, breathing in faster than out.
#[derive(Debug)]
pub struct Respiration {
    breaths: Rhythm,
    seed: u64,
}

impl Respiration {
    pub fn new(plan: &AttributePlan, seed: u64) -> Self {
        let per_minute = plan.breaths_per_minute.unwrap_or(DEFAULT_BREATHS_PER_MINUTE);
        Self { breaths: Rhythm::new(per_minute, seed), seed: hash::seed_for(seed, "noise") }
    }

    pub fn percent(&self, index: u64, secs: f64) -> f64 {
        const INHALING: f64 = 0.4;
        let phase = self.breaths.phase(secs);
        let half_turns =
            if phase < INHALING { phase / INHALING } else { 1.0 + (phase - INHALING) / (1.0 - INHALING) };
        let expansion = -(half_turns * std::f64::consts::PI).cos();
        75.0 + 24.5 * expansion + 0.5 * hash::signed(self.seed, index)
    }
}

/// The middle of a range, a slow sine over most of it, and a little noise.
#[derive(Debug)]
pub struct InRange {
    middle: f64,
    half: f64,
    period_secs: f64,
    is_float: bool,
    seed: u64,
}

impl InRange {
    pub fn new(plan: &AttributePlan, seed: u64) -> Self {
        let (low, high) = range(plan);
        // A slowly sampled value needs some samples for each turn to look like one.
        let slow_secs = (20.0 / plan.rate_hz).max(60.0);
        Self {
            middle: f64::midpoint(low, high),
            half: (high - low) / 2.0,
            period_secs: slow_secs * hash::between(seed, 0, 0.8, 1.2),
            is_float: is_float(plan.kind),
            seed: hash::at(seed, 1),
        }
    }

    pub fn is_float(&self) -> bool {
        self.is_float
    }

    pub fn value(&self, index: u64, secs: f64) -> f64 {
        let turn = secs / self.period_secs + hash::unit(self.seed, u64::MAX);
        self.middle + self.half * (0.9 * (TAU * turn).sin() + 0.1 * hash::signed(self.seed, index))
    }
}

/// Whether a device would send the kind as a float, for all that is known of it.
fn is_float(kind: AttributeKind) -> bool {
    use AttributeKind as K;
    !matches!(kind, K::Spo2 | K::Temperature | K::BloodPressure | K::RrInterval | K::EnergyExpended)
}

/// The range that the file names; where it names only one end, as wide as the kind's own.
fn range(plan: &AttributePlan) -> (f64, f64) {
    let (low, high) = default_range(plan);
    match (plan.min_value, plan.max_value) {
        (Some(min), Some(max)) => (min, max),
        (Some(min), None) => (min, min + (high - low)),
        (None, Some(max)) => (max - (high - low), max),
        (None, None) => (low, high),
    }
}

fn default_range(plan: &AttributePlan) -> (f64, f64) {
    match plan.kind {
        AttributeKind::Spo2 => (95.0, 99.0),
        AttributeKind::Temperature => (36.4, 37.2),
        AttributeKind::BloodPressure if is_diastolic(plan) => (72.0, 84.0),
        AttributeKind::BloodPressure => (114.0, 128.0),
        _ => generic_range(plan),
    }
}

/// Ranges for kinds that the platform's own scenarios use without naming one.
fn generic_range(plan: &AttributePlan) -> (f64, f64) {
    const NEAR_DEG: f64 = 0.005;
    let near = |degrees: Option<f64>, fallback: f64| {
        let middle = degrees.unwrap_or(fallback);
        (middle - NEAR_DEG, middle + NEAR_DEG)
    };
    match plan.kind_name.as_str() {
        "geolocation_lat" => near(plan.track.base_lat, 52.52),
        "geolocation_lng" | "geolocation_lon" => near(plan.track.base_lng, 13.405),
        "accelerometer_x" | "accelerometer_y" => (-2.0, 2.0),
        "accelerometer_z" => (7.8, 11.8),
        _ => range_of_kind(plan.kind),
    }
}

/// A quiet day of a kind: what its sensor would show on a person in a room.
fn range_of_kind(kind: AttributeKind) -> (f64, f64) {
    use AttributeKind as K;
    match kind {
        K::Imu | K::Accelerometer => (-2.0, 2.0),
        K::Gyroscope => (-0.5, 0.5),
        K::Magnetometer => (-50.0, 50.0),
        K::Gravity => (-9.81, 9.81),
        K::Quaternion => (-1.0, 1.0),
        K::Euler => (-180.0, 180.0),
        K::Heading => (0.0, 360.0),
        K::Tap => (1.0, 6.0),
        K::Orientation => (0.0, 5.0),
        K::Altitude => (30.0, 60.0),
        K::Speed => (0.0, 1.5),
        K::Humidity => (40.0, 55.0),
        K::Pressure => (1008.0, 1018.0),
        K::AirQuality => (400.0, 1000.0),
        K::Light => (100.0, 800.0),
        K::Color => (0.0, 255.0),
        K::Microphone => (-60.0, -20.0),
        K::Button | K::Proximity | K::Led | K::Skeleton | K::EyeGaze | K::EyeBlink | K::EyeWorn => (0.0, 1.0),
        K::EyeAperture => (5.0, 15.0),
        K::RrInterval => (750.0, 900.0),
        _ => (0.0, 100.0),
    }
}

fn is_diastolic(plan: &AttributePlan) -> bool {
    plan.id.as_str().to_ascii_lowercase().contains("dia")
}

/// The one channel of a value in a range. A unit named by the file is that of its range.
pub fn channel(plan: &AttributePlan) -> Channel {
    let (name, unit, scale) = match plan.kind {
        AttributeKind::Spo2 => ("spo2", "%", 0.1),
        AttributeKind::Temperature => ("temperature", "Cel", 0.01),
        AttributeKind::BloodPressure if is_diastolic(plan) => ("diastolic", "mm[Hg]", 0.1),
        AttributeKind::BloodPressure => ("systolic", "mm[Hg]", 0.1),
        _ => (plan.id.as_str(), generic_unit(plan), 1.0),
    };
    Channel::new(name, plan.unit.as_deref().unwrap_or(unit), scale)
}

fn generic_unit(plan: &AttributePlan) -> &'static str {
    match plan.kind_name.as_str() {
        "geolocation_lat" | "geolocation_lng" | "geolocation_lon" => "deg",
        "accelerometer_x" | "accelerometer_y" | "accelerometer_z" => "m/s2",
        _ => plan.kind.unit(),
    }
}
