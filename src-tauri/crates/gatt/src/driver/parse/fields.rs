//! The fields of a group: what stands in a packet's head, or in each of its samples.

use super::characteristic::{big, has_room};
use super::check::{Mark, Placed};
use super::types::{SCALE, channel, is_scale, scalar};
use super::{CHANNELS_MAX, NAME, name};
use crate::driver::layout::scalar::Scalar;
use crate::driver::layout::{FIELDS_MAX, Field, Stream, When};
use crate::driver::problem::Notes;
use crate::driver::sheet::Sheet;

const KEYS: [&str; 18] = [
    "name", "type", "endian", "at", "bit", "width", "signed", "bytes", "overlap", "when", "times", "plus",
    "doubled", "stream", "channel", "unit", "scale", "offset",
];
/// A characteristic's streams, as its fields fill them.
pub(super) struct Fields {
    pub(super) streams: Vec<Stream>,
    /// The group that feeds each stream.
    fed: Vec<Option<String>>,
    big: bool,
    count: usize,
    /// Whether every field could be read.
    pub(super) complete: bool,
}

impl Fields {
    pub(super) fn new(streams: Vec<Stream>, big: bool) -> Self {
        Self { fed: vec![None; streams.len()], streams, big, count: 0, complete: true }
    }

    /// Reads a group; `head` holds the flags, itself if none.
    pub(super) fn group(
        &mut self,
        sheet: &Sheet<'_>,
        group: &str,
        head: Option<&[Placed]>,
        notes: &mut Notes<'_>,
    ) -> Vec<Placed> {
        let mut fields: Vec<Placed> = Vec::new();
        let sheets = sheet.sheets(notes, group, FIELDS_MAX - self.count);
        self.count += sheets.len();
        for entry in &sheets {
            let Some(field) = self.field(entry, head.unwrap_or(&fields), notes) else { continue };
            if fields.iter().any(|(other, _)| other.name == field.0.name) && entry.has("name") {
                notes.add(
                    entry.place("name"),
                    entry.key("name"),
                    "stands here twice; each field needs its own",
                );
            }
            if field.0.at.is_some() && fields.iter().any(|(other, _)| other.when.is_some()) {
                let words = "can't stand behind a field with when, whose length is not known; leave it out";
                notes.add(entry.place("at"), entry.key("at"), words);
            }
            fields.push(field);
        }
        if fields.len() < sheets.len() {
            // Who feeds what can't be said; what is wrong with channels can.
            self.complete = false;
            sheets.iter().for_each(|entry| drop(channel(entry, "", notes)));
        } else {
            for (index, entry) in sheets.iter().enumerate() {
                join(entry, index, &mut fields, notes);
            }
            // Only now it is known which fields are parts of others.
            for (index, entry) in sheets.iter().enumerate() {
                self.feed(entry, group, index, &mut fields, notes);
            }
        }
        fields
    }

    fn field(&self, sheet: &Sheet<'_>, head: &[Placed], notes: &mut Notes<'_>) -> Option<Placed> {
        sheet.only(notes, &KEYS);
        let scalar = scalar(sheet, notes)?;
        let is_skip = matches!(scalar, Scalar::Skip(_));
        if !is_skip {
            sheet.need(notes, "name", NAME);
        }
        let name = sheet.text(notes, "name", NAME, name).or_else(|| is_skip.then(|| "padding".to_owned()));
        let is_bits = sheet.has("width");
        let at = sheet.whole(notes, "at", 0..=511).map(|bytes| bytes * 8);
        let bit = sheet.whole(notes, "bit", 0..=4095);
        let at = if at.is_none() && bit.is_none() { None } else { Some(at.unwrap_or(0) + bit.unwrap_or(0)) };
        let when = sheet.sheet(notes, "when").and_then(|when| self::when(&when, head, notes));
        let times = sheet.number(notes, "times", SCALE, is_scale).unwrap_or(1.0);
        let field = Field {
            name: name?,
            scalar,
            big: big(sheet, notes).unwrap_or(self.big),
            aligned: !is_bits,
            at,
            when,
            times,
            plus: None,
            doubled: None,
            slot: None,
        };
        let overlap = sheet.flag(notes, "overlap").unwrap_or(false);
        Some((field, Mark { at: sheet.at, key: sheet.key("at"), overlap }))
    }

    /// Gives a field its stream and channel.
    fn feed(
        &mut self,
        sheet: &Sheet<'_>,
        group: &str,
        index: usize,
        fields: &mut [Placed],
        notes: &mut Notes<'_>,
    ) {
        let Some((field, _)) = fields.get(index) else { return };
        let used = fields.iter().any(|(other, _)| other.plus == Some(index) || other.doubled == Some(index));
        if !sheet.has("stream") && (group == "head" || used || matches!(field.scalar, Scalar::Skip(_))) {
            return self.unfed(sheet, notes);
        }
        let Some(stream) = self.stream(sheet, notes) else { return };
        let other = self.fed.get_mut(stream).map(|fed| fed.get_or_insert_with(|| group.to_owned()));
        if other.is_some_and(|other| other != group) {
            let words = "is fed by head already; a stream's fields stand all in head or all in sample";
            notes.add(sheet.place("stream"), sheet.key("stream"), words);
        }
        let channel = channel(sheet, &field.name, notes);
        let has_room = has_room(&self.streams);
        let Some(stream_spec) = self.streams.get_mut(stream) else { return };
        stream_spec.fits_i32 &= field.scalar.fits_i32()
            && field.plus.is_none()
            && field.doubled.is_none()
            && (field.times - 1.0).abs() == 0.0;
        let place = stream_spec.channels.iter().position(|other| other.name == channel.name);
        if let Some(place) = place {
            let differs = stream_spec.channels.get(place) != Some(&channel);
            let twice = fields
                .iter()
                .take(index)
                .any(|(other, _)| other.slot == Some((stream, place)) && !excludes(other, field));
            if differs || twice {
                let words = format!(
                    "{} is fed by an earlier field; two fields may share a channel only if their when asks for \
                     the same bit, set and clear, and unit, scale and offset are equal",
                    channel.name
                );
                notes.add(sheet.place("channel"), sheet.key("channel"), words);
            }
        } else if has_room {
            stream_spec.channels.push(channel);
        } else {
            notes.add(
                sheet.at,
                sheet.key("channel"),
                format!("is one too many; at most {CHANNELS_MAX} are allowed"),
            );
        }
        let place = place.unwrap_or_else(|| stream_spec.channels.len().saturating_sub(1));
        if let Some((field, _)) = fields.get_mut(index) {
            field.slot = Some((stream, place));
        }
    }

    /// Notes what makes no sense for a field that feeds no stream.
    fn unfed(&self, sheet: &Sheet<'_>, notes: &mut Notes<'_>) {
        for key in ["channel", "unit", "scale", "offset"].into_iter().filter(|key| sheet.has(key)) {
            notes.add(
                sheet.place(key),
                sheet.key(key),
                "has no use in a field that feeds no stream; name its stream",
            );
        }
    }

    /// The stream that a field names, or the only one that there is.
    fn stream(&self, sheet: &Sheet<'_>, notes: &mut Notes<'_>) -> Option<usize> {
        let names: Vec<&str> = self.streams.iter().map(|stream| stream.name.as_str()).collect();
        match (sheet.has("stream"), names.len()) {
            (true, _) => sheet.word(notes, "stream", &names),
            (false, 1) => Some(0),
            (false, _) => {
                sheet.need(notes, "stream", &format!("one of {}", names.join(", ")));
                None
            }
        }
    }
}

/// Whether a field can be asked for its bits: unsigned, and always there.
pub(super) fn is_flags(field: &Field) -> bool {
    matches!(field.scalar, Scalar::Unsigned(_)) && field.when.is_none()
}

fn when(sheet: &Sheet<'_>, head: &[Placed], notes: &mut Notes<'_>) -> Option<When> {
    let allowed = "the name of an earlier field of head that is an unsigned whole number without when";
    sheet.only(notes, &["field", "bit", "set"]);
    sheet.need(notes, "field", allowed);
    sheet.need(notes, "bit", "a whole number");
    let find = |text: &str| head.iter().position(|(field, _)| field.name == text && is_flags(field));
    let field = sheet.text(notes, "field", allowed, find)?;
    let bits = head.get(field).map_or(1, |(field, _)| field.scalar.bits());
    let bit = sheet.whole(notes, "bit", 0..=bits - 1)?;
    Some(When { field, bit, set: sheet.flag(notes, "set").unwrap_or(true) })
}

/// Whether only one of two fields can be there.
fn excludes(one: &Field, other: &Field) -> bool {
    let key = |when: &When| (when.field, when.bit);
    one.when.zip(other.when).is_some_and(|(a, b)| key(&a) == key(&b) && a.set != b.set)
}

/// Resolves `plus` and `doubled`.
fn join(sheet: &Sheet<'_>, index: usize, fields: &mut [Placed], notes: &mut Notes<'_>) {
    let allowed = "the name of another field here that has no times, plus or doubled itself";
    let plain =
        |field: &Field| field.plus.is_none() && field.doubled.is_none() && (field.times - 1.0).abs() == 0.0;
    let find = |text: &str| {
        let named = fields.iter().position(|(field, _)| field.name == text && plain(field));
        named.filter(|other| *other != index)
    };
    let plus = sheet.text(notes, "plus", allowed, find);
    let doubled = sheet.text(notes, "doubled", allowed, find);
    let refers_here =
        fields.iter().any(|(other, _)| other.plus == Some(index) || other.doubled == Some(index));
    for key in ["plus", "doubled"].into_iter().filter(|key| refers_here && sheet.has(key)) {
        notes.add(
            sheet.place(key),
            sheet.key(key),
            "can't stand in a field that another one adds or doubles by",
        );
    }
    if let Some((field, _)) = fields.get_mut(index) {
        (field.plus, field.doubled) = (plus, doubled);
    }
}
