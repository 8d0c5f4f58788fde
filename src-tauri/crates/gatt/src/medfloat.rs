//! Decimal floats of IEEE 11073-20601, as the health services write them.
//!
//! SFLOAT: 16 bits, the upper 4 an exponent, the lower 12 a mantissa. FLOAT: 32
//! bits, the upper 8 an exponent, the lower 24 a mantissa. Both parts are two's
//! complement, the value is mantissa · 10^exponent. Five mantissas beside
//! exponent 0 are no numbers but reasons why there is none.

use crate::TooShort;
use crate::cursor::Cursor;

/// A decimal float, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medfloat {
    /// A number: `mantissa` · 10^`exponent`.
    Number {
        /// Up to 12 bits of an SFLOAT, up to 24 of a FLOAT.
        mantissa: i32,
        /// −8 to 7 in an SFLOAT, −128 to 127 in a FLOAT.
        exponent: i8,
    },
    /// Not a number: the device could not measure.
    NotANumber,
    /// Not at this resolution.
    NotAtThisResolution,
    /// Above what the device can tell.
    PositiveInfinity,
    /// Below what the device can tell.
    NegativeInfinity,
    /// Reserved by the standard.
    Reserved,
}

impl Medfloat {
    /// Reads the 16 bits of an SFLOAT.
    #[must_use]
    pub const fn from_sfloat(bits: u16) -> Self {
        match bits {
            0x07ff => Self::NotANumber,
            0x0800 => Self::NotAtThisResolution,
            0x07fe => Self::PositiveInfinity,
            0x0802 => Self::NegativeInfinity,
            0x0801 => Self::Reserved,
            _ => Self::Number {
                mantissa: ((bits << 4) as i16 >> 4) as i32,
                exponent: (bits as i16 >> 12) as i8,
            },
        }
    }

    /// Reads the 32 bits of a FLOAT.
    #[must_use]
    pub const fn from_float(bits: u32) -> Self {
        match bits {
            0x007f_ffff => Self::NotANumber,
            0x0080_0000 => Self::NotAtThisResolution,
            0x007f_fffe => Self::PositiveInfinity,
            0x0080_0002 => Self::NegativeInfinity,
            0x0080_0001 => Self::Reserved,
            _ => Self::Number { mantissa: (bits << 8) as i32 >> 8, exponent: (bits as i32 >> 24) as i8 },
        }
    }

    /// The number, where there is one. It is as near as an `f64` gets to the decimal fraction.
    #[must_use]
    pub fn number(self) -> Option<f64> {
        let Self::Number { mantissa, exponent } = self else { return None };
        let power = 10f64.powi(i32::from(exponent).abs());
        // Dividing by an exact power of ten rounds once; multiplying by 0.1 would round twice.
        Some(if exponent < 0 { f64::from(mantissa) / power } else { f64::from(mantissa) * power })
    }

    pub(crate) fn read_sfloat(cursor: &mut Cursor<'_>, field: &'static str) -> Result<Self, TooShort> {
        cursor.u16(field).map(Self::from_sfloat)
    }

    pub(crate) fn read_float(cursor: &mut Cursor<'_>, field: &'static str) -> Result<Self, TooShort> {
        cursor.u32(field).map(Self::from_float)
    }
}

#[cfg(test)]
mod tests {
    use super::Medfloat::*;
    use super::*;

    #[test]
    fn known_sfloats_are_read() {
        for (bits, number) in [(0x0062, 98.0), (0xf0f2, 24.2), (0xf0c8, 20.0), (0xffff, -0.1), (0x7001, 1e7)]
        {
            assert_eq!(Medfloat::from_sfloat(bits).number(), Some(number), "{bits:#06x}");
        }
        let negative = Number { mantissa: -2047, exponent: -8 };
        assert_eq!(Medfloat::from_sfloat(0x8801), negative);
    }

    #[test]
    fn known_floats_are_read() {
        for (bits, number) in [(0xff00_0172, 37.0), (0xfe00_0aa0, 27.20), (0xffff_ffff, -0.1)] {
            assert_eq!(Medfloat::from_float(bits).number(), Some(number), "{bits:#010x}");
        }
    }

    #[test]
    fn special_values_are_told_apart_and_are_no_numbers() {
        let specials = [NotANumber, NotAtThisResolution, PositiveInfinity, NegativeInfinity, Reserved];
        let sfloats = [0x07ff, 0x0800, 0x07fe, 0x0802, 0x0801];
        let floats = [0x007f_ffff, 0x0080_0000, 0x007f_fffe, 0x0080_0002, 0x0080_0001];
        for ((special, sfloat), float) in specials.into_iter().zip(sfloats).zip(floats) {
            assert_eq!(Medfloat::from_sfloat(sfloat), special);
            assert_eq!(Medfloat::from_float(float), special);
            assert_eq!(special.number(), None);
        }
    }

    #[test]
    fn every_other_sfloat_is_the_finite_number_of_its_two_parts() {
        let specials = [0x07ff, 0x0800, 0x07fe, 0x0802, 0x0801];
        for bits in (0..=u16::MAX).filter(|bits| !specials.contains(bits)) {
            let Number { mantissa, exponent } = Medfloat::from_sfloat(bits) else { panic!("{bits:#06x}") };
            assert!((-2048..2048).contains(&mantissa) && (-8..8).contains(&exponent));
            let packed = ((exponent as u16) << 12) | (mantissa as u16 & 0x0fff);
            assert_eq!(packed, bits);
        }
    }

    #[test]
    fn the_largest_exponents_stay_finite() {
        for bits in [0x7f7f_fff0, 0x807f_fff0, 0x7f80_0003, 0x8080_0003] {
            assert!(Medfloat::from_float(bits).number().unwrap().is_finite());
        }
    }
}
