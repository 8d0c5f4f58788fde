//! Blood Pressure (1810): the measurement 2A35 and the intermediate cuff pressure 2A36.
//!
//! Flags (b0 kPa, b1 time, b2 pulse, b3 user, b4 status), SFLOAT systolic,
//! diastolic and mean arterial pressure, [Date Time], [SFLOAT pulse rate], [u8
//! user], [u16 status]. In 2A36 the first pressure is the cuff's, and the other
//! two are no numbers.

use crate::TooShort;
use crate::cursor::Cursor;
use crate::date_time::DateTime;
use crate::medfloat::Medfloat;
use crate::weight_scale::USER_UNKNOWN;

const FLAG_KILOPASCAL: u8 = 1 << 0;
const FLAG_TIME: u8 = 1 << 1;
const FLAG_PULSE: u8 = 1 << 2;
const FLAG_USER: u8 = 1 << 3;
const FLAG_STATUS: u8 = 1 << 4;

/// What the device says of the measurement; the bits as sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status(pub u16);

impl Status {
    /// The body moved.
    #[must_use]
    pub const fn moved(self) -> bool {
        self.0 & 1 << 0 != 0
    }

    /// The cuff is too loose.
    #[must_use]
    pub const fn cuff_loose(self) -> bool {
        self.0 & 1 << 1 != 0
    }

    /// The pulse is irregular.
    #[must_use]
    pub const fn irregular_pulse(self) -> bool {
        self.0 & 1 << 2 != 0
    }

    /// How the pulse rate lies to the range that can be measured: 0 within, 1 above, 2 below,
    /// 3 reserved.
    #[must_use]
    pub const fn pulse_range(self) -> u8 {
        (self.0 >> 3 & 0b11) as u8
    }

    /// The arm was held wrongly.
    #[must_use]
    pub const fn wrong_position(self) -> bool {
        self.0 & 1 << 5 != 0
    }
}

/// A decoded Blood Pressure Measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BloodPressure {
    /// Systolic pressure (2A36: the cuff's) in mmHg, or kPa where [`Self::kilopascal`].
    pub systolic: Medfloat,
    /// Diastolic pressure.
    pub diastolic: Medfloat,
    /// Mean arterial pressure.
    pub mean: Medfloat,
    /// Whether pressures are in kPa; else mmHg.
    pub kilopascal: bool,
    /// When it was measured, by the device's clock.
    pub time: Option<DateTime>,
    /// Pulse rate in bpm.
    pub pulse_bpm: Option<Medfloat>,
    /// Whose it is, where the device knows.
    pub user: Option<u8>,
    /// What may be wrong with it.
    pub status: Option<Status>,
    /// Bytes behind the last field; they are ignored.
    pub tail_bytes: usize,
}

/// Decodes a Blood Pressure Measurement (2A35) or an Intermediate Cuff Pressure (2A36).
///
/// # Errors
/// [`TooShort`] where the packet ends before a field that its flags announce.
pub fn decode(packet: &[u8]) -> Result<BloodPressure, TooShort> {
    let mut cursor = Cursor::new(packet);
    let flags = cursor.u8("flags")?;
    Ok(BloodPressure {
        systolic: Medfloat::read_sfloat(&mut cursor, "systolic pressure")?,
        diastolic: Medfloat::read_sfloat(&mut cursor, "diastolic pressure")?,
        mean: Medfloat::read_sfloat(&mut cursor, "mean arterial pressure")?,
        kilopascal: flags & FLAG_KILOPASCAL != 0,
        time: cursor.when(flags & FLAG_TIME != 0, DateTime::read)?,
        pulse_bpm: cursor.when(flags & FLAG_PULSE != 0, |c| Medfloat::read_sfloat(c, "pulse rate"))?,
        user: cursor.when(flags & FLAG_USER != 0, |c| c.u8("user"))?.filter(|user| *user != USER_UNKNOWN),
        status: cursor.when(flags & FLAG_STATUS != 0, |c| c.u16("measurement status"))?.map(Status),
        tail_bytes: cursor.tail(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_bit_is_its_own() {
        let read = |bits| {
            let status = Status(bits);
            let flags =
                [status.moved(), status.cuff_loose(), status.irregular_pulse(), status.wrong_position()];
            (flags, status.pulse_range())
        };
        assert_eq!(read(0b00_0001), ([true, false, false, false], 0));
        assert_eq!(read(0b00_0010), ([false, true, false, false], 0));
        assert_eq!(read(0b00_0100), ([false, false, true, false], 0));
        assert_eq!(read(0b01_0000), ([false; 4], 2));
        assert_eq!(read(0b10_1000), ([false, false, false, true], 1));
    }
}
