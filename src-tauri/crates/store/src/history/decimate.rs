//! A long window in a few parts: smallest and largest value of each.

use model::Channel;

/// One part of a window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// Where it begins, nanoseconds since 1970-01-01 UTC.
    pub from_ns: i64,
    /// The smallest value in it, in the channel's unit.
    pub min: f64,
    /// The largest.
    pub max: f64,
}

/// The most parts of a window: more than any screen has columns.
const PARTS_MAX: u32 = 16_384;

pub(super) struct Parts {
    from_ns: i64,
    to_ns: i64,
    width_ns: i64,
    values: Vec<Option<[f64; 2]>>,
}

impl Parts {
    pub fn new(from_ns: i64, to_ns: i64, parts: u32) -> Self {
        let parts = i64::from(parts.clamp(1, PARTS_MAX));
        let length_ns = to_ns.saturating_sub(from_ns).max(0).saturating_add(1);
        let width_ns = length_ns / parts + i64::from(length_ns % parts != 0);
        // As many as it takes to cover the window with whole nanoseconds.
        let needed = length_ns / width_ns + i64::from(length_ns % width_ns != 0);
        Self { from_ns, to_ns, width_ns, values: vec![None; usize::try_from(needed).unwrap_or(1)] }
    }

    /// The part in which both times lie, if there is one.
    pub fn one_part(&self, first_ns: i64, last_ns: i64) -> Option<usize> {
        let part = self.part(first_ns)?;
        (self.part(last_ns) == Some(part)).then_some(part)
    }

    fn part(&self, at_ns: i64) -> Option<usize> {
        if !(self.from_ns..=self.to_ns).contains(&at_ns) {
            return None;
        }
        usize::try_from((at_ns - self.from_ns) / self.width_ns).ok()
    }

    /// Takes the raw range of a block. A negative scale turns it over.
    pub fn take_range(&mut self, part: usize, shape: &Channel, min: f64, max: f64) {
        for raw in [min, max] {
            self.widen(part, shape.value(raw));
        }
    }

    pub fn take(&mut self, at_ns: i64, shape: &Channel, raw: Option<f64>) {
        if let Some((part, raw)) = self.part(at_ns).zip(raw) {
            self.widen(part, shape.value(raw));
        }
    }

    fn widen(&mut self, part: usize, value: f64) {
        let Some(slot) = self.values.get_mut(part).filter(|_| !value.is_nan()) else { return };
        let [min, max] = slot.unwrap_or([value, value]);
        *slot = Some([min.min(value), max.max(value)]);
    }

    pub fn into_spans(self) -> Vec<Span> {
        let (from_ns, width_ns) = (self.from_ns, self.width_ns);
        let span = |(part, range): (usize, Option<[f64; 2]>)| {
            let [min, max] = range?;
            Some(Span { from_ns: from_ns.saturating_add(width_ns.saturating_mul(part as i64)), min, max })
        };
        self.values.into_iter().enumerate().filter_map(span).collect()
    }
}

/// Smallest and largest raw value of a channel out of a block's statistics.
pub(super) fn statistics(bytes: &[u8], channel: usize) -> Option<[f64; 2]> {
    let number = |at: usize| {
        let at = channel * 24 + at * 8;
        bytes.get(at..at + 8)?.try_into().ok().map(f64::from_le_bytes)
    };
    Some([number(0)?, number(1)?])
}
