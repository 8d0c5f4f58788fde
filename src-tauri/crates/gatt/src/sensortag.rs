//! Texas Instruments SensorTag CC2650.
//!
//! Each sensor has a service AAx0 with data x1, configuration x2 and period x3
//! (in 10 ms). Layouts as in TI's guide and in `bluepy`. Values are raw: their
//! units are in the functions beside them, because some depend on the range.

use crate::TooShort;
use crate::command::Command;
use crate::cursor::Cursor;
use crate::reading::Reading;

/// Service: infrared thermometer.
pub const INFRARED: u128 = uuid(0xaa00);
/// Service: humidity.
pub const HUMIDITY: u128 = uuid(0xaa20);
/// Service: barometer.
pub const BAROMETER: u128 = uuid(0xaa40);
/// Service: light.
pub const LIGHT: u128 = uuid(0xaa70);
/// Service: movement.
pub const MOVEMENT: u128 = uuid(0xaa80);

/// Turns a sensor on that has nothing else to set: written to its configuration.
pub const SWITCH_ON: Command = Command::fixed([1]);

/// The long form of one of the tag's own UUIDs.
#[must_use]
pub const fn uuid(short: u16) -> u128 {
    0xf000_0000_0451_4000_b000_0000_0000_0000 | (short as u128) << 96
}

/// Bytes to write to a period's characteristic: 100 to 2550 ms, rounded down to 10 ms.
#[must_use]
pub fn set_period(period_ms: u16) -> Command {
    Command::fixed([(period_ms.clamp(100, 2550) / 10) as u8])
}

/// Infrared thermometer (AA01): object and ambient temperature in 1/32 °C.
///
/// # Errors
/// [`TooShort`] below four bytes.
pub fn infrared(packet: &[u8]) -> Result<Reading<[i16; 2]>, TooShort> {
    // The two lowest bits of each are not part of it.
    Reading::of(packet, |c| Ok([c.i16("object temperature")? >> 2, c.i16("ambient temperature")? >> 2]))
}

/// What the humidity sensor counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Humidity {
    /// 65 536 counts over 165 °C, from −40 °C.
    pub temperature: u16,
    /// 65 536 counts over 100 %.
    pub humidity: u16,
}

impl Humidity {
    /// Temperature in °C.
    #[must_use]
    pub fn celsius(self) -> f64 {
        f64::from(self.temperature) * 165.0 / 65_536.0 - 40.0
    }

    /// Relative humidity in %.
    #[must_use]
    pub fn percent(self) -> f64 {
        f64::from(self.humidity) * 100.0 / 65_536.0
    }
}

/// Humidity (AA21).
///
/// # Errors
/// [`TooShort`] below four bytes.
pub fn humidity(packet: &[u8]) -> Result<Reading<Humidity>, TooShort> {
    Reading::of(packet, |c| Ok(Humidity { temperature: c.u16("temperature")?, humidity: c.u16("humidity")? }))
}

/// What the barometer measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Barometer {
    /// In 0.01 °C. Signed, though not every source says so: it freezes on earth.
    pub centi_celsius: i32,
    /// In 0.01 hPa, which is Pa.
    pub pascal: u32,
}

/// Barometer (AA41).
///
/// # Errors
/// [`TooShort`] below six bytes.
pub fn barometer(packet: &[u8]) -> Result<Reading<Barometer>, TooShort> {
    Reading::of(packet, |c| {
        Ok(Barometer { centi_celsius: c.i24("temperature")?, pascal: c.u24("pressure")? })
    })
}

/// Light (AA71) in 0.01 lux: 12 bits, doubled as often as the upper 4 bits say.
///
/// # Errors
/// [`TooShort`] below two bytes.
pub fn light(packet: &[u8]) -> Result<Reading<u32>, TooShort> {
    Reading::of(packet, |c| c.u16("light").map(|raw| u32::from(raw & 0xfff) << (raw >> 12)))
}

/// How much acceleration fits into the movement sensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// ±2 g.
    G2 = 0,
    /// ±4 g.
    G4 = 1,
    /// ±8 g.
    G8 = 2,
    /// ±16 g.
    G16 = 3,
}

impl Range {
    /// The range that a movement configuration (AA82) sets.
    #[must_use]
    pub const fn of_config(config: u16) -> Self {
        match config >> 8 & 0b11 {
            0 => Self::G2,
            1 => Self::G4,
            2 => Self::G8,
            _ => Self::G16,
        }
    }

    /// Counts of an acceleration in g.
    #[must_use]
    pub fn g(self, counts: i16) -> f64 {
        f64::from(counts) * f64::from(2 << self as u8) / 32_768.0
    }
}

/// Bytes that turn on all axes of all three movement sensors (written to AA82); read the range
/// back, for tags have been seen with another than was asked for.
#[must_use]
pub const fn movement_on(range: Range, wake_on_motion: bool) -> Command {
    let config = 0x7f | (wake_on_motion as u16) << 7 | (range as u16) << 8;
    Command::fixed(config.to_le_bytes())
}

/// What the movement sensor counts along x, y, z.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Movement {
    /// Turning: [`Self::degrees_per_sec`].
    pub rotation: [i16; 3],
    /// Acceleration: [`Range::g`].
    pub acceleration: [i16; 3],
    /// Magnetic field: [`Self::microtesla`].
    pub field: [i16; 3],
}

impl Movement {
    /// Counts of a rotation in °/s.
    #[must_use]
    pub fn degrees_per_sec(counts: i16) -> f64 {
        f64::from(counts) * 500.0 / 65_536.0
    }

    /// Counts of a magnetic field in µT.
    #[must_use]
    pub fn microtesla(counts: i16) -> f64 {
        f64::from(counts) * 4912.0 / 32_760.0
    }
}

/// Movement (AA81).
///
/// # Errors
/// [`TooShort`] below 18 bytes.
pub fn movement(packet: &[u8]) -> Result<Reading<Movement>, TooShort> {
    Reading::of(packet, |c: &mut Cursor<'_>| {
        Ok(Movement {
            rotation: c.xyz_i16("rotation")?,
            acceleration: c.xyz_i16("acceleration")?,
            field: c.xyz_i16("magnetic field")?,
        })
    })
}

/// Keys (FFE1): bit 0 the left one, bit 1 the right one, bit 2 the reed relay.
///
/// # Errors
/// [`TooShort`] for an empty packet.
pub fn keys(packet: &[u8]) -> Result<Reading<u8>, TooShort> {
    Reading::of(packet, |c| c.u8("keys"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_range_is_written_and_found_again_and_fills_its_counts() {
        for (range, full) in [(Range::G2, 2.0), (Range::G4, 4.0), (Range::G8, 8.0), (Range::G16, 16.0)] {
            let [low, high] = *movement_on(range, false).as_bytes() else { panic!() };
            assert_eq!((low, Range::of_config(u16::from_le_bytes([low, high]))), (0x7f, range));
            assert_eq!(range.g(i16::MIN), -full);
        }
        assert_eq!(movement_on(Range::G2, true).as_bytes(), [0xff, 0]);
    }

    #[test]
    fn counts_become_units() {
        let wet = Humidity { temperature: 0x6000, humidity: 0x8000 };
        assert_eq!((wet.celsius(), wet.percent()), (21.875, 50.0));
        assert_eq!(Movement::degrees_per_sec(-32_768), -250.0);
        assert_eq!(Movement::microtesla(32_760), 4912.0);
    }

    #[test]
    fn a_period_is_brought_into_the_range_of_its_byte() {
        let byte = |period_ms| set_period(period_ms).as_bytes().to_vec();
        assert_eq!((byte(0), byte(1005), byte(u16::MAX)), (vec![10], vec![100], vec![255]));
    }
}
