//! A packet into rows.

use super::scalar::{Scalar, gather};
use super::{FIELDS_MAX, Field, Layout, Repeat, SAMPLES_MAX, Stream};

/// A packet ends before a field that it ought to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the packet of {packet_bytes} bytes ends before its {field}")]
pub struct TooShort<'l> {
    /// The missing field's name in the file.
    pub field: &'l str,
    /// The length of the whole packet.
    pub packet_bytes: usize,
}

/// What a packet says beside its rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Packet {
    /// Its number, as sent, cut to the bits in which it wraps.
    pub counter: Option<u64>,
    /// The device's time in ticks, as sent, cut to the bits in which it wraps.
    pub ticks: Option<u64>,
    /// How many samples it held.
    pub samples: usize,
    /// Bytes behind the last field; they are ignored.
    pub tail_bytes: usize,
}

/// The rows of one packet, stream by stream; kept and used again, it allocates no more.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// For each stream the width of a row, and the rows one behind the other.
    streams: Vec<(usize, Vec<f64>)>,
}

impl Rows {
    /// With room for a packet of `layout`.
    #[must_use]
    pub fn new(layout: &Layout) -> Self {
        let samples = match layout.repeat {
            Repeat::Times(times) => times,
            Repeat::Rest => SAMPLES_MAX,
        };
        Self::for_streams(&layout.streams, samples)
    }

    /// With room for so many rows of each stream.
    pub(in crate::driver) fn for_streams(streams: &[Stream], samples: usize) -> Self {
        let row = |width: usize| (width, Vec::with_capacity(width * samples));
        Self { streams: streams.iter().map(|stream| row(stream.channels.len())).collect() }
    }

    /// The rows of a stream, oldest first: raw numbers, one for each channel. NaN stands where
    /// the packet has no number for it.
    pub fn of(&self, stream: usize) -> impl ExactSizeIterator<Item = &[f64]> {
        let (width, values) = self.streams.get(stream).map_or((1, &[][..]), |(width, all)| (*width, all));
        values.chunks_exact(width.max(1))
    }

    /// Forgets the rows and keeps the room.
    pub fn clear(&mut self) {
        self.streams.iter_mut().for_each(|(_, values)| values.clear());
    }

    /// The numbers for which there is room.
    #[cfg(test)]
    pub(in crate::driver) fn room(&self) -> usize {
        self.streams.iter().map(|(_, values)| values.capacity()).sum()
    }

    /// Adds a row of no numbers and gives it out.
    fn row(&mut self, stream: usize) -> Option<&mut [f64]> {
        let (width, values) = self.streams.get_mut(stream)?;
        let start = values.len();
        values.resize(start + *width, f64::NAN);
        values.get_mut(start..)
    }

    /// Adds a row for each stream of which there is a number.
    pub(in crate::driver) fn push(&mut self, fields: &[Field], numbers: &[Option<f64>]) {
        for stream in 0..self.streams.len() {
            let of_it = fields.iter().zip(numbers).filter_map(|(field, number)| {
                let (_, channel) = field.slot.filter(|(fed, _)| *fed == stream)?;
                Some((channel, (*number)?))
            });
            let mut of_it = of_it.peekable();
            if of_it.peek().is_none() {
                continue;
            }
            let Some(row) = self.row(stream) else { continue };
            for (channel, number) in of_it {
                if let Some(place) = row.get_mut(channel) {
                    *place = number;
                }
            }
        }
    }
}

/// What a group of fields holds: bits and numbers, none where a field is absent.
struct Group {
    raws: [Option<u64>; FIELDS_MAX],
    numbers: [Option<f64>; FIELDS_MAX],
}

impl Layout {
    /// Decodes a packet; `rows` then holds its rows and no others.
    ///
    /// # Errors
    /// [`TooShort`] where a field is missing; then `rows` is empty.
    pub fn decode(&self, packet: &[u8], rows: &mut Rows) -> Result<Packet, TooShort<'_>> {
        rows.clear();
        let decoded = self.fill(packet, rows);
        if decoded.is_err() {
            rows.clear();
        }
        decoded
    }

    fn fill(&self, packet: &[u8], rows: &mut Rows) -> Result<Packet, TooShort<'_>> {
        let mut head = Group { raws: [None; FIELDS_MAX], numbers: [None; FIELDS_MAX] };
        let mut at = read(&self.head, packet, 0, None, &mut head)?.next_multiple_of(8);
        rows.push(&self.head, &head.numbers);
        let mut sample = Group { raws: [None; FIELDS_MAX], numbers: [None; FIELDS_MAX] };
        let (mut samples, mut end) = (0, at);
        while !self.sample.is_empty() && self.has_more(samples, at, packet) {
            let behind = read(&self.sample, packet, at, Some(&head.raws), &mut sample)?;
            if behind == at {
                break; // Every field is absent, and will be in the others: the rest is a tail.
            }
            rows.push(&self.sample, &sample.numbers);
            samples += 1;
            end = behind;
            at = self.stride.map_or(behind, |stride| at + stride);
        }
        let raw = |field: usize, bits: u32| {
            let mask = u64::MAX.checked_shr(64_u32.saturating_sub(bits)).unwrap_or(0);
            head.raws.get(field).copied().flatten().map(|raw| raw & mask)
        };
        Ok(Packet {
            counter: self.counter.and_then(|counter| raw(counter.field, counter.bits)),
            ticks: self.clock.and_then(|clock| raw(clock.field, clock.bits)),
            samples,
            tail_bytes: packet.len().saturating_sub(end.div_ceil(8)),
        })
    }

    fn has_more(&self, samples: usize, at: usize, packet: &[u8]) -> bool {
        match self.repeat {
            Repeat::Times(times) => samples < times,
            // Less than a byte is what fills up samples that are packed by bits.
            Repeat::Rest => samples < SAMPLES_MAX && packet.len() * 8 >= at + 8,
        }
    }
}

/// Reads a group that begins at bit `start`; gives the bit behind it. The bits of flags stand in
/// `flags`, or in the group itself.
fn read<'l>(
    fields: &'l [Field],
    packet: &[u8],
    start: usize,
    flags: Option<&[Option<u64>; FIELDS_MAX]>,
    group: &mut Group,
) -> Result<usize, TooShort<'l>> {
    let (mut at, mut end) = (start, start);
    for (index, field) in fields.iter().enumerate() {
        let present = field.when.is_none_or(|when| {
            let flag = flags.unwrap_or(&group.raws).get(when.field).copied().flatten().unwrap_or(0);
            (flag >> when.bit & 1 == 1) == when.set
        });
        let raw = present.then(|| {
            let place = field.at.map_or(at, |at| start + at);
            let place = if field.aligned { place.next_multiple_of(8) } else { place };
            at = place + field.scalar.bits();
            end = end.max(at);
            let too_short = TooShort { field: &field.name, packet_bytes: packet.len() };
            take(field, packet, place).ok_or(too_short)
        });
        let raw = raw.transpose()?;
        if let (Some(raw_place), Some(place)) = (group.raws.get_mut(index), group.numbers.get_mut(index)) {
            (*raw_place, *place) = (raw, raw.map(|raw| field.scalar.number(raw)));
        }
    }
    combine(fields, group);
    let packed = fields.iter().all(|field| !field.aligned);
    Ok(if packed { end } else { end.next_multiple_of(8) })
}

fn take(field: &Field, packet: &[u8], place: usize) -> Option<u64> {
    match field.scalar {
        Scalar::Skip(bits) => (packet.len() * 8 >= place + bits).then_some(0),
        scalar => gather(packet, place, scalar.bits(), field.big),
    }
}

/// Joins numbers that are sent in two fields; the second of them is never joined itself.
fn combine(fields: &[Field], group: &mut Group) {
    for (index, field) in fields.iter().enumerate() {
        let other = |of: Option<usize>| of.and_then(|of| group.numbers.get(of).copied().flatten());
        let (plus, doubled) = (other(field.plus).unwrap_or(0.0), other(field.doubled).unwrap_or(0.0));
        if let Some(Some(number)) = group.numbers.get_mut(index) {
            *number = number.mul_add(field.times, plus) * doubled.exp2();
        }
    }
}
