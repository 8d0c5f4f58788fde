//! Cycling Power (1818): the measurement 2A63.
//!
//! u16 flags, sint16 power in W, then as the flags announce, in this order: b0
//! pedal balance u8, b2 accumulated torque u16, b4 wheel u32 and u16, b5 crank
//! u16 and u16, b6 extreme forces 2 × sint16, b7 extreme torques 2 × sint16, b8 extreme
//! angles 2 × u12, b9 and b10 dead spots u16, b11 energy u16. b1, b3 and b12 say
//! something of the others and have no field.

use crate::TooShort;
use crate::cursor::Cursor;
use crate::cycling_speed::{read_crank, read_wheel};
use crate::revolutions::Turns;

const BALANCE: u16 = 1 << 0;
const BALANCE_IS_LEFT: u16 = 1 << 1;
const TORQUE: u16 = 1 << 2;
const TORQUE_IS_CRANK: u16 = 1 << 3;
const WHEEL: u16 = 1 << 4;
const CRANK: u16 = 1 << 5;
const FORCES: u16 = 1 << 6;
const TORQUES: u16 = 1 << 7;
const ANGLES: u16 = 1 << 8;
const TOP_DEAD_SPOT: u16 = 1 << 9;
const BOTTOM_DEAD_SPOT: u16 = 1 << 10;
const ENERGY: u16 = 1 << 11;
const OFFSET_COMPENSATION: u16 = 1 << 12;

/// One pedal's part of the power.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    /// In 1/2 %.
    pub half_percent: u8,
    /// Whether it is the left pedal's part; else nobody knows whose it is.
    pub is_left: bool,
}

/// Torque, summed up since the last reset; wraps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Torque {
    /// In 1/32 Nm.
    pub per_32_newton_metre: u16,
    /// Whether it was measured at the crank; else at the wheel.
    pub at_crank: bool,
}

/// The extremes of one turn of the crank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extremes<T> {
    /// The largest.
    pub max: T,
    /// The smallest.
    pub min: T,
}

/// A decoded Cycling Power Measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CyclingPower {
    /// Power in W; negative where the rider brakes.
    pub watts: i16,
    /// How the pedals share the power.
    pub balance: Option<Balance>,
    /// Accumulated torque.
    pub torque: Option<Torque>,
    /// The wheel: 32 bits of revolutions, ticks of **1/2048 s**.
    pub wheel: Option<Turns>,
    /// The crank: 16 bits of revolutions, ticks of 1/1024 s.
    pub crank: Option<Turns>,
    /// Extreme forces in N.
    pub force_newtons: Option<Extremes<i16>>,
    /// Extreme torques in 1/32 Nm.
    pub torque_per_32_newton_metre: Option<Extremes<i16>>,
    /// The crank's angles in degrees at which those were, 12 bits each.
    pub angle_degrees: Option<Extremes<u16>>,
    /// The crank's angle in degrees where the force is least, at the top.
    pub top_dead_spot_degrees: Option<u16>,
    /// The same at the bottom.
    pub bottom_dead_spot_degrees: Option<u16>,
    /// Energy in kJ since the last reset.
    pub energy_kj: Option<u16>,
    /// Whether the offset compensation action is at work on the sensor.
    pub offset_compensation: bool,
    /// Bytes behind the last field; they are ignored.
    pub tail_bytes: usize,
}

/// Decodes a Cycling Power Measurement (2A63).
///
/// # Errors
/// [`TooShort`] where the packet ends before a field that its flags announce.
pub fn decode(packet: &[u8]) -> Result<CyclingPower, TooShort> {
    let mut cursor = Cursor::new(packet);
    let flags = cursor.u16("flags")?;
    let has = |flag| flags & flag != 0;
    Ok(CyclingPower {
        watts: cursor.i16("power")?,
        balance: cursor
            .when(has(BALANCE), |c| c.u8("pedal balance"))?
            .map(|half_percent| Balance { half_percent, is_left: has(BALANCE_IS_LEFT) }),
        torque: cursor
            .when(has(TORQUE), |c| c.u16("accumulated torque"))?
            .map(|per_32_newton_metre| Torque { per_32_newton_metre, at_crank: has(TORQUE_IS_CRANK) }),
        wheel: cursor.when(has(WHEEL), read_wheel)?,
        crank: cursor.when(has(CRANK), read_crank)?,
        force_newtons: cursor.when(has(FORCES), |c| extremes(c, "extreme forces"))?,
        torque_per_32_newton_metre: cursor.when(has(TORQUES), |c| extremes(c, "extreme torques"))?,
        angle_degrees: cursor.when(has(ANGLES), angles)?,
        top_dead_spot_degrees: cursor.when(has(TOP_DEAD_SPOT), |c| c.u16("top dead spot"))?,
        bottom_dead_spot_degrees: cursor.when(has(BOTTOM_DEAD_SPOT), |c| c.u16("bottom dead spot"))?,
        energy_kj: cursor.when(has(ENERGY), |c| c.u16("accumulated energy"))?,
        offset_compensation: has(OFFSET_COMPENSATION),
        tail_bytes: cursor.tail(),
    })
}

fn extremes(cursor: &mut Cursor<'_>, field: &'static str) -> Result<Extremes<i16>, TooShort> {
    Ok(Extremes { max: cursor.i16(field)?, min: cursor.i16(field)? })
}

/// Two numbers of 12 bits in three bytes, the first in the lower half.
fn angles(cursor: &mut Cursor<'_>) -> Result<Extremes<u16>, TooShort> {
    let packed = cursor.u24("extreme angles")?;
    Ok(Extremes { max: (packed & 0xfff) as u16, min: (packed >> 12) as u16 })
}
