//! Battery Level (2A19): one byte, percent.

use crate::TooShort;
use crate::cursor::Cursor;

/// A decoded Battery Level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatteryLevel {
    /// Charge in percent, 0 to 100.
    pub percent: u8,
    /// Bytes behind the level that no specification explains; they are ignored.
    pub tail_bytes: usize,
}

/// Why a value is no Battery Level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BatteryError {
    /// It is empty.
    #[error(transparent)]
    TooShort(#[from] TooShort),
    /// 101 to 255 are reserved.
    #[error("a battery level of {0} % is out of range")]
    OutOfRange(u8),
}

/// Decodes a Battery Level.
///
/// # Errors
/// [`BatteryError`] where the value is empty or above 100 %.
pub fn decode(packet: &[u8]) -> Result<BatteryLevel, BatteryError> {
    let mut cursor = Cursor::new(packet);
    match cursor.u8("level")? {
        percent @ 0..=100 => Ok(BatteryLevel { percent, tail_bytes: cursor.rest().len() }),
        reserved => Err(BatteryError::OutOfRange(reserved)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_0_to_100_percent_and_refuses_the_reserved_values() {
        for byte in 0..=255 {
            match decode(&[byte]) {
                Ok(level) => assert_eq!(level, BatteryLevel { percent: byte, tail_bytes: 0 }),
                Err(error) => assert_eq!(error, BatteryError::OutOfRange(byte)),
            }
            assert_eq!(decode(&[byte]).is_ok(), byte <= 100);
        }
    }

    #[test]
    fn an_empty_value_is_rejected_and_a_tail_is_counted() {
        assert_eq!(decode(&[]), Err(TooShort { field: "level", packet_bytes: 0 }.into()));
        assert_eq!(decode(&[64, 1, 2]), Ok(BatteryLevel { percent: 64, tail_bytes: 2 }));
    }
}
