//! Settings of a measurement: what a device offers, and what the host chooses.
//!
//! A list of `[type, count, count × value]`. Types: 0 rate u16 Hz, 1 resolution
//! u16 bits, 2 range u16, 3 range in 1/1000 u32, 4 channels u8, 5 factor f32, 6
//! security 16 bytes. A type that is not known has no known size: what follows
//! can't be read, and the list is refused.

use super::control::Answer;
use crate::TooShort;
use crate::command::{Command, CommandTooLong};
use crate::cursor::Cursor;

/// The longest list that is put together of several answers.
pub const SETTINGS_BYTES_MAX: usize = 512;

/// One value of one setting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Setting {
    /// Samples a second.
    RateHz(u16),
    /// Bits of a sample.
    ResolutionBits(u16),
    /// The range, in the measurement's unit: g, °/s, gauss.
    Range(u16),
    /// The range in 1/1000 of that unit.
    RangeMilli(u32),
    /// Channels.
    Channels(u8),
    /// What compressed samples have to be multiplied with. The device tells it, the host keeps it.
    Factor(f32),
    /// A key for recordings.
    Security([u8; 16]),
}

/// Why bytes are no list of settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// They end too early.
    #[error(transparent)]
    TooShort(#[from] TooShort),
    /// A type that is not known.
    #[error("{0} is no setting that is known")]
    Unknown(u8),
    /// A list in several answers that is longer than [`SETTINGS_BYTES_MAX`].
    #[error("settings of more than {SETTINGS_BYTES_MAX} bytes")]
    TooLong,
}

/// A list of settings that was found to be whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings<'a> {
    bytes: &'a [u8],
}

impl<'a> Settings<'a> {
    /// Reads the parameters of an answer, put together where they came in several.
    ///
    /// # Errors
    /// [`SettingsError`] where a value is cut off or a type is not known.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, SettingsError> {
        let mut walk = Walk::new(bytes);
        while walk.next_value()?.is_some() {}
        Ok(Self { bytes })
    }

    /// Every value of every setting, in the device's order.
    pub fn values(&self) -> impl Iterator<Item = Setting> + use<'a> {
        let mut walk = Walk::new(self.bytes);
        std::iter::from_fn(move || walk.next_value().ok().flatten())
    }

    /// What compressed samples have to be multiplied with; 1 where the device does not say.
    #[must_use]
    pub fn factor(&self) -> f32 {
        let factors = self.values().filter_map(|setting| match setting {
            Setting::Factor(factor) => Some(factor),
            _ => None,
        });
        factors.last().unwrap_or(1.0)
    }
}

struct Walk<'a> {
    cursor: Cursor<'a>,
    kind: u8,
    left: u8,
}

impl<'a> Walk<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { cursor: Cursor::new(bytes), kind: 0, left: 0 }
    }

    fn next_value(&mut self) -> Result<Option<Setting>, SettingsError> {
        while self.left == 0 {
            if self.cursor.tail() == 0 {
                return Ok(None);
            }
            self.kind = self.cursor.u8("setting's type")?;
            self.left = self.cursor.u8("setting's count")?;
        }
        self.left -= 1;
        let cursor = &mut self.cursor;
        Ok(Some(match self.kind {
            0 => Setting::RateHz(cursor.u16("rate")?),
            1 => Setting::ResolutionBits(cursor.u16("resolution")?),
            2 => Setting::Range(cursor.u16("range")?),
            3 => Setting::RangeMilli(cursor.u32("range")?),
            4 => Setting::Channels(cursor.u8("channels")?),
            5 => Setting::Factor(cursor.f32("factor")?),
            6 => Setting::Security(cursor.array("security")?),
            unknown => return Err(SettingsError::Unknown(unknown)),
        }))
    }
}

impl Setting {
    /// The bytes by which the host chooses this value, behind those of `command`.
    pub(super) fn append_to(self, command: Command) -> Result<Command, CommandTooLong> {
        let chosen = |kind, value: &[u8]| command.with(&[kind, 1])?.with(value);
        match self {
            Self::RateHz(value) => chosen(0, &value.to_le_bytes()),
            Self::ResolutionBits(value) => chosen(1, &value.to_le_bytes()),
            Self::Range(value) => chosen(2, &value.to_le_bytes()),
            Self::RangeMilli(value) => chosen(3, &value.to_le_bytes()),
            Self::Channels(value) => chosen(4, &[value]),
            Self::Factor(value) => chosen(5, &value.to_le_bytes()),
            Self::Security(value) => chosen(6, &value),
        }
    }
}

/// Settings that come in several answers.
#[derive(Clone, Debug, Default)]
pub struct Collected {
    bytes: Vec<u8>,
}

impl Collected {
    /// Takes an answer's parameters; whether it was the last one.
    ///
    /// # Errors
    /// [`SettingsError::TooLong`] beyond [`SETTINGS_BYTES_MAX`]; the answer is not kept.
    pub fn take(&mut self, answer: &Answer<'_>) -> Result<bool, SettingsError> {
        if self.bytes.len() + answer.parameters.len() > SETTINGS_BYTES_MAX {
            return Err(SettingsError::TooLong);
        }
        self.bytes.extend_from_slice(answer.parameters);
        Ok(!answer.more)
    }

    /// What was put together.
    ///
    /// # Errors
    /// [`SettingsError`] where a value is cut off or a type is not known.
    pub fn settings(&self) -> Result<Settings<'_>, SettingsError> {
        Settings::decode(&self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(parameters: &[u8], more: bool) -> Answer<'_> {
        Answer { command: 1, measurement: 2, status: 0, more, parameters }
    }

    #[test]
    fn a_list_cut_between_two_answers_is_put_together() {
        let mut collected = Collected::default();
        assert_eq!(collected.take(&answer(&[0, 2, 25, 0, 50], true)), Ok(false));
        assert!(collected.settings().is_err());
        assert_eq!(collected.take(&answer(&[0, 5, 1, 0, 0, 0, 63], false)), Ok(true));
        let settings = collected.settings().unwrap();
        let expected = [Setting::RateHz(25), Setting::RateHz(50), Setting::Factor(0.5)];
        assert_eq!(settings.values().collect::<Vec<_>>(), expected);
        assert_eq!(settings.factor(), 0.5);
    }

    #[test]
    fn a_device_that_never_ends_its_list_is_refused() {
        let mut collected = Collected::default();
        let piece = [0; 200];
        let taken: Vec<_> = (0..4).map(|_| collected.take(&answer(&piece, true)).is_ok()).collect();
        assert_eq!(taken, [true, true, false, false]);
    }

    #[test]
    fn a_device_that_tells_no_factor_has_1() {
        assert_eq!(Settings::decode(&[0, 1, 130, 0]).unwrap().factor(), 1.0);
    }
}
