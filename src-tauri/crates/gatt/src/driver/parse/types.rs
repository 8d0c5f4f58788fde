//! What a field is: its type, and the channel that it feeds.

use super::{NAME, name};
use crate::driver::layout::scalar::Scalar;
use crate::driver::problem::Notes;
use crate::driver::sheet::Sheet;
use model::Channel;

pub(super) const SCALE: &str = "a number other than 0, from 1e-12 to 1e12 or the same below 0";
const OFFSET: &str = "a number from -1e12 to 1e12";
const TYPES: [(&str, Scalar); 14] = [
    ("u8", Scalar::Unsigned(8)),
    ("i8", Scalar::Signed(8)),
    ("u16", Scalar::Unsigned(16)),
    ("i16", Scalar::Signed(16)),
    ("u24", Scalar::Unsigned(24)),
    ("i24", Scalar::Signed(24)),
    ("u32", Scalar::Unsigned(32)),
    ("i32", Scalar::Signed(32)),
    ("u64", Scalar::Unsigned(64)),
    ("i64", Scalar::Signed(64)),
    ("f32", Scalar::F32),
    ("f64", Scalar::F64),
    ("sfloat", Scalar::Sfloat),
    ("float", Scalar::Float),
];

pub(super) fn scalar(sheet: &Sheet<'_>, notes: &mut Notes<'_>) -> Option<Scalar> {
    let mut words: Vec<&str> = TYPES.iter().map(|(word, _)| *word).collect();
    words.extend(["bits", "skip"]);
    sheet.need(notes, "type", &format!("one of {}", words.join(", ")));
    let index = sheet.word(notes, "type", &words)?;
    let kind = words.get(index).copied().unwrap_or_default();
    let owners = [("width", "bits"), ("signed", "bits"), ("bit", "bits"), ("bytes", "skip")];
    for (key, owner) in owners.into_iter().filter(|(key, owner)| sheet.has(key) && *owner != kind) {
        notes.add(sheet.place(key), sheet.key(key), format!("belongs to the type {owner} only"));
    }
    match kind {
        "bits" => {
            sheet.need(notes, "width", "a whole number from 1 to 32");
            let signed = sheet.flag(notes, "signed").unwrap_or(false);
            let width = sheet.whole(notes, "width", 1..=32)?;
            Some(if signed { Scalar::Signed(width) } else { Scalar::Unsigned(width) })
        }
        "skip" => {
            sheet.need(notes, "bytes", "a whole number from 1 to 512");
            sheet.whole(notes, "bytes", 1..=512).map(|bytes| Scalar::Skip(bytes * 8))
        }
        _ => TYPES.get(index).map(|(_, scalar)| *scalar),
    }
}

pub(super) fn is_scale(number: f64) -> bool {
    (1e-12..=1e12).contains(&number.abs())
}

/// The channel that a field feeds: of its own name where nothing is said.
pub(super) fn channel(sheet: &Sheet<'_>, field: &str, notes: &mut Notes<'_>) -> Channel {
    let own = sheet.text(notes, "channel", NAME, name);
    let unit = sheet.text(notes, "unit", "a text of at most 16 characters", |text| {
        (text.chars().count() <= 16 && model::one_line(text, 16) == text).then(|| text.to_owned())
    });
    let scale = sheet.number(notes, "scale", SCALE, is_scale).unwrap_or(1.0);
    let offset = sheet.number(notes, "offset", OFFSET, |offset| offset.abs() <= 1e12).unwrap_or(0.0);
    Channel { name: own.unwrap_or_else(|| field.to_owned()), unit: unit.unwrap_or_default(), scale, offset }
}
