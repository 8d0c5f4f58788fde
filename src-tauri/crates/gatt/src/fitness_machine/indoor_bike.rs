//! Indoor Bike Data (2AD2).
//!
//! u16 flags; b0 = **0** speed u16 0.01 km/h, b1 average speed, b2 cadence u16
//! 0.5 rpm, b3 average cadence, b4 distance u24 m, b5 resistance (see
//! [`Edition`]), b6 power sint16 W, b7 average power, b8 energy, b9 heart rate,
//! b10 metabolic equivalent, b11 elapsed, b12 remaining. (The SIG's XML of 2017
//! gives b1 to cadence; machines don't.)

use super::{Edition, Effort};
use crate::TooShort;
use crate::cursor::Cursor;

/// A decoded Indoor Bike Data packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndoorBike {
    /// Speed in 0.01 km/h.
    pub speed_centi_kmh: Option<u16>,
    /// Average speed in 0.01 km/h.
    pub average_speed_centi_kmh: Option<u16>,
    /// Cadence in 0.5 rpm.
    pub cadence_half_rpm: Option<u16>,
    /// Average cadence in 0.5 rpm.
    pub average_cadence_half_rpm: Option<u16>,
    /// Distance so far in m, 24 bits.
    pub distance_m: Option<u32>,
    /// Resistance level, without a unit.
    pub resistance: Option<i16>,
    /// Power in W.
    pub watts: Option<i16>,
    /// Average power in W.
    pub average_watts: Option<i16>,
    /// Energy, heart rate and times.
    pub effort: Effort,
    /// Bytes behind the last field; they are ignored.
    pub tail_bytes: usize,
}

/// Decodes Indoor Bike Data (2AD2) with the edition that fits its length.
///
/// # Errors
/// [`TooShort`] where the packet ends before a field that its flags announce.
pub fn decode(packet: &[u8]) -> Result<IndoorBike, TooShort> {
    decode_as(packet, Edition::of(|edition| decode_as(packet, edition), |bike| bike.tail_bytes))
}

/// Decodes Indoor Bike Data (2AD2) of a machine whose edition is known.
///
/// # Errors
/// [`TooShort`] where the packet ends before a field that its flags announce.
pub fn decode_as(packet: &[u8], edition: Edition) -> Result<IndoorBike, TooShort> {
    let mut cursor = Cursor::new(packet);
    let flags = u32::from(cursor.u16("flags")?);
    let has = |bit: u32| flags >> bit & 1 != 0;
    Ok(IndoorBike {
        speed_centi_kmh: cursor.when(!has(0), |c| c.u16("speed"))?,
        average_speed_centi_kmh: cursor.when(has(1), |c| c.u16("average speed"))?,
        cadence_half_rpm: cursor.when(has(2), |c| c.u16("cadence"))?,
        average_cadence_half_rpm: cursor.when(has(3), |c| c.u16("average cadence"))?,
        distance_m: cursor.when(has(4), |c| c.u24("distance"))?,
        resistance: cursor.when(has(5), |c| edition.resistance(c))?,
        watts: cursor.when(has(6), |c| c.i16("power"))?,
        average_watts: cursor.when(has(7), |c| c.i16("average power"))?,
        effort: Effort::read(&mut cursor, flags >> 8)?,
        tail_bytes: cursor.tail(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 25 km/h, resistance 5, 200 W, in both sizes.
    const FIRST: [u8; 8] = [0x60, 0x00, 0xc4, 0x09, 5, 0, 0xc8, 0];
    const LATER: [u8; 7] = [0x60, 0x00, 0xc4, 0x09, 5, 0xc8, 0];

    #[test]
    fn the_length_decides_how_large_the_resistance_is() {
        for packet in [&FIRST[..], &LATER] {
            let bike = decode(packet).unwrap();
            assert_eq!((bike.resistance, bike.watts, bike.tail_bytes), (Some(5), Some(200), 0));
        }
    }

    #[test]
    fn a_length_that_fits_neither_is_read_as_the_first_edition() {
        let long = [&FIRST[..], &[9]].concat();
        let bike = decode(&long).unwrap();
        assert_eq!((bike.resistance, bike.watts, bike.tail_bytes), (Some(5), Some(200), 1));
        assert_eq!(decode(&LATER[..6]).unwrap_err().field, "power");
    }

    #[test]
    fn a_known_edition_is_not_guessed_again() {
        assert!(decode_as(&LATER, Edition::First).is_err());
        let shifted = decode_as(&FIRST, Edition::Later).unwrap();
        assert_eq!((shifted.watts, shifted.tail_bytes), (Some(-14336), 1));
    }
}
