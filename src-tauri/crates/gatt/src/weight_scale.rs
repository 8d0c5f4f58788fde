//! Weight Scale (181D): the measurement 2A9D.
//!
//! Flags (b0 imperial, b1 time, b2 user, b3 BMI and height), u16 weight, [Date
//! Time], [u8 user], [u16 BMI in 0.1, u16 height]. Weight is in 0.005 kg or 0.01
//! lb, height in 0.001 m or 0.1 in.

use crate::TooShort;
use crate::cursor::Cursor;
use crate::date_time::DateTime;

const FLAG_IMPERIAL: u8 = 1 << 0;
const FLAG_TIME: u8 = 1 << 1;
const FLAG_USER: u8 = 1 << 2;
const FLAG_BODY: u8 = 1 << 3;

/// "Nobody that I know", as a user.
pub(crate) const USER_UNKNOWN: u8 = 0xff;
/// "The measurement failed", as a weight.
const WEIGHT_FAILED: u16 = 0xffff;

/// What a scale makes of a weight and a height that it was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Body {
    /// Body mass index in 0.1 kg/m².
    pub bmi_tenths: u16,
    /// Height in 0.001 m, or in 0.1 in where the packet is imperial.
    pub height: u16,
}

/// A decoded Weight Measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weight {
    /// In 0.005 kg, or in 0.01 lb where [`Self::imperial`]; none where weighing failed.
    pub weight: Option<u16>,
    /// Whether weight and height are in lb and in.
    pub imperial: bool,
    /// When it was measured, by the device's clock.
    pub time: Option<DateTime>,
    /// Who was weighed, where the scale knows.
    pub user: Option<u8>,
    /// Body mass index and height.
    pub body: Option<Body>,
    /// Bytes behind the last field; they are ignored.
    pub tail_bytes: usize,
}

/// Decodes a Weight Measurement (2A9D).
///
/// # Errors
/// [`TooShort`] where the packet ends before a field that its flags announce.
pub fn decode(packet: &[u8]) -> Result<Weight, TooShort> {
    let mut cursor = Cursor::new(packet);
    let flags = cursor.u8("flags")?;
    Ok(Weight {
        weight: Some(cursor.u16("weight")?).filter(|weight| *weight != WEIGHT_FAILED),
        imperial: flags & FLAG_IMPERIAL != 0,
        time: cursor.when(flags & FLAG_TIME != 0, DateTime::read)?,
        user: cursor.when(flags & FLAG_USER != 0, |c| c.u8("user"))?.filter(|user| *user != USER_UNKNOWN),
        body: cursor.when(flags & FLAG_BODY != 0, body)?,
        tail_bytes: cursor.tail(),
    })
}

fn body(cursor: &mut Cursor<'_>) -> Result<Body, TooShort> {
    Ok(Body { bmi_tenths: cursor.u16("body mass index")?, height: cursor.u16("height")? })
}
