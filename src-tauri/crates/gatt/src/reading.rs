//! The plainest of all answers: one value, and how much stood behind it.

use crate::TooShort;
use crate::cursor::Cursor;

/// What a characteristic of one value says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading<T> {
    /// In the unit of the function that read it.
    pub value: T,
    /// Bytes behind the value; they are ignored.
    pub tail_bytes: usize,
}

impl<T> Reading<T> {
    pub(crate) fn of(
        packet: &[u8],
        value: impl FnOnce(&mut Cursor<'_>) -> Result<T, TooShort>,
    ) -> Result<Self, TooShort> {
        let mut cursor = Cursor::new(packet);
        Ok(Self { value: value(&mut cursor)?, tail_bytes: cursor.tail() })
    }
}
