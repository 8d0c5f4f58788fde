//! Environmental Sensing (181A): one number a characteristic.
//!
//! 2A6E temperature sint16 0.01 °C, 2A6F humidity u16 0.01 %, 2A6D pressure u32
//! 0.1 Pa, 2A76 UV index u8, 2A77 irradiance u16 0.1 W/m². A device may have
//! several characteristics of one UUID: the caller tells them apart by handle.

use crate::TooShort;
use crate::cursor::Cursor;

/// "The value is not known", as a temperature.
const TEMPERATURE_UNKNOWN: i16 = i16::MIN;
/// "The value is not known", as a humidity.
const HUMIDITY_UNKNOWN: u16 = u16::MAX;

/// A number, where the device knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading<T> {
    /// In the unit of the function that read it; none where the device says "not known".
    pub value: Option<T>,
    /// Bytes behind the number; they are ignored.
    pub tail_bytes: usize,
}

/// Temperature (2A6E) in 0.01 °C.
///
/// # Errors
/// [`TooShort`] below two bytes.
pub fn temperature(packet: &[u8]) -> Result<Reading<i16>, TooShort> {
    let reading = read(packet, |cursor| cursor.i16("temperature"))?;
    Ok(reading.without(TEMPERATURE_UNKNOWN))
}

/// Relative humidity (2A6F) in 0.01 %.
///
/// # Errors
/// [`TooShort`] below two bytes.
pub fn humidity(packet: &[u8]) -> Result<Reading<u16>, TooShort> {
    let reading = read(packet, |cursor| cursor.u16("humidity"))?;
    Ok(reading.without(HUMIDITY_UNKNOWN))
}

/// Air pressure (2A6D) in 0.1 Pa.
///
/// # Errors
/// [`TooShort`] below four bytes.
pub fn pressure(packet: &[u8]) -> Result<Reading<u32>, TooShort> {
    read(packet, |cursor| cursor.u32("pressure"))
}

/// UV index (2A76), without a unit.
///
/// # Errors
/// [`TooShort`] for an empty packet.
pub fn uv_index(packet: &[u8]) -> Result<Reading<u8>, TooShort> {
    read(packet, |cursor| cursor.u8("UV index"))
}

/// Irradiance (2A77) in 0.1 W/m².
///
/// # Errors
/// [`TooShort`] below two bytes.
pub fn irradiance(packet: &[u8]) -> Result<Reading<u16>, TooShort> {
    read(packet, |cursor| cursor.u16("irradiance"))
}

fn read<T>(
    packet: &[u8],
    number: impl FnOnce(&mut Cursor<'_>) -> Result<T, TooShort>,
) -> Result<Reading<T>, TooShort> {
    let mut cursor = Cursor::new(packet);
    Ok(Reading { value: Some(number(&mut cursor)?), tail_bytes: cursor.tail() })
}

impl<T: PartialEq> Reading<T> {
    fn without(self, unknown: T) -> Self {
        Self { value: self.value.filter(|value| *value != unknown), ..self }
    }
}
