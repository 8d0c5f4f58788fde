//! The samples of a [`Frame`], by its measurement and layout.
//!
//! Numbers are as sent. Those of compressed frames have to be multiplied with the
//! factor that the device told when the measurement was started
//! ([`Settings::factor`](super::settings::Settings::factor)).

use super::Measurement;
use super::delta::{Delta, signed};
use super::frame::{Frame, FrameError, HEAD_BYTES};

/// Samples of `N` channels, raw or compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Series<'a, const N: usize> {
    form: Form<'a, N>,
    /// Bytes behind the last whole sample; they are ignored.
    pub tail_bytes: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form<'a, const N: usize> {
    Raw { bytes: &'a [u8], each: usize },
    Delta(Delta<'a, N>),
}

impl<'a, const N: usize> Series<'a, N> {
    fn raw(content: &'a [u8], each: usize) -> Self {
        let tail_bytes = content.len() % (each * N);
        let bytes = content.get(..content.len() - tail_bytes).unwrap_or_default();
        Self { form: Form::Raw { bytes, each }, tail_bytes }
    }

    fn delta(content: &'a [u8], each: usize) -> Result<Self, FrameError> {
        let delta = Delta::decode(content, each).map_err(|error| error.behind(HEAD_BYTES))?;
        Ok(Self { form: Form::Delta(delta), tail_bytes: 0 })
    }

    /// How many samples there are.
    #[must_use]
    pub fn samples(&self) -> usize {
        match &self.form {
            Form::Raw { bytes, each } => bytes.len() / (each * N),
            Form::Delta(delta) => delta.samples(),
        }
    }

    /// The samples, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = [i32; N]> + use<'a, N> {
        let (raw, delta) = match &self.form {
            Form::Raw { bytes, each } => (Some(raw_samples(bytes, *each)), None),
            Form::Delta(delta) => (None, Some(delta.iter())),
        };
        raw.into_iter().flatten().chain(delta.into_iter().flatten())
    }
}

fn raw_samples<const N: usize>(bytes: &[u8], each: usize) -> impl Iterator<Item = [i32; N]> {
    bytes.chunks_exact(each * N).map(move |sample| {
        let mut values = [0; N];
        for (value, bytes) in values.iter_mut().zip(sample.chunks_exact(each)) {
            *value = signed(bytes);
        }
        values
    })
}

/// What a number has to be multiplied with for its unit, beside the factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Nothing; the factor does not count either.
    Plain,
    /// The factor.
    Factor,
    /// The factor and 1000.
    FactorTimes1000,
}

/// ECG in µV, 24 bits.
///
/// # Errors
/// [`FrameError`] for another measurement or layout.
pub fn ecg<'a>(frame: &Frame<'a>) -> Result<Series<'a, 1>, FrameError> {
    match key(frame) {
        Some((Measurement::Ecg, false, 0)) => Ok(Series::raw(frame.content, 3)),
        _ => Err(frame.unsupported()),
    }
}

/// Acceleration along x, y, z in 1/1000 g, once scaled.
///
/// # Errors
/// [`FrameError`] for another measurement or layout, or a broken compression.
pub fn acceleration<'a>(frame: &Frame<'a>) -> Result<(Series<'a, 3>, Scale), FrameError> {
    match key(frame) {
        Some((Measurement::Acceleration, false, layout @ 0..=2)) => {
            Ok((Series::raw(frame.content, usize::from(layout) + 1), Scale::Plain))
        }
        Some((Measurement::Acceleration, true, 0)) => {
            Ok((Series::delta(frame.content, 2)?, Scale::FactorTimes1000))
        }
        Some((Measurement::Acceleration, true, 1)) => Ok((Series::delta(frame.content, 2)?, Scale::Factor)),
        _ => Err(frame.unsupported()),
    }
}

/// Rotation around x, y, z in °/s, once multiplied with the factor.
///
/// # Errors
/// [`FrameError`] for another measurement or layout, or a broken compression.
pub fn rotation<'a>(frame: &Frame<'a>) -> Result<Series<'a, 3>, FrameError> {
    match key(frame) {
        Some((Measurement::Rotation, true, 0)) => Series::delta(frame.content, 2),
        _ => Err(frame.unsupported()),
    }
}

/// Magnetic field along x, y, z.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field<'a> {
    /// In gauss, once multiplied with the factor.
    Gauss(Series<'a, 3>),
    /// In 1/1000 gauss, once multiplied with the factor; the fourth is how well the sensor is
    /// calibrated, 0 unknown, 1 poor, 2 fair, 3 good, and is not multiplied.
    Milligauss(Series<'a, 4>),
}

/// The magnetic field.
///
/// # Errors
/// [`FrameError`] for another measurement or layout, or a broken compression.
pub fn field<'a>(frame: &Frame<'a>) -> Result<Field<'a>, FrameError> {
    match key(frame) {
        Some((Measurement::Field, true, 0)) => Series::delta(frame.content, 2).map(Field::Gauss),
        Some((Measurement::Field, true, 1)) => Series::delta(frame.content, 2).map(Field::Milligauss),
        _ => Err(frame.unsupported()),
    }
}

/// Light of three diodes and the ambient light, in counts, once multiplied with the factor where
/// the frame is compressed. Layouts with more channels are not read.
///
/// # Errors
/// [`FrameError`] for another measurement or layout, or a broken compression.
pub fn ppg<'a>(frame: &Frame<'a>) -> Result<Series<'a, 4>, FrameError> {
    match key(frame) {
        Some((Measurement::Ppg, false, 0)) => Ok(Series::raw(frame.content, 3)),
        Some((Measurement::Ppg, true, 0)) => Series::delta(frame.content, 3),
        _ => Err(frame.unsupported()),
    }
}

/// Temperature of the skin: the bits of an f32 in °C ([`celsius`]).
///
/// # Errors
/// [`FrameError`] for another measurement or layout, or a broken compression.
pub fn skin_temperature<'a>(frame: &Frame<'a>) -> Result<Series<'a, 1>, FrameError> {
    match key(frame) {
        Some((Measurement::SkinTemperature, false, 0)) => Ok(Series::raw(frame.content, 4)),
        Some((Measurement::SkinTemperature, true, 0)) => Series::delta(frame.content, 4),
        _ => Err(frame.unsupported()),
    }
}

/// The °C of a sample of [`skin_temperature`]; may be no number.
#[must_use]
pub const fn celsius(bits: i32) -> f32 {
    f32::from_bits(bits.cast_unsigned())
}

/// One interval between two pulses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PulseInterval {
    /// Heart rate in bpm.
    pub bpm: u8,
    /// The interval in ms.
    pub interval_ms: u16,
    /// How far it may be off, in ms.
    pub error_ms: u16,
    /// Whether the device says that movement makes it worthless.
    pub blocked: bool,
    /// Whether the device touches the skin; none where it can't tell.
    pub contact: Option<bool>,
}

/// Intervals between pulses, oldest first, and the bytes behind the last whole one. The frame's
/// time may be 0.
///
/// # Errors
/// [`FrameError`] for another measurement or layout.
pub fn pulse_intervals<'a>(
    frame: &Frame<'a>,
) -> Result<(impl ExactSizeIterator<Item = PulseInterval> + use<'a>, usize), FrameError> {
    match key(frame) {
        Some((Measurement::PulseIntervals, false, 0)) => {
            let (intervals, tail) = frame.content.as_chunks();
            Ok((intervals.iter().map(pulse_interval), tail.len()))
        }
        _ => Err(frame.unsupported()),
    }
}

fn pulse_interval([bpm, interval, interval_high, error, error_high, flags]: &[u8; 6]) -> PulseInterval {
    PulseInterval {
        bpm: *bpm,
        interval_ms: u16::from_le_bytes([*interval, *interval_high]),
        error_ms: u16::from_le_bytes([*error, *error_high]),
        blocked: flags & 1 << 0 != 0,
        contact: (flags & 1 << 2 != 0).then_some(flags & 1 << 1 != 0),
    }
}

fn key(frame: &Frame<'_>) -> Option<(Measurement, bool, u8)> {
    Some((Measurement::from_code(frame.measurement)?, frame.compressed, frame.layout))
}
