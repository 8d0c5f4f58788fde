//! One number out of a packet's bits.

use crate::medfloat::Medfloat;

/// How the bits of a field are a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::driver) enum Scalar {
    /// So many bits, 1 to 64, without sign.
    Unsigned(usize),
    /// So many bits, two's complement.
    Signed(usize),
    /// IEEE 754, 32 bits.
    F32,
    /// IEEE 754, 64 bits.
    F64,
    /// IEEE 11073, 16 bits.
    Sfloat,
    /// IEEE 11073, 32 bits.
    Float,
    /// So many bits that are passed over.
    Skip(usize),
}

impl Scalar {
    pub(in crate::driver) const fn bits(self) -> usize {
        match self {
            Self::Unsigned(bits) | Self::Signed(bits) | Self::Skip(bits) => bits,
            Self::Sfloat => 16,
            Self::F32 | Self::Float => 32,
            Self::F64 => 64,
        }
    }

    /// The number that `raw` means; NaN where it means none.
    pub(in crate::driver) fn number(self, raw: u64) -> f64 {
        match self {
            Self::Unsigned(_) => raw as f64,
            Self::Signed(bits) => {
                let shift = 64_u32.saturating_sub(bits as u32);
                (raw.wrapping_shl(shift) as i64).wrapping_shr(shift) as f64
            }
            Self::F32 => f64::from(f32::from_bits(raw as u32)),
            Self::F64 => f64::from_bits(raw),
            Self::Sfloat => Medfloat::from_sfloat(raw as u16).number().unwrap_or(f64::NAN),
            Self::Float => Medfloat::from_float(raw as u32).number().unwrap_or(f64::NAN),
            Self::Skip(_) => f64::NAN,
        }
    }

    /// Whether every value of it is a whole number that fits into an `i32`.
    pub(in crate::driver) const fn fits_i32(self) -> bool {
        matches!(self, Self::Unsigned(0..=31) | Self::Signed(0..=32))
    }
}

/// `width` bits (at most 64, or 57 where they do not begin with a byte) from bit `start` on; none
/// where the packet ends before. Little-endian counts a byte's bits from its lowest one,
/// big-endian from its highest one.
pub(super) fn gather(packet: &[u8], start: usize, width: usize, big: bool) -> Option<u64> {
    let bytes = packet.get(start / 8..start.checked_add(width)?.div_ceil(8))?;
    let inside = start % 8;
    let mask = u64::MAX.checked_shr(64_u32.saturating_sub(width as u32)).unwrap_or(0);
    let joined = match big {
        true => {
            let joined = bytes.iter().fold(0, |joined: u64, byte| joined << 8 | u64::from(*byte));
            joined >> (bytes.len() * 8 - inside - width)
        }
        false => bytes.iter().rev().fold(0, |joined: u64, byte| joined << 8 | u64::from(*byte)) >> inside,
    };
    Some(joined & mask)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_counted_from_the_end_that_their_order_says() {
        let packet = [0x12, 0x34, 0x56];
        assert_eq!(gather(&packet, 0, 12, true), Some(0x123));
        assert_eq!(gather(&packet, 12, 12, true), Some(0x456));
        assert_eq!(gather(&packet, 0, 12, false), Some(0x412));
        assert_eq!(gather(&packet, 12, 12, false), Some(0x563));
        assert_eq!(gather(&packet, 13, 12, false), None);
        assert_eq!(gather(&[0xff; 8], 0, 64, true), Some(u64::MAX));
    }

    #[test]
    fn two_s_complement_is_read_in_every_width() {
        for bits in 1..=32 {
            let lowest = -((1_i64 << (bits - 1)) as f64);
            assert_eq!(Scalar::Signed(bits).number(1 << (bits - 1)), lowest);
            assert_eq!(Scalar::Signed(bits).number((1 << bits) - 1), -1.0);
        }
    }
}
