//! Frames of samples: u8 measurement, u64 ns **of the last sample** since 2000, u8
//! frame type (bit 7 = compressed), then the samples.

use super::MEASUREMENT_MASK;
use super::delta::DeltaError;
use crate::TooShort;
use crate::cursor::Cursor;

/// Bytes in front of the samples.
pub(super) const HEAD_BYTES: usize = 10;

const COMPRESSED: u8 = 0x80;
const NS_PER_SEC: u64 = 1_000_000_000;

/// A frame whose samples are not read yet; [`samples`](super::samples) does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The measurement's code.
    pub measurement: u8,
    /// When the last sample was taken, in ns by the device's clock; 0 where it does not say.
    pub last_ns: u64,
    /// Whether the samples are compressed.
    pub compressed: bool,
    /// How the samples are laid out, 0 to 127.
    pub layout: u8,
    /// The samples.
    pub content: &'a [u8],
}

/// Why a frame's samples can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// It ends too early.
    #[error(transparent)]
    TooShort(#[from] TooShort),
    /// Its compression is broken.
    #[error(transparent)]
    Delta(#[from] DeltaError),
    /// Its layout is not known, or not read here.
    #[error("layout {layout} of measurement {measurement} (compressed: {compressed}) is not read")]
    Unsupported {
        /// The measurement's code.
        measurement: u8,
        /// The layout.
        layout: u8,
        /// Whether it is compressed.
        compressed: bool,
    },
}

impl<'a> Frame<'a> {
    /// Reads what stands in front of the samples.
    ///
    /// # Errors
    /// [`TooShort`] below ten bytes.
    pub fn decode(packet: &'a [u8]) -> Result<Self, TooShort> {
        let mut cursor = Cursor::new(packet);
        let measurement = cursor.u8("measurement")? & MEASUREMENT_MASK;
        let last_ns = cursor.u64("time")?;
        let kind = cursor.u8("frame type")?;
        let compressed = kind & COMPRESSED != 0;
        Ok(Self { measurement, last_ns, compressed, layout: kind & !COMPRESSED, content: cursor.rest() })
    }

    pub(super) const fn unsupported(&self) -> FrameError {
        let Self { measurement, layout, compressed, .. } = *self;
        FrameError::Unsupported { measurement, layout, compressed }
    }
}

/// How far samples are apart: so many of them in so many ns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spacing {
    span_ns: u64,
    samples: u32,
}

impl Spacing {
    /// By the rate that was asked for: for the first frame. None for a rate of 0.
    #[must_use]
    pub const fn of_rate(rate_hz: u16) -> Option<Self> {
        if rate_hz == 0 { None } else { Some(Self { span_ns: NS_PER_SEC, samples: rate_hz as u32 }) }
    }

    /// By the frame before: its samples are those since then, and the device's real rate is not
    /// the one that was asked for. None where the clock did not go on, or there are no samples.
    #[must_use]
    pub fn between(previous_last_ns: u64, last_ns: u64, samples: u32) -> Option<Self> {
        let span_ns = last_ns.checked_sub(previous_last_ns).filter(|span_ns| *span_ns > 0)?;
        (samples > 0).then_some(Self { span_ns, samples })
    }

    /// When the sample was taken that stands `back` in front of the last one of a frame, in ns
    /// by the device's clock.
    #[must_use]
    pub fn at(self, last_ns: u64, back: u32) -> u64 {
        let before = u128::from(self.span_ns) * u128::from(back) / u128::from(self.samples);
        last_ns.saturating_sub(u64::try_from(before).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_sample_has_the_frames_time_and_the_others_lie_in_front_of_it() {
        let spacing = Spacing::between(1_000, 2_000, 4).unwrap();
        let times: Vec<_> = (0..4).rev().map(|back| spacing.at(2_000, back)).collect();
        assert_eq!(times, [1_250, 1_500, 1_750, 2_000]);
    }

    #[test]
    fn the_first_frame_is_spaced_by_its_rate_without_adding_up_errors() {
        let spacing = Spacing::of_rate(130).unwrap();
        assert_eq!(spacing.at(2 * NS_PER_SEC, 130), NS_PER_SEC);
        assert_eq!(spacing.at(2 * NS_PER_SEC, 1), 2 * NS_PER_SEC - 7_692_307);
    }

    #[test]
    fn a_clock_that_stands_or_steps_back_spaces_nothing() {
        assert_eq!(Spacing::between(5, 5, 10), None);
        assert_eq!(Spacing::between(6, 5, 10), None);
        assert_eq!(Spacing::between(5, 6, 0), None);
        assert_eq!(Spacing::of_rate(0), None);
    }

    #[test]
    fn no_span_and_no_count_overflows() {
        let spacing = Spacing::between(0, u64::MAX, 1).unwrap();
        assert_eq!(spacing.at(u64::MAX, u32::MAX), 0);
        assert_eq!(spacing.at(0, 1), 0);
    }
}
