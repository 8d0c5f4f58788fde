//! The secret that a caller has to know.

use serde::{Deserialize, Serialize};
use std::fmt::{self, Write};

/// Bytes of chance in a token.
const BYTES: usize = 32;

/// 256 bits from the operating system, as hexadecimal digits. It is never shown
/// by `Debug`, and compared in a time that does not tell where it differs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Token(String);

impl Token {
    /// A new token.
    ///
    /// # Errors
    /// The operating system has no chance to give.
    pub fn random() -> std::io::Result<Self> {
        let mut bytes = [0_u8; BYTES];
        getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
        let mut digits = String::with_capacity(2 * BYTES);
        for byte in bytes {
            // Writing to a string does not fail.
            let _ = write!(digits, "{byte:02x}");
        }
        Ok(Self(digits))
    }

    /// The token itself, for the header of a call and the door's file.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether `offered` is this token.
    #[must_use]
    pub fn is(&self, offered: &[u8]) -> bool {
        let own = self.0.as_bytes();
        let differences = own.iter().zip(offered).fold(0, |sum, (a, b)| std::hint::black_box(sum | (a ^ b)));
        own.len() == offered.len() && differences == 0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_itself_and_nothing_else() {
        let token = Token::random().unwrap();
        let known = token.reveal().to_owned();
        assert_eq!(known.len(), 64);
        assert!(token.is(known.as_bytes()));
        assert!(
            !token.is(b"") && !token.is(&known.as_bytes()[..63]) && !token.is(format!("{known}0").as_bytes())
        );
        assert!(!token.is(Token::random().unwrap().reveal().as_bytes()));
    }

    #[test]
    fn a_token_is_not_shown_by_accident() {
        let token = Token::random().unwrap();
        assert!(!format!("{token:?}").contains(token.reveal()));
    }
}
