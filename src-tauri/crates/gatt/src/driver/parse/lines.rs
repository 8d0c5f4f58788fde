//! A characteristic that sends lines of text.

use super::types::channel;
use super::{check, name};
use crate::driver::layout::scalar::Scalar;
use crate::driver::layout::{FIELDS_MAX, Field, Stream};
use crate::driver::lines::LineLayout;
use crate::driver::problem::Notes;
use crate::driver::sheet::Sheet;

/// The longest line.
const LINE_BYTES_MAX: usize = 512;
/// Its length where nothing is said.
const LINE_BYTES: usize = 128;

pub(super) fn read(sheet: &Sheet<'_>, mut streams: Vec<Stream>, notes: &mut Notes<'_>) -> Option<LineLayout> {
    for key in ["endian", "head", "sample", "samples", "sample_bytes", "counter", "clock"] {
        if sheet.has(key) {
            notes.add(
                sheet.place(key),
                sheet.key(key),
                "belongs to packets; a characteristic with lines has none",
            );
        }
    }
    let lines = sheet.sheet(notes, "lines")?;
    lines.only(notes, &["separator", "begins", "bytes_max", "field"]);
    lines.need(notes, "field", "a list of the numbers in a line");
    let separator = lines.text(notes, "separator", "one character, such as \",\"", |text| {
        let mut chars = text.chars();
        chars.next().filter(|c| chars.next().is_none() && !matches!(c, '\n' | '\r' | '.' | '-' | '+'))
    });
    let begins = "a text of 1 to 64 characters without blanks at its ends";
    let prefix = lines.text(notes, "begins", begins, name).unwrap_or_default();
    let line_bytes_max = lines.whole(notes, "bytes_max", 1..=LINE_BYTES_MAX).unwrap_or(LINE_BYTES);
    let mut fields: Vec<Field> = Vec::new();
    for entry in lines.sheets(notes, "field", FIELDS_MAX) {
        let field = field(&entry, &mut streams, notes)?;
        if field.slot.is_some() && fields.iter().any(|other| other.slot == field.slot) {
            let words = "stands in its stream twice; each number needs a channel of its own";
            notes.add(entry.place("channel"), entry.key("channel"), words);
        }
        fields.push(field);
    }
    check::streams(sheet, &streams, notes);
    Some(LineLayout { separator: separator.unwrap_or(','), prefix, line_bytes_max, fields, streams })
}

fn field(sheet: &Sheet<'_>, streams: &mut [Stream], notes: &mut Notes<'_>) -> Option<Field> {
    sheet.only(notes, &["name", "stream", "channel", "unit", "scale", "offset", "ignore"]);
    let allowed = "a text of 1 to 64 characters without control characters or blanks at its ends";
    sheet.need(notes, "name", allowed);
    let name = sheet.text(notes, "name", allowed, name)?;
    let ignored = sheet.flag(notes, "ignore").unwrap_or(false);
    let slot = if ignored { None } else { Some(feed(sheet, &name, streams, notes)?) };
    let nothing = (None, None, None, None);
    let (at, when, plus, doubled) = nothing;
    Some(Field {
        name,
        scalar: Scalar::F64,
        big: false,
        aligned: true,
        at,
        when,
        times: 1.0,
        plus,
        doubled,
        slot,
    })
}

fn feed(
    sheet: &Sheet<'_>,
    name: &str,
    streams: &mut [Stream],
    notes: &mut Notes<'_>,
) -> Option<(usize, usize)> {
    let names: Vec<&str> = streams.iter().map(|stream| stream.name.as_str()).collect();
    if names.len() != 1 {
        sheet.need(notes, "stream", &format!("one of {}", names.join(", ")));
    }
    let stream = match sheet.has("stream") {
        true => sheet.word(notes, "stream", &names)?,
        false => 0,
    };
    let channel = channel(sheet, name, notes);
    let fed = streams.get_mut(stream)?;
    fed.fits_i32 = false;
    let place = fed.channels.iter().position(|other| other.name == channel.name);
    if place.is_none() {
        fed.channels.push(channel);
    }
    Some((stream, place.unwrap_or(fed.channels.len().saturating_sub(1))))
}
