//! Device Information (180A): texts that a maker put into its device.
//!
//! They come from outside: padded with NUL, not always UTF-8, up to 512 bytes
//! long. At most 64 characters of each are kept, without control characters or
//! marks that turn the direction of the text around them.

use crate::uuid;
use model::DisplayName;

/// The longest text that is kept, in characters.
pub const TEXT_CHARS_MAX: usize = 64;

/// The characteristics that hold a text: their short UUID and the name of the fact.
pub const TEXTS: [(u16, &str); 6] = [
    (uuid::MANUFACTURER_NAME, "maker"),
    (uuid::MODEL_NUMBER, "model"),
    (uuid::SERIAL_NUMBER, "serial"),
    (uuid::HARDWARE_REVISION, "hardware"),
    (uuid::FIRMWARE_REVISION, "firmware"),
    (uuid::SOFTWARE_REVISION, "software"),
];

/// The text of a value, safe to show and to store; none where nothing can be shown.
#[must_use]
pub fn decode(value: &[u8]) -> Option<String> {
    let end = value.iter().position(|byte| *byte == 0).unwrap_or(value.len());
    let text = String::from_utf8_lossy(value.get(..end).unwrap_or_default());
    let clean = DisplayName::clean(&text, "");
    let kept: String = clean.as_str().chars().take(TEXT_CHARS_MAX).collect();
    let kept = kept.trim_end();
    (!kept.is_empty()).then(|| kept.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: &[u8], expect: Option<&str>) {
        assert_eq!(decode(value).as_deref(), expect, "{value:?}");
    }

    #[test]
    fn padding_and_what_stands_behind_a_nul_is_left_out() {
        check(b"Polar Electro Oy", Some("Polar Electro Oy"));
        check(b"H10\0\0\0\0", Some("H10"));
        check(b"H10\0garbage", Some("H10"));
        check(b" 3.1.1 ", Some("3.1.1"));
    }

    #[test]
    fn nothing_to_show_is_no_text() {
        for empty in [&b""[..], b"\0\0\0", b"   ", b"\x01\x02", "\u{202e}".as_bytes()] {
            check(empty, None);
        }
    }

    #[test]
    fn bytes_that_are_no_utf8_are_replaced_and_the_rest_is_kept() {
        check(b"Wahoo\xff TICKR", Some("Wahoo\u{fffd} TICKR"));
    }

    #[test]
    fn a_text_of_512_bytes_is_cut_to_64_characters() {
        assert_eq!(decode(&[b'x'; 512]).unwrap().chars().count(), TEXT_CHARS_MAX);
        assert_eq!(decode("é".repeat(256).as_bytes()).unwrap().chars().count(), TEXT_CHARS_MAX);
    }

    #[test]
    fn markup_and_direction_marks_stay_harmless_text() {
        check("<img src=x>\u{202e}evil".as_bytes(), Some("<img src=x>evil"));
    }

    #[test]
    fn no_byte_at_any_place_panics() {
        for byte in 0..=255u8 {
            for len in 0..70 {
                let kept = decode(&vec![byte; len]).unwrap_or_default();
                assert!(kept.chars().count() <= TEXT_CHARS_MAX);
            }
        }
    }
}
