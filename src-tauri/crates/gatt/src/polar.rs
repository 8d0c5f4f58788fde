//! Polar Measurement Data (PMD): H10, Verity Sense, OH1.
//!
//! The host reads what the device can ([`Features`]), asks for the settings of a
//! measurement and starts it through the control point ([`control`],
//! [`settings`]); then frames of samples arrive ([`frame`], [`samples`]), some
//! compressed ([`delta`]). Layouts as in Polar's SDK 8.0.0 and its document on
//! online measurements of August 2024.

pub mod control;
pub mod delta;
pub mod frame;
pub mod samples;
pub mod settings;

use crate::TooShort;
use crate::cursor::Cursor;

/// Service: PMD.
pub const SERVICE: u128 = 0xfb00_5c80_02e7_f387_1cad_8acd_2d8d_f0c8;
/// Characteristic: control point. Read for the features, written for commands, indicates answers.
pub const CONTROL_POINT: u128 = 0xfb00_5c81_02e7_f387_1cad_8acd_2d8d_f0c8;
/// Characteristic: frames of samples.
pub const DATA: u128 = 0xfb00_5c82_02e7_f387_1cad_8acd_2d8d_f0c8;

/// From 1970-01-01 to 2000-01-01, where the device's clock begins, in ns.
const EPOCH_NS: u64 = 946_684_800_000_000_000;
/// What marks the value that is read from the control point.
const FEATURES: u8 = 0x0f;
/// The bits of a byte that say which measurement; the others say how it is recorded.
const MEASUREMENT_MASK: u8 = 0x3f;

/// A time of the device's clock as ns since 1970; none where no such number is left.
///
/// The clock is whatever was set: an H10 that lost its strap begins at 2019-01-01.
#[must_use]
pub const fn unix_ns(device_ns: u64) -> Option<u64> {
    device_ns.checked_add(EPOCH_NS)
}

/// What can be measured or done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Measurement {
    /// Electrocardiogram.
    Ecg = 0,
    /// Light through the skin.
    Ppg = 1,
    /// Acceleration.
    Acceleration = 2,
    /// Intervals between pulses.
    PulseIntervals = 3,
    /// Rotation.
    Rotation = 5,
    /// Magnetic field.
    Field = 6,
    /// Temperature of the skin.
    SkinTemperature = 7,
    /// More settings at the price of heart rate and pulse intervals.
    SdkMode = 9,
    /// Position.
    Location = 10,
    /// Air pressure.
    Pressure = 11,
    /// Temperature.
    Temperature = 12,
    /// Recording in the device.
    OfflineRecording = 13,
    /// Recording heart rates in the device.
    OfflineHeartRate = 14,
}

impl Measurement {
    /// Every one that is known.
    pub const ALL: [Self; 13] = [
        Self::Ecg,
        Self::Ppg,
        Self::Acceleration,
        Self::PulseIntervals,
        Self::Rotation,
        Self::Field,
        Self::SkinTemperature,
        Self::SdkMode,
        Self::Location,
        Self::Pressure,
        Self::Temperature,
        Self::OfflineRecording,
        Self::OfflineHeartRate,
    ];

    /// The one of a code in a packet; none for codes of the future.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|measurement| *measurement as u8 == code & MEASUREMENT_MASK)
    }
}

/// What a device can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Features {
    /// A bit for each measurement, at the place of its code.
    pub bits: u16,
    /// Bytes behind them; they are ignored.
    pub tail_bytes: usize,
}

/// Why a value tells no features.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FeaturesError {
    /// It ends too early.
    #[error(transparent)]
    TooShort(#[from] TooShort),
    /// It begins with another byte.
    #[error("a value that begins with {0:#04x} tells no features")]
    Other(u8),
}

impl Features {
    /// Reads the value of the control point.
    ///
    /// # Errors
    /// [`FeaturesError`] where it ends too early or begins with another byte.
    pub fn decode(value: &[u8]) -> Result<Self, FeaturesError> {
        let mut cursor = Cursor::new(value);
        match cursor.u8("marker")? {
            FEATURES => Ok(Self { bits: cursor.u16("features")?, tail_bytes: cursor.tail() }),
            other => Err(FeaturesError::Other(other)),
        }
    }

    /// Whether the device can do it.
    #[must_use]
    pub const fn has(self, measurement: Measurement) -> bool {
        self.bits >> measurement as u8 & 1 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_feature_has_the_bit_of_its_code() {
        for measurement in Measurement::ALL {
            let [low, high] = (1u16 << measurement as u8).to_le_bytes();
            let features = Features::decode(&[0x0f, low, high, 0]).unwrap();
            let found: Vec<_> = Measurement::ALL.into_iter().filter(|other| features.has(*other)).collect();
            assert_eq!(found, [measurement]);
            assert_eq!(Measurement::from_code(measurement as u8 | 0x80), Some(measurement));
        }
        assert_eq!(Measurement::from_code(4), None);
    }

    #[test]
    fn the_devices_clock_begins_in_2000() {
        assert_eq!(unix_ns(0), Some(946_684_800_000_000_000));
        assert_eq!(unix_ns(u64::MAX), None);
    }
}
