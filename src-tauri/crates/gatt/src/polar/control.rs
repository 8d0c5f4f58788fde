//! The control point: commands for the device, and what it says about them.
//!
//! A command is an operation and a measurement, and for a start the settings. An
//! answer is `F0`, the operation, the measurement, an error code, whether more is
//! to come, and parameters. By itself the device says `01` and the measurements
//! that it has stopped.

use super::Measurement;
use super::settings::Setting;
use crate::TooShort;
use crate::command::{Command, CommandTooLong};
use crate::cursor::Cursor;

const ANSWER: u8 = 0xf0;
const STOPPED: u8 = 0x01;

/// Asks which settings a measurement has.
#[must_use]
pub const fn get_settings(measurement: Measurement) -> Command {
    Command::fixed([1, measurement as u8])
}

/// Starts a measurement, with one value for each of its settings.
///
/// # Errors
/// [`CommandTooLong`] for more settings than there are.
pub fn start(measurement: Measurement, settings: &[Setting]) -> Result<Command, CommandTooLong> {
    let command = Command::fixed([2, measurement as u8]);
    settings.iter().try_fold(command, |command, setting| setting.append_to(command))
}

/// Stops a measurement. To be done before the link is dropped: an H10 stays on otherwise.
#[must_use]
pub const fn stop(measurement: Measurement) -> Command {
    Command::fixed([3, measurement as u8])
}

/// Asks which measurements run.
#[must_use]
pub const fn status() -> Command {
    Command::fixed([5])
}

/// Asks whether the SDK mode is on; it is started and stopped as a measurement.
#[must_use]
pub const fn sdk_mode_status() -> Command {
    Command::fixed([6])
}

/// What the device indicates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Indication<'a> {
    /// The answer to a command.
    Answer(Answer<'a>),
    /// The device has stopped these measurements, by their codes.
    Stopped(&'a [u8]),
}

/// The answer to a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer<'a> {
    /// The command's first byte.
    pub command: u8,
    /// The measurement's code.
    pub measurement: u8,
    /// How it went: 0 is well, [`problem`] names the others.
    pub status: u8,
    /// Whether another answer brings more parameters.
    pub more: bool,
    /// What was asked for: settings, or the state.
    pub parameters: &'a [u8],
}

/// Why an indication can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IndicationError {
    /// It ends too early.
    #[error(transparent)]
    TooShort(#[from] TooShort),
    /// It begins with another byte.
    #[error("{0:#04x} begins no indication of the control point")]
    Unknown(u8),
}

/// Decodes an indication of the control point.
///
/// # Errors
/// [`IndicationError`] where it ends too early or begins with another byte.
pub fn decode(packet: &[u8]) -> Result<Indication<'_>, IndicationError> {
    let mut cursor = Cursor::new(packet);
    match cursor.u8("kind of indication")? {
        STOPPED => Ok(Indication::Stopped(cursor.rest())),
        ANSWER => Ok(Indication::Answer(answer(&mut cursor)?)),
        unknown => Err(IndicationError::Unknown(unknown)),
    }
}

/// What follows the status is there only when there is something to say.
fn answer<'a>(cursor: &mut Cursor<'a>) -> Result<Answer<'a>, TooShort> {
    let (command, measurement) = (cursor.u8("command")?, cursor.u8("measurement")?);
    let status = cursor.u8("status")?;
    let (more, parameters) = match cursor.rest() {
        [more, parameters @ ..] if status == 0 => (*more != 0, parameters),
        _ => (false, &[][..]),
    };
    Ok(Answer { command, measurement, status, more, parameters })
}

/// What a status other than 0 means, in words; none for 0 and for codes of the future.
#[must_use]
pub fn problem(status: u8) -> Option<&'static str> {
    const PROBLEMS: [&str; 14] = [
        "invalid command",
        "invalid measurement",
        "not supported",
        "invalid length",
        "invalid parameter",
        "already in this state",
        "invalid resolution",
        "invalid sample rate",
        "invalid range",
        "the link's packets are too small",
        "invalid number of channels",
        "not possible in this state",
        "the device is in its charger",
        "the device's memory is full",
    ];
    PROBLEMS.get(usize::from(status).checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_written_as_polars_sdk_writes_them() {
        let ecg = [Setting::RateHz(130), Setting::ResolutionBits(14)];
        let bytes = start(Measurement::Ecg, &ecg).unwrap();
        assert_eq!(bytes.as_bytes(), [2, 0, 0, 1, 0x82, 0, 1, 1, 0x0e, 0]);
        let acceleration = [Setting::Range(8), Setting::RateHz(200), Setting::ResolutionBits(16)];
        let bytes = start(Measurement::Acceleration, &acceleration).unwrap();
        assert_eq!(bytes.as_bytes(), [2, 2, 2, 1, 8, 0, 0, 1, 0xc8, 0, 1, 1, 0x10, 0]);
        assert_eq!(start(Measurement::PulseIntervals, &[]).unwrap().as_bytes(), [2, 3]);
        assert_eq!(stop(Measurement::PulseIntervals).as_bytes(), [3, 3]);
        assert_eq!(get_settings(Measurement::Ppg).as_bytes(), [1, 1]);
        assert_eq!((status().as_bytes(), sdk_mode_status().as_bytes()), (&[5][..], &[6][..]));
    }

    #[test]
    fn every_kind_of_setting_is_written_so_that_it_is_read_again() {
        let all = [
            Setting::RangeMilli(70_000),
            Setting::Channels(4),
            Setting::Factor(0.25),
            Setting::Security([7; 16]),
        ];
        let command = start(Measurement::Ppg, &all).unwrap();
        let settings = super::super::settings::Settings::decode(&command.as_bytes()[2..]).unwrap();
        assert!(settings.values().eq(all));
        assert!(start(Measurement::Ppg, &[Setting::Security([7; 16]); 4]).is_err());
    }

    #[test]
    fn the_fourteen_problems_have_names() {
        let named: Vec<_> = (0..=255).filter(|status| problem(*status).is_some()).collect();
        assert_eq!(named, (1..=14).collect::<Vec<_>>());
        assert_eq!(problem(13), Some("the device is in its charger"));
    }
}
