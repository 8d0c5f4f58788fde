//! What Movesense sends for each path. Everything but the heart rate begins with
//! a u32 of ms by the sensor's clock, which wraps.
//!
//! `/Meas/ECG/…`: i32 each. `/Meas/Acc|Gyro|Magn/…`: 3 × f32 each. `/Meas/IMU6/…`
//! and `IMU9`: all accelerations, then all rotations, then all fields. `/Meas/HR`:
//! f32 average, then u16 RR intervals in ms. f32 may be no number.

use crate::TooShort;
use crate::cursor::Cursor;

/// ECG samples. What one count is in mV is not documented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ecg<'a> {
    /// By the sensor's clock in ms; wraps.
    pub timestamp_ms: u32,
    samples: &'a [[u8; 4]],
    /// Bytes behind the last whole sample; they are ignored.
    pub tail_bytes: usize,
}

impl<'a> Ecg<'a> {
    /// Reads the data of `/Meas/ECG/…`.
    ///
    /// # Errors
    /// [`TooShort`] below the timestamp's four bytes.
    pub fn decode(payload: &'a [u8]) -> Result<Self, TooShort> {
        let mut cursor = Cursor::new(payload);
        let timestamp_ms = cursor.u32("timestamp")?;
        let (samples, tail) = cursor.rest().as_chunks();
        Ok(Self { timestamp_ms, samples, tail_bytes: tail.len() })
    }

    /// The samples in counts, oldest first.
    pub fn counts(&self) -> impl DoubleEndedIterator<Item = i32> + ExactSizeIterator + use<'a> {
        self.samples.iter().map(|sample| i32::from_le_bytes(*sample))
    }
}

/// Samples of one sensor, or of several at the same times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Motion<'a> {
    /// By the sensor's clock in ms; wraps.
    pub timestamp_ms: u32,
    samples: &'a [[u8; 12]],
    sensors: usize,
}

/// Why a payload holds no samples of motion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MotionError {
    /// It ends too early.
    #[error(transparent)]
    TooShort(#[from] TooShort),
    /// Its sensors don't have equally many samples, so that nobody knows where each begins.
    #[error("{bytes} bytes can't be shared out between {sensors} sensors")]
    Uneven {
        /// Bytes of samples.
        bytes: usize,
        /// How many sensors there should be.
        sensors: usize,
    },
}

impl<'a> Motion<'a> {
    /// Reads the data of `/Meas/Acc|Gyro|Magn/…` (one sensor), `/Meas/IMU6/…` (two) or `IMU9`
    /// (three), put together where it came in several notifications.
    ///
    /// # Errors
    /// [`MotionError`] below the timestamp, and where samples can't be shared out evenly: part of
    /// the data is lost then, and the sensors can't be told apart.
    pub fn decode(payload: &'a [u8], sensors: usize) -> Result<Self, MotionError> {
        let mut cursor = Cursor::new(payload);
        let timestamp_ms = cursor.u32("timestamp")?;
        let (samples, tail) = cursor.rest().as_chunks();
        let even = samples.len().checked_rem(sensors) == Some(0) && tail.is_empty();
        if !even {
            return Err(MotionError::Uneven { bytes: cursor.tail(), sensors });
        }
        Ok(Self { timestamp_ms, samples, sensors })
    }

    /// One sensor's samples of x, y, z, oldest first: 0 is acceleration in m/s², 1 rotation in
    /// °/s, 2 the magnetic field in µT, in as far as they were asked for.
    pub fn sensor(&self, sensor: usize) -> impl ExactSizeIterator<Item = [f32; 3]> + use<'a> {
        let each = self.samples.len().checked_div(self.sensors).unwrap_or(0);
        let from = sensor.saturating_mul(each);
        self.samples.get(from..from.saturating_add(each)).unwrap_or_default().iter().map(xyz)
    }
}

fn xyz(bytes: &[u8; 12]) -> [f32; 3] {
    let mut axes = [0.0; 3];
    for (axis, bytes) in axes.iter_mut().zip(bytes.as_chunks().0) {
        *axis = f32::from_le_bytes(*bytes);
    }
    axes
}

/// Heart rate with RR intervals.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeartRate<'a> {
    /// Average in bpm.
    pub average_bpm: f32,
    rr: &'a [[u8; 2]],
    /// Bytes behind the last whole interval; they are ignored.
    pub tail_bytes: usize,
}

impl<'a> HeartRate<'a> {
    /// Reads the data of `/Meas/HR`; it has no timestamp.
    ///
    /// # Errors
    /// [`TooShort`] below the average's four bytes.
    pub fn decode(payload: &'a [u8]) -> Result<Self, TooShort> {
        let mut cursor = Cursor::new(payload);
        let average_bpm = cursor.f32("average heart rate")?;
        let (rr, tail) = cursor.rest().as_chunks();
        Ok(Self { average_bpm, rr, tail_bytes: tail.len() })
    }

    /// The RR intervals in ms, oldest first.
    pub fn rr_ms(&self) -> impl DoubleEndedIterator<Item = u16> + ExactSizeIterator + use<'a> {
        self.rr.iter().map(|interval| u16::from_le_bytes(*interval))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sensor_that_was_not_asked_for_has_no_samples() {
        let payload = [0; 4 + 24];
        let motion = Motion::decode(&payload, 2).unwrap();
        assert_eq!([0, 1, 2, usize::MAX].map(|sensor| motion.sensor(sensor).len()), [1, 1, 0, 0]);
        assert!(Motion::decode(&payload, 0).is_err());
    }
}
