//! Times as text: dates in ISO 8601, UTC, to the microsecond (rounded
//! down), and seconds since a start, exact to the nanosecond.

use jiff::Timestamp;
use model::NANOS_PER_SEC;
use std::fmt::{self, Display};

/// A date: `2023-11-14T22:13:20.004000Z`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Utc {
    /// Nanoseconds since 1970-01-01 UTC.
    pub(crate) wall_ns: i64,
}

impl Display for Utc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Whole microseconds first, rounded down: jiff would cut towards 1970.
        let micros = self.wall_ns.div_euclid(1000);
        // 64 bits of nanoseconds lie between the years 1677 and 2262.
        let date = Timestamp::from_microsecond(micros).map_err(|_| fmt::Error)?;
        write!(f, "{date:.6}")
    }
}

/// Seconds: `0.004000000`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seconds {
    /// In nanoseconds.
    pub(crate) ns: i64,
}

impl Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.ns < 0 { "-" } else { "" };
        let ns = self.ns.unsigned_abs();
        let per_sec = NANOS_PER_SEC.unsigned_abs();
        write!(f, "{sign}{}.{:09}", ns / per_sec, ns % per_sec)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_iso_8601_and_rounded_down_to_the_microsecond() {
        let utc = |wall_ns| Utc { wall_ns }.to_string();
        assert_eq!(utc(1_700_000_000_004_000_999), "2023-11-14T22:13:20.004000Z");
        assert_eq!(utc(0), "1970-01-01T00:00:00.000000Z");
        assert_eq!(utc(-1), "1969-12-31T23:59:59.999999Z");
        assert_eq!(utc(1_709_164_800_000_000_000), "2024-02-29T00:00:00.000000Z");
        assert_eq!(utc(i64::MAX), "2262-04-11T23:47:16.854775Z");
        assert_eq!(utc(i64::MIN), "1677-09-21T00:12:43.145224Z");
    }

    #[test]
    fn seconds_are_exact_before_and_after_the_start() {
        let seconds = |ns| Seconds { ns }.to_string();
        assert_eq!(seconds(1_000_000_001), "1.000000001");
        assert_eq!(seconds(-4_000_000), "-0.004000000");
        assert_eq!(seconds(i64::MIN), "-9223372036.854775808");
    }
}
