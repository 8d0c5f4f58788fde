//! Treadmill Data (2ACD).
//!
//! u16 flags; b0 = **0** speed u16 0.01 km/h, b1 average speed, b2 distance u24
//! m, b3 inclination and ramp, b4 elevation u16 and u16 in 0.1 m, b5 pace, b6
//! average pace (for both see [`Edition`]), b7 energy, b8 heart rate, b9
//! metabolic equivalent, b10 elapsed, b11 remaining, b12 force on the belt sint16
//! N and power sint16 W.

use super::{Climb, Edition, Effort, Incline, climb, incline};
use crate::TooShort;
use crate::cursor::Cursor;

/// What the runner does to the belt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Belt {
    /// Force in N.
    pub force_newtons: i16,
    /// Power in W.
    pub watts: i16,
}

/// A decoded Treadmill Data packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Treadmill {
    /// Speed in 0.01 km/h.
    pub speed_centi_kmh: Option<u16>,
    /// Average speed in 0.01 km/h.
    pub average_speed_centi_kmh: Option<u16>,
    /// Distance so far in m, 24 bits.
    pub distance_m: Option<u32>,
    /// How steep it is.
    pub incline: Option<Incline>,
    /// Climbed so far, in 0.1 m.
    pub climb_dm: Option<Climb>,
    /// Pace: 0.1 km/min in the first edition, s for 500 m in the later one.
    pub pace: Option<u16>,
    /// Average pace, in the same unit.
    pub average_pace: Option<u16>,
    /// Energy, heart rate and times.
    pub effort: Effort,
    /// Force and power.
    pub belt: Option<Belt>,
    /// The edition that this was read with; it tells the unit of the pace.
    pub edition: Edition,
    /// Bytes behind the last field; they are ignored.
    pub tail_bytes: usize,
}

/// Decodes Treadmill Data (2ACD) with the edition that fits its length.
///
/// # Errors
/// [`TooShort`] where the packet ends before a field that its flags announce.
pub fn decode(packet: &[u8]) -> Result<Treadmill, TooShort> {
    decode_as(packet, Edition::of(|edition| decode_as(packet, edition), |mill| mill.tail_bytes))
}

/// Decodes Treadmill Data (2ACD) of a machine whose edition is known.
///
/// # Errors
/// [`TooShort`] where the packet ends before a field that its flags announce.
pub fn decode_as(packet: &[u8], edition: Edition) -> Result<Treadmill, TooShort> {
    let mut cursor = Cursor::new(packet);
    let flags = u32::from(cursor.u16("flags")?);
    let has = |bit: u32| flags >> bit & 1 != 0;
    Ok(Treadmill {
        speed_centi_kmh: cursor.when(!has(0), |c| c.u16("speed"))?,
        average_speed_centi_kmh: cursor.when(has(1), |c| c.u16("average speed"))?,
        distance_m: cursor.when(has(2), |c| c.u24("distance"))?,
        incline: cursor.when(has(3), incline)?,
        climb_dm: cursor.when(has(4), climb)?,
        pace: cursor.when(has(5), |c| edition.pace(c, "pace"))?,
        average_pace: cursor.when(has(6), |c| edition.pace(c, "average pace"))?,
        effort: Effort::read(&mut cursor, flags >> 7)?,
        belt: cursor.when(has(12), belt)?,
        edition,
        tail_bytes: cursor.tail(),
    })
}

fn belt(cursor: &mut Cursor<'_>) -> Result<Belt, TooShort> {
    Ok(Belt { force_newtons: cursor.i16("force on the belt")?, watts: cursor.i16("power")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_edition_is_told_because_it_gives_the_pace_its_unit() {
        let edition = |packet: &[u8]| decode(packet).unwrap().edition;
        assert_eq!(edition(&[0x21, 0, 2]), Edition::First);
        assert_eq!(edition(&[0x21, 0, 180, 0]), Edition::Later);
        assert_eq!(edition(&[0x01, 0]), Edition::First);
    }
}
