//! The attribute catalogue: what a stream measures.

use serde::{Deserialize, Serialize};

/// What a stream measures. Kinds that the console does not know run as
/// `Generic`; the catalogue grows with the connectors that deliver more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttributeKind {
    /// Electrocardiogram, mV.
    Ecg,
    /// Heart rate, bpm.
    HeartRate,
    /// Intervals between heart beats (RR), ms.
    RrInterval,
    /// Energy expended since reset, kJ.
    EnergyExpended,
    /// Heart rate variability: RMSSD and SDNN, ms.
    Hrv,
    /// Oxygen saturation, %.
    Spo2,
    /// Body or air temperature, °C.
    Temperature,
    /// Blood pressure, mmHg.
    BloodPressure,
    /// Chest expansion, %.
    Respiration,
    /// Battery level, %.
    Battery,
    /// Position on the globe.
    Geolocation,
    /// Anything else: a number.
    Generic,
}

/// The range in which a value can be believed, in the kind's unit (inclusive).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plausible {
    /// Smallest believable value.
    pub min: f64,
    /// Largest believable value.
    pub max: f64,
}

impl AttributeKind {
    /// The name of the kind on screen and in files.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Ecg => "ECG",
            Self::HeartRate => "Heart rate",
            Self::RrInterval => "RR interval",
            Self::EnergyExpended => "Energy expended",
            Self::Hrv => "Heart rate variability",
            Self::Spo2 => "Oxygen saturation",
            Self::Temperature => "Temperature",
            Self::BloodPressure => "Blood pressure",
            Self::Respiration => "Respiration",
            Self::Battery => "Battery",
            Self::Geolocation => "Location",
            Self::Generic => "Value",
        }
    }

    /// The believable range of the first channel, where one is known.
    /// Source: the platform's attribute table (heart rate 0 < x < 300, percentages 0–100).
    #[must_use]
    pub const fn plausible(self) -> Option<Plausible> {
        match self {
            Self::HeartRate => Some(Plausible { min: 1.0, max: 299.0 }),
            Self::Spo2 | Self::Battery | Self::Respiration => Some(Plausible { min: 0.0, max: 100.0 }),
            Self::Temperature => Some(Plausible { min: -40.0, max: 85.0 }),
            Self::BloodPressure => Some(Plausible { min: 0.0, max: 300.0 }),
            Self::Geolocation => Some(Plausible { min: -90.0, max: 90.0 }),
            Self::Ecg | Self::RrInterval | Self::EnergyExpended | Self::Hrv | Self::Generic => None,
        }
    }
}
