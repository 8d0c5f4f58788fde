//! Lines of text with numbers in them, as they come over a UART.

use super::layout::{Field, Rows, Stream};
use crate::nordic_uart::framing::{Framing, Reassembly};

/// A line's description.
#[derive(Clone, Debug, PartialEq)]
pub struct LineLayout {
    pub(super) separator: char,
    /// Lines that do not begin with it are not meant.
    pub(super) prefix: String,
    pub(super) line_bytes_max: usize,
    /// In the order of the line; one that feeds no stream is passed over.
    pub(super) fields: Vec<Field>,
    pub(super) streams: Vec<Stream>,
}

/// Why a line is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadLine<'l> {
    /// It is not UTF-8.
    #[error("the line is no text")]
    NoText,
    /// It ends before a field.
    #[error("the line ends before its {field}")]
    TooShort {
        /// The field's name in the file.
        field: &'l str,
    },
    /// A field is no number, or none that is finite.
    #[error("the line's {field} is no number")]
    NoNumber {
        /// The field's name in the file.
        field: &'l str,
    },
}

/// What a line says beside its rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Whether it begins as the file says; if not, it has no rows.
    pub meant: bool,
    /// Bytes behind the last field; they are ignored.
    pub tail_bytes: usize,
}

impl LineLayout {
    /// The streams that it feeds, in the order of [`Rows::of`].
    #[must_use]
    pub fn streams(&self) -> &[Stream] {
        &self.streams
    }

    /// What puts the lines together out of notifications.
    #[must_use]
    pub fn reassembly(&self) -> Reassembly {
        Reassembly::new(Framing::Lines, self.line_bytes_max)
    }

    /// Room for the rows of a line.
    #[must_use]
    pub fn rows(&self) -> Rows {
        Rows::for_streams(&self.streams, 1)
    }

    /// Reads a line; `rows` then holds its rows and no others. A separator of a blank takes
    /// several for one.
    ///
    /// # Errors
    /// [`BadLine`]; then `rows` is empty.
    pub fn decode(&self, line: &[u8], rows: &mut Rows) -> Result<Line, BadLine<'_>> {
        rows.clear();
        let text = std::str::from_utf8(line).map_err(|_| BadLine::NoText)?;
        let Some(mut rest) = text.strip_prefix(self.prefix.as_str()) else { return Ok(Line::default()) };
        let mut numbers = [None; super::layout::FIELDS_MAX];
        let mut more = true;
        for (field, place) in self.fields.iter().zip(&mut numbers) {
            if self.separator == ' ' {
                rest = rest.trim_start_matches(' ');
            }
            if !more || rest.trim().is_empty() {
                return Err(BadLine::TooShort { field: &field.name });
            }
            let (word, behind) = match rest.split_once(self.separator) {
                Some(parts) => parts,
                None => {
                    more = false;
                    (rest, "")
                }
            };
            rest = behind;
            if field.slot.is_some() {
                let number = word.trim().parse().ok().filter(|number: &f64| number.is_finite());
                *place = Some(number.ok_or(BadLine::NoNumber { field: &field.name })?);
            }
        }
        rows.push(&self.fields, &numbers);
        Ok(Line { meant: true, tail_bytes: rest.len() })
    }
}
