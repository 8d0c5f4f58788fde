//! Record Access Control Point (2A52): asking a device for what it has stored.
//!
//! A request: u8 what to do, u8 which records, and for some a filter (1 =
//! sequence number) with one or two u16. The answer comes as an indication:
//! `05 00 n n` is a number of records, `06 00 op code` is the end.

use crate::TooShort;
use crate::command::Command;
use crate::cursor::Cursor;

const NUMBER: u8 = 5;
const RESPONSE: u8 = 6;
const FILTER_BY_SEQUENCE: u8 = 1;

/// What to do with the records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Send them, each as a notification of 2A18.
    Report = 1,
    /// Delete them from the device.
    Delete = 2,
    /// Count them.
    Count = 4,
}

/// Which records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// All of them.
    All,
    /// Those up to and with this sequence number.
    UpTo(u16),
    /// Those from this sequence number on.
    From(u16),
    /// Those between two sequence numbers, both included.
    Between(u16, u16),
    /// The oldest.
    First,
    /// The newest.
    Last,
}

/// A request for `which` records.
#[must_use]
pub const fn request(action: Action, which: Which) -> Command {
    let action = action as u8;
    match which {
        Which::All => Command::fixed([action, 1]),
        Which::UpTo(last) => filtered(action, 2, last),
        Which::From(first) => filtered(action, 3, first),
        Which::Between(first, last) => {
            let ([a, b], [c, d]) = (first.to_le_bytes(), last.to_le_bytes());
            Command::fixed([action, 4, FILTER_BY_SEQUENCE, a, b, c, d])
        }
        Which::First => Command::fixed([action, 5]),
        Which::Last => Command::fixed([action, 6]),
    }
}

/// The request to give up what is under way.
#[must_use]
pub const fn abort() -> Command {
    Command::fixed([3, 0])
}

const fn filtered(action: u8, operator: u8, sequence: u16) -> Command {
    let [low, high] = sequence.to_le_bytes();
    Command::fixed([action, operator, FILTER_BY_SEQUENCE, low, high])
}

/// What a device answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// So many records are stored.
    Number(u16),
    /// The request is done, or refused.
    End {
        /// What was asked, as sent; 1 is "report".
        request: u8,
        /// How it went, as sent; [`outcome`] names it.
        code: u8,
    },
}

impl Answer {
    /// Whether this ends a request well: done, or there was nothing to send.
    #[must_use]
    pub const fn is_good_end(self) -> bool {
        matches!(self, Self::End { code: 1 | 6, .. })
    }
}

/// Why an indication is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// It ends too early.
    #[error(transparent)]
    TooShort(#[from] TooShort),
    /// It is no answer that is known.
    #[error("{0:#04x} is no answer of a record access control point")]
    Unknown(u8),
}

/// Decodes an indication of 2A52, and counts the bytes behind it.
///
/// # Errors
/// [`AnswerError`] where it ends too early or is no answer.
pub fn decode(packet: &[u8]) -> Result<(Answer, usize), AnswerError> {
    let mut cursor = Cursor::new(packet);
    let kind = cursor.u8("kind of answer")?;
    if !matches!(kind, NUMBER | RESPONSE) {
        return Err(AnswerError::Unknown(kind));
    }
    cursor.u8("operator")?;
    let answer = match kind {
        NUMBER => Answer::Number(cursor.u16("number of records")?),
        _ => Answer::End { request: cursor.u8("request")?, code: cursor.u8("response code")? },
    };
    Ok((answer, cursor.tail()))
}

/// A response code in words; none for codes of the future.
#[must_use]
pub fn outcome(code: u8) -> Option<&'static str> {
    const OUTCOMES: [&str; 9] = [
        "done",
        "the device does not know this request",
        "the choice of records is not valid",
        "the device does not know this choice of records",
        "the filter is not valid",
        "no records found",
        "the request could not be aborted",
        "the request was not completed",
        "the device does not know this filter",
    ];
    OUTCOMES.get(usize::from(code).checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_written_as_the_standard_writes_them() {
        use Which::*;
        let bytes = |action, which| request(action, which).as_bytes().to_vec();
        assert_eq!(bytes(Action::Report, All), [1, 1]);
        assert_eq!(bytes(Action::Delete, UpTo(0x0102)), [2, 2, 1, 2, 1]);
        assert_eq!(bytes(Action::Report, From(300)), [1, 3, 1, 0x2c, 1]);
        assert_eq!(bytes(Action::Count, Between(1, 2)), [4, 4, 1, 1, 0, 2, 0]);
        assert_eq!(bytes(Action::Report, First), [1, 5]);
        assert_eq!(bytes(Action::Report, Last), [1, 6]);
        assert_eq!(abort().as_bytes(), [3, 0]);
    }

    #[test]
    fn the_end_is_good_when_done_or_when_there_was_nothing() {
        let end = |code| decode(&[6, 0, 1, code]).unwrap().0;
        assert_eq!((1..=9).filter(|code| end(*code).is_good_end()).collect::<Vec<_>>(), [1, 6]);
        assert_eq!((outcome(0), outcome(1), outcome(10)), (None, Some("done"), None));
    }
}
