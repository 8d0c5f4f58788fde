//! Cross Trainer Data (2ACE).
//!
//! **u24** flags; b0 = **0** speed u16 0.01 km/h, b1 average speed, b2 distance
//! u24 m, b3 steps a minute u16 and their average u16, b4 strides u16 0.1, b5
//! elevation u16 and u16 m, b6 inclination and ramp, b7 resistance (see
//! [`Edition`]), b8 power sint16 W, b9 average power, b10 energy, b11 heart rate,
//! b12 metabolic equivalent, b13 elapsed, b14 remaining; b15 = backward, without
//! a field.

use super::{Climb, Edition, Effort, Incline, climb, incline};
use crate::TooShort;
use crate::cursor::Cursor;

/// How fast the feet go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steps {
    /// Steps a minute.
    pub per_min: u16,
    /// Their average.
    pub average_per_min: u16,
}

/// A decoded Cross Trainer Data packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrossTrainer {
    /// Speed in 0.01 km/h.
    pub speed_centi_kmh: Option<u16>,
    /// Average speed in 0.01 km/h.
    pub average_speed_centi_kmh: Option<u16>,
    /// Distance so far in m, 24 bits.
    pub distance_m: Option<u32>,
    /// Step rates.
    pub steps: Option<Steps>,
    /// Strides so far in 0.1; wraps.
    pub stride_tenths: Option<u16>,
    /// Climbed so far, in m.
    pub climb_m: Option<Climb>,
    /// How steep it is.
    pub incline: Option<Incline>,
    /// Resistance level, as sent: the first edition counts it in 0.1.
    pub resistance: Option<i16>,
    /// Power in W.
    pub watts: Option<i16>,
    /// Average power in W.
    pub average_watts: Option<i16>,
    /// Energy, heart rate and times.
    pub effort: Effort,
    /// Whether the trainer is moved backward.
    pub backward: bool,
    /// Bytes behind the last field; they are ignored.
    pub tail_bytes: usize,
}

/// Decodes Cross Trainer Data (2ACE) with the edition that fits its length.
///
/// # Errors
/// [`TooShort`] where the packet ends before a field that its flags announce.
pub fn decode(packet: &[u8]) -> Result<CrossTrainer, TooShort> {
    decode_as(packet, Edition::of(|edition| decode_as(packet, edition), |trainer| trainer.tail_bytes))
}

/// Decodes Cross Trainer Data (2ACE) of a machine whose edition is known.
///
/// # Errors
/// [`TooShort`] where the packet ends before a field that its flags announce.
pub fn decode_as(packet: &[u8], edition: Edition) -> Result<CrossTrainer, TooShort> {
    let mut cursor = Cursor::new(packet);
    let flags = cursor.u24("flags")?;
    let has = |bit: u32| flags >> bit & 1 != 0;
    Ok(CrossTrainer {
        speed_centi_kmh: cursor.when(!has(0), |c| c.u16("speed"))?,
        average_speed_centi_kmh: cursor.when(has(1), |c| c.u16("average speed"))?,
        distance_m: cursor.when(has(2), |c| c.u24("distance"))?,
        steps: cursor.when(has(3), steps)?,
        stride_tenths: cursor.when(has(4), |c| c.u16("stride count"))?,
        climb_m: cursor.when(has(5), climb)?,
        incline: cursor.when(has(6), incline)?,
        resistance: cursor.when(has(7), |c| edition.resistance(c))?,
        watts: cursor.when(has(8), |c| c.i16("power"))?,
        average_watts: cursor.when(has(9), |c| c.i16("average power"))?,
        effort: Effort::read(&mut cursor, flags >> 10)?,
        backward: has(15),
        tail_bytes: cursor.tail(),
    })
}

fn steps(cursor: &mut Cursor<'_>) -> Result<Steps, TooShort> {
    Ok(Steps { per_min: cursor.u16("step rate")?, average_per_min: cursor.u16("average step rate")? })
}
