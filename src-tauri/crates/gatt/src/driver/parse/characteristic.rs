//! One characteristic: its streams, and what its packets hold.

use super::super::layout::{Clock, Counter, Layout, Repeat, SAMPLES_MAX, Stream};
use super::super::problem::Notes;
use super::super::sheet::Sheet;
use super::super::{Characteristic, Reading, hex};
use super::fields::{Fields, is_flags};
use super::{CHANNELS_MAX, UUID, check, lines};
use crate::driver::layout::scalar::Scalar;
use model::{AttributeId, AttributeKind};

/// So many streams has a characteristic at most.
const STREAMS_MAX: usize = 16;
/// More samples a second no Bluetooth link carries.
const RATE_HZ_MAX: f64 = 100_000.0;
/// The fastest clock, ticks a second.
const TICKS_PER_SEC_MAX: f64 = 1e9;
/// The longest packet there is.
const PACKET_BYTES_MAX: usize = 512;

const KEYS: [&str; 10] =
    ["uuid", "endian", "stream", "head", "sample", "samples", "sample_bytes", "counter", "clock", "lines"];

pub(super) fn read(sheet: &Sheet<'_>, notes: &mut Notes<'_>) -> Option<Characteristic> {
    sheet.only(notes, &KEYS);
    sheet.need(notes, "uuid", UUID);
    sheet.need(notes, "stream", "a list of the streams that it feeds");
    let uuid = sheet.text(notes, "uuid", UUID, hex::uuid);
    let mut streams = Vec::new();
    for entry in sheet.sheets(notes, "stream", STREAMS_MAX) {
        let Some(stream) = stream(&entry, notes) else { continue };
        if streams.iter().any(|other: &Stream| other.name == stream.name) {
            notes.add(
                entry.place("name"),
                entry.key("name"),
                "stands here twice; each stream needs a name of its own",
            );
        }
        streams.push(stream);
    }
    let reading = match sheet.has("lines") {
        true => lines::read(sheet, streams, notes).map(Reading::Lines),
        false => layout(sheet, streams, notes).map(Reading::Packets),
    };
    Some(Characteristic { uuid: uuid?, reading: reading? })
}

fn stream(sheet: &Sheet<'_>, notes: &mut Notes<'_>) -> Option<Stream> {
    const NAME: &str = "1 to 64 letters, digits, _ or -, beginning with a letter or digit";
    const KIND: &str =
        "what it measures, such as temperature, accelerometer or generic (docs/drivers.md lists all)";
    sheet.only(notes, &["name", "kind", "rate_hz"]);
    sheet.need(notes, "name", NAME);
    sheet.need(notes, "kind", KIND);
    let id = |text: &str| AttributeId::parse(text).is_ok().then(|| text.to_owned());
    let name = sheet.text(notes, "name", NAME, id);
    let kind = sheet.text(notes, "kind", KIND, AttributeKind::from_code);
    let allowed = "a number above 0, at most 100000";
    let rate_hz = sheet.number(notes, "rate_hz", allowed, |rate| rate > 0.0 && rate <= RATE_HZ_MAX);
    Some(Stream { name: name?, kind: kind?, rate_hz, channels: Vec::new(), fits_i32: true })
}

fn layout(sheet: &Sheet<'_>, streams: Vec<Stream>, notes: &mut Notes<'_>) -> Option<Layout> {
    let big = big(sheet, notes).unwrap_or(false);
    let mut fields = Fields::new(streams, big);
    let head = fields.group(sheet, "head", None, notes);
    let sample = fields.group(sheet, "sample", Some(&head), notes);
    if !sheet.has("head") && !sheet.has("sample") {
        notes.add(sheet.at, sheet.key("sample"), "is missing; it must be a list of fields, or head must be");
    }
    let samples_max = format!("a whole number from 1 to {SAMPLES_MAX}, or \"rest\"");
    let repeat = match sheet.is_text("samples") {
        true => sheet.text(notes, "samples", &samples_max, |text| (text == "rest").then_some(Repeat::Rest)),
        false => sheet.whole_or(notes, "samples", 1..=SAMPLES_MAX, &samples_max).map(Repeat::Times),
    };
    let stride = sheet.whole(notes, "sample_bytes", 1..=PACKET_BYTES_MAX).map(|bytes| bytes * 8);
    check::overlaps(&head, notes);
    check::overlaps(&sample, notes);
    check::stride(sheet, &sample, stride, notes);
    let complete = fields.complete && (sheet.has("head") || sheet.has("sample"));
    let layout = Layout {
        counter: counter(sheet, &head, notes),
        clock: clock(sheet, &head, notes),
        head: head.into_iter().map(|(field, _)| field).collect(),
        sample: sample.into_iter().map(|(field, _)| field).collect(),
        repeat: repeat.unwrap_or(Repeat::Times(1)),
        stride,
        streams: fields.streams,
    };
    if complete {
        check::streams(sheet, &layout.streams, notes);
    }
    check::packet(sheet, &layout, PACKET_BYTES_MAX, notes);
    Some(layout)
}

/// Whether the byte order is big-endian.
pub(super) fn big(sheet: &Sheet<'_>, notes: &mut Notes<'_>) -> Option<bool> {
    sheet.word(notes, "endian", &["little", "big"]).map(|order| order == 1)
}

fn counter(sheet: &Sheet<'_>, head: &[check::Placed], notes: &mut Notes<'_>) -> Option<Counter> {
    let sheet = sheet.sheet(notes, "counter")?;
    sheet.only(notes, &["field", "bits"]);
    let (field, bits) = wrapping(&sheet, head, notes)?;
    Some(Counter { field, bits })
}

fn clock(sheet: &Sheet<'_>, head: &[check::Placed], notes: &mut Notes<'_>) -> Option<Clock> {
    let sheet = sheet.sheet(notes, "clock")?;
    sheet.only(notes, &["field", "bits", "ticks_per_sec", "of"]);
    let ticks = "a number above 0, at most 1000000000";
    sheet.need(notes, "ticks_per_sec", ticks);
    let fits = |ticks: f64| ticks > 0.0 && ticks <= TICKS_PER_SEC_MAX;
    let ticks_per_sec = sheet.number(notes, "ticks_per_sec", ticks, fits);
    let of_last = sheet.word(notes, "of", &["first", "last"]) == Some(1);
    let (field, bits) = wrapping(&sheet, head, notes)?;
    Some(Clock { field, bits, ticks_per_sec: ticks_per_sec?, of_last })
}

/// A head's unsigned field, and the bits in which it wraps: all of its own if nothing is said.
fn wrapping(sheet: &Sheet<'_>, head: &[check::Placed], notes: &mut Notes<'_>) -> Option<(usize, u32)> {
    let allowed = "the name of a field of head that is an unsigned whole number";
    sheet.need(notes, "field", allowed);
    let find = |text: &str| head.iter().position(|(field, _)| field.name == text && is_flags(field));
    let field = sheet.text(notes, "field", allowed, find)?;
    let Some((Scalar::Unsigned(own), _)) = head.get(field).map(|(field, at)| (field.scalar, at)) else {
        return None;
    };
    let bits = match sheet.has("bits") {
        true => sheet.whole(notes, "bits", 1..=own)?,
        false => own,
    };
    Some((field, u32::try_from(bits).ok()?))
}

/// Whether one more channel is allowed.
pub(super) fn has_room(streams: &[Stream]) -> bool {
    streams.iter().map(|stream| stream.channels.len()).sum::<usize>() < CHANNELS_MAX
}
