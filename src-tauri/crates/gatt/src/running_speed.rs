//! Running Speed and Cadence (1814): the measurement 2A53.
//!
//! Flags (b0 stride, b1 distance, b2 running), u16 speed in 1/256 m/s, u8
//! cadence in steps a minute, [u16 stride in 0.01 m], [u32 distance in 0.1 m].

use crate::TooShort;
use crate::cursor::Cursor;

const FLAG_STRIDE: u8 = 1 << 0;
const FLAG_DISTANCE: u8 = 1 << 1;
const FLAG_RUNNING: u8 = 1 << 2;

/// A decoded RSC Measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunningSpeed {
    /// Speed in 1/256 m/s.
    pub speed_per_256_mps: u16,
    /// Cadence in 1/min.
    pub cadence_per_min: u8,
    /// Stride length in cm.
    pub stride_cm: Option<u16>,
    /// Distance so far in dm.
    pub distance_dm: Option<u32>,
    /// Whether the wearer runs; else walks.
    pub running: bool,
    /// Bytes behind the last field; they are ignored.
    pub tail_bytes: usize,
}

/// Decodes an RSC Measurement (2A53).
///
/// # Errors
/// [`TooShort`] where the packet ends before a field that its flags announce.
pub fn decode(packet: &[u8]) -> Result<RunningSpeed, TooShort> {
    let mut cursor = Cursor::new(packet);
    let flags = cursor.u8("flags")?;
    Ok(RunningSpeed {
        speed_per_256_mps: cursor.u16("speed")?,
        cadence_per_min: cursor.u8("cadence")?,
        stride_cm: cursor.when(flags & FLAG_STRIDE != 0, |c| c.u16("stride length"))?,
        distance_dm: cursor.when(flags & FLAG_DISTANCE != 0, |c| c.u32("distance"))?,
        running: flags & FLAG_RUNNING != 0,
        tail_bytes: cursor.tail(),
    })
}
