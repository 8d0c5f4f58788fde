//! What only shows when all fields are known: overlaps, lengths, streams that nothing feeds.

use crate::driver::layout::{Field, Layout, Repeat, Stream};
use crate::driver::problem::Notes;
use crate::driver::sheet::Sheet;

/// A field, and where it stands in the file.
pub(super) type Placed = (Field, Mark);

/// Where a field stands in the file.
pub(super) struct Mark {
    /// Byte.
    pub(super) at: usize,
    /// Its key `at`, for complaints about its place.
    pub(super) key: String,
    /// Whether it may lie over others.
    pub(super) overlap: bool,
}

/// The bits of each field, as if every one were there.
fn places<'f>(fields: impl IntoIterator<Item = &'f Field>) -> Vec<(usize, usize)> {
    let mut next = 0;
    let place = |field: &Field| {
        let start = field.at.unwrap_or(next);
        let start = if field.aligned { start.next_multiple_of(8) } else { start };
        next = start + field.scalar.bits();
        (start, next)
    };
    fields.into_iter().map(place).collect()
}

/// Notes fields that share bits. (Bits of both orders in one byte are compared as if of one.)
pub(super) fn overlaps(fields: &[Placed], notes: &mut Notes<'_>) {
    let places = places(fields.iter().map(|(field, _)| field));
    for (index, ((field, mark), (start, end))) in fields.iter().zip(&places).enumerate() {
        let mut earlier = fields.iter().zip(&places).take(index);
        let hit = earlier.find(|((_, other), (from, to))| !other.overlap && start < to && from < end);
        if let Some(((other, _), _)) = hit.filter(|_| !mark.overlap) {
            let words =
                format!("{} lies over {}; move it, or allow it with overlap = true", field.name, other.name);
            notes.add(mark.at, mark.key.as_str(), words);
        }
    }
}

/// The bits that a group has at least.
fn least<'f>(fields: impl Iterator<Item = &'f Field> + Clone) -> usize {
    let always = fields.filter(|field| field.when.is_none());
    places(always).iter().map(|(_, end)| *end).max().unwrap_or(0)
}

/// Notes a step from sample to sample that is shorter than a sample.
pub(super) fn stride(sheet: &Sheet<'_>, sample: &[Placed], stride: Option<usize>, notes: &mut Notes<'_>) {
    let needed = least(sample.iter().map(|(field, _)| field));
    if stride.is_some_and(|stride| stride < needed) {
        let words = format!("is less than the {} bytes of its fields", needed.div_ceil(8));
        notes.add(sheet.place("sample_bytes"), sheet.key("sample_bytes"), words);
    }
}

/// Notes a packet that no link carries.
pub(super) fn packet(sheet: &Sheet<'_>, layout: &Layout, bytes_max: usize, notes: &mut Notes<'_>) {
    let samples = if let Repeat::Times(times) = layout.repeat { times } else { 1 };
    let bits = layout.stride.unwrap_or_else(|| least(layout.sample.iter())).saturating_mul(samples);
    let bytes = (least(layout.head.iter()) + bits).div_ceil(8);
    if bytes > bytes_max {
        let words = format!("make a packet of at least {bytes} bytes; at most {bytes_max} are allowed");
        notes.add(sheet.place("samples"), sheet.key("samples"), words);
    }
}

/// Notes streams that no field feeds.
pub(super) fn streams(sheet: &Sheet<'_>, streams: &[Stream], notes: &mut Notes<'_>) {
    for stream in streams.iter().filter(|stream| stream.channels.is_empty()) {
        let words = format!("no field feeds {}; leave it out, or name it in a field", stream.name);
        notes.add(sheet.place("stream"), sheet.key("stream"), words);
    }
}
