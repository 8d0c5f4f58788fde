//! Rower Data (2AD1).
//!
//! u16 flags; b0 = **0** stroke rate u8 0.5/min and stroke count u16, b1 average
//! stroke rate u8, b2 distance u24 m, b3 pace u16 s for 500 m, b4 average pace,
//! b5 power sint16 W, b6 average power, b7 resistance (see [`Edition`]), b8
//! energy, b9 heart rate, b10 metabolic equivalent, b11 elapsed, b12 remaining.

use super::{Edition, Effort};
use crate::TooShort;
use crate::cursor::Cursor;

/// How the oars move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strokes {
    /// In 0.5/min.
    pub rate_half_per_min: u8,
    /// Since the start; wraps.
    pub count: u16,
}

/// A decoded Rower Data packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rower {
    /// Stroke rate and count.
    pub strokes: Option<Strokes>,
    /// Average stroke rate in 0.5/min.
    pub average_rate_half_per_min: Option<u8>,
    /// Distance so far in m, 24 bits.
    pub distance_m: Option<u32>,
    /// Time for 500 m in s.
    pub pace_secs: Option<u16>,
    /// Average time for 500 m in s.
    pub average_pace_secs: Option<u16>,
    /// Power in W.
    pub watts: Option<i16>,
    /// Average power in W.
    pub average_watts: Option<i16>,
    /// Resistance level, without a unit.
    pub resistance: Option<i16>,
    /// Energy, heart rate and times.
    pub effort: Effort,
    /// Bytes behind the last field; they are ignored.
    pub tail_bytes: usize,
}

/// Decodes Rower Data (2AD1) with the edition that fits its length.
///
/// # Errors
/// [`TooShort`] where the packet ends before a field that its flags announce.
pub fn decode(packet: &[u8]) -> Result<Rower, TooShort> {
    decode_as(packet, Edition::of(|edition| decode_as(packet, edition), |rower| rower.tail_bytes))
}

/// Decodes Rower Data (2AD1) of a machine whose edition is known.
///
/// # Errors
/// [`TooShort`] where the packet ends before a field that its flags announce.
pub fn decode_as(packet: &[u8], edition: Edition) -> Result<Rower, TooShort> {
    let mut cursor = Cursor::new(packet);
    let flags = u32::from(cursor.u16("flags")?);
    let has = |bit: u32| flags >> bit & 1 != 0;
    Ok(Rower {
        strokes: cursor.when(!has(0), strokes)?,
        average_rate_half_per_min: cursor.when(has(1), |c| c.u8("average stroke rate"))?,
        distance_m: cursor.when(has(2), |c| c.u24("distance"))?,
        pace_secs: cursor.when(has(3), |c| c.u16("pace"))?,
        average_pace_secs: cursor.when(has(4), |c| c.u16("average pace"))?,
        watts: cursor.when(has(5), |c| c.i16("power"))?,
        average_watts: cursor.when(has(6), |c| c.i16("average power"))?,
        resistance: cursor.when(has(7), |c| edition.resistance(c))?,
        effort: Effort::read(&mut cursor, flags >> 8)?,
        tail_bytes: cursor.tail(),
    })
}

fn strokes(cursor: &mut Cursor<'_>) -> Result<Strokes, TooShort> {
    Ok(Strokes { rate_half_per_min: cursor.u8("stroke rate")?, count: cursor.u16("stroke count")? })
}
