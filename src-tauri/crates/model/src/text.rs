//! Names from outside, made safe to show.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The longest name we keep, in characters; a longer one ends in `…`.
const NAME_CHARS_MAX: usize = 80;

/// A name that a device or a file gave itself: trimmed, bounded, without
/// control characters or marks that turn the direction of the text around it.
/// It is still plain text from outside: show it as text, never as markup.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct DisplayName(String);

impl DisplayName {
    /// Cleans `raw`; an empty result becomes `fallback`.
    #[must_use]
    pub fn clean(raw: &str, fallback: &str) -> Self {
        let kept = one_line(raw, NAME_CHARS_MAX);
        if kept.is_empty() { Self(fallback.to_owned()) } else { Self(kept) }
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn spaces_to_space(c: char) -> char {
    if c.is_whitespace() { ' ' } else { c }
}

/// No control characters, no bidirectional controls, no zero-width marks.
fn is_showable(c: char) -> bool {
    !c.is_control()
        && !matches!(c,
            '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A text from outside as one line that is safe to show: trimmed, without control
/// characters and marks of direction, of `chars_max` characters at most; what is
/// longer ends in `…`. It is plain text still: show it as text, never as markup.
#[must_use]
pub fn one_line(raw: &str, chars_max: usize) -> String {
    let kept: String = raw.chars().map(spaces_to_space).filter(|c| is_showable(*c)).collect();
    let kept = kept.trim();
    if kept.chars().count() <= chars_max {
        return kept.to_owned();
    }
    kept.chars().take(chars_max.saturating_sub(1)).chain(['…']).collect()
}

impl fmt::Display for DisplayName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<String> for DisplayName {
    fn from(raw: String) -> Self {
        Self::clean(&raw, "unnamed")
    }
}

impl From<DisplayName> for String {
    fn from(name: DisplayName) -> Self {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_300_characters_is_cut_to_80_and_says_so() {
        let name = DisplayName::clean(&"x".repeat(300), "?");
        assert_eq!(name.as_str().chars().count(), 80);
        assert!(name.as_str().ends_with('…'));
    }

    #[test]
    fn direction_marks_and_control_characters_are_removed_and_markup_stays_text() {
        assert_eq!(DisplayName::clean("Po\u{202e}lar\u{0000} H10\n", "?").as_str(), "Polar H10");
        assert_eq!(DisplayName::clean("<img onerror=x>", "?").as_str(), "<img onerror=x>");
    }

    #[test]
    fn a_line_is_cut_where_the_caller_says_and_has_no_breaks_in_it() {
        assert_eq!(one_line(" panicked:\n\u{202e}planted ", 200), "panicked: planted");
        assert_eq!(one_line("planted", 5), "plan…");
    }

    #[test]
    fn a_name_with_nothing_to_show_becomes_the_fallback() {
        assert_eq!(DisplayName::clean(" \u{200b}\t", "C0:FF:EE").as_str(), "C0:FF:EE");
    }
}
