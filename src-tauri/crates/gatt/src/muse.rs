//! Muse headbands: 2016, Muse 2, Muse S. Layouts as `muselsl` decodes them.
//!
//! Every packet has a u16 index in front, which wraps; everything is
//! **big-endian**. EEG: 12 × u12, 256 Hz. Acceleration and rotation: three samples
//! of x, y, z, i16, 52 Hz. PPG: 6 × u24, 64 Hz. The third generation (Muse S
//! Athena) has another protocol, on 0013 and 0014, which is not read here.

use crate::TooShort;
use crate::command::{Command, CommandTooLong};
use crate::cursor::Cursor;

/// Service: Muse, a short UUID.
pub const SERVICE: u16 = 0xfe8d;
/// Characteristic: commands and their answers.
pub const CONTROL: u128 = uuid(0x0001);
/// Characteristics of the electrodes TP9, AF7, AF8, TP10 and the auxiliary one.
pub const EEG: [u128; 5] = [uuid(0x0003), uuid(0x0004), uuid(0x0005), uuid(0x0006), uuid(0x0007)];
/// Characteristic: rotation.
pub const ROTATION: u128 = uuid(0x0009);
/// Characteristic: acceleration.
pub const ACCELERATION: u128 = uuid(0x000a);
/// Characteristic: telemetry.
pub const TELEMETRY: u128 = uuid(0x000b);
/// Characteristics of the three lights: ambient, infrared, red.
pub const PPG: [u128; 3] = [uuid(0x000f), uuid(0x0010), uuid(0x0011)];

/// Microvolts of one count of EEG.
pub const EEG_MICROVOLTS: f64 = 0.488_281_25;
/// g of one count of acceleration.
pub const ACCELERATION_G: f64 = 0.000_061_035_2;
/// °/s of one count of rotation.
pub const ROTATION_DEGREES_PER_SEC: f64 = 0.007_476_8;

/// What stands for 0 µV.
const EEG_CENTRE: i16 = 2048;

/// The long form of one of the headband's own UUIDs.
#[must_use]
pub const fn uuid(short: u16) -> u128 {
    0x273e_0000_4c4d_454d_96be_f03b_ac82_1358 | (short as u128) << 96
}

/// A packet of samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<T> {
    /// The packet's number; wraps at 65 536.
    pub index: u16,
    /// The samples, oldest first, in counts.
    pub samples: T,
    /// Bytes behind the last sample; they are ignored.
    pub tail_bytes: usize,
}

/// EEG of one electrode: −2048 to 2047 counts of [`EEG_MICROVOLTS`].
///
/// # Errors
/// [`TooShort`] below 20 bytes.
pub fn eeg(packet: &[u8]) -> Result<Packet<[i16; 12]>, TooShort> {
    read(packet, |c| {
        let packed = c.array::<18>("EEG samples")?;
        let mut samples = [0; 12];
        let (pairs, _) = samples.as_chunks_mut::<2>();
        for (pair, bytes) in pairs.iter_mut().zip(packed.as_chunks::<3>().0) {
            *pair = two_of_12_bits(*bytes).map(|count| count as i16 - EEG_CENTRE);
        }
        Ok(samples)
    })
}

const fn two_of_12_bits([high, middle, low]: [u8; 3]) -> [u16; 2] {
    let (high, middle, low) = (high as u16, middle as u16, low as u16);
    [high << 4 | middle >> 4, (middle & 0xf) << 8 | low]
}

/// Acceleration in counts of [`ACCELERATION_G`] or rotation in [`ROTATION_DEGREES_PER_SEC`]:
/// three samples of x, y, z.
///
/// # Errors
/// [`TooShort`] below 20 bytes.
pub fn motion(packet: &[u8]) -> Result<Packet<[[i16; 3]; 3]>, TooShort> {
    read(packet, |c| {
        let mut samples = [[0; 3]; 3];
        for count in samples.as_flattened_mut() {
            *count = c.u16_be("motion samples")? as i16;
        }
        Ok(samples)
    })
}

/// One light's PPG: six samples of 24 bits.
///
/// # Errors
/// [`TooShort`] below 20 bytes.
pub fn ppg(packet: &[u8]) -> Result<Packet<[u32; 6]>, TooShort> {
    read(packet, |c| {
        let mut samples = [0; 6];
        for count in &mut samples {
            let [high, middle, low] = c.array("PPG samples")?;
            *count = u32::from_be_bytes([0, high, middle, low]);
        }
        Ok(samples)
    })
}

/// How the headband itself is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Telemetry {
    /// Charge in 1/512 %.
    pub battery_per_512_percent: u16,
    /// Fuel gauge in counts of 2.2 mV.
    pub fuel_gauge: u16,
    /// Voltage at the converter, in counts.
    pub adc: u16,
    /// Temperature in °C.
    pub celsius: u16,
}

/// Telemetry, one for a packet; the zeros that fill it up are its tail.
///
/// # Errors
/// [`TooShort`] below ten bytes.
pub fn telemetry(packet: &[u8]) -> Result<Packet<Telemetry>, TooShort> {
    read(packet, |c| {
        Ok(Telemetry {
            battery_per_512_percent: c.u16_be("battery")?,
            fuel_gauge: c.u16_be("fuel gauge")?,
            adc: c.u16_be("converter voltage")?,
            celsius: c.u16_be("temperature")?,
        })
    })
}

fn read<T>(
    packet: &[u8],
    samples: impl FnOnce(&mut Cursor<'_>) -> Result<T, TooShort>,
) -> Result<Packet<T>, TooShort> {
    let mut cursor = Cursor::new(packet);
    let index = cursor.u16_be("index")?;
    Ok(Packet { index, samples: samples(&mut cursor)?, tail_bytes: cursor.tail() })
}

/// A piece of an answer (notified on [`CONTROL`]): its length, then text. Answers are JSON in
/// several pieces; the last one ends with `}`.
///
/// # Errors
/// [`TooShort`] where the piece ends before its text.
pub fn answer_piece(packet: &[u8]) -> Result<(&[u8], usize), TooShort> {
    let mut cursor = Cursor::new(packet);
    let bytes = cursor.u8("length")?;
    Ok((cursor.slice(usize::from(bytes), "text")?, cursor.tail()))
}

/// Start sending.
pub const START: Command = Command::fixed([2, b'd', b'\n']);
/// Stop sending.
pub const STOP: Command = Command::fixed([2, b'h', b'\n']);
/// Say how you are.
pub const STATUS: Command = Command::fixed([2, b's', b'\n']);
/// Stay awake.
pub const KEEP_ALIVE: Command = Command::fixed([2, b'k', b'\n']);
/// Say what you are.
pub const VERSION: Command = Command::fixed([3, b'v', b'1', b'\n']);

/// A command by its text, such as `p21` for preset 21: its length with the end of line, the
/// text, the end of line.
///
/// # Errors
/// [`CommandTooLong`] for a text of more than 62 bytes.
pub fn command(text: &str) -> Result<Command, CommandTooLong> {
    let bytes = text.len() + 2;
    let length = u8::try_from(text.len() + 1).map_err(|_| CommandTooLong { bytes })?;
    Command::fixed([length]).with(text.as_bytes())?.with(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_written_with_their_length_and_end() {
        assert_eq!(command("p21").unwrap().as_bytes(), b"\x04p21\n");
        let known = [("d", START), ("h", STOP), ("s", STATUS), ("k", KEEP_ALIVE), ("v1", VERSION)];
        for (text, fixed) in known {
            assert_eq!(command(text), Ok(fixed));
        }
        assert!(command(&"x".repeat(62)).is_ok());
        assert_eq!(command(&"x".repeat(63)), Err(CommandTooLong { bytes: 65 }));
        assert_eq!(command(&"x".repeat(300)), Err(CommandTooLong { bytes: 302 }));
    }

    #[test]
    fn own_uuids_stand_on_the_headbands_base() {
        assert_eq!(PPG[0], 0x273e_000f_4c4d_454d_96be_f03b_ac82_1358);
    }
}
