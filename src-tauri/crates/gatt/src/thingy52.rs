//! Nordic Thingy:52. Layouts as in Nordic's firmware documentation.
//!
//! Environment (0200), user interface (0300), motion (0400). Fractions are kept
//! as the device counts them: the unit of a field says how.

pub mod config;

use crate::TooShort;
use crate::reading::Reading;

/// Service: environment.
pub const ENVIRONMENT: u128 = uuid(0x0200);
/// Service: user interface.
pub const USER_INTERFACE: u128 = uuid(0x0300);
/// Service: motion.
pub const MOTION: u128 = uuid(0x0400);

/// The long form of one of the Thingy's own UUIDs.
#[must_use]
pub const fn uuid(short: u16) -> u128 {
    0xef68_0000_9b35_4933_9b10_52ff_a974_0042 | (short as u128) << 96
}

/// Temperature (0201) in 0.01 °C: i8 of degrees, and u8 of hundredths to add.
///
/// # Errors
/// [`TooShort`] below two bytes.
pub fn temperature(packet: &[u8]) -> Result<Reading<i16>, TooShort> {
    Reading::of(packet, |c| {
        let degrees = c.i8("degrees")?;
        Ok(i16::from(degrees) * 100 + i16::from(c.u8("hundredths of a degree")?))
    })
}

/// Air pressure (0202) in Pa: i32 of hPa, and u8 of hundredths to add.
///
/// # Errors
/// [`TooShort`] below five bytes.
pub fn pressure(packet: &[u8]) -> Result<Reading<i64>, TooShort> {
    Reading::of(packet, |c| {
        let hectopascal = c.i32("hectopascal")?;
        Ok(i64::from(hectopascal) * 100 + i64::from(c.u8("pascal")?))
    })
}

/// Relative humidity (0203) in %.
///
/// # Errors
/// [`TooShort`] for an empty packet.
pub fn humidity(packet: &[u8]) -> Result<Reading<u8>, TooShort> {
    Reading::of(packet, |c| c.u8("humidity"))
}

/// Air quality (0204): equivalent CO2 in ppm and volatile organic compounds in ppb.
///
/// # Errors
/// [`TooShort`] below four bytes.
pub fn gas(packet: &[u8]) -> Result<Reading<[u16; 2]>, TooShort> {
    Reading::of(packet, |c| Ok([c.u16("carbon dioxide")?, c.u16("organic compounds")?]))
}

/// Colour (0205): red, green, blue and clear, in counts.
///
/// # Errors
/// [`TooShort`] below eight bytes.
pub fn colour(packet: &[u8]) -> Result<Reading<[u16; 4]>, TooShort> {
    Reading::of(packet, |c| Ok([c.u16("red")?, c.u16("green")?, c.u16("blue")?, c.u16("clear")?]))
}

/// Button (0302): whether it is pressed.
///
/// # Errors
/// [`TooShort`] for an empty packet.
pub fn button(packet: &[u8]) -> Result<Reading<bool>, TooShort> {
    Reading::of(packet, |c| Ok(c.u8("button")? != 0))
}

/// Taps (0402): the direction as sent, and how many.
///
/// # Errors
/// [`TooShort`] below two bytes.
pub fn taps(packet: &[u8]) -> Result<Reading<[u8; 2]>, TooShort> {
    Reading::of(packet, |c| Ok([c.u8("tap direction")?, c.u8("tap count")?]))
}

/// Orientation (0403), as sent: 0 portrait, 1 landscape, 2 and 3 the same upside down.
///
/// # Errors
/// [`TooShort`] for an empty packet.
pub fn orientation(packet: &[u8]) -> Result<Reading<u8>, TooShort> {
    Reading::of(packet, |c| c.u8("orientation"))
}

/// Quaternion (0404): w, x, y, z in 2^−30.
///
/// # Errors
/// [`TooShort`] below 16 bytes.
pub fn quaternion(packet: &[u8]) -> Result<Reading<[i32; 4]>, TooShort> {
    Reading::of(packet, |c| Ok([c.i32("w")?, c.i32("x")?, c.i32("y")?, c.i32("z")?]))
}

/// Steps (0405): how many, and in how many ms.
///
/// # Errors
/// [`TooShort`] below eight bytes.
pub fn steps(packet: &[u8]) -> Result<Reading<[u32; 2]>, TooShort> {
    Reading::of(packet, |c| Ok([c.u32("steps")?, c.u32("time of the steps")?]))
}

/// What the three raw sensors measure, each x, y, z.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Motion {
    /// Acceleration in 2^−10 g.
    pub acceleration: [i16; 3],
    /// Turning in 2^−5 °/s.
    pub rotation: [i16; 3],
    /// Magnetic field in 2^−4 µT.
    pub field: [i16; 3],
}

/// Raw motion (0406).
///
/// # Errors
/// [`TooShort`] below 18 bytes.
pub fn motion(packet: &[u8]) -> Result<Reading<Motion>, TooShort> {
    Reading::of(packet, |c| {
        Ok(Motion {
            acceleration: c.xyz_i16("acceleration")?,
            rotation: c.xyz_i16("rotation")?,
            field: c.xyz_i16("magnetic field")?,
        })
    })
}

/// Euler angles (0407): roll, pitch, yaw in 2^−16 °.
///
/// # Errors
/// [`TooShort`] below 12 bytes.
pub fn euler(packet: &[u8]) -> Result<Reading<[i32; 3]>, TooShort> {
    Reading::of(packet, |c| Ok([c.i32("roll")?, c.i32("pitch")?, c.i32("yaw")?]))
}

/// Heading (0409) in 2^−16 °.
///
/// # Errors
/// [`TooShort`] below four bytes.
pub fn heading(packet: &[u8]) -> Result<Reading<i32>, TooShort> {
    Reading::of(packet, |c| c.i32("heading"))
}

/// Gravity (040A): x, y, z in m/s². A hostile device may send what is no number.
///
/// # Errors
/// [`TooShort`] below 12 bytes.
pub fn gravity(packet: &[u8]) -> Result<Reading<[f32; 3]>, TooShort> {
    Reading::of(packet, |c| Ok([c.f32("gravity")?, c.f32("gravity")?, c.f32("gravity")?]))
}
