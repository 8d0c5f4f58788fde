//! Movesense: GATT SensorData Protocol (GSP), as Movesense's protocol page has it.
//!
//! A command is `[code, reference, payload]`; the reference is chosen by the host,
//! not 0, and stands in everything that the sensor sends about it. A notification
//! is `[1, reference, u16 status]` for an answer, `[2, reference, …]` for data and
//! `[3, reference, …]` for what did not fit into the data's notification; see
//! [`join`]. What the data holds depends on the path that was subscribed to; see
//! [`data`]. The sensor must run the firmware app `gatt_sensordata`.

pub mod data;
pub mod join;

use std::num::NonZeroU8;

use crate::TooShort;
use crate::command::{Command, CommandTooLong};
use crate::cursor::Cursor;

/// Service: GSP.
pub const SERVICE: u128 = 0x3480_2252_7185_4d5d_b431_630e_7050_e8f0;
/// Characteristic: commands, written by the host.
pub const COMMANDS: u128 = 0x3480_0001_7185_4d5d_b431_630e_7050_e8f0;
/// Characteristic: notifications.
pub const NOTIFICATIONS: u128 = 0x3480_0002_7185_4d5d_b431_630e_7050_e8f0;

/// Asks the sensor what it is.
#[must_use]
pub const fn hello(reference: NonZeroU8) -> Command {
    Command::fixed([0, reference.get()])
}

/// Subscribes to a path such as `/Meas/ECG/200`.
///
/// # Errors
/// [`CommandTooLong`] for a path of more than 62 bytes.
pub fn subscribe(reference: NonZeroU8, path: &str) -> Result<Command, CommandTooLong> {
    Command::fixed([1, reference.get()]).with(path.as_bytes())
}

/// Ends the subscription that `reference` began.
#[must_use]
pub const fn unsubscribe(reference: NonZeroU8) -> Command {
    Command::fixed([2, reference.get()])
}

/// Fetches a stored log by its number.
#[must_use]
pub const fn fetch_log(reference: NonZeroU8, log: u32) -> Command {
    let [a, b, c, d] = log.to_le_bytes();
    Command::fixed([3, reference.get(), a, b, c, d])
}

/// What a notification is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The answer to a command: a status like those of HTTP, and what follows it.
    Answer {
        /// 200 is well.
        status: u16,
    },
    /// Data, or its beginning.
    Data,
    /// More of the data of the notification before.
    Continuation,
}

/// A notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notification<'a> {
    /// What it is.
    pub kind: Kind,
    /// The reference of the command that it belongs to.
    pub reference: u8,
    /// What it carries: data, or what an answer adds to its status.
    pub payload: &'a [u8],
}

/// Why a notification can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotificationError {
    /// It ends too early.
    #[error(transparent)]
    TooShort(#[from] TooShort),
    /// Its code is not known.
    #[error("{0} is no code of a notification")]
    Unknown(u8),
}

/// Decodes a notification.
///
/// # Errors
/// [`NotificationError`] where it ends before its status, or its code is not known.
pub fn decode(packet: &[u8]) -> Result<Notification<'_>, NotificationError> {
    let mut cursor = Cursor::new(packet);
    let code = cursor.u8("code")?;
    let reference = cursor.u8("reference")?;
    let kind = match code {
        1 => Kind::Answer { status: cursor.u16("status")? },
        2 => Kind::Data,
        3 => Kind::Continuation,
        _ => return Err(NotificationError::Unknown(code)),
    };
    Ok(Notification { kind, reference, payload: cursor.rest() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_carry_code_reference_and_payload() {
        let reference = NonZeroU8::new(99).unwrap();
        assert_eq!(hello(reference).as_bytes(), [0, 99]);
        assert_eq!(subscribe(reference, "/Meas/HR").unwrap().as_bytes(), b"\x01\x63/Meas/HR");
        assert_eq!(unsubscribe(reference).as_bytes(), [2, 99]);
        assert_eq!(fetch_log(reference, 258).as_bytes(), [3, 99, 2, 1, 0, 0]);
        assert!(subscribe(reference, &"x".repeat(63)).is_err());
    }
}
