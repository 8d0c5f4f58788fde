//! Values as text, in the channel's unit, with the digits that the resolution
//! allows and no more: 0.3, never 0.30000000000000004.
//!
//! Integers from a device have the resolution of their scale: where scale and
//! offset are short decimals, exactly their digits; else (1/1024 …) two digits
//! below the step, so that the raw value can be told from the text. Floats of
//! 32 bits are told apart by 9 significant digits.

use model::{Channel, Column};
use std::fmt::Write;

/// Scales and offsets with more decimals than this are not meant as decimals.
const DECIMALS_MAX: usize = 9;

/// How the values of one channel are written.
#[derive(Clone, Debug)]
pub(crate) struct Format {
    channel: Channel,
    decimals: usize,
}

impl Format {
    pub(crate) fn of(channel: &Channel) -> Self {
        Self { channel: channel.clone(), decimals: decimals(channel) }
    }

    /// Appends the value at `index`; nothing where there is none.
    pub(crate) fn put(&self, column: &Column, index: usize, out: &mut String) {
        // Writing to a String can't fail.
        let _ = match column {
            Column::I32(values) => values.get(index).map(|raw| self.put_integer(*raw, out)),
            Column::F32(values) => values.get(index).map(|raw| self.put_float(*raw, out)),
        };
    }

    fn put_integer(&self, raw: i32, out: &mut String) -> std::fmt::Result {
        let value = self.channel.value(f64::from(raw));
        let begin = out.len();
        write!(out, "{value:.*}", self.decimals)?;
        if out[begin..].starts_with('-') && !out[begin..].contains(|c: char| matches!(c, '1'..='9')) {
            out.remove(begin);
        }
        Ok(())
    }

    fn put_float(&self, raw: f32, out: &mut String) -> std::fmt::Result {
        #[expect(clippy::float_cmp, reason = "1 and 0 are exact, and mean that nothing is to be done")]
        let as_it_is = self.channel.scale == 1.0 && self.channel.offset == 0.0;
        if as_it_is || !raw.is_finite() {
            return write!(out, "{raw}");
        }
        write!(out, "{}", significant(self.channel.value(shortest(raw))))
    }
}

/// The decimal that is meant by a 32-bit float, as nearly as 64 bits can hold it.
fn shortest(raw: f32) -> f64 {
    raw.to_string().parse().unwrap_or(f64::from(raw))
}

/// The value with at most 9 significant digits.
fn significant(value: f64) -> f64 {
    format!("{value:.8e}").parse().unwrap_or(value)
}

fn decimals(channel: &Channel) -> usize {
    let exact = decimals_of(channel.scale).max(decimals_of(channel.offset));
    if exact <= DECIMALS_MAX { exact } else { below_the_step(channel.scale) }
}

/// Digits behind the point of the shortest decimal that is this number.
fn decimals_of(number: f64) -> usize {
    number.to_string().split_once('.').map_or(0, |(_, decimals)| decimals.len())
}

/// Two digits below the size of a step, within what a float can hold.
fn below_the_step(scale: f64) -> usize {
    let digits = 2.0 - scale.abs().log10().floor();
    if digits.is_finite() { digits.clamp(0.0, 17.0) as usize } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn integer(scale: f64, offset: f64, raw: i32) -> String {
        let channel = Channel { name: String::new(), unit: String::new(), scale, offset };
        let mut out = String::new();
        Format::of(&channel).put(&Column::I32(vec![raw]), 0, &mut out);
        out
    }

    fn float(scale: f64, offset: f64, raw: f32) -> String {
        let channel = Channel { name: String::new(), unit: String::new(), scale, offset };
        let mut out = String::new();
        Format::of(&channel).put(&Column::F32(vec![raw]), 0, &mut out);
        out
    }

    #[test]
    fn integers_have_the_digits_of_their_scale() {
        assert_eq!(integer(0.1, 0.0, 3), "0.3");
        assert_eq!(integer(0.001, 0.0, -1234), "-1.234");
        assert_eq!(integer(0.001, 0.0, 120), "0.120");
        assert_eq!(integer(0.25, 0.0, 3), "0.75");
        assert_eq!(integer(0.01, -273.15, 30_000), "26.85");
        assert_eq!(integer(1.0, 0.0, i32::MIN), "-2147483648");
        assert_eq!(integer(10.0, 0.0, 7), "70");
    }

    #[test]
    fn every_raw_value_can_be_told_from_its_text() {
        for scale in [0.001, 0.1, 0.25, 1.0 / 1024.0, 1.0 / 3.0, 2.4 / 6.0 / 8_388_607.0] {
            for raw in [0, 1, -1, 77, 1000, -32_768, 8_388_607] {
                let value: f64 = integer(scale, 0.0, raw).parse().unwrap();
                assert_eq!((value / scale).round() as i32, raw, "{raw} times {scale} was written as {value}");
            }
        }
    }

    #[test]
    fn nothing_is_written_as_minus_zero() {
        assert_eq!(integer(-0.5, 0.0, 0), "0.0");
        assert_eq!(integer(0.001, 0.0, 0), "0.000");
        assert_eq!(integer(-0.001, 0.0, 1), "-0.001");
    }

    #[test]
    fn floats_are_as_short_as_they_can_be_and_come_back() {
        assert_eq!(float(1.0, 0.0, 36.6), "36.6");
        assert_eq!(float(0.1, 0.0, 36.6), "3.66");
        assert_eq!(float(1.8, 32.0, 36.6), "97.88");
        for raw in [0.1_f32, 1.0 / 3.0, 16_777_217.0, 1e-20, -7.25] {
            assert_eq!(float(1.0, 0.0, raw).parse::<f32>().unwrap(), raw);
            assert_eq!((float(1000.0, 0.0, raw).parse::<f64>().unwrap() / 1000.0) as f32, raw);
        }
    }

    #[test]
    fn what_is_no_number_says_so() {
        assert_eq!(float(1.0, 0.0, f32::NAN), "NaN");
        assert_eq!(float(0.5, 1.0, f32::NEG_INFINITY), "-inf");
    }

    #[test]
    fn an_impossible_scale_still_gives_a_text() {
        for scale in [f64::NAN, f64::INFINITY, 0.0, 1e-300, f64::MIN_POSITIVE] {
            assert!(!integer(scale, 0.0, 5).is_empty());
        }
    }
}
