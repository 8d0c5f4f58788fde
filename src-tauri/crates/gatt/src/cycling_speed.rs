//! Cycling Speed and Cadence (1816): the measurement 2A5B.
//!
//! Flags (b0 wheel, b1 crank), [u32 wheel revolutions, u16 event time], [u16
//! crank revolutions, u16 event time]; both event times in 1/1024 s.
//! [`Meter::per_1024`](crate::revolutions::Meter::per_1024) makes rates of them.

use crate::TooShort;
use crate::cursor::Cursor;
use crate::revolutions::Turns;

const FLAG_WHEEL: u8 = 1 << 0;
const FLAG_CRANK: u8 = 1 << 1;

/// A decoded CSC Measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CyclingSpeed {
    /// The wheel: 32 bits of revolutions, ticks of 1/1024 s.
    pub wheel: Option<Turns>,
    /// The crank: 16 bits of revolutions, ticks of 1/1024 s.
    pub crank: Option<Turns>,
    /// Bytes behind the last field; they are ignored.
    pub tail_bytes: usize,
}

/// Decodes a CSC Measurement (2A5B).
///
/// # Errors
/// [`TooShort`] where the packet ends before a field that its flags announce.
pub fn decode(packet: &[u8]) -> Result<CyclingSpeed, TooShort> {
    let mut cursor = Cursor::new(packet);
    let flags = cursor.u8("flags")?;
    let wheel = cursor.when(flags & FLAG_WHEEL != 0, read_wheel)?;
    let crank = cursor.when(flags & FLAG_CRANK != 0, read_crank)?;
    Ok(CyclingSpeed { wheel, crank, tail_bytes: cursor.tail() })
}

pub(crate) fn read_wheel(cursor: &mut Cursor<'_>) -> Result<Turns, TooShort> {
    Ok(Turns { revolutions: cursor.u32("wheel revolutions")?, event_ticks: cursor.u16("wheel event time")? })
}

pub(crate) fn read_crank(cursor: &mut Cursor<'_>) -> Result<Turns, TooShort> {
    let revolutions = u32::from(cursor.u16("crank revolutions")?);
    Ok(Turns { revolutions, event_ticks: cursor.u16("crank event time")? })
}
