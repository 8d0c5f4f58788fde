//! Glucose (1808): the measurement 2A18; its records are asked for with [`racp`].
//!
//! Flags (b0 time offset, b1 concentration with type and location, b2 mol/L, b3
//! status, b4 context follows), u16 sequence number, Date Time, [sint16 offset in
//! min], [SFLOAT concentration in kg/L or mol/L, u8 with the type in its lower
//! and the location in its upper half], [u16 status].

pub mod racp;

use crate::TooShort;
use crate::cursor::Cursor;
use crate::date_time::DateTime;
use crate::medfloat::Medfloat;

const FLAG_OFFSET: u8 = 1 << 0;
const FLAG_CONCENTRATION: u8 = 1 << 1;
const FLAG_MOL_PER_LITRE: u8 = 1 << 2;
const FLAG_STATUS: u8 = 1 << 3;
const FLAG_CONTEXT: u8 = 1 << 4;

/// How much glucose, and in what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Concentration {
    /// In kg/L, or in mol/L where [`Self::mol_per_litre`].
    pub value: Medfloat,
    /// Whether the value is in mol/L.
    pub mol_per_litre: bool,
    /// The kind of blood or fluid, as sent, 0 to 15.
    pub fluid_code: u8,
    /// Where it was taken, as sent, 0 to 15.
    pub location_code: u8,
}

/// A decoded Glucose Measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glucose {
    /// The number of the record.
    pub sequence: u16,
    /// When it was measured, by the device's base clock.
    pub base_time: DateTime,
    /// What to add to the base time, in minutes.
    pub offset_min: Option<i16>,
    /// The concentration.
    pub concentration: Option<Concentration>,
    /// What the device says of the measurement; bits as sent.
    pub status: Option<u16>,
    /// Whether a Glucose Measurement Context with this sequence number follows.
    pub context_follows: bool,
    /// Bytes behind the last field; they are ignored.
    pub tail_bytes: usize,
}

/// Decodes a Glucose Measurement (2A18).
///
/// # Errors
/// [`TooShort`] where the packet ends before a field that its flags announce.
pub fn decode(packet: &[u8]) -> Result<Glucose, TooShort> {
    let mut cursor = Cursor::new(packet);
    let flags = cursor.u8("flags")?;
    Ok(Glucose {
        sequence: cursor.u16("sequence number")?,
        base_time: DateTime::read(&mut cursor)?,
        offset_min: cursor.when(flags & FLAG_OFFSET != 0, |c| c.i16("time offset"))?,
        concentration: cursor.when(flags & FLAG_CONCENTRATION != 0, |c| concentration(c, flags))?,
        status: cursor.when(flags & FLAG_STATUS != 0, |c| c.u16("sensor status"))?,
        context_follows: flags & FLAG_CONTEXT != 0,
        tail_bytes: cursor.tail(),
    })
}

fn concentration(cursor: &mut Cursor<'_>, flags: u8) -> Result<Concentration, TooShort> {
    let value = Medfloat::read_sfloat(cursor, "concentration")?;
    let codes = cursor.u8("type and location")?;
    Ok(Concentration {
        value,
        mol_per_litre: flags & FLAG_MOL_PER_LITRE != 0,
        fluid_code: codes & 0x0f,
        location_code: codes >> 4,
    })
}
