//! Heart Rate (180D): the measurement 2A37 and the body sensor location 2A38.
//!
//! 2A37: flags (b0 heart rate is u16, b1–2 contact, b3 energy, b4 RR), heart
//! rate u8 or u16 in bpm, [energy u16 kJ], [RR u16 each in 1/1024 s, oldest
//! first]. The list of RR intervals has no length of its own: it takes what is
//! left, which may be nothing; half an interval at its end counts as a tail.

use crate::TooShort;
use crate::cursor::Cursor;

const FLAG_RATE_IS_U16: u8 = 1 << 0;
const FLAG_ENERGY: u8 = 1 << 3;
const FLAG_RR: u8 = 1 << 4;

/// RR intervals are counted in this many ticks a second.
pub const RR_TICKS_PER_SEC: u16 = 1024;

/// Whether the strap touches the skin. The codes are those of the packet's flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contact {
    /// The strap can't tell; code 0 or 1.
    Unsupported(u8),
    /// It can tell, and there is none; code 2.
    NotDetected,
    /// It can tell, and there is; code 3.
    Detected,
}

impl Contact {
    /// The two bits as they stood in the packet, 0 to 3.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Unsupported(code) => code,
            Self::NotDetected => 2,
            Self::Detected => 3,
        }
    }

    const fn from_flags(flags: u8) -> Self {
        match (flags >> 1) & 0b11 {
            2 => Self::NotDetected,
            3 => Self::Detected,
            code => Self::Unsupported(code),
        }
    }
}

/// A decoded Heart Rate Measurement. It borrows its RR intervals from the packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeartRate<'a> {
    /// Heart rate in bpm.
    pub bpm: u16,
    /// Skin contact.
    pub contact: Contact,
    /// Energy expended since the last reset in kJ, where the packet carries it.
    pub energy_kj: Option<u16>,
    rr: &'a [u8],
    /// Bytes behind the last field; they are ignored.
    pub tail_bytes: usize,
}

impl<'a> HeartRate<'a> {
    /// Reads a Heart Rate Measurement (2A37).
    ///
    /// # Errors
    /// [`TooShort`] where the packet ends before a field that its flags announce.
    pub fn decode(packet: &'a [u8]) -> Result<Self, TooShort> {
        let mut cursor = Cursor::new(packet);
        let flags = cursor.u8("flags")?;
        let bpm = if flags & FLAG_RATE_IS_U16 == 0 {
            u16::from(cursor.u8("heart rate")?)
        } else {
            cursor.u16("heart rate")?
        };
        let energy_kj = (flags & FLAG_ENERGY != 0).then(|| cursor.u16("energy expended")).transpose()?;
        let (rr, tail) = split_intervals(cursor.rest(), flags & FLAG_RR != 0);
        Ok(Self { bpm, contact: Contact::from_flags(flags), energy_kj, rr, tail_bytes: tail.len() })
    }

    /// The RR intervals in ticks of 1/1024 s, oldest first.
    pub fn rr_ticks(&self) -> impl DoubleEndedIterator<Item = u16> + ExactSizeIterator + use<'a> {
        self.rr.chunks_exact(2).map(|pair| match pair {
            [low, high] => u16::from_le_bytes([*low, *high]),
            _ => 0, // `chunks_exact` gives nothing else.
        })
    }
}

/// Whole intervals, and what is left behind them.
fn split_intervals(rest: &[u8], present: bool) -> (&[u8], &[u8]) {
    let whole = if present { rest.len() - rest.len() % 2 } else { 0 };
    rest.split_at(whole)
}

/// Where on the body a sensor says that it sits (2A38), in words; none for codes of the future.
#[must_use]
pub fn body_location(value: &[u8]) -> Option<&'static str> {
    const PLACES: [&str; 7] = ["other", "chest", "wrist", "finger", "hand", "ear lobe", "foot"];
    PLACES.get(usize::from(*value.first()?)).copied()
}

#[cfg(test)]
mod tests;
