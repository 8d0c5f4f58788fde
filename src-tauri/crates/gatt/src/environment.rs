//! Environmental Sensing (181A): one number a characteristic.
//!
//! 2A6E temperature sint16 0.01 °C, 2A6F humidity u16 0.01 %, 2A6D pressure u32
//! 0.1 Pa, 2A76 UV index u8, 2A77 irradiance u16 0.1 W/m². A device may have
//! several characteristics of one UUID: the caller tells them apart by handle.

use crate::TooShort;
use crate::reading::Reading;

/// "The value is not known", as a temperature.
const TEMPERATURE_UNKNOWN: i16 = i16::MIN;
/// "The value is not known", as a humidity.
const HUMIDITY_UNKNOWN: u16 = u16::MAX;

/// Temperature (2A6E) in 0.01 °C; none where the device does not know it.
///
/// # Errors
/// [`TooShort`] below two bytes.
pub fn temperature(packet: &[u8]) -> Result<Reading<Option<i16>>, TooShort> {
    Reading::of(packet, |c| Ok(Some(c.i16("temperature")?).filter(|value| *value != TEMPERATURE_UNKNOWN)))
}

/// Relative humidity (2A6F) in 0.01 %; none where the device does not know it.
///
/// # Errors
/// [`TooShort`] below two bytes.
pub fn humidity(packet: &[u8]) -> Result<Reading<Option<u16>>, TooShort> {
    Reading::of(packet, |c| Ok(Some(c.u16("humidity")?).filter(|value| *value != HUMIDITY_UNKNOWN)))
}

/// Air pressure (2A6D) in 0.1 Pa.
///
/// # Errors
/// [`TooShort`] below four bytes.
pub fn pressure(packet: &[u8]) -> Result<Reading<u32>, TooShort> {
    Reading::of(packet, |c| c.u32("pressure"))
}

/// UV index (2A76), without a unit.
///
/// # Errors
/// [`TooShort`] for an empty packet.
pub fn uv_index(packet: &[u8]) -> Result<Reading<u8>, TooShort> {
    Reading::of(packet, |c| c.u8("UV index"))
}

/// Irradiance (2A77) in 0.1 W/m².
///
/// # Errors
/// [`TooShort`] below two bytes.
pub fn irradiance(packet: &[u8]) -> Result<Reading<u16>, TooShort> {
    Reading::of(packet, |c| c.u16("irradiance"))
}
