//! Health Thermometer (1809): the measurement 2A1C and the intermediate 2A1E.
//!
//! Flags (b0 °F, b1 time, b2 type), FLOAT temperature, [Date Time], [u8 type].

use crate::TooShort;
use crate::cursor::Cursor;
use crate::date_time::DateTime;
use crate::medfloat::Medfloat;

const FLAG_FAHRENHEIT: u8 = 1 << 0;
const FLAG_TIME: u8 = 1 << 1;
const FLAG_TYPE: u8 = 1 << 2;

/// A decoded Temperature Measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyTemperature {
    /// In °C, or °F where [`Self::fahrenheit`] says so.
    pub temperature: Medfloat,
    /// Whether the temperature is in °F.
    pub fahrenheit: bool,
    /// When it was measured, by the device's clock.
    pub time: Option<DateTime>,
    /// Where on the body, as sent; [`place`] names it.
    pub place_code: Option<u8>,
    /// Bytes behind the last field; they are ignored.
    pub tail_bytes: usize,
}

/// Decodes a Temperature Measurement (2A1C) or an Intermediate Temperature (2A1E).
///
/// # Errors
/// [`TooShort`] where the packet ends before a field that its flags announce.
pub fn decode(packet: &[u8]) -> Result<BodyTemperature, TooShort> {
    let mut cursor = Cursor::new(packet);
    let flags = cursor.u8("flags")?;
    Ok(BodyTemperature {
        temperature: Medfloat::read_float(&mut cursor, "temperature")?,
        fahrenheit: flags & FLAG_FAHRENHEIT != 0,
        time: cursor.when(flags & FLAG_TIME != 0, DateTime::read)?,
        place_code: cursor.when(flags & FLAG_TYPE != 0, |c| c.u8("temperature type"))?,
        tail_bytes: cursor.tail(),
    })
}

/// The place on the body that a type code stands for; none for codes of the future.
#[must_use]
pub fn place(code: u8) -> Option<&'static str> {
    const PLACES: [&str; 9] =
        ["armpit", "body", "ear", "finger", "gastrointestinal", "mouth", "rectum", "toe", "ear drum"];
    PLACES.get(usize::from(code).checked_sub(1)?).copied()
}
