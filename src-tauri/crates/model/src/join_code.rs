//! Join codes: what is read aloud to let somebody into a room.

use crate::InvalidId;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The 32 symbols of the platform: nothing that looks like something else.
const SYMBOLS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// The platform's length.
const LENGTH: usize = 8;

/// A join code: 8 of 32 symbols, so that 40 bits of chance make one.
///
/// A registry keyed by codes refuses a second room under the same code: a clash
/// is an error of whoever makes rooms, who takes another code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct JoinCode([u8; LENGTH]);

impl JoinCode {
    /// The code of 40 bits of chance; the other bits are left aside.
    #[must_use]
    pub fn from_chance(chance: u64) -> Self {
        Self(std::array::from_fn(|k| SYMBOLS[(chance >> (5 * k) & 31) as usize]))
    }

    /// Takes a code as somebody typed it: small letters count as large ones,
    /// spaces and hyphens for nothing.
    ///
    /// # Errors
    /// [`InvalidId`] where it is not 8 of the symbols.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        let invalid = InvalidId { what: "join code", rule: "8 letters (not I, not O) or digits from 2 to 9" };
        let typed = text.bytes().filter(|c| !matches!(c, b' ' | b'-')).map(|c| c.to_ascii_uppercase());
        let mut code = [0; LENGTH];
        let mut places = code.iter_mut();
        for symbol in typed {
            let place = places.next().filter(|_| SYMBOLS.contains(&symbol)).ok_or_else(|| invalid.clone())?;
            *place = symbol;
        }
        if places.next().is_none() { Ok(Self(code)) } else { Err(invalid) }
    }
}

impl fmt::Display for JoinCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|symbol| write!(f, "{}", char::from(*symbol)))
    }
}

impl fmt::Debug for JoinCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JoinCode({self})")
    }
}

impl TryFrom<String> for JoinCode {
    type Error = InvalidId;
    fn try_from(text: String) -> Result<Self, InvalidId> {
        Self::parse(&text)
    }
}

impl From<JoinCode> for String {
    fn from(code: JoinCode) -> Self {
        code.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_found_again_as_it_is_shown_and_as_people_type_it() {
        for chance in [0, 1, u64::MAX, 0x0123_4567_89ab_cdef] {
            let code = JoinCode::from_chance(chance);
            assert_eq!(JoinCode::parse(&code.to_string()), Ok(code));
        }
        assert_eq!(JoinCode::parse("abcd-2345"), JoinCode::parse(" ABCD 2345 "));
    }

    #[test]
    fn no_symbol_can_be_taken_for_another() {
        for bad in ["ABCDEFGI", "ABCDEFGO", "ABCDEFG0", "ABCDEFG1", "ABCDEFG", "ABCDEFGHJ", "", "ABCDEFGÄ"] {
            assert!(JoinCode::parse(bad).is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn forty_bits_of_chance_make_a_code_each() {
        let codes: std::collections::BTreeSet<_> =
            (0..40).map(|bit| JoinCode::from_chance(1 << bit)).collect();
        assert_eq!(codes.len(), 40);
    }
}
