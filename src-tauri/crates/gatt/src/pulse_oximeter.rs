//! Pulse Oximeter (1822): the continuous measurement 2A5F and the spot check 2A5E.
//!
//! 2A5F: flags (b0 fast, b1 slow, b2 measurement status, b3 device status, b4
//! pulse amplitude), SFLOAT SpO2 and pulse rate; then, where announced, the fast
//! pair, the slow pair, u16 measurement status, u24 device status, SFLOAT pulse
//! amplitude. 2A5E: flags (b0 time, b1 measurement status, b2 device status, b3
//! pulse amplitude, b4 clock not set), the pair; then, where announced, Date Time
//! and the same three.

use crate::TooShort;
use crate::cursor::Cursor;
use crate::date_time::DateTime;
use crate::medfloat::Medfloat;

/// Oxygen saturation with pulse rate, measured together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Saturation {
    /// Oxygen saturation in %.
    pub spo2_percent: Medfloat,
    /// Pulse rate in bpm.
    pub pulse_bpm: Medfloat,
}

/// What the device says of the measurement and of itself, bits as sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quality {
    /// 16 bits of measurement status.
    pub measurement_status: Option<u16>,
    /// 24 bits of device and sensor status.
    pub device_status: Option<u32>,
    /// Pulse amplitude index in %.
    pub pulse_amplitude_percent: Option<Medfloat>,
}

/// A decoded PLX Continuous Measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Continuous {
    /// The normal measurement.
    pub normal: Saturation,
    /// The fast responding one.
    pub fast: Option<Saturation>,
    /// The slow responding one.
    pub slow: Option<Saturation>,
    /// How good it is.
    pub quality: Quality,
    /// Bytes behind the last field; they are ignored.
    pub tail_bytes: usize,
}

/// A decoded PLX Spot-Check Measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpotCheck {
    /// The measurement.
    pub normal: Saturation,
    /// When it was measured, by the device's clock.
    pub time: Option<DateTime>,
    /// How good it is.
    pub quality: Quality,
    /// Whether the device says that its clock was never set.
    pub clock_not_set: bool,
    /// Bytes behind the last field; they are ignored.
    pub tail_bytes: usize,
}

/// Decodes a PLX Continuous Measurement (2A5F).
///
/// # Errors
/// [`TooShort`] where the packet ends before a field that its flags announce.
pub fn continuous(packet: &[u8]) -> Result<Continuous, TooShort> {
    let mut cursor = Cursor::new(packet);
    let flags = cursor.u8("flags")?;
    Ok(Continuous {
        normal: saturation(&mut cursor)?,
        fast: cursor.when(flags & 1 << 0 != 0, saturation)?,
        slow: cursor.when(flags & 1 << 1 != 0, saturation)?,
        quality: quality(&mut cursor, flags >> 2)?,
        tail_bytes: cursor.tail(),
    })
}

/// Decodes a PLX Spot-Check Measurement (2A5E).
///
/// # Errors
/// [`TooShort`] where the packet ends before a field that its flags announce.
pub fn spot_check(packet: &[u8]) -> Result<SpotCheck, TooShort> {
    let mut cursor = Cursor::new(packet);
    let flags = cursor.u8("flags")?;
    Ok(SpotCheck {
        normal: saturation(&mut cursor)?,
        time: cursor.when(flags & 1 << 0 != 0, DateTime::read)?,
        quality: quality(&mut cursor, flags >> 1)?,
        clock_not_set: flags & 1 << 4 != 0,
        tail_bytes: cursor.tail(),
    })
}

fn saturation(cursor: &mut Cursor<'_>) -> Result<Saturation, TooShort> {
    Ok(Saturation {
        spo2_percent: Medfloat::read_sfloat(cursor, "oxygen saturation")?,
        pulse_bpm: Medfloat::read_sfloat(cursor, "pulse rate")?,
    })
}

/// The three fields that both packets end with; their flags stand side by side in both.
fn quality(cursor: &mut Cursor<'_>, flags: u8) -> Result<Quality, TooShort> {
    Ok(Quality {
        measurement_status: cursor.when(flags & 1 << 0 != 0, |c| c.u16("measurement status"))?,
        device_status: cursor.when(flags & 1 << 1 != 0, |c| c.u24("device status"))?,
        pulse_amplitude_percent: cursor
            .when(flags & 1 << 2 != 0, |c| Medfloat::read_sfloat(c, "pulse amplitude"))?,
    })
}
