//! Date Time (2A08): 7 bytes: u16 year, u8 month, day, hours, minutes, seconds.
//!
//! A device says zero for a year, month or day that it does not know. There is
//! no time zone in it: it is whatever the wearer set.

use std::fmt;

use crate::TooShort;
use crate::cursor::Cursor;

const SECS_PER_DAY: i64 = 86_400;
const DAYS_IN_MONTH: [u8; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// A point in a device's own calendar, as it was sent: parts may be unknown or nonsense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTime {
    /// The year; 0 is unknown.
    pub year: u16,
    /// 1 to 12; 0 is unknown.
    pub month: u8,
    /// 1 to 31; 0 is unknown.
    pub day: u8,
    /// 0 to 23.
    pub hours: u8,
    /// 0 to 59.
    pub minutes: u8,
    /// 0 to 59.
    pub seconds: u8,
}

impl DateTime {
    pub(crate) fn read(cursor: &mut Cursor<'_>) -> Result<Self, TooShort> {
        Ok(Self {
            year: cursor.u16("date and time")?,
            month: cursor.u8("date and time")?,
            day: cursor.u8("date and time")?,
            hours: cursor.u8("date and time")?,
            minutes: cursor.u8("date and time")?,
            seconds: cursor.u8("date and time")?,
        })
    }

    /// Seconds since 1970-01-01 by the device's wall clock, as if it showed UTC; none where a
    /// part is unknown or no calendar has it.
    #[must_use]
    pub fn unix_secs(self) -> Option<i64> {
        let clock = self.hours < 24 && self.minutes < 60 && self.seconds < 60;
        if !clock || self.year == 0 || self.day == 0 || self.day > self.days_in_month()? {
            return None;
        }
        let of_day = i64::from(self.hours) * 3600 + i64::from(self.minutes) * 60 + i64::from(self.seconds);
        Some(self.days_since_1970() * SECS_PER_DAY + of_day)
    }

    fn days_in_month(self) -> Option<u8> {
        let days = DAYS_IN_MONTH.get(usize::from(self.month).checked_sub(1)?)?;
        Some(if self.month == 2 && is_leap(self.year) { 29 } else { *days })
    }

    /// Counts years from March, so that the odd day of a leap year is its last.
    fn days_since_1970(self) -> i64 {
        let month_from_march = (i64::from(self.month) + 9) % 12;
        let year = i64::from(self.year) - i64::from(self.month <= 2);
        let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
        let of_year = (153 * month_from_march + 2) / 5 + i64::from(self.day) - 1;
        year * 365 + leap_days + of_year - 719_468
    }
}

const fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

/// `2026-11-23 10:30:00`, zeros where a part is unknown.
impl fmt::Display for DateTime {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, month, day, hours, minutes, seconds } = self;
        write!(out, "{year:04}-{month:02}-{day:02} {hours:02}:{minutes:02}:{seconds:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(year: u16, month: u8, day: u8) -> DateTime {
        DateTime { year, month, day, hours: 0, minutes: 0, seconds: 0 }
    }

    #[test]
    fn a_date_is_read_and_shown() {
        let packet = [0xea, 0x07, 11, 23, 10, 30, 5];
        let got = DateTime::read(&mut Cursor::new(&packet)).unwrap();
        assert_eq!(got.to_string(), "2026-11-23 10:30:05");
        assert_eq!(got.unix_secs(), Some(1_795_429_805));
    }

    #[test]
    fn every_day_from_1970_to_2400_follows_the_one_before() {
        let mut expected = 0;
        for year in 1970..2400 {
            for month in 1..=12 {
                for day in 1..=at(year, month, 1).days_in_month().unwrap() {
                    assert_eq!(at(year, month, day).unix_secs(), Some(expected * SECS_PER_DAY));
                    expected += 1;
                }
            }
        }
        assert_eq!(at(2000, 1, 1).unix_secs(), Some(946_684_800));
    }

    #[test]
    fn unknown_parts_and_dates_of_no_calendar_are_no_time() {
        for nonsense in
            [at(0, 1, 1), at(2026, 0, 1), at(2026, 1, 0), at(2026, 13, 1), at(2026, 2, 29), at(2100, 2, 29)]
        {
            assert_eq!(nonsense.unix_secs(), None, "{nonsense}");
        }
        for (hours, minutes, seconds) in [(24, 0, 0), (0, 60, 0), (0, 0, 60)] {
            assert_eq!(DateTime { hours, minutes, seconds, ..at(2026, 1, 1) }.unix_secs(), None);
        }
        assert!(at(2024, 2, 29).unix_secs().is_some());
    }

    #[test]
    fn a_date_of_six_bytes_is_rejected() {
        assert!(DateTime::read(&mut Cursor::new(&[0; 6])).is_err());
    }
}
