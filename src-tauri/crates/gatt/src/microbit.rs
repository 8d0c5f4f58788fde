//! BBC micro:bit. Its UART is [`nordic_uart`](crate::nordic_uart) with the two sides swapped.
//!
//! Accelerometer (0753): CA4B 3 × i16 in 1/1000 g, FB24 period. Magnetometer
//! (F2D8): FB11 3 × i16, 386C period, 9715 bearing u16 in °. Temperature (6100):
//! 9250 i8 in °C, 1B25 period. Buttons (9882): DA90 and DA91 u8. Periods are u16
//! in ms.

use crate::TooShort;
use crate::command::Command;
use crate::reading::Reading;

/// Service: accelerometer.
pub const ACCELEROMETER: u128 = uuid(0x0753);
/// Service: magnetometer.
pub const MAGNETOMETER: u128 = uuid(0xf2d8);
/// Service: temperature.
pub const TEMPERATURE: u128 = uuid(0x6100);
/// Service: buttons.
pub const BUTTONS: u128 = uuid(0x9882);

/// The periods in ms that accelerometer and magnetometer know.
pub const PERIODS_MS: [u16; 8] = [1, 2, 5, 10, 20, 80, 160, 640];

/// The long form of one of the micro:bit's own UUIDs.
#[must_use]
pub const fn uuid(short: u16) -> u128 {
    0xe95d_0000_251d_470a_a062_fa19_22df_a9a8 | (short as u128) << 96
}

/// Bytes to write to a period's characteristic; none for a period that the board does not know.
#[must_use]
pub fn set_period(period_ms: u16) -> Option<Command> {
    PERIODS_MS.contains(&period_ms).then(|| Command::fixed(period_ms.to_le_bytes()))
}

/// What a button does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Button {
    /// Not pressed; code 0.
    Up,
    /// Pressed; code 1.
    Down,
    /// Held for a while; code 2.
    Long,
    /// A code of the future.
    Other(u8),
}

/// Acceleration (CA4B) along x, y, z in 1/1000 g, or the magnetic field (FB11) in counts.
///
/// # Errors
/// [`TooShort`] below six bytes.
pub fn vector(packet: &[u8]) -> Result<Reading<[i16; 3]>, TooShort> {
    Reading::of(packet, |c| c.xyz_i16("three axes"))
}

/// Bearing (9715) in °.
///
/// # Errors
/// [`TooShort`] below two bytes.
pub fn bearing(packet: &[u8]) -> Result<Reading<u16>, TooShort> {
    Reading::of(packet, |c| c.u16("bearing"))
}

/// Temperature (9250) of the processor in °C.
///
/// # Errors
/// [`TooShort`] for an empty packet.
pub fn temperature(packet: &[u8]) -> Result<Reading<i8>, TooShort> {
    Reading::of(packet, |c| c.i8("temperature"))
}

/// A button (DA90, DA91).
///
/// # Errors
/// [`TooShort`] for an empty packet.
pub fn button(packet: &[u8]) -> Result<Reading<Button>, TooShort> {
    Reading::of(packet, |c| {
        Ok(match c.u8("button")? {
            0 => Button::Up,
            1 => Button::Down,
            2 => Button::Long,
            code => Button::Other(code),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_periods_that_the_board_knows_are_written() {
        assert_eq!(set_period(640).unwrap().as_bytes(), [0x80, 0x02]);
        assert_eq!(set_period(30), None);
    }

    #[test]
    fn own_uuids_stand_on_the_boards_base() {
        assert_eq!(ACCELEROMETER, 0xe95d_0753_251d_470a_a062_fa19_22df_a9a8);
        assert_eq!(crate::thingy52::MOTION, 0xef68_0400_9b35_4933_9b10_52ff_a974_0042);
    }
}
