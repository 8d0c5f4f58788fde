//! A characteristic's packets, field by field: compiled once, then decoded without allocation.

mod decode;
pub(super) mod scalar;

pub use decode::{Packet, Rows, TooShort};
use model::{AttributeKind, Channel};
use scalar::Scalar;

/// So many fields has a packet's description at most, in its head and its samples together.
pub const FIELDS_MAX: usize = 64;
/// So many samples are read out of a packet at most.
pub const SAMPLES_MAX: usize = 512;

/// One stream that a characteristic feeds.
#[derive(Clone, Debug, PartialEq)]
pub struct Stream {
    /// Its attribute's id.
    pub name: String,
    /// What it measures.
    pub kind: AttributeKind,
    /// Samples a second as the file promises.
    pub rate_hz: Option<f64>,
    /// Its channels: a row holds one raw number for each, in this order.
    pub channels: Vec<Channel>,
    /// Whether every raw number of it is whole and fits into an `i32`.
    pub fits_i32: bool,
}

/// How often the samples' fields are repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// So many samples in each packet.
    Times(usize),
    /// As many as the rest of the packet holds.
    Rest,
}

/// The number of a packet, which wraps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counter {
    pub(super) field: usize,
    /// It wraps at 2 to the power of this.
    pub bits: u32,
}

impl Counter {
    /// How many packets are missing between two that were read one after the other. A counter
    /// that stood still says as many as make it wrap, less one.
    #[must_use]
    pub const fn missing(self, before: u64, now: u64) -> u64 {
        let mask = if self.bits >= 64 { u64::MAX } else { (1 << self.bits) - 1 };
        now.wrapping_sub(before).wrapping_sub(1) & mask
    }
}

/// The device's own time in a packet, which wraps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clock {
    pub(super) field: usize,
    /// It wraps at 2 to the power of this.
    pub bits: u32,
    /// Ticks a second.
    pub ticks_per_sec: f64,
    /// Whether it is the time of the packet's last sample; of its first one otherwise.
    pub of_last: bool,
}

/// A packet's description, ready to decode.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// What stands in front, once.
    pub(super) head: Vec<Field>,
    /// What is repeated.
    pub(super) sample: Vec<Field>,
    pub(super) repeat: Repeat,
    /// The bits from one sample to the next, where the file says so.
    pub(super) stride: Option<usize>,
    /// The streams that it feeds.
    pub(super) streams: Vec<Stream>,
    pub(super) counter: Option<Counter>,
    pub(super) clock: Option<Clock>,
}

impl Layout {
    /// The streams that it feeds, in the order of [`Rows::of`].
    #[must_use]
    pub fn streams(&self) -> &[Stream] {
        &self.streams
    }

    /// The packet counter, where there is one.
    #[must_use]
    pub fn counter(&self) -> Option<Counter> {
        self.counter
    }

    /// The device's clock, where there is one.
    #[must_use]
    pub fn clock(&self) -> Option<Clock> {
        self.clock
    }
}

/// One field.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) scalar: Scalar,
    pub(super) big: bool,
    /// Whether it begins with a byte.
    pub(super) aligned: bool,
    /// The bit at which it begins, counted from its group's beginning; behind its predecessor where none.
    pub(super) at: Option<usize>,
    pub(super) when: Option<When>,
    /// Its number is multiplied by this before `plus` is added.
    pub(super) times: f64,
    /// The field of the same group that is added.
    pub(super) plus: Option<usize>,
    /// The field of the same group that says how often the number is doubled.
    pub(super) doubled: Option<usize>,
    /// The stream and channel that it feeds.
    pub(super) slot: Option<(usize, usize)>,
}

/// A field that is there only if a bit of a head's field says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct When {
    pub(super) field: usize,
    pub(super) bit: usize,
    pub(super) set: bool,
}
