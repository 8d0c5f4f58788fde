//! Typed, bounded ids. A string from outside becomes an id only through
//! `parse`, so that nothing unbounded or unprintable is ever interned.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// The longest sensor or connector id, in bytes.
const ID_BYTES_MAX: usize = 128;
/// The longest attribute id, in characters (the platform's rule).
const ATTRIBUTE_CHARS_MAX: usize = 64;

/// Digits of a SHA-256.
const FINGERPRINT_DIGITS: usize = 64;

/// Why a text can't be an id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidId {
    /// What kind of id was wanted: "sensor id", "attribute id".
    pub what: &'static str,
    /// The rule that the text broke, in words.
    pub rule: &'static str,
}

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a valid {}: it must be {}", self.what, self.rule)
    }
}

impl std::error::Error for InvalidId {}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $what:literal, $valid:path, $rule:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes a text from outside.
            ///
            /// # Errors
            /// [`InvalidId`] with the rule that the text breaks.
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                if $valid(text) { Ok(Self(Arc::from(text))) } else { Err(InvalidId { what: $what, rule: $rule }) }
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0.as_ref().to_owned()
            }
        }
    };
}

pub(crate) const LONG_ID_RULE: &str = "1 to 128 bytes of letters, digits and . _ : / - without spaces";

id!(
    /// A sensor (one device, or one simulated person), unique in the console.
    SensorId, "sensor id", is_long_id, LONG_ID_RULE
);
id!(
    /// A connector instance: the Bluetooth adapter, one simulated connector.
    ConnectorId, "connector id", is_long_id, LONG_ID_RULE
);
id!(
    /// An attribute of a sensor: `ecg`, `heart_rate`, `battery`.
    AttributeId, "attribute id", is_attribute_id,
    "1 to 64 letters, digits, underscores or hyphens, the first a letter or digit"
);

id!(
    /// Somebody who watches: one open page, one headless client.
    ViewerId, "viewer id", is_attribute_id,
    "1 to 64 letters, digits, underscores or hyphens, the first a letter or digit"
);

id!(
    /// A room.
    RoomId, "room id", is_long_id, LONG_ID_RULE
);
id!(
    /// A call in a room, or in the lobby.
    CallId, "call id", is_long_id, LONG_ID_RULE
);
id!(
    /// What a room plays together.
    MediaId, "media id", is_long_id, LONG_ID_RULE
);
id!(
    /// Another console: the SHA-256 of its certificate.
    PeerId, "peer id", is_fingerprint, "64 hexadecimal digits, in small letters"
);

fn is_fingerprint(text: &str) -> bool {
    text.len() == FINGERPRINT_DIGITS && text.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'))
}

pub(crate) fn is_long_id(text: &str) -> bool {
    (1..=ID_BYTES_MAX).contains(&text.len())
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | ':' | '/' | '-'))
}

fn is_attribute_id(text: &str) -> bool {
    text.chars().count() <= ATTRIBUTE_CHARS_MAX
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}

/// What names a stream: one attribute of one sensor.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StreamKey {
    /// The sensor.
    pub sensor: SensorId,
    /// Its attribute.
    pub attribute: AttributeId,
}

impl fmt::Display for StreamKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.sensor, self.attribute)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_id_starts_with_a_letter_or_digit_and_has_at_most_64_characters() {
        assert!(AttributeId::parse("accelerometer_z").is_ok());
        assert!(AttributeId::parse(&"a".repeat(64)).is_ok());
        for bad in ["", "_x", "-x", "a b", "é", &"a".repeat(65)] {
            assert!(AttributeId::parse(bad).is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn a_peer_id_is_a_fingerprint_in_one_writing() {
        assert!(PeerId::parse(&"0a".repeat(32)).is_ok());
        for bad in ["", &"0A".repeat(32), &"0a".repeat(31), &"0a".repeat(33), &"0g".repeat(32)] {
            assert!(PeerId::parse(bad).is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn a_sensor_id_takes_a_device_address_but_no_markup() {
        assert!(SensorId::parse("ble:C0:FF:EE:00:00:01").is_ok());
        for bad in ["", "<img>", "a b", "a\u{202e}b", &"a".repeat(129)] {
            assert!(SensorId::parse(bad).is_err(), "{bad:?} was taken");
        }
    }
}
