//! What can be set on a Thingy:52: the environment's (0206) and motion's (0401) configuration.

use crate::TooShort;
use crate::command::Command;
use crate::cursor::Cursor;

/// How often the environment is measured, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Environment {
    /// Between temperatures, in ms.
    pub temperature_ms: u16,
    /// Between pressures, in ms.
    pub pressure_ms: u16,
    /// Between humidities, in ms.
    pub humidity_ms: u16,
    /// Between colours, in ms.
    pub colour_ms: u16,
    /// How the gas sensor works, as sent: 1 each second, 2 each 10 s, 3 each minute.
    pub gas_mode: u8,
    /// Red, green and blue of the light by which colours are seen.
    pub light: [u8; 3],
    /// Bytes behind the last field; they are ignored, and not written.
    pub tail_bytes: usize,
}

impl Environment {
    /// Reads what is set.
    ///
    /// # Errors
    /// [`TooShort`] below 12 bytes.
    pub fn decode(value: &[u8]) -> Result<Self, TooShort> {
        let mut cursor = Cursor::new(value);
        Ok(Self {
            temperature_ms: cursor.u16("temperature interval")?,
            pressure_ms: cursor.u16("pressure interval")?,
            humidity_ms: cursor.u16("humidity interval")?,
            colour_ms: cursor.u16("colour interval")?,
            gas_mode: cursor.u8("gas mode")?,
            light: cursor.array("light")?,
            tail_bytes: cursor.tail(),
        })
    }

    /// The bytes that set it.
    #[must_use]
    pub const fn command(&self) -> Command {
        let [t, t2] = self.temperature_ms.to_le_bytes();
        let [p, p2] = self.pressure_ms.to_le_bytes();
        let [h, h2] = self.humidity_ms.to_le_bytes();
        let [c, c2] = self.colour_ms.to_le_bytes();
        let [red, green, blue] = self.light;
        Command::fixed([t, t2, p, p2, h, h2, c, c2, self.gas_mode, red, green, blue])
    }
}

/// How often motion is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Motion {
    /// Between step counts, in ms.
    pub step_ms: u16,
    /// Between corrections for temperature, in ms.
    pub temperature_correction_ms: u16,
    /// Between corrections for the magnetic field, in ms.
    pub field_correction_ms: u16,
    /// Of the motion processor in Hz, 1 to 200.
    pub rate_hz: u16,
    /// Whether motion wakes the device.
    pub wake_on_motion: bool,
    /// Bytes behind the last field; they are ignored, and not written.
    pub tail_bytes: usize,
}

impl Motion {
    /// Reads what is set.
    ///
    /// # Errors
    /// [`TooShort`] below nine bytes.
    pub fn decode(value: &[u8]) -> Result<Self, TooShort> {
        let mut cursor = Cursor::new(value);
        Ok(Self {
            step_ms: cursor.u16("step interval")?,
            temperature_correction_ms: cursor.u16("temperature correction interval")?,
            field_correction_ms: cursor.u16("field correction interval")?,
            rate_hz: cursor.u16("motion rate")?,
            wake_on_motion: cursor.u8("wake on motion")? != 0,
            tail_bytes: cursor.tail(),
        })
    }

    /// The bytes that set it; a rate beyond 1 to 200 Hz is brought into the range.
    #[must_use]
    pub fn command(&self) -> Command {
        let [s, s2] = self.step_ms.to_le_bytes();
        let [t, t2] = self.temperature_correction_ms.to_le_bytes();
        let [f, f2] = self.field_correction_ms.to_le_bytes();
        let [r, r2] = self.rate_hz.clamp(1, 200).to_le_bytes();
        Command::fixed([s, s2, t, t2, f, f2, r, r2, u8::from(self.wake_on_motion)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let environment = Environment {
            temperature_ms: 1000,
            pressure_ms: 2000,
            humidity_ms: 3000,
            colour_ms: 4000,
            gas_mode: 2,
            light: [1, 2, 3],
            tail_bytes: 0,
        };
        assert_eq!(Environment::decode(environment.command().as_bytes()), Ok(environment));
        let motion = Motion {
            step_ms: 5000,
            temperature_correction_ms: 5001,
            field_correction_ms: 5002,
            rate_hz: 200,
            wake_on_motion: true,
            tail_bytes: 0,
        };
        assert_eq!(Motion::decode(motion.command().as_bytes()), Ok(motion));
    }

    #[test]
    fn a_rate_beyond_the_range_is_brought_into_it() {
        let motion = Motion::decode(&[1, 0, 1, 0, 1, 0, 0xff, 0xff, 0]).unwrap();
        assert_eq!(Motion::decode(motion.command().as_bytes()).unwrap().rate_hz, 200);
    }
}
