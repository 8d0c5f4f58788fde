//! Fitness Machine (1826): indoor bike 2AD2, treadmill 2ACD, rower 2AD1, cross trainer 2ACE.
//!
//! All four begin with flags; their bit 0 is upside down: **0** says that the
//! first field is there. Machines spread their fields over several packets.
//!
//! A few fields have two sizes: the first edition of the service has a
//! resistance level of 16 bits and a treadmill's pace of 8, a later one the
//! other way round, and no packet says which it follows. Read with the wrong
//! size, everything behind is shifted. Each `decode` takes the edition that fits
//! the packet's length exactly, and the first where both or none do; a caller
//! that has seen a device's packets decides once and uses `decode_as`.

pub mod cross_trainer;
pub mod indoor_bike;
pub mod rower;
pub mod treadmill;

use crate::TooShort;
use crate::cursor::Cursor;

/// Which layout a machine follows where the editions of the service differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    /// Resistance sint16, pace u8.
    First,
    /// Resistance u8, pace u16.
    Later,
}

impl Edition {
    /// The one whose layout `decode` finds to fill the packet; [`Self::First`] where both do or none.
    pub(crate) fn of<T>(decode: impl Fn(Self) -> Result<T, TooShort>, tail: impl Fn(&T) -> usize) -> Self {
        let fits = |edition| decode(edition).is_ok_and(|decoded| tail(&decoded) == 0);
        if !fits(Self::First) && fits(Self::Later) { Self::Later } else { Self::First }
    }

    fn resistance(self, cursor: &mut Cursor<'_>) -> Result<i16, TooShort> {
        match self {
            Self::First => cursor.i16("resistance level"),
            Self::Later => cursor.u8("resistance level").map(i16::from),
        }
    }

    fn pace(self, cursor: &mut Cursor<'_>, field: &'static str) -> Result<u16, TooShort> {
        match self {
            Self::First => cursor.u8(field).map(u16::from),
            Self::Later => cursor.u16(field),
        }
    }
}

/// What the wearer has burnt; none where the machine says "not available".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Energy {
    /// In kcal since the start.
    pub total_kcal: Option<u16>,
    /// In kcal an hour.
    pub kcal_per_hour: Option<u16>,
    /// In kcal a minute.
    pub kcal_per_minute: Option<u8>,
}

/// The fields that all four end with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    /// Energy.
    pub energy: Option<Energy>,
    /// Heart rate in bpm, from a strap that the machine hears.
    pub heart_rate_bpm: Option<u8>,
    /// Metabolic equivalent in 0.1.
    pub metabolic_equivalent_tenths: Option<u8>,
    /// Time since the start in s.
    pub elapsed_secs: Option<u16>,
    /// Time that is left in s.
    pub remaining_secs: Option<u16>,
}

impl Effort {
    /// Reads them; their five flags stand side by side, energy's at bit 0 of `flags`.
    fn read(cursor: &mut Cursor<'_>, flags: u32) -> Result<Self, TooShort> {
        let has = |bit: u32| flags >> bit & 1 != 0;
        Ok(Self {
            energy: cursor.when(has(0), energy)?,
            heart_rate_bpm: cursor.when(has(1), |c| c.u8("heart rate"))?,
            metabolic_equivalent_tenths: cursor.when(has(2), |c| c.u8("metabolic equivalent"))?,
            elapsed_secs: cursor.when(has(3), |c| c.u16("elapsed time"))?,
            remaining_secs: cursor.when(has(4), |c| c.u16("remaining time"))?,
        })
    }
}

fn energy(cursor: &mut Cursor<'_>) -> Result<Energy, TooShort> {
    Ok(Energy {
        total_kcal: Some(cursor.u16("total energy")?).filter(|kcal| *kcal != u16::MAX),
        kcal_per_hour: Some(cursor.u16("energy per hour")?).filter(|kcal| *kcal != u16::MAX),
        kcal_per_minute: Some(cursor.u8("energy per minute")?).filter(|kcal| *kcal != u8::MAX),
    })
}

/// How steep it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Incline {
    /// Inclination in 0.1 %.
    pub percent_tenths: i16,
    /// Angle of the ramp in 0.1°.
    pub ramp_degree_tenths: i16,
}

fn incline(cursor: &mut Cursor<'_>) -> Result<Incline, TooShort> {
    let percent_tenths = cursor.i16("inclination")?;
    Ok(Incline { percent_tenths, ramp_degree_tenths: cursor.i16("ramp angle")? })
}

/// Metres climbed so far, in the unit of the machine that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Climb {
    /// Upwards.
    pub up: u16,
    /// Downwards.
    pub down: u16,
}

fn climb(cursor: &mut Cursor<'_>) -> Result<Climb, TooShort> {
    Ok(Climb { up: cursor.u16("elevation gain")?, down: cursor.u16("elevation loss")? })
}
